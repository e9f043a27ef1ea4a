/* Preloaded into hitd by tests/crash: the process is killed just after a transaction has become
 * durable and before anybody can have been told: the one of number KILL_AFTER_NUMBER, counted from
 * when the file that KILL_AFTER_FILE names exists. On SQLite that moment is the return of the sync
 * of the write-ahead log, on PostgreSQL the answer to COMMIT. */
#include <dlfcn.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void maybe_die(void) {
    static atomic_int commits;
    const char *armed = getenv("KILL_AFTER_FILE"), *number = getenv("KILL_AFTER_NUMBER");
    if (armed && number && access(armed, F_OK) == 0 &&
        atomic_fetch_add(&commits, 1) + 1 == atoi(number))
        kill(getpid(), SIGKILL);
}

static int is_log(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path);
    return n > 4 && memcmp(path + n - 4, "-wal", 4) == 0;
}

int fdatasync(int fd) {
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    if (is_log(fd))
        maybe_die();
    return result;
}

PGresult *PQexec(PGconn *connection, const char *query) {
    PGresult *(*real)(PGconn *, const char *);
    *(void **)&real = dlsym(RTLD_NEXT, "PQexec");
    PGresult *result = real(connection, query);
    if (strcmp(query, "COMMIT") == 0)
        maybe_die();
    return result;
}
