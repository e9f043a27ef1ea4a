/* /v1, our own JSON API for the command line `hit` and for scripts (DESIGN 2): the same access
 * keys by Signature Version 4, or a session of the site. Names are snake_case, money is integer
 * cents, times are integer milliseconds.
 */
#ifndef API_V1_H
#define API_V1_H

#include "app/app.h"
#include "http/request.h"

/* Whether the path is /v1's. */
bool v1_wants(const struct http_request *req);

struct http_plan v1_plan(struct app *app, struct http_request *req);
void v1_handle(struct app *app, struct http_request *req);
void v1_refuse(struct app *app, struct http_request *req, struct err e);

#endif
