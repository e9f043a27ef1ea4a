/* store/: both databases give the same answers. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "store/sql.h"
#include "store_fixture.h"
#include "test_sql.h"

/* A store with the tables of tests/unit/sql; skips when there is no PostgreSQL. */
static struct fixture *open_things(void **state, const struct store_options *o) {
    struct fixture *f = calloc(1, sizeof(*f));
    if (!fixture_open(f, *(enum fixture_kind *)*state, o)) {
        free(f);
        skip();
    }
    struct sql_migration list[] = {sql_migrations[0], test_sql_migrations[0]};
    struct err e = migrate_list(f->store, &f->arena, list, 2, NULL);
    if (failed(e))
        fail_msg("%s", e.detail);
    return f;
}

static void close_things(struct fixture *f) {
    fixture_close(f);
    free(f);
}

static enum fixture_kind sqlite = FIXTURE_SQLITE, postgres = FIXTURE_POSTGRES;

static void assert_text(struct str got, const char *want) {
    if (!str_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want ? want : "NULL");
}

/* --- values --- */

struct job {
    enum st st;
    int64_t id, total, things;
    char error[400];
    const char *name;
    int64_t count;
    struct test_sql_thing_get_out got;
    struct arena arena;
};

static enum tx_end values_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct test_sql_thing_add_out out;
    tx_use_arena(tx, &j->arena);
    struct test_sql_thing_add_in full = {
        .name = STR("full"), .count = INT64_MAX, .body = {"a\0b", 3}};
    assert_int_equal(test_sql_thing_add(tx, &full, &out), ST_OK);
    assert_true(out.id > 0);
    struct test_sql_thing_add_in bare = {.name = STR("bare"), .count = SQL_NULL};
    assert_int_equal(test_sql_thing_add(tx, &bare, &out), ST_OK);
    struct test_sql_thing_add_in empty = {.name = STR(""), .count = 0, .body = STR("")};
    assert_int_equal(test_sql_thing_add(tx, &empty, &out), ST_OK);

    struct test_sql_thing_get_in in = {STR("bare")};
    assert_int_equal(test_sql_thing_get(tx, &in, &j->got), ST_OK);
    assert_true(j->got.count == SQL_NULL && !j->got.body.p);
    in.name = STR("");
    assert_int_equal(test_sql_thing_get(tx, &in, &j->got), ST_OK);
    assert_true(j->got.count == 0 && j->got.body.p && j->got.body.n == 0);
    assert_true(j->got.name.p && j->got.name.n == 0);
    in.name = STR("none");
    assert_int_equal(test_sql_thing_get(tx, &in, &j->got), ST_NONE);
    in.name = STR("full");
    assert_int_equal(test_sql_thing_get(tx, &in, &j->got), ST_OK);
    return TX_COMMIT;
}

static void test_values(void **state) {
    struct fixture *f = open_things(state, NULL);
    struct job j = {.st = ST_OK};
    arena_init(&j.arena, 0);
    assert_int_equal(store_write(f->store, 1, values_fn, &j), ST_OK);
    assert_text(j.got.name, "full");
    assert_true(j.got.count == INT64_MAX);
    assert_true(j.got.body.n == 3 && memcmp(j.got.body.p, "a\0b", 3) == 0);
    assert_text(j.got.odd, "it's; :not_a_param -- \"@x@\"");
    arena_free(&j.arena);
    close_things(f);
}

static bool count_row(void *arg, const struct test_sql_thing_find_out *row) {
    *(int64_t *)arg += row->id > 0;
    return true;
}

static enum tx_end filter_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct test_sql_thing_find_in all = {.count = SQL_NULL};
    struct test_sql_thing_find_in one = {.name = STR("bare"), .count = SQL_NULL};
    struct test_sql_thing_find_in none = {.name = STR("bare"), .count = 0};
    int64_t n[3] = {0};
    j->st = test_sql_thing_find_each(tx, &all, count_row, &n[0]);
    test_sql_thing_find_each(tx, &one, count_row, &n[1]);
    test_sql_thing_find_each(tx, &none, count_row, &n[2]);
    j->total = n[0] * 100 + n[1] * 10 + n[2];
    return TX_COMMIT;
}

static void test_filters(void **state) {
    struct fixture *f = open_things(state, NULL);
    struct job j = {.st = ST_OK};
    arena_init(&j.arena, 0);
    assert_int_equal(store_write(f->store, 1, values_fn, &j), ST_OK);
    assert_int_equal(store_read(f->store, filter_fn, &j), ST_OK);
    assert_int_equal(j.st, ST_OK);
    assert_int_equal(j.total, 310);
    arena_free(&j.arena);
    close_things(f);
}

