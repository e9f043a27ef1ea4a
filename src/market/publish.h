/* Publishing: the one way a HIT comes to be (money-and-lifecycle H1), one by the API or a million
 * from a file.
 *
 * The whole cost is held before the first HIT exists, or nothing happens:
 * ERR_INSUFFICIENT_FUNDS names cost, available and shortfall.
 *
 * One HIT: publish_hit. It joins the batch "API, <title>" of its HIT type, which is made with the
 * type's first HIT.
 *
 * A file: the rows are staged first, then ordered, then published in steps. Each call is a write
 * of its own, so no transaction grows with the file, and a crash loses nothing:
 *
 *     publish_draft(c, &in, &batch);            batch in state BATCH_DRAFT
 *     publish_stage(c, batch, &chunk);          once per chunk, in order, up to STAGE_ROWS_MAX
 *     publish_cost(c, batch, &cost);            what the confirmation page says
 *     publish_order(c, batch, &cost);           holds the money: BATCH_PUBLISHING
 *     publish_step(c, batch, chunks, &p);       until p.done: BATCH_LIVE
 *
 * After a crash the sweeper (market/due.h) takes the steps that are left; drafts not ordered
 * within DRAFT_MEMORY_S are dropped by it. What stands in a draft is told by market/draft.h. All
 * HITs of a batch carry the moment of its order as creation time.
 */
#ifndef MARKET_PUBLISH_H
#define MARKET_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"
#include "market/hit_type.h"

enum { STAGE_ROWS_MAX = 4000, DRAFT_MEMORY_S = 7 * 86400 };

struct publish_hit_in {
    const struct hit_type *type; /* of the acting requester */
    int64_t lifetime_s, max_assignments;
    struct str question;   /* checked XML; NULL when made from a layout */
    bool form;             /* question is a QuestionForm */
    int64_t layout;        /* document row from project_layout, 0 when question is given */
    struct str variables;  /* layout: packed list of name, value, name, value… */
    struct str annotation; /* NULL: none */
    struct str token;      /* UniqueRequestToken, NULL: none */
    struct str assignment_policy, hit_policy; /* packed by policy_check; NULL: none */
};

/* Publishes one HIT of the acting requester; *hit is its row. ERR_HIT_ALREADY_EXISTS with the
 * first HIT's id for a token used within 24 h (compared before funds are); ERR_OUT_OF_RANGE for
 * LifetimeInSeconds and MaxAssignments; ERR_INSUFFICIENT_FUNDS. */
struct err publish_hit(struct ctx *c, const struct publish_hit_in *in, int64_t *hit);

struct publish_draft_in {
    int64_t project; /* of the acting requester; 0: none, then type_in and layout are used */
    struct hit_type_in type;
    struct str layout;                   /* HTML */
    struct str name;                     /* NULL: the project's name and the date */
    struct str columns;                  /* packed list of input column names */
    struct str annotation;               /* NULL: none */
    struct str file_digest;              /* SHA-256 of the file, NULL: none */
    struct str file_name;                /* NULL: none */
    int64_t lifetime_s, max_assignments; /* 0: the project's */
};

/* Begins a batch; nothing is held and no worker sees it yet. ERR_NOT_FOUND for the project, the
 * bounds as in publish_hit. */
struct err publish_draft(struct ctx *c, const struct publish_draft_in *in, int64_t *batch);

/* Rows to stage: a packed list of rows, each a packed list of values in the order of columns. At
 * most STAGE_ROWS_MAX rows and some 1 MiB; rows is how many stand in it. after says how many rows
 * were staged before: a chunk that comes twice (a write may run twice, a client may repeat) counts
 * once; any other number than what is there answers ERR_CONFLICT. */
struct publish_chunk {
    struct str packed;
    int64_t rows, after;
};
struct err publish_stage(struct ctx *c, int64_t batch, const struct publish_chunk *chunk);

struct publish_cost {
    int64_t hits, assignments;
    int64_t reward_cents, fee_cents; /* of one assignment */
    int64_t total_cents, avail_cents, missing_cents;
    bool many; /* tier of its HITs (fee_many) */
};

/* What a draft would cost now. */
struct err publish_cost(struct ctx *c, int64_t batch, struct publish_cost *cost);

/* Holds the whole cost and sets the batch going. A batch that is going already answers its cost
 * and changes nothing (missing_cents 0). ERR_BAD_FILE for a draft without rows. */
struct err publish_order(struct ctx *c, int64_t batch, struct publish_cost *cost);

/* Publishes the next staged chunks, at most `chunks` of them. */
struct publish_progress {
    int64_t published, total;
    bool done;
};
struct err publish_step(struct ctx *c, int64_t batch, int chunks, struct publish_progress *p);

/* The same, one chunk, whoever's batch it is: the sweeper's. */
struct err publish_resume(struct ctx *c, int64_t batch, struct publish_progress *p);

/* Drops a draft with its staged rows; ERR_CONFLICT for a batch that is no draft. */
struct err publish_drop(struct ctx *c, int64_t batch);

/* The same, whoever's draft it is: the sweeper's. batch must be one. */
enum st publish_forget(struct ctx *c, int64_t batch);

/* A batch of the same project made from the same file within 24 h (requester-site 3), for the
 * question "publish it again?"; *batch is 0 when there is none. */
struct err publish_twin(struct ctx *c, int64_t project, struct str file_digest, int64_t *batch);

/* Tasks that are re-enacted from a file of the old service (market/replay.c): published one by one
 * at their own moment (c->now_ms) into one batch, under the file's ids. Held as every other. The
 * bounds are not checked: they were the old service's. */
struct publish_replayed_batch {
    const struct hit_type *type;
    struct str name, columns;
    struct str annotation; /* NULL: none */
    int64_t max_assignments, lifetime_s;
};
struct err publish_replayed_batch(struct ctx *c, const struct publish_replayed_batch *in,
                                  int64_t *batch);

struct publish_replayed_hit {
    const struct hit_type *type;
    int64_t batch, seq;
    struct str vars, annotation, alias;
    int64_t max_assignments, expires_ms;
};
/* ERR_ALREADY_EXISTS when the store knows the id. */
struct err publish_replayed_hit(struct ctx *c, const struct publish_replayed_hit *in, int64_t *hit);

/* Fee of one assignment of such a task, and its tier. */
struct publish_fee {
    int64_t cents;
    bool many;
};
struct err publish_fee(struct ctx *c, const struct hit_type *type, int64_t max_assignments,
                       struct publish_fee *fee);

#endif
