/* Layouts: HTML of a project with placeholders ${name} (questions 3.5, 4.3, 10).
 *
 * layout_read looks at the template once; the result serves its checks (layout_check,
 * layout_require_control), its filling (layout_plan, layout_fill) and its page (layout_page).
 * Filling is raw text (10.4), one pass (10.5), and replaces only names that exist as column or
 * parameter (10.7), so that the template literals of scripts stay what they are.
 *
 * HTML is read as far as these questions need it: tags, attributes, comments, scripts. No error
 * in it is fatal.
 */
#ifndef FORMATS_LAYOUT_H
#define FORMATS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

/* Where a placeholder stands. */
enum layout_place {
    LAYOUT_TEXT,      /* between tags */
    LAYOUT_ATTRIBUTE, /* within a tag, but not in an event attribute */
    LAYOUT_SCRIPT,    /* in <script> or in an event attribute (onclick=…) */
    LAYOUT_COMMENT,
};

/* A distinct name. Place and position are those of its first use, but a use in text or attribute
 * goes before one in script or comment: there a missing value can not be a script's own. */
struct layout_var {
    struct str name;
    enum layout_place place;
    int line, column; /* of the '$', from 1; columns are bytes */
};

struct layout {
    struct str html;
    struct layout_var *vars; /* distinct, in order of first appearance */
    size_t var_count;
    struct layout_var *unclosed; /* "${" without a name and a '}' behind it; name = what is there */
    size_t unclosed_count;
    bool has_control;    /* input, select, textarea or a crowd element that gives an answer */
    bool has_form;       /* <form> */
    bool has_crowd_form; /* <crowd-form> */
    bool has_submit;     /* a native submit button */
    bool is_document;    /* has <html> or a doctype of its own */
};

/* Only the flags of a template, without its placeholders: all that layout_page needs. */
struct layout layout_outline(struct str html);

/* Reads a template. The result lives in a and points into html. */
struct layout layout_read(struct arena *a, struct str html);

/* ERR_INVALID_PARAMETER (field "Layout") when a worker could not enter anything (3.6). */
struct err layout_require_control(struct arena *a, const struct layout *layout);

enum layout_level { LAYOUT_WARNING, LAYOUT_ERROR };

struct layout_finding {
    enum layout_level level;
    struct str name;  /* placeholder or column */
    int line, column; /* in the template; 0 for a name that does not occur in it */
    const char *text; /* a whole sentence */
};

struct layout_findings {
    struct layout_finding *list;
    size_t count;
    size_t errors;
};

/* Compares a template with the names that there are values for.
 *
 * Errors: a placeholder in text or attribute that looks like a name and has no value (its text
 * offers a name that differs in case only). Warnings: one in a script or a comment, or one that
 * does not look like a name, which all stay as written; "${" that is not closed. A name that the
 * template does not use is an error with all_used (parameters of the API, 10.2), else nothing
 * (columns of a file, 10.9). */
struct layout_findings layout_check(struct arena *a, const struct layout *layout,
                                    const struct str *names, size_t count, bool all_used);

/* The placeholders as columns of a file: first the *needed ones, without which layout_check gives
 * an error, then those that stay as they are written where there is no value; *all of them. */
struct str *layout_names(struct arena *a, const struct layout *layout, size_t *needed, size_t *all);

/* A template cut at the placeholders that have a value. Made once for a file or a HIT, then
 * filled for any number of rows. */
struct layout_part {
    struct str text; /* what stands before the placeholder */
    size_t value;    /* index of its value; LAYOUT_NO_VALUE in the last part */
};

#define LAYOUT_NO_VALUE ((size_t)-1)

struct layout_plan {
    struct layout_part *parts;
    size_t count;
};

/* The names must be distinct. Points into html. */
struct layout_plan layout_plan(struct arena *a, struct str html, const struct str *names,
                               size_t count);

/* Bytes that filling with these values gives: compare it with LAYOUT_FILLED_MAX first (10.10). */
size_t layout_filled_size(const struct layout_plan *plan, const struct str *values);

/* Appends the template with the values, which stand in the order of the names, put in. */
void layout_fill(struct buf *out, const struct layout_plan *plan, const struct str *values);

/* Words for a value that would probably break the page at that place, for the preview (10.4,
 * 10.8); NULL when nothing speaks against it. */
const char *layout_value_warning(enum layout_place place, struct str value);

/* Appends the page made from a filled template: a document of its own stays as it is; else html,
 * head and title are put around it, and where the template has neither <form> nor <crowd-form>,
 * the form and the submit button that the old site added (3.5). layout is the template, so that
 * no value decides what is wrapped. */
void layout_page(struct buf *out, const struct layout *layout, struct str filled, struct str title);

/* Our addresses in place of the old service's. */
struct layout_addresses {
    struct str submit;    /* "https://work.example.org/mturk/externalSubmit" */
    struct str helper_js; /* for externalHIT_v1.js */
    struct str crowd_js;  /* for crowd-html-elements.js and -v2.js */
    struct str crowd_css; /* for crowd-html-elements-v2.css */
};

/* Appends html with the hard-coded addresses of submit hosts, helper script and crowd elements
 * replaced (questions 3.2 and 4.3, crowd-elements 1), whether written with https:, http: or
 * without a scheme. An address that is NULL leaves its kind as it is. */
void layout_rewrite(struct buf *out, struct str html, const struct layout_addresses *to);

/* Appends the address of an external page with the parameters of questions 4.1 behind its query
 * and before its fragment. hit, submit_to and worker may be NULL: then they are left out. */
struct task_parameters {
    struct str assignment; /* the id, or ASSIGNMENT_ID_NOT_AVAILABLE in a preview */
    struct str hit, submit_to, worker;
};

void external_url(struct buf *out, struct str url, const struct task_parameters *parameters);

#endif
