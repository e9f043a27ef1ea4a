/* formats/: XML, questions, answers, layouts. The first byte chooses; what is read again after
 * being written must be the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "formats/answer.h"
#include "formats/layout.h"
#include "formats/question.h"
#include "formats/xml_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_tree(const struct xml_node *node, int depth) {
    assert(depth <= XML_DEPTH_MAX);
    assert(utf8_valid(node->name) && utf8_valid(node->text));
    for (const struct xml_node *child = node->first; child; child = child->next) {
        assert(child->parent == node && child->line >= node->line);
        check_tree(child, depth + 1);
    }
}

static void fuzz_question(struct arena *a, struct str text) {
    struct xml_node *root;
    struct err e = xml_read(a, text, XML_BYTES_MAX, &root);
    assert(failed(e) == !root);
    if (root)
        check_tree(root, 1);
    struct question q, again;
    if (failed(question_read(a, text, QUESTION_MAX, true, &q)) || q.kind != QUESTION_HTML)
        return;
    struct buf b = BUF_INIT;
    question_write_html(&b, q.html, q.frame_height);
    e = question_read(a, buf_view(&b), XML_BYTES_MAX, false, &again);
    assert(!failed(e) && again.frame_height == q.frame_height);
    /* "&#13;" is the one character that does not come back: it is a line end in a form. */
    assert(str_eq(again.html, q.html) || str_chr(q.html, '\r') >= 0);
    buf_free(&b);
}

/* Fields are the lines of text, name and value parted by '='. */
static void fuzz_answer(struct arena *a, struct str text) {
    struct answer_field *fields = arena_array(a, text.n + 1, sizeof(*fields));
    size_t count = 0;
    while (text.p && text.n) {
        struct str value = str_cut(&text, '\n');
        struct str name = str_cut(&value, '=');
        fields[count++] = (struct answer_field){name, value.p ? value : STR("")};
    }
    struct str packed, again;
    if (failed(answer_pack(a, fields, count, &packed)))
        return;
    struct buf xml = BUF_INIT, joined = BUF_INIT;
    answer_write_xml(&xml, packed);
    struct err e = answer_read_xml(a, buf_view(&xml), &again);
    assert(!failed(e));
    answer_write_xml(&joined, again);
    assert(str_eq(buf_view(&xml), buf_view(&joined)));
    buf_free(&xml);
    buf_free(&joined);
}

static void fuzz_layout(struct arena *a, struct str text) {
    struct layout layout = layout_read(a, text);
    struct str *names = arena_array(a, layout.var_count, sizeof(*names));
    struct str *values = arena_array(a, layout.var_count, sizeof(*values));
    for (size_t i = 0; i < layout.var_count; i++) {
        names[i] = layout.vars[i].name;
        values[i] = str_printf(a, "${%.*s}", STR_ARG(names[i]));
        layout_value_warning(layout.vars[i].place, text);
    }
    assert(layout_check(a, &layout, names, layout.var_count, true).errors == 0);
    layout_check(a, &layout, NULL, 0, false);
    /* A value that looks like its own placeholder gives the template back: one pass. */
    struct layout_plan plan = layout_plan(a, text, names, layout.var_count);
    struct buf filled = BUF_INIT, page = BUF_INIT;
    layout_fill(&filled, &plan, values);
    assert(str_eq(buf_view(&filled), text.n ? text : STR("")));
    layout_page(&page, &layout, buf_view(&filled), text);
    buf_clear(&filled);
    const struct layout_addresses to = {STR("/submit"), STR("/h.js"), STR("/c.js"), STR("/c.css")};
    layout_rewrite(&filled, buf_view(&page), &to);
    const struct task_parameters parameters = {text, text, text, STR_NULL};
    external_url(&page, text, &parameters);
    buf_free(&filled);
    buf_free(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n == 0)
        return 0;
    struct arena a;
    arena_init(&a, 0);
    struct str text = {(const char *)data + 1, n - 1};
    struct str packed;
    switch (data[0] % 4) {
    case 0: fuzz_answer(&a, text); break;
    case 1: fuzz_layout(&a, text); break;
    case 2: (void)answer_read_xml(&a, text, &packed); break;
    default: fuzz_question(&a, text); break;
    }
    arena_free(&a);
    return 0;
}
