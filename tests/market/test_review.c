/* Reviews as a rule, without HTTP: the decision table (csv-formats 4.3-4.5), stale plans, tokens,
 * other people's work, and how long things are kept. Whatever happens, the whole book is checked
 * afterwards. Money is test_review_money.c's, the outcome file test_outcome.c's. */
#include <string.h>

#include "review_steps.h"

enum { WINDOW_S = OVERTURN_WINDOW_S };

/* ---- the decision table, 4.4 ---- */

enum work_kind { SUBMITTED, APPROVED, AUTO, OVERTURNED, REJECTED, LATE, DELETED, LATE_DELETED };

static const struct row {
    const char *number;
    enum work_kind kind;
    const char *approve, *reject, *class, *code, *outcome;
} table[] = {
    {"1", SUBMITTED, "", "", "no_change", "", "unchanged"},
    {"2", SUBMITTED, "x", "", "approve", "", "approved"},
    {"2 with a message", SUBMITTED, "well done", "", "approve", "", "approved"},
    {"3", SUBMITTED, "", "too short", "reject", "", "rejected"},
    {"3 without a reason", SUBMITTED, "", "x", "refused", "U27", "refused"},
    {"4", SUBMITTED, "x", "too short", "refused", "U20", "refused"},
    {"5", APPROVED, "", "", "no_change", "", "unchanged"},
    {"6", APPROVED, "x", "", "no_op", "", "unchanged"},
    {"6 with a message", APPROVED, "well done", "", "no_op", "", "unchanged"},
    {"7", APPROVED, "", "too short", "refused", "U21", "refused"},
    {"7 by the clock", AUTO, "", "too short", "refused", "U30", "refused"},
    {"8", APPROVED, "x", "too short", "refused", "U21", "refused"},
    {"8 by the clock", AUTO, "x", "too short", "refused", "U30", "refused"},
    {"8a", OVERTURNED, "", reason, "no_change", "", "unchanged"},
    {"8a with a mark", OVERTURNED, "x", reason, "no_change", "", "unchanged"},
    {"7 after an overturn", OVERTURNED, "", "too short", "refused", "U21", "refused"},
    {"9", REJECTED, "", "", "no_change", "", "unchanged"},
    {"10", REJECTED, "x", "", "overturn", "", "overturned"},
    {"11", REJECTED, "", reason, "no_change", "", "unchanged"},
    {"11 late", LATE, "", reason, "no_change", "", "unchanged"},
    {"11 deleted", DELETED, "", reason, "no_change", "", "unchanged"},
    {"12", REJECTED, "", "too short", "no_op", "", "unchanged"},
    {"12 late", LATE, "", "too short", "no_op", "", "unchanged"},
    {"13", REJECTED, "x", reason, "refused", "U20", "refused"},
    {"14", REJECTED, "x", "too short", "refused", "U20", "refused"},
    {"14 late", LATE, "x", "too short", "refused", "U20", "refused"},
    {"15", LATE, "x", "", "refused", "U22", "refused"},
    {"15 same", LATE, "x", reason, "refused", "U22", "refused"},
    {"16", DELETED, "x", "", "refused", "U23", "refused"},
    {"16 same", DELETED, "x", reason, "refused", "U23", "refused"},
    {"16 other", DELETED, "x", "too short", "refused", "U23", "refused"},
    {"16 before 15", LATE_DELETED, "x", "", "refused", "U23", "refused"},
};
enum { ROWS = sizeof table / sizeof *table };

/* Makes work of the kind; the clock is where work of that kind is submitted. */
static int64_t make(struct cast *k, int64_t worker, enum work_kind kind) {
    struct market *m = &k->m;
    int64_t hit = market_hit(
        m, k->r, &(struct hit_plan){.reward_cents = 5, .auto_approval_s = kind == AUTO ? -1 : 0});
    int64_t a = market_work(m, worker, hit);
    if (kind == APPROVED)
        market_approve(m, k->r, a);
    if (kind == SUBMITTED) /* row 17: can not occur */
        expect(delete_hit(k, hit), ERR_INVALID_HIT_STATE);
    if (kind >= OVERTURNED)
        market_reject(m, k->r, a);
    if (kind == OVERTURNED)
        expect(market_overturn(m, k->r, a), ERR_OK);
    if (kind == DELETED || kind == LATE_DELETED)
        expect(delete_hit(k, hit), ERR_OK);
    return a;
}

