#include "http/sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/datetime.h"
#include "base/num.h"
#include "http/form.h"
#include "http/request.h"

enum { SHA_LEN = 32, SHA_BLOCK = 64, SKEW_MS = 5 * 60 * 1000 };

static const char algorithm[] = "AWS4-HMAC-SHA256";
static const char unsigned_payload[] = "UNSIGNED-PAYLOAD";

/* ---- hashes ---- */

static void hex_of(const unsigned char *bytes, size_t n, char *out) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *out++ = hex[bytes[i] >> 4];
        *out++ = hex[bytes[i] & 15];
    }
    *out = 0;
}

/* One digest, used again and again: OpenSSL 3 looks algorithms up under locks, and one-shot
 * HMAC() and EVP_Digest() do so each time, which took half of a verification. */
struct sha {
    EVP_MD *md;
    EVP_MD_CTX *ctx;
};

static struct sha sha_open(void) {
    struct sha h = {EVP_MD_fetch(NULL, "SHA2-256", NULL), EVP_MD_CTX_new()};
    if (!h.md || !h.ctx)
        abort();
    return h;
}

static void sha_close(struct sha *h) {
    EVP_MD_CTX_free(h->ctx);
    EVP_MD_free(h->md);
}

/* Of a, then b. */
static void sha_of(struct sha *h, struct str a, struct str b, unsigned char out[SHA_LEN]) {
    bool ok = EVP_DigestInit_ex(h->ctx, h->md, NULL) == 1 &&
              EVP_DigestUpdate(h->ctx, a.p, a.n) == 1 && EVP_DigestUpdate(h->ctx, b.p, b.n) == 1 &&
              EVP_DigestFinal_ex(h->ctx, out, NULL) == 1;
    if (!ok)
        abort();
}

static void sha_hex(struct sha *h, struct str data, char out[SIGV4_HEX_LEN + 1]) {
    unsigned char digest[SHA_LEN];
    sha_of(h, data, STR(""), digest);
    hex_of(digest, sizeof(digest), out);
}

void sigv4_sha256_hex(struct str data, char out[SIGV4_HEX_LEN + 1]) {
    struct sha h = sha_open();
    sha_hex(&h, data, out);
    sha_close(&h);
}

