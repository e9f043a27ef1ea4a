#include "site/criteria.h"

#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"
#include "market/hit_type.h"
#include "market/qualification.h"
#include "market/qualify.h"

#define RATE_TYPE     "000000000000000000L0"
#define APPROVED_TYPE "00000000000000000040"
#define ADULT_TYPE    "00000000000000000060"
#define LOCALE_TYPE   "00000000000000000071"
#define MASTERS_TYPE  "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH"

static const char *const number_comparators[] = {
    "GreaterThanOrEqualTo", "GreaterThan", "LessThanOrEqualTo", "LessThan", "EqualTo", "NotEqualTo",
};
/* Values of In and NotIn (requester-api 3.6). */
enum { OWN_VALUES_MAX = 15 };
enum { NUMBER_COMPARATORS = sizeof number_comparators / sizeof *number_comparators };

static struct str member(struct arena *a, const json_t *item, const char *name) {
    return str_dup(a, str_c(json_string_value(json_object_get(item, name))));
}

static bool is_number_comparator(struct str word) {
    for (int i = 0; i < NUMBER_COMPARATORS; i++)
        if (str_is(word, number_comparators[i]))
            return true;
    return false;
}

/* ---- from what is stored ---- */

static bool take_number(struct arena *a, const json_t *item, struct str how, struct str *cmp,
                        struct str *value) {
    const json_t *values = json_object_get(item, "IntegerValues");
    if (cmp->n || !is_number_comparator(how) || json_array_size(values) != 1)
        return false;
    *cmp = how;
    *value = str_printf(a, "%lld", (long long)json_integer_value(json_array_get(values, 0)));
    return true;
}

static bool take_countries(struct arena *a, const json_t *item, struct str how,
                           struct criteria *out) {
    bool in = str_is(how, "In") || str_is(how, "EqualTo");
    bool not_in = str_is(how, "NotIn") || str_is(how, "NotEqualTo");
    if (out->country_cmp.n || (!in && !not_in))
        return false;
    struct buf b = BUF_INIT;
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(item, "LocaleValues"), i, one) {
        const char *part = json_string_value(json_object_get(one, "Subdivision"));
        const char *country = json_string_value(json_object_get(one, "Country"));
        buf_printf(&b, "%s%s%s%s", i ? ", " : "", country ? country : "", part ? "-" : "",
                   part ? part : "");
    }
    out->country_cmp = in ? STR("In") : STR("NotIn");
    out->countries = buf_dup(a, &b);
    buf_free(&b);
    return true;
}

static bool take_tick(bool here, bool *tick) {
    if (!here || *tick)
        return false;
    *tick = true;
    return true;
}

static bool lists_type(const struct qualification_type_list *types, struct str id) {
    for (size_t i = 0; types && i < types->n; i++)
        if (str_eq(types->items[i].type_id, id))
            return true;
    return false;
}

/* A type of the requester's own: whatever its guard, it has a line. */
static bool take_own(struct arena *a, const json_t *item,
                     const struct qualification_type_list *types, struct criteria *out) {
    struct str type = member(a, item, "QualificationTypeId");
    if (out->own_n == CRITERIA_OWN_MAX || !lists_type(types, type) ||
        json_is_true(json_object_get(item, "RequiredToPreview")))
        return false;
    struct buf b = BUF_INIT;
    size_t i;
    const json_t *value;
    json_array_foreach(json_object_get(item, "IntegerValues"), i, value)
        buf_printf(&b, "%s%lld", i ? ", " : "", (long long)json_integer_value(value));
    out->own[out->own_n++] = (struct own_criterion){
        .type_id = type,
        .cmp = member(a, item, "Comparator"),
        .values = buf_dup(a, &b),
        .guards = member(a, item, "ActionsGuarded"),
    };
    buf_free(&b);
    return true;
}

