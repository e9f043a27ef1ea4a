/* Messages and the inbox, for both sides (worker-site 11, money-and-lifecycle 10.3). A page that
 * shows something new is run again as a write, which marks it as read. */
#include "base/limits.h"
#include "base/num.h"
#include "base/utf8.h"
#include "market/message.h"
#include "market/mute.h"
#include "market/work.h"
#include "site/rows.h"

enum { THREADS_PAGE = 50, NOTICES_SHOWN = 50, LINE_MAX = 120 };

static const char *notice_words(const struct notice *n) {
    switch (n->kind) {
    case NOTICE_APPROVED: return "Work approved and paid";
    case NOTICE_REJECTED: return "Work rejected";
    case NOTICE_OVERTURNED: return "A rejection was undone: approved and paid";
    case NOTICE_BONUS: return "Bonus";
    case NOTICE_APPEAL_FILED: return "A worker appealed a rejection";
    case NOTICE_APPEAL_REPLIED: return "The worker replied to your question";
    case NOTICE_APPEAL_WITHDRAWN: return "A worker withdrew an appeal";
    case NOTICE_APPEAL_DUE: return "An appeal was not answered when it was due";
    case NOTICE_APPEAL_ASKED: return "The requester asks you about your appeal";
    case NOTICE_APPEAL_WAITING:
        return "Your appeal was granted and waits for the requester's money";
    case NOTICE_APPEAL_DECLINED: return "Your appeal was declined";
    case NOTICE_APPEAL_LAPSED: return "An appeal lapsed without an answer";
    case NOTICE_GROUP_PAUSED: return "A group was paused after reports";
    case NOTICE_QUALIFICATION_GRANTED: return "Qualification granted";
    case NOTICE_QUALIFICATION_REVOKED: return "Qualification revoked";
    case NOTICE_QUALIFICATION_REFUSED: return "Qualification not granted";
    case NOTICE_GROUP_RESUMED: return "A group takes workers again";
    case NOTICE_REPORT_UPHELD: return "Your report was upheld";
    case NOTICE_REPORT_DISMISSED: return "Your report was dismissed";
    }
    return "News";
}

static bool is_appeal(enum notice_kind kind) {
    return kind >= NOTICE_APPEAL_FILED && kind <= NOTICE_APPEAL_LAPSED;
}

static struct str notice_address(struct call *call, const struct notice *n, bool requester) {
    if (!n->assignment_id.p)
        return STR_NULL;
    if (!is_appeal(n->kind)) /* a requester's other notices have no page of one assignment */
        return requester ? STR_NULL
                         : str_printf(call->req->arena, "/work/%.*s", STR_ARG(n->assignment_id));
    return str_printf(call->req->arena, "%s/appeals/%.*s", requester ? "/requester" : "",
                      STR_ARG(n->assignment_id));
}

static struct tpl_messages_notices notice_row(struct call *call, const struct notice *n,
                                              bool requester) {
    struct str words = str_c(notice_words(n));
    if (n->items > 1)
        words =
            str_printf(call->req->arena, "%.*s (%lld tasks)", STR_ARG(words), (long long)n->items);
    if (n->note.n)
        words = str_printf(call->req->arena, "%.*s: %.*s", STR_ARG(words), STR_ARG(n->note));
    return (struct tpl_messages_notices){
        .words = words,
        .amount = n->cents,
        .address = notice_address(call, n, requester),
        .at = n->at_ms,
        .read = n->read,
    };
}

/* The notices of the page; those that are new are marked in the write that follows. */
static struct err fill_notices(struct call *call, struct ctx *ctx, struct tpl_messages *page) {
    struct notice_list list;
    bool news = false;
    struct err e = notice_list(ctx, 0, NOTICES_SHOWN, &list);
    if (failed(e) || !list.n)
        return e;
    struct tpl_messages_notices *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++) {
        rows[i] = notice_row(call, &list.items[i], page->requester);
        news = news || !list.items[i].read;
    }
    page->notices = rows;
    page->notices_n = list.n;
    if (!news)
        return NO_ERR;
    if (call->writable)
        return notice_read(ctx, list.items[0].row);
    call->due = true;
    return NO_ERR;
}

