/* formats/question_form, formatted, form_answer: forms, what is said of those that are none, and
 * what their answers must be (questions 6, 7). */
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
#include "formats/form_answer.h"
#include "formats/formatted.h"
#include "formats/question.h"
#include "formats/question_form.h"

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

#define NEW(inside) "<QuestionForm xmlns=\"" QUESTION_NS_FORM "\">" inside "</QuestionForm>"
#define OLD(inside) "<QuestionForm xmlns=\"" QUESTION_NS_FORM_2005 "\">" inside "</QuestionForm>"
#define Q(id, more, answer)                                                                        \
    "<Question><QuestionIdentifier>" id "</QuestionIdentifier>" more                               \
    "<QuestionContent><Text>?</Text></QuestionContent><AnswerSpecification>" answer                \
    "</AnswerSpecification></Question>"
#define REQUIRED            "<IsRequired>true</IsRequired>"
#define TEXT(inside)        "<FreeTextAnswer>" inside "</FreeTextAnswer>"
#define CONSTRAINTS(inside) TEXT("<Constraints>" inside "</Constraints>")
#define CHOICE(id)                                                                                 \
    "<Selection><SelectionIdentifier>" id "</SelectionIdentifier><Text>" id "</Text></Selection>"
#define ABC CHOICE("a") CHOICE("b") CHOICE("c")
#define SELECT(before, choices)                                                                    \
    "<SelectionAnswer>" before "<Selections>" choices "</Selections></SelectionAnswer>"
#define MIN(n)           "<MinSelectionCount>" n "</MinSelectionCount>"
#define MAX(n)           "<MaxSelectionCount>" n "</MaxSelectionCount>"
#define STYLE(s)         "<StyleSuggestion>" s "</StyleSuggestion>"
#define OVERVIEW(inside) "<Overview>" inside "</Overview>"
#define XHTML(text)      OVERVIEW("<FormattedContent><![CDATA[" text "]]></FormattedContent>")
#define FILE_ANSWER                                                                                \
    "<FileUploadAnswer><MaxFileSizeInBytes>100</MaxFileSizeInBytes><MinFileSizeInBytes>2"          \
    "</MinFileSizeInBytes></FileUploadAnswer>"

static struct question_form good(const char *xml) {
    struct question_form form;
    struct err e = question_form_parse(&arena, str_c(xml), true, &form);
    if (failed(e))
        fail_msg("%s\n%s", e.detail, xml);
    return form;
}

static void bad_as(enum err_code code, bool legacy, const char *xml, const char *words) {
    struct question_form form;
    struct err e = question_form_parse(&arena, str_c(xml), legacy, &form);
    if (e.code != code)
        fail_msg("code %d: %s\n%s", e.code, e.detail ? e.detail : "", xml);
    if (!strstr(e.detail, words) || !strstr(e.detail, "line "))
        fail_msg("\"%s\" does not say \"%s\"", e.detail, words);
    assert_memory_equal(e.detail, err_opening(code), strlen(err_opening(code)));
}

static void bad(const char *xml, const char *words) {
    bad_as(ERR_XML_PARSE, false, xml, words);
}

static void bad_xhtml(const char *xml, const char *words) {
    bad_as(ERR_XHTML_PARSE, false, xml, words);
}