/* RFC 2104. */
static void hmac(struct sha *h, struct str key, struct str data, unsigned char out[SHA_LEN]) {
    unsigned char pad[SHA_BLOCK] = {0}, inner[SHA_LEN];
    if (key.n > SHA_BLOCK)
        sha_of(h, key, STR(""), pad);
    else if (key.n)
        memcpy(pad, key.p, key.n);
    for (int i = 0; i < SHA_BLOCK; i++)
        pad[i] ^= 0x36;
    sha_of(h, (struct str){(const char *)pad, SHA_BLOCK}, data, inner);
    for (int i = 0; i < SHA_BLOCK; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    sha_of(h, (struct str){(const char *)pad, SHA_BLOCK},
           (struct str){(const char *)inner, SHA_LEN}, out);
    OPENSSL_cleanse(pad, sizeof(pad));
}

static struct str bytes_of(const unsigned char bytes[SHA_LEN]) {
    return (struct str){(const char *)bytes, SHA_LEN};
}

static void key_derive(struct sha *h, const struct sigv4_auth *auth, struct str secret,
                       struct sigv4_key *key) {
    char first[4 + SIGV4_SECRET_MAX];
    unsigned char other[SHA_LEN];
    size_t n = secret.n < SIGV4_SECRET_MAX ? secret.n : SIGV4_SECRET_MAX;
    memcpy(first, "AWS4", 4);
    if (n)
        memcpy(first + 4, secret.p, n);
    hmac(h, (struct str){first, 4 + n}, auth->date, other);
    hmac(h, bytes_of(other), auth->region, key->bytes);
    hmac(h, bytes_of(key->bytes), auth->service, other);
    hmac(h, bytes_of(other), STR("aws4_request"), key->bytes);
    OPENSSL_cleanse(first, sizeof(first));
    OPENSSL_cleanse(other, sizeof(other));
}

void sigv4_key(const struct sigv4_auth *auth, struct str secret, struct sigv4_key *key) {
    struct sha h = sha_open();
    key_derive(&h, auth, secret, key);
    sha_close(&h);
}

/* ---- time ---- */

#define TIME_BASIC "%Y%m%dT%H%M%SZ"
#define TIME_HTTP  "%a, %d %b %Y %H:%M:%S GMT"

struct str sigv4_time(struct arena *a, int64_t now_ms) {
    time_t s = (time_t)(now_ms / 1000);
    struct tm t;
    char text[32] = "";
    if (gmtime_r(&s, &t))
        strftime(text, sizeof(text), TIME_BASIC, &t);
    return str_dup(a, str_c(text));
}

/* YYYYMMDDThhmmssZ. */
static bool time_read_basic(struct str s, int64_t *ms) {
    int64_t part[6], y;
    int m, d;
    static const struct {
        size_t at, n;
        int64_t min, max;
    } parts[] = {{0, 4, 1970, 9999}, {4, 2, 1, 12},  {6, 2, 1, 31},
                 {9, 2, 0, 23},      {11, 2, 0, 59}, {13, 2, 0, 59}};
    if (s.n != 16 || s.p[8] != 'T' || s.p[15] != 'Z')
        return false;
    for (size_t i = 0; i < 6; i++) {
        if (!num_parse(str_sub(s, parts[i].at, parts[i].n), parts[i].min, parts[i].max, &part[i]))
            return false;
    }
    int64_t days = time_days_from_civil(part[0], (int)part[1], (int)part[2]);
    time_civil_from_days(days, &y, &m, &d);
    if (m != part[1] || d != part[2]) /* February 30th */
        return false;
    *ms = days * DAY_MS + ((part[3] * 60 + part[4]) * 60 + part[5]) * 1000;
    return true;
}

/* The form of the header Date. */
static bool time_read_http(struct str s, int64_t *ms) {
    char text[64], back[64];
    struct tm t = {0};
    if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, 0, s.n))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    const char *end = strptime(text, TIME_HTTP, &t);
    if (!end || *end)
        return false;
    time_t seconds = timegm(&t);
    if (!gmtime_r(&seconds, &t) || !strftime(back, sizeof(back), TIME_HTTP, &t) ||
        strcmp(text, back) != 0)
        return false;
    *ms = (int64_t)seconds * 1000;
    return true;
}

/* ---- headers ---- */

static bool blank(char c) {
    return c == ' ' || c == '\t';
}

/* name:value of all headers of that name: trimmed, inner blanks squeezed, joined by ",". False
 * when there is none. */
static bool canonical_header(const struct sigv4_request *req, struct str name, struct buf *out) {
    bool found = false;
    for (size_t i = 0; i < req->header_count; i++) {
        if (!str_ieq(req->headers[i].name, name))
            continue;
        if (!found)
            buf_str(out, name);
        buf_putc(out, found ? ',' : ':');
        struct str v = str_trim(req->headers[i].value);
        for (size_t k = 0; k < v.n; k++) {
            if (!blank(v.p[k]))
                buf_putc(out, v.p[k]);
            else if (!blank(v.p[k - 1])) /* trimmed: never the first */
                buf_putc(out, ' ');
        }
        found = true;
    }
    return found;
}

static struct str header_value(const struct sigv4_request *req, const char *name) {
    for (size_t i = 0; i < req->header_count; i++) {
        if (str_ieq(req->headers[i].name, str_c(name)))
            return str_trim(req->headers[i].value);
    }
    return STR_NULL;
}

/* ---- Authorization ---- */

static struct err incomplete(const struct sigv4_request *req, const char *what) {
    return err_make(req->arena, ERR_INCOMPLETE_SIGNATURE, "Authorization",
                    "The Authorization header is malformed: %s", what);
}

