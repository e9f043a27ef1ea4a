#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite_parts.h"

enum { BACKUP_STEP_PAGES = 2000 };

static bool check_copy(sqlite3 *db, struct arena *a, const char **why) {
    static const char *const checks[] = {"PRAGMA integrity_check(10)", "PRAGMA foreign_key_check"};
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *p = NULL;
        if (sqlite3_prepare_v2(db, checks[i], -1, &p, NULL) != SQLITE_OK) {
            *why = arena_strdup(a, sqlite3_errmsg(db));
            return false;
        }
        int rc = sqlite3_step(p);
        bool good =
            i == 0 ? rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(p, 0), "ok") == 0
                   : rc == SQLITE_DONE;
        if (!good)
            *why = arena_printf(a, "the copy is not sound: %s: %s", checks[i],
                                rc == SQLITE_ROW ? (const char *)sqlite3_column_text(p, 0)
                                                 : sqlite3_errmsg(db));
        sqlite3_finalize(p);
        if (!good)
            return false;
    }
    return true;
}

struct progress {
    void (*fn)(void *arg, int64_t done, int64_t total);
    void *arg;
};

/* Copies what the snapshot of `from` shows into db. */
static bool copy_pages(sqlite3 *from, sqlite3 *db, struct progress progress) {
    sqlite3_backup *b = sqlite3_backup_init(db, "main", from, "main");
    if (!b)
        return false;
    int rc;
    do {
        rc = sqlite3_backup_step(b, BACKUP_STEP_PAGES);
        int total = sqlite3_backup_pagecount(b);
        if (progress.fn)
            progress.fn(progress.arg, total - sqlite3_backup_remaining(b), total);
    } while (rc == SQLITE_OK);
    return sqlite3_backup_finish(b) == SQLITE_OK && rc == SQLITE_DONE;
}

static bool sync_path(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Gives the finished copy its name, durably. link() refuses what rename() would overwrite. */
static bool publish_copy(struct arena *a, const char *part, const char *path) {
    char *dir = arena_strdup(a, path);
    char *slash = strrchr(dir, '/');
    if (slash)
        slash[slash == dir ? 1 : 0] = '\0';
    return sync_path(part) && link(part, path) == 0 && unlink(part) == 0 &&
           sync_path(slash ? dir : ".");
}

struct err sqlite_backup_to(struct arena *a, struct sqlite3 *from, const char *path,
                            void (*fn)(void *, int64_t, int64_t), void *arg) {
    const char *part = arena_printf(a, "%s.part-%ld", path, (long)getpid());
    struct progress progress = {fn, arg};
    sqlite3 *db = NULL;
    const char *why = NULL;
    int rc = sqlite3_open(part, &db);
    /* One file, without a WAL beside it, once it is closed. */
    bool ok = rc == SQLITE_OK && copy_pages(from, db, progress) &&
              sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK;
    if (!ok)
        why = arena_strdup(a, sqlite3_errmsg(db));
    ok = ok && check_copy(db, a, &why);
    sqlite3_close(db);
    if (ok && !publish_copy(a, part, path)) {
        why = strerror(errno);
        ok = false;
    }
    if (ok)
        return NO_ERR;
    unlink(part);
    return err_make(a, ERR_STORE, "file", "%s could not be made: %s.", path, why);
}
