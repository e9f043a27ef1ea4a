/* formats/marks and reviewed: files that come back (csv-formats 4.1, 4.2, the file's part of 10;
 * the messages of requester-site 5.6 that need no database). */
#include "csv_case.h"

#include "formats/marks.h"
#include "formats/reviewed.h"

/* ---- 4.2, each word of the table ---- */

static void test_approve_words(void **state) {
    (void)state;
    static const char *const NOTHING[] = {"na",  "n/a",   "nan", "null",    "none",
                                          "nil", "false", "0",   "no",      "n",
                                          "-",   "NA",    "NaN", " False ", "N/A"};
    static const char *const MARKS[] = {"x",
                                        "y",
                                        "yes",
                                        "true",
                                        "t",
                                        "1",
                                        "ok",
                                        "a",
                                        "approve",
                                        "approved",
                                        "\xE2\x9C\x93",
                                        "\xE2\x9C\x94",
                                        "\xE2\x98\x91",
                                        "X",
                                        " x\xC2\xA0",
                                        "TRUE",
                                        "Approved",
                                        "\xE2\x9C\x94\xEF\xB8\x8F"};
    struct mark m = mark_approve(STR(" \t"));
    assert_false(m.set || m.placeholder);
    for (size_t i = 0; i < sizeof NOTHING / sizeof *NOTHING; i++) {
        m = mark_approve(str_c(NOTHING[i]));
        assert_true(!m.set && m.placeholder && !m.text.p);
        m = mark_reject(str_c(NOTHING[i]));
        assert_true(!m.set && m.placeholder && !m.text.p);
    }
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        m = mark_approve(str_c(MARKS[i]));
        if (!m.set || m.placeholder || m.text.p)
            fail_msg("%s", MARKS[i]);
    }
    m = mark_approve(STR(" Thank you! "));
    assert_true(m.set);
    assert_str(m.text, "Thank you!");
}

static void test_reject_words(void **state) {
    (void)state;
    static const char *const MARKS[] = {"x", "y",      "yes",      "true",         "t", "1", "r",
                                        "R", "reject", "Rejected", "\xE2\x9C\x93", "X"};
    struct mark m = mark_reject(STR(""));
    assert_false(m.set || m.placeholder);
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        m = mark_reject(str_c(MARKS[i]));
        assert_true(m.set && !m.text.p);
    }
    m = mark_reject(STR("'=sum is wrong"));
    assert_str(m.text, "=sum is wrong");
    m = mark_reject(STR("\xE2\x80\x9Cok\xE2\x80\x9D")); /* curly quotes are kept */
    assert_str(m.text, "\xE2\x80\x9Cok\xE2\x80\x9D");
    assert_str(mark_reject(STR("ok")).text, "ok"); /* words of the other column are text */
    assert_str(mark_approve(STR("reject")).text, "reject");
}

static void test_reasons(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    for (int i = 0; i < 1024; i++)
        buf_puts(&b, "\xC3\xA4");
    int64_t detail;
    assert_int_equal(reason_check(buf_view(&b), &detail), REASON_OK);
    buf_puts(&b, "x");
    assert_int_equal(reason_check(buf_view(&b), &detail), REASON_TOO_LONG);
    assert_int_equal(detail, 1025);
    buf_free(&b);
    assert_int_equal(reason_check(STR(" "), NULL), REASON_EMPTY);
    assert_int_equal(reason_check(STR("a\tb\r\nc"), NULL), REASON_OK);
    assert_int_equal(reason_check(STR("a\x07"), &detail), REASON_CONTROL);
    assert_int_equal(detail, 7);
    assert_int_equal(reason_check(STR("\xF0\x9F\x98\x80 \xE2\x80\x8F"), NULL), REASON_OK);
    assert_true(reason_same(STR("a\r\nb "), STR("a\nb")));
    assert_false(reason_same(STR("a"), STR("A")));
}

/* ---- files ---- */

/* Reads a file and writes down what each row means: "line id A[message] R[reason] code". */
static void read_all(struct csv_case *x, struct str bytes, struct reviewed_options o,
                     struct buf *out) {
    struct reviewed *r = reviewed_open(source_str(&bytes), &o, &x->findings);
    struct reviewed_row row;
    enum csv_step step;
    while ((step = reviewed_next(r, &row)) == CSV_ROW) {
        buf_printf(out, "%d %.*s", (int)row.line, STR_ARG(row.assignment_id));
        if (row.approve)
            buf_printf(out, " A[%.*s]", STR_ARG(row.message));
        if (row.reject)
            buf_printf(out, " R[%.*s]", STR_ARG(row.reason));
        if (row.code)
            buf_printf(out, " %s", row.code);
        buf_putc(out, '\n');
    }
    if (step == CSV_STOP)
        buf_puts(out, "STOP");
    reviewed_close(r);
}

