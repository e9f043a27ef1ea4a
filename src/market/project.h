/* Projects: what a requester publishes batches from (requester-site 2). The layout is kept as a
 * document; its public id (HITLayoutId) is the document's row sealed as ID_LAYOUT, so a HIT can
 * name it, and belongs to whoever has a project with that layout.
 *
 * Editing never touches what was published: a batch keeps the document and the HIT type it was
 * staged with. Layouts that a project had before stay as its versions, PROJECT_VERSIONS of them,
 * and can be restored. A deleted project is hidden; its name stays its own, so it can be restored
 * at any time.
 */
#ifndef MARKET_PROJECT_H
#define MARKET_PROJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

enum {
    PROJECT_VERSIONS = 50,         /* kept behind the present one (requester-site 2.4) */
    PROJECT_BATCHES_COUNTED = 100, /* beyond it a list says "100+" */
};

struct project_in {
    struct str name; /* 1 to 255 bytes, unique per requester */
    struct str title, description, keywords;
    struct str requirements; /* as hit_type_in */
    int64_t reward_cents, max_assignments, duration_s, lifetime_s, auto_approval_s;
    struct str layout; /* HTML with ${names}; checked by the caller (formats/) */
};

struct project {
    int64_t id;
    struct str name, title, description, keywords, requirements;
    int64_t reward_cents, max_assignments, duration_s, lifetime_s, auto_approval_s;
    int64_t document, version; /* the layout */
    int64_t created_ms;
    int64_t edited_ms, deleted_ms; /* 0: never */
    struct str layout_id;
};

/* Makes a project of the acting requester. ERR_NAME_TAKEN; bounds as for HIT types, max
 * assignments and lifetime too; ERR_INVALID_PARAMETER for control characters. */
struct err project_create(struct ctx *c, const struct project_in *in, struct project *p);

/* A name that none of the acting requester's projects has: first, else stem and a number from 2
 * on. */
struct err project_free_name(struct ctx *c, struct str first, struct str stem, struct str *name);

/* The acting requester's project, a deleted one too; ERR_NOT_FOUND for an unknown one or
 * another's. */
struct err project_get(struct ctx *c, int64_t id, struct project *p);

/* Newest first, those below before (0: from the newest), at most limit (PAGE_MAX). */
struct project_page {
    struct project *projects;
    int count;
};
struct err project_list(struct ctx *c, int64_t before, int limit, struct project_page *page);

/* The same of those that are deleted. */
struct err project_list_deleted(struct ctx *c, int64_t before, int limit,
                                struct project_page *page);

/* Puts all properties; a layout that is NULL stays. seen_ms is edited_ms as the user saw it, -1
 * to overwrite whatever there is: ERR_CONFLICT when somebody else edited it since. Errors
 * otherwise as project_create; ERR_CONFLICT for a deleted one. */
struct err project_update(struct ctx *c, int64_t id, const struct project_in *in, int64_t seen_ms,
                          struct project *p);

/* Hides it, or shows it again; either may come twice. ERR_CONFLICT while a batch of it runs. */
struct err project_delete(struct ctx *c, int64_t id);
struct err project_restore(struct ctx *c, int64_t id);

/* ---- versions of the layout ---- */

struct project_version {
    int64_t version, document;
    int64_t replaced_ms; /* 0: the present one */
};

/* Earlier ones, newest first. */
struct project_versions {
    struct project_version *list;
    size_t n;
};
struct err project_versions(struct ctx *c, int64_t project, struct project_versions *out);

/* One of them, or the present one; ERR_NOT_FOUND. p is the acting requester's (project_get). */
struct err project_version(struct ctx *c, const struct project *p, int64_t version,
                           struct project_version *out);

/* Makes an earlier layout the present one, as a new version. */
struct err project_restore_version(struct ctx *c, int64_t id, int64_t version, struct project *p);

/* ---- figures ---- */

/* Counted up to PROJECT_BATCHES_COUNTED; running: among the latest so many. */
struct project_figures {
    int64_t batches, running;
    int64_t last_ms; /* 0: none yet */
};
struct err project_figures(struct ctx *c, int64_t project, struct project_figures *out);

struct project_batch {
    int64_t id, created_ms, document, rows, published;
    struct str name;
    bool running;
};
struct project_batches {
    struct project_batch *list; /* newest first */
    size_t n;
};
struct err project_batches(struct ctx *c, int64_t project, int limit, struct project_batches *out);

/* The first row of the newest published batch: packed lists of columns and of values in their
 * order; both NULL when there is none. The caller has looked whose project it is. */
struct project_example {
    struct str columns, values;
};
struct err project_example(struct ctx *c, int64_t project, struct project_example *out);

/* Median time from accept to submit in the latest batches, from a sample; 0 seconds when nobody
 * has worked for the project yet. */
struct project_work {
    int64_t sample, median_s;
};
struct err project_work(struct ctx *c, int64_t project, struct project_work *out);

/* How many workers meet the requirements now: of the first WORKERS_LOOKED_AT. */
enum { WORKERS_LOOKED_AT = 1000 };
struct project_audience {
    int64_t qualified, workers;
    bool more; /* there are more workers than were looked at */
};
struct err project_audience(struct ctx *c, struct str requirements, struct project_audience *out);

/* ---- the API's layouts ---- */

/* The layout of that public id, which the acting requester may use;
 * ERR_HIT_LAYOUT_DOES_NOT_EXIST. */
struct project_layout {
    int64_t document;
    struct str body;
};
struct err project_layout(struct ctx *c, struct str layout_id, struct project_layout *l);

#endif
