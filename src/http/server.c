#include "http/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/num.h"
#include "http/internal.h"

enum {
    BACKLOG = 1024,
    SWEEP_US = 1000000, /* how often slow connections are looked for */
};

int64_t http_now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool http_thread_start(pthread_t *thread, void *(*run)(void *), void *arg) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure == 0;
}

/* ---- sockets ---- */

/* Host and port of "h:p", "[h]:p" or ":p". */
static bool address_split(struct arena *a, struct str address, const char **host,
                          const char **port) {
    int64_t number;
    size_t colon = address.n;
    while (colon > 0 && address.p[colon - 1] != ':')
        colon--;
    if (colon == 0 || !num_parse(str_from(address, colon), 0, 65535, &number))
        return false;
    struct str h = str_sub(address, 0, colon - 1);
    if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
        h = str_sub(h, 1, h.n - 2);
    else if (str_chr(h, ':') >= 0)
        return false;
    *host = h.n ? str_z(a, h) : NULL;
    *port = str_z(a, str_from(address, colon));
    return true;
}

static int socket_bind(const struct sockaddr *addr, socklen_t len, bool shared) {
    int one = 1, zero = 0;
    int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
    if (addr->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
    if (bind(fd, addr, len) == 0 && (!shared || listen(fd, BACKLOG) == 0))
        return fd;
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
}

/* One socket a thread on the same port. SO_REUSEPORT would let a second server share the port of
 * a first unnoticed, hence the trial without it. */
static bool sockets_open(struct http_server *s, const struct addrinfo *at) {
    struct sockaddr_storage addr;
    socklen_t len = at->ai_addrlen;
    memcpy(&addr, at->ai_addr, len);
    int trial = socket_bind((struct sockaddr *)&addr, len, false);
    if (trial < 0)
        return false;
    close(trial);
    for (unsigned i = 0; i < s->thread_count; i++) {
        int fd = socket_bind((struct sockaddr *)&addr, len, true);
        if (fd < 0)
            return false;
        s->threads[i].listen_fd = fd;
        socklen_t size = sizeof(addr); /* the first one's port is the others' */
        if (i == 0 && getsockname(fd, (struct sockaddr *)&addr, &size) != 0)
            return false;
    }
    s->port = ntohs(addr.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&addr)->sin6_port
                                               : ((struct sockaddr_in *)&addr)->sin_port);
    return true;
}

static void sockets_close(struct http_server *s) {
    for (unsigned i = 0; i < s->thread_count; i++) {
        if (s->threads[i].listen_fd >= 0)
            close(s->threads[i].listen_fd);
        s->threads[i].listen_fd = -1;
    }
}

static struct err server_bind(struct http_server *s, struct arena *a) {
    const char *host, *port;
    if (!address_split(a, str_c(s->address), &host, &port))
        return err_make(a, ERR_USAGE, "listen",
                        "\"%s\" is no address to listen on; write HOST:PORT, for example "
                        "127.0.0.1:8080",
                        s->address);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    struct addrinfo *list;
    int failure = getaddrinfo(host, port, &hints, &list);
    if (failure)
        return err_make(a, ERR_USAGE, "listen", "\"%s\" can not be listened on: %s", s->address,
                        gai_strerror(failure));
    /* ":8080": the IPv6 socket takes IPv4 too, where there is IPv6. */
    bool open = false;
    int cause = 0;
    for (int pass = 0; pass < 2 && !open; pass++) {
        for (struct addrinfo *at = list; at && !open; at = at->ai_next) {
            bool first = host ? true : at->ai_family == AF_INET6;
            if (first != (pass == 0))
                continue;
            open = sockets_open(s, at);
            if (!open) {
                cause = errno;
                sockets_close(s);
            }
        }
    }
    freeaddrinfo(list);
    if (open)
        return NO_ERR;
    return err_make(a, ERR_USAGE, "listen", "\"%s\" can not be listened on: %s", s->address,
                    strerror(cause));
}

/* ---- connections ---- */

static void conn_name(struct conn *c, const struct sockaddr *addr) {
    if (addr && addr->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)addr)->sin_addr, c->peer, sizeof(c->peer));
    } else if (addr && addr->sa_family == AF_INET6) {
        const struct in6_addr *ip = &((const struct sockaddr_in6 *)addr)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(ip))
            inet_ntop(AF_INET, &ip->s6_addr[12], c->peer, sizeof(c->peer));
        else
            inet_ntop(AF_INET6, ip, c->peer, sizeof(c->peer));
    }
}