static void means_with(struct str bytes, const char *want, struct reviewed_options o) {
    struct csv_case x;
    case_begin(&x);
    struct buf b = BUF_INIT;
    read_all(&x, bytes, o, &b);
    assert_str(buf_view(&b), want);
    buf_free(&b);
    case_end(&x);
}

#define MEANS(bytes, want) means_with(STR(bytes), want, (struct reviewed_options){0})

static void finds_with(struct str bytes, enum finding_level level, const char *code, int64_t line,
                       const char *words, struct reviewed_options o) {
    struct csv_case x;
    case_begin(&x);
    struct buf b = BUF_INIT;
    read_all(&x, bytes, o, &b);
    assert_finding(&x, level, code, line, words);
    assert_int_equal(findings_refuse(&x.findings), level == FINDING_FILE);
    buf_free(&b);
    case_end(&x);
}

#define FINDS(bytes, level, code, line, words)                                                     \
    finds_with(STR(bytes), level, code, line, words, (struct reviewed_options){0})

static void test_marks_in_files(void **state) {
    (void)state;
    MEANS("AssignmentId,Approve,Reject\n3A,x,\n3B,,bad work\n3C,,\n3D,Thanks,\n3E,x,why\n",
          "2 3A A[]\n3 3B R[bad work]\n4 3C\n5 3D A[Thanks]\n6 3E A[] R[why]\n");
    /* only Approve, only Reject, ids guarded and spaced */
    MEANS("AssignmentId,Approve\n 3A\xC2\xA0,X\n", "2 3A A[]\n");
    MEANS("Reject;AssignmentId\nno;3A\nlate;3B\n", "2 3A\n3 3B R[late]\n");
    /* test data 8 and 9: other spellings, reverse order, capitals */
    MEANS("assignmentId,HITId,Approve,Reject\n3A,3H,x,\n", "2 3A A[]\n");
    MEANS("REJECT,APPROVE,WORKER ID,ASSIGNMENT_ID\nr1,,A1,3A\n", "2 3A R[r1]\n");
    /* only the exact names count */
    MEANS("AssignmentId,Input.Approve,Answer.Reject,Approve\n3A,x,y,\n", "2 3A\n");
}

static void test_spreadsheets(void **state) {
    (void)state;
    /* 2: short rows, no line end at the end, two bare cells appended to one */
    MEANS("\"AssignmentId\",\"Approve\",\"Reject\"\r\n\"3A\"\r\n\"3B\",x,\r\n\"3C\"",
          "2 3A\n3 3B A[]\n4 3C\n");
    /* 3: Excel */
    MEANS("\xEF\xBB\xBF"
          "AssignmentId,Approve,Reject\r\n3A,x,\r\n",
          "2 3A A[]\n");
    /* 4: semicolons, Windows-1252 in a column that is not read */
    MEANS("AssignmentId;Input.t;Approve;Reject\r\n3A;M\xFCller;x;\r\n", "2 3A A[]\n");
    FINDS("AssignmentId;Input.t;Approve;Reject\r\n3A;M\xFCller;x;\r\n", FINDING_WARNING, "decoded",
          2, "0xFC");
    /* 5: UTF-16 LE with tabs */
    MEANS("\xFF\xFE"
          "A\0s\0s\0i\0g\0n\0m\0e\0n\0t\0I\0d\0\t\0A\0p\0p\0r\0o\0v\0e\0\n\0"
          "3\0A\0\t\0x\0\n\0",
          "2 3A A[]\n");
    /* 6: R */
    MEANS(
        "\"\",\"AssignmentId\",\"Approve\",\"Reject\"\n\"1\",\"3A\",TRUE,NA\n\"2\",\"3B\",NA,NA\n",
        "2 3A A[]\n3 3B\n");
    FINDS("\"\",\"AssignmentId\",\"Approve\",\"Reject\"\n\"1\",\"3A\",TRUE,NA\n", FINDING_WARNING,
          "placeholders", 2, "1 cells");
    /* 7: pandas */
    MEANS(",AssignmentId,Approve,Reject\n0,3A,True,nan\n1,3B,False,\n", "2 3A A[]\n3 3B\n");
    /* 10: line ends and quotes in cells */
    MEANS("AssignmentId,Input.t,Reject\n3A,\"l1\nl2\",\"r1\r\nr2\"\"\"\n3B,x,\n",
          "2 3A R[r1\r\nr2\"]\n5 3B\n");
}

