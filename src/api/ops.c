/* The list of operations, in the order of the model (requester-api 2). */
#include <inttypes.h>
#include <string.h>

#include "api/op.h"
#include "base/arena.h"

#define OFFERED(X)                                                                                 \
    X(op_approve_assignment)                                                                       \
    X(op_create_additional_assignments_for_hit)                                                    \
    X(op_create_hit)                                                                               \
    X(op_create_hit_type)                                                                          \
    X(op_create_hit_with_hit_type)                                                                 \
    X(op_delete_hit)                                                                               \
    X(op_get_account_balance)                                                                      \
    X(op_get_assignment)                                                                           \
    X(op_get_file_upload_url)                                                                      \
    X(op_get_hit)                                                                                  \
    X(op_list_assignments_for_hit)                                                                 \
    X(op_list_hits)                                                                                \
    X(op_list_review_policy_results_for_hit)                                                       \
    X(op_list_reviewable_hits)                                                                     \
    X(op_notify_workers)                                                                           \
    X(op_reject_assignment)                                                                        \
    X(op_send_test_event_notification)                                                             \
    X(op_update_notification_settings)                                                             \
    X(op_send_bonus)                                                                               \
    X(op_update_expiration_for_hit)                                                                \
    X(op_create_worker_block)                                                                      \
    X(op_delete_worker_block)                                                                      \
    X(op_list_bonus_payments)                                                                      \
    X(op_list_worker_blocks)                                                                       \
    X(op_update_hit_review_status)                                                                 \
    X(op_update_hit_type_of_hit)                                                                   \
    X(op_accept_qualification_request)                                                             \
    X(op_associate_qualification_with_worker)                                                      \
    X(op_create_qualification_type)                                                                \
    X(op_delete_qualification_type)                                                                \
    X(op_disassociate_qualification_from_worker)                                                   \
    X(op_get_qualification_score)                                                                  \
    X(op_get_qualification_type)                                                                   \
    X(op_list_hits_for_qualification_type)                                                         \
    X(op_list_qualification_requests)                                                              \
    X(op_list_qualification_types)                                                                 \
    X(op_list_workers_with_qualification_type)                                                     \
    X(op_reject_qualification_request)                                                             \
    X(op_update_qualification_type)

#define DECLARE(row) extern const struct op row;
OFFERED(DECLARE)

static const struct op *const all[] = {
#define ROW(row) &row,
    OFFERED(ROW)
#undef ROW
        NULL,
};

const struct op *const *op_all(void) {
    return all;
}

const struct op *op_find(struct str name) {
    for (size_t i = 0; all[i]; i++)
        if (str_is(name, all[i]->name))
            return all[i];
    return NULL;
}

static const char *type_name(enum field_type type) {
    switch (type) {
    case F_TEXT: return "text";
    case F_INT: return "integer";
    case F_BOOL: return "boolean";
    case F_MONEY: return "amount";
    case F_TIME: return "time";
    case F_ENUM: return "word";
    case F_ENUMS: return "list of words";
    case F_INTS: return "list of integers";
    case F_TEXTS: return "list of texts";
    case F_OBJECTS: return "list of objects";
    case F_OBJECT: return "object";
    }
    return "";
}

static void print_table(FILE *f) {
    for (size_t i = 0; all[i]; i++) {
        const struct op *op = all[i];
        fprintf(f, "%-42s %-7s %s\n", op->name, op->kind == OP_READ ? "read" : "write", op->help);
        for (const struct field *row = op->fields; row->name; row++)
            fprintf(f, "    %-38s %-16s %s%s\n", row->name, type_name(row->type),
                    row->required ? "required; " : "", row->help ? row->help : "");
    }
}

static const char *group_name(enum op_group group) {
    switch (group) {
    case GROUP_HITS: return "HITs";
    case GROUP_HIT_TYPES: return "HIT types and notifications";
    case GROUP_ASSIGNMENTS: return "Assignments";
    case GROUP_MONEY: return "Money";
    case GROUP_QUALIFICATION_TYPES: return "Qualification types";
    case GROUP_QUALIFICATIONS: return "Qualifications";
    case GROUP_WORKERS: return "Workers";
    }
    return "";
}

/* A fallback outside of the bounds only tells the handler that the member is absent. */
static void fallback_json(struct json *j, const struct field *row) {
    if (row->required)
        return;
    const char *word = row->type == F_ENUM ? word_name(row->words, (int)row->fallback) : NULL;
    bool bounded = row->min || row->max;
    if (word)
        json_kv_cstr(j, "default", word);
    else if (row->type == F_BOOL && !(row->flags & FIELD_MAYBE))
        json_kv_bool(j, "default", row->fallback != 0);
    else if (row->type == F_INT && bounded && row->fallback >= row->min &&
             row->fallback <= row->max)
        json_kv_int(j, "default", row->fallback);
}

