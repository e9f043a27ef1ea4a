#include "api/token.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

enum { MAC_LEN = 16, RAW_MAX = 8 * TOKEN_KEYS_MAX + MAC_LEN };

static const struct str prefix = {"p2:", 3};

static void hmac(const void *key, size_t key_len, struct str text, unsigned char out[32]) {
    unsigned len = 32;
    const unsigned char *p = (const unsigned char *)(text.p ? text.p : "");
    if (!HMAC(EVP_sha256(), key, (int)key_len, p, text.n, out, &len))
        assert(!"HMAC-SHA256 can not fail");
}

void token_key_init(struct token_key *key, const struct id_key *ids) {
    hmac(ids->bytes, ID_KEY_LEN, STR("hitd page token"), key->bytes);
}

/* The keys in bytes, then what binds them to their scope. */
static size_t raw_token(struct arena *a, const struct token_key *key, struct str scope,
                        const int64_t *keys, size_t count, unsigned char raw[RAW_MAX]) {
    assert(count > 0 && count <= TOKEN_KEYS_MAX);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        for (int shift = 56; shift >= 0; shift -= 8)
            raw[n++] = (unsigned char)((uint64_t)keys[i] >> shift);
    struct buf text = BUF_INIT;
    buf_add(&text, raw, n);
    buf_str(&text, scope);
    unsigned char mac[32];
    hmac(key->bytes, TOKEN_KEY_LEN, buf_dup(a, &text), mac);
    buf_free(&text);
    memcpy(raw + n, mac, MAC_LEN);
    return n + MAC_LEN;
}

struct str token_seal(struct arena *a, const struct token_key *key, struct str scope,
                      const int64_t *keys, size_t count) {
    unsigned char raw[RAW_MAX], text[4 * (RAW_MAX / 3 + 1) + 1];
    size_t n = raw_token(a, key, scope, keys, count, raw);
    EVP_EncodeBlock(text, raw, (int)n);
    return str_printf(a, "p2:%s", (const char *)text);
}

static int64_t big_endian(const unsigned char *p) {
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

/* Rather than to decode bytes that base64 spells in more than one way, the token is made again
 * from the keys that it seems to hold: only the very same text passes. */
struct err token_open(struct arena *a, const struct token_key *key, struct str scope,
                      struct str token, int64_t *keys, size_t count) {
    unsigned char raw[4 * RAW_MAX];
    struct str body = str_starts(token, prefix) ? str_from(token, prefix.n) : STR_NULL;
    if (body.p && body.n % 4 == 0 && body.n >= 4 * (count * 8 / 3) && body.n <= RAW_MAX * 2) {
        int n = EVP_DecodeBlock(raw, (const unsigned char *)body.p, (int)body.n);
        if (n >= (int)(8 * count)) {
            for (size_t i = 0; i < count; i++)
                keys[i] = big_endian(raw + 8 * i);
            struct str made = token_seal(a, key, scope, keys, count);
            if (made.n == token.n && CRYPTO_memcmp(made.p, token.p, made.n) == 0)
                return NO_ERR;
        }
    }
    struct str shown = utf8_clip(token, NEXT_TOKEN_MAX);
    return err_make(a, ERR_INVALID_PARAMETER, "NextToken",
                    "The value \"%.*s\" is not valid for the parameter NextToken. A token belongs "
                    "to the operation, the filter and the caller of the page it came with.",
                    STR_ARG(shown));
}
