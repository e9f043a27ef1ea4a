#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/log.h"
#include "market/account.h"

/* OWASP's figures for Argon2id: two passes over 19 MiB, some 20 ms. */
#define ARGON_PASSES 2
#define ARGON_BYTES  ((size_t)19 * 1024 * 1024)

/* What an unknown address is verified against, at the same cost: the hash of random bytes that
 * nobody kept. */
static const char nothing[] = "$argon2id$v=19$m=19456,t=2,p=1$AP8qmPtblodnmpEYL5XHkQ$"
                              "k7+zteRak5AERmuQE8zz+563pDfCgR0NtYtkQq62VRQ";

struct str password_hash(struct arena *a, struct str password) {
    if (password.n == 0)
        return STR("");
    char *out = arena_alloc(a, crypto_pwhash_STRBYTES);
    if (sodium_init() < 0 ||
        crypto_pwhash_str(out, password.p, password.n, ARGON_PASSES, ARGON_BYTES) != 0) {
        log_error("no memory for Argon2id");
        abort();
    }
    return str_c(out);
}

bool password_verify(struct str stored, struct str password) {
    char text[crypto_pwhash_STRBYTES] = {0};
    bool real = stored.n > 0 && stored.n < sizeof text;
    struct str use = real ? stored : str_c(nothing);
    for (size_t i = 0; i < use.n; i++)
        text[i] = use.p[i];
    int rc = sodium_init();
    assert(rc >= 0);
    bool same = crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0;
    return same && real;
}

struct err password_check(struct arena *a, struct str password) {
    if (password.n < PASSWORD_MIN)
        return err_make(a, ERR_INVALID_PARAMETER, "password",
                        "The password is too short: choose at least %d characters.", PASSWORD_MIN);
    if (password.n > PASSWORD_MAX)
        return err_make(a, ERR_INVALID_PARAMETER, "password",
                        "The password is too long: at most %d bytes are taken.", PASSWORD_MAX);
    return NO_ERR;
}
