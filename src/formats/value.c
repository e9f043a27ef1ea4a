#include "formats/value.h"

#include <stdint.h>

#include "base/utf8.h"

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x2007 || c == 0x202F ||
           (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

/* The last character of s and its length. s.n > 0. */
static uint32_t last_of(struct str s, size_t *len) {
    size_t back = 1;
    while (back < s.n && back < 4 && ((unsigned char)s.p[s.n - back] & 0xC0) == 0x80)
        back++;
    uint32_t c = utf8_next(str_from(s, s.n - back), len);
    if (*len == back)
        return c;
    *len = 1;
    return UTF8_BAD;
}

struct str value_trim(struct str s) {
    size_t len;
    while (s.n && is_space(utf8_next(s, &len)))
        s = str_from(s, len);
    while (s.n && is_space(last_of(s, &len)))
        s.n -= len;
    return s;
}

struct str value_mark(struct str s) {
    s = value_trim(s);
    if (s.n >= 2 && s.p[0] == '\'' &&
        (s.p[1] == '=' || s.p[1] == '+' || s.p[1] == '-' || s.p[1] == '@'))
        return value_trim(str_from(s, 1));
    return s;
}

static size_t digits(struct str s, size_t i) {
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    return i;
}

bool value_is_number_form(struct str s) {
    size_t i = s.n && (s.p[0] == '+' || s.p[0] == '-') ? 1 : 0, from = i;
    i = digits(s, i);
    if (i == from)
        return false;
    if (i < s.n && (s.p[i] == '.' || s.p[i] == ','))
        i = digits(s, i + 1);
    if (i == s.n || (s.p[i] != 'e' && s.p[i] != 'E'))
        return false;
    i++;
    if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
        i++;
    return i < s.n && digits(s, i) == s.n;
}

bool value_is_ascii(struct str s) {
    unsigned char all = 0;
    for (size_t i = 0; i < s.n; i++)
        all |= (unsigned char)s.p[i];
    return all < 0x80;
}

size_t value_control_at(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
            return i;
        if (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0)
            return i;
    }
    return s.n;
}

/* The character at *i with CRLF and CR as LF; *i moves behind it. -1 at the end. */
static int next_unified(struct str s, size_t *i) {
    if (*i == s.n)
        return -1;
    unsigned char c = (unsigned char)s.p[(*i)++];
    if (c != '\r')
        return c;
    if (*i < s.n && s.p[*i] == '\n')
        ++*i;
    return '\n';
}

bool value_same_text(struct str a, struct str b) {
    a = value_trim(a);
    b = value_trim(b);
    size_t i = 0, j = 0;
    for (;;) {
        int x = next_unified(a, &i), y = next_unified(b, &j);
        if (x != y)
            return false;
        if (x < 0)
            return true;
    }
}
