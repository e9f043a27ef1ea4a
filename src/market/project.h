/* Projects: what a requester publishes batches from (requester-site 2). The layout is kept as a
 * document; its public id (HITLayoutId) is the document's row sealed as ID_LAYOUT, so a HIT can
 * name it, and belongs to whoever has a project with that layout. */
#ifndef MARKET_PROJECT_H
#define MARKET_PROJECT_H

#include <stdint.h>

#include "market/ctx.h"

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
    int64_t document, created_ms;
    struct str layout_id;
};

/* Makes a project of the acting requester. ERR_NAME_TAKEN; bounds as for HIT types, max
 * assignments and lifetime too. */
struct err project_create(struct ctx *c, const struct project_in *in, struct project *p);

/* The acting requester's project; ERR_NOT_FOUND for an unknown one or another's. */
struct err project_get(struct ctx *c, int64_t id, struct project *p);

/* Newest first, those below before (0: from the newest), at most limit (PAGE_MAX). */
struct project_page {
    struct project *projects;
    int count;
};
struct err project_list(struct ctx *c, int64_t before, int limit, struct project_page *page);

/* The layout of that public id, which the acting requester may use;
 * ERR_HIT_LAYOUT_DOES_NOT_EXIST. */
struct project_layout {
    int64_t document;
    struct str body;
};
struct err project_layout(struct ctx *c, struct str layout_id, struct project_layout *l);

#endif
