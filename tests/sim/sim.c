/* sim STORE SEED STEPS: random steps by several requesters and workers on a simulated clock; after
 * each, the market must have answered as the model does and hold the same money and figures; every
 * few dozen steps all invariants of `hitd check` are verified. A difference prints the seed, the
 * step and what was done, and ends with status 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"
#include "ledger/ledger.h"
#include "market/account.h"
#include "market/bonus.h"
#include "market/check.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/funds.h"
#include "market/hit.h"
#include "market/publish.h"
#include "market/work.h"
#include "model.h"
#include "store/sql.h"

struct sim {
    struct store *store;
    struct arena arena;
    struct id_key ids;
    struct model m;
    uint64_t random;
    int64_t seed, step;
    int64_t requesters[M_REQUESTERS], workers[M_WORKERS];
    char hit_ids[M_HITS][ID_LEN + 1], work_ids[M_ASSIGNMENTS][ID_LEN + 1];
    char what[200];
};

/* splitmix64: the same steps from the same seed everywhere. */
static uint64_t draw(struct sim *s, uint64_t below) {
    uint64_t z = (s->random += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (z ^ (z >> 31)) % below;
}

static void stop(const struct sim *s, const char *why) {
    printf("seed %lld, step %lld: %s: %s\n", (long long)s->seed, (long long)s->step, s->what, why);
    exit(1);
}

/* --- running a rule --- */

typedef struct err rule_fn(struct ctx *c, struct sim *s);

struct call {
    struct sim *s;
    rule_fn *rule;
    struct actor actor;
    struct err e;
};

static enum tx_end run_call(struct tx *tx, void *arg) {
    struct call *call = arg;
    struct ctx c;
    tx_use_arena(tx, &call->s->arena);
    call->e = ctx_begin(&c, tx, &call->actor, &call->s->ids);
    if (!failed(call->e))
        call->e = call->rule(&c, call->s);
    return ctx_end(call->e);
}

static struct err run(struct sim *s, int64_t party, rule_fn *rule) {
    struct call call = {.s = s, .rule = rule};
    call.actor = (struct actor){.entrance = ENTRANCE_API, .party = party};
    if (store_write(s->store, party, run_call, &call) != ST_OK && !failed(call.e))
        stop(s, "the store failed");
    if (call.e.code == ERR_STORE || call.e.code == ERR_RETRY)
        stop(s, call.e.detail ? call.e.detail : "the store failed");
    return call.e;
}

/* --- beginning --- */

static struct err begin_rule(struct ctx *c, struct sim *s) {
    struct party p;
    char now[24];
    snprintf(now, sizeof(now), "%lld", (long long)s->m.now_ms);
    enum st st =
        sql_meta_put(c->tx, &(struct sql_meta_put_in){STR("clock"), STR("simulated")}, NULL);
    if (st == ST_OK)
        st = sql_meta_put(c->tx, &(struct sql_meta_put_in){STR("clock_ms"), str_c(now)}, NULL);
    struct err e = ctx_store(c, st);
    for (int i = 0; i < M_REQUESTERS + M_WORKERS && !failed(e); i++) {
        bool worker = i >= M_REQUESTERS;
        struct account_add_in in = {
            .role = worker ? ROLE_WORKER : ROLE_REQUESTER,
            .email = str_printf(c->arena, "p%d@sim.example", i),
            .name = STR("sim"),
            .country = STR("US"),
            .password = STR(""),
        };
        e = account_add(c, &in, &p);
        *(worker ? &s->workers[i - M_REQUESTERS] : &s->requesters[i]) = p.id;
    }
    return e;
}

static void begin(struct sim *s, const char *url) {
    unsigned char key[ID_KEY_LEN] = {7};
    arena_init(&s->arena, 0);
    id_key_init(&s->ids, key);
    struct err e = store_open(&s->arena, url, &(struct store_options){.create = true}, &s->store);
    if (!failed(e))
        e = store_migrate(s->store, &s->arena, NULL);
    s->m.now_ms = INT64_C(1790000000000);
    s->m.grace_s = 5;
    snprintf(s->what, sizeof(s->what), "begin");
    if (!failed(e))
        e = run(s, 0, begin_rule);
    if (failed(e))
        stop(s, e.detail);
}

/* --- steps: each asks the market and the model, and compares --- */

static void agree(const struct sim *s, struct err e, bool model) {
    char why[300];
    if (!failed(e) == model)
        return;
    snprintf(why, sizeof(why), "the market says %s, the model %s",
             failed(e) ? (e.detail ? e.detail : err_slug(e.code)) : "yes", model ? "yes" : "no");
    stop(s, why);
}

static struct {
    int requester, worker, hit, work;
    int64_t cents, at_ms, more;
    bool flag;
    struct m_hit plan;
} now; /* what the step at hand is about */

static struct err deposit_rule(struct ctx *c, struct sim *s) {
    return funds_deposit(c, s->requesters[now.requester], now.cents, STR_NULL, NULL);
}

static void step_deposit(struct sim *s) {
    now.requester = (int)draw(s, M_REQUESTERS);
    now.cents = 1 + (int64_t)draw(s, 400);
    snprintf(s->what, sizeof(s->what), "deposit %lld", (long long)now.cents);
    agree(s, run(s, s->requesters[now.requester], deposit_rule), true);
    s->m.avail[now.requester] += now.cents;
    s->m.deposits[now.requester] += now.cents;
}

static struct err publish_rule(struct ctx *c, struct sim *s) {
    struct hit_type type;
    struct hit_type_in in = {
        .title = STR("sim"),
        .description = STR("sim"),
        .keywords = STR(""),
        .requirements = STR("[]"),
        .reward_cents = now.plan.reward,
        .duration_s = now.plan.duration_s,
        .auto_approval_s = now.plan.auto_s,
    };
    int64_t row = 0;
    struct err e = hit_type_make(c, &in, &type);
    struct publish_hit_in hit = {
        .type = &type,
        .lifetime_s = (now.plan.expires_ms - s->m.now_ms) / 1000,
        .max_assignments = now.plan.max,
        .question = STR("<HTMLQuestion/>"),
    };
    if (!failed(e))
        e = publish_hit(c, &hit, &row);
    if (!failed(e))
        id_seal_to(c->ids, ID_HIT, row, s->hit_ids[s->m.hit_count]);
    return e;
}

static void step_publish(struct sim *s) {
    static const int64_t delays[] = {0, 3600, 86400, 2592000};
    if (s->m.hit_count == M_HITS)
        return;
    now.plan = (struct m_hit){
        .requester = (int)draw(s, M_REQUESTERS),
        .reward = (int64_t)draw(s, 30),
        .max = 1 + (int64_t)draw(s, 12),
        .auto_s = delays[draw(s, 4)],
        .duration_s = 30 + (int64_t)draw(s, 7200),
        .expires_ms = s->m.now_ms + 1000 * (30 + (int64_t)draw(s, 20 * 86400)),
    };
    snprintf(s->what, sizeof(s->what), "publish reward %lld, max %lld", (long long)now.plan.reward,
             (long long)now.plan.max);
    struct err e = run(s, s->requesters[now.plan.requester], publish_rule);
    agree(s, e, m_publish(&s->m, &now.plan));
}

static struct err accept_rule(struct ctx *c, struct sim *s) {
    struct accepted out;
    struct err e = work_accept(c, &(struct accept_in){.hit_id = str_c(s->hit_ids[now.hit])}, &out);
    if (!failed(e))
        memcpy(s->work_ids[s->m.work_count], out.assignment_id.p, ID_LEN + 1);
    return e;
}

static void step_accept(struct sim *s) {
    if (!s->m.hit_count || s->m.work_count == M_ASSIGNMENTS)
        return;
    now.hit = (int)draw(s, (uint64_t)s->m.hit_count);
    if (draw(s, 3)) /* mostly one of the newest */
        now.hit = s->m.hit_count - 1 - (int)draw(s, s->m.hit_count < 8 ? 1 : 8);
    now.worker = (int)draw(s, M_WORKERS);
    snprintf(s->what, sizeof(s->what), "worker %d accepts hit %d", now.worker, now.hit);
    struct err e = run(s, s->workers[now.worker], accept_rule);
    agree(s, e, m_accept(&s->m, now.hit, now.worker));
}

static bool pick_work(struct sim *s) {
    if (!s->m.work_count)
        return false;
    int n = s->m.work_count;
    now.work = n - 1 - (int)draw(s, (uint64_t)(n < 60 || !draw(s, 4) ? n : 60));
    now.worker = s->m.work[now.work].worker;
    now.hit = s->m.work[now.work].hit;
    now.requester = s->m.hits[now.hit].requester;
    return true;
}

static struct err submit_rule(struct ctx *c, struct sim *s) {
    static const struct str names[] = {{"a", 1}};
    struct submitted out;
    struct str fields = str_printf(c->arena, "1:a1:14:%lld", (long long)(1000 + now.work % 9000));
    struct submit_in in = {
        .assignment_id = str_c(s->work_ids[now.work]),
        .fields = fields,
        .names = names,
        .name_count = 1,
    };
    struct err e = work_submit(c, &in, &out);
    if (!failed(e) && out.again)
        return err_make(c->arena, ERR_NOT_IN_PROGRESS, NULL, "it was submitted before");
    return e;
}

static void step_submit(struct sim *s) {
    if (!pick_work(s))
        return;
    snprintf(s->what, sizeof(s->what), "submit %d", now.work);
    struct err e = run(s, s->workers[now.worker], submit_rule);
    agree(s, e, m_submit(&s->m, now.work));
}

static struct err return_rule(struct ctx *c, struct sim *s) {
    return work_return(c, str_c(s->work_ids[now.work]));
}

static void step_return(struct sim *s) {
    if (!pick_work(s))
        return;
    snprintf(s->what, sizeof(s->what), "return %d", now.work);
    struct err e = run(s, s->workers[now.worker], return_rule);
    agree(s, e, m_return(&s->m, now.work));
}

static struct err approve_rule(struct ctx *c, struct sim *s) {
    struct decided out;
    struct decide_in in = {.assignment_id = str_c(s->work_ids[now.work]),
                           .override_rejection = now.flag};
    return decide_approve(c, &in, &out);
}

static void step_approve(struct sim *s) {
    if (!pick_work(s))
        return;
    now.flag = draw(s, 2);
    snprintf(s->what, sizeof(s->what), "approve %d, override %d", now.work, now.flag);
    struct err e = run(s, s->requesters[now.requester], approve_rule);
    agree(s, e, m_approve(&s->m, now.work, now.flag));
}

static struct err reject_rule(struct ctx *c, struct sim *s) {
    struct decided out;
    struct decide_in in = {.assignment_id = str_c(s->work_ids[now.work]), .feedback = STR("no")};
    return decide_reject(c, &in, &out);
}

static void step_reject(struct sim *s) {
    if (!pick_work(s))
        return;
    snprintf(s->what, sizeof(s->what), "reject %d", now.work);
    struct err e = run(s, s->requesters[now.requester], reject_rule);
    agree(s, e, m_reject(&s->m, now.work));
}

static struct err bonus_rule(struct ctx *c, struct sim *s) {
    struct bonus_sent out;
    struct party worker;
    struct err e = account_by_id(c, s->workers[now.worker], &worker);
    struct bonus_send_in in = {.assignment_id = str_c(s->work_ids[now.work]),
                               .worker_id = worker.public_id,
                               .cents = now.cents,
                               .reason = STR("well done")};
    return failed(e) ? e : bonus_send(c, &in, &out);
}

static void step_bonus(struct sim *s) {
    if (!pick_work(s))
        return;
    now.cents = 1 + (int64_t)draw(s, 20);
    snprintf(s->what, sizeof(s->what), "bonus %lld for %d", (long long)now.cents, now.work);
    struct err e = run(s, s->requesters[now.requester], bonus_rule);
    agree(s, e, m_bonus(&s->m, now.work, now.cents));
}

static bool pick_hit(struct sim *s) {
    if (!s->m.hit_count)
        return false;
    now.hit = (int)draw(s, (uint64_t)s->m.hit_count);
    now.requester = s->m.hits[now.hit].requester;
    return true;
}

static struct err expire_rule(struct ctx *c, struct sim *s) {
    return hit_update_expiration(c, str_c(s->hit_ids[now.hit]), now.at_ms);
}

static void step_expire(struct sim *s) {
    if (!pick_hit(s))
        return;
    now.at_ms = draw(s, 2) ? 0 : s->m.now_ms + 6000 + 1000 * (int64_t)draw(s, 5 * 86400);
    snprintf(s->what, sizeof(s->what), "hit %d expires at %lld", now.hit, (long long)now.at_ms);
    struct err e = run(s, s->requesters[now.requester], expire_rule);
    agree(s, e, m_expire(&s->m, now.hit, now.at_ms));
}

static struct err more_rule(struct ctx *c, struct sim *s) {
    return hit_add_assignments(c, str_c(s->hit_ids[now.hit]), now.more, STR_NULL);
}

static void step_more(struct sim *s) {
    if (!pick_hit(s))
        return;
    now.more = 1 + (int64_t)draw(s, 3);
    snprintf(s->what, sizeof(s->what), "hit %d, %lld more", now.hit, (long long)now.more);
    struct err e = run(s, s->requesters[now.requester], more_rule);
    agree(s, e, m_more(&s->m, now.hit, now.more));
}

static struct err delete_rule(struct ctx *c, struct sim *s) {
    return hit_delete(c, str_c(s->hit_ids[now.hit]));
}

static void step_delete(struct sim *s) {
    if (!pick_hit(s))
        return;
    snprintf(s->what, sizeof(s->what), "delete hit %d", now.hit);
    struct err e = run(s, s->requesters[now.requester], delete_rule);
    agree(s, e, m_delete(&s->m, now.hit));
}

static struct err clock_rule(struct ctx *c, struct sim *s) {
    struct str text = str_printf(c->arena, "%lld", (long long)s->m.now_ms);
    return ctx_store(c,
                     sql_meta_put(c->tx, &(struct sql_meta_put_in){STR("clock_ms"), text}, NULL));
}

/* Mostly minutes, now and then a month; the sweeper runs only sometimes, so due-first is at work.
 */
static void step_clock(struct sim *s) {
    uint64_t kind = draw(s, 40);
    int64_t by_s = kind == 0  ? (int64_t)draw(s, 40 * 86400)
                   : kind < 8 ? (int64_t)draw(s, 86400)
                              : (int64_t)draw(s, 900);
    s->m.now_ms += by_s * 1000;
    snprintf(s->what, sizeof(s->what), "clock + %lld s", (long long)by_s);
    agree(s, run(s, 0, clock_rule), true);
}

/* --- comparing --- */

static struct err sweep_rule(struct ctx *c, struct sim *s) {
    int64_t done = 1;
    struct err e = NO_ERR;
    (void)s;
    while (done && !failed(e))
        e = due_sweep(c, 100, &done);
    return e;
}

static void differ(const struct sim *s, const char *what, int who, int64_t market, int64_t model) {
    char why[200];
    if (market == model)
        return;
    snprintf(why, sizeof(why), "%s %d: the market has %lld, the model %lld", what, who,
             (long long)market, (long long)model);
    stop(s, why);
}

static struct err compare_rule(struct ctx *c, struct sim *s) {
    struct balances b;
    enum st st = ST_OK;
    for (int i = 0; i < M_REQUESTERS && st == ST_OK; i++) {
        st = ledger_balances(c->tx, s->requesters[i], &b);
        differ(s, "available of requester", i, b.avail, s->m.avail[i]);
        differ(s, "held of requester", i, b.held, m_held(&s->m, i));
        differ(s, "fees of requester", i, b.fee, s->m.fees[i]);
    }
    for (int i = 0; i < M_WORKERS && st == ST_OK; i++) {
        struct dashboard d;
        struct actor as_worker = {.entrance = ENTRANCE_API, .party = s->workers[i]};
        struct ctx wc = *c;
        const struct m_worker *w = &s->m.workers[i];
        wc.actor = &as_worker;
        struct err e = work_dashboard(&wc, NULL, &d);
        if (failed(e))
            return e;
        differ(s, "payable of worker", i, d.payable_cents, w->payable);
        differ(s, "accepted of worker", i, d.figures.accepted, w->accepted);
        differ(s, "submitted of worker", i, d.figures.submitted, w->submitted);
        differ(s, "approved of worker", i, d.figures.approved, w->approved);
        differ(s, "rejected of worker", i, d.figures.rejected, w->rejected);
        differ(s, "returned of worker", i, d.figures.returned, w->returned);
        differ(s, "abandoned of worker", i, d.figures.abandoned, w->abandoned);
    }
    return ctx_store(c, st);
}

static void print_violation(void *arg, struct str line) {
    (void)arg;
    printf("%.*s\n", STR_ARG(line));
}

static struct err check_rule(struct ctx *c, struct sim *s) {
    int64_t violations = 0;
    struct err e = check_run(c, print_violation, NULL, &violations);
    if (!failed(e) && violations)
        stop(s, "hitd check finds something wrong");
    return e;
}

static void compare(struct sim *s) {
    struct err e = run(s, 0, sweep_rule);
    if (!failed(e))
        e = run(s, 0, compare_rule);
    if (!failed(e) && s->step % 50 == 0)
        e = run(s, 0, check_rule);
    if (failed(e))
        stop(s, e.detail);
}

static void one_step(struct sim *s) {
    static void (*const steps[])(struct sim *) = {
        step_deposit, step_publish, step_publish, step_accept,  step_accept, step_accept,
        step_accept,  step_submit,  step_submit,  step_submit,  step_return, step_approve,
        step_approve, step_reject,  step_reject,  step_bonus,   step_expire, step_more,
        step_delete,  step_clock,   step_clock,   step_approve, step_accept, step_submit,
    };
    m_due(&s->m);
    steps[draw(s, sizeof(steps) / sizeof(steps[0]))](s);
    m_due(&s->m);
    if (draw(s, 4) == 0)
        compare(s);
}

int main(int argc, char **argv) {
    static struct sim sim;
    int64_t steps;
    if (argc != 4 || !num_parse(str_c(argv[2]), 0, INT64_MAX, &sim.seed) ||
        !num_parse(str_c(argv[3]), 1, INT64_MAX, &steps)) {
        fprintf(stderr, "usage: sim STORE SEED STEPS\n");
        return 2;
    }
    sim.random = (uint64_t)sim.seed;
    begin(&sim, argv[1]);
    for (sim.step = 1; sim.step <= steps; sim.step++) {
        one_step(&sim);
        arena_reset(&sim.arena);
    }
    compare(&sim);
    printf("seed %lld: %lld steps, %d tasks, %d assignments: the market and the model agree\n",
           (long long)sim.seed, (long long)steps, sim.m.hit_count, sim.m.work_count);
    store_close(sim.store);
    id_key_free(&sim.ids);
    arena_free(&sim.arena);
    return 0;
}
