/* Requirements in a worker's words: "approval rate at least 95 (yours: 97)" (worker-site 3, 4.1).
 */
#include "market/hit_type.h"
#include "site/rows.h"

enum { SYSTEM_ID_LEN = 20 }; /* of those that are computed; all others have 30 */

static struct str comparator_words(struct str comparator) {
    static const struct {
        const char *name, *words;
    } table[] = {
        {"LessThan", "below"},    {"LessThanOrEqualTo", "at most"},
        {"GreaterThan", "above"}, {"GreaterThanOrEqualTo", "at least"},
        {"EqualTo", "is"},        {"NotEqualTo", "is not"},
        {"Exists", "is held"},    {"DoesNotExist", "is not held"},
        {"In", "is one of"},      {"NotIn", "is none of"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_is(comparator, table[i].name))
            return str_c(table[i].words);
    return comparator;
}

/* The page of a requester's own type that the worker lacks (worker-site 9.1). */
static struct str may_be_asked_for(struct arena *a, const struct requirement *r) {
    bool system = r->type_id.n == SYSTEM_ID_LEN || requirement_is_masters(r->type_id);
    if (r->met || r->held || system)
        return STR_NULL;
    return str_printf(a, "/qualifications/%.*s", STR_ARG(r->type_id));
}

const struct tpl_requirement *requirement_words(struct arena *a, const struct qualification *q) {
    struct tpl_requirement *list = arena_array(a, q->n, sizeof *list);
    for (size_t i = 0; i < q->n; i++) {
        const struct requirement *r = &q->items[i];
        list[i] = (struct tpl_requirement){
            .name = r->name.p ? r->name : r->type_id,
            .comparator = comparator_words(r->comparator),
            .wanted = r->wanted,
            .met = r->met,
            .held = r->held,
            .ask = may_be_asked_for(a, r),
            .own = r->has_value ? str_printf(a, "%lld", (long long)r->value) : r->locale,
        };
    }
    return list;
}
