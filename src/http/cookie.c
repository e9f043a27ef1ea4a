#include "http/cookie.h"

#include <assert.h>

struct http_header cookie_set(const struct http_request *req, const char *name, struct str value,
                              int64_t max_age_s) {
    for (size_t i = 0; i < value.n; i++) /* a bug of ours: no foreign text gets here */
        assert(value.p[i] > ' ' && value.p[i] < 127 && value.p[i] != ';' && value.p[i] != ',' &&
               value.p[i] != '"' && value.p[i] != '\\');
    const char *age = "";
    if (max_age_s >= 0)
        age = arena_printf(req->arena, "; Max-Age=%lld", (long long)max_age_s);
    return (struct http_header){
        STR("Set-Cookie"),
        str_printf(req->arena, "%s%s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%s",
                   req->tls ? "__Host-" : "", name, STR_ARG(value), req->tls ? "; Secure" : "",
                   age),
    };
}
