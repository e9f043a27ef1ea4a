/* Accounts, sign-in, sessions, keys, money without work, blocks, request keys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "market/account.h"
#include "market/block.h"
#include "market/funds.h"
#include "market/key.h"
#include "market/request_key.h"

#define WALL INT64_C(1767607200000)

struct adding {
    struct account_add_in in;
    struct party party;
};

static struct err add(struct ctx *c, void *arg) {
    struct adding *a = arg;
    return account_add(c, &a->in, &a->party);
}

static struct err by_email(struct ctx *c, void *arg) {
    struct adding *a = arg;
    return account_by_email(c, a->in.email, &a->party);
}

static void test_add(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct adding a = {
        .in = {ROLE_WORKER, STR("Ann@Example.ORG"), STR("Ann"), STR("US-CA"), STR_NULL, STR_NULL}};
    expect(market_write(&m, 0, add, &a), ERR_OK);
    assert_true(str_is(a.party.email, "ann@example.org"));
    assert_int_equal(a.party.public_id.n, 14);
    assert_int_equal(a.party.public_id.p[0], 'A');
    struct adding same = {.in = a.in};
    same.in.email = STR("ANN@example.org");
    expect(market_write(&m, 0, add, &same), ERR_ALREADY_EXISTS);
    expect(market_read(&m, 0, by_email, &same), ERR_OK);
    assert_int_equal(same.party.id, a.party.id);
    same.in.email = STR("bob@example.org");
    same.in.public_id = a.party.public_id;
    expect(market_write(&m, 0, add, &same), ERR_ALREADY_EXISTS);
    struct adding bad = {.in = a.in};
    bad.in.email = STR("no address");
    expect(market_write(&m, 0, add, &bad), ERR_INVALID_PARAMETER);
    bad.in.email = STR("x@y");
    bad.in.country = STR("de");
    expect(market_write(&m, 0, add, &bad), ERR_INVALID_PARAMETER);
    bad.in.country = STR("DE");
    bad.in.name = STR("");
    expect(market_write(&m, 0, add, &bad), ERR_INVALID_PARAMETER);
    market_close(&m);
}
MARKET_TEST(test_add)

static void test_password(void **state) {
    (void)state;
    struct arena a = {0};
    arena_init(&a, 0);
    struct str stored = password_hash(&a, STR("correct horse"));
    assert_true(str_starts(stored, STR("$argon2id$")));
    assert_true(password_verify(stored, STR("correct horse")));
    assert_false(password_verify(stored, STR("correct hors")));
    assert_false(password_verify(STR(""), STR("")));
    assert_false(password_verify(STR_NULL, STR("x")));
    assert_int_equal(password_hash(&a, STR("")).n, 0);
    expect(password_check(&a, STR("1234567")), ERR_INVALID_PARAMETER);
    expect(password_check(&a, STR("12345678")), ERR_OK);
    arena_free(&a);
}

/* ---- signing in ---- */

struct signing {
    struct sign_in_in in;
    struct sign_in_look look;
    struct session session;
};

static struct err look(struct ctx *c, void *arg) {
    struct signing *s = arg;
    return sign_in_look(c, &s->in, &s->look);
}
static struct err refuse(struct ctx *c, void *arg) {
    struct signing *s = arg;
    return sign_in_failed(c, &s->in);
}
static struct err done(struct ctx *c, void *arg) {
    struct signing *s = arg;
    return sign_in_done(c, &s->in, &s->look, &s->session);
}
static struct err find(struct ctx *c, void *arg) {
    struct signing *s = arg;
    return session_find(c, s->session.cookie, s->in.wall_ms, &s->session);
}
static struct err end(struct ctx *c, void *arg) {
    struct signing *s = arg;
    return session_end(c, s->session.cookie);
}
static struct err end_all(struct ctx *c, void *arg) {
    (void)arg;
    return session_end_all(c, c->actor->party);
}
static struct err purge(struct ctx *c, void *arg) {
    return session_purge(c, *(int64_t *)arg);
}

static struct signing signing(const char *email, const char *address) {
    return (struct signing){
        .in = {.email = str_c(email), .address = str_c(address), .wall_ms = WALL}};
}

/* The cookie survives in s; the rest of session_find's answer is checked by the caller. */
static struct err find_again(struct market *m, struct signing *s) {
    struct str cookie = s->session.cookie;
    struct err e = market_read(m, 0, find, s);
    s->session.cookie = cookie;
    return e;
}