static void test_whole(void **state) {
    (void)state;
    struct question_form f = good(NEW(
        OVERVIEW("<Title>T</Title><Text>x\ny</Text><List><ListItem>1</ListItem></List>")
            Q("t", "<DisplayName>D</DisplayName>" REQUIRED,
              TEXT("<Constraints><IsNumeric minValue='-2' maxValue=' 9 '/><Length minLength='0' "
                   "maxLength='4'/><AnswerFormatRegex regex='^.' errorText='E' flags='i'/>"
                   "<AnswerFormatRegex regex='$'/></Constraints><DefaultText>d</DefaultText>"
                   "<NumberOfLinesSuggestion>3</NumberOfLinesSuggestion>"))
                Q("s", "",
                  SELECT(MIN("1") MAX("3") STYLE("multichooser"),
                         ABC "<OtherSelection><DefaultText>o</DefaultText>"
                             "</OtherSelection>"))));
    assert_int_equal(f.question_count, 2);
    assert_int_equal(f.items->overview->kind, FORM_TITLE);
    assert_int_equal(f.items->overview->next->next->kind, FORM_LIST);
    const struct form_question *t = form_find(&f, STR("t")), *s = form_find(&f, STR("s"));
    assert_true(t->required && t->text.numeric && t->text.has_min && t->text.has_max);
    assert_int_equal(t->text.min, -2);
    assert_int_equal(t->text.max, 9);
    assert_int_equal(t->text.max_length, 4);
    assert_int_equal(t->text.lines, 3);
    assert_true(t->text.regexes->fold && t->text.regexes->next && !t->text.regexes->next->next);
    assert_true(str_is(t->text.default_text, "d") && str_is(t->display_name, "D"));
    assert_true(s->other && !s->required && s->choice_count == 3 && s->max == 3);
    assert_int_equal(s->style, FORM_STYLE_MULTICHOOSER);
    assert_null(form_find(&f, STR("u")));
    /* A form of an overview alone; a prefix; a minimal length makes an answer required. */
    assert_int_equal(good(NEW(OVERVIEW("<Text/>"))).question_count, 0);
    good("<q:QuestionForm xmlns:q='" QUESTION_NS_FORM_2005
         "'><q:Overview><q:Text>x</q:Text></q:Overview></q:QuestionForm>");
    f = good(NEW(Q("t", "", CONSTRAINTS("<Length minLength='1'/>"))));
    assert_true(f.items->question->required);
}

static void test_off_schema(void **state) {
    (void)state;
    bad("<QuestionForm xmlns='https://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
        "2017-11-06/QuestionForm.xsd'/>",
        "root element");
    bad(NEW(""), "an Overview or a Question is missing");
    bad(NEW("x"), "text can not stand directly");
    bad(NEW("<Frame/>"), "element Frame: only Overview and Question");
    bad(NEW(OVERVIEW("")), "it is empty");
    bad(NEW(OVERVIEW("<Tilte>x</Tilte>")), "element Tilte: only Title");
    bad(NEW(OVERVIEW("<Text>x<b/></Text>")), "no element can stand here");
    bad(NEW(OVERVIEW("<List/>")), "ListItem is missing");
    bad(NEW("\n\n<Question/>"), "line 3");
    bad(NEW("<Question/>"), "QuestionIdentifier is missing");
    bad(NEW(Q("", "", TEXT(""))), "it is empty");
    bad(NEW(Q("assignmentId", "", TEXT(""))), "uses itself");
    bad(NEW(Q("a", "<IsRequired>yes</IsRequired>", TEXT(""))), "neither true nor false");
    bad(NEW(Q("a", REQUIRED "<DisplayName>x</DisplayName>", TEXT(""))),
        "QuestionContent was expected");
    bad(NEW(Q("a", "", "")), "FreeTextAnswer or SelectionAnswer");
    bad(NEW(Q("a", "", TEXT("") TEXT(""))), "no such element");
    bad(NEW(Q("a", "", TEXT("")) Q("a", "", TEXT(""))), "\"a\" stands there twice");
    bad(NEW(Q("a", "", SELECT("", ABC "<OtherSelection/>")) Q("a/other", "", TEXT(""))), "twice");
}

