#include "formats/html_scan.h"

#include <string.h>

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of what ends behind the first end in s, or all of it. */
static size_t through(struct str s, struct str end) {
    ptrdiff_t at = str_find(s, end);
    return at < 0 ? s.n : (size_t)at + end.n;
}

/* Length of the name at s, up to white space, '/' or '>'. */
static size_t name_length(struct str s) {
    size_t n = 0;
    while (n < s.n && !is_space(s.p[n]) && s.p[n] != '/' && s.p[n] != '>')
        n++;
    return n;
}

/* Length of the tag at s. A quote opens a value only behind '=', as in browsers, so that a stray
 * one can not swallow the page. */
static size_t tag_length(struct str s) {
    char quote = 0, before = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
            before = 0;
        } else if ((c == '"' || c == '\'') && before == '=') {
            quote = c;
        } else if (c == '>') {
            return i + 1;
        } else if (!is_space(c)) {
            before = c;
        }
    }
    return s.n;
}

/* Length of script content at s: up to its end tag. */
static size_t script_length(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        const char *lt = memchr(s.p + i, '<', s.n - i);
        if (!lt)
            break;
        i = (size_t)(lt - s.p);
        struct str after = str_from(s, i + 8);
        if (str_ieq(str_sub(s, i, 8), STR("</script")) &&
            (!after.n || is_space(after.p[0]) || after.p[0] == '>' || after.p[0] == '/'))
            return i;
    }
    return s.n;
}

/* Length of text at s: up to what opens a tag or a comment. */
static size_t text_length(struct str s) {
    for (size_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] != '<')
            continue;
        char c = s.p[i + 1];
        if (is_letter(c) || c == '!' || c == '?' ||
            (c == '/' && i + 2 < s.n && is_letter(s.p[i + 2])))
            return i;
    }
    return s.n;
}

static size_t markup_length(struct str s, struct html_piece *piece) {
    piece->kind = HTML_COMMENT;
    if (str_starts(s, STR("<!--")))
        return through(s, STR("-->"));
    if (s.p[1] == '!' || s.p[1] == '?')
        return through(s, STR(">"));
    piece->kind = HTML_TAG;
    size_t slash = s.p[1] == '/';
    piece->tag = str_sub(s, 1, slash + name_length(str_from(s, 1 + slash)));
    return tag_length(s);
}

bool html_next(struct html_scan *scan, struct html_piece *piece) {
    struct str s = scan->rest;
    *piece = (struct html_piece){.kind = HTML_TEXT};
    if (!s.n)
        return false;
    size_t n = 0;
    if (scan->in_script) {
        scan->in_script = false;
        piece->kind = HTML_SCRIPT;
        n = script_length(s);
    }
    if (!n) {
        piece->kind = HTML_TEXT;
        n = text_length(s);
    }
    if (!n)
        n = markup_length(s, piece);
    piece->text = str_sub(s, 0, n);
    scan->rest = str_from(s, n);
    scan->in_script = piece->kind == HTML_TAG && str_ieq(piece->tag, STR("script"));
    return true;
}

bool html_attr_next(struct str *rest, struct str *name, struct str *value) {
    struct str s = *rest;
    while (s.n && (is_space(s.p[0]) || s.p[0] == '/'))
        s = str_from(s, 1);
    if (!s.n || s.p[0] == '>')
        return false;
    size_t n = 1;
    while (n < s.n && !is_space(s.p[n]) && !strchr("/>=", s.p[n]))
        n++;
    *name = str_sub(s, 0, n);
    *value = STR_NULL;
    *rest = s = str_from(s, n);
    while (s.n && is_space(s.p[0]))
        s = str_from(s, 1);
    if (!s.n || s.p[0] != '=')
        return true;
    do
        s = str_from(s, 1);
    while (s.n && is_space(s.p[0]));
    if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
        char quote = s.p[0];
        s = str_from(s, 1);
        ptrdiff_t end = str_chr(s, quote);
        n = end < 0 ? s.n : (size_t)end;
        *value = str_sub(s, 0, n);
        *rest = str_from(s, n + 1);
        return true;
    }
    for (n = 0; n < s.n && !is_space(s.p[n]) && s.p[n] != '>';)
        n++;
    *value = str_sub(s, 0, n);
    *rest = str_from(s, n);
    return true;
}

struct str html_attr(const struct html_piece *tag, const char *name) {
    struct str rest = str_from(tag->text, 1 + tag->tag.n), key, value;
    while (html_attr_next(&rest, &key, &value))
        if (str_ieq(key, str_c(name)))
            return value.p ? value : STR("");
    return STR_NULL;
}
