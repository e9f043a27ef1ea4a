#include "site/form.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/pack.h"
#include "base/rand.h"
#include "formats/answer.h"
#include "formats/formatted.h"
#include "formats/xml_in.h"
#include "site/page.h"

static const char style[] =
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;"
    "padding:0 1rem;max-width:46rem}.text{white-space:pre-line}fieldset{margin:1.5rem 0;"
    "border:1px solid #8888;border-radius:.5rem;padding:.5rem 1rem 1rem}legend{font-weight:600;"
    "padding:0 .4rem}label{display:block;padding:.25rem 0}input[type=text],textarea,select{font:"
    "inherit;width:100%;max-width:100%;box-sizing:border-box;padding:.4rem .5rem;border:1px solid "
    "#888;border-radius:.35rem}img,video{max-width:100%;height:auto}.need,.hint{opacity:.8;margin:"
    ".25rem 0;font-size:.9em}.wrong{border-left:.25rem solid #c62828;padding-left:.6rem;"
    "font-weight:600}button{font:inherit;font-weight:600;padding:.6rem 1.4rem;border:0;"
    "border-radius:.4rem;background:#0b57d0;color:#fff}button:disabled{background:#777}"
    ":focus-visible{outline:3px solid #0b57d0;outline-offset:2px}@media(prefers-color-scheme:"
    "dark){.wrong{border-color:#ef9a9a}button{background:#8ab4f8;color:#000}}";

/* Expressions, counts, "other" and the time left: comfort only, the server checks again. */
static const char script[] =
    "for(const f of document.querySelectorAll('[data-rules]')){const rules=JSON.parse(f.dataset."
    "rules);const check=()=>{let wrong='';if(f.value)for(const r of rules){let ok=true;try{ok="
    "new RegExp(r[0],r[1]).test(f.value)}catch(e){}if(!ok){wrong=r[2];break}}"
    "f.setCustomValidity(wrong)};f.addEventListener('input',check);check()}"
    "for(const g of document.querySelectorAll('[data-max]')){const boxes=[...g.querySelectorAll("
    "'input[type=checkbox]')];const other=g.querySelector('[data-other]');const check=()=>{if(!"
    "boxes.length)return;let n=boxes.filter(b=>b.checked).length;if(other&&other.value)n++;const "
    "max=+g.dataset.max,min=+g.dataset.min;boxes[0].setCustomValidity(n>max?'Please choose at most "
    "'+max+'.':n&&n<min?'Please choose at least '+min+'.':!n&&g.dataset.need?'Please answer this "
    "question.':'')};g.addEventListener('input',check);check();if(other)other.addEventListener("
    "'input',()=>{const r=g.querySelector('input[type=radio][value=\"\"]');if(r&&other.value)r."
    "checked=true})}"
    "const left=document.querySelector('[data-left]');if(left){const end=performance.now()+ +left."
    "dataset.left;const tick=()=>{const s=Math.max(0,Math.round((end-performance.now())/1000));"
    "left.textContent=Math.floor(s/60)+' min '+s%60+' s';if(s)setTimeout(tick,1000)};tick()}";

struct writer {
    struct buf *out;
    const struct form_page *page;
    int number;                         /* of the question */
    const struct form_mistake *mistake; /* of the question that is being written */
};

static void element(struct buf *out, const char *tag, struct str text) {
    buf_printf(out, "<%s>", tag);
    html_text(out, text);
    buf_printf(out, "</%s>\n", tag);
}

static void attribute(struct buf *out, const char *name, struct str value) {
    buf_printf(out, " %s=\"", name);
    html_text(out, value);
    buf_putc(out, '"');
}

/* ---- content (6.2) ---- */

/* A whole number of pixels, or nothing. */
static void size_attribute(struct buf *out, const char *name, struct str value) {
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < '0' || value.p[i] > '9')
            return;
    if (value.n && value.n < 6)
        attribute(out, name, value);
}

static void link_to(struct buf *out, struct str url, struct str words) {
    buf_puts(out, "<a target=\"_blank\" rel=\"noopener\"");
    attribute(out, "href", url);
    buf_putc(out, '>');
    html_text(out, words.n ? words : url);
    buf_puts(out, "</a>");
}

