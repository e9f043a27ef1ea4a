/* Qualification requirements in canonical form (requester-api 3.6). Reading is jansson's; what is
 * written consists of checked words only, so nothing needs escaping. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "market/hit_type.h"

static const char field[] = "QualificationRequirements";

const char *const requirement_masters[REQUIREMENT_MASTERS] = {
    "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", /* production */
    "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6", /* sandbox */
    "2F1KVCNHMVHV8E9PBUB2A4J79LU20F", /* Categorization Masters, retired */
};

static const char locale_id[] = "00000000000000000071";

/* How many values a comparator takes. */
static const struct comparator {
    const char *name;
    size_t integers_max, locales_max; /* 0: takes none */
} comparators[] = {
    {"Exists", 0, 0},      {"DoesNotExist", 0, 0},
    {"LessThan", 1, 0},    {"LessThanOrEqualTo", 1, 0},
    {"GreaterThan", 1, 0}, {"GreaterThanOrEqualTo", 1, 0},
    {"EqualTo", 1, 1},     {"NotEqualTo", 1, 1},
    {"In", 15, 30},        {"NotIn", 15, 30},
};

bool requirement_is_masters(struct str id) {
    for (size_t i = 0; i < REQUIREMENT_MASTERS; i++) {
        if (str_is(id, requirement_masters[i]))
            return true;
    }
    return false;
}

static struct err refuse(struct ctx *c, const char *value, const char *why) {
    return err_make(c->arena, ERR_INVALID_PARAMETER, field,
                    "The value \"%s\" is not valid for the parameter %s. %s", value, field, why);
}

/* Capital letters and digits, 1 to max of them. */
static bool is_word(const char *s, size_t min, size_t max) {
    size_t n = s ? strlen(s) : 0;
    return n >= min && n <= max && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == n;
}

static const struct comparator *comparator_find(const char *name) {
    for (size_t i = 0; name && i < sizeof(comparators) / sizeof(comparators[0]); i++) {
        if (!strcmp(comparators[i].name, name))
            return &comparators[i];
    }
    return NULL;
}

static struct err put_integers(struct ctx *c, const json_t *item, const struct comparator *cmp,
                               struct buf *out) {
    const json_t *list = json_object_get(item, "IntegerValues");
    size_t n = json_array_size(list);
    if (n == 0 || n > cmp->integers_max)
        return refuse(c, cmp->name,
                      arena_printf(c->arena, "It takes %s%zu IntegerValues.",
                                   cmp->integers_max > 1 ? "1 to " : "", cmp->integers_max));
    buf_puts(out, ",\"IntegerValues\":[");
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(list, i);
        if (!json_is_integer(v))
            return refuse(c, "IntegerValues", "Each must be a whole number.");
        if (i)
            buf_putc(out, ',');
        buf_int(out, json_integer_value(v));
    }
    buf_putc(out, ']');
    return NO_ERR;
}

static struct err put_locales(struct ctx *c, const json_t *item, const struct comparator *cmp,
                              struct buf *out) {
    const json_t *list = json_object_get(item, "LocaleValues");
    size_t n = json_array_size(list);
    if (n == 0 || n > cmp->locales_max)
        return refuse(c, cmp->name,
                      arena_printf(c->arena, "With Worker_Locale it takes %s%zu LocaleValues.",
                                   cmp->locales_max > 1 ? "1 to " : "", cmp->locales_max));
    buf_puts(out, ",\"LocaleValues\":[");
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(list, i);
        const char *country = json_string_value(json_object_get(v, "Country"));
        const char *sub = json_string_value(json_object_get(v, "Subdivision"));
        if (!is_word(country, 2, 2) || (sub && !is_word(sub, 2, 2)))
            return refuse(c, country ? country : "LocaleValues",
                          "Country and Subdivision are two capital letters each.");
        buf_printf(out, "%s{\"Country\":\"%s\"", i ? "," : "", country);
        if (sub)
            buf_printf(out, ",\"Subdivision\":\"%s\"", sub);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
    return NO_ERR;
}

