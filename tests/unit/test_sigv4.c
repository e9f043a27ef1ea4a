/* http/sigv4.h against the vector of requester-api 1.3, and everything that must not pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/request.h"
#include "http/sigv4.h"

static const char *const services[] = {"mturk-requester", NULL};
static const char *const require[] = {"x-amz-target", NULL};

#define SCOPE     "Credential=AKIDEXAMPLE/20260102/us-east-1/mturk-requester/aws4_request"
#define SIGNED    "SignedHeaders=content-type;host;x-amz-date;x-amz-target"
#define SIGNATURE "Signature=c7ee22def6812fe696c1602ca67aea684115fdf7c2c2911009e7d42d3d197207"
#define SECRET    STR("SECRETSECRETSECRET")
#define NOW_MS    INT64_C(1767323045000) /* 20260102T030405Z */

enum { AUTHORIZATION, DATE, HOST, TYPE, TARGET, MORE, HEADERS = 8 };

struct vector {
    struct arena arena;
    struct http_header headers[HEADERS];
    struct sigv4_request req;
    struct sigv4_auth auth;
};

static int setup(void **state) {
    struct vector *v = test_calloc(1, sizeof(*v));
    arena_init(&v->arena, 0);
    v->headers[AUTHORIZATION] = (struct http_header){
        STR("Authorization"), STR("AWS4-HMAC-SHA256 " SCOPE ", " SIGNED ", " SIGNATURE)};
    v->headers[DATE] = (struct http_header){STR("X-Amz-Date"), STR("20260102T030405Z")};
    v->headers[HOST] = (struct http_header){STR("Host"), STR("127.0.0.1:8080")};
    v->headers[TYPE] = (struct http_header){STR("Content-Type"), STR("application/x-amz-json-1.1")};
    v->headers[TARGET] =
        (struct http_header){STR("X-Amz-Target"), STR("MTurkRequesterServiceV20170117.GetHIT")};
    v->req = (struct sigv4_request){
        .arena = &v->arena,
        .method = STR("POST"),
        .raw_path = STR("/"),
        .headers = v->headers,
        .header_count = MORE,
        .body = STR("{\"HITId\": \"3AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"),
        .services = services,
        .require = require,
    };
    *state = v;
    return 0;
}

static int teardown(void **state) {
    struct vector *v = *state;
    arena_free(&v->arena);
    test_free(v);
    return 0;
}

static enum err_code check_at(struct vector *v, struct str secret, int64_t now_ms) {
    struct err e = sigv4_parse(&v->req, &v->auth);
    if (!failed(e))
        e = sigv4_verify(&v->req, &v->auth, secret, now_ms);
    if (failed(e))
        assert_true(e.detail && *e.detail);
    return e.code;
}

static enum err_code check(struct vector *v) {
    return check_at(v, SECRET, NOW_MS);
}

static enum err_code with_authorization(struct vector *v, const char *text) {
    v->headers[AUTHORIZATION].value = str_c(text);
    return check(v);
}

static void test_vector(void **state) {
    struct vector *v = *state;
    char hash[SIGV4_HEX_LEN + 1];
    sigv4_sha256_hex(v->req.body, hash);
    assert_string_equal(hash, "70002f57a678dc506d79778b391abc504d97c067287506c1064083d60a38ed67");
    assert_int_equal(check(v), ERR_OK);
    assert_true(str_is(v->auth.key_id, "AKIDEXAMPLE"));
    assert_true(str_is(v->auth.region, "us-east-1"));
    assert_int_equal(v->auth.time_ms, NOW_MS);
    struct sigv4_key key;
    sigv4_key(&v->auth, SECRET, &key);
    char hex[2 * sizeof(key.bytes) + 1];
    for (size_t i = 0; i < sizeof(key.bytes); i++)
        snprintf(hex + 2 * i, 3, "%02x", key.bytes[i]);
    assert_string_equal(hex, "4e027d88701afe80964647c56c2d451a0316536b2bda11d88cab531aa0c04a70");
    assert_false(failed(sigv4_verify_key(&v->req, &v->auth, &key, NOW_MS)));
}

