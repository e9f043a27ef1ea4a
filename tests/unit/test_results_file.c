/* formats/csv_out and results_file: what is written (csv-formats 1.1, 1.5, 1.7, 3). */
#include "csv_case.h"

#include "base/pack.h"
#include "formats/csv_in.h"
#include "formats/csv_out.h"
#include "formats/header.h"
#include "formats/results_file.h"
#include "formats/value.h"

static void write_two(struct buf *b, enum csv_dialect d) {
    struct csv_out w;
    csv_out_begin(&w, b, d);
    csv_cell(&w, STR("a\"b"));
    csv_cell(&w, STR("c"));
    csv_row_end(&w);
    csv_cell_worker(&w, STR("=1"));
    csv_cell(&w, STR("=x\r\ny"));
    csv_row_end(&w);
}

static void test_dialects(void **state) {
    (void)state;
    static const char *const WANT[CSV_DIALECT__COUNT] = {
        [CSV_CLASSIC] = "\"a\"\"b\",\"c\"\r\n\"=1\",\"=x\r\ny\"\r\n",
        [CSV_EXCEL] = "\xEF\xBB\xBF\"a\"\"b\",\"c\"\r\n\"'=1\",\"=x\r\ny\"\r\n",
        [CSV_EXCEL_SEMICOLON] = "\xEF\xBB\xBF\"a\"\"b\";\"c\"\r\n\"'=1\";\"=x\r\ny\"\r\n",
        [CSV_STRICT_CLASSIC] = "\"a\"\"b\",\"c\"\r\n\"=1\",\"=x\r\ny\"",
    };
    for (int d = 0; d < CSV_DIALECT__COUNT; d++) {
        struct buf b = BUF_INIT;
        write_two(&b, (enum csv_dialect)d);
        assert_str(buf_view(&b), WANT[d]);
        buf_free(&b);
        enum csv_dialect back;
        assert_true(csv_dialect_parse(str_c(csv_dialect_name((enum csv_dialect)d)), &back));
        assert_int_equal(back, d);
    }
    enum csv_dialect none;
    assert_false(csv_dialect_parse(STR("Excel 97"), &none));
}

static void test_formulas(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"=1", "+1", "-1", "@x", "\tx", "\rx", "x=", "", "'x"};
    static const bool PREFIXED[] = {true, true, true, true, true, true, false, false, false};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct buf b = BUF_INIT;
        struct csv_out w;
        csv_out_begin(&w, &b, CSV_EXCEL_SEMICOLON);
        buf_clear(&b);
        csv_cell_worker(&w, str_c(TEXTS[i]));
        assert_int_equal(b.p[1] == '\'' && TEXTS[i][0] != '\'', PREFIXED[i]);
        buf_free(&b);
    }
}

