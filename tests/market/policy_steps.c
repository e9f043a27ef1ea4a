#include "policy_steps.h"

#include <string.h>

#include "base/pack.h"

enum { PARTS_MAX = 40 };

/* "a|b|c" as a list; "_" is a space. */
static struct policy_values values_of(struct market *m, struct str text) {
    struct str *items = arena_array(m->arena, PARTS_MAX, sizeof(*items));
    struct policy_values v = {items, 0};
    do {
        struct str one = str_dup(m->arena, str_cut(&text, '|'));
        for (size_t i = 0; i < one.n; i++)
            if (one.p[i] == '_')
                ((char *)one.p)[i] = ' ';
        items[v.n++] = one;
    } while (text.n > 0 && v.n < PARTS_MAX);
    return v;
}

struct word {
    struct str key;
    struct policy_values values;
};

/* "a=x b=y|z" word by word. */
static bool next_word(struct market *m, struct str *rest, struct word *w) {
    if (rest->n == 0)
        return false;
    struct str value = str_cut(rest, ' ');
    w->key = str_cut(&value, '=');
    w->values = values_of(m, value);
    return true;
}

static struct str checked(struct market *m, enum policy_level level, struct policy_parameter *p,
                          size_t n, const char *parameters) {
    struct str packed, rest = str_c(parameters);
    struct word w;
    while (next_word(m, &rest, &w))
        p[n++] = (struct policy_parameter){.key = w.key, .values = w.values};
    struct policy_given given = {str_c(policy_name(level)), p, n};
    expect(policy_check(m->arena, level, &given, &packed), ERR_OK);
    return packed;
}

struct str policy_known(struct market *m, const char *answers, const char *parameters) {
    struct policy_parameter p[PARTS_MAX] = {{.key = STR("AnswerKey")}};
    struct policy_entry *entries = arena_array(m->arena, PARTS_MAX, sizeof(*entries));
    struct str rest = str_c(answers);
    struct word w;
    while (next_word(m, &rest, &w))
        entries[p[0].entries_n++] = (struct policy_entry){w.key, w.values};
    p[0].entries = entries;
    return checked(m, POLICY_ASSIGNMENT, p, 1, parameters);
}

struct str policy_plurality(struct market *m, const char *parameters) {
    struct policy_parameter p[PARTS_MAX] = {{.key = STR_NULL}};
    return checked(m, POLICY_HIT, p, 0, parameters);
}

struct str policy_fields(struct market *m, const char *answers) {
    struct buf b = BUF_INIT;
    struct str rest = str_c(answers);
    struct word w;
    while (next_word(m, &rest, &w)) {
        pack_add(&b, w.key);
        pack_add(&b, str_printf(m->arena, "%zu", w.values.n));
        for (size_t i = 0; i < w.values.n; i++)
            pack_add(&b, w.values.items[i]);
    }
    struct str fields = buf_dup(m->arena, &b);
    buf_free(&b);
    return fields;
}

int64_t policy_answer(struct market *m, int64_t worker, int64_t hit, const char *answers) {
    int64_t assignment = market_accept(m, worker, hit);
    expect(market_try_submit(m, worker, assignment, policy_fields(m, answers)), ERR_OK);
    return assignment;
}

void policy_expect(struct market *m, int64_t hit, const char *actions) {
    struct str got = market_text(
        m,
        "SELECT %s(x.word, ' ') FROM (SELECT name || CASE status WHEN 3 THEN '!' WHEN 4 THEN '?' "
        "ELSE '' END AS word FROM policy_line WHERE hit = %lld AND action IS NULL ORDER BY id) AS "
        "x",
        m->f.kind == FIXTURE_POSTGRES ? "STRING_AGG" : "GROUP_CONCAT", (long long)hit);
    if (!str_is(got, actions))
        fail_msg("the policy did \"%.*s\", not \"%s\"", STR_ARG(got), actions);
}

void policy_expect_result(struct market *m, int64_t hit, const char *key, const char *question,
                          const char *value) {
    struct str got = market_text(m,
                                 "SELECT value FROM policy_line WHERE hit = %lld AND name = '%s' "
                                 "AND COALESCE(question, '') = '%s' ORDER BY id DESC LIMIT 1",
                                 (long long)hit, key, question ? question : "");
    if (!str_is(got, value))
        fail_msg("%s of %s is \"%.*s\", not \"%s\"", key, question ? question : "the HIT",
                 STR_ARG(got), value);
}

void policy_expect_error(struct market *m, int64_t hit, const char *code) {
    struct str got = market_text(
        m, "SELECT error FROM policy_line WHERE hit = %lld AND status = 3 ORDER BY id DESC LIMIT 1",
        (long long)hit);
    struct str want = str_printf(m->arena, "AWS.MechanicalTurk.%s", code);
    if (!str_eq(got, want))
        fail_msg("failed with \"%.*s\", not %.*s", STR_ARG(got), STR_ARG(want));
}

void policy_expect_status(struct market *m, int64_t assignment, enum assignment_status status) {
    assert_int_equal(
        market_number(m, "SELECT status FROM assignment WHERE id = %lld", (long long)assignment),
        status);
}
