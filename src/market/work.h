/* The worker's side: find, preview, accept, do, submit, return; his queue and figures (worker-site
 * 3-8, money-and-lifecycle 6, 7, 9). The worker is c->actor->party, 0 for somebody who is not
 * signed in (groups and previews only), unless a function says otherwise.
 *
 * - Accept, submit and return are the hot paths: a handful of statements, each by primary key or
 *   named index. Shard of such a write: the requester.
 * - A deadline has a grace of setting `submit_grace_s` (5 s): assignment.deadline_ms is what the
 *   worker is told, assignment.due_ms, when the clock acts, is so much later. Nobody's slot is
 *   given away within the grace.
 * - Reads show only slots that are free in the store: what the clock owes a HIT is applied when the
 *   HIT is accepted (4.2).
 */
#ifndef MARKET_WORK_H
#define MARKET_WORK_H

#include <stdbool.h>

#include "base/zone.h"
#include "market/ctx.h"
#include "market/qualify.h"

/* Groups looked at for one list: the newest ones with a free slot. */
#define GROUPS_MAX 5000

/* ---- groups (worker-site 3) ---- */

struct hit_group {
    int64_t hit_type;
    struct str group_id, hit_type_id; /* public */
    struct str title, description, keywords;
    int64_t requester;
    struct str requester_id, requester_name;
    int64_t reward_cents, duration_s;
    int64_t available; /* HITs that this worker could accept, if he qualifies */
    int64_t created_ms, latest_created_ms, latest_expires_ms;
    struct qualification qualification;
    bool masters;
    bool paused; /* takes no accepts (group_report.h); available is 0 then */
};

enum group_sort {
    SORT_UPDATED_DESC = 0,
    SORT_UPDATED_ASC,
    SORT_REWARD_DESC,
    SORT_REWARD_ASC,
    SORT_NUM_HITS_DESC,
    SORT_NUM_HITS_ASC,
};
/* "updated_desc", "num_hits_asc", … ; false for an unknown word. */
bool group_sort_parse(struct str s, enum group_sort *sort);
const char *group_sort_name(enum group_sort sort);

struct group_list_in {
    struct str search; /* words; all must begin a word of title, description, keywords, requester */
    struct str requester_id; /* only his groups; NULL all */
    int64_t min_reward_cents;
    bool qualified; /* only those he may accept */
    bool masters;   /* only those for Masters */
    enum group_sort sort;
    int page;      /* from 1 */
    int page_size; /* 1..PAGE_MAX */
};
struct group_list {
    struct hit_group *items;
    size_t n;
    int64_t total;      /* of all pages */
    int64_t unfiltered; /* groups he could see without the filters: why a list is empty */
};
/* Groups with at least one HIT for this worker; those of requesters who blocked him, those he may
 * not discover and those that are paused are left out everywhere (3.1-3.5, 4.1, 11). ERR_NOT_FOUND
 * for an unknown requester_id. */
struct err group_list(struct ctx *c, const struct group_list_in *in, struct group_list *out);

/* One group by group id or, as old links have it, by HIT type id (requester-api 1.10).
 * ERR_NOT_FOUND, also when he may not discover it or it has nothing left for him. */
struct err group_get(struct ctx *c, struct str group_id, struct hit_group *out);

/* ---- one task ---- */

/* What surrounds the task on a page; what is in it gives hit_view_row (hit.h). */
struct task {
    struct hit_group group; /* available may be 0 */
    int64_t hit, batch;
    struct str hit_id;
    struct str annotation; /* NULL none */
    int64_t expires_ms;
    /* an assignment of this worker, or row 0 for a preview */
    int64_t assignment;
    struct str assignment_id, worker_id;
    enum assignment_status status;
    int64_t accepted_ms, deadline_ms, submitted_ms, auto_approval_s, reward_cents;
    struct str fields; /* packed answer once submitted, NULL else */
};

/* A HIT of the group for a preview: the oldest that he could accept, behind HIT after_id when that
 * is given and known, or the given one. Holds nothing. ERR_NOT_FOUND, ERR_NO_MORE_HITS,
 * ERR_QUALIFICATION_MISSING (guards preview), ERR_GROUP_PAUSED. */
struct preview_in {
    struct str group_id;
    struct str hit_id;   /* NULL: any */
    struct str after_id; /* the next one behind this HIT: "Skip"; NULL: the first */
};
struct err work_preview(struct ctx *c, const struct preview_in *in, struct task *out);

/* His accepted, submitted or past assignment; the id alone is the authority when
 * c->actor->party is 0 (the content listener). ERR_NOT_FOUND. Reads only. */
struct err work_task(struct ctx *c, struct str assignment_id, struct task *out);

/* ---- accept, submit, return ---- */

struct accept_in {
    struct str group_id; /* any HIT of the group … */
    struct str hit_id;   /* … or, when not NULL, this one */
    struct str alias;    /* the assignment's id when it is re-enacted (replay); else NULL */
};
struct accepted {
    int64_t assignment, hit;
    struct str assignment_id, hit_id;
    int64_t accepted_ms, deadline_ms;
};
/* Accepts (A1). Checks in the order of worker-site 4.3: ERR_SIGN_IN_NEEDED, ERR_SUSPENDED,
 * ERR_BLOCKED, ERR_QUALIFICATION_MISSING (names which, own value), ERR_GROUP_PAUSED,
 * ERR_QUEUE_FULL, ERR_SLOW_DOWN (setting daily_accept_limit), ERR_NO_MORE_HITS; ERR_NOT_FOUND for
 * an unknown group or one he may not discover. Of a group the oldest HIT is given that he does not
 * hold and has not submitted; when he is done with the first thousand, the search goes on behind
 * his latest before it looks at all of them. */
