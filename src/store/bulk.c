#include "store/bulk.h"

#include <string.h>

void bulk_init(struct bulk *b) {
    *b = (struct bulk){.n = 0};
    arena_init(&b->texts, 0);
}

void bulk_free(struct bulk *b) {
    buf_free(&b->rows);
    arena_free(&b->texts);
}

void bulk_clear(struct bulk *b) {
    b->n = 0;
    buf_clear(&b->rows);
    arena_reset(&b->texts);
}

void bulk_begin(struct bulk *b, const struct sql_stmt *s) {
    bulk_clear(b);
    b->of = s;
    b->row_len = 0;
    for (int i = 0; i < s->in_count; i++) {
        size_t size = s->in[i].type == SQL_INT ? sizeof(int64_t) : sizeof(struct str);
        if (s->in[i].offset + size > b->row_len)
            b->row_len = s->in[i].offset + size;
    }
}

/* Files come in large pieces, which are not worth a copy. */
static bool has_blob(const struct sql_stmt *s) {
    for (int i = 0; i < s->in_count; i++)
        if (s->in[i].type == SQL_BLOB)
            return true;
    return false;
}

bool bulk_add(struct bulk *b, const void *in) {
    if (has_blob(b->of))
        return false;
    buf_add(&b->rows, in, b->row_len);
    char *row = b->rows.p + (size_t)b->n * b->row_len;
    for (int i = 0; i < b->of->in_count; i++)
        if (b->of->in[i].type == SQL_TEXT) {
            struct str *text = field_str_set(&b->of->in[i], row);
            *text = str_dup(&b->texts, *text);
        }
    b->n++;
    return true;
}

bool bulk_is_full(const struct bulk *b) {
    return b->n == BULK_ROWS || b->texts.used > BULK_BYTES;
}

const void *bulk_row(const struct bulk *b, int row) {
    return b->rows.p + (size_t)row * b->row_len;
}

const char *bulk_text(struct arena *a, const struct sql_stmt *s, enum dialect dialect) {
    struct str one = str_c(s->text[dialect]); /* ends in "VALUES (?1, ?2)": sqlgen sees to it */
    struct buf text = BUF_INIT;
    buf_str(&text, str_sub(one, 0, (size_t)(strrchr(one.p, '(') - one.p)));
    for (int row = 0; row < BULK_ROWS; row++) {
        buf_puts(&text, row ? ", (" : "(");
        for (int i = 0; i < s->in_count; i++)
            buf_puts(&text, i ? ", ?" : "?");
        buf_putc(&text, ')');
    }
    const char *kept = arena_strdup(a, text.p);
    buf_free(&text);
    return kept;
}