/* Media of plain http are linked, not loaded into the page (6.2). */
static void media(struct buf *out, const struct form_part *part) {
    bool safe = str_starts(part->url, STR("https://")), embedded = part->kind == FORM_EMBEDDED;
    bool sound = str_is(part->media_type, "audio"), film = str_is(part->media_type, "video");
    if (safe && str_is(part->media_type, "image")) {
        buf_puts(out, "<img");
        attribute(out, "src", part->url);
        attribute(out, "alt", part->alt);
        size_attribute(out, "width", part->width);
        size_attribute(out, "height", part->height);
        buf_putc(out, '>');
    } else if (safe && embedded && (sound || film)) {
        buf_printf(out, "<%s controls", sound ? "audio" : "video");
        attribute(out, "src", part->url);
        attribute(out, "aria-label", part->alt);
        size_attribute(out, "width", part->width);
        size_attribute(out, "height", part->height);
        buf_putc(out, '>');
        link_to(out, part->url, part->alt);
        buf_printf(out, "</%s>", sound ? "audio" : "video");
    } else {
        link_to(out, part->url, part->alt);
    }
}

static void list(struct buf *out, const struct form_part *part) {
    buf_puts(out, "<ul>\n");
    for (const struct xml_node *item = part->node; item; item = item->next)
        element(out, "li", item->text);
    buf_puts(out, "</ul>\n");
}

static void content(struct buf *out, const struct form_part *part) {
    for (; part; part = part->next) {
        switch (part->kind) {
        case FORM_TITLE: element(out, "h2", part->text); break;
        case FORM_TEXT:
            buf_puts(out, "<p class=\"text\">");
            html_text(out, part->text);
            buf_puts(out, "</p>\n");
            break;
        case FORM_LIST: list(out, part); break;
        case FORM_BINARY:
        case FORM_EMBEDDED:
            buf_puts(out, "<p>");
            media(out, part);
            buf_puts(out, "</p>\n");
            break;
        case FORM_FORMATTED:
            buf_puts(out, "<div>");
            formatted_write(out, part->node);
            buf_puts(out, "</div>\n");
            break;
        case FORM_APPLICATION:
            buf_puts(out, "<p class=\"hint\">Here stood an applet or a Flash film, which browsers "
                          "do not run any more.</p>\n");
            break;
        }
    }
}

/* ---- what was entered before ---- */

static struct str entered_values(const struct writer *w, struct str name) {
    struct str rest = w->page->entered;
    struct answer answer;
    while (rest.n && answer_next(&rest, &answer))
        if (str_eq(answer.name, name))
            return answer.values;
    return STR("");
}

static struct str entered_text(const struct writer *w, struct str name, struct str otherwise) {
    struct str values = entered_values(w, name), value = STR("");
    if (!w->page->entered.p)
        return otherwise.p ? otherwise : STR("");
    pack_next(&values, &value);
    return value;
}

static bool was_chosen(const struct writer *w, struct str name, struct str id) {
    struct str values = entered_values(w, name), value;
    while (pack_next(&values, &value))
        if (str_eq(value, id))
            return true;
    return false;
}

/* ---- controls ---- */

/* What a control is called and, when it is wrong, why. */
static void describe(const struct writer *w) {
    buf_printf(w->out, " aria-labelledby=\"q%d-name q%d-about\"", w->number, w->number);
    if (w->mistake)
        buf_printf(w->out, " aria-invalid=\"true\" aria-describedby=\"q%d-wrong\"", w->number);
}

static void rules(struct buf *out, const struct form_text *t) {
    if (!t->regexes)
        return;
    struct buf json = BUF_INIT;
    struct json j = json_begin(&json);
    json_open_array(&j);
    for (const struct form_regex *x = t->regexes; x; x = x->next) {
        json_open_array(&j);
        json_str(&j, x->source);
        json_cstr(&j, x->fold ? "i" : "");
        json_str(&j, x->error_text.p ? x->error_text
                                     : STR("This does not have the form that is asked for."));
        json_end(&j);
    }
    json_end(&j);
    attribute(out, "data-rules", buf_view(&json));
    buf_free(&json);
}

static void text_limits(struct buf *out, const struct form_text *t) {
    if (t->min_length > 0)
        buf_printf(out, " minlength=\"%lld\"", (long long)t->min_length);
    if (t->max_length >= 0)
        buf_printf(out, " maxlength=\"%lld\"", (long long)t->max_length);
    if (t->numeric)
        buf_printf(out, " inputmode=\"%s\"", t->has_min || t->has_max ? "numeric" : "decimal");
    rules(out, t);
}

