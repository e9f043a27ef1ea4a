#include "market/outbox.h"

#include "market/audit.h"
#include "market/notification.h"
#include "store/sql.h"

static int64_t known(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

struct err outbox_state(struct ctx *c, struct outbox_state *out) {
    struct sql_outbox_state_out o;
    enum st st = sql_outbox_state(c->tx, &(struct sql_outbox_state_in){OUTBOX_COUNT_MAX}, &o);
    *out = (struct outbox_state){0};
    if (st == ST_OK)
        *out = (struct outbox_state){
            .waiting = o.waiting,
            .failing = o.failing,
            .dead = o.dead,
            .oldest_ms = known(o.oldest_ms),
            .next_ms = known(o.next_ms),
        };
    return ctx_store(c, st);
}

/* ---- lanes ---- */

struct take_lanes {
    struct arena *arena;
    struct outbox_lanes *list;
};

static bool take_lane(void *arg, const struct sql_outbox_lanes_out *row) {
    struct take_lanes *t = arg;
    t->list->items[t->list->n++] = (struct outbox_lane){
        .target = row->target,
        .requester_id = str_dup(t->arena, row->requester_id),
        .requester_name = str_dup(t->arena, row->requester_name),
        .address = str_dup(t->arena, row->address),
        .error = str_dup(t->arena, row->error),
        .transport = (int)known(row->transport),
        .active = known(row->active) != 0,
        .failures = known(row->failures),
        .next_ms = known(row->next_ms),
        .good_ms = known(row->good_ms),
        .waiting = row->waiting,
        .dead = row->dead,
        .oldest_ms = known(row->oldest_ms),
    };
    return true;
}

struct err outbox_lanes(struct ctx *c, struct outbox_lanes *out) {
    *out = (struct outbox_lanes){arena_array(c->arena, OUTBOX_LANES_MAX, sizeof *out->items), 0};
    struct sql_outbox_lanes_in in = {OUTBOX_LANES_MAX, DESTINATION_COUNT_MAX};
    return ctx_store(
        c, sql_outbox_lanes_each(c->tx, &in, take_lane, &(struct take_lanes){c->arena, out}));
}

/* ---- dead letters ---- */

/* Both statements give the same columns. */
static struct dead_letter letter_of(struct arena *a, const struct sql_outbox_dead_list_out *row) {
    return (struct dead_letter){
        .row = row->id,
        .target = row->target,
        .at_ms = row->at_ms,
        .dead_ms = row->dead_ms,
        .attempts = row->attempts,
        .transport = (int)known(row->transport),
        .what = event_name((int)row->kind),
        .requester_id = str_dup(a, row->requester_id),
        .requester_name = str_dup(a, row->requester_name),
        .destination = str_dup(a, row->destination),
        .error = str_dup(a, row->error),
    };
}

struct take {
    struct arena *arena;
    struct dead_list *list;
};

static bool take_dead(void *arg, const struct sql_outbox_dead_list_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = letter_of(t->arena, row);
    return true;
}

struct err dead_letters(struct ctx *c, int64_t after, int limit, struct dead_list *out) {
    *out = (struct dead_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    struct sql_outbox_dead_list_in in = {after, limit};
    return ctx_store(
        c, sql_outbox_dead_list_each(c->tx, &in, take_dead, &(struct take){c->arena, out}));
}

struct err dead_get(struct ctx *c, int64_t row, struct dead_letter *out) {
    struct sql_outbox_dead_get_out o;
    enum st st = sql_outbox_dead_get(c->tx, &(struct sql_outbox_dead_get_in){row}, &o);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL,
                        "No event %lld was given up: it has been tried again or dropped.",
                        (long long)row);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct sql_outbox_dead_list_out same = {
        o.id,       o.target,  o.at_ms, o.kind,      o.requester_id, o.requester_name,
        o.attempts, o.dead_ms, o.error, o.transport, o.destination,
    };
    *out = letter_of(c->arena, &same);
    return NO_ERR;
}

static struct err audit(struct ctx *c, struct str about, const char *what) {
    struct audit_in in = {.action = AUDIT_OUTBOX, .about = about, .new_value = str_c(what)};
    return audit_add(c, &in);
}

static struct str one_or_all(struct ctx *c, int64_t row) {
    return row ? str_printf(c->arena, "%lld", (long long)row) : STR("all");
}

static struct str all_of(struct ctx *c, int64_t target) {
    return str_printf(c->arena, "all of destination %lld", (long long)target);
}

struct err dead_replay(struct ctx *c, int64_t row, int64_t *replayed) {
    int64_t high = row ? row : INT64_MAX;
    struct sql_destination_wake_in wake = {row, high};
    struct sql_outbox_replay_in in = {row, high};
    enum st st = sql_destination_wake(c->tx, &wake, NULL);
    if (st == ST_OK)
        st = sql_outbox_replay(c->tx, &in, replayed);
    return st != ST_OK || !*replayed ? ctx_store(c, st)
                                     : audit(c, one_or_all(c, row), "tried again");
}

struct err dead_drop(struct ctx *c, int64_t row, int64_t *dropped) {
    struct sql_outbox_drop_in in = {row, row ? row : INT64_MAX};
    enum st st = sql_outbox_drop(c->tx, &in, dropped);
    return st != ST_OK || !*dropped ? ctx_store(c, st) : audit(c, one_or_all(c, row), "dropped");
}

struct err dead_replay_lane(struct ctx *c, int64_t target, int64_t *replayed) {
    struct sql_destination_lease_in wake = {target, 0};
    struct sql_outbox_replay_lane_in in = {target};
    enum st st = sql_destination_lease(c->tx, &wake, NULL);
    if (st == ST_OK)
        st = sql_outbox_replay_lane(c->tx, &in, replayed);
    return st != ST_OK || !*replayed ? ctx_store(c, st)
                                     : audit(c, all_of(c, target), "tried again");
}

struct err dead_drop_lane(struct ctx *c, int64_t target, int64_t *dropped) {
    enum st st = sql_outbox_drop_dead(c->tx, &(struct sql_outbox_drop_dead_in){target}, dropped);
    return st != ST_OK || !*dropped ? ctx_store(c, st) : audit(c, all_of(c, target), "dropped");
}
