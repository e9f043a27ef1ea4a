#include "api/legacy_params.h"

#include <assert.h>
#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/money.h"
#include "base/num.h"
#include "base/utf8.h"

/* Values quoted in messages are cut here. */
enum { QUOTE_MAX = 200, INDEX_DIGITS_MAX = 9 };

/* ---- names ---- */

/* Old names of members; the first is also the old name in answers. */
static const struct renamed {
    const char *name, *old;
} renames[] = {
    {"QualificationRequirements", "QualificationRequirement"},
    {"IntegerValues", "IntegerValue"},
    {"LocaleValues", "LocaleValue"},
    {"WorkerIds", "WorkerId"},
    {"HITLayoutParameters", "HITLayoutParameter"},
    {"AssignmentStatuses", "AssignmentStatus"},
    {"EventTypes", "EventType"},
    {"PolicyLevels", "PolicyLevel"},
    {"Parameters", "Parameter"},
    {"MapEntries", "MapEntry"},
    {"Values", "Value"},
    {"NumberOfAdditionalAssignments", "MaxAssignmentsIncrement"},
    {"HITs", "HIT"},
    {"Assignments", "Assignment"},
    {"Qualifications", "Qualification"},
    {"QualificationTypes", "QualificationType"},
    {"QualificationRequests", "QualificationRequest"},
    {"BonusPayments", "BonusPayment"},
    {"WorkerBlocks", "WorkerBlock"},
    {"NotifyWorkersFailureStatuses", "NotifyWorkersFailureStatus"},
    {"ReviewResults", "ReviewResult"},
    {"ReviewActions", "ReviewAction"},
    {NULL, NULL},
};

/* Second names that requests may use: boto says SubjectId where others say WorkerId, and puts
 * Active into the notification. */
static const struct renamed also[] = {
    {"WorkerId", "SubjectId"},
    {"Active", "Notification.1.Active"},
    {NULL, NULL},
};

/* Old words of values. Events that went to a URL go there as a topic's message. */
static const struct {
    const char *name, *old, *word;
} reworded[] = {
    {"Transport", "REST", "SNS"},
};

static const char *renamed(const struct renamed *table, const char *name) {
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table->old;
    return NULL;
}

const char *legacy_name(const char *name) {
    const char *old = renamed(renames, name);
    return old ? old : name;
}

/* ---- reading ---- */

struct numbered {
    struct form_field field;
    size_t at;
};

