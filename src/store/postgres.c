/* PostgreSQL: lanes of one connection each for writes, a pool of connections for reads.
 *
 * Writes are SERIALIZABLE (but see write.locks) and run again, with a growing random pause, when
 * PostgreSQL answers that they lost against another (40001, 40P01). Reads are REPEATABLE READ READ
 * ONLY. Parameters and results travel in binary. A connection that broke is opened anew; a write
 * whose COMMIT was under way at that moment is answered ST_FAIL, with words that say the outcome is
 * unknown.
 */
#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/num.h"
#include "base/rand.h"
#include "store/lane.h"

enum {
    LANES_DEFAULT = 4,
    LANES_MAX = 64,
    READERS_DEFAULT = 16,
    RUNS_MAX = 12, /* the last pauses are some 100 ms: about a second in all */
    TAKE_MAX = 64,
    ARENA_KEEP = 65536,
    COPY_CHUNK = 65536,
    PARAMS_MAX = 64, /* as in tools/sqlgen.c */
};

/* pg_type.h: fixed numbers of the wire protocol. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_UNKNOWN = 705,
    OID_VARCHAR = 1043,
};

struct conn {
    struct tx tx; /* first */
    PGconn *pg;
    bool *prepared; /* by slot */
    int prepared_size;
    struct arena arena;
    struct buf copy; /* rows on their way to COPY */
};

struct postgres_store;

struct pg_lane {
    struct lane lane;
    struct postgres_store *owner;
    struct conn *conn;
};

struct postgres_store {
    struct store store; /* first */
    char *url;
    struct pg_lane *lanes;
    int lane_count;
    struct pool pool;
};

static struct conn *conn_of(struct tx *tx) {
    return (struct conn *)(void *)tx;
}

static struct postgres_store *store_of(struct store *s) {
    return (struct postgres_store *)(void *)s;
}

/* --- errors --- */

static enum st st_of(const char *state) {
    static const char *const retry[] = {"40001", "40P01", "55P03"};
    static const char *const conflict[] = {"23505", "23503", "23514", "23P01"};
    for (size_t i = 0; i < sizeof(retry) / sizeof(retry[0]); i++)
        if (strcmp(state, retry[i]) == 0)
            return ST_RETRY;
    for (size_t i = 0; i < sizeof(conflict) / sizeof(conflict[0]); i++)
        if (strcmp(state, conflict[i]) == 0)
            return ST_CONFLICT;
    return ST_FAIL;
}

static const char *hint_of(const char *state) {
    if (strcmp(state, "53100") == 0)
        return " (the disk is full: make room; nothing was changed)";
    if (strcmp(state, "53300") == 0)
        return " (PostgreSQL takes no more connections: raise max_connections)";
    return "";
}

/* Spoils the transaction with what PostgreSQL says, and frees the result (which may be NULL). */
static enum st spoil(struct conn *c, PGresult *r, const char *doing) {
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    if (!state)
        state = "";
    if (!words)
        words = PQerrorMessage(c->pg);
    int n = (int)strcspn(words, "\n");
    tx_spoil(&c->tx, st_of(state), "%s: %.*s%s", doing, n, words, hint_of(state));
    PQclear(r);
    return c->tx.spoilt;
}

static bool lost(const struct conn *c) {
    return PQstatus(c->pg) != CONNECTION_OK;
}

/* --- connections --- */

static void ignore_notice(void *arg, const char *message) {
    (void)arg;
    (void)message;
}

static bool run_text(struct conn *c, const char *text) {
    PGresult *r = PQexec(c->pg, text);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    PQclear(r);
    return ok;
}

static void conn_close(struct conn *c) {
    if (!c)
        return;
    PQfinish(c->pg);
    free(c->prepared);
    arena_free(&c->arena);
    buf_free(&c->copy);
    free(c);
}

static const struct tx_ops postgres_tx_ops;

static struct conn *conn_open(struct postgres_store *s, char *why, size_t why_size) {
    struct conn *c = calloc(1, sizeof(*c));
    assert(c);
    c->tx.ops = &postgres_tx_ops;
    c->tx.store = &s->store;
    arena_init(&c->arena, 0);
    const char *keys[] = {"dbname", "client_encoding", "fallback_application_name", NULL};
    const char *values[] = {s->url, "UTF8", "hitd", NULL};
    c->pg = PQconnectdbParams(keys, values, 1);
    if (!lost(c)) {
        PQsetNoticeProcessor(c->pg, ignore_notice, NULL);
        return c;
    }
    const char *words = PQerrorMessage(c->pg);
    snprintf(why, why_size, "%.*s", (int)strcspn(words, "\n"), words);
    conn_close(c);
    return NULL;
}

