/* Review policies (requester-api 3.7): a HIT's own rules for looking at its work.
 *
 * ScoreMyKnownAnswers (level Assignment) runs in the transaction of each submission;
 * SimplePlurality (level HIT) when the HIT has become reviewable, again after an extension: the
 * moment is marked where it happens and met by who touches the HIT or by the sweeper, as all that
 * the clock owes (due.h). Decisions go through the settlement with ENTRANCE_POLICY, so they are
 * seen, appealed and overturned like any other; extensions through hit_extend.
 *
 * What cannot be done (no money, decided already, a fee tier in the way) is recorded as a failed
 * action and changes nothing. A majority may be wrong: rejections by SimplePlurality alone can
 * leave right answers unpaid, which docs/api/review-policies.md says to the requester.
 */
#ifndef MARKET_POLICY_H
#define MARKET_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "market/ctx.h"

enum policy_level { POLICY_ASSIGNMENT = 1, POLICY_HIT = 2 };
enum policy_status { POLICY_INTENDED = 1, POLICY_SUCCEEDED, POLICY_FAILED, POLICY_CANCELLED };

/* POLICY_WORK_MAX: more work of one HIT is not compared: memory, and the square of the values. */
enum { POLICY_QUESTIONS_MAX = 15, POLICY_KEYS_MAX = 500, POLICY_WORK_MAX = 1000 };

const char *policy_name(enum policy_level level);

/* ---- what a requester asks for ---- */

struct policy_values {
    const struct str *items;
    size_t n;
};
struct policy_entry {
    struct str key;
    struct policy_values values;
};
struct policy_parameter {
    struct str key;
    struct policy_values values;
    const struct policy_entry *entries;
    size_t entries_n;
};
struct policy_given {
    struct str name;
    const struct policy_parameter *parameters;
    size_t n;
};

/* The same, read. Scores in percent; approve_at 101 and the others 0 stand for never. */
struct policy_question {
    struct str id;
    struct str key; /* accepted values (policy_set); "" for SimplePlurality */
};
struct policy {
    int64_t approve_at, reject_below, extend_below, extend_max, extend_min_s;
    int64_t threshold, disregard_below, disregard_rejected;
    struct str approve_reason, reject_reason; /* "" none */
    struct policy_question *questions;
    size_t n;
};

/* Checks a policy of that level. ERR_MISSING_PARAMETERS ("The AnswerKey parameter is mandatory.")
 * and ERR_INVALID_PARAMETER name the parameter. *packed is what policy_keep stores. */
struct err policy_check(struct arena *a, enum policy_level level, const struct policy_given *in,
                        struct str *packed);
struct policy policy_unpack(struct arena *a, struct str packed); /* aborts on damage */

/* The values of an answer as a set that compares byte for byte: trimmed, without empty ones,
 * sorted, once each. "" for nothing. */
struct str policy_set(struct arena *a, const struct policy_values *values);

/* ---- what becomes of it ---- */

struct err policy_keep(struct ctx *c, int64_t hit, enum policy_level level, struct str packed);

/* Reviews an assignment that was just submitted. *verdict is 0 when nothing was decided. */
struct err policy_submitted(struct ctx *c, int64_t hit, int64_t assignment, int *verdict);

/* Notes that the HIT became reviewable at that moment. */
struct err policy_mark(struct ctx *c, int64_t hit, int64_t at_ms);

/* The moment at which a review of the HIT fell due, 0 when none has. */
struct err policy_marked(struct ctx *c, int64_t hit, int64_t *at_ms);

/* Runs the HIT's policy if it is marked, with decisions as of that moment; an extension begins
 * now, as nobody could work in the past. One statement when it is not marked. */
struct err policy_run(struct ctx *c, int64_t hit);

/* The sweeper's: at most limit marked HITs. */
struct err policy_sweep(struct ctx *c, int limit, int64_t *done);

/* ---- looking (requester-api 2.28) ---- */

struct policy_line {
    int64_t row, action; /* action: its row; of an action its own */
    enum policy_level level;
    bool is_action;
    struct str name, subject, question, value, error; /* subject: public id */
    bool of_assignment;
    enum policy_status status;
    int64_t at_ms;
};
struct policy_report_in {
    struct str hit_id;
    unsigned levels;       /* bits of enum policy_level */
    bool actions, results; /* what is wanted */
    int64_t after;         /* row */
    int limit;
};
struct policy_report {
    struct str hit_id;
    bool assignment_policy, hit_policy; /* whether the HIT has them */
    struct policy_line *lines;
    size_t n;
    bool due; /* as in hit_view */
};
/* In order of time. ERR_HIT_DOES_NOT_EXIST. */
struct err policy_report(struct ctx *c, const struct policy_report_in *in,
                         struct policy_report *out);

#endif
