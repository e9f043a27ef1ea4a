#include "market/notification.h"

#include "base/limits.h"
#include "market/audit.h"
#include "market/hit_type.h"
#include "store/sql.h"

static const char *const names[] = {
    [EVENT_PING] = "Ping",
    [EVENT_ASSIGNMENT_ACCEPTED] = "AssignmentAccepted",
    [EVENT_ASSIGNMENT_ABANDONED] = "AssignmentAbandoned",
    [EVENT_ASSIGNMENT_RETURNED] = "AssignmentReturned",
    [EVENT_ASSIGNMENT_SUBMITTED] = "AssignmentSubmitted",
    [EVENT_ASSIGNMENT_REJECTED] = "AssignmentRejected",
    [EVENT_ASSIGNMENT_APPROVED] = "AssignmentApproved",
    [EVENT_HIT_CREATED] = "HITCreated",
    [EVENT_HIT_EXTENDED] = "HITExtended",
    [EVENT_HIT_DISPOSED] = "HITDisposed",
    [EVENT_HIT_REVIEWABLE] = "HITReviewable",
    [EVENT_HIT_EXPIRED] = "HITExpired",
};

const char *event_name(int kind) {
    return kind >= 0 && (size_t)kind < sizeof names / sizeof *names ? names[kind] : NULL;
}

/* ---- specifications ---- */

/* No blanks, control characters or brackets, which would mean something in a mail's head. */
static bool is_plain(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == 127)
            return false;
    return true;
}

static bool reachable(const struct notification *n) {
    if (!n->destination.n || n->destination.n > DESTINATION_MAX || !is_plain(n->destination))
        return false;
    switch ((enum transport)n->transport) {
    case TRANSPORT_EMAIL: return str_chr(n->destination, '@') > 0;
    case TRANSPORT_SQS: return destination_is_url(n->destination);
    case TRANSPORT_SNS:
        return destination_is_url(n->destination) ||
               str_starts(n->destination, STR("arn:aws:sns:"));
    case TRANSPORT_WEBHOOK: break; /* has a way in of its own */
    }
    return false;
}

static struct err check(struct ctx *c, const struct notification *n) {
    if (!reachable(n))
        return err_make(c->arena, ERR_INVALID_TRANSPORT_ENDPOINT, "Destination",
                        "The destination \"%.*s\" is not valid for its transport: SQS takes a "
                        "queue's URL, SNS a topic's ARN or a URL, Email an address.",
                        STR_ARG(n->destination));
    if (str_is(n->version, "2006-05-05") || str_is(n->version, "2014-08-15"))
        return NO_ERR;
    return err_make(c->arena, ERR_INVALID_PARAMETER, "Version",
                    "The value \"%.*s\" is not valid for the parameter Version.",
                    STR_ARG(n->version));
}

static struct err missing(struct ctx *c, const char *what) {
    return err_make(c->arena, ERR_MISSING_PARAMETERS, NULL,
                    "Your request is missing required parameters. Required parameters include %s.",
                    what);
}

static struct err put(struct ctx *c, int64_t hit_type, const struct notification *spec) {
    struct err e = check(c, spec);
    struct sql_destination_put_type_in in = {
        .requester = c->actor->party,
        .hit_type = hit_type,
        .transport = spec->transport,
        .address = spec->destination,
        .version = spec->version,
        .events = (int64_t)(spec->events & EVENTS_ALL),
        .now_ms = c->now_ms,
    };
    return failed(e) ? e : ctx_store(c, sql_destination_put_type(c->tx, &in, NULL));
}

struct err notification_set(struct ctx *c, const struct notification_set_in *in) {
    struct hit_type type;
    struct sql_destination_of_type_out d = {0};
    struct sql_destination_of_type_in of;
    bool given = in->spec.destination.p;
    struct err e = hit_type_find(c, in->hit_type, &type);
    if (failed(e))
        return e;
    if (!given && !in->active_given)
        return missing(c, "Notification or Active");
    of.hit_type = type.id;
    if (given)
        e = put(c, type.id, &in->spec);
    if (failed(e))
        return e;
    enum st st = sql_destination_of_type(c->tx, &of, &d);
    if (st == ST_NONE)
        return missing(c, "Notification");
    if (st == ST_OK && in->active_given)
        st = sql_destination_put_active(
            c->tx, &(struct sql_destination_put_active_in){d.id, in->active}, NULL);
    return st == ST_OK ? destination_mask_type(c, type.id) : ctx_store(c, st);
}

struct err notification_test(struct ctx *c, const struct notification *spec, int kind) {
    struct err e = check(c, spec);
    struct sql_outbox_add_test_in in = {
        .at_ms = c->now_ms,
        .kind = kind,
        .requester = c->actor->party,
        .target = SQL_NULL,
        .transport = spec->transport,
        .destination = spec->destination,
        .version = spec->version,
    };
    return failed(e) ? e : ctx_store(c, sql_outbox_add_test(c->tx, &in, NULL));
}

/* ---- delivery ---- */

static struct str public_id(struct ctx *c, enum id_kind kind, int64_t row, struct str alias) {
    return row == SQL_NULL ? STR("") : ctx_id(c, kind, row, alias);
}

struct err delivery_any(struct ctx *c, int64_t now_ms, bool *any) {
    struct sql_outbox_any_out o;
    enum st st = sql_outbox_any(c->tx, &(struct sql_outbox_any_in){now_ms}, &o);
    *any = st == ST_OK;
    return ctx_store(c, st);
}

