/* Inside of the store: what sqlgen writes down about a statement, and what SQLite and PostgreSQL
 * each provide. Included by the generated code, by store/ and by its tests; by nobody else.
 */
#ifndef STORE_STMT_H
#define STORE_STMT_H

#include <pthread.h>
#include <stddef.h>

#include "store/store.h"

enum sql_kind { SQL_ONE, SQL_MANY, SQL_EXEC, SQL_BULK };
enum sql_type { SQL_INT, SQL_TEXT, SQL_BLOB };
enum dialect { DIALECT_SQLITE, DIALECT_POSTGRES, DIALECT__COUNT };

/* One parameter or column: int64_t or struct str at offset of the C struct. */
struct sql_field {
    const char *name;
    enum sql_type type;
    bool nullable;
    size_t offset;
};

struct sql_stmt {
    const char *name;
    const char *where; /* "sql/hit.sql:12" */
    const char *scan;  /* why it may read a whole table; NULL: it may not */
    enum sql_kind kind;
    int slot; /* its number in the cache of prepared statements */
    int in_count, out_count;
    size_t out_size;
    const struct sql_field *in, *out;
    const char *text[DIALECT__COUNT];
    const char *copy; /* :bulk, PostgreSQL: "COPY t (a, b) FROM STDIN (FORMAT binary)" */
};

struct sql_migration {
    int64_t version; /* 0 makes the table of migrations itself */
    const char *name;
    const char *text[DIALECT__COUNT];
};

typedef bool (*sql_row_fn)(void *arg, const void *row);

struct sql_bulk {
    struct tx *tx;
    const struct sql_stmt *stmt;
};

/* What a database does inside a transaction. A failing one has called tx_spoil. */
struct tx_ops {
    enum dialect dialect;
    enum st (*one)(struct tx *, const struct sql_stmt *, const void *in, void *out);
    enum st (*each)(struct tx *, const struct sql_stmt *, const void *in, sql_row_fn, void *arg);
    enum st (*exec)(struct tx *, const struct sql_stmt *, const void *in, int64_t *changed);
    enum st (*bulk_begin)(struct tx *, const struct sql_stmt *);
    enum st (*bulk_add)(struct tx *, const struct sql_stmt *, const void *in);
    enum st (*bulk_end)(struct tx *, const struct sql_stmt *);
    /* One savepoint: set it, undo what came since, or keep that. */
    enum st (*save)(struct tx *);
    enum st (*save_undo)(struct tx *);
    enum st (*save_keep)(struct tx *);
    /* Commands without parameters, several separated by ';'. */
    enum st (*script)(struct tx *, const char *text);
    enum st (*has_table)(struct tx *, const char *name, bool *has);
    /* For tests: prepares the statement; false and words when its shape is not as declared. */
    bool (*check)(struct tx *, const struct sql_stmt *, struct arena *, const char **why);
};

/* The common part of every connection; the database's own struct begins with it. */
struct tx {
    const struct tx_ops *ops;
    struct store *store;
    struct arena *arena;
    struct tx *next; /* in the pool */
    bool writes;
    bool busy; /* a :many or :bulk is open: no statement may run */
    bool in_savepoint;
    enum st spoilt; /* ST_OK while all is well */
    char error[400];
    struct sql_bulk bulk;
};

struct store_ops {
    const char *kind;
    void (*close)(struct store *);
    void (*submit)(struct store *, struct write *);
    enum st (*read)(struct store *, tx_fn, void *);
    size_t (*waiting)(struct store *);
    struct err (*backup)(struct store *, struct arena *, const char *path,
                         void (*progress)(void *, int64_t, int64_t), void *);
};

/* The common part of both stores. */
struct store {
    const struct store_ops *ops;
    bool read_only;
    pthread_mutex_t error_lock;
    char error[400];  /* the last failure */
    int64_t error_ms; /* when it was logged */
};

struct err sqlite_open(struct arena *a, const char *path, const struct store_options *o,
                       struct store **store);
struct err postgres_open(struct arena *a, const char *url, const struct store_options *o,
                         struct store **store);

void store_init(struct store *s, const struct store_ops *ops, bool read_only);

/* Keeps and logs a failure; the same one again within a second only once. */
void store_note_error(struct store *s, const char *words);

/* Makes a connection ready for a run of fn. */
void tx_start(struct tx *tx, struct arena *arena, bool writes);

/* Marks the transaction as spoilt, with words, and answers st. The first cause stays. ST_FAIL is
 * kept and logged. */
enum st tx_spoil(struct tx *tx, enum st st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A parameter or column of a C struct. */
static inline const int64_t *field_int(const struct sql_field *f, const void *row) {
    return (const int64_t *)(const void *)((const char *)row + f->offset);
}
static inline const struct str *field_str(const struct sql_field *f, const void *row) {
    return (const struct str *)(const void *)((const char *)row + f->offset);
}
static inline int64_t *field_int_set(const struct sql_field *f, void *row) {
    return (int64_t *)(void *)((char *)row + f->offset);
}
static inline struct str *field_str_set(const struct sql_field *f, void *row) {
    return (struct str *)(void *)((char *)row + f->offset);
}

/* Spoils the transaction when a parameter is NULL that was not declared so. */
enum st stmt_check_in(struct tx *tx, const struct sql_stmt *s, const void *in);

/* Copies the texts of a row into the transaction's arena. */
void stmt_keep_row(struct tx *tx, const struct sql_stmt *s, void *out);

/* Called by the generated functions. */
enum st stmt_one(struct tx *tx, const struct sql_stmt *s, const void *in, void *out);
enum st stmt_each(struct tx *tx, const struct sql_stmt *s, const void *in, sql_row_fn fn,
                  void *arg);
enum st stmt_exec(struct tx *tx, const struct sql_stmt *s, const void *in, int64_t *changed);
struct sql_bulk *stmt_bulk_begin(struct tx *tx, const struct sql_stmt *s);
enum st stmt_bulk_add(struct sql_bulk *b, const struct sql_stmt *s, const void *in);
enum st stmt_bulk_end(struct sql_bulk *b, const struct sql_stmt *s);

/* store_migrate with a list of one's own; list[0].version is 0. */
struct err migrate_list(struct store *store, struct arena *a, const struct sql_migration *list,
                        size_t count, int *applied);

/* Whether a line of SQLite's query plan reads a whole table. made holds the names of views and
 * common tables that the plan itself made, each as "|name|"; reading those is fine. */
bool stmt_plan_scans(struct buf *made, struct str line);

#endif
