/* formats/answer_key: what a test is worth, and which keys are none (questions 8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/pack.h"
#include "formats/answer_key.h"
#include "formats/question.h"

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

#define FORM(questions) "<QuestionForm xmlns=\"" QUESTION_NS_FORM "\">" questions "</QuestionForm>"
#define QUESTION(id, answer)                                                                       \
    "<Question><QuestionIdentifier>" id "</QuestionIdentifier><QuestionContent><Text>?</Text>"     \
    "</QuestionContent><AnswerSpecification>" answer "</AnswerSpecification></Question>"
#define CHOICE(id)                                                                                 \
    "<Selection><SelectionIdentifier>" id "</SelectionIdentifier><Text>" id "</Text></Selection>"
#define ABC(other)                                                                                 \
    "<SelectionAnswer><MaxSelectionCount>3</MaxSelectionCount><Selections>" CHOICE("a")            \
        CHOICE("b") CHOICE("c") other "</Selections></SelectionAnswer>"
#define KEY(questions, mapping)                                                                    \
    "<AnswerKey xmlns=\"" ANSWER_KEY_NS "\">" questions mapping "</AnswerKey>"
#define SEL(id)        "<SelectionIdentifier>" id "</SelectionIdentifier>"
#define OPTION(ids, n) "<AnswerOption>" ids "<AnswerScore>" n "</AnswerScore></AnswerOption>"
#define KEYED(id, options)                                                                         \
    "<Question><QuestionIdentifier>" id "</QuestionIdentifier>" options "</Question>"
#define MAP(kind, inside)                                                                          \
    "<QualificationValueMapping><" kind ">" inside "</" kind "></QualificationValueMapping>"
#define ONE                                                                                        \
    KEYED("q",                                                                                     \
          OPTION(SEL("a"), "5") OPTION(SEL("b") SEL("c"), "10") "<DefaultScore>-1</DefaultScore>")

static struct str answers(const char *name, const char *chosen) {
    struct buf b = BUF_INIT;
    pack_add(&b, str_c(name));
    pack_add(&b, str_printf(&arena, "s%zu", strlen(chosen)));
    for (; *chosen; chosen++)
        pack_add(&b, (struct str){chosen, 1});
    struct str s = buf_dup(&arena, &b);
    buf_free(&b);
    return s;
}

static int64_t score(const char *key, struct str given) {
    int64_t value = 0;
    struct err e = answer_key_score(&arena, str_c(key), given, &value, NULL);
    if (failed(e))
        fail_msg("%s", e.detail);
    return value;
}

/* Check values of 8.4. */
static void test_options(void **state) {
    (void)state;
    assert_int_equal(score(KEY(ONE, ""), answers("q", "a")), 5);
    assert_int_equal(score(KEY(ONE, ""), answers("q", "b")), -1);
    assert_int_equal(score(KEY(ONE, ""), answers("q", "bc")), 10);
    assert_int_equal(score(KEY(ONE, ""), answers("q", "cb")), 10);
    assert_int_equal(score(KEY(ONE, ""), answers("q", "abc")), -1);
    assert_int_equal(score(KEY(ONE, ""), answers("q", "")), -1);
    assert_int_equal(score(KEY(ONE, ""), STR("")), -1);
    /* Without a default it is 0; the first option that matches wins. */
    assert_int_equal(score(KEY(KEYED("q", OPTION(SEL("a"), "5")), ""), answers("q", "b")), 0);
    assert_int_equal(
        score(KEY(KEYED("q", OPTION(SEL("a"), "5") OPTION(SEL("a"), "7")), ""), answers("q", "a")),
        5);
    /* A field that a page sent, untyped, with an empty choice beside it. */
    assert_int_equal(score(KEY(ONE, ""), STR("1:q1:21:a0:")), 5);
}

#define SCORED(n, mapping) KEY(KEYED("q", OPTION(SEL("a"), n)), mapping)

