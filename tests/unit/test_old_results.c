/* formats/old_results: result files of the old service (csv-formats 3, 8, 9). */
#include "csv_case.h"

#include "base/datetime.h"
#include "formats/old_results.h"

#define HEADER                                                                                     \
    "HITId,Reward,CreationTime,MaxAssignments,RequesterAnnotation,AssignmentId,AssignmentStatus,"  \
    "SubmitTime,ApprovalTime,Input.a,Answer.b,Approve,Reject\n"

static struct old_results *open_str(struct csv_case *x, struct str *s) {
    case_begin(x);
    return old_results_open(source_str(s), &(struct old_options){0}, &x->findings);
}

static int64_t at(const char *iso) {
    int64_t ms = -1;
    assert_true(time_parse_iso(str_c(iso), &ms));
    return ms;
}

static void test_row(void **state) {
    (void)state;
    struct csv_case x;
    struct str s = STR(HEADER "3H,$0.10 ,Tue Mar 12 10:11:12 PDT 2019,3.0,BatchId:7;,'@A,approved,"
                              "Tue Dec 24 10:11:12 PST 2019,2018-06-08 15:14:39 UTC,{},{},x,why\n"
                              "3H,,NaN,NA,,3B,,,,i\n");
    struct old_results *r = open_str(&x, &s);
    struct old_row row;
    assert_int_equal(old_results_next(r, &row), CSV_ROW);
    assert_null(row.code);
    assert_int_equal(row.reward_cents, 10);
    assert_int_equal(row.creation_ms, at("2019-03-12T17:11:12Z"));
    assert_int_equal(row.submit_ms, at("2019-12-24T18:11:12Z"));
    assert_int_equal(row.approval_ms, at("2018-06-08T15:14:39Z"));
    assert_int_equal(row.rejection_ms, OLD_NONE);
    assert_int_equal(row.max_assignments, 3);
    assert_int_equal(row.batch, 7);
    assert_int_equal(row.status, OLD_APPROVED);
    assert_str(row.text[RESULTS_ASSIGNMENT_ID], "@A");
    assert_str(row.text[RESULTS_TITLE], "");
    assert_int_equal(row.n_inputs, 1);
    assert_str(row.inputs[0].name, "a");
    assert_str(row.inputs[0].value, "{}");
    assert_str(row.answers[0].name, "b");
    assert_str(row.answers[0].value, "");
    assert_true(row.answers[0].given);
    assert_str(row.approve, "x");
    assert_str(row.reject, "why");
    assert_true(old_results_has(r, RESULTS_REWARD));
    assert_false(old_results_has(r, RESULTS_TITLE));

    assert_int_equal(old_results_next(r, &row), CSV_ROW); /* a short row, NA, another tool's gaps */
    assert_null(row.code);
    assert_int_equal(row.reward_cents, OLD_NONE);
    assert_int_equal(row.creation_ms, OLD_NONE);
    assert_int_equal(row.max_assignments, OLD_NONE);
    assert_int_equal(row.status, OLD_STATUS_NONE);
    assert_false(row.answers[0].given);
    assert_str(row.reject, "");
    assert_int_equal(old_results_next(r, &row), CSV_END);
    old_results_close(r);
    case_end(&x);
}

static void bad_row(const char *cells, const char *code, const char *words) {
    struct csv_case x;
    char file[1024];
    snprintf(file, sizeof file, HEADER "%s\n", cells);
    struct str s = str_c(file);
    struct old_results *r = open_str(&x, &s);
    struct old_row row;
    assert_int_equal(old_results_next(r, &row), CSV_ROW);
    assert_non_null(row.code);
    assert_string_equal(row.code, code);
    assert_finding(&x, FINDING_ROW, code, 2, words);
    old_results_close(r);
    case_end(&x);
}

static void test_bad_values(void **state) {
    (void)state;
    bad_row("3H,10 cents,,,,3A,,,,,,,", "value", "Line 2, Reward: \"10 cents\" is not an amount");
    bad_row("3H,,12.3.2019,,,3A,,,,,,,", "value", "CreationTime: \"12.3.2019\" is not a time");
    bad_row("3H,,,-1,,3A,,,,,,,", "value", "MaxAssignments");
    bad_row("3H,,,,,3A,Pending,,,,,,", "value", "Submitted, Approved or Rejected");
    bad_row("3H,,,,,3.1E+25,,,,,,,", "value", "turned it into a number");
    bad_row("3H,,,,,,Approved,,,,,,", "U24", "no AssignmentId");
    bad_row("3H,,,,,3A,,,,,,,,more", "U07", "14 cells");
}

