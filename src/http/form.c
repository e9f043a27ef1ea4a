#include "http/form.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"

/* ---- texts ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The text in valid UTF-8; s itself when it is. */
static struct str text_repair(struct arena *a, struct str s) {
    size_t good = utf8_check(s);
    if (good == s.n)
        return s;
    size_t bad = 0;
    for (size_t i = good, len; i < s.n; i += len)
        bad += utf8_next(str_from(s, i), &len) == UTF8_BAD;
    char *to = arena_alloc(a, s.n + 2 * bad + 1);
    size_t n = 0;
    for (size_t i = 0, len; i < s.n; i += len) {
        if (utf8_next(str_from(s, i), &len) == UTF8_BAD) {
            memcpy(to + n, "\xEF\xBF\xBD", 3);
            n += 3;
        } else {
            memcpy(to + n, s.p + i, len);
            n += len;
        }
    }
    return (struct str){to, n};
}

/* CRLF and CR become LF. */
static struct str text_lf(struct arena *a, struct str s) {
    if (str_chr(s, '\r') < 0)
        return s;
    char *to = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
            continue;
        to[n++] = s.p[i] == '\r' ? '\n' : s.p[i];
    }
    return (struct str){to, n};
}

struct str form_decode(struct arena *a, struct str s, bool plus, bool keep_slash) {
    if (!s.p)
        return s;
    char *to = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int high = -1, low = -1;
        if (s.p[i] == '%' && i + 2 < s.n) {
            high = hex_digit(s.p[i + 1]);
            low = hex_digit(s.p[i + 2]);
        }
        int byte = high < 0 || low < 0 ? -1 : high * 16 + low;
        if (byte < 0 || (keep_slash && byte == '/')) {
            to[n++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
        } else {
            to[n++] = (char)byte;
            i += 2;
        }
    }
    return text_repair(a, (struct str){to, n});
}

void form_encode(struct buf *out, struct str s) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            buf_putc(out, (char)c);
        } else {
            buf_putc(out, '%');
            buf_putc(out, hex[c >> 4]);
            buf_putc(out, hex[c & 15]);
        }
    }
}

/* ---- the list ---- */

struct form_list {
    struct arena *a;
    struct form_field *fields;
    size_t n, room;
};

static struct err form_add(struct form_list *l, struct form_field field) {
    if (l->n == ANSWER_FIELDS_MAX)
        return err_make(l->a, ERR_BAD_REQUEST, NULL, "The form has more than %d fields.",
                        ANSWER_FIELDS_MAX);
    if (field.name.n > FIELD_NAME_MAX)
        return err_make(l->a, ERR_BAD_REQUEST, NULL,
                        "A field's name is longer than %d bytes: \"%.60s…\".", FIELD_NAME_MAX,
                        str_z(l->a, utf8_clip(field.name, 40)));
    if (!field.filename.p && field.value.n > ANSWER_MAX)
        return err_make(l->a, ERR_BAD_REQUEST, str_z(l->a, field.name),
                        "The field \"%.*s\" is longer than %zu bytes.", STR_ARG(field.name),
                        ANSWER_MAX);
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 16;
        struct form_field *more = arena_array(l->a, room, sizeof(*more));
        if (l->n)
            memcpy(more, l->fields, l->n * sizeof(*more));
        l->fields = more;
        l->room = room;
    }
    l->fields[l->n++] = field;
    return NO_ERR;
}

struct err form_parse_urlencoded(struct arena *a, struct str text, unsigned flags,
                                 struct form *form) {
    struct form_list l = {.a = a};
    *form = (struct form){NULL, 0};
    while (text.p) {
        struct str value = str_cut(&text, '&');
        if (value.n == 0)
            continue;
        struct str name = str_cut(&value, '=');
        if (!value.p)
            value = STR("");
        struct form_field f = {.name = form_decode(a, name, true, false),
                               .value = form_decode(a, value, true, false)};
        if (flags & FORM_LF)
            f.value = text_lf(a, f.value);
        struct err e = form_add(&l, f);
        if (failed(e))
            return e;
    }
    *form = (struct form){l.fields, l.n};
    return NO_ERR;
}

/* ---- multipart (RFC 7578, RFC 2046 5.1) ---- */

