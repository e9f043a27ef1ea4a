/* formats/: bytes to text and text to rows, every row of csv-formats 1.2 to 1.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "formats/csv_in.h"
#include "formats/finding.h"
#include "formats/header.h"
#include "formats/text_in.h"
#include "formats/value.h"

static void assert_str(struct str got, const char *want) {
    if (!str_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

/* A source that gives at most `step` bytes at a time, so that every boundary is met. */
struct trickle {
    struct str rest;
    size_t step;
};

static ptrdiff_t read_trickle(void *arg, void *p, size_t n) {
    struct trickle *t = arg;
    if (n > t->step)
        n = t->step;
    if (n > t->rest.n)
        n = t->rest.n;
    if (n)
        memcpy(p, t->rest.p, n);
    t->rest = str_from(t->rest, n);
    return (ptrdiff_t)n;
}

struct fixture {
    struct arena arena;
    struct findings findings;
    struct buf out;
};

static void begin(struct fixture *x) {
    memset(x, 0, sizeof *x);
    arena_init(&x->arena, 0);
    findings_init(&x->findings, &x->arena);
}

static void end(struct fixture *x) {
    buf_free(&x->out);
    arena_free(&x->arena);
}

/* Reads a whole file and writes it down: "line:cell|cell\n" a row, the header first, "STOP" when
 * it is refused. */
static void dump(struct fixture *x, struct str bytes, size_t step, struct csv_options o) {
    struct trickle t = {bytes, step};
    struct csv *c = csv_open((struct source){read_trickle, &t}, &o, &x->findings);
    size_t n;
    const struct str *names = csv_header(c, &n);
    buf_clear(&x->out);
    buf_printf(&x->out, "%d:", (int)csv_header_line(c));
    for (size_t i = 0; i < n; i++)
        buf_printf(&x->out, "%s%.*s", i ? "|" : "", STR_ARG(names[i]));
    struct csv_row row;
    enum csv_step s;
    while ((s = csv_next(c, &row)) == CSV_ROW) {
        buf_printf(&x->out, "\n%d:", (int)row.line);
        size_t cells = row.count > row.width ? row.count : row.width;
        for (size_t i = 0; i < cells; i++)
            buf_printf(&x->out, "%s%.*s", i ? "|" : "", STR_ARG(row.cells[i]));
        if (row.overlong)
            buf_puts(&x->out, "!");
    }
    buf_puts(&x->out, s == CSV_STOP ? "\nSTOP" : "");
    csv_warn(c, true);
    csv_close(c);
}

/* The file read with many sizes of pieces always gives `want`. */
static void reads(struct str bytes, const char *want, struct csv_options o) {
    static const size_t STEPS[] = {1, 2, 3, 7, 1 << 20};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        struct fixture x;
        begin(&x);
        dump(&x, bytes, STEPS[i], o);
        assert_str(buf_view(&x.out), want);
        end(&x);
    }
}

#define READS(bytes, want) reads(STR(bytes), want, (struct csv_options){0})

/* The file is refused with this code at this line, and the message holds these words. */
static void refused(struct str bytes, const char *code, int64_t line, const char *words,
                    struct csv_options o) {
    static const size_t STEPS[] = {1, 5, 1 << 20};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        struct fixture x;
        begin(&x);
        dump(&x, bytes, STEPS[i], o);
        const char *got = NULL;
        const struct finding *f = findings_refusal(&x.findings, &got);
        if (!f)
            fail_msg("not refused: %.*s", STR_ARG(buf_view(&x.out)));
        assert_string_equal(got, code);
        assert_int_equal(f->line, line);
        if (str_find(f->message, str_c(words)) < 0)
            fail_msg("\"%.*s\" lacks \"%s\"", STR_ARG(f->message), words);
        assert_true(str_ends(buf_view(&x.out), STR("STOP")));
        end(&x);
    }
}

#define REFUSED(bytes, code, line, words)                                                          \
    refused(STR(bytes), code, line, words, (struct csv_options){0})

/* The file is taken, with a warning of this code. */
static void warned(struct str bytes, const char *want, const char *code, int64_t line,
                   struct csv_options o) {
    struct fixture x;
    begin(&x);
    dump(&x, bytes, 1 << 20, o);
    assert_str(buf_view(&x.out), want);
    const struct finding_group *g = findings_of(&x.findings, FINDING_WARNING, code);
    assert_non_null(g);
    assert_int_equal(g->first->line, line);
    end(&x);
}

#define WARNED(bytes, want, code, line)                                                            \
    warned(STR(bytes), want, code, line, (struct csv_options){0})

