/* Review policies as members, and ListReviewPolicyResultsForHIT (requester-api 2.28, 3.7). */
#include "api/answer.h"
#include "api/review_policy.h"
#include "base/arena.h"
#include "base/json.h"

/* ---- ReviewPolicy ---- */

struct entry_in {
    struct str key;
    struct field_list values;
};

struct policy_parameter_in {
    struct str key;
    struct field_list values, entries;
};

struct policy_in {
    struct str name;
    struct field_list parameters;
};

static const struct field entry_fields[] = {
    {.name = "Key",
     .help = "a question's id",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct entry_in, key)},
    {.name = "Values",
     .help = "the answers that are right",
     .type = F_TEXTS,
     .at = offsetof(struct entry_in, values)},
    {0},
};

static const struct field policy_parameter_fields[] = {
    {.name = "Key",
     .help = "name of the parameter",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct policy_parameter_in, key)},
    {.name = "Values",
     .help = "its values, as texts",
     .type = F_TEXTS,
     .at = offsetof(struct policy_parameter_in, values)},
    {.name = "MapEntries",
     .help = "known answers by question",
     .type = F_OBJECTS,
     .at = offsetof(struct policy_parameter_in, entries),
     .of = entry_fields,
     .of_name = "ParameterMapEntry",
     .of_size = sizeof(struct entry_in)},
    {0},
};

const struct field review_policy_fields[] = {
    {.name = "PolicyName",
     .help = "ScoreMyKnownAnswers/2011-09-01 or SimplePlurality/2011-09-01",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct policy_in, name)},
    {.name = "Parameters",
     .help = "what it is to look for and to do",
     .type = F_OBJECTS,
     .at = offsetof(struct policy_in, parameters),
     .of = policy_parameter_fields,
     .of_name = "PolicyParameter",
     .of_size = sizeof(struct policy_parameter_in)},
    {0},
};

static struct str text(struct str s) {
    return s.p ? s : STR("");
}

static struct policy_values values_of(const struct field_list *list) {
    return (struct policy_values){list->items, list->count};
}

static struct policy_parameter parameter_of(struct arena *a, const struct policy_parameter_in *in) {
    const struct entry_in *from = in->entries.items;
    struct policy_entry *to = arena_array(a, in->entries.count, sizeof *to);
    for (size_t i = 0; i < in->entries.count; i++)
        to[i] = (struct policy_entry){text(from[i].key), values_of(&from[i].values)};
    return (struct policy_parameter){text(in->key), values_of(&in->values), to, in->entries.count};
}

struct err review_policy_read(struct arena *a, enum policy_level level, const json_t *object,
                              struct str *packed) {
    if (!object)
        return NO_ERR;
    struct policy_in in = {0};
    struct err e = fields_decode(a, review_policy_fields, object, &in);
    if (failed(e))
        return e;
    const struct policy_parameter_in *from = in.parameters.items;
    struct policy_parameter *to = arena_array(a, in.parameters.count, sizeof *to);
    for (size_t i = 0; i < in.parameters.count; i++)
        to[i] = parameter_of(a, &from[i]);
    struct policy_given given = {in.name, to, in.parameters.count};
    return policy_check(a, level, &given, packed);
}

/* ---- ListReviewPolicyResultsForHIT ---- */

struct results_in {
    struct str hit;
    unsigned levels;
    bool actions, results;
    struct page_in page;
};

static const struct word level_words[] = {
    {"Assignment", POLICY_ASSIGNMENT},
    {"HIT", POLICY_HIT},
    {NULL, 0},
};

static const struct field results_fields[] = {
    ENTITY_FIELD("HITId", struct results_in, hit, "a HIT of the caller's"),
    {.name = "PolicyLevels",
     .help = "both when absent",
     .type = F_ENUMS,
     .at = offsetof(struct results_in, levels),
     .words = level_words},
    {.name = "RetrieveActions",
     .help = "what the policies did; true when absent",
     .type = F_BOOL,
     .at = offsetof(struct results_in, actions),
     .fallback = 1},
    {.name = "RetrieveResults",
     .help = "what they found; true when absent",
     .type = F_BOOL,
     .at = offsetof(struct results_in, results),
     .fallback = 1},
    PAGE_FIELDS(struct results_in),
    {0},
};

static const char *status_name(enum policy_status status) {
    switch (status) {
    case POLICY_INTENDED: return "Intended";
    case POLICY_SUCCEEDED: return "Succeeded";
    case POLICY_FAILED: return "Failed";
    case POLICY_CANCELLED: return "Cancelled";
    }
    return "";
}

static struct str action_id(const struct op_call *call, const struct policy_line *line) {
    return id_seal(call->ctx->arena, call->ctx->ids, ID_ACTION, line->action);
}

static void print_action(struct op_call *call, const struct policy_line *line) {
    struct json *j = &call->out;
    json_open_object(j);
    json_kv_str(j, "ActionId", action_id(call, line));
    json_kv_str(j, "ActionName", line->name);
    json_kv_str(j, "TargetId", line->subject);
    json_kv_cstr(j, "TargetType", line->of_assignment ? "Assignment" : "HIT");
    json_kv_cstr(j, "Status", status_name(line->status));
    json_kv_seconds(j, "CompleteTime", line->at_ms);
    json_kv_str_opt(j, "Result", line->value);
    json_kv_str_opt(j, "ErrorCode", line->error);
    json_end(j);
}

static void print_result(struct op_call *call, const struct policy_line *line) {
    struct json *j = &call->out;
    json_open_object(j);
    json_kv_str(j, "ActionId", action_id(call, line));
    json_kv_str(j, "SubjectId", line->subject);
    json_kv_cstr(j, "SubjectType", line->of_assignment ? "Assignment" : "HIT");
    json_kv_str_opt(j, "QuestionId", line->question);
    json_kv_str(j, "Key", line->name);
    json_kv_str_opt(j, "Value", line->value);
    json_end(j);
}

