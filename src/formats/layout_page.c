/* What happens to a filled layout before a worker sees it: the page around it, our addresses. */
#include "formats/layout.h"

#include <string.h>

#include "formats/xml_out.h"

/* As the old site wrote it; layout_rewrite turns both addresses into ours. */
#define FORM_OPEN                                                                                  \
    "<form name=\"mturk_form\" method=\"post\" id=\"mturk_form\" "                                 \
    "action=\"https://www.mturk.com/mturk/externalSubmit\">"                                       \
    "<input type=\"hidden\" value=\"\" name=\"assignmentId\" id=\"assignmentId\" />\n"
#define FORM_SUBMIT "\n<p><input type=\"submit\" id=\"submitButton\" value=\"Submit\" /></p>"
#define FORM_CLOSE  "</form>\n<script>turkSetAssignmentID();</script>\n"
#define HELPER                                                                                     \
    "<script src=\"https://s3.amazonaws.com/mturk-public/"                                         \
    "externalHIT_v1.js\"></script>\n"

void layout_page(struct buf *out, const struct layout *layout, struct str filled,
                 struct str title) {
    if (layout->is_document) {
        buf_str(out, filled);
        return;
    }
    bool bare = !layout->has_form && !layout->has_crowd_form;
    buf_puts(out, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>");
    xml_put_text(out, title);
    buf_puts(out, "</title>\n");
    if (bare)
        buf_puts(out, HELPER);
    buf_puts(out, "</head>\n<body>\n");
    if (bare)
        buf_puts(out, FORM_OPEN);
    buf_str(out, filled);
    if (bare && !layout->has_submit)
        buf_puts(out, FORM_SUBMIT);
    buf_puts(out, bare ? FORM_CLOSE "</body>\n</html>\n" : "\n</body>\n</html>\n");
}

enum address { SUBMIT, HELPER_JS, CROWD_JS, CROWD_CSS };

/* Known addresses without scheme (questions 3.2, 4.3; crowd-elements 1). */
static const struct {
    const char *known;
    enum address kind;
} addresses[] = {
    {"//www.mturk.com/mturk/externalSubmit", SUBMIT},
    {"//worker.mturk.com/mturk/externalSubmit", SUBMIT},
    {"//workersandbox.mturk.com/mturk/externalSubmit", SUBMIT},
    {"//s3.amazonaws.com/mturk-public/externalHIT_v1.js", HELPER_JS},
    {"//mturk-public.s3.amazonaws.com/externalHIT_v1.js", HELPER_JS},
    {"//assets.crowd.aws/crowd-html-elements.js", CROWD_JS},
    {"//assets.crowd.aws/crowd-html-elements-v2.js", CROWD_JS},
    {"//assets.crowd.aws/css/crowd-html-elements-v2.css", CROWD_CSS},
};
enum { ADDRESSES = sizeof(addresses) / sizeof(addresses[0]) };

static struct str ours(const struct layout_addresses *to, enum address kind) {
    switch (kind) {
    case SUBMIT: return to->submit;
    case HELPER_JS: return to->helper_js;
    case CROWD_JS: return to->crowd_js;
    case CROWD_CSS: return to->crowd_css;
    }
    return STR_NULL;
}

static bool goes_on(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* Length of the known address at s, which starts with "//", and what stands for it; or 0. */
static size_t match(struct str s, const struct layout_addresses *to, struct str *with) {
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct str known = str_c(addresses[i].known);
        struct str after = str_from(s, known.n);
        if (!str_ieq(str_sub(s, 0, known.n), known) || (after.n && goes_on(after.p[0])))
            continue;
        *with = ours(to, addresses[i].kind);
        return with->p ? known.n : 0;
    }
    return 0;
}

/* Bytes of "https:" or "http:" at the end of before. */
static size_t scheme_before(struct str before) {
    static const char *const schemes[] = {"https:", "http:"};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(schemes[i]);
        if (before.n >= n && str_ieq(str_from(before, before.n - n), str_c(schemes[i])))
            return n;
    }
    return 0;
}

void layout_rewrite(struct buf *out, struct str html, const struct layout_addresses *to) {
    size_t copied = 0, at = 0;
    for (ptrdiff_t found; (found = str_find(str_from(html, at), STR("//"))) >= 0;) {
        at += (size_t)found;
        struct str with;
        size_t n = match(str_from(html, at), to, &with);
        if (!n) {
            at++;
            continue;
        }
        struct str before = str_sub(html, copied, at - copied);
        buf_str(out, str_sub(before, 0, before.n - scheme_before(before)));
        buf_str(out, with);
        copied = at += n;
    }
    buf_str(out, str_from(html, copied));
}

/* Everything but the unreserved characters of RFC 3986 as %XX. */
static void put_percent(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (goes_on(s.p[i]) || s.p[i] == '.' || s.p[i] == '~')
            buf_putc(out, s.p[i]);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)s.p[i]);
    }
}

static void put_parameter(struct buf *out, char *separator, const char *name, struct str value) {
    if (!value.p)
        return;
    if (*separator)
        buf_putc(out, *separator);
    *separator = '&';
    buf_puts(out, name);
    buf_putc(out, '=');
    put_percent(out, value);
}

void external_url(struct buf *out, struct str url, const struct task_parameters *parameters) {
    struct str fragment = url;
    struct str base = str_cut(&fragment, '#');
    ptrdiff_t query = str_chr(base, '?');
    char separator = query < 0 ? '?' : '&';
    if (query >= 0 && (str_ends(base, STR("?")) || str_ends(base, STR("&"))))
        separator = '\0';
    buf_str(out, base);
    put_parameter(out, &separator, "assignmentId", parameters->assignment);
    put_parameter(out, &separator, "hitId", parameters->hit);
    put_parameter(out, &separator, "turkSubmitTo", parameters->submit_to);
    put_parameter(out, &separator, "workerId", parameters->worker);
    if (fragment.p) {
        buf_putc(out, '#');
        buf_str(out, fragment);
    }
}