/* Opens a broken connection anew. */
static bool conn_repair(struct conn *c) {
    for (int i = 0; i < c->prepared_size; i++)
        c->prepared[i] = false;
    PQreset(c->pg);
    return !lost(c);
}

/* Begins a transaction; a connection that broke while it was idle is repaired first. */
static bool begin(struct conn *c, const char *text) {
    if (run_text(c, text))
        return true;
    if (lost(c) && conn_repair(c) && run_text(c, text))
        return true;
    spoil(c, NULL, "BEGIN");
    return false;
}

/* --- parameters and results --- */

static unsigned oid_of(enum sql_type type) {
    return type == SQL_INT ? OID_INT8 : type == SQL_TEXT ? OID_TEXT : OID_BYTEA;
}

static bool prepare_as(struct conn *c, const char *name, const struct sql_stmt *s) {
    Oid types[PARAMS_MAX] = {0};
    for (int i = 0; i < s->in_count; i++)
        types[i] = oid_of(s->in[i].type);
    PGresult *r = PQprepare(c->pg, name, s->text[DIALECT_POSTGRES], s->in_count, types);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        spoil(c, r, s->where);
        return false;
    }
    PQclear(r);
    return true;
}

struct stmt_name {
    char text[16];
};

static struct stmt_name name_of(const struct sql_stmt *s) {
    struct stmt_name n;
    snprintf(n.text, sizeof(n.text), "s%d", s->slot);
    return n;
}

static bool prepared(struct conn *c, const struct sql_stmt *s) {
    if (s->slot >= c->prepared_size) {
        int size = s->slot + 64;
        bool *list = realloc(c->prepared, (size_t)size * sizeof(*list));
        assert(list);
        memset(list + c->prepared_size, 0, (size_t)(size - c->prepared_size) * sizeof(*list));
        c->prepared = list;
        c->prepared_size = size;
    }
    if (!c->prepared[s->slot])
        c->prepared[s->slot] = prepare_as(c, name_of(s).text, s);
    return c->prepared[s->slot];
}

/* What libpq wants to know about parameters. */
struct params {
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX], formats[PARAMS_MAX];
    uint64_t ints[PARAMS_MAX];
};

static void fill_params(struct params *p, const struct sql_stmt *s, const void *in) {
    for (int i = 0; i < s->in_count; i++) {
        const struct sql_field *f = &s->in[i];
        p->formats[i] = 1;
        if (f->type == SQL_INT) {
            int64_t v = *field_int(f, in);
            p->ints[i] = htobe64((uint64_t)v);
            p->values[i] = v == SQL_NULL ? NULL : (const char *)&p->ints[i];
            p->lengths[i] = (int)sizeof(p->ints[i]);
        } else {
            const struct str *v = field_str(f, in);
            p->values[i] = v->p;
            p->lengths[i] = (int)v->n;
        }
    }
}

static bool read_int(PGresult *r, int row, int i, int64_t *v) {
    const unsigned char *p = (const unsigned char *)PQgetvalue(r, row, i);
    uint64_t u = 0;
    int n = PQgetlength(r, row, i);
    for (int k = 0; k < n && k < 8; k++)
        u = u << 8 | p[k];
    switch (PQftype(r, i)) {
    case OID_INT8: *v = (int64_t)u; return true;
    case OID_INT4: *v = (int32_t)(uint32_t)u; return true;
    case OID_INT2: *v = (int16_t)(uint16_t)u; return true;
    case OID_BOOL: *v = (int64_t)u; return true;
    default: return false;
    }
}

static bool is_text(Oid type) {
    return type == OID_TEXT || type == OID_VARCHAR || type == OID_UNKNOWN;
}

static bool read_column(PGresult *r, int row, int i, const struct sql_field *f, void *out) {
    bool null = PQgetisnull(r, row, i);
    if (f->type == SQL_INT) {
        int64_t *v = field_int_set(f, out);
        *v = SQL_NULL;
        return null ? f->nullable : read_int(r, row, i, v);
    }
    struct str *v = field_str_set(f, out);
    *v = null ? STR_NULL : (struct str){PQgetvalue(r, row, i), (size_t)PQgetlength(r, row, i)};
    if (null)
        return f->nullable;
    return f->type == SQL_TEXT ? is_text(PQftype(r, i)) : PQftype(r, i) == OID_BYTEA;
}

