#include "site/tpl.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/zone.h"
#include "http/form.h"

/* ---- text ---- */

/* U+202A-202E and U+2066-2069 in UTF-8: E2 80 AA-AE, E2 81 A6-A9. */
static bool turns_direction(struct str s, size_t i) {
    if (i + 2 >= s.n || (unsigned char)s.p[i] != 0xe2)
        return false;
    unsigned char b = (unsigned char)s.p[i + 1], c = (unsigned char)s.p[i + 2];
    return (b == 0x80 && c >= 0xaa && c <= 0xae) || (b == 0x81 && c >= 0xa6 && c <= 0xa9);
}

void html_text(struct buf *out, struct str s) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *instead = NULL;
        size_t skip = 1;
        switch (s.p[i]) {
        case '&': instead = "&amp;"; break;
        case '<': instead = "&lt;"; break;
        case '>': instead = "&gt;"; break;
        case '"': instead = "&quot;"; break;
        case '\'': instead = "&#39;"; break;
        default:
            if (turns_direction(s, i)) {
                instead = "\xef\xbf\xbd";
                skip = 3;
            }
        }
        if (!instead)
            continue;
        buf_add(out, s.p + from, i - from);
        buf_puts(out, instead);
        i += skip - 1;
        from = i + 1;
    }
    if (s.n > from)
        buf_add(out, s.p + from, s.n - from);
}

void tpl_raw(struct tpl_out *o, const char *html, size_t n) {
    buf_add(o->b, html, n);
}

void tpl_str(struct tpl_out *o, struct str s) {
    html_text(o->b, s);
}

void tpl_html(struct tpl_out *o, struct html h) {
    buf_str(o->b, h.s);
}

/* ---- addresses ---- */

/* What stands before the first ':' is a scheme unless '/', '?' or '#' come earlier. Browsers drop
 * control characters and blanks before they look, so an address with any of them is refused. */
static bool address_allowed(struct str url) {
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 127 || url.p[i] == '\\')
            return false;
    for (size_t i = 0; i < url.n && url.p[i] != '/' && url.p[i] != '?' && url.p[i] != '#'; i++)
        if (url.p[i] == ':')
            return str_ieq(str_sub(url, 0, i), STR("http")) ||
                   str_ieq(str_sub(url, 0, i), STR("https"));
    return true;
}

void tpl_url(struct tpl_out *o, struct str url) {
    html_text(o->b, address_allowed(url) ? url : STR("#"));
}

void tpl_component(struct tpl_out *o, struct str s) {
    form_encode(o->b, s);
}

/* ---- numbers ---- */

void tpl_int(struct tpl_out *o, int64_t n) {
    buf_int(o->b, n);
}

static void grouped(struct buf *b, uint64_t n) {
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buf_putc(b, ',');
        buf_putc(b, digits[i]);
    }
}

