/* The part of the store that is the same over both databases. */
#include "store/store.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/datetime.h"
#include "base/log.h"
#include "store/stmt.h"

struct err store_open(struct arena *a, const char *url, const struct store_options *o,
                      struct store **store) {
    static const struct store_options defaults = {.lanes = 0};
    struct str u = str_c(url);
    *store = NULL;
    if (!o)
        o = &defaults;
    if (str_starts(u, STR("sqlite:"))) {
        const char *path = url + strlen("sqlite:");
        return sqlite_open(a, path[0] ? path : "hitd.db", o, store);
    }
    if (str_starts(u, STR("postgresql://")) || str_starts(u, STR("postgres://")))
        return postgres_open(a, url, o, store);
    return err_make(a, ERR_STORE, "store",
                    "\"%s\" is no store: write sqlite:PATH or postgresql://HOST/DATABASE.",
                    url ? url : "");
}

void store_init(struct store *s, const struct store_ops *ops, bool read_only) {
    s->ops = ops;
    s->read_only = read_only;
    pthread_mutex_init(&s->error_lock, NULL);
}

void store_close(struct store *store) {
    if (store)
        store->ops->close(store);
}

enum st store_read(struct store *store, tx_fn fn, void *arg) {
    return store->ops->read(store, fn, arg);
}

void store_submit(struct store *store, struct write *w) {
    assert(!store->read_only && w->fn && w->done);
    store->ops->submit(store, w);
}

/* A write that somebody waits for. */
struct waiter {
    struct write *write;
    void *arg;
    tx_fn fn;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool done;
    enum st st;
};

static enum tx_end waiter_fn(struct tx *tx, void *arg) {
    struct waiter *wait = arg;
    return wait->fn(tx, wait->arg);
}

static void waiter_done(struct write *w, enum st st) {
    struct waiter *wait = w->arg;
    pthread_mutex_lock(&wait->lock);
    wait->st = st;
    wait->done = true;
    pthread_cond_signal(&wait->wake);
    pthread_mutex_unlock(&wait->lock);
}

enum st store_run(struct store *store, struct write *w) {
    struct waiter wait = {.write = w, .fn = w->fn, .arg = w->arg};
    pthread_mutex_init(&wait.lock, NULL);
    pthread_cond_init(&wait.wake, NULL);
    w->fn = waiter_fn;
    w->arg = &wait;
    w->done = waiter_done;
    store_submit(store, w);
    pthread_mutex_lock(&wait.lock);
    while (!wait.done)
        pthread_cond_wait(&wait.wake, &wait.lock);
    pthread_mutex_unlock(&wait.lock);
    pthread_cond_destroy(&wait.wake);
    pthread_mutex_destroy(&wait.lock);
    w->fn = wait.fn;
    w->arg = wait.arg;
    return wait.st;
}

enum st store_write(struct store *store, int64_t shard, tx_fn fn, void *arg) {
    struct write w = {.fn = fn, .arg = arg, .shard = shard};
    return store_run(store, &w);
}

enum st store_write_relaxed(struct store *store, int64_t shard, tx_fn fn, void *arg) {
    struct write w = {.fn = fn, .arg = arg, .shard = shard, .relaxed = true};
    return store_run(store, &w);
}

void store_note_error(struct store *s, const char *words) {
    enum { QUIET_MS = 1000 }; /* a full disk fails thousands of writes a second with one text */
    int64_t now_ms = time_wall_ms();
    pthread_mutex_lock(&s->error_lock);
    bool told = strcmp(s->error, words) == 0 && now_ms - s->error_ms < QUIET_MS;
    if (!told) {
        s->error_ms = now_ms;
        snprintf(s->error, sizeof(s->error), "%s", words);
    }
    pthread_mutex_unlock(&s->error_lock);
    if (!told)
        log_error("store: %s", words);
}

struct str store_error(struct store *store, struct arena *a) {
    pthread_mutex_lock(&store->error_lock);
    struct str s = str_c(arena_strdup(a, store->error));
    pthread_mutex_unlock(&store->error_lock);
    return s;
}

size_t store_waiting(struct store *store) {
    return store->read_only ? 0 : store->ops->waiting(store);
}

const char *store_kind(const struct store *store) {
    return store->ops->kind;
}

struct err store_backup(struct store *store, struct arena *a, const char *path,
                        void (*progress)(void *arg, int64_t done, int64_t total), void *arg) {
    return store->ops->backup(store, a, path, progress, arg);
}

void tx_start(struct tx *tx, struct arena *arena, bool writes) {
    tx->arena = arena;
    tx->writes = writes;
    tx->busy = false;
    tx->in_savepoint = false;
    tx->spoilt = ST_OK;
    tx->error[0] = '\0';
}

struct arena *tx_arena(struct tx *tx) {
    return tx->arena;
}

void tx_use_arena(struct tx *tx, struct arena *a) {
    tx->arena = a;
}

const char *tx_error(const struct tx *tx) {
    return tx->error;
}

enum st tx_spoil(struct tx *tx, enum st st, const char *fmt, ...) {
    if (tx->spoilt != ST_OK)
        return tx->spoilt;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(tx->error, sizeof(tx->error), fmt, ap);
    va_end(ap);
    tx->spoilt = st;
    if (st == ST_FAIL)
        store_note_error(tx->store, tx->error);
    return st;
}