/* ---- 1.2 bytes to text ---- */

static void test_utf8(void **state) {
    (void)state;
    READS("a,b\n1,\xC3\xA4\n", "1:a|b\n2:1|\xC3\xA4");
    READS("\xEF\xBB\xBF"
          "a,b\n1,\xF0\x9F\x98\x80\n",
          "1:a|b\n2:1|\xF0\x9F\x98\x80");
    /* two files, one behind the other */
    READS("\xEF\xBB\xBF"
          "a,b\n1,2\n\xEF\xBB\xBF\"a\",b\n",
          "1:a|b\n2:1|2\n3:a|b");
    READS("a,b\n\xEF\xBC\x8C,2\n", "1:a|b\n2:\xEF\xBC\x8C|2");
    /* the mark alone is an empty file */
    REFUSED("\xEF\xBB\xBF", "U02", 0, "empty");
}

static void test_utf16(void **state) {
    (void)state;
    READS("\xFF\xFE"
          "a\0\t\0b\0\r\0\n\0"
          "1\0\t\0\xE4\0\n\0",
          "1:a|b\n2:1|\xC3\xA4");
    READS("\xFE\xFF\0a\0\t\0b\0\n\0\x31\0\t\xD8\x3D\xDE\x00\0\n", "1:a|b\n2:1|\xF0\x9F\x98\x80");
    READS("a\0,\0b\0\n\0"
          "1\0,\0\x32\0\n\0",
          "1:a|b\n2:1|2");
    READS("\0a\0,\0b\0\n\0\x31\0,\0\x32\0\n", "1:a|b\n2:1|2");
    REFUSED("\xFF\xFE"
            "a\0\n\0"
            "1\0\x3D\xD8"
            "2\0\n\0",
            "U08", 2, "not UTF-16LE");
    REFUSED("\xFF\xFE"
            "a\0\n\0"
            "1\0\n\0x",
            "U08", 3, "not UTF-16LE");
    warned(STR("\xFF\xFE"
               "a\0\n\0"
               "1\0\n\0"),
           "1:a\n2:1", "decoded", 0, (struct csv_options){0});
}

static void test_utf32(void **state) {
    (void)state;
    REFUSED("\xFF\xFE\0\0a\0\0\0\n\0\0\0", "U08", 1, "UTF-32");
    REFUSED("\0\0\xFE\xFF\0\0\0a\0\0\0\n", "U08", 1, "UTF-32");
    REFUSED("a\0\0\0,\0\0\0b\0\0\0\n\0\0\0", "U08", 1, "UTF-32");
}

static void test_bad_utf8(void **state) {
    (void)state;
    REFUSED("a,b\n1,x\n2,\xE4\n", "U08", 3, "byte 0xE4 in line 3");
    REFUSED("a,b\r1,x\r2,\xE4\r", "U08", 3, "byte 0xE4 in line 3");
    REFUSED("a,b\n1,\xC0\x80\n", "U08", 2, "0xC0");
    REFUSED("a,b\n1,\xED\xA0\x80\n", "U08", 2, "0xED");
    REFUSED("a,b\n1,\xE2\x82", "U08", 2, "0xE2");
    REFUSED("a,b\n1,x\0\n", "U08", 2, "NUL");
    REFUSED("a,b\n1,\xE4\n", "U08", 2, "Windows-1252");
}

static void test_chosen_encoding(void **state) {
    (void)state;
    struct csv_options o = {.encoding = ENCODING_WINDOWS_1252};
    reads(STR("a;b\n\x80;\xE4\n"), "1:a|b\n2:\xE2\x82\xAC|\xC3\xA4", o);
    refused(STR("a\n\x81\n"), "U08", 2, "not Windows-1252", o);
    o.encoding = ENCODING_ISO_8859_1;
    reads(STR("a\n\xE4\n"), "1:a\n2:\xC3\xA4", o);
    o.encoding = ENCODING_MAC_ROMAN;
    reads(STR("a\n\x8A\n"), "1:a\n2:\xC3\xA4", o);
    o.encoding = ENCODING_SHIFT_JIS;
    reads(STR("a\n\x93\xFA\n"), "1:a\n2:\xE6\x97\xA5", o);
    refused(STR("a\n\x93"), "U08", 2, "0x93", o);
    o.encoding = ENCODING_GB18030;
    reads(STR("a\n\xD6\xD0\n"), "1:a\n2:\xE4\xB8\xAD", o);
    refused(STR("a\n\xD6\xD0\0\n"), "U08", 2, "NUL", o);
    enum encoding e;
    assert_true(encoding_parse(STR("windows-1252"), &e) && e == ENCODING_WINDOWS_1252);
    assert_true(encoding_parse(STR(""), &e) && e == ENCODING_AUTO);
    assert_false(encoding_parse(STR("KOI8"), &e));
}

