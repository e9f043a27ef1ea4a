/* Members of an account, invitations, sessions that act for an account, and the audit of it. */
#include "fixture.h"
#include "market/audit.h"
#include "market/member.h"

#define WALL INT64_C(1767607200000)

struct step {
    struct invite_in invite;
    struct str token, person, digest;
    struct invitation invitation;
    struct invitation_list invitations;
    struct invitation_accept_in accept;
    struct invitation_join_in join;
    struct party party;
    struct member_list members;
    struct membership_list accounts;
    enum member_role role;
    int64_t account;
    struct sign_in_in sign_in;
    struct sign_in_look look;
    struct session session;
    struct str cookie;
    struct session_rows sessions;
    struct audit_list audit;
};

static struct err invite(struct ctx *c, void *arg) {
    struct step *s = arg;
    return invitation_make(c, c->actor->party, &s->invite, &s->token);
}
static struct err withdraw(struct ctx *c, void *arg) {
    struct step *s = arg;
    return invitation_withdraw(c, c->actor->party, s->invite.email);
}
static struct err waiting(struct ctx *c, void *arg) {
    struct step *s = arg;
    return invitation_waiting(c, s->invite.email, WALL, &s->invitations);
}
static struct err invited(struct ctx *c, void *arg) {
    struct step *s = arg;
    return invitation_list(c, c->actor->party, &s->invitations);
}
static struct err look_up(struct ctx *c, void *arg) {
    struct step *s = arg;
    return invitation_find(c, s->token, s->invite.wall_ms, &s->invitation);
}
static struct err take(struct ctx *c, void *arg) {
    struct step *s = arg;
    return invitation_accept(c, &s->accept, &s->account);
}
static struct err join(struct ctx *c, void *arg) {
    struct step *s = arg;
    return invitation_join(c, &s->join, &s->party);
}
static struct err list(struct ctx *c, void *arg) {
    struct step *s = arg;
    return member_list(c, c->actor->party, &s->members);
}
static struct err accounts(struct ctx *c, void *arg) {
    struct step *s = arg;
    return membership_list(c, &s->party, &s->accounts);
}
static struct err set_role(struct ctx *c, void *arg) {
    struct step *s = arg;
    return member_set_role(c, c->actor->party, s->person, s->role);
}
static struct err drop(struct ctx *c, void *arg) {
    struct step *s = arg;
    return member_remove(c, c->actor->party, s->person);
}
static struct err signs_in(struct ctx *c, void *arg) {
    struct step *s = arg;
    s->look.party = s->party.id;
    struct err e = sign_in_done(c, &s->sign_in, &s->look, &s->session);
    s->cookie = s->session.cookie;
    return e;
}
static struct err find(struct ctx *c, void *arg) {
    struct step *s = arg;
    return session_find(c, s->cookie, WALL, &s->session);
}
static struct err act(struct ctx *c, void *arg) {
    struct step *s = arg;
    return session_act(c, &s->session, s->account);
}
static struct err sessions(struct ctx *c, void *arg) {
    struct step *s = arg;
    return session_list(c, c->actor->party, WALL, &s->sessions);
}
static struct err end_one(struct ctx *c, void *arg) {
    struct step *s = arg;
    return session_end_one(c, c->actor->party, s->digest);
}
static struct err new_password(struct ctx *c, void *arg) {
    struct step *s = arg;
    return account_set_password(c, c->actor->party, STR("stored"), s->cookie);
}
static struct err suspend(struct ctx *c, void *arg) {
    return account_set_state(c, c->actor->party, *(enum party_state *)arg, STR("because"));
}
static struct err audit(struct ctx *c, void *arg) {
    struct step *s = arg;
    return audit_list(
        c, &(struct audit_list_in){.subject = c->actor->party, .limit = LIST_ROWS_MAX}, &s->audit);
}

static struct err by_id(struct ctx *c, void *arg) {
    struct party *p = arg;
    return account_by_id(c, p->id, p);
}

static struct party person(struct market *m, enum role role, const char *name) {
    struct party p = {.id =
                          role == ROLE_WORKER ? market_worker(m, name) : market_requester(m, name)};
    expect(market_read(m, 0, by_id, &p), ERR_OK);
    return p;
}

static struct step new_step(const char *email, enum member_role role) {
    return (struct step){
        .invite = {str_c(email), role, WALL},
        .sign_in = {.email = str_c(email),
                    .address = STR("192.0.2.1"),
                    .agent = STR("Browser"),
                    .wall_ms = WALL},
    };
}

/* Invites the address and lets it join as a new person. */
static struct step joined(struct market *m, const struct party *r, const char *email,
                          enum member_role role) {
    struct step s = new_step(email, role);
    expect(market_write(m, r->id, invite, &s), ERR_OK);
    s.join = (struct invitation_join_in){s.token, STR("Joiner"), STR("stored"), WALL};
    expect(market_write(m, 0, join, &s), ERR_OK);
    return s;
}

