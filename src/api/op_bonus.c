/* SendBonus (requester-api 2.33). */
#include "api/op.h"
#include "base/limits.h"
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
    .run = send_bonus,
};
