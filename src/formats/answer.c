#include "formats/answer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/pack.h"
#include "formats/question.h"
#include "formats/xml_in.h"
#include "formats/xml_out.h"

/* A field on its way into the list. */
struct entry {
    struct str name, value;
    size_t place;              /* among the fields */
    const struct entry *first; /* begin of the run of its name in the sorted list */
    size_t run;                /* length of that run; set at the first entry of a name only */
};

static int by_name_and_place(const void *pa, const void *pb) {
    const struct entry *a = pa, *b = pb;
    int order = str_cmp(a->name, b->name);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static struct str clean(struct arena *a, struct buf *scratch, struct str s) {
    buf_clear(scratch);
    xml_put_clean(scratch, s);
    return buf_dup(a, scratch);
}

static struct err check_size(struct arena *a, const struct answer_field *fields, size_t count) {
    if (count > ANSWER_FIELDS_MAX)
        return err_make(a, ERR_TOO_LARGE, NULL,
                        "The submission has %zu fields; at most %d are accepted.", count,
                        ANSWER_FIELDS_MAX);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += fields[i].name.n + fields[i].value.n;
        if (bytes > ANSWER_MAX)
            return err_make(a, ERR_TOO_LARGE, NULL,
                            "The answer is larger than the %zu bytes that are accepted.",
                            ANSWER_MAX);
        if (fields[i].name.n > FIELD_NAME_MAX)
            return err_make(a, ERR_INVALID_PARAMETER, NULL,
                            "The field name \"%.*s…\" has %zu bytes; at most %d are accepted.",
                            STR_ARG(str_sub(fields[i].name, 0, 40)), fields[i].name.n,
                            FIELD_NAME_MAX);
    }
    return NO_ERR;
}

/* Cleaned entries without the reserved names, in order; gives how many. */
static size_t take_fields(struct arena *a, const struct answer_field *fields, size_t count,
                          struct entry *entries) {
    struct buf scratch = BUF_INIT;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct str name = clean(a, &scratch, fields[i].name);
        if (name.n == 0 || question_reserved_name(name))
            continue;
        struct str value = clean(a, &scratch, fields[i].value);
        entries[n] = (struct entry){.name = name, .value = value, .place = n};
        n++;
    }
    buf_free(&scratch);
    return n;
}

struct err answer_pack(struct arena *a, const struct answer_field *fields, size_t count,
                       struct str *packed) {
    struct err e = check_size(a, fields, count);
    if (failed(e))
        return e;
    struct entry *entries = arena_array(a, count, sizeof(*entries));
    size_t n = take_fields(a, fields, count, entries);
    struct entry *sorted = arena_array(a, n, sizeof(*sorted));
    for (size_t i = 0; i < n; i++)
        sorted[i] = entries[i];
    /* Sorting brings equal names together without a quadratic search; entries keep the order. */
    if (n)
        qsort(sorted, n, sizeof(*sorted), by_name_and_place);
    for (size_t i = 0, run; i < n; i += run) {
        for (run = 1; i + run < n && str_eq(sorted[i].name, sorted[i + run].name);)
            run++;
        entries[sorted[i].place].first = &sorted[i];
        entries[sorted[i].place].run = run;
    }
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        if (!entries[i].run)
            continue;
        pack_add(&out, entries[i].name);
        pack_add(&out, str_printf(a, "%zu", entries[i].run));
        for (size_t k = 0; k < entries[i].run; k++)
            pack_add(&out, entries[i].first[k].value);
    }
    *packed = buf_dup(a, &out);
    buf_free(&out);
    return NO_ERR;
}

bool answer_count(struct str item, struct answer *out) {
    int64_t n, least = 1;
    out->kind = ANSWER_TEXT;
    out->size = 0;
    switch (item.n ? item.p[0] : 0) {
    case 's':
        out->kind = ANSWER_SELECTION;
        least = 0;
        break;
    case 'o': out->kind = ANSWER_OTHER; break;
    case 'f':
        out->kind = ANSWER_FILE;
        out->count = 1;
        return num_parse(str_from(item, 1), 0, INT64_MAX, &out->size);
    default: break;
    }
    if (!num_parse(str_from(item, out->kind != ANSWER_TEXT), least, INT32_MAX, &n))
        return false;
    out->count = (int)n;
    return true;
}

bool answer_next(struct str *rest, struct answer *out) {
    struct str list = *rest, count, value;
    if (!pack_next(&list, &out->name) || !pack_next(&list, &count) || !answer_count(count, out))
        return false;
    out->values = list;
    for (int i = 0; i < out->count; i++)
        if (!pack_next(&list, &value))
            return false;
    out->values.n -= list.n;
    *rest = list;
    return true;
}

struct str answer_joined(struct arena *a, const struct answer *answer) {
    struct str rest = answer->values, value = STR("");
    if (answer->count == 1) {
        pack_next(&rest, &value);
        return value;
    }
    struct buf out = BUF_INIT;
    for (int i = 0; pack_next(&rest, &value); i++) {
        if (i)
            buf_putc(&out, '|');
        buf_str(&out, value);
    }
    struct str joined = buf_dup(a, &out);
    buf_free(&out);
    return joined;
}

