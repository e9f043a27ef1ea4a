#include "review_steps.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "market/decide.h"

const char reason[] = "Not what was asked for";

/* ---- files ---- */

struct sheet sheet(struct market *m) {
    struct sheet s = {m, BUF_INIT};
    buf_puts(&s.text, "AssignmentId,HITId,AssignmentStatus,Approve,Reject\r\n");
    return s;
}

void sheet_id(struct sheet *s, struct str id, const char *approve, const char *reject) {
    buf_printf(&s->text, "%.*s,,,\"%s\",\"%s\"\r\n", STR_ARG(id), approve, reject);
}

void sheet_row(struct sheet *s, int64_t assignment, const char *approve, const char *reject) {
    sheet_id(s, market_assignment_id(s->m, assignment), approve, reject);
}

struct sheet approving(struct market *m, const int64_t *assignments, int n) {
    struct sheet s = sheet(m);
    for (int i = 0; i < n; i++)
        sheet_row(&s, assignments[i], "x", "");
    return s;
}

/* ---- the five calls ---- */

static struct actor file_of(int64_t requester) {
    return (struct actor){.entrance = ENTRANCE_FILE, .party = requester, .detail = STR("test")};
}

struct err upload_bytes(struct market *m, int64_t requester, const struct bytes *file,
                        struct review_choice choice, struct review_answer *out) {
    struct actor actor = file_of(requester);
    struct review_upload in = {
        .actor = &actor,
        .choice = choice,
        .file_name = STR("reviewed.csv"),
        .file = file->file,
        .encoding = str_c(file->encoding),
    };
    return review_upload(m->f.store, &m->ids, m->arena, &in, out);
}

struct err try_upload(int64_t requester, struct sheet *s, struct review_choice choice,
                      struct review_answer *out) {
    struct bytes file = {.file = buf_dup(s->m->arena, &s->text)};
    buf_free(&s->text);
    return upload_bytes(s->m, requester, &file, choice, out);
}

struct review_answer upload(int64_t requester, struct sheet s, struct review_choice choice) {
    struct review_answer a;
    expect(try_upload(requester, &s, choice, &a), ERR_OK);
    assert_false(a.applied);
    return a;
}

struct err plan(struct market *m, int64_t requester, struct str review, struct review_choice choice,
                struct review_answer *out) {
    struct actor actor = file_of(requester);
    return review_plan(m->f.store, &m->ids, m->arena, &actor, review, &choice, out);
}

struct err commit(struct market *m, int64_t requester, const struct review_answer *planned,
                  struct review_answer *out) {
    struct actor actor = file_of(requester);
    *out = (struct review_answer){.applied = false};
    return review_commit(m->f.store, &m->ids, m->arena, &actor, planned->review,
                         &(struct review_yes){.token = planned->token}, out);
}

struct err get(struct market *m, int64_t requester, struct str review, struct review_answer *out) {
    return review_get(m->f.store, &m->ids, m->arena, requester, review, out);
}

struct err drop(struct market *m, int64_t requester, struct str review) {
    return review_drop(m->f.store, &m->ids, m->arena, requester, review);
}

static bool keep_bytes(void *arg, const void *p, size_t n) {
    buf_add(arg, p, n);
    return true;
}

struct err outcome(struct market *m, int64_t requester, struct str review, struct str *file) {
    struct buf b = BUF_INIT;
    struct review_outcome_in in = {requester, review};
    struct err e = review_outcome(m->f.store, &m->ids, m->arena, &in, keep_bytes, &b);
    *file = buf_dup(m->arena, &b);
    buf_free(&b);
    return e;
}

/* ---- looking ---- */

static json_t *parse(const struct review_answer *a) {
    json_t *root = json_loadb(a->json.p, a->json.n, 0, NULL);
    assert_non_null(root);
    return root;
}

int64_t figure(const struct review_answer *a, const char *object, const char *name) {
    json_t *root = parse(a);
    json_t *value = json_object_get(object ? json_object_get(root, object) : root, name);
    if (!json_is_integer(value))
        fail_msg("there is no number %s.%s in %.*s", object ? object : "", name, STR_ARG(a->json));
    int64_t n = json_integer_value(value);
    json_decref(root);
    return n;
}