/* HIT types differ by their approval delay, and with them the batches. */
static const struct review_choice all_batches = {.options = REVIEW_ALL_BATCHES};

static int64_t class_count(const char *class) {
    int64_t n = 0;
    for (int i = 0; i < ROWS; i++)
        n += strcmp(table[i].class, class) == 0;
    return n;
}

static void each_row_alone(struct cast *k, const int64_t *work) {
    for (int i = 0; i < ROWS; i++) {
        const struct row *row = &table[i];
        struct sheet s = sheet(&k->m);
        sheet_row(&s, work[i], row->approve, row->reject);
        struct review_answer a = upload(k->r, s, all_batches);
        if (count(&a, row->class) != 1 || !str_is(refused_code(&k->m, &a), row->code))
            fail_msg("row %s: %.*s", row->number, STR_ARG(a.json));
        assert_int_equal(a.applicable, strcmp(row->class, "refused") != 0);
        expect(drop(&k->m, k->r, a.review), ERR_OK);
    }
}

static void decision_table(enum fixture_kind kind) {
    static const char *const classes[] = {"approve",   "reject", "overturn",
                                          "no_change", "no_op",  "refused"};
    struct cast k;
    struct sheet s;
    struct review_answer a, done;
    struct str file;
    int64_t work[ROWS];
    begin(&k, kind, 1000);
    int64_t worker = market_worker(&k.m, "will");
    for (int late = 1; late >= 0; late--) {
        for (int i = 0; i < ROWS; i++) {
            if ((table[i].kind == LATE || table[i].kind == LATE_DELETED) == late)
                work[i] = make(&k, worker, table[i].kind);
        }
        market_advance(&k.m, late ? WINDOW_S + 1 : 60);
    }
    struct still before = look(&k.m);
    each_row_alone(&k, work);
    expect_still(&k.m, before);
    s = sheet(&k.m);
    for (int i = 0; i < ROWS; i++)
        sheet_row(&s, work[i], table[i].approve, table[i].reject);
    a = upload(k.r, s, all_batches);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        assert_int_equal(count(&a, classes[i]), class_count(classes[i]));
    assert_int_equal(count(&a, "same_reason"), 1);
    assert_int_equal(count(&a, "needs_reason"), 1);
    expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_BLOCKED);
    expect_still(&k.m, before);
    expect(plan(&k.m, k.r, a.review,
                (struct review_choice){MODE_ELIGIBLE, REVIEW_ALL_BATCHES, STR_NULL}, &a),
           ERR_OK);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    expect(outcome(&k.m, k.r, a.review, &file), ERR_OK);
    for (int i = 0; i < ROWS; i++)
        expect_line(file, i + 2, table[i].outcome, table[i].code);
    assert_int_equal(count(&done, "refused"), class_count("refused"));
    assert_int_equal(count(&done, "overturned"), class_count("overturn"));
    market_close(&k.m);
}
MARKET_TEST(decision_table)

/* The ticks: row 13, rejected since the download (4.5), one reason for all (U27). */
static void ticks(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2], fresh[1];
    struct review_answer a, done;
    begin(&k, kind, 100);
    rejected(&k, work, 2);
    submitted(&k, fresh, 1);
    struct sheet s = sheet(&k.m);
    sheet_row(&s, work[0], "x", reason);
    buf_printf(&s.text, "%.*s,,Submitted,x,\r\n", STR_ARG(market_assignment_id(&k.m, work[1])));
    sheet_row(&s, fresh[0], "", "r");
    a = upload(k.r, s, (struct review_choice){.mode = 0});
    assert_int_equal(count(&a, "refused"), 3);
    assert_int_equal(count(&a, "same_reason"), 1);
    assert_int_equal(count(&a, "rejected_since"), 1);
    assert_int_equal(count(&a, "needs_reason"), 1);
    assert_int_equal(count(&a, "status_changed"), 1);
    struct review_choice choice = {
        .options = REVIEW_SAME_REASON | REVIEW_REJECTED_SINCE,
        .reason = STR("one reason for all"),
    };
    expect(plan(&k.m, k.r, a.review, choice, &a), ERR_OK);
    assert_true(a.applicable);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(count(&done, "overturned"), 2);
    assert_int_equal(count(&done, "rejected"), 1);
    assert_int_equal(market_number(&k.m,
                                   "SELECT COUNT(*) FROM assignment WHERE id = %lld AND feedback "
                                   "= 'one reason for all'",
                                   (long long)fresh[0]),
                     1);
    market_expect(&k.m, k.r, 88, 0);
    market_close(&k.m);
}
MARKET_TEST(ticks)

