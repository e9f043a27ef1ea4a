/* replay: a results file becomes a live batch. Reads the file (formats/old_results.h) into rows of
 * market/replay.h, with all of their texts in one arena, and runs them as one transaction. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/json.h"
#include "base/money.h"
#include "base/pack.h"
#include "formats/old_results.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "market/account.h"
#include "market/replay.h"

struct mapped {
    struct str worker_id, email;
    int64_t party;
};

struct file {
    struct command_line *line;
    struct opened o;
    struct replay_row *rows;
    size_t count, room;
    struct str columns;
    struct mapped *map;
    size_t map_count;
    struct str email;
    struct replay_in in;
    struct replay_out out;
};

static int64_t or_else(int64_t v, int64_t fallback) {
    return v == OLD_NONE ? fallback : v;
}

static struct str keep(struct file *f, struct str s) {
    return str_dup(f->line->arena, s.p ? s : STR(""));
}

static struct str pack_inputs(struct file *f, const struct old_row *row, bool names) {
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < row->n_inputs; i++)
        pack_add(&b, names ? row->inputs[i].name : row->inputs[i].value);
    struct str kept = buf_dup(f->line->arena, &b);
    buf_free(&b);
    return kept;
}

/* The answer: a field that was not submitted leaves no trace in a file but an empty cell, and an
 * empty cell is shown for both; it is not stored. Values of one name stand joined by '|' in the
 * file, and can not be told from a text with a bar in it: they stay one value. */
static void take_answers(struct file *f, const struct old_row *row, struct replay_row *to) {
    struct buf b = BUF_INIT;
    struct str *names = arena_array(f->line->arena, row->n_answers, sizeof(*names));
    for (size_t i = 0; i < row->n_answers; i++) {
        if (!row->answers[i].given)
            continue;
        names[to->name_count++] = keep(f, row->answers[i].name);
        pack_add(&b, row->answers[i].name);
        pack_add(&b, STR("1"));
        pack_add(&b, row->answers[i].value);
    }
    to->names = names;
    to->fields = buf_dup(f->line->arena, &b);
    buf_free(&b);
}

static void take_times(const struct old_row *row, struct replay_row *to) {
    int64_t week_ms = INT64_C(604800000);
    to->created_ms = or_else(row->creation_ms, 0);
    to->accepted_ms = or_else(row->accept_ms, 0);
    to->submitted_ms = or_else(row->submit_ms, 0);
    to->approved_ms = or_else(row->approval_ms, 0);
    to->rejected_ms = or_else(row->rejection_ms, 0);
    int64_t latest = to->accepted_ms > to->created_ms ? to->accepted_ms : to->created_ms;
    to->expires_ms = or_else(row->expiration_ms, latest + week_ms);
}

static enum assignment_status status_of(enum old_status status) {
    return status == OLD_APPROVED   ? ASSIGNMENT_APPROVED
           : status == OLD_REJECTED ? ASSIGNMENT_REJECTED
                                    : ASSIGNMENT_SUBMITTED;
}

static struct replay_row *add_row(struct file *f) {
    if (f->count == f->room) {
        f->room = f->room ? f->room * 2 : 256;
        struct replay_row *more = arena_array(f->line->arena, f->room, sizeof(*more));
        if (f->count)
            memcpy(more, f->rows, f->count * sizeof(*more));
        f->rows = more;
    }
    return &f->rows[f->count++];
}

static void take_row(struct file *f, const struct old_row *row) {
    struct replay_row *to = add_row(f);
    *to = (struct replay_row){
        .line = row->line,
        .hit_id = keep(f, row->text[RESULTS_HIT_ID]),
        .hit_type_id = keep(f, row->text[RESULTS_HIT_TYPE_ID]),
        .assignment_id = keep(f, row->text[RESULTS_ASSIGNMENT_ID]),
        .worker_id = keep(f, row->text[RESULTS_WORKER_ID]),
        .title = keep(f, row->text[RESULTS_TITLE]),
        .description = keep(f, row->text[RESULTS_DESCRIPTION]),
        .keywords = keep(f, row->text[RESULTS_KEYWORDS]),
        .annotation = keep(f, row->text[RESULTS_REQUESTER_ANNOTATION]),
        .feedback = keep(f, row->text[RESULTS_REQUESTER_FEEDBACK]),
        .vars = pack_inputs(f, row, false),
        .reward_cents = or_else(row->reward_cents, 0),
        .max_assignments = or_else(row->max_assignments, 1),
        .duration_s = or_else(row->duration_s, 3600),
        .auto_approval_s = or_else(row->auto_approval_s, 2592000),
        .status = status_of(row->status),
    };
    if (f->count == 1)
        f->columns = pack_inputs(f, row, true);
    take_answers(f, row, to);
    take_times(row, to);
}

static struct err stopped(struct file *f, const struct findings *found) {
    const char *code;
    const struct finding *first = findings_refusal(found, &code);
    return err_make(f->line->arena, ERR_BAD_FILE, "FILE", "%s: %.*s", f->line->args[0],
                    STR_ARG(first ? first->message : STR("the file can not be read")));
}

