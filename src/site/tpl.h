/* What compiled templates stand on (tools/tplgen, pages/README.md): printing values as HTML, each
 * by where it stands, as JSON and as CSV.
 *
 * Escaping is never the caller's work. Markup that is not to be escaped has a type of its own,
 * struct html, and comes from our own writers only; a stranger's text never becomes one.
 */
#ifndef SITE_TPL_H
#define SITE_TPL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/str.h"
#include "formats/csv_out.h"

/* Trusted markup. */
struct html {
    struct str s;
};

struct zone;

struct tpl_out {
    struct buf *b;
    struct str csrf;         /* token of the session; NULL: nobody is signed in */
    struct str once;         /* key of this showing: a form sent twice takes effect once */
    struct str icons;        /* address of the sprite of icons */
    const struct zone *zone; /* of times; NULL: UTC */
};

struct tpl {
    const char *name;
    void (*html)(struct tpl_out *o, const void *data);
    void (*json)(struct json *j, const void *data);   /* members, into an open object */
    void (*csv)(struct csv_out *w, const void *data); /* NULL: the page has no list */
    size_t (*rows)(const void *data);                 /* of that list */
};

/* A template with its data, which must live until it is shown. */
struct tpl_view {
    const struct tpl *tpl;
    const void *data;
};

/* & < > " ' escaped: for text and for quoted attributes. Characters that turn the direction of
 * writing are shown as what they are, so that a text can not dress as another. */
void html_text(struct buf *out, struct str s);

void tpl_raw(struct tpl_out *o, const char *html, size_t n);
void tpl_str(struct tpl_out *o, struct str s);
void tpl_html(struct tpl_out *o, struct html h);
/* An address: relative, http or https; anything else becomes "#". */
void tpl_url(struct tpl_out *o, struct str url);
/* A piece of an address, percent-encoded. */
void tpl_component(struct tpl_out *o, struct str s);
void tpl_int(struct tpl_out *o, int64_t n);
void tpl_count(struct tpl_out *o, int64_t n);         /* 2,232 */
void tpl_money(struct tpl_out *o, int64_t cents);     /* $1,234.56 */
void tpl_time(struct tpl_out *o, int64_t ms);         /* <time> in the zone; 0: a dash */
void tpl_duration(struct tpl_out *o, int64_t s);      /* 2 h 5 min */
void tpl_rate(struct tpl_out *o, int64_t hundredths); /* 99.50%; negative: a dash */
void tpl_icon(struct tpl_out *o, const char *name);
void tpl_csrf(struct tpl_out *o);

void tpl_json_str(struct json *j, const char *key, struct str s);
void tpl_json_int(struct json *j, const char *key, int64_t n);
void tpl_json_time(struct json *j, const char *key, int64_t ms); /* 0: null */
void tpl_json_bool(struct json *j, const char *key, bool b);

void tpl_csv_str(struct csv_out *w, struct str s);
void tpl_csv_int(struct csv_out *w, int64_t n);
void tpl_csv_money(struct csv_out *w, int64_t cents); /* 1234.56 */
void tpl_csv_time(struct csv_out *w, int64_t ms);     /* ISO 8601; 0: empty */
void tpl_csv_bool(struct csv_out *w, bool b);

#endif
