/* Reviews in one call each, for tests of them as a rule: files, the calls of market/review.h, what
 * they answer, and work to review. A step that must not fail aborts the test with its words.
 */
#ifndef TESTS_MARKET_REVIEW_STEPS_H
#define TESTS_MARKET_REVIEW_STEPS_H

#include "fixture.h"
#include "market/review.h"

/* ---- files ---- */

/* A reviewed file on its way, begun with its header; an upload takes it and frees it. */
struct sheet {
    struct market *m;
    struct buf text;
};
struct sheet sheet(struct market *m);
void sheet_row(struct sheet *s, int64_t assignment, const char *approve, const char *reject);
void sheet_id(struct sheet *s, struct str id, const char *approve, const char *reject);
/* A file with an x in Approve of each of these. */
struct sheet approving(struct market *m, const int64_t *assignments, int n);

/* ---- the calls ---- */

struct bytes {
    struct str file;
    const char *encoding; /* the user's choice; NULL: none */
};
struct err upload_bytes(struct market *m, int64_t requester, const struct bytes *file,
                        struct review_choice choice, struct review_answer *out);
struct err try_upload(int64_t requester, struct sheet *s, struct review_choice choice,
                      struct review_answer *out);
struct review_answer upload(int64_t requester, struct sheet s, struct review_choice choice);
struct err plan(struct market *m, int64_t requester, struct str review, struct review_choice choice,
                struct review_answer *out);
struct err commit(struct market *m, int64_t requester, const struct review_answer *planned,
                  struct review_answer *out);
struct err get(struct market *m, int64_t requester, struct str review, struct review_answer *out);
struct err drop(struct market *m, int64_t requester, struct str review);
/* The whole outcome file. */
struct err outcome(struct market *m, int64_t requester, struct str review, struct str *file);

/* ---- what they answer ---- */

/* A number of the plan or outcome: a member of an object, NULL for the answer itself. */
int64_t figure(const struct review_answer *a, const char *object, const char *name);
int64_t count(const struct review_answer *a, const char *name);
int64_t cents(const struct review_answer *a, const char *name);
/* The code of the first refused row; empty when there is none. */
struct str refused_code(struct market *m, const struct review_answer *a);
/* Fails unless that line of an outcome file, from 1, says so; code may be "". */
void expect_line(struct str file, int64_t line, const char *word, const char *code);

int64_t status_of(struct market *m, int64_t assignment);
/* Fails for every violation of the book and the counters. */
void clean(struct market *m);

/* What must not have changed when nothing has moved. */
struct still {
    int64_t transfers, decisions, versions;
};
struct still look(struct market *m);
void expect_still(struct market *m, struct still before);

/* ---- work to review ---- */

extern const char reason[]; /* what market_reject gives */

/* A market and its requester, who has deposited so much. */
struct cast {
    struct market m;
    int64_t r;
};
void begin(struct cast *k, enum fixture_kind kind, int64_t deposit);

/* One HIT of 5 + 1 cents with n pieces of work, all submitted at this moment. */
int64_t submitted(struct cast *k, int64_t *work, int n);
/* The same, all of it rejected: its cost is available again. */
int64_t rejected(struct cast *k, int64_t *work, int n);
/* Leaves exactly this much available. */
void leave(struct cast *k, int64_t avail);
struct err delete_hit(struct cast *k, int64_t hit);
/* Approves or overturns outside of the review. */
void approve_alone(struct cast *k, int64_t assignment);

#endif