static bool take(struct arena *a, const json_t *item, struct criteria *out) {
    struct str type = member(a, item, "QualificationTypeId"), how = member(a, item, "Comparator");
    struct str guards = member(a, item, "ActionsGuarded");
    if (out->visibility.n && !str_eq(guards, out->visibility))
        return false;
    bool taken = false;
    const json_t *values = json_object_get(item, "IntegerValues");
    bool one = json_array_size(values) == 1 && json_integer_value(json_array_get(values, 0)) == 1;
    if (str_is(type, RATE_TYPE))
        taken = take_number(a, item, how, &out->rate_cmp, &out->rate);
    else if (str_is(type, APPROVED_TYPE))
        taken = take_number(a, item, how, &out->approved_cmp, &out->approved);
    else if (str_is(type, LOCALE_TYPE))
        taken = take_countries(a, item, how, out);
    else if (str_is(type, MASTERS_TYPE))
        taken = take_tick(str_is(how, "Exists"), &out->masters);
    else if (str_is(type, ADULT_TYPE))
        taken = take_tick(str_is(how, "EqualTo") && one, &out->adult);
    if (taken)
        out->visibility = guards;
    return taken;
}

void criteria_read(struct arena *a, struct str requirements,
                   const struct qualification_type_list *types, struct criteria *out) {
    *out = (struct criteria){.others = STR("[]")};
    json_t *list = requirements.n ? json_loadb(requirements.p, requirements.n, 0, NULL) : NULL;
    json_t *others = json_array();
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) if (!take_own(a, item, types, out) && !take(a, item, out))
        json_array_append(others, item);
    if (json_array_size(others)) {
        char *text = json_dumps(others, JSON_COMPACT);
        out->others = str_dup(a, str_c(text));
        free(text);
    }
    json_decref(others);
    json_decref(list);
    if (!out->visibility.n)
        out->visibility = STR("Accept");
}

/* ---- from the form ---- */

struct writing {
    struct arena *a;
    const struct criteria *in;
    struct buf b;
    struct err err;
};

static void open_item(struct writing *w, const char *type, struct str comparator) {
    buf_printf(&w->b, "%s{\"QualificationTypeId\":\"%s\",\"Comparator\":\"%.*s\"",
               w->b.n > 1 ? "," : "", type, STR_ARG(comparator));
}

static void close_guarding(struct writing *w, struct str guards) {
    buf_printf(&w->b, ",\"ActionsGuarded\":\"%.*s\"}", STR_ARG(guards));
}

static void close_item(struct writing *w) {
    close_guarding(w, w->in->visibility);
}

/* A comparator without a number, or a number without a comparator, is a mistake. */
static void put_number(struct writing *w, const char *type, const char *field, struct str cmp,
                       struct str typed) {
    int64_t value, max = strcmp(field, "rate") == 0 ? 100 : INT32_MAX;
    struct str text = str_trim(typed);
    if (failed(w->err) || (!cmp.n && !text.n))
        return;
    if (cmp.n && !is_number_comparator(cmp)) {
        w->err = err_make(w->a, ERR_BAD_REQUEST, field, "Choose a comparison from the list.");
    } else if (!text.n) {
        w->err = err_make(w->a, ERR_BAD_REQUEST, field,
                          "Say which number to compare with, or choose \"any\".");
    } else if (!num_parse(text, 0, max, &value)) {
        w->err =
            err_make(w->a, ERR_BAD_REQUEST, field, "\"%.*s\" is not a whole number from 0 to %lld.",
                     STR_ARG(text), (long long)max);
    } else {
        open_item(w, type, cmp.n ? cmp : STR("GreaterThanOrEqualTo"));
        buf_printf(&w->b, ",\"IntegerValues\":[%lld]", (long long)value);
        close_item(w);
    }
}