static void test_lenient(void **state) {
    (void)state;
    struct csv_options o = {.lenient = true};
    reads(STR("a,b\n1,\xE4\xC3\xA4\x80\xC3\n2,\xE2\x82"),
          "1:a|b\n2:1|\xC3\xA4\xC3\xA4\xEF\xBF\xBD"
          "\xC3\x83\n3:2|\xC3\xA2\xEF\xBF\xBD",
          o);
    warned(STR("a,b\n1,2\n1,\xE4\n"), "1:a|b\n2:1|2\n3:1|\xC3\xA4", "decoded", 3, o);
}

static void test_preview(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    text_preview(STR("a;\xE4\nb\nc\nd"), ENCODING_WINDOWS_1252, 2, &b);
    assert_str(buf_view(&b), "a;\xC3\xA4\nb\n");
    buf_free(&b);
}

static void test_kinds(void **state) {
    (void)state;
    REFUSED("PK\003\004....[Content_Types].xml", "U01", 0, "Excel workbook (.xlsx)");
    REFUSED("PK\003\004....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "U01", 0,
            "OpenDocument");
    REFUSED("PK\003\004....Index/Document.iwa", "U01", 0, "Numbers");
    REFUSED("PK\003\004....data.csv", "U01", 0, "ZIP");
    REFUSED("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "U01", 0, ".xls");
    REFUSED("<!doctype html><p>", "U01", 0, "HTML");
    REFUSED("\n <HTML><p>", "U01", 0, "HTML");
    REFUSED("%PDF-1.4", "U01", 0, "PDF");
    REFUSED("\x1F\x8B\x08", "U01", 0, "gzip");
}

/* ---- 1.3 text to rows ---- */

static void test_separators(void **state) {
    (void)state;
    READS("a,b\n1,2\n", "1:a|b\n2:1|2");
    READS("a;b\n1,5;2\n", "1:a|b\n2:1,5|2");
    READS("a\tb\n1\t2\n", "1:a|b\n2:1|2");
    READS("a|b\n1|2\n", "1:a|b\n2:1|2");
    READS("sep=;\na;b,c\n1;2\n", "2:a|b,c\n3:1|2");
    READS("\"sep=;\"\r\na;b,c\r\n1;2\r\n", "2:a|b,c\n3:1|2");
    READS("SEP=^\na^b\n1^2\n", "2:a|b\n3:1|2");
    READS("\"a\"\t\"b\"\n\"1\"\t\"x,y\"\n", "1:a|b\n2:1|x,y");
    /* quotes that stand where they belong decide, not the number of columns */
    READS("\"a\",\"b;c;d\"\n1,2\n", "1:a|b;c;d\n2:1|2");
    READS("a,\"x;y;z\"\n1,2\n", "1:a|x;y;z\n2:1|2");
    READS("\"a\";\"b,c,d\"\n1;2\n", "1:a|b,c,d\n2:1|2");
    /* the names decide, not their number */
    static const char *const NAMES[] = {"AssignmentId", "Approve"};
    struct header_names want = {NAMES, 2};
    struct csv_options o = {.score = header_score, .score_arg = &want};
    reads(STR("assignmentId;Approve;x,y,z,w,v\n1;2;3,4\n"),
          "1:assignmentId|Approve|x,y,z,w,v\n2:1|2|3,4", o);
}

static void test_quotes(void **state) {
    (void)state;
    READS("a,b\n\"x\"\"y\",\"1,2\"\n", "1:a|b\n2:x\"y|1,2");
    READS("a,b\n\"x\r\ny\nz\rw\",2\n3,4\n", "1:a|b\n2:x\r\ny\nz\rw|2\n5:3|4");
    READS("a,b\n\"\",\"\"\"\"\n", "1:a|b\n2:|\"");
    READS("\"a\"\"\",\"b\"\n1,\"2\"", "1:a\"|b\n2:1|2");
    WARNED("a,b\n\"x\"y\"z,2\n", "1:a|b\n2:xy\"z|2", "text-after-quote", 2);
    WARNED("a,b\n1,2\nx\"y,\"2\"\n", "1:a|b\n2:1|2\n3:x\"y|2", "bare-quote", 3);
    WARNED("a,b\n\"x\" ,2\n", "1:a|b\n2:x |2", "text-after-quote", 2);
    READS("a,b\n\"\"x,2\n", "1:a|b\n2:x|2");
}

static void test_open_quotes(void **state) {
    (void)state;
    REFUSED("a,b\n1,2\n3,\"x\n5,6\n7,8\n", "U06", 3, "Line 3: a quote is opened");
    /* in a file that quotes everything the next cell's quote closes it */
    REFUSED("\"a\",\"b\"\n\"1\",\"2\n\"3\",\"4\"\n", "U06", 2, "Line 2");
    REFUSED("\"a\",\"b\",\"c\"\n\"1\",\"2,\"3\"\n", "U06", 2, "Line 2");
    REFUSED("a,b\n\"x\ny\",\"z\n", "U06", 3, "Line 3");
    /* a quote that swallows more than a cell may hold */
    struct csv_options o = {.cell_max = 100};
    struct buf b = BUF_INIT;
    buf_puts(&b, "a,b\n1,\"x\n");
    for (int i = 0; i < 100; i++)
        buf_puts(&b, "3,4\n");
    refused(buf_view(&b), "U06", 2, "not closed within 100 bytes", o);
    buf_free(&b);
}

static void test_row_ends(void **state) {
    (void)state;
    READS("a,b\n1,2\n", "1:a|b\n2:1|2");
    READS("a,b\r\n1,2\r\n", "1:a|b\n2:1|2");
    READS("a,b\r1,2\r3,4", "1:a|b\n2:1|2\n3:3|4");
    READS("a,b\r1,2\n3,4\r\n5,6\r", "1:a|b\n2:1|2\n3:3|4\n4:5|6");
    READS("a,b\n1,2\r3,4\n", "1:a|b\n2:1|2\n2:3|4");
    READS("a,b\r\"1\r\n2\",3\r4,5", "1:a|b\n2:1\r\n2|3\n4:4|5");
    READS("a,b\n1,2", "1:a|b\n2:1|2");
    READS("a,b\n1,", "1:a|b\n2:1|");
    READS("a,b\n\"1\",\"2\"", "1:a|b\n2:1|2");
    WARNED("a,b,c\n1\rx,2,3\n", "1:a|b|c\n2:1\rx|2|3", "carriage-return", 2);
    WARNED("a,b,c\n\"1\"\rx,2,3\n", "1:a|b|c\n2:1\rx|2|3", "carriage-return", 2);
}

static void test_widths(void **state) {
    (void)state;
    READS("\n , \na,b\n\n1,2\n,\n;\n\n", "3:a|b\n5:1|2\n7:;|");
    READS(";;\n\"\"\na;b\n1;2\n", "3:a|b\n4:1|2");
    WARNED("a,b\n1,2\n\n,,\n", "1:a|b\n2:1|2", "blank-lines", 3);
    WARNED("a,b,c\n1\n", "1:a|b|c\n2:1||", "short-rows", 2);
    WARNED("a,b\n1,2,,\n", "1:a|b\n2:1|2||", "long-rows", 2);
    READS("a,b\n1,2,,x\n", "1:a|b\n2:1|2||x!");
    READS("a\n\"\"\n x \n", "1:a\n2:\n3: x ");
    READS("a,b\n\"\",\"\"\n\"\"\n1,2\n", "1:a|b\n4:1|2");
    REFUSED("", "U02", 0, "empty");
    REFUSED("\n\n", "U02", 0, "empty");
    REFUSED("a,b\n", "U02", 1, "header only");
    REFUSED("a,b\n\n,\n", "U02", 1, "header only");
}

static void test_limits(void **state) {
    (void)state;
    refused(STR("a\n1\n2\n3\n"), "U09", 0, "larger than 6 bytes",
            (struct csv_options){.bytes_max = 6});
    refused(STR("a\n1\n2\n3\n"), "U09", 4, "more than 2 rows", (struct csv_options){.rows_max = 2});
    refused(STR("a,b\n1,2,3,4\n"), "U09", 2, "more than 3 cells",
            (struct csv_options){.columns_max = 3});
    refused(STR("a,b\n1,12345\n"), "U09", 2, "more than 4 bytes",
            (struct csv_options){.cell_max = 4});
    struct buf b = BUF_INIT;
    for (int i = 0; i < 300; i++)
        buf_putc(&b, 'n');
    buf_puts(&b, "\n1\n");
    refused(buf_view(&b), "U09", 1, "names have at most 255", (struct csv_options){0});
    buf_free(&b);
}

/* A row longer than the buffer, in pieces. */
static void test_long_rows(void **state) {
    (void)state;
    struct fixture x;
    begin(&x);
    struct buf b = BUF_INIT;
    buf_puts(&b, "a,b\n");
    for (int row = 0; row < 3; row++)
        for (int cell = 0; cell < 2; cell++) {
            buf_putc(&b, '"');
            for (int i = 0; i < 400000; i++)
                buf_putc(&b, (char)('a' + row));
            buf_puts(&b, cell ? "\"\"\"\n" : "\",");
        }
    struct trickle t = {buf_view(&b), 1000};
    struct csv *c =
        csv_open((struct source){read_trickle, &t}, &(struct csv_options){0}, &x.findings);
    struct csv_row row;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(csv_next(c, &row), CSV_ROW);
        assert_int_equal(row.line, i + 2);
        assert_int_equal(row.cells[0].n, 400000);
        assert_int_equal(row.cells[1].n, 400001);
        assert_int_equal(row.cells[1].p[400000], '"');
        assert_int_equal(row.cells[1].p[399999], 'a' + i);
    }
    assert_int_equal(csv_next(c, &row), CSV_END);
    csv_close(c);
    buf_free(&b);
    end(&x);
}