static void test_forms(void **state) {
    struct vector *v = *state;
    assert_int_equal(with_authorization(v, "AWS4-HMAC-SHA256 " SCOPE "," SIGNED "," SIGNATURE),
                     ERR_OK);
    assert_int_equal(
        with_authorization(v, "AWS4-HMAC-SHA256  " SIGNATURE " ,  " SCOPE " , " SIGNED), ERR_OK);
    v->headers[TYPE].value = STR("  application/x-amz-json-1.1\t ");
    assert_int_equal(check(v), ERR_OK);
    v->headers[MORE] = (struct http_header){STR("X-Unsigned"), STR("whatever")};
    v->req.header_count++;
    assert_int_equal(check(v), ERR_OK);
}

static void test_malformed(void **state) {
    struct vector *v = *state;
    static const char *const bad[] = {
        "",
        "Basic abc",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256 " SCOPE ", " SIGNED,
        "AWS4-HMAC-SHA256 " SCOPE ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " SIGNED ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE ", " SCOPE ", " SIGNED ", " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE ", " SIGNED ", " SIGNATURE ",",
        "AWS4-HMAC-SHA256 " SCOPE ", " SIGNED ", " SIGNATURE ", Other=1",
        "AWS4-HMAC-SHA256 " SCOPE ", " SIGNED ", " SIGNATURE "0",
        "AWS4-HMAC-SHA256 " SCOPE ", " SIGNED ", Signature=C7EE22",
        "AWS4-HMAC-SHA256 " SCOPE ", SignedHeaders=host;;x-amz-date, " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE ", SignedHeaders=host;host;x-amz-date, " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE ", SignedHeaders=Host;x-amz-date;x-amz-target, " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE ", SignedHeaders=host;x-amz-date, " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE ", SignedHeaders=x-amz-date;x-amz-target, " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE ", SignedHeaders=host;x-amz-target, " SIGNATURE,
        "AWS4-HMAC-SHA256 " SCOPE
        ", SignedHeaders=host;x-absent;x-amz-date;x-amz-target, " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/mturk-requester, " SIGNED ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=A/20260102/r/mturk-requester/aws4, " SIGNED ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=/20260102/r/mturk-requester/aws4_request, " SIGNED
        ", " SIGNATURE,
        "AWS4-HMAC-SHA256 Credential=A/20260103/r/mturk-requester/aws4_request, " SIGNED
        ", " SIGNATURE,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        if (with_authorization(v, bad[i]) != ERR_INCOMPLETE_SIGNATURE)
            fail_msg("not refused as incomplete: %s", bad[i]);
    }
    assert_int_equal(with_authorization(v, "AWS4-HMAC-SHA256 Credential=A/20260102/r/s3/"
                                           "aws4_request, " SIGNED ", " SIGNATURE),
                     ERR_BAD_SIGNATURE);
    v->headers[AUTHORIZATION].name = STR("X-Other");
    assert_int_equal(check(v), ERR_MISSING_AUTH);
    v->req.raw_query = STR("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00");
    assert_int_equal(check(v), ERR_INCOMPLETE_SIGNATURE);
}

static void test_dates(void **state) {
    struct vector *v = *state;
    const int64_t skew_ms = 5 * 60 * 1000;
    assert_int_equal(check_at(v, SECRET, NOW_MS + skew_ms), ERR_OK);
    assert_int_equal(check_at(v, SECRET, NOW_MS - skew_ms), ERR_OK);
    assert_int_equal(check_at(v, SECRET, NOW_MS + skew_ms + 1), ERR_BAD_SIGNATURE);
    struct err e = sigv4_verify(&v->req, &v->auth, SECRET, NOW_MS + 10 * 60 * 1000);
    assert_string_equal(e.detail, "Signature expired: 20260102T030405Z is now earlier than "
                                  "20260102T030905Z (20260102T031405Z - 5 min.)");
    e = sigv4_verify(&v->req, &v->auth, SECRET, NOW_MS - 10 * 60 * 1000);
    assert_string_equal(e.detail, "Signature not yet current: 20260102T030405Z is still later "
                                  "than 20260102T025905Z (20260102T025405Z + 5 min.)");
    v->req.skew_ms = 86400 * INT64_C(1000);
    assert_int_equal(check_at(v, SECRET, NOW_MS + 86400 * 1000), ERR_OK);
    static const char *const bad[] = {"20260102T030405", "2026-01-02T03:04:05Z", "20260230T030405Z",
                                      "20260102T250405Z", ""};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        v->headers[DATE].value = str_c(bad[i]);
        assert_int_equal(check(v), ERR_INCOMPLETE_SIGNATURE);
    }
}

