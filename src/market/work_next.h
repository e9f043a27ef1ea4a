/* What follows a submission: the next task of the group is accepted when the worker wants it so
 * (worker-site 5, "Auto-accept next"; off until he says otherwise). */
#ifndef MARKET_WORK_NEXT_H
#define MARKET_WORK_NEXT_H

#include "market/work.h"

/* Off: he has not asked for it. The states behind NEXT_ACCEPTED say why he got none. */
enum next_state {
    NEXT_OFF = 0,
    NEXT_ACCEPTED,
    NEXT_NONE, /* the group has nothing more for him, or is gone */
    NEXT_UNQUALIFIED,
    NEXT_QUEUE_FULL,
    NEXT_LIMIT, /* of the day */
    NEXT_PAUSED,
    NEXT_REFUSED, /* blocked or suspended */
};

/* "off", "accepted", "none", …; never NULL. */
const char *next_state_name(enum next_state state);
/* NEXT_OFF for an unknown word. */
enum next_state next_state_parse(struct str word);

/* Whether a worker wants it, and his wish from now on. */
struct err work_next_wanted(struct ctx *c, int64_t worker, bool *wanted);
struct err work_next_want(struct ctx *c, int64_t worker, bool wanted);

/* In the transaction of a submission, behind work_submit: accepts another HIT of its group for the
 * worker who submitted, by all checks of work_accept. A refusal is no error: *state tells, and
 * nothing has changed but what the clock owed. What was submitted before (done->again) accepts
 * nothing more. */
struct err work_next(struct ctx *c, const struct submitted *done, enum next_state *state,
                     struct accepted *out);

/* Of the tasks in his queue that one of the group which was accepted last; NULL for none. */
const struct task *work_next_held(const struct queue *queue, struct str group_id);

#endif
