/* One requester's connection to a server: signed requests of /v1 and of the Requester API.
 * The endpoint and the keys come from the options or from HIT_ENDPOINT, AWS_ACCESS_KEY_ID and
 * AWS_SECRET_ACCESS_KEY. */
#ifndef HIT_CLIENT_H
#define HIT_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/options.h"

/* clang-format off */
#define CLIENT_OPTIONS                                                                           \
    {"endpoint", "URL", "address of the server, e.g. http://127.0.0.1:8080", "HIT_ENDPOINT",     \
     true},                                                                                      \
    {"access-key", "ID", "access key id", "AWS_ACCESS_KEY_ID", true},                            \
    {"secret-key", "SECRET", "secret access key", "AWS_SECRET_ACCESS_KEY", true}
/* clang-format on */

struct client;

/* Never fails but for a malformed endpoint. */
struct err client_open(struct command_line *line, struct client **client);
void client_close(struct client *c);

/* A request and its answer. path begins with "/v1/"; query is sorted by name and encoded, or
 * NULL. */
struct call {
    const char *method, *path, *query;
    const char *content_type; /* NULL: none */
    const char *target;       /* operation of the Requester API; NULL for /v1 */
    struct str body;
    FILE *save;           /* a 2xx answer is written here instead of kept */
    const char *progress; /* words beside the count of bytes sent on a terminal; NULL: none */

    /* filled */
    long status;
    struct buf answer; /* free with call_free */
};

/* Sends it, and again, ten times at most, while the server says that these are too many a second.
 * An error is a connection that failed, or an answer of 400 and more with the server's message (the
 * status and the answer are filled all the same). */
struct err client_call(struct client *c, struct call *call);
void call_free(struct call *call);

/* The answer as JSON, or an error naming the address; json_decref is the caller's. */
struct err call_json(struct client *c, const struct call *call, json_t **json);

/* Percent-encodes a value for a query or a path segment. */
const char *client_escape(struct client *c, const char *text);

/* Members of JSON objects: "" and 0 when they are missing. */
const char *json_text(const json_t *object, const char *key);
long long json_number(const json_t *object, const char *key);
/* A member that may be a number or a text, as text. */
const char *json_id(struct arena *a, const json_t *object, const char *key);

#endif