static void test_rate(void **state) {
    (void)state;
    static const struct {
        int64_t approved, decided;
        const char *want;
    } CASES[] = {
        {235, 242, "97% (235/242)"}, {0, 0, "0% (0/0)"},  {1, 200, "1% (1/200)"},
        {1, 201, "0% (1/201)"},      {2, 3, "67% (2/3)"}, {199, 200, "100% (199/200)"},
        {7, 7, "100% (7/7)"},        {1, 8, "13% (1/8)"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf b = BUF_INIT;
        results_file_rate(&b, CASES[i].approved, CASES[i].decided);
        assert_str(buf_view(&b), CASES[i].want);
        buf_free(&b);
    }
}

static void test_names(void **state) {
    (void)state;
    struct str names[] = {STR("b"), STR("a2"), STR("a10"), STR("B"), STR("a1"), STR("a2")};
    assert_int_equal(results_file_sort_names(names, 6), 5);
    static const char *const WANT[] = {"B", "a1", "a10", "a2", "b"};
    for (int i = 0; i < 5; i++)
        assert_str(names[i], WANT[i]);
    assert_int_equal(results_file_sort_names(names, 0), 0);
    assert_true(results_file_knows(STR("Input.x")) && results_file_knows(STR("Outcome")));
    assert_true(results_file_knows(STR("hitid")) && results_file_knows(STR("OverturnUntil")));
    assert_false(results_file_knows(STR("notes")));
    assert_int_equal(results_file_batch_id(STR("BatchId:3930024;OriginalHitTemplateId:9;")),
                     3930024);
    assert_int_equal(results_file_batch_id(STR("BatchId:2368614;")), 2368614);
    assert_int_equal(results_file_batch_id(STR("OriginalHitTemplateId:9;")), 0);
    assert_int_equal(results_file_batch_id(STR_NULL), 0);
}

/* A row with one answer of two values, one field that has no column, and one that is missing. */
static void write_results(struct buf *out, enum csv_dialect d, bool extended) {
    const struct str inputs[] = {STR("url"), STR("note")};
    const struct str answers[] = {STR("Z"), STR("tag"), STR("text")};
    struct results_file_shape shape = {inputs, 2, answers, 3, extended};
    struct results_file w;
    results_file_begin(&w, out, d, &shape);
    struct buf in = BUF_INIT, an = BUF_INIT;
    pack_add(&in, STR("http://x/1"));
    pack_add(&in, STR("=n"));
    const struct str packed[] = {STR("text"), STR("1"),   STR("=\"t\""), STR("other"), STR("1"),
                                 STR("?"),    STR("tag"), STR("2"),      STR("red"),   STR("blue")};
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
        pack_add(&an, packed[i]);
    struct results_file_row row = {
        .inputs = buf_view(&in),
        .answers = buf_view(&an),
        .reject = STR("bad"),
    };
    row.fixed[RESULTS_HIT_ID] = STR("3H");
    row.fixed[RESULTS_LAST_7_DAYS_RATE] = STR("0% (0/0)");
    row.extended[RESULTS_ATTEMPT] = STR("2");
    results_file_row(&w, &row);
    results_file_row(&w, &(struct results_file_row){0});
    results_file_end(&w);
    buf_free(&in);
    buf_free(&an);
}

static void check_results(enum csv_dialect d, bool extended, size_t count, size_t width) {
    struct csv_case x;
    case_begin(&x);
    struct buf b = BUF_INIT;
    write_results(&b, d, extended);
    struct str rest = buf_view(&b);
    struct csv *c = csv_open(source_str(&rest), &(struct csv_options){0}, &x.findings);
    size_t n;
    const struct str *names = csv_header(c, &n);
    assert_int_equal(n, width);
    assert_str(names[0], "HITId");
    assert_str(names[26], "Last7DaysApprovalRate");
    assert_str(names[27], "Input.url");
    assert_str(names[28], "Input.note");
    assert_str(names[29], "Answer.Z");
    assert_str(names[31], "Answer.text");
    assert_str(names[32], "Approve");
    assert_str(names[33], "Reject");
    struct csv_row row;
    assert_int_equal(csv_next(c, &row), CSV_ROW);
    assert_int_equal(row.count, count);
    assert_str(row.cells[0], "3H");
    assert_str(row.cells[28], "=n");
    assert_str(row.cells[29], "");
    assert_str(row.cells[30], "red|blue");
    assert_str(value_mark(row.cells[31]), "=\"t\"");
    assert_str(row.cells[33], count > 33 ? "bad" : "");
    if (extended)
        assert_str(row.cells[42], "2");
    csv_close(c);
    buf_free(&b);
    case_end(&x);
}

static void test_results(void **state) {
    (void)state;
    check_results(CSV_CLASSIC, false, 34, 34);
    check_results(CSV_EXCEL, false, 34, 34);
    check_results(CSV_EXCEL_SEMICOLON, false, 34, 34);
    check_results(CSV_STRICT_CLASSIC, false, 32, 34); /* two short, as the original's */
    check_results(CSV_CLASSIC, true, 43, 43);
    check_results(CSV_STRICT_CLASSIC, true, 43, 43);
}

/* The 27 names, in the order of a file in original quoting. */
static void test_real_header(void **state) {
    (void)state;
    struct csv_case x;
    FILE *f = real_file("results-2022-json-answers.csv");
    case_begin(&x);
    struct csv *c = csv_open(source_fd(fileno(f)), &(struct csv_options){0}, &x.findings);
    size_t n;
    const struct str *names = csv_header(c, &n);
    assert_true(n > RESULTS_FIXED);
    for (size_t i = 0; i < RESULTS_FIXED; i++)
        assert_str(names[i], RESULTS_NAMES[i]);
    csv_close(c);
    fclose(f);
    case_end(&x);
}

/* ---- what is written is read back equal, whatever the cells hold ---- */

static uint32_t next(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static struct str random_cell(struct arena *a, uint64_t *seed) {
    static const char *const PIECES[] = {
        "\"", "\"\"", ",", ";", "\t", "\r\n",     "\n",
        "\r", "a",    "|", " ", "=",  "\xC3\xA4", "\xF0\x9F\x98\x80",
        "x",  "-"};
    struct buf b = BUF_INIT;
    for (uint32_t n = next(seed) % 12; n; n--)
        buf_puts(&b, PIECES[next(seed) % (sizeof PIECES / sizeof *PIECES)]);
    struct str s = buf_dup(a, &b);
    buf_free(&b);
    return s;
}

static void round_trip(uint64_t seed) {
    enum { ROWS = 7, COLUMNS = 5 };
    struct csv_case x;
    case_begin(&x);
    struct str cells[ROWS][COLUMNS];
    struct buf b = BUF_INIT;
    struct csv_out w;
    csv_out_begin(&w, &b, (enum csv_dialect)(next(&seed) % CSV_DIALECT__COUNT));
    for (int c = 0; c < COLUMNS; c++)
        csv_cell(&w, STR("name"));
    csv_row_end(&w);
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLUMNS; c++) {
            cells[r][c] = c ? random_cell(&x.arena, &seed) : STR("id"); /* no row is blank */
            csv_cell(&w, cells[r][c]);
        }
        csv_row_end(&w);
    }
    struct str rest = buf_view(&b);
    struct csv *c = csv_open(source_str(&rest), &(struct csv_options){0}, &x.findings);
    struct csv_row row;
    for (int r = 0; r < ROWS; r++) {
        assert_int_equal(csv_next(c, &row), CSV_ROW);
        assert_int_equal(row.count, COLUMNS);
        for (int i = 0; i < COLUMNS; i++)
            if (!str_eq(row.cells[i], cells[r][i]))
                fail_msg("seed %llu, row %d, cell %d", (unsigned long long)seed, r, i);
    }
    assert_int_equal(csv_next(c, &row), CSV_END);
    csv_close(c);
    buf_free(&b);
    case_end(&x);
}

static void test_round_trip(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++)
        round_trip(seed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects),   cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_rate),       cmocka_unit_test(test_names),
        cmocka_unit_test(test_results),    cmocka_unit_test(test_real_header),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests_name("results_file", tests, NULL, NULL);
}
