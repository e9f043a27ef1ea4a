#include "market/statement.h"

#include "base/datetime.h"
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

struct writing {
    const struct id_key *ids;
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
    csv_out_begin(&w->csv, &w->text, CSV_CLASSIC);
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
                           int64_t requester, statement_sink *sink, void *arg) {
    struct writing w = {.ids = ids, .requester = requester, .sink = sink, .arg = arg};
    arena_init(&w.scratch, 0);
    enum st st = store_read(store, write_all, &w);
    arena_free(&w.scratch);
    buf_free(&w.text);
    if (st != ST_OK || w.st != ST_OK)
        return err_make(a, ERR_STORE, NULL, "The store failed: %.*s",
                        STR_ARG(store_error(store, a)));
    return NO_ERR;
}
