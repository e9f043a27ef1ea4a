#include "market/own_data.h"

#include "base/datetime.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "base/pack.h"
#include "formats/answer.h"
#include "formats/csv_out.h"
#include "market/account.h"
#include "market/appeal.h"
#include "market/group_report.h"
#include "market/payout.h"
#include "market/preference.h"
#include "market/qualification.h"
#include "market/qualify.h"
#include "store/sql.h"

/* Rows are read ROWS at a time, and handed on whenever PIECE bytes have come together: answers may
 * be long. */
enum { ROWS = 200, PIECE = 65536, COLUMNS_MAX = 16, CHOICES_MAX = 100 };

enum column_kind { COLUMN_TEXT, COLUMN_WORKERS_TEXT, COLUMN_NUMBER, COLUMN_ANSWER };
struct column {
    const char *name;
    enum column_kind kind;
};

struct writing;
struct list {
    const char *name, *title;
    struct column columns[COLUMNS_MAX]; /* ends in one without a name */
    enum st (*page)(struct writing *w, struct tx *tx);
};

struct writing {
    const struct id_key *ids;
    const struct own_data_in *in;
    const struct list *list;
    int64_t after; /* the last row's number */
    size_t rows;   /* of this page */
    struct arena scratch;
    struct buf text, answer;
    struct csv_out csv;
    struct json json;
    statement_sink *sink;
    void *arg;
    bool gone;
    struct err err;
};

/* ---- a row ---- */

static void hand_on(struct writing *w) {
    w->gone = w->gone || !w->sink(w->arg, w->text.p, w->text.n);
    buf_clear(&w->text);
}

static struct str packed_json(struct writing *w, struct str fields) {
    struct answer answer;
    buf_clear(&w->answer);
    struct json j = json_begin(&w->answer);
    json_open_object(&j);
    while (answer_next(&fields, &answer)) {
        struct str value, values = answer.values;
        json_key_str(&j, answer.name);
        json_open_array(&j);
        while (values.n && pack_next(&values, &value))
            json_str(&j, value);
        json_end(&j);
    }
    json_end(&j);
    return buf_view(&w->answer);
}

static void csv_value(struct writing *w, enum column_kind kind, struct str value) {
    if (kind == COLUMN_WORKERS_TEXT)
        csv_cell_worker(&w->csv, value);
    else
        csv_cell(&w->csv, kind == COLUMN_ANSWER && value.p ? packed_json(w, value) : value);
}

static void json_value(struct writing *w, enum column_kind kind, struct str value) {
    if (!value.p)
        json_write_null(&w->json);
    else if (kind == COLUMN_NUMBER)
        json_raw(&w->json, value);
    else if (kind == COLUMN_ANSWER)
        json_raw(&w->json, packed_json(w, value));
    else
        json_str(&w->json, value);
}

/* A row of the list: a value for each of its columns, in their order. */
static bool row(struct writing *w, int64_t number, const struct str *values) {
    const struct column *c = w->list->columns;
    bool csv = w->in->list >= 0;
    if (!csv)
        json_open_object(&w->json);
    for (size_t i = 0; c[i].name; i++) {
        if (csv) {
            csv_value(w, c[i].kind, values[i]);
        } else {
            json_key(&w->json, c[i].name);
            json_value(w, c[i].kind, values[i]);
        }
    }
    if (csv)
        csv_row_end(&w->csv);
    else
        json_end(&w->json);
    w->after = number;
    w->rows++;
    if (w->text.n >= PIECE)
        hand_on(w);
    return !w->gone;
}

static struct str moment(struct writing *w, int64_t ms) {
    return ms == SQL_NULL ? STR_NULL : time_iso(&w->scratch, ms / 1000 * 1000);
}
static struct str dollars(struct writing *w, int64_t cents) {
    return money_wire(&w->scratch, cents);
}
static struct str number(struct writing *w, int64_t n) {
    return str_printf(&w->scratch, "%lld", (long long)n);
}
static struct str id_of(struct writing *w, enum id_kind kind, int64_t id, struct str alias) {
    if (id == SQL_NULL)
        return STR_NULL;
    return alias.p ? alias : id_seal(&w->scratch, w->ids, kind, id);
}

/* ---- the lists ---- */

