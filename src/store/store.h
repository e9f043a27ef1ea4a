/* The store: one interface over SQLite and PostgreSQL (DESIGN 4 and 5).
 *
 * A program opens one struct store, shared by all its threads. Everything happens inside a
 * transaction: a function that is given a struct tx and calls the statements of "store/sql.h",
 * which tools/sqlgen makes from sql/ (see sql/README.md).
 *
 *     enum tx_end fn(struct tx *tx, void *arg)
 *
 * fn may run more than once and touches nothing but its transaction, its arena and what arg
 * points to, which it sets anew each time. It leaves its answer in arg.
 *
 * What a statement answers:
 *   ST_OK        done
 *   ST_NONE      no row (:one)
 *   ST_CONFLICT  a UNIQUE, CHECK or REFERENCES rule refused it
 *   ST_RETRY     the transaction lost against another; it must be run again
 *   ST_FAIL      the database failed (disk full, connection lost) or the statement is wrong
 * After one of the last three the transaction is spoilt: every further statement answers the same
 * and a commit becomes a rollback, until tx_rollback_to() (only after ST_CONFLICT) or the end. So
 * a function may look at the last answer only. Expected conflicts are better asked for with
 * ON CONFLICT DO NOTHING.
 *
 * A full disk or a lost connection is survived: what failed is answered ST_FAIL and has changed
 * nothing, reads go on, and writes work again when the cause is gone.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* NULL in an int64_t that belongs to an `int?`. A NULL text is a struct str with p == NULL. */
#define SQL_NULL INT64_MIN

enum st { ST_OK, ST_NONE, ST_CONFLICT, ST_RETRY, ST_FAIL };
enum tx_end { TX_COMMIT, TX_ROLLBACK, TX_RETRY };

struct store;
struct tx;
struct sql_bulk;

typedef enum tx_end (*tx_fn)(struct tx *tx, void *arg);

struct store_options {
    bool create;    /* make the database file when there is none (SQLite) */
    bool read_only; /* no lanes: store_write and store_submit must not be called */
    int lanes;      /* PostgreSQL: connections that write; 0 stands for 4 */
    int readers;    /* connections that read, at most; 0 stands for 16 */
};

/* Opens "sqlite:PATH" ("sqlite:" alone is ./hitd.db) or "postgresql://…" ("postgres://…"). o may
 * be NULL. On success *store is the caller's until store_close. Does not migrate: see
 * store_is_new and store_migrate. The error's detail lives in a. */
struct err store_open(struct arena *a, const char *url, const struct store_options *o,
                      struct store **store);

/* Waits for every write that was submitted, then closes. NULL is harmless. No other call may be
 * running. */
void store_close(struct store *store);

/* Runs fn in a snapshot on a read-only connection, in the calling thread. What fn returns does not
 * matter, but TX_RETRY runs it again (a bounded number of times). ST_OK when it ran to its end;
 * ST_FAIL when the store failed meanwhile (what fn left in arg must not be used). */
enum st store_read(struct store *store, tx_fn fn, void *arg);

/* A write on its way. The caller keeps it (and arg) in place until done is called; the members
 * behind done are the store's. Zero it first. */
struct write {
    tx_fn fn;
    void *arg;
    int64_t shard; /* writes of one shard run in the order they came: the requester's row */
    bool alone;    /* a large one: a transaction of its own, which is cheaper for > 10,000 rows */
    /* fn locks the rows it judges by before it reads them (@LOCK@ in its statements). PostgreSQL
     * then runs it READ COMMITTED: one that takes many seconds would never get through among short
     * ones under SERIALIZABLE, as each of them may cost it its whole work. */
    bool locks;
    /* Need not be durable when it is answered: it will be with the next write that is not relaxed
     * and changes something. For the steps of what only such a last write makes count. */
    bool relaxed;
    void (*done)(struct write *w, enum st st);

    struct write *next;
    enum st st;
};

/* Queues a write and returns at once. done is called once, from a thread of the store, after the
 * outcome is durable (but see relaxed); it must not block, nor call store_write or store_run; it
 * may free w. It is told: ST_OK     fn ran to its end: TX_COMMIT is durable, or TX_ROLLBACK changed
 * nothing ST_CONFLICT  fn returned TX_COMMIT though a statement had answered ST_CONFLICT; rolled
 * back ST_RETRY  lost against other transactions too often; nothing changed ST_FAIL   the store
 * failed; nothing changed, except that the outcome is unknown when the connection to PostgreSQL
 * broke during COMMIT (store_error says so)
 */
void store_submit(struct store *store, struct write *w);

/* The same, waiting for the outcome; w->done is set by it. */
enum st store_run(struct store *store, struct write *w);
enum st store_write(struct store *store, int64_t shard, tx_fn fn, void *arg);
enum st store_write_relaxed(struct store *store, int64_t shard, tx_fn fn, void *arg);

/* Words about the last failure (ST_FAIL) of this store, copied to a; "" when there was none. For
 * the operator, not for users. The store has logged them already. */
struct str store_error(struct store *store, struct arena *a);

/* Writes that wait for a lane now. */
size_t store_waiting(struct store *store);

/* "sqlite" or "postgresql". */
const char *store_kind(const struct store *store);

/* --- inside a transaction --- */

/* Memory of the transaction; texts of :one statements are copied here. It lives until done has
 * returned (store_submit), until fn has returned (store_read, store_write, store_run). */
struct arena *tx_arena(struct tx *tx);

/* Makes tx_arena() give a from now on to the end of this run of fn, so that results live as long
 * as the caller wants. To be called first. */
void tx_use_arena(struct tx *tx, struct arena *a);

/* Words about why the transaction is spoilt, or "". Valid until its end. */
const char *tx_error(const struct tx *tx);

/* One savepoint inside a write, not nested: after tx_savepoint either tx_rollback_to (undoes all
 * since; a ST_CONFLICT since then is forgiven) or tx_release (keeps it) ends it. tx_rollback_to may
 * answer ST_RETRY: SQLite does without savepoints until one is needed, and then fn is run again.
 */
enum st tx_savepoint(struct tx *tx);
enum st tx_rollback_to(struct tx *tx);
enum st tx_release(struct tx *tx);

/* Many rows have come into a table: PostgreSQL looks at it again before it plans the next
 * statements (its own clockwork does so only after a minute, and a plan for a few rows takes hours
 * for many). Nothing on SQLite, whose plans do not go by numbers of rows. table: a name of ours. */
enum st tx_refresh_plans(struct tx *tx, const char *table);

/* --- administration --- */

/* Whether no schema was ever made here. */
struct err store_is_new(struct store *store, struct arena *a, bool *is_new);

/* The highest migration applied (0: none), and the highest this program knows. */
struct err store_schema_version(struct store *store, struct arena *a, int64_t *version,
                                int64_t *latest);

/* Applies the missing migrations of sql/migrate in one transaction; *applied (may be NULL) says how
 * many. Refuses a store made by a newer program, and one whose applied migrations differ from this
 * program's (SHA-256 of their text without comments). Nothing changes on an error. */
struct err store_migrate(struct store *store, struct arena *a, int *applied);

/* Copies the store, as it is at one moment, to a new file while it is in use, checks the copy
 * (PRAGMA integrity_check, foreign_key_check) and only then gives it its name. progress may be
 * NULL. Refuses to overwrite. SQLite only: on PostgreSQL the error says to use pg_dump. */
struct err store_backup(struct store *store, struct arena *a, const char *path,
                        void (*progress)(void *arg, int64_t done, int64_t total), void *arg);

#endif