static void test_text_rules(void **state) {
    (void)state;
    bad(NEW(Q("a", "", CONSTRAINTS("<Length/><IsNumeric/>"))), "no such element");
    bad(NEW(Q("a", "", CONSTRAINTS("<IsNumeric minValue='x'/>"))), "minValue");
    bad(NEW(Q("a", "", CONSTRAINTS("<IsNumeric minValue='3' maxValue='2'/>"))), "more than");
    bad(NEW(Q("a", "", CONSTRAINTS("<IsNumeric min='3'/>"))), "attribute min is not allowed");
    bad(NEW(Q("a", "", CONSTRAINTS("<Length minLength='-1'/>"))), "minLength");
    bad(NEW(Q("a", "", CONSTRAINTS("<Length maxLength='0'/>"))), "maxLength");
    bad(NEW(Q("a", "", CONSTRAINTS("<Length minLength='3' maxLength='2'/>"))), "more than");
    bad(NEW(Q("a", "", CONSTRAINTS("<AnswerFormatRegex/>"))), "regex is missing");
    bad(NEW(Q("a", "", CONSTRAINTS("<AnswerFormatRegex regex='(a'/>"))), "is not closed");
    bad(NEW(Q("a", "", CONSTRAINTS("<AnswerFormatRegex regex='a' flags='g'/>"))), "only be \"i\"");
    bad(NEW(Q("a", "", TEXT("<NumberOfLinesSuggestion>0</NumberOfLinesSuggestion>"))),
        "not a whole number");
    struct question_form f =
        good(NEW(Q("a", "", CONSTRAINTS("<AnswerFormatRegex regex='(?=a)'/>"))));
    assert_int_equal(f.items->question->text.regexes->kind, PATTERN_FOREIGN);
}

static void test_selection_rules(void **state) {
    (void)state;
    bad(NEW(Q("a", "", SELECT("", ""))), "Selection is missing");
    bad(NEW(Q("a", "", "<SelectionAnswer/>")), "Selections is missing");
    bad(NEW(Q("a", "", SELECT(MAX("4"), ABC))), "only 3 selections");
    bad(NEW(Q("a", "", SELECT(MAX("0"), ABC))), "not a whole number");
    bad(NEW(Q("a", "", SELECT(MIN("2"), ABC))), "MinSelectionCount 2 is more than");
    bad(NEW(Q("a", "", SELECT(MAX("2") STYLE("radiobutton"), ABC))), "allows one selection");
    bad(NEW(Q("a", "", SELECT(MAX("2") STYLE("dropdown"), ABC))), "allows one selection");
    bad(NEW(Q("a", "", SELECT(STYLE("menu"), ABC))), "is not radiobutton");
    bad(NEW(Q("a", "", SELECT("", ABC CHOICE("a")))), "\"a\" stands there twice");
    bad(NEW(Q("a", "",
              SELECT("", "<Selection><SelectionIdentifier>a</SelectionIdentifier>"
                         "</Selection>"))),
        "a Text, FormattedContent or Binary");
    good(NEW(Q("a", "", SELECT(MAX("4"), ABC "<OtherSelection/>"))));
}

#define BINARY(type, url)                                                                          \
    "<Binary><MimeType><Type>" type "</Type></MimeType><DataURL>" url "</DataURL><AltText>x"       \
    "</AltText></Binary>"

