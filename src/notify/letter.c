#include "notify/letter.h"

#include <inttypes.h>

#include "base/datetime.h"
#include "base/money.h"
#include "base/utf8.h"

enum { SUBJECT_MAX = 120, QUOTE_MAX = 2000 };

/* In texts, of one: %t title or name, %m money, %n number. In `many`, %n and %m. */
struct words {
    int kind;
    enum role role; /* 0: of either */
    const char *one, *many;
    const char *text; /* what it means and what can be done, of one and of many alike */
    const char *path;
};

static const struct words table[] = {
    {NOTICE_REJECTED, 0, "Your work was rejected: %t", "%n pieces of your work were rejected",
     "The reason stands beside your work. If you think that it is wrong, you can appeal, and the "
     "requester has to answer: until 30 days after you submitted the work, as long as its task is "
     "there.",
     "/dashboard"},
    {NOTICE_OVERTURNED, 0, "A rejection was undone: you are paid %m",
     "%n rejections were undone: you are paid %m",
     "The work counts as approved, in your approval rate too, and the money is in your earnings.",
     "/earnings"},
    {NOTICE_APPEAL_ASKED, 0, "A question about your appeal: %t", "%n questions about your appeals",
     "The requester wants to know more before deciding. Please answer soon: your appeal has a last "
     "day.",
     "/appeals"},
    {NOTICE_APPEAL_WAITING, 0, "Your appeal is granted, the money follows: %t",
     "%n of your appeals are granted, the money follows",
     "The requester agrees with you, but has not enough money in the account at the moment. You "
     "are paid as soon as there is.",
     "/appeals"},
    {NOTICE_APPEAL_DECLINED, 0, "Your appeal was declined: %t", "%n of your appeals were declined",
     "What the requester answered stands beside your appeal.", "/appeals"},
    {NOTICE_APPEAL_LAPSED, ROLE_WORKER, "Your appeal was not answered in time: %t",
     "%n of your appeals were not answered in time",
     "The requester let the last day pass, so the rejection stays. Workers see on the requester's "
     "page how often that happens.",
     "/appeals"},
    {NOTICE_APPEAL_LAPSED, ROLE_REQUESTER, "An appeal lapsed: %t", "%n appeals lapsed",
     "Nobody answered it in time. Workers see on your page how often that happens.",
     "/requester/appeals"},
    {NOTICE_QUALIFICATION_GRANTED, 0, "You have a qualification: %t",
     "You have %n new qualifications", "Tasks that ask for it are open to you.", "/qualifications"},
    {NOTICE_QUALIFICATION_REVOKED, 0, "A qualification was taken back: %t",
     "%n qualifications were taken back", "Tasks that ask for it are no longer open to you.",
     "/qualifications"},
    {NOTICE_QUALIFICATION_REFUSED, 0, "A qualification was refused: %t",
     "%n qualifications were refused", "What you can do stands beside it.", "/qualifications"},
    {MAIL_KIND_MESSAGE, 0, "A message from %t", "%n messages from requesters",
     "Your answer goes through the site: neither side sees the other's address.", "/messages"},
    {MAIL_KIND_PAYOUT_DONE, 0, "Your transfer of %m is done", "%n transfers of %m are done",
     "The money was sent to where you wanted it. Banks take a day or two.", "/transfers"},
    {MAIL_KIND_PAYOUT_FAILED, 0, "Your transfer of %m failed", "%n transfers of %m failed",
     "The money is in your earnings again. Please look at what went wrong before you ask for "
     "another transfer.",
     "/transfers"},
    {NOTICE_APPEAL_FILED, 0, "A worker appeals: %t", "%n appeals of workers",
     "Please look at the work again: grant the appeal, ask, or say why not. Unanswered appeals are "
     "counted where workers see it.",
     "/requester/appeals"},
    {NOTICE_APPEAL_REPLIED, 0, "A worker has answered your question: %t",
     "%n workers have answered your questions", "The appeal waits for your decision.",
     "/requester/appeals"},
    {NOTICE_APPEAL_DUE, 0, "An appeal is due soon: %t", "%n appeals are due soon",
     "After its last day it is closed without your answer.", "/requester/appeals"},
    {MAIL_KIND_WORKER_MESSAGE, 0, "A message from a worker", "%n messages from workers",
     "Your answer goes through the site: neither side sees the other's address.",
     "/requester/messages"},
    {NOTICE_GROUP_PAUSED, 0, "Your tasks are paused: %t", "%n groups of your tasks are paused",
     "Workers have reported them, and nobody new can accept one until somebody has looked. What is "
     "held can be finished.",
     "/requester/paused"},
    {NOTICE_GROUP_RESUMED, 0, "Your tasks go on: %t", "%n groups of your tasks go on",
     "Workers can accept them again.", "/requester/paused"},
};

