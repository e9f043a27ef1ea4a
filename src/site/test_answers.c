#include "site/test_answers.h"

#include "base/pack.h"
#include "formats/answer.h"
#include "formats/question_form.h"
#include "formats/xml_in.h"
#include "site/results.h"

/* Text of markup without the markup, pieces apart by a blank. */
static void add_words(struct buf *b, const struct xml_node *node) {
    for (; node; node = node->next) {
        struct str piece = str_trim(node->text);
        if (piece.n)
            buf_printf(b, "%s%.*s", b->n ? " " : "", STR_ARG(piece));
        add_words(b, node->first);
    }
}

static void add_part(struct buf *b, const struct form_part *part) {
    struct str words = STR_NULL;
    switch (part->kind) {
    case FORM_TITLE:
    case FORM_TEXT: words = str_trim(part->text); break;
    case FORM_BINARY:
    case FORM_EMBEDDED: words = part->alt.n ? part->alt : part->url; break;
    case FORM_LIST: add_words(b, part->node); break;
    case FORM_FORMATTED: add_words(b, part->node); break;
    case FORM_APPLICATION: break;
    }
    if (words.n)
        buf_printf(b, "%s%.*s", b->n ? " " : "", STR_ARG(words));
}

static struct str question_words(struct arena *a, const struct form_question *q) {
    struct buf b = BUF_INIT;
    if (q->display_name.n)
        buf_str(&b, q->display_name);
    for (const struct form_part *part = q->content; part; part = part->next) {
        if (b.n && part == q->content)
            buf_puts(&b, ":");
        add_part(&b, part);
    }
    struct str words = b.n ? buf_dup(a, &b) : q->id;
    buf_free(&b);
    return words;
}

static struct str choice_words(struct arena *a, const struct form_question *q, struct str id) {
    const struct form_choice *c = q->choices;
    while (c && !str_eq(c->id, id))
        c = c->next;
    if (!c)
        return id;
    struct buf b = BUF_INIT;
    add_part(&b, &c->label);
    struct str words = b.n ? buf_dup(a, &b) : id;
    buf_free(&b);
    return words;
}

/* Chosen labels, a line each; the text of "other" as it was typed. */
static struct str answer_words(struct arena *a, const struct form_question *q,
                               const struct answer *answer) {
    if (!q || (answer->kind != ANSWER_SELECTION && answer->kind != ANSWER_OTHER))
        return answer_joined(a, answer);
    struct buf b = BUF_INIT;
    struct str rest = answer->values, value;
    for (int i = 1; pack_next(&rest, &value); i++) {
        bool other = answer->kind == ANSWER_OTHER && i == answer->count;
        buf_printf(&b, "%s%s%.*s", b.n ? "\n" : "", other ? "Other: " : "",
                   STR_ARG(other ? value : choice_words(a, q, value)));
    }
    struct str words = buf_dup(a, &b);
    buf_free(&b);
    return words;
}

struct test_answers test_answers(struct arena *a, struct str test, struct str answer) {
    struct question_form form = {0};
    struct test_answers out = {NULL, 0};
    struct answer one;
    int most = answer.p ? pack_count(answer) : 0;
    if (most <= 0)
        return out;
    bool known = test.n && !failed(question_form_parse(a, test, true, &form));
    out.list = arena_array(a, (size_t)most, sizeof *out.list);
    for (struct str rest = answer; rest.n && answer_next(&rest, &one);) {
        const struct form_question *q = known ? form_find(&form, one.name) : NULL;
        struct str words = answer_words(a, q, &one);
        out.list[out.n++] = (struct tpl_answer_line){
            q ? question_words(a, q) : one.name,
            site_cell(a, words.n ? words : STR("(left empty)"), false),
        };
    }
    return out;
}