static void test_raw(void **state) {
    (void)state;
    struct fixture x;
    begin(&x);
    struct str s = STR("a,b\r\n\"1\"\"\",2\r\n3,\"4\"");
    struct csv *c = csv_open(source_str(&s), &(struct csv_options){0}, &x.findings);
    struct csv_row row;
    assert_str(csv_header_raw(c), "a,b");
    csv_next(c, &row);
    assert_str(row.raw, "\"1\"\"\",2");
    csv_next(c, &row);
    assert_str(row.raw, "3,\"4\"");
    csv_close(c);
    end(&x);
}

static void test_values(void **state) {
    (void)state;
    assert_str(value_trim(STR(" \xC2\xA0\xE2\x80\x8B\xEF\xBB\xBFx y\xC2\xA0\t")), "x y");
    assert_str(value_trim(STR("\xC2\xA0")), "");
    assert_str(value_mark(STR(" '=x")), "=x");
    assert_str(value_mark(STR("'tis")), "'tis");
    assert_true(value_is_number_form(STR("1.2E+25")));
    assert_true(value_is_number_form(STR("3,45e+29")));
    assert_false(value_is_number_form(STR("3E")));
    assert_false(value_is_number_form(STR("3ZVPAMTJXQ2T10BWZ3NYBBLT777GRW")));
    assert_false(value_is_number_form(STR("495534")));
    assert_int_equal(value_control_at(STR("a\tb\r\n\xE2\x80\x8F\xF0\x9F\x98\x80")), 12);
    assert_int_equal(value_control_at(STR("ab\x01")), 2);
    assert_int_equal(value_control_at(STR("a\xC2\x85")), 1);
    assert_true(value_same_text(STR(" a\r\nb\rc "), STR("a\nb\nc")));
    assert_false(value_same_text(STR("a\n\nb"), STR("a\r\nb")));
}

