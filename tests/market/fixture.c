#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/datetime.h"
#include "base/num.h"
#include "ledger/ledger.h"
#include "market/account.h"
#include "market/check.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/funds.h"
#include "market/hit_type.h"
#include "market/publish.h"
#include "market/work.h"
#include "store/sql.h"
#include "store/stmt.h"

static void must(struct err e, const char *doing) {
    if (failed(e))
        fail_msg("%s: %s %s", doing, err_slug(e.code), e.detail ? e.detail : "");
}

/* ---- transactions ---- */

struct call {
    struct market *m;
    int64_t party;
    market_rule *rule;
    void *arg;
    struct err err;
};

static enum tx_end call_fn(struct tx *tx, void *arg) {
    struct call *k = arg;
    struct actor actor = {.entrance = ENTRANCE_API, .party = k->party};
    struct ctx c;
    tx_use_arena(tx, k->m->arena);
    k->err = ctx_begin(&c, tx, &actor, &k->m->ids);
    if (!failed(k->err))
        k->err = k->rule(&c, k->arg);
    return ctx_end(k->err);
}

struct err market_write(struct market *m, int64_t party, market_rule *rule, void *arg) {
    struct call k = {.m = m, .party = party, .rule = rule, .arg = arg};
    enum st st = store_write(m->f.store, party, call_fn, &k);
    if (st != ST_OK && !failed(k.err))
        fail_msg("the store failed: %.*s", STR_ARG(store_error(m->f.store, m->arena)));
    return k.err;
}

struct err market_read(struct market *m, int64_t party, market_rule *rule, void *arg) {
    struct call k = {.m = m, .party = party, .rule = rule, .arg = arg};
    if (store_read(m->f.store, call_fn, &k) != ST_OK)
        fail_msg("the store failed: %.*s", STR_ARG(store_error(m->f.store, m->arena)));
    return k.err;
}

