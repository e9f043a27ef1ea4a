/* Ready-made layouts to start a project from (requester-site 2.1); the HTML stands in
 * pages/layouts. */
#ifndef SITE_STARTS_H
#define SITE_STARTS_H

#include "base/str.h"

struct start {
    const char *name;  /* in the address, and the file's: "survey-link" */
    const char *group; /* Survey, Vision, Language, Other */
    const char *label, *what;
};

/* Ends with name NULL; those of one group stand together. */
extern const struct start starts[];

/* NULL for a name that is none. */
const struct start *start_find(struct str name);

struct str start_layout(const struct start *start);

#endif
