#include "base/money.h"

#include "base/arena.h"
#include "base/num.h"

bool money_parse(struct str s, int64_t *cents) {
    ptrdiff_t point = str_chr(s, '.');
    struct str whole = point < 0 ? s : str_sub(s, 0, (size_t)point);
    struct str part = point < 0 ? STR("") : str_from(s, (size_t)point + 1);
    int64_t dollars, rest = 0;
    if (whole.n == 0 || whole.n > 15 || part.n > 2)
        return false;
    if (whole.p[0] == '-' || (part.n && part.p[0] == '-'))
        return false;
    if (!num_parse(whole, 0, INT64_MAX, &dollars) || (part.n && !num_parse(part, 0, 99, &rest)))
        return false;
    *cents = dollars * 100 + (part.n == 1 ? rest * 10 : rest);
    return true;
}

static struct str print(struct arena *a, const char *symbol, int64_t cents) {
    uint64_t v = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;
    return str_printf(a, "%s%s%llu.%02llu", cents < 0 ? "-" : "", symbol,
                      (unsigned long long)(v / 100), (unsigned long long)(v % 100));
}

struct str money_wire(struct arena *a, int64_t cents) {
    return print(a, "", cents);
}

struct str money_dollars(struct arena *a, int64_t cents) {
    return print(a, "$", cents);
}
