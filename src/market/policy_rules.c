/* Review policies as they are asked for: checked, packed, unpacked. */
#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/num.h"
#include "base/pack.h"
#include "market/decide.h"
#include "market/policy.h"

const char *policy_name(enum policy_level level) {
    return level == POLICY_HIT ? "SimplePlurality/2011-09-01" : "ScoreMyKnownAnswers/2011-09-01";
}

/* ---- sets of values ---- */

static int by_bytes(const void *a, const void *b) {
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

struct str policy_set(struct arena *a, const struct policy_values *values) {
    struct str *sorted = arena_array(a, values->n, sizeof(*sorted));
    size_t n = 0;
    for (size_t i = 0; i < values->n; i++) {
        struct str s = str_trim(values->items[i]);
        if (s.n > 0)
            sorted[n++] = s;
    }
    if (n == 0)
        return STR("");
    qsort(sorted, n, sizeof(*sorted), by_bytes);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !str_eq(sorted[i], sorted[i - 1]))
            pack_add(&b, sorted[i]);
    struct str set = buf_dup(a, &b);
    buf_free(&b);
    return set;
}

/* ---- parameters ---- */

enum kind { NUMBER, WORDS, YES_NO, QUESTIONS, ANSWERS };

struct rule {
    const char *key;
    enum policy_level level;
    enum kind kind;
    int64_t min, max;
    size_t at; /* in struct policy */
};

#define AT(member) offsetof(struct policy, member)

static const struct rule rules[] = {
    {"AnswerKey", POLICY_ASSIGNMENT, ANSWERS, 0, 0, 0},
    {"ApproveIfKnownAnswerScoreIsAtLeast", POLICY_ASSIGNMENT, NUMBER, 0, 101, AT(approve_at)},
    {"ApproveReason", POLICY_ASSIGNMENT, WORDS, 0, 0, AT(approve_reason)},
    {"RejectIfKnownAnswerScoreIsLessThan", POLICY_ASSIGNMENT, NUMBER, 0, 101, AT(reject_below)},
    {"RejectReason", POLICY_ASSIGNMENT, WORDS, 0, 0, AT(reject_reason)},
    {"ExtendIfKnownAnswerScoreIsLessThan", POLICY_ASSIGNMENT, NUMBER, 0, 101, AT(extend_below)},
    {"ExtendMaximumAssignments", POLICY_ASSIGNMENT, NUMBER, 2, 25, AT(extend_max)},
    {"ExtendMinimumTimeInSeconds", POLICY_ASSIGNMENT, NUMBER, 60, DURATION_S_MAX, AT(extend_min_s)},
    {"QuestionIds", POLICY_HIT, QUESTIONS, 0, 0, 0},
    {"QuestionIDs", POLICY_HIT, QUESTIONS, 0, 0, 0},
    {"QuestionAgreementThreshold", POLICY_HIT, NUMBER, 0, 100, AT(threshold)},
    {"DisregardAssignmentIfRejected", POLICY_HIT, YES_NO, 0, 0, AT(disregard_rejected)},
    {"DisregardAssignmentIfKnownAnswerScoreIsLessThan", POLICY_HIT, NUMBER, 0, 101,
     AT(disregard_below)},
    {"ExtendIfHITAgreementScoreIsLessThan", POLICY_HIT, NUMBER, 1, 100, AT(extend_below)},
    {"ExtendMaximumAssignments", POLICY_HIT, NUMBER, 1, POLICY_WORK_MAX, AT(extend_max)},
    {"ExtendMinimumTimeInSeconds", POLICY_HIT, NUMBER, 60, DURATION_S_MAX, AT(extend_min_s)},
    {"ApproveIfWorkerAgreementScoreIsAtLeast", POLICY_HIT, NUMBER, 0, 101, AT(approve_at)},
    {"RejectIfWorkerAgreementScoreIsLessThan", POLICY_HIT, NUMBER, 0, 101, AT(reject_below)},
    {"RejectReason", POLICY_HIT, WORDS, 0, 0, AT(reject_reason)},
};

enum { RULES = sizeof rules / sizeof rules[0] };

/* One policy being read. */
struct reading {
    struct arena *a;
    const char *field;
    struct policy *out;
    bool seen[RULES];
};

