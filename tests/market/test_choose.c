/* Selections (market/choose.h) and the rows they are made from (market/results_view.h): what the
 * plan says is what happens, to the cent; what can not be decided is named and left. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "market/choose.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/results_view.h"

enum { WORKERS = 6 };

/* HITs of 5 + 1 cents, two assignments each. */
struct cast {
    struct market m;
    int64_t r, w[WORKERS], h[3], a[WORKERS];
    struct actor actor;
};

static void begin(struct cast *k, enum fixture_kind kind, int64_t cents) {
    market_open(&k->m, kind);
    k->r = market_requester(&k->m, "rita");
    market_deposit(&k->m, k->r, cents);
    k->actor = (struct actor){.entrance = ENTRANCE_PAGE, .party = k->r};
    for (int i = 0; i < 3; i++)
        k->h[i] = market_hit(&k->m, k->r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    for (int i = 0; i < WORKERS; i++) {
        char name[8];
        snprintf(name, sizeof name, "w%d", i);
        k->w[i] = market_worker(&k->m, name);
        k->a[i] = market_work(&k->m, k->w[i], k->h[i / 2]);
        market_advance(&k->m, 60);
    }
}

static int64_t batch_of(struct cast *k) {
    return market_number(&k->m, "SELECT batch FROM hit WHERE id = %lld", (long long)k->h[0]);
}

static int64_t status_of(struct cast *k, int i) {
    return market_number(&k->m, "SELECT status FROM assignment WHERE id = %lld",
                         (long long)k->a[i]);
}

/* Whether the JSON holds these words, white space aside. */
static void says(struct str json, const char *words) {
    if (str_find(json, str_c(words)) < 0)
        fail_msg("no %s in %.*s", words, STR_ARG(json));
}

static struct review_answer plan(struct cast *k, struct choose_in in) {
    struct review_answer out;
    in.actor = &k->actor;
    expect(choose_plan(k->m.f.store, &k->m.ids, k->m.arena, &in, &out), ERR_OK);
    return out;
}

static struct err commit(struct cast *k, const struct review_answer *p, struct review_answer *out) {
    return review_commit(k->m.f.store, &k->m.ids, k->m.arena, &k->actor, p->review,
                         &(struct review_yes){.token = p->token}, out);
}

static void approve_all_of_a_batch(enum fixture_kind kind) {
    struct cast k;
    struct review_answer done;
    begin(&k, kind, 100);
    market_reject(&k.m, k.r, k.a[0]);
    market_expect(&k.m, k.r, 70, 30);
    struct review_answer p = plan(&k, (struct choose_in){
                                          .what = CHOOSE_FILTER,
                                          .verdict = VERDICT_APPROVE,
                                          .batch = batch_of(&k),
                                          .text = STR("Thank you"),
                                      });
    assert_true(p.applicable);
    says(p.json, "\"selection\":\"approve\"");
    says(p.json, "\"approve\":5,\"reject\":0,\"overturn\":0");
    says(p.json, "\"from_held\":30,\"from_available\":0");
    market_expect(&k.m, k.r, 70, 30);
    expect(commit(&k, &p, &done), ERR_OK);
    market_expect(&k.m, k.r, 70, 0);
    assert_int_equal(status_of(&k, 0), ASSIGNMENT_REJECTED);
    for (int i = 1; i < WORKERS; i++)
        assert_int_equal(status_of(&k, i), ASSIGNMENT_APPROVED);
    assert_int_equal(
        market_number(&k.m, "SELECT COUNT(*) FROM assignment WHERE feedback = 'Thank you'"), 5);
    market_close(&k.m);
}
MARKET_TEST(approve_all_of_a_batch)

/* Rows that can not be rejected are named and left; the reason reaches the workers. */
static void reject_some_with_republishing(enum fixture_kind kind) {
    struct cast k;
    struct review_answer done;
    begin(&k, kind, 100);
    market_approve(&k.m, k.r, k.a[1]);
    int64_t other = market_requester(&k.m, "otto"), foreign;
    market_deposit(&k.m, other, 100);
    foreign = market_work(&k.m, k.w[0],
                          market_hit(&k.m, other, &(struct hit_plan){.reward_cents = 5, .max = 1}));
    struct str ids[] = {market_assignment_id(&k.m, k.a[0]),
                        market_assignment_id(&k.m, k.a[1]),
                        market_assignment_id(&k.m, k.a[2]),
                        market_assignment_id(&k.m, foreign),
                        STR("3NOTHING"),
                        market_assignment_id(&k.m, k.a[0])};
    struct choose_in in = {.what = CHOOSE_IDS,
                           .verdict = VERDICT_REJECT,
                           .batch = batch_of(&k),
                           .ids = ids,
                           .id_count = 6,
                           .republish = true};
    struct review_answer p, out;
    in.actor = &k.actor;
    expect(choose_plan(k.m.f.store, &k.m.ids, k.m.arena, &in, &out), ERR_INVALID_PARAMETER);
    in.text = STR("Not an animal");
    p = plan(&k, in);
    says(p.json, "\"reject\":2,");
    says(p.json, "\"refused\":3,");
    says(p.json, "\"released\":12,\"republish\":12");
    says(p.json, "\"reason\":\"Not an animal\",\"rows\":2");
    assert_true(str_find(p.json, market_assignment_id(&k.m, foreign)) < 0 ||
                str_find(p.json, STR("U24")) > 0);
    /* The mode can be chosen anew without writing the reason again. */
    struct review_choice all = {.mode = MODE_ALL, .options = REVIEW_REPUBLISH};
    expect(review_plan(k.m.f.store, &k.m.ids, k.m.arena, &k.actor, p.review, &all, &p), ERR_OK);
    assert_false(p.applicable);
    struct review_choice some = {.mode = MODE_ELIGIBLE, .options = REVIEW_REPUBLISH};
    expect(review_plan(k.m.f.store, &k.m.ids, k.m.arena, &k.actor, p.review, &some, &p), ERR_OK);
    expect(commit(&k, &p, &done), ERR_OK);
    assert_int_equal(status_of(&k, 0), ASSIGNMENT_REJECTED);
    assert_int_equal(status_of(&k, 1), ASSIGNMENT_APPROVED);
    assert_int_equal(status_of(&k, 2), ASSIGNMENT_REJECTED);
    assert_int_equal(
        market_number(&k.m, "SELECT max_assignments FROM hit WHERE id = %lld", (long long)k.h[0]),
        3);
    market_expect(&k.m, k.r, 64, 30);
    market_close(&k.m);
}
MARKET_TEST(reject_some_with_republishing)

/* One cent short, then enough; then nothing is left. The window's end closes it. */
static void undo_everywhere(enum fixture_kind kind) {
    struct cast k;
    struct review_answer done, out;
    begin(&k, kind, 36);
    for (int i = 0; i < 3; i++)
        market_reject(&k.m, k.r, k.a[i]);
    market_approve(&k.m, k.r, k.a[3]);
    market_refund(&k.m, k.r, 1);
    struct choose_in all = {.what = CHOOSE_UNDO_ALL, .verdict = VERDICT_OVERTURN};
    struct review_answer p = plan(&k, all);
    assert_false(p.applicable);
    says(p.json, "\"overturn\":3,");
    says(p.json, "\"shortfall\":1");
    market_deposit(&k.m, k.r, 1);
    expect(review_plan(k.m.f.store, &k.m.ids, k.m.arena, &k.actor, p.review, NULL, &p), ERR_OK);
    assert_true(p.applicable);
    market_expect(&k.m, k.r, 18, 12);
    expect(commit(&k, &p, &done), ERR_OK);
    market_expect(&k.m, k.r, 0, 12);
    for (int i = 0; i < 3; i++)
        market_expect_payable(&k.m, k.w[i], 5);
    all.actor = &k.actor;
    expect(choose_plan(k.m.f.store, &k.m.ids, k.m.arena, &all, &out), ERR_BAD_REQUEST);
    market_close(&k.m);
}
MARKET_TEST(undo_everywhere)

static struct err undoable_rule(struct ctx *c, void *arg) {
    struct {
        struct str review;
        struct choose_undoable out;
    } *u = arg;
    return choose_undoable(c, u->review, &u->out);
}

/* A review is taken back: only what it rejected, and only what was not undone since. */
static void undo_of_a_review(enum fixture_kind kind) {
    struct cast k;
    struct review_answer rejected, done;
    begin(&k, kind, 100);
    market_reject(&k.m, k.r, k.a[5]);
    struct str ids[] = {market_assignment_id(&k.m, k.a[0]), market_assignment_id(&k.m, k.a[1]),
                        market_assignment_id(&k.m, k.a[2])};
    struct review_answer p = plan(&k, (struct choose_in){
                                          .what = CHOOSE_IDS,
                                          .verdict = VERDICT_REJECT,
                                          .batch = batch_of(&k),
                                          .ids = ids,
                                          .id_count = 3,
                                          .text = STR("Wrong list"),
                                      });
    expect(commit(&k, &p, &rejected), ERR_OK);
    expect(market_overturn(&k.m, k.r, k.a[1]), ERR_OK);
    struct {
        struct str review;
        struct choose_undoable out;
    } u = {.review = p.review};
    expect(market_read(&k.m, k.r, undoable_rule, &u), ERR_OK);
    assert_int_equal(u.out.rejections, 2);
    struct review_answer undo =
        plan(&k, (struct choose_in){
                     .what = CHOOSE_UNDO_REVIEW, .verdict = VERDICT_OVERTURN, .review = p.review});
    says(undo.json, "\"overturn\":2,");
    /* Somebody undoes one meanwhile: nothing moves, a fresh plan is given. */
    expect(market_overturn(&k.m, k.r, k.a[2]), ERR_OK);
    expect(commit(&k, &undo, &done), ERR_PLAN_STALE);
    assert_int_equal(status_of(&k, 0), ASSIGNMENT_REJECTED);
    says(done.json, "\"overturn\":1,");
    says(done.json, "\"no_op\":1,");
    struct review_answer again = done;
    expect(commit(&k, &again, &done), ERR_OK);
    assert_int_equal(status_of(&k, 0), ASSIGNMENT_APPROVED);
    assert_int_equal(status_of(&k, 5), ASSIGNMENT_REJECTED);
    market_close(&k.m);
}
MARKET_TEST(undo_of_a_review)

static void undo_of_a_worker_and_words(enum fixture_kind kind) {
    struct cast k;
    struct review_answer out;
    begin(&k, kind, 100);
    market_reject(&k.m, k.r, k.a[0]);
    market_reject(&k.m, k.r, k.a[2]);
    struct choose_in in = {.actor = &k.actor,
                           .what = CHOOSE_UNDO_WORKER,
                           .verdict = VERDICT_OVERTURN,
                           .worker_id = STR("ANOBODY")};
    expect(choose_plan(k.m.f.store, &k.m.ids, k.m.arena, &in, &out), ERR_NOT_FOUND);
    in = (struct choose_in){
        .actor = &k.actor, .what = CHOOSE_UNDO_BATCH, .verdict = VERDICT_OVERTURN, .batch = 999};
    expect(choose_plan(k.m.f.store, &k.m.ids, k.m.arena, &in, &out), ERR_NOT_FOUND);
    /* Undoing what waits for a decision, approving what is rejected: named, not done. */
    struct str ids[] = {market_assignment_id(&k.m, k.a[0]), market_assignment_id(&k.m, k.a[1])};
    in = (struct choose_in){.what = CHOOSE_IDS,
                            .verdict = VERDICT_OVERTURN,
                            .batch = batch_of(&k),
                            .ids = ids,
                            .id_count = 2};
    says(plan(&k, in).json, "\"code\":\"U33\"");
    in.verdict = VERDICT_APPROVE;
    says(plan(&k, in).json, "\"code\":\"U34\"");
    market_close(&k.m);
}
MARKET_TEST(undo_of_a_worker_and_words)

/* ---- rows ---- */

struct viewing {
    struct results_view_in in;
    struct results_view out;
};

static struct err view_rule(struct ctx *c, void *arg) {
    struct viewing *v = arg;
    return results_view(c, &v->in, &v->out);
}

static void view(struct cast *k, struct viewing *v) {
    if (!v->in.batch)
        v->in.batch = batch_of(k);
    if (!v->in.limit)
        v->in.limit = 10;
    expect(market_read(&k->m, k->r, view_rule, v), ERR_OK);
}

static void answer_with(struct cast *k, int i, const char *packed) {
    market_sql(&k->m, "DELETE FROM answer WHERE assignment = %lld", (long long)k->a[i]);
    market_sql(&k->m, "INSERT INTO answer (assignment, fields) VALUES (%lld, '%s')",
               (long long)k->a[i], packed);
}

/* Every order gives every row once, over any cut into pages. */
static void orders_and_pages(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind, 100);
    market_reject(&k.m, k.r, k.a[0]);
    market_approve(&k.m, k.r, k.a[4]);
    for (int sort = SORT_SUBMITTED; sort <= SORT_WORK_TIME; sort++) {
        for (int limit = 1; limit <= WORKERS; limit++) {
            struct viewing v = {.in = {.sort = (enum results_sort)sort, .limit = limit}};
            int64_t seen = 0, rows = 0;
            do {
                view(&k, &v);
                for (int i = 0; i < v.out.count; i++) {
                    int at = 0;
                    while (at < WORKERS && k.a[at] != v.out.rows[i].row)
                        at++;
                    assert_true(at < WORKERS);
                    assert_int_equal(seen & (1 << at), 0);
                    seen |= 1 << at;
                    rows++;
                }
                v.in.after = v.out.next;
            } while (v.out.more);
            assert_int_equal(rows, WORKERS);
            assert_int_equal(v.out.matching, WORKERS);
        }
    }
    struct viewing v = {.in = {.sort = SORT_STATUS}};
    view(&k, &v);
    assert_int_equal(v.out.rows[0].status, ASSIGNMENT_SUBMITTED);
    assert_int_equal(v.out.rows[WORKERS - 1].row, k.a[0]);
    assert_int_equal(v.out.rows[WORKERS - 1].rejected, 1);
    assert_true(v.out.rows[WORKERS - 1].undo_until_ms > k.m.now_ms);
    market_close(&k.m);
}
MARKET_TEST(orders_and_pages)

