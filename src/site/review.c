/* A reviewed results file on the requester's pages: upload, plan, Yes or No, outcome
 * (requester-site 5.4-5.6, csv-formats 4). The same review as /v1/reviews and `hit review`; the
 * page prints the plan that market/review.c told. */
#include <jansson.h>
#include <time.h>

#include "app/planner.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/money.h"
#include "base/num.h"
#include "formats/reviewed.h"
#include "market/batch.h"
#include "market/choose.h"
#include "market/funds.h"
#include "market/review.h"
#include "site/results.h"
#include "site/rows.h"

/* From so many rejections on, or this share of the rows, the plan asks for a second look
 * (requester-site 12.2). */
enum { REJECTIONS_MANY = 20, REJECTIONS_MANY_PERCENT = 5 };

/* ---- the plan's JSON ---- */

static int64_t number(const json_t *json, const char *group, const char *name) {
    if (group)
        json = json_object_get(json, group);
    return json_integer_value(json_object_get(json, name));
}

static bool flag(const json_t *json, const char *group, const char *name) {
    return json_is_true(json_object_get(json_object_get(json, group), name));
}

static struct str text(struct arena *a, const json_t *json, const char *name) {
    const json_t *value = json_object_get(json, name);
    if (!json_is_string(value))
        return STR_NULL;
    return str_dup(a, (struct str){json_string_value(value), json_string_length(value)});
}

static const struct {
    const char *name; /* in the form and in the plan */
    enum review_option bit;
} ticks[] = {
    {"republish", REVIEW_REPUBLISH},     {"all_batches", REVIEW_ALL_BATCHES},
    {"same_reason", REVIEW_SAME_REASON}, {"rejected_since", REVIEW_REJECTED_SINCE},
    {"no_messages", REVIEW_NO_MESSAGES},
};
enum { TICKS = sizeof ticks / sizeof *ticks };

static int64_t options_of(const json_t *json) {
    int64_t options = 0;
    for (size_t i = 0; i < TICKS; i++)
        if (flag(json, "options", ticks[i].name))
            options |= ticks[i].bit;
    return options;
}

static json_t *read_json(struct str json) {
    return json_loadb(json.p, json.n, JSON_ALLOW_NUL, NULL);
}

/* ---- what both pages say about the batch ---- */

struct named_batch {
    int64_t id;
    struct batch_view view;
};

static struct err find_batch(struct ctx *ctx, void *arg) {
    struct named_batch *b = arg;
    if (!b->id) /* a selection over several batches */
        return NO_ERR;
    return batch_get(ctx, ctx->actor->party, b->id, &b->view);
}

static struct err batch_of_path(struct call *call, struct named_batch *b) {
    if (!batch_id_parse(call->params[0], &b->id))
        return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no batch %.*s.",
                        STR_ARG(call->params[0]));
    return NO_ERR;
}

/* ---- upload ---- */

static struct err show_upload_of(struct call *call, struct named_batch *b) {
    struct str code = str_c(call->form_err.field);
    struct tpl_upload page = {
        .batch = b->id,
        .batch_name = b->view.name,
        .ask_encoding = str_is(code, "U08"),
        .ask_tools = str_is(code, "U04"),
        .republish = page_ticked(call, "republish", false),
        .max_mib = (int64_t)(call->app->file_max >> 20),
    };
    return page_show(call, &(struct page){.title = "Upload results", .nav = NAV_R_RESULTS},
                     tpl_upload_view(&page));
}

static struct err show_upload(struct call *call, struct ctx *ctx) {
    struct named_batch b = {0};
    struct err e = batch_of_path(call, &b);
    if (!failed(e))
        e = find_batch(ctx, &b);
    return failed(e) ? e : show_upload_of(call, &b);
}

static struct err show_any_upload(struct call *call, struct ctx *ctx) {
    (void)ctx;
    return show_upload_of(call, &(struct named_batch){0});
}

static struct str review_url(struct call *call, struct str review) {
    return str_printf(call->req->arena, "/requester/reviews/%.*s", STR_ARG(review));
}