/* 4.3 and 4.5: rows of another batch, of another task, twice in the file; a batch that goes. */
static void whose_rows(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a, done;
    begin(&k, kind, 1000);
    int64_t w = market_worker(&k.m, "will"), work[2], hits[2];
    static const char *const titles[] = {"Birds", "Trees"};
    for (int i = 0; i < 2; i++) {
        hits[i] = market_hit(&k.m, k.r, &(struct hit_plan){.title = titles[i], .reward_cents = 5});
        work[i] = market_work(&k.m, w, hits[i]);
    }
    /* U10: listed, not applied, and no hindrance unless everything is to be applied */
    a = upload(k.r, approving(&k.m, work, 2), (struct review_choice){.mode = MODE_ALL});
    assert_int_equal(count(&a, "approve"), 1);
    assert_int_equal(count(&a, "other_batch"), 1);
    assert_true(str_find(a.json, STR("belong to your batch \\\"API, Trees\\\"")) > 0);
    expect(plan(&k.m, k.r, a.review, all_batches, &a), ERR_OK);
    assert_int_equal(count(&a, "approve"), 2);
    expect(drop(&k.m, k.r, a.review), ERR_OK);
    /* U25: the row has slipped; U26: twice, contradicting */
    struct sheet s = approving(&k.m, work, 1);
    buf_printf(&s.text, "%.*s,%.*s,,x,\r\n", STR_ARG(market_assignment_id(&k.m, work[1])),
               STR_ARG(market_hit_id(&k.m, hits[0])));
    a = upload(k.r, s, all_batches);
    assert_true(str_is(refused_code(&k.m, &a), "U25"));
    expect(drop(&k.m, k.r, a.review), ERR_OK);
    s = approving(&k.m, work, 1);
    sheet_row(&s, work[0], "", "too short");
    struct err e = try_upload(k.r, &s, all_batches, &a);
    expect(e, ERR_BAD_FILE);
    assert_string_equal(e.field, "U26");
    /* the same marks twice, and once without a mark */
    s = approving(&k.m, work, 1);
    sheet_row(&s, work[0], "", "");
    sheet_row(&s, work[0], "X", "");
    a = upload(k.r, s, all_batches);
    assert_int_equal(count(&a, "approve"), 1);
    assert_int_equal(count(&a, "duplicates"), 2);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    market_expect(&k.m, k.r, 1000 - 12, 6);
    market_sql(&k.m, "UPDATE batch SET state = %d", BATCH_DELETING);
    s = approving(&k.m, work, 2);
    expect(try_upload(k.r, &s, all_batches, &a), ERR_CONFLICT);
    market_sql(&k.m, "UPDATE batch SET state = %d", BATCH_LIVE);
    assert_int_equal(market_number(&k.m, "SELECT COUNT(*) FROM review"), 1);
    market_close(&k.m);
}
MARKET_TEST(whose_rows)

/* ---- plans that have aged ---- */

static void moved_row(enum fixture_kind kind) {
    struct cast k;
    int64_t bad[3], good[2];
    struct review_answer a, fresh, done;
    begin(&k, kind, 100);
    rejected(&k, bad, 3);
    submitted(&k, good, 2);
    struct sheet s = approving(&k.m, bad, 3);
    sheet_row(&s, good[0], "x", "");
    sheet_row(&s, good[1], "", "");
    a = upload(k.r, s, (struct review_choice){.mode = MODE_ALL});
    approve_alone(&k, good[1]); /* has no mark: the plan holds */
    approve_alone(&k, bad[0]);
    struct still before = look(&k.m);
    expect(commit(&k.m, k.r, &a, &fresh), ERR_PLAN_STALE);
    expect_still(&k.m, before);
    assert_false(fresh.applied);
    assert_false(str_eq(fresh.token, a.token));
    assert_int_equal(count(&fresh, "overturn"), 2);
    assert_int_equal(count(&fresh, "no_op"), 1);
    expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_STALE); /* the old token stays an old one */
    expect_still(&k.m, before);
    expect(commit(&k.m, k.r, &fresh, &a), ERR_PLAN_STALE); /* and has made this one old too */
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(count(&done, "overturned"), 2);
    assert_int_equal(count(&done, "approved"), 1);
    assert_int_equal(count(&done, "unchanged"), 2);
    market_expect(&k.m, k.r, 100 - 5 * 6, 0);
    market_close(&k.m);
}
MARKET_TEST(moved_row)

