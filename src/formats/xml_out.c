#include "formats/xml_out.h"

#include <string.h>

#include "base/utf8.h"

bool xml_char(uint32_t c) {
    return c >= 0x20
               ? c <= 0xD7FF || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF)
               : c == '\t' || c == '\n' || c == '\r';
}

/* Appends the character at s cleaned; gives its length in s. */
static size_t put_clean_char(struct buf *out, struct str s) {
    size_t len;
    uint32_t c = utf8_next(s, &len);
    if (c == UTF8_BAD) {
        buf_puts(out, "\xEF\xBF\xBD");
    } else if (c == '\r') {
        buf_putc(out, '\n');
        len += s.n > 1 && s.p[1] == '\n';
    } else if (xml_char(c)) {
        buf_add(out, s.p, len);
    }
    return len;
}

void xml_put_clean(struct buf *out, struct str s) {
    size_t plain = 0; /* start of what can be copied as it is */
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c >= 0x20 && c < 0x80) || c == '\n' || c == '\t') {
            i++;
            continue;
        }
        buf_add(out, s.p + plain, i - plain);
        i += put_clean_char(out, str_from(s, i));
        plain = i;
    }
    if (s.n > plain)
        buf_add(out, s.p + plain, s.n - plain);
}

void xml_put_text(struct buf *out, struct str s) {
    size_t plain = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *escape = s.p[i] == '<' ? "&lt;" : s.p[i] == '>' ? "&gt;" : "&amp;";
        if (s.p[i] != '<' && s.p[i] != '>' && s.p[i] != '&')
            continue;
        buf_add(out, s.p + plain, i - plain);
        buf_puts(out, escape);
        plain = i + 1;
    }
    if (s.n > plain)
        buf_add(out, s.p + plain, s.n - plain);
}

void xml_put_cdata(struct buf *out, struct str s) {
    buf_puts(out, "<![CDATA[");
    for (ptrdiff_t end; (end = str_find(s, STR("]]>"))) >= 0; s = str_from(s, (size_t)end + 2)) {
        buf_str(out, str_sub(s, 0, (size_t)end + 2));
        buf_puts(out, "]]><![CDATA[");
    }
    buf_str(out, s);
    buf_puts(out, "]]>");
}