static void test_sign_in(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t p = market_worker(&m, "ann");
    struct signing s = signing("ANN@example.org", "192.0.2.1");
    expect(market_read(&m, 0, look, &s), ERR_OK);
    assert_int_equal(s.look.party, p);
    assert_int_equal(s.look.password.n, 0); /* made without a password: verifies nothing */
    expect(market_write(&m, 0, done, &s), ERR_OK);
    assert_int_equal(s.session.cookie.n, 64);
    assert_int_equal(s.session.csrf.n, 32);
    struct str csrf = s.session.csrf;
    expect(find_again(&m, &s), ERR_OK);
    assert_true(str_eq(s.session.csrf, csrf));
    assert_int_equal(s.session.party.id, p);
    /* it ends, by the wall clock */
    s.in.wall_ms = WALL + SESSION_S * INT64_C(1000);
    expect(find_again(&m, &s), ERR_SIGN_IN_NEEDED);
    s.in.wall_ms -= 1;
    expect(find_again(&m, &s), ERR_OK);
    expect(market_write(&m, 0, end, &s), ERR_OK);
    expect(find_again(&m, &s), ERR_SIGN_IN_NEEDED);
    /* everywhere */
    struct signing one = signing("ann@example.org", ""), two = one;
    one.look = two.look = s.look;
    expect(market_write(&m, 0, done, &one), ERR_OK);
    expect(market_write(&m, 0, done, &two), ERR_OK);
    assert_false(str_eq(one.session.cookie, two.session.cookie));
    expect(market_write(&m, p, end_all, NULL), ERR_OK);
    expect(find_again(&m, &one), ERR_SIGN_IN_NEEDED);
    expect(find_again(&m, &two), ERR_SIGN_IN_NEEDED);
    market_close(&m);
}
MARKET_TEST(test_sign_in)

static void fail_times(struct market *m, struct signing *s, int times) {
    for (int i = 0; i < times; i++)
        expect(market_write(m, 0, refuse, s), ERR_OK);
}

/* Known and unknown addresses are slowed alike. */
static void throttle_of(struct market *m, const char *email) {
    struct signing s = signing(email, "");
    fail_times(m, &s, SIGN_IN_FREE_ACCOUNT - 1);
    expect(market_read(m, 0, look, &s), ERR_OK);
    fail_times(m, &s, 1);
    expect_words(market_read(m, 0, look, &s), ERR_SLOW_DOWN,
                 "Too many attempts to sign in; try again in 1 seconds.");
    s.in.wall_ms += 1000;
    expect(market_read(m, 0, look, &s), ERR_OK);
    fail_times(m, &s, 1);
    s.in.wall_ms += 1999;
    expect(market_read(m, 0, look, &s), ERR_SLOW_DOWN);
    s.in.wall_ms += 1;
    expect(market_read(m, 0, look, &s), ERR_OK);
    fail_times(m, &s, 30);
    s.in.wall_ms += SIGN_IN_WAIT_S_MAX * INT64_C(1000) - 1;
    expect(market_read(m, 0, look, &s), ERR_SLOW_DOWN);
    s.in.wall_ms += 1;
    expect(market_read(m, 0, look, &s), ERR_OK);
    s.in.wall_ms += SIGN_IN_FORGET_S * INT64_C(1000);
    fail_times(m, &s, 1); /* the first of a new hour */
    expect(market_read(m, 0, look, &s), ERR_OK);
}

static void test_throttle(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    market_worker(&m, "ann");
    throttle_of(&m, "ann@example.org");
    throttle_of(&m, "nobody@example.org");
    /* one address that tries many accounts */
    struct signing s = signing("", "192.0.2.7");
    for (int i = 0; i < SIGN_IN_FREE_ADDRESS; i++) {
        s.in.email = str_printf(m.arena, "n%d@example.org", i);
        fail_times(&m, &s, 1);
    }
    expect(market_read(&m, 0, look, &s), ERR_SLOW_DOWN);
    s.in.address = STR("192.0.2.8");
    expect(market_read(&m, 0, look, &s), ERR_OK);
    int64_t later = WALL + 86400000;
    expect(market_write(&m, 0, purge, &later), ERR_OK);
    s.in.address = STR("192.0.2.7");
    expect(market_read(&m, 0, look, &s), ERR_OK);
    market_close(&m);
}
MARKET_TEST(test_throttle)

