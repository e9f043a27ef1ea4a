#include "market/work_next.h"

#include "market/preference.h"

static const char *const names[] = {
    [NEXT_OFF] = "off",
    [NEXT_ACCEPTED] = "accepted",
    [NEXT_NONE] = "none",
    [NEXT_UNQUALIFIED] = "unqualified",
    [NEXT_QUEUE_FULL] = "queue_full",
    [NEXT_LIMIT] = "limit",
    [NEXT_PAUSED] = "paused",
    [NEXT_REFUSED] = "refused",
};

const char *next_state_name(enum next_state state) {
    return names[state];
}

enum next_state next_state_parse(struct str word) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(word, names[i]))
            return (enum next_state)i;
    return NEXT_OFF;
}

struct err work_next_wanted(struct ctx *c, int64_t worker, bool *wanted) {
    struct str value = STR("");
    struct err e = preference_get(c, worker, PREFERENCE_ACCEPT_NEXT, &value);
    *wanted = str_is(value, "on");
    return e;
}

struct err work_next_want(struct ctx *c, int64_t worker, bool wanted) {
    return preference_put(c, worker, PREFERENCE_ACCEPT_NEXT, wanted ? STR("on") : STR(""));
}

/* False for what is no refusal but trouble. */
static bool refusal(enum err_code code, enum next_state *state) {
    switch ((int)code) {
    case ERR_NOT_FOUND:
    case ERR_NO_MORE_HITS: *state = NEXT_NONE; return true;
    case ERR_QUALIFICATION_MISSING: *state = NEXT_UNQUALIFIED; return true;
    case ERR_QUEUE_FULL: *state = NEXT_QUEUE_FULL; return true;
    case ERR_SLOW_DOWN: *state = NEXT_LIMIT; return true;
    case ERR_GROUP_PAUSED: *state = NEXT_PAUSED; return true;
    case ERR_BLOCKED:
    case ERR_SUSPENDED: *state = NEXT_REFUSED; return true;
    default: return false;
    }
}

struct err work_next(struct ctx *c, const struct submitted *done, enum next_state *state,
                     struct accepted *out) {
    bool wanted = false;
    *state = NEXT_OFF;
    struct err e = done->again ? NO_ERR : work_next_wanted(c, done->worker, &wanted);
    if (failed(e) || !wanted)
        return e;
    struct actor worker = *c->actor;
    worker.party = done->worker;
    struct ctx as_worker = *c;
    as_worker.actor = &worker;
    e = work_accept(&as_worker, &(struct accept_in){.group_id = done->group_id}, out);
    if (!failed(e))
        *state = NEXT_ACCEPTED;
    return refusal(e.code, state) ? NO_ERR : e;
}

const struct task *work_next_held(const struct queue *queue, struct str group_id) {
    const struct task *latest = NULL;
    for (size_t i = 0; i < queue->n; i++) {
        const struct task *t = &queue->items[i];
        if (str_eq(t->group.group_id, group_id) && (!latest || t->assignment > latest->assignment))
            latest = t;
    }
    return latest;
}
