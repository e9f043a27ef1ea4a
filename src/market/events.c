#include "market/events.h"

#include "store/sql.h"

struct err event_emit(struct ctx *c, const struct event *e) {
    struct sql_event_add_in in = {
        .kind = e->kind,
        .bit = INT64_C(1) << e->kind,
        .at_ms = e->at_ms,
        .hit = e->hit,
        .assignment = e->assignment ? e->assignment : SQL_NULL,
    };
    return ctx_store(c, sql_event_add(c->tx, &in, NULL));
}

struct err event_emit_created(struct ctx *c, int64_t batch, int64_t from_seq, int64_t to_seq,
                              int64_t at_ms) {
    struct sql_event_add_created_in in = {
        .kind = EVENT_HIT_CREATED,
        .bit = INT64_C(1) << EVENT_HIT_CREATED,
        .at_ms = at_ms,
        .batch = batch,
        .from_seq = from_seq,
        .to_seq = to_seq,
    };
    return ctx_store(c, sql_event_add_created(c->tx, &in, NULL));
}