static void text_control(const struct writer *w, struct str name, const struct form_text *t,
                         bool required) {
    struct buf *out = w->out;
    buf_puts(out, t->lines > 1 ? "<textarea" : "<input type=\"text\"");
    attribute(out, "name", name);
    text_limits(out, t);
    if (required)
        buf_puts(out, " required");
}

static void text_rest(const struct writer *w, struct str name, const struct form_text *t) {
    struct buf *out = w->out;
    struct str value = entered_text(w, name, t->default_text);
    if (t->lines > 1) {
        buf_printf(out, " rows=\"%lld\">\n", (long long)(t->lines < 100 ? t->lines : 100));
        html_text(out, value);
        buf_puts(out, "</textarea>\n");
    } else {
        attribute(out, "value", value);
        buf_puts(out, ">\n");
    }
}

static void number_hint(struct buf *out, const struct form_text *t) {
    if (t->has_min && t->has_max)
        buf_printf(out, "<p class=\"hint\">A whole number from %lld to %lld.</p>\n",
                   (long long)t->min, (long long)t->max);
    else if (t->has_min)
        buf_printf(out, "<p class=\"hint\">A whole number of %lld or more.</p>\n",
                   (long long)t->min);
    else if (t->has_max)
        buf_printf(out, "<p class=\"hint\">A whole number of %lld or less.</p>\n",
                   (long long)t->max);
    else if (t->numeric)
        buf_puts(out, "<p class=\"hint\">A number.</p>\n");
}

static void free_text(const struct writer *w, const struct form_question *q) {
    number_hint(w->out, &q->text);
    text_control(w, q->id, &q->text, q->required);
    describe(w);
    text_rest(w, q->id, &q->text);
}

static void other_text(const struct writer *w, const struct form_question *q) {
    struct buf name = BUF_INIT;
    buf_str(&name, q->id);
    buf_puts(&name, FORM_OTHER_SUFFIX);
    text_control(w, buf_view(&name), &q->text, false);
    buf_puts(w->out, " data-other aria-label=\"Other, in your own words\"");
    text_rest(w, buf_view(&name), &q->text);
    buf_free(&name);
}

static void choice_label(struct buf *out, const struct form_part *label) {
    if (label->kind == FORM_FORMATTED)
        formatted_write(out, label->node);
    else if (label->kind == FORM_BINARY)
        media(out, label);
    else
        html_text(out, label->text);
}

static void buttons(const struct writer *w, const struct form_question *q, bool boxes) {
    struct buf *out = w->out;
    const char *type = boxes ? "checkbox" : "radio";
    bool more = q->choice_count > 1;
    for (const struct form_choice *ch = q->choices; ch; ch = ch->next) {
        buf_printf(out, "<label><input type=\"%s\"", type);
        attribute(out, "name", q->id);
        attribute(out, "value", ch->id);
        if (was_chosen(w, q->id, ch->id))
            buf_puts(out, " checked");
        if (!boxes && q->required && (more || !q->other))
            buf_puts(out, " required");
        buf_puts(out, "> ");
        choice_label(out, &ch->label);
        buf_puts(out, "</label>\n");
    }
    if (!q->other)
        return;
    if (!boxes) {
        buf_puts(out, "<label><input type=\"radio\" value=\"\"");
        attribute(out, "name", q->id);
        if (was_chosen(w, q->id, STR("")))
            buf_puts(out, " checked");
        buf_puts(out, "> Other:</label>\n");
    } else {
        buf_puts(out, "<p class=\"hint\">Other:</p>\n");
    }
    other_text(w, q);
}

static void options(const struct writer *w, const struct form_question *q) {
    struct buf *out = w->out;
    bool list = q->style == FORM_STYLE_LIST || q->max > 1;
    buf_puts(out, "<select");
    attribute(out, "name", q->id);
    describe(w);
    if (q->max > 1)
        buf_puts(out, " multiple");
    if (list)
        buf_printf(out, " size=\"%zu\"", q->choice_count < 10 ? q->choice_count + 1 : 10);
    if (q->required && !q->other)
        buf_puts(out, " required");
    buf_puts(out, ">\n");
    if (!list)
        buf_puts(out, "<option value=\"\"></option>\n");
    for (const struct form_choice *ch = q->choices; ch; ch = ch->next) {
        buf_puts(out, "<option");
        attribute(out, "value", ch->id);
        if (was_chosen(w, q->id, ch->id))
            buf_puts(out, " selected");
        buf_putc(out, '>');
        html_text(out, ch->label.text);
        buf_puts(out, "</option>\n");
    }
    buf_puts(out, "</select>\n");
    if (!q->other)
        return;
    buf_puts(out, "<p class=\"hint\">Other:</p>\n");
    other_text(w, q);
}

