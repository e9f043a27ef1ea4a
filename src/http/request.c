#include "http/request.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/num.h"
#include "base/rand.h"
#include "http/internal.h"

enum { SPARE_MAX = 64 };

/* ---- memory ---- */

static struct req *request_new(struct http_thread *t) {
    struct req *r = t->spare;
    struct arena arena = {0};
    if (r) {
        t->spare = r->next;
        t->spare_count--;
        arena = r->arena;
    } else {
        r = malloc(sizeof(*r));
        if (!r) {
            fputs("hitd: out of memory\n", stderr);
            abort();
        }
        arena_init(&arena, 0);
    }
    *r = (struct req){.server = t->server, .thread = t, .arena = arena};
    r->pub.arena = &r->arena;
    r->pub.body_fd = -1;
    r->pub.body = STR("");
    atomic_init(&r->refs, 1);
    return r;
}

void request_free(struct req *r) {
    arena_free(&r->arena);
    free(r);
}

void request_unref(struct req *r, struct http_thread *here) {
    if (atomic_fetch_sub(&r->refs, 1) != 1)
        return;
    if (r->map)
        munmap(r->map, r->pub.body_size);
    if (r->pub.body_fd >= 0)
        close(r->pub.body_fd);
    buf_free(&r->body);
    arena_reset(&r->arena);
    if (!here || here->spare_count >= SPARE_MAX) {
        request_free(r);
        return;
    }
    r->next = here->spare;
    here->spare = r;
    here->spare_count++;
}

/* ---- the header ---- */

static void request_uuid(char out[HTTP_ID_LEN + 1]) {
    unsigned char b[16];
    rand_bytes(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[b[i] >> 4];
        *out++ = hex[b[i] & 15];
    }
    *out = 0;
}

/* The request line has been read. What this returns becomes *state of request_step(). */
void *request_target(void *cls, const char *uri, struct MHD_Connection *connection) {
    struct http_thread *t = cls;
    struct conn *c =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct req *r = request_new(t);
    r->conn = c;
    r->mhd = connection;
    c->req = r;
    r->pub.target = str_dup(&r->arena, str_c(uri));
    request_uuid(r->pub.id);
    return r;
}

struct header_list {
    struct req *r;
    size_t n, max;
};

static enum MHD_Result header_add(void *cls, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len) {
    struct header_list *list = cls;
    struct arena *a = &list->r->arena;
    (void)kind;
    if (list->n < list->max)
        list->r->pub.headers[list->n] = (struct http_header){
            {arena_memdup(a, name, name_len), name_len},
            value ? (struct str){arena_memdup(a, value, value_len), value_len} : STR(""),
        };
    list->n++;
    return MHD_YES;
}

static bool headers_take(struct req *r) {
    struct header_list list = {r, 0, HEADER_COUNT_MAX};
    r->pub.headers = arena_array(&r->arena, HEADER_COUNT_MAX, sizeof(*r->pub.headers));
    MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, header_add, &list);
    r->pub.header_count = list.n < list.max ? list.n : list.max;
    return list.n <= list.max;
}

struct str http_header(const struct http_request *req, const char *name) {
    struct str wanted = str_c(name), found = STR_NULL;
    for (size_t i = 0; i < req->header_count; i++) {
        const struct http_header *h = &req->headers[i];
        if (!str_ieq(h->name, wanted))
            continue;
        found = found.p ? str_printf(req->arena, "%.*s,%.*s", STR_ARG(found), STR_ARG(h->value))
                        : h->value;
    }
    return found;
}

static size_t header_times(const struct http_request *req, const char *name) {
    size_t n = 0;
    for (size_t i = 0; i < req->header_count; i++)
        n += str_ieq(req->headers[i].name, str_c(name));
    return n;
}