static struct err invalid(const struct reading *r, struct str value, struct str key,
                          const char *why) {
    return err_make(r->a, ERR_INVALID_PARAMETER, r->field,
                    "The value \"%.*s\" is not valid for the parameter %.*s. %s", STR_ARG(value),
                    STR_ARG(key), why);
}

static struct err mandatory(const struct reading *r, const char *key) {
    return err_make(r->a, ERR_MISSING_PARAMETERS, r->field, "The %s parameter is mandatory.", key);
}

/* Adds a question; its id is trimmed. */
static struct err add_question(struct reading *r, struct str key, struct str id, struct str set) {
    struct policy *p = r->out;
    size_t max = set.n ? POLICY_KEYS_MAX : POLICY_QUESTIONS_MAX;
    id = str_trim(id);
    if (id.n == 0 || id.n > FIELD_NAME_MAX)
        return invalid(r, id, key, "A question id is missing or too long.");
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->questions[i].id, id))
            return invalid(r, id, key, "The question is named twice.");
    if (p->n == max)
        return invalid(r, id, key, arena_printf(r->a, "At most %zu questions are accepted.", max));
    p->questions[p->n++] = (struct policy_question){id, set};
    return NO_ERR;
}

static struct err read_questions(struct reading *r, const struct policy_parameter *p) {
    struct err e = NO_ERR;
    r->out->questions = arena_array(r->a, POLICY_QUESTIONS_MAX, sizeof(*r->out->questions));
    for (size_t i = 0; i < p->values.n && !failed(e); i++) {
        struct str rest = p->values.items[i];
        do
            e = add_question(r, p->key, str_cut(&rest, ','), STR(""));
        while (!failed(e) && rest.n > 0);
    }
    return !failed(e) && r->out->n == 0 ? mandatory(r, "QuestionIds") : e;
}

static struct err read_answers(struct reading *r, const struct policy_parameter *p) {
    struct err e = NO_ERR;
    r->out->questions = arena_array(r->a, POLICY_KEYS_MAX, sizeof(*r->out->questions));
    for (size_t i = 0; i < p->entries_n && !failed(e); i++) {
        /* An empty key never matches; a set that no answer has stands for it. */
        struct str set = policy_set(r->a, &p->entries[i].values);
        e = add_question(r, p->key, p->entries[i].key, set.n ? set : STR("-"));
    }
    return !failed(e) && r->out->n == 0 ? mandatory(r, "AnswerKey") : e;
}

static struct err read_value(struct reading *r, const struct rule *rule,
                             const struct policy_parameter *p) {
    char *to = (char *)r->out + rule->at;
    struct str value = p->values.n == 1 ? p->values.items[0] : STR("");
    int64_t *number = (int64_t *)(void *)to;
    if (p->values.n != 1)
        return invalid(r, value, p->key, "It takes exactly one value.");
    switch (rule->kind) {
    case NUMBER:
        if (num_parse(str_trim(value), rule->min, rule->max, number))
            return NO_ERR;
        return invalid(r, value, p->key,
                       arena_printf(r->a, "Valid values range from %lld to %lld.",
                                    (long long)rule->min, (long long)rule->max));
    case YES_NO:
        *number = str_is(value, "T");
        return *number || str_is(value, "F") ? NO_ERR : invalid(r, value, p->key, "Give T or F.");
    case WORDS:
        *(struct str *)(void *)to = value;
        return failed(feedback_check(r->a, value))
                   ? invalid(r, STR("…"), p->key,
                             "The text is too long or holds control characters.")
                   : NO_ERR;
    case QUESTIONS:
    case ANSWERS: break;
    }
    return NO_ERR;
}

static struct err read_parameter(struct reading *r, enum policy_level level,
                                 const struct policy_parameter *p) {
    size_t i = 0;
    while (i < RULES && (rules[i].level != level || !str_is(p->key, rules[i].key)))
        i++;
    if (i == RULES)
        return invalid(r, p->key, STR("Key"),
                       arena_printf(r->a, "%s has no such parameter.", policy_name(level)));
    if (r->seen[i] || ((rules[i].kind == QUESTIONS) && r->out->n > 0))
        return invalid(r, p->key, STR("Key"), "The parameter is given twice.");
    r->seen[i] = true;
    if (rules[i].kind == QUESTIONS)
        return read_questions(r, p);
    return rules[i].kind == ANSWERS ? read_answers(r, p) : read_value(r, &rules[i], p);
}

