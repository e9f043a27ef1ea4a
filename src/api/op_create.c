/* CreateHITType, CreateHIT, CreateHITWithHITType (requester-api 2.5-2.7). */
#include "api/answer.h"
#include "api/op.h"
#include "api/print.h"
#include "api/requirement.h"
#include "api/review_policy.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/pack.h"
#include "formats/layout.h"
#include "formats/question.h"
#include "formats/question_form.h"
#include "market/form_work.h"
#include "market/hit.h"
#include "market/hit_type.h"
#include "market/project.h"
#include "market/publish.h"

/* ---- members ---- */

struct parameter_in {
    struct str name, value;
};

struct create_in {
    /* the type: by its properties or by its id */
    struct str title, description, keywords, hit_type;
    int64_t reward_cents, duration_s, auto_approval_s;
    struct field_list requirements;
    /* the HIT */
    int64_t lifetime_s, max_assignments;
    struct str question, annotation, token, layout;
    struct field_list parameters;
    const json_t *assignment_policy, *hit_policy;
};

static const struct field parameter_fields[] = {
    {.name = "Name",
     .help = "of a placeholder",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct parameter_in, name),
     .min = 1,
     .max = HEADER_NAME_MAX},
    {.name = "Value",
     .help = "what stands there",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct parameter_in, value)},
    {0},
};

#define TYPE_FIELDS                                                                                \
    {.name = "Title",                                                                              \
     .help = "what workers see in the list",                                                       \
     .type = F_TEXT,                                                                               \
     .flags = FIELD_PLAIN,                                                                         \
     .required = true,                                                                             \
     .at = offsetof(struct create_in, title),                                                      \
     .min = 1,                                                                                     \
     .max = TITLE_MAX},                                                                            \
        {.name = "Description",                                                                    \
         .help = "what is to be done",                                                             \
         .type = F_TEXT,                                                                           \
         .flags = FIELD_PLAIN,                                                                     \
         .required = true,                                                                         \
         .at = offsetof(struct create_in, description),                                            \
         .min = 1,                                                                                 \
         .max = DESCRIPTION_MAX},                                                                  \
        {.name = "Keywords",                                                                       \
         .help = "with commas between",                                                            \
         .type = F_TEXT,                                                                           \
         .flags = FIELD_PLAIN,                                                                     \
         .at = offsetof(struct create_in, keywords),                                               \
         .max = KEYWORDS_MAX},                                                                     \
        {.name = "Reward",                                                                         \
         .help = "dollars for an approved assignment, as text",                                    \
         .type = F_MONEY,                                                                          \
         .required = true,                                                                         \
         .at = offsetof(struct create_in, reward_cents)},                                          \
        {.name = "AssignmentDurationInSeconds",                                                    \
         .help = "time a worker has",                                                              \
         .type = F_INT,                                                                            \
         .required = true,                                                                         \
         .at = offsetof(struct create_in, duration_s),                                             \
         .min = DURATION_S_MIN,                                                                    \
         .max = DURATION_S_MAX},                                                                   \
        {.name = "AutoApprovalDelayInSeconds",                                                     \
         .help = "30 days when absent; 0 approves at submission",                                  \
         .type = F_INT,                                                                            \
         .at = offsetof(struct create_in, auto_approval_s),                                        \
         .max = AUTO_APPROVAL_S_MAX,                                                               \
         .fallback = AUTO_APPROVAL_S_MAX},                                                         \
    {                                                                                              \
        .name = "QualificationRequirements", .help = "who may do it", .type = F_OBJECTS,           \
        .at = offsetof(struct create_in, requirements), .max = REQUIREMENTS_MAX,                   \
        .of = requirement_fields, .of_name = "QualificationRequirement",                           \
        .of_size = sizeof(struct requirement_in)                                                   \
    }