static void test_row_faults(void **state) {
    (void)state;
    MEANS("AssignmentId,Approve,Reject\n,x,\n3B,,x\n3C,,\"a\x01\"\n3D,x,,y\n3E,x,\n3F,,\n",
          "2  A[] U24\n3 3B R[] U27\n4 3C R[a\x01] U28\n5 3D A[] U07\n6 3E A[]\n7 3F\n");
    FINDS("AssignmentId,Approve\n,x\n", FINDING_ROW, "U24", 2, "no AssignmentId");
    FINDS("AssignmentId,Reject\n3A,r\n3B,x\n", FINDING_NEEDS_INPUT, "U27", 2, "no reason");
    FINDS("AssignmentId,Reject\n3A,\"a\x07\"\n", FINDING_ROW, "U28", 2, "U+0007");
    FINDS("AssignmentId,Approve\n3A,\"a\x07\"\n", FINDING_ROW, "U28", 2, "message in Approve");
    struct buf b = BUF_INIT;
    buf_puts(&b, "AssignmentId,Reject\n3A,");
    for (int i = 0; i < 1025; i++)
        buf_putc(&b, 'r');
    finds_with(buf_view(&b), FINDING_ROW, "U28", 2, "1025 characters; at most 1024",
               (struct reviewed_options){0});
    buf_free(&b);
}

static void test_file_faults(void **state) {
    (void)state;
    FINDS("PK\003\004xl/workbook.xml", FINDING_FILE, "U01", 0, "Excel");
    FINDS("<html>", FINDING_FILE, "U01", 0, "HTML");
    FINDS("", FINDING_FILE, "U02", 0, "empty");
    FINDS("AssignmentId,Approve\n", FINDING_FILE, "U02", 1, "header only");
    FINDS("HITId,Approve\n3H,x\n", FINDING_FILE, "U03", 1, "found: HITId, Approve");
    FINDS("AssignmentId,Answer.Approve\n3A,x\n", FINDING_FILE, "U04", 1, "Neither");
    FINDS("AssignmentId,Approve,Approve.1\n3A,x,x\n3B,x,\n", FINDING_FILE, "U05", 3,
          "columns 2 and 3");
    FINDS("AssignmentId,Approve,Approve\n3A,x,x\n", FINDING_WARNING, "repeated-column", 1,
          "Approve");
    FINDS("AssignmentId,Approve\n3A,x\n3B,x\n3C,x\n3D,x\n3E,x\n3F,\"x\n3G,x\n", FINDING_FILE, "U06",
          7, "Line 7");
    FINDS("AssignmentId,Approve\n3A,x,y\n3B,x,z\n3C,x\n", FINDING_FILE, "U07", 0, "2 of 3 rows");
    FINDS("AssignmentId,Approve\n3A,x\0\n", FINDING_FILE, "U08", 2, "NUL");
    FINDS("AssignmentId,Reject\n3A,schlecht f\xFCr\n", FINDING_FILE, "U08", 2, "Reject in line 2");
    finds_with(STR("AssignmentId,Reject\n3A,schlecht f\xFCr\n"), FINDING_WARNING, "decoded", 0,
               "Windows-1252", (struct reviewed_options){.encoding = ENCODING_WINDOWS_1252});
    finds_with(STR("AssignmentId,Approve\n3A,x\n3B,x\n"), FINDING_FILE, "U09", 3, "more than 1",
               (struct reviewed_options){.rows_max = 1});
    FINDS("AssignmentId,Approve\n3.2E+25,x\n", FINDING_FILE, "U29", 2, "3.2E+25");
    FINDS("AssignmentId,HITId,Approve\n3A,\"1,2E+25\",x\n", FINDING_FILE, "U29", 2, "HITId");
    FINDS("AssignmentId,Approve,my notes,Title\n3A,x,n,t\n", FINDING_WARNING, "columns-ignored", 1,
          "1 columns that a results file does not have were ignored: my notes.");
}

