/* Rows of /v1, by subject; v1.c joins them. */
#ifndef API_V1_ROWS_H
#define API_V1_ROWS_H

#include "api/field.h"
#include "app/route.h"

/* A route and the JSON body it reads. */
struct v1_row {
    struct route route;
    const struct field *fields; /* of the body, with ROUTE_JSON */
    size_t in_size;
    int success; /* status of a success; 0 stands for 200 */
};

extern const struct v1_row v1_batch_rows[];   /* v1_batches.c; end with method NULL */
extern const struct v1_row v1_review_rows[];  /* v1_reviews.c */
extern const struct v1_row v1_project_rows[]; /* v1_projects.c */
extern const struct v1_row v1_publish_rows[]; /* v1_publish.c */
extern const struct v1_row v1_webhook_rows[]; /* v1_webhooks.c */

/* The lists, ending with NULL. */
extern const struct v1_row *const v1_tables[];

/* The OpenAPI document made from them (v1_openapi.c). */
void v1_openapi(struct json *j, const char *server_url);

/* A field of the query as a number; ERR_BAD_REQUEST naming it when it is none or out of range. */
struct err v1_query_int(struct call *call, const char *name, int64_t min, int64_t max,
                        int64_t fallback, int64_t *value);

/* The id of a batch in the path; ERR_NOT_FOUND. */
struct err v1_batch_param(struct call *call, int64_t *batch);

#endif
