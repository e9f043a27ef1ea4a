#include "base/num.h"

bool num_add(int64_t a, int64_t b, int64_t *sum) {
    int64_t v;
    if (__builtin_add_overflow(a, b, &v))
        return false;
    *sum = v;
    return true;
}

bool num_mul(int64_t a, int64_t b, int64_t *product) {
    int64_t v;
    if (__builtin_mul_overflow(a, b, &v))
        return false;
    *product = v;
    return true;
}

bool num_parse(struct str s, int64_t min, int64_t max, int64_t *value) {
    bool negative = s.n && s.p[0] == '-';
    if (negative)
        s = str_from(s, 1);
    if (s.n == 0 || s.n > 19)
        return false;
    int64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (!num_mul(v, 10, &v) || !num_add(v, negative ? '0' - s.p[i] : s.p[i] - '0', &v))
            return false;
    }
    if (v < min || v > max)
        return false;
    *value = v;
    return true;
}

bool num_parse_span(struct str s, int64_t *ms) {
    static const struct {
        struct str unit;
        int64_t ms;
    } units[] = {
        {{"ms", 2}, 1},       {{"d", 1}, 86400000}, {{"h", 1}, 3600000},
        {{"m", 1}, 60000},    {{"s", 1}, 1000},
    };
    int64_t total = 0;
    if (s.n == 0)
        return false;
    while (s.n) {
        size_t digits = 0;
        while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
            digits++;
        int64_t v, unit_ms = 0;
        if (!num_parse(str_sub(s, 0, digits), 0, INT64_MAX, &v))
            return false;
        s = str_from(s, digits);
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && !unit_ms; i++)
            if (str_starts(s, units[i].unit)) {
                unit_ms = units[i].ms;
                s = str_from(s, units[i].unit.n);
            }
        if (!unit_ms || !num_mul(v, unit_ms, &v) || !num_add(total, v, &total))
            return false;
    }
    *ms = total;
    return true;
}
