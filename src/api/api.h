/* POST / of the Requester API: dispatch, authentication, decoding, errors (requester-api 1). */
#ifndef API_API_H
#define API_API_H

#include "api/op.h"
#include "api/token.h"
#include "app/call.h"

struct api {
    struct app *app;
    struct token_key tokens;
};

/* One run of an operation for a call that has been let in: without its output. */
struct op_call api_op_call(const struct api *api, const struct call *call, struct ctx *ctx,
                           const struct op *op);

void api_init(struct api *api, struct app *app);

/* Whether a request is meant for the Requester API rather than for a page. */
bool api_wants(const struct http_request *req);

/* Answers the request, now or later. */
void api_handle(struct api *api, struct http_request *req);

/* The HTTP layer refused the request (too large, unreadable): answers in the API's words. */
void api_refuse(struct api *api, struct http_request *req, struct err e);

#endif