/* How unmarked rows of a Command Line Tools file are meant (csv-formats 4.2). */
static int tools_choice(struct call *call) {
    struct str word = form_get(&call->form, "tools");
    return str_is(word, "marked") ? REVIEWED_TOOLS_MARKED
           : str_is(word, "old")  ? REVIEWED_TOOLS_OLD
                                  : REVIEWED_TOOLS_ASK;
}

struct asked_left {
    struct str review;
    struct review_left found;
};

static struct err find_left(struct ctx *ctx, void *arg) {
    struct asked_left *l = arg;
    return review_left_of(ctx, ctx->actor->party, l->review, &l->found);
}

/* A large file: its page tells how far the plan is. Who need not wait for long goes to the plan at
 * once, or gets the form again with what is the matter. */
static struct err leave_upload(struct call *call, const struct review_upload *up) {
    enum { LOOK_MS = 40 };
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    struct app *app = call->app;
    struct asked_left asked = {.review = STR_NULL};
    struct err e = review_leave(app->store, app->ids, call->req->arena, up, &asked.review);
    if (failed(e))
        return e;
    planner_wake(app->planner);
    asked.found.left = true;
    for (int ms = 0; ms < PLAN_WITHIN_MS && asked.found.left; ms += LOOK_MS) {
        nanosleep(&pause, NULL);
        e = call_read(call, find_left, &asked);
        if (failed(e) || failed(asked.found.refusal))
            return failed(e) ? e : asked.found.refusal;
    }
    site_redirect(call, review_url(call, asked.review));
    return NO_ERR;
}

static struct err take_upload(struct call *call, int64_t batch) {
    struct app *app = call->app;
    const struct form_field *file = form_file(&call->form, "file");
    if (!file || (!file->filename.n && !file->value.n))
        return err_make(call->req->arena, ERR_BAD_REQUEST, "file",
                        "Choose the file with your marks first.");
    call->actor.entrance = ENTRANCE_FILE;
    struct str encoding = form_get(&call->form, "encoding");
    struct review_upload up = {
        .actor = &call->actor,
        .batch = batch,
        .file_name = file->filename.n ? file->filename : STR("upload.csv"),
        .file = file->value,
        .encoding = encoding.n ? encoding : STR_NULL,
        .tools = tools_choice(call),
        .bytes_max = app->file_max,
        .rows_max = app->file_rows_max,
        .choice = {.options = form_get(&call->form, "republish").n ? REVIEW_REPUBLISH : 0},
    };
    struct review_answer answer;
    if (up.file.n > PLAN_LATER_BYTES)
        return leave_upload(call, &up);
    struct err e = review_upload(app->store, app->ids, call->req->arena, &up, &answer);
    if (!failed(e))
        site_redirect(call, review_url(call, answer.review));
    return e;
}

static struct err upload(struct call *call) {
    struct named_batch b = {0};
    struct err e = batch_of_path(call, &b);
    return failed(e) ? e : take_upload(call, b.id);
}

static struct err upload_any(struct call *call) {
    return take_upload(call, 0);
}

/* ---- the plan ---- */

static void read_counts(const json_t *json, struct tpl_plan *p) {
    p->approve = number(json, "counts", "approve");
    p->reject = number(json, "counts", "reject");
    p->overturn = number(json, "counts", "overturn");
    p->blank = number(json, "counts", "no_change");
    p->no_op = number(json, "counts", "no_op");
    p->refused = number(json, "counts", "refused");
    p->other_batch = number(json, "counts", "other_batch");
    p->duplicates = number(json, "counts", "duplicates");
    p->not_funded = number(json, "counts", "not_funded");
    p->needs_reason = number(json, "counts", "needs_reason");
    p->same_reason = number(json, "counts", "same_reason");
    p->rejected_since = number(json, "counts", "rejected_since");
    p->republished = number(json, "counts", "republished");
    p->new_slots = number(json, "counts", "new_slots");
    p->nothing = p->approve + p->reject + p->overturn == 0;
    /* whoever ticked some rows has just looked at them */
    p->many_rejections =
        p->reject > REJECTIONS_MANY ||
        (p->reject && !p->selection.n && p->reject * 100 > p->rows * REJECTIONS_MANY_PERCENT);
    p->stays = p->blank + p->no_op + p->other_batch + p->duplicates > 0;
}

