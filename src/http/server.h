/* The HTTP server: sockets, threads, limits of connections, and stopping.
 *
 * Each thread owns one listening socket (SO_REUSEPORT), one libmicrohttpd daemon and all
 * connections that the kernel gives it; it is driven from outside the library by poll() (DESIGN
 * 9 tells why). Other threads never touch a connection: an answer that comes later is put into
 * the thread's list and announced on an eventfd, once for a whole batch.
 *
 * Abuse is met by bounds (base/limits.h): connections, header bytes and number, body bytes, 30 s
 * without progress, 60 s for a header, and a least rate for bodies.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/request.h"

struct http_server;

struct http_handler {
    /* After the header; may call http_reply(), never http_suspend(). NULL: bodies up to the
     * server's body_max, in memory. */
    struct http_plan (*plan)(struct http_request *req, void *user);
    /* After the body. */
    void (*handle)(struct http_request *req, void *user);
    /* The layer itself refuses a request (too large, unreadable): e holds what to say, status
     * its HTTP status. Must call http_reply() at once. NULL: plain text. */
    void (*refuse)(struct http_request *req, int status, struct err e, void *user);
    /* The answer is on its way (completed) or the client has gone; for the log and figures. On
     * the server's thread, the request is freed afterwards. NULL: nothing. */
    void (*done)(const struct http_request *req, int status, bool completed, void *user);
    void *user;
};

struct http_config {
    const char *address;      /* "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":0" (every
                                 address); port 0 lets the system choose */
    unsigned threads;         /* 0: one a processor */
    unsigned helpers;         /* threads for http_defer(); 0: 4 */
    unsigned connections_max; /* 0: CONNECTIONS_MAX; never more than open files allow */
    unsigned timeout_s;       /* without progress; 0: 30 */
    unsigned patience_s;      /* for a whole header; and after as long a body must have come at
                                 BODY_BYTES_PER_S_MIN at least; 0: HEADER_S_MAX */
    size_t body_max;          /* in memory; 0: BODY_MAX */
    size_t file_max;          /* in a file; 0: FILE_MAX */
    const char *file_dir;     /* for bodies in files; NULL: TMPDIR, else /var/tmp */
    bool behind_proxy;        /* believe X-Forwarded-For (its last entry) and X-Forwarded-Proto */
    const char *tls_cert;     /* PEM texts; NULL: no TLS here */
    const char *tls_key;
    struct http_handler handler;
};

/* Binds, starts the threads, serves. Texts and handler of the config must live as long as the
 * server; the struct itself need not. NULL, and *err (made in a), when the address can not be
 * read or is taken. */
struct http_server *http_listen(const struct http_config *config, struct arena *a, struct err *err);

int http_port(const struct http_server *server);

/* Stops accepting, closes idle connections, waits for requests under way and for suspended
 * ones (see request.h), gives slow clients at most drain_s seconds, then frees the server. */
void http_stop(struct http_server *server, unsigned drain_s);

struct http_stats {
    uint64_t connections_total, requests_total, refused_total;
    uint64_t connections, requests; /* now; a request counts from its header to its end */
    uint64_t streams, deferred;     /* now */
};

void http_stats(const struct http_server *server, struct http_stats *stats);

#endif
