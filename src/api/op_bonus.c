/* Bonuses: SendBonus, ListBonusPayments (requester-api 2.21, 2.33). */
#include "api/answer.h"
#include "api/op.h"
#include "base/limits.h"
#include "base/money.h"
#include "market/bonus.h"

struct send_bonus_in {
    struct str worker, assignment, reason, token;
    int64_t cents;
};

static const struct field send_bonus_fields[] = {
    {.name = "WorkerId",
     .help = "who gets it",
     .type = F_TEXT,
     .pattern = PATTERN_CUSTOMER,
     .required = true,
     .at = offsetof(struct send_bonus_in, worker),
     .min = 1,
     .max = 64},
    {.name = "BonusAmount",
     .help = "dollars, as text",
     .type = F_MONEY,
     .required = true,
     .at = offsetof(struct send_bonus_in, cents)},
    ENTITY_FIELD("AssignmentId", struct send_bonus_in, assignment,
                 "work that the worker submitted for the caller"),
    {.name = "Reason",
     .help = "shown to the worker",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct send_bonus_in, reason),
     .max = REASON_MAX},
    {.name = "UniqueRequestToken",
     .help = "a second call with the same token within 24 hours is refused",
     .type = F_TEXT,
     .at = offsetof(struct send_bonus_in, token),
     .min = 1,
     .max = TOKEN_MAX},
    {0},
};

static struct err send_bonus(struct op_call *call) {
    const struct send_bonus_in *in = call->in;
    struct bonus_send_in bonus = {
        .assignment_id = in->assignment,
        .worker_id = in->worker,
        .cents = in->cents,
        .reason = in->reason,
        .token = in->token,
    };
    struct bonus_sent sent;
    struct err e = bonus_send(call->ctx, &bonus, &sent);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_send_bonus = {
    .name = "SendBonus",
    .help = "Pays a worker more than the reward; bonus and fee are taken from the balance.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = send_bonus_fields,
    .in_size = sizeof(struct send_bonus_in),
    .group = GROUP_MONEY,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_OUT_OF_RANGE, ERR_INVALID_PARAMETER,
                                      ERR_DUPLICATE_REQUEST, ERR_ASSIGNMENT_DOES_NOT_EXIST,
                                      ERR_INVALID_ASSIGNMENT_STATE, ERR_INSUFFICIENT_FUNDS, ERR_OK},
    .money = "Bonus and fee are taken from the available balance.",
    .again = "Another bonus, unless UniqueRequestToken is the same: then DuplicateRequest, for 24 "
             "hours.",
    .run = send_bonus,
};

/* ---- ListBonusPayments (2.21) ---- */

struct list_bonuses_in {
    struct str hit, assignment;
    struct page_in page;
};

static const struct field list_bonuses_fields[] = {
    {.name = "HITId",
     .help = "bonuses for work on this HIT …",
     .type = F_TEXT,
     .pattern = PATTERN_ENTITY,
     .at = offsetof(struct list_bonuses_in, hit),
     .min = 1,
     .max = 64},
    {.name = "AssignmentId",
     .help = "… or for this assignment; one of the two",
     .type = F_TEXT,
     .pattern = PATTERN_ENTITY,
     .at = offsetof(struct list_bonuses_in, assignment),
     .min = 1,
     .max = 64},
    PAGE_FIELDS(struct list_bonuses_in),
    {0},
};

static struct err one_of_both(struct arena *a, const struct list_bonuses_in *in) {
    if (in->hit.p && in->assignment.p)
        return err_make(a, ERR_INVALID_COMBINATION, "HITId",
                        "The combination of parameters supplied to the request is invalid: HITId, "
                        "AssignmentId.");
    if (!in->hit.p && !in->assignment.p)
        return err_make(a, ERR_MISSING_PARAMETERS, "HITId",
                        "Your request is missing required parameters. Required parameters include "
                        "HITId or AssignmentId.");
    return NO_ERR;
}

static void print_bonus(struct json *j, struct arena *a, const struct bonus *b) {
    json_open_object(j);
    json_kv_str(j, "WorkerId", b->worker_id);
    json_kv_str(j, "BonusAmount", money_wire(a, b->cents));
    json_kv_str(j, "AssignmentId", b->assignment_id);
    json_kv_str(j, "Reason", b->reason);
    json_kv_seconds(j, "GrantTime", b->at_ms);
    json_end(j);
}

static struct err list_bonuses(struct op_call *call) {
    const struct list_bonuses_in *in = call->in;
    struct arena *a = call->ctx->arena;
    struct str filter = str_printf(a, "%.*s/%.*s", STR_ARG(in->hit), STR_ARG(in->assignment));
    int64_t keys[2] = {0, 0};
    bool resumed;
    struct err e = one_of_both(a, in);
    if (!failed(e))
        e = call_page(call, &in->page, filter, keys, 2, &resumed);
    if (failed(e))
        return e;
    struct bonus_list_in query = {
        .hit_id = in->hit,
        .assignment_id = in->assignment,
        .after_ms = keys[0],
        .after_row = keys[1],
        .limit = (int)in->page.max,
    };
    struct bonus_list list;
    e = bonus_list(call->ctx, &query, &list);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "BonusPayments");
    json_open_array(&call->out);
    for (size_t i = 0; i < list.n; i++)
        print_bonus(&call->out, a, &list.items[i]);
    json_end(&call->out);
    if (list.n) {
        keys[0] = list.items[list.n - 1].at_ms;
        keys[1] = list.items[list.n - 1].row;
    }
    call_page_end(call, filter, keys, 2, (int64_t)list.n);
    json_end(&call->out);
    return NO_ERR;
}

static const struct field bonus_members[] = {
    ANSWER("WorkerId", F_TEXT, "who got it"),
    ANSWER("BonusAmount", F_MONEY, "without its fee"),
    ANSWER("AssignmentId", F_TEXT, "the work it was for"),
    ANSWER("Reason", F_TEXT, "as the worker reads it"),
    ANSWER("GrantTime", F_TIME, "when it was paid"),
    {0},
};

static const struct field list_bonuses_answer[] = {
    ANSWER_OF("BonusPayments", F_OBJECTS, bonus_members, "BonusPayment", "by time"),
    ANSWER_PAGE,
    {0},
};

const struct op op_list_bonus_payments = {
    .name = "ListBonusPayments",
    .help = "Bonuses paid for a HIT or an assignment, by time.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = list_bonuses_fields,
    .in_size = sizeof(struct list_bonuses_in),
    .group = GROUP_MONEY,
    .answer = list_bonuses_answer,
    .errors = (const enum err_code[]){ERR_MISSING_PARAMETERS, ERR_INVALID_COMBINATION,
                                      ERR_HIT_DOES_NOT_EXIST, ERR_ASSIGNMENT_DOES_NOT_EXIST,
                                      ERR_INVALID_PARAMETER, ERR_OK},
    .run = list_bonuses,
};