/* A file of the Command Line Tools: unmarked rows were approved there. */
static void test_tools(void **state) {
    (void)state;
    struct str file = STR("\"hitid\"\t\"assignmentid\"\t\"reject\"\n\"3H\"\t\"3A\"\t\"\"\n"
                          "\"3H\"\t\"3B\"\t\"bad\"\n");
    finds_with(file, FINDING_FILE, "U04", 1, "Command Line Tools", (struct reviewed_options){0});
    means_with(file, "STOP", (struct reviewed_options){0});
    means_with(file, "2 3A\n3 3B R[bad]\n",
               (struct reviewed_options){.tools = REVIEWED_TOOLS_MARKED});
    means_with(file, "2 3A A[]\n3 3B R[bad]\n",
               (struct reviewed_options){.tools = REVIEWED_TOOLS_OLD});
}

static void test_guards(void **state) {
    (void)state;
    struct csv_case x;
    case_begin(&x);
    struct str s = STR("AssignmentId,HITId,WorkerId,AssignmentStatus,RequesterAnnotation,Approve\n"
                       "3A,3H,A1,Rejected,BatchId:77;OriginalHitTemplateId:5;,x\n3B,,,,,\n");
    struct reviewed *r = reviewed_open(source_str(&s), &(struct reviewed_options){0}, &x.findings);
    struct reviewed_row row;
    assert_int_equal(reviewed_next(r, &row), CSV_ROW);
    assert_str(row.hit_id, "3H");
    assert_str(row.worker_id, "A1");
    assert_str(row.status, "Rejected");
    assert_int_equal(row.batch, 77);
    assert_str(row.csv.raw, "3A,3H,A1,Rejected,BatchId:77;OriginalHitTemplateId:5;,x");
    assert_int_equal(reviewed_next(r, &row), CSV_ROW);
    assert_null(row.hit_id.p);
    assert_null(row.status.p);
    assert_int_equal(row.batch, 0);
    assert_int_equal(reviewed_next(r, &row), CSV_END);
    assert_int_equal(reviewed_next(r, &row), CSV_END);
    assert_int_equal(csv_rows(reviewed_csv(r)), 2);
    reviewed_close(r);
    case_end(&x);
}

/* A million faults need no more memory than a hundred. */
static void test_many_faults(void **state) {
    (void)state;
    struct csv_case x;
    case_begin(&x);
    struct buf b = BUF_INIT, out = BUF_INIT;
    buf_puts(&b, "AssignmentId,Reject\n");
    for (int i = 0; i < 50000; i++)
        buf_puts(&b, "1E5,x\n");
    read_all(&x, buf_view(&b), (struct reviewed_options){0}, &out);
    assert_int_equal(findings_count(&x.findings, "U29"), 50000);
    assert_int_equal(findings_of(&x.findings, FINDING_FILE, "U29")->kept, 100);
    assert_true(x.arena.used < 200000);
    buf_free(&b);
    buf_free(&out);
    case_end(&x);
}

/* The real downloads come back as they are: every row read, no mark, nothing refused. */
static void test_real(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int64_t rows;
    } FILES[] = {
        {"results-2022-json-answers.csv", 118},
        {"results-2022-huge-cells.csv", 3},
        {"results-2020-padded-rows.csv", -1},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct csv_case x;
        FILE *f = real_file(FILES[i].name);
        case_begin(&x);
        struct reviewed *r =
            reviewed_open(source_fd(fileno(f)), &(struct reviewed_options){0}, &x.findings);
        struct reviewed_row row;
        int64_t rows = 0, marks = 0;
        enum csv_step step;
        while ((step = reviewed_next(r, &row)) == CSV_ROW) {
            rows++;
            marks += row.approve || row.reject;
            assert_null(row.code);
            assert_int_equal(row.assignment_id.n, 30);
            assert_true(row.batch > 0);
        }
        assert_int_equal(step, CSV_END);
        assert_false(findings_refuse(&x.findings));
        if (FILES[i].rows > 0) {
            assert_int_equal(rows, FILES[i].rows);
            assert_int_equal(marks, 0);
        }
        reviewed_close(r);
        fclose(f);
        case_end(&x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_approve_words), cmocka_unit_test(test_reject_words),
        cmocka_unit_test(test_reasons),       cmocka_unit_test(test_marks_in_files),
        cmocka_unit_test(test_spreadsheets),  cmocka_unit_test(test_row_faults),
        cmocka_unit_test(test_file_faults),   cmocka_unit_test(test_tools),
        cmocka_unit_test(test_guards),        cmocka_unit_test(test_many_faults),
        cmocka_unit_test(test_real),
    };
    return cmocka_run_group_tests_name("reviewed", tests, NULL, NULL);
}