static struct err close_account(struct ctx *c, void *arg) {
    return account_set_state(c, c->actor->party, *(enum party_state *)arg, STR("why"));
}
static struct err new_password(struct ctx *c, void *arg) {
    return account_set_password(c, c->actor->party, *(struct str *)arg, STR_NULL);
}
static struct err registers(struct ctx *c, void *arg) {
    struct adding *a = arg;
    return account_register(c, &a->in, &a->party);
}

static void test_states(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t p = market_worker(&m, "ann");
    struct signing s = signing("ann@example.org", "");
    s.look.party = p;
    expect(market_write(&m, 0, done, &s), ERR_OK);
    struct str stored = STR("$argon2id$not-a-real-one");
    expect(market_write(&m, p, new_password, &stored), ERR_OK);
    expect(find_again(&m, &s), ERR_SIGN_IN_NEEDED);
    expect(market_read(&m, 0, look, &s), ERR_OK);
    assert_true(str_eq(s.look.password, stored));
    enum party_state to = PARTY_SUSPENDED;
    expect(market_write(&m, p, close_account, &to), ERR_OK);
    expect(market_write(&m, 0, done, &s), ERR_OK); /* to withdraw */
    to = PARTY_CLOSED;
    expect(market_write(&m, p, close_account, &to), ERR_OK);
    expect(find_again(&m, &s), ERR_SIGN_IN_NEEDED);
    expect(market_write(&m, 0, done, &s), ERR_SIGN_IN_REFUSED);
    struct adding a = {
        .in = {ROLE_REQUESTER, STR("new@example.org"), STR("New"), STR(""), STR_NULL, STR_NULL}};
    expect(market_write(&m, 0, registers, &a), ERR_INVALID_PARAMETER);
    a.in.password = stored;
    expect(market_write(&m, 0, registers, &a), ERR_OK);
    assert_int_equal(a.party.role, ROLE_WORKER);
    market_set(&m, "registration", "closed");
    a.in.email = STR("newer@example.org");
    expect(market_write(&m, 0, registers, &a), ERR_FORBIDDEN);
    market_close(&m);
}
MARKET_TEST(test_states)

/* ---- keys ---- */

struct keying {
    struct secret_key seal;
    struct key_new made;
    struct key_found found;
    struct key_list list;
};

static struct err make_key(struct ctx *c, void *arg) {
    struct keying *k = arg;
    return key_add(c, &k->seal, c->actor->party, &k->made);
}
static struct err find_key(struct ctx *c, void *arg) {
    struct keying *k = arg;
    return key_find(c, &k->seal, k->made.key_id, &k->found);
}
static struct err revoke_key(struct ctx *c, void *arg) {
    struct keying *k = arg;
    return key_revoke(c, c->actor->party, k->made.key_id);
}
static struct err list_keys(struct ctx *c, void *arg) {
    struct keying *k = arg;
    return key_list(c, c->actor->party, &k->list);
}

static void test_keys(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t p = market_requester(&m, "r"), other = market_requester(&m, "o");
    struct keying k = {.seal = {{1, 2, 3}}};
    expect(market_write(&m, p, make_key, &k), ERR_OK);
    assert_int_equal(k.made.key_id.n, 20);
    assert_true(str_starts(k.made.key_id, STR("AKIA")));
    assert_int_equal(k.made.secret.n, 40);
    expect(market_read(&m, 0, find_key, &k), ERR_OK);
    assert_true(str_eq(k.found.secret, k.made.secret));
    assert_int_equal(k.found.party.id, p);
    struct keying wrong = k;
    wrong.seal.bytes[0] = 9;
    expect(market_read(&m, 0, find_key, &wrong), ERR_UNKNOWN_KEY);
    expect(market_write(&m, other, revoke_key, &k), ERR_NOT_FOUND);
    enum party_state to = PARTY_SUSPENDED;
    expect(market_write(&m, p, close_account, &to), ERR_OK);
    expect(market_read(&m, 0, find_key, &k), ERR_SUSPENDED);
    to = PARTY_ACTIVE;
    expect(market_write(&m, p, close_account, &to), ERR_OK);
    expect(market_write(&m, p, revoke_key, &k), ERR_OK);
    expect(market_read(&m, 0, find_key, &k), ERR_UNKNOWN_KEY);
    expect(market_write(&m, p, revoke_key, &k), ERR_NOT_FOUND);
    for (int i = 0; i < KEYS_MAX; i++)
        expect(market_write(&m, p, make_key, &k), ERR_OK);
    expect(market_write(&m, p, make_key, &k), ERR_CONFLICT);
    expect(market_read(&m, p, list_keys, &k), ERR_OK);
    assert_int_equal(k.list.n, KEYS_MAX + 1);
    assert_false(k.list.items[0].active);
    assert_true(k.list.items[1].active);
    market_close(&m);
}
MARKET_TEST(test_keys)

