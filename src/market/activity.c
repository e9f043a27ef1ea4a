#include "market/activity.h"

#include "base/datetime.h"
#include "ledger/ledger.h"
#include "store/sql.h"

struct str activity_month(struct arena *a, int64_t month) {
    return str_printf(a, "%04lld-%02lld", (long long)(month / 12), (long long)(month % 12 + 1));
}

static int64_t month_of(int64_t day) {
    int64_t year;
    int month, mday;
    time_civil_from_days(day, &year, &month, &mday);
    return year * 12 + month - 1;
}

/* The line of a month and batch; NULL when there is no room for another. */
static struct activity_row *row_of(struct activity *a, int64_t month, int64_t batch) {
    for (size_t i = a->n; i-- > 0 && a->rows[i].month == month;)
        if (a->rows[i].batch == batch)
            return &a->rows[i];
    if (a->n == ACTIVITY_ROWS_MAX) {
        a->cut = true;
        return NULL;
    }
    a->rows[a->n] = (struct activity_row){.month = month, .batch = batch};
    return &a->rows[a->n++];
}

/* Days come from the newest, so a month's lines stand together. */
static bool take(void *arg, const struct sql_activity_rows_out *r) {
    int64_t batch = r->batch == SQL_NULL ? 0 : r->batch;
    struct activity_row *row = row_of(arg, month_of(r->day), batch);
    if (!row)
        return false;
    switch (r->kind) {
    case TRANSFER_RELEASE: row->rejected += r->n; break;
    case TRANSFER_REWARD:
        row->approved += r->n;
        row->reward_cents += r->cents;
        break;
    case TRANSFER_OVERTURN_REWARD:
        row->approved += r->n;
        row->overturned += r->n;
        row->reward_cents += r->cents;
        break;
    case TRANSFER_FEE:
    case TRANSFER_OVERTURN_FEE: row->fee_cents += r->cents; break;
    case TRANSFER_BONUS: row->bonus_cents += r->cents; break;
    case TRANSFER_BONUS_FEE: row->bonus_fee_cents += r->cents; break;
    default: break;
    }
    return true;
}

struct err activity_read(struct ctx *c, int64_t requester, struct activity *out) {
    *out = (struct activity){arena_array(c->arena, ACTIVITY_ROWS_MAX, sizeof *out->rows), 0, false};
    struct sql_activity_lines_of_out lines = {0};
    struct sql_activity_lines_of_in count = {requester, ACTIVITY_LINES_MAX};
    enum st st = sql_activity_rows_each(
        c->tx, &(struct sql_activity_rows_in){requester, ACTIVITY_LINES_MAX}, take, out);
    if (st == ST_OK)
        st = sql_activity_lines_of(c->tx, &count, &lines);
    out->cut = out->cut || lines.n >= ACTIVITY_LINES_MAX;
    for (size_t i = 0; st == ST_OK && i < out->n; i++) {
        struct sql_activity_batch_out b = {0};
        if (!out->rows[i].batch)
            continue;
        st = sql_activity_batch(c->tx, &(struct sql_activity_batch_in){out->rows[i].batch}, &b);
        out->rows[i].name = b.name;
        out->rows[i].project = b.project;
        out->rows[i].hits = b.hits;
        if (st == ST_NONE)
            st = ST_OK; /* a deleted batch keeps its postings */
    }
    return ctx_store(c, st);
}