static bool media_is(struct str content_type, struct str wanted) {
    struct str type = content_type;
    return type.p && str_ieq(str_trim(str_cut(&type, ';')), wanted);
}

bool form_is_urlencoded(struct str content_type) {
    return media_is(content_type, STR("application/x-www-form-urlencoded"));
}

bool form_is_multipart(struct str content_type) {
    return media_is(content_type, STR("multipart/form-data"));
}

/* Cuts one "; name=value" or "; name="va\"lue"" off *s; false at the end or at nonsense. */
static bool param_next(struct arena *a, struct str *s, struct str *name, struct str *value) {
    *s = str_trim(*s);
    while (s->n && *s->p == ';')
        *s = str_trim(str_from(*s, 1));
    ptrdiff_t equals = str_chr(*s, '=');
    if (equals <= 0)
        return false;
    *name = str_trim(str_sub(*s, 0, (size_t)equals));
    *s = str_trim(str_from(*s, (size_t)equals + 1));
    if (!s->n || *s->p != '"') {
        ptrdiff_t end = str_chr(*s, ';');
        size_t n = end < 0 ? s->n : (size_t)end;
        *value = str_trim(str_sub(*s, 0, n));
        *s = str_from(*s, n);
        return true;
    }
    char *to = arena_alloc(a, s->n);
    size_t n = 0, i = 1;
    for (; i < s->n && s->p[i] != '"'; i++) {
        /* old Internet Explorers sent C:\x\y.csv unescaped: only \" and \\ are escapes */
        if (s->p[i] == '\\' && i + 1 < s->n && (s->p[i + 1] == '"' || s->p[i + 1] == '\\'))
            i++;
        to[n++] = s->p[i];
    }
    if (i == s->n)
        return false;
    *value = (struct str){to, n};
    *s = str_from(*s, i + 1);
    return true;
}

/* A name or file name as browsers write it: ", CR and LF come as %22, %0D, %0A and nothing else
 * is encoded (HTML 4.10.21.8). */
static struct str browser_decode(struct arena *a, struct str s) {
    if (str_chr(s, '%') < 0)
        return text_repair(a, s);
    char *to = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        struct str three = str_sub(s, i, 3);
        char c = s.p[i];
        if (str_is(three, "%22"))
            c = '"';
        else if (str_ieq(three, STR("%0D")))
            c = '\r';
        else if (str_ieq(three, STR("%0A")))
            c = '\n';
        if (c != s.p[i])
            i += 2;
        to[n++] = c;
    }
    return text_repair(a, (struct str){to, n});
}

static struct str file_base(struct str name) {
    for (size_t i = name.n; i > 0; i--) {
        if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
            return str_from(name, i);
    }
    return name;
}

/* One header line of a part. */
static void part_header(struct arena *a, struct str line, struct form_field *f) {
    ptrdiff_t colon = str_chr(line, ':');
    if (colon < 0)
        return;
    struct str name = str_trim(str_sub(line, 0, (size_t)colon));
    struct str rest = str_trim(str_from(line, (size_t)colon + 1));
    if (str_ieq(name, STR("Content-Type"))) {
        f->type = text_repair(a, rest);
        return;
    }
    if (!str_ieq(name, STR("Content-Disposition")) || !media_is(rest, STR("form-data")))
        return;
    ptrdiff_t semicolon = str_chr(rest, ';');
    rest = semicolon < 0 ? STR("") : str_from(rest, (size_t)semicolon);
    struct str key, value;
    while (param_next(a, &rest, &key, &value)) {
        if (str_ieq(key, STR("name")))
            f->name = browser_decode(a, value);
        else if (str_ieq(key, STR("filename")))
            f->filename = file_base(browser_decode(a, value));
        else if (str_ieq(key, STR("filename*")) && str_starts(value, STR("UTF-8''")))
            f->filename = file_base(form_decode(a, str_from(value, 7), false, false));
    }
}

enum { PART_HEADER_MAX = 8192 };

/* Offset of what in s, by memmem: contents may be hundreds of megabytes. */
static ptrdiff_t find_fast(struct str s, struct str what) {
    const char *at = s.n ? memmem(s.p, s.n, what.p, what.n) : NULL;
    return at ? at - s.p : -1;
}

static struct err malformed(struct arena *a, const char *what) {
    return err_make(a, ERR_BAD_REQUEST, NULL, "The form can not be read: %s.", what);
}

