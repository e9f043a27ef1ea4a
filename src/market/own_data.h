/* All that the market keeps about one worker, for himself (worker-site 2, "Export"): as one JSON
 * document, or list by list as CSV. Written in one snapshot, page by page, in constant memory.
 * Nothing is in it that belongs to others: of requesters what the worker is shown anyway. */
#ifndef MARKET_OWN_DATA_H
#define MARKET_OWN_DATA_H

#include "market/statement.h"

/* Downloads that one worker may begin in an hour; each may be long. */
enum { OWN_DATA_PER_HOUR = 30 };

/* The i-th list: "work", "earnings", …; NULL behind the last. */
const char *own_data_list(size_t i);
/* Its heading for people. */
const char *own_data_title(size_t i);
/* The number of a list, -1 for an unknown word. */
int own_data_find(struct str name);

struct own_data_in {
    int64_t worker;
    int list;    /* as CSV; -1: all of them, and the profile, as JSON */
    int dialect; /* enum csv_dialect */
};
/* JSON: {"profile": {…}, "settings": {…}, "work": [{…}], …}; times as ISO 8601 in UTC, money as
 * dollars, answers as {"name": ["value", …]}. CSV has the same columns and answers as JSON text. */
struct err own_data_write(struct store *store, const struct id_key *ids, struct arena *a,
                          const struct own_data_in *in, statement_sink *sink, void *arg);

/* Counts a download that begins: ERR_SLOW_DOWN beyond OWN_DATA_PER_HOUR. */
struct err own_data_take(struct ctx *c, int64_t worker);

#endif
