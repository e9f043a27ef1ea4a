#include "market/words.h"

#include "base/utf8.h"

static bool plain(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch < 32 && ch != '\t' && ch != '\n' && ch != '\r')
            return false;
    }
    return utf8_valid(s);
}

struct err words_check(struct ctx *c, const char *field, struct str text, size_t min, size_t max,
                       struct str *out) {
    *out = text.p ? str_trim(text) : STR("");
    size_t n = utf8_length(*out);
    if (!n && min)
        return err_make(c->arena, ERR_INVALID_PARAMETER, field, "Write a few words here.");
    if (n < min)
        return err_make(c->arena, ERR_INVALID_PARAMETER, field,
                        "This is too short to help: %zu of at least %zu characters.", n, min);
    if (n > max)
        return err_make(c->arena, ERR_INVALID_PARAMETER, field,
                        "This has %zu characters; %zu are the most.", n, max);
    if (!plain(*out))
        return err_make(c->arena, ERR_INVALID_PARAMETER, field,
                        "This holds characters that can not be shown.");
    return NO_ERR;
}
