/* SQLite: one writer thread with group commit, a pool of readers, a checkpoint thread.
 *
 * Durability: WAL with synchronous=FULL; a write is answered after the COMMIT it is part of was
 * synced, unless it is relaxed (store.h). Group commit: all writes that wait are run in one
 * transaction. Other processes (administration commands) take turns by BEGIN IMMEDIATE.
 *
 * Savepoints: SQLite keeps a copy of every page that a write changes inside of one, which costs
 * more than the write. As nearly all writes are kept, and most that are not have changed nothing
 * when they are refused, a group runs without savepoints first. When something must be undone after
 * all, the whole group is rolled back and run again, each write in its savepoint ("guarded"), and
 * so are the next few groups, as such writes seldom come alone.
 *
 * The WAL is copied back by a thread of its own (PASSIVE), so that the lane never waits for it.
 * Only when the WAL has grown WAL_HARD_PAGES, as it does when writes never pause long enough for
 * it to start over, the lane does the rest of the copying itself.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "store/bulk.h"
#include "store/lane.h"
#include "store/sqlite_parts.h"

enum {
    GROUP_MAX = 256,        /* bounds the time and memory of one commit */
    RUNS_MAX = 4,           /* of one function that answers TX_RETRY */
    BUSY_MS = 30000,        /* another process may hold the store for a large import */
    WAL_STEP_PAGES = 4000,  /* 16 MB between checkpoints: each costs two syncs */
    WAL_HARD_PAGES = 16000, /* 64 MB: beyond, reading slows down */
    WAL_FILE_BYTES = 67108864,
    ARENA_KEEP = 65536,          /* an arena of a write that grew beyond is given back */
    SAVEPOINT_BYTES = 31 * 4096, /* of pages kept in memory for undoing; beyond, in a file */
    GUARDED_GROUPS = 16,         /* after one that had to be run again */
};

/* Of hitd's database files: "hitd". */
#define APPLICATION_ID 1751741540
#define TEXT_OF(x)     TEXT_OF_(x)
#define TEXT_OF_(x)    #x

/* Commands around a write, kept prepared: they are half of what a small write costs. */
enum command {
    BEGIN_READ,
    BEGIN_WRITE,
    SAVE,
    SAVE_KEEP,
    SAVE_UNDO,
    INNER,
    INNER_KEEP,
    INNER_UNDO,
    COMMIT,
    ROLLBACK,
    COMMANDS
};
static const char *const command_texts[COMMANDS] = {
    [BEGIN_READ] = "BEGIN",
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SAVE] = "SAVEPOINT one_write",
    [SAVE_KEEP] = "RELEASE one_write",
    [SAVE_UNDO] = "ROLLBACK TO one_write",
    [INNER] = "SAVEPOINT inner_part",
    [INNER_KEEP] = "RELEASE inner_part",
    [INNER_UNDO] = "ROLLBACK TO inner_part",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
};

struct conn {
    struct tx tx; /* first */
    sqlite3 *db;
    sqlite3_stmt *commands[COMMANDS];
    sqlite3_stmt **cache;
    int cache_size;
    struct bulk bulk;        /* rows that wait */
    sqlite3_stmt *bulk_many; /* its statement for BULK_ROWS rows, once there were so many */
    struct arena arena;      /* of reads */
    int64_t busy_since_ms;
    bool guarded;        /* savepoints are set */
    bool missed;         /* one that was not set is needed */
    bool scripted;       /* a script ran, whose changes are not counted */
    sqlite3_int64 outer; /* changes when the write began, */
    sqlite3_int64 inner; /* and at its savepoint */
};

struct sqlite_store {
    struct store store; /* first */
    char *path;
    bool create;
    struct lane lane;
    struct conn *writer;
    bool full;                /* the lane's: the disk was full at the last write */
    bool relaxed;             /* the lane's: COMMIT does not wait for the disk */
    int guarded_groups;       /* the lane's: how many more */
    int wal_pages, wal_asked; /* the lane's: WAL length now, and at the last checkpoint */
    struct arena arenas[GROUP_MAX];
    struct pool pool;
    pthread_t checkpointer;
    pthread_mutex_t checkpoint_lock;
    pthread_cond_t checkpoint_wake;
    bool checkpoint_due, checkpoint_stop;
};

static struct conn *conn_of(struct tx *tx) {
    return (struct conn *)(void *)tx;
}

static struct sqlite_store *store_of(struct store *s) {
    return (struct sqlite_store *)(void *)s;
}

/* --- errors --- */

static enum st st_of(int rc, int extended) {
    if (rc == SQLITE_CONSTRAINT)
        return extended == SQLITE_CONSTRAINT_NOTNULL || extended == SQLITE_CONSTRAINT_DATATYPE
                   ? ST_FAIL
                   : ST_CONFLICT;
    return rc == SQLITE_BUSY ? ST_RETRY : ST_FAIL;
}