/* --- what spoils a transaction --- */

static enum tx_end conflict_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct test_sql_thing_add_out out;
    struct test_sql_thing_add_in in = {.name = str_c(j->name), .count = j->count};
    j->st = test_sql_thing_add(tx, &in, &out);
    snprintf(j->error, sizeof(j->error), "%s", tx_error(tx));
    struct test_sql_thing_total_out total;
    assert_int_equal(test_sql_thing_total(tx, &total), j->st); /* spoilt is spoilt */
    return TX_COMMIT;
}

static int64_t things(struct fixture *f);

static void test_conflicts(void **state) {
    struct fixture *f = open_things(state, NULL);
    struct job j = {.name = "a", .count = 1};
    assert_int_equal(store_write(f->store, 1, conflict_fn, &j), ST_OK);
    assert_int_equal(store_write(f->store, 1, conflict_fn, &j), ST_CONFLICT);
    assert_int_equal(j.st, ST_CONFLICT);
    assert_true(strlen(j.error) > 0);
    j = (struct job){.name = "b", .count = -1}; /* CHECK */
    assert_int_equal(store_write(f->store, 1, conflict_fn, &j), ST_CONFLICT);
    j = (struct job){.name = NULL, .count = 1}; /* NULL where none is allowed */
    assert_int_equal(store_write(f->store, 1, conflict_fn, &j), ST_FAIL);
    assert_non_null(strstr(j.error, "parameter name of thing_add is NULL"));
    assert_int_equal(things(f), 1);
    close_things(f);
}

static enum tx_end foreign_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    int64_t changed;
    j->st = test_sql_part_add(tx, &(struct test_sql_part_add_in){77, 1}, &changed);
    return TX_ROLLBACK;
}

static enum tx_end strict_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct test_sql_thing_count_strict_out out;
    assert_int_equal(
        test_sql_thing_strict_name(tx, &(struct test_sql_thing_strict_name_in){STR("n")}, NULL),
        ST_OK);
    j->st =
        test_sql_thing_count_strict(tx, &(struct test_sql_thing_count_strict_in){STR("n")}, &out);
    return TX_ROLLBACK;
}

static void test_declared(void **state) {
    struct fixture *f = open_things(state, NULL);
    struct job j = {.st = ST_OK};
    assert_int_equal(store_write(f->store, 1, foreign_fn, &j), ST_OK);
    assert_int_equal(j.st, ST_CONFLICT);
    assert_int_equal(store_write(f->store, 1, strict_fn, &j), ST_FAIL);
    struct str why = store_error(f->store, &f->arena);
    assert_true(str_find(why, STR("column count of thing_count_strict is NULL")) >= 0);
    close_things(f);
}

static enum tx_end savepoint_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct test_sql_thing_add_out out;
    struct test_sql_thing_add_in in = {.name = STR("first"), .count = 1};
    assert_int_equal(test_sql_thing_add(tx, &in, &out), ST_OK);
    assert_int_equal(tx_savepoint(tx), ST_OK);
    in.name = STR("second");
    assert_int_equal(test_sql_thing_add(tx, &in, &out), ST_OK);
    assert_int_equal(test_sql_thing_add(tx, &in, &out), ST_CONFLICT);
    enum st undone = tx_rollback_to(tx);
    if (undone == ST_RETRY)
        return TX_RETRY;
    assert_int_equal(undone, ST_OK);
    assert_int_equal(tx_savepoint(tx), ST_OK);
    in.name = STR("third");
    assert_int_equal(test_sql_thing_add(tx, &in, &out), ST_OK);
    assert_int_equal(tx_release(tx), ST_OK);
    struct test_sql_thing_total_out total;
    j->st = test_sql_thing_total(tx, &total);
    j->things = total.things;
    return TX_COMMIT;
}

static void test_savepoints(void **state) {
    struct fixture *f = open_things(state, NULL);
    struct job j = {.st = ST_FAIL};
    assert_int_equal(store_write(f->store, 1, savepoint_fn, &j), ST_OK);
    assert_int_equal(j.things, 2);
    assert_int_equal(things(f), 2);
    close_things(f);
}

/* --- many rows --- */

enum { ROWS = 100000 };

