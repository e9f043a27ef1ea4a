#include "market/hit_type.h"

#include <assert.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/pack.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "market/bounds.h"
#include "market/fees.h"
#include "market/qualification.h"
#include "market/setting.h"
#include "store/sql.h"

/* ---- bounds, also for projects and publishing ---- */

struct err bounds_int(struct ctx *c, const char *field, int64_t value, const struct bounds *range) {
    if (value >= range->min && value <= range->max)
        return NO_ERR;
    return err_make(c->arena, ERR_OUT_OF_RANGE, field,
                    "The value %lld is invalid for %s. Valid values range from %lld to %lld.",
                    (long long)value, field, (long long)range->min, (long long)range->max);
}

struct err bounds_text(struct ctx *c, const char *field, struct str text,
                       const struct bounds *range) {
    if (!utf8_valid(text))
        return err_make(c->arena, ERR_INVALID_PARAMETER, field,
                        "The value of the parameter %s is not valid UTF-8.", field);
    int64_t n = (int64_t)utf8_length(text);
    if (n >= range->min && n <= range->max)
        return NO_ERR;
    struct str start = utf8_clip(text, 40);
    return err_make(c->arena, ERR_INVALID_PARAMETER, field,
                    "The value \"%.*s%s\" is not valid for the parameter %s. It has %lld "
                    "characters; %lld to %lld are allowed.",
                    STR_ARG(start), start.n < text.n ? "…" : "", field, (long long)n,
                    (long long)range->min, (long long)range->max);
}

struct err bounds_reward(struct ctx *c, int64_t cents) {
    int64_t max;
    struct err e = setting_int(c, "max_amount_cents", &max);
    if (failed(e) || (cents >= 0 && cents <= max))
        return e;
    return err_make(c->arena, ERR_OUT_OF_RANGE, "Reward",
                    "The value %.*s is invalid for Reward. Valid values range from 0.00 to %.*s.",
                    STR_ARG(money_wire(c->arena, cents)), STR_ARG(money_wire(c->arena, max)));
}

struct err bounds_type(struct ctx *c, const struct hit_type_in *in) {
    static const struct bounds title = {1, TITLE_MAX}, description = {1, DESCRIPTION_MAX},
                               keywords = {0, KEYWORDS_MAX},
                               duration = {DURATION_S_MIN, DURATION_S_MAX},
                               approval = {0, AUTO_APPROVAL_S_MAX};
    struct err e = bounds_text(c, "Title", in->title, &title);
    if (!failed(e))
        e = bounds_text(c, "Description", in->description, &description);
    if (!failed(e))
        e = bounds_text(c, "Keywords", in->keywords, &keywords);
    if (!failed(e))
        e = bounds_int(c, "AssignmentDurationInSeconds", in->duration_s, &duration);
    if (!failed(e))
        e = bounds_int(c, "AutoApprovalDelayInSeconds", in->auto_approval_s, &approval);
    return failed(e) ? e : bounds_reward(c, in->reward_cents);
}

/* ---- finding and making ---- */

/* Defaults filled in. */
enum { GROUP_BATCHES_MAX = 1000 }; /* batches looked through for one of a group */

static struct hit_type_in completed(const struct hit_type_in *in) {
    struct hit_type_in full = *in;
    if (!full.keywords.p)
        full.keywords = STR("");
    if (full.auto_approval_s < 0)
        full.auto_approval_s = AUTO_APPROVAL_S_MAX;
    return full;
}

static struct str digest_of(struct ctx *c, const struct hit_type_in *in, struct str sorted) {
    struct buf b = BUF_INIT;
    pack_add(&b, in->title);
    pack_add(&b, in->description);
    pack_add(&b, in->keywords);
    pack_add(&b, sorted);
    buf_printf(&b, "%lld,%lld,%lld", (long long)in->reward_cents, (long long)in->duration_s,
               (long long)in->auto_approval_s);
    struct str digest = sha256_hex(c->arena, buf_view(&b));
    buf_free(&b);
    return digest;
}

