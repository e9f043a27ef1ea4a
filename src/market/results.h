/* The results of a batch as CSV (csv-formats 3): the columns of 3.1 in order, one row for each
 * assignment that was ever submitted, grouped by HIT in the order of the input file.
 *
 * Streamed from one snapshot in constant memory, whatever the size of the batch (with a filter, in
 * eight bytes a row that it takes). Waits while the
 * receiver is slow: call it from a producer's thread.
 */
#ifndef MARKET_RESULTS_H
#define MARKET_RESULTS_H

#include "base/limits.h"
#include "market/results_filter.h"

/* Values of enum csv_dialect (formats/csv_out.h) go into results_in.dialect. */
enum results_status {
    RESULTS_SUBMITTED = 1,
    RESULTS_APPROVED = 2,
    RESULTS_REJECTED = 4,
    RESULTS_ALL = 7,
};

enum { RESULTS_FILTERED_MAX = FILE_ROWS_MAX };

struct results_in {
    int64_t requester;
    int64_t batch;
    int dialect;                         /* enum csv_dialect */
    unsigned status;                     /* bits of enum results_status; 0 stands for all */
    const struct results_filter *filter; /* only rows that it takes (RESULTS_FILTERED_MAX at most),
                                            which costs 8 bytes for each; NULL: all */
    bool keep_reject_empty;              /* fill_reject=0 (3.5) */
    bool extended;                       /* columns of 3.6 */
    bool utc;                            /* times in UTC, not Pacific (1.5, csv_tz) */
};

/* Takes the next n bytes; false: the receiver is gone, the function gives up without an error. */
typedef bool results_sink(void *arg, const void *p, size_t n);

/* ERR_NOT_FOUND before the first byte: no such batch of this requester. Afterwards only the store
 * can fail (ERR_STORE): then what was written is not the whole. */
struct err results_write(struct store *store, const struct id_key *ids, struct arena *a,
                         const struct results_in *in, results_sink *sink, void *arg);

/* Looks before a download starts: ERR_NOT_FOUND as above; the file's name
 * "Batch_<id>_batch_results.csv" (1.1). */
struct err results_name(struct ctx *c, int64_t requester, int64_t batch, struct str *name);

/* "classic", "excel", "excel-semicolon", "strict-classic" (1.1); false for anything else. */
bool results_dialect(struct str word, int *dialect);

/* "submitted", "approved", "rejected", "all", or several with commas between, in any case. */
bool results_status(struct str words, unsigned *status);

#endif
