/* formats/xml_in, formats/xml_out: hostile documents are refused, with a place; good ones are read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/xml_in.h"
#include "formats/xml_out.h"

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

static struct xml_node *good(struct str text) {
    struct xml_node *root;
    struct err e = xml_read(&arena, text, XML_BYTES_MAX, &root);
    if (failed(e))
        fail_msg("%s", e.detail);
    assert_non_null(root);
    return root;
}

/* Refused, and the message holds words. */
static void bad(struct str text, const char *words) {
    struct xml_node *root;
    struct err e = xml_read(&arena, text, XML_BYTES_MAX, &root);
    assert_int_equal(e.code, ERR_XML_PARSE);
    assert_null(root);
    if (!strstr(e.detail, words))
        fail_msg("\"%s\" does not say \"%s\"", e.detail, words);
}

static struct str repeated(const char *before, const char *what, int times, const char *behind) {
    struct buf b = BUF_INIT;
    buf_puts(&b, before);
    for (int i = 0; i < times; i++)
        buf_puts(&b, what);
    buf_puts(&b, behind);
    struct str s = buf_dup(&arena, &b);
    buf_free(&b);
    return s;
}

static void test_tree(void **state) {
    (void)state;
    struct xml_node *root = good(STR("\xEF\xBB\xBF \n<?xml version='1.0' encoding='ASCII'?>\n"
                                     "<q:a xmlns:q=' urn:x ' n='1 &lt; 2' q:m='z'>\n"
                                     "  <q:b>x &amp; <![CDATA[<y>&]]>\xC3\xA4&#x1F600;</q:b>\n"
                                     "  <c/>\n</q:a>"));
    assert_true(xml_is(root, STR("urn:x"), "a"));
    assert_str(xml_attr(root, "n")->value, "1 < 2");
    assert_null(xml_attr(root, "m"));
    assert_str(root->attrs->next->ns, "urn:x");
    assert_str(root->first->text, "x & <y>&\xC3\xA4\xF0\x9F\x98\x80");
    assert_int_equal(root->first->line, 4);
    assert_null(root->first->next->ns.p);
    assert_str(root->first->next->text, "");
    assert_ptr_equal(root->first->next->parent, root);
    assert_null(root->first->next->next);
    assert_true(xml_blank(root->text));
}

static void test_position(void **state) {
    (void)state;
    bad(STR("\n\n  <a>\n  <b></c></a>"), "line 4");
    bad(STR("  <a></b>"), "line 1, column 10, element a");
    bad(STR("<a>\n<b>\n</a>"), "element b");
    bad(STR("<a>\n\xFF</a>"), "line 2, column 1");
}

static void test_not_xml(void **state) {
    (void)state;
    bad(STR(""), "empty");
    bad(STR_NULL, "empty");
    bad(STR(" \n "), "empty");
    bad(STR("hello"), "line 1");
    bad(STR("<a>"), "line 1");
    bad(STR("<a/><b/>"), "line 1");
    bad(STR("<a b='1' b='2'/>"), "line 1");
    bad(STR("<p:a/>"), "p");
    bad(STR("<a>\x01</a>"), "line 1");
    bad(STR("<\0?\0x\0m\0l\0"), "NUL");
    bad(STR("<a>]]></a>"), "line 1");
    bad(STR("<a"), "line 1");
    bad(STR("<"), "line 1");
    bad(STR("<!"), "line 1");
    bad(STR("<a><![CDATA["), "line 1");
}

/* Lone surrogates and characters that XML does not have, by reference. */
static void test_references(void **state) {
    (void)state;
    bad(STR("<a>&#xD800;</a>"), "line 1");
    bad(STR("<a>&#xD83D;&#xDE00;</a>"), "line 1");
    bad(STR("<a>&#0;</a>"), "line 1");
    bad(STR("<a b='&#xFFFE;'/>"), "line 1");
    bad(STR("<a>&#x110000;</a>"), "line 1");
    bad(STR("<a>&#99999999999999999999;</a>"), "line 1");
    bad(STR("<a>&nbsp;</a>"), "&nbsp; is not defined");
    bad(STR("<a b='&nbsp;'/>"), "&nbsp; is not defined");
    assert_str(good(STR("<a>&lt;&gt;&amp;&quot;&apos;&#160;</a>"))->text, "<>&\"'\xC2\xA0");
}