/* The next qualification that canonical requirements name: every id stands between
 * `"QualificationTypeId":"` and a quote. False when there are no more. */
static bool next_qualification(struct str *sorted, struct str *id) {
    static const struct str mark = {"\"QualificationTypeId\":\"", 23};
    ptrdiff_t at = str_find(*sorted, mark);
    if (at < 0)
        return false;
    *sorted = str_from(*sorted, (size_t)at + mark.n);
    *id = str_cut(sorted, '"');
    return true;
}

/* Each must exist and not be deleted; whose it is does not matter. */
static struct err check_qualifications(struct ctx *c, struct str sorted) {
    struct err e = NO_ERR;
    struct qualification_type t;
    for (struct str id; !failed(e) && next_qualification(&sorted, &id);)
        e = qualification_type_get(c, id, &t);
    return e;
}

/* Sum of the premium amounts of the requirements (2.4). */
static struct err premium_of(struct ctx *c, struct str sorted, int64_t *cents) {
    struct err e = NO_ERR;
    *cents = 0;
    for (struct str id; !failed(e) && next_qualification(&sorted, &id);) {
        int64_t one = 0;
        e = fee_premium(c, id, &one);
        *cents += one;
    }
    return e;
}

/* For ListHITsForQualificationType. */
static struct err note_qualifications(struct ctx *c, int64_t hit_type, struct str sorted) {
    enum st st = ST_OK;
    for (struct str id; st == ST_OK && next_qualification(&sorted, &id);)
        st = sql_hit_type_requirement_add(
            c->tx, &(struct sql_hit_type_requirement_add_in){hit_type, id}, NULL);
    return ctx_store(c, st);
}

static struct err add(struct ctx *c, struct str digest, const struct requirements *r,
                      struct hit_type *t) {
    struct err e = premium_of(c, r->sorted, &t->premium_cents);
    if (failed(e))
        return e;
    struct sql_hit_type_add_in in = {
        .requester = t->requester,
        .digest = digest,
        .title = t->title,
        .description = t->description,
        .keywords = t->keywords,
        .reward_cents = t->reward_cents,
        .duration_s = t->duration_s,
        .auto_approval_s = t->auto_approval_s,
        .requirements = t->requirements,
        .masters = t->masters,
        .premium_cents = t->premium_cents,
        .created_ms = t->created_ms,
        .alias = t->alias,
    };
    struct sql_hit_type_add_out out;
    enum st st = sql_hit_type_add(c->tx, &in, &out);
    if (st != ST_OK)
        return ctx_store(c, st);
    t->id = out.id;
    t->events = out.events;
    return note_qualifications(c, t->id, r->sorted);
}

struct err hit_type_make(struct ctx *c, const struct hit_type_in *given, struct hit_type *t) {
    struct hit_type_in in = completed(given);
    struct requirements r;
    struct err e = requirements_read(c, in.requirements, &r);
    if (!failed(e) && c->actor->entrance != ENTRANCE_REPLAY) /* those were the old service's */
        e = bounds_type(c, &in);
    if (!failed(e) && c->actor->entrance != ENTRANCE_REPLAY)
        e = check_qualifications(c, r.sorted);
    if (failed(e))
        return e;
    *t = (struct hit_type){
        .requester = c->actor->party,
        .title = in.title,
        .description = in.description,
        .keywords = in.keywords,
        .requirements = r.stored,
        .reward_cents = in.reward_cents,
        .duration_s = in.duration_s,
        .auto_approval_s = in.auto_approval_s,
        .masters = r.masters,
        .created_ms = c->now_ms,
        .alias = in.alias,
    };
    struct str digest = digest_of(c, &in, r.sorted);
    struct sql_hit_type_by_digest_in by = {c->actor->party, digest};
    struct sql_hit_type_by_digest_out found;
    enum st st = sql_hit_type_by_digest(c->tx, &by, &found);
    if (st == ST_NONE)
        return add(c, digest, &r, t);
    if (st != ST_OK)
        return ctx_store(c, st);
    t->id = found.id;
    t->premium_cents = found.premium_cents;
    t->open_hits = found.open_hits;
    t->events = found.events;
    t->created_ms = found.created_ms;
    t->requirements = found.requirements;
    t->alias = found.alias;
    return NO_ERR;
}

