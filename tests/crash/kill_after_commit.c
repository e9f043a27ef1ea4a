/* Preloaded into hitd by tests/crash: the process is killed just after a large commit has become
 * durable and before anybody can have been told, if the environment names KILL_AFTER_COMMIT. On
 * SQLite that moment is the return of the sync of the write-ahead log behind a mebibyte of pages,
 * on PostgreSQL the answer to the COMMIT of the transaction that marked a review as applied. */
#include <dlfcn.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGE = 1024 * 1024, NAME_MAX_LEN = 63 };

static atomic_size_t logged;           /* since the last sync */
static char applies[NAME_MAX_LEN + 1]; /* the statement's name; the same on every connection */
static _Thread_local int applied;      /* in the transaction of this thread */

static void die(void) {
    if (getenv("KILL_AFTER_COMMIT"))
        kill(getpid(), SIGKILL);
}

static int is_log(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path);
    return n > 4 && memcmp(path + n - 4, "-wal", 4) == 0;
}

/* sqlite3 writes by pwrite64, which is pwrite here; both names are its. */
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at) {
    ssize_t (*real)(int, const void *, size_t, off64_t);
    *(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
    if (is_log(fd))
        atomic_fetch_add(&logged, n);
    return real(fd, p, n, at);
}

int fdatasync(int fd) {
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    if (is_log(fd) && atomic_exchange(&logged, 0) >= LARGE)
        die();
    return result;
}

PGresult *PQprepare(PGconn *connection, const char *name, const char *query, int count,
                    const Oid *types) {
    PGresult *(*real)(PGconn *, const char *, const char *, int, const Oid *);
    *(void **)&real = dlsym(RTLD_NEXT, "PQprepare");
    if (strstr(query, "UPDATE review SET state = 3") && strlen(name) <= NAME_MAX_LEN)
        memcpy(applies, name, strlen(name) + 1);
    return real(connection, name, query, count, types);
}

PGresult *PQexecPrepared(PGconn *connection, const char *name, int count, const char *const *values,
                         const int *lengths, const int *formats, int format) {
    PGresult *(*real)(PGconn *, const char *, int, const char *const *, const int *, const int *,
                      int);
    *(void **)&real = dlsym(RTLD_NEXT, "PQexecPrepared");
    applied |= applies[0] && strcmp(name, applies) == 0;
    return real(connection, name, count, values, lengths, formats, format);
}

PGresult *PQexec(PGconn *connection, const char *query) {
    PGresult *(*real)(PGconn *, const char *);
    *(void **)&real = dlsym(RTLD_NEXT, "PQexec");
    PGresult *result = real(connection, query);
    if (strcmp(query, "COMMIT") == 0 && applied)
        die();
    if (strcmp(query, "COMMIT") == 0 || strcmp(query, "ROLLBACK") == 0)
        applied = 0;
    return result;
}
