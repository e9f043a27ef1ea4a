/* site/static.h: styles and browser code as browsers get them. The table of files is this test's,
 * and what would go out is kept instead of sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "site/static.h"

#define APP "/static/app.0A1B2C3D.css"

const struct static_file static_files[] = {
    {"app.css", APP, "text/css; charset=utf-8", {"body{}", 6}, {"\x1f\x8b", 2}},
    {"favicon.svg", "/static/favicon.11223344.svg", "image/svg+xml", {"<svg/>", 6}, {NULL, 0}},
    {.name = NULL},
};

/* ---- instead of http/ ---- */

static struct http_reply sent;
static struct http_header sent_headers[8];
static int answers;

struct str http_header(const struct http_request *req, const char *name) {
    for (size_t i = 0; i < req->header_count; i++)
        if (str_ieq(req->headers[i].name, str_c(name)))
            return req->headers[i].value;
    return STR_NULL;
}

void http_reply(struct http_request *req, const struct http_reply *reply) {
    (void)req;
    assert_true(reply->header_count <= 8);
    sent = *reply;
    for (size_t i = 0; i < reply->header_count; i++)
        sent_headers[i] = reply->headers[i];
    sent.headers = sent_headers;
    answers++;
}

void http_reply_text(struct http_request *req, int status, const char *type, struct str text) {
    http_reply(req, &(struct http_reply){.status = status, .type = type, .body = text});
}

static struct arena arena;

/* Asks for a file with one more header, or none. */
static bool ask(const char *method, const char *path, const char *name, const char *value) {
    struct http_header header = {str_c(name), str_c(value)};
    struct http_request req = {
        .method = str_c(method),
        .path = str_c(path),
        .headers = &header,
        .header_count = name ? 1 : 0,
        .arena = &arena,
    };
    answers = 0;
    bool taken = static_handle(&req);
    assert_int_equal(answers, taken);
    return taken;
}

/* Value of a header of the answer; NULL when it has none. */
static const char *header(const char *name) {
    for (size_t i = 0; i < sent.header_count; i++)
        if (str_is(sent.headers[i].name, name))
            return str_z(&arena, sent.headers[i].value);
    return NULL;
}

/* ---- tests ---- */

static void test_address(void **state) {
    (void)state;
    assert_true(str_is(static_url("app.css"), APP));
}

static void test_plain(void **state) {
    (void)state;
    assert_true(ask("GET", APP, NULL, NULL));
    assert_int_equal(sent.status, 0);
    assert_string_equal(sent.type, "text/css; charset=utf-8");
    assert_true(str_is(sent.body, "body{}"));
    assert_string_equal(header("Cache-Control"), "public, max-age=31536000, immutable");
    assert_string_equal(header("X-Content-Type-Options"), "nosniff");
    assert_string_equal(header("Vary"), "Accept-Encoding");
    assert_string_equal(header("ETag"), "\"app.0A1B2C3D.css\"");
    assert_null(header("Content-Encoding"));
}

static void test_packed(void **state) {
    (void)state;
    static const struct {
        const char *accept;
        bool packed;
    } cases[] = {
        {"gzip", true},       {"br, GZIP, deflate", true}, {"gzip;q=0.5", true},
        {"gzip; q=0", false}, {"br, deflate", false},      {"x-gzip-like", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask("GET", APP, "Accept-Encoding", cases[i].accept);
        const char *coding = header("Content-Encoding");
        assert_int_equal(coding != NULL, cases[i].packed);
        assert_int_equal(sent.body.n, cases[i].packed ? 2 : 6);
    }
    ask("GET", "/favicon.svg", "Accept-Encoding", "gzip");
    assert_null(header("Content-Encoding")); /* does not pay */
}

static void test_not_modified(void **state) {
    (void)state;
    ask("GET", APP, "If-None-Match", "\"other\", \"app.0A1B2C3D.css\"");
    assert_int_equal(sent.status, 304);
    assert_int_equal(sent.body.n, 0);
    assert_string_equal(header("ETag"), "\"app.0A1B2C3D.css\"");
    ask("GET", APP, "If-None-Match", "\"app.FFFFFFFF.css\"");
    assert_int_equal(sent.status, 0);
    /* The tag of the packed form is another's. */
    ask("GET", APP, "If-None-Match", "\"app.0A1B2C3D.css.gz\"");
    assert_int_equal(sent.status, 0);
}

static void test_refused(void **state) {
    (void)state;
    assert_true(ask("GET", "/static/app.00000000.css", NULL, NULL));
    assert_int_equal(sent.status, 404);
    assert_null(header("Cache-Control"));
    assert_true(ask("GET", "/static/", NULL, NULL));
    assert_int_equal(sent.status, 404);
    assert_true(ask("GET", "/static/../etc/passwd", NULL, NULL));
    assert_int_equal(sent.status, 404);
    assert_true(ask("POST", APP, NULL, NULL));
    assert_int_equal(sent.status, 405);
    assert_true(ask("HEAD", APP, NULL, NULL));
    assert_int_equal(sent.status, 0);
}

static void test_elsewhere(void **state) {
    (void)state;
    assert_false(ask("GET", "/", NULL, NULL));
    assert_false(ask("GET", "/statics", NULL, NULL));
    assert_true(ask("GET", "/favicon.ico", NULL, NULL));
    assert_string_equal(sent.type, "image/svg+xml");
    assert_string_equal(header("Cache-Control"), "public, max-age=86400");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address), cmocka_unit_test(test_plain),
        cmocka_unit_test(test_packed),  cmocka_unit_test(test_not_modified),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_elsewhere),
    };
    arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