static void conn_open(struct http_thread *t, struct MHD_Connection *connection, void **context) {
    struct conn *c = calloc(1, sizeof(*c));
    if (!c) {
        fputs("hitd: out of memory\n", stderr);
        abort();
    }
    c->thread = t;
    c->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    c->since_us = http_now_us();
    conn_name(c,
              MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    c->next = t->conns;
    if (c->next)
        c->next->prev = c;
    t->conns = c;
    t->conn_count++;
    atomic_fetch_add(&t->server->connections, 1);
    atomic_fetch_add(&t->server->connections_total, 1);
    *context = c;
}

static void conn_close(struct http_thread *t, struct conn *c) {
    if (c->prev)
        c->prev->next = c->next;
    else
        t->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    t->conn_count--;
    atomic_fetch_sub(&t->server->connections, 1);
    free(c);
}

static void conn_notify(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        conn_open(cls, connection, context);
    } else if (*context) {
        conn_close(cls, *context);
        *context = NULL;
    }
}

/* The library closes connections that stand still; this closes those that crawl. */
static bool conn_too_slow(const struct conn *c, int64_t now_us) {
    int64_t over_us =
        now_us - c->since_us - (int64_t)c->thread->server->config.patience_s * 1000000;
    if (c->phase == CONN_IDLE)
        return over_us > 0;
    if (c->phase != CONN_BODY || over_us <= 0)
        return false;
    int64_t least = over_us / 1000000 * BODY_BYTES_PER_S_MIN;
    return (int64_t)(c->req->pub.body_size + c->req->discarded) < least;
}

static void thread_sweep(struct http_thread *t, int64_t now_us) {
    for (struct conn *c = t->conns; c; c = c->next) {
        bool end =
            conn_too_slow(c, now_us) || (t->draining && c->phase == CONN_IDLE) || t->drain_over;
        if (!end)
            continue;
        /* The library sees the end of the stream, and closes by itself. */
        shutdown(c->fd, SHUT_RDWR);
        if (c->req && c->req->sink)
            sink_cancel(c->req->sink);
    }
}

/* ---- threads ---- */

void thread_wake(struct req *r) {
    struct http_thread *t = r->thread;
    pthread_mutex_lock(&t->lock);
    bool first = !t->ready;
    r->next = t->ready;
    t->ready = r;
    if (first) { /* the thread takes all at once; written under the lock, since t may go after */
        uint64_t one = 1;
        ssize_t written = write(t->event_fd, &one, sizeof(one));
        assert(written == (ssize_t)sizeof(one));
    }
    pthread_mutex_unlock(&t->lock);
}

static void thread_resume(struct http_thread *t) {
    pthread_mutex_lock(&t->lock);
    struct req *list = t->ready;
    t->ready = NULL;
    pthread_mutex_unlock(&t->lock);
    struct req *oldest = NULL; /* who was answered first goes first */
    while (list) {
        struct req *next = list->next;
        list->next = oldest;
        oldest = list;
        list = next;
    }
    while (oldest) {
        struct req *next = oldest->next;
        MHD_resume_connection(oldest->mhd);
        oldest = next;
    }
}

static int thread_timeout_ms(struct http_thread *t, int64_t now_us, int64_t sweep_us) {
    int64_t ms = sweep_us > now_us ? (sweep_us - now_us) / 1000 + 1 : 0;
    MHD_UNSIGNED_LONG_LONG library_ms;
    if (MHD_get_timeout(t->daemon, &library_ms) == MHD_YES && library_ms < (uint64_t)ms)
        ms = (int64_t)library_ms;
    return (int)ms;
}

static void thread_drain(struct http_thread *t, int64_t now_us, int64_t stop_at_us) {
    if (!t->draining) {
        t->draining = true;
        MHD_run(t->daemon); /* who is already connected is served */
        MHD_socket fd = MHD_quiesce_daemon(t->daemon);
        if (fd != MHD_INVALID_SOCKET)
            close(fd);
    }
    if (now_us >= stop_at_us)
        t->drain_over = true;
    thread_sweep(t, now_us);
}