/* Credential=AKID/YYYYMMDD/region/service/aws4_request */
static bool credential_read(struct str s, struct sigv4_auth *auth) {
    auth->key_id = str_cut(&s, '/');
    auth->date = str_cut(&s, '/');
    auth->region = str_cut(&s, '/');
    auth->service = str_cut(&s, '/');
    return str_is(s, "aws4_request") && auth->key_id.n && auth->key_id.n <= 128 &&
           auth->date.n == 8 && auth->region.n && auth->region.n <= 64 && auth->service.n &&
           auth->service.n <= 64;
}

static bool signed_read(struct str s, struct sigv4_auth *auth) {
    auth->signed_list = s;
    auth->signed_count = 0;
    while (s.p) {
        struct str name = str_cut(&s, ';');
        if (name.n == 0 || auth->signed_count == SIGV4_SIGNED_MAX)
            return false;
        for (size_t i = 0; i < name.n; i++) {
            if (name.p[i] >= 'A' && name.p[i] <= 'Z')
                return false;
        }
        for (size_t i = 0; i < auth->signed_count; i++) {
            if (str_eq(auth->signed_headers[i], name))
                return false;
        }
        auth->signed_headers[auth->signed_count++] = name;
    }
    return true;
}

static bool signature_read(struct str s, struct sigv4_auth *auth) {
    auth->signature = s;
    for (size_t i = 0; i < s.n; i++) {
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
            return false;
    }
    return s.n == SIGV4_HEX_LEN;
}

/* The three parts, in any order, each once. */
static struct err parts_read(const struct sigv4_request *req, struct str rest,
                             struct sigv4_auth *auth) {
    unsigned seen = 0;
    while (rest.p) {
        struct str value = str_trim(str_cut(&rest, ','));
        struct str name = str_cut(&value, '=');
        unsigned part;
        bool ok;
        if (str_is(name, "Credential")) {
            part = 1;
            ok = credential_read(value, auth);
        } else if (str_is(name, "SignedHeaders")) {
            part = 2;
            ok = signed_read(value, auth);
        } else if (str_is(name, "Signature")) {
            part = 4;
            ok = signature_read(value, auth);
        } else {
            return incomplete(req, "it holds a part that is not Credential, SignedHeaders or "
                                   "Signature.");
        }
        if (!ok || !value.p || (seen & part))
            return incomplete(req, part == 1   ? "its Credential can not be read."
                                   : part == 2 ? "its SignedHeaders can not be read."
                                               : "its Signature can not be read.");
        seen |= part;
    }
    return seen == 7 ? NO_ERR
                     : incomplete(req, "it needs Credential, SignedHeaders and Signature.");
}

static bool is_signed(const struct sigv4_auth *auth, const char *name) {
    for (size_t i = 0; i < auth->signed_count; i++) {
        if (str_is(auth->signed_headers[i], name))
            return true;
    }
    return false;
}

static struct err signed_check(const struct sigv4_request *req, const struct sigv4_auth *auth,
                               const char *date_header) {
    const char *missing = !is_signed(auth, "host")        ? "host"
                          : !is_signed(auth, date_header) ? date_header
                                                          : NULL;
    for (size_t i = 0; req->require && req->require[i] && !missing; i++) {
        if (!is_signed(auth, req->require[i]))
            missing = req->require[i];
    }
    if (missing)
        return incomplete(req, arena_printf(req->arena, "'%s' must be a signed header.", missing));
    for (size_t i = 0; i < auth->signed_count; i++) {
        const char *name = str_z(req->arena, auth->signed_headers[i]);
        if (!header_value(req, name).p)
            return incomplete(
                req, arena_printf(req->arena, "the signed header '%s' was not sent.", name));
    }
    return NO_ERR;
}

