/* Errors as the Requester API writes them (requester-api 1.6, 1.7). */
#ifndef API_ENVELOPE_H
#define API_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

/* {"__type", "Message", "message", "TurkErrorCode"}. Both spellings carry the same text, as
 * clients differ in which they read. The service's own errors end in a stamp: " (<now>)", or
 * " (<now> s)" in the sandbox. */
void envelope_write(struct buf *out, struct arena *a, struct err e, int64_t now_ms, bool sandbox);

#endif
