/* formats/: the first byte chooses reader and encoding, the second the size of the pieces in which
 * the bytes come. Pieces never change what is read; texts are valid; what the plain reader gives
 * is written and read again equal. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "formats/batch_input.h"
#include "formats/csv_in.h"
#include "formats/csv_out.h"
#include "formats/hash_set.h"
#include "formats/old_results.h"
#include "formats/reviewed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct trickle {
    struct str rest;
    size_t step;
};

static ptrdiff_t read_trickle(void *arg, void *p, size_t n) {
    struct trickle *t = arg;
    n = n < t->step ? n : t->step;
    n = n < t->rest.n ? n : t->rest.n;
    if (n)
        memcpy(p, t->rest.p, n);
    t->rest = str_from(t->rest, n);
    return (ptrdiff_t)n;
}

/* What reading came to: rows, where it ended, and a hash of all texts. */
struct sum {
    int64_t rows, line;
    uint64_t hash;
    enum csv_step end;
};

static void add_texts(struct sum *s, const struct str *texts, size_t n) {
    for (size_t i = 0; i < n; i++)
        assert(!texts[i].n || (utf8_valid(texts[i]) && !memchr(texts[i].p, 0, texts[i].n)));
    s->hash = s->hash * 31 + hash_texts(texts, n);
}

static void add_row(struct sum *s, int64_t line) {
    assert(line > s->line);
    s->line = line;
    s->rows++;
}

static struct sum read_plain(struct source source, enum encoding e, struct findings *f,
                             struct csv_out *copy) {
    struct sum s = {0};
    struct csv *c = csv_open(source, &(struct csv_options){.encoding = e}, f);
    struct csv_row row;
    size_t width;
    const struct str *names = csv_header(c, &width);
    add_texts(&s, names, width);
    for (size_t i = 0; copy && i < width; i++)
        csv_cell(copy, names[i]);
    if (copy && width)
        csv_row_end(copy);
    while ((s.end = csv_next(c, &row)) == CSV_ROW) {
        size_t n = row.count > row.width ? row.count : row.width;
        assert(row.width == width && row.raw.n <= CSV_ROW_MAX);
        add_row(&s, s.line + 1); /* a lone CR may end a row within a line */
        add_texts(&s, row.cells, n);
        for (size_t i = 0; copy && i < n; i++)
            csv_cell(copy, row.cells[i]);
        if (copy)
            csv_row_end(copy);
    }
    csv_warn(c, true);
    csv_close(c);
    return s;
}

static struct sum read_reviewed(struct source source, enum encoding e, struct findings *f) {
    struct sum s = {0};
    struct reviewed *r = reviewed_open(
        source, &(struct reviewed_options){.encoding = e, .tools = REVIEWED_TOOLS_OLD}, f);
    struct reviewed_row row;
    while ((s.end = reviewed_next(r, &row)) == CSV_ROW) {
        struct str texts[] = {row.assignment_id, row.hit_id, row.worker_id,
                              row.message,       row.reason, row.fault};
        add_row(&s, s.line + 1);
        add_texts(&s, texts, sizeof texts / sizeof *texts);
        assert(!row.message.p || row.approve);
        assert(!row.reason.p || row.reject);
        assert(!row.code || row.fault.n);
    }
    reviewed_close(r);
    return s;
}

static struct sum read_batch(struct source source, enum encoding e, struct findings *f) {
    static const struct str VARIABLES[] = {{"a", 1}, {"b", 1}};
    struct batch_input_options o = {
        .encoding = e,
        .variables = VARIABLES,
        .n_variables = 2,
        .fold_case = true,
        .https_page = true,
    };
    struct sum s = {0};
    struct batch_input *b = batch_input_open(source, &o, f);
    struct batch_input_row row;
    size_t n;
    batch_input_columns(b, &n);
    while ((s.end = batch_input_next(b, &row)) == CSV_ROW) {
        add_row(&s, s.line + 1);
        add_texts(&s, row.values, n);
    }
    batch_input_close(b);
    return s;
}

static struct sum read_old(struct source source, enum encoding e, struct findings *f) {
    struct sum s = {0};
    struct old_results *r = old_results_open(source, &(struct old_options){.encoding = e}, f);
    struct old_row row;
    while ((s.end = old_results_next(r, &row)) == CSV_ROW) {
        add_row(&s, s.line + 1);
        add_texts(&s, row.text, RESULTS_FIXED);
        for (size_t i = 0; i < row.n_answers; i++)
            add_texts(&s, &row.answers[i].value, 1);
        for (size_t i = 0; i < row.n_inputs; i++)
            add_texts(&s, &row.inputs[i].value, 1);
    }
    old_results_close(r);
    return s;
}

static struct sum run(unsigned reader, enum encoding e, struct str bytes, size_t step,
                      struct csv_out *copy) {
    struct arena a;
    arena_init(&a, 0);
    struct findings f;
    findings_init(&f, &a);
    struct trickle t = {bytes, step};
    struct source source = {read_trickle, &t};
    struct sum s = reader == 0   ? read_plain(source, e, &f, copy)
                   : reader == 1 ? read_reviewed(source, e, &f)
                   : reader == 2 ? read_batch(source, e, &f)
                                 : read_old(source, e, &f);
    assert(s.end == CSV_END || findings_refuse(&f));
    for (const struct finding_group *g = f.first; g; g = g->next)
        for (const struct finding *one = g->first; one; one = one->next)
            assert(one->message.n);
    arena_free(&a);
    return s;
}

/* Two kinds of file can not be written: whose first name looks like a line `sep=X`, and whose names
 * hold nothing but separators, as a line that is blank under some separator is no header. */
static bool writable(struct str written) {
    size_t i = 0;
    if (written.n > 5 && str_ieq(str_sub(written, 1, 4), STR("sep=")))
        return false;
    while (i < written.n && strchr(",;\t| \"", written.p[i]))
        i++;
    return i == written.n || (written.p[i] != '\r' && written.p[i] != '\n');
}

/* Rows that were written are read as they were. */
static void read_again(struct str bytes, enum encoding e) {
    struct buf b = BUF_INIT;
    struct csv_out w;
    csv_out_begin(&w, &b, CSV_CLASSIC);
    struct sum first = run(0, e, bytes, SIZE_MAX, &w);
    if (first.end == CSV_END && writable(buf_view(&b))) {
        struct sum second = run(0, ENCODING_UTF8, buf_view(&b), SIZE_MAX, NULL);
        assert(second.end == CSV_END && second.rows == first.rows && second.hash == first.hash);
    }
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n < 2)
        return 0;
    unsigned reader = data[0] % 4;
    enum encoding e = (enum encoding)(data[0] / 4 % ENCODING__COUNT);
    struct str bytes = {(const char *)data + 2, n - 2};
    struct sum whole = run(reader, e, bytes, SIZE_MAX, NULL);
    struct sum pieces = run(reader, e, bytes, 1 + data[1] % 16, NULL);
    assert(whole.end == pieces.end);
    if (whole.end == CSV_END) /* how many rows come before a refusal depends on the pieces */
        assert(whole.rows == pieces.rows && whole.hash == pieces.hash);
    if (reader == 0)
        read_again(bytes, e);
    return 0;
}
