/* http/form.h, http/json_in.h: what strangers send, well-formed and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "http/form.h"
#include "http/json_in.h"

static int setup(void **state) {
    struct arena *a = test_malloc(sizeof(*a));
    arena_init(a, 0);
    *state = a;
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    test_free(*state);
    return 0;
}

/* "name=value;" a field, "name@filename(type)=length;" a file */
static const char *shown(struct arena *a, const struct form *form) {
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *f = &form->fields[i];
        if (f->filename.p)
            buf_printf(&b, "%.*s@%.*s(%.*s)=%zu;", STR_ARG(f->name), STR_ARG(f->filename),
                       STR_ARG(f->type), f->value.n);
        else
            buf_printf(&b, "%.*s=%.*s;", STR_ARG(f->name), STR_ARG(f->value));
    }
    const char *s = str_z(a, buf_view(&b));
    buf_free(&b);
    return s;
}

static void urlencoded(struct arena *a, const char *text, unsigned flags, const char *want) {
    struct form form;
    assert_false(failed(form_parse_urlencoded(a, str_c(text), flags, &form)));
    assert_string_equal(shown(a, &form), want);
}

static void test_urlencoded(void **state) {
    struct arena *a = *state;
    urlencoded(a, "", 0, "");
    urlencoded(a, "a=1&b=2&a=3", 0, "a=1;b=2;a=3;");
    urlencoded(a, "&&a&=x&b=&", 0, "a=;=x;b=;");
    urlencoded(a, "a=x=y&b+c=d+e%2B%26", 0, "a=x=y;b c=d e+&;");
    urlencoded(a, "a=%&b=%4&c=%zz&d=%41", 0, "a=%;b=%4;c=%zz;d=A;");
    urlencoded(a, "a=%ff%C3%A9%ed%a0%80", 0,
               "a=\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD;");
    urlencoded(a, "a=1%0D%0A2%0D3%0A", FORM_LF, "a=1\n2\n3\n;");
    urlencoded(a, "a=1%0D%0A2", 0, "a=1\r\n2;");
}

static void test_bounds(void **state) {
    struct arena *a = *state;
    struct form form;
    struct buf b = BUF_INIT;
    for (int i = 0; i < ANSWER_FIELDS_MAX; i++)
        buf_puts(&b, "a&");
    assert_false(failed(form_parse_urlencoded(a, buf_view(&b), 0, &form)));
    assert_int_equal(form.count, ANSWER_FIELDS_MAX);
    buf_puts(&b, "a");
    assert_int_equal(form_parse_urlencoded(a, buf_view(&b), 0, &form).code, ERR_BAD_REQUEST);
    buf_clear(&b);
    for (int i = 0; i <= FIELD_NAME_MAX; i++)
        buf_putc(&b, 'n');
    assert_int_equal(form_parse_urlencoded(a, buf_view(&b), 0, &form).code, ERR_BAD_REQUEST);
    buf_clear(&b);
    buf_puts(&b, "a=");
    for (size_t i = 0; i <= ANSWER_MAX; i++)
        buf_putc(&b, 'v');
    assert_int_equal(form_parse_urlencoded(a, buf_view(&b), 0, &form).code, ERR_BAD_REQUEST);
    buf_free(&b);
}

static void multipart(struct arena *a, const char *body, const char *want) {
    struct form form;
    struct err e = form_parse_multipart(a, STR("multipart/form-data; boundary=\"B B\""),
                                        str_c(body), FORM_LF, &form);
    if (!want) {
        assert_int_equal(e.code, ERR_BAD_REQUEST);
        assert_int_equal(form.count, 0);
        return;
    }
    if (failed(e))
        fail_msg("%s", e.detail);
    assert_string_equal(shown(a, &form), want);
}

#define NAMED(name) "--B B\r\nContent-Disposition: form-data; name=\"" name "\""

static void test_multipart(void **state) {
    struct arena *a = *state;
    multipart(a, "--B B--\r\n", "");
    multipart(a, "preamble\r\n" NAMED("a") "\r\n\r\n1\r\n2\r\n--B B--epilogue", "a=1\n2;");
    multipart(a, NAMED("a") "\r\n\r\n\r\n" NAMED("b") "\r\n\r\n--B \r\n--B B--", "a=;b=--B ;");
    multipart(a,
              NAMED("f") "; filename=\"C:\\dir\\x.csv\"\r\nContent-Type: text/csv\r\n\r\n"
                         "a\r\nb\r\n--B B--",
              "f@x.csv(text/csv)=4;");
    multipart(a, NAMED("f") "; filename=\"\"\r\n\r\n\r\n--B B--", "f@()=0;");
    multipart(a, NAMED("f%22\\\"") "; filename=\"../a/%22.csv\"\r\n\r\nx\r\n--B B--",
              "f\"\"@\".csv()=1;");
    multipart(a, NAMED("f") "; filename*=UTF-8''%e2%82%ac.csv\r\n\r\nx\r\n--B B--",
              "f@\xE2\x82\xAC.csv()=1;");
    multipart(a, "--B B\r\ncontent-disposition: Form-Data; NAME=a\r\n\r\nx\r\n--B B--", "a=x;");
    /* malformed or cut off: nothing is taken */
    multipart(a, "", NULL);
    multipart(a, NAMED("a") "\r\n\r\n1", NULL);
    multipart(a, NAMED("a") "\r\n\r\n1\r\n--B B", NULL);
    multipart(a, NAMED("a") "\r\n--B B--", NULL);
    multipart(a, "--B B\r\n\r\nnameless\r\n--B B--", NULL);
    multipart(a, NAMED("a") "\r\n\r\n1\r\n--B Bx\r\n--B B--", NULL);
}