static enum st read_row(struct conn *c, PGresult *r, int row, const struct sql_stmt *s, void *out) {
    for (int i = 0; i < s->out_count; i++)
        if (!read_column(r, row, i, &s->out[i], out))
            return tx_spoil(&c->tx, ST_FAIL, "%s: column %s of %s is %s", s->where, s->out[i].name,
                            s->name,
                            PQgetisnull(r, row, i) ? "NULL" : "of another type (write CAST)");
    return ST_OK;
}

/* --- statements --- */

/* Runs a prepared statement; NULL after a failure. */
static PGresult *run(struct conn *c, const struct sql_stmt *s, const void *in) {
    if (!prepared(c, s))
        return NULL;
    struct params p;
    fill_params(&p, s, in);
    PGresult *r =
        PQexecPrepared(c->pg, name_of(s).text, s->in_count, p.values, p.lengths, p.formats, 1);
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return r;
    spoil(c, r, s->where);
    return NULL;
}

static enum st postgres_one(struct tx *tx, const struct sql_stmt *s, const void *in, void *out) {
    struct conn *c = conn_of(tx);
    PGresult *r = run(c, s, in);
    if (!r)
        return tx->spoilt;
    enum st st = ST_NONE;
    if (PQntuples(r) > 0) {
        st = read_row(c, r, 0, s, out);
        if (st == ST_OK)
            stmt_keep_row(tx, s, out);
    }
    PQclear(r);
    return st;
}

static enum st postgres_exec(struct tx *tx, const struct sql_stmt *s, const void *in,
                             int64_t *changed) {
    PGresult *r = run(conn_of(tx), s, in);
    if (!r)
        return tx->spoilt;
    *changed = 0; /* the text is empty for what changes no rows */
    num_parse(str_c(PQcmdTuples(r)), 0, INT64_MAX, changed);
    PQclear(r);
    return ST_OK;
}

static enum st postgres_each(struct tx *tx, const struct sql_stmt *s, const void *in, sql_row_fn fn,
                             void *arg) {
    struct conn *c = conn_of(tx);
    if (!prepared(c, s))
        return tx->spoilt;
    struct params p;
    fill_params(&p, s, in);
    if (!PQsendQueryPrepared(c->pg, name_of(s).text, s->in_count, p.values, p.lengths, p.formats,
                             1))
        return spoil(c, NULL, s->where);
    PQsetSingleRowMode(c->pg);
    void *row = calloc(1, s->out_size);
    assert(row);
    bool more = true;
    for (PGresult *r; (r = PQgetResult(c->pg));) { /* to the end, also when no more is wanted */
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_SINGLE_TUPLE) {
            more = more && read_row(c, r, 0, s, row) == ST_OK && fn(arg, row);
        } else if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            spoil(c, r, s->where);
            continue;
        }
        PQclear(r);
    }
    free(row);
    return tx->spoilt;
}

/* --- COPY --- */

static enum st copy_send(struct conn *c, const struct sql_stmt *s) {
    if (PQputCopyData(c->pg, c->copy.p, (int)c->copy.n) != 1)
        spoil(c, NULL, s->where);
    buf_clear(&c->copy);
    return c->tx.spoilt;
}

static enum st postgres_bulk_begin(struct tx *tx, const struct sql_stmt *s) {
    static const char signature[19] = "PGCOPY\n\377\r\n"; /* NUL, flags, length of extension */
    struct conn *c = conn_of(tx);
    PGresult *r = PQexec(c->pg, s->copy);
    if (PQresultStatus(r) != PGRES_COPY_IN)
        return spoil(c, r, s->where);
    PQclear(r);
    buf_clear(&c->copy);
    buf_add(&c->copy, signature, sizeof(signature));
    return ST_OK;
}

static void add_be(struct buf *b, uint64_t v, int bytes) {
    unsigned char out[8];
    for (int i = bytes; i-- > 0; v >>= 8)
        out[i] = (unsigned char)(v & 0xff);
    buf_add(b, out, (size_t)bytes);
}