static void *thread_run(void *arg) {
    struct http_thread *t = arg;
    int64_t sweep_us = http_now_us() + SWEEP_US;
    for (;;) {
        int64_t now_us = http_now_us();
        int64_t stop_at_us = atomic_load(&t->server->stop_at_us);
        if (stop_at_us) {
            thread_drain(t, now_us, stop_at_us);
            if (t->conn_count == 0)
                break;
            sweep_us = now_us + SWEEP_US / 20;
        } else if (now_us >= sweep_us) {
            thread_sweep(t, now_us);
            sweep_us = now_us + SWEEP_US;
        }
        struct pollfd fds[] = {{.fd = t->epoll_fd, .events = POLLIN},
                               {.fd = t->event_fd, .events = POLLIN}};
        poll(fds, 2, thread_timeout_ms(t, now_us, sweep_us));
        uint64_t count;
        if ((fds[1].revents & POLLIN) && read(t->event_fd, &count, sizeof(count)) > 0)
            thread_resume(t);
        MHD_run(t->daemon);
    }
    return NULL;
}

static size_t no_unescape(void *cls, struct MHD_Connection *connection, char *s) {
    (void)cls;
    (void)connection;
    return strlen(s); /* form.c decodes, from the raw target */
}

static void log_library(void *cls, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
static void log_library(void *cls, const char *fmt, va_list ap) {
    (void)cls;
    char text[256];
    vsnprintf(text, sizeof(text), fmt, ap);
    text[strcspn(text, "\n")] = 0;
    log_debug("libmicrohttpd: %s", text);
}

static bool thread_open(struct http_thread *t, const struct http_config *c, unsigned limit) {
    t->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (t->event_fd < 0)
        return false;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)c->tls_cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)c->tls_key},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    if (c->tls_cert)
        flags |= MHD_USE_TLS;
    t->daemon = MHD_start_daemon(flags, 0, NULL, NULL, request_step, t,                //
                                 MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,        //
                                 MHD_OPTION_LISTEN_SOCKET, t->listen_fd,               //
                                 MHD_OPTION_CONNECTION_LIMIT, limit,                   //
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_BYTES_MAX, //
                                 MHD_OPTION_CONNECTION_TIMEOUT, c->timeout_s,          //
                                 MHD_OPTION_NOTIFY_CONNECTION, conn_notify, t,         //
                                 MHD_OPTION_NOTIFY_COMPLETED, request_done, t,         //
                                 MHD_OPTION_URI_LOG_CALLBACK, request_target, t,       //
                                 MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL,      //
                                 MHD_OPTION_STRICT_FOR_CLIENT, 1,                      //
                                 MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
                                 /* threads of ours take no signals */ //
                                     c->tls_cert
                                     ? MHD_OPTION_ARRAY
                                     : MHD_OPTION_END,
                                 c->tls_cert ? tls : NULL, //
                                 MHD_OPTION_END);
    t->listen_fd = -1; /* the library's now */
    if (!t->daemon)
        return false;
    t->epoll_fd = MHD_get_daemon_info(t->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return true;
}

static void thread_close(struct http_thread *t) {
    if (t->daemon)
        MHD_stop_daemon(t->daemon);
    if (t->listen_fd >= 0)
        close(t->listen_fd);
    if (t->event_fd >= 0)
        close(t->event_fd);
    while (t->spare) {
        struct req *r = t->spare;
        t->spare = r->next;
        request_free(r);
    }
    pthread_mutex_destroy(&t->lock);
}

/* ---- the server ---- */

static unsigned connection_limit(const struct http_config *c) {
    enum { OTHER_FILES = 256 }; /* store, logs, uploads */
    struct rlimit files;
    unsigned limit = c->connections_max;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        rlim_t most =
            files.rlim_cur > 2 * OTHER_FILES ? files.rlim_cur - OTHER_FILES : files.rlim_cur / 2;
        if (limit > most) {
            limit = (unsigned)most;
            log_info("at most %u connections, because of the limit of open files", limit);
        }
    }
    unsigned each = limit / c->threads;
    return each ? each : 1;
}

static void config_defaults(struct http_server *s) {
    struct http_config *c = &s->config;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!c->threads)
        c->threads = processors > 0 ? (unsigned)processors : 1;
    if (!c->helpers)
        c->helpers = 4;
    if (!c->connections_max)
        c->connections_max = CONNECTIONS_MAX;
    if (!c->timeout_s)
        c->timeout_s = TIMEOUT_S;
    if (!c->patience_s)
        c->patience_s = HEADER_S_MAX;
    if (!c->body_max)
        c->body_max = BODY_MAX;
    if (!c->file_max)
        c->file_max = FILE_MAX;
    const char *dir = c->file_dir ? c->file_dir : getenv("TMPDIR");
    s->address = strdup(c->address);
    s->file_dir = strdup(dir && *dir ? dir : "/var/tmp");
    c->address = s->address;
    c->file_dir = s->file_dir;
}