static struct str status_word(int64_t status, bool rejected_before) {
    switch ((enum assignment_status)status) {
    case ASSIGNMENT_ACCEPTED: return STR("Accepted");
    case ASSIGNMENT_SUBMITTED: return STR("Submitted");
    case ASSIGNMENT_APPROVED:
        return rejected_before ? STR("Rejected, then approved") : STR("Approved");
    case ASSIGNMENT_REJECTED: return STR("Rejected");
    case ASSIGNMENT_RETURNED: return STR("Returned");
    case ASSIGNMENT_ABANDONED: return STR("Abandoned");
    }
    return STR_NULL;
}

static bool take_work(void *arg, const struct sql_own_work_out *r) {
    struct writing *w = arg;
    bool rejected = r->rejected_ms != SQL_NULL;
    const struct str values[] = {
        id_of(w, ID_ASSIGNMENT, r->id, r->alias),
        id_of(w, ID_HIT, r->hit, r->hit_alias),
        r->title,
        r->requester_id,
        r->requester_name,
        dollars(w, r->reward_cents),
        status_word(r->status, rejected),
        moment(w, r->accepted_ms),
        moment(w, r->submitted_ms),
        moment(w, r->approved_ms),
        moment(w, r->rejected_ms),
        r->feedback,
        r->rejection,
        r->fields,
    };
    return row(w, r->hit, values);
}
static enum st page_work(struct writing *w, struct tx *tx) {
    struct sql_own_work_in in = {w->in->worker, w->after, ROWS};
    return sql_own_work_each(tx, &in, take_work, w);
}

static bool take_earnings(void *arg, const struct sql_own_earnings_out *r) {
    struct writing *w = arg;
    const struct str values[] = {
        number(w, r->id),
        moment(w, r->at_ms),
        str_c(statement_type(r->kind)),
        dollars(w, r->cents),
        r->requester_id,
        r->requester_name,
        id_of(w, ID_ASSIGNMENT, r->assignment, r->alias),
        r->note,
    };
    return row(w, r->id, values);
}
static enum st page_earnings(struct writing *w, struct tx *tx) {
    struct sql_own_earnings_in in = {
        .worker = w->in->worker,
        .account = account_id(w->in->worker, ACCOUNT_PAYABLE),
        .after = w->after,
        .page = ROWS,
    };
    return sql_own_earnings_each(tx, &in, take_earnings, w);
}

static bool take_payout(void *arg, const struct sql_own_payouts_out *r) {
    struct writing *w = arg;
    const struct str values[] = {
        number(w, r->id),
        dollars(w, r->cents),
        str_c(payout_state_name((enum payout_state)r->state)),
        r->destination,
        moment(w, r->asked_ms),
        moment(w, r->sent_ms),
        moment(w, r->ended_ms),
        r->note,
    };
    return row(w, r->id, values);
}
static enum st page_payouts(struct writing *w, struct tx *tx) {
    struct sql_own_payouts_in in = {w->in->worker, w->after, ROWS};
    return sql_own_payouts_each(tx, &in, take_payout, w);
}

static bool take_message(void *arg, const struct sql_own_messages_out *r) {
    struct writing *w = arg;
    const struct str values[] = {
        number(w, r->thread),
        moment(w, r->at_ms),
        r->own ? STR("you") : STR("requester"),
        r->requester_id,
        r->requester_name,
        r->title,
        r->body,
    };
    return row(w, r->id, values);
}
static enum st page_messages(struct writing *w, struct tx *tx) {
    struct sql_own_messages_in in = {w->in->worker, w->after, ROWS};
    return sql_own_messages_each(tx, &in, take_message, w);
}

static struct str case_word(int64_t state) {
    switch ((enum group_case_state)state) {
    case CASE_OPEN: return STR("open");
    case CASE_DISMISSED: return STR("dismissed");
    case CASE_UPHELD: return STR("upheld");
    case CASE_WITHDRAWN: return STR("withdrawn");
    }
    return STR_NULL;
}

