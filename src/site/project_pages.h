/* What the pages of Create share: projects.c, project.c, project_form.c, publish.c, draft.c. */
#ifndef SITE_PROJECT_PAGES_H
#define SITE_PROJECT_PAGES_H

#include "formats/finding.h"
#include "formats/layout.h"
#include "market/project.h"
#include "site/rows.h"

/* The project of the address; ERR_NOT_FOUND. */
struct err project_of_path(struct call *call, int64_t *id);
struct err project_of_call(struct call *call, struct ctx *ctx, struct project *p);

/* "/requester/projects/7" and what stands behind it. */
struct str project_url(struct arena *a, int64_t id, const char *rest);

/* The page of a layout on the content listener, with values for its placeholders. */
struct str layout_frame_url(struct call *call, struct ctx *ctx, int64_t document,
                            const struct str *names, const struct str *values, size_t n);

/* "60 minutes" as a number and its unit: the largest that is whole. */
struct span {
    int64_t value;
    const char *unit; /* seconds, minutes, hours, days */
};
struct span span_of(int64_t seconds);
struct str span_words(struct arena *a, int64_t seconds);

/* How many workers meet the requirements now, in words. */
struct err audience_words(struct ctx *ctx, struct str requirements, struct str *words);

/* Median work time, and what the reward makes of it in an hour; "" when nobody worked yet. */
struct str work_words(struct arena *a, const struct project_work *work, int64_t reward_cents);

#endif