static void test_secret_file(void **state) {
    (void)state;
    struct arena a = {0};
    arena_init(&a, 0);
    char dir[] = "/tmp/hitd-secret-XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct str store = str_printf(&a, "sqlite:%s/x.db", dir), path = secret_path(&a, store);
    struct secret_key one, two;
    unsetenv("HITD_KEY_FILE");
    assert_true(str_eq(path, str_printf(&a, "%s/x.db.key", dir)));
    expect(secret_load(&a, store, false, &one), ERR_STORE);
    expect(secret_load(&a, store, true, &one), ERR_OK);
    expect(secret_load(&a, store, true, &two), ERR_OK);
    assert_memory_equal(&one, &two, sizeof one);
    struct stat info;
    assert_int_equal(stat(path.p, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(chmod(path.p, 0640), 0);
    expect(secret_load(&a, store, true, &two), ERR_STORE);
    assert_int_equal(truncate(path.p, 10), 0);
    assert_int_equal(chmod(path.p, 0600), 0);
    expect(secret_load(&a, store, true, &two), ERR_STORE);
    /* The password is not part of what a PostgreSQL store is known by. */
    struct str x = secret_path(&a, STR("postgresql://u:secret@db.example.org/hitd?a=b"));
    assert_true(str_eq(x, secret_path(&a, STR("postgresql://u:other@db.example.org/hitd"))));
    assert_false(str_eq(x, secret_path(&a, STR("postgresql://u@db.example.org/other"))));
    struct str text;
    struct str sealed = secret_seal(&a, &one, STR("words"));
    assert_true(secret_open(&a, &one, sealed, &text) && str_is(text, "words"));
    assert_false(secret_open(&a, &one, str_sub(sealed, 0, sealed.n - 1), &text));
    unlink(path.p);
    rmdir(dir);
    arena_free(&a);
}

/* ---- money without work ---- */

struct moving {
    int64_t cents, transfer;
    struct balances after;
    struct statement statement;
    enum role role;
};

static struct err deposit(struct ctx *c, void *arg) {
    struct moving *m = arg;
    return funds_deposit(c, c->actor->party, m->cents, STR("note"), &m->after);
}
static struct err refund(struct ctx *c, void *arg) {
    struct moving *m = arg;
    return funds_refund(c, c->actor->party, m->cents, STR_NULL, &m->after);
}
static struct err payout(struct ctx *c, void *arg) {
    struct moving *m = arg;
    return funds_payout(c, c->actor->party, m->cents, STR_NULL, &m->transfer);
}
static struct err payout_failed(struct ctx *c, void *arg) {
    struct moving *m = arg;
    return funds_payout_failed(c, c->actor->party, m->transfer, STR_NULL);
}
static struct err statement(struct ctx *c, void *arg) {
    struct moving *m = arg;
    return funds_statement(
        c, &(struct statement_in){.party = c->actor->party, .role = m->role, .limit = 10},
        &m->statement);
}
/* Pays a worker out of nothing: enough for a payout. */
static struct err earn(struct ctx *c, void *arg) {
    struct moving *m = arg;
    return ctx_store(c,
                     ledger_post(c->tx, &(struct transfer){
                                            .at_ms = c->now_ms,
                                            .kind = TRANSFER_ADJUST,
                                            .debit = account_id(c->actor->party, ACCOUNT_EXTIN),
                                            .credit = account_id(c->actor->party, ACCOUNT_PAYABLE),
                                            .cents = m->cents,
                                            .about = {.worker = c->actor->party},
                                        }));
}

static void test_funds(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "r"), p = market_worker(&m, "p");
    struct moving mv = {.cents = 10000};
    expect(market_write(&m, r, deposit, &mv), ERR_OK);
    assert_int_equal(mv.after.avail, 10000);
    assert_int_equal(mv.after.extin, -10000);
    expect(market_write(&m, p, deposit, &mv), ERR_NOT_FOUND);
    mv.cents = 0;
    expect(market_write(&m, r, deposit, &mv), ERR_OUT_OF_RANGE);
    mv.cents = 10001;
    expect(market_write(&m, r, refund, &mv), ERR_INSUFFICIENT_FUNDS);
    mv.cents = 9000;
    expect(market_write(&m, r, refund, &mv), ERR_OK);
    assert_int_equal(mv.after.avail, 1000);
    assert_int_equal(mv.after.extout, 9000);
    mv.role = ROLE_REQUESTER;
    expect(market_read(&m, r, statement, &mv), ERR_OK);
    assert_int_equal(mv.statement.n, 2);
    assert_int_equal(mv.statement.lines[0].signed_cents, -9000);
    assert_int_equal(mv.statement.lines[1].signed_cents, 10000);
    assert_true(str_is(mv.statement.lines[1].note, "note"));
    mv.cents = 50;
    expect(market_write(&m, p, earn, &mv), ERR_OK);
    mv.cents = 51;
    expect(market_write(&m, p, payout, &mv), ERR_INSUFFICIENT_FUNDS);
    mv.cents = 20;
    expect(market_write(&m, p, payout, &mv), ERR_OK);
    market_expect_payable(&m, p, 30);
    expect(market_write(&m, r, payout_failed, &mv), ERR_NOT_FOUND);
    expect(market_write(&m, p, payout_failed, &mv), ERR_OK);
    market_expect_payable(&m, p, 50);
    expect(market_write(&m, p, payout_failed, &mv), ERR_CONFLICT);
    market_set(&m, "withdraw_min_cents", "25");
    expect(market_write(&m, p, payout, &mv), ERR_OUT_OF_RANGE);
    market_drop(&m); /* money from nowhere does not stand the check */
}
MARKET_TEST(test_funds)

static struct err balance(struct ctx *c, void *arg) {
    return funds_balance(c, c->actor->party, arg);
}
static struct err hold(struct ctx *c, void *arg) {
    return ctx_store(c, ledger_hold(c->tx, c->now_ms, *(int64_t *)arg,
                                    &(struct transfer_for){.requester = c->actor->party}));
}
static struct err refill(struct ctx *c, void *arg) {
    (void)arg;
    return funds_refill(c, c->actor->party);
}
static struct err fee_back(struct ctx *c, void *arg) {
    return funds_fee_back(c, c->actor->party, *(int64_t *)arg, STR("by mistake"));
}

/* money-and-lifecycle 3.14-3.16. */
static void test_balance(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "r");
    market_deposit(&m, r, 100);
    struct funds f;
    int64_t cents = 40;
    expect(market_write(&m, r, hold, &cents), ERR_OK);
    expect(market_read(&m, r, balance, &f), ERR_OK);
    assert_int_equal(f.available_cents, 60);
    assert_int_equal(f.on_hold_cents, 40);
    market_set(&m, "onhold_compat", "1");
    expect(market_read(&m, r, balance, &f), ERR_OK);
    assert_int_equal(f.on_hold_cents, 0);
    expect(market_write(&m, r, refill, NULL), ERR_OK);
    market_expect(&m, r, 60, 40);
    market_set(&m, "sandbox_refill", "1");
    expect(market_write(&m, r, refill, NULL), ERR_OK);
    market_expect(&m, r, 1000000, 40);
    assert_int_equal(market_balance(&m, r, ACCOUNT_EXTIN), -1000040);
    expect(market_write(&m, r, fee_back, &cents), ERR_INSUFFICIENT_FUNDS);
    market_drop(&m); /* money from nowhere does not stand the check */
}
MARKET_TEST(test_balance)

