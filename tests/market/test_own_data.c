/* All that is kept about a worker, as a file (worker-site 2, "Export"). */
#include <string.h>

#include "fixture.h"
#include "market/own_data.h"

enum { MANY = 20000, ANSWER_BYTES = 200000, PIECE_MAX = 700000 };

/* Keeps no more of the file than its size, its largest piece, and how often a word is in it. */
struct seen {
    size_t bytes, largest, pieces, words;
    const char *word;
    size_t stop_after; /* pieces; 0: never */
};
static bool look(void *arg, const void *p, size_t n) {
    struct seen *s = arg;
    struct str rest = {p, n};
    size_t length = strlen(s->word);
    s->bytes += n;
    s->pieces++;
    s->largest = n > s->largest ? n : s->largest;
    for (ptrdiff_t at; (at = str_find(rest, str_c(s->word))) >= 0; s->words++)
        rest = str_sub(rest, (size_t)at + length, rest.n);
    return !s->stop_after || s->pieces < s->stop_after;
}

static struct seen file(struct market *m, int64_t worker, const char *list, const char *word,
                        size_t stop_after) {
    struct seen s = {.word = word, .stop_after = stop_after};
    struct own_data_in in = {.worker = worker, .list = list ? own_data_find(str_c(list)) : -1};
    expect(own_data_write(m->f.store, &m->ids, m->arena, &in, look, &s), ERR_OK);
    return s;
}

static void many_rows(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t w = market_worker(&m, "will"), other = market_worker(&m, "vera");
    for (int i = 0; i < 2; i++)
        market_sql(&m,
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
                   "INSERT INTO payout (worker, cents, state, transfer, destination, asked_ms) "
                   "SELECT %lld, i, 4, 0, '%s', 0 FROM n",
                   MANY, (long long)(i ? other : w), i ? "theirs" : "mine");
    struct seen s = file(&m, w, NULL, "\"mine\"", 0);
    assert_int_equal(s.words, MANY);
    assert_true(s.bytes > 2000000 && s.largest < PIECE_MAX);
    assert_int_equal(file(&m, w, NULL, "theirs", 0).words, 0);
    s = file(&m, w, "transfers", "\"mine\"", 0);
    assert_int_equal(s.words, MANY);
    assert_true(s.largest < PIECE_MAX);
    assert_int_equal(file(&m, w, NULL, "x", 2).pieces, 2); /* the reader has gone */
    market_sql(&m, "DELETE FROM payout");
    market_close(&m);
}
MARKET_TEST(many_rows)

static void long_answers(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 1000);
    char *text = arena_alloc(m.arena, ANSWER_BYTES + 1);
    memset(text, 'x', ANSWER_BYTES);
    text[ANSWER_BYTES] = '\0';
    struct str packed = str_printf(m.arena, "3:tag1:1%d:%s", ANSWER_BYTES, text);
    for (int i = 0; i < 20; i++) {
        int64_t hit = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5});
        expect(market_try_submit(&m, w, market_accept(&m, w, hit), packed), ERR_OK);
    }
    struct seen s = file(&m, w, NULL, "\"tag\":[\"", 0);
    assert_int_equal(s.words, 20);
    assert_true(s.bytes > (size_t)20 * ANSWER_BYTES && s.largest < PIECE_MAX);
    market_close(&m);
}
MARKET_TEST(long_answers)

static struct err take_rule(struct ctx *c, void *arg) {
    (void)arg;
    return own_data_take(c, c->actor->party);
}
static void so_often_an_hour(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t w = market_worker(&m, "will"), other = market_worker(&m, "vera");
    for (int i = 0; i < OWN_DATA_PER_HOUR; i++)
        expect(market_write(&m, w, take_rule, NULL), ERR_OK);
    expect(market_write(&m, w, take_rule, NULL), ERR_SLOW_DOWN);
    expect(market_write(&m, other, take_rule, NULL), ERR_OK);
    market_advance(&m, 3600);
    expect(market_write(&m, w, take_rule, NULL), ERR_OK);
    market_close(&m);
}
MARKET_TEST(so_often_an_hour)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(many_rows),
        MARKET_TEST_ROWS(long_answers),
        MARKET_TEST_ROWS(so_often_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
