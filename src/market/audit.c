#include "market/audit.h"

#include <assert.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "store/sql.h"

const char *audit_action_name(enum audit_action action) {
    static const char *const names[AUDIT_ACTION_COUNT] = {
        [AUDIT_ACCOUNT_ADDED] = "account added",
        [AUDIT_STATE_SET] = "state changed",
        [AUDIT_PASSWORD_SET] = "password changed",
        [AUDIT_MEMBER_INVITED] = "member invited",
        [AUDIT_INVITATION_GONE] = "invitation withdrawn",
        [AUDIT_MEMBER_JOINED] = "member joined",
        [AUDIT_MEMBER_ROLE] = "role changed",
        [AUDIT_MEMBER_REMOVED] = "member removed",
        [AUDIT_KEY_ADDED] = "access key made",
        [AUDIT_KEY_REVOKED] = "access key revoked",
        [AUDIT_SETTING] = "setting changed",
        [AUDIT_QUALIFICATION_GRANTED] = "qualification granted",
        [AUDIT_QUALIFICATION_REVOKED] = "qualification revoked",
        [AUDIT_DESTINATION] = "destination of events changed",
        [AUDIT_OUTBOX] = "dead letter handled",
        [AUDIT_DEPOSIT] = "deposit",
        [AUDIT_REFUND] = "refund",
        [AUDIT_FEE_BACK] = "fee given back",
        [AUDIT_REQUEST_DECLINED] = "request declined",
        [AUDIT_PAYOUT_SENT] = "payout sent",
        [AUDIT_PAYOUT_DONE] = "payout done",
        [AUDIT_PAYOUT_FAILED] = "payout failed",
        [AUDIT_SESSIONS_ENDED] = "signed out everywhere",
        [AUDIT_GROUP_PAUSED] = "group paused",
        [AUDIT_GROUP_RESUMED] = "group resumed",
        [AUDIT_REPORTS_DISMISSED] = "reports dismissed",
        [AUDIT_PROFILE] = "profile changed",
    };
    return action > 0 && action < AUDIT_ACTION_COUNT ? names[action] : "unknown";
}

struct err audit_add(struct ctx *c, const struct audit_in *in) {
    return ctx_store(c, sql_audit_insert(c->tx,
                                         &(struct sql_audit_insert_in){
                                             .at_ms = c->now_ms,
                                             .action = in->action,
                                             .actor = actor_person(c->actor),
                                             .actor_detail = c->actor->detail,
                                             .subject = in->subject,
                                             .about = in->about,
                                             .old_value = in->old_value,
                                             .new_value = in->new_value,
                                             .cents = in->cents ? in->cents : SQL_NULL,
                                             .note = utf8_clip(in->note, AUDIT_NOTE_MAX),
                                         },
                                         NULL));
}

struct take {
    struct arena *arena;
    struct audit_list *list;
};

/* The three statements give the same columns under three types: copied column by column. */
#define TAKE_ROW(name)                                                                             \
    static bool take_##name(void *arg, const struct sql_##name##_out *row) {                       \
        struct take *t = arg;                                                                      \
        t->list->rows[t->list->n++] = (struct audit_row){                                          \
            .id = row->id,                                                                         \
            .at_ms = row->at_ms,                                                                   \
            .action = (enum audit_action)row->action,                                              \
            .actor = row->actor,                                                                   \
            .subject = row->subject,                                                               \
            .cents = row->cents == SQL_NULL ? 0 : row->cents,                                      \
            .actor_name = str_dup(t->arena, row->actor_name),                                      \
            .actor_public = str_dup(t->arena, row->actor_public),                                  \
            .actor_detail = str_dup(t->arena, row->actor_detail),                                  \
            .subject_name = str_dup(t->arena, row->subject_name),                                  \
            .subject_public = str_dup(t->arena, row->subject_public),                              \
            .about = str_dup(t->arena, row->about),                                                \
            .old_value = str_dup(t->arena, row->old_value),                                        \
            .new_value = str_dup(t->arena, row->new_value),                                        \
            .note = str_dup(t->arena, row->note),                                                  \
        };                                                                                         \
        return true;                                                                               \
    }
TAKE_ROW(audit_page)
TAKE_ROW(audit_page_of_subject)
TAKE_ROW(audit_page_of_action)

struct err audit_list(struct ctx *c, const struct audit_list_in *in, struct audit_list *out) {
    assert(in->limit >= 1 && in->limit <= LIST_ROWS_MAX);
    *out = (struct audit_list){arena_array(c->arena, (size_t)in->limit, sizeof *out->rows), 0};
    struct take take = {c->arena, out};
    int64_t before = in->before > 0 ? in->before : INT64_MAX;
    if (in->subject)
        return ctx_store(
            c, sql_audit_page_of_subject_each(
                   c->tx, &(struct sql_audit_page_of_subject_in){in->subject, before, in->limit},
                   take_audit_page_of_subject, &take));
    if (in->action)
        return ctx_store(
            c, sql_audit_page_of_action_each(
                   c->tx, &(struct sql_audit_page_of_action_in){in->action, before, in->limit},
                   take_audit_page_of_action, &take));
    return ctx_store(c, sql_audit_page_each(c->tx, &(struct sql_audit_page_in){before, in->limit},
                                            take_audit_page, &take));
}