static void read_money(struct arena *a, const json_t *json, struct tpl_plan *p) {
    const json_t *classes = json_object_get(json, "classes");
    p->approve_workers = number(classes, "approve", "workers");
    p->approve_cents = number(classes, "approve", "reward");
    p->approve_fees = number(classes, "approve", "fee");
    p->reject_workers = number(classes, "reject", "workers");
    p->overturn_workers = number(classes, "overturn", "workers");
    p->overturn_rewards = number(classes, "overturn", "reward");
    p->overturn_fees = number(classes, "overturn", "fee");
    p->rewards = number(json, "cents", "rewards");
    p->fees = number(json, "cents", "fees");
    p->from_held = number(json, "cents", "from_held");
    p->from_available = number(json, "cents", "from_available");
    p->released = number(json, "cents", "released");
    p->republish_cents = number(json, "cents", "republish");
    p->available = number(json, "cents", "available");
    p->shortfall = number(json, "cents", "shortfall");
    p->shortfall_amount = money_wire(a, p->shortfall);
    p->after = p->available + p->released - p->from_available;
}

static void read_choices(struct arena *a, const json_t *json, struct tpl_plan *p) {
    p->mode = text(a, json, "mode");
    p->republish = flag(json, "options", "republish");
    p->all_batches = flag(json, "options", "all_batches");
    p->take_same_reason = flag(json, "options", "same_reason");
    p->take_rejected_since = flag(json, "options", "rejected_since");
    p->no_messages = flag(json, "options", "no_messages");
    p->reason = text(a, json_object_get(json, "options"), "reason");
}

struct asked_message {
    struct str review, message;
};

static struct err find_message(struct ctx *ctx, void *arg) {
    struct asked_message *m = arg;
    return review_message(ctx, ctx->actor->party, m->review, &m->message);
}

static void read_texts(struct arena *a, const json_t *json, struct tpl_plan *p) {
    const json_t *list = json_object_get(json, "reasons"), *row;
    size_t i;
    struct tpl_plan_reasons *reasons = arena_array(a, json_array_size(list), sizeof *reasons);
    json_array_foreach(list, i, row) reasons[i] =
        (struct tpl_plan_reasons){text(a, row, "reason"), number(row, NULL, "rows")};
    p->reasons = reasons;
    p->reasons_n = json_array_size(list);
    list = json_object_get(json, "messages");
    struct tpl_plan_messages *messages = arena_array(a, json_array_size(list), sizeof *messages);
    json_array_foreach(list, i, row) messages[i] =
        (struct tpl_plan_messages){text(a, row, "message"), number(row, NULL, "rows")};
    p->messages = messages;
    p->messages_n = json_array_size(list);
    list = json_object_get(json, "warnings");
    struct tpl_plan_warnings *warnings = arena_array(a, json_array_size(list), sizeof *warnings);
    json_array_foreach(list, i, row) warnings[i].text =
        str_dup(a, (struct str){json_string_value(row), json_string_length(row)});
    p->warnings = warnings;
    p->warnings_n = json_array_size(list);
}

static void read_faults(struct arena *a, const json_t *json, struct tpl_plan *p) {
    const json_t *list = json_object_get(json, "codes"), *row;
    size_t i;
    struct tpl_plan_codes *codes = arena_array(a, json_array_size(list), sizeof *codes);
    json_array_foreach(list, i, row) codes[i] = (struct tpl_plan_codes){
        .code = text(a, row, "code"),
        .rows = number(row, NULL, "rows"),
        .first_line = number(row, NULL, "first_line"),
        .message = text(a, row, "message"),
        .remedy = text(a, row, "remedy"),
    };
    p->codes = codes;
    p->codes_n = json_array_size(list);
    list = json_object_get(json, "refused");
    struct tpl_plan_faults *faults = arena_array(a, json_array_size(list), sizeof *faults);
    json_array_foreach(list, i, row) faults[i] = (struct tpl_plan_faults){
        .line = number(row, NULL, "line"),
        .assignment_id = text(a, row, "assignment_id"),
        .worker_id = text(a, row, "worker_id"),
        .code = text(a, row, "code"),
        .message = text(a, row, "message"),
    };
    p->faults = faults;
    p->faults_n = json_array_size(list);
}