/* Only an unmarked row has changed: that is no reason to plan again. */
static void moved_row_without_marks(enum fixture_kind kind) {
    struct cast k;
    int64_t good[2];
    struct review_answer a, done;
    begin(&k, kind, 100);
    submitted(&k, good, 2);
    struct sheet s = sheet(&k.m);
    sheet_row(&s, good[0], "x", "");
    sheet_row(&s, good[1], "", "");
    a = upload(k.r, s, (struct review_choice){.mode = MODE_ALL});
    approve_alone(&k, good[1]);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(count(&done, "approved"), 1);
    market_close(&k.m);
}
MARKET_TEST(moved_row_without_marks)

static void token_twice(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2];
    struct review_answer a, first, second, kept;
    begin(&k, kind, 100);
    rejected(&k, work, 2);
    a = upload(k.r, approving(&k.m, work, 2), (struct review_choice){.mode = MODE_ALL});
    expect(commit(&k.m, k.r, &a, &first), ERR_OK);
    struct still before = look(&k.m);
    expect(commit(&k.m, k.r, &a, &second), ERR_OK);
    assert_true(second.applied);
    assert_true(str_eq(first.json, second.json));
    a.token = STR("another");
    expect(commit(&k.m, k.r, &a, &second), ERR_OK); /* it is applied, whoever asks how */
    assert_true(str_eq(first.json, second.json));
    expect(get(&k.m, k.r, a.review, &kept), ERR_OK);
    assert_true(kept.applied && str_eq(first.json, kept.json));
    expect(plan(&k.m, k.r, a.review, (struct review_choice){.mode = MODE_ALL}, &kept), ERR_OK);
    assert_true(kept.applied);
    expect(drop(&k.m, k.r, a.review), ERR_OK);
    expect(get(&k.m, k.r, a.review, &kept), ERR_OK);
    expect_still(&k.m, before);
    /* the same file again: nothing is left to do */
    a = upload(k.r, approving(&k.m, work, 2), (struct review_choice){.mode = MODE_ALL});
    assert_int_equal(count(&a, "no_op"), 2);
    expect(commit(&k.m, k.r, &a, &second), ERR_OK);
    expect_still(&k.m, before);
    market_close(&k.m);
}
MARKET_TEST(token_twice)

/* 8.7: at exactly 2,592,000 s after submission, not one second later; a plan does not carry work
 * over the end of its window. */
static void day_thirty(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2];
    struct review_answer one, two, done;
    begin(&k, kind, 100);
    rejected(&k, work, 2);
    market_advance(&k.m, WINDOW_S);
    one = upload(k.r, approving(&k.m, work, 1), (struct review_choice){.mode = MODE_ALL});
    two = upload(k.r, approving(&k.m, work + 1, 1), (struct review_choice){.mode = MODE_ALL});
    assert_int_equal(figure(&one, NULL, "window_ends_ms"), k.m.now_ms);
    assert_true(one.applicable && two.applicable);
    expect(commit(&k.m, k.r, &one, &done), ERR_OK);
    assert_int_equal(count(&done, "overturned"), 1);
    market_advance(&k.m, 1);
    struct still before = look(&k.m);
    expect(commit(&k.m, k.r, &two, &done), ERR_PLAN_STALE);
    assert_int_equal(count(&done, "refused"), 1);
    assert_true(str_is(refused_code(&k.m, &done), "U22"));
    expect_still(&k.m, before);
    assert_int_equal(status_of(&k.m, work[1]), ASSIGNMENT_REJECTED);
    market_close(&k.m);
}
MARKET_TEST(day_thirty)

