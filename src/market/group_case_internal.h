/* Pausing a group: shared by the files behind group_report.h and group_case.h. Internal to market/.
 */
#ifndef MARKET_GROUP_CASE_INTERNAL_H
#define MARKET_GROUP_CASE_INTERNAL_H

#include "market/ctx.h"

/* Pauses, tells the requester and writes the audit; who does it is c->actor, party 0 when reports
 * did. note: the operator's words, or NULL. Of a group that is paused it changes by whom and why.
 */
struct group_pause_in {
    int64_t hit_type, requester, group_case;
    struct str title, note;
};
struct err group_pause_put(struct ctx *c, const struct group_pause_in *in);

/* A line in somebody's inbox: title, and words behind it when they are not NULL. */
struct err group_tell(struct ctx *c, int64_t party, enum notice_kind kind, struct str title,
                      struct str words);

#endif
