#include "market/destination.h"

#include "base/limits.h"
#include "base/rand.h"
#include "market/audit.h"
#include "market/batch.h"
#include "market/notification.h"
#include "store/sql.h"

#define WEBHOOK_VERSION "2014-08-15" /* of the message's shape, which is the API's */

static int64_t known(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

bool destination_is_url(struct str s) {
    struct str host = str_from(s, str_starts(s, STR("https://")) ? 8 : 7);
    if (!str_starts(s, STR("https://")) && !str_starts(s, STR("http://")))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == 127)
            return false;
    size_t n = 0;
    while (n < host.n && host.p[n] != '/' && host.p[n] != '?' && host.p[n] != '#')
        n++;
    return s.n <= DESTINATION_MAX && n > 0 && str_chr(str_sub(host, 0, n), '@') < 0;
}

static struct err audit(struct ctx *c, int64_t id, struct str from, struct str to) {
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_DESTINATION,
                            .subject = c->actor->party,
                            .about = str_printf(c->arena, "%lld", (long long)id),
                            .old_value = from,
                            .new_value = to,
                        });
}

/* ---- the bits of HIT types ---- */

static bool take_mask(void *arg, const struct sql_destination_webhooks_out *row) {
    if (row->active)
        *(int64_t *)arg |= row->events;
    return true;
}

static enum st put_mask(struct ctx *c) {
    struct sql_destination_webhooks_in of = {c->actor->party};
    struct sql_event_mask_put_in mask = {c->actor->party, 0};
    struct sql_event_mask_types_in types = {c->actor->party};
    enum st st = sql_destination_webhooks_each(c->tx, &of, take_mask, &mask.events);
    if (st == ST_OK)
        st = sql_event_mask_put(c->tx, &mask, NULL);
    return st == ST_OK ? sql_event_mask_types(c->tx, &types, NULL) : st;
}

struct err destination_mask_type(struct ctx *c, int64_t hit_type) {
    return ctx_store(c,
                     sql_event_mask_type(c->tx, &(struct sql_event_mask_type_in){hit_type}, NULL));
}

/* ---- webhooks ---- */

static struct err check(struct ctx *c, const struct webhook_in *in) {
    struct batch_view batch;
    if (!destination_is_url(in->url))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "url",
                        "Write an address that begins with https:// or http://, of at most %d "
                        "characters, without a user name.",
                        DESTINATION_MAX);
    if (!(in->events & EVENTS_ALL))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "events",
                        "Choose at least one kind of event.");
    if (!in->batch)
        return NO_ERR;
    struct err e = batch_get(c, c->actor->party, in->batch, &batch);
    if (e.code == ERR_NOT_FOUND)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "batch", "There is no batch %lld.",
                        (long long)in->batch);
    return e;
}

static bool count_one(void *arg, const struct sql_destination_webhooks_out *row) {
    (void)row;
    ++*(int *)arg;
    return true;
}

static struct err check_room(struct ctx *c) {
    int n = 0;
    struct sql_destination_webhooks_in of = {c->actor->party};
    enum st st = sql_destination_webhooks_each(c->tx, &of, count_one, &n);
    if (st == ST_OK && n >= WEBHOOKS_MAX)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "There are %d webhooks already; remove one that is no longer used.",
                        WEBHOOKS_MAX);
    return ctx_store(c, st);
}

