#include "market/test.h"

#include "base/limits.h"
#include "formats/answer_key.h"
#include "market/qualification_internal.h"
#include "store/sql.h"

/* All that is known of a worker and a test. */
struct looked {
    struct qualification_type type;
    int64_t run; /* row of the try that runs; 0: none */
};

static struct err unknown(struct ctx *c, struct str id) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no test \"%.*s\".", STR_ARG(id));
}

/* The later of the last request and the last try decides when the next may begin. */
static void take_last(struct test *t, int64_t retry_s, int64_t at_ms, int64_t now_ms) {
    if (retry_s < 0)
        t->state = TEST_NEVER;
    else if (t->state != TEST_NEVER && at_ms + retry_s * 1000 > now_ms) {
        t->state = TEST_LATER;
        if (at_ms + retry_s * 1000 > t->again_ms)
            t->again_ms = at_ms + retry_s * 1000;
    }
}

static struct err find_state(struct ctx *c, struct looked *l, struct test *t) {
    int64_t me = c->actor->party;
    struct sql_qualification_get_out held;
    struct sql_qualification_request_last_out asked;
    struct sql_test_last_out run;
    t->state = TEST_READY;
    enum st st =
        sql_qualification_get(c->tx, &(struct sql_qualification_get_in){t->type, me}, &held);
    t->held = st == ST_OK && held.status == QUALIFICATION_GRANTED;
    t->value = t->held ? held.value : 0;
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    st = sql_qualification_request_last(
        c->tx, &(struct sql_qualification_request_last_in){me, t->type}, &asked);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    bool pending = st == ST_OK && asked.state == REQUEST_PENDING;
    if (st == ST_OK)
        take_last(t, l->type.retry_s, asked.asked_ms, c->now_ms);
    st = sql_test_last(c->tx, &(struct sql_test_last_in){me, t->type}, &run);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    if (st == ST_OK && run.ended_ms == SQL_NULL && run.due_ms > c->now_ms) {
        t->state = TEST_RUNNING;
        t->started_ms = run.started_ms;
        t->due_ms = run.due_ms;
        l->run = run.id;
        return NO_ERR;
    }
    if (st == ST_OK)
        take_last(t, l->type.retry_s, run.started_ms, c->now_ms);
    t->state = pending ? TEST_WAITS : !l->type.active ? TEST_INACTIVE : t->state;
    return NO_ERR;
}

static struct err look(struct ctx *c, struct str type_id, struct looked *l, struct test *t) {
    *l = (struct looked){.run = 0};
    *t = (struct test){.type_id = type_id};
    struct err e = qualification_type_find(c, type_id, &l->type);
    if (failed(e))
        return e.code == ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST ? unknown(c, type_id) : e;
    if (l->type.deleted || !l->type.test.p || l->type.test_s <= 0)
        return unknown(c, type_id);
    t->type = l->type.id;
    t->requester = l->type.requester;
    t->type_id = l->type.type_id;
    t->name = l->type.name;
    t->description = l->type.description;
    t->duration_s = l->type.test_s;
    t->scored = l->type.answer_key.p != NULL;
    e = question_form_parse(c->arena, l->type.test, false, &t->form);
    t->questions = (int64_t)t->form.question_count;
    return failed(e) ? e : find_state(c, l, t);
}

struct err test_get(struct ctx *c, struct str type_id, struct test *out) {
    struct looked l;
    return look(c, type_id, &l, out);
}

struct err test_start(struct ctx *c, struct str type_id, struct test *out) {
    struct looked l;
    struct err e = look(c, type_id, &l, out);
    if (failed(e) || out->state == TEST_RUNNING)
        return e;
    if (out->state != TEST_READY)
        return err_make(c->arena, ERR_CONFLICT, NULL, "This test can not be started now.");
    out->state = TEST_RUNNING;
    out->started_ms = c->now_ms;
    out->due_ms = c->now_ms + out->duration_s * 1000;
    struct sql_test_begin_in row = {c->actor->party, out->type, out->started_ms, out->due_ms};
    return ctx_store(c, sql_test_begin(c->tx, &row, NULL));
}

/* The request that the answers are: decided at once where a key scores them. */
static struct err hand_in(struct ctx *c, const struct looked *l, struct str typed,
                          struct test_result *out) {
    struct sql_qualification_request_add_out added;
    struct err e = NO_ERR;
    out->granted = l->type.answer_key.p != NULL;
    if (out->granted)
        e = answer_key_score(c->arena, l->type.answer_key, typed, &out->value, NULL);
    if (failed(e))
        return e;
    struct sql_qualification_request_add_in row = {
        .type = l->type.id,
        .requester = l->type.requester,
        .worker = c->actor->party,
        .state = out->granted ? REQUEST_GRANTED : REQUEST_PENDING,
        .answer = typed,
        .asked_ms = c->now_ms,
        .decided_ms = out->granted ? c->now_ms : SQL_NULL,
    };
    e = ctx_store(c, sql_test_end(c->tx, &(struct sql_test_end_in){l->run, c->now_ms}, NULL));
    if (!failed(e))
        e = ctx_store(c, sql_qualification_request_add(c->tx, &row, &added));
    if (!failed(e) && out->granted)
        e = qualification_put(c, &l->type, c->actor->party, out->value, false);
    return e;
}

struct err test_submit(struct ctx *c, struct str type_id, struct str fields, struct test *test,
                       struct test_result *out) {
    struct looked l;
    struct str typed;
    *out = (struct test_result){.value = 0};
    struct err e = look(c, type_id, &l, test);
    if (failed(e))
        return e;
    if (test->state != TEST_RUNNING)
        return err_make(c->arena, ERR_NOT_IN_PROGRESS, NULL,
                        "This test does not run: it was submitted, its time is over, or it was not "
                        "started.");
    out->mistakes =
        form_answer(c->arena, &test->form, &(struct form_input){.fields = fields}, &typed);
    if (out->mistakes)
        return err_make(c->arena, ERR_BAD_ANSWER, NULL, "%s", out->mistakes->message);
    return hand_in(c, &l, typed, out);
}

struct err test_shard(struct ctx *c, struct str type_id, int64_t *shard) {
    struct qualification_type t;
    struct err e = qualification_type_find(c, type_id, &t);
    *shard = failed(e) ? 0 : t.requester;
    return e.code == ERR_RETRY || e.code == ERR_STORE ? e : NO_ERR;
}
