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

static struct err check(struct ctx *c, const struct notification *n) {
    bool named = n->transport != TRANSPORT_WEBHOOK; /* those have a way in of their own */
    if (!named || !destination_reachable(n->transport, n->destination))
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
        .target = 0,
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

struct err delivery_next(struct ctx *c, const struct delivery_turn *turn,
                         struct delivery_found *found) {
    struct sql_outbox_next_in in = {turn->now_ms, turn->after, turn->doubtful};
    struct sql_outbox_next_out o = {0};
    enum st st = sql_outbox_next(c->tx, &in, &o);
    *found = (struct delivery_found){0};
    if (st == ST_OK)
        *found = (struct delivery_found){o.id, o.target, o.doubtful != 0};
    return ctx_store(c, st);
}

static struct delivery made_of(struct ctx *c, const struct sql_outbox_pick_out *o) {
    bool known = o->active != SQL_NULL, test = o->hit == SQL_NULL;
    return (struct delivery){
        .row = o->id,
        .at_ms = o->at_ms,
        .requester = o->requester,
        .attempts = o->attempts + 1,
        .target = o->target,
        .failures = o->failures == SQL_NULL ? 0 : o->failures,
        .kind = (int)o->kind,
        .wanted = known ? o->active || test : o->destination.p && !o->target,
        .transport = o->transport == SQL_NULL ? 0 : (int)o->transport,
        .test = test,
        .has_assignment =
            o->kind >= EVENT_ASSIGNMENT_ACCEPTED && o->kind <= EVENT_ASSIGNMENT_APPROVED,
        .overturned = o->overturned != 0,
        .requester_id = o->requester_id,
        .hit_type_id = public_id(c, ID_HIT_TYPE, o->hit_type, o->type_alias),
        .hit_id = public_id(c, ID_HIT, o->hit, o->hit_alias),
        .assignment_id = public_id(c, ID_ASSIGNMENT, o->assignment, o->assignment_alias),
        .hit = o->hit,
        .assignment = o->assignment,
        .destination = o->destination,
        .version = o->version,
        .secret = o->secret,
    };
}

struct err delivery_claim(struct ctx *c, int64_t row, int64_t now_ms, int64_t until_ms,
                          struct delivery *out) {
    struct sql_outbox_pick_out o;
    *out = (struct delivery){0};
    enum st st = sql_outbox_pick(c->tx, &(struct sql_outbox_pick_in){row, now_ms}, &o);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = made_of(c, &o);
    struct sql_outbox_lease_in lease = {o.id, out->attempts, until_ms};
    struct sql_destination_lease_in lane = {o.target, until_ms};
    st = sql_outbox_lease(c->tx, &lease, NULL);
    if (st == ST_OK && o.target)
        st = sql_destination_lease(c->tx, &lane, NULL);
    return ctx_store(c, st);
}

/* What the requester sees of it; nothing of tests that only the API knows. */
static enum st remember(struct ctx *c, const struct delivery *d, const struct outcome *o) {
    struct sql_attempt_add_in in = {
        .target = d->target,
        .at_ms = o->now_ms,
        .took_ms = o->took_ms,
        .kind = d->kind,
        .hit = d->hit,
        .assignment = d->assignment,
        .number = d->attempts,
        .error = o->good ? STR_NULL : o->why,
    };
    struct sql_attempt_trim_in trim = {d->target, ATTEMPTS_KEPT};
    enum st st = sql_attempt_add(c->tx, &in, NULL);
    return st == ST_OK ? sql_attempt_trim(c->tx, &trim, NULL) : st;
}

static enum st note_good(struct ctx *c, const struct delivery *d, const struct outcome *o,
                         int64_t *mine) {
    struct sql_outbox_delete_in in = {d->row, d->attempts};
    struct sql_destination_good_in good = {d->target, o->now_ms};
    struct sql_destination_lease_in free_lane = {d->target, 0};
    enum st st = sql_outbox_delete(c->tx, &in, mine);
    if (st != ST_OK || !*mine || !d->target)
        return st;
    return d->wanted ? sql_destination_good(c->tx, &good, NULL)
                     : sql_destination_lease(c->tx, &free_lane, NULL);
}

static enum st note_bad(struct ctx *c, const struct delivery *d, const struct outcome *o,
                        int64_t *mine) {
    struct sql_outbox_fail_in in = {d->row, d->attempts, o->next_ms, o->dead ? o->now_ms : SQL_NULL,
                                    o->why};
    struct sql_destination_bad_in bad = {d->target, o->now_ms, o->lane_ms, o->why};
    enum st st = sql_outbox_fail(c->tx, &in, mine);
    return st == ST_OK && *mine && d->target ? sql_destination_bad(c->tx, &bad, NULL) : st;
}

struct err delivery_note(struct ctx *c, const struct delivery *d, const struct outcome *o) {
    int64_t mine = 0;
    enum st st = o->good ? note_good(c, d, o, &mine) : note_bad(c, d, o, &mine);
    if (st == ST_OK && mine && d->target && d->wanted)
        st = remember(c, d, o);
    return ctx_store(c, st);
}
