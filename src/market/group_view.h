/* How a worker wants his list of groups when its address does not say (worker-site 3: sort, page
 * size and filters are remembered). */
#ifndef MARKET_GROUP_VIEW_H
#define MARKET_GROUP_VIEW_H

#include "market/work.h"

struct group_view {
    enum group_sort sort;
    int page_size; /* 10, 20, 50 or 100 */
    bool qualified;
    int64_t min_reward_cents;
};

#define GROUP_VIEW_DEFAULT ((struct group_view){.sort = SORT_UPDATED_DESC, .page_size = 20})

/* GROUP_VIEW_DEFAULT for who has chosen nothing. */
struct err group_view_get(struct ctx *c, int64_t worker, struct group_view *out);

/* ERR_INVALID_PARAMETER ("page_size", "min_reward"). */
struct err group_view_put(struct ctx *c, int64_t worker, const struct group_view *view);

#endif
