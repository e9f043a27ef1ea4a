/* Projects that are edited, versioned, deleted and restored, and drafts that are looked at. */
#include "fixture.h"

#include "base/pack.h"
#include "market/account.h"
#include "market/draft.h"
#include "market/project.h"
#include "market/publish.h"
#include "market/qualification.h"

struct job {
    int64_t id, seen, version, batch, row;
    struct project_in in;
    struct project p;
    struct project_versions versions;
    struct project_figures figures;
    struct project_work work;
    struct project_audience audience;
    struct draft draft;
    struct draft_findings findings;
    struct publish_cost cost;
    struct publish_progress progress;
    struct str requirements, packed, question, sealed;
};

static struct project_in birds(void) {
    return (struct project_in){
        .name = STR("Birds"),
        .title = STR("Which bird is it?"),
        .description = STR("Look at a picture"),
        .reward_cents = 5,
        .max_assignments = 1,
        .duration_s = 3600,
        .lifetime_s = 86400,
        .auto_approval_s = -1,
        .layout = STR("<p>${picture}</p><input name=\"bird\">"),
    };
}

#define RULE(name, call)                                                                           \
    static struct err name(struct ctx *c, void *arg) {                                             \
        struct job *j = arg;                                                                       \
        return call;                                                                               \
    }
RULE(create, project_create(c, &j->in, &j->p))
RULE(get, project_get(c, j->id, &j->p))
RULE(update, project_update(c, j->id, &j->in, j->seen, &j->p))
RULE(del, project_delete(c, j->id))
RULE(restore, project_restore(c, j->id))
RULE(versions, project_versions(c, j->id, &j->versions))
RULE(restore_version, project_restore_version(c, j->id, j->version, &j->p))
RULE(figures, project_figures(c, j->id, &j->figures))
RULE(work, project_work(c, j->id, &j->work))
RULE(audience, project_audience(c, j->requirements, &j->audience))

static struct err make_master(struct ctx *c, void *worker) {
    struct party p;
    struct err e = account_by_id(c, *(int64_t *)worker, &p);
    return failed(e) ? e : qualification_grant_masters(c, p.public_id, true);
}
RULE(look, draft_get(c, j->batch, &j->draft))
RULE(row, draft_row(c, j->batch, j->row, &j->packed))
RULE(page, draft_page(c, j->sealed, j->row, &j->question))
RULE(order, publish_order(c, j->batch, &j->cost))
RULE(step, publish_step(c, j->batch, 10, &j->progress))
RULE(drop, publish_drop(c, j->batch))
RULE(found, draft_findings(c, j->batch, &j->findings))

static struct err stage(struct ctx *c, void *arg) {
    struct job *j = arg;
    struct buf columns = BUF_INIT, rows = BUF_INIT, one = BUF_INIT;
    pack_add(&columns, STR("picture"));
    struct publish_draft_in in = {
        .project = j->id, .columns = buf_dup(c->arena, &columns), .file_name = STR("birds.csv")};
    struct err e = publish_draft(c, &in, &j->batch);
    for (int64_t after = 0; after < 7 && !failed(e); after += 3) {
        int64_t n = after == 6 ? 1 : 3;
        buf_clear(&rows);
        for (int64_t i = 1; i <= n; i++) {
            buf_clear(&one);
            pack_add(&one, str_printf(c->arena, "bird %lld", (long long)(after + i)));
            pack_add(&rows, buf_view(&one));
        }
        struct publish_chunk chunk = {buf_dup(c->arena, &rows), n, after};
        e = publish_stage(c, j->batch, &chunk);
    }
    struct findings f;
    findings_init(&f, c->arena);
    findings_add(&f, FINDING_WARNING, "empty-cells", 3, STR("picture"), "An empty cell.");
    if (!failed(e))
        e = draft_keep_findings(c, j->batch, &f);
    buf_free(&columns);
    buf_free(&rows);
    buf_free(&one);
    return e;
}

static void run(struct market *m, int64_t r, market_rule *rule, struct job *j) {
    struct err e = market_write(m, r, rule, j);
    if (failed(e))
        fail_msg("%s %s", err_slug(e.code), e.detail);
}

