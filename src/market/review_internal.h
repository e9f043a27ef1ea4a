/* What review.c, review_stage.c, review_plan.c, review_apply.c and review_outcome.c share. Nobody
 * else includes this. */
#ifndef MARKET_REVIEW_INTERNAL_H
#define MARKET_REVIEW_INTERNAL_H

#include "base/json.h"
#include "base/limits.h"
#include "market/review.h"
#include "market/settle.h"
#include "store/sql.h"

/* review_judged.judged = 100 * class + code (sql/migrate/0002_market.sql). */
enum {
    JUDGED_APPROVE = 100,
    JUDGED_REJECT = 200,
    JUDGED_OVERTURN = 300,
    JUDGED_NO_CHANGE = 400,
    JUDGED_OVERTURNED_SINCE = 408, /* row 8a */
    JUDGED_ALREADY = 506,          /* row 6 */
    JUDGED_REASON_KEPT = 512,      /* row 12 */
    JUDGED_OTHER_BATCH = 610,
    JUDGED_REFUSED = 700, /* and more: 700 + code */
};

/* Codes of refused rows beside those of requester-site 5.6: two that wait for a tick, two of
 * selections. */
enum {
    CODE_OTHER_BATCH = 10,
    CODE_SAME_REASON = 13,
    CODE_BOTH_MARKS = 20,
    CODE_APPROVED = 21,
    CODE_WINDOW = 22,
    CODE_DISPOSED = 23,
    CODE_UNKNOWN = 24,
    CODE_SHIFTED = 25,
    CODE_CONTRADICTION = 26,
    CODE_NO_REASON = 27,
    CODE_BAD_REASON = 28,
    CODE_NUMBER_ID = 29,
    CODE_AUTO_APPROVED = 30,
    CODE_MONEY = 31,
    CODE_REJECTED_SINCE = 32,
    CODE_NOT_REJECTED = 33, /* selections only (market/choose.h) */
    CODE_IS_REJECTED = 34,
    CODES = 100,
};

/* Bits of review.options that are no choice: what staging learned, and how the file is read. */
enum {
    REVIEW_CHOICES = 0xffff,
    REVIEW_HAS_MESSAGES = 1 << 16,
    REVIEW_TOOLS_ONE = 1 << 17, /* times enum reviewed_tools */
    REVIEW_TOOLS = 3 << 17,
    REVIEW_SELECTION_ONE = 1 << 19, /* times enum verdict: a selection, not a file */
    REVIEW_SELECTION = 3 << 19,
    REVIEW_EVERYWHERE = 1 << 21, /* a selection over all batches */
};

enum {
    CHUNK_LEN = 256 * 1024,
    STAGE_ROWS = 20000, /* rows a write: others wait some 20 ms */
    STAGE_CHUNKS = 32,  /* pieces of 256 KiB a write */
    REFUSED_SHOWN = 20, /* requester-site 5.5 */
    REASONS_SHOWN = 50,
    SHIFTED_MAX = 5,     /* more U25 refuse the file */
    LITERALS_KEPT = 100, /* what stood as AssignmentId in rows that name nothing */
    COMMIT_TRIES = 3,
    SELECTION_TEXT = 1, /* review_text of what a selection's workers are told */
};

#define REVIEW_LIFE_MS  (INT64_C(24) * 3600 * 1000)
#define OUTCOME_LIFE_MS (INT64_C(30) * 86400 * 1000)
#define WINDOW_MS       (INT64_C(1000) * OVERTURN_WINDOW_S)

/* The figures of a plan that the commit must meet again, stored as review.plan_check. */
struct review_check {
    int64_t applicable;
    int64_t versions; /* sum over the marked rows: they only grow */
    int64_t approve, reject, overturn;
    int64_t rewards, fees, overturn_cents, released;
    int64_t republish, republish_slots, republish_cents;
    int64_t keep;                   /* some rows are left for a reason worth telling */
    int64_t cut_ms, cut_assignment; /* of mode funded; else INT64_MAX */
    int64_t messages;               /* texts in Approve are sent */
};
enum { REVIEW_CHECK_FIELDS = sizeof(struct review_check) / sizeof(int64_t) };

struct str check_pack(struct arena *a, const struct review_check *check);
bool check_unpack(struct str packed, struct review_check *check);

/* What the reader found in the file, as review.findings: a packed list. */
struct review_findings {
    int64_t rows;
    struct str encoding, separator;
    struct str warnings; /* JSON array of texts */
};
struct str findings_pack(struct arena *a, const struct review_findings *f);
bool findings_unpack(struct str packed, struct review_findings *f);

/* The row of a review of that requester; ERR_NOT_FOUND also when its time is over or it is being
 * staged by somebody else. */
struct review_rec {
    int64_t id, requester;
    struct sql_review_of_out r;
};
struct err review_load(struct ctx *c, int64_t requester, struct str review, struct review_rec *rec);
struct err review_not_found(struct arena *a, struct str review);

/* One plan: judged at the store's now after everything due has happened. Several transactions.
 * choice may be NULL: as it is. */
struct err review_make_plan(struct store *store, const struct id_key *ids, struct arena *a,
                            const struct actor *actor, int64_t review,
                            const struct review_choice *choice, struct review_answer *out);

/* New slots for the rejections of a settlement that was just applied (requester-site 5.2): each
 * HIT's max_assignments grows by its number of them, its expiration moves to the batch's lifetime
 * from now when that is later, and their cost is held. ERR_CONFLICT when slots or cents are not
 * those of the check, ERR_INSUFFICIENT_FUNDS. */
struct err review_republish(struct ctx *c, const struct settlement *s,
                            const struct review_check *check);

/* Removes everything of a review that was not applied, in bounded writes. */
enum st review_remove(struct store *store, int64_t requester, int64_t review);
/* Only what reading the file made of it; with bytes, the file too. */
enum st review_remove_rows(struct store *store, int64_t requester, int64_t review, bool bytes);

/* A file that was left earlier: its review, and what was known of its bytes. */
struct review_kept {
    int64_t review; /* 0: none, the bytes are in->file */
    int64_t bytes;
    struct str digest;
};
/* Bytes to rows. *review is set as soon as there is one, also when an error follows. */
struct err review_stage(struct store *store, const struct id_key *ids, struct arena *a,
                        const struct review_upload *in, const struct review_kept *kept,
                        int64_t *review);
/* The bytes alone. */
struct err review_stage_bytes(struct store *store, const struct id_key *ids, struct arena *a,
                              const struct review_upload *in, int64_t *review);

/* Words for one row: "U22", the sentence, and what to do (requester-site 5.6). submitted_ms,
 * approved_ms: 0 unknown. */
struct code_about {
    int code;
    int64_t submitted_ms, approved_ms;
};
const char *code_name(int code); /* "U22" */
struct str code_message(struct arena *a, const struct code_about *about);
const char *code_remedy(int code);

/* The word and the reason of the outcome file for a judged value; applied says whether it has
 * happened. */
const char *judged_outcome(int64_t judged);
struct str judged_reason(struct arena *a, int64_t judged);

const char *review_mode_word(enum review_mode mode);

#endif