/* ---- 1.4 headers ---- */

static void test_header(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    static const char *const NAMES[] = {"AssignmentId", "Approve", "Reject", "WorkerId"};
    const struct str cells[] = {STR("Reject"),    STR(" assignmentId\xC2\xA0"),
                                STR("Worker.ID"), STR("Input.Approve"),
                                STR(""),          STR("Approve"),
                                STR("Approve.1"), STR("x"),
                                STR("reject (1)")};
    struct header h;
    header_match(&h, &a, NAMES, 4, cells, 9);
    assert_int_equal(h.at[0], 1);
    assert_int_equal(h.at[1], 5);
    assert_int_equal(h.at[2], 0);
    assert_int_equal(h.at[3], 2);
    assert_int_equal(h.n_twins, 2);
    assert_int_equal(h.twins[0].wanted, 1);
    assert_int_equal(h.twins[0].at, 6);
    assert_int_equal(h.twins[1].wanted, 2);
    assert_int_equal(h.n_ignored, 2);
    assert_str(header_list(&a, h.ignored, 2), "Input.Approve, x");
    assert_true(header_is(STR("worker_id"), "Worker ID"));
    assert_false(header_is(STR("Answer.Reject"), "Reject"));
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_utf32),
        cmocka_unit_test(test_bad_utf8),
        cmocka_unit_test(test_chosen_encoding),
        cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_preview),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_open_quotes),
        cmocka_unit_test(test_row_ends),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_long_rows),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_header),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