static void copy_field(struct buf *b, const struct sql_field *f, const void *in) {
    const uint32_t null = UINT32_MAX;
    if (f->type == SQL_INT) {
        int64_t v = *field_int(f, in);
        add_be(b, v == SQL_NULL ? null : 8, 4);
        if (v != SQL_NULL)
            add_be(b, (uint64_t)v, 8);
        return;
    }
    const struct str *v = field_str(f, in);
    add_be(b, v->p ? v->n : null, 4);
    buf_str(b, *v);
}

static enum st postgres_bulk_add(struct tx *tx, const struct sql_stmt *s, const void *in) {
    struct conn *c = conn_of(tx);
    add_be(&c->copy, (uint64_t)s->in_count, 2);
    for (int i = 0; i < s->in_count; i++)
        copy_field(&c->copy, &s->in[i], in);
    return c->copy.n >= COPY_CHUNK ? copy_send(c, s) : ST_OK;
}

/* Ends the COPY, also after a failure, so that the connection can be used again. */
static enum st postgres_bulk_end(struct tx *tx, const struct sql_stmt *s) {
    struct conn *c = conn_of(tx);
    if (PQtransactionStatus(c->pg) != PQTRANS_ACTIVE)
        return tx->spoilt; /* it did not even begin */
    if (tx->spoilt == ST_OK) {
        add_be(&c->copy, UINT16_MAX, 2);
        copy_send(c, s);
    }
    if (PQputCopyEnd(c->pg, tx->spoilt == ST_OK ? NULL : "given up") != 1)
        spoil(c, NULL, s->where);
    for (PGresult *r; (r = PQgetResult(c->pg));) {
        if (PQresultStatus(r) == PGRES_COMMAND_OK)
            PQclear(r);
        else
            spoil(c, r, s->where);
    }
    return tx->spoilt;
}

/* --- scripts --- */

