/* review: upload a reviewed results file, show what would happen, ask, do it, fetch the outcome
 * (requester-site 5.4 and 5.5 in a terminal). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/money.h"
#include "hit/client.h"
#include "hit/commands.h"
#include "hit/list.h"

enum { EXIT_REFUSED = 3, EXIT_NO = 4 };

struct review {
    struct command_line *line;
    struct client *client;
    json_t *plan; /* or the outcome, once applied */
    const char *id;
};

static const char *dollars(const struct review *r, long long cents) {
    return money_dollars(r->line->arena, cents).p;
}

/* In the order of their names, as the signature wants them. */
static const char *upload_query(const struct review *r) {
    static const struct {
        const char *option, *name;
    } rows[] = {
        {"all-batches", "all_batches"},
        {"batch", "batch"},
        {"encoding", "encoding"},
        {"mode", "mode"},
        {NULL, "name"}, /* of the file */
        {"no-messages", "no_messages"},
        {"reason", "reason"},
        {"approve-changed", "rejected_since"},
        {"republish", "republish"},
        {"approve-same-reason", "same_reason"},
        {"tools", "tools"},
    };
    struct buf query = BUF_INIT;
    const char *slash = strrchr(r->line->args[0], '/');
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *value = rows[i].option ? option_value(r->line, rows[i].option)
                                           : (slash ? slash + 1 : r->line->args[0]);
        if (value)
            buf_printf(&query, "%s%s=%s", query.n ? "&" : "", rows[i].name,
                       value[0] ? client_escape(r->client, value) : "1");
    }
    const char *kept = str_z(r->line->arena, buf_view(&query));
    buf_free(&query);
    return kept;
}

/* Keeps the answer of a call as r->plan. */
static struct err take_plan(struct review *r, struct call *call) {
    json_t *json;
    struct err e = call_json(r->client, call, &json);
    if (failed(e))
        return e;
    const json_t *inner = json_object_get(json, "plan"); /* 409 wraps the fresh plan */
    json_t *kept = inner ? json_deep_copy(inner) : json_incref(json);
    json_decref(json);
    json_decref(r->plan);
    r->plan = kept;
    r->id = json_id(r->line->arena, r->plan, "review");
    return NO_ERR;
}

static struct err upload(struct review *r) {
    struct str body;
    struct err e = file_view(r->line, r->line->args[0], &body);
    if (failed(e))
        return e;
    struct call call = {
        .method = "POST",
        .path = "/v1/reviews",
        .query = upload_query(r),
        .content_type = "text/csv",
        .body = body,
        .progress = "uploading",
    };
    e = client_call(r->client, &call);
    if (!failed(e))
        e = take_plan(r, &call);
    call_free(&call);
    return e;
}

static void plan_line(const struct review *r, struct table *t, const char *what,
                      const char *class) {
    const json_t *c = json_object_get(json_object_get(r->plan, "classes"), class);
    long long rows = json_number(json_object_get(r->plan, "counts"), class);
    if (!rows)
        return;
    const char *cells[] = {what, arena_printf(t->arena, "%lld", rows),
                           dollars(r, json_number(c, "reward")), dollars(r, json_number(c, "fee")),
                           dollars(r, json_number(c, "reward") + json_number(c, "fee"))};
    if (!c)
        cells[2] = cells[3] = cells[4] = "";
    table_row(t, cells);
}

static void print_money(const struct review *r) {
    const json_t *c = json_object_get(r->plan, "cents");
    printf("\n  from held       %s\n  from available  %s\n",
           dollars(r, json_number(c, "from_held")), dollars(r, json_number(c, "from_available")));
    if (json_number(c, "released"))
        printf("  released        %s\n", dollars(r, json_number(c, "released")));
    printf("  available       %s\n", dollars(r, json_number(c, "available")));
    if (json_number(c, "shortfall"))
        printf("  missing         %s   (U31: deposit it, then upload again)\n",
               dollars(r, json_number(c, "shortfall")));
    long long ends = json_number(r->plan, "window_ends_ms");
    if (ends)
        printf("  the first of these rejections can be undone until %s\n",
               time_iso(r->line->arena, ends).p);
}

static void print_faults(const struct review *r) {
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(r->plan, "refused"), i, row) {
        if (i == 0)
            printf("\nNot possible:\n");
        printf("  line %lld %s %s: %s %s\n", json_number(row, "line"),
               json_text(row, "assignment_id"), json_text(row, "code"), json_text(row, "message"),
               json_text(row, "remedy"));
    }
    json_array_foreach(json_object_get(r->plan, "warnings"), i, row) {
        const char *text = json_string_value(row);
        printf("%s  %s\n", i == 0 ? "\nWarnings:\n" : "", text ? text : json_text(row, "message"));
    }
}