static struct str thread_address(struct call *call, int64_t row, bool requester) {
    return str_printf(call->req->arena, "%s/messages/%lld", requester ? "/requester" : "",
                      (long long)row);
}

static struct err show_list(struct call *call, struct ctx *ctx, bool requester) {
    struct thread_list list;
    int64_t before = site_query_int(call, "before", 1, INT64_MAX, 0);
    struct err e =
        message_threads(ctx, requester ? ROLE_REQUESTER : ROLE_WORKER, before, THREADS_PAGE, &list);
    if (failed(e))
        return e;
    struct tpl_messages_threads *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    struct tpl_messages page = {.requester = requester, .threads = rows, .threads_n = list.n};
    for (size_t i = 0; i < list.n; i++) {
        const struct thread *t = &list.items[i];
        rows[i] = (struct tpl_messages_threads){
            .address = thread_address(call, t->row, requester),
            .with = requester ? t->worker_id : t->requester_name,
            .title = t->title,
            .text = utf8_clip(t->last_body, LINE_MAX),
            .at = t->last_ms,
            .unread = t->unread,
        };
    }
    if (list.n == THREADS_PAGE)
        page.next = str_printf(ctx->arena, "?before=%lld", (long long)list.items[list.n - 1].last);
    e = before ? NO_ERR : fill_notices(call, ctx, &page);
    if (failed(e))
        return e;
    enum page_nav nav = requester ? NAV_R_MESSAGES : NAV_W_MESSAGES;
    return page_show(call, &(struct page){.title = "Messages", .nav = nav},
                     tpl_messages_view(&page));
}

static struct err show_own(struct call *call, struct ctx *ctx) {
    return show_list(call, ctx, false);
}

static struct err show_requesters(struct call *call, struct ctx *ctx) {
    return show_list(call, ctx, true);
}

/* ---- one conversation ---- */

static struct err thread_of_path(struct call *call, int64_t *row) {
    if (num_parse(call->params[0], 1, INT64_MAX, row))
        return NO_ERR;
    return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no such conversation.");
}

static struct tpl_field text_field(struct call *call, const char *label) {
    return page_field(call, &(struct tpl_field){
                                .name = STR("text"),
                                .label = str_c(label),
                                .type = STR("textarea"),
                                .rows = 5,
                                .maxlength = MESSAGE_MAX,
                                .required = true,
                            });
}

static struct err show_thread(struct call *call, struct ctx *ctx, bool requester) {
    struct conversation talk;
    int64_t row = 0;
    struct err e = thread_of_path(call, &row);
    if (!failed(e))
        e = message_conversation(ctx, row, &talk);
    if (failed(e))
        return e;
    if (talk.thread.unread && !call->writable)
        call->due = true;
    else if (talk.thread.unread)
        e = message_read(ctx, row);
    if (failed(e))
        return e;
    bool muted = false;
    if (!requester)
        e = mute_check(ctx, talk.thread.worker, talk.thread.requester, &muted);
    if (failed(e))
        return e;
    struct tpl_conversation_messages *rows = arena_array(ctx->arena, talk.n, sizeof *rows);
    for (size_t i = 0; i < talk.n; i++)
        rows[i] = (struct tpl_conversation_messages){talk.items[i].own, talk.items[i].at_ms,
                                                     talk.items[i].body};
    struct tpl_conversation page = {
        .requester = requester,
        .back = requester ? STR("/requester/messages") : STR("/messages"),
        .address = thread_address(call, row, requester),
        .title = talk.thread.title,
        .with = requester ? talk.thread.worker_id : talk.thread.requester_name,
        .assignment_id = talk.thread.assignment_id,
        .mute_id = requester ? STR_NULL : talk.thread.requester_id,
        .muted = muted,
        .messages = rows,
        .messages_n = talk.n,
        .text = text_field(call, "Your answer"),
    };
    enum page_nav nav = requester ? NAV_R_MESSAGES : NAV_W_MESSAGES;
    return page_show(call, &(struct page){.title = "Conversation", .nav = nav},
                     tpl_conversation_view(&page));
}

