/* legacy_params: whatever a form holds, the JSON made of it is what the operation's own field table
 * reads, of the right types, and no larger than the form. The operation is the one that the form
 * names; each of them when it names none. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "api/legacy_op.h"
#include "base/arena.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Values of a tree; its texts are texts. */
static size_t count_leaves(const json_t *v) {
    const char *key;
    json_t *item;
    size_t i, n = 0;
    if (json_is_string(v))
        assert(utf8_valid((struct str){json_string_value(v), json_string_length(v)}));
    if (!json_is_object(v) && !json_is_array(v))
        return 1;
    json_object_foreach((json_t *)(uintptr_t)v, key, item) n += count_leaves(item);
    json_array_foreach(v, i, item) n += count_leaves(item);
    return n;
}

static bool is_time(const struct field *rows, const char *name) {
    for (; rows->name; rows++)
        if (name && strcmp(rows->name, name) == 0)
            return rows->type == F_TIME;
    return false;
}

/* A form of len bytes. */
static void check(struct arena *a, const struct legacy_params *p, size_t len, const struct op *op,
                  const char *absent) {
    json_t *object;
    struct err e = legacy_params_json(a, p, op->fields, absent, &object);
    assert(failed(e) == !object);
    if (!object)
        return;
    /* Two rows may share a name, a list of words is one parameter, and what is absent has defaults:
     * but nothing of a few bytes becomes a large tree. */
    assert(count_leaves(object) <= 2 * len + strlen(absent ? absent : ""));
    e = fields_decode(a, op->fields, object, arena_alloc(a, op->in_size));
    assert(e.code != ERR_BAD_JSON || is_time(op->fields, e.field)); /* the only type by its text */
    json_decref(object);
}

static void check_order(struct arena *a, const struct legacy_params *p, size_t len) {
    assert(p->count <= p->received.count);
    for (size_t i = 1; i < p->count; i++)
        assert(str_cmp(p->sorted[i - 1].name, p->sorted[i].name) < 0);
    for (size_t i = 0; i < p->count; i++)
        assert(str_chr(p->sorted[i].name, 0) >= 0 ||
               str_eq(legacy_param(p, str_z(a, p->sorted[i].name)), p->sorted[i].value));
    struct str text = legacy_signed_text(a, p);
    assert(text.n <= 3 * len); /* a byte that is none becomes U+FFFD */
    legacy_sign(a, STR("SECRET"), text);
    legacy_same_text(a, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a;
    struct legacy_params p;
    arena_init(&a, 0);
    struct err e = legacy_params_read(&a, STR_NULL, (struct str){(const char *)data, n}, &p);
    if (!failed(e)) {
        struct str name = legacy_param(&p, "Operation");
        const struct legacy_op *old = legacy_op_find(name);
        const struct op *one = old && old->to ? op_find(str_c(old->to)) : op_find(name);
        check_order(&a, &p, n);
        if (one)
            check(&a, &p, n, one, old ? old->absent : NULL);
        for (const struct op *const *op = op_all(); !one && *op; op++)
            check(&a, &p, n, *op, NULL);
    }
    arena_free(&a);
    return 0;
}