/* ---- blocks and calls that come twice ---- */

struct blocking {
    struct str worker, reason;
    struct block_list list;
    int64_t row;
    bool blocked;
};

static struct err set_block(struct ctx *c, void *arg) {
    struct blocking *b = arg;
    return block_set(c, b->worker, b->reason);
}
static struct err lift_block(struct ctx *c, void *arg) {
    struct blocking *b = arg;
    return block_remove(c, b->worker);
}
static struct err list_blocks(struct ctx *c, void *arg) {
    struct blocking *b = arg;
    return block_list(c, &(struct block_list_in){.limit = 10}, &b->list);
}
static struct err check_block(struct ctx *c, void *arg) {
    struct blocking *b = arg;
    return block_check(c, c->actor->party, b->row, &b->blocked);
}

static struct err party_rule(struct ctx *c, void *arg) {
    return account_by_id(c, c->actor->party, arg);
}

static struct str public_id(struct market *m, int64_t party) {
    struct party p;
    expect(market_read(m, party, party_rule, &p), ERR_OK);
    return p.public_id;
}

static void test_blocks(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "r"), p = market_worker(&m, "p");
    struct blocking b = {.worker = public_id(&m, p), .reason = STR("first"), .row = p};
    expect(market_write(&m, r, set_block, &b), ERR_OK);
    b.reason = STR("second");
    expect(market_write(&m, r, set_block, &b), ERR_OK);
    expect(market_read(&m, r, list_blocks, &b), ERR_OK);
    assert_int_equal(b.list.n, 1);
    assert_true(str_is(b.list.items[0].reason, "second"));
    expect(market_read(&m, r, check_block, &b), ERR_OK);
    assert_true(b.blocked);
    expect(market_write(&m, r, lift_block, &b), ERR_OK);
    expect(market_write(&m, r, lift_block, &b), ERR_OK);
    expect(market_read(&m, r, check_block, &b), ERR_OK);
    assert_false(b.blocked);
    b.worker = STR("AUNKNOWN");
    expect_words(market_write(&m, r, set_block, &b), ERR_INVALID_PARAMETER,
                 "The value \"AUNKNOWN\" is not valid for the parameter WorkerId.");
    b.worker = public_id(&m, r);
    expect(market_write(&m, r, set_block, &b), ERR_INVALID_PARAMETER);
    market_close(&m);
}
MARKET_TEST(test_blocks)

