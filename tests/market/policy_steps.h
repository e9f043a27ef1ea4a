/* Review policies in short: parameters and answers as one text each, and what came of them.
 *
 *     struct str p = policy_known(&m, "A=x B=p|q", "ApproveIfKnownAnswerScoreIsAtLeast=50");
 *     int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .assignment_policy = p});
 *     int64_t a = policy_answer(&m, w, h, "A=x B=q|p");
 *     policy_expect(&m, h, "review approve");
 *
 * Words stand apart by spaces, the values of one by "|"; a value holds neither.
 */
#ifndef TESTS_MARKET_POLICY_STEPS_H
#define TESTS_MARKET_POLICY_STEPS_H

#include "fixture.h"

#include "market/policy.h"

/* A checked policy; answers: "question=value|value …". */
struct str policy_known(struct market *m, const char *answers, const char *parameters);
/* SimplePlurality; parameters name the QuestionIds and the threshold too. */
struct str policy_plurality(struct market *m, const char *parameters);

/* Accepts and submits; every value is trimmed of nothing, "_" in it stands for a space. */
int64_t policy_answer(struct market *m, int64_t worker, int64_t hit, const char *answers);
/* The answers, packed. */
struct str policy_fields(struct market *m, const char *answers);

/* What was done on the HIT, in order: "review approve reject! cancel?" A failed action ends in
 * "!", a cancelled one in "?". */
void policy_expect(struct market *m, int64_t hit, const char *actions);
/* The last value of a result of the HIT, or of one of its questions (NULL: none); "" when there
 * is none. */
void policy_expect_result(struct market *m, int64_t hit, const char *key, const char *question,
                          const char *value);
/* ErrorCode of the HIT's last failed action, without "AWS.MechanicalTurk.". */
void policy_expect_error(struct market *m, int64_t hit, const char *code);

void policy_expect_status(struct market *m, int64_t assignment, enum assignment_status status);

#endif
