/* http/: the server on real sockets. The client side is written by hand, so that it can misbehave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/num.h"
#include "http/cookie.h"
#include "http/server.h"

/* ---- the server under test ---- */

struct world {
    struct http_server *server;
    struct arena arena;
    int port;
    atomic_int done, done_completed, released, handled;

    /* suspended requests wait here for the answering thread */
    pthread_t answerer;
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct http_request *waiting[512];
    size_t waiting_count, hold; /* answers nothing until hold requests wait */
    bool stop;
};

static void *answer_run(void *arg) {
    struct world *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->stop && (w->waiting_count == 0 || w->waiting_count < w->hold))
            pthread_cond_wait(&w->some, &w->lock);
        if (w->waiting_count == 0)
            break;
        w->hold = 0;
        struct http_request *req = w->waiting[--w->waiting_count];
        pthread_mutex_unlock(&w->lock);
        http_reply_text(req, 200, "text/plain", str_printf(req->arena, "late %s", req->id));
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void handle_late(struct http_request *req, struct world *w) {
    http_suspend(req);
    pthread_mutex_lock(&w->lock);
    assert_true(w->waiting_count < 512);
    w->waiting[w->waiting_count++] = req;
    pthread_cond_signal(&w->some);
    pthread_mutex_unlock(&w->lock);
}

static void deferred(struct http_request *req, void *arg) {
    (void)arg;
    http_reply_text(req, 200, "text/plain", STR("deferred"));
}

struct stream_job {
    struct world *w;
    int64_t bytes;
    bool fail;
};

static bool stream_produce(struct http_sink *sink, void *arg) {
    struct stream_job *job = arg;
    char line[1000];
    memset(line, 'x', sizeof(line));
    for (int64_t left = job->bytes; left > 0;) {
        size_t n = left < (int64_t)sizeof(line) ? (size_t)left : sizeof(line);
        if (!http_sink_write(sink, line, n))
            return false;
        left -= (int64_t)n;
    }
    return !job->fail;
}

static void stream_release(void *arg) {
    struct stream_job *job = arg;
    atomic_fetch_add(&job->w->released, 1);
}

static void handle_stream(struct http_request *req, struct world *w) {
    struct stream_job *job = arena_new(req->arena, struct stream_job);
    job->w = w;
    num_parse(form_get(&req->query, "n"), 0, INT64_MAX, &job->bytes);
    job->fail = form_get(&req->query, "fail").p != NULL;
    http_reply(req, &(struct http_reply){.type = "text/csv",
                                         .produce = stream_produce,
                                         .arg = job,
                                         .release = stream_release});
}

static void handle_show(struct http_request *req) {
    struct buf b = BUF_INIT;
    struct str accept = http_header(req, "x-thing"), cookie = http_cookie(req, "session");
    buf_printf(&b, "%.*s|%.*s|%.*s|", STR_ARG(req->method), STR_ARG(req->path),
               STR_ARG(req->raw_path));
    buf_printf(&b, "%.*s|%.*s|%.*s|", STR_ARG(accept), STR_ARG(cookie), STR_ARG(req->peer));
    for (size_t i = 0; i < req->query.count; i++)
        buf_printf(&b, "%.*s=%.*s;", STR_ARG(req->query.fields[i].name),
                   STR_ARG(req->query.fields[i].value));
    const struct http_header headers[] = {
        cookie_set(req, "session", STR("abc"), 3600),
        {STR("X-Bad"), STR("a\r\nX-Injected: 1")},
    };
    http_reply(req, &(struct http_reply){.type = "text/plain; charset=utf-8",
                                         .headers = headers,
                                         .header_count = 2,
                                         .take = b});
}

static void handle_upload(struct http_request *req) {
    struct str body = http_body(req);
    struct form form;
    struct err e = http_form(req, 0, &form);
    const struct form_field *file = form_file(&form, "file");
    http_reply_text(req, failed(e) ? 400 : 200, "text/plain",
                    str_printf(req->arena, "%llu %zu %d %zu", (unsigned long long)req->body_size,
                               body.n, body.n ? body.p[body.n - 1] : 0, file ? file->value.n : 0));
}

