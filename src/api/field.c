#include "api/field.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/datetime.h"
#include "base/money.h"
#include "base/num.h"
#include "base/utf8.h"
#include "http/json_in.h"

/* Values quoted in messages are cut here: a message is for reading. */
enum { QUOTE_MAX = 512 };

/* Beyond the year 9999 in both directions no time means anything. */
#define TIME_S_MAX INT64_C(253402300799)

/* One walk over a request. Findings are gathered: the reference reports all of them at once. */
struct decoder {
    struct arena *a;
    struct buf findings;
    int count;
    const char *first; /* member of the first finding */
    struct err stop;   /* wrong JSON type, or a control character: the first one */
};

struct spot {
    const struct field *row;
    struct str path; /* "qualificationRequirements.1.member.comparator" */
    char *to;        /* where the value goes */
};

const char *field_pattern_text(enum field_pattern pattern) {
    switch (pattern) {
    case PATTERN_NONE: return NULL;
    case PATTERN_ENTITY: return "^[A-Z0-9]+$";
    case PATTERN_CUSTOMER: return "^A[A-Z0-9]+$";
    case PATTERN_MONEY: return "^[0-9]+(\\.)?[0-9]{0,2}$";
    }
    return NULL;
}

const char *word_name(const struct word *words, int value) {
    for (; words->name; words++)
        if (words->value == value)
            return words->name;
    return NULL;
}

struct str field_path_name(struct arena *a, const char *name) {
    char *path = arena_strdup(a, name);
    path[0] = (char)tolower((unsigned char)path[0]);
    return str_c(path);
}

static void find(struct decoder *d, struct str value, struct str path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void find(struct decoder *d, struct str value, struct str path, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const char *rule = arena_vprintf(d->a, fmt, ap);
    va_end(ap);
    if (!d->count)
        d->first = str_z(d->a, path);
    if (d->count++)
        buf_puts(&d->findings, "; ");
    if (value.p) {
        struct str shown = utf8_clip(value, QUOTE_MAX);
        buf_printf(&d->findings, "Value '%.*s%s' at '", STR_ARG(shown),
                   shown.n < value.n ? "…" : "");
    } else {
        buf_puts(&d->findings, "Value null at '");
    }
    buf_str(&d->findings, path);
    buf_printf(&d->findings, "' failed to satisfy constraint: Member must %s", rule);
}

static void wrong_type(struct decoder *d, const struct spot *s, const char *wanted) {
    if (!failed(d->stop))
        d->stop = err_make(d->a, ERR_BAD_JSON, s->row->name, "%.*s must be %s.", STR_ARG(s->path),
                           wanted);
}

static bool pattern_holds(enum field_pattern pattern, struct str s) {
    if (pattern == PATTERN_NONE)
        return true;
    if (pattern == PATTERN_MONEY) {
        size_t i = 0;
        while (i < s.n && isdigit((unsigned char)s.p[i]))
            i++;
        size_t digits = i;
        if (i < s.n && s.p[i] == '.')
            i++;
        return digits > 0 && s.n - i <= 2 &&
               (i == s.n ||
                (isdigit((unsigned char)s.p[i]) && isdigit((unsigned char)s.p[s.n - 1])));
    }
    if (pattern == PATTERN_CUSTOMER && (s.n < 2 || s.p[0] != 'A'))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9')))
            return false;
    return s.n > 0;
}

static void check_plain(struct decoder *d, const struct spot *s, struct str text) {
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 32 && c != '\t' && c != '\n' && c != '\r' && !failed(d->stop))
            d->stop = err_make(d->a, ERR_INVALID_PARAMETER, s->row->name,
                               "The value of %s holds the control character %d, which is not "
                               "allowed there.",
                               s->row->name, c);
    }
}

static void check_length(struct decoder *d, const struct spot *s, struct str text) {
    const struct field *row = s->row;
    int64_t n = (int64_t)(row->flags & FIELD_BYTES ? text.n : utf8_length(text));
    if (row->max && n > row->max)
        find(d, text, s->path, "have length less than or equal to %lld", (long long)row->max);
    if (n < row->min)
        find(d, text, s->path, "have length greater than or equal to %lld", (long long)row->min);
}

static void check_text(struct decoder *d, const struct spot *s, struct str text) {
    if (!pattern_holds(s->row->pattern, text))
        find(d, text, s->path, "satisfy regular expression pattern: %s",
             field_pattern_text(s->row->pattern));
    check_length(d, s, text);
    if (s->row->flags & FIELD_PLAIN)
        check_plain(d, s, text);
}

static void take_text(struct decoder *d, const struct spot *s, const json_t *v) {
    struct str text = json_in_str(v);
    if (!text.p) {
        wrong_type(d, s, "a string");
        return;
    }
    check_text(d, s, text);
    memcpy(s->to, &text, sizeof text);
}

