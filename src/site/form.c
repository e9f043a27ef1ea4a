#include "site/form.h"

#include "base/num.h"
#include "site/page.h"

static bool is(const struct xml_node *node, const char *name) {
    return str_is(node->name, name);
}

static const struct xml_node *child(const struct xml_node *node, const char *name) {
    for (const struct xml_node *c = node->first; c; c = c->next)
        if (is(c, name))
            return c;
    return NULL;
}

static struct str text_of(const struct xml_node *node, const char *name) {
    const struct xml_node *c = child(node, name);
    return c ? c->text : STR_NULL;
}

static void element(struct buf *out, const char *tag, struct str text) {
    buf_printf(out, "<%s>", tag);
    html_text(out, text);
    buf_printf(out, "</%s>\n", tag);
}

static void media(struct buf *out, const struct xml_node *node) {
    struct str url = str_trim(text_of(node, "DataURL")), alt = text_of(node, "AltText");
    const struct xml_node *mime = child(node, "MimeType");
    if (!mime)
        mime = child(node, "EmbeddedMimeType");
    if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
        return;
    bool image = mime && str_is(str_trim(text_of(mime, "Type")), "image");
    buf_puts(out, image ? "<p><img src=\"" : "<p><a target=\"_blank\" href=\"");
    html_text(out, url);
    if (image)
        buf_puts(out, "\" alt=\"");
    else
        buf_puts(out, "\">");
    html_text(out, alt);
    buf_puts(out, image ? "\"></p>\n" : "</a></p>\n");
}

/* Overview, QuestionContent (6.2). FormattedContent is the requester's HTML, like any task's. */
static void content(struct buf *out, const struct xml_node *node) {
    for (const struct xml_node *c = node->first; c; c = c->next) {
        if (is(c, "Title")) {
            element(out, "h2", c->text);
        } else if (is(c, "Text")) {
            buf_puts(out, "<p class=\"text\">");
            html_text(out, c->text);
            buf_puts(out, "</p>\n");
        } else if (is(c, "List")) {
            buf_puts(out, "<ul>\n");
            for (const struct xml_node *item = c->first; item; item = item->next)
                element(out, "li", item->text);
            buf_puts(out, "</ul>\n");
        } else if (is(c, "FormattedContent")) {
            buf_str(out, c->text);
        } else if (is(c, "Binary") || is(c, "EmbeddedBinary")) {
            media(out, c);
        }
    }
}

static void attribute(struct buf *out, const char *name, struct str value) {
    buf_printf(out, " %s=\"", name);
    html_text(out, value);
    buf_putc(out, '"');
}

static void length_limits(struct buf *out, const struct xml_node *answer) {
    const struct xml_node *constraints = child(answer, "Constraints");
    const struct xml_node *length = constraints ? child(constraints, "Length") : NULL;
    const struct xml_attr *min = length ? xml_attr(length, "minLength") : NULL;
    const struct xml_attr *max = length ? xml_attr(length, "maxLength") : NULL;
    if (min)
        attribute(out, "minlength", min->value);
    if (max)
        attribute(out, "maxlength", max->value);
}

static void free_text(struct buf *out, struct str name, const struct xml_node *answer,
                      bool required) {
    int64_t lines = 1;
    num_parse(str_trim(text_of(answer, "NumberOfLinesSuggestion")), 1, 100, &lines);
    struct str value = text_of(answer, "DefaultText");
    buf_puts(out, lines > 1 ? "<textarea" : "<input");
    attribute(out, "name", name);
    length_limits(out, answer);
    if (required)
        buf_puts(out, " required");
    if (lines > 1) {
        buf_printf(out, " rows=\"%lld\">", (long long)lines);
        html_text(out, value);
        buf_puts(out, "</textarea>\n");
    } else {
        attribute(out, "value", value.p ? value : STR(""));
        buf_puts(out, ">\n");
    }
}

static void selection(struct buf *out, struct str name, const struct xml_node *answer,
                      bool required) {
    int64_t max = 1;
    num_parse(str_trim(text_of(answer, "MaxSelectionCount")), 1, 10000, &max);
    const struct xml_node *list = child(answer, "Selections");
    for (const struct xml_node *c = list ? list->first : NULL; c; c = c->next) {
        if (is(c, "OtherSelection")) {
            buf_puts(out, "<label>Other ");
            free_text(out, name, c, false);
            buf_puts(out, "</label>\n");
            continue;
        }
        buf_printf(out, "<label><input type=\"%s\"", max > 1 ? "checkbox" : "radio");
        attribute(out, "name", name);
        attribute(out, "value", text_of(c, "SelectionIdentifier"));
        if (required && max == 1)
            buf_puts(out, " required");
        buf_puts(out, "> ");
        html_text(out, text_of(c, "Text"));
        const struct xml_node *formatted = child(c, "FormattedContent");
        if (formatted)
            buf_str(out, formatted->text);
        buf_puts(out, "</label>\n");
    }
}

static void question(struct buf *out, const struct xml_node *node) {
    struct str name = str_trim(text_of(node, "QuestionIdentifier"));
    struct str shown = text_of(node, "DisplayName");
    bool required = str_is(str_trim(text_of(node, "IsRequired")), "true");
    const struct xml_node *about = child(node, "QuestionContent");
    const struct xml_node *how = child(node, "AnswerSpecification");
    buf_puts(out, "<fieldset>\n");
    if (shown.n)
        element(out, "legend", shown);
    if (about)
        content(out, about);
    if (required)
        buf_puts(out, "<p>An answer is required.</p>\n");
    if (how && child(how, "FreeTextAnswer"))
        free_text(out, name, child(how, "FreeTextAnswer"), required);
    else if (how && child(how, "SelectionAnswer"))
        selection(out, name, child(how, "SelectionAnswer"), required);
    else
        buf_puts(out, "<p>Files can not be uploaded here.</p>\n");
    buf_puts(out, "</fieldset>\n");
}

void form_page(struct call *call, const struct xml_node *form) {
    struct buf *out = &call->body;
    struct str assignment = form_get(&call->req->query, "assignmentId");
    buf_puts(out,
             "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Task</title>\n<style>body{font:"
             "16px/1.5 system-ui,sans-serif;margin:1rem}.text{white-space:pre-line}label{"
             "display:block}fieldset{margin:1rem 0}</style>\n<form method=\"post\" action=\"");
    html_text(out, str_c(call->app->site_url));
    buf_puts(out, "/mturk/externalSubmit\">\n<input type=\"hidden\" name=\"assignmentId\"");
    attribute(out, "value", assignment.n ? assignment : STR("ASSIGNMENT_ID_NOT_AVAILABLE"));
    buf_puts(out, ">\n");
    for (const struct xml_node *c = form->first; c; c = c->next) {
        if (is(c, "Overview"))
            content(out, c);
        else if (is(c, "Question"))
            question(out, c);
    }
    buf_puts(out, "<button>Submit</button>\n</form>\n");
}
