/* Names and values that a browser or a client sends: query, urlencoded body, multipart body.
 *
 * The order of fields is kept, repeated names are kept singly. Texts are always valid UTF-8
 * (invalid bytes become U+FFFD); a NUL may stand in them. A file's content is given as it came.
 * Bounds: ANSWER_FIELDS_MAX fields, FIELD_NAME_MAX bytes a name, ANSWER_MAX bytes a text field.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

struct form_field {
    struct str name;
    struct str value;    /* text, or the file's bytes */
    struct str filename; /* NULL for text fields; without any folder, "" when none was chosen */
    struct str type;     /* Content-Type of a multipart part; NULL when it has none */
};

struct form {
    struct form_field *fields;
    size_t count;
};

/* Browsers send CRLF for each line end of a textarea; this makes it LF, a lone CR too. */
enum { FORM_LF = 1 };

/* Query or application/x-www-form-urlencoded: "+" is a blank, a bad percent escape stands for
 * itself, "a" is a field with an empty value, "&&" holds none. ERR_BAD_REQUEST beyond a bound. */
struct err form_parse_urlencoded(struct arena *a, struct str text, unsigned flags,
                                 struct form *form);

/* multipart/form-data (RFC 7578). File contents are views into body, and so must it live.
 * ERR_BAD_REQUEST when it is malformed, cut off, or beyond a bound. */
struct err form_parse_multipart(struct arena *a, struct str content_type, struct str body,
                                unsigned flags, struct form *form);

/* Whichever of the two content_type says; no fields, and no error, for any other. */
struct err form_parse(struct arena *a, struct str content_type, struct str body, unsigned flags,
                      struct form *form);

bool form_is_urlencoded(struct str content_type);
bool form_is_multipart(struct str content_type);

/* The first field of that name that is text: its value, or NULL. */
struct str form_get(const struct form *form, const char *name);

/* The first field of that name that is a file, even one not chosen; or NULL. */
const struct form_field *form_file(const struct form *form, const char *name);

/* Every text field of a name: for (size_t i = 0; form_next(form, "x", &i, &value);) */
bool form_next(const struct form *form, const char *name, size_t *i, struct str *value);

/* Percent-decoding as in forms, for paths (plus false: "+" stays). keep_slash leaves "%2F". */
struct str form_decode(struct arena *a, struct str s, bool plus, bool keep_slash);

/* The opposite: everything but A-Z a-z 0-9 - . _ ~ becomes %XX (RFC 3986). */
void form_encode(struct buf *out, struct str s);

#endif