static void test_invite(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct party r = person(&m, ROLE_REQUESTER, "r");
    struct step s = new_step("Ann@Example.org", MEMBER_REVIEWER);
    expect(market_write(&m, r.id, invite, &s), ERR_OK);
    assert_int_equal(s.token.n, 64);
    expect(market_read(&m, 0, look_up, &s), ERR_OK);
    assert_true(str_is(s.invitation.email, "ann@example.org"));
    assert_int_equal(s.invitation.role, MEMBER_REVIEWER);
    assert_false(s.invitation.known);
    /* again: another link, the first is dead */
    struct step again = s;
    expect(market_write(&m, r.id, invite, &again), ERR_OK);
    expect(market_read(&m, 0, look_up, &s), ERR_NOT_FOUND);
    expect(market_read(&m, r.id, invited, &s), ERR_OK);
    assert_int_equal(s.invitations.n, 1);
    /* a week, to the millisecond */
    again.invite.wall_ms = WALL + INVITATION_S * INT64_C(1000) - 1;
    expect(market_read(&m, 0, look_up, &again), ERR_OK);
    again.invite.wall_ms += 1;
    expect(market_read(&m, 0, look_up, &again), ERR_NOT_FOUND);
    again.join =
        (struct invitation_join_in){again.token, STR("Ann"), STR("stored"), again.invite.wall_ms};
    expect(market_write(&m, 0, join, &again), ERR_NOT_FOUND);
    again.join.wall_ms = WALL;
    again.join.password = STR("");
    expect(market_write(&m, 0, join, &again), ERR_INVALID_PARAMETER);
    again.join.password = STR("stored");
    again.join.name = STR("");
    expect(market_write(&m, 0, join, &again), ERR_INVALID_PARAMETER);
    again.join.name = STR("Ann");
    expect(market_write(&m, 0, join, &again), ERR_OK);
    assert_int_equal(again.party.role, ROLE_MEMBER);
    expect(market_write(&m, 0, join, &again), ERR_NOT_FOUND); /* a link works once */
    expect(market_write(&m, r.id, invite, &again), ERR_ALREADY_EXISTS);
    s.invite.email = STR("no address");
    expect(market_write(&m, r.id, invite, &s), ERR_INVALID_PARAMETER);
    s.invite.email = r.email;
    expect(market_write(&m, r.id, invite, &s), ERR_ALREADY_EXISTS);
    s.token = STR("x");
    expect(market_read(&m, 0, look_up, &s), ERR_NOT_FOUND);
    /* withdrawn */
    s = new_step("bob@example.org", MEMBER_READER);
    expect(market_write(&m, r.id, invite, &s), ERR_OK);
    expect(market_write(&m, r.id, withdraw, &s), ERR_OK);
    expect(market_write(&m, r.id, withdraw, &s), ERR_NOT_FOUND);
    expect(market_read(&m, 0, look_up, &s), ERR_NOT_FOUND);
    market_close(&m);
}
MARKET_TEST(test_invite)

/* Somebody who has a sign-in joins with it. */
static void test_accept(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct party r = person(&m, ROLE_REQUESTER, "r"), p = person(&m, ROLE_WORKER, "ann"),
                 other = person(&m, ROLE_WORKER, "bob");
    struct step s = new_step("ann@example.org", MEMBER_READER);
    expect(market_write(&m, r.id, invite, &s), ERR_OK);
    expect(market_read(&m, 0, look_up, &s), ERR_OK);
    assert_true(s.invitation.known);
    s.join = (struct invitation_join_in){s.token, STR("Ann"), STR("stored"), WALL};
    expect(market_write(&m, 0, join, &s), ERR_CONFLICT);
    s.accept = (struct invitation_accept_in){.token = s.token, .person = &other, .wall_ms = WALL};
    expect(market_write(&m, other.id, take, &s), ERR_FORBIDDEN);
    expect(market_read(&m, 0, waiting, &s), ERR_OK);
    assert_int_equal(s.invitations.n, 1);
    assert_true(str_eq(s.invitations.items[0].account_id, r.public_id));
    s.accept = (struct invitation_accept_in){.account = r.id, .person = &other, .wall_ms = WALL};
    expect(market_write(&m, other.id, take, &s), ERR_NOT_FOUND);
    s.accept.person = &p;
    expect(market_write(&m, p.id, take, &s), ERR_OK);
    assert_int_equal(s.account, r.id);
    expect(market_read(&m, r.id, list, &s), ERR_OK);
    assert_int_equal(s.members.n, 2);
    assert_true(s.members.items[0].founder);
    assert_int_equal(s.members.items[1].role, MEMBER_READER);
    s.party = p;
    expect(market_read(&m, p.id, accounts, &s), ERR_OK);
    assert_int_equal(s.accounts.n, 1);
    s.party = r;
    expect(market_read(&m, r.id, accounts, &s), ERR_OK);
    assert_int_equal(s.accounts.n, 1);
    assert_int_equal(s.accounts.items[0].role, MEMBER_OWNER);
    market_close(&m);
}
MARKET_TEST(test_accept)

