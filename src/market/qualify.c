#include "market/qualify.h"

#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "market/hit_type.h"
#include "market/qualification_internal.h"
#include "store/sql.h"

/* Decided work, not all submitted work, is the denominator (9.2); floor, so that 99.9 % is never
 * shown as 100 %. */
static int64_t percent(int64_t part, int64_t whole, int64_t none) {
    return whole > 0 ? part * 100 / whole : none;
}

/* Work below which the approval rate says nothing (9.2). */
enum { RATE_FROM_SUBMITTED = 100 };

int64_t percent_approved(const struct worker_figures *f) {
    return f->submitted < RATE_FROM_SUBMITTED
               ? 100
               : percent(f->approved, f->approved + f->rejected, 100);
}

int64_t percent_rejected(const struct worker_figures *f) {
    return f->submitted < RATE_FROM_SUBMITTED ? 0
                                              : percent(f->rejected, f->approved + f->rejected, 0);
}

int64_t percent_submitted(const struct worker_figures *f) {
    return percent(f->submitted, f->accepted, 100);
}

int64_t percent_returned(const struct worker_figures *f) {
    return percent(f->returned, f->accepted, 0);
}

int64_t percent_abandoned(const struct worker_figures *f) {
    return percent(f->abandoned, f->accepted, 0);
}

static int64_t number_approved(const struct worker_figures *f) {
    return f->approved;
}

static int64_t adult(const struct worker_figures *f) {
    return f->adult ? 1 : 0;
}

static const struct {
    const char *id, *name;
    int64_t (*value)(const struct worker_figures *f);
} system_types[] = {
    {"00000000000000000040", "Number of approved tasks", number_approved},
    {"000000000000000000L0", "Percent of tasks approved", percent_approved},
    {"00000000000000000060", "Adult content", adult},
    {"000000000000000000S0", "Percent of tasks rejected", percent_rejected},
    {"00000000000000000000", "Percent of tasks submitted", percent_submitted},
    {"000000000000000000E0", "Percent of tasks returned", percent_returned},
    {"00000000000000000070", "Percent of tasks abandoned", percent_abandoned},
};

#define LOCALE_TYPE "00000000000000000071"

static void note_held(struct requirement *r, const struct worker_held *held) {
    r->held = r->has_value = true;
    r->value = held->value;
    r->name = held->name;
}

/* A requester's own type, or Masters. */
static void look_up_granted(struct requirement *r, const struct worker_figures *f) {
    int64_t type;
    if (requirement_is_masters(r->type_id))
        r->name = STR("Masters");
    if (!f->held_count)
        return;
    if (!id_open(f->ids, ID_QUALIFICATION_TYPE, r->type_id, &type)) {
        for (size_t i = 0; i < f->held_count; i++)
            if (f->held[i].alias.p && str_eq(f->held[i].alias, r->type_id))
                note_held(r, &f->held[i]);
        return;
    }
    size_t low = 0, high = f->held_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->held[middle].type < type)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < f->held_count && f->held[low].type == type)
        note_held(r, &f->held[low]);
}

/* What the worker has of the type. */
static void look_up(struct requirement *r, const struct worker_figures *f) {
    bool locale = str_is(r->type_id, LOCALE_TYPE);
    if (locale)
        r->name = STR("Location");
    if (locale && f->known && f->country.n) {
        r->held = true;
        r->locale = f->country;
    }
    for (size_t i = 0; !locale && i < sizeof system_types / sizeof *system_types; i++)
        if (str_is(r->type_id, system_types[i].id)) {
            r->name = str_c(system_types[i].name);
            r->held = r->has_value = f->known;
            r->value = f->known ? system_types[i].value(f) : 0;
        }
    if (!r->name.p)
        look_up_granted(r, f);
}

/* One of LocaleValues: the country alone stands for all its parts. */
static bool in_locale(struct str own, const json_t *wanted) {
    struct str country = str_c(json_string_value(json_object_get(wanted, "Country")));
    struct str part = str_c(json_string_value(json_object_get(wanted, "Subdivision")));
    if (!country.p || !str_eq(str_sub(own, 0, 2), country))
        return false;
    return !part.n || (own.n > 3 && str_eq(str_from(own, 3), part));
}

static bool equals_any(const struct requirement *r, const json_t *locales) {
    size_t i;
    json_t *one;
    if (r->locale.p) {
        json_array_foreach(locales, i, one) if (in_locale(r->locale, one)) return true;
        return false;
    }
    for (i = 0; r->has_value && i < r->value_count; i++)
        if (r->values[i] == r->value)
            return true;
    return false;
}

static bool judge(const struct requirement *r, const json_t *locales) {
    struct str how = r->comparator;
    if (str_is(how, "DoesNotExist"))
        return !r->held;
    if (!r->held)
        return false;
    if (str_is(how, "Exists"))
        return true;
    if (str_is(how, "EqualTo") || str_is(how, "In"))
        return equals_any(r, locales);
    if (str_is(how, "NotEqualTo") || str_is(how, "NotIn"))
        return !equals_any(r, locales);
    if (!r->has_value || r->value_count != 1)
        return false;
    int64_t limit = r->values[0];
    if (str_is(how, "LessThan"))
        return r->value < limit;
    if (str_is(how, "LessThanOrEqualTo"))
        return r->value <= limit;
    if (str_is(how, "GreaterThan"))
        return r->value > limit;
    return str_is(how, "GreaterThanOrEqualTo") && r->value >= limit;
}

