#include "market/scorecard.h"

#include <stdlib.h>

#include "base/datetime.h"
#include "market/appeal.h"
#include "store/sql.h"

enum { TWO_YEARS_DAYS = 730, MONTH_DAYS = 30, GROUP_TIMES = 30 };

/* What took less is a program's work, or one click: it tells nothing about an hour. */
enum { HOURLY_LEAST_MS = 5000 };

/* part of whole in hundredths of a per cent. */
static int64_t rate(int64_t part, int64_t whole) {
    return whole > 0 ? part * 10000 / whole : -1;
}

/* An overturn may undo a rejection from before the days that are looked at: then it is one decision
 * that both were. */
static int64_t decided(int64_t approved, int64_t rejected, int64_t overturned) {
    return approved + (rejected > overturned ? rejected : overturned);
}

struct err scorecard_rates(struct ctx *c, int64_t requester, struct scorecard *out) {
    struct sql_scorecard_days_out d;
    int64_t today = c->now_ms / DAY_MS;
    struct sql_scorecard_days_in in = {requester, today - TWO_YEARS_DAYS, today - MONTH_DAYS};
    *out = (struct scorecard){.sample = 0};
    enum st st = sql_scorecard_days(c->tx, &in, &d);
    if (st != ST_OK)
        return ctx_store(c, st);
    out->decided = decided(d.approved, d.rejected, d.overturned);
    out->rate = rate(d.approved + d.overturned, out->decided);
    out->month_decided = decided(d.month_approved, d.month_rejected, d.month_overturned);
    out->month_rate = rate(d.month_approved + d.month_overturned, out->month_decided);
    out->clock_rate = rate(d.by_clock, d.approved);
    out->rejected = d.rejected > d.overturned ? d.rejected : d.overturned;
    out->overturned = d.overturned;
    out->overturned_rate = rate(d.overturned, out->rejected);
    return NO_ERR;
}

/* ---- the newest decisions ---- */

struct sample {
    int64_t *wait, *hourly;
    size_t n, paid; /* paid: whose work took its time */
};

static bool take_newest(void *arg, const struct sql_scorecard_newest_out *row) {
    struct sample *s = arg;
    s->wait[s->n++] = row->wait_ms > 0 ? row->wait_ms : 0;
    if (row->worked_ms >= HOURLY_LEAST_MS)
        s->hourly[s->paid++] = row->reward_cents * 3600 * 1000 / row->worked_ms;
    return true;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The value at so many hundredths of the sorted values; the outer 5 % at either end do not count.
 */
static int64_t at_percent(int64_t *values, size_t n, size_t percent) {
    size_t cut = n / 20;
    qsort(values, n, sizeof *values, by_value);
    return values[cut + (n - 2 * cut - 1) * percent / 100];
}

static struct err read_sample(struct ctx *c, int64_t requester, struct scorecard *out) {
    struct sample s = {arena_array(c->arena, SCORECARD_SAMPLE, sizeof(int64_t)),
                       arena_array(c->arena, SCORECARD_SAMPLE, sizeof(int64_t)), 0, 0};
    struct sql_scorecard_newest_in in = {requester, SCORECARD_SAMPLE, SCORECARD_SAMPLE};
    struct err e = ctx_store(c, sql_scorecard_newest_each(c->tx, &in, take_newest, &s));
    if (failed(e) || s.n < SCORECARD_LEAST)
        return e;
    out->sample = (int64_t)s.n;
    out->median_s = at_percent(s.wait, s.n, 50) / 1000;
    out->slow_s = at_percent(s.wait, s.n, 90) / 1000;
    if (s.paid >= SCORECARD_LEAST)
        out->hourly_cents = at_percent(s.hourly, s.paid, 50);
    return NO_ERR;
}

struct err scorecard_read(struct ctx *c, int64_t requester, struct scorecard *out) {
    struct appeal_figures appeals;
    struct sql_scorecard_blocks_out blocks = {0};
    struct sql_scorecard_paused_out paused = {0};
    struct err e = scorecard_rates(c, requester, out);
    if (!failed(e))
        e = read_sample(c, requester, out);
    if (!failed(e))
        e = appeal_figures(c, requester, &appeals);
    if (failed(e))
        return e;
    int64_t ended = appeals.granted + appeals.declined + appeals.lapsed;
    out->appeals = appeals.filed - appeals.withdrawn;
    out->in_time_rate = rate(ended > appeals.late ? ended - appeals.late : 0, ended);
    out->granted_rate = rate(appeals.granted, ended);
    struct sql_scorecard_blocks_in in = {requester, SCORECARD_COUNT_MAX};
    enum st st = sql_scorecard_blocks(c->tx, &in, &blocks);
    if (st == ST_OK)
        st = sql_scorecard_paused(
            c->tx, &(struct sql_scorecard_paused_in){requester, SCORECARD_COUNT_MAX}, &paused);
    out->blocks = blocks.n;
    out->blocks_per_1000 = out->decided > 0 ? blocks.n * 1000 / out->decided : 0;
    out->paused = paused.n;
    return ctx_store(c, st);
}

/* ---- one group ---- */

struct times {
    int64_t *ms, most_ms;
    size_t n;
};

static bool take_time(void *arg, const struct sql_scorecard_group_times_out *row) {
    struct times *t = arg;
    if (row->worked_ms > 0)
        t->ms[t->n++] = row->worked_ms < t->most_ms ? row->worked_ms : t->most_ms;
    return true;
}

struct err scorecard_hourly(struct ctx *c, const struct scorecard_group *group, int64_t *cents,
                            int64_t *sample) {
    static const enum assignment_status statuses[] = {ASSIGNMENT_SUBMITTED, ASSIGNMENT_APPROVED};
    struct sql_scorecard_group_batch_out newest;
    struct times t = {arena_array(c->arena, (size_t)2 * GROUP_TIMES, sizeof(int64_t)),
                      group->duration_s * 1000, 0};
    *cents = *sample = 0;
    enum st st = sql_scorecard_group_batch(
        c->tx, &(struct sql_scorecard_group_batch_in){group->hit_type}, &newest);
    for (int i = 0; i < 2 && st == ST_OK; i++) {
        struct sql_scorecard_group_times_in in = {newest.batch, statuses[i], GROUP_TIMES};
        st = sql_scorecard_group_times_each(c->tx, &in, take_time, &t);
    }
    if (st != ST_OK || t.n < SCORECARD_LEAST)
        return ctx_store(c, st);
    int64_t median_ms = at_percent(t.ms, t.n, 50);
    if (median_ms < HOURLY_LEAST_MS)
        return NO_ERR;
    *sample = (int64_t)t.n;
    *cents = group->reward_cents * 3600 * 1000 / median_ms;
    return NO_ERR;
}
