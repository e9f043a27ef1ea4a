#include "market/group_view.h"

#include "base/money.h"
#include "base/num.h"
#include "market/preference.h"

static bool page_size_known(int64_t size) {
    return size == 10 || size == 20 || size == 50 || size == 100;
}

/* Kept as "reward_desc 50 1 5": sort, page size, only those he qualifies for, cents. */
struct err group_view_get(struct ctx *c, int64_t worker, struct group_view *out) {
    struct str rest = STR("");
    struct group_view view;
    int64_t size, qualified;
    *out = GROUP_VIEW_DEFAULT;
    struct err e = preference_get(c, worker, PREFERENCE_TASK_LIST, &rest);
    if (failed(e) || !rest.n)
        return e;
    if (group_sort_parse(str_cut(&rest, ' '), &view.sort) &&
        num_parse(str_cut(&rest, ' '), 1, 100, &size) && page_size_known(size) &&
        num_parse(str_cut(&rest, ' '), 0, 1, &qualified) &&
        num_parse(rest, 0, INT64_MAX, &view.min_reward_cents)) {
        view.page_size = (int)size;
        view.qualified = qualified;
        *out = view;
    }
    return e;
}

struct err group_view_put(struct ctx *c, int64_t worker, const struct group_view *view) {
    if (!page_size_known(view->page_size))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "page_size",
                        "A page has 10, 20, 50 or 100 groups.");
    if (view->min_reward_cents < 0)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "min_reward",
                        "The least reward can not be below nothing.");
    struct str value =
        str_printf(c->arena, "%s %d %d %lld", group_sort_name(view->sort), view->page_size,
                   view->qualified ? 1 : 0, (long long)view->min_reward_cents);
    return preference_put(c, worker, PREFERENCE_TASK_LIST, value);
}
