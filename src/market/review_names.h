/* What the rows of a reviewed file name, as row numbers: ids are opened, or looked up as aliases
 * (replayed batches); equal names that follow each other are resolved once. Shared by staging and
 * the outcome file; works inside one read. */
#ifndef MARKET_REVIEW_NAMES_H
#define MARKET_REVIEW_NAMES_H

#include "base/arena.h"
#include "base/id.h"
#include "base/str.h"
#include "store/store.h"

/* Texts to numbers, each once. */
struct intern {
    struct arena *arena;
    struct intern_entry *entries; /* from 1 */
    uint32_t count, cap;
    uint32_t *slots; /* of entries; 0 free */
    uint32_t slot_count;
};

void intern_init(struct intern *t, struct arena *a);
void intern_free(struct intern *t);
/* The number of a text, from 1; *fresh when it is new. */
uint32_t intern_add(struct intern *t, struct str text, bool *fresh);
struct str intern_text(const struct intern *t, uint32_t n);
int64_t intern_value(const struct intern *t, uint32_t n);
void intern_set(struct intern *t, uint32_t n, int64_t value);

struct names {
    struct tx *tx;
    const struct id_key *ids;
    struct intern workers, hits;
    struct buf last_hit;
    int64_t last_hit_row;
};

void names_init(struct names *n, struct arena *a, struct tx *tx, const struct id_key *ids);
void names_free(struct names *n);

/* The row number, or 0 when nothing has that name. */
enum st names_assignment(struct names *n, struct str id, int64_t *row);
/* 0 when id is NULL or empty; -1 when nothing has that name. */
enum st names_hit(struct names *n, struct str id, int64_t *row);
enum st names_worker(struct names *n, struct str id, int64_t *row);

#endif
