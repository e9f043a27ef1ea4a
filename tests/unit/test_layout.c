/* formats/layout: placeholders, filling, the page around a layout, addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/layout.h"
#include "formats/layout_lint.h"

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

static struct str taken(struct buf *b) {
    struct str s = buf_dup(&arena, b);
    buf_free(b);
    return s;
}

static struct str filled(const char *html, const struct str *names, const struct str *values,
                         size_t count) {
    struct buf b = BUF_INIT;
    struct layout_plan plan = layout_plan(&arena, str_c(html), names, count);
    layout_fill(&b, &plan, values);
    assert_int_equal(b.n, layout_filled_size(&plan, values));
    return taken(&b);
}

static void test_variables(void **state) {
    (void)state;
    struct layout l = layout_read(&arena, STR("<p title='${t}'>${a b}\n ${t}${a.b-c_1}</p>\n"
                                              "<script>var x = `${cat.code}` + '${SENT\" + id + "
                                              "\"}';</script><!-- ${old} --><b onclick=\"f("
                                              "${ev})\">${} ${open"));
    static const struct {
        const char *name;
        enum layout_place place;
        int line, column;
    } want[] = {
        {"t", LAYOUT_ATTRIBUTE, 1, 11}, {"a b", LAYOUT_TEXT, 1, 17},
        {"a.b-c_1", LAYOUT_TEXT, 2, 6}, {"cat.code", LAYOUT_SCRIPT, 3, 18},
        {"old", LAYOUT_COMMENT, 3, 67}, {"ev", LAYOUT_SCRIPT, 3, 91},
    };
    assert_int_equal(l.var_count, 6);
    for (size_t i = 0; i < l.var_count; i++) {
        assert_str(l.vars[i].name, want[i].name);
        assert_int_equal(l.vars[i].place, want[i].place);
        assert_int_equal(l.vars[i].line, want[i].line);
        assert_int_equal(l.vars[i].column, want[i].column);
    }
    assert_int_equal(l.unclosed_count, 3);
    assert_str(l.unclosed[2].name, "${open");
}

/* The same name in a script first and in text later counts as one in text. */
static void test_strict_use_wins(void **state) {
    (void)state;
    struct layout l = layout_read(&arena, STR("${b}<script>${a}</script>\n<i>${a}</i><!--${b}-->"));
    assert_int_equal(l.var_count, 2);
    assert_str(l.vars[1].name, "a");
    assert_int_equal(l.vars[1].place, LAYOUT_TEXT);
    assert_int_equal(l.vars[1].line, 2);
    assert_int_equal(l.vars[0].place, LAYOUT_TEXT);
}

static void test_check(void **state) {
    (void)state;
    struct layout l = layout_read(&arena, STR("${image_url} ${Name} ${x + y} ${open\n"
                                              "<script>`${q}`</script>"));
    const struct str names[] = {STR("image_url"), STR("name"), STR("extra")};
    struct layout_findings f = layout_check(&arena, &l, names, 3, false);
    assert_int_equal(f.count, 4);
    assert_int_equal(f.errors, 1);
    assert_int_equal(f.list[0].level, LAYOUT_ERROR);
    assert_string_equal(f.list[0].text, "The layout needs a value for ${Name} (line 1), but none "
                                        "is given; \"name\" differs from it in case only.");
    assert_str(f.list[1].name, "x + y");
    assert_int_equal(f.list[1].level, LAYOUT_WARNING);
    assert_str(f.list[2].name, "q");
    assert_int_equal(f.list[2].line, 2);
    assert_non_null(strstr(f.list[3].text, "not a closed placeholder"));
    f = layout_check(&arena, &l, names, 3, true);
    assert_int_equal(f.errors, 3); /* Name has no value; name and extra have no placeholder */
    struct layout none = layout_read(&arena, STR("<p>"));
    assert_int_equal(layout_check(&arena, &none, NULL, 0, true).count, 0);
}

static void test_fill(void **state) {
    (void)state;
    const struct str names[] = {STR("b"), STR("a")};
    const struct str values[] = {STR("x"), STR("${b}")};
    assert_str(filled("${a}${b}", names, values, 2), "${b}x"); /* vector 6 */
    assert_str(filled("${c}$ {a}${A}$${b}${", names, values, 2), "${c}$ {a}${A}$x${");
    assert_str(filled("", names, values, 2), "");
    const struct str t[] = {STR("t")}, quote[] = {STR("a\"b")};
    assert_str(filled("<p title=\"${t}\">", t, quote, 1), "<p title=\"a\"b\">"); /* vector 5 */
    assert_str(filled("${t}", NULL, NULL, 0), "${t}");
}