/* head and content of one part, from behind its delimiter line. */
static struct err part_add(struct form_list *l, struct str part, unsigned flags) {
    struct form_field f = {0};
    ptrdiff_t end = 0;
    if (!str_starts(part, STR("\r\n"))) { /* a part may have no header at all */
        end = find_fast(str_sub(part, 0, PART_HEADER_MAX), STR("\r\n\r\n"));
        if (end < 0)
            return malformed(l->a, "a part has no end of its header");
        struct str head = str_sub(part, 0, (size_t)end);
        while (head.p) {
            struct str line = str_cut(&head, '\n');
            part_header(l->a, str_trim(line), &f);
        }
        end += 2;
    }
    if (!f.name.p)
        return malformed(l->a, "a part has no name");
    f.value = str_from(part, (size_t)end + 2);
    if (!f.filename.p) {
        if (f.value.n > ANSWER_MAX) /* before it is copied */
            return form_add(l, f);
        f.value = text_repair(l->a, f.value);
        if (flags & FORM_LF)
            f.value = text_lf(l->a, f.value);
    }
    return form_add(l, f);
}

static struct str boundary_of(struct arena *a, struct str content_type) {
    ptrdiff_t semicolon = str_chr(content_type, ';');
    struct str rest = semicolon < 0 ? STR("") : str_from(content_type, (size_t)semicolon);
    struct str name, value;
    while (param_next(a, &rest, &name, &value)) {
        if (str_ieq(name, STR("boundary")) && value.n >= 1 && value.n <= 200)
            return value;
    }
    return STR_NULL;
}

struct err form_parse_multipart(struct arena *a, struct str content_type, struct str body,
                                unsigned flags, struct form *form) {
    struct form_list l = {.a = a};
    *form = (struct form){NULL, 0};
    struct str boundary = boundary_of(a, content_type);
    if (!boundary.p)
        return malformed(a, "its content type names no boundary");
    struct str delimiter = str_printf(a, "\r\n--%.*s", STR_ARG(boundary));
    struct str first = str_from(delimiter, 2);
    if (!str_starts(body, first)) { /* a preamble, to be ignored */
        ptrdiff_t at = find_fast(body, delimiter);
        if (at < 0)
            return malformed(a, "its boundary does not occur in it");
        body = str_from(body, (size_t)at + 2);
    }
    body = str_from(body, first.n);
    for (;;) {
        if (str_starts(body, STR("--")))
            break; /* the end; an epilogue is ignored */
        while (body.n && (*body.p == ' ' || *body.p == '\t'))
            body = str_from(body, 1);
        if (!str_starts(body, STR("\r\n")))
            return malformed(a, "a boundary is not followed by a line end");
        body = str_from(body, 2);
        ptrdiff_t end = find_fast(body, delimiter);
        if (end < 0)
            return malformed(a, "it is cut off");
        struct err e = part_add(&l, str_sub(body, 0, (size_t)end), flags);
        if (failed(e))
            return e;
        body = str_from(body, (size_t)end + delimiter.n);
    }
    *form = (struct form){l.fields, l.n};
    return NO_ERR;
}

struct err form_parse(struct arena *a, struct str content_type, struct str body, unsigned flags,
                      struct form *form) {
    *form = (struct form){NULL, 0};
    if (form_is_urlencoded(content_type))
        return form_parse_urlencoded(a, body, flags, form);
    if (form_is_multipart(content_type))
        return form_parse_multipart(a, content_type, body, flags, form);
    return NO_ERR;
}

/* ---- look-up ---- */

struct str form_get(const struct form *form, const char *name) {
    size_t i = 0;
    struct str value = STR_NULL;
    form_next(form, name, &i, &value);
    return value;
}

bool form_next(const struct form *form, const char *name, size_t *i, struct str *value) {
    while (*i < form->count) {
        const struct form_field *f = &form->fields[(*i)++];
        if (!f->filename.p && str_is(f->name, name)) {
            *value = f->value;
            return true;
        }
    }
    return false;
}

const struct form_field *form_file(const struct form *form, const char *name) {
    for (size_t i = 0; i < form->count; i++) {
        if (form->fields[i].filename.p && str_is(form->fields[i].name, name))
            return &form->fields[i];
    }
    return NULL;
}
