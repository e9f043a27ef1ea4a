/* What server.c, request.c, reply.c and helpers.c share; nobody else includes this.
 *
 * Who may touch what: a struct conn and everything of libmicrohttpd belong to the conn's thread.
 * A struct req belongs to that thread until it is suspended, then to whoever answers it, and
 * comes back through http_thread.ready (under its lock).
 */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/request.h"
#include "http/server.h"

enum conn_phase {
    CONN_IDLE,   /* between requests, or within a header */
    CONN_BODY,   /* a body is coming */
    CONN_ANSWER, /* with the handler, or being answered */
};

struct conn {
    struct conn *next, *prev;
    struct http_thread *thread;
    int fd;
    enum conn_phase phase;
    int64_t since_us; /* start of the phase */
    struct req *req;  /* from the request line to the end of the answer */
    char peer[48];
};

struct req {
    struct http_request pub; /* first: http_request and req are cast into each other */
    struct arena arena;
    struct http_server *server;
    struct http_thread *thread;
    struct conn *conn;
    struct MHD_Connection *mhd;
    struct req *next; /* in ready, spare or the helpers' queue */
    void (*deferred)(struct http_request *req, void *arg);
    void *deferred_arg;

    struct http_plan plan;
    struct buf body;
    void *map; /* of the body's file */
    bool begun, planned, handled, suspended;
    bool misframed;   /* where its body ends is not sure: the connection must not be used again */
    bool refused;     /* the rest of the body is thrown away */
    size_t discarded; /* bytes of it */
    bool queued;

    struct MHD_Response *response;
    int status;
    struct http_sink *sink; /* of response, as long as it lives; the server thread's */
    atomic_bool replied;
    atomic_int refs; /* libmicrohttpd's, the sink's, the producer's */
};

struct http_thread {
    struct http_server *server;
    pthread_t thread;
    struct MHD_Daemon *daemon;
    int listen_fd;
    int epoll_fd;
    int event_fd;
    struct conn *conns;
    size_t conn_count;
    struct req *spare; /* requests to be used again, with a first block of memory */
    size_t spare_count;
    bool draining, drain_over;

    pthread_mutex_t lock;
    struct req *ready; /* answered or with more to send; latest first */
};

struct helpers {
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct req *first, **last;
    size_t waiting;
    bool stop;
    pthread_t *threads;
    unsigned count;
};

struct http_server {
    struct http_config config;
    char *address, *file_dir;
    int port;
    struct http_thread *threads;
    unsigned thread_count;
    struct helpers helpers;
    atomic_int_fast64_t stop_at_us; /* 0: not stopping; else when slow clients are cut off */

    pthread_mutex_t streams_lock;
    pthread_cond_t streams_ended;
    unsigned streams;

    atomic_uint_fast64_t connections_total, requests_total, refused_total, connections, requests;
};

int64_t http_now_us(void); /* monotonic */

/* A thread that takes no signals: those are the program's. */
bool http_thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

/* Gives a suspended request back to its thread. Any thread; r may be gone on return. */
void thread_wake(struct req *r);

/* request.c: callbacks of libmicrohttpd */
void *request_target(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result request_step(void *cls, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *data,
                             size_t *data_len, void **state);
void request_done(void *cls, struct MHD_Connection *connection, void **state,
                  enum MHD_RequestTerminationCode code);
void request_unref(struct req *r, struct http_thread *here); /* here NULL: not a server thread */
void request_free(struct req *r);

/* reply.c */
void sink_cancel(struct http_sink *sink); /* the server stops: the download ends, cut off */

/* helpers.c */
bool helpers_start(struct helpers *h, unsigned count);
void helpers_stop(struct helpers *h);

#endif
