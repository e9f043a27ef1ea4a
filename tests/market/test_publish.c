/* Publishing a file: all or nothing in money, in chunks, resumable, and drafts. */
#include "fixture.h"

#include "base/pack.h"
#include "market/project.h"
#include "market/publish.h"

struct job {
    int64_t project, batch, after, rows;
    int chunks;
    struct publish_cost cost;
    struct publish_progress progress;
    struct str digest;
};

static struct err make_project(struct ctx *c, void *arg) {
    struct job *j = arg;
    struct project_in in = {
        .name = STR("Birds"),
        .title = STR("Which bird is it?"),
        .description = STR("Look at a picture"),
        .reward_cents = 5,
        .max_assignments = 2,
        .duration_s = 3600,
        .lifetime_s = 86400,
        .auto_approval_s = -1,
        .layout = STR("<p>${picture}</p><input name=\"bird\">"),
    };
    struct project p;
    struct err e = project_create(c, &in, &p);
    j->project = p.id;
    return e;
}

static struct err draft(struct ctx *c, void *arg) {
    struct job *j = arg;
    struct buf columns = BUF_INIT;
    pack_add(&columns, STR("picture"));
    struct publish_draft_in in = {
        .project = j->project, .columns = buf_dup(c->arena, &columns), .file_digest = j->digest};
    buf_free(&columns);
    return publish_draft(c, &in, &j->batch);
}

static struct err stage(struct ctx *c, void *arg) {
    struct job *j = arg;
    struct buf rows = BUF_INIT, row = BUF_INIT;
    for (int64_t i = 1; i <= j->rows; i++) {
        buf_clear(&row);
        pack_add(&row, str_printf(c->arena, "bird <%lld>", (long long)(j->after + i)));
        pack_add(&rows, buf_view(&row));
    }
    struct publish_chunk chunk = {buf_dup(c->arena, &rows), j->rows, j->after};
    buf_free(&row);
    buf_free(&rows);
    return publish_stage(c, j->batch, &chunk);
}

static struct err cost(struct ctx *c, void *arg) {
    struct job *j = arg;
    return publish_cost(c, j->batch, &j->cost);
}

static struct err order(struct ctx *c, void *arg) {
    struct job *j = arg;
    return publish_order(c, j->batch, &j->cost);
}

static struct err step(struct ctx *c, void *arg) {
    struct job *j = arg;
    return publish_step(c, j->batch, j->chunks, &j->progress);
}

static struct err drop(struct ctx *c, void *arg) {
    struct job *j = arg;
    return publish_drop(c, j->batch);
}

static struct err twin(struct ctx *c, void *arg) {
    struct job *j = arg;
    return publish_twin(c, j->project, j->digest, &j->batch);
}

static void ok(struct err e) {
    if (failed(e))
        fail_msg("%s %s", err_slug(e.code), e.detail);
}

static void run(struct market *m, int64_t r, market_rule *rule, struct job *j) {
    ok(market_write(m, r, rule, j));
}

static void staged(struct market *m, int64_t r, struct job *j) {
    run(m, r, draft, j);
    for (j->after = 0, j->rows = 10; j->after < 30; j->after += 10)
        run(m, r, stage, j);
}

