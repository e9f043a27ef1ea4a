/* Groups for one worker: shared by the files behind market/work.h. Internal to market/. */
#ifndef MARKET_WORK_GROUP_H
#define MARKET_WORK_GROUP_H

#include "market/work.h"

/* ERR_NOT_FOUND: no such group, or none he may know of (worker-site 3.4). */
struct err work_no_group(struct ctx *c);

/* ERR_GROUP_PAUSED. */
struct err work_paused(struct ctx *c);

/* ERR_QUALIFICATION_MISSING: which one, his value, what is asked for. q->missing is set. */
struct err work_unqualified(struct ctx *c, const struct qualification *q);

/* The HIT of the group that the worker would be given: the oldest behind row `after` that he does
 * not hold and has not submitted; 0 when there is none. worker may be 0. */
struct err work_candidate(struct ctx *c, int64_t worker, int64_t hit_type, int64_t after,
                          int64_t *hit);

/* A group by its row, also when nothing is left of it (available = 0) or he is blocked (then
 * likewise 0). ERR_NOT_FOUND. */
struct err work_group_row(struct ctx *c, int64_t hit_type, const struct worker_figures *f,
                          struct hit_group *out);

#endif
