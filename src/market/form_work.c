#include "market/form_work.h"

#include "base/limits.h"
#include "base/pack.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "formats/answer.h"
#include "formats/xml_out.h"
#include "market/decide.h"
#include "market/document.h"
#include "market/lookup.h"
#include "market/setting.h"
#include "store/sql.h"

/* Characters that are kept of a file's name and type. */
enum { FILE_WORDS_MAX = 200 };

struct err form_legacy(struct ctx *c, bool *allowed) {
    int64_t on = 0;
    struct err e = setting_int(c, "legacy_question_elements", &on);
    *allowed = on != 0;
    return e;
}

struct err form_load(struct ctx *c, int64_t document, struct question_form *form) {
    struct str body;
    struct err e = document_get(c, document, &body);
    /* What was published stays as it is, whatever the setting says since. */
    return failed(e) ? e : question_form_parse(c->arena, body, true, form);
}

/* What a browser said about a file, made fit for the store: no NUL, nothing endless. */
static struct str clean(struct arena *a, struct str s) {
    struct buf b = BUF_INIT;
    xml_put_clean(&b, s);
    struct str text = str_dup(a, utf8_clip(buf_view(&b), FILE_WORDS_MAX));
    buf_free(&b);
    return text;
}

/* A file's key is made of what it is the answer to and what it holds: the same form sent twice is
 * the same answer. */
static struct str key_of(struct ctx *c, int64_t assignment, const struct submit_file *f) {
    struct str digest = sha256_hex(c->arena, f->body);
    return str_sub(
        sha256_hex(c->arena, str_printf(c->arena, "%lld %.*s %.*s", (long long)assignment,
                                        STR_ARG(f->question), STR_ARG(digest))),
        0, 32);
}

static void take_names(struct arena *a, struct submit_in *in) {
    struct answer answer;
    struct str rest = in->fields;
    size_t max = 0;
    while (answer_next(&rest, &answer))
        max++;
    struct str *names = arena_array(a, max, sizeof *names);
    rest = in->fields;
    for (in->name_count = 0; answer_next(&rest, &answer);)
        names[in->name_count++] = answer.name;
    in->names = names;
}

struct err form_type(struct ctx *c, int64_t document, const struct submit_in *in,
                     int64_t assignment, struct submit_in *typed, struct submitted *out) {
    struct question_form *form = arena_new(c->arena, struct question_form);
    struct err e = form_load(c, document, form);
    if (failed(e))
        return e;
    struct submit_file *files = arena_array(c->arena, in->file_count, sizeof *files);
    struct form_upload *uploads = arena_array(c->arena, in->file_count, sizeof *uploads);
    for (size_t i = 0; i < in->file_count; i++) {
        files[i] = in->files[i];
        files[i].key = key_of(c, assignment, &files[i]);
        uploads[i] =
            (struct form_upload){files[i].question, files[i].key, (int64_t)files[i].body.n};
    }
    struct form_input input = {in->fields, uploads, in->file_count};
    *typed = *in;
    typed->files = files;
    out->form = form;
    out->mistakes = form_answer(c->arena, form, &input, &typed->fields);
    if (out->mistakes)
        return err_make(c->arena, ERR_BAD_ANSWER, str_z(c->arena, out->mistakes->question->id),
                        "%s", out->mistakes->message);
    take_names(c->arena, typed);
    return NO_ERR;
}

struct err form_keep_files(struct ctx *c, int64_t hit, int64_t assignment,
                           const struct submit_in *typed) {
    struct err e = NO_ERR;
    struct answer answer;
    for (struct str rest = typed->fields; rest.n && !failed(e) && answer_next(&rest, &answer);) {
        const struct submit_file *file = NULL;
        for (size_t i = 0; i < typed->file_count && !file; i++)
            if (str_eq(typed->files[i].question, answer.name))
                file = &typed->files[i];
        if (answer.kind != ANSWER_FILE || !file)
            continue;
        e = ctx_store(c, sql_upload_insert(c->tx,
                                           &(struct sql_upload_insert_in){
                                               .hit = hit,
                                               .assignment = assignment,
                                               .question = file->question,
                                               .file_key = file->key,
                                               .name = clean(c->arena, file->name),
                                               .type = clean(c->arena, file->type),
                                               .body = file->body,
                                           },
                                           NULL));
    }
    return e;
}

struct err form_drop_files(struct ctx *c, int64_t hit) {
    return ctx_store(c, sql_upload_drop(c->tx, &(struct sql_upload_drop_in){hit}, NULL));
}

/* ---- links ---- */

struct err file_link(struct ctx *c, struct str assignment_id, struct str question,
                     struct str *link) {
    struct assignment as;
    bool due;
    struct err e = assignment_get(c, assignment_id, &as, &due);
    if (failed(e))
        return e;
    struct sql_upload_find_out file;
    enum st st = sql_upload_find(c->tx, &(struct sql_upload_find_in){as.row, question}, &file);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "QuestionIdentifier",
                        "The assignment has no file for the question \"%.*s\".", STR_ARG(question));
    if (st != ST_OK)
        return ctx_store(c, st);
    *link = id_seal_until(c->arena, c->ids, ID_FILE_LINK, file.id, c->now_ms / 1000 + FILE_LINK_S);
    return NO_ERR;
}

struct err file_open(struct ctx *c, struct str link, struct file_body *out) {
    struct sql_upload_get_out file;
    int64_t row;
    enum st st = ST_NONE;
    if (id_open_until(c->ids, ID_FILE_LINK, link, c->now_ms / 1000, &row))
        st = sql_upload_get(c->tx, &(struct sql_upload_get_in){row}, &file);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL,
                        "There is no such file, or its address is over: it is good for %d seconds. "
                        "Ask for a new one.",
                        FILE_LINK_S);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct file_body){file.name, file.type, file.body};
    return NO_ERR;
}
