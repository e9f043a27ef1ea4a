/* formats/question: what is taken for a question, and what is said about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/question.h"
#include "formats/xml_in.h"

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

static struct question good(struct str xml) {
    struct question q;
    struct err e = question_read(&arena, xml, QUESTION_MAX, false, &q);
    if (failed(e))
        fail_msg("%s", e.detail);
    return q;
}

static void bad(struct str xml, const char *words) {
    struct question q;
    struct err e = question_read(&arena, xml, QUESTION_MAX, false, &q);
    assert_int_equal(e.code, ERR_XML_PARSE);
    assert_string_equal(e.field, "Question");
    if (!strstr(e.detail, words))
        fail_msg("\"%s\" does not say \"%s\"", e.detail, words);
}

#define HTML     "<HTMLQuestion xmlns=\"" QUESTION_NS_HTML "\">"
#define EXTERNAL "<ExternalQuestion xmlns=\"" QUESTION_NS_EXTERNAL "\">"

static struct str external(const char *url) {
    return str_printf(&arena,
                      EXTERNAL "<ExternalURL>%s</ExternalURL><FrameHeight>400</FrameHeight>"
                               "</ExternalQuestion>",
                      url);
}

static void test_html(void **state) {
    (void)state;
    struct question q = good(STR("\n  " HTML "\n <HTMLContent><![CDATA[<!DOCTYPE html>\n<p>&nbsp;"
                                 "]]></HTMLContent>\n <FrameHeight> 450 </FrameHeight>\n"
                                 "</HTMLQuestion>\n"));
    assert_int_equal(q.kind, QUESTION_HTML);
    assert_str(q.html, "<!DOCTYPE html>\n<p>&nbsp;");
    assert_int_equal(q.frame_height, 450);
    q = good(STR("<h:HTMLQuestion xmlns:h=' " QUESTION_NS_HTML "'><h:HTMLContent>&lt;p&gt;"
                 "</h:HTMLContent><h:FrameHeight>-3</h:FrameHeight></h:HTMLQuestion>"));
    assert_str(q.html, "<p>");
    assert_int_equal(q.frame_height, 0);
    q = good(STR(HTML "<HTMLContent/><FrameHeight>+7</FrameHeight></HTMLQuestion>"));
    assert_int_equal(q.frame_height, 7);
}

static void test_html_off_schema(void **state) {
    (void)state;
    bad(STR(HTML "<HTMLContent><p>x</p></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>"),
        "element p: no element can stand here");
    bad(STR(HTML "<FrameHeight>0</FrameHeight><HTMLContent>x</HTMLContent></HTMLQuestion>"),
        "element FrameHeight: the element HTMLContent was expected");
    bad(STR(HTML "<HTMLContent>x</HTMLContent></HTMLQuestion>"), "FrameHeight is missing");
    bad(STR(HTML "</HTMLQuestion>"), "HTMLContent is missing");
    bad(STR(HTML "<HTMLContent>x</HTMLContent><FrameHeight/></HTMLQuestion>"), "whole number");
    bad(STR(HTML "<HTMLContent>x</HTMLContent><FrameHeight>+-1</FrameHeight></HTMLQuestion>"),
        "whole number");
    bad(STR(HTML "<HTMLContent>x</HTMLContent><FrameHeight>1e3</FrameHeight></HTMLQuestion>"),
        "whole number");
    bad(STR(HTML "<HTMLContent>x</HTMLContent><FrameHeight>1</FrameHeight><X/></HTMLQuestion>"),
        "element X: no element can follow");
    bad(STR(HTML "hi<HTMLContent>x</HTMLContent><FrameHeight>1</FrameHeight></HTMLQuestion>"),
        "text can not stand");
    bad(STR(HTML "<HTMLContent a='1'>x</HTMLContent><FrameHeight>1</FrameHeight></HTMLQuestion>"),
        "attribute a");
}

static void test_external(void **state) {
    (void)state;
    struct question q = good(external("\n https://lab.example.org/leaf?set=7&amp;item=%2031 "));
    assert_int_equal(q.kind, QUESTION_EXTERNAL);
    assert_str(q.url, "https://lab.example.org/leaf?set=7&item=%2031");
    assert_int_equal(q.frame_height, 400);
    good(external("HTTPS://h/p?a={x}|y#hitId=3"));
    good(external("https://h/p?workerid=3"));
    bad(external("http://h/p"), "not an https address (the operator");
    bad(external("ftp://h/p"), "not an https address");
    bad(external(""), "not an https address");
    bad(external("https://"), "not an https address");
    bad(external("https:///p"), "names no host");
    bad(external("https://h/a b"), "position 12 as %20");
    bad(external("https://h/a\"b"), "as %22");
    bad(external("https://h/p?x=1&amp;hitId=3"), "parameter hitId");
    bad(external("https://h/p?assignmentId"), "parameter assignmentId");
    bad(external("https://h/p?turkSubmitTo=#x"), "parameter turkSubmitTo");
    struct question insecure;
    assert_int_equal(
        question_read(&arena, external("http://localhost:9/x"), QUESTION_MAX, true, &insecure).code,
        ERR_OK);
    assert_str(insecure.url, "http://localhost:9/x");
}

static void test_form(void **state) {
    (void)state;
    struct question q = good(STR("<QuestionForm xmlns='" QUESTION_NS_FORM_2005 "'>"
                                 "<Overview><Text>x</Text></Overview></QuestionForm>"));
    assert_int_equal(q.kind, QUESTION_FORM); /* vector 9 */
    assert_str(q.form->first->name, "Overview");
    good(STR("<QuestionForm xmlns='" QUESTION_NS_FORM "'/>"));
}

static void test_kind(void **state) {
    (void)state;
    bad(STR("<QuestionForm xmlns='https://mechanicalturk.amazonaws.com/"
            "AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd'/>"),
        "with http, not https"); /* vector 10 */
    bad(STR("<HTMLQuestion/>"), "must be exactly \"" QUESTION_NS_HTML "\"");
    bad(STR("<HTMLQuestion xmlns='" QUESTION_NS_FORM "'/>"), "2011-11-11");
    bad(STR("<Question/>"), "root element must be");
    bad(STR("What is this?"), "line 1");
    struct question q;
    struct err e = question_read(&arena, external("https://h/"), 20, false, &q);
    assert_non_null(strstr(e.detail, "at most 20"));
}

static void test_write(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    question_write_html(&b, STR("<p>]]>\x01&\r\n</p>"), 0);
    struct question q = good(buf_view(&b));
    assert_str(q.html, "<p>]]>&\n</p>");
    assert_int_equal(q.frame_height, 0);
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_html, setup, teardown),
        cmocka_unit_test_setup_teardown(test_html_off_schema, setup, teardown),
        cmocka_unit_test_setup_teardown(test_external, setup, teardown),
        cmocka_unit_test_setup_teardown(test_form, setup, teardown),
        cmocka_unit_test_setup_teardown(test_kind, setup, teardown),
        cmocka_unit_test_setup_teardown(test_write, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