static int by_name(const void *x, const void *y) {
    const struct numbered *a = x, *b = y;
    int order = str_cmp(a->field.name, b->field.name);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static struct numbered *numbered(struct arena *a, const struct form *form) {
    struct numbered *all = arena_array(a, form->count, sizeof *all);
    for (size_t i = 0; i < form->count; i++)
        all[i] = (struct numbered){form->fields[i], i};
    return all;
}

struct err legacy_params_read(struct arena *a, struct str query, struct str body,
                              struct legacy_params *out) {
    struct buf both = BUF_INIT;
    if (query.p)
        buf_str(&both, query);
    buf_putc(&both, '&');
    if (body.p)
        buf_str(&both, body);
    *out = (struct legacy_params){0};
    struct err e = form_parse_urlencoded(a, buf_dup(a, &both), 0, &out->received);
    buf_free(&both);
    if (failed(e))
        return e;
    size_t n = out->received.count;
    struct numbered *all = numbered(a, &out->received);
    if (n)
        qsort(all, n, sizeof *all, by_name);
    out->sorted = arena_array(a, n, sizeof *out->sorted);
    for (size_t i = 0; i < n; i++) {
        if (str_chr(all[i].field.value, 0) >= 0)
            return err_make(a, ERR_INVALID_PARAMETER, NULL,
                            "The value of the parameter %.*s holds the character NUL.",
                            STR_ARG(all[i].field.name));
        if (i + 1 == n || !str_eq(all[i].field.name, all[i + 1].field.name))
            out->sorted[out->count++] = all[i].field;
    }
    return NO_ERR;
}

/* Parameters whose names have the prefix, which is cut off in sight only. */
struct range {
    const struct form_field *fields;
    size_t count;
    size_t cut; /* length of the prefix */
};

static struct str rest(const struct range *r, size_t i) {
    return str_from(r->fields[i].name, r->cut);
}

/* First field whose name's rest is not below s. */
static size_t lower_bound(const struct range *r, struct str s) {
    size_t from = 0, to = r->count;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (str_cmp(rest(r, mid), s) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static struct range below(const struct range *r, struct str prefix) {
    size_t from = lower_bound(r, prefix), to = from;
    while (to < r->count && str_starts(rest(r, to), prefix))
        to++;
    return (struct range){r->fields + from, to - from, r->cut + prefix.n};
}

static struct str exact(const struct range *r, struct str name) {
    size_t at = lower_bound(r, name);
    return at < r->count && str_eq(rest(r, at), name) ? r->fields[at].value : STR_NULL;
}

static struct range whole(const struct legacy_params *p) {
    return (struct range){p->sorted, p->count, 0};
}

struct str legacy_param(const struct legacy_params *p, const char *name) {
    struct range all = whole(p);
    return exact(&all, str_c(name));
}

/* ---- signatures ---- */

static int fold_cmp(struct str a, struct str b) {
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        int x = tolower((unsigned char)a.p[i]), y = tolower((unsigned char)b.p[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}

static int by_folded_name(const void *x, const void *y) {
    const struct numbered *a = x, *b = y;
    int order = fold_cmp(a->field.name, b->field.name);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

struct str legacy_signed_text(struct arena *a, const struct legacy_params *p) {
    struct buf b = BUF_INIT;
    size_t n = p->received.count;
    struct numbered *all = numbered(a, &p->received);
    if (n)
        qsort(all, n, sizeof *all, by_folded_name);
    for (size_t i = 0; i < n; i++) {
        if (str_is(all[i].field.name, "Signature"))
            continue;
        buf_str(&b, all[i].field.name);
        buf_str(&b, all[i].field.value);
    }
    struct str text = buf_dup(a, &b);
    buf_free(&b);
    return text;
}

struct str legacy_sign(struct arena *a, struct str secret, struct str text) {
    unsigned char mac[EVP_MAX_MD_SIZE], base64[4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1];
    unsigned len = sizeof mac;
    const unsigned char *p = (const unsigned char *)(text.p ? text.p : "");
    if (!HMAC(EVP_sha1(), secret.p, (int)secret.n, p, text.n, mac, &len))
        assert(!"HMAC-SHA1 can not fail");
    EVP_EncodeBlock(base64, mac, (int)len);
    return str_printf(a, "%s", (const char *)base64);
}

struct str legacy_same_text(struct arena *a, const struct legacy_params *p) {
    static const char *const other[] = {"AWSAccessKeyId", "Signature", "Timestamp", NULL};
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < p->count; i++) {
        bool same = true;
        for (size_t k = 0; other[k]; k++)
            same = same && !str_is(p->sorted[i].name, other[k]);
        if (!same)
            continue;
        buf_printf(&b, "%zu:%zu:", p->sorted[i].name.n, p->sorted[i].value.n);
        buf_str(&b, p->sorted[i].name);
        buf_str(&b, p->sorted[i].value);
    }
    struct str text = buf_dup(a, &b);
    buf_free(&b);
    return text;
}

/* ---- values ---- */

struct reader {
    struct arena *a;
    struct err err;     /* the first one */
    struct buf missing; /* names of required members */
};

static void invalid(struct reader *r, const char *name, struct str value, const char *wanted) {
    struct str shown = utf8_clip(value, QUOTE_MAX);
    if (!failed(r->err))
        r->err = err_make(r->a, ERR_INVALID_PARAMETER, name,
                          "The value \"%.*s%s\" is not valid for the parameter %s. It must be %s.",
                          STR_ARG(shown), shown.n < value.n ? "…" : "", name, wanted);
}

static void out_of_range(struct reader *r, const struct field *row, struct str value) {
    if (!failed(r->err))
        r->err = err_make(r->a, ERR_OUT_OF_RANGE, legacy_name(row->name),
                          "The value %.*s is invalid for %s. Valid values range from %lld to "
                          "%lld.",
                          STR_ARG(value), legacy_name(row->name), (long long)row->min,
                          (long long)row->max);
}

static bool all_digits(struct str s) {
    size_t i = s.n && s.p[0] == '-';
    if (i == s.n)
        return false;
    for (; i < s.n; i++)
        if (!isdigit((unsigned char)s.p[i]))
            return false;
    return true;
}

static bool read_int(struct reader *r, const struct field *row, struct str value, int64_t *n) {
    struct str text = str_trim(value);
    if (!all_digits(text)) {
        invalid(r, legacy_name(row->name), value, "a whole number");
        return false;
    }
    bool bounded = row->type == F_INT;
    if (num_parse(text, bounded ? row->min : INT32_MIN, bounded ? row->max : INT32_MAX, n))
        return true;
    if (bounded)
        out_of_range(r, row, utf8_clip(text, QUOTE_MAX));
    else
        invalid(r, legacy_name(row->name), value, "a whole number of 32 bits");
    return false;
}

static bool parse_bool(struct str value, bool *b) {
    static const char *const yes[] = {"true", "1", "t", NULL}, *const no[] = {"false", "0", "f",
                                                                              NULL};
    struct str text = str_trim(value);
    for (size_t i = 0; yes[i]; i++) {
        if (str_ieq(text, str_c(yes[i])) || str_ieq(text, str_c(no[i]))) {
            *b = str_ieq(text, str_c(yes[i]));
            return true;
        }
    }
    return false;
}

struct err legacy_param_int(struct arena *a, const struct legacy_params *p, const struct field *row,
                            int64_t *value) {
    struct reader r = {.a = a};
    struct str text = legacy_param(p, row->name);
    if (text.p && !str_is(text, "None"))
        read_int(&r, row, text, value);
    return r.err;
}

struct err legacy_param_bool(struct arena *a, const struct legacy_params *p, const char *name,
                             bool *value) {
    struct reader r = {.a = a};
    struct str text = legacy_param(p, name);
    *value = false;
    if (text.p && !str_is(text, "None") && !parse_bool(text, value))
        invalid(&r, name, text, "true or false");
    return r.err;
}

/* The amount is a float of a program: "0.1", "5", "0.30000000000000004". Rounded to cents, half
 * up. */
static struct str read_amount(struct arena *a, struct str text) {
    size_t dot = 0;
    while (dot < text.n && isdigit((unsigned char)text.p[dot]))
        dot++;
    struct str tail = str_from(text, dot);
    int64_t cents;
    if (dot == 0 || dot > 12 || (tail.n && tail.p[0] != '.'))
        return STR_NULL;
    for (size_t i = 1; i < tail.n; i++)
        if (!isdigit((unsigned char)tail.p[i]))
            return STR_NULL;
    struct str cut = str_sub(text, 0, dot + (tail.n > 3 ? 3 : tail.n));
    if (!money_parse(cut, &cents))
        return STR_NULL;
    return money_wire(a, cents + (tail.n > 3 && tail.p[3] >= '5'));
}

static json_t *text_json(struct str s) {
    json_t *v = json_stringn(s.p ? s.p : "", s.n);
    assert(v); /* valid UTF-8 by form.h */
    return v;
}

/* "Reward.1.Amount", "Reward.Amount"; a bare "Reward" will do. */
static json_t *take_price(struct reader *r, const struct range *at, const char *old) {
    struct range in = below(at, str_printf(r->a, "%s.1.", old));
    if (!in.count)
        in = below(at, str_printf(r->a, "%s.", old));
    struct str amount = exact(&in, STR("Amount"));
    struct str currency = exact(&in, STR("CurrencyCode"));
    if (!amount.p)
        amount = exact(at, str_c(old));
    if (!amount.p)
        return NULL;
    if (currency.p && !str_is(currency, "USD")) {
        invalid(r, str_z(r->a, str_printf(r->a, "%s.CurrencyCode", old)), currency, "USD");
        return NULL;
    }
    struct str cents = read_amount(r->a, str_trim(amount));
    if (!cents.p) {
        invalid(r, str_z(r->a, str_printf(r->a, "%s.Amount", old)), amount,
                "an amount in dollars such as 0.50");
        return NULL;
    }
    return text_json(cents);
}

/* Ids were taken in lower case too. */
static json_t *take_text(struct reader *r, const struct field *row, struct str value) {
    if (row->pattern == PATTERN_ENTITY || row->pattern == PATTERN_CUSTOMER) {
        char *up = str_z(r->a, str_trim(value));
        for (char *c = up; *c; c++)
            *c = (char)toupper((unsigned char)*c);
        value = str_c(up);
    }
    if (row->type == F_ENUM)
        for (size_t i = 0; i < sizeof reworded / sizeof *reworded; i++)
            if (strcmp(reworded[i].name, row->name) == 0 && str_is(value, reworded[i].old))
                value = str_c(reworded[i].word);
    return text_json(value);
}

static json_t *take_scalar(struct reader *r, const struct field *row, struct str value) {
    int64_t n;
    bool b;
    switch (row->type) {
    case F_INT:
    case F_INTS: return read_int(r, row, value, &n) ? json_integer(n) : NULL;
    case F_BOOL:
        if (parse_bool(value, &b))
            return json_boolean(b);
        invalid(r, legacy_name(row->name), value, "true or false");
        return NULL;
    case F_TEXT:
    case F_ENUM:
    case F_ENUMS:
    case F_TEXTS:
    case F_TIME: return take_text(r, row, value);
    case F_MONEY:
    case F_OBJECTS:
    case F_OBJECT: break;
    }
    assert(!"not a scalar");
    return NULL;
}

/* ---- lists ---- */

/* "12" of "12.Key" and of "12": a list's number, without zeros in front. 0: none. */
static int64_t index_of(struct str name) {
    size_t n = 0;
    int64_t value = 0;
    while (n < name.n && isdigit((unsigned char)name.p[n]))
        n++;
    if (n == 0 || n > INDEX_DIGITS_MAX || name.p[0] == '0' || (n < name.n && name.p[n] != '.'))
        return 0;
    num_parse(str_sub(name, 0, n), 1, INT32_MAX, &value);
    return value;
}

static int by_number(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* The different numbers under a list's name, in order. */
static size_t indexes(struct arena *a, const struct range *in, int64_t **out) {
    int64_t *all = arena_array(a, in->count, sizeof *all);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < in->count; i++) {
        int64_t index = index_of(rest(in, i));
        if (index && (n == 0 || all[n - 1] != index))
            all[n++] = index;
    }
    if (n)
        qsort(all, n, sizeof *all, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || all[kept - 1] != all[i])
            all[kept++] = all[i];
    *out = all;
    return kept;
}

static json_t *object_json(struct reader *r, const struct range *at, const struct field *rows,
                           const json_t *absent);

static void append(json_t *list, json_t *item) {
    if (item)
        json_array_append_new(list, item);
}

/* A comma list is one parameter. */
static void append_words(struct reader *r, json_t *list, const struct field *row,
                         struct str value) {
    while (value.p) {
        struct str word = str_trim(str_cut(&value, ','));
        if (word.n)
            append(list, take_scalar(r, row, word));
    }
}

static json_t *take_list(struct reader *r, const struct range *at, const struct field *row,
                         const char *old) {
    bool objects = row->type == F_OBJECTS;
    struct range in = below(at, str_printf(r->a, "%s.", old));
    struct str one = exact(at, str_c(old));
    json_t *list = json_array();
    int64_t *numbers;
    size_t n = indexes(r->a, &in, &numbers);
    if (one.p && row->type == F_ENUMS)
        append_words(r, list, row, one);
    else if (one.p && !objects)
        append(list, take_scalar(r, row, one));
    for (size_t i = 0; i < n; i++) {
        struct str number = str_printf(r->a, "%lld", (long long)numbers[i]);
        struct range item = below(&in, str_printf(r->a, "%.*s.", STR_ARG(number)));
        struct str value = exact(&in, number);
        if (objects && item.count)
            append(list, object_json(r, &item, row->of, NULL));
        else if (!objects && value.p)
            append(list, take_scalar(r, row, value));
    }
    if (objects && !n && in.count)
        append(list, object_json(r, &in, row->of, NULL)); /* "LocaleValue.Country" */
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}

static json_t *take_object(struct reader *r, const struct range *at, const struct field *row,
                           const char *old) {
    struct range in = below(at, str_printf(r->a, "%s.1.", old));
    if (!in.count)
        in = below(at, str_printf(r->a, "%s.", old));
    return in.count && row->of ? object_json(r, &in, row->of, NULL) : NULL;
}

static json_t *take_named(struct reader *r, const struct range *at, const struct field *row,
                          const char *old) {
    struct str value;
    switch (row->type) {
    case F_MONEY: return take_price(r, at, old);
    case F_INTS:
    case F_TEXTS:
    case F_ENUMS:
    case F_OBJECTS: return take_list(r, at, row, old);
    case F_OBJECT: return take_object(r, at, row, old);
    case F_TEXT:
    case F_INT:
    case F_BOOL:
    case F_TIME:
    case F_ENUM: break;
    }
    value = exact(at, str_c(old));
    /* What Python says for nothing. */
    if (!value.p || (!row->required && str_is(value, "None")))
        return NULL;
    return take_scalar(r, row, value);
}

static json_t *take(struct reader *r, const struct range *at, const struct field *row) {
    const char *second = renamed(also, row->name);
    json_t *v = take_named(r, at, row, legacy_name(row->name));
    if (!v && second)
        v = take_named(r, at, row, second);
    return v;
}

static json_t *object_json(struct reader *r, const struct range *at, const struct field *rows,
                           const json_t *absent) {
    json_t *object = json_object();
    for (const struct field *row = rows; row->name; row++) {
        json_t *v = take(r, at, row);
        if (v)
            json_object_set_new(object, row->name, v);
        else if (json_object_get(absent, row->name))
            json_object_set(object, row->name, json_object_get(absent, row->name));
        else if (row->required && !failed(r->err))
            buf_printf(&r->missing, "%s%s", r->missing.n ? ", " : "", legacy_name(row->name));
    }
    return object;
}

struct err legacy_params_json(struct arena *a, const struct legacy_params *p,
                              const struct field *rows, const char *absent, json_t **object) {
    struct reader r = {.a = a};
    struct range all = whole(p);
    json_t *defaults = absent ? json_loads(absent, 0, NULL) : NULL;
    *object = object_json(&r, &all, rows, defaults);
    json_decref(defaults);
    if (!failed(r.err) && r.missing.n)
        r.err = err_make(a, ERR_MISSING_PARAMETERS, NULL,
                         "Your request is missing required parameters. Required parameters "
                         "include %.*s.",
                         STR_ARG(buf_view(&r.missing)));
    buf_free(&r.missing);
    if (failed(r.err)) {
        json_decref(*object);
        *object = NULL;
    }
    return r.err;
}
