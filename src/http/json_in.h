/* Reading JSON from strangers: jansson, but strict and bounded.
 *
 * Refused as ERR_BAD_JSON: anything but one whole value (object or array unless any is true),
 * invalid UTF-8, unpaired surrogates, \u0000, deeper than JSON_DEPTH_MAX, longer than max_len.
 * Of repeated keys the last one counts (requester-api 1.4).
 */
#ifndef HTTP_JSON_IN_H
#define HTTP_JSON_IN_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

/* *value is owned by the caller (json_decref). Integers beyond int64_t are refused; numbers with
 * a fraction are reals. The message names line and column. */
struct err json_in(struct arena *a, struct str text, size_t max_len, bool any, json_t **value);

/* A string's text, a view into the value; NULL for anything that is no string. */
struct str json_in_str(const json_t *value);

/* The literal text with which a number stands in the source, for money sent as a bare number
 * (requester-api 1.4): in decimal, with as few digits as give the number
 * back (60.0 gives "60"). NULL for anything else. */
struct str json_in_number(struct arena *a, const json_t *value);

#endif