static void handle(struct http_request *req, void *user) {
    struct world *w = user;
    int64_t status;
    atomic_fetch_add(&w->handled, 1);
    if (str_is(req->path, "/echo")) {
        struct buf b = BUF_INIT;
        buf_str(&b, req->body);
        http_reply(req, &(struct http_reply){.type = "text/plain", .take = b});
    } else if (str_is(req->path, "/late")) {
        handle_late(req, w);
    } else if (str_is(req->path, "/defer")) {
        http_defer(req, deferred, NULL);
    } else if (str_is(req->path, "/stream")) {
        handle_stream(req, w);
    } else if (str_is(req->path, "/upload")) {
        handle_upload(req);
    } else if (str_is(req->path, "/file")) {
        int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        http_reply(req,
                   &(struct http_reply){
                       .type = "text/plain", .send_file = true, .file_fd = fd, .file_size = 4});
    } else if (str_is(req->path, "/silent")) {
        return;
    } else if (str_starts(req->path, STR("/status/")) &&
               num_parse(str_from(req->path, 8), 200, 599, &status)) {
        http_reply_text(req, (int)status, "text/plain", STR("so be it"));
    } else {
        handle_show(req);
    }
}

static struct http_plan plan(struct http_request *req, void *user) {
    (void)user;
    if (str_is(req->path, "/early"))
        http_reply_text(req, 401, "text/plain", STR("who are you"));
    if (str_is(req->path, "/upload"))
        return (struct http_plan){SIZE_MAX, true};
    return (struct http_plan){str_is(req->path, "/small") ? 10 : BODY_MAX, false};
}

static void done(const struct http_request *req, int status, bool completed, void *user) {
    struct world *w = user;
    (void)req;
    (void)status;
    atomic_fetch_add(&w->done, 1);
    if (completed)
        atomic_fetch_add(&w->done_completed, 1);
}

static int setup(void **state) {
    struct world *w = calloc(1, sizeof(*w));
    struct err e;
    arena_init(&w->arena, 0);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
    pthread_create(&w->answerer, NULL, answer_run, w);
    struct http_config config = {
        .address = "127.0.0.1:0",
        .threads = 2,
        .timeout_s = 2,
        .patience_s = 3,
        .file_max = (size_t)64 * 1024 * 1024,
        .handler = {.plan = plan, .handle = handle, .done = done, .user = w},
    };
    w->server = http_listen(&config, &w->arena, &e);
    assert_non_null(w->server);
    w->port = http_port(w->server);
    assert_true(w->port > 0);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    struct world *w = *state;
    if (w->server)
        http_stop(w->server, 1);
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->some);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->answerer, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->some);
    arena_free(&w->arena);
    free(w);
    return 0;
}

/* ---- the client ---- */

struct answer {
    int status;
    struct buf head, body;
    bool whole;
};

