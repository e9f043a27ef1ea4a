/* Archive batches: result files of the old service, kept as they are (csv-formats 9). Read-only:
 * no money, no workers' figures, nothing that could be decided or undone. Their ids are the
 * file's and are not looked up by the API.
 */
#ifndef MARKET_ARCHIVE_H
#define MARKET_ARCHIVE_H

#include <stdbool.h>

#include "market/ctx.h"

struct archive_row {
    struct str assignment_id;
    enum assignment_status status;
    struct str cells; /* packed, in the order of the header */
};

struct archive_in {
    struct str name, title, description, keywords, annotation;
    struct str header; /* packed list of column names */
    struct str file_digest;
    int64_t reward_cents, created_ms, hits;
    const struct archive_row *rows;
    size_t count;
};

/* Makes one of the acting requester's archives. ERR_ALREADY_EXISTS when the same file was imported
 * before. */
struct err archive_import(struct ctx *c, const struct archive_in *in, int64_t *batch);

/* The header of an archive; *known is false when the batch is none of the requester's archives. */
struct err archive_header(struct ctx *c, int64_t batch, struct str *header, bool *known);

/* Its rows in the file's order, of one status (0: all). seen returns false to stop; it must not
 * query. */
typedef bool archive_seen(void *arg, enum assignment_status status, struct str cells);
struct err archive_rows(struct ctx *c, int64_t batch, enum assignment_status status,
                        archive_seen *seen, void *arg);

#endif
