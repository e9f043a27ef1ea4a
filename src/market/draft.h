/* A batch that is staged and not ordered yet, for whoever looks at it first (requester-site 3): its
 * rows, what its file gave cause to warn about, what the fee is made of. Staging and ordering are
 * market/publish.h's.
 *
 * Only the acting requester's; another's answers as one that never was: ERR_NOT_FOUND.
 */
#ifndef MARKET_DRAFT_H
#define MARKET_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/finding.h"
#include "market/ctx.h"
#include "market/fees.h"
#include "market/hit_type.h"

struct draft {
    int64_t batch;
    int64_t project; /* 0: none */
    bool ordered;    /* it is published, or being published: no draft any more */
    struct str name;
    struct str file_name; /* NULL: made without a file */
    struct str columns;   /* packed list */
    int64_t rows;
    int64_t document; /* layout */
    int64_t max_assignments, lifetime_s;
    int64_t created_ms;
    struct hit_type type;
    int64_t twin; /* a batch published from the same file within 24 h, or 0 */
};

struct err draft_get(struct ctx *c, int64_t batch, struct draft *d);

/* The acting requester's drafts, newest first, at most DRAFTS_LISTED. project 0: of all. */
enum { DRAFTS_LISTED = 25 };
struct draft_line {
    int64_t batch, project, rows, created_ms;
    struct str name, file_name; /* file_name NULL: made without a file */
};
struct draft_lines {
    struct draft_line *list;
    size_t n;
};
struct err draft_list(struct ctx *c, struct draft_lines *out);

/* Row n (from 1) of a draft, a packed list in the order of its columns. ERR_NOT_FOUND. */
struct err draft_row(struct ctx *c, int64_t batch, int64_t n, struct str *packed);

/* The same for whoever knows the draft's sealed id (ID_DRAFT), as the content listener: what a
 * worker would see, as the HTMLQuestion that its HIT would have. */
struct err draft_page(struct ctx *c, struct str sealed, int64_t n, struct str *question);

/* A layout on its own, by the sealed row of its document (ID_PREVIEW); names and values as packed
 * list of name, value, name, value…. */
struct err layout_preview(struct ctx *c, struct str sealed, struct str pairs, struct str *question);

/* Leave to look at layouts that are not saved yet, in the form of a project (0: a new one): the
 * content listener shows what comes with it, so that nobody else makes it show anything. Good for
 * LAYOUT_LEAVE_S. Opening: ERR_NOT_FOUND for one that is over or was never given. */
enum { LAYOUT_LEAVE_S = 86400 };
struct str layout_leave(struct ctx *c, int64_t project);
struct err layout_leave_open(struct ctx *c, struct str leave, int64_t *project);

/* Warnings of the file, at most DRAFT_FINDINGS. */
enum { DRAFT_FINDINGS = 200 };
struct draft_finding {
    struct str code, column, message; /* column NULL: none */
    int64_t line;                     /* 0: the whole file */
};
struct draft_findings {
    struct draft_finding *list;
    size_t n;
};
struct err draft_keep_findings(struct ctx *c, int64_t batch, const struct findings *f);
struct err draft_findings(struct ctx *c, int64_t batch, struct draft_findings *out);

#endif