static bool integral(const json_t *v, int64_t *out) {
    if (json_is_integer(v)) {
        *out = json_integer_value(v);
        return true;
    }
    if (!json_is_real(v))
        return false;
    double x = json_real_value(v);
    if (!(x >= -9007199254740992.0 && x <= 9007199254740992.0))
        return false;
    *out = (int64_t)x;
    return (double)*out == x;
}

static void take_int(struct decoder *d, const struct spot *s, const json_t *v) {
    int64_t n;
    if (!integral(v, &n)) {
        wrong_type(d, s, "an integer");
        return;
    }
    struct str shown = str_printf(d->a, "%lld", (long long)n);
    if (n > s->row->max)
        find(d, shown, s->path, "have value less than or equal to %lld", (long long)s->row->max);
    if (n < s->row->min)
        find(d, shown, s->path, "have value greater than or equal to %lld", (long long)s->row->min);
    memcpy(s->to, &n, sizeof n);
}

static void take_bool(struct decoder *d, const struct spot *s, const json_t *v) {
    if (!json_is_boolean(v)) {
        wrong_type(d, s, "true or false");
        return;
    }
    bool b = json_is_true(v);
    int maybe = b;
    if (s->row->flags & FIELD_MAYBE)
        memcpy(s->to, &maybe, sizeof maybe);
    else
        memcpy(s->to, &b, sizeof b);
}

static void take_money(struct decoder *d, const struct spot *s, const json_t *v) {
    struct str text = json_is_string(v) ? json_in_str(v) : json_in_number(d->a, v);
    if (!text.p) {
        wrong_type(d, s, "an amount as a string, such as \"0.50\"");
        return;
    }
    int64_t cents = 0;
    if (!pattern_holds(PATTERN_MONEY, text) || !money_parse(text, &cents))
        find(d, text, s->path, "satisfy regular expression pattern: %s",
             field_pattern_text(PATTERN_MONEY));
    memcpy(s->to, &cents, sizeof cents);
}

/* "1700000000", "1700000000.25", "-5": text of a number of seconds. */
static bool seconds_text(struct arena *a, struct str s, double *out) {
    if (s.n == 0 || s.n > 40)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("0123456789.-+eE", s.p[i]))
            return false;
    char *end, *z = str_z(a, s);
    *out = strtod(z, &end);
    return *end == '\0' && isfinite(*out);
}

static void take_time(struct decoder *d, const struct spot *s, const json_t *v) {
    double seconds = 0;
    int64_t ms;
    struct str text = json_in_str(v);
    if (text.p && !seconds_text(d->a, text, &seconds)) {
        if (!time_parse_iso(text, &ms)) {
            wrong_type(d, s, "a number of seconds since 1970, or an ISO 8601 time");
            return;
        }
        memcpy(s->to, &ms, sizeof ms);
        return;
    }
    if (!text.p && !json_is_number(v)) {
        wrong_type(d, s, "a number of seconds since 1970");
        return;
    }
    if (!text.p)
        seconds = json_number_value(v);
    if (seconds > (double)TIME_S_MAX)
        seconds = (double)TIME_S_MAX;
    if (seconds < -(double)TIME_S_MAX)
        seconds = -(double)TIME_S_MAX;
    ms = (int64_t)(seconds * 1000 + (seconds < 0 ? -0.5 : 0.5));
    memcpy(s->to, &ms, sizeof ms);
}

static bool find_word(struct decoder *d, const struct spot *s, const json_t *v, int *value) {
    struct str text = json_in_str(v);
    if (!text.p) {
        wrong_type(d, s, "a string");
        return false;
    }
    struct buf all = BUF_INIT;
    for (const struct word *w = s->row->words; w->name; w++) {
        if (str_is(text, w->name)) {
            *value = w->value;
            buf_free(&all);
            return true;
        }
        buf_printf(&all, "%s%s", all.n ? ", " : "", w->name);
    }
    find(d, text, s->path, "satisfy enum value set: [%.*s]", STR_ARG(buf_view(&all)));
    buf_free(&all);
    return false;
}

static void take_enum(struct decoder *d, const struct spot *s, const json_t *v) {
    int value;
    if (find_word(d, s, v, &value))
        memcpy(s->to, &value, sizeof value);
}

static struct spot item_spot(struct decoder *d, const struct spot *list, size_t i, char *to) {
    return (struct spot){list->row, str_printf(d->a, "%.*s.%zu.member", STR_ARG(list->path), i + 1),
                         to};
}

static void take_enums(struct decoder *d, const struct spot *s, const json_t *v) {
    unsigned bits = 0;
    size_t i;
    json_t *item;
    json_array_foreach(v, i, item) {
        int value;
        struct spot at = item_spot(d, s, i, NULL);
        if (find_word(d, &at, item, &value))
            bits |= 1u << value;
    }
    memcpy(s->to, &bits, sizeof bits);
}