static void test_roles(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct party r = person(&m, ROLE_REQUESTER, "r"), other = person(&m, ROLE_REQUESTER, "o");
    struct step s = joined(&m, &r, "ann@example.org", MEMBER_READER);
    s.person = s.party.public_id;
    s.role = MEMBER_OWNER;
    expect(market_write(&m, other.id, set_role, &s), ERR_NOT_FOUND);
    expect(market_write(&m, r.id, set_role, &s), ERR_OK);
    expect(market_read(&m, r.id, list, &s), ERR_OK);
    assert_int_equal(s.members.items[1].role, MEMBER_OWNER);
    expect(market_write(&m, other.id, drop, &s), ERR_NOT_FOUND);
    s.person = r.public_id;
    expect(market_write(&m, r.id, set_role, &s), ERR_FORBIDDEN);
    expect(market_write(&m, r.id, drop, &s), ERR_FORBIDDEN);
    s.person = STR("AUNKNOWN");
    expect(market_write(&m, r.id, drop, &s), ERR_NOT_FOUND);
    s.person = s.party.public_id;
    expect(market_write(&m, r.id, drop, &s), ERR_OK);
    expect(market_write(&m, r.id, drop, &s), ERR_NOT_FOUND);
    expect(market_read(&m, r.id, audit, &s), ERR_OK);
    static const enum audit_action want[] = {AUDIT_MEMBER_REMOVED, AUDIT_MEMBER_ROLE,
                                             AUDIT_MEMBER_JOINED, AUDIT_MEMBER_INVITED};
    assert_int_equal(s.audit.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s.audit.rows[i].action, want[i]);
    assert_true(str_is(s.audit.rows[1].old_value, "reader"));
    assert_true(str_is(s.audit.rows[1].new_value, "owner"));
    assert_true(str_is(s.audit.rows[1].about, "ann@example.org"));
    assert_int_equal(s.audit.rows[1].actor, r.id);
    market_close(&m);
}
MARKET_TEST(test_roles)

static void expect_acting(struct market *m, struct step *s, int64_t account, int role) {
    expect(market_read(m, 0, find, s), ERR_OK);
    assert_int_equal(s->session.account.id, account);
    assert_int_equal((int)s->session.role, role);
}

static void test_acting(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct party r = person(&m, ROLE_REQUESTER, "r"), two = person(&m, ROLE_REQUESTER, "two");
    struct step s = joined(&m, &r, "ann@example.org", MEMBER_REVIEWER);
    expect(market_write(&m, 0, signs_in, &s), ERR_OK);
    assert_int_equal(s.session.account.id, r.id);
    expect_acting(&m, &s, r.id, MEMBER_REVIEWER);
    assert_int_equal(s.session.party.id, s.party.id);
    s.account = two.id; /* no member there */
    expect(market_write(&m, s.party.id, act, &s), ERR_NOT_FOUND);
    struct step more = s;
    more.invite.role = MEMBER_OWNER;
    expect(market_write(&m, two.id, invite, &more), ERR_OK);
    more.accept =
        (struct invitation_accept_in){.token = more.token, .person = &s.party, .wall_ms = WALL};
    expect(market_write(&m, s.party.id, take, &more), ERR_OK);
    expect(market_write(&m, s.party.id, act, &s), ERR_OK);
    expect_acting(&m, &s, two.id, MEMBER_OWNER);
    /* removed: falls back at the next request, then has none at all */
    s.person = s.party.public_id;
    expect(market_write(&m, two.id, drop, &s), ERR_OK);
    expect_acting(&m, &s, r.id, MEMBER_REVIEWER);
    s.role = MEMBER_READER;
    expect(market_write(&m, r.id, set_role, &s), ERR_OK);
    expect_acting(&m, &s, r.id, MEMBER_READER);
    expect(market_write(&m, r.id, drop, &s), ERR_OK);
    expect_acting(&m, &s, 0, 0);
    market_close(&m);
}
MARKET_TEST(test_acting)

