#include "base/sha256.h"

#include <assert.h>
#include <openssl/evp.h>

#include "base/arena.h"

struct str sha256_hex(struct arena *a, struct str data) {
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[32];
    int ok = EVP_Digest(data.p ? data.p : "", data.n, sum, NULL, EVP_sha256(), NULL);
    assert(ok == 1);
    char *hex = arena_alloc(a, SHA256_HEX_LEN + 1);
    for (size_t i = 0; i < sizeof(sum); i++) {
        hex[2 * i] = digits[sum[i] >> 4];
        hex[2 * i + 1] = digits[sum[i] & 15];
    }
    return (struct str){hex, SHA256_HEX_LEN};
}
