#include "market/destination.h"

#include "base/limits.h"
#include "base/rand.h"
#include "market/account.h"
#include "market/audit.h"
#include "market/batch.h"
#include "market/hit_type.h"
#include "market/notification.h"
#include "market/outbox.h"
#include "store/sql.h"

#define OWN_VERSION "2014-08-15" /* of the message's shape, which is the API's */

static int64_t known(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

const char *transport_word(int transport) {
    switch ((enum transport)transport) {
    case TRANSPORT_WEBHOOK: return "webhook";
    case TRANSPORT_SQS: return "queue (SQS)";
    case TRANSPORT_SNS: return "topic (SNS)";
    case TRANSPORT_EMAIL: return "mail";
    }
    return "";
}

/* No blanks, control characters or brackets, which would mean something in a mail's head. */
static bool is_plain(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == 127)
            return false;
    return s.n > 0 && s.n <= DESTINATION_MAX;
}

static bool is_url(struct str s) {
    struct str host = str_from(s, str_starts(s, STR("https://")) ? 8 : 7);
    if (!str_starts(s, STR("https://")) && !str_starts(s, STR("http://")))
        return false;
    size_t n = 0;
    while (n < host.n && host.p[n] != '/' && host.p[n] != '?' && host.p[n] != '#')
        n++;
    return n > 0 && str_chr(str_sub(host, 0, n), '@') < 0;
}

bool destination_reachable(int transport, struct str address) {
    if (!is_plain(address))
        return false;
    switch ((enum transport)transport) {
    case TRANSPORT_EMAIL: return str_chr(address, '@') > 0;
    case TRANSPORT_SQS: return is_url(address);
    case TRANSPORT_SNS: return is_url(address) || str_starts(address, STR("arn:aws:sns:"));
    case TRANSPORT_WEBHOOK: return is_url(address);
    }
    return false;
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

static bool take_mask(void *arg, const struct sql_destination_own_out *row) {
    if (row->active)
        *(int64_t *)arg |= row->events;
    return true;
}

static enum st put_mask(struct ctx *c) {
    struct sql_destination_own_in of = {c->actor->party};
    struct sql_event_mask_put_in mask = {c->actor->party, 0};
    struct sql_event_mask_types_in types = {c->actor->party};
    enum st st = sql_destination_own_each(c->tx, &of, take_mask, &mask.events);
    if (st == ST_OK)
        st = sql_event_mask_put(c->tx, &mask, NULL);
    return st == ST_OK ? sql_event_mask_types(c->tx, &types, NULL) : st;
}

struct err destination_mask_type(struct ctx *c, int64_t hit_type) {
    return ctx_store(c,
                     sql_event_mask_type(c->tx, &(struct sql_event_mask_type_in){hit_type}, NULL));
}

/* ---- a requester's own ---- */

static struct err bad_address(struct ctx *c, int transport) {
    switch ((enum transport)transport) {
    case TRANSPORT_EMAIL:
        return err_make(c->arena, ERR_INVALID_PARAMETER, "address",
                        "Write one mail address, such as ann@example.org.");
    case TRANSPORT_SNS:
        return err_make(c->arena, ERR_INVALID_PARAMETER, "address",
                        "Write a topic's ARN, which begins with arn:aws:sns:, or a subscriber's "
                        "address, which begins with https:// or http://.");
    case TRANSPORT_SQS:
    case TRANSPORT_WEBHOOK:
        return err_make(c->arena, ERR_INVALID_PARAMETER, "address",
                        "Write an address that begins with https:// or http://, of at most %d "
                        "characters, without a user name.",
                        DESTINATION_MAX);
    }
    return err_make(c->arena, ERR_INVALID_PARAMETER, "transport",
                    "Choose a webhook, a queue, a topic or mail.");
}

/* That what it is confined to is the requester's. */
static struct err check_scope(struct ctx *c, const struct destination_in *in) {
    struct batch_view batch;
    struct hit_type type = {.requester = c->actor->party};
    struct err e = NO_ERR;
    if (in->batch) {
        e = batch_get(c, c->actor->party, in->batch, &batch);
        if (e.code == ERR_NOT_FOUND)
            return err_make(c->arena, ERR_INVALID_PARAMETER, "batch", "There is no batch %lld.",
                            (long long)in->batch);
    }
    if (!failed(e) && in->only_type)
        e = hit_type_get(c, in->only_type, &type);
    if (e.code == ERR_HIT_TYPE_DOES_NOT_EXIST || (!failed(e) && type.requester != c->actor->party))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "only_type", "There is no such HIT type.");
    return e;
}

