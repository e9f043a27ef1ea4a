#include "formats/question_form.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/num.h"
#include "formats/formatted.h"
#include "formats/question.h"
#include "formats/xml_walk.h"

struct reader {
    struct xml_walk w;
    bool legacy; /* elements of 2005 are allowed */
    bool old;    /* the document is one of 2005 */
    struct question_form *form;
    size_t ops; /* of all expressions so far */
};

/* ---- pieces of the schema ---- */

/* An attribute that is a whole number; false when there is none. */
static bool number_attr(struct reader *r, const struct xml_node *node, const char *name,
                        int64_t min, int64_t *value) {
    const struct xml_attr *at = xml_attr(node, name);
    if (!at)
        return false;
    struct str s = str_trim(at->value);
    if (!num_parse(xml_digits(s), min, INT32_MAX, value))
        xml_refuse(&r->w, node,
                   "the attribute %s is \"%.*s\", which is not a whole number from %lld on.", name,
                   STR_ARG(str_sub(s, 0, 100)), (long long)min);
    return true;
}

static bool boolean(struct reader *r, const struct xml_node *node) {
    struct str s = str_trim(xml_leaf(&r->w, node));
    bool yes = str_is(s, "true") || str_is(s, "1");
    if (node && !yes && !str_is(s, "false") && !str_is(s, "0"))
        xml_refuse(&r->w, node, "\"%.*s\" is neither true nor false.", STR_ARG(str_sub(s, 0, 100)));
    return yes;
}

static struct str address(struct reader *r, const struct xml_node *node) {
    struct str url = str_trim(xml_leaf(&r->w, node));
    bool good = str_starts(url, STR("http://")) || str_starts(url, STR("https://"));
    for (size_t i = 0; i < url.n; i++)
        good = good && (unsigned char)url.p[i] > ' ';
    if (node && !good)
        xml_refuse(&r->w, node, "\"%.*s\" is not an http or https address.",
                   STR_ARG(str_sub(url, 0, 200)));
    return url;
}

/* ---- content (6.2) ---- */

static struct form_part *text_part(struct reader *r, const struct xml_node *node,
                                   enum form_part_kind kind) {
    struct form_part *part = arena_new(r->w.a, struct form_part);
    part->kind = kind;
    part->text = xml_leaf(&r->w, node);
    return part;
}

static struct form_part *list(struct reader *r, const struct xml_node *node) {
    struct form_part *part = arena_new(r->w.a, struct form_part);
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    part->kind = FORM_LIST;
    part->node = c.at;
    xml_leaf(&r->w, xml_need(&c, "ListItem"));
    for (const struct xml_node *item; (item = xml_maybe(&c, "ListItem"));)
        xml_leaf(&r->w, item);
    xml_end(&c);
    return part;
}

static struct str mime(struct reader *r, const struct xml_node *node, bool embedded) {
    if (!node)
        return STR("");
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    const struct xml_node *type = xml_need(&c, "Type");
    struct str t = xml_word(&r->w, type);
    if (embedded)
        xml_leaf(&r->w, xml_need(&c, "SubType"));
    else
        xml_leaf(&r->w, xml_maybe(&c, "SubType"));
    xml_end(&c);
    if (type && !embedded && !str_is(t, "image") && !str_is(t, "audio") && !str_is(t, "video"))
        xml_refuse(&r->w, type, "\"%.*s\" is not image, audio or video.",
                   STR_ARG(str_sub(t, 0, 100)));
    return t;
}

static void application_parameters(struct xml_cursor *c) {
    for (const struct xml_node *p; (p = xml_maybe(c, "ApplicationParameter"));) {
        struct xml_cursor in = xml_children(c->w, p);
        xml_no_attrs(c->w, p);
        xml_leaf(c->w, xml_need(&in, "Name"));
        xml_leaf(c->w, xml_need(&in, "Value"));
        xml_end(&in);
    }
}

static struct form_part *binary(struct reader *r, const struct xml_node *node, bool embedded) {
    struct form_part *part = arena_new(r->w.a, struct form_part);
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    part->kind = embedded ? FORM_EMBEDDED : FORM_BINARY;
    part->media_type = mime(r, xml_need(&c, embedded ? "EmbeddedMimeType" : "MimeType"), embedded);
    part->url = address(r, xml_need(&c, "DataURL"));
    part->alt = xml_leaf(&r->w, xml_need(&c, "AltText"));
    if (embedded) {
        part->width = str_trim(xml_leaf(&r->w, xml_need(&c, "Width")));
        part->height = str_trim(xml_leaf(&r->w, xml_need(&c, "Height")));
        application_parameters(&c);
    }
    xml_end(&c);
    return part;
}