static void test_lookup(void **state) {
    struct arena *a = *state;
    struct form form;
    const char *body = NAMED("a") "\r\n\r\n1\r\n" NAMED("a") "; filename=\"x\"\r\n\r\n2\r\n" NAMED(
        "a") "\r\n\r\n3\r\n--B B--";
    assert_false(
        failed(form_parse(a, STR("Multipart/Form-Data;boundary=\"B B\""), str_c(body), 0, &form)));
    assert_true(str_is(form_get(&form, "a"), "1"));
    assert_null(form_get(&form, "b").p);
    assert_true(str_is(form_file(&form, "a")->value, "2"));
    assert_null(form_file(&form, "b"));
    size_t i = 0;
    struct str value;
    assert_true(form_next(&form, "a", &i, &value) && str_is(value, "1"));
    assert_true(form_next(&form, "a", &i, &value) && str_is(value, "3"));
    assert_false(form_next(&form, "a", &i, &value));
    assert_false(failed(form_parse(a, STR("application/json"), STR("{}"), 0, &form)));
    assert_int_equal(form.count, 0);
    assert_int_equal(form_parse(a, STR("multipart/form-data"), STR("--"), 0, &form).code,
                     ERR_BAD_REQUEST);
}

static void test_encode(void **state) {
    struct arena *a = *state;
    struct buf b = BUF_INIT;
    form_encode(&b, STR("aZ0-._~ /+%\xC3\xA9"));
    assert_string_equal(b.p, "aZ0-._~%20%2F%2B%25%C3%A9");
    assert_true(str_is(form_decode(a, buf_view(&b), false, false), "aZ0-._~ /+%\xC3\xA9"));
    assert_true(str_is(form_decode(a, STR("%2f+%41"), false, true), "%2f+A"));
    buf_free(&b);
}

static void bad_json(struct arena *a, struct str text) {
    json_t *v;
    struct err e = json_in(a, text, BODY_MAX, false, &v);
    if (e.code != ERR_BAD_JSON || v)
        fail_msg("accepted: %.*s", STR_ARG(text));
}

static void test_json(void **state) {
    struct arena *a = *state;
    json_t *v;
    assert_false(failed(json_in(a,
                                STR("{\"a\": 1, \"a\": 2, \"b\": \"\\ud83d\\ude00\", "
                                    "\"c\": 0.05, \"d\": 60.0, \"e\": 9223372036854775807}"),
                                BODY_MAX, false, &v)));
    assert_int_equal(json_integer_value(json_object_get(v, "a")), 2);
    assert_true(str_is(json_in_str(json_object_get(v, "b")), "\xF0\x9F\x98\x80"));
    assert_null(json_in_str(json_object_get(v, "a")).p);
    assert_true(str_is(json_in_number(a, json_object_get(v, "c")), "0.05"));
    assert_true(str_is(json_in_number(a, json_object_get(v, "d")), "60"));
    assert_true(str_is(json_in_number(a, json_object_get(v, "a")), "2"));
    assert_null(json_in_number(a, json_object_get(v, "b")).p);
    json_decref(v);
    assert_false(failed(json_in(a, STR("3"), BODY_MAX, true, &v)));
    json_decref(v);
    bad_json(a, STR_NULL);
    bad_json(a, STR(""));
    bad_json(a, STR("3"));
    bad_json(a, STR("{} x"));
    bad_json(a, STR("{\"a\": \"\\ud83d\"}"));
    bad_json(a, STR("{\"a\": \"\\ude00\"}"));
    bad_json(a, STR("{\"a\": \"\\ud83d\\u0041\"}"));
    bad_json(a, STR("{\"a\": \"\\u0000\"}"));
    bad_json(a, STR("{\"a\": \"\0\"}"));
    bad_json(a, STR("{\"a\": \"\xff\"}"));
    bad_json(a, STR("{\"a\": \"\xed\xa0\x80\"}"));
    bad_json(a, STR("{\"a\": 9223372036854775808}"));
    bad_json(a, STR("{\"a\": 1e999}"));
    bad_json(a, STR("{'a': 1}"));
    bad_json(a, STR("{\"a\": 1,}"));
    assert_int_equal(json_in(a, STR("{    }"), 5, false, &v).code, ERR_BAD_JSON);
}

static void test_json_depth(void **state) {
    struct arena *a = *state;
    struct buf b = BUF_INIT;
    json_t *v;
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        buf_clear(&b);
        for (int i = 0; i < depth; i++)
            buf_putc(&b, '[');
        buf_puts(&b, "\"]\\\"]\"");
        for (int i = 0; i < depth; i++)
            buf_putc(&b, ']');
        struct err e = json_in(a, buf_view(&b), BODY_MAX, false, &v);
        assert_int_equal(e.code, depth == JSON_DEPTH_MAX ? ERR_OK : ERR_BAD_JSON);
        json_decref(v);
    }
    buf_free(&b);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_urlencoded), T(test_bounds), T(test_multipart),  T(test_lookup),
        T(test_encode),     T(test_json),   T(test_json_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
