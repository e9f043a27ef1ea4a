/* Workers report a group of tasks (worker-site 11): what is wrong, in their words. Reports of one
 * group are gathered in a case, which an operator decides (group_case.h).
 *
 * - Who: an active worker who may discover the group or had a task of it. One open report a group
 *   and worker; after a dismissal none any more. report_day_limit reports in 24 hours.
 * - Of the reports that tasks are broken those count whose worker could accept them or had one:
 *   report_pause_n of them pause the group. A paused group takes no accepts, is in no list, search,
 *   count, preview or feed, and those who hold a task of it may finish and are paid; HITs keep
 *   their status, so the requester's API sees no difference (money-and-lifecycle 6.2).
 * - What paused means stands in one place: paused_ms of the view work_type.
 *
 * The worker is c->actor->party. Shard of a write: the requester.
 */
#ifndef MARKET_GROUP_REPORT_H
#define MARKET_GROUP_REPORT_H

#include <stdbool.h>

#include "market/ctx.h"

/* "broken", "personal_data", "policy", "spam", "unsafe", "pays_outside". */
const char *group_report_word(enum group_report_reason reason);
bool group_report_parse(struct str word, enum group_report_reason *reason);

/* What is reported: an own assignment or, when that is NULL, a group, and of it the HIT that he
 * looked at when that is not NULL. */
struct group_report_of {
    struct str assignment_id, group_id, hit_id;
};

struct group_report_about {
    int64_t hit_type, requester, hit; /* hit 0: none named */
    struct str title, requester_name, group_id;
    bool counts; /* if he reports it as broken */
};
/* Whether he may report it: ERR_SIGN_IN_NEEDED, ERR_SUSPENDED, ERR_NOT_FOUND; ERR_CONFLICT when he
 * has reported it or an operator dismissed his report of it; ERR_SLOW_DOWN beyond the limit. */
struct err group_report_possible(struct ctx *c, const struct group_report_of *of,
                                 struct group_report_about *out);

/* Reports. Errors as above; ERR_INVALID_PARAMETER ("text", REPORT_TEXT_MIN..REPORT_TEXT_MAX
 * characters). *paused: the group was paused by this one. */
struct group_report_in {
    struct group_report_of of;
    enum group_report_reason reason;
    struct str text;
};
struct err group_report_add(struct ctx *c, const struct group_report_in *in, bool *paused);

/* Takes an own report back while it is open; a pause stays until somebody has looked. ERR_NOT_FOUND
 * also for others' ones; ERR_CONFLICT when it is decided or withdrawn. */
struct err group_report_withdraw(struct ctx *c, int64_t id);

/* The shard of a withdrawal; 0 for an unknown one. */
struct err group_report_shard(struct ctx *c, int64_t id, int64_t *shard);

struct group_report {
    int64_t id, at_ms, closed_ms; /* closed_ms 0: open */
    struct str title, requester_id, requester_name, text;
    enum group_report_reason reason;
    enum group_case_state state;
    struct str answer; /* the operator's words; NULL none */
    bool paused;       /* the group is, now */
};
struct group_report_list {
    struct group_report *items;
    size_t n;
};
/* His own, newest first, below id `before` (0: from the newest); limit 1..PAGE_MAX. */
struct err group_report_own(struct ctx *c, int64_t before, int limit,
                            struct group_report_list *out);

#endif