struct twice {
    struct str digest;
    struct kept_answer answer;
    bool known;
    int64_t within_ms; /* 0: as long as it is kept */
};

static struct err keep(struct ctx *c, void *arg) {
    struct twice *t = arg;
    return request_key_keep(c, t->digest, &t->answer);
}
static struct err known(struct ctx *c, void *arg) {
    struct twice *t = arg;
    int64_t within_ms = t->within_ms ? t->within_ms : REQUEST_KEY_MS;
    return request_key_find(c, t->digest, within_ms, &t->answer, &t->known);
}

static void test_request_keys(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct arena *a = m.arena;
    struct twice t = {.digest = request_key_digest(a, STR("k"), STR("op"), STR("i"), STR("b"))};
    struct str shifted = request_key_digest(a, STR("ko"), STR("p"), STR("i"), STR("b"));
    assert_int_equal(t.digest.n, 64);
    assert_false(str_eq(t.digest, shifted));
    expect(market_read(&m, 0, known, &t), ERR_OK);
    assert_false(t.known);
    t.answer = (struct kept_answer){400, STR("{\"a\":1}")};
    expect(market_write(&m, 0, keep, &t), ERR_OK);
    t.answer = (struct kept_answer){0};
    market_advance(&m, 86400);
    expect(market_read(&m, 0, known, &t), ERR_OK);
    assert_true(t.known);
    assert_int_equal(t.answer.status, 400);
    assert_true(str_is(t.answer.body, "{\"a\":1}"));
    t.within_ms = (int64_t)600 * 1000; /* where only looks decide, yesterday's is another call */
    expect(market_read(&m, 0, known, &t), ERR_OK);
    assert_false(t.known);
    t.within_ms = 0;
    market_advance(&m, 1);
    expect(market_read(&m, 0, known, &t), ERR_OK);
    assert_false(t.known);
    market_close(&m);
}
MARKET_TEST(test_request_keys)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password),     cmocka_unit_test(test_secret_file),
        MARKET_TEST_ROWS(test_add),          MARKET_TEST_ROWS(test_sign_in),
        MARKET_TEST_ROWS(test_throttle),     MARKET_TEST_ROWS(test_states),
        MARKET_TEST_ROWS(test_keys),         MARKET_TEST_ROWS(test_funds),
        MARKET_TEST_ROWS(test_balance),      MARKET_TEST_ROWS(test_blocks),
        MARKET_TEST_ROWS(test_request_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