/* What the workers of a selection are told: shown with "Yes", and sent with it. */
static struct err fill_message(struct call *call, struct tpl_plan *p) {
    struct asked_message asked = {.review = p->review};
    p->takes_message = str_is(p->selection, "approve") || str_is(p->selection, "undo");
    if (!p->takes_message)
        return NO_ERR;
    struct err e = call_read(call, find_message, &asked);
    p->message = page_field(
        call, &(struct tpl_field){
                  .name = STR("message"),
                  .label = STR("Message to the workers (optional)"),
                  .hint = str_is(p->selection, "undo")
                              ? STR("Each of them reads it beside the reason of the rejection, "
                                    "which stays. Left empty, they are told only that it is "
                                    "undone and paid.")
                              : STR("Each of them reads it with the approved work."),
                  .type = STR("textarea"),
                  .value = asked.message.p ? asked.message : STR(""),
                  .rows = 2,
                  .maxlength = REASON_MAX,
              });
    return e;
}

/* Rows shifted against each other: no choice mends such a file. */
static bool shifted(const struct tpl_plan *p) {
    return str_starts(p->blocked, STR("U25"));
}

static struct err show_plan(struct call *call, const json_t *json,
                            const struct named_batch *batch) {
    struct arena *a = call->req->arena;
    const json_t *file = json_object_get(json, "file");
    struct tpl_plan p = {
        .review = text(a, json, "review"),
        .batch = batch->id,
        .batch_name = batch->view.name,
        .file = text(a, file, "name"),
        .selection = text(a, json, "selection"),
        .rows = number(file, NULL, "rows"),
        .encoding = text(a, file, "encoding"),
        .separator = text(a, file, "separator"),
        .token = text(a, json, "token"),
        .applicable = json_is_true(json_object_get(json, "applicable")),
        .blocked = text(a, json, "blocked"),
        .window_ends = number(json, NULL, "window_ends_ms"),
        .rejections_end = number(json, NULL, "rejections_end_ms"),
        .expires = number(json, NULL, "expires_ms"),
    };
    read_counts(json, &p);
    read_money(a, json, &p);
    read_choices(a, json, &p);
    read_texts(a, json, &p);
    read_faults(a, json, &p);
    p.others_block = p.blocked.n && str_is(p.mode, "all") && p.refused && !shifted(&p);
    p.ask_reason = p.others_block && p.needs_reason;
    struct err e = fill_message(call, &p);
    return failed(e)
               ? e
               : page_show(call,
                           &(struct page){.title = "Apply this review?", .nav = NAV_R_RESULTS},
                           tpl_plan_view(&p));
}

struct undoable {
    struct str review;
    struct choose_undoable found;
    struct choose_blocked blocked;
};

static struct err find_undoable(struct ctx *ctx, void *arg) {
    struct undoable *u = arg;
    struct err e = choose_undoable(ctx, u->review, &u->found);
    return failed(e) ? e : choose_blocked(ctx, u->review, &u->blocked);
}

static struct err show_outcome(struct call *call, const json_t *json,
                               const struct named_batch *batch) {
    struct tpl_outcome p = {
        .review = text(call->req->arena, json, "review"),
        .batch = batch->id,
        .batch_name = batch->view.name,
        .applied = number(json, NULL, "applied_ms"),
        .selection = text(call->req->arena, json, "selection"),
        .approved = number(json, "counts", "approved"),
        .rejected = number(json, "counts", "rejected"),
        .overturned = number(json, "counts", "overturned"),
        .unchanged = number(json, "counts", "unchanged"),
        .refused = number(json, "counts", "refused"),
        .new_slots = number(json, "counts", "new_slots"),
        .rewards = number(json, "cents", "rewards"),
        .fees = number(json, "cents", "fees"),
        .from_held = number(json, "cents", "from_held"),
        .from_available = number(json, "cents", "from_available"),
        .released = number(json, "cents", "released"),
        .republish = number(json, "cents", "republish"),
        .available = number(json, "cents", "available"),
    };
    struct undoable undo = {.review = p.review};
    struct err e = call_read(call, find_undoable, &undo);
    if (failed(e))
        return e;
    p.undoable = undo.found.rejections;
    p.undo_first = undo.found.first_end_ms;
    struct tpl_outcome_blocked blocked[CHOOSE_BLOCKED_MAX];
    for (size_t i = 0; i < undo.blocked.n; i++)
        blocked[i].worker_id = undo.blocked.worker_ids[i];
    p.blocked = blocked;
    p.blocked_n = undo.blocked.n;
    return page_show(call, &(struct page){.title = "Applied", .nav = NAV_R_RESULTS},
                     tpl_outcome_view(&p));
}

