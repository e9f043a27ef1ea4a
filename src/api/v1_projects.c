/* /v1/projects: what batches are published from (requester-site 2). */
#include "api/requirement.h"
#include "api/v1_rows.h"
#include "base/limits.h"
#include "base/num.h"
#include "formats/layout.h"
#include "market/project.h"

struct project_body {
    struct str name, title, description, keywords, layout;
    int64_t reward_cents, max_assignments, duration_s, lifetime_s, auto_approval_s;
    struct field_list requirements;
};

static const struct field project_fields[] = {
    {.name = "name",
     .help = "for the requester; unique",
     .type = F_TEXT,
     .flags = FIELD_PLAIN | FIELD_BYTES,
     .required = true,
     .at = offsetof(struct project_body, name),
     .min = 1,
     .max = 255},
    {.name = "title",
     .help = "what workers see in the list",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct project_body, title),
     .min = 1,
     .max = TITLE_MAX},
    {.name = "description",
     .help = "what is to be done",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct project_body, description),
     .min = 1,
     .max = DESCRIPTION_MAX},
    {.name = "keywords",
     .help = "with commas between",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct project_body, keywords),
     .max = KEYWORDS_MAX},
    {.name = "layout",
     .help = "HTML with placeholders ${column}",
     .type = F_TEXT,
     .flags = FIELD_BYTES,
     .required = true,
     .at = offsetof(struct project_body, layout),
     .min = 1,
     .max = (int64_t)LAYOUT_FILLED_MAX},
    {.name = "reward_cents",
     .help = "for an approved assignment",
     .type = F_INT,
     .required = true,
     .at = offsetof(struct project_body, reward_cents),
     .max = REWARD_CENTS_MAX},
    {.name = "max_assignments",
     .help = "workers for each row; 1 when absent",
     .type = F_INT,
     .at = offsetof(struct project_body, max_assignments),
     .min = 1,
     .max = ASSIGNMENTS_MAX,
     .fallback = 1},
    {.name = "assignment_duration_s",
     .help = "time a worker has; an hour when absent",
     .type = F_INT,
     .at = offsetof(struct project_body, duration_s),
     .min = DURATION_S_MIN,
     .max = DURATION_S_MAX,
     .fallback = 3600},
    {.name = "lifetime_s",
     .help = "how long workers can accept it; 7 days when absent",
     .type = F_INT,
     .at = offsetof(struct project_body, lifetime_s),
     .min = DURATION_S_MIN,
     .max = DURATION_S_MAX,
     .fallback = 7 * 86400},
    {.name = "auto_approval_s",
     .help = "30 days when absent; 0 approves at submission",
     .type = F_INT,
     .at = offsetof(struct project_body, auto_approval_s),
     .max = AUTO_APPROVAL_S_MAX,
     .fallback = AUTO_APPROVAL_S_MAX},
    {.name = "requirements",
     .help = "who may do it, in the shape of QualificationRequirements",
     .type = F_OBJECTS,
     .at = offsetof(struct project_body, requirements),
     .max = REQUIREMENTS_MAX,
     .of = requirement_fields,
     .of_size = sizeof(struct requirement_in)},
    {0},
};

static void project_json(struct json *j, const struct project *p) {
    json_open_object(j);
    json_kv_int(j, "id", p->id);
    json_kv_str(j, "name", p->name);
    json_kv_str(j, "title", p->title);
    json_kv_str(j, "description", p->description);
    json_kv_str(j, "keywords", p->keywords.p ? p->keywords : STR(""));
    json_kv_str(j, "layout_id", p->layout_id);
    json_kv_int(j, "reward_cents", p->reward_cents);
    json_kv_int(j, "max_assignments", p->max_assignments);
    json_kv_int(j, "assignment_duration_s", p->duration_s);
    json_kv_int(j, "lifetime_s", p->lifetime_s);
    json_kv_int(j, "auto_approval_s", p->auto_approval_s);
    json_kv_int(j, "created_ms", p->created_ms);
    json_key(j, "requirements");
    json_raw(j, p->requirements.n ? p->requirements : STR("[]"));
    json_end(j);
}

static struct err create_project(struct call *call, struct ctx *ctx) {
    const struct project_body *in = call->in;
    struct layout layout = layout_read(ctx->arena, in->layout);
    struct err e = layout_require_control(ctx->arena, &layout);
    if (failed(e))
        return e;
    struct project_in project = {
        .name = in->name,
        .title = in->title,
        .description = in->description,
        .keywords = in->keywords,
        .requirements = requirements_json(ctx->arena, &in->requirements),
        .reward_cents = in->reward_cents,
        .max_assignments = in->max_assignments,
        .duration_s = in->duration_s,
        .lifetime_s = in->lifetime_s,
        .auto_approval_s = in->auto_approval_s,
        .layout = in->layout,
    };
    struct project made;
    e = project_create(ctx, &project, &made);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    project_json(&j, &made);
    return NO_ERR;
}

static const struct route_param list_query[] = {
    {"next", "\"next\" of the page before"},
    {"limit", "projects on a page, 1 to 100"},
    {NULL, NULL},
};

static struct err list_projects(struct call *call, struct ctx *ctx) {
    int64_t before = 0, limit = 0;
    struct project_page page;
    struct err e = v1_query_int(call, "next", 1, INT64_MAX, 0, &before);
    if (!failed(e))
        e = v1_query_int(call, "limit", 1, PAGE_MAX, PAGE_MAX, &limit);
    if (!failed(e))
        e = project_list(ctx, before, (int)limit, &page);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "projects");
    json_open_array(&j);
    for (int i = 0; i < page.count; i++)
        project_json(&j, &page.projects[i]);
    json_end(&j);
    json_key(&j, "next");
    if (page.count == limit)
        json_int(&j, page.projects[page.count - 1].id);
    else
        json_write_null(&j);
    json_end(&j);
    return NO_ERR;
}

static struct err get_project(struct call *call, struct ctx *ctx) {
    int64_t id;
    struct project project;
    if (!num_parse(call->params[0], 1, INT64_MAX, &id))
        return err_make(ctx->arena, ERR_NOT_FOUND, "id", "There is no project %.*s.",
                        STR_ARG(call->params[0]));
    struct err e = project_get(ctx, id, &project);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    project_json(&j, &project);
    return NO_ERR;
}

const struct v1_row v1_project_rows[] = {
    {.route = {.method = "GET",
               .pattern = "/v1/projects",
               .help = "Projects, newest first.",
               .may = MAY_READ,
               .kind = CALL_READ,
               .run = list_projects,
               .query = list_query,
               .gives = "application/json"}},
    {.route = {.method = "POST",
               .pattern = "/v1/projects",
               .help = "Makes a project.",
               .may = MAY_OWN,
               .flags = ROUTE_JSON,
               .kind = CALL_WRITE,
               .run = create_project,
               .gives = "application/json"},
     .fields = project_fields,
     .in_size = sizeof(struct project_body),
     .success = 201},
    {.route = {.method = "GET",
               .pattern = "/v1/projects/{id}",
               .help = "One project.",
               .may = MAY_READ,
               .kind = CALL_READ,
               .run = get_project,
               .gives = "application/json"}},
    {.route = {.method = NULL}},
};
