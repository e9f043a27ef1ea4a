#include "formats/csv_out.h"

#include <string.h>

static const char *const NAMES[CSV_DIALECT__COUNT] = {
    [CSV_CLASSIC] = "classic",
    [CSV_EXCEL] = "excel",
    [CSV_EXCEL_SEMICOLON] = "excel-semicolon",
    [CSV_STRICT_CLASSIC] = "strict-classic",
};

const char *csv_dialect_name(enum csv_dialect d) {
    return NAMES[d];
}

bool csv_dialect_parse(struct str name, enum csv_dialect *d) {
    for (int i = 0; i < CSV_DIALECT__COUNT; i++)
        if (str_is(name, NAMES[i])) {
            *d = (enum csv_dialect)i;
            return true;
        }
    return false;
}

static bool is_excel(const struct csv_out *w) {
    return w->dialect == CSV_EXCEL || w->dialect == CSV_EXCEL_SEMICOLON;
}

void csv_out_begin(struct csv_out *w, struct buf *out, enum csv_dialect dialect) {
    *w = (struct csv_out){
        .out = out,
        .dialect = dialect,
        .sep = dialect == CSV_EXCEL_SEMICOLON ? ';' : ',',
    };
    if (is_excel(w))
        buf_puts(out, "\xEF\xBB\xBF");
}

static void open_cell(struct csv_out *w) {
    if (w->in_row)
        buf_putc(w->out, w->sep);
    else if (w->some_rows && w->dialect == CSV_STRICT_CLASSIC)
        buf_puts(w->out, "\r\n");
    w->in_row = true;
    buf_putc(w->out, '"');
}

/* The text with its quotes doubled. */
static void add_text(struct buf *out, struct str s) {
    while (s.n) {
        const char *quote = memchr(s.p, '"', s.n);
        size_t n = quote ? (size_t)(quote - s.p) + 1 : s.n;
        buf_add(out, s.p, n);
        if (quote)
            buf_putc(out, '"');
        s = str_from(s, n);
    }
}

void csv_cell(struct csv_out *w, struct str text) {
    open_cell(w);
    add_text(w->out, text);
    buf_putc(w->out, '"');
}

void csv_cell_pair(struct csv_out *w, struct str first, struct str second) {
    open_cell(w);
    add_text(w->out, first);
    add_text(w->out, second);
    buf_putc(w->out, '"');
}

void csv_cell_int(struct csv_out *w, int64_t value) {
    open_cell(w);
    buf_int(w->out, value);
    buf_putc(w->out, '"');
}

void csv_cell_worker(struct csv_out *w, struct str text) {
    bool formula = is_excel(w) && text.n && memchr("=+-@\t\r", text.p[0], 6);
    csv_cell_pair(w, formula ? STR("'") : STR(""), text);
}

void csv_row_end(struct csv_out *w) {
    if (w->dialect != CSV_STRICT_CLASSIC)
        buf_puts(w->out, "\r\n");
    w->in_row = false;
    w->some_rows = true;
}
