/* formats/pattern: JavaScript's expressions without backtracking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/pattern.h"

static struct arena arena;

static int setup(void **state) {
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static enum pattern_kind kind(const char *regex) {
    struct pattern p;
    const char *why;
    enum pattern_kind k = pattern_compile(&arena, str_c(regex), false, PATTERN_OPS_MAX, &p, &why);
    if (k == PATTERN_BAD)
        assert_non_null(why);
    return k;
}

static enum pattern_found find(const char *regex, bool fold, const char *text) {
    struct pattern p;
    const char *why;
    int64_t steps = PATTERN_STEPS_MAX;
    if (pattern_compile(&arena, str_c(regex), fold, PATTERN_OPS_MAX, &p, &why) != PATTERN_GOOD)
        fail_msg("%s: %s", regex, why ? why : "foreign");
    return pattern_search(&arena, &p, str_c(text), &steps);
}

static const struct {
    const char *regex, *text;
    bool found;
} cases[] = {
    {"", "", true},
    {"", "abc", true},
    {"b", "abc", true},
    {"d", "abc", false},
    {"^b", "abc", false},
    {"^a.c$", "abc", true},
    {"^a.c$", "a\nc", false},
    {"^(ab|cd)+$", "abcdab", true},
    {"^(ab|cd)+$", "abcda", false},
    {"^a{2,3}$", "a", false},
    {"^a{2,3}$", "aa", true},
    {"^a{2,3}$", "aaa", true},
    {"^a{2,3}$", "aaaa", false},
    {"^a{0,2}b$", "b", true},
    {"^a{2,}$", "aaaaa", true},
    {"^a{2,}$", "a", false},
    {"^a{0}$", "", true},
    {"^[^0-9]+$", "abc", true},
    {"^[^0-9]+$", "ab1", false},
    {"^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$", "jane.doe@example.org", true},
    {"^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$", "jane.doe@example", false},
    {"^\\d{4}-\\d\\d$", "2026-11", true},
    {"^\\S+$", "a b", false},
    {"\\bcat\\b", "a cat sat", true},
    {"\\bcat\\b", "concatenate", false},
    {"\\Bcat", "concatenate", true},
    {"^a*?b+?$", "aab", true},
    {"^x{,3}$", "x{,3}", true},
    {"^a]b}$", "a]b}", true},
    {"[]", "a", false},
    {"^[^]$", "\n", true},
    {"^[\\d-x]+$", "1-x", true},
    {"^[a\\-c]+$", "a-c", true},
    {"^\\u00e9\\x41$", "\u00e9A", true},
    {"^..$", "\U0001F600", true}, /* two units, as JavaScript has it */
    {"^.$", "\u00e9", true},
    {"^(?:a|b)$", "b", true},
    {"^(a*)*$", "aaab", false},
    {"a||b", "x", true},
    {"^\\s$", "\u00a0", true},
};

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (find(cases[i].regex, false, cases[i].text) !=
            (cases[i].found ? PATTERN_FOUND : PATTERN_MISSED))
            fail_msg("/%s/ in \"%s\" should be %d", cases[i].regex, cases[i].text, cases[i].found);
}

static void test_fold(void **state) {
    (void)state;
    assert_int_equal(find("^abC[x-z]$", true, "ABcY"), PATTERN_FOUND);
    assert_int_equal(find("^[^a]$", true, "A"), PATTERN_MISSED);
    assert_int_equal(find("^a$", false, "A"), PATTERN_MISSED);
}

static void test_kinds(void **state) {
    (void)state;
    static const char *const bad[] = {"(",   ")",      "a)",    "[a",  "*",    "a**", "+a",
                                      "{2}", "a{3,2}", "[z-a]", "a\\", "(?:a", "^*",  "[\\"};
    static const char *const foreign[] = {"(?=a)",           "(?!a)",           "(?<=a)",
                                          "(?<n>a)",         "(a)\\1",          "\\k<n>",
                                          "(a{1000}){1000}", "((){1000}){1000}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (kind(bad[i]) != PATTERN_BAD)
            fail_msg("/%s/ is not refused", bad[i]);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (kind(foreign[i]) != PATTERN_FOREIGN)
            fail_msg("/%s/ is not left to the browser", foreign[i]);
}

/* What runs for ever by backtracking. */
static void test_bounded(void **state) {
    (void)state;
    char *text = arena_alloc(&arena, 100001);
    memset(text, 'a', 100000);
    assert_int_equal(find("^(a+)+$", false, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
                     PATTERN_MISSED);
    assert_int_equal(find("^(a|a)*b$", false, text), PATTERN_MISSED);
    assert_int_equal(find("(a?){2500}a{2500}b", false, text), PATTERN_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cases, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fold, setup, teardown),
        cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
