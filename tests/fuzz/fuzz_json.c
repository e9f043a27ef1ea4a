/* json_in(): whatever it accepts is valid, bounded and can be written and read again. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "http/json_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const json_t *v, int depth) {
    const char *key;
    json_t *member;
    size_t i;
    assert(depth <= JSON_DEPTH_MAX + 1);
    struct str s = json_in_str(v);
    assert(!s.p || (utf8_valid(s) && str_chr(s, 0) < 0));
    json_object_foreach((json_t *)(uintptr_t)v, key, member) {
        assert(utf8_valid(str_c(key)));
        check(member, depth + 1);
    }
    json_array_foreach(v, i, member) {
        check(member, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a;
    json_t *v, *again;
    arena_init(&a, 0);
    struct err e = json_in(&a, (struct str){(const char *)data, n}, BODY_MAX, n % 2, &v);
    assert(failed(e) == !v);
    if (v) {
        check(v, 1);
        json_in_number(&a, v);
        char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
        assert(text);
        e = json_in(&a, str_c(text), SIZE_MAX, true, &again);
        assert(!failed(e) && json_equal(v, again));
        json_decref(again);
        free(text);
    }
    json_decref(v);
    arena_free(&a);
    return 0;
}