static void whole_file(enum fixture_kind kind) {
    struct market m;
    struct job j = {.digest = STR("d1"), .chunks = 2};
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), other = market_requester(&m, "otto");
    market_deposit(&m, r, 359);
    run(&m, r, make_project, &j);
    staged(&m, r, &j);
    j.after = 20;
    run(&m, r, stage, &j); /* the last one again */
    j.after = 25;
    assert_int_equal(market_write(&m, r, stage, &j).code, ERR_CONFLICT);
    run(&m, r, cost, &j);
    assert_int_equal(j.cost.total_cents, 360);
    assert_int_equal(j.cost.missing_cents, 1);
    assert_int_equal(market_write(&m, r, order, &j).code, ERR_INSUFFICIENT_FUNDS);
    market_expect(&m, r, 359, 0);
    market_deposit(&m, r, 1);
    assert_int_equal(market_write(&m, other, order, &j).code, ERR_NOT_FOUND);
    run(&m, r, order, &j);
    market_expect(&m, r, 0, 360);
    assert_int_equal(market_violations(&m, NULL), 0); /* held for HITs that are not there yet */
    run(&m, r, order, &j);                            /* again: nothing */
    market_expect(&m, r, 0, 360);
    run(&m, r, step, &j);
    assert_int_equal(j.progress.published, 20);
    assert_false(j.progress.done);
    assert_int_equal(market_violations(&m, NULL), 0);
    market_sweep(&m); /* as after a crash */
    run(&m, r, step, &j);
    assert_true(j.progress.done);
    assert_int_equal(j.progress.published, 30);
    assert_int_equal(
        market_number(&m, "SELECT COUNT(*) FROM hit WHERE batch = %lld", (long long)j.batch), 30);
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM upload_chunk"), 0);
    int64_t hit = market_number(&m, "SELECT id FROM hit WHERE seq = 17");
    struct hit_view v = market_view(&m, hit);
    assert_true(str_find(v.question, STR("<p>bird <17></p>")) > 0);
    assert_null(v.hit_layout_id.p);
    assert_int_equal(v.n.max_assignments, 2);
    assert_int_equal(market_write(&m, r, drop, &j).code, ERR_CONFLICT);
    int64_t batch = j.batch;
    run(&m, r, twin, &j);
    assert_int_equal(j.batch, batch);
    market_advance(&m, MARKET_DAY_S + 1);
    run(&m, r, twin, &j);
    assert_int_equal(j.batch, 0);
    market_sweep(&m);
    market_expect(&m, r, 360, 0);
    market_close(&m);
}
MARKET_TEST(whole_file)

static void drafts(enum fixture_kind kind) {
    struct market m;
    struct job j = {.digest = STR("d1")};
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann");
    market_deposit(&m, r, 1000);
    run(&m, r, make_project, &j);
    assert_int_equal(market_write(&m, r, make_project, &j).code, ERR_NAME_TAKEN);
    j.project = market_number(&m, "SELECT id FROM project");
    run(&m, r, draft, &j);
    assert_int_equal(market_write(&m, r, order, &j).code, ERR_BAD_FILE);
    run(&m, r, drop, &j);
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM batch"), 0);
    staged(&m, r, &j);
    market_advance(&m, 7 * MARKET_DAY_S);
    market_sweep(&m);
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM upload_chunk"), 3);
    market_advance(&m, 1);
    market_sweep(&m); /* forgotten */
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM upload_chunk"), 0);
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM batch"), 0);
    market_close(&m);
}
MARKET_TEST(drafts)

static struct err cancel(struct ctx *c, void *arg) {
    struct job *j = arg;
    return hit_cancel_batch(c, j->batch, 7, &j->after);
}

/* 6.7: all HITs expire at once; accepted work goes on. */
static void cancelling(enum fixture_kind kind) {
    struct market m;
    struct job j = {.chunks = 3};
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w");
    market_deposit(&m, r, 360);
    run(&m, r, make_project, &j);
    staged(&m, r, &j);
    run(&m, r, order, &j);
    j.after = 0;
    assert_int_equal(market_write(&m, r, cancel, &j).code, ERR_CONFLICT);
    run(&m, r, step, &j);
    int64_t hit = market_number(&m, "SELECT id FROM hit WHERE seq = 3");
    int64_t a = market_accept(&m, w, hit);
    int steps = 0;
    j.after = 0;
    do {
        run(&m, r, cancel, &j);
        steps++;
    } while (j.after);
    assert_int_equal(steps, 5);
    market_expect(&m, r, 354, 6);
    market_submit(&m, w, a);
    market_approve(&m, r, a);
    market_expect(&m, r, 354, 0);
    assert_int_equal(market_number(&m, "SELECT slots FROM batch"), 1);
    market_close(&m);
}
MARKET_TEST(cancelling)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(whole_file),
        MARKET_TEST_ROWS(drafts),
        MARKET_TEST_ROWS(cancelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