static void print_plan(const struct review *r) {
    static const char *const heads[] = {"", ">Rows", ">Rewards", ">Fees", ">Sum"};
    struct table t = table_begin(r->line->arena, 5, heads);
    plan_line(r, &t, "Approve", "approve");
    plan_line(r, &t, "Reject", "reject");
    plan_line(r, &t, "Approve previously rejected", "overturn");
    plan_line(r, &t, "No change", "no_change");
    plan_line(r, &t, "Already so", "no_op");
    plan_line(r, &t, "Not possible", "refused");
    table_print(&t);
    print_money(r);
    print_faults(r);
    if (json_number(json_object_get(r->plan, "counts"), "overturn"))
        printf("\nApproving rejected work pays the workers now and can not be taken back.\n");
    if (!json_is_true(json_object_get(r->plan, "applicable")))
        printf("\nNothing can be applied so: %s\n", json_text(r->plan, "blocked"));
    fflush(stdout);
}

static bool ask(const struct review *r) {
    char answer[16] = "";
    if (option_set(r->line, "yes"))
        return true;
    if (!isatty(STDIN_FILENO))
        fprintf(stderr, "Apply? (yes/no) ");
    else
        fprintf(stderr, "\nApply this? Type yes or no: ");
    if (!fgets(answer, sizeof(answer), stdin))
        return false;
    return str_ieq(str_trim(str_c(answer)), STR("yes")) ||
           str_ieq(str_trim(str_c(answer)), STR("y"));
}

/* 0: applied; 1: the world has moved on, r->plan is a fresh plan; or an error. */
static struct err commit(struct review *r, bool *stale) {
    struct buf body = BUF_INIT;
    buf_printf(&body, "{\"token\":\"%s\"}", json_text(r->plan, "token"));
    struct call call = {
        .method = "POST",
        .path = arena_printf(r->line->arena, "/v1/reviews/%s/commit", r->id),
        .content_type = "application/json",
        .body = buf_view(&body),
    };
    struct err e = client_call(r->client, &call);
    *stale = call.status == 409;
    if (!failed(e) || *stale)
        e = take_plan(r, &call);
    call_free(&call);
    buf_free(&body);
    return e;
}

static const char *outcome_path(const struct review *r) {
    const char *path = option_value(r->line, "outcome");
    if (path)
        return path;
    struct str file = str_c(r->line->args[0]);
    if (str_ends(file, STR(".csv")))
        file.n -= 4;
    return arena_printf(r->line->arena, "%.*s.outcome.csv", STR_ARG(file));
}

static struct err fetch_outcome(const struct review *r, const char *path) {
    FILE *f = fopen(path, "wb");
    if (!f)
        return err_make(r->line->arena, ERR_USAGE, "outcome", "%s can not be written: %s", path,
                        strerror(errno));
    struct call call = {
        .method = "GET",
        .path = arena_printf(r->line->arena, "/v1/reviews/%s/outcome.csv", r->id),
        .save = f,
        .progress = "receiving",
    };
    struct err e = client_call(r->client, &call);
    call_free(&call);
    if (fclose(f) != 0 && !failed(e))
        e = err_make(r->line->arena, ERR_USAGE, "outcome", "%s can not be written: %s", path,
                     strerror(errno));
    return e;
}

static void print_outcome(const struct review *r) {
    const json_t *n = json_object_get(r->plan, "counts");
    const json_t *c = json_object_get(r->plan, "cents");
    printf("Done: %lld approved, %lld rejected, %lld rejections undone, %lld unchanged, "
           "%lld refused.\n",
           json_number(n, "approved"), json_number(n, "rejected"), json_number(n, "overturned"),
           json_number(n, "unchanged"), json_number(n, "refused"));
    printf("Paid %s to workers and %s in fees.\n", dollars(r, json_number(c, "rewards")),
           dollars(r, json_number(c, "fees")));
}

static int finish(struct review *r) {
    const char *path = outcome_path(r);
    if (option_set(r->line, "json"))
        json_dumpf(r->plan, stdout, JSON_COMPACT), printf("\n");
    else
        print_outcome(r);
    struct err e = fetch_outcome(r, path);
    if (failed(e))
        return command_complains(r->line, "applied, but the outcome file failed: %s", e.detail);
    fprintf(stderr, "outcome of each line: %s\n", path);
    return 0;
}

static int decide(struct review *r) {
    bool stale = true;
    while (stale) {
        if (!option_set(r->line, "json"))
            print_plan(r);
        else if (option_set(r->line, "plan"))
            json_dumpf(r->plan, stdout, JSON_COMPACT), printf("\n");
        if (!json_is_true(json_object_get(r->plan, "applicable")))
            return EXIT_REFUSED;
        if (option_set(r->line, "plan"))
            return 0;
        if (!ask(r)) {
            fprintf(stderr, "Nothing was changed.\n");
            return EXIT_NO;
        }
        struct err e = commit(r, &stale);
        if (failed(e))
            return command_fails(r->line, e);
        if (stale && option_set(r->line, "yes"))
            return command_complains(r->line, "the world has moved on since the plan was made; "
                                              "nothing was changed, run it again");
        if (stale)
            fprintf(stderr, "The world has moved on; this is the fresh plan:\n\n");
    }
    return finish(r);
}

int run_review(struct command_line *line) {
    struct review r = {.line = line};
    struct err e = client_open(line, &r.client);
    if (failed(e))
        return command_fails(line, e);
    e = upload(&r);
    int status = failed(e) ? command_fails(line, e) : decide(&r);
    json_decref(r.plan);
    client_close(r.client);
    return status;
}