enum st tx_savepoint(struct tx *tx) {
    assert(tx->writes && !tx->busy && !tx->in_savepoint);
    if (tx->spoilt != ST_OK)
        return tx->spoilt;
    tx->in_savepoint = true;
    return tx->ops->save(tx);
}

enum st tx_rollback_to(struct tx *tx) {
    assert(!tx->busy && (tx->in_savepoint || tx->spoilt != ST_OK));
    if (tx->spoilt == ST_RETRY || tx->spoilt == ST_FAIL || !tx->in_savepoint)
        return tx->spoilt;
    tx->in_savepoint = false;
    tx->spoilt = ST_OK;
    tx->error[0] = '\0';
    return tx->ops->save_undo(tx);
}

enum st tx_release(struct tx *tx) {
    assert(!tx->busy && (tx->in_savepoint || tx->spoilt != ST_OK));
    if (tx->spoilt != ST_OK)
        return tx->spoilt;
    tx->in_savepoint = false;
    return tx->ops->save_keep(tx);
}

enum st tx_refresh_plans(struct tx *tx, const char *table) {
    assert(!tx->busy);
    if (tx->spoilt != ST_OK || tx->ops->dialect != DIALECT_POSTGRES)
        return tx->spoilt;
    return tx->ops->script(tx, arena_printf(tx->arena, "ANALYZE %s", table));
}

enum st stmt_check_in(struct tx *tx, const struct sql_stmt *s, const void *in) {
    for (int i = 0; i < s->in_count; i++) {
        const struct sql_field *f = &s->in[i];
        bool null = f->type == SQL_INT ? *field_int(f, in) == SQL_NULL : !field_str(f, in)->p;
        if (null && !f->nullable)
            return tx_spoil(tx, ST_FAIL, "%s: parameter %s of %s is NULL", s->where, f->name,
                            s->name);
    }
    return ST_OK;
}

void stmt_keep_row(struct tx *tx, const struct sql_stmt *s, void *out) {
    for (int i = 0; i < s->out_count; i++)
        if (s->out[i].type != SQL_INT) {
            struct str *text = field_str_set(&s->out[i], out);
            *text = str_dup(tx->arena, *text);
        }
}

static bool may_run(struct tx *tx, const struct sql_stmt *s, const void *in) {
    assert(!tx->busy); /* no statement inside a row function or between bulk begin and end */
    return tx->spoilt == ST_OK && stmt_check_in(tx, s, in) == ST_OK;
}

enum st stmt_one(struct tx *tx, const struct sql_stmt *s, const void *in, void *out) {
    if (!may_run(tx, s, in))
        return tx->spoilt;
    return tx->ops->one(tx, s, in, out);
}

enum st stmt_each(struct tx *tx, const struct sql_stmt *s, const void *in, sql_row_fn fn,
                  void *arg) {
    if (!may_run(tx, s, in))
        return tx->spoilt;
    tx->busy = true;
    enum st st = tx->ops->each(tx, s, in, fn, arg);
    tx->busy = false;
    return st;
}

enum st stmt_exec(struct tx *tx, const struct sql_stmt *s, const void *in, int64_t *changed) {
    int64_t ignored;
    if (!changed)
        changed = &ignored;
    *changed = 0;
    if (!may_run(tx, s, in))
        return tx->spoilt;
    return tx->ops->exec(tx, s, in, changed);
}

struct sql_bulk *stmt_bulk_begin(struct tx *tx, const struct sql_stmt *s) {
    assert(!tx->busy);
    tx->bulk = (struct sql_bulk){tx, s};
    if (tx->spoilt == ST_OK)
        tx->ops->bulk_begin(tx, s);
    tx->busy = true;
    return &tx->bulk;
}

enum st stmt_bulk_add(struct sql_bulk *b, const struct sql_stmt *s, const void *in) {
    struct tx *tx = b->tx;
    assert(tx->busy && b->stmt == s);
    if (tx->spoilt != ST_OK || stmt_check_in(tx, s, in) != ST_OK)
        return tx->spoilt;
    return tx->ops->bulk_add(tx, s, in);
}

enum st stmt_bulk_end(struct sql_bulk *b, const struct sql_stmt *s) {
    struct tx *tx = b->tx;
    assert(tx->busy && b->stmt == s);
    tx->busy = false;
    tx->bulk.stmt = NULL;
    return tx->ops->bulk_end(tx, s);
}

bool stmt_plan_scans(struct buf *made, struct str line) {
    struct str makers[] = {STR("MATERIALIZE "), STR("CO-ROUTINE ")};
    for (size_t i = 0; i < 2; i++)
        if (str_starts(line, makers[i])) {
            struct str name = str_from(line, makers[i].n);
            buf_printf(made, "|%.*s|", STR_ARG(name));
            return false;
        }
    if (str_find(line, STR("AUTOMATIC")) >= 0)
        return true;
    if (!str_starts(line, STR("SCAN ")) || str_find(line, STR("INDEX ")) >= 0)
        return false;
    struct str rest = str_from(line, 5);
    struct str name = str_cut(&rest, ' ');
    if (str_is(name, "CONSTANT") || (name.n && (name.p[0] == '(' || name.p[0] <= '9')))
        return false;
    char key[256];
    snprintf(key, sizeof(key), "|%.*s|", STR_ARG(name));
    return str_find(buf_view(made), str_c(key)) < 0;
}
