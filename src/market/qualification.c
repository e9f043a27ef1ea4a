#include "market/qualification.h"

#include <assert.h>

#include "base/limits.h"
#include "formats/answer_key.h"
#include "formats/question_form.h"
#include "market/qualification_internal.h"
#include "market/words.h"
#include "store/sql.h"

/* ---- finding ---- */

static struct err no_type(struct ctx *c, struct str type_id) {
    return err_make(c->arena, ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST, "QualificationTypeId",
                    "QualificationType %.*s does not exist.", STR_ARG(type_id));
}

static int64_t or_none(int64_t value) {
    return value == SQL_NULL ? -1 : value;
}

static enum st read_row(struct ctx *c, int64_t id, struct qualification_type *t) {
    struct sql_qualification_type_row_out row;
    enum st st =
        sql_qualification_type_row(c->tx, &(struct sql_qualification_type_row_in){id}, &row);
    if (st != ST_OK)
        return st;
    *t = (struct qualification_type){
        .id = row.id,
        .type_id = ctx_id(c, ID_QUALIFICATION_TYPE, row.id, row.alias),
        .name = row.name,
        .description = row.description,
        .keywords = row.keywords,
        .active = row.active != 0,
        .system = row.requester == SQL_NULL,
        .deleted = row.deleted_ms != SQL_NULL,
        .requester = row.requester == SQL_NULL ? 0 : row.requester,
        .retry_s = or_none(row.retry_s),
        .test_s = or_none(row.test_s),
        .auto_granted = row.auto_granted != 0,
        .auto_value = row.auto_value,
        .created_ms = row.created_ms,
    };
    t->own = !t->system && t->requester == c->actor->party;
    t->test = row.test;
    t->answer_key = row.answer_key;
    return ST_OK;
}

struct err qualification_type_find(struct ctx *c, struct str type_id,
                                   struct qualification_type *t) {
    int64_t id = 0;
    enum st st = ST_OK;
    if (!id_open(c->ids, ID_QUALIFICATION_TYPE, type_id, &id)) {
        struct sql_qualification_type_by_alias_out found = {0};
        st = sql_qualification_type_by_alias(
            c->tx, &(struct sql_qualification_type_by_alias_in){type_id}, &found);
        id = found.id;
    }
    if (st == ST_OK)
        st = read_row(c, id, t);
    return st == ST_NONE ? no_type(c, type_id) : ctx_store(c, st);
}

static struct err not_deleted(struct ctx *c, const struct qualification_type *t) {
    if (!t->deleted)
        return NO_ERR;
    return err_make(c->arena, ERR_INVALID_QUALIFICATION_TYPE_STATE, "QualificationTypeId",
                    "This operation can be called with a status of: Active,Inactive");
}

struct err qualification_type_find_own(struct ctx *c, struct str type_id,
                                       struct qualification_type *t) {
    struct err e = qualification_type_find(c, type_id, t);
    if (!failed(e) && !t->own)
        e = err_make(c->arena, ERR_PERMISSION_DENIED, "QualificationTypeId",
                     "This user is not authorized to perform the requested operation.");
    return failed(e) ? e : not_deleted(c, t);
}

/* What others may not see of a type: its test is shown when it is taken, its key never. */
static void hide(struct qualification_type *t) {
    if (!t->own)
        t->test = t->answer_key = STR_NULL;
}

struct err qualification_type_get(struct ctx *c, struct str type_id,
                                  struct qualification_type *out) {
    struct err e = qualification_type_find(c, type_id, out);
    if (!failed(e))
        e = not_deleted(c, out);
    if (!failed(e))
        hide(out);
    return e;
}

struct err qualification_name(struct ctx *c, struct str type_id, struct str *name) {
    struct qualification_type t;
    struct err e = qualification_type_find(c, type_id, &t);
    *name = failed(e) ? type_id : t.name;
    return e.code == ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST ? NO_ERR : e;
}

/* ---- making and changing ---- */

static struct err excluded(struct ctx *c, const char *names) {
    return err_make(c->arena, ERR_INVALID_COMBINATION, NULL,
                    "The combination of parameters supplied to the request is invalid: %s.", names);
}

/* A type as it would be stored: do its parts fit together? */
static struct err check(struct ctx *c, const struct qualification_type *t, bool value_given) {
    if (t->test.p && t->test_s < 0)
        return err_make(c->arena, ERR_MISSING_PARAMETERS, "TestDurationInSeconds",
                        "Your request is missing required parameters. Required parameters include "
                        "TestDurationInSeconds.");
    if (!t->test.p && t->test_s >= 0)
        return excluded(c, "TestDurationInSeconds without Test");
    if (!t->test.p && t->answer_key.p)
        return excluded(c, "AnswerKey without Test");
    if (t->test.p && t->auto_granted)
        return excluded(c, "AutoGranted, Test");
    if (value_given && !t->auto_granted)
        return excluded(c, "AutoGrantedValue without AutoGranted");
    struct err e = NO_ERR;
    if (t->test.p)
        e = question_form_check(c->arena, t->test);
    if (!failed(e) && t->answer_key.p)
        e = answer_key_check(c->arena, t->answer_key, t->test);
    return e;
}

static int64_t or_null(int64_t value) {
    return value < 0 ? SQL_NULL : value;
}

