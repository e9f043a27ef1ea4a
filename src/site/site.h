/* The worker's site (worker-site) and signing in, for browsers and, by the JSON twin of each
 * address, for programs (DESIGN 2). And the content listener, which serves task documents from an
 * origin of its own (DESIGN 8).
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "app/app.h"
#include "http/request.h"

struct http_plan site_plan(struct app *app, struct http_request *req);
void site_handle(struct app *app, struct http_request *req);
void site_refuse(struct app *app, struct http_request *req, struct err e);

void content_handle(struct app *app, struct http_request *req);
void content_refuse(struct app *app, struct http_request *req, struct err e);

#endif