static void test_value_warning(void **state) {
    (void)state;
    assert_non_null(layout_value_warning(LAYOUT_ATTRIBUTE, STR("a\"b"))); /* vector 5 */
    assert_null(layout_value_warning(LAYOUT_TEXT, STR("a\"b")));
    assert_non_null(layout_value_warning(LAYOUT_SCRIPT, STR("{\"a\":\"</SCRIPT>\"}")));
    assert_null(layout_value_warning(LAYOUT_SCRIPT, STR("{\"a\":\"</b>\"}")));
    assert_non_null(layout_value_warning(LAYOUT_TEXT, STR("x</div>")));
    assert_non_null(layout_value_warning(LAYOUT_TEXT, STR("x<div")));
    assert_null(layout_value_warning(LAYOUT_TEXT, STR("1 < 2, <b>x</b><br>")));
}

static void test_control(void **state) {
    (void)state;
    static const struct {
        const char *html;
        bool ok;
    } cases[] = {
        {"<p>hello", false},
        {"<INPUT type=text>", true},
        {"<select>", true},
        {"<textarea>", true},
        {"<crowd-form><crowd-button>go</crowd-button></crowd-form>", false},
        {"<crowd-form><crowd-classifier name=x></crowd-form>", true},
        {"<!-- <input> --><script>'<input>'</script>", false},
        {"<inputs>", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct layout l = layout_read(&arena, str_c(cases[i].html));
        assert_int_equal(!failed(layout_require_control(&arena, &l)), cases[i].ok);
    }
}

static struct str page(const char *template) {
    struct layout l = layout_read(&arena, str_c(template));
    struct buf b = BUF_INIT;
    layout_page(&b, &l, str_c(template), STR("A & <B>"));
    return taken(&b);
}

static bool holds(struct str s, const char *what) {
    return str_find(s, str_c(what)) >= 0;
}

static void test_page(void **state) {
    (void)state;
    struct str p = page("<p><input name=a>");
    assert_true(holds(p, "<title>A &amp; &lt;B&gt;</title>"));
    assert_true(holds(p, "name=\"mturk_form\""));
    assert_true(holds(p, "name=\"assignmentId\""));
    assert_true(holds(p, "<p><input name=a>"));
    assert_true(holds(p, "id=\"submitButton\""));
    assert_false(holds(page("<input name=a><button>Send</button>"), "submitButton"));
    assert_true(holds(page("<input name=a><button type=button>x</button>"), "submitButton"));
    p = page("<Crowd-Form answer-format=\"flatten-objects\"><crowd-input name=a></crowd-form>");
    assert_false(holds(p, "mturk_form"));
    assert_true(holds(p, "<title>"));
    assert_false(holds(page("<form action=/x><input name=a></form>"), "mturk_form"));
    assert_true(holds(page("<!-- <form> --><input name=a>"), "mturk_form"));
    assert_str(page("<!DOCTYPE html><html><input></html>"), "<!DOCTYPE html><html><input></html>");
}

static struct str rewritten(const char *html) {
    const struct layout_addresses to = {STR("https://w/mturk/externalSubmit"), STR("/h.js"),
                                        STR("/c.js"), STR_NULL};
    struct buf b = BUF_INIT;
    layout_rewrite(&b, str_c(html), &to);
    return taken(&b);
}

static void test_rewrite(void **state) {
    (void)state;
    assert_str(rewritten("<form action=\"https://www.mturk.com/mturk/externalSubmit\">"),
               "<form action=\"https://w/mturk/externalSubmit\">");
    assert_str(rewritten("'HTTP://workersandbox.mturk.com/mturk/externalSubmit?x' // y"),
               "'https://w/mturk/externalSubmit?x' // y");
    assert_str(rewritten("https://www.mturk.com/mturk/externalSubmits ///"),
               "https://www.mturk.com/mturk/externalSubmits ///");
    assert_str(rewritten("src=https://s3.amazonaws.com/mturk-public/externalHIT_v1.js>"),
               "src=/h.js>");
    assert_str(rewritten("//assets.crowd.aws/crowd-html-elements.js"), "/c.js");
    assert_str(rewritten("https://assets.crowd.aws/css/crowd-html-elements-v2.css"),
               "https://assets.crowd.aws/css/crowd-html-elements-v2.css");
    assert_str(rewritten("https://example.org/a"), "https://example.org/a");
    assert_str(rewritten(""), "");
}

static struct str task_url(const char *url, bool preview) {
    struct task_parameters p = {STR("ASSIGNMENT_ID_NOT_AVAILABLE"), STR("3H"), STR_NULL, STR_NULL};
    if (!preview)
        p = (struct task_parameters){STR("3A"), STR("3H"), STR("https://w:8/"), STR("A\xC3\xA4 ")};
    struct buf b = BUF_INIT;
    external_url(&b, str_c(url), &p);
    return taken(&b);
}

static void test_external_url(void **state) {
    (void)state;
#define ADDED "assignmentId=3A&hitId=3H&turkSubmitTo=https%3A%2F%2Fw%3A8%2F&workerId=A%C3%A4%20"
    assert_str(task_url("https://h/p?q=1#top", false), "https://h/p?q=1&" ADDED "#top"); /* 4 */
    assert_str(task_url("https://h/p", false), "https://h/p?" ADDED);
    assert_str(task_url("https://h/p?", false), "https://h/p?" ADDED);
    assert_str(task_url("https://h/p?a=%20&", false), "https://h/p?a=%20&" ADDED);
    assert_str(task_url("https://h/#/r?x", false), "https://h/?" ADDED "#/r?x");
    assert_str(task_url("https://h/p#", true),
               "https://h/p?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=3H#");
}

/* What a stranger could send to keep us busy. */
static void test_large(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    for (int i = 0; b.n < LAYOUT_FILLED_MAX; i++)
        buf_printf(&b, "${%d}", i);
    struct layout l = layout_read(&arena, buf_view(&b));
    assert_true(l.var_count > 100000);
    struct layout_findings f = layout_check(&arena, &l, NULL, 0, false);
    assert_int_equal(f.count, LAYOUT_FINDINGS_MAX);
    assert_int_equal(f.errors, l.var_count);
    buf_clear(&b);
    while (b.n < LAYOUT_FILLED_MAX)
        buf_puts(&b, "<a b='${x}${");
    l = layout_read(&arena, buf_view(&b));
    assert_int_equal(l.var_count, 1);
    buf_free(&b);
}

/* What the author of a layout is told, with its place (requester-site 2.4). */
static void lints(const char *html, int line, int column, const char *words) {
    struct layout l = layout_read(&arena, str_c(html));
    struct layout_findings f = layout_lint(&arena, &l);
    for (size_t i = 0; i < f.count; i++)
        if (str_find(str_c(f.list[i].text), str_c(words)) >= 0) {
            assert_int_equal(f.list[i].line, line);
            assert_int_equal(f.list[i].column, column);
            return;
        }
    fail_msg("nothing about \"%s\"", words);
}

static void test_lint(void **state) {
    (void)state;
    lints("<p>x</p>", 0, 0, "nothing that a worker could fill in");
    lints("<input name='a'>\n <input>", 2, 2, "has no name");
    lints("<input name='a'>\n<textarea name='a'></textarea>", 2, 1, "A second field");
    lints("<input name='Reject'>", 1, 1, "reviewers decide");
    lints("<input name='hitId'>", 1, 1, "reserved");
    lints("<img src='http://x/y.png'><input name='a'>", 1, 1, "by http:");
    lints("${Url} ${url}<input name='a'>", 1, 8, "in case only");
    lints("<input name='a'>\n${url", 2, 1, "not a closed placeholder");
    lints("<form><input name='a'></form>", 0, 0, "without a button");
    struct layout good = layout_read(
        &arena, STR("<form><input type='hidden' name='assignmentId'><p>${q}</p>"
                    "<input type='radio' name='a' value='1'><input type='radio' name='a' value='2'>"
                    "<button>Send</button></form>"));
    assert_int_equal(layout_lint(&arena, &good).count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lint, setup, teardown),
        cmocka_unit_test_setup_teardown(test_variables, setup, teardown),
        cmocka_unit_test_setup_teardown(test_strict_use_wins, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fill, setup, teardown),
        cmocka_unit_test_setup_teardown(test_value_warning, setup, teardown),
        cmocka_unit_test_setup_teardown(test_control, setup, teardown),
        cmocka_unit_test_setup_teardown(test_page, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rewrite, setup, teardown),
        cmocka_unit_test_setup_teardown(test_external_url, setup, teardown),
        cmocka_unit_test_setup_teardown(test_large, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
