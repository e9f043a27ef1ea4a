/* formats/question_form, formatted, pattern, form_answer, and the page that is made of a form. The
 * text before a NUL is the form; behind it fields as lines "name=value". What is accepted is
 * bounded, can be answered, and its typed answer goes through the API's XML and back. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "formats/answer.h"
#include "formats/form_answer.h"
#include "formats/formatted.h"
#include "formats/question_form.h"
#include "formats/xml_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Markup that we write holds no tag and no attribute but those of the table. */
static void check_formatted(const struct xml_node *root) {
    struct buf out = BUF_INIT;
    formatted_write(&out, root);
    assert(utf8_valid(buf_view(&out)));
    assert(str_find(buf_view(&out), STR("<script")) < 0);
    buf_free(&out);
}

static void check_parts(const struct form_part *part) {
    for (; part; part = part->next) {
        if (part->kind == FORM_FORMATTED)
            check_formatted(part->node);
        if (part->kind == FORM_BINARY || part->kind == FORM_EMBEDDED)
            assert(str_starts(part->url, STR("http")));
    }
}

static void check_form(const struct question_form *form) {
    size_t questions = 0;
    for (const struct form_item *i = form->items; i; i = i->next) {
        assert(!i->question != !i->overview);
        check_parts(i->overview);
        if (!i->question)
            continue;
        const struct form_question *q = i->question;
        questions++;
        assert(q->id.n && form_find(form, q->id) == q);
        check_parts(q->content);
        if (q->kind == FORM_SELECTION)
            assert(q->choice_count && q->min <= q->max &&
                   q->max <= (int64_t)q->choice_count + q->other);
    }
    assert(questions == form->question_count);
}

static void fill_in(struct arena *a, const struct question_form *form, struct str text) {
    struct answer_field *fields = arena_array(a, text.n + 1, sizeof(*fields));
    size_t count = 0;
    while (text.p && text.n) {
        struct str value = str_cut(&text, '\n');
        struct str name = str_cut(&value, '=');
        fields[count++] = (struct answer_field){name, value.p ? value : STR("")};
    }
    struct form_input in = {0};
    struct str typed, again;
    if (failed(answer_pack(a, fields, count, &in.fields)))
        return;
    const struct form_mistake *wrong = form_answer(a, form, &in, &typed);
    assert(!wrong == (typed.p != NULL));
    if (wrong)
        return;
    struct buf xml = BUF_INIT;
    answer_write_xml(&xml, typed);
    assert(!failed(answer_read_xml(a, buf_view(&xml), &again)));
    assert(str_eq(typed, again) || str_find(typed, STR("\r")) >= 0);
    buf_free(&xml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a;
    arena_init(&a, 0);
    struct str rest = {(const char *)data, n};
    struct str text = str_cut(&rest, '\0');
    struct question_form form;
    if (n && !failed(question_form_parse(&a, text, true, &form))) {
        check_form(&form);
        fill_in(&a, &form, rest);
    }
    /* An expression of its own: whatever it is, it ends. */
    struct pattern p;
    const char *why;
    int64_t steps = PATTERN_STEPS_MAX / 100;
    struct str regex = str_sub(text, 0, 200);
    if (n && pattern_compile(&a, regex, n % 2, PATTERN_OPS_MAX, &p, &why) == PATTERN_GOOD)
        pattern_search(&a, &p, str_sub(rest.p ? rest : text, 0, 5000), &steps);
    arena_free(&a);
    return 0;
}