static struct err show_answer(struct call *call, const struct review_answer *answer) {
    json_t *json = read_json(answer->json);
    struct named_batch batch = {.id = number(json, NULL, "batch")};
    struct err e = call_read(call, find_batch, &batch);
    if (!failed(e))
        e = answer->applied ? show_outcome(call, json, &batch) : show_plan(call, json, &batch);
    json_decref(json);
    return e;
}

static struct err find_funds(struct ctx *ctx, void *arg) {
    return funds_balance(ctx, ctx->actor->party, arg);
}

/* A plan that money was missing for is made again once there is other money: who comes back from a
 * deposit finds "Yes" open (money-and-lifecycle 8.8). */
static struct err plan_after_deposit(struct call *call, struct review_answer *answer) {
    struct app *app = call->app;
    json_t *json = read_json(answer->json);
    struct review_choice choice = {
        .options = options_of(json),
        .reason = text(call->req->arena, json_object_get(json, "options"), "reason"),
    };
    struct funds funds = {0};
    bool missing = number(json, "cents", "shortfall") > 0;
    struct err e = missing ? call_read(call, find_funds, &funds) : NO_ERR;
    bool other = missing && funds.balances.avail != number(json, "cents", "available");
    json_decref(json);
    if (failed(e) || !other)
        return e;
    return review_plan(app->store, app->ids, call->req->arena, &call->actor, call->params[0],
                       &choice, answer);
}

/* ---- a plan on its way ---- */

static int64_t percent_of(const struct review_progress *p) {
    int64_t percent = p->total > 0 ? p->done * 100 / p->total : 0;
    return percent > 100 ? 100 : percent;
}

static struct err show_planning(struct call *call, const struct review_left *left) {
    static const char *const steps[] = {
        [REVIEW_WAITS] = "waits",
        [REVIEW_READS] = "reads",
        [REVIEW_KEEPS] = "keeps",
        [REVIEW_JUDGES] = "judges",
    };
    struct named_batch batch = {.id = left->batch};
    struct err e = call_read(call, find_batch, &batch);
    if (failed(e))
        return e;
    const struct review_progress *p = &left->progress;
    struct tpl_planning page = {
        .review = call->params[0],
        .batch = batch.id,
        .batch_name = batch.view.name,
        .file = left->file_name,
        .step = str_c(steps[p->step]),
        .rows = p->rows,
        .percent = percent_of(p),
        .known = p->step == REVIEW_READS || p->step == REVIEW_KEEPS,
    };
    return page_show(call, &(struct page){.title = "Planning", .nav = NAV_R_RESULTS, .live = true},
                     tpl_planning_view(&page));
}

/* The form again, for the same batch. */
static struct err show_refused(struct call *call, const struct review_left *left) {
    struct named_batch batch = {.id = left->batch};
    struct err e = call_read(call, find_batch, &batch);
    if (failed(e) || site_wants_json(call->req))
        return failed(e) ? e : left->refusal;
    call->form_err = left->refusal;
    return show_upload_of(call, &batch);
}