static struct err read_rows(struct file *f, int fd) {
    struct findings found;
    struct old_row row;
    struct err e = NO_ERR;
    enum csv_step step = CSV_END;
    findings_init(&found, f->line->arena);
    struct old_results *r = old_results_open(source_fd(fd), &(struct old_options){0}, &found);
    while (!failed(e) && (step = old_results_next(r, &row)) == CSV_ROW) {
        if (row.code)
            e = err_make(f->line->arena, ERR_BAD_FILE, "FILE", "%s, line %lld: %.*s",
                         f->line->args[0], (long long)row.line, STR_ARG(row.fault));
        else
            take_row(f, &row);
    }
    if (!failed(e) && step == CSV_STOP)
        e = stopped(f, &found);
    old_results_close(r);
    return e;
}

static struct err read_file(struct file *f) {
    int fd = open(f->line->args[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_make(f->line->arena, ERR_USAGE, "FILE", "%s can not be read: %s",
                        f->line->args[0], strerror(errno));
    struct err e = read_rows(f, fd);
    close(fd);
    return e;
}

/* --map: lines of "WorkerId,e-mail address"; a header line is passed over. */
static struct err read_map(struct file *f, const char *path) {
    char text[1024];
    size_t room = 0;
    FILE *in = fopen(path, "r");
    if (!in)
        return err_make(f->line->arena, ERR_USAGE, "map", "%s can not be read: %s", path,
                        strerror(errno));
    while (fgets(text, sizeof(text), in)) {
        struct str rest = str_trim(str_c(text)), id = str_cut(&rest, ',');
        if (!rest.p || str_chr(rest, '@') < 0)
            continue;
        if (f->map_count == room) {
            room = room ? room * 2 : 64;
            struct mapped *more = arena_array(f->line->arena, room, sizeof(*more));
            if (f->map_count)
                memcpy(more, f->map, f->map_count * sizeof(*more));
            f->map = more;
        }
        f->map[f->map_count++] = (struct mapped){keep(f, str_trim(id)), keep(f, str_trim(rest)), 0};
    }
    fclose(in);
    return NO_ERR;
}

static int64_t worker_of(void *arg, struct str worker_id) {
    const struct file *f = arg;
    for (size_t i = 0; i < f->map_count; i++)
        if (str_eq(f->map[i].worker_id, worker_id))
            return f->map[i].party;
    return 0;
}

static struct err run_rules(struct ctx *c, void *arg) {
    struct file *f = arg;
    struct party party;
    struct err e = account_by_email(c, f->email, &party);
    if (!failed(e) && party.role != ROLE_REQUESTER)
        e = err_make(c->arena, ERR_USAGE, "email", "%.*s is no requester", STR_ARG(f->email));
    f->in.requester = party.id;
    for (size_t i = 0; i < f->map_count && !failed(e); i++) {
        e = account_by_email(c, f->map[i].email, &party);
        f->map[i].party = party.id;
        if (!failed(e) && party.role != ROLE_WORKER)
            e = err_make(c->arena, ERR_USAGE, "map", "%.*s is no worker", STR_ARG(f->map[i].email));
    }
    return failed(e) ? e : replay_run(c, &f->in, &f->out);
}

static void print_out(const struct file *f) {
    const struct replay_out *o = &f->out;
    struct arena *a = f->line->arena;
    if (!option_set(f->line, "json")) {
        fprintf(stderr,
                "batch %lld: %lld assignments of %lld tasks by %lld new workers; %lld approved by "
                "hand, %lld by the clock, %lld rejected, %lld rejections undone; deposited %s; the "
                "file's time ends at %s\n",
                (long long)o->last_batch, (long long)o->assignments, (long long)o->hits,
                (long long)o->workers, (long long)o->approved, (long long)o->by_clock,
                (long long)o->rejected, (long long)o->overturned,
                money_dollars(a, o->deposit_cents).p, time_iso(a, o->last_ms).p);
        return;
    }
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_int(&j, "batch", o->last_batch);
    json_kv_int(&j, "batches", o->batches);
    json_kv_int(&j, "hits", o->hits);
    json_kv_int(&j, "assignments", o->assignments);
    json_kv_int(&j, "workers", o->workers);
    json_kv_int(&j, "deposit_cents", o->deposit_cents);
    json_kv_int(&j, "first_ms", o->first_ms);
    json_kv_int(&j, "last_ms", o->last_ms);
    json_end(&j);
    printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_free(&b);
}

int run_replay(struct command_line *line) {
    struct file f = {.line = line, .email = str_c(option_value(line, "email"))};
    const char *map = option_value(line, "map"), *slash = strrchr(line->args[0], '/');
    struct err e = read_file(&f);
    if (!failed(e) && map)
        e = read_map(&f, map);
    if (failed(e))
        return command_fails(line, e);
    struct str name = str_c(slash ? slash + 1 : line->args[0]);
    ptrdiff_t dot = str_chr(name, '.');
    f.in = (struct replay_in){
        .name = dot > 0 ? str_sub(name, 0, (size_t)dot) : name,
        .columns = f.columns.p ? f.columns : STR(""),
        .rows = f.rows,
        .count = f.count,
        .worker_of = worker_of,
        .arg = &f,
    };
    e = hitd_open(line, &f.o);
    if (failed(e))
        return command_fails(line, e);
    e = hitd_write(&f.o, 0, run_rules, &f);
    hitd_close(&f.o);
    if (failed(e))
        return command_fails(line, e);
    print_out(&f);
    return 0;
}