static void test_mappings(void **state) {
    (void)state;
    struct str a = answers("q", "a");
#define PERCENT MAP("PercentageMapping", "<MaximumSummedScore>30</MaximumSummedScore>")
    assert_int_equal(score(SCORED("10", PERCENT), a), 33);
    assert_int_equal(score(SCORED("20", PERCENT), a), 67);
    assert_int_equal(score(SCORED("30", PERCENT), a), 100);
    assert_int_equal(score(SCORED("-1", PERCENT), a), -3);
#define SCALE(by) MAP("ScaleMapping", "<SummedScoreMultiplier>" by "</SummedScoreMultiplier>")
    assert_int_equal(score(SCORED("5", SCALE("0.5")), a), 3);
    assert_int_equal(score(SCORED("-5", SCALE("0.5")), a), -3);
    assert_int_equal(score(SCORED("7", SCALE("3")), a), 21);
    assert_int_equal(score(SCORED("7", SCALE("-.3")), a), -2);
    assert_int_equal(score(SCORED("2147483647", SCALE("1000")), a), INT32_MAX);
#define RANGE(a, b, v)                                                                             \
    "<SummedScoreRange><InclusiveLowerBound>" a "</InclusiveLowerBound><InclusiveUpperBound>" b    \
    "</InclusiveUpperBound><QualificationValue>" v "</QualificationValue></SummedScoreRange>"
#define RANGES                                                                                     \
    MAP("RangeMapping",                                                                            \
        RANGE("0", "9", "1") RANGE(                                                                \
            "5", "20", "2") "<OutOfRangeQualificationValue>-7</OutOfRangeQualificationValue>")
    assert_int_equal(score(SCORED("0", RANGES), a), 1);
    assert_int_equal(score(SCORED("9", RANGES), a), 1); /* the first wins */
    assert_int_equal(score(SCORED("20", RANGES), a), 2);
    assert_int_equal(score(SCORED("21", RANGES), a), -7);
}

static void bad(const char *key, const char *form, const char *field, const char *words) {
    struct err e = answer_key_check(&arena, str_c(key), str_c(form));
    assert_int_equal(e.code, ERR_XML_PARSE);
    assert_string_equal(e.field, field);
    if (!strstr(e.detail, words))
        fail_msg("\"%s\" does not say \"%s\"", e.detail, words);
}

static void test_check(void **state) {
    (void)state;
    const char *form = FORM(QUESTION("q", ABC("")));
    struct err e = answer_key_check(&arena, STR(KEY(ONE, PERCENT)), str_c(form));
    if (failed(e))
        fail_msg("%s", e.detail);
    bad(KEY(KEYED("r", OPTION(SEL("a"), "1")), ""), form, "AnswerKey", "no question \"r\"");
    bad(KEY(KEYED("q", OPTION(SEL("d"), "1")), ""), form, "AnswerKey", "no selection \"d\"");
    bad(KEY(ONE ONE, ""), form, "AnswerKey", "twice");
    bad(KEY("", ""), form, "AnswerKey", "Question is missing");
    bad(KEY(KEYED("q", ""), ""), form, "AnswerKey", "AnswerOption is missing");
    bad(KEY(KEYED("q", "<AnswerOption><AnswerScore>1</AnswerScore></AnswerOption>"), ""), form,
        "AnswerKey", "SelectionIdentifier was expected");
    bad(KEY(KEYED("q", OPTION(SEL("a"), "x")), ""), form, "AnswerKey", "not a whole number");
    bad(KEY(ONE, MAP("PercentageMapping", "<MaximumSummedScore>0</MaximumSummedScore>")), form,
        "AnswerKey", "above 0");
    bad(KEY(ONE, SCALE("many")), form, "AnswerKey", "not a number");
    bad(KEY(ONE, MAP("RangeMapping", RANGE("3", "2", "1"))), form, "AnswerKey", "lower bound");
    bad(KEY(ONE, MAP("RangeMapping", RANGE("1", "2", "1"))), form, "AnswerKey",
        "OutOfRangeQualificationValue is missing");
    bad(KEY(ONE, MAP("Mapping", "")), form, "AnswerKey", "was expected here");
    bad("<AnswerKey/>", form, "AnswerKey", "root element");
    bad(KEY(ONE, ""), FORM(QUESTION("q", ABC("<OtherSelection/>"))), "Test", "OtherSelection");
    bad(KEY(ONE, ""), FORM(QUESTION("q", ABC("")) QUESTION("t", "<FreeTextAnswer/>")), "Test",
        "not a SelectionAnswer");
    bad(KEY(ONE, ""), "<x/>", "Test", "root element");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mappings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
