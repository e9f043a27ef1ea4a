/* Migrations: sql/migrate in order, each once, all that are missing in one transaction. */
#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/datetime.h"
#include "store/sql.h"

struct checksum {
    char hex[65];
};

static struct checksum checksum_of(const char *text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    int ok = EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL);
    assert(ok && n == 32);
    struct checksum c;
    for (unsigned i = 0; i < n; i++)
        snprintf(c.hex + 2 * i, 3, "%02x", digest[i]);
    return c;
}

struct run {
    struct arena *arena;
    const struct sql_migration *list;
    size_t count;
    size_t known; /* migrations of the list that the store has, version 0 included */
    enum dialect dialect;
    int64_t version;
    bool is_new;
    int applied;
    struct err err;
};

static struct err store_failed(struct run *r, struct tx *tx, const char *doing) {
    return err_make(r->arena, ERR_STORE, "store", "%s: %s.", doing, tx_error(tx));
}

/* Compares one applied migration with the list. */
static bool on_applied(void *arg, const struct sql_migration_list_out *row) {
    struct run *r = arg;
    r->version = row->version;
    if (r->known >= r->count) {
        r->err = err_make(r->arena, ERR_STORE, "store",
                          "The store has migration %lld (%.*s), which this program does not know: "
                          "it was made by a newer hitd. Use that one.",
                          (long long)row->version, STR_ARG(row->name));
        return false;
    }
    const struct sql_migration *m = &r->list[r->known++];
    struct checksum sum = checksum_of(m->text[r->dialect]);
    if (m->version == row->version && str_is(row->checksum, sum.hex))
        return true;
    r->err = err_make(r->arena, ERR_STORE, "store",
                      "Migration %lld (%.*s) of the store is not the one of this program (%lld, "
                      "%s): the store was made by another build of hitd.",
                      (long long)row->version, STR_ARG(row->name), (long long)m->version, m->name);
    return false;
}

/* Reads what was applied and compares. */
static struct err look(struct run *r, struct tx *tx) {
    bool has = false;
    r->known = 1;
    r->version = 0;
    r->err = NO_ERR;
    r->dialect = tx->ops->dialect;
    if (tx->ops->has_table(tx, "schema_migration", &has) != ST_OK)
        return store_failed(r, tx, "The list of migrations can not be read");
    r->is_new = !has;
    if (has && sql_migration_list_each(tx, on_applied, r) != ST_OK)
        return store_failed(r, tx, "The list of migrations can not be read");
    return r->err;
}

static struct err apply(struct run *r, struct tx *tx, const struct sql_migration *m) {
    struct checksum sum = checksum_of(m->text[r->dialect]);
    enum st st = tx->ops->script(tx, m->text[r->dialect]);
    if (st == ST_OK && m->version > 0)
        st = sql_migration_add(tx,
                               &(struct sql_migration_add_in){
                                   .version = m->version,
                                   .name = str_c(m->name),
                                   .checksum = str_c(sum.hex),
                                   .applied_ms = time_wall_ms(),
                               },
                               NULL);
    if (st == ST_OK)
        return NO_ERR;
    const char *doing = arena_printf(r->arena, "Migration %lld (%s) failed, nothing was changed",
                                     (long long)m->version, m->name);
    return store_failed(r, tx, doing);
}

static enum tx_end migrate_fn(struct tx *tx, void *arg) {
    struct run *r = arg;
    r->applied = 0;
    r->err = look(r, tx);
    if (!failed(r->err) && r->is_new)
        r->err = apply(r, tx, &r->list[0]);
    for (size_t i = r->known; !failed(r->err) && i < r->count; i++) {
        r->err = apply(r, tx, &r->list[i]);
        r->applied++;
    }
    return failed(r->err) ? TX_ROLLBACK : TX_COMMIT;
}

static enum tx_end look_fn(struct tx *tx, void *arg) {
    struct run *r = arg;
    r->err = look(r, tx);
    return TX_ROLLBACK;
}

static struct err end_of(struct run *r, struct store *store, enum st st) {
    if (!failed(r->err) && st != ST_OK)
        r->err =
            err_make(r->arena, ERR_STORE, "store", "%.*s.", STR_ARG(store_error(store, r->arena)));
    return r->err;
}

struct err migrate_list(struct store *store, struct arena *a, const struct sql_migration *list,
                        size_t count, int *applied) {
    assert(count > 0 && list[0].version == 0);
    struct run r = {.arena = a, .list = list, .count = count};
    struct write w = {.fn = migrate_fn, .arg = &r, .alone = true};
    struct err e = end_of(&r, store, store_run(store, &w));
    if (failed(e)) {
        /* Two programs may have begun at once; then the other one has done it. */
        struct run again = {.arena = a, .list = list, .count = count};
        enum st st = store_read(store, look_fn, &again);
        if (st == ST_OK && !failed(again.err) && !again.is_new && again.known == count) {
            r.applied = 0;
            e = NO_ERR;
        }
    }
    if (applied)
        *applied = failed(e) ? 0 : r.applied;
    return e;
}

struct err store_migrate(struct store *store, struct arena *a, int *applied) {
    return migrate_list(store, a, sql_migrations, sql_migration_count, applied);
}

struct err store_is_new(struct store *store, struct arena *a, bool *is_new) {
    struct run r = {.arena = a, .list = sql_migrations, .count = sql_migration_count};
    enum st st = store_read(store, look_fn, &r);
    *is_new = r.is_new;
    if (st == ST_OK)
        return NO_ERR; /* whatever the list holds, the store is not new */
    return end_of(&r, store, st);
}

struct err store_schema_version(struct store *store, struct arena *a, int64_t *version,
                                int64_t *latest) {
    struct run r = {.arena = a, .list = sql_migrations, .count = sql_migration_count};
    struct err e = end_of(&r, store, store_read(store, look_fn, &r));
    *version = r.version;
    *latest = sql_migrations[sql_migration_count - 1].version;
    return e;
}
