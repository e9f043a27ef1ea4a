#include "store_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rand.h"
#include "store/stmt.h"

static void must(struct err e, const char *doing) {
    if (!failed(e))
        return;
    fprintf(stderr, "%s: %s\n", doing, e.detail);
    abort();
}

static enum tx_end script_fn(struct tx *tx, void *arg) {
    return tx->ops->script(tx, arg) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

/* Runs a command in the database itself, outside of the schema. */
static void admin(struct fixture *f, const char *text) {
    struct store *store;
    must(store_open(&f->arena, getenv("HITD_TEST_PG"), &(struct store_options){.lanes = 1}, &store),
         "HITD_TEST_PG");
    if (store_write(store, 0, script_fn, (char *)arena_strdup(&f->arena, text)) != ST_OK)
        must(err_make(&f->arena, ERR_STORE, NULL, "%.*s", STR_ARG(store_error(store, &f->arena))),
             text);
    store_close(store);
}

static void make_sqlite(struct fixture *f) {
    const char *tmp = getenv("TMPDIR");
    snprintf(f->dir, sizeof(f->dir), "%.40s/hitd-test-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(f->dir)) {
        perror(f->dir);
        abort();
    }
    snprintf(f->url, sizeof(f->url), "sqlite:%s/t.db", f->dir);
}

static bool make_postgres(struct fixture *f) {
    const char *url = getenv("HITD_TEST_PG");
    if (!url || !url[0]) {
        fputs("HITD_TEST_PG is not set: the tests on PostgreSQL are skipped\n", stderr);
        return false;
    }
    snprintf(f->schema, sizeof(f->schema), "t_%.*s", STR_ARG(rand_hex(&f->arena, 8)));
    snprintf(f->url, sizeof(f->url), "%s%coptions=-csearch_path%%3D%s", url,
             strchr(url, '?') ? '&' : '?', f->schema);
    admin(f, arena_printf(&f->arena, "CREATE SCHEMA %s", f->schema));
    return true;
}

bool fixture_open(struct fixture *f, enum fixture_kind kind, const struct store_options *o) {
    struct store_options options = o ? *o : (struct store_options){.lanes = 4};
    options.create = true;
    *f = (struct fixture){.kind = kind};
    arena_init(&f->arena, 0);
    if (kind == FIXTURE_SQLITE) {
        make_sqlite(f);
    } else if (!make_postgres(f)) {
        arena_free(&f->arena);
        return false;
    }
    must(store_open(&f->arena, f->url, &options, &f->store), f->url);
    return true;
}

bool fixture_open_migrated(struct fixture *f, enum fixture_kind kind) {
    if (!fixture_open(f, kind, NULL))
        return false;
    must(store_migrate(f->store, &f->arena, NULL), "store_migrate");
    return true;
}

static void remove_dir(struct fixture *f) {
    DIR *d = opendir(f->dir);
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.')
            unlink(arena_printf(&f->arena, "%s/%s", f->dir, e->d_name));
    if (d)
        closedir(d);
    rmdir(f->dir);
}

void fixture_close(struct fixture *f) {
    store_close(f->store);
    if (f->kind == FIXTURE_SQLITE)
        remove_dir(f);
    else
        admin(f, arena_printf(&f->arena, "DROP SCHEMA %s CASCADE", f->schema));
    arena_free(&f->arena);
}