struct err work_accept(struct ctx *c, const struct accept_in *in, struct accepted *out);

struct submit_file {
    struct str question; /* the field's name */
    struct str name, type, body;
    struct str key; /* made by the rule (form_work.h) */
};
struct submit_in {
    struct str assignment_id; /* the authority (questions 4.5.2); actor->party may be 0 */
    struct str fields;        /* packed answer, "" for none */
    const struct str *names;  /* the answer's names, each once; they live in the caller's arena */
    size_t name_count;
    const struct submit_file *files; /* parts of the form that are files; else their names count */
    size_t file_count;
};
struct submitted {
    int64_t assignment, hit, worker;
    struct str group_id;
    bool again;    /* the same content had been stored before; nothing changed */
    bool approved; /* delay 0: paid at once */
    /* of a question form (form_work.h); the form is NULL for other tasks */
    const struct question_form *form;
    const struct form_mistake *mistakes;
};
/* Submits (A2), up to the deadline and its grace; a HIT that expired or was deleted meanwhile takes
 * it. With auto-approval delay 0 it is approved in the same transaction. ERR_NOT_FOUND for an
 * unknown id or another worker's, ERR_DEADLINE_PASSED, ERR_NOT_IN_PROGRESS naming the state,
 * ERR_TOO_LARGE beyond ANSWER_MAX, ERR_BAD_REQUEST beyond ANSWER_FIELDS_MAX names or
 * FIELD_NAME_MAX bytes. Answers to a question form are checked against it and stored with their
 * kinds: ERR_BAD_ANSWER and all mistakes; nothing is stored then (questions 6.5). */
struct err work_submit(struct ctx *c, const struct submit_in *in, struct submitted *out);

/* Returns (A3): the slot reopens while the HIT lives. ERR_NOT_FOUND, ERR_NOT_IN_PROGRESS. */
struct err work_return(struct ctx *c, struct str assignment_id);

/* The shard of a write of the three above: the requester of an assignment or, when that id is NULL,
 * of a group; 0 for an unknown one, whose write will be refused. One look-up by primary key. */
struct err work_shard(struct ctx *c, struct str assignment_id, struct str group_id, int64_t *shard);

/* ---- his own pages ---- */

/* Assignments in progress, least time left first; all of them (at most max_active). */
struct queue {
    struct task *items; /* group.available counts all open HITs; requirements are left out */
    size_t n;
    int64_t max_active;
};
struct err work_queue(struct ctx *c, struct queue *out);

#define DASHBOARD_DAYS 45

struct day_line {
    int64_t day; /* days since 1970-01-01, in the zone, of the submission (worker-site 7.1) */
    int64_t submitted, approved, rejected, pending, earnings_cents;
};
struct dashboard {
    struct worker_figures figures;
    int64_t pending;
    int64_t payable_cents, transferred_cents, pending_cents; /* pending: rewards not yet decided */
    int64_t approved_cents, bonus_cents;                     /* to date */
    int64_t percent_approved, percent_rejected;              /* the qualifications' whole numbers */
    int64_t in_progress;
    struct day_line *days; /* newest first, days with submissions in the last DASHBOARD_DAYS */
    size_t n;
};
/* Days are those of the zone; NULL: UTC. */
struct err work_dashboard(struct ctx *c, const struct zone *zone, struct dashboard *out);

/* One day's submissions, 20 a page by time (worker-site 8). */
#define STATUS_PAGE 20

struct status_line {
    int64_t assignment, hit;
    struct str assignment_id, hit_id, hit_type_id, title, requester_id, requester_name;
    int64_t reward_cents, bonus_cents;
    enum assignment_status status;
    bool overturned; /* approved after a rejection */
    int64_t submitted_ms, decided_ms;
    int64_t undo_until_ms;    /* Rejected: last moment of a reversal, if it is not over; else 0 */
    int64_t auto_approval_ms; /* Submitted: when it approves itself; else 0 */
    enum appeal_state appeal; /* 0: none */
    struct str feedback;      /* of the last decision; NULL none */
    struct str rejection;     /* the rejection's text; NULL none */
};
struct status_in {
    int64_t day;             /* days since 1970-01-01, in the zone */
    int page;                /* from 1 */
    const struct zone *zone; /* NULL: UTC */
};
struct status_page {
    struct status_line *lines;
    size_t n;
    int64_t total;
};
struct err work_status(struct ctx *c, const struct status_in *in, struct status_page *out);

/* His inbox, newest first, below row `before` (0: from the newest). */
struct notice {
    int64_t row, at_ms;
    enum notice_kind kind;
    int64_t items, cents;
    struct str assignment_id; /* NULL when it is about several */
    struct str note;          /* NULL none */
    bool read;
};
struct notice_list {
    struct notice *items;
    size_t n;
};
struct err notice_list(struct ctx *c, int64_t before, int limit, struct notice_list *out);
/* Marks all up to a row as read. */
struct err notice_read(struct ctx *c, int64_t up_to);

#endif