static struct form_part *formatted(struct reader *r, const struct xml_node *node) {
    struct form_part *part = arena_new(r->w.a, struct form_part);
    part->kind = FORM_FORMATTED;
    xml_leaf(&r->w, node);
    if (!failed(r->w.err))
        r->w.err = formatted_read(r->w.a, node, &part->node);
    return part;
}

/* JavaApplet or Flash: never run; checked all the same (1.6). */
static struct form_part *application(struct reader *r, const struct xml_node *node) {
    struct form_part *part = arena_new(r->w.a, struct form_part);
    part->kind = FORM_APPLICATION;
    if (!r->old || !r->legacy)
        xml_refuse(&r->w, node, "applets and Flash films can not be run any more%s.",
                   r->old ? "; the operator can have a notice shown in their place with "
                            "legacy_question_elements"
                          : "");
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    const struct xml_node *kind = xml_maybe(&c, "JavaApplet");
    bool java = kind != NULL;
    if (!java)
        kind = xml_need(&c, "Flash");
    xml_end(&c);
    if (!kind)
        return part;
    xml_no_attrs(&r->w, kind);
    c = xml_children(&r->w, kind);
    address(r, xml_need(&c, java ? "AppletPath" : "FlashMovieURL"));
    if (java)
        xml_leaf(&r->w, xml_need(&c, "AppletFilename"));
    xml_leaf(&r->w, xml_need(&c, "Width"));
    xml_leaf(&r->w, xml_need(&c, "Height"));
    application_parameters(&c);
    xml_end(&c);
    return part;
}

static struct form_part *content_part(struct reader *r, const struct xml_node *node) {
    if (!str_eq(node->ns, node->parent->ns))
        xml_refuse(&r->w, node, "its namespace is not that of the form.");
    if (str_is(node->name, "Title"))
        return text_part(r, node, FORM_TITLE);
    if (str_is(node->name, "Text"))
        return text_part(r, node, FORM_TEXT);
    if (str_is(node->name, "List"))
        return list(r, node);
    if (str_is(node->name, "Binary"))
        return binary(r, node, false);
    if (str_is(node->name, "EmbeddedBinary"))
        return binary(r, node, true);
    if (str_is(node->name, "FormattedContent"))
        return formatted(r, node);
    if (str_is(node->name, "Application"))
        return application(r, node);
    xml_refuse(
        &r->w, node,
        "only Title, Text, List, Binary, EmbeddedBinary and FormattedContent can stand here.");
    return arena_new(r->w.a, struct form_part);
}

static struct form_part *content(struct reader *r, const struct xml_node *node) {
    struct form_part *first = NULL, **tail = &first;
    if (!node)
        return NULL;
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    if (!c.at)
        xml_refuse(&r->w, node,
                   "it is empty; a Title, Text, List, Binary or FormattedContent is missing.");
    for (; c.at && !failed(r->w.err); c.at = c.at->next) {
        *tail = content_part(r, c.at);
        tail = &(*tail)->next;
    }
    return first;
}

/* ---- free text (6.3) ---- */

static void numeric(struct reader *r, const struct xml_node *node, struct form_text *t) {
    xml_only_attrs(&r->w, node, "minValue maxValue");
    struct xml_cursor c = xml_children(&r->w, node);
    xml_end(&c);
    t->numeric = true;
    t->has_min = number_attr(r, node, "minValue", INT32_MIN, &t->min);
    t->has_max = number_attr(r, node, "maxValue", INT32_MIN, &t->max);
    if (t->has_min && t->has_max && t->min > t->max)
        xml_refuse(&r->w, node, "minValue %lld is more than maxValue %lld.", (long long)t->min,
                   (long long)t->max);
}

static void length(struct reader *r, const struct xml_node *node, struct form_text *t) {
    xml_only_attrs(&r->w, node, "minLength maxLength");
    struct xml_cursor c = xml_children(&r->w, node);
    xml_end(&c);
    number_attr(r, node, "minLength", 0, &t->min_length);
    number_attr(r, node, "maxLength", 1, &t->max_length);
    if (t->max_length >= 0 && t->min_length > t->max_length)
        xml_refuse(&r->w, node, "minLength %lld is more than maxLength %lld.",
                   (long long)t->min_length, (long long)t->max_length);
}

