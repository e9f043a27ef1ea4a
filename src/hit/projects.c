/* projects, project add, publish. */
#include <string.h>

#include "base/json.h"
#include "base/money.h"
#include "base/num.h"
#include "hit/client.h"
#include "hit/commands.h"
#include "hit/list.h"

static void add_project(struct table *t, const json_t *project) {
    const char *cells[] = {
        json_id(t->arena, project, "id"),
        json_text(project, "name"),
        json_text(project, "title"),
        money_dollars(t->arena, json_number(project, "reward_cents")).p,
    };
    table_row(t, cells);
}

int run_projects(struct command_line *line) {
    static const char *const titles[] = {"Project", "Name", "Title", ">Reward"};
    struct table t = table_begin(line->arena, 4, titles);
    return print_list(line, "/v1/projects", "projects", add_project, &t);
}

static struct err number_option(struct command_line *line, const char *name, int64_t fallback,
                                int64_t *value) {
    const char *text = option_value(line, name);
    *value = fallback;
    if (text && !num_parse(str_c(text), 0, INT64_MAX, value))
        return err_make(line->arena, ERR_USAGE, name, "--%s is \"%s\"; it must be a whole number",
                        name, text);
    return NO_ERR;
}

static struct err project_json(struct command_line *line, struct str layout, struct buf *out) {
    static const struct {
        const char *option, *member;
        int64_t fallback;
    } numbers[] = {
        {"assignments", "max_assignments", 1},
        {"duration", "assignment_duration_s", 3600},
        {"lifetime", "lifetime_s", 604800},
        {"auto-approval", "auto_approval_s", 259200},
    };
    static const char *const texts[] = {"name", "title", "description", "keywords"};
    int64_t cents;
    if (!money_parse(str_c(option_value(line, "reward")), &cents))
        return err_make(line->arena, ERR_USAGE, "reward",
                        "--reward is \"%s\"; it must be dollars with at most two decimals",
                        option_value(line, "reward"));
    struct json j = json_begin(out);
    json_open_object(&j);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        json_kv_str_opt(&j, texts[i], str_c(option_value(line, texts[i])));
    json_kv_int(&j, "reward_cents", cents);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        int64_t value;
        struct err e = number_option(line, numbers[i].option, numbers[i].fallback, &value);
        if (failed(e))
            return e;
        json_kv_int(&j, numbers[i].member, value);
    }
    json_kv_str(&j, "layout", layout);
    json_end(&j);
    return NO_ERR;
}

/* Posts and prints the answer: as it is with --json, else as a sentence. */
static struct err post(struct command_line *line, struct client *c, struct call *call,
                       const char *sentence) {
    json_t *json = NULL;
    struct err e = client_call(c, call);
    if (!failed(e))
        e = call_json(c, call, &json);
    if (!failed(e) && option_set(line, "json"))
        printf("%.*s\n", STR_ARG(buf_view(&call->answer)));
    else if (!failed(e))
        printf("%s %s: %s\n", sentence, json_id(line->arena, json, "id"), json_text(json, "name"));
    json_decref(json);
    call_free(call);
    return e;
}

int run_project_add(struct command_line *line) {
    struct client *c;
    struct str layout;
    struct buf body = BUF_INIT;
    struct err e = client_open(line, &c);
    if (failed(e))
        return command_fails(line, e);
    e = file_view(line, line->args[0], &layout);
    if (!failed(e))
        e = project_json(line, layout, &body);
    struct call call = {.method = "POST",
                        .path = "/v1/projects",
                        .content_type = "application/json",
                        .body = buf_view(&body)};
    if (!failed(e))
        e = post(line, c, &call, "project");
    buf_free(&body);
    client_close(c);
    return failed(e) ? command_fails(line, e) : 0;
}

struct wanted {
    struct arena *arena;
    const char *name, *id;
};

static bool find_project(void *user, const json_t *project) {
    struct wanted *w = user;
    const char *id = json_id(w->arena, project, "id");
    if (strcmp(json_text(project, "name"), w->name) == 0 || strcmp(id, w->name) == 0)
        w->id = id;
    return !w->id;
}

static struct err publish(struct command_line *line, struct client *c) {
    struct wanted w = {.arena = line->arena, .name = line->args[0]};
    struct str body;
    struct err e = file_view(line, line->args[1], &body);
    if (!failed(e))
        e = each_item(line, c, "/v1/projects", "projects", find_project, &w);
    if (failed(e))
        return e;
    if (!w.id)
        return err_make(line->arena, ERR_NOT_FOUND, "PROJECT",
                        "you have no project called \"%s\"; hit projects lists them", w.name);
    const char *name = option_value(line, "name");
    struct call call = {
        .method = "POST",
        .path = arena_printf(line->arena, "/v1/projects/%s/batches", client_escape(c, w.id)),
        .query = name ? arena_printf(line->arena, "name=%s", client_escape(c, name)) : NULL,
        .content_type = "text/csv",
        .body = body,
        .progress = "uploading",
    };
    return post(line, c, &call, "published as batch");
}

int run_publish(struct command_line *line) {
    struct client *c;
    struct err e = client_open(line, &c);
    if (failed(e))
        return command_fails(line, e);
    e = publish(line, c);
    client_close(c);
    return failed(e) ? command_fails(line, e) : 0;
}
