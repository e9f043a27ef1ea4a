/* Reviews: a reviewed results file comes back, is staged, planned, and applied as one settlement
 * (csv-formats 4, money-and-lifecycle 8.8, requester-site 5.4-5.6).
 *
 *     review_upload   bytes -> rows in review_row -> a plan. Nothing has moved.
 *     review_leave    the same for a large file: its bytes are kept, and whoever calls review_go_on
 *                     makes the plan, after a restart too. review_progress tells how far it is.
 *     review_plan     the same rows under another mode or with other options: a fresh plan.
 *     review_commit   with the plan's token: one transaction, all of the plan or nothing.
 *     review_outcome  the uploaded file again, with what became of each line.
 *
 * Invariants:
 * - Plan and commit judge rows by one classification (view review_judged, the decision table of
 *   csv-formats 4.4); there is no second copy of the table in C.
 * - A token names one plan. The commit checks, inside its transaction, that every marked row still
 *   has the version the plan saw and that counts and sums come out the same; else nothing moves
 *   and the caller gets a fresh plan with a token of its own.
 * - A token applies once. The same token again answers with the stored outcome.
 * - Everything the file says about other people's work answers as unknown work does (U24).
 *
 * These functions run their own transactions and wait for them: a review of a million rows takes
 * seconds. Call them from a thread that may wait (http_defer, a command), never from a server
 * thread. Staging writes in bounded steps, so that others' writes go on meanwhile.
 *
 * Results are JSON in the shapes of DESIGN 2, made in the caller's arena, so that a page, /v1 and
 * the command line show the same figures:
 *
 *   plan
 *     review, batch, mode "all", state "planned", token, applicable, blocked (why not; null)
 *     selection  "approve", "reject", "undo"; null: a file (market/choose.h)
 *     file       name, sha256, rows, encoding, separator
 *     options    republish, all_batches, same_reason, rejected_since, no_messages, reason
 *     counts     approve, reject, overturn, no_change, no_op, refused, other_batch, republished,
 *                same_reason, rejected_since, needs_reason, status_changed, not_funded,
 *                duplicates, new_slots
 *     cents      rewards, fees, from_held, from_available, released, republish, available,
 *                shortfall
 *     classes    approve, reject, overturn: each rows, workers, reward, fee
 *     reasons    list of reason, rows
 *     messages   list of message, rows
 *     window_ends_ms (null: no overturn), rejections_end_ms (null: no rejection), planned_ms,
 *     created_ms, expires_ms
 *     codes      list of code "U22", rows, first_line, message, remedy
 *     refused    list of line, assignment_id, worker_id, code, message, remedy
 *     warnings   list of sentences
 *
 *   outcome
 *     review, batch, mode, selection (as above), state "applied", applied_ms
 *     counts     approved, rejected, overturned, unchanged, refused, new_slots
 *     cents      rewards, fees, from_held, from_available, released, republish, available
 *
 *   counts.republished: overturns whose HIT was republished and paid to someone else (8.7).
 *   counts.same_reason, .rejected_since: refused rows that one tick would turn into overturns
 *   (row 13 of 4.4; 4.5). counts.needs_reason: rows with code U27. counts.not_funded: eligible
 *   overturns that mode `funded` leaves out. counts.new_slots: republished slots. cents.available
 *   is before the file, cents.shortfall is U31. refused lists the first 20 by line; all of them
 *   are in the outcome file. rejections_end_ms: until when the first of the plan's own rejections
 *   can be undone.
 */
#ifndef MARKET_REVIEW_H
#define MARKET_REVIEW_H

#include "market/ctx.h"

/* The user's ticks on the plan page (requester-site 5.4-5.5). Stored as bits of review.options. */
enum review_option {
    REVIEW_REPUBLISH = 1,      /* each rejection opens a slot for another worker */
    REVIEW_ALL_BATCHES = 2,    /* rows of my other batches are applied too (U10) */
    REVIEW_SAME_REASON = 4,    /* row 13: an x beside the old reason approves */
    REVIEW_REJECTED_SINCE = 8, /* 4.5: approve what was rejected after the download */
    REVIEW_NO_MESSAGES = 16,   /* text in Approve is a mark only, nothing is sent */
    REVIEW_NO_OPTIONS = 0,
};

struct review_choice {
    enum review_mode mode; /* 0: as it was; MODE_ALL for a new review */
    int64_t options;       /* bits of enum review_option */
    struct str reason;     /* for rejections marked without one (U27); NULL or empty: none */
};

/* What becomes of a file before its plan is there. Stored in review_job.step. */
enum review_step {
    REVIEW_WAITS = 1, /* behind other files, or for the server */
    REVIEW_READS,     /* done and total are bytes */
    REVIEW_KEEPS,     /* rows */
    REVIEW_JUDGES,
    REVIEW_REFUSED,
};
struct review_progress {
    enum review_step step;
    int64_t rows; /* read so far */
    int64_t done, total;
};

struct review_upload {
    const struct actor *actor; /* .party is the requester */
    int64_t batch;             /* 0: the batch of the first row that names one */
    struct review_choice choice;
    struct str file_name;
    struct str file;     /* all bytes; may be a mapping; read once from front to back */
    struct str encoding; /* the user's answer to U08; NULL: recognise it */
    int tools;           /* enum reviewed_tools (formats/reviewed.h): the answer to U04 */
    size_t bytes_max;    /* U09 beyond them; 0: the defaults of base/limits.h */
    int64_t rows_max;
    /* Called now and then from the same thread; false ends it with ERR_RETRY. May be NULL. */
    bool (*progress)(void *arg, const struct review_progress *p);
    void *progress_arg;
};