#define HIT_FIELDS                                                                                 \
    {.name = "LifetimeInSeconds",                                                                  \
     .help = "how long workers can accept it",                                                     \
     .type = F_INT,                                                                                \
     .required = true,                                                                             \
     .at = offsetof(struct create_in, lifetime_s),                                                 \
     .min = DURATION_S_MIN,                                                                        \
     .max = DURATION_S_MAX},                                                                       \
        {.name = "MaxAssignments",                                                                 \
         .help = "how many workers may do it",                                                     \
         .type = F_INT,                                                                            \
         .at = offsetof(struct create_in, max_assignments),                                        \
         .min = 1,                                                                                 \
         .max = ASSIGNMENTS_MAX,                                                                   \
         .fallback = 1},                                                                           \
        {.name = "Question",                                                                       \
         .help = "HTMLQuestion, ExternalQuestion or QuestionForm",                                 \
         .type = F_TEXT,                                                                           \
         .at = offsetof(struct create_in, question)},                                              \
        {.name = "RequesterAnnotation",                                                            \
         .help = "for the requester only",                                                         \
         .type = F_TEXT,                                                                           \
         .flags = FIELD_PLAIN,                                                                     \
         .at = offsetof(struct create_in, annotation),                                             \
         .max = ANNOTATION_MAX},                                                                   \
        {.name = "UniqueRequestToken",                                                             \
         .help = "a second call with the same token within 24 hours is refused",                   \
         .type = F_TEXT,                                                                           \
         .at = offsetof(struct create_in, token),                                                  \
         .min = 1,                                                                                 \
         .max = TOKEN_MAX},                                                                        \
        {.name = "AssignmentReviewPolicy",                                                         \
         .help = "reviews each submission: ScoreMyKnownAnswers",                                   \
         .type = F_OBJECT,                                                                         \
         .flags = FIELD_TREE,                                                                      \
         .of = review_policy_fields,                                                               \
         .of_name = "ReviewPolicy",                                                                \
         .at = offsetof(struct create_in, assignment_policy)},                                     \
        {.name = "HITReviewPolicy",                                                                \
         .help = "reviews the HIT when it is reviewable: SimplePlurality",                         \
         .type = F_OBJECT,                                                                         \
         .flags = FIELD_TREE,                                                                      \
         .of = review_policy_fields,                                                               \
         .of_name = "ReviewPolicy",                                                                \
         .at = offsetof(struct create_in, hit_policy)},                                            \
        {.name = "HITLayoutId",                                                                    \
         .help = "a project's layout, instead of Question",                                        \
         .type = F_TEXT,                                                                           \
         .pattern = PATTERN_ENTITY,                                                                \
         .at = offsetof(struct create_in, layout),                                                 \
         .min = 1,                                                                                 \
         .max = 64},                                                                               \
    {                                                                                              \
        .name = "HITLayoutParameters", .help = "values for the layout's placeholders",             \
        .type = F_OBJECTS, .at = offsetof(struct create_in, parameters), .max = FILE_COLUMNS_MAX,  \
        .of = parameter_fields, .of_name = "HITLayoutParameter",                                   \
        .of_size = sizeof(struct parameter_in)                                                     \
    }

static const struct field create_type_fields[] = {TYPE_FIELDS, {0}};
static const struct field create_hit_fields[] = {TYPE_FIELDS, HIT_FIELDS, {0}};
static const struct field create_with_type_fields[] = {
    ENTITY_FIELD("HITTypeId", struct create_in, hit_type, "a type of the caller's"),
    HIT_FIELDS,
    {0},
};

/* ---- the type ---- */

static struct err make_type(struct op_call *call, const struct create_in *in,
                            struct hit_type *type) {
    struct hit_type_in properties = {
        .title = in->title,
        .description = in->description,
        .keywords = in->keywords,
        .requirements = requirements_json(call->ctx->arena, &in->requirements),
        .reward_cents = in->reward_cents,
        .duration_s = in->duration_s,
        .auto_approval_s = in->auto_approval_s,
    };
    return hit_type_make(call->ctx, &properties, type);
}

static struct err create_hit_type(struct op_call *call) {
    struct hit_type type;
    struct err e = make_type(call, call->in, &type);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_kv_str(&call->out, "HITTypeId", ctx_id(call->ctx, ID_HIT_TYPE, type.id, type.alias));
    json_end(&call->out);
    return NO_ERR;
}

static const struct field create_type_answer[] = {
    ANSWER("HITTypeId", F_TEXT, "the type, found or made"),
    {0},
};