static void test_media_and_old_elements(void **state) {
    (void)state;
    struct question_form f = good(NEW(OVERVIEW(BINARY("image", "https://h/x.png"))));
    assert_int_equal(f.items->overview->kind, FORM_BINARY);
    assert_true(str_is(f.items->overview->url, "https://h/x.png"));
    bad(NEW(OVERVIEW(BINARY("text", "https://h/x"))), "not image, audio or video");
    bad(NEW(OVERVIEW(BINARY("image", "javascript:alert(1)"))), "not an http or https address");
    bad(NEW(OVERVIEW("<EmbeddedBinary><EmbeddedMimeType><Type>image</Type></EmbeddedMimeType>"
                     "</EmbeddedBinary>")),
        "SubType is missing");
#define FLASH                                                                                      \
    OVERVIEW("<Application><Flash><FlashMovieURL>http://h/x.swf</FlashMovieURL><Width>1</Width>"   \
             "<Height>1</Height></Flash></Application>")
    bad(NEW(FLASH), "can not be run");
    bad(OLD(FLASH), "legacy_question_elements");
    bad(NEW(Q("a", "", FILE_ANSWER)), "files can not be asked for in this version");
    bad(OLD(Q("a", "", FILE_ANSWER)), "legacy_question_elements");
    bad_as(ERR_XML_PARSE, true, NEW(Q("a", "", FILE_ANSWER)), "files can not be asked for");
    assert_int_equal(good(OLD(FLASH)).items->overview->kind, FORM_APPLICATION);
    f = good(OLD(Q("a", "", FILE_ANSWER)));
    assert_true(f.has_file && f.items->question->file_max == 100);
    assert_int_equal(question_form_check(&arena, STR(OLD(Q("a", "", FILE_ANSWER)))).code,
                     ERR_XML_PARSE);
    assert_false(failed(question_form_check(&arena, STR(NEW(Q("a", "", TEXT("")))))));
}

static void shown(const char *xml, const char *want) {
    struct question_form f = good(xml);
    struct buf b = BUF_INIT;
    formatted_write(&b, f.items->overview->node);
    if (!str_is(buf_view(&b), want))
        fail_msg("got %.*s, want %s", STR_ARG(buf_view(&b)), want);
    buf_free(&b);
}

static void test_formatted(void **state) {
    (void)state;
    shown(NEW(XHTML("a <b>b</b> c&nbsp;&lt;&eacute;<br/><img src='https://h/x' alt='\"'/>")),
          "a <b>b</b> c\u00a0&lt;\u00e9<br><img src=\"https://h/x\" alt=\"&quot;\">");
    shown(NEW(XHTML("<a href='https://h/?a=1&amp;b' target='_top'>x</a>")),
          "<a href=\"https://h/?a=1&amp;b\" target=\"_blank\" rel=\"noopener\">x</a>");
    shown(NEW(OVERVIEW("<FormattedContent>&lt;p lang='de'&gt;x&lt;/p&gt;</FormattedContent>")),
          "<p lang=\"de\">x</p>");
    bad_xhtml(NEW(XHTML("<script>x</script>")), "element script");
    bad_xhtml(NEW(XHTML("<div>x</div>")), "element div");
    bad_xhtml(NEW(XHTML("<B>x</B>")), "element B");
    bad_xhtml(NEW(XHTML("<p onclick='x'>x</p>")), "attribute onclick");
    bad_xhtml(NEW(XHTML("<p style='x'>x</p>")), "attribute style");
    bad_xhtml(NEW(XHTML("<br lang='x'/>")), "attribute lang");
    bad_xhtml(NEW(XHTML("<a href='javascript:x'>x</a>")), "not an address");
    bad_xhtml(NEW(XHTML("<a href='java&#10;script:x'>x</a>")), "not an address");
    bad_xhtml(NEW(XHTML("<img src='https://h/x'/>")), "attribute alt is missing");
    bad_xhtml(NEW(XHTML("<br>x</br>")), "must be empty");
    bad_xhtml(NEW(XHTML("<p>x")), "within its text");
    bad_xhtml(NEW(XHTML("<!-- x -->")), "comment");
    bad_xhtml(NEW(XHTML("<?php x ?>")), "processing instruction");
    bad_xhtml(NEW(XHTML("&unknown;")), "unknown");
    bad_xhtml(NEW(XHTML("</FormattedContent><script/><FormattedContent>")), "within its text");
    bad_xhtml(NEW(XHTML("<svg xmlns='http://www.w3.org/2000/svg'/>")), "element svg");
    bad_xhtml(NEW("\n" XHTML("\n<div/>")), "line 3");
}