static struct err show_review(struct call *call) {
    struct app *app = call->app;
    struct review_answer answer;
    struct asked_left asked = {.review = call->params[0]};
    call->actor.entrance = ENTRANCE_FILE;
    struct err e = call_read(call, find_left, &asked);
    if (!failed(e) && failed(asked.found.refusal))
        return show_refused(call, &asked.found);
    if (!failed(e) && asked.found.left)
        return show_planning(call, &asked.found);
    if (!failed(e))
        e = review_get(app->store, app->ids, call->req->arena, call->actor.party, call->params[0],
                       &answer);
    if (!failed(e) && !answer.applied)
        e = plan_after_deposit(call, &answer);
    return failed(e) ? e : show_answer(call, &answer);
}

/* ---- Yes, No, and another choice ---- */

/* A button beside what is the matter: one change to what the form below says. */
static void take_offer(struct str offer, struct review_choice *choice) {
    if (str_is(offer, "eligible"))
        choice->mode = MODE_ELIGIBLE;
    else if (str_is(offer, "funded"))
        choice->mode = MODE_FUNDED;
    for (size_t i = 0; i < TICKS; i++)
        if (str_is(offer, ticks[i].name))
            choice->options |= ticks[i].bit;
}

static struct err plan_again(struct call *call) {
    struct app *app = call->app;
    struct str mode = form_get(&call->form, "mode");
    struct review_choice choice = {
        .mode = str_is(mode, "eligible") ? MODE_ELIGIBLE
                : str_is(mode, "funded") ? MODE_FUNDED
                                         : MODE_ALL,
        .reason = str_trim(form_get(&call->form, "reason")),
    };
    for (size_t i = 0; i < TICKS; i++)
        if (form_get(&call->form, ticks[i].name).n)
            choice.options |= ticks[i].bit;
    take_offer(form_get(&call->form, "offer"), &choice);
    struct review_answer answer;
    call->actor.entrance = ENTRANCE_FILE;
    struct err e = review_plan(app->store, app->ids, call->req->arena, &call->actor,
                               call->params[0], &choice, &answer);
    if (!failed(e))
        site_redirect(call, review_url(call, call->params[0]));
    return e;
}

/* The plan again, with the message that can not be sent. */
static struct err show_again(struct call *call, struct err refused) {
    struct review_answer answer;
    struct app *app = call->app;
    struct err e = review_get(app->store, app->ids, call->req->arena, call->actor.party,
                              call->params[0], &answer);
    if (failed(e))
        return e;
    call->form_err = refused;
    return show_answer(call, &answer);
}

static struct err commit(struct call *call) {
    struct app *app = call->app;
    struct review_answer answer = {.json = STR_NULL};
    struct str token = form_get(&call->form, "token");
    struct review_yes yes = {token.p ? token : STR(""), form_get(&call->form, "message")};
    call->actor.entrance = ENTRANCE_FILE;
    struct err e = review_commit(app->store, app->ids, call->req->arena, &call->actor,
                                 call->params[0], &yes, &answer);
    if (e.code == ERR_PLAN_STALE && answer.json.p) {
        page_flash(call, FLASH_WARN,
                   "Nothing has moved: the world has changed since the plan was made. This is the "
                   "plan as it would be now; please read it again.");
        e = NO_ERR;
    } else if (e.code == ERR_PLAN_BLOCKED && answer.json.p) {
        page_flash(call, FLASH_BAD, "Nothing has moved. %s", e.detail ? e.detail : "");
        e = NO_ERR;
    }
    if (e.code == ERR_INVALID_PARAMETER && !site_wants_json(call->req))
        return show_again(call, e);
    if (!failed(e))
        site_redirect(call, review_url(call, call->params[0]));
    return e;
}

static struct err drop(struct call *call) {
    struct app *app = call->app;
    struct review_answer answer;
    struct err e = review_get(app->store, app->ids, call->req->arena, call->actor.party,
                              call->params[0], &answer);
    if (failed(e))
        return e;
    if (answer.applied) {
        page_flash(call, FLASH_INFO, "This review has been applied already.");
        site_redirect(call, review_url(call, call->params[0]));
        return NO_ERR;
    }
    json_t *json = read_json(answer.json);
    int64_t batch = number(json, NULL, "batch");
    bool selection = json_is_string(json_object_get(json, "selection"));
    json_decref(json);
    e = review_drop(app->store, app->ids, call->req->arena, call->actor.party, call->params[0]);
    if (failed(e))
        return e;
    page_flash(call, FLASH_INFO, "Nothing has changed; the plan was thrown away.");
    site_redirect(call, batch ? site_batch_url(call->req->arena, batch, selection ? "/results" : "")
                              : STR("/requester/undo"));
    return NO_ERR;
}