/* Whatever is changed, the signature does not fit any more. */
static void test_tampered(void **state) {
    struct vector *v = *state;
    struct sigv4_request good = v->req;
    assert_int_equal(check_at(v, STR("SECRETSECRETSECRE"), NOW_MS), ERR_BAD_SIGNATURE);
    v->req.method = STR("GET");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->req = good;
    v->req.raw_path = STR("/x");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->req = good;
    v->req.raw_query = STR("a=b");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->req = good;
    v->req.body = STR("{\"HITId\": \"3BAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->req = good;
    v->headers[TARGET].value = STR("MTurkRequesterServiceV20170117.DeleteHIT");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->headers[TARGET].value = STR("MTurkRequesterServiceV20170117.GetHIT");
    v->headers[HOST].value = STR("127.0.0.1");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->headers[HOST].value = STR("127.0.0.1:8080");
    v->headers[MORE] = v->headers[TYPE]; /* a second header of a signed name */
    v->req.header_count++;
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->headers[MORE] = (struct http_header){STR("X-Amz-Content-Sha256"), STR("0")};
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    v->headers[MORE].value = STR("UNSIGNED-PAYLOAD");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
}

static void sign(struct vector *v) {
    /* Authorization goes last, and is not signed itself */
    v->headers[AUTHORIZATION] = v->headers[MORE];
    v->req.header_count = MORE;
    struct str authorization =
        sigv4_sign(&v->req, STR("AKIDEXAMPLE"), SECRET, "sandbox", "mturk-requester");
    v->headers[MORE] = (struct http_header){STR("Authorization"), authorization};
    v->req.header_count = MORE + 1;
}

static void test_sign(void **state) {
    struct vector *v = *state;
    v->headers[MORE] = (struct http_header){STR("X-List"), STR(" a   b\t c ")};
    sign(v);
    assert_int_equal(check(v), ERR_OK);
    assert_true(str_is(v->auth.region, "sandbox"));
    assert_true(str_is(v->auth.signed_list, "content-type;host;x-amz-date;x-amz-target;x-list"));
    v->req.raw_path = STR("/v1/caf%C3%A9/x");
    v->req.raw_query = STR("mode=all&batch=3X&a&b=%2f+");
    v->headers[MORE] = (struct http_header){STR("X-List"), STR("x")};
    sign(v);
    assert_int_equal(check(v), ERR_OK);
    v->req.raw_query = STR("batch=3X&mode=all&a&b=%2F%2B"); /* the same query, other order */
    assert_int_equal(check(v), ERR_OK);
    v->req.raw_query = STR("batch=3Y&mode=all&a&b=%2F%2B");
    assert_int_equal(check(v), ERR_BAD_SIGNATURE);
    assert_true(str_is(sigv4_time(&v->arena, NOW_MS), "20260102T030405Z"));
}

/* As curl 7.88 --aws-sigv4 sent it: it signs the query as it stands, neither sorted nor encoded. */
static void test_curl(void **state) {
    struct vector *v = *state;
    v->headers[AUTHORIZATION].value =
        STR("AWS4-HMAC-SHA256 Credential=AKID/20261124/us-east-1/mturk-requester/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=64e7a707c608e32163284859526ad1b0492ef3a007f0974edbf10be0ce27c709");
    v->headers[DATE].value = STR("20261124T221840Z");
    v->headers[HOST].value = STR("127.0.0.1:43717");
    v->req.header_count = HOST + 1;
    v->req.require = NULL;
    v->req.method = STR("GET");
    v->req.raw_path = STR("/v1/batches");
    v->req.raw_query = STR("mode=all&a=1%2F&b");
    v->req.body = STR("");
    assert_int_equal(check_at(v, SECRET, INT64_C(1795558720000)), ERR_OK);
    v->req.raw_query = STR("a=1%2F&b&mode=all"); /* bound as it stands */
    assert_int_equal(check_at(v, SECRET, INT64_C(1795558720000)), ERR_BAD_SIGNATURE);
}

static void test_fixed_secret_length(void **state) {
    struct vector *v = *state;
    char longest[SIGV4_SECRET_MAX + 10];
    memset(longest, 's', sizeof(longest));
    assert_int_equal(check_at(v, (struct str){longest, sizeof(longest)}, NOW_MS),
                     ERR_BAD_SIGNATURE);
    assert_int_equal(check_at(v, STR_NULL, NOW_MS), ERR_BAD_SIGNATURE);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_vector),   T(test_forms), T(test_malformed), T(test_dates),
        T(test_tampered), T(test_sign),  T(test_curl),      T(test_fixed_secret_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
