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

static bool word_char(char ch) {
    unsigned char u = (unsigned char)ch;
    return u >= 0x80 || (u >= '0' && u <= '9') || ((u | 32) >= 'a' && (u | 32) <= 'z');
}

bool search_in(struct str text, struct str word) {
    for (size_t i = 0; i + word.n <= text.n; i++)
        if ((i == 0 || !word_char(text.p[i - 1])) && str_ieq(str_sub(text, i, word.n), word))
            return true;
    return false;
}

void search_read(struct str s, struct search *out) {
    out->n = 0;
    for (size_t i = 0; i < s.n && out->n < SEARCH_WORDS_MAX;) {
        size_t from = i;
        while (i < s.n && word_char(s.p[i]))
            i++;
        if (i > from)
            out->items[out->n++] = str_sub(s, from, i - from);
        else
            i++;
    }
}
