/* Who holds a qualification (requester-api 2.3, 2.13, 2.18, 2.29). */
#include <assert.h>

#include "base/limits.h"
#include "market/account.h"
#include "market/audit.h"
#include "market/hit_type.h"
#include "market/person_mail.h"
#include "market/qualification_internal.h"
#include "store/sql.h"

static struct err find_worker(struct ctx *c, struct str worker_id, struct party *p) {
    struct err e = account_by_public_id(c, worker_id, p);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && p->role != ROLE_WORKER))
        e = err_make(c->arena, ERR_INVALID_PARAMETER, "WorkerId",
                     "The value \"%.*s\" is not valid for the parameter WorkerId.",
                     STR_ARG(worker_id));
    return e;
}

static struct err not_held(struct ctx *c) {
    return err_make(c->arena, ERR_QUALIFICATION_DOES_NOT_EXIST, NULL,
                    "You requested a Qualification that does not exist.");
}

static struct err revoked(struct ctx *c) {
    return err_make(c->arena, ERR_INVALID_QUALIFICATION_STATE, NULL,
                    "This operation can be called with a status of: Granted");
}

struct err qualification_tell(struct ctx *c, int64_t worker, enum notice_kind kind,
                              const struct qualification_type *t, struct str reason) {
    struct sql_notice_add_in notice = {
        .party = worker,
        .at_ms = c->now_ms,
        .kind = kind,
        .assignment = SQL_NULL,
        .note = reason.n ? str_printf(c->arena, "%.*s: %.*s", STR_ARG(t->name), STR_ARG(reason))
                         : t->name,
    };
    struct person_mail_in mail = {.party = worker, .kind = kind, .note = notice.note};
    enum st st = sql_notice_add(c->tx, &notice, NULL);
    return st == ST_OK ? person_mail_add(c, &mail) : ctx_store(c, st);
}

static struct err note_action(struct ctx *c, enum audit_action action, int64_t worker,
                              const struct qualification_type *t, struct str value) {
    struct audit_in in = {
        .action = action, .subject = worker, .about = t->type_id, .new_value = value};
    return audit_add(c, &in);
}

struct err qualification_put(struct ctx *c, const struct qualification_type *t, int64_t worker,
                             int64_t value, bool told) {
    struct sql_qualification_put_in row = {t->id, worker, value, c->now_ms};
    struct err e = ctx_store(c, sql_qualification_put(c->tx, &row, NULL));
    if (!failed(e))
        e = note_action(c, AUDIT_QUALIFICATION_GRANTED, worker, t,
                        str_printf(c->arena, "%lld", (long long)value));
    if (!failed(e) && told)
        e = qualification_tell(c, worker, NOTICE_QUALIFICATION_GRANTED, t, STR_NULL);
    return e;
}

static struct err take(struct ctx *c, const struct qualification_type *t, int64_t worker) {
    struct sql_qualification_revoke_in row = {t->id, worker};
    struct err e = ctx_store(c, sql_qualification_revoke(c->tx, &row, NULL));
    return failed(e) ? e : note_action(c, AUDIT_QUALIFICATION_REVOKED, worker, t, STR_NULL);
}

struct err qualification_grant(struct ctx *c, struct str type_id, struct str worker_id,
                               int64_t value, bool told) {
    struct qualification_type t;
    struct party worker;
    struct err e = qualification_type_find_own(c, type_id, &t);
    if (!failed(e) && !t.active)
        e = err_make(c->arena, ERR_INVALID_QUALIFICATION_TYPE_STATE, "QualificationTypeId",
                     "This operation can be called with a status of: Active");
    if (!failed(e))
        e = find_worker(c, worker_id, &worker);
    return failed(e) ? e : qualification_put(c, &t, worker.id, value, told);
}

