/* formats/answer: fields to packed list to XML and cells, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/pack.h"
#include "formats/answer.h"

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

static void assert_str(struct str got, const char *want) {
    if (!str_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static struct str packed(const struct answer_field *fields, size_t count) {
    struct str p;
    struct err e = answer_pack(&arena, fields, count, &p);
    if (failed(e))
        fail_msg("%s", e.detail);
    return p;
}

#define PACKED(...)                                                                                \
    packed((const struct answer_field[]){__VA_ARGS__},                                             \
           sizeof((const struct answer_field[]){__VA_ARGS__}) / sizeof(struct answer_field))
#define F(name, value)                                                                             \
    { STR(name), STR(value) }

static struct str xml(struct str p) {
    struct buf b = BUF_INIT;
    answer_write_xml(&b, p);
    struct str s = buf_dup(&arena, &b);
    buf_free(&b);
    return s;
}

static void test_pack(void **state) {
    (void)state;
    /* vector 1 */
    struct str p = PACKED(F("assignmentId", "A1"), F("tag", "red"), F("x", ""), F("tag", "blue"),
                          F("hitId", "H"), F("workerId", "W"), F("turkSubmitTo", "u"));
    assert_str(p, "3:tag1:23:red4:blue1:x1:10:");
    struct answer f;
    struct str rest = p;
    assert_true(answer_next(&rest, &f));
    assert_str(f.name, "tag");
    assert_int_equal(f.count, 2);
    assert_str(answer_joined(&arena, &f), "red|blue");
    assert_true(answer_next(&rest, &f));
    assert_str(f.name, "x");
    assert_str(answer_joined(&arena, &f), "");
    assert_false(answer_next(&rest, &f));
    assert_int_equal(rest.n, 0);
}

static void test_rules(void **state) {
    (void)state;
    assert_str(PACKED(F("AssignmentId", "x")), "12:AssignmentId1:11:x"); /* exact case */
    assert_str(PACKED(F("a", "x"), F("a", "x")), "1:a1:21:x1:x");
    assert_str(PACKED(F("t", "\x01"
                             "a\xEF\xBF\xBE")),
               "1:t1:11:a"); /* vector 11 */
    assert_str(PACKED(F("t", "a\r\nb\r")), "1:t1:14:a\nb\n");
    assert_str(PACKED(F("b", "1"), F("a", "2"), F("b\x02", "3")), "1:b1:21:11:31:a1:11:2");
    assert_str(PACKED(F("", "x"), F("\x01", "y")), "");
    assert_str(PACKED(F("Submit HIT", "\xFF")), "10:Submit HIT1:13:\xEF\xBF\xBD");
    assert_str(packed(NULL, 0), "");
}

static void test_bounds(void **state) {
    (void)state;
    struct str p;
    size_t many = ANSWER_FIELDS_MAX + 1;
    struct answer_field *fields = arena_array(&arena, many, sizeof(*fields));
    for (size_t i = 0; i < many; i++)
        fields[i] = (struct answer_field){str_printf(&arena, "f%zu", many - i), STR("v")};
    assert_int_equal(answer_pack(&arena, fields, many, &p).code, ERR_TOO_LARGE);
    assert_int_equal(pack_count(packed(fields, many - 1)), 3 * (int)(many - 1));
    struct str huge = {arena_alloc(&arena, ANSWER_MAX), ANSWER_MAX};
    memset((char *)(uintptr_t)huge.p, '&', huge.n);
    fields[0] = (struct answer_field){STR("a"), huge};
    assert_int_equal(answer_pack(&arena, fields, 1, &p).code, ERR_TOO_LARGE);
    fields[0].value.n--;
    struct str back;
    struct err e = answer_read_xml(&arena, xml(packed(fields, 1)), &back);
    assert_int_equal(e.code, ERR_OK);
    assert_true(str_eq(back, packed(fields, 1)));
    fields[0] = (struct answer_field){str_sub(huge, 0, FIELD_NAME_MAX + 1), STR("")};
    assert_int_equal(answer_pack(&arena, fields, 1, &p).code, ERR_INVALID_PARAMETER);
}

#define HEAD                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"                               \
    "<QuestionFormAnswers xmlns=\"" ANSWER_NS "\">\n"

static void test_xml(void **state) {
    (void)state;
    assert_str(
        xml(PACKED(F("species", "maple"), F("note", "3 < 4 & \"wet\""), F("species", "oak"))),
        HEAD "  <Answer><QuestionIdentifier>species</QuestionIdentifier>"
             "<FreeText>maple|oak</FreeText></Answer>\n"
             "  <Answer><QuestionIdentifier>note</QuestionIdentifier>"
             "<FreeText>3 &lt; 4 &amp; \"wet\"</FreeText></Answer>\n"
             "</QuestionFormAnswers>");
    assert_str(xml(STR("")), HEAD "</QuestionFormAnswers>"); /* 5.1.4 */
}

static void test_read(void **state) {
    (void)state;
    struct str p = PACKED(F("a", "x\n <&>\"' \xC3\xA4"), F("b c", ""), F("[0].d", "]]>")), back;
    assert_int_equal(answer_read_xml(&arena, xml(p), &back).code, ERR_OK);
    assert_true(str_eq(back, p));
    struct err e = answer_read_xml(
        &arena,
        STR("<QuestionFormAnswers xmlns='" ANSWER_NS "'><Answer><QuestionIdentifier>q"
            "</QuestionIdentifier><SelectionIdentifier>a</SelectionIdentifier>"
            "<SelectionIdentifier>b</SelectionIdentifier><OtherSelectionText>o"
            "</OtherSelectionText></Answer><Answer><QuestionIdentifier>r</QuestionIdentifier>"
            "</Answer><Answer><QuestionIdentifier>u</QuestionIdentifier>"
            "<UploadedFileSizeInBytes>3</UploadedFileSizeInBytes>"
            "<UploadedFileKey>k</UploadedFileKey></Answer></QuestionFormAnswers>"),
        &back);
    assert_int_equal(e.code, ERR_OK);
    assert_str(back, "1:q2:o31:a1:b1:o1:r2:s01:u2:f31:k");
}

static void test_read_bad(void **state) {
    (void)state;
    static const char *const docs[] = {
        "<QuestionFormAnswers/>",
        "<QuestionFormAnswers xmlns='" ANSWER_NS "'><X/></QuestionFormAnswers>",
        "<QuestionFormAnswers xmlns='" ANSWER_NS "'><Answer/></QuestionFormAnswers>",
        "<QuestionFormAnswers xmlns='" ANSWER_NS "'><Answer><QuestionIdentifier>a"
        "</QuestionIdentifier><Y/></Answer></QuestionFormAnswers>",
        "no",
    };
    for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
        struct str back;
        assert_int_equal(answer_read_xml(&arena, str_c(docs[i]), &back).code, ERR_XML_PARSE);
    }
}

static void test_damage(void **state) {
    (void)state;
    static const char *const lists[] = {"1:a", "1:a1:0", "1:a1:21:x", "1:a1:x", "9:a", "1:a2:-1"};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct str rest = str_c(lists[i]);
        struct answer f;
        assert_false(answer_next(&rest, &f));
        assert_true(rest.n > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pack, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_xml, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read_bad, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
