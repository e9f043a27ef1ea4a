#include "api/requirement.h"

#include "base/json.h"

struct locale_in {
    struct str country, subdivision;
};

static const struct word comparator_words[] = {
    {"LessThan", 1},    {"LessThanOrEqualTo", 2},
    {"GreaterThan", 3}, {"GreaterThanOrEqualTo", 4},
    {"EqualTo", 5},     {"NotEqualTo", 6},
    {"Exists", 7},      {"DoesNotExist", 8},
    {"In", 9},          {"NotIn", 10},
    {NULL, 0},
};

static const struct word guarded_words[] = {
    {"Accept", 1},
    {"PreviewAndAccept", 2},
    {"DiscoverPreviewAndAccept", 3},
    {NULL, 0},
};

static const struct field locale_fields[] = {
    {.name = "Country",
     .help = "two letters of ISO 3166",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct locale_in, country),
     .min = 2,
     .max = 2},
    {.name = "Subdivision",
     .help = "two letters; a state of the US",
     .type = F_TEXT,
     .at = offsetof(struct locale_in, subdivision),
     .min = 2,
     .max = 2},
    {0},
};

const struct field requirement_fields[] = {
    {.name = "QualificationTypeId",
     .help = "what is looked at",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct requirement_in, type),
     .min = 1,
     .max = 64},
    {.name = "Comparator",
     .help = "how it is compared",
     .type = F_ENUM,
     .required = true,
     .at = offsetof(struct requirement_in, comparator),
     .words = comparator_words},
    {.name = "IntegerValues",
     .help = "one; up to 15 for In and NotIn",
     .type = F_INTS,
     .at = offsetof(struct requirement_in, integers),
     .max = 15},
    {.name = "LocaleValues",
     .help = "one; up to 30 for In and NotIn",
     .type = F_OBJECTS,
     .at = offsetof(struct requirement_in, locales),
     .max = 30,
     .of = locale_fields,
     .of_name = "Locale",
     .of_size = sizeof(struct locale_in)},
    {.name = "RequiredToPreview",
     .help = "deprecated: ActionsGuarded PreviewAndAccept",
     .type = F_BOOL,
     .at = offsetof(struct requirement_in, preview)},
    {.name = "ActionsGuarded",
     .help = "Accept when absent",
     .type = F_ENUM,
     .at = offsetof(struct requirement_in, guarded),
     .words = guarded_words},
    {0},
};

static void write_requirement(struct json *j, const struct requirement_in *r) {
    json_open_object(j);
    json_kv_str(j, "QualificationTypeId", r->type);
    json_kv_cstr(j, "Comparator", word_name(comparator_words, r->comparator));
    if (r->integers.count) {
        json_key(j, "IntegerValues");
        json_open_array(j);
        for (size_t i = 0; i < r->integers.count; i++)
            json_int(j, ((const int64_t *)r->integers.items)[i]);
        json_end(j);
    }
    if (r->locales.count) {
        json_key(j, "LocaleValues");
        json_open_array(j);
        for (size_t i = 0; i < r->locales.count; i++) {
            const struct locale_in *locale = (const struct locale_in *)r->locales.items + i;
            json_open_object(j);
            json_kv_str(j, "Country", locale->country);
            json_kv_str_opt(j, "Subdivision", locale->subdivision);
            json_end(j);
        }
        json_end(j);
    }
    if (r->preview)
        json_kv_bool(j, "RequiredToPreview", true);
    if (r->guarded)
        json_kv_cstr(j, "ActionsGuarded", word_name(guarded_words, r->guarded));
    json_end(j);
}

/* The list as market/ reads it: only members of the model, in a fixed order. */
struct str requirements_json(struct arena *a, const struct field_list *list) {
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_array(&j);
    for (size_t i = 0; i < list->count; i++)
        write_requirement(&j, (const struct requirement_in *)list->items + i);
    json_end(&j);
    struct str text = buf_dup(a, &b);
    buf_free(&b);
    return text;
}
