/* Batches as their requester sees them: lists and cards (requester-site 4.1, 4.2). Publishing is
 * market/publish.h's, changing HITs market/hit.h's.
 *
 * Another requester's batch answers exactly as one that never was.
 */
#ifndef MARKET_BATCH_H
#define MARKET_BATCH_H

#include "base/json.h"
#include "market/ctx.h"

/* requester-site 4.1, from the batch's counters; computed, never stored. */
enum batch_list {
    BATCH_IN_PROGRESS = 1,
    BATCH_READY_FOR_REVIEW,
    BATCH_REVIEWED,
};

struct batch_view {
    int64_t id;
    struct str name;
    enum batch_kind kind;
    enum batch_state state;
    enum batch_list list;
    int64_t project, hit_type; /* project 0: none */
    int64_t created_ms;
    int64_t hits, hits_total; /* published, and to be published */
    int64_t slots;            /* assignments there may be: of expired HITs those there are */
    int64_t pending, submitted, approved, rejected;
    int64_t reward_cents, fee_cents; /* an assignment, as published */
    int64_t lifetime_s, max_assignments;
    /* Rejections that can still be approved (money-and-lifecycle 8): their number, counted up to
     * BATCH_UNDO_COUNT_MAX, and the last moment at which one of them can; 0 when there is none.
     * next_undo_end_ms is the first moment at which one is lost. */
    int64_t undoable_rejections, undo_ends_ms, next_undo_end_ms;
    struct str columns, fields; /* packed lists (base/pack.h); by batch_get only, else NULL */
    struct str annotation, note; /* by batch_get only */
};

/* Newest first. after: id of the last batch of the page before, 0 to begin. list 0: all three. */
struct batch_list_in {
    int64_t requester;
    enum batch_list list;
    int64_t after;
    int limit; /* 1..PAGE_MAX */
};

struct batch_list_out {
    struct batch_view *batches;
    int count;
    int64_t next; /* `after` of the next page, 0 at the end */
};

struct err batch_list(struct ctx *c, const struct batch_list_in *in, struct batch_list_out *out);

/* ERR_NOT_FOUND. */
struct err batch_get(struct ctx *c, int64_t requester, int64_t batch, struct batch_view *out);

/* "in_progress", "ready_for_review", "reviewed". */
const char *batch_list_word(enum batch_list list);
bool batch_list_parse(struct str word, enum batch_list *list);

/* One batch in the shape of DESIGN 2 `batches`, with more members:
 * {"id", "name", "state", "hits", "created_ms", "assignments": {"total", "in_progress",
 *  "submitted", "approved", "rejected"}, "undoable_rejections", "undo_ends_ms" (null: none),
 *  "reward_cents", "fee_cents"}. */
void batch_json(struct json *j, const struct batch_view *b);

/* {"batches": […], "next": null | id, the `after` of the next page} */
void batch_list_json(struct json *j, const struct batch_list_out *list);

/* An address's batch id, decimal; false for anything else. */
bool batch_id_parse(struct str text, int64_t *batch);

#endif