static int64_t matching(struct cast *k, struct results_filter f, int64_t hidden) {
    struct viewing v = {.in = {.filter = f}};
    view(k, &v);
    assert_true(v.out.exact);
    assert_int_equal(v.out.hidden, hidden);
    assert_int_equal(v.out.count, v.out.matching);
    return v.out.matching;
}

static struct results_filter by_cell(enum filter_op op, const char *text) {
    return (struct results_filter){
        .columns = {{.column = STR("Answer.tag"), .op = op, .text = str_c(text)}},
        .column_count = 1,
    };
}

static void filters(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind, 100);
    answer_with(&k, 0, "3:tag1:14:Blue");
    answer_with(&k, 1, "3:tag1:13:red");
    answer_with(&k, 2, "3:tag1:15:green");
    answer_with(&k, 3, "3:tag1:15:green");
    answer_with(&k, 4, "3:tag1:10:");
    market_reject(&k.m, k.r, k.a[5]);
    assert_int_equal(matching(&k, (struct results_filter){.statuses = SHOW_SUBMITTED}, 1), 5);
    assert_int_equal(matching(&k, by_cell(OP_CONTAINS, "bLU"), 5), 1);
    assert_int_equal(matching(&k, by_cell(OP_EQUALS, "green"), 4), 2);
    assert_int_equal(matching(&k, by_cell(OP_EQUALS, "Green"), 6), 0);
    assert_int_equal(matching(&k, by_cell(OP_EMPTY, ""), 4), 2);
    assert_int_equal(matching(&k, by_cell(OP_FILLED, ""), 2), 4);
    assert_int_equal(matching(&k, (struct results_filter){.agreement = AGREES}, 4), 2);
    assert_int_equal(
        matching(&k, (struct results_filter){.hit_id = market_hit_id(&k.m, k.h[1])}, 4), 2);
    assert_int_equal(matching(&k, (struct results_filter){.hit_id = STR("3NO")}, 6), 0);
    assert_int_equal(matching(&k, (struct results_filter){.worker_id = STR("ANO")}, 6), 0);
    int64_t second = market_number(&k.m, "SELECT submitted_ms FROM assignment WHERE id = %lld",
                                   (long long)k.a[1]);
    assert_int_equal(matching(&k, (struct results_filter){.from_ms = second}, 1), 5);
    assert_int_equal(matching(&k, (struct results_filter){.to_ms = second}, 5), 1);
    int64_t other = market_requester(&k.m, "otto");
    struct viewing v = {.in = {.batch = batch_of(&k), .limit = 1}};
    expect(market_read(&k.m, other, view_rule, &v), ERR_NOT_FOUND);
    market_close(&k.m);
}
MARKET_TEST(filters)