static struct delivery made_of(struct ctx *c, const struct sql_outbox_pick_out *o) {
    bool known = o->active != SQL_NULL, test = o->hit == SQL_NULL;
    return (struct delivery){
        .row = o->id,
        .at_ms = o->at_ms,
        .requester = o->requester,
        .attempts = o->attempts + 1,
        .target = o->target == SQL_NULL ? 0 : o->target,
        .kind = (int)o->kind,
        .wanted = known ? o->active || test : o->destination.p && o->target == SQL_NULL,
        .transport = o->transport == SQL_NULL ? 0 : (int)o->transport,
        .test = test,
        .has_assignment =
            o->kind >= EVENT_ASSIGNMENT_ACCEPTED && o->kind <= EVENT_ASSIGNMENT_APPROVED,
        .overturned = o->overturned != 0,
        .requester_id = o->requester_id,
        .hit_type_id = public_id(c, ID_HIT_TYPE, o->hit_type, o->type_alias),
        .hit_id = public_id(c, ID_HIT, o->hit, o->hit_alias),
        .assignment_id = public_id(c, ID_ASSIGNMENT, o->assignment, o->assignment_alias),
        .destination = o->destination,
        .version = o->version,
        .secret = o->secret,
    };
}

struct err delivery_claim(struct ctx *c, int64_t now_ms, int64_t until_ms, struct delivery *out) {
    struct sql_outbox_pick_out o;
    *out = (struct delivery){0};
    enum st st = sql_outbox_pick(c->tx, &(struct sql_outbox_pick_in){now_ms}, &o);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = made_of(c, &o);
    struct sql_outbox_lease_in lease = {o.id, out->attempts, until_ms};
    return ctx_store(c, sql_outbox_lease(c->tx, &lease, NULL));
}

struct err delivery_done(struct ctx *c, const struct delivery *d, int64_t now_ms) {
    struct sql_outbox_delete_in in = {d->row, d->attempts};
    struct sql_destination_good_in good = {d->target, now_ms};
    int64_t mine = 0;
    enum st st = sql_outbox_delete(c->tx, &in, &mine);
    if (st == ST_OK && mine && d->target && d->wanted)
        st = sql_destination_good(c->tx, &good, NULL);
    return ctx_store(c, st);
}

struct err delivery_failed(struct ctx *c, const struct delivery *d, const struct failure *f) {
    struct sql_outbox_fail_in in = {d->row, d->attempts, f->next_ms, f->dead ? f->now_ms : SQL_NULL,
                                    f->why};
    struct sql_destination_bad_in bad = {d->target, f->now_ms, f->why};
    int64_t mine = 0;
    enum st st = sql_outbox_fail(c->tx, &in, &mine);
    if (st == ST_OK && mine && d->target)
        st = sql_destination_bad(c->tx, &bad, NULL);
    return ctx_store(c, st);
}

/* ---- for the operator ---- */

struct err outbox_state(struct ctx *c, struct outbox_state *out) {
    struct sql_outbox_state_out o;
    enum st st = sql_outbox_state(c->tx, &(struct sql_outbox_state_in){OUTBOX_COUNT_MAX}, &o);
    *out = (struct outbox_state){0};
    if (st == ST_OK)
        *out = (struct outbox_state){
            .waiting = o.waiting,
            .failing = o.failing,
            .dead = o.dead,
            .oldest_ms = o.oldest_ms == SQL_NULL ? 0 : o.oldest_ms,
        };
    return ctx_store(c, st);
}

struct take {
    struct arena *arena;
    struct dead_list *list;
};

static bool take_dead(void *arg, const struct sql_outbox_dead_list_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = (struct dead_letter){
        .row = row->id,
        .at_ms = row->at_ms,
        .dead_ms = row->dead_ms,
        .attempts = row->attempts,
        .what = event_name((int)row->kind),
        .requester_id = str_dup(t->arena, row->requester_id),
        .destination = str_dup(t->arena, row->destination),
        .error = str_dup(t->arena, row->error),
    };
    return true;
}

struct err dead_letters(struct ctx *c, int64_t after, int limit, struct dead_list *out) {
    *out = (struct dead_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    struct sql_outbox_dead_list_in in = {after, limit};
    return ctx_store(
        c, sql_outbox_dead_list_each(c->tx, &in, take_dead, &(struct take){c->arena, out}));
}

static struct err audit(struct ctx *c, int64_t row, struct str what) {
    return audit_add(c,
                     &(struct audit_in){
                         .action = AUDIT_OUTBOX,
                         .about = row ? str_printf(c->arena, "%lld", (long long)row) : STR("all"),
                         .new_value = what,
                     });
}

struct err dead_replay(struct ctx *c, int64_t row, int64_t *replayed) {
    struct sql_outbox_replay_in in = {row, row ? row : INT64_MAX};
    struct err e = ctx_store(c, sql_outbox_replay(c->tx, &in, replayed));
    return failed(e) || !*replayed ? e : audit(c, row, STR("tried again"));
}

struct err dead_drop(struct ctx *c, int64_t row, int64_t *dropped) {
    struct sql_outbox_drop_in in = {row, row ? row : INT64_MAX};
    struct err e = ctx_store(c, sql_outbox_drop(c->tx, &in, dropped));
    return failed(e) || !*dropped ? e : audit(c, row, STR("dropped"));
}
