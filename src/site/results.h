/* What the pages about results share: words for states, cells as they are shown, and the filter as
 * it stands in an address (requester-site 5). */
#ifndef SITE_RESULTS_H
#define SITE_RESULTS_H

#include "market/batch.h"
#include "market/results_view.h"
#include "site/rows.h"

/* The batch of the path's first segment; ERR_NOT_FOUND. */
struct err site_batch(struct call *call, struct ctx *ctx, struct batch_view *b);

/* "/requester/batches/7" and what follows. */
struct str site_batch_url(struct arena *a, int64_t batch, const char *rest);

/* "Submitted"; the badge's class. */
struct str site_status_word(enum assignment_status status);
struct str site_status_badge(enum assignment_status status);

/* hundredths of a per cent; -1 of nothing. */
int64_t site_rate(int64_t part, int64_t whole);

/* A text as a cell shows it: cut, JSON indented, addresses as links or pictures. */
struct tpl_cell site_cell(struct arena *a, struct str text, bool pictures);

/* "Granted and paid"; the badge's class. appeals.c */
struct str site_appeal_word(enum appeal_state state);
struct str site_appeal_badge(enum appeal_state state);

/* A packed answer, a line for each of its names. appeals.c */
struct answer_lines {
    struct tpl_answer_line *items;
    size_t n;
};
struct answer_lines site_answer_lines(struct arena *a, struct str fields);

/* A day of an address ("2026-03-01") as its first moment in the account's zone, that of the day
 * after when `end`; 0, and *text made empty, for anything else. */
int64_t site_day(struct call *call, struct str *text, bool end);

/* A filter as an address or a form carries it. Texts live in the arena. */
struct results_query {
    struct results_filter filter;
    enum results_sort sort;
    struct str status, worker, hit, from, to, work_min, work_max, column, op, text, agreement,
        sort_word; /* typed */
    int64_t size;
    bool images;
    struct str query; /* "status=all&worker=…", without the page; "" for the default */
};

/* Reads the fields of a query; otherwise: the status when none is named. Nonsense is left out.
 * Days begin at midnight of the account's zone. */
void results_query_read(struct call *call, const struct form *form, const char *otherwise,
                        struct results_query *q);

/* The same from the text that results_query_read made. */
struct err results_query_parse(struct call *call, struct str text, const char *otherwise,
                               struct results_query *q);

/* An address of the batch's results with this query and one more pair; value NULL: none. */
struct str results_url(struct arena *a, int64_t batch, struct str query, const char *name,
                       struct str value);

#endif