static void refused(struct market *m, int64_t r, market_rule *rule, struct job *j,
                    enum err_code code) {
    assert_int_equal(market_write(m, r, rule, j).code, code);
}

static void editing(enum fixture_kind kind) {
    struct market m;
    struct job j = {.in = birds()};
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), other = market_requester(&m, "otto");
    run(&m, r, create, &j);
    j.id = j.p.id;
    assert_int_equal(j.p.version, 1);
    assert_int_equal(j.p.edited_ms, 0);
    int64_t first = j.p.document;

    j.in.title = STR("Another title");
    j.in.layout = STR_NULL; /* stays */
    j.seen = 0;
    refused(&m, other, update, &j, ERR_NOT_FOUND);
    run(&m, r, update, &j);
    assert_int_equal(j.p.version, 1);
    assert_true(j.p.edited_ms > 0);
    assert_string_equal(str_z(m.arena, j.p.title), "Another title");
    refused(&m, r, update, &j, ERR_CONFLICT); /* somebody edited it since */
    j.seen = j.p.edited_ms;
    j.in.layout = STR("<p>Now: ${picture}</p><input name=\"bird\">");
    run(&m, r, update, &j); /* in the same moment of the clock: still told apart */
    assert_true(j.p.edited_ms > j.seen);
    assert_int_equal(j.p.version, 2);
    j.seen = -1;
    j.in.name = STR("");
    refused(&m, r, update, &j, ERR_INVALID_PARAMETER);
    j.in.name = STR("Bi\trds");
    refused(&m, r, update, &j, ERR_INVALID_PARAMETER);

    run(&m, r, versions, &j);
    assert_int_equal(j.versions.n, 1);
    assert_int_equal(j.versions.list[0].document, first);
    j.version = 7;
    refused(&m, r, restore_version, &j, ERR_NOT_FOUND);
    j.version = 1;
    run(&m, r, restore_version, &j);
    assert_int_equal(j.p.version, 3);
    assert_int_equal(j.p.document, first);
    assert_string_equal(str_z(m.arena, j.p.title), "Another title");
    j.in.name = STR("Birds");
    for (int i = 0; i < PROJECT_VERSIONS + 5; i++) {
        j.in.layout = str_printf(m.arena, "<p>%d ${picture}</p><input name=\"bird\">", i);
        run(&m, r, update, &j);
    }
    run(&m, r, versions, &j);
    assert_int_equal(j.versions.n, PROJECT_VERSIONS);
    assert_int_equal(j.versions.list[0].version, j.p.version - 1);
    market_close(&m);
}
MARKET_TEST(editing)

static void deleting(enum fixture_kind kind) {
    struct market m;
    struct job j = {.in = birds()};
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), other = market_requester(&m, "otto");
    market_deposit(&m, r, 100);
    run(&m, r, create, &j);
    j.id = j.p.id;
    run(&m, r, stage, &j);
    run(&m, r, order, &j);
    refused(&m, r, del, &j, ERR_CONFLICT); /* publishing */
    run(&m, r, step, &j);
    run(&m, r, figures, &j);
    assert_int_equal(j.figures.batches, 1);
    assert_int_equal(j.figures.running, 1);
    refused(&m, r, del, &j, ERR_CONFLICT); /* running */
    market_advance(&m, 86400);
    market_sweep(&m);
    refused(&m, other, del, &j, ERR_NOT_FOUND);
    run(&m, r, del, &j);
    run(&m, r, del, &j); /* twice */
    run(&m, r, get, &j);
    assert_true(j.p.deleted_ms > 0);
    refused(&m, r, stage, &j, ERR_CONFLICT);
    j.seen = -1;
    refused(&m, r, update, &j, ERR_CONFLICT);
    refused(&m, r, create, &j, ERR_NAME_TAKEN);
    run(&m, r, restore, &j);
    run(&m, r, get, &j);
    assert_int_equal(j.p.deleted_ms, 0);
    run(&m, r, stage, &j);
    market_close(&m);
}
MARKET_TEST(deleting)