/* The moment of signing, in X-Amz-Date or else in Date. */
static struct err date_read(const struct sigv4_request *req, struct sigv4_auth *auth,
                            const char **header) {
    *header = "x-amz-date";
    auth->time = header_value(req, *header);
    bool ok = time_read_basic(auth->time, &auth->time_ms);
    if (!auth->time.p) {
        *header = "date";
        struct str date = header_value(req, *header);
        if (!date.p)
            return incomplete(req, "there is neither X-Amz-Date nor Date.");
        ok = time_read_http(date, &auth->time_ms) || time_read_basic(date, &auth->time_ms);
        if (ok)
            auth->time = sigv4_time(req->arena, auth->time_ms);
    }
    if (!ok)
        return incomplete(req, "its date can not be read; it is written YYYYMMDDThhmmssZ.");
    if (!str_eq(str_sub(auth->time, 0, 8), auth->date))
        return incomplete(req, "the date in Credential is not the date of the request.");
    return NO_ERR;
}

struct err sigv4_parse(const struct sigv4_request *req, struct sigv4_auth *auth) {
    *auth = (struct sigv4_auth){0};
    struct str text = header_value(req, "authorization");
    if (!text.p) {
        if (str_find(req->raw_query, STR("X-Amz-Signature=")) >= 0)
            return incomplete(req, "signatures in the address are not taken.");
        return (struct err){ERR_MISSING_AUTH, NULL, "Missing Authentication Token"};
    }
    struct str scheme = STR_NULL;
    scheme = str_cut(&text, ' ');
    if (!str_is(scheme, algorithm) || !text.p)
        return incomplete(req, "it does not begin with AWS4-HMAC-SHA256.");
    struct err e = parts_read(req, text, auth);
    if (failed(e))
        return e;
    const char *date_header;
    e = date_read(req, auth, &date_header);
    if (!failed(e))
        e = signed_check(req, auth, date_header);
    if (failed(e))
        return e;
    auth->token = header_value(req, "x-amz-security-token");
    for (size_t i = 0; req->services && req->services[i]; i++) {
        if (str_is(auth->service, req->services[i]))
            return NO_ERR;
    }
    if (!req->services)
        return NO_ERR;
    return err_make(req->arena, ERR_BAD_SIGNATURE, "Authorization",
                    "Credential should be scoped to correct service: '%s'.", req->services[0]);
}

/* ---- the canonical request ---- */

static int field_order(const void *a, const void *b) {
    const struct form_field *x = a, *y = b;
    int by_name = str_cmp(x->name, y->name);
    return by_name ? by_name : str_cmp(x->value, y->value);
}

static struct str encoded(struct arena *a, struct str raw) {
    struct buf b = BUF_INIT;
    form_encode(&b, form_decode(a, raw, false, false));
    struct str s = buf_dup(a, &b);
    buf_free(&b);
    return s;
}

/* Names and values decoded and encoded again, then sorted by byte. */
static void canonical_query(struct arena *a, struct str raw, struct buf *out) {
    size_t n = 0, room = 1;
    for (size_t i = 0; i < raw.n; i++)
        room += raw.p[i] == '&';
    struct form_field *fields = arena_array(a, room, sizeof(*fields));
    while (raw.p) {
        struct str value = str_cut(&raw, '&');
        if (value.n == 0)
            continue;
        struct str name = str_cut(&value, '=');
        fields[n].name = encoded(a, name);
        fields[n++].value = value.p ? encoded(a, value) : STR("");
    }
    qsort(fields, n, sizeof(*fields), field_order);
    for (size_t i = 0; i < n; i++) {
        buf_puts(out, i ? "&" : "");
        buf_str(out, fields[i].name);
        buf_putc(out, '=');
        buf_str(out, fields[i].value);
    }
}

/* Clients differ in two points, and each way binds the same request: most encode the path once
 * more (AWS's rule for all services but S3), curl signs path and query as it sends them. */
enum { PATH_ENCODED = 1, QUERY_RAW = 2, VARIANTS = 4 };

static void canonical_path(struct str raw, int variant, struct buf *out) {
    if (!(variant & PATH_ENCODED)) {
        buf_str(out, raw);
        return;
    }
    while (raw.p) {
        form_encode(out, str_cut(&raw, '/'));
        if (raw.p)
            buf_putc(out, '/');
    }
}

static bool variant_differs(const struct sigv4_request *req, int variant) {
    if ((variant & PATH_ENCODED) && str_chr(req->raw_path, '%') < 0)
        return false;
    return !(variant & QUERY_RAW) || req->raw_query.n > 0;
}

