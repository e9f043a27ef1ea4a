#include "base/json.h"
#include "base/num.h"
#include "formats/html_scan.h"
#include "hitd/simulate.h"

enum { CONTROLS_MAX = 500, CHOICES_MAX = 200 };

enum control_kind {
    CONTROL_TEXT,   /* value */
    CONTROL_NUMBER, /* value, digits */
    CONTROL_SELECT, /* one of the choices */
    CONTROL_RADIO,  /* the same; all buttons of one name */
    CONTROL_BOX,    /* on or off */
    CONTROL_LABEL,  /* a classifier: one of the choices */
    CONTROL_LABELS, /* one or more of them */
};

struct control {
    enum control_kind kind;
    struct str name, value;
    struct str *choices;
    size_t choice_count;
};

struct page {
    struct arena *arena;
    uint64_t *random;
    struct control controls[CONTROLS_MAX];
    size_t count;
    bool crowd_form;
};

uint64_t sim_random(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15)); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static size_t below(struct page *p, size_t n) {
    return n ? (size_t)(sim_random(p->random) % n) : 0;
}

void sim_escape(struct buf *out, struct str value) {
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_';
        if (plain)
            buf_putc(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

struct str sim_unescape(struct arena *a, struct str text) {
    static const struct {
        const char *name;
        char means;
    } rows[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
                {"&quot;", '"'}, {"&#39;", '\''}, {"&#x27;", '\''}};
    struct buf b = BUF_INIT;
    while (text.n) {
        size_t taken = 1;
        char c = text.p[0];
        for (size_t i = 0; c == '&' && i < sizeof rows / sizeof *rows; i++)
            if (str_starts(text, str_c(rows[i].name)))
                taken = str_c(rows[i].name).n, c = rows[i].means;
        buf_putc(&b, c);
        text = str_from(text, taken);
    }
    struct str kept = buf_dup(a, &b);
    buf_free(&b);
    return kept;
}

static struct str words(struct page *p) {
    static const char *const list[] = {
        "a",   "blue", "bright", "cat",   "clear", "dog",    "field", "green", "house", "near",
        "old", "red",  "river",  "small", "stone", "street", "the",   "tree",  "two",   "window"};
    struct buf b = BUF_INIT;
    for (size_t i = 2 + below(p, 4); i-- > 0;)
        buf_printf(&b, "%s%s", b.n ? " " : "", list[below(p, sizeof list / sizeof *list)]);
    struct str kept = buf_dup(p->arena, &b);
    buf_free(&b);
    return kept;
}

/* A whole number within min and max of the tag, 1 to 10 where they are not told. */
static struct str number(struct page *p, const struct html_piece *tag) {
    int64_t min = 1, max = 10, bound;
    if (num_parse(html_attr(tag, "min"), INT32_MIN, INT32_MAX, &bound))
        min = bound;
    if (num_parse(html_attr(tag, "max"), INT32_MIN, INT32_MAX, &bound))
        max = bound;
    if (max < min)
        max = min;
    return str_printf(p->arena, "%lld",
                      (long long)min + (long long)below(p, (size_t)(max - min + 1)));
}

/* NULL when it has no name, or there are too many. */
static struct control *add(struct page *p, enum control_kind kind, struct str name,
                           struct str value) {
    if (!name.n || p->count == CONTROLS_MAX)
        return NULL;
    struct control *c = &p->controls[p->count++];
    *c = (struct control){
        .kind = kind,
        .name = sim_unescape(p->arena, name),
        .value = value,
        .choices =
            arena_array(p->arena, kind >= CONTROL_SELECT ? CHOICES_MAX : 0, sizeof(*c->choices)),
    };
    return c;
}

static void choice(struct page *p, struct control *c, struct str value) {
    if (c && c->choice_count < CHOICES_MAX)
        c->choices[c->choice_count++] = sim_unescape(p->arena, value);
}

/* ["cat", "dog"] or ['cat', 'dog'] */
static void categories(struct page *p, struct control *c, struct str list) {
    list = sim_unescape(p->arena, list);
    for (size_t i = 0; i < list.n; i++) {
        char quote = list.p[i];
        if (quote != '"' && quote != '\'')
            continue;
        struct str inside = str_from(list, i + 1);
        ptrdiff_t end = str_chr(inside, quote);
        if (end < 0)
            return;
        choice(p, c, str_sub(inside, 0, (size_t)end));
        i += (size_t)end + 1;
    }
}

static struct control *radio_of(struct page *p, struct str name) {
    for (size_t i = 0; i < p->count; i++)
        if (p->controls[i].kind == CONTROL_RADIO && str_eq(p->controls[i].name, name))
            return &p->controls[i];
    return add(p, CONTROL_RADIO, name, STR_NULL);
}

static struct str value_or(struct str value, const char *otherwise) {
    return value.n ? value : str_c(otherwise);
}

static void take_input(struct page *p, const struct html_piece *tag) {
    static const char *const silent[] = {"submit", "button", "reset", "image", "file"};
    struct str type = html_attr(tag, "type"), name = html_attr(tag, "name");
    struct str value = html_attr(tag, "value");
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (str_ieq(type, str_c(silent[i])))
            return;
    if (str_is(name, "assignmentId"))
        return;
    if (str_ieq(type, STR("radio")))
        choice(p, radio_of(p, name), value_or(value, "on"));
    else if (str_ieq(type, STR("checkbox")))
        choice(p, add(p, CONTROL_BOX, name, STR_NULL), value_or(value, "on"));
    else if (str_ieq(type, STR("hidden")))
        add(p, CONTROL_TEXT, name, sim_unescape(p->arena, value_or(value, "")));
    else if (str_ieq(type, STR("number")) || str_ieq(type, STR("range")))
        add(p, CONTROL_TEXT, name, number(p, tag));
    else if (str_ieq(type, STR("email")))
        add(p, CONTROL_TEXT, name, STR("somebody@example.org"));
    else if (str_ieq(type, STR("url")))
        add(p, CONTROL_TEXT, name, STR("https://example.org/"));
    else if (str_ieq(type, STR("date")))
        add(p, CONTROL_TEXT, name, STR("2026-01-15"));
    else
        add(p, CONTROL_TEXT, name, words(p));
}

static void take_crowd(struct page *p, const struct html_piece *tag) {
    struct str name = html_attr(tag, "name"), value = html_attr(tag, "value");
    struct str kind = str_from(tag->tag, 6);
    if (str_is(kind, "form"))
        p->crowd_form = true;
    else if (str_is(kind, "input") || str_is(kind, "text-area"))
        add(p, CONTROL_TEXT, name, words(p));
    else if (str_is(kind, "slider"))
        add(p, CONTROL_NUMBER, name, number(p, tag));
    else if (str_is(kind, "checkbox") || str_is(kind, "radio-button") ||
             str_is(kind, "toggle-button"))
        choice(p, add(p, CONTROL_BOX, name, STR_NULL), value_or(value, "on"));
    else if (str_ends(kind, STR("classifier")))
        categories(p, add(p, CONTROL_LABEL, name, STR_NULL), html_attr(tag, "categories"));
    else if (str_ends(kind, STR("classifier-multi-select")))
        categories(p, add(p, CONTROL_LABELS, name, STR_NULL), html_attr(tag, "categories"));
}

static void read_page(struct page *p, struct str html) {
    struct html_scan scan = {.rest = html};
    struct html_piece piece;
    struct control *select = NULL;
    bool option = false; /* one that has no value: its text is the value */
    while (html_next(&scan, &piece)) {
        if (piece.kind == HTML_TEXT && option && select)
            choice(p, select, str_trim(piece.text));
        option = false;
        if (piece.kind != HTML_TAG)
            continue;
        if (str_ieq(piece.tag, STR("input")))
            take_input(p, &piece);
        else if (str_ieq(piece.tag, STR("textarea")))
            add(p, CONTROL_TEXT, html_attr(&piece, "name"), words(p));
        else if (str_ieq(piece.tag, STR("select")))
            select = add(p, CONTROL_SELECT, html_attr(&piece, "name"), STR_NULL);
        else if (str_ieq(piece.tag, STR("/select")))
            select = NULL;
        else if (str_starts(piece.tag, STR("crowd-")))
            take_crowd(p, &piece);
        else if (str_ieq(piece.tag, STR("option"))) {
            struct str value = html_attr(&piece, "value");
            option = !value.p;
            if (value.n && select)
                choice(p, select, value);
        }
    }
}

/* ---- as a plain form sends it ---- */

static void pair(struct buf *out, struct str name, struct str value) {
    buf_putc(out, '&');
    sim_escape(out, name);
    buf_putc(out, '=');
    sim_escape(out, value);
}

static void plain(struct page *p, struct buf *out) {
    for (size_t i = 0; i < p->count; i++) {
        const struct control *c = &p->controls[i];
        if (c->kind == CONTROL_TEXT || c->kind == CONTROL_NUMBER)
            pair(out, c->name, c->value);
        else if (c->choice_count && (c->kind != CONTROL_BOX || below(p, 2)))
            pair(out, c->name, c->choices[below(p, c->choice_count)]);
    }
}

/* ---- as a crowd form sends it (crowd-elements 3.1) ---- */

static void choices_json(struct json *j, const struct control *c, size_t chosen) {
    json_open_object(j);
    for (size_t i = 0; i < c->choice_count; i++) {
        json_key_str(j, c->choices[i]);
        json_bool(j, i == chosen);
    }
    json_end(j);
}

static void label_json(struct json *j, const struct control *c, size_t chosen) {
    bool one = c->kind == CONTROL_LABEL;
    json_open_object(j);
    json_key(j, one ? "label" : "labels");
    if (!one)
        json_open_array(j);
    json_str(j, c->choices[chosen]);
    if (!one)
        json_end(j);
    json_end(j);
}

static void control_json(struct page *p, struct json *j, const struct control *c) {
    size_t chosen = below(p, c->choice_count);
    json_key_str(j, c->name);
    switch (c->kind) {
    case CONTROL_TEXT: json_str(j, c->value); return;
    case CONTROL_NUMBER: json_raw(j, c->value); return;
    case CONTROL_SELECT: json_str(j, c->choices[chosen]); return;
    case CONTROL_RADIO: choices_json(j, c, chosen); return;
    case CONTROL_BOX: choices_json(j, c, below(p, 2)); return;
    case CONTROL_LABEL:
    case CONTROL_LABELS: label_json(j, c, chosen); return;
    }
}

static void crowd(struct page *p, struct buf *out) {
    struct buf text = BUF_INIT;
    struct json j = json_begin(&text);
    json_open_array(&j);
    json_open_object(&j);
    for (size_t i = 0; i < p->count; i++) {
        const struct control *c = &p->controls[i];
        if (c->kind == CONTROL_TEXT || c->kind == CONTROL_NUMBER || c->choice_count)
            control_json(p, &j, c);
    }
    json_end(&j);
    json_end(&j);
    pair(out, STR("taskAnswers"), buf_view(&text));
    buf_free(&text);
}

void sim_answer(struct arena *a, struct str html, uint64_t *random, struct buf *out) {
    struct page *p = arena_new(a, struct page);
    *p = (struct page){.arena = a, .random = random};
    read_page(p, html);
    if (p->crowd_form)
        crowd(p, out);
    else
        plain(p, out);
}