/* Keys come from addresses: anything may stand there. */
static void keys_of_strangers(enum fixture_kind kind) {
    struct cast k;
    struct results_key key;
    begin(&k, kind, 100);
    assert_false(results_key_parse(STR("1000000000000000000"), &key));
    assert_false(results_key_parse(STR("1.2.3.4.5.6.7"), &key));
    assert_false(results_key_parse(STR("-1.2.3.4.5.6"), &key));
    const char *most = "9223372036854775807";
    struct str text =
        str_printf(k.m.arena, "%s.%s.%s.%s.%s.%s", most, most, most, most, most, most);
    assert_true(results_key_parse(text, &key));
    for (int sort = SORT_SUBMITTED; sort <= SORT_WORK_TIME; sort++) {
        struct viewing v = {.in = {.sort = (enum results_sort)sort, .after = key}};
        view(&k, &v);
        assert_int_equal(v.out.count, sort == SORT_LATEST ? WORKERS : 0);
    }
    market_close(&k.m);
}
MARKET_TEST(keys_of_strangers)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(approve_all_of_a_batch),
        MARKET_TEST_ROWS(reject_some_with_republishing),
        MARKET_TEST_ROWS(undo_everywhere),
        MARKET_TEST_ROWS(undo_of_a_review),
        MARKET_TEST_ROWS(undo_of_a_worker_and_words),
        MARKET_TEST_ROWS(orders_and_pages),
        MARKET_TEST_ROWS(filters),
        MARKET_TEST_ROWS(keys_of_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