static enum tx_end bulk_fn(struct tx *tx, void *arg) {
    (void)arg;
    struct sql_bulk *bulk = test_sql_thing_bulk_begin(tx);
    char name[32];
    for (int i = 1; i <= ROWS; i++) {
        int n = snprintf(name, sizeof(name), "thing-%d", i);
        struct test_sql_thing_bulk_in in = {
            .id = i,
            .name = {name, (size_t)n},
            .count = i % 10 ? i : SQL_NULL,
            .body = i % 7 ? (struct str){name, 3} : STR_NULL,
        };
        if (test_sql_thing_bulk_add(bulk, &in) != ST_OK)
            break;
    }
    return test_sql_thing_bulk_end(bulk) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static bool check_row(void *arg, const struct test_sql_thing_list_out *row) {
    int64_t *n = arg;
    char name[32];
    snprintf(name, sizeof(name), "thing-%lld", (long long)++*n);
    return row->id == *n && str_is(row->name, name) && row->count == (*n % 10 ? *n : SQL_NULL) &&
           (row->body.p != NULL) == (*n % 7 != 0);
}

static bool ten_rows(void *arg, const struct test_sql_thing_list_out *row) {
    (void)row;
    return ++*(int64_t *)arg < 10;
}

static enum tx_end stream_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct test_sql_thing_list_in in = {0};
    j->st = test_sql_thing_list_each(tx, &in, check_row, &j->total);
    assert_int_equal(test_sql_thing_list_each(tx, &in, ten_rows, &j->things), ST_OK);
    struct test_sql_thing_total_out total; /* the connection is usable after a stop */
    assert_int_equal(test_sql_thing_total(tx, &total), ST_OK);
    assert_int_equal(total.things, ROWS);
    return TX_COMMIT;
}

static enum tx_end bump_fn(struct tx *tx, void *arg) {
    return test_sql_thing_bump(tx, &(struct test_sql_thing_bump_in){1}, arg) == ST_OK ? TX_COMMIT
                                                                                      : TX_ROLLBACK;
}

static void test_streams(void **state) {
    struct fixture *f = open_things(state, NULL);
    assert_int_equal(store_write(f->store, 1, bulk_fn, NULL), ST_OK);
    struct job j = {.st = ST_FAIL};
    assert_int_equal(store_read(f->store, stream_fn, &j), ST_OK);
    assert_int_equal(j.st, ST_OK);
    assert_int_equal(j.total, ROWS);
    assert_int_equal(j.things, 10);
    int64_t changed = 0;
    struct write w = {.fn = bump_fn, .arg = &changed, .alone = true};
    assert_int_equal(store_run(f->store, &w), ST_OK);
    assert_int_equal(changed, ROWS / 10 * 9);
    /* Inside a savepoint, which keeps far more pages for undoing than stay in memory. */
    assert_int_equal(store_write(f->store, 1, bump_fn, &changed), ST_OK);
    assert_int_equal(changed, ROWS / 10 * 9);
    /* The same rows again: refused as a whole. */
    struct write again = {.fn = bulk_fn};
    assert_int_equal(store_run(f->store, &again), ST_OK);
    assert_int_equal(things(f), ROWS);
    close_things(f);
}

/* Rows that go to SQLite several at once (store/bulk.h), whatever their number and size. */
struct names_job {
    int64_t first, rows;
    int64_t long_every; /* a long name in each so-many-th row; 0: none */
    int64_t seen;
};

enum { LONG_NAME = 70000 };

static enum tx_end names_fn(struct tx *tx, void *arg) {
    struct names_job *j = arg;
    struct sql_bulk *bulk = test_sql_thing_names_begin(tx);
    char *name = malloc(LONG_NAME);
    assert_non_null(name);
    for (int64_t i = j->first; i < j->first + j->rows; i++) {
        memset(name, 'x', LONG_NAME);
        int n = snprintf(name, 32, "name-%lld", (long long)i);
        bool is_long = j->long_every && i % j->long_every == 0;
        if (is_long)
            name[n] = '-';
        struct test_sql_thing_names_in in = {
            .id = i,
            .name = {name, is_long ? LONG_NAME : (size_t)n},
            .count = i % 10 ? i : SQL_NULL,
        };
        if (test_sql_thing_names_add(bulk, &in) != ST_OK)
            break;
    }
    free(name);
    return test_sql_thing_names_end(bulk) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static bool check_name(void *arg, const struct test_sql_thing_list_out *row) {
    struct names_job *j = arg;
    char name[32];
    int64_t i = j->first + j->seen++;
    int n = snprintf(name, sizeof(name), "name-%lld", (long long)i);
    bool is_long = j->long_every && i % j->long_every == 0;
    return row->id == i && row->name.n == (is_long ? LONG_NAME : (size_t)n) &&
           str_starts(row->name, str_c(name)) && row->count == (i % 10 ? i : SQL_NULL);
}

static enum tx_end look_names_fn(struct tx *tx, void *arg) {
    struct names_job *j = arg;
    j->seen = 0;
    assert_int_equal(
        test_sql_thing_list_each(tx, &(struct test_sql_thing_list_in){j->first}, check_name, j),
        ST_OK);
    return TX_COMMIT;
}

static void test_names(void **state) {
    struct fixture *f = open_things(state, NULL);
    static const int64_t sizes[] = {0, 1, 31, 32, 33, 64, 100};
    struct names_job j = {.first = 1};
    for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(*sizes); i++) {
        j.first += j.rows;
        j.rows = sizes[i / 2];
        j.long_every = i % 2 ? 7 : 0;
        assert_int_equal(store_write(f->store, 1, names_fn, &j), ST_OK);
        assert_int_equal(store_read(f->store, look_names_fn, &j), ST_OK);
        assert_int_equal(j.seen, j.rows);
    }
    int64_t before = things(f);
    struct names_job again = {.first = j.first + j.rows - 1, .rows = 50}; /* the first is there */
    assert_int_equal(store_write(f->store, 1, names_fn, &again), ST_OK);
    assert_int_equal(things(f), before);
    again.first++;
    assert_int_equal(store_write(f->store, 1, names_fn, &again), ST_OK);
    assert_int_equal(things(f), before + 50);
    close_things(f);
}