static void print_lines(struct op_call *call, const struct policy_report *r,
                        enum policy_level level, bool actions) {
    json_key(&call->out, actions ? "ReviewActions" : "ReviewResults");
    json_open_array(&call->out);
    for (size_t i = 0; i < r->n; i++) {
        const struct policy_line *line = &r->lines[i];
        if (line->level != level || line->is_action != actions)
            continue;
        if (actions)
            print_action(call, line);
        else
            print_result(call, line);
    }
    json_end(&call->out);
}

static void print_level(struct op_call *call, const struct policy_report *r,
                        enum policy_level level) {
    bool hit = level == POLICY_HIT;
    json_key(&call->out, hit ? "HITReviewPolicy" : "AssignmentReviewPolicy");
    json_open_object(&call->out);
    json_kv_cstr(&call->out, "PolicyName", policy_name(level));
    json_end(&call->out);
    json_key(&call->out, hit ? "HITReviewReport" : "AssignmentReviewReport");
    json_open_object(&call->out);
    print_lines(call, r, level, false);
    print_lines(call, r, level, true);
    json_end(&call->out);
}

static struct err list_results(struct op_call *call) {
    const struct results_in *in = call->in;
    unsigned both = 1U << POLICY_ASSIGNMENT | 1U << POLICY_HIT;
    unsigned levels = in->levels ? in->levels : both;
    struct str filter = str_printf(call->ctx->arena, "%.*s/%u/%d%d", STR_ARG(in->hit), levels,
                                   in->actions, in->results);
    int64_t after = 0;
    bool resumed;
    struct err e = call_page(call, &in->page, filter, &after, 1, &resumed);
    if (failed(e))
        return e;
    struct policy_report_in query = {
        .hit_id = in->hit,
        .levels = levels >> 1, /* 1 << level to the bits of enum policy_level */
        .actions = in->actions,
        .results = in->results,
        .after = after,
        .limit = (int)in->page.max,
    };
    struct policy_report report;
    e = policy_report(call->ctx, &query, &report);
    if (failed(e))
        return e;
    call->due = report.due;
    json_open_object(&call->out);
    json_kv_str(&call->out, "HITId", report.hit_id);
    if (report.assignment_policy && (levels & 1U << POLICY_ASSIGNMENT))
        print_level(call, &report, POLICY_ASSIGNMENT);
    if (report.hit_policy && (levels & 1U << POLICY_HIT))
        print_level(call, &report, POLICY_HIT);
    call_token(call, filter, report.n ? &report.lines[report.n - 1].row : NULL, 1);
    json_end(&call->out);
    return NO_ERR;
}

static const struct word status_words[] = {
    {"Intended", POLICY_INTENDED},
    {"Succeeded", POLICY_SUCCEEDED},
    {"Failed", POLICY_FAILED},
    {"Cancelled", POLICY_CANCELLED},
    {NULL, 0},
};

#define RESULT_MAYBE(label, table, structure)                                                      \
    {                                                                                              \
        .name = label, .type = F_OBJECT, .of = table, .of_name = structure,                        \
        .help = "when the HIT has that policy"                                                     \
    }

static const struct field action_members[] = {
    ANSWER("ActionId", F_TEXT, "the action"),
    ANSWER("ActionName", F_TEXT, "review, approve, reject or extend"),
    ANSWER("TargetId", F_TEXT, "what it was done to"),
    {.name = "TargetType", .type = F_TEXT, .required = true, .help = "Assignment or HIT"},
    {.name = "Status",
     .type = F_ENUM,
     .required = true,
     .words = status_words,
     .help = "what came of it"},
    ANSWER("CompleteTime", F_TIME, "when"),
    ANSWER_MAYBE("Result", F_TEXT, "in words; not for programs"),
    ANSWER_MAYBE("ErrorCode", F_TEXT, "why it failed"),
    {0},
};

static const struct field result_members[] = {
    ANSWER("ActionId", F_TEXT, "the review that found it"),
    ANSWER("SubjectId", F_TEXT, "what it is about"),
    {.name = "SubjectType", .type = F_TEXT, .required = true, .help = "Assignment or HIT"},
    ANSWER_MAYBE("QuestionId", F_TEXT, "when it is about one question"),
    ANSWER("Key", F_TEXT, "which figure: see review-policies.md"),
    ANSWER_MAYBE("Value", F_TEXT, "the figure"),
    {0},
};

static const struct field report_members[] = {
    ANSWER_OF("ReviewResults", F_OBJECTS, result_members, "ReviewResultDetail", "found"),
    ANSWER_OF("ReviewActions", F_OBJECTS, action_members, "ReviewActionDetail", "done"),
    {0},
};

static const struct field results_answer[] = {
    ANSWER("HITId", F_TEXT, "the HIT"),
    RESULT_MAYBE("AssignmentReviewPolicy", review_policy_fields, "ReviewPolicy"),
    RESULT_MAYBE("AssignmentReviewReport", report_members, "ReviewReport"),
    RESULT_MAYBE("HITReviewPolicy", review_policy_fields, "ReviewPolicy"),
    RESULT_MAYBE("HITReviewReport", report_members, "ReviewReport"),
    ANSWER_TOKEN,
    {0},
};

const struct op op_list_review_policy_results_for_hit = {
    .name = "ListReviewPolicyResultsForHIT",
    .help = "What a HIT's review policies found and did, by time.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = results_fields,
    .in_size = sizeof(struct results_in),
    .group = GROUP_HITS,
    .answer = results_answer,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_INVALID_PARAMETER, ERR_OK},
    .run = list_results,
};