static void test_bounds(void **state) {
    (void)state;
    struct question_form form;
    struct buf deep = BUF_INIT;
    buf_puts(&deep, "<QuestionForm xmlns=\"" QUESTION_NS_FORM "\">");
    for (int i = 0; i < 1000000; i++)
        buf_puts(&deep, "<a>");
    struct err e = question_form_parse(&arena, buf_view(&deep), false, &form);
    assert_int_equal(e.code, ERR_XML_PARSE);
    assert_int_equal(
        question_form_parse(&arena, str_sub(buf_view(&deep), 0, 60000), false, &form).code,
        ERR_XML_PARSE);
    buf_free(&deep);
    bad("<!DOCTYPE x [<!ENTITY a 'b'>]>" NEW(OVERVIEW("<Text>&a;</Text>")), "DOCTYPE");
    /* As many expressions as fit, each as large as it may be: they stay within their memory. */
    struct buf many = BUF_INIT;
    buf_puts(&many, "<QuestionForm xmlns=\"" QUESTION_NS_FORM "\">");
    for (int i = 0; many.n < 65000; i++)
        buf_printf(&many, Q("q%d", "", CONSTRAINTS("<AnswerFormatRegex regex='.{7000}'/>")), i);
    buf_puts(&many, "</QuestionForm>");
    e = question_form_parse(&arena, buf_view(&many), false, &form);
    if (failed(e))
        fail_msg("%s", e.detail);
    buf_free(&many);
    assert_true(arena.used < (size_t)64 * 1024 * 1024);
}

/* ---- answers ---- */

static struct form_mistake *answer(const char *xml, const struct answer_field *fields, size_t n,
                                   struct str *typed) {
    struct question_form form = good(xml);
    struct form_upload upload = {STR("f"), STR("KEY"), 50};
    struct form_input in = {.uploads = &upload, .upload_count = form.has_file};
    assert_false(failed(answer_pack(&arena, fields, n, &in.fields)));
    return form_answer(&arena, &form, &in, typed);
}

static void takes(const char *xml, const char *name, const char *value, const char *want) {
    struct answer_field field = {str_c(name), str_c(value)};
    struct str typed;
    struct form_mistake *m = answer(xml, &field, 1, &typed);
    if (m)
        fail_msg("%s=%s: %s", name, value, m->message);
    if (!str_is(typed, want))
        fail_msg("got %.*s, want %s", STR_ARG(typed), want);
}

static void refuses(const char *xml, const char *name, const char *value, const char *words) {
    struct answer_field field = {str_c(name), str_c(value)};
    struct str typed;
    struct form_mistake *m = answer(xml, &field, 1, &typed);
    assert_non_null(m);
    assert_null(typed.p);
    if (!strstr(m->message, words))
        fail_msg("\"%s\" does not say \"%s\"", m->message, words);
}

static void test_text_answers(void **state) {
    (void)state;
    const char *plain = NEW(Q("t", "", TEXT("")));
    takes(plain, "t", "x", "1:t1:11:x");
    takes(plain, "unknown", "x", "1:t1:10:");
    refuses(NEW(Q("t", REQUIRED, TEXT(""))), "t", "", "Please answer");
    const char *number = NEW(Q("t", "", CONSTRAINTS("<IsNumeric/>")));
    takes(number, "t", "-2.50", "1:t1:15:-2.50");
    takes(number, "t", "", "1:t1:10:"); /* 6.3.3 */
    refuses(number, "t", "1e3", "a number");
    refuses(number, "t", ".", "a number");
    const char *range = NEW(Q("t", "", CONSTRAINTS("<IsNumeric minValue='1' maxValue='5'/>")));
    takes(range, "t", "5", "1:t1:11:5");
    refuses(range, "t", "6", "from 1 to 5");
    refuses(range, "t", "2.5", "from 1 to 5");
    const char *length = NEW(Q("t", "", CONSTRAINTS("<Length minLength='2' maxLength='3'/>")));
    takes(length, "t", "\u00e9\u00e9\u00e9", "1:t1:16:\u00e9\u00e9\u00e9");
    takes(length, "t", "  ", "1:t1:12:  ");
    refuses(length, "t", "x", "at least 2");
    refuses(length, "t", "xxxx", "at most 3");
    refuses(length, "t", "", "Please answer");
    const char *regex = NEW(Q("t", "",
                              CONSTRAINTS("<AnswerFormatRegex regex='[0-9]'/>"
                                          "<AnswerFormatRegex regex='^x' flags='i' "
                                          "errorText='Begin with x!'/>")));
    takes(regex, "t", "X1", "1:t1:12:X1");
    refuses(regex, "t", "1", "Begin with x!");
    refuses(regex, "t", "x", "form that is asked for");
    takes(NEW(Q("t", "", CONSTRAINTS("<AnswerFormatRegex regex='(?=zzz)'/>"))), "t", "a",
          "1:t1:11:a"); /* the browser's to check */
}