static struct err check(struct ctx *c, int transport, const struct destination_in *in) {
    if (!destination_reachable(transport, in->address))
        return bad_address(c, transport);
    if (transport == TRANSPORT_EMAIL && failed(email_check(c->arena, in->address)))
        return bad_address(c, transport);
    if (!(in->events & EVENTS_ALL))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "events",
                        "Choose at least one kind of event.");
    return check_scope(c, in);
}

static bool count_one(void *arg, const struct sql_destination_own_out *row) {
    (void)row;
    ++*(int *)arg;
    return true;
}

static struct err check_room(struct ctx *c) {
    int n = 0;
    struct sql_destination_own_in of = {c->actor->party};
    enum st st = sql_destination_own_each(c->tx, &of, count_one, &n);
    if (st == ST_OK && n >= DESTINATIONS_MAX)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "There are %d destinations already; remove one that is no longer used.",
                        DESTINATIONS_MAX);
    return ctx_store(c, st);
}

struct err destination_add(struct ctx *c, const struct secret_key *seal,
                           const struct destination_in *in, int64_t *id, struct str *secret) {
    struct err e = check(c, in->transport, in);
    if (!failed(e))
        e = check_room(c);
    if (failed(e))
        return e;
    bool signs = in->transport == TRANSPORT_WEBHOOK;
    *secret = signs ? rand_hex(c->arena, WEBHOOK_SECRET_LEN / 2) : STR_NULL;
    struct sql_destination_add_in add = {
        .requester = c->actor->party,
        .batch = in->batch,
        .only_type = in->only_type,
        .transport = in->transport,
        .address = in->address,
        .version = STR(OWN_VERSION),
        .events = (int64_t)(in->events & EVENTS_ALL),
        .secret = signs ? secret_seal(c->arena, seal, *secret) : STR_NULL,
        .now_ms = c->now_ms,
    };
    struct sql_destination_add_out made;
    enum st st = sql_destination_add(c->tx, &add, &made);
    if (st == ST_OK)
        st = put_mask(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    *id = made.id;
    return audit(c, made.id, STR_NULL, in->address);
}

static struct err find_own(struct ctx *c, int64_t id, struct destination *d) {
    struct err e = destination_get(c, id, d);
    if (!failed(e) && d->hit_type)
        return err_make(c->arena, ERR_NOT_FOUND, NULL,
                        "This destination belongs to a HIT type: UpdateNotificationSettings "
                        "changes it.");
    return e;
}

struct err destination_change(struct ctx *c, int64_t id, const struct destination_in *in) {
    struct destination d;
    struct sql_destination_put_in put = {id, in->batch, in->only_type, in->address,
                                         (int64_t)(in->events & EVENTS_ALL)};
    struct err e = find_own(c, id, &d);
    if (!failed(e))
        e = check(c, d.transport, in);
    if (failed(e))
        return e;
    enum st st = sql_destination_put(c->tx, &put, NULL);
    if (st == ST_OK)
        st = put_mask(c);
    return st == ST_OK ? audit(c, id, d.address, in->address) : ctx_store(c, st);
}

struct err destination_secret(struct ctx *c, const struct secret_key *seal, int64_t id,
                              struct str *secret) {
    struct destination d;
    struct err e = find_own(c, id, &d);
    if (!failed(e) && d.transport != TRANSPORT_WEBHOOK)
        e = err_make(c->arena, ERR_NOT_FOUND, NULL, "Only webhooks have a secret.");
    if (failed(e))
        return e;
    *secret = rand_hex(c->arena, WEBHOOK_SECRET_LEN / 2);
    struct sql_destination_put_secret_in put = {id, secret_seal(c->arena, seal, *secret)};
    e = ctx_store(c, sql_destination_put_secret(c->tx, &put, NULL));
    return failed(e) ? e : audit(c, id, STR_NULL, STR("another secret"));
}

/* ---- all destinations ---- */

/* Both statements give the same columns. */
static struct destination made_of(struct arena *a, const struct sql_destination_page_out *row) {
    return (struct destination){
        .id = row->id,
        .hit_type = row->hit_type,
        .only_type = row->only_type,
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
        .next_ms = row->next_ms,
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
    int64_t type = d->hit_type ? d->hit_type : d->only_type;
    if (type)
        d->hit_type_id = ctx_id(c, ID_HIT_TYPE, type, d->hit_type_id.n ? d->hit_type_id : STR_NULL);
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
        row.id,         row.hit_type,  row.only_type, row.type_alias, row.title,    row.batch,
        row.batch_name, row.transport, row.address,   row.version,    row.events,   row.active,
        row.created_ms, row.next_ms,   row.good_ms,   row.bad_ms,     row.failures, row.error,
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
    if (failed(e))
        return e;
    struct sql_outbox_add_test_in in = {
        .at_ms = c->now_ms,
        .kind = EVENT_PING,
        .requester = c->actor->party,
        .target = id,
        .transport = SQL_NULL,
    };
    enum st st = sql_outbox_add_test(c->tx, &in, NULL);
    if (st == ST_OK)
        st = sql_destination_lease(c->tx, &(struct sql_destination_lease_in){id, 0}, NULL);
    return ctx_store(c, st);
}

struct err destination_remove(struct ctx *c, int64_t id) {
    struct destination d;
    struct err e = destination_get(c, id, &d);
    if (failed(e))
        return e;
    enum st st = sql_outbox_drop_waiting(c->tx, &(struct sql_outbox_drop_waiting_in){id}, NULL);
    if (st == ST_OK)
        st = sql_outbox_drop_dead(c->tx, &(struct sql_outbox_drop_dead_in){id}, NULL);
    if (st == ST_OK)
        st = sql_attempt_forget(c->tx, &(struct sql_attempt_forget_in){id}, NULL);
    if (st == ST_OK)
        st = sql_destination_remove(c->tx, &(struct sql_destination_remove_in){id}, NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    e = d.hit_type ? destination_mask_type(c, d.hit_type) : ctx_store(c, put_mask(c));
    return failed(e) ? e : audit(c, id, d.address, STR_NULL);
}

struct err destination_replay(struct ctx *c, int64_t id, int64_t *replayed) {
    struct destination d;
    struct err e = destination_get(c, id, &d);
    return failed(e) ? e : dead_replay_lane(c, id, replayed);
}

/* ---- its attempts ---- */

struct take_attempts {
    struct ctx *c;
    struct attempt_list *list;
};

static bool take_attempt(void *arg, const struct sql_attempt_list_out *row) {
    struct take_attempts *t = arg;
    struct arena *a = t->c->arena;
    t->list->items[t->list->n++] = (struct attempt){
        .at_ms = row->at_ms,
        .took_ms = row->took_ms,
        .what = event_name((int)row->kind),
        .hit_id = row->hit == SQL_NULL ? STR("")
                                       : ctx_id(t->c, ID_HIT, row->hit, str_dup(a, row->hit_alias)),
        .number = row->number,
        .error = str_dup(a, row->error),
    };
    return true;
}

struct err destination_attempts(struct ctx *c, int64_t id, int limit, struct attempt_list *out) {
    struct destination d;
    struct err e = destination_get(c, id, &d);
    *out = (struct attempt_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    if (failed(e))
        return e;
    struct sql_attempt_list_in in = {id, limit};
    return ctx_store(
        c, sql_attempt_list_each(c->tx, &in, take_attempt, &(struct take_attempts){c, out}));
}
