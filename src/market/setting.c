#include "market/setting.h"

#include <assert.h>

#include "base/limits.h"
#include "base/num.h"
#include "market/audit.h"
#include "store/sql.h"

const struct setting SETTINGS[] = {
    {"fees", "on", "on, or off for use in a house of one's own", 0, 0, "off"},
    {"fee_base_pct", "20", "percent of the reward", 0, 1000, NULL},
    {"fee_many_pct", "20", "more percent from fee_many_from assignments on", 0, 1000, NULL},
    {"fee_many_from", "10", "from so many assignments of a HIT on; fixed when it is made", 1,
     ASSIGNMENTS_MAX, NULL},
    {"fee_masters_pct", "5", "more percent when Masters are required", 0, 1000, NULL},
    {"fee_bonus_pct", "20", "percent of a bonus", 0, 1000, NULL},
    {"fee_min_cents", "1", "least fee of an assignment or a bonus", 0, 1000000, NULL},
    {"max_amount_cents", "1000000", "largest reward or bonus", 1, REWARD_CENTS_MAX, NULL},
    {"withdraw_min_cents", "1", "least withdrawal of a worker", 1, 1000000, NULL},
    {"payout_delay_days", "0", "days before a worker can take out what he has earned", 0, 365,
     NULL},
    {"max_active_per_worker", "25", "HITs a worker may hold at once", 1, 1000, NULL},
    {"daily_accept_limit", "0", "tasks a worker may accept in a day; 0: no limit", 0, 1000000,
     NULL},
    {"submit_grace_s", "5", "seconds past the deadline that a submission may take", 0, 3600, NULL},
    {"onhold_compat", "0", "1: OnHoldBalance is always 0.00", 0, 1, NULL},
    {"sandbox_refill", "0", "1: tops requesters up to $10,000.00 after each outflow", 0, 1, NULL},
    {"strict_batch_review", "0", "1: the API does not decide work of CSV batches", 0, 1, NULL},
    {"operator_overturn", "0", "1: the operator may undo rejections after their 30 days", 0, 1,
     NULL},
    {"registration", "open", "open, or closed: nobody registers as a worker", 0, 0, "closed"},
    {"appeal_answer_days", "7", "days a requester has to answer an appeal", 1, 30, NULL},
    {"appeal_silence", "lapse", "lapse, or grant: what an unanswered appeal comes to", 0, 0,
     "grant"},
    {"message_day_limit", "40", "messages a worker may send in 24 hours", 0, 10000, NULL},
    {"report_pause_n", "5", "reports of broken tasks that pause a group; 0: never", 0, 1000, NULL},
    {"report_day_limit", "10", "groups a worker may report in 24 hours", 0, 1000, NULL},
    {"legacy_question_elements", "0",
     "1: question forms of 2005 may ask for files and hold applets, of which a notice is shown", 0,
     1, NULL},
    {"notify_private", "refuse",
     "refuse, or allow: events may go to private and loopback addresses", 0, 0, "allow"},
    {"notify_attempts", "16", "times that an event is tried before it is given up", 1, 100, NULL},
    {"api_requests_per_s", "0",
     "requests of the API that an account may send in a second; 0: no limit", 0, 100000, NULL},
    {"api_burst", "50", "requests of the API that an account may send at once, saved up while idle",
     1, 100000, NULL},
    {"mail_delay_s", "60", "seconds that a mail to a person waits for more of its kind", 0, 3600,
     NULL},
    {"legacy_api", "off", "on: the API's dialect before 2017-01-17 is spoken too (boto 2)", 0, 0,
     "on"},
    {"legacy_signature_0", "0",
     "signatures of that dialect that cover no parameter; 1: over TLS, 2: always", 0, 2, NULL},
    {NULL, NULL, NULL, 0, 0, NULL},
};

const struct setting *setting_find(struct str name) {
    for (const struct setting *s = SETTINGS; s->name; s++)
        if (str_is(name, s->name))
            return s;
    return NULL;
}

struct err setting_check(struct arena *a, const struct setting *s, struct str value) {
    int64_t n;
    if (s->other_word) {
        if (str_is(value, s->fallback) || str_is(value, s->other_word))
            return NO_ERR;
        return err_make(a, ERR_USAGE, s->name, "%s is \"%.*s\"; it must be %s or %s", s->name,
                        STR_ARG(value), s->fallback, s->other_word);
    }
    if (num_parse(value, s->min, s->max, &n))
        return NO_ERR;
    return err_make(a, ERR_USAGE, s->name,
                    "%s is \"%.*s\"; it must be a whole number from %lld to %lld", s->name,
                    STR_ARG(value), (long long)s->min, (long long)s->max);
}

static const struct setting *number(const char *name) {
    const struct setting *s = setting_find(str_c(name));
    assert(s && !s->other_word);
    return s;
}

int64_t setting_default(const char *name) {
    const struct setting *s = number(name);
    int64_t value = 0;
    bool good = num_parse(str_c(s->fallback), s->min, s->max, &value);
    assert(good);
    return value;
}

struct err setting_parse(struct arena *a, const struct setting *s, struct str text,
                         int64_t *value) {
    if (num_parse(text, s->min, s->max, value))
        return NO_ERR;
    return err_make(a, ERR_STORE, s->name,
                    "The setting %s is \"%.*s\", which is no whole number from %lld to %lld.",
                    s->name, STR_ARG(text), (long long)s->min, (long long)s->max);
}

struct err setting_int(struct ctx *c, const char *name, int64_t *value) {
    const struct setting *s = number(name);
    struct str text;
    *value = 0;
    struct err e = setting_get(c, s, &text);
    return failed(e) ? e : setting_parse(c->arena, s, text, value);
}

struct err setting_get(struct ctx *c, const struct setting *s, struct str *value) {
    struct sql_meta_get_out out = {STR_NULL};
    enum st st = sql_meta_get(c->tx, &(struct sql_meta_get_in){str_c(s->name)}, &out);
    *value = st == ST_OK ? out.value : str_c(s->fallback);
    return ctx_store(c, st);
}

struct err setting_put(struct ctx *c, const struct setting *s, struct str value) {
    struct str old;
    struct err e = setting_check(c->arena, s, value);
    if (!failed(e))
        e = setting_get(c, s, &old);
    if (failed(e) || str_eq(old, value))
        return e;
    struct sql_meta_put_in in = {str_c(s->name), value};
    e = ctx_store(c, sql_meta_put(c->tx, &in, NULL));
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_SETTING,
                            .about = str_c(s->name),
                            .old_value = old,
                            .new_value = value,
                        });
}
