/* import: results files of the old service become read-only archives. Every cell is kept as it
 * stands; formats/old_results.h is asked what the rows mean. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/pack.h"
#include "base/sha256.h"
#include "formats/old_results.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "market/account.h"
#include "market/archive.h"

struct import {
    struct command_line *line;
    struct str email;
    struct archive_in in;
    struct archive_row *rows;
    size_t room;
    struct str last_hit;
    struct buf all; /* what the digest is made of: the header and the rows as they are kept */
    int64_t batch;
};

static struct str keep_packed(struct import *m, struct buf *b) {
    struct str kept = buf_dup(m->line->arena, b);
    buf_str(&m->all, kept);
    buf_free(b);
    return kept;
}

/* The header as downloads have it: fixed columns, Input.…, Answer.… */
static struct str header(struct import *m, const struct old_row *row) {
    struct buf b = BUF_INIT;
    struct arena *a = m->line->arena;
    for (int i = 0; i < RESULTS_FIXED; i++)
        pack_add(&b, str_c(RESULTS_NAMES[i]));
    for (size_t i = 0; i < row->n_inputs; i++)
        pack_add(&b, str_printf(a, "Input.%.*s", STR_ARG(row->inputs[i].name)));
    for (size_t i = 0; i < row->n_answers; i++)
        pack_add(&b, str_printf(a, "Answer.%.*s", STR_ARG(row->answers[i].name)));
    return keep_packed(m, &b);
}

static struct str cells(struct import *m, const struct old_row *row) {
    struct buf b = BUF_INIT;
    for (int i = 0; i < RESULTS_FIXED; i++)
        pack_add(&b, row->text[i]);
    for (size_t i = 0; i < row->n_inputs; i++)
        pack_add(&b, row->inputs[i].value);
    for (size_t i = 0; i < row->n_answers; i++)
        pack_add(&b, row->answers[i].value);
    return keep_packed(m, &b);
}

static void describe(struct import *m, const struct old_row *row) {
    struct arena *a = m->line->arena;
    struct str title = row->text[RESULTS_TITLE];
    m->in.header = header(m, row);
    m->in.title = str_dup(a, title.n ? title : STR("imported"));
    m->in.description = str_dup(a, row->text[RESULTS_DESCRIPTION]);
    m->in.keywords = str_dup(a, row->text[RESULTS_KEYWORDS]);
    m->in.annotation = str_dup(a, row->text[RESULTS_REQUESTER_ANNOTATION]);
    m->in.reward_cents = row->reward_cents == OLD_NONE ? 0 : row->reward_cents;
    m->in.created_ms = row->creation_ms == OLD_NONE ? 0 : row->creation_ms;
}

static void take_row(struct import *m, const struct old_row *row) {
    struct arena *a = m->line->arena;
    if (m->in.count == m->room) {
        m->room = m->room ? m->room * 2 : 256;
        struct archive_row *more = arena_array(a, m->room, sizeof(*more));
        if (m->in.count)
            memcpy(more, m->rows, m->in.count * sizeof(*more));
        m->rows = more;
    }
    if (m->in.count == 0)
        describe(m, row);
    if (!str_eq(m->last_hit, row->text[RESULTS_HIT_ID])) {
        m->last_hit = str_dup(a, row->text[RESULTS_HIT_ID]);
        m->in.hits++;
    }
    m->rows[m->in.count++] = (struct archive_row){
        .assignment_id = str_dup(a, row->text[RESULTS_ASSIGNMENT_ID]),
        .status = row->status == OLD_APPROVED   ? ASSIGNMENT_APPROVED
                  : row->status == OLD_REJECTED ? ASSIGNMENT_REJECTED
                                                : ASSIGNMENT_SUBMITTED,
        .cells = cells(m, row),
    };
    m->in.rows = m->rows;
}

static struct err read_rows(struct import *m, const char *path, int fd) {
    struct findings found;
    struct old_row row;
    enum csv_step step;
    const char *code;
    findings_init(&found, m->line->arena);
    struct old_results *r = old_results_open(source_fd(fd), &(struct old_options){0}, &found);
    while ((step = old_results_next(r, &row)) == CSV_ROW)
        take_row(m, &row); /* a value that can not be read is kept as it stands */
    const struct finding *refusal = findings_refusal(&found, &code);
    old_results_close(r);
    if (step == CSV_STOP)
        return err_make(m->line->arena, ERR_BAD_FILE, "FILE", "%s: %.*s", path,
                        STR_ARG(refusal ? refusal->message : STR("it can not be read")));
    return m->in.count ? NO_ERR
                       : err_make(m->line->arena, ERR_BAD_FILE, "FILE", "%s holds no rows", path);
}

static struct err import_rule(struct ctx *c, void *arg) {
    struct import *m = arg;
    struct party party;
    struct err e = account_by_email(c, m->email, &party);
    if (!failed(e) && party.role != ROLE_REQUESTER)
        e = err_make(c->arena, ERR_USAGE, "email", "%.*s is no requester", STR_ARG(m->email));
    if (failed(e))
        return e;
    struct actor actor = *c->actor;
    struct ctx own = *c;
    actor.party = party.id;
    actor.entrance = ENTRANCE_REPLAY;
    own.actor = &actor;
    return archive_import(&own, &m->in, &m->batch);
}

static struct err import_file(struct command_line *line, struct opened *o, const char *path,
                              struct import *m) {
    const char *slash = strrchr(path, '/');
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *m = (struct import){.line = line, .email = str_c(option_value(line, "email"))};
    m->in.name = str_printf(line->arena, "Imported: %s", slash ? slash + 1 : path);
    if (fd < 0)
        return err_make(line->arena, ERR_USAGE, "FILE", "%s can not be read: %s", path,
                        strerror(errno));
    struct err e = read_rows(m, path, fd);
    close(fd);
    m->in.file_digest = sha256_hex(line->arena, buf_view(&m->all));
    buf_free(&m->all);
    return failed(e) ? e : hitd_write(o, 0, import_rule, m);
}

int run_import(struct command_line *line) {
    struct opened o;
    struct import m;
    bool json = option_set(line, "json");
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    for (size_t i = 0; i < line->arg_count && !failed(e); i++) {
        e = import_file(line, &o, line->args[i], &m);
        if (!failed(e) && json)
            printf("{\"batch\":%lld,\"rows\":%zu,\"hits\":%lld}\n", (long long)m.batch, m.in.count,
                   (long long)m.in.hits);
        else if (!failed(e))
            fprintf(stderr, "batch %lld: %zu results of %lld tasks from %s\n", (long long)m.batch,
                    m.in.count, (long long)m.in.hits, line->args[i]);
    }
    hitd_close(&o);
    return failed(e) ? command_fails(line, e) : 0;
}