const struct op op_create_hit_type = {
    .name = "CreateHITType",
    .help = "Finds or makes the type that HITs with these properties share.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = create_type_fields,
    .in_size = sizeof(struct create_in),
    .group = GROUP_HIT_TYPES,
    .answer = create_type_answer,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_INVALID_COMBINATION,
                                      ERR_INVALID_PARAMETER, ERR_OUT_OF_RANGE, ERR_OK},
    .again = "The same type.",
    .run = create_hit_type,
};

/* ---- question or layout ---- */

static struct err check_members(struct op_call *call, const struct create_in *in) {
    struct arena *a = call->ctx->arena;
    if (in->question.p && in->layout.p)
        return err_make(a, ERR_INVALID_COMBINATION, "Question",
                        "The combination of parameters supplied to the request is invalid: "
                        "Question, HITLayoutId.");
    if (!in->question.p && !in->layout.p)
        return err_make(a, ERR_MISSING_PARAMETERS, "Question",
                        "Your request is missing required parameters. Required parameters "
                        "include Question or HITLayoutId.");
    return NO_ERR;
}

/* The error of a layout and parameters that do not fit: placeholders without a value come first,
 * then names that the layout does not use (questions 10.2). */
static struct err unfit_parameters(struct arena *a, const struct layout_findings *findings) {
    struct buf names = BUF_INIT;
    const char *unused = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct layout_finding *f = &findings->list[i];
        if (f->level != LAYOUT_ERROR)
            continue;
        if (f->line)
            buf_printf(&names, "%s%.*s", names.n ? ", " : "", STR_ARG(f->name));
        else if (!unused)
            unused = f->text;
    }
    struct err e =
        names.n ? err_make(a, ERR_MISSING_PARAMETERS, "HITLayoutParameters",
                           "Your request is missing required parameters. Required parameters "
                           "include the layout's placeholders. Missing parameter names: %.*s",
                           STR_ARG(buf_view(&names)))
                : err_make(a, ERR_INVALID_PARAMETER, "HITLayoutParameters", "%s", unused);
    buf_free(&names);
    return e;
}

static struct err check_parameters(struct arena *a, struct str body,
                                   const struct parameter_in *parameters, size_t n) {
    struct str *names = arena_array(a, n, sizeof *names);
    struct str *values = arena_array(a, n, sizeof *values);
    for (size_t i = 0; i < n; i++) {
        names[i] = parameters[i].name;
        values[i] = parameters[i].value;
        for (size_t k = 0; k < i; k++) /* usually a few, FILE_COLUMNS_MAX at most */
            if (str_eq(names[i], names[k]))
                return err_make(a, ERR_INVALID_PARAMETER, "HITLayoutParameters",
                                "The parameter \"%.*s\" is given twice.", STR_ARG(names[i]));
    }
    struct layout layout = layout_read(a, body);
    struct layout_findings findings = layout_check(a, &layout, names, n, true);
    if (findings.errors)
        return unfit_parameters(a, &findings);
    struct layout_plan plan = layout_plan(a, body, names, n);
    size_t size = layout_filled_size(&plan, values);
    if (size > QUESTION_MAX)
        return err_make(a, ERR_INVALID_PARAMETER, "HITLayoutParameters",
                        "The layout filled in has %zu bytes; at most %d are accepted.", size,
                        QUESTION_MAX);
    return NO_ERR;
}

static struct err take_layout(struct op_call *call, const struct create_in *in,
                              struct publish_hit_in *hit) {
    struct arena *a = call->ctx->arena;
    struct project_layout found;
    struct err e = project_layout(call->ctx, in->layout, &found);
    if (failed(e))
        return e;
    size_t n = in->parameters.count;
    const struct parameter_in *parameters = in->parameters.items;
    struct buf packed = BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        pack_add(&packed, parameters[i].name);
        pack_add(&packed, parameters[i].value);
    }
    hit->layout = found.document;
    hit->variables = buf_dup(a, &packed);
    buf_free(&packed);
    return check_parameters(a, found.body, parameters, n);
}

