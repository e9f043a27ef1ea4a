/* Decisions on a selection: rows ticked on a page, all results of a filter, or all rejections that
 * can still be undone (requester-site 5.2, 6).
 *
 * A selection becomes a review like any reviewed file (market/review.h): its rows are staged,
 * judged by the same view, planned, and applied by review_commit as one settlement. So what a page
 * says before Yes is computed, and kept, exactly as for a file.
 *
 * In the plan's JSON "selection" is "approve", "reject" or "undo" (null: a file), "file.name" says
 * in words what was selected, and lines count the selection's rows. Its mode is `eligible` unless
 * the caller says otherwise: rows that can not be decided so are named, and left.
 */
#ifndef MARKET_CHOOSE_H
#define MARKET_CHOOSE_H

#include "market/results_filter.h"
#include "market/review.h"

enum choose_what {
    CHOOSE_IDS = 1,     /* ids */
    CHOOSE_FILTER,      /* all results of `batch` that `filter` lets through */
    CHOOSE_UNDO_BATCH,  /* rejections that can still be undone: of `batch`, */
    CHOOSE_UNDO_WORKER, /* of `worker_id`, */
    CHOOSE_UNDO_REVIEW, /* made by `review`, */
    CHOOSE_UNDO_ALL,    /* of the requester */
};

struct choose_in {
    const struct actor *actor; /* .party is the requester */
    enum choose_what what;
    enum verdict verdict;  /* with an UNDO selection: VERDICT_OVERTURN */
    int64_t batch;         /* 0 for selections over all batches */
    const struct str *ids; /* of assignments */
    size_t id_count;
    const struct results_filter *filter;
    struct str worker_id, review;
    struct str text;       /* reject: the reason, needed; else a message to the workers, or empty */
    bool republish;        /* reject: open a slot for another worker in each task */
    enum review_mode mode; /* 0: MODE_ELIGIBLE */
};

/* Stages and plans a selection; nothing has moved. Runs its own transactions and waits, as
 * review_upload does. ERR_NOT_FOUND: no such batch, worker or review; ERR_BAD_REQUEST (field
 * "selection"): nothing is selected, or more than FILE_ROWS_MAX; ERR_INVALID_PARAMETER (field
 * "reason" or "message"): the text is missing, too long, or holds control characters. */
struct err choose_plan(struct store *store, const struct id_key *ids, struct arena *a,
                       const struct choose_in *in, struct review_answer *out);

/* What of an applied review can be taken back: its rejections that can still be undone, counted up
 * to BATCH_UNDO_COUNT_MAX, and the first moment at which one of them is lost (0: none). */
struct choose_undoable {
    int64_t rejections, first_end_ms;
};
struct err choose_undoable(struct ctx *c, struct str review, struct choose_undoable *out);

/* What undoing does not mend by itself (worker-site 12.1): workers whose rejections an applied
 * review undid, looked for among the first BATCH_UNDO_COUNT_MAX, and who are blocked. */
enum { CHOOSE_BLOCKED_MAX = 20 };
struct choose_blocked {
    struct str worker_ids[CHOOSE_BLOCKED_MAX];
    size_t n;
};
struct err choose_blocked(struct ctx *c, struct str review, struct choose_blocked *out);

#endif
