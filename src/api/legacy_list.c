/* Lists of the old dialect: pages have numbers, a total, and an order to choose, where the API has
 * tokens and one order. The list is walked by the operation itself, page after page, in the call's
 * snapshot; then it is sorted and cut. What that costs is bounded: longer lists are refused, with
 * a word on what reads them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/legacy_op.h"
#include "base/arena.h"
#include "base/money.h"

/* get_all_hits() of boto with 10,000 HITs walks a hundred times over them, some 30 ms each. */
enum { ITEMS_MAX = 10000 };
#define BYTES_MAX ((size_t)64 * 1024 * 1024)

struct item {
    json_t *v; /* owned by the call */
    size_t at;
};

struct list {
    struct item *items;
    size_t n;
    const char *member; /* sorted by; NULL: as it comes */
    bool down;
};

/* ---- order ---- */

static int cmp_int(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int cmp_values(const json_t *a, const json_t *b) {
    int64_t x, y;
    if (json_is_number(a) && json_is_number(b)) {
        double p = json_number_value(a), q = json_number_value(b);
        return (p > q) - (p < q);
    }
    const char *s = json_string_value(a), *t = json_string_value(b);
    if (!s || !t)
        return (s != NULL) - (t != NULL);
    if (money_parse(str_c(s), &x) && money_parse(str_c(t), &y))
        return cmp_int(x, y);
    return strcmp(s, t);
}

/* qsort() hands no argument over, so each item is compared by what was put beside it. */
struct sortable {
    const json_t *key;
    struct item item;
};

static int up(const void *x, const void *y) {
    const struct sortable *a = x, *b = y;
    int order = cmp_values(a->key, b->key);
    return order ? order : cmp_int((int64_t)a->item.at, (int64_t)b->item.at);
}

static void sort(struct arena *a, struct list *list) {
    struct sortable *all = arena_array(a, list->n, sizeof *all);
    for (size_t i = 0; i < list->n; i++)
        all[i] = (struct sortable){
            list->member ? json_object_get(list->items[i].v, list->member) : NULL, list->items[i]};
    if (list->n && list->member)
        qsort(all, list->n, sizeof *all, up);
    for (size_t i = 0; i < list->n; i++)
        list->items[list->down ? list->n - 1 - i : i] = all[i].item;
}

static struct err read_order(struct legacy_call *l, struct list *list) {
    struct arena *a = l->ctx->arena;
    const struct legacy_sort *sorts = l->op->sorts;
    struct str property = legacy_param(&l->params, "SortProperty");
    struct str direction = legacy_param(&l->params, "SortDirection");
    if (!sorts)
        return NO_ERR;
    list->down = direction.p ? str_is(direction, "Descending") : l->op->descending;
    list->member = sorts->member;
    while (property.p && sorts->word && !str_is(property, sorts->word))
        sorts++;
    if (!sorts->word)
        return err_make(a, ERR_INVALID_PARAMETER, "SortProperty",
                        "The value \"%.*s\" is not valid for the parameter SortProperty.",
                        STR_ARG(str_sub(property, 0, 100)));
    list->member = sorts->member;
    if (direction.p && !list->down && !str_is(direction, "Ascending"))
        return err_make(a, ERR_INVALID_PARAMETER, "SortDirection",
                        "The value \"%.*s\" is not valid for the parameter SortDirection. It must "
                        "be Ascending or Descending.",
                        STR_ARG(str_sub(direction, 0, 100)));
    return NO_ERR;
}

/* ---- the walk ---- */

static struct err too_long(struct legacy_call *l) {
    return err_make(l->ctx->arena, ERR_OUT_OF_RANGE, "PageNumber",
                    "The list has more than %d items, which the old dialect does not page through. "
                    "%s of the API 2017-01-17 does.",
                    ITEMS_MAX, l->op->to);
}

/* Questions are long, and were sent only when they were asked for. */
static bool wants_question(const struct legacy_call *l) {
    for (size_t i = 0; i < l->params.count; i++)
        if (str_starts(l->params.sorted[i].name, STR("ResponseGroup")) &&
            str_is(l->params.sorted[i].value, "HITQuestion"))
            return true;
    return false;
}

static void keep(struct list *list, json_t *page, const char *member, bool question) {
    json_t *items = json_object_get(page, member), *v;
    size_t i;
    json_array_foreach(items, i, v) {
        if (!question)
            json_object_del(v, "Question");
        list->items[list->n] = (struct item){v, list->n};
        list->n++;
    }
}

static struct err walk(struct legacy_call *l, json_t *in, struct list *list) {
    bool question = wants_question(l);
    size_t bytes = 0;
    json_t *page;
    list->items = arena_array(l->ctx->arena, ITEMS_MAX + PAGE_MAX, sizeof *list->items);
    json_object_set_new(in, "MaxResults", json_integer(PAGE_MAX));
    for (;;) {
        struct err e = legacy_do(l, l->op->to, in, &page);
        if (failed(e))
            return e;
        keep(list, page, l->op->list, question);
        json_t *next = json_object_get(page, "NextToken");
        bytes += question ? json_dumpb(page, NULL, 0, 0) : 0;
        if (!next)
            break; /* an empty page is the end (requester-api 1.9) */
        if (list->n > ITEMS_MAX || bytes > BYTES_MAX)
            return too_long(l);
        json_object_set(in, "NextToken", next);
    }
    return list->n > ITEMS_MAX ? too_long(l) : NO_ERR;
}

static void newest_last(struct list *list) {
    for (size_t i = 0; i < list->n / 2; i++) {
        struct item other = list->items[list->n - 1 - i];
        list->items[list->n - 1 - i] = list->items[i];
        list->items[i] = other;
    }
    for (size_t i = 0; i < list->n; i++)
        list->items[i].at = i;
}

/* ---- the page ---- */

static struct err read_page(struct legacy_call *l, int64_t *size, int64_t *number) {
    struct field size_row = {.name = "PageSize",
                             .type = F_INT,
                             .min = 1,
                             .max = l->op->page_max ? l->op->page_max : PAGE_MAX};
    struct field number_row = {.name = "PageNumber", .type = F_INT, .min = 1, .max = INT32_MAX};
    *size = l->op->page_size ? l->op->page_size : PAGE_DEFAULT;
    *number = 1;
    struct err e = legacy_param_int(l->ctx->arena, &l->params, &size_row, size);
    return failed(e) ? e : legacy_param_int(l->ctx->arena, &l->params, &number_row, number);
}

struct err legacy_run_list(struct legacy_call *l, json_t **answer) {
    struct list list = {0};
    int64_t size, number;
    json_t *in;
    struct err e = read_page(l, &size, &number);
    if (!failed(e))
        e = read_order(l, &list);
    if (!failed(e))
        e = legacy_members(l, l->op->to, &in);
    if (!failed(e))
        e = walk(l, in, &list);
    if (failed(e))
        return e;
    if (l->op->newest_first)
        newest_last(&list);
    sort(l->ctx->arena, &list);
    json_t *page = json_array();
    int64_t from = (number - 1) * size;
    for (int64_t i = from; i < from + size && i < (int64_t)list.n; i++)
        json_array_append(page, list.items[i].v);
    *answer = legacy_object(l);
    json_object_set_new(*answer, "NumResults", json_integer((int64_t)json_array_size(page)));
    json_object_set_new(*answer, "TotalNumResults", json_integer((int64_t)list.n));
    json_object_set_new(*answer, "PageNumber", json_integer(number));
    json_object_set_new(*answer, l->op->list, page);
    return NO_ERR;
}
