/* A requester's statement as a file (csv-formats 7). */
#ifndef MARKET_STATEMENT_H
#define MARKET_STATEMENT_H

#include "market/ctx.h"

/* Takes the next bytes of the file; false when the reader has gone. */
typedef bool statement_sink(void *arg, const void *p, size_t n);

/* Every posting, oldest first, in one snapshot and constant memory:
 *   Date, TransactionId, Type, Description, BatchId, HITId, AssignmentId, WorkerId, Reward, Fee,
 *   Amount, AvailableAfter, HeldAfter, Actor, Note
 * Amount is the change of the available money, or of the held money where a line moves only that.
 * Reward and fee of one decision share their TransactionId. */
struct err statement_write(struct store *store, const struct id_key *ids, struct arena *a,
                           int64_t requester, statement_sink *sink, void *arg);

/* "Reward", "OverturnFee", …: Type of csv-formats 7. */
const char *statement_type(int64_t transfer_kind);

#endif
