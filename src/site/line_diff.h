/* What changed between two texts, line by line: for comparing versions of a layout. */
#ifndef SITE_LINE_DIFF_H
#define SITE_LINE_DIFF_H

#include <stddef.h>

#include "base/str.h"

struct arena;

struct diff_line {
    char sign; /* ' ' both, '-' only before, '+' only after */
    struct str text;
};

struct line_diff {
    struct diff_line *lines;
    size_t n;
    size_t changed; /* those that are not in both */
};

/* The shortest way from one to the other, unless what differs is beyond DIFF_CELLS_MAX pairs of
 * lines: then all of it as taken out and put in. Lines point into the texts. */
enum { DIFF_CELLS_MAX = 4000000 };
struct line_diff line_diff(struct arena *a, struct str before, struct str after);

#endif