/* --- many writes at once --- */

static enum tx_end total_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct test_sql_thing_total_out out;
    j->st = test_sql_thing_total(tx, &out);
    j->things = out.things;
    j->total = out.total;
    return TX_COMMIT;
}

static int64_t things(struct fixture *f) {
    struct job j = {.st = ST_FAIL};
    assert_int_equal(store_read(f->store, total_fn, &j), ST_OK);
    assert_int_equal(j.st, ST_OK);
    return j.things;
}

struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int left, answers[ST_FAIL + 1];
};

struct member {
    struct write write; /* first */
    struct crowd *crowd;
    int number, runs;
    enum tx_end end;
};

static enum tx_end member_fn(struct tx *tx, void *arg) {
    struct member *m = arg;
    char name[32];
    int n = snprintf(name, sizeof(name), "m%d", m->number);
    struct test_sql_thing_add_in in = {.name = {name, (size_t)n}, .count = 1};
    struct test_sql_thing_add_out out;
    m->runs++;
    enum st st = test_sql_thing_add(tx, &in, &out);
    if (st != ST_OK)
        return TX_ROLLBACK;
    return m->end == TX_RETRY && m->runs > 1 ? TX_COMMIT : m->end;
}

static void member_done(struct write *w, enum st st) {
    struct member *m = (struct member *)(void *)w;
    struct crowd *c = m->crowd;
    pthread_mutex_lock(&c->lock);
    c->answers[st]++;
    c->left--;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

static void crowd_start(struct crowd *c, int n) {
    *c = (struct crowd){.left = n};
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
}

static void crowd_submit(struct fixture *f, struct crowd *c, struct member *m, tx_fn fn) {
    m->crowd = c;
    m->write.fn = fn;
    m->write.arg = m;
    m->write.done = member_done;
    m->write.shard = m->number;
    store_submit(f->store, &m->write);
}

static void crowd_wait(struct crowd *c) {
    pthread_mutex_lock(&c->lock);
    while (c->left)
        pthread_cond_wait(&c->wake, &c->lock);
    pthread_mutex_unlock(&c->lock);
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
}

static void test_group(void **state) {
    enum { N = 1000 };
    struct fixture *f = open_things(state, NULL);
    struct member *members = calloc(N, sizeof(*members));
    int kept = 0;
    for (int i = 0; i < N; i++) {
        members[i].number = i;
        members[i].end = i % 10 == 3 ? TX_ROLLBACK : i % 10 == 5 ? TX_RETRY : TX_COMMIT;
        members[i].write.alone = i % 100 == 42;
        kept += members[i].end != TX_ROLLBACK;
    }
    struct crowd c;
    crowd_start(&c, N);
    for (int i = 0; i < N; i++)
        crowd_submit(f, &c, &members[i], member_fn);
    crowd_wait(&c);
    assert_int_equal(c.answers[ST_OK], N);
    assert_int_equal(things(f), kept);
    for (int i = 5; i < N; i += 10)
        assert_true(members[i].runs >= 2);
    assert_int_equal(store_waiting(f->store), 0);
    free(members);
    close_things(f);
}

/* Members of one group that undo in each possible way, some before and some after a change. */
enum undoing {
    KEPT,
    UNDOES_NOTHING,
    UNDOES_SOME,
    UNDOES_ALL,
    REFUSED_AT_ONCE,
    IN_CONFLICT,
    UNDOINGS
};

static enum tx_end undoing_fn(struct tx *tx, void *arg) {
    struct member *m = arg;
    enum undoing how = m->number % UNDOINGS;
    char name[32];
    int n = snprintf(name, sizeof(name), "u%d", m->number);
    struct test_sql_thing_add_in in = {.name = {name, (size_t)n}, .count = 1};
    struct test_sql_thing_add_out out;
    m->runs++;
    if (how == REFUSED_AT_ONCE)
        return TX_ROLLBACK;
    assert_int_equal(test_sql_thing_add(tx, &in, &out), ST_OK);
    if (how == UNDOES_ALL)
        return TX_ROLLBACK;
    if (how == IN_CONFLICT) {
        assert_int_equal(test_sql_thing_add(tx, &in, &out), ST_CONFLICT);
        return TX_COMMIT;
    }
    assert_int_equal(tx_savepoint(tx), ST_OK);
    if (how == KEPT)
        return tx_release(tx) == ST_OK ? TX_COMMIT : TX_RETRY;
    if (how == UNDOES_SOME) {
        in.name = STR("undone");
        assert_int_equal(test_sql_thing_add(tx, &in, &out), ST_OK);
    }
    return tx_rollback_to(tx) == ST_OK ? TX_COMMIT : TX_RETRY;
}

/* n of them, numbered first, first + step, …; wait: each before the next is given. */
static void undo_many(struct fixture *f, int first, int step, int n, bool wait) {
    struct member *members = calloc((size_t)n, sizeof(*members));
    struct crowd c;
    int conflicts = 0;
    crowd_start(&c, n);
    for (int i = 0; i < n; i++) {
        members[i].number = first + i * step;
        members[i].write.alone = members[i].number % 25 == 7;
        conflicts += members[i].number % UNDOINGS == IN_CONFLICT;
        crowd_submit(f, &c, &members[i], undoing_fn);
        pthread_mutex_lock(&c.lock);
        while (wait && c.left > n - i - 1)
            pthread_cond_wait(&c.wake, &c.lock);
        pthread_mutex_unlock(&c.lock);
    }
    crowd_wait(&c);
    assert_int_equal(c.answers[ST_CONFLICT], conflicts);
    assert_int_equal(c.answers[ST_OK], n - conflicts);
    free(members);
}

/* Whatever a member of a group undoes is undone, and nothing of the others. */
static void test_undo(void **state) {
    struct fixture *f = open_things(state, NULL);
    undo_many(f, 0, 1, 600, false);
    assert_int_equal(things(f), 300); /* three of six are kept */
    undo_many(f, 600, 1, 60, true);
    assert_int_equal(things(f), 330);
    undo_many(f, 1200, UNDOINGS, 400, false); /* all are kept */
    assert_int_equal(things(f), 730);
    undo_many(f, 3600 + UNDOES_ALL, UNDOINGS, 300, false); /* none is */
    assert_int_equal(things(f), 730);
    close_things(f);
}

static enum tx_end never_fn(struct tx *tx, void *arg) {
    (void)tx;
    ++*(int *)arg;
    return TX_RETRY;
}

static void test_retry_ends(void **state) {
    struct fixture *f = open_things(state, NULL);
    int runs = 0;
    assert_int_equal(store_write(f->store, 1, never_fn, &runs), ST_RETRY);
    assert_true(runs > 1 && runs < 100);
    runs = 0;
    assert_int_equal(store_read(f->store, never_fn, &runs), ST_RETRY);
    assert_true(runs > 1 && runs < 100);
    close_things(f);
}

static enum tx_end meta_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    struct sql_meta_get_out out;
    j->st = sql_meta_get(tx, &(struct sql_meta_get_in){STR("k")}, &out);
    if (j->st != ST_OK && j->st != ST_NONE)
        return TX_ROLLBACK;
    struct str value = str_printf(tx_arena(tx), "%zu", j->st == ST_OK ? out.value.n : 0);
    j->st = sql_meta_put(tx, &(struct sql_meta_put_in){STR("k"), value}, NULL);
    return TX_COMMIT;
}