static void write_element(struct buf *out, const char *name, struct str value) {
    buf_printf(out, "<%s>", name);
    xml_put_text(out, value);
    buf_printf(out, "</%s>", name);
}

static void write_text(struct buf *out, struct str values) {
    struct str value;
    buf_puts(out, "<FreeText>");
    for (int i = 0; pack_next(&values, &value); i++) {
        if (i)
            buf_putc(out, '|');
        xml_put_text(out, value);
    }
    buf_puts(out, "</FreeText>");
}

static void write_selection(struct buf *out, const struct answer *field) {
    struct str rest = field->values, value;
    int ids = field->kind == ANSWER_OTHER ? field->count - 1 : field->count;
    for (int i = 0; pack_next(&rest, &value); i++)
        write_element(out, i < ids ? "SelectionIdentifier" : "OtherSelectionText", value);
}

static void write_file(struct buf *out, const struct answer *field) {
    struct str rest = field->values, key = STR("");
    pack_next(&rest, &key);
    buf_printf(out, "<UploadedFileSizeInBytes>%lld</UploadedFileSizeInBytes>",
               (long long)field->size);
    write_element(out, "UploadedFileKey", key);
}

void answer_write_xml(struct buf *out, struct str packed) {
    buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
                  "<QuestionFormAnswers xmlns=\"" ANSWER_NS "\">\n");
    struct answer field;
    while (answer_next(&packed, &field)) {
        buf_puts(out, "  <Answer>");
        write_element(out, "QuestionIdentifier", field.name);
        switch (field.kind) {
        case ANSWER_TEXT: write_text(out, field.values); break;
        case ANSWER_SELECTION:
        case ANSWER_OTHER: write_selection(out, &field); break;
        case ANSWER_FILE: write_file(out, &field); break;
        }
        buf_puts(out, "</Answer>\n");
    }
    assert(packed.n == 0);
    buf_puts(out, "</QuestionFormAnswers>");
}

/* What an Answer of the old service holds beside its QuestionIdentifier. */
struct given {
    struct buf values; /* packed */
    int count;
    bool text, other, file;
    int64_t size;
};

static struct err read_value(struct arena *a, const struct xml_node *n, struct given *g) {
    bool file = str_is(n->name, "UploadedFileKey"), text = str_is(n->name, "FreeText");
    bool other = str_is(n->name, "OtherSelectionText");
    if (str_is(n->name, "UploadedFileSizeInBytes")) {
        if (!num_parse(str_trim(n->text), 0, INT64_MAX, &g->size))
            return xml_error(a, n, "this is not a number of bytes.");
        g->file = true;
        return NO_ERR;
    }
    if (!file && !text && !other && !str_is(n->name, "SelectionIdentifier"))
        return xml_error(a, n, "this element can not stand in an Answer.");
    g->file = g->file || file;
    g->text = g->text || text;
    g->other = other; /* the last of them tells */
    pack_add(&g->values, n->text);
    g->count++;
    return NO_ERR;
}

static void pack_given(struct arena *a, const struct given *g, struct buf *out) {
    if (g->file && g->count == 1)
        pack_add(out, str_printf(a, "f%lld", (long long)g->size));
    else if (g->text || g->file)
        pack_add(out, str_printf(a, "%d", g->count ? g->count : 1));
    else
        pack_add(out, str_printf(a, "%c%d", g->other ? 'o' : 's', g->count));
    if (g->count)
        buf_str(out, buf_view(&g->values));
    else if (g->file)
        pack_add(out, STR(""));
}

/* Packs what stands beside the QuestionIdentifier of one Answer. */
static struct err read_answer(struct arena *a, const struct xml_node *node, struct buf *out) {
    const struct xml_node *id = NULL;
    struct given g = {.count = 0};
    struct err e = NO_ERR;
    for (const struct xml_node *n = node->first; n && !failed(e); n = n->next) {
        if (str_is(n->name, "QuestionIdentifier") && !id)
            id = n;
        else
            e = read_value(a, n, &g);
    }
    if (!failed(e) && !id)
        e = xml_error(a, node, "the element QuestionIdentifier is missing.");
    if (!failed(e)) {
        pack_add(out, id->text);
        pack_given(a, &g, out);
    }
    buf_free(&g.values);
    return e;
}

struct err answer_read_xml(struct arena *a, struct str xml, struct str *packed) {
    struct xml_node *root;
    struct err e = xml_read(a, xml, XML_BYTES_MAX, &root);
    if (failed(e))
        return e;
    if (!xml_is(root, STR(ANSWER_NS), "QuestionFormAnswers"))
        return xml_error(a, root, "the root element must be QuestionFormAnswers in \"%s\".",
                         ANSWER_NS);
    struct buf out = BUF_INIT;
    for (const struct xml_node *n = root->first; n && !failed(e); n = n->next)
        e = xml_is(n, root->ns, "Answer") ? read_answer(a, n, &out)
                                          : xml_error(a, n, "only Answer can stand here.");
    if (!failed(e))
        *packed = buf_dup(a, &out);
    buf_free(&out);
    return e;
}