static void test_doctype(void **state) {
    (void)state;
    bad(STR("<!DOCTYPE html><a/>"), "DOCTYPE");
    bad(STR("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), "DOCTYPE");
    bad(STR("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"), "DOCTYPE");
    bad(STR("<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>"), "DOCTYPE");
    bad(STR("<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'>"
            "<!ENTITY lol1 '&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;'>"
            "<!ENTITY lol2 '&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;'>"
            "<!ENTITY lol3 '&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;'>]>"
            "<lolz>&lol3;</lolz>"),
        "DOCTYPE");
    assert_str(good(STR("<a><![CDATA[<!DOCTYPE html>]]></a>"))->text, "<!DOCTYPE html>");
}

static void test_bounds(void **state) {
    (void)state;
    bad(repeated("", "<a>", 100000, ""), "nested");
    bad(repeated("", "<a>", XML_DEPTH_MAX + 1, ""), "nested");
    good(repeated("<r>", "<a></a>", 1000, "</r>"));
    bad(repeated("<r>", "<a/>", XML_NODES_MAX, "</r>"), "elements");
    bad(repeated("<a b='", "x", XML_TAG_MAX, "'/>"), "a tag has more than");
    bad(repeated("<a ", "b='' ", 100000, "/>"), "a tag has more than");
    bad(repeated("<a b='", ">", XML_TAG_MAX, "'/>"), "a tag has more than");
    bad(repeated("<", "a", XML_TAG_MAX, "/>"), "a tag has more than");
    assert_int_equal(good(repeated("<a><![CDATA[", "<b c='", 100000, "]]></a>"))->text.n, 600000);
    assert_int_equal(good(repeated("<a>", "&amp;", 1 << 20, "</a>"))->text.n, 1 << 20);
    struct xml_node *root;
    struct err e = xml_read(&arena, STR("<a>12345</a>"), 11, &root);
    assert_int_equal(e.code, ERR_XML_PARSE);
    assert_non_null(strstr(e.detail, "12 bytes, at most 11"));
}

static struct str cleaned(struct str s) {
    struct buf b = BUF_INIT;
    xml_put_clean(&b, s);
    struct str out = buf_dup(&arena, &b);
    buf_free(&b);
    return out;
}

static void test_clean(void **state) {
    (void)state;
    assert_str(cleaned(STR("\x01"
                           "a\xEF\xBF\xBE")),
               "a"); /* vector 11 */
    assert_str(cleaned(STR("a\r\nb\rc\n\td\r")), "a\nb\nc\n\td\n");
    assert_str(cleaned(STR("\xC3(\xED\xA0\x80")),
               "\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_str(cleaned(STR("\xF0\x9F\x98\x80\xC3\xA4\x7F")), "\xF0\x9F\x98\x80\xC3\xA4\x7F");
    assert_str(cleaned(STR("")), "");
}

static void test_put(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    xml_put_text(&b, STR("3 < 4 & \"wet\" > 'dry'"));
    assert_str(buf_view(&b), "3 &lt; 4 &amp; \"wet\" &gt; 'dry'");
    buf_clear(&b);
    xml_put_cdata(&b, STR("a]]>b]]]>]]>"));
    buf_puts(&b, "</a>");
    struct str doc = str_printf(&arena, "<a>%s", b.p);
    assert_str(good(doc)->text, "a]]>b]]]>]]>");
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_position, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_xml, setup, teardown),
        cmocka_unit_test_setup_teardown(test_references, setup, teardown),
        cmocka_unit_test_setup_teardown(test_doctype, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clean, setup, teardown),
        cmocka_unit_test_setup_teardown(test_put, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