static void canonical_hash(struct sha *h, const struct sigv4_request *req,
                           const struct sigv4_auth *auth, const char *payload, int variant,
                           char out[SIGV4_HEX_LEN + 1]) {
    struct buf b = BUF_INIT;
    buf_str(&b, req->method);
    buf_putc(&b, '\n');
    canonical_path(req->raw_path, variant, &b);
    buf_putc(&b, '\n');
    if (variant & QUERY_RAW)
        buf_str(&b, req->raw_query);
    else
        canonical_query(req->arena, req->raw_query, &b);
    buf_putc(&b, '\n');
    for (size_t i = 0; i < auth->signed_count; i++) {
        canonical_header(req, auth->signed_headers[i], &b);
        buf_putc(&b, '\n');
    }
    buf_putc(&b, '\n');
    buf_str(&b, auth->signed_list);
    buf_putc(&b, '\n');
    buf_puts(&b, payload);
    sha_hex(h, buf_view(&b), out);
    buf_free(&b);
}

static void signature_of(struct sha *h, const struct sigv4_request *req,
                         const struct sigv4_auth *auth, const struct sigv4_key *key,
                         const char *payload, int variant, char out[SIGV4_HEX_LEN + 1]) {
    char hash[SIGV4_HEX_LEN + 1];
    canonical_hash(h, req, auth, payload, variant, hash);
    struct str text = str_printf(req->arena, "%s\n%.*s\n%.*s/%.*s/%.*s/aws4_request\n%s", algorithm,
                                 STR_ARG(auth->time), STR_ARG(auth->date), STR_ARG(auth->region),
                                 STR_ARG(auth->service), hash);
    unsigned char mac[SHA_LEN];
    hmac(h, bytes_of(key->bytes), text, mac);
    hex_of(mac, sizeof(mac), out);
}

/* ---- verifying ---- */

static struct err window_check(const struct sigv4_request *req, const struct sigv4_auth *auth,
                               int64_t now_ms) {
    int64_t skew_ms = req->skew_ms ? req->skew_ms : SKEW_MS;
    int64_t minutes = skew_ms / 60000;
    if (auth->time_ms >= now_ms - skew_ms && auth->time_ms <= now_ms + skew_ms)
        return NO_ERR;
    struct str now = sigv4_time(req->arena, now_ms);
    if (auth->time_ms < now_ms - skew_ms)
        return err_make(req->arena, ERR_BAD_SIGNATURE, "X-Amz-Date",
                        "Signature expired: %.*s is now earlier than %.*s (%.*s - %lld min.)",
                        STR_ARG(auth->time), STR_ARG(sigv4_time(req->arena, now_ms - skew_ms)),
                        STR_ARG(now), (long long)minutes);
    return err_make(req->arena, ERR_BAD_SIGNATURE, "X-Amz-Date",
                    "Signature not yet current: %.*s is still later than %.*s (%.*s + %lld "
                    "min.)",
                    STR_ARG(auth->time), STR_ARG(sigv4_time(req->arena, now_ms + skew_ms)),
                    STR_ARG(now), (long long)minutes);
}

/* What stands for the body in the canonical request. */
static struct err payload_check(struct sha *h, const struct sigv4_request *req,
                                char payload[SIGV4_HEX_LEN + 1]) {
    struct str told = header_value(req, "x-amz-content-sha256");
    if (str_is(told, unsigned_payload)) {
        if (!req->tls)
            return err_make(req->arena, ERR_BAD_SIGNATURE, "X-Amz-Content-Sha256",
                            "UNSIGNED-PAYLOAD is taken over TLS only.");
        memcpy(payload, unsigned_payload, sizeof(unsigned_payload));
        return NO_ERR;
    }
    sha_hex(h, req->body, payload);
    if (told.p && !str_is(told, payload))
        return err_make(req->arena, ERR_BAD_SIGNATURE, "X-Amz-Content-Sha256",
                        "The provided 'x-amz-content-sha256' header does not match what was "
                        "computed.");
    return NO_ERR;
}

