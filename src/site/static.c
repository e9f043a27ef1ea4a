#include "site/static.h"

#include <assert.h>
#include <string.h>

static const struct static_file *by_name(const char *name) {
    for (const struct static_file *f = static_files; f->name; f++)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

static const struct static_file *by_address(struct str path) {
    for (const struct static_file *f = static_files; f->name; f++)
        if (str_is(path, f->address))
            return f;
    return NULL;
}

struct str static_url(const char *name) {
    const struct static_file *f = by_name(name);
    assert(f);
    return str_c(f->address);
}

/* "q=0", "q=0.0" and so on: named in order to be refused. */
static bool refused(struct str weight) {
    weight = str_trim(weight);
    if (!str_starts(weight, STR("q=")))
        return false;
    for (size_t i = 2; i < weight.n; i++)
        if (weight.p[i] != '0' && weight.p[i] != '.')
            return false;
    return true;
}

/* Whether the client takes gzip: named, and not with a weight of nothing. */
static bool takes_gzip(const struct http_request *req) {
    struct str accept = http_header(req, "Accept-Encoding");
    while (accept.p) {
        struct str weight = str_cut(&accept, ',');
        struct str name = str_trim(str_cut(&weight, ';'));
        if (str_ieq(name, STR("gzip")))
            return !refused(weight);
    }
    return false;
}

/* The address tells the content, so it is its own tag. */
static struct str etag(const struct http_request *req, const struct static_file *f, bool packed) {
    return str_printf(req->arena, "\"%s%s\"", strrchr(f->address, '/') + 1, packed ? ".gz" : "");
}

static void send_file(struct http_request *req, const struct static_file *f, const char *keep) {
    bool packed = f->packed.p && takes_gzip(req);
    struct str tag = etag(req, f, packed);
    struct http_header headers[6] = {
        {STR("Cache-Control"), str_c(keep)},
        {STR("ETag"), tag},
        {STR("X-Content-Type-Options"), STR("nosniff")},
        {STR("Cross-Origin-Resource-Policy"), STR("cross-origin")},
        {STR("Vary"), STR("Accept-Encoding")},
        {STR("Content-Encoding"), STR("gzip")},
    };
    struct http_reply reply = {
        .type = f->type,
        .headers = headers,
        .header_count = packed ? 6 : 5,
        .body = packed ? f->packed : f->plain,
    };
    struct str known = http_header(req, "If-None-Match");
    if (known.p && str_find(known, tag) >= 0)
        reply = (struct http_reply){.status = 304, .headers = headers, .header_count = 5};
    http_reply(req, &reply);
}

bool static_handle(struct http_request *req) {
    if (str_is(req->path, "/favicon.svg") || str_is(req->path, "/favicon.ico")) {
        send_file(req, by_name("favicon.svg"), "public, max-age=86400");
        return true;
    }
    if (!str_starts(req->path, STR("/static/")))
        return false;
    const struct static_file *f = by_address(req->path);
    if (!str_is(req->method, "GET") && !str_is(req->method, "HEAD"))
        http_reply_text(req, 405, "text/plain; charset=utf-8", STR("Files are only read.\n"));
    else if (!f)
        http_reply_text(req, 404, "text/plain; charset=utf-8", STR("There is no such file.\n"));
    else
        send_file(req, f, "public, max-age=31536000, immutable");
    return true;
}