static struct err put_guard(struct ctx *c, const json_t *item, struct buf *out) {
    const json_t *guard = json_object_get(item, "ActionsGuarded");
    bool preview = json_is_true(json_object_get(item, "RequiredToPreview"));
    const char *word = json_string_value(guard);
    if (preview && json_is_string(guard))
        return err_make(c->arena, ERR_INVALID_COMBINATION, field,
                        "The combination of parameters supplied to the request is invalid: "
                        "ActionsGuarded, RequiredToPreview.");
    if (!word)
        word = preview ? "PreviewAndAccept" : "Accept";
    if (strcmp(word, "Accept") && strcmp(word, "PreviewAndAccept") &&
        strcmp(word, "DiscoverPreviewAndAccept"))
        return refuse(c, word,
                      "ActionsGuarded is Accept, PreviewAndAccept or DiscoverPreviewAndAccept.");
    buf_printf(out, ",\"ActionsGuarded\":\"%s\"", word);
    if (preview)
        buf_puts(out, ",\"RequiredToPreview\":true");
    return NO_ERR;
}

static struct err put_item(struct ctx *c, const json_t *item, bool *masters, struct buf *out) {
    const char *id = json_string_value(json_object_get(item, "QualificationTypeId"));
    const char *name = json_string_value(json_object_get(item, "Comparator"));
    const struct comparator *cmp = comparator_find(name);
    if (!is_word(id, 1, 64))
        return refuse(c, id ? id : "", "A QualificationTypeId is needed.");
    if (!cmp)
        return refuse(c, name ? name : "", "There is no such Comparator.");
    buf_printf(out, "{\"QualificationTypeId\":\"%s\",\"Comparator\":\"%s\"", id, cmp->name);
    struct err e = NO_ERR;
    if (!strcmp(id, locale_id) && cmp->integers_max) /* Exists ignores stray values */
        e = put_locales(c, item, cmp, out);
    else if (cmp->integers_max)
        e = put_integers(c, item, cmp, out);
    if (!failed(e))
        e = put_guard(c, item, out);
    buf_putc(out, '}');
    *masters |= requirement_is_masters(str_c(id)) && strcmp(cmp->name, "DoesNotExist") != 0;
    return e;
}

static int by_text(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str joined(struct arena *a, const struct str *items, size_t n) {
    struct buf b = BUF_INIT;
    buf_putc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_putc(&b, ',');
        buf_str(&b, items[i]);
    }
    buf_putc(&b, ']');
    struct str s = buf_dup(a, &b);
    buf_free(&b);
    return s;
}

static struct err read_list(struct ctx *c, const json_t *list, struct requirements *r) {
    size_t n = json_array_size(list);
    if (!json_is_array(list))
        return refuse(c, "…", "It must be a list.");
    if (n > REQUIREMENTS_MAX)
        return refuse(c, arena_printf(c->arena, "%zu", n), "At most 10 requirements are allowed.");
    struct str items[REQUIREMENTS_MAX];
    struct buf b = BUF_INIT;
    struct err e = NO_ERR;
    for (size_t i = 0; i < n && !failed(e); i++) {
        buf_clear(&b);
        e = put_item(c, json_array_get(list, i), &r->masters, &b);
        items[i] = buf_dup(c->arena, &b);
    }
    buf_free(&b);
    if (failed(e))
        return e;
    r->count = (int)n;
    r->stored = joined(c->arena, items, n);
    qsort(items, n, sizeof(items[0]), by_text);
    r->sorted = joined(c->arena, items, n);
    return NO_ERR;
}

struct err requirements_read(struct ctx *c, struct str json, struct requirements *r) {
    *r = (struct requirements){.stored = STR("[]"), .sorted = STR("[]")};
    if (!json.p || str_is(json, "[]"))
        return NO_ERR;
    json_error_t why;
    json_t *list = json_loadb(json.p, json.n, 0, &why);
    if (!list)
        return refuse(c, "…", arena_printf(c->arena, "It is no JSON: %s.", why.text));
    struct err e = read_list(c, list, r);
    json_decref(list);
    return e;
}
