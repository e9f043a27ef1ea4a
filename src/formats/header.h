/* Finds the standard columns of a file in its header (csv-formats 1.4).
 *
 * Names are compared after trimming, without regard to ASCII case and to space _ - and '.'
 * ("Worker ID", "worker_id" and "Worker.ID" are WorkerId). `Input.Approve` is therefore not
 * Approve: it is "inputapprove". A suffix ".1" or "(1)" marks a second column of the name. Columns
 * without a name are ignored, other unknown ones are ignored and listed.
 */
#ifndef FORMATS_HEADER_H
#define FORMATS_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

#define HEADER_NONE SIZE_MAX

/* A second column of a standard name. */
struct header_twin {
    size_t wanted; /* index in the list of names */
    size_t at;     /* column */
};

struct header {
    size_t *at; /* of each standard name: its first column, or HEADER_NONE */
    struct header_twin *twins;
    size_t n_twins;
    struct str *ignored; /* names, trimmed, that are no standard column */
    size_t n_ignored;
};

/* Matches cells against n standard names; everything in a. */
void header_match(struct header *h, struct arena *a, const char *const *names, size_t n,
                  const struct str *cells, size_t count);

/* For csv_options.score: how many of the names are there. arg is a struct header_names. */
struct header_names {
    const char *const *names;
    size_t n;
};
int header_score(void *arg, const struct str *cells, size_t count);

/* True when the cell is this standard name, folded; a duplicate's suffix does not count. */
bool header_is(struct str cell, const char *name);

/* The names as a list for messages: "a, b, c", clipped after some ("and 12 more"). Names that
 * are empty are left out. */
struct str header_list(struct arena *a, const struct str *names, size_t n);

#endif
