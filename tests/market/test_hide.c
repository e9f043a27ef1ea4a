/* Groups and requesters that a worker hides (worker-site 3). */
#include "fixture.h"
#include "market/account.h"
#include "market/hide.h"
#include "market/work.h"

struct hiding {
    enum hidden_kind kind;
    struct str id;
    bool back;
};
static struct err hide_rule(struct ctx *c, void *arg) {
    const struct hiding *h = arg;
    return h->back ? hide_remove(c, h->kind, h->id) : hide_set(c, h->kind, h->id, NULL);
}

static struct err list_rule(struct ctx *c, void *arg) {
    return group_list(c, &(struct group_list_in){.page = 1, .page_size = 20}, arg);
}
static int64_t listed(struct market *m, int64_t worker) {
    struct group_list list;
    expect(market_read(m, worker, list_rule, &list), ERR_OK);
    assert_int_equal(list.total, list.unfiltered);
    return list.total;
}

static struct err hidden_rule(struct ctx *c, void *arg) {
    return hide_list(c, arg);
}
static struct hidden_list hidden(struct market *m, int64_t worker) {
    struct hidden_list list;
    expect(market_read(m, worker, hidden_rule, &list), ERR_OK);
    return list;
}

static struct str group_of(struct market *m, int64_t hit) {
    int64_t type = market_number(m, "SELECT hit_type FROM hit WHERE id = %lld", (long long)hit);
    return id_seal(m->arena, &m->ids, ID_HIT_GROUP, type);
}

static struct str public_id(struct market *m, int64_t party) {
    return market_text(m, "SELECT public_id FROM party WHERE id = %lld", (long long)party);
}

static void lists(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), s = market_requester(&m, "saul");
    int64_t w = market_worker(&m, "will"), v = market_worker(&m, "vera");
    market_deposit(&m, r, 1000);
    market_deposit(&m, s, 1000);
    int64_t one = market_hit(&m, r, &(struct hit_plan){.title = "One", .reward_cents = 5});
    market_hit(&m, r, &(struct hit_plan){.title = "Two", .reward_cents = 5});
    market_hit(&m, s, &(struct hit_plan){.title = "Three", .reward_cents = 5});
    assert_int_equal(listed(&m, w), 3);
    struct hiding group = {HIDDEN_GROUP, group_of(&m, one), false};
    expect(market_write(&m, w, hide_rule, &group), ERR_OK);
    expect(market_write(&m, w, hide_rule, &group), ERR_OK); /* again: harmless */
    assert_int_equal(listed(&m, w), 2);
    assert_int_equal(listed(&m, v), 3);
    assert_int_equal(listed(&m, 0), 3);
    market_advance(&m, 60);
    struct hiding all = {HIDDEN_REQUESTER, public_id(&m, r), false};
    expect(market_write(&m, w, hide_rule, &all), ERR_OK);
    assert_int_equal(listed(&m, w), 1);
    struct hidden_list list = hidden(&m, w);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.items[0].kind, HIDDEN_REQUESTER);
    assert_true(str_eq(list.items[0].id, all.id));
    assert_true(str_is(list.items[1].name, "One"));
    assert_true(str_eq(list.items[1].id, group.id));
    assert_int_equal(hidden(&m, v).n, 0);
    all.back = true;
    expect(market_write(&m, w, hide_rule, &all), ERR_OK);
    expect(market_write(&m, w, hide_rule, &all), ERR_OK);
    assert_int_equal(listed(&m, w), 2);
    market_accept(&m, w, one); /* who knows the address goes on */
    market_close(&m);
}
MARKET_TEST(lists)

static void refusals(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    struct hiding h = {HIDDEN_GROUP, STR("3NOGROUP"), false};
    expect(market_write(&m, w, hide_rule, &h), ERR_NOT_FOUND);
    h = (struct hiding){HIDDEN_REQUESTER, public_id(&m, w), false}; /* not a requester */
    expect(market_write(&m, w, hide_rule, &h), ERR_NOT_FOUND);
    for (int i = 0; i < HIDDEN_MAX; i++)
        market_sql(&m, "INSERT INTO hidden (worker, kind, subject, at_ms) VALUES (%lld, 2, %d, 0)",
                   (long long)w, 1000000 + i);
    h.id = public_id(&m, r);
    expect(market_write(&m, w, hide_rule, &h), ERR_INVALID_PARAMETER);
    market_drop(&m);
}
MARKET_TEST(refusals)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(lists),
        MARKET_TEST_ROWS(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