static enum tx_end script_fn(struct tx *tx, void *arg) {
    return tx->ops->script(tx, arg) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static void script(struct market *m, char *text) {
    if (store_write(m->f.store, 0, script_fn, text) != ST_OK || store_error(m->f.store, m->arena).n)
        fail_msg("%s: %.*s", text, STR_ARG(store_error(m->f.store, m->arena)));
}

void market_sql(struct market *m, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(m->arena, fmt, ap);
    va_end(ap);
    script(m, text);
}

static struct err get_number(struct ctx *c, void *arg) {
    int64_t *value = arg;
    return ctx_setting_int(c, "test_number", -1, value);
}

int64_t market_number(struct market *m, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const char *query = arena_vprintf(m->arena, fmt, ap);
    va_end(ap);
    script(m, arena_printf(m->arena,
                           "DELETE FROM meta WHERE key = 'test_number'; INSERT INTO meta (key, "
                           "value) SELECT 'test_number', CAST((%s) AS TEXT)",
                           query));
    int64_t value = -1;
    must(market_read(m, 0, get_number, &value), query);
    return value;
}

static struct err get_text(struct ctx *c, void *arg) {
    struct sql_meta_get_out out;
    enum st st = sql_meta_get(c->tx, &(struct sql_meta_get_in){STR("test_text")}, &out);
    *(struct str *)arg = st == ST_OK ? out.value : STR_NULL;
    return ctx_store(c, st);
}

struct str market_text(struct market *m, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const char *query = arena_vprintf(m->arena, fmt, ap);
    va_end(ap);
    script(m, arena_printf(m->arena,
                           "DELETE FROM meta WHERE key = 'test_text'; INSERT INTO meta (key, "
                           "value) SELECT 'test_text', COALESCE((%s), '')",
                           query));
    struct str text = STR_NULL;
    must(market_read(m, 0, get_text, &text), query);
    return text;
}

struct str market_table(struct market *m, const char *table) {
    if (m->f.kind == FIXTURE_POSTGRES)
        return market_text(m, "SELECT STRING_AGG(t.*::text, CHR(10) ORDER BY t.*::text) FROM %s t",
                           table);
    struct str columns = market_text(
        m, "SELECT GROUP_CONCAT('quote(' || name || ')', '||'',''||') FROM pragma_table_info('%s')",
        table);
    return market_text(m,
                       "SELECT GROUP_CONCAT(line, CHAR(10)) FROM (SELECT %.*s AS line FROM %s "
                       "ORDER BY 1)",
                       STR_ARG(columns), table);
}

/* ---- the market itself ---- */

void market_set(struct market *m, const char *key, const char *value) {
    market_sql(m,
               "INSERT INTO meta (key, value) VALUES ('%s', '%s') ON CONFLICT (key) DO UPDATE "
               "SET value = excluded.value",
               key, value);
}

static void set_clock(struct market *m) {
    market_set(m, "clock_ms", arena_printf(m->arena, "%lld", (long long)m->now_ms));
}

void market_open(struct market *m, enum fixture_kind kind) {
    static const unsigned char key[ID_KEY_LEN] = "sixteen bytes ok";
    *m = (struct market){.now_ms = INT64_C(1767225600000)};
    if (!fixture_open_migrated(&m->f, kind))
        skip();
    m->arena = &m->f.arena;
    id_key_init(&m->ids, key);
    market_set(m, "clock", "simulated");
    market_set(m, "submit_grace_s", "0");
    set_clock(m);
}

void market_drop(struct market *m) {
    id_key_free(&m->ids);
    fixture_close(&m->f);
}

void market_close(struct market *m) {
    struct str lines;
    if (market_violations(m, &lines))
        fail_msg("%.*s", STR_ARG(lines));
    market_drop(m);
}

void market_advance(struct market *m, int64_t seconds) {
    m->now_ms += seconds * 1000;
    set_clock(m);
}

void market_sweep(struct market *m) {
    must(due_all(m->f.store, m->arena, &m->ids), "due_all");
}

/* ---- parties ---- */

struct adding {
    struct account_add_in in;
    struct party out;
};

static struct err add_party(struct ctx *c, void *arg) {
    struct adding *a = arg;
    return account_add(c, &a->in, &a->out);
}

static int64_t party(struct market *m, const char *name, enum role role) {
    struct adding a = {.in = {
                           .role = role,
                           .name = str_c(name),
                           .email = str_printf(m->arena, "%s@example.org", name),
                           .country = STR("US-CA"),
                           .password = STR(""),
                       }};
    must(market_write(m, 0, add_party, &a), name);
    return a.out.id;
}

int64_t market_requester(struct market *m, const char *name) {
    return party(m, name, ROLE_REQUESTER);
}

int64_t market_worker(struct market *m, const char *name) {
    return party(m, name, ROLE_WORKER);
}

static struct err deposit(struct ctx *c, void *arg) {
    return funds_deposit(c, c->actor->party, *(int64_t *)arg, STR_NULL, NULL);
}

void market_deposit(struct market *m, int64_t requester, int64_t cents) {
    must(market_write(m, requester, deposit, &cents), "deposit");
}

static struct err refund(struct ctx *c, void *arg) {
    return funds_refund(c, c->actor->party, *(int64_t *)arg, STR_NULL, NULL);
}

void market_refund(struct market *m, int64_t requester, int64_t cents) {
    must(market_write(m, requester, refund, &cents), "refund");
}

/* ---- HITs ---- */

struct publishing {
    const struct hit_plan *plan;
    int64_t hit;
};

static struct err publish(struct ctx *c, void *arg) {
    struct publishing *p = arg;
    const struct hit_plan *plan = p->plan;
    struct hit_type_in in = {
        .title = str_c(plan->title ? plan->title : "Title"),
        .description = STR("What is to be done"),
        .requirements = str_c(plan->requirements),
        .reward_cents = plan->reward_cents,
        .duration_s = plan->duration_s ? plan->duration_s : 3600,
        .auto_approval_s = plan->auto_approval_s == 0  ? -1
                           : plan->auto_approval_s < 0 ? 0
                                                       : plan->auto_approval_s,
    };
    struct hit_type type;
    struct err e = hit_type_make(c, &in, &type);
    if (failed(e))
        return e;
    struct publish_hit_in hit = {
        .type = &type,
        .lifetime_s = plan->lifetime_s ? plan->lifetime_s : MARKET_DAY_S,
        .max_assignments = plan->max ? plan->max : 1,
        .question = STR("<ExternalQuestion/>"),
        .token = str_c(plan->token),
        .assignment_policy = plan->assignment_policy,
        .hit_policy = plan->hit_policy,
    };
    return publish_hit(c, &hit, &p->hit);
}

struct err market_try_hit(struct market *m, int64_t requester, const struct hit_plan *plan,
                          int64_t *hit) {
    struct publishing p = {.plan = plan};
    struct err e = market_write(m, requester, publish, &p);
    *hit = p.hit;
    return e;
}

int64_t market_hit(struct market *m, int64_t requester, const struct hit_plan *plan) {
    int64_t hit = 0;
    must(market_try_hit(m, requester, plan, &hit), "publish_hit");
    return hit;
}

struct str market_hit_id(struct market *m, int64_t hit) {
    return id_seal(m->arena, &m->ids, ID_HIT, hit);
}

struct str market_assignment_id(struct market *m, int64_t assignment) {
    return id_seal(m->arena, &m->ids, ID_ASSIGNMENT, assignment);
}

static struct err expire(struct ctx *c, void *arg) {
    return hit_update_expiration(c, id_seal(c->arena, c->ids, ID_HIT, *(int64_t *)arg), 0);
}

void market_expire(struct market *m, int64_t requester, int64_t hit) {
    must(market_write(m, requester, expire, &hit), "expire");
}

/* ---- work ---- */

struct accepting {
    struct accept_in in;
    struct accepted out;
};

static struct err accept_rule(struct ctx *c, void *arg) {
    struct accepting *a = arg;
    return work_accept(c, &a->in, &a->out);
}

int64_t market_accept(struct market *m, int64_t worker, int64_t hit) {
    struct accepting a = {.in = {.hit_id = market_hit_id(m, hit)}};
    int64_t type = market_number(m, "SELECT hit_type FROM hit WHERE id = %lld", (long long)hit);
    a.in.group_id = id_seal(m->arena, &m->ids, ID_HIT_GROUP, type);
    must(market_write(m, worker, accept_rule, &a), "work_accept");
    return a.out.assignment;
}

static struct err submit_rule(struct ctx *c, void *arg) {
    struct submitted out;
    return work_submit(c, arg, &out);
}

struct err market_try_submit(struct market *m, int64_t worker, int64_t assignment,
                             struct str fields) {
    static const struct str names[] = {{"a", 1}};
    struct submit_in in = {.assignment_id = market_assignment_id(m, assignment),
                           .fields = fields,
                           .names = names,
                           .name_count = 1};
    return market_write(m, worker, submit_rule, &in);
}

void market_submit(struct market *m, int64_t worker, int64_t assignment) {
    must(market_try_submit(m, worker, assignment, STR("1:a1:11:x")), "work_submit");
}

int64_t market_work(struct market *m, int64_t worker, int64_t hit) {
    int64_t assignment = market_accept(m, worker, hit);
    market_submit(m, worker, assignment);
    return assignment;
}

static struct err return_rule(struct ctx *c, void *arg) {
    return work_return(c, *(struct str *)arg);
}

void market_return(struct market *m, int64_t worker, int64_t assignment) {
    struct str id = market_assignment_id(m, assignment);
    must(market_write(m, worker, return_rule, &id), "work_return");
}

static struct err approve_rule(struct ctx *c, void *arg) {
    struct decided out;
    return decide_approve(c, arg, &out);
}

static struct err reject_rule(struct ctx *c, void *arg) {
    struct decided out;
    return decide_reject(c, arg, &out);
}

void market_approve(struct market *m, int64_t requester, int64_t assignment) {
    struct decide_in in = {.assignment_id = market_assignment_id(m, assignment)};
    must(market_write(m, requester, approve_rule, &in), "decide_approve");
}

void market_reject(struct market *m, int64_t requester, int64_t assignment) {
    struct decide_in in = {.assignment_id = market_assignment_id(m, assignment),
                           .feedback = STR("Not what was asked for")};
    must(market_write(m, requester, reject_rule, &in), "decide_reject");
}

struct err market_overturn(struct market *m, int64_t requester, int64_t assignment) {
    struct decide_in in = {.assignment_id = market_assignment_id(m, assignment),
                           .override_rejection = true};
    return market_write(m, requester, approve_rule, &in);
}

/* ---- looking ---- */

void expect(struct err e, enum err_code code) {
    if (e.code != code)
        fail_msg("got %s: %s; want %s", failed(e) ? err_slug(e.code) : "no error",
                 e.detail ? e.detail : "", code ? err_slug(code) : "no error");
}

void expect_words(struct err e, enum err_code code, const char *opening) {
    expect(e, code);
    if (!e.detail || strncmp(e.detail, opening, strlen(opening)) != 0)
        fail_msg("got \"%s\", want \"%s…\"", e.detail ? e.detail : "", opening);
}

struct viewing {
    int64_t hit;
    struct hit_view view;
};

static struct err view_rule(struct ctx *c, void *arg) {
    struct viewing *v = arg;
    return hit_view_row(c, v->hit, &v->view);
}

struct hit_view market_view(struct market *m, int64_t hit) {
    struct viewing v = {.hit = hit};
    must(market_read(m, 0, view_rule, &v), "hit_view_row");
    return v.view;
}

void market_expect_hit(struct market *m, int64_t hit, enum hit_status status, int64_t available,
                       int64_t pending) {
    struct hit_view v = market_view(m, hit);
    assert_string_equal(hit_status_name(v.status), hit_status_name(status));
    assert_int_equal(v.available, available);
    assert_int_equal(v.n.pending, pending);
}

struct looking {
    int64_t party;
    struct balances b;
};

static struct err balances_rule(struct ctx *c, void *arg) {
    struct looking *l = arg;
    return ctx_store(c, ledger_balances(c->tx, l->party, &l->b));
}

void market_expect(struct market *m, int64_t requester, int64_t avail, int64_t held) {
    struct looking l = {.party = requester};
    must(market_read(m, 0, balances_rule, &l), "ledger_balances");
    assert_int_equal(l.b.avail, avail);
    assert_int_equal(l.b.held, held);
}

int64_t market_balance(struct market *m, int64_t party, enum account_kind kind) {
    return market_number(m, "SELECT COALESCE(MAX(balance), 0) FROM account WHERE id = %lld",
                         (long long)account_id(party, kind));
}

void market_expect_payable(struct market *m, int64_t worker, int64_t cents) {
    struct looking l = {.party = worker};
    must(market_read(m, 0, balances_rule, &l), "ledger_balances");
    assert_int_equal(l.b.payable, cents);
}

struct checking {
    struct buf lines;
    int64_t violations;
};

static void keep_line(void *arg, struct str line) {
    struct checking *k = arg;
    buf_str(&k->lines, line);
    buf_putc(&k->lines, '\n');
}

static struct err check_rule(struct ctx *c, void *arg) {
    struct checking *k = arg;
    buf_clear(&k->lines);
    return check_run(c, keep_line, k, &k->violations);
}

int64_t market_violations(struct market *m, struct str *lines) {
    struct checking k = {BUF_INIT, 0};
    must(market_read(m, 0, check_rule, &k), "check_run");
    if (lines)
        *lines = buf_dup(m->arena, &k.lines);
    buf_free(&k.lines);
    return k.violations;
}
