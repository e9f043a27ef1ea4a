/* AWS Signature Version 4, both sides (requester-api 1.3). Pure functions over the parts of a
 * request; no clock, no look-up: the caller parses, looks the secret up by key_id, then verifies.
 *
 *     e = sigv4_parse(&req, &auth);            names the key and the scope
 *     secret = … by auth.key_id …
 *     e = sigv4_verify(&req, &auth, secret, now_ms);
 *
 * The whole request is bound: method, raw path, raw query, the signed headers and the body.
 */
#ifndef HTTP_SIGV4_H
#define HTTP_SIGV4_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct http_header;

enum { SIGV4_HEX_LEN = 64, SIGV4_SIGNED_MAX = 64, SIGV4_SECRET_MAX = 128 };

struct sigv4_request {
    struct arena *arena; /* for messages and canonical texts */
    struct str method;
    struct str raw_path;               /* as received */
    struct str raw_query;              /* as received, without "?"; NULL or empty: none */
    const struct http_header *headers; /* as received, Host included */
    size_t header_count;
    struct str body; /* the whole body */
    bool tls;        /* UNSIGNED-PAYLOAD is allowed */

    /* What the caller demands; NULL service accepts any, zero skew_ms stands for 5 minutes. */
    const char *const *services; /* ends with NULL, e.g. {"mturk-requester", NULL} */
    const char *const *require;  /* headers that must be signed, besides host and date; ends with
                                    NULL, e.g. {"x-amz-target", NULL}; or NULL */
    int64_t skew_ms;
};

struct sigv4_auth {
    struct str key_id;
    struct str date; /* YYYYMMDD */
    struct str region;
    struct str service;
    struct str time; /* YYYYMMDDThhmmssZ */
    int64_t time_ms;
    struct str signature;                        /* SIGV4_HEX_LEN characters 0-9a-f */
    struct str signed_headers[SIGV4_SIGNED_MAX]; /* as listed */
    size_t signed_count;
    struct str signed_list; /* as listed, joined by ";" */
    struct str token;       /* X-Amz-Security-Token; NULL: none */
};

/* Reads Authorization and the date. Errors: ERR_MISSING_AUTH without the header (a presigned
 * query gets ERR_INCOMPLETE_SIGNATURE), ERR_INCOMPLETE_SIGNATURE for anything malformed, for
 * headers missing from the list or the request, for a scope whose date or end is wrong;
 * ERR_BAD_SIGNATURE for a service that is not allowed. */
struct err sigv4_parse(const struct sigv4_request *req, struct sigv4_auth *auth);

/* Date window first, then x-amz-content-sha256 against the body, then the signature in constant
 * time. ERR_BAD_SIGNATURE says which ("Signature expired: …", "Signature not yet current: …").
 * A caller that found no such key should answer ERR_UNKNOWN_KEY without calling this. */
struct err sigv4_verify(const struct sigv4_request *req, const struct sigv4_auth *auth,
                        struct str secret, int64_t now_ms);

/* The same in two steps, for callers that keep keys: a key is good for one secret, date, region
 * and service, and saves four HMACs of five. secret: at most SIGV4_SECRET_MAX bytes. */
struct sigv4_key {
    unsigned char bytes[32];
};

void sigv4_key(const struct sigv4_auth *auth, struct str secret, struct sigv4_key *key);
struct err sigv4_verify_key(const struct sigv4_request *req, const struct sigv4_auth *auth,
                            const struct sigv4_key *key, int64_t now_ms);

/* For our own client: the value of Authorization for a request whose headers (Host and
 * X-Amz-Date among them, all of them signed) are given. */
struct str sigv4_sign(const struct sigv4_request *req, struct str key_id, struct str secret,
                      const char *region, const char *service);

/* now as YYYYMMDDThhmmssZ, for X-Amz-Date. */
struct str sigv4_time(struct arena *a, int64_t now_ms);

/* Lower-case hexadecimal of the SHA-256. out holds SIGV4_HEX_LEN and a NUL. */
void sigv4_sha256_hex(struct str data, char out[SIGV4_HEX_LEN + 1]);

#endif
