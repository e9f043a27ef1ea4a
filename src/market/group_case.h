/* Cases: reports of one group, as an operator decides them and as the requester sees them
 * (worker-site 11). Rules of reporting and of pauses: group_report.h.
 *
 *     open -> dismissed    the group takes workers again if reports had paused it
 *     open -> upheld       the group is paused until an operator resumes it
 *     open -> withdrawn    nobody stands behind it any more
 *
 * A pause that reports made, the requester can lift himself, once a case, saying what he has
 * changed: the reports so far do not count again. The next pause waits for an operator. Each act
 * has its line in the audit, and those whom it concerns are told in their inbox.
 */
#ifndef MARKET_GROUP_CASE_H
#define MARKET_GROUP_CASE_H

#include <stdbool.h>

#include "market/ctx.h"

struct group_case {
    int64_t id, hit_type, requester;
    enum group_case_state state;
    int64_t reports, counting; /* counting: that tasks are broken, towards a pause */
    int64_t opened_ms, last_ms, resumed_ms, closed_ms;
    struct str resumed_note, note, closed_name; /* NULL: none */
    struct str group_id, title, description, requester_id, requester_name;
    int64_t reward_cents, open_hits;
    int64_t paused_ms; /* 0: takes workers */
    bool by_reports;   /* it was not an operator who paused it */
};
struct group_case_report {
    int64_t id, at_ms, hit; /* hit 0: none named */
    struct str worker_id, hit_id, text;
    enum group_report_reason reason;
    enum group_case_state state;
    bool counts;
};
struct group_case_list {
    struct group_case *items;
    size_t n;
};
/* Open ones, the oldest first, behind id `from`; or decided ones, the newest first, below
 * (from_ms, from). limit 1..LIST_ROWS_MAX. */
struct group_case_list_in {
    bool decided;
    int64_t from_ms, from;
    int limit;
};
struct err group_case_list(struct ctx *c, const struct group_case_list_in *in,
                           struct group_case_list *out);

/* Open cases, counted up to `most`; since when the oldest waits, 0: none. */
struct err group_case_waiting(struct ctx *c, int64_t most, int64_t *n, int64_t *oldest_ms);

/* One case, its first REPORTS_SHOWN reports, and a HIT to look at: the first that was reported,
 * else the oldest open one; 0 when there is none. ERR_NOT_FOUND. */
struct group_case_view {
    struct group_case k;
    struct group_case_report *reports;
    size_t n;
    int64_t hit;
    struct str hit_id;
};
struct err group_case_view(struct ctx *c, int64_t id, struct group_case_view *out);

/* An operator decides: uphold pauses the group, else the reports are dismissed. words go to those
 * who reported and, with a pause, to the requester: ERR_INVALID_PARAMETER ("text",
 * REPORT_TEXT_MIN..REPORT_TEXT_MAX characters). ERR_NOT_FOUND; ERR_CONFLICT when it is decided. */
struct err group_case_decide(struct ctx *c, int64_t id, bool uphold, struct str words);

struct err group_case_shard(struct ctx *c, int64_t id, int64_t *shard);

struct group_pause {
    int64_t hit_type, requester, group_case, at_ms, reports;
    struct str group_id, title, requester_id, requester_name;
    struct str note; /* the operator's words; NULL none */
    bool by_reports;
    bool may_resume; /* the requester, now */
    bool decided;    /* an operator decided the case */
};
struct group_pause_list {
    struct group_pause *items;
    size_t n;
};
/* Paused groups by row, behind `after`: all of them for an operator (requester 0), or one
 * requester's. limit 1..LIST_ROWS_MAX. */
struct err group_pause_list(struct ctx *c, int64_t requester, int64_t after, int limit,
                            struct group_pause_list *out);

/* The pause of a group, by its row. ERR_NOT_FOUND: it is not paused. */
struct err group_pause_get(struct ctx *c, int64_t hit_type, struct group_pause *out);

/* The row of a group id that belongs to c->actor->party (a requester). ERR_NOT_FOUND. */
struct err group_pause_find(struct ctx *c, struct str group_id, struct group_pause *out);

/* Takes workers again. By an operator at any time, or by the requester while may_resume; words say
 * what has changed (bounds as above). ERR_NOT_FOUND, ERR_CONFLICT. */
struct err group_pause_lift(struct ctx *c, int64_t hit_type, struct str words);
struct err group_pause_resume(struct ctx *c, struct str group_id, struct str words);

#endif