static bool only_text(const struct form_question *q) {
    for (const struct form_choice *ch = q->choices; ch; ch = ch->next)
        if (ch->label.kind != FORM_TEXT)
            return false;
    return true;
}

static void selection(const struct writer *w, const struct form_question *q) {
    struct buf *out = w->out;
    bool in_list = q->style == FORM_STYLE_LIST || q->style == FORM_STYLE_DROPDOWN ||
                   q->style == FORM_STYLE_COMBOBOX;
    if (q->max > 1 && q->min == q->max)
        buf_printf(out, "<p class=\"hint\">Choose %lld.</p>\n", (long long)q->max);
    else if (q->max > 1 && q->min > 1)
        buf_printf(out, "<p class=\"hint\">Choose %lld to %lld.</p>\n", (long long)q->min,
                   (long long)q->max);
    else if (q->max > 1)
        buf_printf(out, "<p class=\"hint\">Choose up to %lld.</p>\n", (long long)q->max);
    if (in_list && only_text(q)) /* an option holds no pictures and no markup */
        options(w, q);
    else
        buttons(w, q, q->style == FORM_STYLE_CHECKBOX || q->max > 1);
}

static void file_control(const struct writer *w, const struct form_question *q) {
    struct buf *out = w->out;
    int64_t most = q->file_max < (int64_t)FORM_FILE_MAX ? q->file_max : (int64_t)FORM_FILE_MAX;
    buf_printf(out, "<p class=\"hint\">A file of %lld to %lld bytes.</p>\n", (long long)q->file_min,
               (long long)most);
    buf_puts(out, "<input type=\"file\"");
    attribute(out, "name", q->id);
    describe(w);
    buf_puts(out, q->required ? " required>\n" : ">\n");
}

/* ---- the page ---- */

static const struct form_mistake *mistake_of(const struct form_page *page,
                                             const struct form_question *q) {
    for (const struct form_mistake *m = page->mistakes; m; m = m->next)
        if (str_eq(m->question->id, q->id))
            return m;
    return NULL;
}

static void question(struct writer *w, const struct form_question *q) {
    struct buf *out = w->out;
    w->number++;
    w->mistake = mistake_of(w->page, q);
    buf_printf(out, "<fieldset id=\"q%d\"", w->number);
    if (q->kind == FORM_SELECTION)
        buf_printf(out, " data-min=\"%lld\" data-max=\"%lld\"%s", (long long)q->min,
                   (long long)q->max, q->required ? " data-need=\"1\"" : "");
    if (w->mistake)
        buf_printf(out, " aria-describedby=\"q%d-wrong\"", w->number);
    buf_printf(out, ">\n<legend id=\"q%d-name\">", w->number);
    if (q->display_name.n)
        html_text(out, q->display_name);
    else
        buf_printf(out, "Question %d", w->number);
    buf_printf(out, "</legend>\n<div id=\"q%d-about\">\n", w->number);
    content(out, q->content);
    buf_puts(out, "</div>\n");
    if (q->required)
        buf_puts(out, "<p class=\"need\">Required.</p>\n");
    if (w->mistake) {
        buf_printf(out, "<p class=\"wrong\" id=\"q%d-wrong\">", w->number);
        html_text(out, str_c(w->mistake->message));
        buf_puts(out, "</p>\n");
    }
    switch (q->kind) {
    case FORM_FREE_TEXT: free_text(w, q); break;
    case FORM_SELECTION: selection(w, q); break;
    case FORM_FILE: file_control(w, q); break;
    }
    buf_puts(out, "</fieldset>\n");
}

static void summary(const struct writer *w) {
    int n = 0, number = 0;
    for (const struct form_mistake *m = w->page->mistakes; m; m = m->next)
        n++;
    if (!n)
        return;
    buf_printf(w->out,
               "<div role=\"alert\" class=\"wrong\"><p>Nothing was submitted yet: %d %s not fit. "
               "Your answers are kept below.</p>\n<ul>\n",
               n, n == 1 ? "answer does" : "answers do");
    for (const struct form_item *i = w->page->form->items; i; i = i->next) {
        const struct form_mistake *m = i->question ? mistake_of(w->page, i->question) : NULL;
        number += i->question != NULL;
        if (!m)
            continue;
        buf_printf(w->out, "<li><a href=\"#q%d\">", number);
        if (i->question->display_name.n)
            html_text(w->out, i->question->display_name);
        else
            buf_printf(w->out, "Question %d", number);
        buf_puts(w->out, "</a>: ");
        html_text(w->out, str_c(m->message));
        buf_puts(w->out, "</li>\n");
    }
    buf_puts(w->out, "</ul></div>\n");
}

