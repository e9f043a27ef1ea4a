/* The dialect that the Requester API spoke before 2017-01-17 (requester-api 4): flattened
 * parameters, Signature Version 1 (or 0), answers in XML. boto 2.49 speaks it.
 *
 * Nothing is done here that the API does not do: a call's parameters become the JSON of an
 * operation of op.h, which runs as ever, and its answer becomes XML. Which old name is which
 * operation, and what differs, stands in legacy_ops.c.
 *
 * It is off until the operator sets legacy_api: its signatures are those of 2006.
 */
#ifndef API_LEGACY_H
#define API_LEGACY_H

#include "api/api.h"

/* Whether a request is an old one: a form or a query with an Operation, to "/" or "/onca/xml". */
bool legacy_wants(const struct http_request *req);

/* As api_handle and api_refuse. */
void legacy_handle(struct api *api, struct http_request *req);
void legacy_refuse(struct api *api, struct http_request *req, struct err e);

#endif