static const char *hint_of(int rc) {
    switch (rc) {
    case SQLITE_FULL: return " (the disk is full: make room; nothing was changed)";
    case SQLITE_BUSY: return " (another program is writing to the store)";
    case SQLITE_READONLY: return " (the store's file or directory can not be written)";
    case SQLITE_CORRUPT: return " (the file is damaged: restore a backup)";
    default: return "";
    }
}

/* Spoils the transaction with what SQLite says. */
static enum st spoil(struct conn *c, const char *doing) {
    int rc = sqlite3_errcode(c->db) & 0xff;
    int extended = sqlite3_extended_errcode(c->db);
    return tx_spoil(&c->tx, st_of(rc, extended), "%s: %s%s", doing, sqlite3_errmsg(c->db),
                    hint_of(rc));
}

/* --- connections --- */

/* A flat wait: SQLite's own handler backs off to 100 ms, by which a busy server would never let an
 * administration command in. */
static int on_busy(void *arg, int calls) {
    struct conn *c = arg;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (calls == 0)
        c->busy_since_ms = ms;
    if (ms - c->busy_since_ms > BUSY_MS)
        return 0;
    struct timespec nap = {.tv_nsec = calls < 20 ? 200000 : 1000000};
    nanosleep(&nap, NULL);
    return 1;
}

static void conn_close(struct conn *c) {
    if (!c)
        return;
    for (int i = 0; i < c->cache_size; i++)
        sqlite3_finalize(c->cache[i]);
    for (int i = 0; i < COMMANDS; i++)
        sqlite3_finalize(c->commands[i]);
    free(c->cache);
    sqlite3_finalize(c->bulk_many);
    bulk_free(&c->bulk);
    sqlite3_close(c->db);
    arena_free(&c->arena);
    free(c);
}

static const char writer_setup[] = "PRAGMA page_size = 4096;"
                                   "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA foreign_keys = ON;"
                                   "PRAGMA wal_autocheckpoint = 0;"
                                   "PRAGMA cache_size = -131072;"
                                   "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA mmap_size = 0;";
static const char reader_setup[] = "PRAGMA query_only = ON;"
                                   "PRAGMA cache_size = -16384;"
                                   "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA mmap_size = 0;";

static const struct tx_ops sqlite_tx_ops;