static uint64_t magnitude(int64_t n) {
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

void tpl_count(struct tpl_out *o, int64_t n) {
    if (n < 0)
        buf_puts(o->b, "\xe2\x88\x92"); /* U+2212 */
    grouped(o->b, magnitude(n));
}

void tpl_money(struct tpl_out *o, int64_t cents) {
    uint64_t n = magnitude(cents);
    buf_puts(o->b, cents < 0 ? "\xe2\x88\x92$" : "$");
    grouped(o->b, n / 100);
    buf_printf(o->b, ".%02d", (int)(n % 100));
}

void tpl_rate(struct tpl_out *o, int64_t hundredths) {
    if (hundredths < 0)
        buf_puts(o->b, "\xe2\x80\x93");
    else
        buf_printf(o->b, "%" PRId64 ".%02d%%", hundredths / 100, (int)(hundredths % 100));
}

/* ---- time ---- */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct clock_time {
    int64_t year;
    int month, day, h, m, s;
};

static struct clock_time clock_time(int64_t ms) {
    struct clock_time t;
    int64_t s = ms / 1000 - (ms % 1000 < 0), days = s / 86400 - (s % 86400 < 0);
    int in_day = (int)(s - days * 86400);
    time_civil_from_days(days, &t.year, &t.month, &t.day);
    t.h = in_day / 3600;
    t.m = in_day / 60 % 60;
    t.s = in_day % 60;
    return t;
}

void tpl_time(struct tpl_out *o, int64_t ms) {
    if (ms == 0) {
        buf_puts(o->b, "\xe2\x80\x93");
        return;
    }
    const char *letters;
    struct clock_time utc = clock_time(ms),
                      t = clock_time(ms + zone_offset_s(o->zone, ms, &letters) * INT64_C(1000));
    buf_printf(o->b, "<time datetime=\"%04lld-%02d-%02dT%02d:%02d:%02dZ\">", (long long)utc.year,
               utc.month, utc.day, utc.h, utc.m, utc.s);
    buf_printf(o->b, "%d %s %lld, %02d:%02d %s</time>", t.day, months[t.month - 1],
               (long long)t.year, t.h, t.m, letters);
}

void tpl_duration(struct tpl_out *o, int64_t s) {
    static const struct {
        int64_t s;
        const char *word;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    if (s <= 0) {
        buf_puts(o->b, "0 s");
        return;
    }
    size_t i = 0;
    while (units[i].s > s)
        i++;
    buf_printf(o->b, "%" PRId64 " %s", s / units[i].s, units[i].word);
    if (i + 1 < sizeof units / sizeof *units && s % units[i].s / units[i + 1].s)
        buf_printf(o->b, " %" PRId64 " %s", s % units[i].s / units[i + 1].s, units[i + 1].word);
}

/* ---- parts of pages ---- */

void tpl_icon(struct tpl_out *o, const char *name) {
    buf_puts(o->b, "<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"");
    html_text(o->b, o->icons);
    buf_printf(o->b, "#%s\"></use></svg>", name);
}

void tpl_csrf(struct tpl_out *o) {
    buf_puts(o->b, "<input type=\"hidden\" name=\"csrf_token\" value=\"");
    html_text(o->b, o->csrf);
    buf_puts(o->b, "\"><input type=\"hidden\" name=\"once\" value=\"");
    html_text(o->b, o->once);
    buf_puts(o->b, "\">");
}

/* ---- JSON and CSV ---- */

void tpl_json_str(struct json *j, const char *key, struct str s) {
    json_kv_str(j, key, s);
}

void tpl_json_int(struct json *j, const char *key, int64_t n) {
    json_kv_int(j, key, n);
}

void tpl_json_time(struct json *j, const char *key, int64_t ms) {
    json_key(j, key);
    if (ms)
        json_int(j, ms);
    else
        json_write_null(j);
}

void tpl_json_bool(struct json *j, const char *key, bool b) {
    json_kv_bool(j, key, b);
}

/* Pages do not know who wrote a text: all of it is met as a worker's (csv-formats 1.7). */
void tpl_csv_str(struct csv_out *w, struct str s) {
    csv_cell_worker(w, s);
}

void tpl_csv_int(struct csv_out *w, int64_t n) {
    csv_cell_int(w, n);
}

void tpl_csv_money(struct csv_out *w, int64_t cents) {
    char text[32];
    uint64_t n = magnitude(cents);
    int len = snprintf(text, sizeof text, "%s%" PRIu64 ".%02d", cents < 0 ? "-" : "", n / 100,
                       (int)(n % 100));
    csv_cell(w, (struct str){text, (size_t)len});
}

void tpl_csv_time(struct csv_out *w, int64_t ms) {
    struct arena a;
    arena_init(&a, 256);
    csv_cell(w, ms ? time_iso(&a, ms) : STR(""));
    arena_free(&a);
}

void tpl_csv_bool(struct csv_out *w, bool b) {
    csv_cell(w, b ? STR("true") : STR("false"));
}