struct err qualification_type_create(struct ctx *c, const struct qualification_type_in *in,
                                     struct qualification_type *out) {
    bool valued = in->auto_value != QUALIFICATION_NO_VALUE;
    *out = (struct qualification_type){
        .name = in->name,
        .description = in->description,
        .keywords = in->keywords.p ? in->keywords : STR(""),
        .active = in->active != 0,
        .own = true,
        .requester = c->actor->party,
        .retry_s = in->retry_s,
        .test_s = in->test_s,
        .test = in->test,
        .answer_key = in->answer_key,
        .auto_granted = in->auto_granted == 1,
        .auto_value = valued ? in->auto_value : 1,
        .created_ms = c->now_ms,
    };
    struct err e = check(c, out, valued);
    if (failed(e))
        return e;
    struct sql_qualification_type_add_in row = {
        .requester = out->requester,
        .name = out->name,
        .description = out->description,
        .keywords = out->keywords,
        .active = out->active,
        .retry_s = or_null(out->retry_s),
        .test = out->test,
        .test_s = or_null(out->test_s),
        .answer_key = out->answer_key,
        .auto_granted = out->auto_granted,
        .auto_value = out->auto_value,
        .created_ms = out->created_ms,
    };
    struct sql_qualification_type_add_out added;
    enum st st = sql_qualification_type_add(c->tx, &row, &added);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_QUALIFICATION_TYPE_ALREADY_EXISTS, "Name", "%s",
                        err_opening(ERR_QUALIFICATION_TYPE_ALREADY_EXISTS));
    if (st != ST_OK)
        return ctx_store(c, st);
    out->id = added.id;
    out->type_id = id_seal(c->arena, c->ids, ID_QUALIFICATION_TYPE, added.id);
    return NO_ERR;
}

static void change(struct qualification_type *t, const struct qualification_type_in *in) {
    if (in->description.p)
        t->description = in->description;
    if (in->active >= 0)
        t->active = in->active != 0;
    if (in->retry_s >= 0)
        t->retry_s = in->retry_s;
    if (in->test.p) {
        t->test = in->test;
        t->test_s = -1;
        t->answer_key = STR_NULL;
    }
    if (in->test_s >= 0)
        t->test_s = in->test_s;
    if (in->answer_key.p)
        t->answer_key = in->answer_key;
    if (in->auto_granted >= 0)
        t->auto_granted = in->auto_granted == 1;
    if (in->auto_value != QUALIFICATION_NO_VALUE)
        t->auto_value = in->auto_value;
}

struct err qualification_type_update(struct ctx *c, struct str type_id,
                                     const struct qualification_type_in *in,
                                     struct qualification_type *out) {
    struct err e = qualification_type_find_own(c, type_id, out);
    if (failed(e))
        return e;
    change(out, in);
    e = check(c, out, in->auto_value != QUALIFICATION_NO_VALUE);
    if (failed(e))
        return e;
    struct sql_qualification_type_put_in row = {
        .id = out->id,
        .description = out->description,
        .active = out->active,
        .retry_s = or_null(out->retry_s),
        .test = out->test,
        .test_s = or_null(out->test_s),
        .answer_key = out->answer_key,
        .auto_granted = out->auto_granted,
        .auto_value = out->auto_value,
    };
    return ctx_store(c, sql_qualification_type_put(c->tx, &row, NULL));
}

struct err qualification_type_remove(struct ctx *c, struct str type_id) {
    struct qualification_type t;
    struct err e = qualification_type_find_own(c, type_id, &t);
    if (failed(e))
        return e;
    struct sql_qualification_request_drop_all_in drop = {t.id, c->now_ms};
    enum st st = sql_qualification_request_drop_all(c->tx, &drop, NULL);
    if (st == ST_OK)
        st = sql_qualification_type_delete(
            c->tx, &(struct sql_qualification_type_delete_in){t.id, c->now_ms}, NULL);
    return ctx_store(c, st);
}

/* ---- the list ---- */

struct gather {
    const struct qualification_type_list_in *in;
    struct search words;
    int64_t ids[PAGE_MAX];
    int n;
};

/* What the two statements give of a type. */
struct candidate {
    int64_t id;
    bool system, active;
    struct str name, description, keywords;
};

static bool take(struct gather *g, const struct candidate *x) {
    if (g->in->requestable && (x->system || !x->active))
        return true;
    for (size_t i = 0; i < g->words.n; i++) {
        struct str word = g->words.items[i];
        if (!search_in(x->name, word) && !search_in(x->description, word) &&
            !search_in(x->keywords, word))
            return true;
    }
    g->ids[g->n++] = x->id;
    return g->n < g->in->limit;
}

static bool take_any(void *arg, const struct sql_qualification_types_out *row) {
    struct candidate x = {row->id,   row->requester == SQL_NULL, row->active != 0,
                          row->name, row->description,           row->keywords};
    return take(arg, &x);
}

static bool take_own(void *arg, const struct sql_qualification_types_own_out *row) {
    struct candidate x = {row->id,   row->requester == SQL_NULL, row->active != 0,
                          row->name, row->description,           row->keywords};
    return take(arg, &x);
}

struct err qualification_type_list(struct ctx *c, const struct qualification_type_list_in *in,
                                   struct qualification_type_list *out) {
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    struct gather g = {.in = in};
    struct qualification_type after = {.name = STR("")};
    search_read(in->query, &g.words);
    *out = (struct qualification_type_list){
        arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    enum st st = in->after ? read_row(c, in->after, &after) : ST_OK;
    if (st == ST_OK && in->own)
        st = sql_qualification_types_own_each(
            c->tx, &(struct sql_qualification_types_own_in){c->actor->party, after.name}, take_own,
            &g);
    else if (st == ST_OK)
        st = sql_qualification_types_each(
            c->tx, &(struct sql_qualification_types_in){after.name, in->after}, take_any, &g);
    for (int i = 0; i < g.n && st == ST_OK; i++) {
        st = read_row(c, g.ids[i], &out->items[out->n]);
        hide(&out->items[out->n++]);
    }
    return ctx_store(c, st);
}