/* The rejections of an applied review become a selection, planned like any other. */
static struct err undo(struct call *call) {
    struct app *app = call->app;
    struct review_answer answer;
    struct choose_in in = {
        .actor = &call->actor,
        .what = CHOOSE_UNDO_REVIEW,
        .verdict = VERDICT_OVERTURN,
        .review = call->params[0],
    };
    call->actor.entrance = ENTRANCE_PAGE;
    struct err e = choose_plan(app->store, app->ids, call->req->arena, &in, &answer);
    if (!failed(e))
        site_redirect(call, review_url(call, answer.review));
    return e;
}

/* ---- the outcome file ---- */

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

static bool produce(struct http_sink *out, void *arg) {
    struct call *call = arg;
    struct review_outcome_in in = {call->actor.party, call->params[0]};
    struct err e =
        review_outcome(call->app->store, call->app->ids, call->req->arena, &in, sink, out);
    if (failed(e))
        log_error("%s: outcome of review %.*s: %s", call->req->id, STR_ARG(call->params[0]),
                  e.detail);
    return !failed(e);
}

static struct err outcome_file(struct call *call) {
    struct review_answer answer;
    struct app *app = call->app;
    struct err e = review_get(app->store, app->ids, call->req->arena, call->actor.party,
                              call->params[0], &answer);
    if (failed(e))
        return e;
    call->type = "text/csv; charset=utf-8";
    call_header(call, "Content-Disposition",
                str_printf(call->req->arena, "attachment; filename=\"Outcome_%.*s.csv\"",
                           STR_ARG(answer.review)));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call->produce = produce;
    call->produce_arg = call;
    return NO_ERR;
}

const struct route site_review_rows[] = {
    {.method = "GET",
     .pattern = "/requester/batches/{batch}/upload",
     .help = "The form for a reviewed file of this batch.",
     .may = MAY_REVIEW,
     .kind = CALL_READ,
     .run = show_upload},
    {.method = "POST",
     .pattern = "/requester/batches/{batch}/upload",
     .help = "Takes the file and plans it; nothing moves.",
     .may = MAY_REVIEW,
     .flags = ROUTE_UPLOAD,
     .kind = CALL_SLOW,
     .slow = upload,
     .form = show_upload},
    {.method = "GET",
     .pattern = "/requester/upload",
     .help = "The form for a reviewed file, whichever batch it is of.",
     .may = MAY_REVIEW,
     .kind = CALL_READ,
     .run = show_any_upload},
    {.method = "POST",
     .pattern = "/requester/upload",
     .help = "Takes the file, finds its batch, and plans it; nothing moves.",
     .may = MAY_REVIEW,
     .flags = ROUTE_UPLOAD,
     .kind = CALL_SLOW,
     .slow = upload_any,
     .form = show_any_upload},
    {.method = "GET",
     .pattern = "/requester/reviews/{review}",
     .help = "The plan, or the outcome when it was applied.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = show_review},
    {.method = "POST",
     .pattern = "/requester/reviews/{review}/plan",
     .help = "Plans the same file again, meant in another way.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = plan_again},
    {.method = "POST",
     .pattern = "/requester/reviews/{review}/commit",
     .help = "Yes: applies the plan of that token, once.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = commit},
    {.method = "POST",
     .pattern = "/requester/reviews/{review}/drop",
     .help = "No: throws the upload away.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = drop},
    {.method = "POST",
     .pattern = "/requester/reviews/{review}/undo",
     .help = "Plans to undo the rejections of an applied review; nothing moves.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = undo},
    {.method = "GET",
     .pattern = "/requester/reviews/{review}/outcome.csv",
     .help = "The uploaded file with what became of each line.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = outcome_file},
    {.method = NULL},
};
