/* Set-Cookie, as sessions need it (DESIGN 8): HttpOnly, SameSite=Lax, Path=/; on TLS also Secure
 * and the name prefix "__Host-", which no other host or path can set. Read by http_cookie(),
 * which knows the prefix.
 */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "http/request.h"

/* The whole header. value: letters of a token (base64url, hex); max_age_s < 0 makes a cookie of
 * the browser's session, 0 removes it. */
struct http_header cookie_set(const struct http_request *req, const char *name, struct str value,
                              int64_t max_age_s);

#endif