static void test_selection_answers(void **state) {
    (void)state;
    const char *one = NEW(Q("s", "", SELECT("", ABC)));
    takes(one, "s", "b", "1:s2:s11:b");
    takes(one, "s", "", "1:s2:s0"); /* 6.4.2 */
    refuses(one, "s", "z", "not one of the choices");
    refuses(NEW(Q("s", REQUIRED, SELECT("", ABC))), "x", "", "Please answer");
    const char *two = NEW(Q("s", "", SELECT(MIN("2") MAX("2"), ABC "<OtherSelection/>")));
    refuses(two, "s", "a", "exactly 2; 1 is");
    const struct answer_field more[] = {
        {STR("s"), STR("c")}, {STR("s"), STR("a")}, {STR("s"), STR("b")}};
    struct str typed;
    assert_null(answer(two, more, 2, &typed));
    assert_true(str_is(typed, "1:s2:s21:a1:c"));
    struct form_mistake *m = answer(two, more, 3, &typed);
    assert_non_null(strstr(m->message, "at most 2; 3 are"));
    const struct answer_field other[] = {{STR("s"), STR("a")}, {STR("s/other"), STR("d|e")}};
    assert_null(answer(two, other, 2, &typed));
    assert_true(str_is(typed, "1:s2:o21:a3:d|e"));
    struct buf xml = BUF_INIT;
    answer_write_xml(&xml, typed);
    assert_non_null(strstr(xml.p, "<QuestionIdentifier>s</QuestionIdentifier><SelectionIdentifier>a"
                                  "</SelectionIdentifier><OtherSelectionText>d|e"
                                  "</OtherSelectionText></Answer>"));
    struct str again;
    assert_false(failed(answer_read_xml(&arena, buf_view(&xml), &again)));
    assert_true(str_eq(typed, again));
    buf_free(&xml);
}

static void test_file_answers(void **state) {
    (void)state;
    takes(OLD(Q("f", "", FILE_ANSWER)), "f", "name.txt", "1:f3:f503:KEY");
    takes(OLD(Q("g", "", FILE_ANSWER)), "g", "", "1:g1:10:");
    refuses(OLD(Q("g", REQUIRED, FILE_ANSWER)), "g", "", "choose a file");
    refuses(OLD(Q("f", "",
                  "<FileUploadAnswer><MaxFileSizeInBytes>10</MaxFileSizeInBytes>"
                  "<MinFileSizeInBytes>2</MinFileSizeInBytes></FileUploadAnswer>")),
            "f", "", "from 2 to 10");
    struct buf xml = BUF_INIT;
    answer_write_xml(&xml, STR("1:f3:f503:KEY"));
    assert_non_null(strstr(xml.p, "<UploadedFileSizeInBytes>50</UploadedFileSizeInBytes>"
                                  "<UploadedFileKey>KEY</UploadedFileKey>"));
    buf_free(&xml);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_off_schema, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_selection_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_media_and_old_elements, setup, teardown),
        cmocka_unit_test_setup_teardown(test_formatted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_selection_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_file_answers, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
