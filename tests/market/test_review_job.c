/* Large files: kept first, planned later, by whoever has time (market/review_job.c). The plan is
 * the one that an upload makes at once; a file that was not read to its end is begun anew. */
#include <string.h>

#include "review_steps.h"

enum { STRANGE = 9000 }; /* rows that name nothing: enough for a few signs of life */

struct asked {
    struct market *m;
    int64_t requester;
    struct str review;
    struct review_left left;
    struct err err;
};

static enum tx_end ask(struct tx *tx, void *arg) {
    struct asked *q = arg;
    struct ctx c;
    tx_use_arena(tx, q->m->arena);
    q->err = ctx_begin(&c, tx, NULL, &q->m->ids);
    if (!failed(q->err))
        q->err = review_left_of(&c, q->requester, q->review, &q->left);
    return ctx_end(q->err);
}

static struct review_left left_of(struct market *m, int64_t requester, struct str review) {
    struct asked q = {.m = m, .requester = requester, .review = review};
    assert_int_equal(store_read(m->f.store, ask, &q), ST_OK);
    expect(q.err, ERR_OK);
    return q.left;
}

static struct str leave_file(struct cast *k, struct str file) {
    struct actor actor = {.entrance = ENTRANCE_FILE, .party = k->r, .detail = STR("test")};
    struct review_upload in = {.actor = &actor, .file_name = STR("large.csv"), .file = file};
    struct str review;
    expect(review_leave(k->m.f.store, &k->m.ids, k->m.arena, &in, &review), ERR_OK);
    return review;
}

static struct str large_file(struct cast *k, const int64_t *work, int n) {
    struct sheet s = approving(&k->m, work, n);
    for (int i = 0; i < STRANGE; i++)
        sheet_id(&s, str_printf(k->m.arena, "STRANGE%d", i), "x", "");
    struct str file = buf_dup(k->m.arena, &s.text);
    buf_free(&s.text);
    return file;
}

/* Looks at the review while it is read. */
struct watcher {
    struct cast *k;
    struct str review;
    int calls, ends_at; /* 0: never */
    bool read, kept, taken_twice;
};

static bool watch(void *arg) {
    struct watcher *w = arg;
    struct market *m = &w->k->m;
    struct review_left left = left_of(m, w->k->r, w->review);
    struct review_limits none = {.bytes_max = 0};
    bool any = false;
    w->calls++;
    assert_true(left.left && !failed(left.refusal));
    w->read |= left.progress.step == REVIEW_READS && left.progress.rows > 0 &&
               left.progress.done > 0 && left.progress.done <= left.progress.total;
    w->kept |= left.progress.step == REVIEW_KEEPS || left.progress.step == REVIEW_JUDGES;
    expect(review_go_on(m->f.store, &m->ids, m->arena, &none, &any), ERR_OK);
    w->taken_twice |= any;
    return w->calls != w->ends_at;
}

static struct err go_on(struct watcher *w, bool *any) {
    struct market *m = &w->k->m;
    struct review_limits limits = {.go_on = watch, .arg = w};
    return review_go_on(m->f.store, &m->ids, m->arena, &limits, any);
}

static void later(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a, done;
    int64_t work[3];
    bool any;
    begin(&k, kind, 100);
    submitted(&k, work, 3);
    struct str file = large_file(&k, work, 3);
    struct bytes same = {.file = file};
    expect(upload_bytes(&k.m, k.r, &same, (struct review_choice){.mode = 0}, &a), ERR_OK);
    int64_t approve = count(&a, "approve"), refused = count(&a, "refused");
    struct watcher w = {.k = &k, .review = leave_file(&k, file)};
    struct review_left left = left_of(&k.m, k.r, w.review);
    assert_true(left.left && left.progress.step == REVIEW_WAITS);
    assert_true(str_is(left.file_name, "large.csv"));
    expect(get(&k.m, k.r, w.review, &a), ERR_NOT_FOUND);
    expect(go_on(&w, &any), ERR_OK);
    assert_true(any && w.read && w.kept && !w.taken_twice);
    assert_false(left_of(&k.m, k.r, w.review).left);
    expect(get(&k.m, k.r, w.review, &a), ERR_OK);
    assert_int_equal(count(&a, "approve"), approve);
    assert_int_equal(count(&a, "refused"), refused);
    expect(plan(&k.m, k.r, w.review, (struct review_choice){.mode = MODE_ELIGIBLE}, &a), ERR_OK);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(status_of(&k.m, work[2]), ASSIGNMENT_APPROVED);
    expect(go_on(&w, &any), ERR_OK);
    assert_false(any);
    clean(&k.m);
    market_close(&k.m);
}
MARKET_TEST(later)

/* The server ended while it read: who comes next begins anew, and no row counts twice. */
static void begun_anew(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a;
    struct str outcomes;
    int64_t work[2];
    bool any;
    begin(&k, kind, 100);
    submitted(&k, work, 2);
    struct str file = large_file(&k, work, 2);
    struct watcher w = {.k = &k, .review = leave_file(&k, file)};
    for (int end = 1; end <= 3; end++) {
        w.calls = 0;
        w.ends_at = end;
        expect(go_on(&w, &any), ERR_RETRY);
        assert_int_equal(left_of(&k.m, k.r, w.review).progress.step, REVIEW_WAITS);
    }
    w.ends_at = 0;
    expect(go_on(&w, &any), ERR_OK);
    expect(get(&k.m, k.r, w.review, &a), ERR_OK);
    assert_int_equal(count(&a, "approve"), 2);
    assert_int_equal(count(&a, "refused"), STRANGE);
    expect(outcome(&k.m, k.r, w.review, &outcomes), ERR_OK);
    expect_line(outcomes, 2, "approved", "");
    clean(&k.m);
    market_close(&k.m);
}
MARKET_TEST(begun_anew)

static void refused(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a;
    bool any;
    int gone;
    begin(&k, kind, 100);
    int64_t other = market_requester(&k.m, "other");
    struct review_limits none = {.bytes_max = 0};
    struct str review = leave_file(&k, STR("AssignmentId,Notes\r\n3X,none\r\n"));
    expect(review_go_on(k.m.f.store, &k.m.ids, k.m.arena, &none, &any), ERR_OK);
    assert_true(any);
    struct review_left left = left_of(&k.m, k.r, review);
    assert_int_equal(left.progress.step, REVIEW_REFUSED);
    assert_string_equal(left.refusal.field, "U04");
    assert_non_null(strstr(left.refusal.detail, "Approve"));
    assert_false(left_of(&k.m, other, review).left);
    expect(get(&k.m, k.r, review, &a), ERR_NOT_FOUND);
    expect(review_go_on(k.m.f.store, &k.m.ids, k.m.arena, &none, &any), ERR_OK);
    assert_false(any);
    market_advance(&k.m, 25 * 3600);
    expect(review_purge(k.m.f.store, &k.m.ids, 10, &gone), ERR_OK);
    assert_int_equal(gone, 1);
    assert_false(left_of(&k.m, k.r, review).left);
    clean(&k.m);
    market_close(&k.m);
}
MARKET_TEST(refused)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(later),
        MARKET_TEST_ROWS(begun_anew),
        MARKET_TEST_ROWS(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