static void read_wanted(struct arena *a, struct requirement *r, const json_t *integers,
                        const json_t *locales) {
    struct buf words = BUF_INIT;
    size_t i, n = json_array_size(integers);
    json_t *one;
    int64_t *values = arena_array(a, n, sizeof *values);
    json_array_foreach(integers, i, one) {
        values[i] = json_integer_value(one);
        buf_puts(&words, words.n ? ", " : "");
        buf_int(&words, values[i]);
    }
    json_array_foreach(locales, i, one) {
        const char *part = json_string_value(json_object_get(one, "Subdivision"));
        const char *country = json_string_value(json_object_get(one, "Country"));
        buf_printf(&words, "%s%s%s%s", words.n ? ", " : "", country ? country : "",
                   part && *part ? "-" : "", part ? part : "");
    }
    r->values = values;
    r->value_count = n;
    r->wanted = buf_dup(a, &words);
    buf_free(&words);
}

static bool read_one(struct arena *a, const json_t *j, const struct worker_figures *f,
                     struct requirement *r) {
    const char *type = json_string_value(json_object_get(j, "QualificationTypeId"));
    const char *how = json_string_value(json_object_get(j, "Comparator"));
    const char *guards = json_string_value(json_object_get(j, "ActionsGuarded"));
    const json_t *preview = json_object_get(j, "RequiredToPreview");
    const json_t *locales = json_object_get(j, "LocaleValues");
    if (!type || !how)
        return false;
    *r = (struct requirement){
        .type_id = str_dup(a, str_c(type)),
        .comparator = str_dup(a, str_c(how)),
        .required_to_preview = preview != NULL,
    };
    if ((guards && strcmp(guards, "PreviewAndAccept") == 0) || json_is_true(preview))
        r->guards = GUARD_PREVIEW;
    if (guards && strcmp(guards, "DiscoverPreviewAndAccept") == 0)
        r->guards = GUARD_DISCOVER;
    read_wanted(a, r, json_object_get(j, "IntegerValues"), locales);
    look_up(r, f);
    r->met = judge(r, locales);
    return true;
}

static void note_unmet(struct qualification *q, const struct requirement *r) {
    if (!q->missing)
        q->missing = r;
    q->accept = false;
    if (r->guards >= GUARD_PREVIEW)
        q->preview = false;
    if (r->guards >= GUARD_DISCOVER)
        q->discover = false;
}

struct err qualify(struct arena *a, struct str requirements, const struct worker_figures *f,
                   struct qualification *out) {
    *out = (struct qualification){.accept = true, .preview = true, .discover = true};
    if (requirements.n == 0 || str_is(requirements, "[]"))
        return NO_ERR;
    json_error_t why;
    json_t *list = json_loadb(requirements.p, requirements.n, 0, &why);
    bool ok = json_is_array(list);
    if (ok)
        out->items = arena_array(a, json_array_size(list), sizeof *out->items);
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        ok = read_one(a, json_array_get(list, i), f, &out->items[i]);
        out->n = i + 1;
        if (ok && !out->items[i].met)
            note_unmet(out, &out->items[i]);
    }
    json_decref(list);
    return ok ? NO_ERR
              : err_make(a, ERR_INTERNAL, NULL, "The requirements of a HIT type are damaged.");
}

struct err qualify_names(struct ctx *c, struct qualification *q) {
    struct err e = NO_ERR;
    for (size_t i = 0; i < q->n && !failed(e); i++)
        if (!q->items[i].name.p)
            e = qualification_name(c, q->items[i].type_id, &q->items[i].name);
    return e;
}

struct holding {
    struct arena *arena;
    struct worker_held *items;
    size_t n, room;
};

static bool take_held(void *arg, const struct sql_qualification_held_out *row) {
    struct holding *h = arg;
    if (h->n == h->room) {
        size_t room = h->room ? h->room * 2 : 16;
        struct worker_held *more = arena_array(h->arena, room, sizeof *more);
        if (h->n)
            memcpy(more, h->items, h->n * sizeof *more);
        h->items = more;
        h->room = room;
    }
    h->items[h->n++] = (struct worker_held){
        .type = row->type,
        .value = row->value,
        .alias = row->alias.p ? str_dup(h->arena, row->alias) : STR_NULL,
        .name = str_dup(h->arena, row->name),
    };
    return true;
}

struct err worker_held(struct ctx *c, int64_t worker, struct worker_figures *out) {
    struct holding h = {.arena = c->arena};
    enum st st = sql_qualification_held_each(c->tx, &(struct sql_qualification_held_in){worker},
                                             take_held, &h);
    out->ids = c->ids;
    out->held = h.items;
    out->held_count = h.n;
    return ctx_store(c, st);
}

struct err worker_figures(struct ctx *c, int64_t worker, struct worker_figures *out) {
    struct sql_work_figures_out s;
    *out = (struct worker_figures){0};
    if (!worker)
        return NO_ERR;
    enum st st = sql_work_figures(c->tx, &(struct sql_work_figures_in){worker}, &s);
    if (st == ST_OK)
        *out = (struct worker_figures){
            .known = true,
            .accepted = s.accepted,
            .submitted = s.submitted,
            .approved = s.approved,
            .rejected = s.rejected,
            .returned = s.returned,
            .abandoned = s.abandoned,
            .country = s.country,
            .adult = s.adult != 0,
        };
    return st == ST_OK ? worker_held(c, worker, out) : ctx_store(c, st);
}
