/* What became of a worker's own work: what he answered, and everything that was done with it since
 * (worker-site 8: "Show my answer", "History"; 8.1). Reads only. */
#ifndef MARKET_OWN_WORK_H
#define MARKET_OWN_WORK_H

#include "market/work.h"

enum own_event_kind {
    OWN_APPEAL = 1, /* .step */
    OWN_DECIDED,    /* .verdict */
    OWN_BONUS,
};
struct own_event {
    int64_t at_ms;
    enum own_event_kind kind;
    enum verdict verdict;
    enum entrance entrance; /* of a decision */
    enum appeal_step_kind step;
    int64_t cents;   /* what it brought the worker; 0 nothing */
    struct str text; /* feedback, reason, words; NULL none */
};
struct own_work {
    struct task task;
    int64_t auto_approval_ms, decided_ms; /* 0: not known, not yet */
    int64_t undo_until_ms;                /* Rejected: last moment of a reversal; else 0 */
    int64_t bonus_cents;
    bool overturned;          /* approved after a rejection */
    bool deleted;             /* the task's document is gone */
    enum appeal_state appeal; /* 0: none */
    struct own_event *events; /* oldest first, at most PAGE_MAX */
    size_t n;
};
/* His submitted work. ERR_NOT_FOUND for an unknown id, another's, and work never submitted. */
struct err own_work(struct ctx *c, struct str assignment_id, struct own_work *out);

#endif
