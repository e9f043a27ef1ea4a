/* Appeals: a worker asks that a rejection be taken back (worker-site 13, money-and-lifecycle 8.10).
 *
 * - One appeal a rejection, from the rejection to the last moment at which it can be reversed
 *   (submission + 30 days). It moves no money by itself: granting runs the overturn of 8.3 with
 *   ENTRANCE_APPEAL, and whatever else overturns the rejection meanwhile has granted it
 *   (appeal_on_overturn).
 * - open -> asked -> open; open -> granted | declined | withdrawn | lapsed. Granted without funds
 * it waits, is tried again on each deposit, and once more when the window ends.
 * - Each step is a row of its own with its actor, and both sides have a notice in their inbox.
 * - What nobody answers lapses when the window ends, or with setting appeal_silence = grant is
 *   granted if there is money at that moment. One that was not answered within setting
 *   appeal_answer_days is counted as late in the requester's figures.
 */
#ifndef MARKET_APPEAL_H
#define MARKET_APPEAL_H

#include <stdbool.h>

#include "market/ctx.h"

struct appeal {
    int64_t assignment, requester, worker, batch, hit;
    struct str assignment_id, hit_id, requester_id, requester_name, worker_id, title; /* public */
    enum appeal_state state; /* APPEAL_LAPSED as soon as the window is over */
    enum appeal_reason reason;
    struct str body, question, reply, answer; /* NULL: not written */
    struct str rejection;                     /* the requester's text; NULL none */
    int64_t reward_cents, fee_cents;          /* granting costs both */
    int64_t submitted_ms, rejected_ms, filed_ms, due_ms, window_ms;
    int64_t answered_ms, closed_ms; /* 0: not yet */
    bool late;                      /* was not answered when due */
    bool deleted;                   /* the HIT is gone: nothing can be paid any more */
};

static inline bool appeal_open(const struct appeal *a) {
    return a->state < APPEAL_GRANTED;
}

/* ---- the worker's side: c->actor->party ---- */

/* Files. ERR_NOT_FOUND for work that is not his; ERR_CONFLICT when it is not rejected, was appealed
 * before, its window is over or its HIT deleted, in words; ERR_INVALID_PARAMETER (text,
 * APPEAL_TEXT_MIN..APPEAL_TEXT_MAX characters; reason). */
struct appeal_file_in {
    struct str assignment_id, text;
    enum appeal_reason reason;
};
struct err appeal_file(struct ctx *c, const struct appeal_file_in *in);

/* Whether his rejected work may be appealed: errors as appeal_file's first two; *window_ms is the
 * last moment at which the rejection can be reversed, *rejection its text (NULL none). */
struct err appeal_possible(struct ctx *c, struct str assignment_id, int64_t *window_ms,
                           struct str *rejection);

/* Answers what the requester asked back. ERR_NOT_FOUND, ERR_CONFLICT when nothing is asked. */
struct err appeal_reply(struct ctx *c, struct str assignment_id, struct str text);

/* Takes it back; there is no second one. ERR_NOT_FOUND, ERR_CONFLICT when it is closed. */
struct err appeal_withdraw(struct ctx *c, struct str assignment_id);

/* ---- the requester's side: c->actor->party ---- */

/* Grants: the rejection is overturned and paid from available, at once; text (at most FEEDBACK_MAX
 * characters, NULL none) is the decision's feedback. When available is short it is granted all the
 * same and waits: out->state is then APPEAL_WAITING and shortfall_cents what is missing.
 * ERR_NOT_FOUND, ERR_CONFLICT for a closed one or a window that is over, ERR_INVALID_HIT_STATE for
 * a deleted HIT. */
struct appeal_answered {
    enum appeal_state state; /* APPEAL_GRANTED or APPEAL_WAITING */
    int64_t paid_cents, shortfall_cents;
};
struct err appeal_grant(struct ctx *c, struct str assignment_id, struct str text,
                        struct appeal_answered *out);

/* Declines with a text (needed, at most FEEDBACK_MAX characters). A grant that waits for funds is
 * kept to: ERR_CONFLICT. */
struct err appeal_decline(struct ctx *c, struct str assignment_id, struct str text);

/* Asks the worker, once; no time is added by it. */
struct err appeal_ask(struct ctx *c, struct str assignment_id, struct str text);

/* ---- by themselves ---- */

/* Called by settle_apply with its overturns in place: closes their appeals as granted. Costs as
 * much as the requester has open appeals. */
struct err appeal_on_overturn(struct ctx *c, int64_t requester, int64_t settlement);

/* Pays appeals that wait for funds, the earliest window first, as far as available reaches;
 * called by funds_deposit. At most APPEALS_STEP at a time. */
struct err appeal_retry(struct ctx *c, int64_t requester);

/* A bounded step of the sweeper: marks late ones and reminds, closes those whose window is over.
 * *done grows by what was done. The money of an appeal granted here is that of the moment the
 * sweeper comes, its time that of the window's end. */
struct err appeal_sweep(struct ctx *c, int limit, int64_t *done);

/* ---- reading ---- */

/* One appeal, for its worker or its requester (c->actor->party); ERR_NOT_FOUND. */
struct err appeal_get(struct ctx *c, struct str assignment_id, struct appeal *out);

enum appeal_list_kind {
    APPEALS_OPEN = 1, /* of a requester, by window end */
    APPEALS_CLOSED,   /* of a requester, latest first */
    APPEALS_OWN,      /* of a worker, latest first */
};
/* Behind (key_ms, row) of the last one seen, as appeal_key gives it; 0, 0 at the start. */
struct appeal_list_in {
    enum appeal_list_kind kind;
    int64_t key_ms, row;
    int limit; /* 1..500 */
};
struct appeal_list {
    struct appeal *items;
    size_t n;
};
struct err appeal_list(struct ctx *c, const struct appeal_list_in *in, struct appeal_list *out);
int64_t appeal_key(enum appeal_list_kind kind, const struct appeal *a);

struct appeal_step {
    int64_t at_ms, actor;
    enum appeal_step_kind kind;
    struct str body; /* NULL none */
};
struct appeal_steps {
    struct appeal_step *items;
    size_t n;
};
/* The steps of an appeal, oldest first; rights as appeal_get. */
struct err appeal_steps(struct ctx *c, struct str assignment_id, struct appeal_steps *out);

/* A requester's figures: what his scorecard shows (money-and-lifecycle 9.6). */
struct appeal_figures {
    int64_t filed, granted, declined, withdrawn, lapsed, late;
    int64_t open;      /* at most APPEAL_COUNT_MAX */
    int64_t window_ms; /* the earliest end of an open one; 0 none */
};
struct err appeal_figures(struct ctx *c, int64_t requester, struct appeal_figures *out);

/* "answer_right", … for forms and JSON; NULL-safe: APPEAL_REASON_NONE for "". False for an unknown
 * word. */
const char *appeal_reason_word(enum appeal_reason reason);
bool appeal_reason_parse(struct str s, enum appeal_reason *reason);

#endif