static enum st postgres_script(struct tx *tx, const char *text) {
    struct conn *c = conn_of(tx);
    if (tx->spoilt != ST_OK)
        return tx->spoilt;
    PGresult *r = PQexec(c->pg, text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return spoil(c, r, "script");
    PQclear(r);
    return ST_OK;
}

static enum st postgres_save(struct tx *tx) {
    return postgres_script(tx, "SAVEPOINT inner_part");
}

static enum st postgres_save_undo(struct tx *tx) {
    return postgres_script(tx, "ROLLBACK TO SAVEPOINT inner_part; RELEASE SAVEPOINT inner_part");
}

static enum st postgres_save_keep(struct tx *tx) {
    return postgres_script(tx, "RELEASE SAVEPOINT inner_part");
}

static enum st postgres_has_table(struct tx *tx, const char *name, bool *has) {
    struct conn *c = conn_of(tx);
    const char *values[] = {name};
    PGresult *r =
        PQexecParams(c->pg, "SELECT to_regclass($1) IS NOT NULL", 1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return spoil(c, r, "to_regclass");
    *has = PQgetvalue(r, 0, 0)[0] == 't';
    PQclear(r);
    return ST_OK;
}

static bool type_fits(Oid got, enum sql_type want) {
    switch (want) {
    case SQL_INT: return got == OID_INT8 || got == OID_INT4 || got == OID_INT2 || got == OID_BOOL;
    case SQL_TEXT: return is_text(got);
    case SQL_BLOB: return got == OID_BYTEA;
    }
    return false;
}

static bool postgres_check(struct tx *tx, const struct sql_stmt *s, struct arena *a,
                           const char **why) {
    struct conn *c = conn_of(tx);
    if (!prepare_as(c, "", s)) {
        *why = arena_strdup(a, tx->error);
        return false;
    }
    PGresult *r = PQdescribePrepared(c->pg, "");
    bool good = true;
    if (PQresultStatus(r) != PGRES_COMMAND_OK || PQnfields(r) != s->out_count ||
        PQnparams(r) != s->in_count) {
        *why = arena_printf(a, "%d columns and %d parameters, but %d and %d are declared",
                            PQnfields(r), PQnparams(r), s->out_count, s->in_count);
        good = false;
    }
    for (int i = 0; good && i < s->out_count; i++) {
        good = type_fits(PQftype(r, i), s->out[i].type);
        if (!good)
            *why = arena_printf(a, "column %s is of type %u (write CAST)", s->out[i].name,
                                PQftype(r, i));
    }
    PQclear(r);
    return good;
}

static const struct tx_ops postgres_tx_ops = {
    .dialect = DIALECT_POSTGRES,
    .one = postgres_one,
    .each = postgres_each,
    .exec = postgres_exec,
    .bulk_begin = postgres_bulk_begin,
    .bulk_add = postgres_bulk_add,
    .bulk_end = postgres_bulk_end,
    .save = postgres_save,
    .save_undo = postgres_save_undo,
    .save_keep = postgres_save_keep,
    .script = postgres_script,
    .has_table = postgres_has_table,
    .check = postgres_check,
};

/* --- transactions --- */

/* Before the n-th run, counted from 1: up to 1, 2, 4 … 128 ms, at random. */
static void pause_before(int run) {
    uint32_t random;
    rand_bytes(&random, sizeof(random));
    long most_us = 1000L << (run < 8 ? run - 1 : 7);
    struct timespec nap = {.tv_nsec = (long)(random % (unsigned long)most_us) * 1000};
    nanosleep(&nap, NULL);
}

/* Ends what a function left open: a COPY it gave up. */
static void close_bulk(struct tx *tx) {
    if (!tx->busy)
        return;
    tx_spoil(tx, ST_FAIL, "%s was not ended", tx->bulk.stmt->name);
    stmt_bulk_end(&tx->bulk, tx->bulk.stmt);
}

static enum st commit(struct conn *c) {
    PGresult *r = PQexec(c->pg, "COMMIT");
    if (PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") == 0) {
        PQclear(r);
        return ST_OK;
    }
    if (!lost(c))
        return spoil(c, r, "COMMIT");
    PQclear(r);
    return tx_spoil(&c->tx, ST_FAIL,
                    "the connection to PostgreSQL broke during COMMIT: whether it took effect is "
                    "unknown");
}

/* One run of a function in a transaction of its own. */
static enum st write_once(struct conn *c, struct write *w) {
    struct tx *tx = &c->tx;
    arena_reset(&c->arena);
    tx_start(tx, &c->arena, true);
    if (!begin(c, w->locks ? "BEGIN ISOLATION LEVEL READ COMMITTED"
                           : "BEGIN ISOLATION LEVEL SERIALIZABLE"))
        return tx->spoilt;
    if (w->relaxed && !run_text(c, "SET LOCAL synchronous_commit = off"))
        return spoil(c, NULL, "SET");
    enum tx_end end = w->fn(tx, w->arg);
    assert(!tx->busy || end != TX_COMMIT); /* every bulk was ended */
    close_bulk(tx);
    if (end == TX_COMMIT && tx->spoilt == ST_OK)
        return commit(c);
    run_text(c, "ROLLBACK");
    if (tx->spoilt == ST_FAIL || tx->spoilt == ST_RETRY)
        return tx->spoilt;
    if (end == TX_RETRY)
        return ST_RETRY;
    return end == TX_COMMIT ? tx->spoilt : ST_OK;
}

static void run_write(struct conn *c, struct write *w) {
    enum st st = ST_RETRY;
    for (int run = 0; run < RUNS_MAX && st == ST_RETRY; run++) {
        if (run > 0)
            pause_before(run);
        st = write_once(c, w);
    }
    w->done(w, st);
    if (c->arena.used > ARENA_KEEP)
        arena_free(&c->arena);
}

static void *lane_run(void *arg) {
    struct pg_lane *l = arg;
    struct write *list;
    while ((list = lane_take(&l->lane, TAKE_MAX)))
        for (struct write *w = list, *next; w; w = next) {
            next = w->next; /* done may free w */
            run_write(l->conn, w);
        }
    return NULL;
}

static void postgres_submit(struct store *store, struct write *w) {
    struct postgres_store *s = store_of(store);
    uint64_t shard = (uint64_t)w->shard;
    lane_put(&s->lanes[shard % (uint64_t)s->lane_count].lane, w);
}

static size_t postgres_waiting(struct store *store) {
    struct postgres_store *s = store_of(store);
    size_t n = 0;
    for (int i = 0; i < s->lane_count; i++)
        n += lane_waiting(&s->lanes[i].lane);
    return n;
}

static enum st read_once(struct conn *c, tx_fn fn, void *arg, enum tx_end *end) {
    arena_reset(&c->arena);
    tx_start(&c->tx, &c->arena, false);
    if (!begin(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return c->tx.spoilt;
    *end = fn(&c->tx, arg);
    run_text(c, "ROLLBACK");
    if (c->arena.used > ARENA_KEEP)
        arena_free(&c->arena);
    return c->tx.spoilt;
}

static struct conn *reader_take(struct postgres_store *s) {
    struct tx *tx = pool_take(&s->pool);
    if (tx)
        return conn_of(tx);
    char why[300];
    struct conn *c = conn_open(s, why, sizeof(why));
    if (!c) {
        store_note_error(&s->store, why);
        pool_give(&s->pool, NULL);
    }
    return c;
}

static enum st postgres_read(struct store *store, tx_fn fn, void *arg) {
    struct postgres_store *s = store_of(store);
    struct conn *c = reader_take(s);
    if (!c)
        return ST_FAIL;
    enum tx_end end = TX_ROLLBACK;
    enum st st = ST_RETRY;
    for (int run = 0; run < RUNS_MAX && st == ST_RETRY; run++) {
        if (run > 0)
            pause_before(run);
        st = read_once(c, fn, arg, &end);
        if (st != ST_FAIL && end == TX_RETRY)
            st = ST_RETRY;
    }
    pool_give(&s->pool, &c->tx);
    return st;
}

static struct err postgres_backup(struct store *store, struct arena *a, const char *path,
                                  void (*progress)(void *, int64_t, int64_t), void *arg) {
    (void)store;
    (void)path;
    (void)progress;
    (void)arg;
    return err_make(a, ERR_STORE, "store",
                    "A store in PostgreSQL is copied by its own tools: pg_dump for one moment, "
                    "pg_basebackup with WAL archiving for every moment.");
}

/* --- open and close --- */

static void postgres_close(struct store *store) {
    struct postgres_store *s = store_of(store);
    for (int i = 0; i < s->lane_count; i++) {
        lane_stop(&s->lanes[i].lane);
        conn_close(s->lanes[i].conn);
    }
    while (s->pool.idle) {
        struct tx *tx = s->pool.idle;
        s->pool.idle = tx->next;
        conn_close(conn_of(tx));
    }
    pool_free(&s->pool);
    pthread_mutex_destroy(&store->error_lock);
    free(s->lanes);
    free(s->url);
    free(s);
}

static const struct store_ops postgres_ops = {
    .kind = "postgresql",
    .close = postgres_close,
    .submit = postgres_submit,
    .read = postgres_read,
    .waiting = postgres_waiting,
    .backup = postgres_backup,
};

static bool start_lane(struct postgres_store *s, char *why, size_t why_size) {
    struct pg_lane *l = &s->lanes[s->lane_count];
    l->owner = s;
    l->conn = conn_open(s, why, why_size);
    if (!l->conn)
        return false;
    if (lane_start(&l->lane, lane_run, l)) {
        s->lane_count++;
        return true;
    }
    snprintf(why, why_size, "no thread could be started");
    conn_close(l->conn);
    return false;
}

/* One connection, to learn early whether the address is right. */
static bool probe(struct postgres_store *s, char *why, size_t why_size) {
    pool_take(&s->pool);
    struct conn *c = conn_open(s, why, why_size);
    pool_give(&s->pool, c ? &c->tx : NULL);
    return c != NULL;
}

struct err postgres_open(struct arena *a, const char *url, const struct store_options *o,
                         struct store **store) {
    struct postgres_store *s = calloc(1, sizeof(*s));
    assert(s);
    store_init(&s->store, &postgres_ops, o->read_only);
    s->url = strdup(url);
    pool_init(&s->pool, o->readers > 0 ? o->readers : READERS_DEFAULT);
    int lanes = o->read_only ? 0 : o->lanes > 0 ? o->lanes : LANES_DEFAULT;
    if (lanes > LANES_MAX)
        lanes = LANES_MAX;
    s->lanes = calloc((size_t)lanes + 1, sizeof(*s->lanes));
    assert(s->lanes);
    char why[300] = "";
    bool ok = probe(s, why, sizeof(why));
    for (int i = 0; ok && i < lanes; i++)
        ok = start_lane(s, why, sizeof(why));
    if (!ok) {
        postgres_close(&s->store);
        return err_make(a, ERR_STORE, "store", "The store in PostgreSQL can not be reached: %s.",
                        why);
    }
    *store = &s->store;
    return NO_ERR;
}