struct str http_cookie(const struct http_request *req, const char *name) {
    struct str wanted = req->tls ? str_printf(req->arena, "__Host-%s", name) : str_c(name);
    for (size_t i = 0; i < req->header_count; i++) {
        if (!str_ieq(req->headers[i].name, STR("Cookie")))
            continue;
        struct str rest = req->headers[i].value;
        while (rest.p) {
            struct str value = str_cut(&rest, ';');
            struct str key = str_trim(str_cut(&value, '='));
            if (!value.p || !str_eq(key, wanted))
                continue;
            value = str_trim(value);
            if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
                value = str_sub(value, 1, value.n - 2);
            return value;
        }
    }
    return STR_NULL;
}

bool http_has_form(const struct http_request *req) {
    struct str type = http_header(req, "Content-Type");
    return form_is_urlencoded(type) || form_is_multipart(type);
}

static void target_split(struct http_request *p) {
    struct str t = p->target;
    if (str_starts(t, STR("http://")) || str_starts(t, STR("https://"))) {
        struct str rest = str_from(t, (size_t)str_find(t, STR("://")) + 3);
        size_t host = 0;
        while (host < rest.n && rest.p[host] != '/' && rest.p[host] != '?')
            host++;
        t = str_from(rest, host);
        p->target = t;
    }
    p->raw_path = str_cut(&t, '?');
    p->raw_query = t;
    if (p->raw_path.n == 0)
        p->raw_path = STR("/");
}

/* What the proxy says of the client; it appends, so the last entry is its own word. */
static void proxy_believe(struct http_request *p) {
    struct str list = http_header(p, "X-Forwarded-For"), last = STR_NULL;
    while (list.p)
        last = str_trim(str_cut(&list, ','));
    if (last.n > 0 && last.n < sizeof(((struct conn *)0)->peer))
        p->peer = last;
    if (str_ieq(str_trim(http_header(p, "X-Forwarded-Proto")), STR("https")))
        p->tls = true;
}

/* Refusals of the layer itself. */
static void request_refuse(struct req *r, int status, enum err_code code, const char *detail) {
    const struct http_handler *h = &r->server->config.handler;
    atomic_fetch_add(&r->server->refused_total, 1);
    r->refused = true;
    if (h->refuse)
        h->refuse(&r->pub, status, (struct err){code, NULL, detail}, h->user);
    else
        http_reply_text(&r->pub, status, "text/plain; charset=utf-8",
                        str_printf(&r->arena, "%s\n", detail));
    assert(r->response);
}

/* Two readers, a proxy and this server, could see different requests in it (smuggling). */
static bool framing_doubtful(const struct http_request *p) {
    size_t lengths = header_times(p, "Content-Length"),
           codings = header_times(p, "Transfer-Encoding");
    if (lengths + codings > 1)
        return true;
    return codings && !str_ieq(str_trim(http_header(p, "Transfer-Encoding")), STR("chunked"));
}

/* The parts of the header; refuses what can not be read. */
static bool header_read(struct req *r, const char *method) {
    struct http_request *p = &r->pub;
    p->method = str_dup(&r->arena, str_c(method));
    p->received_us = http_now_us();
    p->peer = str_c(r->conn->peer);
    p->tls = r->server->config.tls_cert != NULL;
    bool few = headers_take(r);
    target_split(p);
    p->path = form_decode(&r->arena, p->raw_path, false, true);
    if (r->server->config.behind_proxy)
        proxy_believe(p);
    struct err e = NO_ERR;
    if (p->raw_query.p)
        e = form_parse_urlencoded(&r->arena, p->raw_query, 0, &p->query);
    if (!few) {
        r->misframed = true; /* one of those not looked at may tell a length */
        request_refuse(r, 431, ERR_TOO_LARGE, "The request has too many headers.");
    } else if (failed(e))
        request_refuse(r, 400, e.code, e.detail);
    else if (p->path.n == 0 || (p->path.p[0] != '/' && !str_is(p->path, "*")) ||
             memchr(p->path.p, 0, p->path.n))
        request_refuse(r, 400, ERR_BAD_REQUEST, "The address of the request can not be read.");
    else if (framing_doubtful(p)) {
        r->misframed = true;
        request_refuse(r, 400, ERR_BAD_REQUEST, "It is not sure where the body ends.");
    }
    return !r->response;
}

