/* The filter of Review Results in an address, and cells as they are shown. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/utf8.h"
#include "market/decide.h"
#include "site/results.h"

enum { CELL_SHOWN = 300, JSON_SHOWN_MAX = 65536, LINKS_SHOWN = 20, SIZE_DEFAULT = 25 };
enum { WORK_MINUTES_MAX = 365 * 24 * 60 };

/* --- small words --- */

struct err site_batch(struct call *call, struct ctx *ctx, struct batch_view *b) {
    int64_t id;
    if (!batch_id_parse(call->params[0], &id))
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no batch %.*s.",
                        STR_ARG(str_sub(call->params[0], 0, 64)));
    return batch_get(ctx, ctx->actor->party, id, b);
}

struct str site_batch_url(struct arena *a, int64_t batch, const char *rest) {
    return str_printf(a, "/requester/batches/%lld%s", (long long)batch, rest);
}

struct str site_status_word(enum assignment_status status) {
    switch (status) {
    case ASSIGNMENT_SUBMITTED: return STR("Submitted");
    case ASSIGNMENT_APPROVED: return STR("Approved");
    case ASSIGNMENT_REJECTED: return STR("Rejected");
    case ASSIGNMENT_ACCEPTED: return STR("Being worked on");
    case ASSIGNMENT_RETURNED: return STR("Returned");
    case ASSIGNMENT_ABANDONED: return STR("Abandoned");
    }
    return STR("");
}

struct str site_status_badge(enum assignment_status status) {
    switch (status) {
    case ASSIGNMENT_SUBMITTED: return STR("submitted");
    case ASSIGNMENT_APPROVED: return STR("approved");
    case ASSIGNMENT_REJECTED: return STR("rejected");
    case ASSIGNMENT_ACCEPTED: return STR("pending");
    case ASSIGNMENT_RETURNED:
    case ASSIGNMENT_ABANDONED: break;
    }
    return STR("neutral");
}

int64_t site_rate(int64_t part, int64_t whole) {
    return whole > 0 ? part * 10000 / whole : -1;
}

/* --- cells --- */

/* JSON as people can read it, or NULL when the text is none. */
static struct str indented(struct arena *a, struct str text) {
    struct str t = str_trim(text);
    if (t.n < 2 || t.n > JSON_SHOWN_MAX || (t.p[0] != '{' && t.p[0] != '['))
        return STR_NULL;
    json_t *json = json_loadb(t.p, t.n, 0, NULL);
    if (!json)
        return STR_NULL;
    char *pretty = json_dumps(json, JSON_INDENT(2));
    struct str shown = pretty ? str_dup(a, str_c(pretty)) : STR_NULL;
    free(pretty);
    json_decref(json);
    return shown;
}

static bool is_link(struct str s) {
    return str_starts(s, STR("http://")) || str_starts(s, STR("https://"));
}

static bool is_picture(struct str address) {
    static const char *const ends[] = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg"};
    struct str path = str_cut(&address, '?');
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct str end = str_c(ends[i]);
        if (path.n > end.n && str_ieq(str_from(path, path.n - end.n), end))
            return true;
    }
    return false;
}

/* A text that is nothing but addresses, with blanks, commas or | between. */
static size_t links_of(struct arena *a, struct str text, bool pictures,
                       struct tpl_cell_links **links) {
    struct str list[LINKS_SHOWN];
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        size_t end = at;
        while (end < text.n && !strchr(" \t\n\r,|", text.p[end]))
            end++;
        struct str word = str_sub(text, at, end - at);
        at = end + 1;
        if (word.n == 0)
            continue;
        if (!is_link(word) || n == LINKS_SHOWN)
            return 0;
        list[n++] = word;
    }
    *links = arena_array(a, n, sizeof **links);
    for (size_t i = 0; i < n; i++)
        (*links)[i] = (struct tpl_cell_links){str_dup(a, list[i]), pictures && is_picture(list[i])};
    return n;
}

struct tpl_cell site_cell(struct arena *a, struct str text, bool pictures) {
    struct tpl_cell cell = {.text = text.p ? text : STR("")};
    struct tpl_cell_links *links = NULL;
    cell.code = indented(a, text);
    if (cell.code.p)
        return cell;
    cell.links_n = links_of(a, cell.text, pictures, &links);
    cell.links = links;
    struct str shown = utf8_clip(cell.text, CELL_SHOWN);
    if (!cell.links_n && shown.n < cell.text.n) {
        cell.more = cell.text;
        cell.text = shown;
    }
    return cell;
}

/* --- the filter --- */

static const struct {
    const char *word;
    unsigned bits;
} statuses[] = {
    {"submitted", SHOW_SUBMITTED},
    {"approved", SHOW_APPROVED},
    {"rejected", SHOW_REJECTED},
    {"all", SHOW_ALL},
};

static const struct {
    const char *word;
    enum results_sort sort;
} sorts[] = {
    {"submitted", SORT_SUBMITTED}, {"latest", SORT_LATEST}, {"hit", SORT_HIT},
    {"status", SORT_STATUS},       {"worker", SORT_WORKER}, {"work", SORT_WORK_TIME},
};

static const char *const ops[] = {NULL, "contains", "equals", "empty", "filled"};
static const char *const agreements[] = {NULL, "agrees", "differs", "alone"};

/* Place of the word in a list from 1; 0: not there. */
static int word_in(struct str word, const char *const *list, int n) {
    for (int i = 1; i < n; i++) {
        if (str_is(word, list[i]))
            return i;
    }
    return 0;
}

static void read_status(struct results_query *q, const char *otherwise) {
    struct str asked = q->status;
    q->status = str_c(otherwise);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (str_is(asked, statuses[i].word))
            q->status = asked;
    }
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (str_is(q->status, statuses[i].word))
            q->filter.statuses = statuses[i].bits;
    }
}