static void deleted_meanwhile(enum fixture_kind kind) {
    struct cast k;
    int64_t kept[1], lost[1];
    struct review_answer a, done;
    begin(&k, kind, 100);
    rejected(&k, kept, 1);
    int64_t hit = rejected(&k, lost, 1);
    struct sheet s = approving(&k.m, kept, 1);
    sheet_row(&s, lost[0], "x", "");
    a = upload(k.r, s, (struct review_choice){.mode = MODE_ALL});
    assert_true(a.applicable);
    expect(delete_hit(&k, hit), ERR_OK);
    struct still before = look(&k.m);
    expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_STALE);
    assert_true(str_is(refused_code(&k.m, &done), "U23"));
    expect(commit(&k.m, k.r, &done, &a), ERR_PLAN_BLOCKED);
    expect_still(&k.m, before);
    expect(plan(&k.m, k.r, a.review, (struct review_choice){.mode = MODE_ELIGIBLE}, &a), ERR_OK);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(count(&done, "overturned"), 1);
    assert_int_equal(status_of(&k.m, lost[0]), ASSIGNMENT_REJECTED);
    market_expect(&k.m, k.r, 94, 0);
    market_close(&k.m);
}
MARKET_TEST(deleted_meanwhile)

/* What the clock owes comes first: work that would be rejected was approved a second ago. */
static void approved_by_the_clock(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a, done;
    begin(&k, kind, 100);
    struct hit_plan p = {.reward_cents = 5, .auto_approval_s = 3600};
    int64_t work = market_work(&k.m, market_worker(&k.m, "will"), market_hit(&k.m, k.r, &p));
    struct sheet s = sheet(&k.m);
    sheet_row(&s, work, "", "too short");
    a = upload(k.r, s, (struct review_choice){.mode = MODE_ALL});
    assert_int_equal(count(&a, "reject"), 1);
    market_advance(&k.m, 3600);
    expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_STALE);
    assert_true(str_is(refused_code(&k.m, &done), "U30"));
    assert_int_equal(status_of(&k.m, work), ASSIGNMENT_APPROVED);
    market_expect(&k.m, k.r, 94, 0);
    market_close(&k.m);
}
MARKET_TEST(approved_by_the_clock)

/* ---- other people's work ---- */

static void expect_not_found(struct market *m, int64_t requester, const struct review_answer *a) {
    struct review_answer got;
    struct str file;
    expect(get(m, requester, a->review, &got), ERR_NOT_FOUND);
    expect(plan(m, requester, a->review, (struct review_choice){.mode = MODE_ALL}, &got),
           ERR_NOT_FOUND);
    expect(commit(m, requester, a, &got), ERR_NOT_FOUND);
    expect(outcome(m, requester, a->review, &file), ERR_NOT_FOUND);
    expect(drop(m, requester, a->review), ERR_NOT_FOUND);
}

/* Another's work answers word for word as work that never was, and so does another's review. */
static void others(enum fixture_kind kind) {
    struct cast k;
    int64_t mine[1], theirs[1];
    struct review_answer a, b;
    begin(&k, kind, 100);
    rejected(&k, mine, 1);
    struct cast o = {.m = k.m, .r = market_requester(&k.m, "otto")};
    market_deposit(&k.m, o.r, 100);
    rejected(&o, theirs, 1);
    int64_t held = market_accept(&k.m, market_worker(&k.m, "vera"),
                                 market_hit(&k.m, k.r, &(struct hit_plan){.reward_cents = 5}));
    const struct str ids[] = {
        market_assignment_id(&k.m, theirs[0]),
        market_assignment_id(&k.m, 1000000), /* well formed, of nothing */
        market_hit_id(&k.m, 1),              /* an id of something else */
        market_assignment_id(&k.m, held),    /* in progress: never in a download */
        STR("3NOSUCHASSIGNMENT"),
    };
    struct str said = STR_NULL;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct sheet s = approving(&k.m, mine, 1);
        sheet_id(&s, ids[i], "x", "");
        a = upload(k.r, s, (struct review_choice){.mode = MODE_ALL});
        assert_int_equal(count(&a, "refused"), 1);
        assert_true(str_is(refused_code(&k.m, &a), "U24"));
        struct str codes = str_from(a.json, (size_t)str_find(a.json, STR("\"codes\":")));
        codes = str_sub(codes, 0, (size_t)str_find(codes, STR("\"refused\":")));
        assert_true(said.p == NULL || str_eq(said, codes));
        said = codes;
        assert_true(str_find(a.json, STR("\"worker_id\":null")) > 0);
        expect_not_found(&k.m, o.r, &a);
    }
    /* nobody's file without a row of one's own */
    struct sheet s = approving(&k.m, theirs, 1);
    struct err e = try_upload(k.r, &s, (struct review_choice){.mode = MODE_ALL}, &b);
    expect(e, ERR_BAD_FILE);
    assert_string_equal(e.field, "U24");
    struct still before = look(&k.m);
    expect(plan(&k.m, k.r, a.review, (struct review_choice){.mode = MODE_ELIGIBLE}, &a), ERR_OK);
    expect(commit(&k.m, k.r, &a, &b), ERR_OK);
    assert_int_equal(look(&k.m).decisions, before.decisions + 1);
    assert_int_equal(status_of(&k.m, theirs[0]), ASSIGNMENT_REJECTED);
    market_expect(&k.m, o.r, 100, 0);
    market_close(&k.m);
}
MARKET_TEST(others)

