/* QuestionForm documents: the forms that this server shows itself, as Question of a HIT and as Test
 * of a qualification type (questions 6).
 *
 * A document is checked against the schema in full before anything is made of it, by hand rather
 * than by a schema's engine, so that a message names line, element and what was expected there.
 * Beyond the schema: identifiers are unique, counts and lengths make sense, expressions compile,
 * FormattedContent holds the allowed XHTML only (formatted.h). Size, depth and count of elements
 * are bounded by xml_in.h before. What 2017-11-06 took away (Application, FileUploadAnswer) is
 * refused in the old namespace too unless `legacy`, and always in the new one.
 *
 * Errors are ERR_XML_PARSE or ERR_XHTML_PARSE. Everything read lives in the arena.
 */
#ifndef FORMATS_QUESTION_FORM_H
#define FORMATS_QUESTION_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "formats/pattern.h"

struct arena;
struct xml_node;

/* The text beside an "other" is sent under the question's identifier with this behind it. */
#define FORM_OTHER_SUFFIX "/other"
enum { FORM_OTHER_SUFFIX_LEN = sizeof FORM_OTHER_SUFFIX - 1 };

/* ---- what is shown (6.2) ---- */

enum form_part_kind {
    FORM_TITLE,
    FORM_TEXT,
    FORM_LIST,
    FORM_BINARY,   /* shown as image, or as a link that opens a window */
    FORM_EMBEDDED, /* shown within the page */
    FORM_FORMATTED,
    FORM_APPLICATION, /* not run; a notice stands in its place */
};

struct form_part {
    enum form_part_kind kind;
    struct str text;             /* of title and text */
    const struct xml_node *node; /* list: its ListItems begin here; formatted: formatted_write() */
    struct str media_type;       /* "image", "audio", "video", or any other word */
    struct str url, alt;         /* http or https */
    struct str width, height;    /* as sent; NULL of FORM_BINARY */
    struct form_part *next;
};

/* ---- how it is answered (6.3, 6.4, 6.7) ---- */

struct form_regex {
    struct str source, error_text; /* error_text NULL: a general one */
    bool fold;                     /* flag i */
    enum pattern_kind kind;        /* PATTERN_GOOD or PATTERN_FOREIGN */
    struct pattern pattern;
    struct form_regex *next;
};

struct form_text {
    bool numeric;
    bool has_min, has_max; /* bounds of the number, which is whole then */
    int64_t min, max;
    int64_t min_length, max_length; /* characters; max -1: none */
    struct form_regex *regexes;     /* every one must match somewhere */
    struct str default_text;        /* NULL none */
    int64_t lines;
};

enum form_style {
    FORM_STYLE_NONE,
    FORM_STYLE_RADIOBUTTON,
    FORM_STYLE_CHECKBOX,
    FORM_STYLE_LIST,
    FORM_STYLE_DROPDOWN,
    FORM_STYLE_COMBOBOX,
    FORM_STYLE_MULTICHOOSER,
};

struct form_choice {
    struct str id;
    struct form_part label; /* text, formatted or binary */
    struct form_choice *next;
};

enum form_answer_kind { FORM_FREE_TEXT, FORM_SELECTION, FORM_FILE };

struct form_question {
    struct str id, display_name; /* display_name NULL none */
    bool required;               /* IsRequired, or a minLength of 1 or more */
    struct form_part *content;
    enum form_answer_kind kind;
    struct form_text text; /* of free text, or of the "other" of a selection */
    bool other;
    int64_t min, max; /* selections; an "other" counts as one (6.4.1) */
    enum form_style style;
    struct form_choice *choices;
    size_t choice_count;
    int64_t file_min, file_max; /* bytes */
};

/* An overview or a question, in the order in which they are shown. */
struct form_item {
    struct form_part *overview;
    struct form_question *question;
    struct form_item *next;
};

struct question_form {
    struct form_item *items;
    size_t question_count;
    bool has_other, has_text, has_file;
};

/* Reads a form from its root element, which xml_read() gave. */
struct err question_form_read(struct arena *a, const struct xml_node *root, bool legacy,
                              struct question_form *out);

/* The same from its text, at most QUESTION_MAX bytes; the root must be QuestionForm in one of its
 * two namespaces. */
struct err question_form_parse(struct arena *a, struct str xml, bool legacy,
                               struct question_form *out);

/* Checks the Test of a qualification type: no file may be asked for (6.7). */
struct err question_form_check(struct arena *a, struct str xml);

/* The question of an identifier; NULL when there is none. */
const struct form_question *form_find(const struct question_form *form, struct str id);

#endif