static void head(struct buf *out, const struct form_page *page) {
    buf_puts(out, "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta "
                  "name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
    html_text(out, str_c(page->title));
    buf_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
    if (page->left_ms > 0)
        buf_printf(out,
                   "<p role=\"timer\">Time left: <strong data-left=\"%lld\">%lld min %lld "
                   "s</strong></p>\n",
                   (long long)page->left_ms, (long long)(page->left_ms / 60000),
                   (long long)(page->left_ms / 1000 % 60));
    buf_puts(out, "<form method=\"post\"");
    attribute(out, "action", page->action);
    buf_puts(out, page->form->has_file ? " enctype=\"multipart/form-data\">\n" : ">\n");
    for (size_t i = 0; i < page->hidden_count; i++) {
        buf_puts(out, "<input type=\"hidden\"");
        attribute(out, "name", page->hidden[i].name);
        attribute(out, "value", page->hidden[i].value);
        buf_puts(out, ">\n");
    }
}

void form_page_write(struct buf *out, const struct form_page *page) {
    struct writer w = {.out = out, .page = page};
    head(out, page);
    summary(&w);
    for (const struct form_item *i = page->form->items; i; i = i->next) {
        if (i->question)
            question(&w, i->question);
        else
            content(out, i->overview);
    }
    if (page->preview)
        buf_puts(out, "<p class=\"need\">This is a preview: accept the task first.</p>\n<button "
                      "disabled>Submit</button>\n");
    else
        buf_puts(out, "<button>Submit</button>\n");
    buf_puts(out, "</form>\n</main>\n<script");
    if (page->nonce.p)
        attribute(out, "nonce", page->nonce);
    buf_printf(out, ">%s</script>\n</body>\n</html>\n", script);
}

/* With files the assignment stands in the address too: it decides how much is read (site_plan). */
static struct form_page task_page(struct call *call, const struct question_form *form,
                                  struct form_field *hidden) {
    struct buf query = BUF_INIT;
    if (form->has_file) {
        buf_puts(&query, "?assignmentId=");
        form_encode(&query, hidden->value);
    }
    struct str action = str_printf(call->req->arena, "%s/mturk/externalSubmit%.*s",
                                   call->app->site_url, STR_ARG(buf_view(&query)));
    buf_free(&query);
    return (struct form_page){
        .form = form,
        .title = "Task",
        .action = action,
        .hidden = hidden,
        .hidden_count = 1,
        .entered = STR_NULL,
        .nonce = STR_NULL,
    };
}

#define NO_ASSIGNMENT "ASSIGNMENT_ID_NOT_AVAILABLE"

void form_task_page(struct call *call, const struct question_form *form) {
    struct str id = form_get(&call->req->query, "assignmentId");
    bool preview = !id.n || str_is(id, NO_ASSIGNMENT);
    struct form_field hidden = {
        .name = STR("assignmentId"),
        .value = preview ? STR(NO_ASSIGNMENT) : id,
    };
    struct form_page page = task_page(call, form, &hidden);
    page.preview = preview;
    form_page_write(&call->body, &page);
}

void form_task_again(struct call *call, struct str assignment_id, struct str fields,
                     const struct question_form *form, const struct form_mistake *mistakes) {
    struct form_field hidden = {.name = STR("assignmentId"), .value = assignment_id};
    struct form_page page = task_page(call, form, &hidden);
    page.entered = fields;
    page.mistakes = mistakes;
    page.nonce = rand_hex(call->req->arena, 16);
    call->status = 422;
    call->type = "text/html; charset=utf-8";
    call_header(call, "Content-Security-Policy",
                str_printf(call->req->arena,
                           "sandbox allow-forms allow-scripts allow-popups "
                           "allow-popups-to-escape-sandbox; default-src 'none'; img-src https:; "
                           "media-src https:; style-src 'unsafe-inline'; script-src 'nonce-%.*s'; "
                           "base-uri 'none'",
                           STR_ARG(page.nonce)));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    form_page_write(&call->body, &page);
}