static bool take_report(void *arg, const struct sql_own_reports_out *r) {
    struct writing *w = arg;
    bool decided = r->state == CASE_DISMISSED || r->state == CASE_UPHELD;
    const struct str values[] = {
        moment(w, r->at_ms),
        str_c(group_report_word((enum group_report_reason)r->reason)),
        case_word(r->state),
        r->title,
        r->requester_id,
        r->requester_name,
        r->body,
        decided ? r->answer : STR_NULL,
    };
    return row(w, r->id, values);
}
static enum st page_reports(struct writing *w, struct tx *tx) {
    struct sql_own_reports_in in = {w->in->worker, w->after, ROWS};
    return sql_own_reports_each(tx, &in, take_report, w);
}

static struct str appeal_word(int64_t state) {
    switch ((enum appeal_state)state) {
    case APPEAL_OPEN: return STR("open");
    case APPEAL_ASKED: return STR("asked");
    case APPEAL_WAITING: return STR("waiting for funds");
    case APPEAL_GRANTED: return STR("granted");
    case APPEAL_DECLINED: return STR("declined");
    case APPEAL_WITHDRAWN: return STR("withdrawn");
    case APPEAL_LAPSED: return STR("lapsed");
    }
    return STR_NULL;
}

static bool take_appeal(void *arg, const struct sql_own_appeals_out *r) {
    struct writing *w = arg;
    const struct str values[] = {
        id_of(w, ID_ASSIGNMENT, r->assignment, r->alias),
        moment(w, r->filed_ms),
        appeal_word(r->state),
        r->reason ? str_c(appeal_reason_word((enum appeal_reason)r->reason)) : STR_NULL,
        r->body,
        r->question,
        r->reply,
        r->answer,
        moment(w, r->answered_ms),
        moment(w, r->closed_ms),
    };
    return row(w, r->assignment, values);
}
static enum st page_appeals(struct writing *w, struct tx *tx) {
    struct sql_own_appeals_in in = {w->in->worker, w->after, ROWS};
    return sql_own_appeals_each(tx, &in, take_appeal, w);
}

static bool take_qualification(void *arg, const struct sql_own_qualifications_out *r) {
    struct writing *w = arg;
    const struct str values[] = {
        id_of(w, ID_QUALIFICATION_TYPE, r->type, r->alias),
        r->name,
        r->author,
        number(w, r->value),
        r->status == QUALIFICATION_GRANTED ? STR("granted") : STR("revoked"),
        moment(w, r->granted_ms),
    };
    return row(w, r->type, values);
}
static enum st page_qualifications(struct writing *w, struct tx *tx) {
    struct sql_own_qualifications_in in = {w->in->worker, w->after, ROWS};
    return sql_own_qualifications_each(tx, &in, take_qualification, w);
}

static struct str request_word(int64_t state) {
    switch ((enum qualification_request_state)state) {
    case REQUEST_PENDING: return STR("pending");
    case REQUEST_GRANTED: return STR("granted");
    case REQUEST_REJECTED: return STR("rejected");
    }
    return STR_NULL;
}

static bool take_request(void *arg, const struct sql_own_requests_out *r) {
    struct writing *w = arg;
    const struct str values[] = {
        r->name,
        request_word(r->state),
        moment(w, r->asked_ms),
        moment(w, r->decided_ms),
        r->reason,
        r->fields,
    };
    return row(w, r->id, values);
}
static enum st page_requests(struct writing *w, struct tx *tx) {
    struct sql_own_requests_in in = {w->in->worker, w->after, ROWS};
    return sql_own_requests_each(tx, &in, take_request, w);
}

