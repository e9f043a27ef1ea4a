#include "market/notification.h"

#include "base/limits.h"
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

static bool is_url(struct str s) {
    return str_starts(s, STR("https://")) || str_starts(s, STR("http://"));
}

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
    case TRANSPORT_SQS: return is_url(n->destination);
    case TRANSPORT_SNS:
        return is_url(n->destination) || str_starts(n->destination, STR("arn:aws:sns:"));
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

struct err notification_set(struct ctx *c, const struct notification_set_in *in) {
    struct hit_type type;
    struct sql_notification_get_out old = {0};
    struct err e = hit_type_find(c, in->hit_type, &type);
    if (failed(e))
        return e;
    if (!in->spec.destination.p && !in->active_given)
        return missing(c, "Notification or Active");
    enum st st = sql_notification_get(c->tx, &(struct sql_notification_get_in){type.id}, &old);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    if (!in->spec.destination.p && st == ST_NONE)
        return missing(c, "Notification");
    int64_t events = old.events;
    if (in->spec.destination.p) {
        e = check(c, &in->spec);
        if (failed(e))
            return e;
        events = (int64_t)(in->spec.events & ~(1u << EVENT_PING));
        struct sql_notification_put_in put = {type.id, in->spec.transport, in->spec.destination,
                                              in->spec.version, events};
        e = ctx_store(c, sql_notification_put(c->tx, &put, NULL));
    }
    bool active = in->active_given ? in->active : type.events != 0;
    return failed(e) ? e : hit_type_set_events(c, type.id, active ? events : 0);
}

struct err notification_test(struct ctx *c, const struct notification *spec, int kind) {
    struct err e = check(c, spec);
    struct sql_outbox_add_test_in in = {
        .at_ms = c->now_ms,
        .kind = kind,
        .requester = c->actor->party,
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

struct err delivery_claim(struct ctx *c, int64_t now_ms, int64_t until_ms, struct delivery *out) {
    struct sql_outbox_pick_out o;
    *out = (struct delivery){0};
    enum st st = sql_outbox_pick(c->tx, &(struct sql_outbox_pick_in){now_ms}, &o);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct delivery){
        .row = o.id,
        .at_ms = o.at_ms,
        .requester = o.requester,
        .attempts = o.attempts + 1,
        .kind = (int)o.kind,
        .wanted = o.destination.p != NULL,
        .transport = o.destination.p ? (int)o.transport : 0,
        .test = o.hit == SQL_NULL,
        .has_assignment =
            o.kind >= EVENT_ASSIGNMENT_ACCEPTED && o.kind <= EVENT_ASSIGNMENT_APPROVED,
        .requester_id = o.requester_id,
        .hit_type_id = public_id(c, ID_HIT_TYPE, o.hit_type, o.type_alias),
        .hit_id = public_id(c, ID_HIT, o.hit, o.hit_alias),
        .assignment_id = public_id(c, ID_ASSIGNMENT, o.assignment, o.assignment_alias),
        .destination = o.destination,
        .version = o.version,
    };
    return ctx_store(
        c, sql_outbox_lease(c->tx, &(struct sql_outbox_lease_in){o.id, out->attempts, until_ms},
                            NULL));
}

struct err delivery_done(struct ctx *c, const struct delivery *d) {
    struct sql_outbox_delete_in in = {d->row, d->attempts};
    return ctx_store(c, sql_outbox_delete(c->tx, &in, NULL));
}

struct err delivery_failed(struct ctx *c, const struct delivery *d, int64_t next_ms,
                           int64_t dead_ms, struct str why) {
    struct sql_outbox_fail_in in = {d->row, d->attempts, next_ms, dead_ms ? dead_ms : SQL_NULL,
                                    why};
    return ctx_store(c, sql_outbox_fail(c->tx, &in, NULL));
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
        .kind = (int)row->kind,
        .requester_id = str_dup(t->arena, row->requester_id),
        .error = str_dup(t->arena, row->error),
    };
    return true;
}

struct err dead_letters(struct ctx *c, int64_t after, int limit, struct dead_list *out) {
    *out = (struct dead_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    return ctx_store(c, sql_outbox_dead_list_each(c->tx,
                                                  &(struct sql_outbox_dead_list_in){after, limit},
                                                  take_dead, &(struct take){c->arena, out}));
}

struct err dead_replay(struct ctx *c, int64_t row, int64_t *replayed) {
    struct sql_outbox_replay_in in = {row, row ? row : INT64_MAX};
    return ctx_store(c, sql_outbox_replay(c->tx, &in, replayed));
}