static struct http_server *server_new(const struct http_config *config) {
    struct http_server *s = calloc(1, sizeof(*s));
    assert(s);
    s->config = *config;
    config_defaults(s);
    s->thread_count = s->config.threads;
    s->threads = calloc(s->thread_count, sizeof(*s->threads));
    assert(s->threads && s->address && s->file_dir);
    pthread_mutex_init(&s->streams_lock, NULL);
    pthread_cond_init(&s->streams_ended, NULL);
    for (unsigned i = 0; i < s->thread_count; i++) {
        struct http_thread *t = &s->threads[i];
        t->server = s;
        t->listen_fd = t->event_fd = -1;
        pthread_mutex_init(&t->lock, NULL);
    }
    return s;
}

static void server_free(struct http_server *s) {
    for (unsigned i = 0; i < s->thread_count; i++)
        thread_close(&s->threads[i]);
    pthread_mutex_destroy(&s->streams_lock);
    pthread_cond_destroy(&s->streams_ended);
    free(s->threads);
    free(s->address);
    free(s->file_dir);
    free(s);
}

static struct err server_start(struct http_server *s, struct arena *a) {
    struct err e = server_bind(s, a);
    if (failed(e))
        return e;
    unsigned limit = connection_limit(&s->config);
    for (unsigned i = 0; i < s->thread_count; i++) {
        if (!thread_open(&s->threads[i], &s->config, limit))
            return err_make(a, ERR_USAGE, s->config.tls_cert ? "tls" : "listen",
                            "The HTTP server can not start%s.",
                            s->config.tls_cert ? "; check certificate and key" : "");
    }
    bool started = helpers_start(&s->helpers, s->config.helpers);
    for (unsigned i = 0; i < s->thread_count && started; i++)
        started = http_thread_start(&s->threads[i].thread, thread_run, &s->threads[i]);
    if (!started) { /* some run already: nothing sensible is left to do */
        fputs("hitd: can not make threads\n", stderr);
        abort();
    }
    return NO_ERR;
}

struct http_server *http_listen(const struct http_config *config, struct arena *a,
                                struct err *err) {
    assert(config->address && config->handler.handle);
    assert(!config->tls_cert == !config->tls_key);
    struct http_server *s = server_new(config);
    *err = server_start(s, a);
    if (failed(*err)) {
        server_free(s);
        return NULL;
    }
    return s;
}

int http_port(const struct http_server *server) {
    return server->port;
}

void http_stop(struct http_server *s, unsigned drain_s) {
    atomic_store(&s->stop_at_us, http_now_us() + (int64_t)drain_s * 1000000);
    for (unsigned i = 0; i < s->thread_count; i++) {
        uint64_t one = 1;
        ssize_t written = write(s->threads[i].event_fd, &one, sizeof(one));
        assert(written == (ssize_t)sizeof(one));
    }
    for (unsigned i = 0; i < s->thread_count; i++)
        pthread_join(s->threads[i].thread, NULL);
    pthread_mutex_lock(&s->streams_lock);
    while (s->streams)
        pthread_cond_wait(&s->streams_ended, &s->streams_lock);
    pthread_mutex_unlock(&s->streams_lock);
    helpers_stop(&s->helpers);
    server_free(s);
}

void http_stats(const struct http_server *server, struct http_stats *stats) {
    struct http_server *s = (struct http_server *)(uintptr_t)server; /* its locks */
    *stats = (struct http_stats){
        .connections_total = atomic_load(&s->connections_total),
        .requests_total = atomic_load(&s->requests_total),
        .refused_total = atomic_load(&s->refused_total),
        .connections = atomic_load(&s->connections),
        .requests = atomic_load(&s->requests),
    };
    pthread_mutex_lock(&s->streams_lock);
    stats->streams = s->streams;
    pthread_mutex_unlock(&s->streams_lock);
    pthread_mutex_lock(&s->helpers.lock);
    stats->deferred = s->helpers.waiting;
    pthread_mutex_unlock(&s->helpers.lock);
}
