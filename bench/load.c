/* load HOST PORT KEY SECRET OPERATION CONNECTIONS < bodies
 *
 * Sends one signed request of the Requester API for each line of standard input, over that many
 * kept-alive connections, each with one request under way. All requests are signed before the
 * first is sent, so only the server's work is measured. Prints JSON: requests, errors, seconds,
 * the client's own CPU seconds and latencies in microseconds.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/datetime.h"
#include "base/num.h"
#include "http/request.h"
#include "http/sigv4.h"

enum { CONNECTIONS_MAX = 1024, ANSWER_MAX_BYTES = 4 * 1024 * 1024 };

struct connection {
    int fd;
    size_t request, sent;
    struct buf in;
    int64_t began_us;
};

struct load {
    struct arena arena;
    const char *host, *port, *key, *secret, *operation;
    struct str *requests;
    size_t count, room, next, done, errors;
    int64_t *latency_us;
    int epoll;
};

static void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct str sign(struct load *l, struct str body) {
    struct arena *a = &l->arena;
    struct http_header h[] = {
        {STR("Content-Type"), STR("application/x-amz-json-1.1")},
        {STR("Host"), str_printf(a, "%s:%s", l->host, l->port)},
        {STR("X-Amz-Date"), sigv4_time(a, time_wall_ms())},
        {STR("X-Amz-Target"), str_printf(a, "MTurkRequesterServiceV20170117.%s", l->operation)},
    };
    struct sigv4_request r = {.arena = a,
                              .method = STR("POST"),
                              .raw_path = STR("/"),
                              .headers = h,
                              .header_count = 4,
                              .body = body};
    struct str auth =
        sigv4_sign(&r, str_c(l->key), str_c(l->secret), "us-east-1", "mturk-requester");
    return str_printf(
        a,
        "POST / HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: %.*s\r\nX-Amz-Date: %.*s\r\n"
        "X-Amz-Target: %.*s\r\nAuthorization: %.*s\r\nContent-Length: %zu\r\n\r\n%.*s",
        l->host, l->port, STR_ARG(h[0].value), STR_ARG(h[2].value), STR_ARG(h[3].value),
        STR_ARG(auth), body.n, STR_ARG(body));
}

static void read_bodies(struct load *l) {
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while ((n = getline(&line, &cap, stdin)) > 0) {
        if (line[n - 1] == '\n')
            n--;
        if (l->count == l->room) {
            l->room = l->room ? l->room * 2 : 1024;
            l->requests = realloc(l->requests, l->room * sizeof(*l->requests));
            if (!l->requests)
                die("memory");
        }
        l->requests[l->count++] = sign(l, (struct str){line, (size_t)n});
    }
    free(line);
    l->latency_us = calloc(l->count + 1, sizeof(*l->latency_us));
    if (!l->latency_us)
        die("memory");
}

static int dial(const struct load *l) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(l->host, l->port, &hints, &found) != 0)
        die("address");
    int fd = socket(found->ai_family, SOCK_STREAM, 0), one = 1;
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    freeaddrinfo(found);
    return fd;
}

/* Sends the next request; requests are small, so a blocking send does not block. */
static bool begin(struct load *l, struct connection *c) {
    if (l->next == l->count)
        return false;
    c->request = l->next++;
    buf_clear(&c->in);
    c->began_us = time_monotonic_us();
    struct str r = l->requests[c->request];
    while (r.n) {
        ssize_t n = send(c->fd, r.p, r.n, MSG_NOSIGNAL);
        if (n <= 0)
            die("send");
        r = str_from(r, (size_t)n);
    }
    return true;
}

/* Whether a whole answer has arrived. */
static bool complete(const struct buf *in) {
    struct str all = buf_view(in);
    ptrdiff_t head = str_find(all, STR("\r\n\r\n"));
    if (head < 0)
        return false;
    struct str headers = str_sub(all, 0, (size_t)head);
    const char *at = strcasestr(str_sub(all, 0, (size_t)head).p, "content-length:");
    if (!at || at > headers.p + headers.n)
        return true;
    return all.n - (size_t)head - 4 >= strtoul(at + 15, NULL, 10);
}

/* True when the connection goes on. */
static bool receive(struct load *l, struct connection *c) {
    buf_room(&c->in, 65536);
    ssize_t n = recv(c->fd, c->in.p + c->in.n, 65535, 0);
    if (n <= 0)
        die("the server closed a connection");
    c->in.n += (size_t)n;
    c->in.p[c->in.n] = '\0';
    if (!complete(&c->in))
        return true;
    l->latency_us[l->done++] = time_monotonic_us() - c->began_us;
    if (!str_starts(buf_view(&c->in), STR("HTTP/1.1 200"))) {
        if (l->errors++ == 0)
            fprintf(stderr, "load: first error: %.*s\n", STR_ARG(buf_view(&c->in)));
    }
    return begin(l, c);
}

static void run(struct load *l, size_t connections) {
    struct connection all[CONNECTIONS_MAX] = {0};
    struct epoll_event events[64];
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < connections; i++)
        all[i].fd = dial(l);
    size_t open = 0;
    for (size_t i = 0; i < connections; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
        if (begin(l, &all[i])) {
            epoll_ctl(l->epoll, EPOLL_CTL_ADD, all[i].fd, &e);
            open++;
        }
    }
    while (open) {
        int n = epoll_wait(l->epoll, events, 64, 30000);
        if (n == 0)
            die("no answer for 30 seconds");
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (!receive(l, c)) {
                epoll_ctl(l->epoll, EPOLL_CTL_DEL, c->fd, NULL);
                open--;
            }
        }
    }
    for (size_t i = 0; i < connections; i++) {
        close(all[i].fd);
        buf_free(&all[i].in);
    }
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    struct load l = {0};
    int64_t connections;
    if (argc != 7 || !num_parse(str_c(argv[6]), 1, CONNECTIONS_MAX, &connections)) {
        fprintf(stderr, "usage: load HOST PORT KEY SECRET OPERATION CONNECTIONS < bodies\n");
        return 2;
    }
    arena_init(&l.arena, (size_t)16 << 30);
    l.host = argv[1], l.port = argv[2], l.key = argv[3], l.secret = argv[4], l.operation = argv[5];
    read_bodies(&l);
    int64_t began = time_monotonic_us();
    run(&l, (size_t)connections);
    double seconds = (double)(time_monotonic_us() - began) / 1e6;
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    qsort(l.latency_us, l.done, sizeof(*l.latency_us), compare);
    size_t last = l.done ? l.done - 1 : 0;
    printf("{\"requests\": %zu, \"errors\": %zu, \"seconds\": %.4f, \"p50_us\": %lld, "
           "\"p99_us\": %lld, \"max_us\": %lld}\n",
           l.done, l.errors, seconds, (long long)l.latency_us[last / 2],
           (long long)l.latency_us[last * 99 / 100], (long long)l.latency_us[last]);
    arena_free(&l.arena);
    free(l.requests);
    free(l.latency_us);
    return l.errors != 0;
}