static void words_json(struct json *j, const struct word *words) {
    json_key(j, "words");
    json_open_array(j);
    for (const struct word *w = words; w->name; w++)
        json_cstr(j, w->name);
    json_end(j);
}

static void fields_json(struct json *j, const char *key, const struct field *rows, bool of_request);

static void field_json(struct json *j, const struct field *row, bool of_request) {
    json_open_object(j);
    json_kv_cstr(j, "name", row->name);
    json_kv_cstr(j, "type", type_name(row->type));
    json_kv_bool(j, "required", row->required);
    if (row->help)
        json_kv_cstr(j, "help", row->help);
    if (row->min || row->max) {
        json_kv_int(j, "min", row->min);
        json_kv_int(j, "max", row->max);
    }
    if (row->flags & FIELD_BYTES)
        json_kv_bool(j, "bytes", true);
    const char *pattern = field_pattern_text(row->type == F_MONEY ? PATTERN_MONEY : row->pattern);
    if (pattern)
        json_kv_cstr(j, "pattern", pattern);
    if (of_request)
        fallback_json(j, row);
    if (row->words)
        words_json(j, row->words);
    if (row->of_name)
        json_kv_cstr(j, "structure", row->of_name);
    if (row->of)
        fields_json(j, "fields", row->of, of_request);
    json_end(j);
}

static void fields_json(struct json *j, const char *key, const struct field *rows,
                        bool of_request) {
    json_key(j, key);
    json_open_array(j);
    for (const struct field *row = rows; row->name; row++)
        field_json(j, row, of_request);
    json_end(j);
}

static void errors_json(struct json *j, struct arena *a, const enum err_code *code) {
    json_key(j, "errors");
    json_open_array(j);
    for (; code && *code; code++) {
        const char *turk = err_turk_code(a, *code);
        json_open_object(j);
        json_kv_cstr(j, "type", err_type(*code));
        if (turk)
            json_kv_cstr(j, "code", turk);
        json_kv_cstr(j, "words", err_opening(*code));
        json_end(j);
    }
    json_end(j);
}

static void op_json(struct json *j, struct arena *a, const struct op *op) {
    json_open_object(j);
    json_kv_cstr(j, "name", op->name);
    json_kv_cstr(j, "group", group_name(op->group));
    json_kv_cstr(j, "kind", op->kind == OP_READ ? "read" : "write");
    json_kv_cstr(j, "help", op->help);
    if (op->money)
        json_kv_cstr(j, "money", op->money);
    if (op->again)
        json_kv_cstr(j, "again", op->again);
    fields_json(j, "fields", op->fields, true);
    fields_json(j, "answer", op->answer, false);
    errors_json(j, a, op->errors);
    json_end(j);
}

static void print_json(FILE *f) {
    struct arena a;
    struct buf b = BUF_INIT;
    arena_init(&a, ARENA_LIMIT);
    struct json j = json_begin(&b);
    json_open_array(&j);
    for (size_t i = 0; all[i]; i++)
        op_json(&j, &a, all[i]);
    json_end(&j);
    fprintf(f, "%.*s\n", STR_ARG(buf_view(&b)));
    buf_free(&b);
    arena_free(&a);
}

void api_ops_print(FILE *f, bool as_json) {
    if (as_json)
        print_json(f);
    else
        print_table(f);
}

/* Everything that a walk over a list depends on. */
static struct str page_scope(struct op_call *call, struct str filter) {
    return str_printf(call->ctx->arena, "%s %" PRId64 " %.*s", call->op->name, call->party,
                      STR_ARG(filter));
}

struct err call_page(struct op_call *call, const struct page_in *page, struct str filter,
                     int64_t *keys, size_t count, bool *resumed) {
    *resumed = page->token.p != NULL;
    if (!*resumed)
        return NO_ERR;
    return token_open(call->ctx->arena, call->tokens, page_scope(call, filter), page->token, keys,
                      count);
}

void call_page_end(struct op_call *call, struct str filter, const int64_t *last, size_t count,
                   int64_t results) {
    json_kv_int(&call->out, "NumResults", results);
    call_token(call, filter, results > 0 ? last : NULL, count);
}

void call_token(struct op_call *call, struct str filter, const int64_t *last, size_t count) {
    if (last)
        json_kv_str(
            &call->out, "NextToken",
            token_seal(call->ctx->arena, call->tokens, page_scope(call, filter), last, count));
}

struct err call_nothing(struct op_call *call) {
    json_open_object(&call->out);
    json_end(&call->out);
    return NO_ERR;
}
