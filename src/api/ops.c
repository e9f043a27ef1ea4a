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

static void field_json(struct json *j, const struct field *row) {
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
    if (field_pattern_text(row->pattern))
        json_kv_cstr(j, "pattern", field_pattern_text(row->pattern));
    if (row->words) {
        json_key(j, "words");
        json_open_array(j);
        for (const struct word *w = row->words; w->name; w++)
            json_cstr(j, w->name);
        json_end(j);
    }
    if (row->of) {
        json_key(j, "fields");
        json_open_array(j);
        for (const struct field *sub = row->of; sub->name; sub++)
            field_json(j, sub);
        json_end(j);
    }
    json_end(j);
}

static void print_json(FILE *f) {
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_array(&j);
    for (size_t i = 0; all[i]; i++) {
        const struct op *op = all[i];
        json_open_object(&j);
        json_kv_cstr(&j, "name", op->name);
        json_kv_cstr(&j, "kind", op->kind == OP_READ ? "read" : "write");
        json_kv_cstr(&j, "help", op->help);
        json_key(&j, "fields");
        json_open_array(&j);
        for (const struct field *row = op->fields; row->name; row++)
            field_json(&j, row);
        json_end(&j);
        json_end(&j);
    }
    json_end(&j);
    fprintf(f, "%.*s\n", STR_ARG(buf_view(&b)));
    buf_free(&b);
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