static void decode_object(struct decoder *d, const struct field *rows, struct str prefix,
                          const json_t *object, char *out);

/* An item's own bounds are not the list's. */
static void take_item(struct decoder *d, const struct spot *at, const json_t *item) {
    const struct field *row = at->row;
    struct field bare = {.name = row->name,
                         .pattern = row->pattern,
                         .flags = row->flags,
                         .min = INT32_MIN,
                         .max = INT32_MAX};
    struct spot s = {&bare, at->path, at->to};
    if (row->type == F_INTS) {
        take_int(d, &s, item);
    } else if (row->type == F_TEXTS) {
        bare.min = bare.max = 0;
        take_text(d, &s, item);
    } else if (json_is_object(item)) {
        decode_object(d, row->of, str_printf(d->a, "%.*s.", STR_ARG(at->path)), item, at->to);
    } else {
        wrong_type(d, at, "an object");
    }
}

static void take_list(struct decoder *d, const struct spot *s, const json_t *v) {
    const struct field *row = s->row;
    if (!json_is_array(v)) {
        wrong_type(d, s, "a list");
        return;
    }
    size_t n = json_array_size(v);
    if (row->max && n > (size_t)row->max) {
        find(d, STR("[…]"), s->path, "have length less than or equal to %lld", (long long)row->max);
        return;
    }
    if (row->type == F_ENUMS) {
        take_enums(d, s, v);
        return;
    }
    size_t size = row->type == F_INTS    ? sizeof(int64_t)
                  : row->type == F_TEXTS ? sizeof(struct str)
                                         : row->of_size;
    struct field_list list = {arena_array(d->a, n, size), n};
    for (size_t i = 0; i < n; i++) {
        struct spot at = item_spot(d, s, i, (char *)list.items + i * size);
        take_item(d, &at, json_array_get(v, i));
    }
    memcpy(s->to, &list, sizeof list);
}

static void take(struct decoder *d, const struct spot *s, const json_t *v) {
    switch (s->row->type) {
    case F_TEXT: take_text(d, s, v); break;
    case F_INT: take_int(d, s, v); break;
    case F_BOOL: take_bool(d, s, v); break;
    case F_MONEY: take_money(d, s, v); break;
    case F_TIME: take_time(d, s, v); break;
    case F_ENUM: take_enum(d, s, v); break;
    case F_ENUMS:
    case F_INTS:
    case F_TEXTS:
    case F_OBJECTS: take_list(d, s, v); break;
    case F_OBJECT:
        if (json_is_object(v) && s->row->of && !(s->row->flags & FIELD_TREE))
            decode_object(d, s->row->of, str_printf(d->a, "%.*s.", STR_ARG(s->path)), v, s->to);
        else if (json_is_object(v))
            memcpy(s->to, &v, sizeof v);
        else
            wrong_type(d, s, "an object");
        break;
    }
}

static void take_fallback(const struct field *row, char *to) {
    if (row->type == F_INT || row->type == F_MONEY || row->type == F_TIME) {
        memcpy(to, &row->fallback, sizeof row->fallback);
    } else if (row->type == F_BOOL && (row->flags & FIELD_MAYBE)) {
        int absent = -1;
        memcpy(to, &absent, sizeof absent);
    } else if (row->type == F_BOOL) {
        bool b = row->fallback != 0;
        memcpy(to, &b, sizeof b);
    } else if (row->type == F_ENUM) {
        int value = (int)row->fallback;
        memcpy(to, &value, sizeof value);
    }
}

static void decode_object(struct decoder *d, const struct field *rows, struct str prefix,
                          const json_t *object, char *out) {
    for (const struct field *row = rows; row->name; row++) {
        const json_t *v = json_object_get(object, row->name);
        struct str name = field_path_name(d->a, row->name);
        struct spot s = {row, str_printf(d->a, "%.*s%.*s", STR_ARG(prefix), STR_ARG(name)),
                         out + row->at};
        take_fallback(row, s.to);
        if (v && !json_is_null(v))
            take(d, &s, v);
        else if (row->required)
            find(d, STR_NULL, s.path, "not be null");
    }
}

struct err fields_decode(struct arena *a, const struct field *rows, const json_t *object,
                         void *out) {
    struct decoder d = {.a = a};
    if (!json_is_object(object))
        return err_make(a, ERR_BAD_JSON, NULL, "The body must be a JSON object.");
    decode_object(&d, rows, STR(""), object, out);
    struct err e = d.stop;
    /* A control character is found only in values that are otherwise good. */
    if (d.count && e.code != ERR_BAD_JSON)
        e = err_make(a, ERR_VALIDATION, d.first, "%d validation error%s detected: %.*s", d.count,
                     d.count == 1 ? "" : "s", STR_ARG(buf_view(&d.findings)));
    buf_free(&d.findings);
    return e;
}
