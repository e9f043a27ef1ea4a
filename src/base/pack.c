#include "base/pack.h"

#include "base/num.h"

void pack_add(struct buf *b, struct str item) {
    buf_int(b, (int64_t)item.n);
    buf_putc(b, ':');
    buf_str(b, item);
}

bool pack_next(struct str *rest, struct str *item) {
    ptrdiff_t colon = str_chr(str_sub(*rest, 0, 20), ':');
    int64_t n;
    if (colon < 0 || !num_parse(str_sub(*rest, 0, (size_t)colon), 0, INT64_MAX, &n))
        return false;
    struct str body = str_from(*rest, (size_t)colon + 1);
    if ((uint64_t)n > body.n)
        return false;
    *item = str_sub(body, 0, (size_t)n);
    *rest = str_from(body, (size_t)n);
    return true;
}

int pack_count(struct str packed) {
    struct str item;
    int n = 0;
    while (pack_next(&packed, &item))
        n++;
    return packed.n ? -1 : n;
}
