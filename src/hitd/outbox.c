/* outbox list | replay [ROW]: events that could not be delivered. */
#include <inttypes.h>
#include <stdio.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/num.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "market/outbox.h"

struct work {
    int64_t row, replayed;
    struct dead_list list;
};

static struct err list(struct ctx *c, void *arg) {
    struct work *w = arg;
    return dead_letters(c, w->row, PAGE_MAX, &w->list);
}

static struct err replay(struct ctx *c, void *arg) {
    struct work *w = arg;
    return dead_replay(c, w->row, &w->replayed);
}

static struct err print_all(struct opened *o) {
    struct work w = {0};
    do {
        struct err e = hitd_read(o, 0, list, &w);
        if (failed(e))
            return e;
        for (size_t i = 0; i < w.list.n; i++) {
            const struct dead_letter *d = &w.list.items[i];
            printf("%" PRId64 "\t%.*s\t%.*s\t%s\t%" PRId64 " attempts\t%.*s\n", d->row,
                   STR_ARG(time_iso(o->arena, d->at_ms)), STR_ARG(d->requester_id), d->what,
                   d->attempts, STR_ARG(d->error));
            w.row = d->row;
        }
    } while (w.list.n == PAGE_MAX);
    return NO_ERR;
}

static struct err again(struct opened *o, int64_t row) {
    struct work w = {.row = row};
    struct err e = hitd_write(o, 0, replay, &w);
    if (!failed(e))
        printf("%" PRId64 " to be tried again\n", w.replayed);
    return e;
}

int run_outbox(struct command_line *line) {
    struct opened o;
    struct str verb = str_c(line->args[0]);
    int64_t row = 0;
    bool listing = str_is(verb, "list") && line->arg_count == 1;
    bool good =
        listing || (str_is(verb, "replay") &&
                    (line->arg_count == 1 || num_parse(str_c(line->args[1]), 1, INT64_MAX, &row)));
    if (!good)
        return command_fails(line, err_make(line->arena, ERR_USAGE, "outbox",
                                            "write outbox list, outbox replay or outbox replay "
                                            "ROW"));
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    e = listing ? print_all(&o) : again(&o, row);
    hitd_close(&o);
    return failed(e) ? command_fails(line, e) : 0;
}