/* ---- how long things are kept ---- */

static int64_t left_of_reviews(struct market *m) {
    return market_number(m, "SELECT (SELECT COUNT(*) FROM review_row) + (SELECT COUNT(*) FROM "
                            "review_text) + (SELECT COUNT(*) FROM upload_chunk)");
}

static int purge(struct market *m, int limit) {
    int done = -1;
    expect(review_purge(m->f.store, &m->ids, limit, &done), ERR_OK);
    return done;
}

static void purged(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2];
    struct review_answer planned[3], applied, got;
    struct str file;
    begin(&k, kind, 100);
    rejected(&k, work, 2);
    for (int i = 0; i < 3; i++)
        planned[i] =
            upload(k.r, approving(&k.m, work, 2 - (i < 2)), (struct review_choice){.mode = 0});
    expect(commit(&k.m, k.r, &planned[2], &applied), ERR_OK);
    market_advance(&k.m, MARKET_DAY_S - 1);
    assert_int_equal(purge(&k.m, 10), 0);
    expect(get(&k.m, k.r, planned[0].review, &got), ERR_OK);
    market_advance(&k.m, 1);
    expect_not_found(&k.m, k.r, &planned[0]); /* before anybody has swept */
    assert_int_equal(purge(&k.m, 1), 1);
    assert_int_equal(purge(&k.m, 10), 1);
    assert_int_equal(purge(&k.m, 10), 0);
    assert_int_equal(market_number(&k.m, "SELECT COUNT(*) FROM review"), 1);
    expect(outcome(&k.m, k.r, planned[2].review, &file), ERR_OK);
    expect_line(file, 2, "overturned", "");
    market_advance(&k.m, 30 * MARKET_DAY_S - MARKET_DAY_S);
    assert_int_equal(purge(&k.m, 10), 1);
    assert_int_equal(left_of_reviews(&k.m), 0);
    assert_int_equal(purge(&k.m, 10), 0);
    expect(get(&k.m, k.r, planned[2].review, &got), ERR_OK); /* the outcome's figures stay */
    assert_true(got.applied && str_eq(got.json, applied.json));
    expect(outcome(&k.m, k.r, planned[2].review, &file), ERR_NOT_FOUND);
    market_close(&k.m);
}
MARKET_TEST(purged)

static void dropped(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2];
    struct review_answer a;
    struct str file;
    begin(&k, kind, 100);
    rejected(&k, work, 2);
    a = upload(k.r, approving(&k.m, work, 2), (struct review_choice){.reason = STR("why")});
    expect(outcome(&k.m, k.r, a.review, &file), ERR_OK); /* before the commit: what would be */
    expect_line(file, 3, "overturned", "");
    struct still before = look(&k.m);
    expect(drop(&k.m, k.r, a.review), ERR_OK);
    expect_not_found(&k.m, k.r, &a);
    assert_int_equal(left_of_reviews(&k.m), 0);
    assert_int_equal(market_number(&k.m, "SELECT COUNT(*) FROM review"), 0);
    expect_still(&k.m, before);
    market_close(&k.m);
}
MARKET_TEST(dropped)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(decision_table),
        MARKET_TEST_ROWS(ticks),
        MARKET_TEST_ROWS(whose_rows),
        MARKET_TEST_ROWS(moved_row),
        MARKET_TEST_ROWS(moved_row_without_marks),
        MARKET_TEST_ROWS(token_twice),
        MARKET_TEST_ROWS(day_thirty),
        MARKET_TEST_ROWS(deleted_meanwhile),
        MARKET_TEST_ROWS(approved_by_the_clock),
        MARKET_TEST_ROWS(others),
        MARKET_TEST_ROWS(purged),
        MARKET_TEST_ROWS(dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