static bool capital_pair(struct str s) {
    return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static void put_country(struct writing *w, struct str word, bool first) {
    struct buf upper = BUF_INIT;
    for (size_t i = 0; i < word.n; i++)
        buf_putc(&upper, (char)(word.p[i] >= 'a' && word.p[i] <= 'z' ? word.p[i] - 32 : word.p[i]));
    struct str country = str_sub(buf_view(&upper), 0, 2);
    struct str part = str_from(buf_view(&upper), 2);
    if (!capital_pair(country) ||
        (part.n && (part.p[0] != '-' || !capital_pair(str_from(part, 1)))))
        w->err = err_make(w->a, ERR_BAD_REQUEST, "countries",
                          "\"%.*s\" is not a country: write two letters as in US or DE, and for a "
                          "part of it US-CA; commas between.",
                          STR_ARG(word));
    else if (part.n)
        buf_printf(&w->b, "%s{\"Country\":\"%.*s\",\"Subdivision\":\"%.*s\"}", first ? "" : ",",
                   STR_ARG(country), STR_ARG(str_from(part, 1)));
    else
        buf_printf(&w->b, "%s{\"Country\":\"%.*s\"}", first ? "" : ",", STR_ARG(country));
    buf_free(&upper);
}

static void put_countries(struct writing *w) {
    struct str text = str_trim(w->in->countries);
    if (failed(w->err) || (!text.n && !w->in->country_cmp.n))
        return;
    if (!text.n) {
        w->err = err_make(w->a, ERR_BAD_REQUEST, "countries",
                          "Say which countries, or choose \"anywhere\".");
        return;
    }
    open_item(w, LOCALE_TYPE, str_is(w->in->country_cmp, "NotIn") ? STR("NotIn") : STR("In"));
    buf_puts(&w->b, ",\"LocaleValues\":[");
    bool first = true;
    while (text.p && !failed(w->err)) {
        struct str word = str_trim(str_cut(&text, ','));
        if (!word.n)
            continue;
        put_country(w, word, first);
        first = false;
    }
    buf_putc(&w->b, ']');
    close_item(w);
}

static bool is_guard(struct str word) {
    return str_is(word, "Accept") || str_is(word, "PreviewAndAccept") ||
           str_is(word, "DiscoverPreviewAndAccept");
}

static bool takes_no_value(struct str cmp) {
    return str_is(cmp, "Exists") || str_is(cmp, "DoesNotExist");
}

static bool takes_list(struct str cmp) {
    return str_is(cmp, "In") || str_is(cmp, "NotIn");
}

/* What is wrong with the values of a line, or NULL; else they are written. */
static const char *put_values(struct writing *w, const struct own_criterion *o) {
    struct str rest = str_trim(o->values);
    int64_t value;
    int n = 0;
    if (takes_no_value(o->cmp))
        return rest.n ? "No value is needed for \"has it\": leave it empty." : NULL;
    if (!rest.n)
        return "Say which value to compare with, or choose \"has it\".";
    buf_puts(&w->b, ",\"IntegerValues\":[");
    while (rest.p) {
        struct str word = str_trim(str_cut(&rest, ','));
        if (!num_parse(word, INT32_MIN, INT32_MAX, &value))
            return takes_list(o->cmp) ? "Write whole numbers with commas between, such as 1, 2, 5."
                                      : "Write one whole number, such as 80.";
        buf_printf(&w->b, "%s%lld", n++ ? "," : "", (long long)value);
    }
    buf_putc(&w->b, ']');
    if (takes_list(o->cmp))
        return n > OWN_VALUES_MAX ? "At most 15 values can be listed." : NULL;
    return n > 1 ? "This comparison takes one value; for several choose \"one of\"." : NULL;
}

static void put_own(struct writing *w, size_t line) {
    const struct own_criterion *o = &w->in->own[line];
    const char *wrong = NULL;
    if (failed(w->err) || (!o->type_id.n && !str_trim(o->values).n))
        return;
    if (!o->type_id.n)
        wrong = "Choose the qualification that this value belongs to.";
    else if (!is_number_comparator(o->cmp) && !takes_no_value(o->cmp) && !takes_list(o->cmp))
        wrong = "Choose a comparison from the list.";
    if (!wrong) {
        open_item(w, str_z(w->a, o->type_id), o->cmp);
        wrong = put_values(w, o);
        close_guarding(w, is_guard(o->guards) ? o->guards : STR("Accept"));
    }
    if (wrong)
        w->err = err_make(w->a, ERR_BAD_REQUEST, arena_printf(w->a, "own_values_%zu", line + 1),
                          "%s", wrong);
}

/* The others are read as JSON and written anew: the field comes from a browser. */
static void put_others(struct writing *w) {
    struct str text = w->in->others;
    if (failed(w->err) || !text.n || str_is(text, "[]"))
        return;
    json_t *list = json_loadb(text.p, text.n, 0, NULL), *item;
    size_t i;
    if (!json_is_array(list))
        w->err = err_make(w->a, ERR_BAD_REQUEST, "others",
                          "The further criteria can not be read; load the page again.");
    json_array_foreach(list, i, item) {
        char *one = json_dumps(item, JSON_COMPACT | JSON_ENCODE_ANY);
        buf_printf(&w->b, "%s%s", w->b.n > 1 ? "," : "", one ? one : "null");
        free(one);
    }
    json_decref(list);
}

struct err criteria_json(struct arena *a, const struct criteria *in, struct str *requirements) {
    struct criteria c = *in;
    if (!str_is(c.visibility, "PreviewAndAccept") &&
        !str_is(c.visibility, "DiscoverPreviewAndAccept"))
        c.visibility = STR("Accept");
    struct writing w = {.a = a, .in = &c};
    buf_putc(&w.b, '[');
    put_number(&w, RATE_TYPE, "rate", c.rate_cmp, c.rate);
    put_number(&w, APPROVED_TYPE, "approved", c.approved_cmp, c.approved);
    put_countries(&w);
    if (c.masters) {
        open_item(&w, MASTERS_TYPE, STR("Exists"));
        close_item(&w);
    }
    if (c.adult) {
        open_item(&w, ADULT_TYPE, STR("EqualTo"));
        buf_puts(&w.b, ",\"IntegerValues\":[1]");
        close_item(&w);
    }
    for (size_t i = 0; i < in->own_n; i++)
        put_own(&w, i);
    put_others(&w);
    buf_putc(&w.b, ']');
    *requirements = buf_dup(a, &w.b);
    buf_free(&w.b);
    return w.err;
}

/* ---- in words ---- */

static const char *comparator_words(struct str comparator) {
    static const char *const words[][2] = {
        {"GreaterThanOrEqualTo", "is at least"},
        {"GreaterThan", "is more than"},
        {"LessThanOrEqualTo", "is at most"},
        {"LessThan", "is less than"},
        {"EqualTo", "is"},
        {"NotEqualTo", "is not"},
        {"In", "is one of"},
        {"NotIn", "is none of"},
        {"Exists", "has been granted"},
        {"DoesNotExist", "has not been granted"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(comparator, words[i][0]))
            return words[i][1];
    return "is compared with";
}

static struct str type_words(struct ctx *ctx, const struct requirement *r) {
    struct qualification_type t;
    if (r->name.n)
        return r->name;
    if (requirement_is_masters(r->type_id))
        return STR("Masters");
    if (!failed(qualification_type_get(ctx, r->type_id, &t)) && t.name.n)
        return t.name;
    return str_printf(ctx->arena, "Qualification %.*s", STR_ARG(r->type_id));
}

struct sentences criteria_sentences(struct ctx *ctx, struct str requirements) {
    struct arena *a = ctx->arena;
    struct qualification q = {0};
    struct sentences s = {NULL, 0};
    if (failed(qualify(a, requirements, &(struct worker_figures){0}, &q)))
        return s;
    s.list = arena_array(a, q.n, sizeof *s.list);
    for (size_t i = 0; i < q.n; i++) {
        const struct requirement *r = &q.items[i];
        if (str_is(r->type_id, ADULT_TYPE) && str_is(r->wanted, "1"))
            s.list[s.n++] = STR("Adult content: only workers who agreed to see it");
        else
            s.list[s.n++] = str_printf(a, "%.*s %s%s%.*s", STR_ARG(type_words(ctx, r)),
                                       comparator_words(r->comparator), r->wanted.n ? " " : "",
                                       STR_ARG(r->wanted));
    }
    return s;
}