/* Reads a tally and writes it back: two of these at once are not serializable. */
struct skew {
    pthread_t thread;
    struct store *store;
    int number;
};

static enum tx_end skew_fn(struct tx *tx, void *arg) {
    (void)arg;
    struct test_sql_tally_get_out seen;
    enum st st = test_sql_tally_get(tx, &(struct test_sql_tally_get_in){1}, &seen);
    if (st == ST_OK)
        st = test_sql_tally_put(tx, &(struct test_sql_tally_put_in){1, seen.count + 1}, NULL);
    return st == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static void *skew_run(void *arg) {
    struct skew *s = arg;
    for (int i = 0; i < 50; i++)
        while (store_write(s->store, s->number, skew_fn, s) != ST_OK) {}
    return NULL;
}

static enum tx_end tally_start_fn(struct tx *tx, void *arg) {
    (void)arg;
    test_sql_tally_put(tx, &(struct test_sql_tally_put_in){1, 0}, NULL);
    return TX_COMMIT;
}

static enum tx_end tally_fn(struct tx *tx, void *arg) {
    struct test_sql_tally_get_out out = {-1};
    test_sql_tally_get(tx, &(struct test_sql_tally_get_in){1}, &out);
    *(int64_t *)arg = out.count;
    return TX_COMMIT;
}

static void test_contention(void **state) {
    struct fixture *f = open_things(state, NULL);
    assert_int_equal(store_write(f->store, 0, tally_start_fn, NULL), ST_OK);
    struct skew s[4];
    for (int i = 0; i < 4; i++) {
        s[i] = (struct skew){.store = f->store, .number = i};
        assert_int_equal(pthread_create(&s[i].thread, NULL, skew_run, &s[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(s[i].thread, NULL);
    int64_t count = 0;
    assert_int_equal(store_read(f->store, tally_fn, &count), ST_OK);
    assert_int_equal(count, 200);
    close_things(f);
}

/* --- a snapshot stands still --- */

static enum tx_end snapshot_fn(struct tx *tx, void *arg) {
    struct fixture *f = arg;
    struct test_sql_thing_total_out before, after;
    assert_int_equal(test_sql_thing_total(tx, &before), ST_OK);
    struct job j = {.name = "meanwhile", .count = 1};
    assert_int_equal(store_write(f->store, 1, conflict_fn, &j), ST_OK);
    assert_int_equal(test_sql_thing_total(tx, &after), ST_OK);
    assert_int_equal(before.things, after.things);
    int64_t changed;
    assert_int_equal(test_sql_thing_bump(tx, &(struct test_sql_thing_bump_in){1}, &changed),
                     ST_FAIL); /* reads can not write */
    return TX_COMMIT;
}

static void test_snapshot(void **state) {
    struct fixture *f = open_things(state, NULL);
    assert_int_equal(store_read(f->store, snapshot_fn, f), ST_FAIL);
    assert_int_equal(things(f), 1);
    close_things(f);
}

/* --- migrations --- */

static void test_migrations(void **state) {
    struct fixture f;
    if (!fixture_open(&f, *(enum fixture_kind *)*state, NULL))
        skip();
    bool is_new = false;
    assert_false(failed(store_is_new(f.store, &f.arena, &is_new)));
    assert_true(is_new);
    int64_t version = -1, latest = -1;
    assert_false(failed(store_schema_version(f.store, &f.arena, &version, &latest)));
    assert_int_equal(version, 0);
    assert_true(latest > 0);
    int applied = -1;
    struct err e = store_migrate(f.store, &f.arena, &applied);
    if (failed(e))
        fail_msg("%s", e.detail);
    assert_int_equal(applied, sql_migration_count - 1);
    assert_false(failed(store_migrate(f.store, &f.arena, &applied)));
    assert_int_equal(applied, 0);
    assert_false(failed(store_schema_version(f.store, &f.arena, &version, &latest)));
    assert_int_equal(version, latest);
    assert_false(failed(store_is_new(f.store, &f.arena, &is_new)));
    assert_false(is_new);
    fixture_close(&f);
}

static void test_migration_mismatch(void **state) {
    struct fixture *f = open_things(state, NULL);
    struct sql_migration list[] = {sql_migrations[0],
                                   test_sql_migrations[0],
                                   {.version = 2, .name = "bad", .text = {"CREATE", "CREATE"}}};
    struct err e = migrate_list(f->store, &f->arena, list, 1, NULL);
    assert_int_equal(e.code, ERR_STORE);
    assert_non_null(strstr(e.detail, "newer"));
    e = migrate_list(f->store, &f->arena, list, 3, NULL);
    assert_int_equal(e.code, ERR_STORE);
    assert_non_null(strstr(e.detail, "Migration 2 (bad) failed"));
    assert_false(failed(migrate_list(f->store, &f->arena, list, 2, NULL)));
    list[1].text[0] = list[1].text[1] = "SELECT 1";
    e = migrate_list(f->store, &f->arena, list, 2, NULL);
    assert_int_equal(e.code, ERR_STORE);
    assert_non_null(strstr(e.detail, "another build"));
    close_things(f);
}

/* --- what goes wrong outside --- */

static enum tx_end script_fn(struct tx *tx, void *arg) {
    return tx->ops->script(tx, arg) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static enum tx_end large_fn(struct tx *tx, void *arg) {
    struct member *m = arg;
    struct arena a;
    arena_init(&a, 0);
    struct str body = {arena_alloc(&a, 1 << 20), 1 << 20};
    struct test_sql_thing_add_out out;
    enum st st = ST_OK;
    for (int i = 0; st == ST_OK && i < 8; i++) {
        struct test_sql_thing_add_in in = {
            .name = str_printf(&a, "large-%d-%d", m->number, i), .count = 1, .body = body};
        st = test_sql_thing_add(tx, &in, &out);
    }
    arena_free(&a);
    return st == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

/* A write that needs more room than there is fails alone; SQLite undoes the whole group then. */
static void test_one_too_large(void **state) {
    enum { N = 40 };
    struct fixture *f = open_things(state, NULL);
    struct write limit = {.fn = script_fn, .arg = (char *)"PRAGMA max_page_count = 600"};
    assert_int_equal(store_run(f->store, &limit), ST_OK);
    struct member *members = calloc(N, sizeof(*members));
    for (int i = 0; i < N; i++)
        members[i].number = i;
    struct crowd c;
    crowd_start(&c, N);
    for (int i = 0; i < N; i++)
        crowd_submit(f, &c, &members[i], i == 20 ? large_fn : member_fn);
    crowd_wait(&c);
    assert_int_equal(c.answers[ST_OK], N - 1);
    assert_int_equal(c.answers[ST_FAIL], 1);
    assert_int_equal(things(f), N - 1);
    assert_true(str_find(store_error(f->store, &f->arena), STR("disk is full")) >= 0);
    free(members);
    close_things(f);
}

static void limit_file_size(rlim_t bytes) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* No file may grow: every commit fails. Reads go on; writes too, when there is room again. */
static void test_no_room(void **state) {
    enum { N = 40 };
    struct fixture *f = open_things(state, NULL);
    signal(SIGXFSZ, SIG_IGN);
    struct member *members = calloc(N, sizeof(*members));
    for (int round = 0; round < 3; round++) {
        limit_file_size(round == 1 ? 40000 : RLIM_INFINITY);
        for (int i = 0; i < N; i++)
            members[i] = (struct member){.number = i + 1000 * round, .end = TX_COMMIT};
        struct crowd c;
        crowd_start(&c, N);
        for (int i = 0; i < N; i++)
            crowd_submit(f, &c, &members[i], member_fn);
        crowd_wait(&c);
        assert_int_equal(c.answers[round == 1 ? ST_FAIL : ST_OK], N);
        assert_int_equal(things(f), round == 2 ? 2 * N : N);
    }
    free(members);
    close_things(f);
}

static enum tx_end cut_fn(struct tx *tx, void *arg) {
    struct job *j = arg;
    j->st = tx->ops->script(tx, "SELECT pg_terminate_backend(pg_backend_pid())");
    return TX_COMMIT;
}

static void test_lost_connection(void **state) {
    struct fixture *f = open_things(state, &(struct store_options){.lanes = 1, .readers = 1});
    struct job j = {.st = ST_OK};
    assert_int_equal(store_write(f->store, 1, cut_fn, &j), ST_FAIL);
    assert_int_equal(j.st, ST_FAIL);
    assert_int_equal(store_read(f->store, cut_fn, &j), ST_FAIL);
    j = (struct job){.name = "after", .count = 1};
    assert_int_equal(store_write(f->store, 1, conflict_fn, &j), ST_OK);
    assert_int_equal(things(f), 1);
    close_things(f);
}

/* A bulk that its function gives up harms neither the connection nor what follows. */
static enum tx_end give_up_fn(struct tx *tx, void *arg) {
    (void)arg;
    struct sql_bulk *bulk = test_sql_thing_bulk_begin(tx);
    struct test_sql_thing_bulk_in in = {.id = 1, .name = STR("x"), .count = 1};
    test_sql_thing_bulk_add(bulk, &in);
    in.name = STR_NULL;
    return test_sql_thing_bulk_add(bulk, &in) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static void test_given_up(void **state) {
    struct fixture *f = open_things(state, &(struct store_options){.lanes = 1});
    assert_int_equal(store_write(f->store, 1, give_up_fn, NULL), ST_FAIL);
    struct job j = {.name = "after", .count = 1};
    assert_int_equal(store_write(f->store, 1, conflict_fn, &j), ST_OK);
    assert_int_equal(things(f), 1);
    close_things(f);
}

/* --- several programs on one store --- */

struct program {
    pthread_t thread;
    struct fixture *f;
    struct arena arena;
    int number, bad;
};

static void *program_run(void *arg) {
    struct program *p = arg;
    struct store *store;
    struct err e = store_open(&p->arena, p->f->url, &(struct store_options){.lanes = 1}, &store);
    if (!failed(e))
        e = store_migrate(store, &p->arena, NULL);
    if (failed(e)) {
        fprintf(stderr, "%s\n", e.detail);
        p->bad++;
        return NULL;
    }
    for (int i = 0; i < 50; i++) {
        struct job j = {.st = ST_OK};
        struct store *both[] = {store, p->f->store};
        if (store_write(both[i % 2], p->number, meta_fn, &j) != ST_OK)
            p->bad++;
    }
    store_close(store);
    return NULL;
}

static void test_programs(void **state) {
    struct fixture f;
    if (!fixture_open(&f, *(enum fixture_kind *)*state, NULL))
        skip();
    struct program p[3];
    for (int i = 0; i < 3; i++) {
        p[i] = (struct program){.f = &f, .number = i};
        arena_init(&p[i].arena, 0);
        assert_int_equal(pthread_create(&p[i].thread, NULL, program_run, &p[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(p[i].thread, NULL);
        assert_int_equal(p[i].bad, 0);
        arena_free(&p[i].arena);
    }
    fixture_close(&f);
}

/* --- backup --- */

static void on_progress(void *arg, int64_t done, int64_t total) {
    int *calls = arg;
    ++*calls;
    assert_true(done <= total);
}

static void test_backup(void **state) {
    struct fixture *f = open_things(state, NULL);
    const char *path = arena_printf(&f->arena, "%s/copy.db", f->dir);
    int calls = 0;
    if (f->kind == FIXTURE_POSTGRES) {
        struct err e = store_backup(f->store, &f->arena, path, NULL, NULL);
        assert_non_null(strstr(e.detail, "pg_dump"));
        close_things(f);
        return;
    }
    struct write fill = {.fn = bulk_fn, .alone = true};
    assert_int_equal(store_run(f->store, &fill), ST_OK);
    struct err e = store_backup(f->store, &f->arena, path, on_progress, &calls);
    if (failed(e))
        fail_msg("%s", e.detail);
    assert_true(calls > 0);
    e = store_backup(f->store, &f->arena, path, NULL, NULL);
    assert_non_null(strstr(e.detail, "already there"));
    e = store_backup(f->store, &f->arena, "/nonexistent/copy.db", NULL, NULL);
    assert_true(failed(e));

    struct fixture copy = {.kind = FIXTURE_SQLITE};
    const struct store_options options = {.read_only = true};
    const char *url = arena_printf(&f->arena, "sqlite:%s", path);
    assert_false(failed(store_open(&f->arena, url, &options, &copy.store)));
    assert_int_equal(things(&copy), ROWS);
    store_close(copy.store);
    close_things(f);
}

/* --- addresses --- */

static void test_urls(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    struct store *store;
    struct err e = store_open(&a, "mysql://x", NULL, &store);
    assert_non_null(strstr(e.detail, "sqlite:PATH"));
    assert_null(store);
    e = store_open(&a, "sqlite:/nonexistent/x.db", NULL, &store);
    assert_non_null(strstr(e.detail, "hitd init"));
    e = store_open(&a, "sqlite:/nonexistent/x.db", &(struct store_options){.create = true}, &store);
    assert_true(failed(e));
    e = store_open(&a, "postgresql:///x?host=/nonexistent", NULL, &store);
    assert_true(failed(e));
    arena_free(&a);
}

int main(void) {
    log_set_level(LOG_ERROR + 1);
#define ON_BOTH(test)                                                                              \
    {#test " (sqlite)", test, NULL, NULL, &sqlite}, {                                              \
#test " (postgresql)", test, NULL, NULL, &postgres                                         \
    }
    const struct CMUnitTest tests[] = {
        ON_BOTH(test_values),
        ON_BOTH(test_filters),
        ON_BOTH(test_conflicts),
        ON_BOTH(test_declared),
        ON_BOTH(test_savepoints),
        ON_BOTH(test_streams),
        ON_BOTH(test_names),
        ON_BOTH(test_group),
        ON_BOTH(test_undo),
        ON_BOTH(test_retry_ends),
        ON_BOTH(test_contention),
        ON_BOTH(test_snapshot),
        ON_BOTH(test_migrations),
        ON_BOTH(test_migration_mismatch),
        ON_BOTH(test_given_up),
        ON_BOTH(test_programs),
        ON_BOTH(test_backup),
        {"test_one_too_large", test_one_too_large, NULL, NULL, &sqlite},
        {"test_no_room", test_no_room, NULL, NULL, &sqlite},
        {"test_lost_connection", test_lost_connection, NULL, NULL, &postgres},
        cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
