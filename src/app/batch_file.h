/* A CSV file becomes a batch (requester-site 3, csv-formats 2): the one path, for /v1 and for the
 * pages.
 *
 *     batch_file_stage(call, &in, &staged);         a draft, or all faults of the file
 *     batch_file_publish(call, batch, ms, &done);   money held, then HITs
 *
 * Both wait and are for slow() of a call (app/call.h). The rules stand in market/publish.h.
 */
#ifndef APP_BATCH_FILE_H
#define APP_BATCH_FILE_H

#include "app/call.h"
#include "formats/finding.h"
#include "formats/text_in.h"
#include "market/publish.h"

struct batch_file {
    int64_t project;        /* of the acting requester */
    struct str file_name;   /* NULL or empty: not known */
    struct str file;        /* its bytes; NULL: none, for a layout without variables */
    int64_t tasks;          /* without a file: how many alike */
    struct str name;        /* of the batch; NULL or empty: the project's and the date */
    enum encoding encoding; /* the user's answer to U08 */
    bool fold_case;         /* a column whose name differs in case only is taken */
};

struct batch_staged {
    int64_t batch; /* 0 when there are faults */
    struct findings findings;
};

/* Reads the file to its end and stages a draft of it. A file with any finding above a warning
 * stages nothing: ERR_BAD_FILE with the first fault's words and its code as field, all of them in
 * findings. Warnings are kept with the draft (market/draft.h). Other errors: ERR_NOT_FOUND for the
 * project, ERR_CONFLICT when it was edited meanwhile. */
struct err batch_file_stage(struct call *call, const struct batch_file *in,
                            struct batch_staged *out);

/* Holds the cost and publishes until it is done or within_ms have passed (0: until it is done);
 * the sweeper takes the rest. When cost->total_cents is not 0, it is what the user was shown:
 * ERR_PLAN_STALE when it would cost something else now. Repeated, it goes on. */
struct err batch_file_publish(struct call *call, int64_t batch, int64_t within_ms,
                              struct publish_cost *cost, struct publish_progress *progress);

/* "faults": [{level, code, line, column, message}], into an open object. */
void batch_file_json(struct json *j, const struct findings *f);

#endif