static void read_sort(struct results_query *q) {
    q->sort = SORT_SUBMITTED;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        if (str_is(q->sort_word, sorts[i].word))
            q->sort = sorts[i].sort;
    }
    if (q->sort == SORT_SUBMITTED)
        q->sort_word = STR("");
}

int64_t site_day(struct call *call, struct str *text, bool end) {
    int64_t ms;
    if (text->n == 10 && time_parse_iso(*text, &ms) && ms > DAY_MS)
        return zone_to_utc(page_zone(call), ms + (end ? DAY_MS : 0));
    *text = STR("");
    return 0;
}

/* Minutes at work, with one decimal at most, as seconds. */
static int64_t read_minutes(struct str *text) {
    struct str rest = *text, whole = str_cut(&rest, '.');
    int64_t minutes = 0, tenths = 0;
    bool good = num_parse(whole, 0, WORK_MINUTES_MAX, &minutes) &&
                (!rest.n || (rest.n == 1 && num_parse(rest, 0, 9, &tenths)));
    int64_t seconds = minutes * 60 + tenths * 6;
    if (good && seconds > 0)
        return seconds;
    *text = STR("");
    return 0;
}

static void read_cell_filter(struct results_query *q) {
    int op = word_in(q->op, ops, sizeof ops / sizeof *ops);
    bool needs_text = op <= OP_EQUALS;
    q->op = str_c(ops[op ? op : OP_CONTAINS]);
    if (!q->column.n || (needs_text && !q->text.n)) {
        q->column = STR("");
        return;
    }
    q->filter.columns[q->filter.column_count++] = (struct column_filter){
        .column = q->column,
        .op = op ? (enum filter_op)op : OP_CONTAINS,
        .text = q->text,
    };
}

static void add_pair(struct buf *b, const char *name, struct str value) {
    if (!value.n)
        return;
    if (b->n)
        buf_putc(b, '&');
    buf_puts(b, name);
    buf_putc(b, '=');
    form_encode(b, value);
}

static struct str write_query(struct arena *a, const struct results_query *q) {
    struct buf b = BUF_INIT;
    add_pair(&b, "status", q->status);
    add_pair(&b, "worker", q->worker);
    add_pair(&b, "hit", q->hit);
    add_pair(&b, "from", q->from);
    add_pair(&b, "to", q->to);
    add_pair(&b, "work_min", q->work_min);
    add_pair(&b, "work_max", q->work_max);
    if (q->filter.column_count) {
        add_pair(&b, "column", q->column);
        add_pair(&b, "op", q->op);
        add_pair(&b, "text", q->text);
    }
    add_pair(&b, "agreement", q->agreement);
    add_pair(&b, "sort", q->sort_word);
    if (q->size != SIZE_DEFAULT)
        add_pair(&b, "size", str_printf(a, "%lld", (long long)q->size));
    if (q->images)
        add_pair(&b, "images", STR("1"));
    struct str query = buf_dup(a, &b);
    buf_free(&b);
    return query;
}

static struct str field(const struct form *form, const char *name) {
    struct str value = str_trim(form_get(form, name));
    return value.p && value.n <= FEEDBACK_MAX ? value : STR("");
}

void results_query_read(struct call *call, const struct form *form, const char *otherwise,
                        struct results_query *q) {
    *q = (struct results_query){
        .status = field(form, "status"),
        .worker = field(form, "worker"),
        .hit = field(form, "hit"),
        .from = field(form, "from"),
        .to = field(form, "to"),
        .work_min = field(form, "work_min"),
        .work_max = field(form, "work_max"),
        .column = field(form, "column"),
        .op = field(form, "op"),
        .text = field(form, "text"),
        .agreement = field(form, "agreement"),
        .sort_word = field(form, "sort"),
        .images = str_is(form_get(form, "images"), "1"),
    };
    struct str size = field(form, "size");
    q->size = str_is(size, "100") ? 100 : str_is(size, "500") ? 500 : SIZE_DEFAULT;
    read_status(q, otherwise);
    read_sort(q);
    read_cell_filter(q);
    q->filter.worker_id = q->worker;
    q->filter.hit_id = q->hit;
    q->filter.from_ms = site_day(call, &q->from, false);
    q->filter.to_ms = site_day(call, &q->to, true);
    q->filter.work_min_s = read_minutes(&q->work_min);
    q->filter.work_max_s = read_minutes(&q->work_max);
    q->filter.agreement = (enum filter_agreement)word_in(q->agreement, agreements,
                                                         sizeof agreements / sizeof *agreements);
    if (!q->filter.agreement)
        q->agreement = STR("");
    q->query = write_query(call->req->arena, q);
}

struct err results_query_parse(struct call *call, struct str text, const char *otherwise,
                               struct results_query *q) {
    struct form form = {0};
    struct err e = form_parse_urlencoded(call->req->arena, text.p ? text : STR(""), 0, &form);
    if (!failed(e))
        results_query_read(call, &form, otherwise, q);
    return e;
}

struct str results_url(struct arena *a, int64_t batch, struct str query, const char *name,
                       struct str value) {
    struct buf b = BUF_INIT;
    buf_printf(&b, "/requester/batches/%lld/results", (long long)batch);
    if (query.n || value.p)
        buf_putc(&b, '?');
    buf_str(&b, query);
    if (value.p) {
        if (query.n)
            buf_putc(&b, '&');
        buf_puts(&b, name);
        buf_putc(&b, '=');
        form_encode(&b, value);
    }
    struct str url = buf_dup(a, &b);
    buf_free(&b);
    return url;
}