static void test_headers(void **state) {
    (void)state;
    struct csv_case x;
    struct str s = STR("HITId,AssignmentId,Answer.a\n3H,3A,1\n"
                       "HITId,AssignmentId,Answer.a\n3H,3B,2\n"
                       "HITId,Input.x,AssignmentId,Answer.b,Answer.c\n3H,i,3C,3,4\n");
    struct old_results *r = open_str(&x, &s);
    struct old_row row;
    assert_int_equal(old_results_next(r, &row), CSV_ROW);
    assert_int_equal(old_results_next(r, &row), CSV_ROW);
    assert_int_equal(row.line, 4);
    assert_str(row.answers[0].value, "2");
    assert_int_equal(old_results_next(r, &row), CSV_ROW);
    assert_null(row.code);
    assert_str(row.text[RESULTS_ASSIGNMENT_ID], "3C");
    assert_int_equal(row.n_answers, 2);
    assert_str(row.answers[1].name, "c");
    assert_str(row.answers[1].value, "4");
    assert_str(row.inputs[0].value, "i");
    assert_int_equal(old_results_next(r, &row), CSV_END);
    assert_int_equal(old_results_headers(r), 3);
    assert_finding(&x, FINDING_WARNING, "repeated-header", 0, "3 headers");
    old_results_close(r);
    case_end(&x);

    s = STR("a,b\n1,2\n");
    r = open_str(&x, &s);
    assert_int_equal(old_results_next(r, &row), CSV_STOP);
    assert_finding(&x, FINDING_FILE, "U03", 1, "AssignmentId is missing (found: a, b)");
    old_results_close(r);
    case_end(&x);
}

static void test_times(void **state) {
    (void)state;
    int64_t ms;
    assert_true(old_time_parse(STR("Fri Feb 17 16:30:36 CET 2017"), &ms));
    assert_int_equal(ms, at("2017-02-17T15:30:36Z"));
    assert_true(old_time_parse(STR("Fri Feb 17 16:30:36 IST 2017"), &ms));
    assert_int_equal(ms, at("2017-02-17T11:00:36Z"));
    assert_true(old_time_parse(STR("Tue Mar 12 10:11:12 PDT 2019"), &ms));
    assert_true(old_time_parse(STR("Thu Jun 02 16:32:23 UTC 2022"), &ms));
    assert_false(old_time_parse(STR("Fri Feb 17 16:30:36 XYZ 2017"), &ms));
    assert_false(old_time_parse(STR("Fri Feb 17 16:30:36  2017"), &ms));
    assert_false(old_time_parse(STR(""), &ms));
    assert_false(old_time_parse(STR("Fri Feb 31 16:30:36 CET 2017"), &ms));
}

/* Every real results file: each row is read, with its ids, times and statuses. */
static void test_real(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool times;
    } FILES[] = {
        {"results-2022-json-answers.csv", true},    {"results-2022-huge-cells.csv", true},
        {"results-2020-padded-rows.csv", true},     {"results-2017-resaved.csv", true},
        {"results-other-tool-utc-dates.csv", true}, {"results-2017-command-line-tools.tsv", true},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct csv_case x;
        FILE *f = real_file(FILES[i].name);
        case_begin(&x);
        struct old_results *r =
            old_results_open(source_fd(fileno(f)), &(struct old_options){0}, &x.findings);
        struct old_row row;
        enum csv_step step;
        while ((step = old_results_next(r, &row)) == CSV_ROW) {
            if (row.code)
                fail_msg("%s: %.*s", FILES[i].name, STR_ARG(row.fault));
            assert_true(row.text[RESULTS_HIT_ID].n > 0);
            assert_true(row.submit_ms > row.accept_ms && row.accept_ms > 0);
            assert_true(row.creation_ms > 0);
            if (row.work_s != OLD_NONE)
                assert_int_equal((row.submit_ms - row.accept_ms) / 1000, row.work_s);
        }
        assert_int_equal(step, CSV_END);
        assert_true(csv_rows(old_results_csv(r)) > 2);
        old_results_close(r);
        fclose(f);
        case_end(&x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row),     cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_headers), cmocka_unit_test(test_times),
        cmocka_unit_test(test_real),
    };
    return cmocka_run_group_tests_name("old_results", tests, NULL, NULL);
}