/* Declared length of the body; 0 when there is none, UINT64_MAX for a chunked one. */
static uint64_t body_declared(const struct http_request *p) {
    int64_t n;
    if (http_header(p, "Transfer-Encoding").p)
        return UINT64_MAX;
    struct str length = http_header(p, "Content-Length");
    return num_parse(str_trim(length), 0, INT64_MAX, &n) ? (uint64_t)n : 0;
}

static void request_plan(struct req *r) {
    const struct http_config *c = &r->server->config;
    r->plan = (struct http_plan){.body_max = c->body_max};
    if (c->handler.plan)
        r->plan = c->handler.plan(&r->pub, c->handler.user);
    assert(!r->suspended);
    size_t most = r->plan.to_file ? c->file_max : c->body_max;
    if (r->plan.body_max > most)
        r->plan.body_max = most;
    r->planned = true;
}

static const char *too_large(struct req *r) {
    const size_t mib = 1024 * 1024, most = r->plan.body_max;
    return most % mib == 0 && most
               ? arena_printf(&r->arena, "The request is larger than %zu MiB.", most / mib)
               : arena_printf(&r->arena, "The request is larger than %zu bytes.", most);
}

static enum MHD_Result request_queue(struct req *r) {
    r->queued = true;
    r->conn->phase = CONN_ANSWER;
    if (r->thread->draining || r->misframed)
        MHD_add_response_header(r->response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(r->mhd, (unsigned)r->status, r->response);
    MHD_destroy_response(r->response); /* the connection holds it */
    r->response = NULL;
    return result;
}

static enum MHD_Result request_begin(struct req *r, const char *method) {
    r->begun = true;
    atomic_fetch_add(&r->server->requests, 1);
    atomic_fetch_add(&r->server->requests_total, 1);
    uint64_t declared = 0;
    bool readable = header_read(r, method);
    if (readable || r->pub.header_count)
        declared = body_declared(&r->pub);
    if (readable)
        request_plan(r);
    if (!r->response && declared != UINT64_MAX && declared > r->plan.body_max)
        request_refuse(r, 413, ERR_TOO_LARGE, too_large(r));
    r->conn->phase = CONN_BODY;
    r->conn->since_us = r->pub.received_us;
    if (!r->response)
        return MHD_YES;
    r->refused = true; /* answered already: the body does not matter any more */
    /* Queued now, the answer closes the connection, and a client that is still sending may never
     * see it. So what can be read in a moment is read first; but who asks before sending
     * (Expect: 100-continue) is told at once. */
    bool asks = http_header(&r->pub, "Expect").p != NULL;
    if (r->misframed || (declared && (asks || (declared != UINT64_MAX && declared > DISCARD_MAX))))
        return request_queue(r);
    return MHD_YES;
}

/* ---- the body ---- */

static int file_unnamed(const char *dir) {
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return fd;
    char path[4096];
    if (snprintf(path, sizeof(path), "%s/hitd-XXXXXX", dir) >= (int)sizeof(path))
        return -1;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool file_append(struct req *r, const char *data, size_t n) {
    struct http_request *p = &r->pub;
    if (p->body_fd < 0)
        p->body_fd = file_unnamed(r->server->config.file_dir);
    while (p->body_fd >= 0 && n) {
        ssize_t written = write(p->body_fd, data, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        data += written;
        n -= (size_t)written;
    }
    if (p->body_fd >= 0 && n == 0)
        return true;
    log_error("request %s: upload to %s: %s", p->id, r->server->config.file_dir, strerror(errno));
    return false;
}

static enum MHD_Result body_discard(struct req *r, size_t n) {
    r->discarded += n;
    return r->discarded > DISCARD_MAX ? MHD_NO : MHD_YES; /* MHD_NO closes the connection */
}

static enum MHD_Result body_take(struct req *r, const char *data, size_t n) {
    if (r->refused)
        return body_discard(r, n);
    if (n > r->plan.body_max - r->pub.body_size) {
        buf_free(&r->body);
        request_refuse(r, 413, ERR_TOO_LARGE, too_large(r));
        return body_discard(r, n);
    }
    if (r->plan.to_file && !file_append(r, data, n)) {
        request_refuse(r, 500, ERR_UNAVAILABLE,
                       "The upload could not be kept; nothing was changed.");
        return body_discard(r, n);
    }
    if (!r->plan.to_file)
        buf_add(&r->body, data, n);
    r->pub.body_size += n;
    return MHD_YES;
}

struct str http_body(struct http_request *req) {
    struct req *r = (struct req *)req;
    if (req->body_fd < 0)
        return req->body;
    if (!r->map) {
        void *map = mmap(NULL, req->body_size, PROT_READ, MAP_PRIVATE, req->body_fd, 0);
        if (map == MAP_FAILED) {
            log_error("request %s: upload can not be mapped: %s", req->id, strerror(errno));
            return STR_NULL;
        }
        r->map = map;
    }
    return (struct str){r->map, req->body_size};
}

struct err http_form(struct http_request *req, unsigned flags, struct form *form) {
    struct str body = http_body(req);
    *form = (struct form){NULL, 0};
    if (!body.p)
        return (struct err){ERR_UNAVAILABLE, NULL, "The upload can not be read again."};
    return form_parse(req->arena, http_header(req, "Content-Type"), body, flags, form);
}

/* ---- the handler ---- */

void http_suspend(struct http_request *req) {
    struct req *r = (struct req *)req;
    assert(r->handled && !r->suspended && !atomic_load(&r->replied));
    r->suspended = true;
    MHD_suspend_connection(r->mhd);
}

static void request_handle(struct req *r) {
    const struct http_handler *h = &r->server->config.handler;
    r->handled = true;
    r->conn->phase = CONN_ANSWER;
    if (r->response)
        return; /* refused, or answered from its header */
    if (!r->plan.to_file)
        r->pub.body = buf_view(&r->body);
    else if (r->pub.body_fd < 0)
        r->pub.body = STR("");
    h->handle(&r->pub, h->user);
}

enum MHD_Result request_step(void *cls, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *data,
                             size_t *data_len, void **state) {
    struct req *r = *state;
    (void)cls;
    (void)connection;
    (void)url;
    (void)version;
    if (!r->begun)
        return request_begin(r, method);
    if (*data_len) {
        size_t n = *data_len;
        *data_len = 0;
        return body_take(r, data, n);
    }
    if (r->queued)
        return MHD_YES;
    if (!r->handled) {
        request_handle(r);
        if (r->suspended)
            return MHD_YES; /* called again once it has been answered */
    }
    if (!r->response) {
        log_error("request %s: %.*s %.*s was not answered", r->pub.id, STR_ARG(r->pub.method),
                  STR_ARG(r->pub.path));
        assert(!r->suspended);
        request_refuse(r, 500, ERR_INTERNAL, err_opening(ERR_INTERNAL));
    }
    return request_queue(r);
}

void request_done(void *cls, struct MHD_Connection *connection, void **state,
                  enum MHD_RequestTerminationCode code) {
    struct http_thread *t = cls;
    struct req *r = *state;
    (void)connection;
    *state = NULL;
    if (!r)
        return;
    const struct http_handler *h = &t->server->config.handler;
    if (r->response) { /* made, but the client went before it was queued */
        MHD_destroy_response(r->response);
        r->response = NULL;
    }
    if (r->planned && h->done)
        h->done(&r->pub, r->status, code == MHD_REQUEST_TERMINATED_COMPLETED_OK, h->user);
    if (r->begun)
        atomic_fetch_sub(&t->server->requests, 1);
    r->conn->req = NULL;
    r->conn->phase = CONN_IDLE;
    r->conn->since_us = http_now_us();
    request_unref(r, t);
}
