/* Workers ask for a qualification, requesters answer (requester-api 2.1, 2.24, 2.32, 3.4). */
#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "market/qualification_internal.h"
#include "store/sql.h"

/* ---- the requester ---- */

struct requests {
    struct ctx *c;
    struct qualification_requests *out;
};

static bool put(struct requests *r, struct qualification_request request, int64_t type) {
    struct arena *a = r->c->arena;
    request.request_id = id_seal(a, r->c->ids, ID_QUALIFICATION_REQUEST, request.id);
    request.type_id = id_seal(a, r->c->ids, ID_QUALIFICATION_TYPE, type);
    request.worker_id = str_dup(a, request.worker_id);
    request.test = request.test.p ? str_dup(a, request.test) : STR_NULL;
    request.answer = request.answer.p ? str_dup(a, request.answer) : STR_NULL;
    r->out->items[r->out->n++] = request;
    return true;
}

static bool take_any(void *arg, const struct sql_qualification_requests_out *row) {
    struct qualification_request request = {.id = row->id,
                                            .worker_id = row->worker_id,
                                            .test = row->test,
                                            .answer = row->answer,
                                            .asked_ms = row->asked_ms};
    return put(arg, request, row->type);
}

static bool take_of_type(void *arg, const struct sql_qualification_requests_of_type_out *row) {
    struct qualification_request request = {.id = row->id,
                                            .worker_id = row->worker_id,
                                            .test = row->test,
                                            .answer = row->answer,
                                            .asked_ms = row->asked_ms};
    return put(arg, request, row->type);
}

struct err qualification_requests(struct ctx *c, const struct qualification_requests_in *in,
                                  struct qualification_requests *out) {
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    struct requests r = {c, out};
    *out = (struct qualification_requests){
        arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    if (!in->type_id.p) {
        struct sql_qualification_requests_in q = {c->actor->party, in->after_ms, in->after,
                                                  in->limit};
        return ctx_store(c, sql_qualification_requests_each(c->tx, &q, take_any, &r));
    }
    struct qualification_type t;
    struct err e = qualification_type_find_own(c, in->type_id, &t);
    if (failed(e))
        return e;
    struct sql_qualification_requests_of_type_in q = {t.id, in->after_ms, in->after, in->limit};
    return ctx_store(c, sql_qualification_requests_of_type_each(c->tx, &q, take_of_type, &r));
}

/* A pending request of the acting requester, and its type. */
static struct err find_pending(struct ctx *c, struct str request_id,
                               struct sql_qualification_request_row_out *row,
                               struct qualification_type *t) {
    int64_t id = 0;
    enum st st = ST_NONE;
    if (id_open(c->ids, ID_QUALIFICATION_REQUEST, request_id, &id))
        st = sql_qualification_request_row(c->tx, &(struct sql_qualification_request_row_in){id},
                                           row);
    if (st == ST_NONE || (st == ST_OK && row->requester != c->actor->party))
        return err_make(c->arena, ERR_QUALIFICATION_REQUEST_DOES_NOT_EXIST,
                        "QualificationRequestId", "QualificationRequest %.*s does not exist.",
                        STR_ARG(request_id));
    if (st != ST_OK)
        return ctx_store(c, st);
    if (row->state != REQUEST_PENDING)
        return err_make(c->arena, ERR_INVALID_QUALIFICATION_REQUEST_STATE, "QualificationRequestId",
                        "This operation can be called with a status of: Pending");
    return qualification_type_find(c, id_seal(c->arena, c->ids, ID_QUALIFICATION_TYPE, row->type),
                                   t);
}

static struct err decide(struct ctx *c, int64_t id, enum qualification_request_state state,
                         struct str reason) {
    struct sql_qualification_request_decide_in in = {id, state, reason, c->now_ms};
    return ctx_store(c, sql_qualification_request_decide(c->tx, &in, NULL));
}

struct err qualification_request_accept(struct ctx *c, struct str request_id, int64_t value) {
    struct sql_qualification_request_row_out row;
    struct qualification_type t;
    struct err e = find_pending(c, request_id, &row, &t);
    if (!failed(e))
        e = decide(c, row.id, REQUEST_GRANTED, STR_NULL);
    return failed(e) ? e : qualification_put(c, &t, row.worker, value, true);
}

struct err qualification_request_reject(struct ctx *c, struct str request_id, struct str reason) {
    struct sql_qualification_request_row_out row;
    struct qualification_type t;
    struct err e = find_pending(c, request_id, &row, &t);
    if (!failed(e))
        e = decide(c, row.id, REQUEST_REJECTED, reason);
    return failed(e) ? e
                     : qualification_tell(c, row.worker, NOTICE_QUALIFICATION_REFUSED, &t, reason);
}

/* ---- the worker ---- */

/* May he ask now? (worker-site 9, "Retry") */
static struct err may_ask(struct ctx *c, const struct qualification_type *t) {
    int64_t me = c->actor->party;
    struct sql_qualification_get_out held = {0};
    struct sql_qualification_request_last_out last = {0};
    enum st st = sql_qualification_get(c->tx, &(struct sql_qualification_get_in){t->id, me}, &held);
    bool holds = st == ST_OK && held.status == QUALIFICATION_GRANTED;
    if (st == ST_OK || st == ST_NONE)
        st = sql_qualification_request_last(
            c->tx, &(struct sql_qualification_request_last_in){me, t->id}, &last);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    if (st == ST_OK && last.state == REQUEST_PENDING)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "You have asked for this qualification; the requester has not answered "
                        "yet.");
    if (holds)
        return err_make(c->arena, ERR_QUALIFICATION_ALREADY_EXISTS, NULL,
                        "You hold this qualification already.");
    if (st == ST_OK && t->retry_s < 0)
        return err_make(c->arena, ERR_QUALIFICATION_NO_RETAKE, NULL,
                        "This qualification can be asked for once only.");
    int64_t from_ms = last.asked_ms + t->retry_s * 1000;
    if (st == ST_OK && c->now_ms < from_ms)
        return err_make(c->arena, ERR_QUALIFICATION_TOO_EARLY, NULL,
                        "This qualification can be asked for again from %.*s on.",
                        STR_ARG(time_iso(c->arena, from_ms)));
    return NO_ERR;
}

struct err qualification_may_ask(struct ctx *c, const struct qualification_type *t) {
    if (t->system || !t->active)
        return err_make(c->arena, ERR_INVALID_QUALIFICATION_TYPE_STATE, "QualificationTypeId",
                        "This qualification can not be asked for.");
    if (t->test_s >= 0)
        return err_make(c->arena, ERR_FORBIDDEN, NULL,
                        "This qualification is earned by a test; take it to ask for it.");
    return may_ask(c, t);
}

struct err qualification_ask(struct ctx *c, struct str type_id,
                             enum qualification_request_state *state) {
    struct qualification_type t;
    struct err e = qualification_type_get(c, type_id, &t);
    if (!failed(e))
        e = qualification_may_ask(c, &t);
    if (failed(e))
        return e;
    *state = t.auto_granted ? REQUEST_GRANTED : REQUEST_PENDING;
    struct sql_qualification_request_add_in row = {
        .type = t.id,
        .requester = t.requester,
        .worker = c->actor->party,
        .state = *state,
        .asked_ms = c->now_ms,
        .decided_ms = t.auto_granted ? c->now_ms : SQL_NULL,
    };
    struct sql_qualification_request_add_out added;
    e = ctx_store(c, sql_qualification_request_add(c->tx, &row, &added));
    if (!failed(e) && t.auto_granted)
        e = qualification_put(c, &t, c->actor->party, t.auto_value, false);
    return e;
}
