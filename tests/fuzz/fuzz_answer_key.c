/* formats/answer_key: key, test and packed answers, parted by NULs. What scores gives a value of 32
 * bits, and the same one each time. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "formats/answer_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a;
    arena_init(&a, 0);
    struct str rest = {(const char *)data, n};
    struct str key = str_cut(&rest, '\0');
    struct str form = rest.p ? str_cut(&rest, '\0') : STR("");
    struct str answers = rest.p ? rest : STR("");
    int64_t value = 0, again = 0, points = 0;
    if (n) {
        struct err checked = answer_key_check(&a, key, form);
        struct err e = answer_key_score(&a, key, answers, &value, &points);
        assert(!failed(e) || failed(checked));
        assert(failed(e) == failed(answer_key_score(&a, key, answers, &again, NULL)));
        assert(value == again && value >= INT32_MIN && value <= INT32_MAX);
    }
    arena_free(&a);
    return 0;
}
