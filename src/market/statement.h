/* A requester's statement as a file (csv-formats 7). */
#ifndef MARKET_STATEMENT_H
#define MARKET_STATEMENT_H

#include "market/funds.h"

/* Takes the next bytes of the file; false when the reader has gone. */
typedef bool statement_sink(void *arg, const void *p, size_t n);

enum {
    STATEMENT_SCAN_MAX = 20000, /* postings looked at for one page */
};

/* Which postings are wanted. All zeros: every one. */
struct statement_filter {
    unsigned kinds;         /* bits 1 << enum transfer_kind; 0: all */
    int64_t batch;          /* 0: any */
    int64_t from_ms, to_ms; /* at or after, before; 0: any time */
};

/* A page of a filtered statement, newest first. It costs the same however long the statement is:
 * what lies before `to_ms` is found by halving, and at most STATEMENT_SCAN_MAX postings are looked
 * at; the rest waits behind `next`. */
struct statement_page_in {
    int64_t requester;
    struct statement_filter filter;
    int64_t before;  /* below this posting; 0: from the newest */
    int64_t balance; /* available money after the posting that comes first */
    int limit;       /* 1..500 */
};
struct statement_page {
    struct statement_line *lines;
    int64_t *balances; /* available money after each line */
    size_t n;
    bool has_balances; /* false when the page begins in the past: nobody knows them there */
    int64_t next;      /* for `before`; 0: this was all */
    int64_t balance;   /* for the page behind `next` */
};
struct err statement_page(struct ctx *c, const struct statement_page_in *in,
                          struct statement_page *out);

/* Every posting, oldest first, in one snapshot and constant memory:
 *   Date, TransactionId, Type, Description, BatchId, HITId, AssignmentId, WorkerId, Reward, Fee,
 *   Amount, AvailableAfter, HeldAfter, Actor, Note
 * Amount is the change of the available money, or of the held money where a line moves only that.
 * Reward and fee of one decision share their TransactionId. Balances are those of the whole book
 * whatever the filter leaves out. */
struct statement_file {
    int64_t requester;
    struct statement_filter filter;
    int dialect; /* enum csv_dialect */
};
struct err statement_write(struct store *store, const struct id_key *ids, struct arena *a,
                           const struct statement_file *file, statement_sink *sink, void *arg);

/* "Reward", "OverturnFee", …: Type of csv-formats 7. */
const char *statement_type(int64_t transfer_kind);

#endif