static struct form_regex *regex(struct reader *r, const struct xml_node *node) {
    struct form_regex *x = arena_new(r->w.a, struct form_regex);
    xml_only_attrs(&r->w, node, "regex errorText flags");
    struct xml_cursor c = xml_children(&r->w, node);
    xml_end(&c);
    const struct xml_attr *source = xml_attr(node, "regex"), *words = xml_attr(node, "errorText");
    const struct xml_attr *flags = xml_attr(node, "flags");
    if (!source)
        xml_refuse(&r->w, node, "the attribute regex is missing.");
    if (flags && flags->value.n && !str_is(flags->value, "i"))
        xml_refuse(&r->w, node, "the attribute flags is \"%.*s\"; it can only be \"i\".",
                   STR_ARG(str_sub(flags->value, 0, 100)));
    if (failed(r->w.err))
        return x;
    const char *why;
    x->source = source->value;
    x->error_text = words && words->value.n ? words->value : STR_NULL;
    x->fold = flags && flags->value.n;
    x->kind = pattern_compile(r->w.a, x->source, x->fold, FORM_OPS_MAX - r->ops, &x->pattern, &why);
    if (x->kind == PATTERN_GOOD)
        r->ops += x->pattern.n;
    if (x->kind == PATTERN_BAD)
        xml_refuse(&r->w, node, "the regular expression \"%.*s\" can not be read: %s.",
                   STR_ARG(str_sub(x->source, 0, 200)), why);
    return x;
}

static void constraints(struct reader *r, const struct xml_node *node, struct form_text *t) {
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    const struct xml_node *n = xml_maybe(&c, "IsNumeric");
    if (n)
        numeric(r, n, t);
    if ((n = xml_maybe(&c, "Length")))
        length(r, n, t);
    int count = 0;
    for (struct form_regex **tail = &t->regexes; (n = xml_maybe(&c, "AnswerFormatRegex"));
         tail = &(*tail)->next) {
        if (++count > FORM_REGEXES_MAX)
            xml_refuse(&r->w, n, "there are more than %d expressions.", FORM_REGEXES_MAX);
        *tail = regex(r, n);
    }
    xml_end(&c);
}

static void free_text(struct reader *r, const struct xml_node *node, struct form_text *t) {
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    *t = (struct form_text){.max_length = -1, .lines = 1, .default_text = STR_NULL};
    const struct xml_node *n = xml_maybe(&c, "Constraints");
    if (n)
        constraints(r, n, t);
    if ((n = xml_maybe(&c, "DefaultText")))
        t->default_text = xml_leaf(&r->w, n);
    if ((n = xml_maybe(&c, "NumberOfLinesSuggestion")))
        t->lines = xml_whole(&r->w, n, 1, INT32_MAX);
    xml_end(&c);
}

/* ---- selections (6.4) ---- */

static struct form_choice *choice(struct reader *r, const struct xml_node *node) {
    struct form_choice *ch = arena_new(r->w.a, struct form_choice);
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    ch->id = xml_word(&r->w, xml_need(&c, "SelectionIdentifier"));
    const struct xml_node *n;
    struct form_part *label = NULL;
    if ((n = xml_maybe(&c, "Text")))
        label = text_part(r, n, FORM_TEXT);
    else if ((n = xml_maybe(&c, "FormattedContent")))
        label = formatted(r, n);
    else if ((n = xml_maybe(&c, "Binary")))
        label = binary(r, n, false);
    else
        xml_refuse(&r->w, c.at ? c.at : node,
                   "a Text, FormattedContent or Binary was expected here.");
    xml_end(&c);
    if (label)
        ch->label = *label;
    return ch;
}