int64_t count(const struct review_answer *a, const char *name) {
    return figure(a, "counts", name);
}

int64_t cents(const struct review_answer *a, const char *name) {
    return figure(a, "cents", name);
}

struct str refused_code(struct market *m, const struct review_answer *a) {
    json_t *root = parse(a);
    const char *code = json_string_value(
        json_object_get(json_array_get(json_object_get(root, "refused"), 0), "code"));
    struct str copy = str_dup(m->arena, str_c(code ? code : ""));
    json_decref(root);
    return copy;
}

int64_t status_of(struct market *m, int64_t assignment) {
    return market_number(m, "SELECT status FROM assignment WHERE id = %lld", (long long)assignment);
}

void clean(struct market *m) {
    struct str lines;
    if (market_violations(m, &lines))
        fail_msg("%.*s", STR_ARG(lines));
}

struct still look(struct market *m) {
    return (struct still){
        market_number(m, "SELECT COUNT(*) FROM transfer"),
        market_number(m, "SELECT COUNT(*) FROM decision"),
        market_number(m, "SELECT SUM(version) FROM assignment"),
    };
}

void expect_still(struct market *m, struct still before) {
    struct still now = look(m);
    assert_int_equal(now.transfers, before.transfers);
    assert_int_equal(now.decisions, before.decisions);
    assert_int_equal(now.versions, before.versions);
    clean(m);
}

static struct str line_of(struct str file, int64_t n) {
    struct str line = str_cut(&file, '\n');
    for (int64_t i = 1; i < n; i++)
        line = str_cut(&file, '\n');
    return line;
}

void expect_line(struct str file, int64_t line, const char *word, const char *code) {
    struct str text = line_of(file, line);
    char want[64];
    snprintf(want, sizeof want, ",\"%s\",\"%s", word, code);
    if (str_find(text, str_c(want)) < 0)
        fail_msg("line %lld is %.*s; want %s", (long long)line, STR_ARG(text), want);
}

/* ---- work to review ---- */

void begin(struct cast *k, enum fixture_kind kind, int64_t deposit) {
    market_open(&k->m, kind);
    k->r = market_requester(&k->m, "rita");
    market_deposit(&k->m, k->r, deposit);
}

int64_t submitted(struct cast *k, int64_t *work, int n) {
    int64_t hit = market_hit(&k->m, k->r, &(struct hit_plan){.reward_cents = 5, .max = n});
    for (int i = 0; i < n; i++) {
        int64_t party = market_number(&k->m, "SELECT COUNT(*) FROM party");
        int64_t w = market_worker(&k->m, arena_printf(k->m.arena, "w%lld", (long long)party));
        work[i] = market_work(&k->m, w, hit);
    }
    return hit;
}

int64_t rejected(struct cast *k, int64_t *work, int n) {
    int64_t hit = submitted(k, work, n);
    for (int i = 0; i < n; i++)
        market_reject(&k->m, k->r, work[i]);
    return hit;
}

void leave(struct cast *k, int64_t avail) {
    int64_t have = market_balance(&k->m, k->r, ACCOUNT_AVAIL);
    if (have > avail)
        market_refund(&k->m, k->r, have - avail);
    else if (have < avail)
        market_deposit(&k->m, k->r, avail - have);
}

static struct err delete_rule(struct ctx *c, void *arg) {
    return hit_delete(c, *(struct str *)arg);
}

struct err delete_hit(struct cast *k, int64_t hit) {
    struct str id = market_hit_id(&k->m, hit);
    return market_write(&k->m, k->r, delete_rule, &id);
}

static struct err approve_rule(struct ctx *c, void *arg) {
    struct decided out;
    return decide_approve(c, arg, &out);
}

void approve_alone(struct cast *k, int64_t assignment) {
    struct decide_in in = {.assignment_id = market_assignment_id(&k->m, assignment),
                           .override_rejection = true};
    expect(market_write(&k->m, k->r, approve_rule, &in), ERR_OK);
}
