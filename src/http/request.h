/* One HTTP request, as handlers see it, and the answer to it.
 *
 * Life of a request:
 *   1. The header has been read. The handler's plan() says how large a body may be and whether it
 *      goes to a file; it may also answer at once (no session, no such page), which spares
 *      reading an upload.
 *   2. The body has been read completely: handle() is called, on one of the server's threads. It
 *      answers by http_reply(), or calls http_suspend() and lets another thread answer later, or
 *      hands slow work to http_defer(). A server thread serves many connections: handle() must
 *      not wait for anything (locks of lanes, password hashing, large files).
 *   3. After the answer has been sent, or the client has gone, everything is freed, once.
 *
 * Every request gets exactly one answer; a second one aborts. A suspended request stays valid
 * until it is answered, whatever the client does; after http_reply() the caller must not touch
 * it any more. The server stops only when every suspended request has been answered, so whoever
 * answers must live longer than the server.
 *
 * Texts of the request and its arena live until the answer has been sent. The arena belongs to
 * one thread at a time: the server's until http_suspend(), then whoever will answer.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "http/form.h"

struct http_header {
    struct str name, value;
};

enum { HTTP_ID_LEN = 36 };

struct http_request {
    struct str method;    /* "GET"; HEAD stays "HEAD", and gets no body whatever is answered */
    struct str target;    /* as received: path and query (an absolute target loses its host) */
    struct str raw_path;  /* as received, for signatures; never empty */
    struct str raw_query; /* as received, without the "?"; NULL when there is none */
    struct str path;      /* percent-decoded once; "%2F" is kept as it is, so that "/" always
                             separates; invalid UTF-8 has become U+FFFD; never holds NUL */
    struct form query;    /* the query's fields, in order */
    struct http_header *headers; /* in the order received, repeated ones singly */
    size_t header_count;
    struct str body;          /* empty when it went to a file: see http_body() */
    int body_fd;              /* unnamed file that holds the body, closed by the server; or -1 */
    uint64_t body_size;       /* bytes, wherever they are */
    struct str peer;          /* client's address without port; behind a proxy the one it tells */
    char id[HTTP_ID_LEN + 1]; /* UUID, for x-amzn-RequestId and the log */
    bool tls;                 /* the client's side is on TLS: here, or at the proxy */
    int64_t received_us;      /* monotonic clock at the end of the header */
    struct arena *arena;
    void *state; /* free for the handler, from plan() on; lives as it likes */
};

/* What plan() allows. body_max 0 refuses every body but an empty one. */
struct http_plan {
    size_t body_max; /* beyond it the answer is 413; at most the server's own body_max or, with
                        to_file, its file_max */
    bool to_file;
};

/* Value of a header, whatever the case of its name; repeated ones are joined by ",". NULL when
 * absent, empty when it was sent so. */
struct str http_header(const struct http_request *req, const char *name);

/* Value of the cookie of that name; on TLS the one named "__Host-NAME" and no other (cookie.h).
 * NULL when absent. */
struct str http_cookie(const struct http_request *req, const char *name);

/* True for application/x-www-form-urlencoded or multipart/form-data. */
bool http_has_form(const struct http_request *req);

/* The whole body, in memory or as a read-only mapping of its file, valid as long as the request.
 * NULL when the file can not be mapped (logged). Not for two threads at once. */
struct str http_body(struct http_request *req);

/* Fields of the body, by its content type; files of a body that went to a file are views into
 * it. flags as in form.h. No fields when the body is no form. Errors: as form_parse(). */
struct err http_form(struct http_request *req, unsigned flags, struct form *form);

/* ---- answers ---- */

struct http_sink; /* where a producer writes */

/* Makes a body piece by piece, in a thread of its own; false means that it failed, and cuts the
 * connection off so that the client can not take what it got for the whole. */
typedef bool http_produce(struct http_sink *sink, void *arg);

/* Waits while the client is slow. False when the client has gone: give up, the result of the
 * producer does not matter any more. Pieces of any size; they are gathered. */
bool http_sink_write(struct http_sink *sink, const void *p, size_t n);
bool http_sink_str(struct http_sink *sink, struct str s);

struct http_reply {
    int status;                        /* 0 stands for 200 */
    const char *type;                  /* Content-Type; NULL: none */
    const struct http_header *headers; /* more headers; copied */
    size_t header_count;

    /* The body is one of these four; none of them is an empty body. */
    struct str body;            /* not copied: a literal, or in the request's arena, or static */
    struct buf take;            /* taken over and freed */
    http_produce *produce;      /* constant memory, chunked. arg may live in the request's arena,
                                   which is then the producer's until it returns */
    void *arg;                  /* of produce */
    void (*release)(void *arg); /* called once, after produce or instead of it; or NULL */
    bool send_file;             /* file_size bytes of file_fd, which is taken over and closed */
    int file_fd;
    uint64_t file_size;

    bool close; /* close the connection behind this answer */
};

/* Answers. Of the reply nothing but body and arg need outlive the call. Headers whose name or
 * value holds CR, LF or NUL are dropped and logged. Date and Content-Length are added; with 401,
 * 404, 500 and all others the connection stays open. More than STREAMS_MAX producers at once
 * answer 503 with Retry-After. From plan() or handle() before http_suspend(): only on the calling
 * thread. After http_suspend(): from any thread. */
void http_reply(struct http_request *req, const struct http_reply *reply);

/* The two usual ones. text is not copied (see body). */
void http_reply_text(struct http_request *req, int status, const char *type, struct str text);
void http_reply_redirect(struct http_request *req, int status, const char *location);

/* From handle() only: the answer comes later. Must be called before the request is given to
 * another thread. */
void http_suspend(struct http_request *req);

/* Suspends, and runs fn in one of the server's helper threads, where it may wait and compute. fn
 * answers, or passes the request on to whoever does. Order of start is order of call. When
 * DEFERRED_MAX requests wait already, the answer is 503 and fn is never called. */
void http_defer(struct http_request *req, void (*fn)(struct http_request *req, void *arg),
                void *arg);

#endif
