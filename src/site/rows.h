/* Rows of the site by subject, and what their handlers share. */
#ifndef SITE_ROWS_H
#define SITE_ROWS_H

#include "app/route.h"
#include "market/work.h"
#include "site/page.h"

/* Each ends with method NULL. */
extern const struct route site_sign_in_rows[];    /* sign_in.c */
extern const struct route site_group_rows[];      /* groups.c */
extern const struct route site_hide_rows[];       /* hide.c */
extern const struct route site_requester_rows[];  /* requesters.c */
extern const struct route site_report_rows[];     /* reports.c */
extern const struct route site_task_rows[];       /* task.c */
extern const struct route site_task_draft_rows[]; /* task_draft.c */
extern const struct route site_test_rows[];       /* test.c */
extern const struct route site_submit_rows[];     /* submit.c */
extern const struct route site_money_rows[];      /* figures.c */
extern const struct route site_own_work_rows[];   /* own_work.c */

extern const struct route site_appeal_rows[];             /* appeals.c */
extern const struct route site_requester_money_rows[];    /* money.c */
extern const struct route site_review_rows[];             /* review.c */
extern const struct route site_home_rows[];               /* home.c */
extern const struct route site_batch_rows[];              /* batches.c */
extern const struct route site_batch_action_rows[];       /* batch_action.c */
extern const struct route site_results_rows[];            /* results.c */
extern const struct route site_result_rows[];             /* result.c */
extern const struct route site_choose_rows[];             /* choose.c */
extern const struct route site_message_rows[];            /* messages.c */
extern const struct route site_qualification_rows[];      /* qualifications.c */
extern const struct route site_qualification_type_rows[]; /* qualification_types.c */

extern const struct route site_project_rows[];      /* projects.c */
extern const struct route site_one_project_rows[];  /* project.c */
extern const struct route site_project_form_rows[]; /* project_form.c */
extern const struct route site_publish_rows[];      /* publish.c */
extern const struct route site_draft_rows[];        /* draft.c */

extern const struct route site_person_rows[];           /* person.c */
extern const struct route site_own_settings_rows[];     /* own_settings.c */
extern const struct route site_own_data_rows[];         /* own_data.c */
extern const struct route site_statement_rows[];        /* statement.c */
extern const struct route site_mail_rows[];             /* mails.c */
extern const struct route site_member_rows[];           /* members.c */
extern const struct route site_operator_outbox_rows[];  /* operator_outbox.c */
extern const struct route site_notification_rows[];     /* notifications.c */
extern const struct route site_operator_rows[];         /* operator.c */
extern const struct route site_operator_account_rows[]; /* operator_accounts.c */
extern const struct route site_operator_money_rows[];   /* operator_money.c */

extern const struct route site_operator_report_rows[]; /* operator_reports.c */
extern const struct route site_paused_rows[];          /* paused.c */
extern const struct route site_help_rows[];            /* help.c */

/* Whether the client asked for JSON: ?format=json, or Accept. */
bool site_wants_json(const struct http_request *req);

/* A number of the query, within [min, max]; fallback when it is absent or no such number. */
int64_t site_query_int(struct call *call, const char *name, int64_t min, int64_t max,
                       int64_t fallback);

/* An error on the submit address: a page for the frame (questions 4.4). submit.c */
void submit_refuse(struct call *call, struct err e);

/* 303 to an address of ours; behind a change made by a program its JSON twin, {"location",
 * "message"}. page.c */
void site_redirect(struct call *call, struct str to);
/* The same again, for a form that came twice. page.c */
void site_repeat(struct call *call, struct str body);

/* Whether an address that came with a form is a path of this site, and nothing that a browser could
 * take for another's ("//host", "/\\host"). sign_in.c */
bool site_own_address(struct str url);

/* The first page of who is signed in, or a stranger's. */
struct str site_home(const struct call *call);

/* Whose site somebody sees: the requester's while he acts for an account; ROLE_MEMBER who has none
 * to act for. */
enum role site_of(const struct session *session);

/* The token for forms: sets what the handlers write as csrf_token. */
void site_csrf_field(struct call *call, struct buf *html);

/* Requirements in words, q->n of them. requirement_words.c */
const struct tpl_requirement *requirement_words(struct arena *a, const struct qualification *q);

/* What workers see of a requester: the whole card; or rate and pay in the rows of a list, which are
 * those of the groups. scorecard.c */
struct err scorecard_card(struct ctx *ctx, int64_t requester, struct tpl_scorecard *card);
struct err scorecard_rows(struct ctx *ctx, const struct hit_group *groups, size_t n,
                          struct tpl_groups_groups *rows);

/* The page of a task, accepted or as a preview. task.c */
struct err task_page(struct call *call, struct ctx *ctx, const struct task *t);

/* A packed draft (market/answer_draft.h) as the page's script takes it: {"name": ["value", …], …};
 * task_draft.c. */
struct str task_draft_json(struct arena *a, struct str fields);

/* ---- JSON of worker-site 1 ---- */

void json_dollars(struct json *j, const char *key, int64_t cents);
void json_iso(struct json *j, struct arena *a, const char *key, int64_t ms);

/* Members of a group, into an object that is open. */
void json_group(struct json *j, struct arena *a, const struct hit_group *g);

/* A queue entry; with frame its question. */
struct err json_queue_entry(struct json *j, struct call *call, struct ctx *ctx,
                            const struct task *t, bool with_question);

/* Address of a task's frame on the content listener, or of the external page (questions 4.1). */
struct frame {
    const char *type; /* "HTMLQuestion", "ExternalQuestion", "QuestionForm" */
    struct str url;
    int64_t height;
};
struct err task_frame(struct call *call, struct ctx *ctx, const struct task *t,
                      struct frame *frame);

#endif
