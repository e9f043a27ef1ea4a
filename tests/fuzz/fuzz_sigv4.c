/* sigv4.h: the input is a request as text (method and target, header lines, empty line, body).
 * Nothing foreign verifies; whatever is signed here does.
 */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "http/request.h"
#include "http/sigv4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { HEADERS_MAX = 40 };
#define NOW_MS INT64_C(1767323045000) /* 20260102T030405Z */

struct message {
    struct http_header headers[HEADERS_MAX + 3];
    struct sigv4_request req;
};

/* Names as HTTP has them; the server's library lets no others through. */
static bool token(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_')
            return false;
    }
    return s.n > 0;
}

static void message_read(struct message *m, struct str text) {
    struct str line = str_cut(&text, '\n');
    m->req.method = str_cut(&line, ' ');
    m->req.raw_path = str_cut(&line, '?');
    m->req.raw_query = line;
    m->req.headers = m->headers;
    while (text.p) {
        struct str value = str_cut(&text, '\n');
        if (value.n == 0)
            break;
        struct str name = str_cut(&value, ':');
        if (token(name) && m->req.header_count < HEADERS_MAX)
            m->headers[m->req.header_count++] =
                (struct http_header){name, value.p ? value : STR("")};
    }
    m->req.body = text.p ? text : STR("");
}

/* Replaces what signing adds, then signs and verifies. */
static void check_sign(struct message *m, struct str secret) {
    size_t kept = 0;
    for (size_t i = 0; i < m->req.header_count; i++) {
        struct str name = m->headers[i].name;
        if (!str_ieq(name, STR("authorization")) && !str_ieq(name, STR("x-amz-date")) &&
            !str_ieq(name, STR("host")) && !str_ieq(name, STR("x-amz-content-sha256")))
            m->headers[kept++] = m->headers[i];
    }
    m->headers[kept++] = (struct http_header){STR("Host"), STR("h:1")};
    m->headers[kept++] = (struct http_header){STR("X-Amz-Date"), STR("20260102T030405Z")};
    m->req.header_count = kept;
    struct sigv4_auth auth;
    struct str text = sigv4_sign(&m->req, STR("KEY"), secret, "r", "mturk-requester");
    m->headers[m->req.header_count++] = (struct http_header){STR("Authorization"), text};
    assert(!failed(sigv4_parse(&m->req, &auth)));
    assert(!failed(sigv4_verify(&m->req, &auth, secret, NOW_MS)));
    m->req.body = STR("another body, which no input holds");
    assert(failed(sigv4_verify(&m->req, &auth, secret, NOW_MS)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a;
    struct sigv4_auth auth;
    arena_init(&a, 0);
    struct message m = {.req = {.arena = &a, .tls = n % 2}};
    message_read(&m, (struct str){(const char *)data, n});
    struct err e = sigv4_parse(&m.req, &auth);
    if (!failed(e)) {
        assert(auth.key_id.n && auth.signature.n == SIGV4_HEX_LEN && auth.signed_count);
        assert(failed(sigv4_verify(&m.req, &auth, STR("a secret nobody knows"), auth.time_ms)));
    }
    if (m.req.raw_path.p)
        check_sign(&m, STR("another"));
    arena_free(&a);
    return 0;
}
