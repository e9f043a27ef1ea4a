/* batches, results, balance. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/datetime.h"
#include "hit/client.h"
#include "hit/commands.h"
#include "hit/list.h"

static void add_batch(struct table *t, const json_t *batch) {
    const json_t *n = json_object_get(batch, "assignments");
    struct arena *a = t->arena;
    long long undoable = json_number(batch, "undoable_rejections");
    const char *cells[] = {
        json_id(a, batch, "id"),
        json_text(batch, "name"),
        json_text(batch, "state"),
        arena_printf(a, "%lld", json_number(batch, "hits")),
        arena_printf(a, "%lld", json_number(n, "submitted")),
        arena_printf(a, "%lld", json_number(n, "approved")),
        arena_printf(a, "%lld", json_number(n, "rejected")),
        undoable ? arena_printf(a, "%lld until %s", undoable,
                                time_iso(a, json_number(batch, "undo_ends_ms")).p)
                 : "",
    };
    table_row(t, cells);
}

int run_batches(struct command_line *line) {
    static const char *const titles[] = {"Batch",      "Name",      "State",     ">HITs",
                                         ">Submitted", ">Approved", ">Rejected", "Can be undone"};
    struct table t = table_begin(line->arena, 8, titles);
    return print_list(line, "/v1/batches", "batches", add_batch, &t);
}

/* In the order of their names, as the signature wants them. */
static const char *results_query(struct command_line *line, struct client *c) {
    struct buf query = BUF_INIT;
    const char *dialect = option_value(line, "dialect"), *status = option_value(line, "status");
    if (dialect)
        buf_printf(&query, "dialect=%s&", client_escape(c, dialect));
    if (option_set(line, "extended"))
        buf_puts(&query, "extended=1&");
    if (status)
        buf_printf(&query, "status=%s&", client_escape(c, status));
    struct str kept = buf_dup(line->arena, &query);
    buf_free(&query);
    return kept.n ? str_z(line->arena, str_sub(kept, 0, kept.n - 1)) : NULL;
}

static struct err unwritable(struct command_line *line, const char *path) {
    return err_make(line->arena, ERR_USAGE, "output", "%s can not be written: %s", path,
                    strerror(errno));
}

static struct err fetch(struct command_line *line, struct client *c, FILE *to) {
    struct call call = {
        .method = "GET",
        .path = arena_printf(line->arena, "/v1/batches/%s/results.csv",
                             client_escape(c, line->args[0])),
        .query = results_query(line, c),
        .save = to,
        .progress = "receiving",
    };
    struct err e = client_call(c, &call);
    call_free(&call);
    return e;
}

/* Into a file beside the one that is wanted, which takes its name only when it is whole. */
static struct err fetch_file(struct command_line *line, struct client *c, const char *path) {
    const char *part = arena_printf(line->arena, "%s.part", path);
    FILE *f = fopen(part, "wb");
    if (!f)
        return unwritable(line, part);
    struct err e = fetch(line, c, f);
    bool written = !ferror(f);
    written = fclose(f) == 0 && written;
    if (!failed(e) && (!written || rename(part, path) != 0))
        e = unwritable(line, path);
    if (failed(e))
        unlink(part);
    return e;
}

int run_results(struct command_line *line) {
    struct client *c;
    struct err e = client_open(line, &c);
    if (failed(e))
        return command_fails(line, e);
    const char *path = option_value(line, "output");
    if (!path)
        path = arena_printf(line->arena, "Batch_%s_batch_results.csv", line->args[0]);
    bool to_stdout = strcmp(path, "-") == 0;
    e = to_stdout ? fetch(line, c, stdout) : fetch_file(line, c, path);
    if (!failed(e) && to_stdout && fflush(stdout) != 0)
        e = unwritable(line, "standard output");
    client_close(c);
    if (failed(e))
        return command_fails(line, e);
    if (!to_stdout)
        fprintf(stderr, "written: %s\n", path);
    return 0;
}

int run_balance(struct command_line *line) {
    struct client *c;
    struct err e = client_open(line, &c);
    if (failed(e))
        return command_fails(line, e);
    struct call call = {.method = "POST",
                        .path = "/",
                        .target = "GetAccountBalance",
                        .content_type = "application/x-amz-json-1.1",
                        .body = STR("{}")};
    json_t *json = NULL;
    e = client_call(c, &call);
    if (!failed(e))
        e = call_json(c, &call, &json);
    if (!failed(e) && option_set(line, "json"))
        printf("%.*s\n", STR_ARG(buf_view(&call.answer)));
    else if (!failed(e))
        printf("available  $%s\nheld       $%s\n", json_text(json, "AvailableBalance"),
               json_text(json, "OnHoldBalance"));
    json_decref(json);
    call_free(&call);
    client_close(c);
    return failed(e) ? command_fails(line, e) : 0;
}
