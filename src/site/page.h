/* Pages: a template's data inside the frame of its site (DESIGN 3, 8).
 *
 * A page is a row (app/route.h) whose handler fills the struct of its template and calls
 * page_show(). The same data are the page's JSON twin (?format=json or Accept) and, when the
 * template has a list marked `csv`, its CSV twin (?format=csv), so a program sees what a person
 * sees.
 *
 * A form posts to a row that answers with page_flash() and site_redirect(); when it fails and its
 * row names a .form, that page is shown again with status 422, what was typed, and what is wrong
 * beside the field.
 */
#ifndef SITE_PAGE_H
#define SITE_PAGE_H

#include "app/call.h"
#include "base/zone.h"
#include "formats/csv_out.h"
#include "site/pages.h"
#include "site/tpl.h"

/* The entry of the navigation that the page belongs to. */
enum page_nav {
    NAV_NONE,
    /* worker */
    NAV_W_TASKS,
    NAV_W_QUEUE,
    NAV_W_DASHBOARD,
    NAV_W_APPEALS,
    NAV_W_EARNINGS,
    NAV_W_QUALIFICATIONS,
    NAV_W_MESSAGES,
    NAV_W_ACCOUNT,
    /* requester */
    NAV_R_HOME,
    NAV_R_CREATE,
    NAV_R_RESULTS,
    NAV_R_WORKERS,
    NAV_R_APPEALS,
    NAV_R_ACCOUNT,
    NAV_R_MESSAGES,
    NAV_R_SETTINGS,
    /* operator */
    NAV_O_HOME,
    NAV_O_ACCOUNTS,
    NAV_O_DEPOSITS,
    NAV_O_PAYOUTS,
    NAV_O_REPORTS,
    NAV_O_CASES,
    NAV_O_SETTINGS,
    NAV_O_HEALTH,
};

struct page {
    const char *title; /* of the window; the heading stands in the template */
    enum page_nav nav;
    bool task;    /* holds a task's frame: frames from elsewhere are allowed */
    bool images;  /* shows pictures from elsewhere, on the user's request only */
    bool editor;  /* needs the layout editor's script and the content listener's preview */
    bool live;    /* a part of it is [data-live]: it comes anew while work goes on */
    bool wide;    /* uses the whole window: tables of results */
    int64_t size; /* rows a page, when the reader may choose (page_size); 0: not */
};

/* The answer: the page, or its JSON or CSV. */
struct err page_show(struct call *call, const struct page *page, struct tpl_view view);

/* ---- lists: their foot (requester-site 1) ---- */

/* Rows a page: ?size=25, 100 or 500; 25 for anything else. Given back in struct page, the foot of
 * the page offers the others. */
int64_t page_size(struct call *call);

/* The page's own address with one parameter set and all others kept, but the place in the list
 * (after, before, balance) and the format. value NULL: without it. */
struct str page_with(struct call *call, const char *name, struct str value);

/* ---- after a form ---- */

enum flash { FLASH_GOOD = 1, FLASH_WARN, FLASH_BAD, FLASH_INFO };

/* The colours of the pages in this browser: "light", "dark", or anything else for the system's own.
 * Answers, leading back to the page that the form stood on. */
void page_set_theme(struct call *call, struct str chosen);

/* Said once, on the next page that is shown: what has happened. Before site_redirect(). At most
 * FLASH_MAX bytes; longer ones are cut. */
enum { FLASH_MAX = 600 };
void page_flash(struct call *call, enum flash kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- forms ---- */

/* What stands in a field: what was typed when the form is shown again, else what the address
 * proposes (?name=), else otherwise. */
struct str page_value(struct call *call, const char *name, struct str otherwise);

/* What is wrong with the field, or NULL. */
struct str page_error(struct call *call, const char *name);

/* A field with label, hint, value and error, for {{ field }}: fills value and error of *f by
 * f->name. */
struct tpl_field page_field(struct call *call, const struct tpl_field *f);

/* A tick box: as posted when the form is shown again, else otherwise. */
bool page_ticked(struct call *call, const char *name, bool otherwise);

/* ---- older pages, until each has its template ---- */

/* Begins a page with that title as heading, and ends it; between the two the body is written into
 * call->body. */
void page_begin(struct call *call, const char *title);
void page_end(struct call *call);

/* ---- task frames ---- */

/* What a task's frame may do (questions 4.6): never navigate the page around it, never see its
 * session. allow-same-origin is safe only because task documents come from another origin. */
#define TASK_SANDBOX                                                                               \
    "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox "     \
    "allow-modals allow-downloads"

/* The frame of a task document, for {{ task }}. height 0: as tall as the window allows. */
struct html page_task_frame(struct call *call, struct str url, int64_t height);

/* The same, empty, for a form whose target is that name. */
struct html page_named_frame(struct call *call, const char *name, int64_t height);

/* ---- what the account chose (market/preference.h) ---- */

/* The zone in which the pages show times, and in which days of a filter begin; NULL: UTC (and, with
 * script, the reader's own). */
const struct zone *page_zone(struct call *call);

/* The dialect of downloads (enum csv_dialect). */
int page_dialect(struct call *call, enum csv_dialect otherwise);

#endif
