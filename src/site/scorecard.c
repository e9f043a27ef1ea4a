/* The card of a requester on workers' pages (worker-site 12.2). */
#include "market/scorecard.h"

#include "site/rows.h"

struct err scorecard_card(struct ctx *ctx, int64_t requester, struct tpl_scorecard *card) {
    struct scorecard s;
    struct err e = scorecard_read(ctx, requester, &s);
    if (failed(e))
        return e;
    *card = (struct tpl_scorecard){
        .decided = s.decided,
        .rate = s.rate,
        .month_decided = s.month_decided,
        .month_rate = s.month_rate,
        .clock_rate = s.clock_rate,
        .rejected = s.rejected,
        .overturned = s.overturned,
        .overturned_rate = s.overturned_rate,
        .sample = s.sample,
        .median = s.median_s,
        .slow = s.slow_s,
        .hourly = s.hourly_cents,
        .appeals = s.appeals,
        .in_time = s.in_time_rate,
        .granted = s.granted_rate,
        .blocks = s.blocks,
        .blocks_more = s.blocks == SCORECARD_COUNT_MAX,
        .blocks_per_1000 = s.blocks_per_1000,
        .paused = s.paused,
    };
    return NO_ERR;
}

/* A page of groups has many rows of few requesters: each is looked up once. */
struct err scorecard_rows(struct ctx *ctx, const struct hit_group *groups, size_t n,
                          struct tpl_groups_groups *rows) {
    struct err e = NO_ERR;
    for (size_t i = 0; i < n && !failed(e); i++) {
        struct scorecard s;
        struct scorecard_group group = {groups[i].hit_type, groups[i].reward_cents,
                                        groups[i].duration_s};
        int64_t sample;
        size_t known = 0;
        while (groups[known].requester != groups[i].requester)
            known++;
        rows[i].rate = rows[known].rate;
        if (known == i) {
            e = scorecard_rates(ctx, groups[i].requester, &s);
            rows[i].rate = s.rate;
        }
        if (!failed(e))
            e = scorecard_hourly(ctx, &group, &rows[i].hourly, &sample);
    }
    return e;
}
