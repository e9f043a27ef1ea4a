/* init, migrate, check, backup, restore. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/json.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "market/check.h"
#include "market/clock.h"

struct clock_choice {
    bool simulated;
    int64_t start_ms;
};

static struct err choose_clock(struct ctx *c, void *arg) {
    const struct clock_choice *choice = arg;
    return clock_choose(c, choice->simulated, choice->start_ms);
}

static struct err read_clock_choice(struct command_line *line, struct clock_choice *choice) {
    const char *kind = option_value(line, "clock");
    *choice = (struct clock_choice){.simulated = kind && strcmp(kind, "simulated") == 0,
                                    .start_ms = time_wall_ms() / 1000 * 1000};
    if (kind && !choice->simulated && strcmp(kind, "real") != 0)
        return err_make(line->arena, ERR_USAGE, "clock",
                        "--clock is \"%s\"; it must be real or simulated", kind);
    return NO_ERR;
}

int run_init(struct command_line *line) {
    struct clock_choice choice;
    struct opened o;
    int applied = 0;
    struct err e = read_clock_choice(line, &choice);
    if (!failed(e))
        e = hitd_open_raw(line, true, &o);
    if (failed(e))
        return command_fails(line, e);
    e = store_migrate(o.store, o.arena, &applied);
    if (!failed(e))
        e = hitd_read_keys(&o);
    if (!failed(e))
        e = hitd_write(&o, 0, choose_clock, &choice);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    fprintf(stderr, applied ? "%s is ready\n" : "%s was ready before; nothing changed\n", o.url);
    return 0;
}

int run_migrate(struct command_line *line) {
    struct opened o;
    int applied = 0;
    struct err e = hitd_open_raw(line, false, &o);
    if (failed(e))
        return command_fails(line, e);
    e = store_migrate(o.store, o.arena, &applied);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    fprintf(stderr, applied ? "%d migrations applied\n" : "up to date\n", applied);
    return 0;
}

struct check_state {
    bool json;
    struct json j;
    int64_t violations;
};

static void print_violation(void *arg, struct str line) {
    struct check_state *s = arg;
    if (s->json)
        json_str(&s->j, line);
    else
        printf("%.*s\n", STR_ARG(line));
}

static struct err check_rule(struct ctx *c, void *arg) {
    struct check_state *s = arg;
    return check_run(c, print_violation, s, &s->violations);
}

int run_check(struct command_line *line) {
    struct opened o;
    struct buf b = BUF_INIT;
    struct check_state s = {.json = option_set(line, "json"), .j = json_begin(&b)};
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    if (s.json) {
        json_open_object(&s.j);
        json_key(&s.j, "violations");
        json_open_array(&s.j);
    }
    e = hitd_read(&o, 0, check_rule, &s);
    hitd_close(&o);
    if (s.json && !failed(e)) {
        json_end(&s.j);
        json_kv_int(&s.j, "count", s.violations);
        json_end(&s.j);
        printf("%.*s\n", STR_ARG(buf_view(&b)));
    }
    buf_free(&b);
    if (failed(e))
        return command_fails(line, e);
    if (s.violations)
        return command_complains(line, "%lld violations", (long long)s.violations);
    fprintf(stderr, "the book balances and every counter is right\n");
    return 0;
}

static void show_progress(void *arg, int64_t done, int64_t total) {
    const int64_t *began_us = arg;
    if (total > 0 && isatty(STDERR_FILENO) && time_monotonic_us() - *began_us > 1000000)
        fprintf(stderr, "\r%3d %%%s", (int)(done * 100 / total), done == total ? "\n" : "");
}

int run_backup(struct command_line *line) {
    struct opened o;
    int64_t began_us = time_monotonic_us();
    struct err e = hitd_open_raw(line, false, &o);
    if (failed(e))
        return command_fails(line, e);
    e = store_backup(o.store, o.arena, line->args[0], show_progress, &began_us);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    fprintf(stderr, "%s is a verified copy; keep %.*s beside it, the access keys need it\n",
            line->args[0], STR_ARG(secret_path(line->arena, str_c(o.url))));
    return 0;
}

/* A restored store is a copy of the backup, made by the same verified way, under a new name. */
static struct err copy_back(struct command_line *line, const char *url) {
    struct store *backup;
    const char *from = arena_printf(line->arena, "sqlite:%s", line->args[0]);
    struct str path = str_c(url);
    int64_t began_us = time_monotonic_us();
    if (!str_starts(path, STR("sqlite:")))
        return err_make(line->arena, ERR_USAGE, "store",
                        "%s is no SQLite store; restore a PostgreSQL dump with pg_restore", url);
    path = str_from(path, strlen("sqlite:"));
    const char *to = path.n ? path.p : "hitd.db";
    if (access(line->args[0], R_OK) != 0)
        return err_make(line->arena, ERR_USAGE, "FILE", "%s can not be read: %s", line->args[0],
                        strerror(errno));
    struct err e =
        store_open(line->arena, from, &(struct store_options){.read_only = true}, &backup);
    if (failed(e))
        return e;
    bool is_new = true;
    e = store_is_new(backup, line->arena, &is_new);
    if (!failed(e) && is_new)
        e = err_make(line->arena, ERR_USAGE, "FILE", "%s is no backup of a store", line->args[0]);
    if (!failed(e))
        e = store_backup(backup, line->arena, to, show_progress, &began_us);
    store_close(backup);
    return e;
}

int run_restore(struct command_line *line) {
    const char *url = option_value(line, "store");
    struct err e = copy_back(line, url);
    if (failed(e))
        return command_fails(line, e);
    fprintf(stderr, "%s is restored; now run hitd check --store %s\n", url, url);
    return 0;
}