static const struct words *find(const struct person_mail *m) {
    static const struct words other = {0,
                                       0,
                                       "News from your account",
                                       "News from your account",
                                       "What it is stands on your pages.",
                                       "/"};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].kind == m->kind && (!table[i].role || table[i].role == m->role))
            return &table[i];
    return &other;
}

/* "30 December 2026, 14:05 UTC" */
static struct str day(struct arena *a, int64_t ms) {
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int64_t year, minute = ms % DAY_MS / 60000;
    int month, mday;
    time_civil_from_days(ms / DAY_MS, &year, &month, &mday);
    return str_printf(a, "%d %s %" PRId64 ", %02d:%02d UTC", mday, months[month - 1], year,
                      (int)(minute / 60), (int)(minute % 60));
}

/* Of what is no task, the first line of the note names it. */
static struct str name_of(const struct person_mail *m) {
    if (m->title.n)
        return m->title;
    ptrdiff_t end = m->note.n ? str_chr(m->note, '\n') : -1;
    struct str first = end >= 0 ? str_sub(m->note, 0, (size_t)end) : m->note;
    return first.n ? first : STR("without a name");
}

/* What a stranger calls himself or his task stays within its line. */
static void add_name(struct buf *b, struct str s) {
    for (size_t i = 0; i < s.n; i++)
        buf_putc(b, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
}

static struct str fill(struct arena *a, const struct person_mail *m, const char *words) {
    struct buf b = BUF_INIT;
    for (; *words; words++) {
        if (*words != '%') {
            buf_putc(&b, *words);
            continue;
        }
        switch (*++words) {
        case 't': add_name(&b, name_of(m)); break;
        case 'm': buf_printf(&b, "$%.*s", STR_ARG(money_wire(a, m->cents))); break;
        default: buf_printf(&b, "%" PRId64, m->items); break;
        }
    }
    struct str text = buf_dup(a, &b);
    buf_free(&b);
    return text;
}

/* What somebody wrote, each line behind "> ". */
static void quote(struct buf *b, struct str text) {
    struct str cut = utf8_clip(text, QUOTE_MAX);
    buf_puts(b, "\n> ");
    for (size_t i = 0; i < cut.n; i++) {
        if (cut.p[i] == '\r')
            continue;
        buf_putc(b, cut.p[i]);
        if (cut.p[i] == '\n')
            buf_puts(b, "> ");
    }
    buf_puts(b, cut.n < text.n ? " …\n" : "\n");
}

static bool is_message(const struct person_mail *m) {
    return m->kind == MAIL_KIND_MESSAGE || m->kind == MAIL_KIND_WORKER_MESSAGE;
}

/* Behind the name of who wrote it (person_mail.h). */
static struct str message_of(const struct person_mail *m) {
    ptrdiff_t end = str_chr(m->note, '\n');
    return m->kind == MAIL_KIND_WORKER_MESSAGE || end < 0 ? m->note
                                                          : str_from(m->note, (size_t)end + 1);
}

struct mail letter_write(struct arena *a, const struct person_mail *m, const char *site_url,
                         int64_t now_ms) {
    const struct words *w = find(m);
    struct str title = fill(a, m, m->items == 1 ? w->one : w->many);
    struct buf b = BUF_INIT;
    buf_puts(&b, "Hello ");
    add_name(&b, m->name);
    buf_printf(&b, ",\n\n%.*s.\n", STR_ARG(title));
    if (m->items == 1 && is_message(m))
        quote(&b, message_of(m));
    else if (m->items == 1 && m->kind == MAIL_KIND_PAYOUT_FAILED && m->note.n)
        quote(&b, m->note);
    buf_printf(&b, "\n%s\n", w->text);
    if (m->appeal_ms)
        buf_printf(&b, "\nYou can appeal until %.*s:\n%s/appeals/new?assignment_id=%.*s\n",
                   STR_ARG(day(a, m->appeal_ms)), site_url, STR_ARG(m->assignment_id));
    buf_printf(&b, "\n%s%s\n", site_url, w->path);
    buf_printf(&b, "\n-- \nWhich mails you get: %s%s\nNo more like this one: %s/mails/stop/%.*s\n",
               site_url, m->role == ROLE_REQUESTER ? "/requester/mails" : "/mails", site_url,
               STR_ARG(m->stop));
    struct mail mail = {
        .to = m->email,
        .to_name = m->name,
        .subject = utf8_clip(title, SUBJECT_MAX),
        .text = buf_dup(a, &b),
        .id = str_printf(a, "mail-%" PRId64, m->row),
        .unsubscribe = str_printf(a, "%s/mails/stop/%.*s", site_url, STR_ARG(m->stop)),
        .at_ms = now_ms,
    };
    buf_free(&b);
    return mail;
}