static const struct list lists[] = {
    {"work",
     "Your work and answers",
     {{"assignment_id", COLUMN_TEXT},
      {"hit_id", COLUMN_TEXT},
      {"title", COLUMN_TEXT},
      {"requester_id", COLUMN_TEXT},
      {"requester", COLUMN_TEXT},
      {"reward", COLUMN_NUMBER},
      {"state", COLUMN_TEXT},
      {"accepted", COLUMN_TEXT},
      {"submitted", COLUMN_TEXT},
      {"approved", COLUMN_TEXT},
      {"rejected", COLUMN_TEXT},
      {"feedback", COLUMN_TEXT},
      {"rejection", COLUMN_TEXT},
      {"answer", COLUMN_ANSWER}},
     page_work},
    {"earnings",
     "Earnings, posting by posting",
     {{"id", COLUMN_NUMBER},
      {"at", COLUMN_TEXT},
      {"what", COLUMN_TEXT},
      {"amount", COLUMN_NUMBER},
      {"requester_id", COLUMN_TEXT},
      {"requester", COLUMN_TEXT},
      {"assignment_id", COLUMN_TEXT},
      {"note", COLUMN_TEXT}},
     page_earnings},
    {"transfers",
     "Transfers",
     {{"id", COLUMN_NUMBER},
      {"amount", COLUMN_NUMBER},
      {"state", COLUMN_TEXT},
      {"to", COLUMN_WORKERS_TEXT},
      {"asked", COLUMN_TEXT},
      {"sent", COLUMN_TEXT},
      {"ended", COLUMN_TEXT},
      {"note", COLUMN_TEXT}},
     page_payouts},
    {"qualifications",
     "Qualifications",
     {{"qualification_type_id", COLUMN_TEXT},
      {"name", COLUMN_TEXT},
      {"author", COLUMN_TEXT},
      {"value", COLUMN_NUMBER},
      {"state", COLUMN_TEXT},
      {"since", COLUMN_TEXT}},
     page_qualifications},
    {"requests",
     "Requests for qualifications",
     {{"name", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"asked", COLUMN_TEXT},
      {"decided", COLUMN_TEXT},
      {"reason", COLUMN_TEXT},
      {"answer", COLUMN_ANSWER}},
     page_requests},
    {"messages",
     "Messages",
     {{"conversation", COLUMN_NUMBER},
      {"at", COLUMN_TEXT},
      {"from", COLUMN_TEXT},
      {"requester_id", COLUMN_TEXT},
      {"requester", COLUMN_TEXT},
      {"about", COLUMN_TEXT},
      {"text", COLUMN_WORKERS_TEXT}},
     page_messages},
    {"reports",
     "Reports of tasks",
     {{"at", COLUMN_TEXT},
      {"reason", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"about", COLUMN_TEXT},
      {"requester_id", COLUMN_TEXT},
      {"requester", COLUMN_TEXT},
      {"text", COLUMN_WORKERS_TEXT},
      {"answer", COLUMN_TEXT}},
     page_reports},
    {"appeals",
     "Appeals",
     {{"assignment_id", COLUMN_TEXT},
      {"filed", COLUMN_TEXT},
      {"state", COLUMN_TEXT},
      {"reason", COLUMN_TEXT},
      {"text", COLUMN_WORKERS_TEXT},
      {"question", COLUMN_TEXT},
      {"reply", COLUMN_WORKERS_TEXT},
      {"answer", COLUMN_TEXT},
      {"answered", COLUMN_TEXT},
      {"closed", COLUMN_TEXT}},
     page_appeals},
};
enum { LISTS = sizeof lists / sizeof *lists };

const char *own_data_list(size_t i) {
    return i < LISTS ? lists[i].name : NULL;
}

const char *own_data_title(size_t i) {
    return i < LISTS ? lists[i].title : NULL;
}

int own_data_find(struct str name) {
    for (int i = 0; i < (int)LISTS; i++)
        if (str_is(name, lists[i].name))
            return i;
    return -1;
}

/* ---- the file ---- */

static void flush(struct writing *w) {
    hand_on(w);
    arena_reset(&w->scratch);
}

static struct err write_list(struct writing *w, struct ctx *c, const struct list *list) {
    struct err e = NO_ERR;
    w->list = list;
    w->after = 0;
    do {
        w->rows = 0;
        e = ctx_store(c, list->page(w, c->tx));
        if (!failed(e))
            flush(w);
    } while (!failed(e) && !w->gone && w->rows == ROWS);
    return e;
}

static bool take_choice(void *arg, const struct sql_own_choices_out *r) {
    struct writing *w = arg;
    json_key_str(&w->json, r->key);
    json_str(&w->json, r->value);
    return true;
}

