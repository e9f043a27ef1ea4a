/* How every command of hitd reaches its store: opens it, checks its version, reads the keys; runs
 * rules of the market as writes of their own. Administration works while a server runs: SQLite's
 * other processes wait their turn, PostgreSQL's are just further clients. */
#ifndef HITD_OPEN_H
#define HITD_OPEN_H

#include <stdbool.h>

#include "base/id.h"
#include "base/options.h"
#include "market/ctx.h"
#include "market/secret.h"
#include "store/store.h"

/* clang-format off */
#define STORE_OPTION                                                                              \
    {"store", "S", "the store: sqlite:PATH or postgresql://…", "HITD_STORE", true}
#define STORE_JSON_OPTION {"json", NULL, "print JSON", NULL, false}
#define END_OPTION        {NULL, NULL, NULL, NULL, false}
/* clang-format on */

struct opened {
    struct arena *arena;
    struct store *store;
    const char *url;
    struct id_key ids;
    struct secret_key seal;
};

/* Opens --store, which hitd init must have made and hitd migrate brought up to date. */
struct err hitd_open(struct command_line *line, struct opened *o);

/* The same for commands that make or mend it: no version is asked for and no key is read. */
struct err hitd_open_raw(struct command_line *line, bool create, struct opened *o);

/* The id key of a store that is open; made when it is not there. */
struct err hitd_read_keys(struct opened *o);

void hitd_close(struct opened *o);

/* Runs rule as a write of its own, or as a read, under entrance ENTRANCE_COMMAND with the party
 * (0: nobody's) as actor. The rule may run twice. Results of it live in o->arena. */
typedef struct err rule_fn(struct ctx *c, void *arg);
struct err hitd_write(struct opened *o, int64_t party, rule_fn *rule, void *arg);
struct err hitd_read(struct opened *o, int64_t party, rule_fn *rule, void *arg);

#endif
