/* Inside of the store: parts of sqlite.c that need no more than a connection. */
#ifndef STORE_SQLITE_PARTS_H
#define STORE_SQLITE_PARTS_H

#include "base/arena.h"
#include "base/err.h"
#include "store/stmt.h"

struct sqlite3;

/* Copies what the open snapshot of `from` shows to a new file, checks the copy and gives it its
 * name durably (store_backup). */
struct err sqlite_backup_to(struct arena *a, struct sqlite3 *from, const char *path,
                            void (*fn)(void *arg, int64_t done, int64_t total), void *arg);

/* tx_ops.check. */
bool sqlite_check_on(struct sqlite3 *db, const struct sql_stmt *s, struct arena *a,
                     const char **why);

#endif