static void looking(enum fixture_kind kind) {
    struct market m;
    struct job j = {.in = birds()};
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), other = market_requester(&m, "otto");
    market_deposit(&m, r, 100);
    run(&m, r, create, &j);
    j.id = j.p.id;
    run(&m, r, stage, &j);
    run(&m, r, look, &j);
    refused(&m, other, look, &j, ERR_NOT_FOUND);
    assert_int_equal(j.draft.rows, 7);
    assert_string_equal(str_z(m.arena, j.draft.file_name), "birds.csv");
    for (j.row = 1; j.row <= 7; j.row++) {
        struct str value;
        run(&m, r, row, &j);
        assert_true(pack_next(&j.packed, &value));
        assert_true(str_eq(value, str_printf(m.arena, "bird %lld", (long long)j.row)));
    }
    refused(&m, r, row, &j, ERR_NOT_FOUND);
    j.row = 0;
    refused(&m, r, row, &j, ERR_NOT_FOUND);
    j.row = 4;
    refused(&m, other, row, &j, ERR_NOT_FOUND);
    /* Whoever knows the sealed id may see the page, and nobody with another kind of id. */
    j.sealed = id_seal(m.arena, &m.ids, ID_DRAFT, j.batch);
    run(&m, 0, page, &j);
    assert_true(str_find(j.question, STR("<p>bird 4</p>")) > 0);
    j.sealed = id_seal(m.arena, &m.ids, ID_HIT, j.batch);
    refused(&m, 0, page, &j, ERR_NOT_FOUND);
    run(&m, r, found, &j);
    assert_int_equal(j.findings.n, 1);
    assert_int_equal(j.findings.list[0].line, 3);
    run(&m, r, drop, &j);
    run(&m, r, found, &j);
    assert_int_equal(j.findings.n, 0);
    refused(&m, r, look, &j, ERR_NOT_FOUND);
    run(&m, r, stage, &j);
    run(&m, r, order, &j);
    run(&m, r, look, &j);
    assert_true(j.draft.ordered);
    refused(&m, r, row, &j, ERR_NOT_FOUND);
    market_close(&m);
}
MARKET_TEST(looking)

static void figures_of_work(enum fixture_kind kind) {
    struct market m;
    struct job j = {.in = birds(), .requirements = STR("[]")};
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "bob");
    market_deposit(&m, r, 100);
    run(&m, r, create, &j);
    j.id = j.p.id;
    run(&m, r, work, &j);
    assert_int_equal(j.work.sample, 0);
    run(&m, r, stage, &j);
    run(&m, r, order, &j);
    run(&m, r, step, &j);
    for (int i = 0; i < 3; i++) {
        int64_t hit = market_number(&m, "SELECT id FROM hit WHERE seq = %d", i + 1);
        int64_t a = market_accept(&m, w, hit);
        market_advance(&m, 10 * (i + 1));
        market_submit(&m, w, a);
    }
    run(&m, r, work, &j);
    assert_int_equal(j.work.sample, 3);
    assert_int_equal(j.work.median_s, 20);
    run(&m, r, audience, &j);
    assert_int_equal(j.audience.workers, j.audience.qualified);
    assert_false(j.audience.more);
    j.requirements = STR("[{\"QualificationTypeId\":\"00000000000000000040\",\"Comparator\":"
                         "\"GreaterThan\",\"IntegerValues\":[5],\"ActionsGuarded\":\"Accept\"}]");
    run(&m, r, audience, &j);
    assert_int_equal(j.audience.qualified, 0);
    j.requirements = STR("[{\"QualificationTypeId\":\"2F1QJWKUDD8XADTFD2Q0G6UTO95ALH\","
                         "\"Comparator\":\"Exists\",\"ActionsGuarded\":\"Accept\"}]");
    run(&m, r, audience, &j);
    assert_int_equal(j.audience.qualified, 0);
    assert_false(failed(market_write(&m, 0, make_master, &w)));
    run(&m, r, audience, &j);
    assert_int_equal(j.audience.qualified, 1);
    market_close(&m);
}
MARKET_TEST(figures_of_work)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(editing),
        MARKET_TEST_ROWS(deleting),
        MARKET_TEST_ROWS(looking),
        MARKET_TEST_ROWS(figures_of_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