struct err qualification_grant_masters(struct ctx *c, struct str worker_id, bool granted) {
    struct party worker;
    struct err e = find_worker(c, worker_id, &worker);
    for (size_t i = 0; i < REQUIREMENT_MASTERS && !failed(e); i++) {
        struct qualification_type t;
        e = qualification_type_find(c, str_c(requirement_masters[i]), &t);
        if (!failed(e))
            e = granted ? qualification_put(c, &t, worker.id, 1, i == 0) : take(c, &t, worker.id);
    }
    return e;
}

/* The row of a worker; ERR_QUALIFICATION_DOES_NOT_EXIST, ERR_INVALID_QUALIFICATION_STATE. */
static struct err held(struct ctx *c, const struct qualification_type *t, int64_t worker,
                       struct sql_qualification_get_out *row) {
    enum st st =
        sql_qualification_get(c->tx, &(struct sql_qualification_get_in){t->id, worker}, row);
    if (st == ST_NONE)
        return not_held(c);
    if (st == ST_OK && row->status == QUALIFICATION_REVOKED)
        return revoked(c);
    return ctx_store(c, st);
}

struct err qualification_take_back(struct ctx *c, struct str type_id, struct str worker_id,
                                   struct str reason) {
    struct qualification_type t;
    struct party worker;
    struct sql_qualification_get_out row;
    struct err e = qualification_type_find_own(c, type_id, &t);
    if (!failed(e))
        e = find_worker(c, worker_id, &worker);
    if (!failed(e))
        e = held(c, &t, worker.id, &row);
    if (!failed(e))
        e = take(c, &t, worker.id);
    if (!failed(e) && reason.n)
        e = qualification_tell(c, worker.id, NOTICE_QUALIFICATION_REVOKED, &t, reason);
    return e;
}

struct err qualification_drop(struct ctx *c, struct str type_id) {
    struct qualification_type t;
    struct sql_qualification_get_out row;
    struct err e = qualification_type_find(c, type_id, &t);
    if (!failed(e) && t.system)
        e = not_held(c);
    if (!failed(e))
        e = held(c, &t, c->actor->party, &row);
    return failed(e) ? e : take(c, &t, c->actor->party);
}

struct err qualification_score(struct ctx *c, struct str type_id, struct str worker_id,
                               struct qualification_held *out) {
    struct qualification_type t;
    struct party worker;
    struct sql_qualification_get_out row = {0};
    struct err e = qualification_type_find_own(c, type_id, &t);
    if (failed(e))
        return e;
    e = find_worker(c, worker_id, &worker);
    if (e.code == ERR_INVALID_PARAMETER) /* as one to whom it was never granted (2.18) */
        return not_held(c);
    if (!failed(e))
        e = held(c, &t, worker.id, &row);
    *out = (struct qualification_held){
        .type_id = t.type_id,
        .worker_id = worker_id,
        .worker = worker.id,
        .value = row.value,
        .granted_ms = row.granted_ms,
        .status = QUALIFICATION_GRANTED,
    };
    return e;
}

struct holders {
    struct ctx *c;
    const struct qualification_type *type;
    enum qualification_status status;
    struct qualification_holders *out;
};

static bool take_holder(void *arg, const struct sql_qualification_page_out *row) {
    struct holders *h = arg;
    h->out->items[h->out->n++] = (struct qualification_held){
        .type_id = h->type->type_id,
        .worker_id = str_dup(h->c->arena, row->worker_id),
        .worker = row->worker,
        .value = row->value,
        .granted_ms = row->granted_ms,
        .status = h->status,
    };
    return true;
}

struct err qualification_holders(struct ctx *c, const struct qualification_holders_in *in,
                                 struct qualification_holders *out) {
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    struct qualification_type t;
    struct err e = qualification_type_find_own(c, in->type_id, &t);
    *out = (struct qualification_holders){
        arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    if (failed(e))
        return e;
    struct sql_qualification_page_in q = {t.id, in->status, in->after_ms, in->after_worker,
                                          in->limit};
    struct holders h = {c, &t, in->status, out};
    return ctx_store(c, sql_qualification_page_each(c->tx, &q, take_holder, &h));
}