static struct err write_profile(struct writing *w, struct ctx *c) {
    struct party p;
    struct worker_figures f;
    struct balances b;
    struct json *j = &w->json;
    struct err e = account_by_id(c, w->in->worker, &p);
    if (!failed(e))
        e = worker_figures(c, p.id, &f);
    if (!failed(e))
        e = ctx_store(c, ledger_balances(c->tx, p.id, &b));
    if (failed(e))
        return e;
    json_key(j, "profile");
    json_open_object(j);
    json_kv_str(j, "worker_id", p.public_id);
    json_kv_str(j, "name", p.name);
    json_kv_str(j, "email", p.email);
    json_kv_str(j, "country", p.country);
    json_kv_cstr(j, "state", party_state_name(p.state));
    json_kv_bool(j, "adult_content", p.adult);
    json_kv_str(j, "registered", moment(w, p.created_ms));
    json_kv_int(j, "accepted", f.accepted);
    json_kv_int(j, "submitted", f.submitted);
    json_kv_int(j, "approved", f.approved);
    json_kv_int(j, "rejected", f.rejected);
    json_kv_int(j, "returned", f.returned);
    json_kv_int(j, "abandoned", f.abandoned);
    json_key(j, "to_transfer");
    json_raw(j, dollars(w, b.payable));
    json_key(j, "transferred");
    json_raw(j, dollars(w, b.extout));
    json_end(j);
    json_key(j, "settings");
    json_open_object(j);
    struct sql_own_choices_in in = {p.id, CHOICES_MAX};
    e = ctx_store(c, sql_own_choices_each(c->tx, &in, take_choice, w));
    json_end(j);
    return e;
}

static struct err write_json(struct writing *w, struct ctx *c) {
    w->json = json_begin(&w->text);
    json_open_object(&w->json);
    struct err e = write_profile(w, c);
    for (size_t i = 0; i < LISTS && !failed(e) && !w->gone; i++) {
        json_key(&w->json, lists[i].name);
        json_open_array(&w->json);
        e = write_list(w, c, &lists[i]);
        json_end(&w->json);
    }
    if (failed(e))
        return e;
    json_end(&w->json);
    flush(w);
    return e;
}

static struct err write_csv(struct writing *w, struct ctx *c) {
    const struct list *list = &lists[w->in->list];
    csv_out_begin(&w->csv, &w->text, (enum csv_dialect)w->in->dialect);
    for (size_t i = 0; list->columns[i].name; i++)
        csv_cell(&w->csv, str_c(list->columns[i].name));
    csv_row_end(&w->csv);
    return write_list(w, c, list);
}

static enum tx_end write_all(struct tx *tx, void *arg) {
    struct writing *w = arg;
    struct ctx c;
    struct actor self = {.entrance = ENTRANCE_PAGE, .party = w->in->worker};
    w->err = ctx_begin(&c, tx, &self, w->ids);
    if (!failed(w->err))
        w->err = w->in->list < 0 ? write_json(w, &c) : write_csv(w, &c);
    return TX_ROLLBACK;
}

struct err own_data_write(struct store *store, const struct id_key *ids, struct arena *a,
                          const struct own_data_in *in, statement_sink *sink, void *arg) {
    struct writing w = {.ids = ids, .in = in, .sink = sink, .arg = arg};
    arena_init(&w.scratch, 0);
    enum st st = store_read(store, write_all, &w);
    bool bad = st != ST_OK || failed(w.err);
    arena_free(&w.scratch);
    buf_free(&w.text);
    buf_free(&w.answer);
    return bad ? err_make(a, ERR_STORE, NULL, "The store failed: %.*s",
                          STR_ARG(store_error(store, a)))
               : NO_ERR;
}

/* Kept as "hour count" among what he has chosen, but not in the audit. */
struct err own_data_take(struct ctx *c, int64_t worker) {
    struct str kept = STR("");
    int64_t hour = 0, count = 0, now = c->now_ms / 3600000;
    struct err e = preference_get(c, worker, PREFERENCE_DOWNLOADS, &kept);
    if (failed(e))
        return e;
    if (!num_parse(str_cut(&kept, ' '), 0, INT64_MAX, &hour) || hour != now ||
        !num_parse(kept, 0, INT64_MAX, &count))
        count = 0;
    if (count >= OWN_DATA_PER_HOUR)
        return err_make(c->arena, ERR_SLOW_DOWN, NULL,
                        "You have downloaded your data %d times in this hour; go on in the next "
                        "one.",
                        OWN_DATA_PER_HOUR);
    struct sql_preference_put_in in = {
        .party = worker,
        .key = str_c(PREFERENCE_DOWNLOADS),
        .value = str_printf(c->arena, "%lld %lld", (long long)now, (long long)count + 1),
    };
    return ctx_store(c, sql_preference_put(c->tx, &in, NULL));
}
