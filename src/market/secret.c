#include "market/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rand.h"
#include "base/sha256.h"

enum { HEX_LEN = 2 * SECRET_KEY_LEN };

/* The URL without what may change or should not be known: password and options. */
static struct str url_core(struct arena *a, struct str url) {
    ptrdiff_t question = str_chr(url, '?');
    if (question >= 0)
        url = str_sub(url, 0, (size_t)question);
    ptrdiff_t from = str_find(url, STR("://")), at = str_chr(url, '@');
    if (from < 0 || at < from)
        return url;
    struct str user = str_sub(url, (size_t)from + 3, (size_t)(at - from) - 3);
    ptrdiff_t colon = str_chr(user, ':');
    if (colon < 0)
        return url;
    return str_printf(a, "%.*s%.*s%.*s", (int)from + 3, url.p, (int)colon, user.p,
                      STR_ARG(str_from(url, (size_t)at)));
}

struct str secret_path(struct arena *a, struct str store) {
    const char *file = getenv("HITD_KEY_FILE");
    if (file && *file)
        return str_dup(a, str_c(file));
    if (str_starts(store, STR("sqlite:"))) {
        struct str path = str_from(store, sizeof "sqlite:" - 1);
        return str_printf(a, "%.*s.key", STR_ARG(path.n ? path : STR("./hitd.db")));
    }
    struct str hex = sha256_hex(a, url_core(a, store));
    const char *home = getenv("HOME");
    return str_printf(a, "%s/.config/hitd/%.16s.key", home ? home : ".", hex.p);
}

static struct err file_error(struct arena *a, struct str path, const char *what) {
    return err_make(a, ERR_STORE, NULL, "The key file %.*s can not be %s: %s.", STR_ARG(path), what,
                    strerror(errno));
}

/* The folders above the file that are missing, for their owner alone. */
static void make_folders(char *path) {
    for (char *p = path + 1; *p; p++)
        if (*p == '/') {
            *p = 0;
            (void)mkdir(path, 0700); /* what matters shows when the file is made */
            *p = '/';
        }
}

/* Makes the file under another name first: it appears whole or not at all, and an existing one is
 * never replaced (link fails). */
static struct err make_file(struct arena *a, struct str path) {
    make_folders(str_z(a, path));
    char *draft = str_z(a, str_printf(a, "%.*s.%.*s", STR_ARG(path), STR_ARG(rand_hex(a, 6))));
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_error(a, path, "made");
    struct str line = str_printf(a, "%.*s\n", STR_ARG(rand_hex(a, SECRET_KEY_LEN)));
    bool ok = write(fd, line.p, line.n) == (ssize_t)line.n && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (ok && link(draft, path.p) != 0 && errno != EEXIST)
        ok = false;
    struct err e = ok ? NO_ERR : file_error(a, path, "made");
    unlink(draft);
    return e;
}

static struct err read_file(struct arena *a, int fd, struct str path, struct secret_key *out) {
    char text[HEX_LEN + 2] = {0};
    struct stat info;
    size_t got = 0;
    if (fstat(fd, &info) != 0)
        return file_error(a, path, "read");
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return err_make(a, ERR_STORE, NULL,
                        "The key file %.*s may be read by others; run chmod 600 on it.",
                        STR_ARG(path));
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n < 0)
        return file_error(a, path, "read");
    if (n < HEX_LEN ||
        sodium_hex2bin(out->bytes, sizeof out->bytes, text, HEX_LEN, NULL, &got, NULL) != 0 ||
        got != SECRET_KEY_LEN)
        return err_make(a, ERR_STORE, NULL,
                        "The key file %.*s does not hold a key of %d hexadecimal digits.",
                        STR_ARG(path), HEX_LEN);
    return NO_ERR;
}

struct err secret_load(struct arena *a, struct str store, bool create, struct secret_key *out) {
    if (sodium_init() < 0)
        return err_make(a, ERR_STORE, NULL, "libsodium can not be started.");
    struct str path = secret_path(a, store);
    int fd = open(path.p, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && create) {
        struct err e = make_file(a, path);
        if (failed(e))
            return e;
        fd = open(path.p, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0)
        return file_error(a, path, "read");
    struct err e = read_file(a, fd, path, out);
    close(fd);
    return e;
}

struct str secret_seal(struct arena *a, const struct secret_key *key, struct str text) {
    size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.n;
    unsigned char *p = arena_alloc(a, n);
    rand_bytes(p, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(p + crypto_secretbox_NONCEBYTES, (const unsigned char *)text.p, text.n, p,
                          key->bytes);
    return (struct str){(const char *)p, n};
}

bool secret_open(struct arena *a, const struct secret_key *key, struct str sealed,
                 struct str *text) {
    const size_t head = crypto_secretbox_NONCEBYTES;
    if (sealed.n < head + crypto_secretbox_MACBYTES)
        return false;
    size_t n = sealed.n - head - crypto_secretbox_MACBYTES;
    unsigned char *p = arena_alloc(a, n + 1);
    const unsigned char *q = (const unsigned char *)sealed.p;
    if (crypto_secretbox_open_easy(p, q + head, sealed.n - head, q, key->bytes) != 0)
        return false;
    *text = (struct str){(const char *)p, n};
    return true;
}
