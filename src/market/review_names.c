#include "market/review_names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/sql.h"

struct intern_entry {
    struct str text;
    int64_t value;
    uint64_t hash;
};

enum { INTERN_FIRST = 64 };

/* FNV-1a: texts come from one file, and a table of one upload is not worth attacking. */
static uint64_t hash_of(struct str s) {
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h ^ (h >> 32);
}

static void *grow(void *p, size_t count, size_t size) {
    void *q = realloc(p, count * size);
    if (!q)
        abort();
    return q;
}

void intern_init(struct intern *t, struct arena *a) {
    *t = (struct intern){.arena = a, .cap = INTERN_FIRST, .slot_count = 2 * INTERN_FIRST};
    t->entries = grow(NULL, t->cap, sizeof *t->entries);
    t->slots = grow(NULL, t->slot_count, sizeof *t->slots);
    memset(t->slots, 0, t->slot_count * sizeof *t->slots);
}

void intern_free(struct intern *t) {
    free(t->entries);
    free(t->slots);
    *t = (struct intern){.arena = NULL};
}

static uint32_t *slot_of(const struct intern *t, uint64_t hash, struct str text) {
    uint32_t mask = t->slot_count - 1;
    for (uint32_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
        uint32_t n = t->slots[i];
        if (n == 0 || (t->entries[n - 1].hash == hash && str_eq(t->entries[n - 1].text, text)))
            return &t->slots[i];
    }
}

static void double_table(struct intern *t) {
    t->cap *= 2;
    t->slot_count *= 2;
    t->entries = grow(t->entries, t->cap, sizeof *t->entries);
    t->slots = grow(t->slots, t->slot_count, sizeof *t->slots);
    memset(t->slots, 0, t->slot_count * sizeof *t->slots);
    for (uint32_t n = 1; n <= t->count; n++)
        *slot_of(t, t->entries[n - 1].hash, t->entries[n - 1].text) = n;
}

uint32_t intern_add(struct intern *t, struct str text, bool *fresh) {
    uint64_t hash = hash_of(text);
    uint32_t *slot = slot_of(t, hash, text);
    *fresh = *slot == 0;
    if (!*fresh)
        return *slot;
    if (t->count == t->cap) {
        double_table(t);
        slot = slot_of(t, hash, text);
    }
    t->entries[t->count] = (struct intern_entry){.text = str_dup(t->arena, text), .hash = hash};
    return *slot = ++t->count;
}

struct str intern_text(const struct intern *t, uint32_t n) {
    assert(n >= 1 && n <= t->count);
    return t->entries[n - 1].text;
}

int64_t intern_value(const struct intern *t, uint32_t n) {
    assert(n >= 1 && n <= t->count);
    return t->entries[n - 1].value;
}

void intern_set(struct intern *t, uint32_t n, int64_t value) {
    assert(n >= 1 && n <= t->count);
    t->entries[n - 1].value = value;
}

void names_init(struct names *n, struct arena *a, struct tx *tx, const struct id_key *ids) {
    *n = (struct names){.tx = tx, .ids = ids};
    intern_init(&n->workers, a);
    intern_init(&n->hits, a);
}

void names_free(struct names *n) {
    intern_free(&n->workers);
    intern_free(&n->hits);
    buf_free(&n->last_hit);
}

enum st names_assignment(struct names *n, struct str id, int64_t *row) {
    *row = 0;
    if (id_open(n->ids, ID_ASSIGNMENT, id, row))
        return ST_OK;
    struct sql_review_find_assignment_out out;
    enum st st =
        sql_review_find_assignment(n->tx, &(struct sql_review_find_assignment_in){id}, &out);
    *row = st == ST_OK ? out.id : 0;
    return st == ST_NONE ? ST_OK : st;
}

/* Aliases of HITs: each is asked for once. */
static enum st hit_alias(struct names *n, struct str id, int64_t *row) {
    bool fresh;
    uint32_t at = intern_add(&n->hits, id, &fresh);
    if (fresh) {
        struct sql_review_find_hit_out out;
        enum st st = sql_review_find_hit(n->tx, &(struct sql_review_find_hit_in){id}, &out);
        if (st != ST_OK && st != ST_NONE)
            return st;
        intern_set(&n->hits, at, st == ST_OK ? out.id : -1);
    }
    *row = intern_value(&n->hits, at);
    return ST_OK;
}

enum st names_hit(struct names *n, struct str id, int64_t *row) {
    *row = 0;
    if (id.n == 0)
        return ST_OK;
    if (n->last_hit_row && str_eq(buf_view(&n->last_hit), id)) {
        *row = n->last_hit_row;
        return ST_OK;
    }
    enum st st = ST_OK;
    if (!id_open(n->ids, ID_HIT, id, row))
        st = hit_alias(n, id, row);
    buf_clear(&n->last_hit);
    buf_str(&n->last_hit, id);
    n->last_hit_row = st == ST_OK ? *row : 0;
    return st;
}

enum st names_worker(struct names *n, struct str id, int64_t *row) {
    *row = 0;
    if (id.n == 0)
        return ST_OK;
    bool fresh;
    uint32_t at = intern_add(&n->workers, id, &fresh);
    if (fresh) {
        struct sql_review_find_worker_out out;
        enum st st = sql_review_find_worker(n->tx, &(struct sql_review_find_worker_in){id}, &out);
        if (st != ST_OK && st != ST_NONE)
            return st;
        intern_set(&n->workers, at, st == ST_OK ? out.id : -1);
    }
    *row = intern_value(&n->workers, at);
    return ST_OK;
}