struct err hit_type_group(struct ctx *c, const struct hit_type_in *given,
                          struct hit_type_group *out) {
    struct hit_type_in in = completed(given);
    struct requirements r;
    *out = (struct hit_type_group){0};
    struct err e = requirements_read(c, in.requirements, &r);
    if (failed(e))
        return e;
    struct sql_hit_type_by_digest_in by = {c->actor->party, digest_of(c, &in, r.sorted)};
    struct sql_hit_type_by_digest_out found;
    enum st st = sql_hit_type_by_digest(c->tx, &by, &found);
    if (st == ST_NONE || (st == ST_OK && found.open_hits <= 0))
        return NO_ERR;
    struct sql_hit_type_batch_in newest = {c->actor->party, found.id, GROUP_BATCHES_MAX};
    struct sql_hit_type_batch_out batch;
    if (st == ST_OK)
        st = sql_hit_type_batch(c->tx, &newest, &batch);
    if (st == ST_OK)
        *out = (struct hit_type_group){found.open_hits, batch.id, batch.name};
    else if (st == ST_NONE)
        *out = (struct hit_type_group){.open_hits = found.open_hits};
    return ctx_store(c, st);
}

static enum st row(struct ctx *c, int64_t id, struct hit_type *t) {
    struct sql_hit_type_row_out out;
    enum st st = sql_hit_type_row(c->tx, &(struct sql_hit_type_row_in){id}, &out);
    if (st != ST_OK)
        return st;
    *t = (struct hit_type){
        .id = out.id,
        .requester = out.requester,
        .title = out.title,
        .description = out.description,
        .keywords = out.keywords,
        .requirements = out.requirements,
        .reward_cents = out.reward_cents,
        .duration_s = out.duration_s,
        .auto_approval_s = out.auto_approval_s,
        .premium_cents = out.premium_cents,
        .masters = out.masters,
        .open_hits = out.open_hits,
        .events = out.events,
        .created_ms = out.created_ms,
        .alias = out.alias,
    };
    return ST_OK;
}

struct err hit_type_find(struct ctx *c, struct str id, struct hit_type *t) {
    int64_t found = 0;
    enum st st = ST_OK;
    if (!id_open(c->ids, ID_HIT_TYPE, id, &found)) {
        struct sql_hit_type_by_alias_out out = {0};
        st = sql_hit_type_by_alias(c->tx, &(struct sql_hit_type_by_alias_in){id}, &out);
        found = out.id;
    }
    if (st == ST_OK)
        st = row(c, found, t);
    if (st == ST_NONE || (st == ST_OK && t->requester != c->actor->party))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "HITTypeId",
                        "The value \"%.*s\" is not valid for the parameter HITTypeId.",
                        STR_ARG(id));
    return ctx_store(c, st);
}

struct err hit_type_find_live(struct ctx *c, struct str id, struct hit_type *t) {
    struct err e = hit_type_find(c, id, t);
    if (!failed(e))
        e = check_qualifications(c, t->requirements);
    if (e.code == ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST) /* the old service's, by replay */
        return NO_ERR;
    if (e.code == ERR_INVALID_QUALIFICATION_TYPE_STATE)
        e = err_make(c->arena, ERR_INVALID_PARAMETER, "HITTypeId",
                     "The value \"%.*s\" is not valid for the parameter HITTypeId: a qualification "
                     "type that it asks for was deleted.",
                     STR_ARG(id));
    return e;
}

struct err hit_type_get(struct ctx *c, int64_t id, struct hit_type *t) {
    enum st st = row(c, id, t);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_HIT_TYPE_DOES_NOT_EXIST, NULL, "HITType %lld does not exist.",
                        (long long)id);
    return ctx_store(c, st);
}