/* A requester and a worker who are also members of another account. */
static void test_several(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct party r = person(&m, ROLE_REQUESTER, "r");
    struct party people[] = {person(&m, ROLE_REQUESTER, "ann"), person(&m, ROLE_WORKER, "bob")};
    for (size_t i = 0; i < 2; i++) {
        struct party *p = &people[i];
        struct step s = new_step(str_z(m.arena, p->email), MEMBER_READER);
        s.party = *p;
        int64_t own = p->role == ROLE_REQUESTER ? p->id : 0;
        expect(market_write(&m, r.id, invite, &s), ERR_OK);
        s.accept = (struct invitation_accept_in){.token = s.token, .person = p, .wall_ms = WALL};
        expect(market_write(&m, p->id, take, &s), ERR_OK);
        expect(market_write(&m, 0, signs_in, &s), ERR_OK);
        expect_acting(&m, &s, own, own ? MEMBER_OWNER : 0);
        s.account = r.id;
        expect(market_write(&m, p->id, act, &s), ERR_OK);
        expect_acting(&m, &s, r.id, MEMBER_READER);
        s.account = 0;
        expect(market_write(&m, p->id, act, &s), ERR_OK);
        expect_acting(&m, &s, own, own ? MEMBER_OWNER : 0);
        /* a suspended person acts for nobody else; a closed account has no members */
        s.account = r.id;
        expect(market_write(&m, p->id, act, &s), ERR_OK);
        enum party_state to = PARTY_SUSPENDED;
        expect(market_write(&m, p->id, suspend, &to), ERR_OK);
        expect(market_read(&m, 0, find, &s), ERR_SIGN_IN_NEEDED);
        expect(market_write(&m, 0, signs_in, &s), ERR_OK);
        s.account = r.id;
        expect(market_write(&m, p->id, act, &s), ERR_NOT_FOUND);
        to = PARTY_ACTIVE;
        expect(market_write(&m, p->id, suspend, &to), ERR_OK);
        expect_acting(&m, &s, own, own ? MEMBER_OWNER : 0);
        expect(market_write(&m, p->id, act, &s), ERR_OK);
        to = PARTY_CLOSED;
        expect(market_write(&m, r.id, suspend, &to), ERR_OK);
        expect_acting(&m, &s, own, own ? MEMBER_OWNER : 0);
        to = PARTY_ACTIVE;
        expect(market_write(&m, r.id, suspend, &to), ERR_OK);
    }
    market_close(&m);
}
MARKET_TEST(test_several)

static void test_sessions(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct party p = person(&m, ROLE_WORKER, "ann");
    struct step one = new_step("ann@example.org", 0), two = one, three = one;
    one.party = two.party = three.party = p;
    expect(market_write(&m, 0, signs_in, &one), ERR_OK);
    expect(market_write(&m, 0, signs_in, &two), ERR_OK);
    expect(market_write(&m, 0, signs_in, &three), ERR_OK);
    expect(market_read(&m, p.id, sessions, &one), ERR_OK);
    assert_int_equal(one.sessions.n, 3);
    assert_true(str_is(one.sessions.items[0].address, "192.0.2.1"));
    assert_true(str_is(one.sessions.items[0].agent, "Browser"));
    /* one by its digest, only one's own */
    struct party other = person(&m, ROLE_WORKER, "bob");
    two.digest = two.session.digest;
    expect(market_write(&m, other.id, end_one, &two), ERR_NOT_FOUND);
    expect(market_write(&m, p.id, end_one, &two), ERR_OK);
    expect(market_write(&m, p.id, end_one, &two), ERR_NOT_FOUND);
    expect(market_read(&m, 0, find, &two), ERR_SIGN_IN_NEEDED);
    /* a new password leaves only the session that made it */
    expect(market_write(&m, p.id, new_password, &one), ERR_OK);
    expect(market_read(&m, 0, find, &three), ERR_SIGN_IN_NEEDED);
    expect(market_read(&m, 0, find, &one), ERR_OK);
    market_close(&m);
}
MARKET_TEST(test_sessions)

/* No more than an account can hold. */
static void test_bounds(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct party r = person(&m, ROLE_REQUESTER, "r");
    struct step s = new_step("", MEMBER_READER);
    for (int i = 0; i < INVITATIONS_MAX; i++) {
        s.invite.email = str_printf(m.arena, "n%d@example.org", i);
        expect(market_write(&m, r.id, invite, &s), ERR_OK);
    }
    expect(market_write(&m, r.id, invite, &s), ERR_OK); /* the same again */
    s.invite.email = STR("more@example.org");
    expect(market_write(&m, r.id, invite, &s), ERR_CONFLICT);
    market_close(&m);
}
MARKET_TEST(test_bounds)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(test_invite),  MARKET_TEST_ROWS(test_accept),
        MARKET_TEST_ROWS(test_roles),   MARKET_TEST_ROWS(test_acting),
        MARKET_TEST_ROWS(test_several), MARKET_TEST_ROWS(test_sessions),
        MARKET_TEST_ROWS(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