static int client_open(const struct world *w) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)w->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct timeval patience = {.tv_sec = 20};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* False when the server has closed. */
static bool client_send(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool client_puts(int fd, const char *text) {
    return client_send(fd, text, strlen(text));
}

/* Reads up to and including a line; false at the end. */
static bool client_line(int fd, struct buf *line) {
    char c;
    buf_clear(line);
    while (recv(fd, &c, 1, 0) == 1) {
        buf_putc(line, c);
        if (c == '\n')
            return true;
    }
    return false;
}

static bool client_bytes(int fd, size_t n, struct buf *to) {
    char piece[65536];
    while (n) {
        ssize_t got = recv(fd, piece, n < sizeof(piece) ? n : sizeof(piece), 0);
        if (got <= 0)
            return false;
        if (to)
            buf_add(to, piece, (size_t)got);
        n -= (size_t)got;
    }
    return true;
}

static bool client_chunks(int fd, struct buf *to, size_t *total) {
    struct buf line = BUF_INIT;
    bool ok = false;
    while (client_line(fd, &line)) {
        size_t n = strtoul(line.p, NULL, 16);
        *total += n;
        if (!client_bytes(fd, n, to) || !client_line(fd, &line))
            break;
        if (n == 0) {
            ok = true;
            break;
        }
    }
    buf_free(&line);
    return ok;
}

/* One answer; to_head: the request was HEAD. status 0 when the server closed without one. */
static struct answer client_read(int fd, bool to_head) {
    struct answer a = {0};
    struct buf line = BUF_INIT;
    size_t length = 0, total = 0;
    bool chunked = false;
    if (client_line(fd, &line))
        a.status = atoi(line.p + 9);
    while (a.status && client_line(fd, &line) && strcmp(line.p, "\r\n") != 0) {
        buf_str(&a.head, buf_view(&line));
        if (strncasecmp(line.p, "Content-Length:", 15) == 0)
            length = strtoul(line.p + 15, NULL, 10);
        chunked |= strncasecmp(line.p, "Transfer-Encoding: chunked", 26) == 0;
    }
    buf_free(&line);
    if (a.status == 0)
        return a;
    if (to_head || a.status == 100)
        a.whole = true;
    else
        a.whole = chunked ? client_chunks(fd, &a.body, &total) : client_bytes(fd, length, &a.body);
    return a;
}

static void answer_free(struct answer *a) {
    buf_free(&a->head);
    buf_free(&a->body);
}

/* Sends text and expects one whole answer. */
static void expect(int fd, const char *text, int status, const char *body) {
    assert_true(client_puts(fd, text));
    struct answer a = client_read(fd, false);
    if (a.status != status || !a.whole || (body && !str_is(buf_view(&a.body), body)))
        fail_msg("%.60s: got %d \"%.*s\", want %d \"%s\"", text, a.status,
                 STR_ARG(buf_view(&a.body)), status, body ? body : "…");
    answer_free(&a);
}

#define HOST "Host: 127.0.0.1\r\n"

/* Waits for a condition, never for a time. */
static void wait_for(atomic_int *value, int at_least) {
    for (int i = 0; i < 20000 && atomic_load(value) < at_least; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_true(atomic_load(value) >= at_least);
}

/* ---- tests ---- */

static void test_parts(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    expect(fd,
           "GET /a%20b%2Fc/%c3%a9?x=1&y=a+b%26&x=%zz HTTP/1.1\r\n" HOST
           "X-Thing: one\r\nx-thing: two\r\nCookie: a=b; session=\"s1\"; c=d\r\n\r\n",
           200, "GET|/a b%2Fc/\xc3\xa9|/a%20b%2Fc/%c3%a9|one,two|s1|127.0.0.1|x=1;y=a b&;x=%zz;");
    expect(fd, "GET http://other.example/p?q HTTP/1.1\r\n" HOST "\r\n", 200,
           "GET|/p|/p|||127.0.0.1|q=;");
    expect(fd, "GET /a%00b HTTP/1.1\r\n" HOST "\r\n", 400, NULL);
    expect(fd, "GET /empty HTTP/1.1\r\n" HOST "Accept-Encoding:\r\nX-Thing:\r\n\r\n", 200,
           "GET|/empty|/empty|||127.0.0.1|");
    close(fd);
}

static void test_headers_out(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    client_puts(fd, "GET / HTTP/1.1\r\n" HOST "\r\n");
    struct answer a = client_read(fd, false);
    assert_non_null(strstr(a.head.p, "Date: "));
    assert_non_null(strstr(
        a.head.p, "Set-Cookie: session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600\r\n"));
    assert_null(strstr(a.head.p, "Injected"));
    answer_free(&a);
    client_puts(fd, "HEAD /echo HTTP/1.1\r\n" HOST "\r\n");
    a = client_read(fd, true);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    expect(fd, "GET /file HTTP/1.1\r\n" HOST "\r\n", 200,
           "\x7f"
           "ELF");
    close(fd);
}

static void test_keep_alive(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    static const int statuses[] = {400, 401, 403, 404, 409, 413, 422, 429, 500, 503};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        char text[200];
        snprintf(text, sizeof(text),
                 "POST /status/%d HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", statuses[i]);
        expect(fd, text, statuses[i], "so be it");
    }
    expect(fd, "GET /silent HTTP/1.1\r\n" HOST "\r\n", 500, NULL);
    expect(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 200, "hi");
    expect(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200, "");
    close(fd);
}

static void test_bodies(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    expect(fd,
           "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
           "3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n",
           200, "abcdefgh");
    expect(fd, "POST /small HTTP/1.1\r\n" HOST "Content-Length: 11\r\n\r\n12345678901", 413,
           "The request is larger than 10 bytes.\n");
    expect(fd,
           "POST /small HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
           "6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n",
           413, NULL);
    /* refused and discarded, and still the same connection */
    expect(fd, "POST /early HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nbody", 401, "who are you");
    expect(fd, "GET /early HTTP/1.1\r\n" HOST "\r\n", 401, "who are you");
    /* Expect: 100-continue: told before the body, either way */
    client_puts(fd,
                "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    struct answer a = client_read(fd, false);
    assert_int_equal(a.status, 100);
    answer_free(&a);
    expect(fd, "ok", 200, "ok");
    expect(fd, "POST /early HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n",
           401, "who are you");
    close(fd);
    fd = client_open(w);
    expect(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
           400, NULL);
    assert_false(client_line(fd, &(struct buf){0})); /* who sends such a thing is hung up on */
    close(fd);
    fd = client_open(w);
    expect(fd, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           400, NULL);
    close(fd);
    fd = client_open(w);
    expect(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 99999999999\r\n\r\n", 413,
           "The request is larger than 1 MiB.\n");
    close(fd);
}

/* More than is worth reading: the server hangs up, and reads no more. */
static void test_endless(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    static char piece[65536 + 8];
    memcpy(piece, "10000\r\n", 7);
    memset(piece + 7, 'x', 65536);
    client_puts(fd, "POST /small HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    size_t sent = 0;
    while (sent < 100 && client_send(fd, piece, 7 + 65536) && client_puts(fd, "\r\n"))
        sent++;
    while (sent < 10000 && client_send(fd, piece, 7 + 65536) && client_puts(fd, "\r\n"))
        sent++;
    assert_true(sent < 10000);
    close(fd);
    wait_for(&w->done, 1);
    assert_int_equal(atomic_load(&w->handled), 0);
}

static void test_pipeline(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    for (int i = 0; i < 20; i++)
        client_puts(fd, "GET /late HTTP/1.1\r\n" HOST "\r\n"
                        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi"
                        "GET /stream?n=100000 HTTP/1.1\r\n" HOST "\r\n"
                        "GET /defer HTTP/1.1\r\n" HOST "\r\n");
    for (int i = 0; i < 20; i++) {
        static const size_t sizes[] = {41, 2, 100000, 8};
        for (int k = 0; k < 4; k++) {
            struct answer a = client_read(fd, false);
            assert_int_equal(a.status, 200);
            assert_int_equal(a.body.n, sizes[k]);
            answer_free(&a);
        }
    }
    close(fd);
}

static void test_many_suspended(void **state) {
    struct world *w = *state;
    enum { N = 64 };
    int fds[N];
    for (int i = 0; i < N; i++)
        fds[i] = client_open(w);
    for (int round = 0; round < 20; round++) {
        pthread_mutex_lock(&w->lock);
        w->hold = N;
        pthread_mutex_unlock(&w->lock);
        for (int i = 0; i < N; i++)
            client_puts(fds[i], "GET /late HTTP/1.1\r\n" HOST "\r\n");
        for (int i = 0; i < N; i++) {
            struct answer a = client_read(fds[i], false);
            assert_int_equal(a.status, 200);
            assert_int_equal(a.body.n, 41);
            answer_free(&a);
        }
    }
    for (int i = 0; i < N; i++)
        close(fds[i]);
}

/* Clients that leave while their request is suspended. */
static void test_suspended_gone(void **state) {
    struct world *w = *state;
    enum { N = 32 };
    pthread_mutex_lock(&w->lock);
    w->hold = N + 1;
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < N; i++) {
        int fd = client_open(w);
        client_puts(fd, "GET /late HTTP/1.1\r\n" HOST "\r\n");
        if (i % 2) {
            struct linger reset = {1, 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        }
        wait_for(&w->handled, i + 1);
        close(fd);
    }
    int fd = client_open(w);
    client_puts(fd, "GET /late HTTP/1.1\r\n" HOST "\r\n");
    struct answer a = client_read(fd, false);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    close(fd);
    wait_for(&w->done, N + 1);
}

static void test_cut_off(void **state) {
    struct world *w = *state;
    static const char *const starts[] = {
        "GET",
        "GET /x HTTP/1.1\r\nHos",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n10\r\nabc",
        "POST /upload HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\nabc",
    };
    for (int i = 0; i < 50; i++) {
        int fd = client_open(w);
        client_puts(fd, starts[i % 5]);
        close(fd);
    }
    wait_for(&w->done, 30);
    assert_int_equal(atomic_load(&w->handled), 0);
    int fd = client_open(w);
    expect(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 200, "hi");
    close(fd);
}

static void test_slow_client(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    const char *text = "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello";
    for (size_t i = 0; text[i]; i++) {
        client_send(fd, text + i, 1);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    struct answer a = client_read(fd, false);
    assert_int_equal(a.status, 200);
    assert_true(str_is(buf_view(&a.body), "hello"));
    answer_free(&a);
    /* one that stands still is closed after timeout_s */
    client_puts(fd, "GET / HT");
    a = client_read(fd, false);
    assert_true(a.status == 0 || a.status == 408);
    answer_free(&a);
    close(fd);
}

/* Slow, but never for timeout_s: the whole header has a time, and bodies have a least rate. */
static void test_crawl(void **state) {
    struct world *w = *state;
    static const char *const starts[] = {
        "GET / HTTP/1.1\r\nX-Long: ",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n",
    };
    int fds[2];
    for (int i = 0; i < 2; i++) {
        fds[i] = client_open(w);
        client_puts(fds[i], starts[i]);
    }
    int rounds = 0;
    while ((client_puts(fds[0], "x") + client_puts(fds[1], "x")) && rounds++ < 200)
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    assert_true(rounds < 200);
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(atomic_load(&w->handled), 0);
}

static void test_header_flood(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    struct buf b = BUF_INIT;
    buf_puts(&b, "GET / HTTP/1.1\r\n" HOST);
    for (int i = 0; i < HEADER_COUNT_MAX; i++)
        buf_printf(&b, "X-H%d: 1\r\n", i);
    buf_puts(&b, "\r\n");
    expect(fd, b.p, 431, NULL);
    close(fd);
    fd = client_open(w);
    buf_clear(&b);
    buf_puts(&b, "GET / HTTP/1.1\r\n" HOST "X-Long: ");
    for (size_t i = 0; i < HEADER_BYTES_MAX; i++)
        buf_putc(&b, 'x');
    buf_puts(&b, "\r\n\r\n");
    client_send(fd, b.p, b.n);
    struct answer a = client_read(fd, false);
    assert_true(a.status == 431 || a.status == 413 || a.status == 0);
    answer_free(&a);
    buf_free(&b);
    close(fd);
}

static long resident_kb(void) {
    long pages = 0, skip;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_non_null(f);
    if (fscanf(f, "%ld %ld", &skip, &pages) != 2)
        pages = 0;
    fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void test_stream(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    expect(fd, "GET /stream?n=10 HTTP/1.1\r\n" HOST "\r\n", 200, "xxxxxxxxxx");
    long before = resident_kb();
    client_puts(fd, "GET /stream?n=50000000 HTTP/1.1\r\n" HOST "\r\n");
    struct buf line = BUF_INIT;
    while (client_line(fd, &line) && strcmp(line.p, "\r\n") != 0) {}
    buf_free(&line);
    size_t total = 0;
    assert_true(client_chunks(fd, NULL, &total));
    assert_int_equal(total, 50000000);
    assert_true(resident_kb() - before < 8 * 1024);
    /* the connection lives on; nothing is made for HEAD */
    expect(fd, "GET /stream?n=10 HTTP/1.1\r\n" HOST "\r\n", 200, "xxxxxxxxxx");
    client_puts(fd, "HEAD /stream?n=10 HTTP/1.1\r\n" HOST "\r\n");
    struct answer a = client_read(fd, true);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    /* a producer that fails cuts off, so that nobody takes a part for the whole */
    client_puts(fd, "GET /stream?n=100000&fail HTTP/1.1\r\n" HOST "\r\n");
    a = client_read(fd, false);
    assert_int_equal(a.status, 200);
    assert_false(a.whole);
    answer_free(&a);
    close(fd);
    wait_for(&w->released, 5);
}

static void test_stream_gone(void **state) {
    struct world *w = *state;
    for (int i = 0; i < 16; i++) {
        int fd = client_open(w);
        client_puts(fd, "GET /stream?n=1000000000 HTTP/1.1\r\n" HOST "\r\n");
        client_bytes(fd, 100000, NULL);
        close(fd);
    }
    wait_for(&w->released, 16);
    wait_for(&w->done, 16);
    struct http_stats stats;
    for (int i = 0; i < 5000; i++) {
        http_stats(w->server, &stats);
        if (stats.streams == 0 && stats.requests == 0)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    assert_int_equal(stats.streams, 0);
    assert_int_equal(stats.requests, 0);
}

static void test_upload(void **state) {
    struct world *w = *state;
    int fd = client_open(w);
    enum { CONTENT = 5000000 };
    static const char head[] = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; "
                               "filename=\"a.csv\"\r\n\r\n";
    static const char tail[] = "\r\n--xyz--\r\n";
    struct buf b = BUF_INIT;
    size_t length = sizeof(head) - 1 + CONTENT + sizeof(tail) - 1;
    buf_printf(&b, "POST /upload HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n", length);
    buf_puts(&b, "Content-Type: multipart/form-data; boundary=xyz\r\n\r\n");
    buf_puts(&b, head);
    for (int i = 0; i < CONTENT; i++)
        buf_putc(&b, (char)('a' + i % 26));
    buf_puts(&b, tail);
    assert_true(client_send(fd, b.p, b.n));
    char want[100];
    snprintf(want, sizeof(want), "%zu %zu 10 %d", length, length, CONTENT);
    struct answer a = client_read(fd, false);
    assert_true(str_is(buf_view(&a.body), want));
    answer_free(&a);
    buf_free(&b);
    expect(fd, "POST /upload HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200, "0 0 0 0");
    expect(fd, "POST /upload HTTP/1.1\r\n" HOST "Content-Length: 67108865\r\n\r\n", 413, NULL);
    close(fd);
}

/* A stop while requests are under way: they are finished, the idle are closed. */
static void *stop_run(void *arg) {
    struct world *w = arg;
    http_stop(w->server, 20);
    return NULL;
}

static void test_drain(void **state) {
    struct world *w = *state;
    int idle = client_open(w), late = client_open(w), half = client_open(w);
    expect(idle, "GET / HTTP/1.1\r\n" HOST "\r\n", 200, NULL);
    pthread_mutex_lock(&w->lock);
    w->hold = 2;
    pthread_mutex_unlock(&w->lock);
    client_puts(late, "GET /late HTTP/1.1\r\n" HOST "\r\n");
    wait_for(&w->handled, 2);
    client_puts(half, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhe");
    struct http_stats stats = {0};
    for (int i = 0; i < 5000 && stats.requests_total < 3; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        http_stats(w->server, &stats);
    }
    pthread_t stopper;
    pthread_create(&stopper, NULL, stop_run, w);
    char c;
    assert_int_equal(recv(idle, &c, 1, 0), 0); /* closed: the server is draining */
    client_puts(half, "llo");
    struct answer a = client_read(half, false);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    assert_int_equal(recv(half, &c, 1, 0), 0);
    pthread_mutex_lock(&w->lock);
    w->hold = 0;
    pthread_cond_signal(&w->some);
    pthread_mutex_unlock(&w->lock);
    a = client_read(late, false);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    pthread_join(stopper, NULL);
    w->server = NULL;
    close(idle);
    close(late);
    close(half);
}

static void test_proxy(void **state) {
    struct world *w = *state;
    struct err e;
    http_stop(w->server, 1);
    struct http_config config = {
        .address = "127.0.0.1:0",
        .behind_proxy = true,
        .handler = {.handle = handle, .user = w},
    };
    w->server = http_listen(&config, &w->arena, &e);
    assert_non_null(w->server);
    w->port = http_port(w->server);
    int fd = client_open(w);
    client_puts(fd, "GET / HTTP/1.1\r\n" HOST "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\n"
                    "X-Forwarded-Proto: https\r\n"
                    "Cookie: session=fixed; __Host-session=s2\r\n\r\n");
    struct answer a = client_read(fd, false);
    assert_true(str_is(buf_view(&a.body), "GET|/|/||s2|192.0.2.7|"));
    assert_non_null(strstr(a.head.p, "Set-Cookie: __Host-session=abc; Path=/; HttpOnly; "
                                     "SameSite=Lax; Secure; Max-Age=3600\r\n"));
    answer_free(&a);
    close(fd);
}

/* ---- TLS, with libcurl as the client ---- */

static char *pem_of(BIO *bio) {
    char *p, *copy;
    long n = BIO_get_mem_data(bio, &p);
    copy = calloc(1, (size_t)n + 1);
    memcpy(copy, p, (size_t)n);
    BIO_free(bio);
    return copy;
}

static void certificate_make(char **cert, char **key) {
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, pair);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1,
                               0);
    X509_set_issuer_name(x, name);
    assert_true(X509_sign(x, pair, EVP_sha256()) > 0);
    BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(c, x);
    PEM_write_bio_PrivateKey(k, pair, NULL, NULL, 0, NULL, NULL);
    *cert = pem_of(c);
    *key = pem_of(k);
    X509_free(x);
    EVP_PKEY_free(pair);
}

static size_t count_bytes(char *p, size_t size, size_t n, void *arg) {
    size_t *total = arg;
    (void)p;
    *total += size * n;
    return size * n;
}

static void test_tls(void **state) {
    struct world *w = *state;
    struct err e;
    char *cert, *key, url[200];
    http_stop(w->server, 1);
    certificate_make(&cert, &key);
    struct http_config config = {
        .address = "127.0.0.1:0",
        .tls_cert = cert,
        .tls_key = key,
        .handler = {.plan = plan, .handle = handle, .user = w},
    };
    w->server = http_listen(&config, &w->arena, &e);
    assert_non_null(w->server);
    CURL *curl = curl_easy_init();
    static const struct {
        const char *path;
        size_t size;
    } gets[] = {{"/late", 41}, {"/stream?n=5000000", 5000000}, {"/defer", 8}, {"/stream?n=1", 1}};
    for (int i = 0; i < 20; i++) {
        size_t total = 0;
        long status = 0;
        snprintf(url, sizeof(url), "https://127.0.0.1:%d%s", http_port(w->server),
                 gets[i % 4].path);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_bytes);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &total);
        assert_int_equal(curl_easy_perform(curl), CURLE_OK);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        assert_int_equal(status, 200);
        assert_int_equal(total, gets[i % 4].size);
    }
    curl_easy_cleanup(curl);
    http_stop(w->server, 1);
    w->server = NULL;
    config.tls_key = "nonsense";
    assert_null(http_listen(&config, &w->arena, &e));
    free(cert);
    free(key);
}

static void test_taken(void **state) {
    struct world *w = *state;
    char address[64];
    struct err e;
    snprintf(address, sizeof(address), "127.0.0.1:%d", w->port);
    struct http_config config = {.address = address, .handler = {.handle = handle, .user = w}};
    assert_null(http_listen(&config, &w->arena, &e));
    assert_true(failed(e));
    config.address = "nonsense";
    assert_null(http_listen(&config, &w->arena, &e));
    assert_int_equal(e.code, ERR_USAGE);
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_parts),
        T(test_headers_out),
        T(test_keep_alive),
        T(test_bodies),
        T(test_endless),
        T(test_pipeline),
        T(test_many_suspended),
        T(test_suspended_gone),
        T(test_cut_off),
        T(test_slow_client),
        T(test_header_flood),
        T(test_stream),
        T(test_stream_gone),
        T(test_upload),
        T(test_drain),
        T(test_taken),
        T(test_crawl),
        T(test_proxy),
        T(test_tls),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failures;
}