/* A form is checked in full: this server shows it itself. */
static struct err take_question(struct op_call *call, const struct create_in *in,
                                struct publish_hit_in *hit) {
    struct arena *a = call->ctx->arena;
    struct question question;
    struct question_form form;
    bool legacy = false;
    struct err e = question_read(a, in->question, QUESTION_MAX, call->allow_insecure, &question);
    hit->form = !failed(e) && question.kind == QUESTION_FORM;
    if (!hit->form)
        return e;
    e = form_legacy(call->ctx, &legacy);
    if (!failed(e))
        e = question_form_read(a, question.form, legacy, &form);
    if (failed(e))
        e.field = "Question";
    return e;
}

static struct err create(struct op_call *call, const struct hit_type *type) {
    const struct create_in *in = call->in;
    struct publish_hit_in hit = {
        .type = type,
        .lifetime_s = in->lifetime_s,
        .max_assignments = in->max_assignments,
        .question = in->question,
        .annotation = in->annotation,
        .token = in->token,
    };
    struct err e = in->layout.p ? take_layout(call, in, &hit) : take_question(call, in, &hit);
    int64_t row = 0;
    if (!failed(e))
        e = review_policy_read(call->ctx->arena, POLICY_ASSIGNMENT, in->assignment_policy,
                               &hit.assignment_policy);
    if (!failed(e))
        e = review_policy_read(call->ctx->arena, POLICY_HIT, in->hit_policy, &hit.hit_policy);
    if (!failed(e))
        e = publish_hit(call->ctx, &hit, &row);
    struct hit_view view;
    if (!failed(e))
        e = hit_view_row(call->ctx, row, &view);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "HIT");
    print_hit(&call->out, call->ctx->arena, &view);
    json_end(&call->out);
    return NO_ERR;
}

static struct err create_hit(struct op_call *call) {
    struct hit_type type;
    struct err e = check_members(call, call->in);
    if (!failed(e))
        e = make_type(call, call->in, &type);
    return failed(e) ? e : create(call, &type);
}

const struct op op_create_hit = {
    .name = "CreateHIT",
    .help = "Publishes a HIT; its whole cost is held.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = create_hit_fields,
    .in_size = sizeof(struct create_in),
    .group = GROUP_HITS,
    .answer = answer_hit,
    .errors =
        (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_INVALID_COMBINATION,
                                ERR_MISSING_PARAMETERS, ERR_INVALID_PARAMETER, ERR_OUT_OF_RANGE,
                                ERR_XML_PARSE, ERR_XHTML_PARSE, ERR_HIT_LAYOUT_DOES_NOT_EXIST,
                                ERR_HIT_ALREADY_EXISTS, ERR_INSUFFICIENT_FUNDS, ERR_OK},
    .money = "MaxAssignments times reward and fee go from available to held.",
    .again = "Another HIT, unless UniqueRequestToken is the same: then HITAlreadyExists names the "
             "first one, for 24 hours.",
    .run = create_hit,
};

static struct err create_hit_with_type(struct op_call *call) {
    const struct create_in *in = call->in;
    struct hit_type type;
    struct err e = check_members(call, in);
    if (!failed(e))
        e = hit_type_find_live(call->ctx, in->hit_type, &type);
    return failed(e) ? e : create(call, &type);
}

const struct op op_create_hit_with_hit_type = {
    .name = "CreateHITWithHITType",
    .help = "Publishes a HIT of a type made before; its whole cost is held.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = create_with_type_fields,
    .in_size = sizeof(struct create_in),
    .group = GROUP_HITS,
    .answer = answer_hit,
    .errors = (const enum err_code[]){ERR_INVALID_COMBINATION, ERR_MISSING_PARAMETERS,
                                      ERR_INVALID_PARAMETER, ERR_OUT_OF_RANGE, ERR_XML_PARSE,
                                      ERR_XHTML_PARSE, ERR_HIT_LAYOUT_DOES_NOT_EXIST,
                                      ERR_HIT_ALREADY_EXISTS, ERR_INSUFFICIENT_FUNDS, ERR_OK},
    .money = "MaxAssignments times reward and fee go from available to held.",
    .again = "Another HIT, unless UniqueRequestToken is the same: then HITAlreadyExists names the "
             "first one, for 24 hours.",
    .run = create_hit_with_type,
};