static bool given(const struct reading *r, enum policy_level level, const char *key) {
    for (size_t i = 0; i < RULES; i++)
        if (rules[i].level == level && str_is(str_c(rules[i].key), key))
            return r->seen[i];
    return false;
}

static struct err complete(const struct reading *r, enum policy_level level) {
    if (level == POLICY_ASSIGNMENT)
        return r->out->n ? NO_ERR : mandatory(r, "AnswerKey");
    if (r->out->n == 0)
        return mandatory(r, "QuestionIds");
    if (!given(r, level, "QuestionAgreementThreshold"))
        return mandatory(r, "QuestionAgreementThreshold");
    if (r->out->extend_below && !given(r, level, "ExtendMaximumAssignments"))
        return mandatory(r, "ExtendMaximumAssignments");
    return NO_ERR;
}

/* ---- packed ---- */

enum { NUMBERS = 8 };

static void numbers_of(struct policy *p, int64_t *numbers[NUMBERS]) {
    numbers[0] = &p->approve_at;
    numbers[1] = &p->reject_below;
    numbers[2] = &p->extend_below;
    numbers[3] = &p->extend_max;
    numbers[4] = &p->extend_min_s;
    numbers[5] = &p->threshold;
    numbers[6] = &p->disregard_below;
    numbers[7] = &p->disregard_rejected;
}

static struct str pack(struct arena *a, struct policy *p) {
    struct buf b = BUF_INIT;
    int64_t *numbers[NUMBERS];
    numbers_of(p, numbers);
    for (int i = 0; i < NUMBERS; i++)
        pack_add(&b, str_printf(a, "%lld", (long long)*numbers[i]));
    pack_add(&b, p->approve_reason);
    pack_add(&b, p->reject_reason);
    for (size_t i = 0; i < p->n; i++) {
        pack_add(&b, p->questions[i].id);
        pack_add(&b, p->questions[i].key);
    }
    struct str packed = buf_dup(a, &b);
    buf_free(&b);
    return packed;
}

struct policy policy_unpack(struct arena *a, struct str packed) {
    struct policy p = {0};
    int64_t *numbers[NUMBERS];
    struct str item, rest = packed;
    int count = pack_count(packed);
    assert(count >= NUMBERS + 2 && count % 2 == 0);
    numbers_of(&p, numbers);
    for (int i = 0; i < NUMBERS; i++) {
        bool fine = pack_next(&rest, &item) && num_parse(item, 0, INT64_MAX, numbers[i]);
        assert(fine);
    }
    pack_next(&rest, &p.approve_reason);
    pack_next(&rest, &p.reject_reason);
    p.questions = arena_array(a, (size_t)count / 2, sizeof(*p.questions));
    while (pack_next(&rest, &p.questions[p.n].id) && pack_next(&rest, &p.questions[p.n].key))
        p.n++;
    return p;
}

struct err policy_check(struct arena *a, enum policy_level level, const struct policy_given *in,
                        struct str *packed) {
    struct policy p = {.approve_at = 101,
                       .extend_max = level == POLICY_ASSIGNMENT ? 5 : 0,
                       .approve_reason = STR(""),
                       .reject_reason = STR("")};
    struct reading r = {.a = a, .out = &p};
    r.field = level == POLICY_HIT ? "HITReviewPolicy" : "AssignmentReviewPolicy";
    if (!str_is(in->name, policy_name(level)))
        return invalid(&r, in->name, STR("PolicyName"),
                       arena_printf(a, "The policy of %s is %s.", r.field, policy_name(level)));
    struct err e = NO_ERR;
    for (size_t i = 0; i < in->n && !failed(e); i++)
        e = read_parameter(&r, level, &in->parameters[i]);
    if (!failed(e))
        e = complete(&r, level);
    if (failed(e))
        return e;
    *packed = pack(a, &p);
    return str_chr(*packed, '\0') < 0
               ? NO_ERR
               : invalid(&r, STR("…"), STR("Parameters"), "Control characters are not accepted.");
}