static int by_text(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The identifier that occurs twice, or NULL. */
static struct str twice(struct str *ids, size_t n) {
    if (n)
        qsort(ids, n, sizeof *ids, by_text);
    for (size_t i = 1; i < n; i++)
        if (str_eq(ids[i - 1], ids[i]))
            return ids[i];
    return STR_NULL;
}

static void selections(struct reader *r, const struct xml_node *node, struct form_question *q) {
    if (!node)
        return;
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    if (!xml_next_is(&c, "Selection"))
        xml_need(&c, "Selection");
    struct form_choice **tail = &q->choices;
    for (const struct xml_node *n; (n = xml_maybe(&c, "Selection")); tail = &(*tail)->next) {
        *tail = choice(r, n);
        q->choice_count++;
    }
    const struct xml_node *other = xml_maybe(&c, "OtherSelection");
    if (other)
        free_text(r, other, &q->text);
    q->other = other != NULL;
    xml_end(&c);
    struct str *ids = arena_array(r->w.a, q->choice_count, sizeof *ids);
    size_t n = 0;
    for (const struct form_choice *ch = q->choices; ch; ch = ch->next)
        ids[n++] = ch->id;
    struct str same = twice(ids, n);
    if (same.p)
        xml_refuse(&r->w, node, "the SelectionIdentifier \"%.*s\" stands there twice.",
                   STR_ARG(same));
}

static const char *const styles[] = {
    [FORM_STYLE_RADIOBUTTON] = "radiobutton",
    [FORM_STYLE_CHECKBOX] = "checkbox",
    [FORM_STYLE_LIST] = "list",
    [FORM_STYLE_DROPDOWN] = "dropdown",
    [FORM_STYLE_COMBOBOX] = "combobox",
    [FORM_STYLE_MULTICHOOSER] = "multichooser",
};
enum { STYLES = sizeof styles / sizeof styles[0] };

static enum form_style style(struct reader *r, const struct xml_node *node) {
    if (!node)
        return FORM_STYLE_NONE;
    struct str s = str_trim(xml_leaf(&r->w, node));
    for (int i = FORM_STYLE_RADIOBUTTON; i < STYLES; i++)
        if (str_is(s, styles[i]))
            return (enum form_style)i;
    xml_refuse(&r->w, node,
               "\"%.*s\" is not radiobutton, checkbox, list, dropdown, combobox or multichooser.",
               STR_ARG(str_sub(s, 0, 100)));
    return FORM_STYLE_NONE;
}

/* The counts are bounded by the number of selections, "other" being one (6.4.1). */
static void check_counts(struct reader *r, const struct xml_node *node,
                         const struct form_question *q) {
    int64_t all = (int64_t)q->choice_count + q->other;
    if (q->min > all || q->max > all)
        xml_refuse(&r->w, node, "%s is %lld, but there are only %lld selections.",
                   q->max > all ? "MaxSelectionCount" : "MinSelectionCount",
                   (long long)(q->max > all ? q->max : q->min), (long long)all);
    if (q->min > q->max)
        xml_refuse(&r->w, node, "MinSelectionCount %lld is more than MaxSelectionCount %lld.",
                   (long long)q->min, (long long)q->max);
    bool one = q->style == FORM_STYLE_RADIOBUTTON || q->style == FORM_STYLE_DROPDOWN;
    if (one && q->max > 1)
        xml_refuse(&r->w, node, "the style %s allows one selection, but MaxSelectionCount is %lld.",
                   styles[q->style], (long long)q->max);
}

static void selection(struct reader *r, const struct xml_node *node, struct form_question *q) {
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    const struct xml_node *min = xml_maybe(&c, "MinSelectionCount");
    q->min = min ? xml_whole(&r->w, min, 0, INT32_MAX) : 1;
    const struct xml_node *max = xml_maybe(&c, "MaxSelectionCount");
    q->max = max ? xml_whole(&r->w, max, 1, INT32_MAX) : 1;
    q->style = style(r, xml_maybe(&c, "StyleSuggestion"));
    selections(r, xml_need(&c, "Selections"), q);
    xml_end(&c);
    if (!failed(r->w.err))
        check_counts(r, node, q);
}

/* ---- files (6.7) ---- */

static void file(struct reader *r, const struct xml_node *node, struct form_question *q) {
    if (!r->old || !r->legacy)
        xml_refuse(&r->w, node, "files can not be asked for%s.",
                   r->old ? "; the operator can allow it with legacy_question_elements"
                          : " in this version of the schema");
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    q->file_max = xml_whole(&r->w, xml_need(&c, "MaxFileSizeInBytes"), 1, FORM_FILE_SIZE_MAX);
    q->file_min = xml_whole(&r->w, xml_need(&c, "MinFileSizeInBytes"), 1, FORM_FILE_SIZE_MAX);
    xml_end(&c);
    if (q->file_min > q->file_max)
        xml_refuse(&r->w, node, "MinFileSizeInBytes is more than MaxFileSizeInBytes.");
}

/* ---- questions ---- */

static void specification(struct reader *r, const struct xml_node *node, struct form_question *q) {
    if (!node)
        return;
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    const struct xml_node *n;
    if ((n = xml_maybe(&c, "FreeTextAnswer"))) {
        q->kind = FORM_FREE_TEXT;
        free_text(r, n, &q->text);
        q->required = q->required || q->text.min_length > 0;
        r->form->has_text = true;
    } else if ((n = xml_maybe(&c, "SelectionAnswer"))) {
        q->kind = FORM_SELECTION;
        selection(r, n, q);
        r->form->has_other = r->form->has_other || q->other;
    } else if ((n = xml_maybe(&c, "FileUploadAnswer"))) {
        q->kind = FORM_FILE;
        file(r, n, q);
        r->form->has_file = true;
    } else {
        xml_refuse(&r->w, c.at ? c.at : node,
                   "a FreeTextAnswer or SelectionAnswer was expected here.");
    }
    xml_end(&c);
}

static struct form_question *question(struct reader *r, const struct xml_node *node) {
    struct form_question *q = arena_new(r->w.a, struct form_question);
    xml_no_attrs(&r->w, node);
    struct xml_cursor c = xml_children(&r->w, node);
    const struct xml_node *id = xml_need(&c, "QuestionIdentifier"), *n;
    q->id = xml_word(&r->w, id);
    if (q->id.n > FIELD_NAME_MAX - FORM_OTHER_SUFFIX_LEN)
        xml_refuse(&r->w, id, "it has %zu bytes; at most %d are accepted.", q->id.n,
                   FIELD_NAME_MAX - FORM_OTHER_SUFFIX_LEN);
    if (id && question_reserved_name(q->id))
        xml_refuse(&r->w, id, "\"%.*s\" is a name that every task's form uses itself.",
                   STR_ARG(q->id));
    if ((n = xml_maybe(&c, "DisplayName")))
        q->display_name = xml_leaf(&r->w, n);
    q->required = boolean(r, xml_maybe(&c, "IsRequired"));
    q->content = content(r, xml_need(&c, "QuestionContent"));
    specification(r, xml_need(&c, "AnswerSpecification"), q);
    xml_end(&c);
    return q;
}

static void check_ids(struct reader *r, const struct xml_node *root) {
    size_t n = 0;
    /* The text beside an "other" is a field of its own (form_answer.h). */
    struct str *ids = arena_array(r->w.a, 2 * r->form->question_count, sizeof *ids);
    for (const struct form_item *i = r->form->items; i; i = i->next) {
        if (i->question)
            ids[n++] = i->question->id;
        if (i->question && i->question->other)
            ids[n++] = str_printf(r->w.a, "%.*s" FORM_OTHER_SUFFIX, STR_ARG(i->question->id));
    }
    struct str same = twice(ids, n);
    if (same.p)
        xml_refuse(&r->w, root, "the QuestionIdentifier \"%.*s\" stands there twice.",
                   STR_ARG(same));
}

struct err question_form_read(struct arena *a, const struct xml_node *root, bool legacy,
                              struct question_form *out) {
    *out = (struct question_form){0};
    struct reader r = {.w = {.a = a},
                       .legacy = legacy,
                       .old = str_is(root->ns, QUESTION_NS_FORM_2005),
                       .form = out};
    xml_no_attrs(&r.w, root);
    struct xml_cursor c = xml_children(&r.w, root);
    struct form_item **tail = &out->items;
    if (!c.at)
        xml_refuse(&r.w, root, "it is empty; an Overview or a Question is missing.");
    while (c.at && !failed(r.w.err)) {
        struct form_item *item = arena_new(a, struct form_item);
        const struct xml_node *n = xml_maybe(&c, "Overview");
        if (n) {
            item->overview = content(&r, n);
        } else if ((n = xml_maybe(&c, "Question"))) {
            item->question = question(&r, n);
            out->question_count++;
        } else {
            xml_refuse(&r.w, c.at, "only Overview and Question can stand here.");
        }
        *tail = item;
        tail = &item->next;
    }
    if (!failed(r.w.err))
        check_ids(&r, root);
    return r.w.err;
}

struct err question_form_parse(struct arena *a, struct str xml, bool legacy,
                               struct question_form *out) {
    struct xml_node *root;
    *out = (struct question_form){0};
    struct err e = xml_read(a, xml, QUESTION_MAX, &root);
    if (failed(e))
        return e;
    if (!xml_is(root, STR(QUESTION_NS_FORM), "QuestionForm") &&
        !xml_is(root, STR(QUESTION_NS_FORM_2005), "QuestionForm"))
        return xml_error(a, root, "the root element must be QuestionForm in \"%s\".",
                         QUESTION_NS_FORM);
    return question_form_read(a, root, legacy, out);
}

struct err question_form_check(struct arena *a, struct str xml) {
    struct question_form form;
    struct err e = question_form_parse(a, xml, false, &form);
    if (failed(e))
        e.field = "Test";
    return e;
}

const struct form_question *form_find(const struct question_form *form, struct str id) {
    for (const struct form_item *i = form->items; i; i = i->next)
        if (i->question && str_eq(i->question->id, id))
            return i->question;
    return NULL;
}
