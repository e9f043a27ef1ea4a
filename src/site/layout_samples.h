/* Values to look at a layout with while there is no file: those of the first row that was published
 * from its project, and an example for each other column (requester-site 2.5). */
#ifndef SITE_LAYOUT_SAMPLES_H
#define SITE_LAYOUT_SAMPLES_H

#include "formats/layout.h"
#include "market/ctx.h"

struct layout_samples {
    const struct str *names; /* that a file needs (layout_names) */
    struct str *values;      /* none is NULL */
    size_t n;
};

/* project 0: none yet. The caller has looked whose it is. A value of a file is taken while all of
 * them have at most LAYOUT_SAMPLES_MAX bytes: they may stand in an address. */
enum { LAYOUT_SAMPLES_MAX = 2000 };
struct err layout_samples(struct ctx *c, int64_t project, const struct layout *layout,
                          struct layout_samples *out);

#endif
