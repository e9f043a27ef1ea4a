/* clock get | advance SPAN | set TIME | real: a simulated clock makes thirty days testable. */
#include <stdio.h>

#include "base/datetime.h"
#include "base/num.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "market/clock.h"
#include "market/due.h"

struct move {
    bool get, relative, real;
    int64_t by_ms, to_ms;
    int64_t now_ms; /* answer */
};

static struct err move_clock(struct ctx *c, void *arg) {
    struct move *m = arg;
    m->now_ms = c->now_ms;
    if (m->get)
        return NO_ERR;
    if (m->real) {
        m->now_ms = time_wall_ms();
        return clock_make_real(c, m->now_ms);
    }
    int64_t to_ms = m->to_ms;
    if (m->relative && !num_add(c->now_ms, m->by_ms, &to_ms))
        return err_make(c->arena, ERR_CLOCK, "clock", "that is too far; write fewer days");
    m->now_ms = to_ms;
    return clock_move(c, to_ms);
}

static struct err read_move(struct command_line *line, struct move *m) {
    struct str verb = str_c(line->args[0]);
    const char *value = line->arg_count > 1 ? line->args[1] : NULL;
    *m = (struct move){.get = str_is(verb, "get"), .real = str_is(verb, "real")};
    if ((m->get || m->real) && !value)
        return NO_ERR;
    if (str_is(verb, "advance") && value) {
        m->relative = true;
        if (num_parse_span(str_c(value), &m->by_ms))
            return NO_ERR;
        return err_make(line->arena, ERR_CLOCK, "clock",
                        "\"%s\" is no length of time; write 31d, 12h, 90m or 45s", value);
    }
    if (str_is(verb, "set") && value) {
        if (time_parse_iso(str_c(value), &m->to_ms))
            return NO_ERR;
        return err_make(line->arena, ERR_CLOCK, "clock",
                        "\"%s\" is no time; write 2026-12-24T00:00:00Z", value);
    }
    return err_make(line->arena, ERR_USAGE, "clock",
                    "write clock get, clock advance 31d, clock set 2026-12-24T00:00:00Z or clock "
                    "real");
}

int run_clock(struct command_line *line) {
    struct move m;
    struct opened o;
    struct err e = read_move(line, &m);
    if (failed(e))
        return command_fails(line, e);
    e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    e = m.get ? hitd_read(&o, 0, move_clock, &m) : hitd_write(&o, 0, move_clock, &m);
    if (!failed(e) && !m.get)
        e = due_all(o.store, o.arena, &o.ids);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    printf("%.*s\n", STR_ARG(time_iso(line->arena, m.now_ms)));
    return 0;
}