/* Opens one connection. NULL after a failure, with words in why. */
static struct conn *conn_open(struct sqlite_store *s, bool writer, char *why, size_t why_size) {
    struct conn *c = calloc(1, sizeof(*c));
    assert(c);
    c->tx.ops = &sqlite_tx_ops;
    c->tx.store = &s->store;
    arena_init(&c->arena, 0);
    bulk_init(&c->bulk);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (writer && s->create)
        flags |= SQLITE_OPEN_CREATE;
    int rc = sqlite3_open_v2(s->path, &c->db, flags, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_handler(c->db, on_busy, c);
        rc = sqlite3_exec(c->db, writer ? writer_setup : reader_setup, NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK)
        return c;
    snprintf(why, why_size, "%s: %s%s", s->path, c->db ? sqlite3_errmsg(c->db) : "no memory",
             hint_of(rc & 0xff));
    conn_close(c);
    return NULL;
}

static bool run_text(struct conn *c, const char *text) {
    return sqlite3_exec(c->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static bool run_command(struct conn *c, enum command command) {
    sqlite3_stmt **p = &c->commands[command];
    if (!*p && sqlite3_prepare_v3(c->db, command_texts[command], -1, SQLITE_PREPARE_PERSISTENT, p,
                                  NULL) != SQLITE_OK)
        return false;
    sqlite3_step(*p);
    return sqlite3_reset(*p) == SQLITE_OK;
}

/* --- statements --- */

static sqlite3_stmt *prepared(struct conn *c, const struct sql_stmt *s) {
    if (s->slot >= c->cache_size) {
        int size = s->slot + 64;
        sqlite3_stmt **cache = realloc(c->cache, (size_t)size * sizeof(*cache));
        assert(cache);
        memset(cache + c->cache_size, 0, (size_t)(size - c->cache_size) * sizeof(*cache));
        c->cache = cache;
        c->cache_size = size;
    }
    sqlite3_stmt **p = &c->cache[s->slot];
    if (!*p && sqlite3_prepare_v3(c->db, s->text[DIALECT_SQLITE], -1, SQLITE_PREPARE_PERSISTENT, p,
                                  NULL) != SQLITE_OK)
        spoil(c, s->where);
    return *p;
}

static void bind_one(sqlite3_stmt *p, int at, const struct sql_field *f, const void *in) {
    if (f->type == SQL_INT) {
        int64_t v = *field_int(f, in);
        if (v == SQL_NULL)
            sqlite3_bind_null(p, at);
        else
            sqlite3_bind_int64(p, at, v);
        return;
    }
    const struct str *v = field_str(f, in);
    if (f->type == SQL_TEXT) /* a NULL pointer binds NULL */
        sqlite3_bind_text64(p, at, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_blob64(p, at, v->p, v->n, SQLITE_STATIC);
}

/* The statement with its parameters, or NULL. in outlives its use, hence SQLITE_STATIC. */
static sqlite3_stmt *ready(struct conn *c, const struct sql_stmt *s, const void *in) {
    sqlite3_stmt *p = prepared(c, s);
    for (int i = 0; p && i < s->in_count; i++)
        bind_one(p, i + 1, &s->in[i], in);
    return p;
}

/* Reads column i; false when it is not of the declared type. */
static bool read_column(sqlite3_stmt *p, int i, const struct sql_field *f, void *row) {
    int type = sqlite3_column_type(p, i);
    if (f->type == SQL_INT) {
        int64_t *v = field_int_set(f, row);
        *v = type == SQLITE_NULL ? SQL_NULL : sqlite3_column_int64(p, i);
        return type == SQLITE_INTEGER || (type == SQLITE_NULL && f->nullable);
    }
    struct str *v = field_str_set(f, row);
    *v = STR_NULL;
    if (type == SQLITE_NULL)
        return f->nullable;
    const void *bytes =
        f->type == SQL_TEXT ? (const void *)sqlite3_column_text(p, i) : sqlite3_column_blob(p, i);
    v->n = (size_t)sqlite3_column_bytes(p, i);
    v->p = bytes ? bytes : ""; /* an empty blob is a NULL pointer */
    return type == (f->type == SQL_TEXT ? SQLITE_TEXT : SQLITE_BLOB);
}

static enum st read_row(struct conn *c, sqlite3_stmt *p, const struct sql_stmt *s, void *row) {
    for (int i = 0; i < s->out_count; i++)
        if (!read_column(p, i, &s->out[i], row))
            return tx_spoil(&c->tx, ST_FAIL, "%s: column %s of %s is %s", s->where, s->out[i].name,
                            s->name,
                            sqlite3_column_type(p, i) == SQLITE_NULL ? "NULL" : "of another type");
    return ST_OK;
}

static enum st sqlite_one(struct tx *tx, const struct sql_stmt *s, const void *in, void *out) {
    struct conn *c = conn_of(tx);
    sqlite3_stmt *p = ready(c, s, in);
    if (!p)
        return tx->spoilt;
    enum st st = ST_NONE;
    int rc = sqlite3_step(p);
    if (rc == SQLITE_ROW) {
        st = read_row(c, p, s, out);
        if (st == ST_OK)
            stmt_keep_row(tx, s, out);
        if (!sqlite3_stmt_readonly(p)) /* RETURNING: let it come to its end */
            while ((rc = sqlite3_step(p)) == SQLITE_ROW) {}
        else
            rc = SQLITE_DONE;
    }
    if (rc != SQLITE_DONE)
        st = spoil(c, s->where);
    sqlite3_reset(p);
    return st;
}

static enum st sqlite_each(struct tx *tx, const struct sql_stmt *s, const void *in, sql_row_fn fn,
                           void *arg) {
    struct conn *c = conn_of(tx);
    sqlite3_stmt *p = ready(c, s, in);
    if (!p)
        return tx->spoilt;
    void *row = calloc(1, s->out_size);
    assert(row);
    bool more = true;
    int rc = SQLITE_DONE;
    while (more && (rc = sqlite3_step(p)) == SQLITE_ROW)
        more = read_row(c, p, s, row) == ST_OK && fn(arg, row);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        spoil(c, s->where);
    sqlite3_reset(p);
    free(row);
    return tx->spoilt;
}

static enum st sqlite_exec(struct tx *tx, const struct sql_stmt *s, const void *in,
                           int64_t *changed) {
    struct conn *c = conn_of(tx);
    sqlite3_stmt *p = ready(c, s, in);
    if (!p)
        return tx->spoilt;
    int rc;
    while ((rc = sqlite3_step(p)) == SQLITE_ROW) {}
    if (rc == SQLITE_DONE)
        *changed = sqlite3_stmt_readonly(p) ? 0 : sqlite3_changes64(c->db);
    else
        spoil(c, s->where);
    sqlite3_reset(p);
    return tx->spoilt;
}

/* --- bulk --- */

static bool prepare_many(struct conn *c) {
    const struct sql_stmt *s = c->bulk.of;
    if (!c->bulk_many &&
        sqlite3_prepare_v3(c->db, bulk_text(&c->bulk.texts, s, DIALECT_SQLITE), -1,
                           SQLITE_PREPARE_PERSISTENT, &c->bulk_many, NULL) != SQLITE_OK)
        spoil(c, s->where);
    return c->bulk_many != NULL;
}

static void insert_many(struct conn *c) {
    const struct sql_stmt *s = c->bulk.of;
    if (!prepare_many(c))
        return;
    for (int row = 0; row < BULK_ROWS; row++)
        for (int i = 0; i < s->in_count; i++)
            bind_one(c->bulk_many, row * s->in_count + i + 1, &s->in[i], bulk_row(&c->bulk, row));
    if (sqlite3_step(c->bulk_many) != SQLITE_DONE)
        spoil(c, s->where);
    sqlite3_reset(c->bulk_many);
}

/* Inserts the rows that wait. */
static void insert_waiting(struct conn *c) {
    int64_t changed;
    if (c->tx.spoilt == ST_OK && c->bulk.n == BULK_ROWS)
        insert_many(c);
    else
        for (int row = 0; row < c->bulk.n && c->tx.spoilt == ST_OK; row++)
            sqlite_exec(&c->tx, c->bulk.of, bulk_row(&c->bulk, row), &changed);
    bulk_clear(&c->bulk);
}

static enum st sqlite_bulk_begin(struct tx *tx, const struct sql_stmt *s) {
    struct conn *c = conn_of(tx);
    if (c->bulk.of != s) {
        sqlite3_finalize(c->bulk_many);
        c->bulk_many = NULL;
    }
    bulk_begin(&c->bulk, s);
    return prepared(c, s) ? ST_OK : tx->spoilt;
}

static enum st sqlite_bulk_add(struct tx *tx, const struct sql_stmt *s, const void *in) {
    struct conn *c = conn_of(tx);
    int64_t changed;
    if (!bulk_add(&c->bulk, in))
        return sqlite_exec(tx, s, in, &changed);
    if (bulk_is_full(&c->bulk))
        insert_waiting(c);
    return tx->spoilt;
}

static enum st sqlite_bulk_end(struct tx *tx, const struct sql_stmt *s) {
    (void)s;
    insert_waiting(conn_of(tx));
    return tx->spoilt;
}

/* --- savepoints that are not set until they are needed --- */

static void begin_changes(struct conn *c) {
    c->missed = c->scripted = false;
    c->outer = sqlite3_total_changes64(c->db);
}

static bool changed_since(const struct conn *c, sqlite3_int64 mark) {
    return c->scripted || sqlite3_total_changes64(c->db) != mark;
}

static enum st sqlite_save(struct tx *tx) {
    struct conn *c = conn_of(tx);
    c->inner = sqlite3_total_changes64(c->db);
    return c->guarded && !run_command(c, INNER) ? spoil(c, "savepoint") : tx->spoilt;
}

static enum st sqlite_save_undo(struct tx *tx) {
    struct conn *c = conn_of(tx);
    if (c->guarded)
        return run_command(c, INNER_UNDO) && run_command(c, INNER_KEEP) ? tx->spoilt
                                                                        : spoil(c, "savepoint");
    if (!changed_since(c, c->inner))
        return tx->spoilt;
    c->missed = true;
    return tx_spoil(tx, ST_RETRY, "to be run again with savepoints");
}

static enum st sqlite_save_keep(struct tx *tx) {
    struct conn *c = conn_of(tx);
    return c->guarded && !run_command(c, INNER_KEEP) ? spoil(c, "savepoint") : tx->spoilt;
}

static enum st sqlite_script(struct tx *tx, const char *text) {
    struct conn *c = conn_of(tx);
    c->scripted = true;
    if (tx->spoilt == ST_OK && !run_text(c, text))
        spoil(c, "script");
    return tx->spoilt;
}

static enum st sqlite_has_table(struct tx *tx, const char *name, bool *has) {
    struct conn *c = conn_of(tx);
    sqlite3_stmt *p = NULL;
    static const char text[] = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    if (sqlite3_prepare_v2(c->db, text, -1, &p, NULL) != SQLITE_OK)
        return spoil(c, "sqlite_schema");
    sqlite3_bind_text(p, 1, name, -1, SQLITE_STATIC);
    int rc = sqlite3_step(p);
    *has = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        spoil(c, "sqlite_schema");
    sqlite3_finalize(p);
    return tx->spoilt;
}

static bool sqlite_check(struct tx *tx, const struct sql_stmt *s, struct arena *a,
                         const char **why) {
    return sqlite_check_on(conn_of(tx)->db, s, a, why);
}

static const struct tx_ops sqlite_tx_ops = {
    .dialect = DIALECT_SQLITE,
    .one = sqlite_one,
    .each = sqlite_each,
    .exec = sqlite_exec,
    .bulk_begin = sqlite_bulk_begin,
    .bulk_add = sqlite_bulk_add,
    .bulk_end = sqlite_bulk_end,
    .save = sqlite_save,
    .save_undo = sqlite_save_undo,
    .save_keep = sqlite_save_keep,
    .script = sqlite_script,
    .has_table = sqlite_has_table,
    .check = sqlite_check,
};

/* --- reads --- */

static enum st read_once(struct conn *c, tx_fn fn, void *arg, enum tx_end *end) {
    tx_start(&c->tx, &c->arena, false);
    if (!run_command(c, BEGIN_READ))
        return spoil(c, "BEGIN");
    *end = fn(&c->tx, arg);
    if (!sqlite3_get_autocommit(c->db))
        run_command(c, ROLLBACK);
    arena_reset(&c->arena);
    if (c->arena.head && c->arena.used > ARENA_KEEP)
        arena_free(&c->arena);
    return c->tx.spoilt;
}

static struct conn *reader_take(struct sqlite_store *s) {
    struct tx *tx = pool_take(&s->pool);
    if (tx)
        return conn_of(tx);
    char why[300];
    struct conn *c = conn_open(s, false, why, sizeof(why));
    if (!c) {
        store_note_error(&s->store, why);
        pool_give(&s->pool, NULL);
    }
    return c;
}

static enum st sqlite_read(struct store *store, tx_fn fn, void *arg) {
    struct sqlite_store *s = store_of(store);
    struct conn *c = reader_take(s);
    if (!c)
        return ST_FAIL;
    enum tx_end end = TX_ROLLBACK;
    enum st st;
    int runs = 0;
    do {
        st = read_once(c, fn, arg, &end);
    } while ((st == ST_RETRY || end == TX_RETRY) && st != ST_FAIL && ++runs < RUNS_MAX);
    pool_give(&s->pool, &c->tx);
    return st == ST_OK && end == TX_RETRY ? ST_RETRY : st;
}

/* --- writes --- */

/* What a write whose function has ended is to be told, if the commit succeeds. */
static enum st outcome(const struct tx *tx, enum tx_end end) {
    if (tx->spoilt == ST_FAIL || tx->spoilt == ST_RETRY)
        return tx->spoilt;
    if (end == TX_RETRY)
        return ST_RETRY;
    return end == TX_COMMIT ? tx->spoilt : ST_OK;
}

/* How the run of a write inside the open transaction ended. */
enum ran {
    RAN,
    RAN_LOST,     /* the transaction is gone */
    RAN_UNGUARDED /* something must be undone, and no savepoint was set */
};

/* Undoes what was done in a savepoint, or ends it. */
static bool end_savepoint(struct conn *c, bool keep) {
    return (keep || run_command(c, SAVE_UNDO)) && run_command(c, SAVE_KEEP);
}

/* Runs fn once, up to the point where its changes are in the transaction or not. */
static enum ran run_once(struct conn *c, struct write *w, struct arena *arena) {
    tx_start(&c->tx, arena, true);
    begin_changes(c);
    if (c->guarded && !run_command(c, SAVE)) {
        w->st = spoil(c, "begin of a write");
        return RAN_LOST;
    }
    enum tx_end end = w->fn(&c->tx, w->arg);
    assert(!c->tx.busy || end != TX_COMMIT); /* every bulk was ended */
    w->st = outcome(&c->tx, end);
    if (sqlite3_get_autocommit(c->db))
        return RAN_LOST; /* disk full and the like: SQLite rolled back everything */
    bool keep = w->st == ST_OK && end == TX_COMMIT;
    if (!c->guarded)
        return c->missed || (!keep && changed_since(c, c->outer)) ? RAN_UNGUARDED : RAN;
    if (end_savepoint(c, keep))
        return RAN;
    w->st = spoil(c, "end of a write");
    return RAN_LOST;
}

/* Runs a write in the open transaction of a group. */
static enum ran run_write(struct sqlite_store *s, struct write *w, struct arena *arena) {
    enum ran ran = RAN;
    w->st = ST_RETRY;
    for (int run = 0; run < RUNS_MAX && ran == RAN && w->st == ST_RETRY; run++)
        ran = run_once(s->writer, w, arena);
    return ran;
}

static void answer(struct sqlite_store *s, struct write *list) {
    (void)s;
    for (struct write *w = list, *next; w; w = next) {
        next = w->next; /* done may free w */
        w->done(w, w->st);
    }
}

static void answer_all(struct sqlite_store *s, struct write *list, enum st st) {
    for (struct write *w = list; w; w = w->next)
        w->st = st;
    answer(s, list);
}

/* After a transaction was lost. */
static void end_lost(struct sqlite_store *s) {
    struct conn *c = s->writer;
    s->full = (sqlite3_errcode(c->db) & 0xff) == SQLITE_FULL;
    if (!sqlite3_get_autocommit(c->db))
        run_command(c, ROLLBACK);
}

/* Begins a transaction; else *st is what its writes are told. */
static bool begin_write(struct sqlite_store *s, bool guarded, enum st *st) {
    struct conn *c = s->writer;
    c->guarded = guarded;
    tx_start(&c->tx, &s->arenas[0], true);
    if (run_command(c, BEGIN_WRITE))
        return true;
    *st = spoil(c, "BEGIN");
    if (!sqlite3_get_autocommit(c->db))
        run_command(c, ROLLBACK);
    return false;
}

/* Whether the next transaction sets savepoints from its start. */
static bool guard_next(struct sqlite_store *s) {
    if (s->guarded_groups == 0)
        return false;
    s->guarded_groups--;
    return true;
}

/* Undoes what was run, to run it again with savepoints. */
static bool guard_again(struct sqlite_store *s, enum st *st) {
    s->guarded_groups = GUARDED_GROUPS;
    run_command(s->writer, ROLLBACK); /* should it fail, BEGIN does too */
    return begin_write(s, true, st);
}

/* Runs a write in a transaction of its own and ends that. ROLLBACK undoes all, so only one that
 * needs its inner savepoint, or is to be run again, is run with both. */
static void run_in_own(struct sqlite_store *s, struct write *w) {
    struct conn *c = s->writer;
    struct arena *arena = &s->arenas[0];
    enum ran ran = run_write(s, w, arena);
    if (ran == RAN_UNGUARDED && (c->missed || w->st == ST_RETRY)) {
        if (!guard_again(s, &w->st))
            return;
        arena_reset(arena);
        ran = run_write(s, w, arena);
    }
    if (ran == RAN_LOST) {
        if (w->st == ST_OK || w->st == ST_CONFLICT)
            w->st = ST_FAIL;
        end_lost(s);
    } else if (!run_command(c, ran == RAN ? COMMIT : ROLLBACK)) {
        spoil(c, "COMMIT");
        w->st = ST_FAIL;
        end_lost(s);
    }
}

/* A large write never sets savepoints from its start: each of its many pages would be copied. */
static void run_alone(struct sqlite_store *s, struct write *w) {
    if (begin_write(s, !w->alone && guard_next(s), &w->st))
        run_in_own(s, w);
    w->done(w, w->st);
}

/* A group whose transaction was lost to one of its members (or to a disk that has no room for all
 * of it): nothing happened yet, so each is run again by itself, and only the guilty one fails. */
static void run_each_alone(struct sqlite_store *s, struct write *list) {
    end_lost(s);
    for (struct write *w = list, *next; w; w = next) {
        next = w->next;
        arena_reset(&s->arenas[0]);
        run_alone(s, w);
    }
}

/* Runs a group in the open transaction, up to its end or to the first that does not come to its. */
static enum ran run_members(struct sqlite_store *s, struct write *list) {
    enum ran ran = RAN;
    int n = 0;
    for (struct write *w = list; w && ran == RAN; w = w->next, n++) {
        arena_reset(&s->arenas[n]); /* it may have been run before */
        ran = run_write(s, w, &s->arenas[n]);
    }
    return ran;
}

static void run_group(struct sqlite_store *s, struct write *list) {
    struct conn *c = s->writer;
    enum st st;
    if (!begin_write(s, guard_next(s), &st)) {
        answer_all(s, list, st);
        return;
    }
    enum ran ran = run_members(s, list);
    if (ran == RAN_UNGUARDED) {
        if (!guard_again(s, &st)) {
            answer_all(s, list, st);
            return;
        }
        ran = run_members(s, list);
    }
    if (ran != RAN) {
        run_each_alone(s, list);
        return;
    }
    if (run_command(c, COMMIT)) {
        answer(s, list);
        return;
    }
    bool full = (sqlite3_errcode(c->db) & 0xff) == SQLITE_FULL;
    tx_start(&c->tx, &s->arenas[0], true);
    spoil(c, "COMMIT");
    if (full) {
        run_each_alone(s, list);
    } else {
        end_lost(s);
        answer_all(s, list, ST_FAIL);
    }
}

static void clear_arenas(struct sqlite_store *s, int n) {
    for (int i = 0; i < n; i++) {
        bool large = s->arenas[i].used > ARENA_KEEP;
        if (large)
            arena_free(&s->arenas[i]);
        else
            arena_reset(&s->arenas[i]);
    }
}

/* After each commit: has the WAL copied back when it is time. */
static void ask_checkpoint(struct sqlite_store *s) {
    if (s->wal_pages < s->wal_asked)
        s->wal_asked = 0; /* it has started over */
    if (s->wal_pages - s->wal_asked < WAL_STEP_PAGES)
        return;
    s->wal_asked = s->wal_pages;
    if (s->wal_pages > WAL_HARD_PAGES &&
        sqlite3_wal_checkpoint_v2(s->writer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) ==
            SQLITE_OK)
        return;
    pthread_mutex_lock(&s->checkpoint_lock);
    s->checkpoint_due = true;
    pthread_cond_signal(&s->checkpoint_wake);
    pthread_mutex_unlock(&s->checkpoint_lock);
}

/* Before a write when the disk was full at the last: the WAL may be what fills it. Copied back, its
 * room is used again; and room that was made must go to the file before the WAL takes it. */
static void empty_wal(struct sqlite_store *s) {
    if (s->full && sqlite3_wal_checkpoint_v2(s->writer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                                             NULL) == SQLITE_OK)
        s->full = false;
}

static int on_wal(void *arg, sqlite3 *db, const char *name, int pages) {
    (void)db;
    (void)name;
    struct sqlite_store *s = arg;
    s->wal_pages = pages;
    return SQLITE_OK;
}

/* Whether COMMIT waits for the disk. A commit that does makes all of the WAL before it durable. */
static void relax(struct sqlite_store *s, bool relaxed) {
    if (s->relaxed == relaxed)
        return;
    bool ok =
        run_text(s->writer, relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
    assert(ok || relaxed); /* fails inside a transaction only, and none is open */
    s->relaxed = relaxed && ok;
}

static void *lane_run(void *arg) {
    struct sqlite_store *s = arg;
    struct write *list;
    while ((list = lane_take(&s->lane, GROUP_MAX))) {
        int n = 0;
        bool relaxed = true;
        for (struct write *w = list; w; w = w->next, n++)
            relaxed = relaxed && w->relaxed;
        empty_wal(s);
        relax(s, relaxed);
        if (n == 1)
            run_alone(s, list);
        else
            run_group(s, list);
        clear_arenas(s, n);
        ask_checkpoint(s);
    }
    return NULL;
}

static void sqlite_submit(struct store *store, struct write *w) {
    lane_put(&store_of(store)->lane, w);
}

static size_t sqlite_waiting(struct store *store) {
    return lane_waiting(&store_of(store)->lane);
}

/* --- checkpoints --- */

static bool checkpoint_wait(struct sqlite_store *s) {
    pthread_mutex_lock(&s->checkpoint_lock);
    while (!s->checkpoint_due && !s->checkpoint_stop)
        pthread_cond_wait(&s->checkpoint_wake, &s->checkpoint_lock);
    s->checkpoint_due = false;
    bool go = !s->checkpoint_stop;
    pthread_mutex_unlock(&s->checkpoint_lock);
    return go;
}

static void *checkpoint_run(void *arg) {
    struct sqlite_store *s = arg;
    char why[300];
    struct conn *c = NULL;
    bool failing = false; /* said once, not at each try */
    while (checkpoint_wait(s)) {
        if (!c && !(c = conn_open(s, true, why, sizeof(why)))) {
            log_warn("store: no checkpoints: %s", why);
            continue;
        }
        int rc = sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        bool bad = rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY;
        if (bad && !failing)
            log_warn("store: checkpoint: %s", sqlite3_errmsg(c->db));
        failing = bad;
    }
    conn_close(c);
    return NULL;
}

static void checkpoint_stop(struct sqlite_store *s) {
    pthread_mutex_lock(&s->checkpoint_lock);
    s->checkpoint_stop = true;
    pthread_cond_signal(&s->checkpoint_wake);
    pthread_mutex_unlock(&s->checkpoint_lock);
    pthread_join(s->checkpointer, NULL);
}

/* --- backup --- */

static struct err sqlite_backup(struct store *store, struct arena *a, const char *path,
                                void (*progress)(void *, int64_t, int64_t), void *arg) {
    struct sqlite_store *s = store_of(store);
    if (access(path, F_OK) == 0)
        return err_make(a, ERR_STORE, "file", "%s is already there; name a new file.", path);
    struct conn *c = reader_take(s);
    if (!c)
        return err_make(a, ERR_STORE, "store", "%.*s", STR_ARG(store_error(store, a)));
    /* The open snapshot keeps the copy at one moment, whatever is written meanwhile. */
    struct err e;
    if (run_text(c, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1"))
        e = sqlite_backup_to(a, c->db, path, progress, arg);
    else
        e = err_make(a, ERR_STORE, "store", "%s: %s.", s->path, sqlite3_errmsg(c->db));
    if (!sqlite3_get_autocommit(c->db))
        run_command(c, ROLLBACK);
    pool_give(&s->pool, &c->tx);
    return e;
}

/* --- open and close --- */

static void free_store(struct sqlite_store *s) {
    while (s->pool.idle) {
        struct tx *tx = s->pool.idle;
        s->pool.idle = tx->next;
        conn_close(conn_of(tx));
    }
    pool_free(&s->pool);
    for (int i = 0; i < GROUP_MAX; i++)
        arena_free(&s->arenas[i]);
    pthread_mutex_destroy(&s->store.error_lock);
    pthread_mutex_destroy(&s->checkpoint_lock);
    pthread_cond_destroy(&s->checkpoint_wake);
    free(s->path);
    free(s);
}

static void sqlite_close(struct store *store) {
    struct sqlite_store *s = store_of(store);
    if (!store->read_only) {
        lane_stop(&s->lane);
        checkpoint_stop(s);
        sqlite3_busy_handler(s->writer->db, NULL, NULL);
        sqlite3_wal_checkpoint_v2(s->writer->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    while (s->pool.idle) {
        struct tx *tx = s->pool.idle;
        s->pool.idle = tx->next;
        conn_close(conn_of(tx));
    }
    conn_close(s->writer);
    free_store(s);
}

static const struct store_ops sqlite_ops = {
    .kind = "sqlite",
    .close = sqlite_close,
    .submit = sqlite_submit,
    .read = sqlite_read,
    .waiting = sqlite_waiting,
    .backup = sqlite_backup,
};

/* A file that is some other program's database is left alone. */
static bool claim_file(struct conn *c, char *why, size_t why_size) {
    sqlite3_stmt *p = NULL;
    int64_t id = -1, tables = -1;
    static const char text[] = "SELECT (SELECT application_id FROM pragma_application_id),"
                               " (SELECT count(*) FROM sqlite_schema)";
    if (sqlite3_prepare_v2(c->db, text, -1, &p, NULL) == SQLITE_OK &&
        sqlite3_step(p) == SQLITE_ROW) {
        id = sqlite3_column_int64(p, 0);
        tables = sqlite3_column_int64(p, 1);
    }
    sqlite3_finalize(p);
    if (id == APPLICATION_ID)
        return true;
    if (id == 0 && tables == 0 && run_text(c, "PRAGMA application_id = " TEXT_OF(APPLICATION_ID)))
        return true;
    if (id < 0)
        snprintf(why, why_size, "%s", sqlite3_errmsg(c->db));
    else
        snprintf(why, why_size, "the file is a database of another program");
    return false;
}

static bool start_writing(struct sqlite_store *s, char *why, size_t why_size) {
    char pragma[64];
    s->writer = conn_open(s, true, why, why_size);
    if (!s->writer)
        return false;
    snprintf(pragma, sizeof(pragma), "PRAGMA journal_size_limit = %d", WAL_FILE_BYTES);
    run_text(s->writer, pragma);
    if (!claim_file(s->writer, why, why_size))
        return false;
    sqlite3_wal_hook(s->writer->db, on_wal, s);
    snprintf(why, why_size, "no thread could be started");
    if (pthread_create(&s->checkpointer, NULL, checkpoint_run, s) != 0)
        return false;
    if (lane_start(&s->lane, lane_run, s))
        return true;
    checkpoint_stop(s);
    return false;
}

struct err sqlite_open(struct arena *a, const char *path, const struct store_options *o,
                       struct store **store) {
    if (!o->create && access(path, F_OK) != 0)
        return err_make(a, ERR_STORE, "store",
                        "There is no store at %s; `hitd init --store sqlite:%s` makes one.", path,
                        path);
    /* Set-based statements make short-lived tables in memory. SQLite would take some 90 KB for each
     * at once and give them back, which the C library passes on to the kernel: a settlement took
     * 1,000 us instead of 60. After the first store the call is refused, and harmless. */
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    /* A savepoint keeps the pages that its write changes, some 40 for a settlement. From 64 KiB on
     * SQLite would write them to a temporary file, page by page, for the rest of the group. From
     * 128 KiB on it could not even do that (3.40 takes its own piece for a full disk). */
    (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, SAVEPOINT_BYTES);
    /* Nobody asks SQLite how much memory it uses; counting takes a lock around each allocation that
     * all threads would share. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    struct sqlite_store *s = calloc(1, sizeof(*s));
    assert(s);
    store_init(&s->store, &sqlite_ops, o->read_only);
    s->path = strdup(path);
    s->create = o->create;
    pool_init(&s->pool, o->readers > 0 ? o->readers : 16);
    pthread_mutex_init(&s->checkpoint_lock, NULL);
    pthread_cond_init(&s->checkpoint_wake, NULL);
    for (int i = 0; i < GROUP_MAX; i++)
        arena_init(&s->arenas[i], 0);
    char why[300] = "";
    if (!o->read_only && !start_writing(s, why, sizeof(why))) {
        conn_close(s->writer);
        free_store(s);
        return err_make(a, ERR_STORE, "store", "The store %s can not be opened: %s.", path, why);
    }
    *store = &s->store;
    return NO_ERR;
}
