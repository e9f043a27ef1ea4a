#include "market/statement.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/money.h"
#include "formats/csv_out.h"
#include "ledger/ledger.h"
#include "store/sql.h"

enum { PAGE_ROWS = 1000 };

const char *statement_type(int64_t kind) {
    static const char *const names[] = {
        [TRANSFER_DEPOSIT] = "Deposit",
        [TRANSFER_REFUND] = "Refund",
        [TRANSFER_HOLD] = "Hold",
        [TRANSFER_RELEASE] = "Release",
        [TRANSFER_REHOLD] = "Rehold",
        [TRANSFER_REWARD] = "Reward",
        [TRANSFER_FEE] = "Fee",
        [TRANSFER_OVERTURN_REWARD] = "OverturnReward",
        [TRANSFER_OVERTURN_FEE] = "OverturnFee",
        [TRANSFER_BONUS] = "Bonus",
        [TRANSFER_BONUS_FEE] = "BonusFee",
        [TRANSFER_PAYOUT] = "Payout",
        [TRANSFER_PAYOUT_FAILED] = "PayoutFailed",
        [TRANSFER_ADJUST] = "Adjustment",
    };
    return kind >= TRANSFER_DEPOSIT && kind <= TRANSFER_ADJUST ? names[kind] : "";
}

static const char *describe(int64_t kind) {
    static const char *const words[] = {
        [TRANSFER_DEPOSIT] = "Money paid in",
        [TRANSFER_REFUND] = "Money paid back",
        [TRANSFER_HOLD] = "Held for work",
        [TRANSFER_RELEASE] = "No longer held",
        [TRANSFER_REHOLD] = "Held anew after a change of price",
        [TRANSFER_REWARD] = "Reward of approved work",
        [TRANSFER_FEE] = "Fee of approved work",
        [TRANSFER_OVERTURN_REWARD] = "Reward after a rejection was undone",
        [TRANSFER_OVERTURN_FEE] = "Fee after a rejection was undone",
        [TRANSFER_BONUS] = "Bonus",
        [TRANSFER_BONUS_FEE] = "Fee of a bonus",
        [TRANSFER_PAYOUT] = "",
        [TRANSFER_PAYOUT_FAILED] = "",
        [TRANSFER_ADJUST] = "Correction",
    };
    return kind >= TRANSFER_DEPOSIT && kind <= TRANSFER_ADJUST ? words[kind] : "";
}

/* ---- which ---- */

static bool takes(const struct statement_filter *f, int64_t kind, int64_t batch, int64_t at_ms) {
    return (!f->kinds || f->kinds >> kind & 1) && (!f->batch || f->batch == batch) &&
           (!f->from_ms || at_ms >= f->from_ms) && (!f->to_ms || at_ms < f->to_ms);
}

/* The first posting made at or after a moment, by halving: numbers rise with time. One behind the
 * newest when there is none. */
static enum st first_at(struct ctx *c, int64_t requester, int64_t ms, int64_t *id) {
    struct sql_statement_last_out last;
    enum st st = sql_statement_last(c->tx, &(struct sql_statement_last_in){requester}, &last);
    int64_t low = 1, high = st == ST_OK ? last.id + 1 : 1;
    while (low < high && st == ST_OK) {
        int64_t middle = low + (high - low) / 2;
        struct sql_statement_from_out row;
        st = sql_statement_from(c->tx, &(struct sql_statement_from_in){requester, middle}, &row);
        if (st == ST_OK && row.at_ms < ms)
            low = row.id + 1;
        else
            high = middle;
    }
    *id = low;
    return st == ST_NONE ? ST_OK : st;
}

/* ---- a page ---- */

/* Walks down the book from in->before; `first`: the last posting that may belong to the page. False
 * when the page is full or the book is at its end. */
static bool take_lines(const struct statement_page_in *in, const struct statement *list,
                       int64_t first, struct statement_page *out) {
    for (size_t i = 0; i < list->n; i++) {
        const struct statement_line *l = &list->lines[i];
        if (l->id < first)
            out->next = 0;
        if (l->id < first || out->n == (size_t)in->limit)
            return false;
        out->next = l->id;
        if (takes(&in->filter, l->kind, l->batch, l->at_ms)) {
            out->balances[out->n] = out->balance;
            out->lines[out->n++] = *l;
        }
        out->balance -= l->signed_cents;
    }
    if (list->n < PAGE_MAX)
        out->next = 0;
    return list->n == PAGE_MAX;
}

struct err statement_page(struct ctx *c, const struct statement_page_in *in,
                          struct statement_page *out) {
    const struct statement_filter *f = &in->filter;
    int64_t first = 0, end = 0;
    enum st st = f->from_ms ? first_at(c, in->requester, f->from_ms, &first) : ST_OK;
    if (st == ST_OK && f->to_ms)
        st = first_at(c, in->requester, f->to_ms, &end);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct statement_page){
        .lines = arena_array(c->arena, (size_t)in->limit, sizeof *out->lines),
        .balances = arena_array(c->arena, (size_t)in->limit, sizeof *out->balances),
        .has_balances = !f->to_ms,
        .next = end && (!in->before || end < in->before) ? end : in->before,
        .balance = in->balance,
    };
    bool more = true;
    for (int seen = 0; more && seen < STATEMENT_SCAN_MAX; seen += PAGE_MAX) {
        struct statement list;
        struct statement_in some = {
            .party = in->requester, .role = ROLE_REQUESTER, .before = out->next, .limit = PAGE_MAX};
        struct err e = funds_statement(c, &some, &list);
        if (failed(e))
            return e;
        more = take_lines(in, &list, first, out);
    }
    return NO_ERR;
}