struct err webhook_add(struct ctx *c, const struct secret_key *seal, const struct webhook_in *in,
                       int64_t *id, struct str *secret) {
    struct err e = check(c, in);
    if (!failed(e))
        e = check_room(c);
    if (failed(e))
        return e;
    *secret = rand_hex(c->arena, WEBHOOK_SECRET_LEN / 2);
    struct sql_destination_add_in add = {
        .requester = c->actor->party,
        .batch = in->batch,
        .transport = TRANSPORT_WEBHOOK,
        .address = in->url,
        .version = STR(WEBHOOK_VERSION),
        .events = (int64_t)(in->events & EVENTS_ALL),
        .secret = secret_seal(c->arena, seal, *secret),
        .now_ms = c->now_ms,
    };
    struct sql_destination_add_out made;
    enum st st = sql_destination_add(c->tx, &add, &made);
    if (st == ST_OK)
        st = put_mask(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    *id = made.id;
    return audit(c, made.id, STR_NULL, in->url);
}

static struct err find_webhook(struct ctx *c, int64_t id, struct destination *d) {
    struct err e = destination_get(c, id, d);
    if (!failed(e) && d->hit_type)
        return err_make(c->arena, ERR_NOT_FOUND, NULL,
                        "This destination belongs to a HIT type: UpdateNotificationSettings "
                        "changes it.");
    return e;
}

struct err webhook_change(struct ctx *c, int64_t id, const struct webhook_in *in) {
    struct destination d;
    struct sql_destination_put_in put = {id, in->batch, in->url,
                                         (int64_t)(in->events & EVENTS_ALL)};
    struct err e = find_webhook(c, id, &d);
    if (!failed(e))
        e = check(c, in);
    if (failed(e))
        return e;
    enum st st = sql_destination_put(c->tx, &put, NULL);
    if (st == ST_OK)
        st = put_mask(c);
    return st == ST_OK ? audit(c, id, d.address, in->url) : ctx_store(c, st);
}

struct err webhook_secret(struct ctx *c, const struct secret_key *seal, int64_t id,
                          struct str *secret) {
    struct destination d;
    struct err e = find_webhook(c, id, &d);
    if (failed(e))
        return e;
    *secret = rand_hex(c->arena, WEBHOOK_SECRET_LEN / 2);
    struct sql_destination_put_secret_in put = {id, secret_seal(c->arena, seal, *secret)};
    e = ctx_store(c, sql_destination_put_secret(c->tx, &put, NULL));
    return failed(e) ? e : audit(c, id, STR_NULL, STR("another secret"));
}

struct err webhook_remove(struct ctx *c, int64_t id) {
    struct destination d;
    struct err e = find_webhook(c, id, &d);
    if (failed(e))
        return e;
    enum st st = sql_destination_forget(c->tx, &(struct sql_destination_forget_in){id}, NULL);
    if (st == ST_OK)
        st = sql_destination_remove(c->tx, &(struct sql_destination_remove_in){id}, NULL);
    if (st == ST_OK)
        st = put_mask(c);
    return st == ST_OK ? audit(c, id, d.address, STR_NULL) : ctx_store(c, st);
}

/* ---- all destinations ---- */

/* Both statements give the same columns. */
static struct destination made_of(struct arena *a, const struct sql_destination_page_out *row) {
    return (struct destination){
        .id = row->id,
        .hit_type = row->hit_type,
        .hit_type_id = str_dup(a, row->type_alias), /* its alias, until sealed() */
        .title = str_dup(a, row->title),
        .batch = row->batch,
        .batch_name = str_dup(a, row->batch_name),
        .transport = (int)row->transport,
        .address = str_dup(a, row->address),
        .version = str_dup(a, row->version),
        .events = (unsigned)row->events,
        .active = row->active != 0,
        .created_ms = row->created_ms,
        .good_ms = known(row->good_ms),
        .bad_ms = known(row->bad_ms),
        .failures = row->failures,
        .error = str_dup(a, row->error),
    };
}

/* Its public id, and what waits for it. */
static struct err complete(struct ctx *c, struct destination *d) {
    struct sql_destination_queue_out queue;
    struct sql_destination_queue_in of = {d->id, DESTINATION_COUNT_MAX};
    if (d->hit_type)
        d->hit_type_id =
            ctx_id(c, ID_HIT_TYPE, d->hit_type, d->hit_type_id.n ? d->hit_type_id : STR_NULL);
    enum st st = sql_destination_queue(c->tx, &of, &queue);
    if (st == ST_OK) {
        d->waiting = queue.waiting;
        d->dead = queue.dead;
    }
    return ctx_store(c, st);
}

struct err destination_get(struct ctx *c, int64_t id, struct destination *out) {
    struct sql_destination_get_out row;
    struct sql_destination_get_in by = {id, c->actor->party};
    enum st st = sql_destination_get(c->tx, &by, &row);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no destination %lld.",
                        (long long)id);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct sql_destination_page_out same = {
        row.id,        row.hit_type, row.type_alias, row.title,  row.batch,  row.batch_name,
        row.transport, row.address,  row.version,    row.events, row.active, row.created_ms,
        row.good_ms,   row.bad_ms,   row.failures,   row.error,
    };
    *out = made_of(c->arena, &same);
    return complete(c, out);
}

struct take {
    struct arena *arena;
    struct destination_list *list;
};

static bool take_one(void *arg, const struct sql_destination_page_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = made_of(t->arena, row);
    return true;
}

struct err destination_list(struct ctx *c, int64_t after_type, int64_t after, int limit,
                            struct destination_list *out) {
    *out = (struct destination_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    struct sql_destination_page_in in = {c->actor->party, after_type, after, limit};
    struct err e = ctx_store(
        c, sql_destination_page_each(c->tx, &in, take_one, &(struct take){c->arena, out}));
    for (size_t i = 0; i < out->n && !failed(e); i++)
        e = complete(c, &out->items[i]);
    return e;
}

struct err destination_set_active(struct ctx *c, int64_t id, bool active) {
    struct destination d;
    struct err e = destination_get(c, id, &d);
    if (failed(e) || d.active == active)
        return e;
    struct sql_destination_put_active_in put = {id, active};
    enum st st = sql_destination_put_active(c->tx, &put, NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    e = d.hit_type ? destination_mask_type(c, d.hit_type) : ctx_store(c, put_mask(c));
    return failed(e)
               ? e
               : audit(c, id, active ? STR("off") : STR("on"), active ? STR("on") : STR("off"));
}

struct err destination_test(struct ctx *c, int64_t id) {
    struct destination d;
    struct err e = destination_get(c, id, &d);
    struct sql_outbox_add_test_in in = {
        .at_ms = c->now_ms,
        .kind = EVENT_PING,
        .requester = c->actor->party,
        .target = id,
        .transport = SQL_NULL,
    };
    return failed(e) ? e : ctx_store(c, sql_outbox_add_test(c->tx, &in, NULL));
}

struct err destination_replay(struct ctx *c, int64_t id, int64_t *replayed) {
    struct destination d;
    struct err e = destination_get(c, id, &d);
    if (failed(e))
        return e;
    return ctx_store(
        c, sql_destination_replay(c->tx, &(struct sql_destination_replay_in){id}, replayed));
}