struct review_answer {
    struct str review;  /* public id */
    struct str json;    /* plan or outcome */
    struct str token;   /* of the plan; NULL once applied */
    struct str blocked; /* why a fresh plan can not be committed; NULL when it can */
    bool applicable;    /* the plan may be committed */
    bool applied;       /* json is an outcome */
};

/* Takes a file and plans it. ERR_BAD_FILE: the file as a whole can not be taken; field is the
 * code ("U06"), detail the sentence of requester-site 5.6. ERR_NOT_FOUND: no such batch of this
 * requester. ERR_CONFLICT: the batch is being deleted or is an archive. On an error no review
 * is left behind. */
struct err review_upload(struct store *store, const struct id_key *ids, struct arena *a,
                         const struct review_upload *in, struct review_answer *out);

/* ---- large files ---- */

/* Keeps the bytes and answers with the review's public id; the batch is looked at already
 * (ERR_NOT_FOUND, ERR_CONFLICT), the file is not. limits and progress of in are not used. */
struct err review_leave(struct store *store, const struct id_key *ids, struct arena *a,
                        const struct review_upload *in, struct str *review);

/* Makes the plan of the oldest left file that nobody works on, *any says whether there was one. An
 * error of the file is kept for review_left_of; the review's bytes go then. While go_on gives
 * false it ends early, and the next call begins that file anew; so it does for a file whose maker
 * has given no sign for REVIEW_BEAT_MS: its process has ended. */
enum { REVIEW_BEAT_MS = 15000 };
struct review_limits {
    size_t bytes_max;
    int64_t rows_max;
    bool (*go_on)(void *arg);
    void *arg;
};
struct err review_go_on(struct store *store, const struct id_key *ids, struct arena *a,
                        const struct review_limits *limits, bool *any);

/* A left file on its way: *left false when there is none of that id (it is planned, or never was).
 * refusal: why it can not be taken (REVIEW_REFUSED), as review_upload() would have said it. */
struct review_left {
    bool left;
    struct review_progress progress;
    int64_t batch; /* 0: not known yet */
    struct str file_name;
    struct err refusal;
};
struct err review_left_of(struct ctx *c, int64_t requester, struct str review,
                          struct review_left *out);

/* ---- plans ---- */

/* Plans a staged review again. A review that is applied answers with its outcome. ERR_NOT_FOUND:
 * unknown, another's, dropped or expired (24 h). */
struct err review_plan(struct store *store, const struct id_key *ids, struct arena *a,
                       const struct actor *actor, struct str review,
                       const struct review_choice *choice, struct review_answer *out);

/* What is said with "Yes". */
struct review_yes {
    struct str token;   /* of the plan that was read */
    struct str message; /* to every worker of a selection of approvals or undone rejections
                           (market/choose.h); NULL: as it was selected; empty: none */
};

/* Applies the plan of that token. ERR_INVALID_PARAMETER ("message"): too long, has control
 * characters, or the review is none that takes one. Otherwise the answer is
 *   no error            applied, now or before: *out holds the outcome;
 *   ERR_PLAN_STALE      token is of an older plan, or the world has moved on: nothing has moved,
 *                       *out holds a fresh plan, which keeps the message;
 *   ERR_PLAN_BLOCKED    the plan says applicable false: detail says why, *out holds the plan;
 *   ERR_NOT_FOUND       as review_plan. */
struct err review_commit(struct store *store, const struct id_key *ids, struct arena *a,
                         const struct actor *actor, struct str review, const struct review_yes *yes,
                         struct review_answer *out);

/* The message that a selection carries so far; NULL: none, or not that requester's. */
struct err review_message(struct ctx *c, int64_t requester, struct str review, struct str *message);

/* The plan as it was last told, or the outcome. Moves and computes nothing. */
struct err review_get(struct store *store, const struct id_key *ids, struct arena *a,
                      int64_t requester, struct str review, struct review_answer *out);

/* "No": the review and its bytes are gone. Harmless when applied (then nothing happens). */
struct err review_drop(struct store *store, const struct id_key *ids, struct arena *a,
                       int64_t requester, struct str review);

/* Takes the next n bytes; false: the receiver is gone. */
typedef bool review_sink(void *arg, const void *p, size_t n);

/* The outcome file (csv-formats 4.6): the uploaded columns in the uploaded order and dialect, and
 * Outcome, Reason, Line. Before the commit it says what would become of each line. Streamed in
 * memory that grows with the number of distinct assignments of the file only (16 bytes each).
 * ERR_NOT_FOUND also when the uploaded bytes are no longer kept. */
struct review_outcome_in {
    int64_t requester;
    struct str review;
};
struct err review_outcome(struct store *store, const struct id_key *ids, struct arena *a,
                          const struct review_outcome_in *in, review_sink *sink, void *arg);

/* Removes what is over: reviews that were never applied after 24 h, bytes and rows of applied ones
 * after 30 days. At most `limit` reviews; *done says how many. For the sweeper. */
struct err review_purge(struct store *store, const struct id_key *ids, int limit, int *done);

#endif