static struct err verify(struct sha *h, const struct sigv4_request *req,
                         const struct sigv4_auth *auth, const struct sigv4_key *key) {
    char payload[SIGV4_HEX_LEN + 1], mine[SIGV4_HEX_LEN + 1];
    struct err e = payload_check(h, req, payload);
    if (failed(e))
        return e;
    for (int variant = 0; variant < VARIANTS; variant++) {
        if (!variant_differs(req, variant))
            continue;
        signature_of(h, req, auth, key, payload, variant, mine);
        if (CRYPTO_memcmp(mine, auth->signature.p, SIGV4_HEX_LEN) == 0)
            return NO_ERR;
    }
    return err_make(req->arena, ERR_BAD_SIGNATURE, "Authorization",
                    "The request signature we calculated does not match the signature you "
                    "provided. Check your AWS Secret Access Key and signing method. Consult the "
                    "service documentation for details.");
}

struct err sigv4_verify_key(const struct sigv4_request *req, const struct sigv4_auth *auth,
                            const struct sigv4_key *key, int64_t now_ms) {
    struct err e = window_check(req, auth, now_ms);
    if (failed(e))
        return e;
    struct sha h = sha_open();
    e = verify(&h, req, auth, key);
    sha_close(&h);
    return e;
}

struct err sigv4_verify(const struct sigv4_request *req, const struct sigv4_auth *auth,
                        struct str secret, int64_t now_ms) {
    struct sigv4_key key;
    struct err e = window_check(req, auth, now_ms);
    if (failed(e))
        return e;
    struct sha h = sha_open();
    key_derive(&h, auth, secret, &key);
    e = verify(&h, req, auth, &key);
    sha_close(&h);
    OPENSSL_cleanse(&key, sizeof(key));
    return e;
}

/* ---- signing ---- */

static struct str lower(struct arena *a, struct str s) {
    char *to = arena_memdup(a, s.p, s.n);
    for (size_t i = 0; i < s.n; i++) {
        if (to[i] >= 'A' && to[i] <= 'Z')
            to[i] = (char)(to[i] + ('a' - 'A'));
    }
    return (struct str){to, s.n};
}

static int name_order(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str sigv4_sign(const struct sigv4_request *req, struct str key_id, struct str secret,
                      const char *region, const char *service) {
    struct sigv4_auth auth = {.key_id = key_id, .region = str_c(region), .service = str_c(service)};
    auth.time = header_value(req, "x-amz-date");
    auth.date = str_sub(auth.time, 0, 8);
    for (size_t i = 0; i < req->header_count && auth.signed_count < SIGV4_SIGNED_MAX; i++) {
        struct str name = lower(req->arena, req->headers[i].name);
        if (!is_signed(&auth, str_z(req->arena, name)))
            auth.signed_headers[auth.signed_count++] = name;
    }
    qsort(auth.signed_headers, auth.signed_count, sizeof(auth.signed_headers[0]), name_order);
    struct buf list = BUF_INIT;
    for (size_t i = 0; i < auth.signed_count; i++) {
        buf_puts(&list, i ? ";" : "");
        buf_str(&list, auth.signed_headers[i]);
    }
    auth.signed_list = buf_dup(req->arena, &list);
    buf_free(&list);
    char payload[SIGV4_HEX_LEN + 1], signature[SIGV4_HEX_LEN + 1];
    struct sha h = sha_open();
    struct sigv4_key key;
    sha_hex(&h, req->body, payload);
    key_derive(&h, &auth, secret, &key);
    signature_of(&h, req, &auth, &key, payload, 0, signature);
    sha_close(&h);
    OPENSSL_cleanse(&key, sizeof(key));
    return str_printf(req->arena,
                      "%s Credential=%.*s/%.*s/%s/%s/aws4_request, SignedHeaders=%.*s, "
                      "Signature=%s",
                      algorithm, STR_ARG(key_id), STR_ARG(auth.date), region, service,
                      STR_ARG(auth.signed_list), signature);
}