/* ---- the file ---- */

struct writing {
    const struct id_key *ids;
    const struct statement_file *file;
    int64_t requester, last, avail, held;
    size_t rows;
    struct arena scratch;
    struct buf text;
    struct csv_out csv;
    statement_sink *sink;
    void *arg;
    bool gone;
    enum st st;
};

static int64_t effect(int64_t account, const struct sql_statement_rise_out *row) {
    return (row->credit == account ? row->cents : 0) - (row->debit == account ? row->cents : 0);
}

static void money(struct writing *w, int64_t cents, bool shown) {
    csv_cell(&w->csv, shown ? money_dollars(&w->scratch, cents) : STR(""));
}

static void number(struct writing *w, int64_t value) {
    if (value == SQL_NULL)
        csv_cell(&w->csv, STR(""));
    else
        csv_cell_int(&w->csv, value);
}

static void public_id(struct writing *w, enum id_kind kind, int64_t row, struct str alias) {
    csv_cell(&w->csv, row == SQL_NULL ? STR("")
                      : alias.p       ? alias
                                      : id_seal(&w->scratch, w->ids, kind, row));
}

static bool is_fee(int64_t kind) {
    return kind == TRANSFER_FEE || kind == TRANSFER_OVERTURN_FEE || kind == TRANSFER_BONUS_FEE;
}
static bool is_reward(int64_t kind) {
    return kind == TRANSFER_REWARD || kind == TRANSFER_OVERTURN_REWARD || kind == TRANSFER_BONUS;
}

static bool take(void *arg, const struct sql_statement_rise_out *row) {
    struct writing *w = arg;
    int64_t avail = effect(account_id(w->requester, ACCOUNT_AVAIL), row);
    int64_t held = effect(account_id(w->requester, ACCOUNT_HELD), row);
    bool pair = row->settlement != SQL_NULL && row->assignment != SQL_NULL;
    w->avail += avail;
    w->held += held;
    w->last = row->id;
    w->rows++;
    if (!takes(&w->file->filter, row->kind, row->batch, row->at_ms))
        return true;
    csv_cell(&w->csv, time_iso(&w->scratch, row->at_ms / 1000 * 1000));
    csv_cell(&w->csv, pair ? str_printf(&w->scratch, "%lld-%lld", (long long)row->settlement,
                                        (long long)row->assignment)
                           : str_printf(&w->scratch, "%lld", (long long)row->id));
    csv_cell(&w->csv, str_c(statement_type(row->kind)));
    csv_cell(&w->csv, str_printf(&w->scratch, "%s%s%.*s", describe(row->kind),
                                 row->batch_name.p ? ": " : "", STR_ARG(row->batch_name)));
    number(w, row->batch);
    public_id(w, ID_HIT, row->hit, row->hit_alias);
    public_id(w, ID_ASSIGNMENT, row->assignment, row->assignment_alias);
    csv_cell(&w->csv, row->worker_id);
    money(w, row->cents, is_reward(row->kind));
    money(w, row->cents, is_fee(row->kind));
    money(w, avail ? avail : held, true);
    money(w, w->avail, true);
    money(w, w->held, true);
    csv_cell(&w->csv, row->actor);
    csv_cell(&w->csv, row->note);
    csv_row_end(&w->csv);
    return true;
}

static void write_header(struct writing *w) {
    static const char *const names[] = {
        "Date",   "TransactionId",  "Type",      "Description", "BatchId",
        "HITId",  "AssignmentId",   "WorkerId",  "Reward",      "Fee",
        "Amount", "AvailableAfter", "HeldAfter", "Actor",       "Note",
    };
    csv_out_begin(&w->csv, &w->text, (enum csv_dialect)w->file->dialect);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_cell(&w->csv, str_c(names[i]));
    csv_row_end(&w->csv);
}

static enum tx_end write_all(struct tx *tx, void *arg) {
    struct writing *w = arg;
    write_header(w);
    do {
        w->rows = 0;
        struct sql_statement_rise_in in = {w->requester, w->last, PAGE_ROWS};
        w->st = sql_statement_rise_each(tx, &in, take, w);
        if (w->st == ST_OK)
            w->gone = !w->sink(w->arg, w->text.p, w->text.n);
        buf_clear(&w->text);
        arena_reset(&w->scratch);
    } while (w->st == ST_OK && !w->gone && w->rows == PAGE_ROWS);
    return TX_ROLLBACK;
}

struct err statement_write(struct store *store, const struct id_key *ids, struct arena *a,
                           const struct statement_file *file, statement_sink *sink, void *arg) {
    struct writing w = {
        .ids = ids, .file = file, .requester = file->requester, .sink = sink, .arg = arg};
    arena_init(&w.scratch, 0);
    enum st st = store_read(store, write_all, &w);
    arena_free(&w.scratch);
    buf_free(&w.text);
    if (st != ST_OK || w.st != ST_OK)
        return err_make(a, ERR_STORE, NULL, "The store failed: %.*s",
                        STR_ARG(store_error(store, a)));
    return NO_ERR;
}
