/* What project.c and project_edit.c share. */
#ifndef MARKET_PROJECT_CHECK_H
#define MARKET_PROJECT_CHECK_H

#include "market/project.h"

/* What becomes of properties that have defaults or a canonical form. */
struct project_checked {
    struct str keywords, requirements;
    int64_t auto_approval_s;
};

/* All bounds of in, and that its name is free or that of project own (0: of none). */
struct err project_check(struct ctx *c, const struct project_in *in, int64_t own,
                         struct project_checked *out);

#endif