static struct err show_own_thread(struct call *call, struct ctx *ctx) {
    return show_thread(call, ctx, false);
}

static struct err show_requesters_thread(struct call *call, struct ctx *ctx) {
    return show_thread(call, ctx, true);
}

static struct err reply(struct call *call, struct ctx *ctx, bool requester) {
    int64_t row = 0;
    struct err e = thread_of_path(call, &row);
    if (!failed(e))
        e = message_reply(ctx, row, form_get(&call->form, "text"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Your message was sent.");
    site_redirect(call, thread_address(call, row, requester));
    return NO_ERR;
}

static struct err reply_own(struct call *call, struct ctx *ctx) {
    return reply(call, ctx, false);
}

static struct err reply_requester(struct call *call, struct ctx *ctx) {
    return reply(call, ctx, true);
}

/* ---- a new one ---- */

/* The subject, by our names or by those of the old links. */
static struct str subject(struct call *call, const char *name, const char *old_name) {
    struct str id = page_value(call, name, STR_NULL);
    if (!id.n)
        id = form_get(&call->req->query, old_name);
    return id.n ? id : STR_NULL;
}

static struct err show_contact(struct call *call, struct ctx *ctx) {
    struct str assignment = subject(call, "assignment_id", "assignment_message[assignment_id]");
    struct str type = subject(call, "group_id", "hit_type_message[hit_type_id]");
    struct task task = {0};
    struct err e = assignment.p ? work_task(ctx, assignment, &task)
                                : group_get(ctx, type.p ? type : STR(""), &task.group);
    if (failed(e))
        return e;
    struct tpl_contact page = {
        .title = task.group.title,
        .requester = task.group.requester_name,
        .assignment_id = assignment,
        .group_id = assignment.p ? STR_NULL : task.group.group_id,
        .text = text_field(call, "Your message"),
    };
    return page_show(call, &(struct page){.title = "Write to the requester", .nav = NAV_W_MESSAGES},
                     tpl_contact_view(&page));
}

static struct err contact(struct call *call, struct ctx *ctx) {
    struct str assignment = form_get(&call->form, "assignment_id");
    struct message_open_in in = {
        .assignment_id = assignment.n ? assignment : STR_NULL,
        .group_id = form_get(&call->form, "group_id"),
        .text = form_get(&call->form, "text"),
    };
    int64_t row = 0;
    struct err e = message_open(ctx, &in, &row);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Your message was sent. The answer will stand here.");
    site_redirect(call, thread_address(call, row, false));
    return NO_ERR;
}

const struct route site_message_rows[] = {
    {.method = "GET",
     .pattern = "/messages",
     .help = "Conversations and news.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_own},
    {.method = "GET",
     .pattern = "/messages/{thread}",
     .help = "One conversation.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_own_thread},
    {.method = "POST",
     .pattern = "/messages/{thread}",
     .help = "Writes in it.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = reply_own,
     .form = show_own_thread},
    {.method = "GET",
     .pattern = "/contact_requester/hit_type_messages/new",
     .help = "A message about a group.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_contact},
    {.method = "GET",
     .pattern = "/contact_requester/assignment_messages/new",
     .help = "A message about own work.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_contact},
    {.method = "POST",
     .pattern = "/contact_requester/messages",
     .help = "Sends it.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = contact,
     .form = show_contact},
    {.method = "GET",
     .pattern = "/requester/messages",
     .help = "Conversations with workers, and news.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_requesters},
    {.method = "GET",
     .pattern = "/requester/messages/{thread}",
     .help = "One conversation.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_requesters_thread},
    {.method = "POST",
     .pattern = "/requester/messages/{thread}",
     .help = "Answers in it.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = reply_requester,
     .form = show_requesters_thread},
    {.method = NULL},
};
