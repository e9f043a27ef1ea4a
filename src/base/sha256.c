#include "base/sha256.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>

#include "base/arena.h"

static struct str hex_of(struct arena *a, const unsigned char sum[static SHA256_HEX_LEN / 2]) {
    static const char digits[] = "0123456789abcdef";
    char *hex = arena_alloc(a, SHA256_HEX_LEN + 1);
    for (size_t i = 0; i < SHA256_HEX_LEN / 2; i++) {
        hex[2 * i] = digits[sum[i] >> 4];
        hex[2 * i + 1] = digits[sum[i] & 15];
    }
    return (struct str){hex, SHA256_HEX_LEN};
}

struct str sha256_hex(struct arena *a, struct str data) {
    unsigned char sum[SHA256_HEX_LEN / 2];
    int ok = EVP_Digest(data.p ? data.p : "", data.n, sum, NULL, EVP_sha256(), NULL);
    assert(ok == 1);
    return hex_of(a, sum);
}

struct str hmac_sha256_hex(struct arena *a, struct str key, struct str data) {
    unsigned char sum[SHA256_HEX_LEN / 2];
    assert(key.n > 0 && key.n <= INT32_MAX);
    const unsigned char *done =
        HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)data.p, data.n, sum, NULL);
    assert(done);
    return hex_of(a, sum);
}
