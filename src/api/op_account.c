/* GetAccountBalance (requester-api 2.14). */
#include "api/answer.h"
#include "api/op.h"
#include "base/money.h"
#include "market/funds.h"

static const struct field balance_fields[] = {{0}};

static struct err get_account_balance(struct op_call *call) {
    struct funds funds;
    struct err e = funds_balance(call->ctx, call->party, &funds);
    if (failed(e))
        return e;
    struct arena *a = call->ctx->arena;
    json_open_object(&call->out);
    json_kv_str(&call->out, "AvailableBalance", money_wire(a, funds.available_cents));
    json_kv_str(&call->out, "OnHoldBalance", money_wire(a, funds.on_hold_cents));
    json_end(&call->out);
    return NO_ERR;
}

static const struct field balance_answer[] = {
    ANSWER("AvailableBalance", F_MONEY, "may be spent"),
    ANSWER("OnHoldBalance", F_MONEY, "held for assignments that are open or undecided"),
    {0},
};

const struct op op_get_account_balance = {
    .name = "GetAccountBalance",
    .help = "Money that may be spent, and money held for open assignments.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = balance_fields,
    .group = GROUP_MONEY,
    .answer = balance_answer,
    .run = get_account_balance,
};
