/* Field tables: what an operation or a form reads, as rows, and the decoder that fills a C struct
 * from JSON by them (requester-api 1.4, 1.6). A handler starts with valid values; the same rows
 * make the OpenAPI document and `hitd ops`.
 *
 *     static const struct field rows[] = {
 *         {.name = "HITId", .type = F_TEXT, .required = true, .pattern = PATTERN_ENTITY,
 *          .min = 1, .max = 64, .at = offsetof(struct get_hit_in, hit)},
 *         {0},
 *     };
 *
 * What stands at .at, by type:
 *   F_TEXT      struct str, NULL when absent; min and max count characters (bytes with
 *               FIELD_BYTES), max 0 is no bound
 *   F_INT       int64_t, .fallback when absent; an integral fraction ("60.0") is an integer
 *   F_BOOL      bool, .fallback when absent; with FIELD_MAYBE an int: 0, 1, or -1 when absent
 *   F_MONEY     int64_t cents, .fallback when absent; a bare number counts by its literal text
 *   F_TIME      int64_t milliseconds, .fallback when absent; number of seconds, numeric text, or
 *               ISO 8601
 *   F_ENUM      int, the value of its word, .fallback when absent
 *   F_ENUMS     unsigned, one bit 1 << value a word; 0 when absent or empty
 *   F_INTS      struct field_list of int64_t
 *   F_TEXTS     struct field_list of struct str
 *   F_OBJECTS   struct field_list of structs of .of_size bytes, filled by .of
 *   F_OBJECT    with .of the struct that it fills, zeros when absent; without it, or with
 *               FIELD_TREE, a json_t * borrowed from the request's tree, NULL when absent
 * A member that is null counts as absent; unknown members are ignored.
 */
#ifndef API_FIELD_H
#define API_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

enum field_type {
    F_TEXT,
    F_INT,
    F_BOOL,
    F_MONEY,
    F_TIME,
    F_ENUM,
    F_ENUMS,
    F_INTS,
    F_TEXTS,
    F_OBJECTS,
    F_OBJECT,
};

enum field_pattern {
    PATTERN_NONE,
    PATTERN_ENTITY,   /* ^[A-Z0-9]+$ */
    PATTERN_CUSTOMER, /* ^A[A-Z0-9]+$ */
    PATTERN_MONEY,    /* ^[0-9]+(\.)?[0-9]{0,2}$; implied by F_MONEY */
};

enum {
    FIELD_BYTES = 1, /* the length of a text is counted in bytes */
    FIELD_PLAIN = 2, /* no control characters (requester-api 1.11) but tab, LF, CR */
    FIELD_MAYBE = 4, /* a boolean whose absence means something */
    FIELD_TREE = 8,  /* an object that the handler decodes itself, by .of, if it is there */
};

#define FIELD_ABSENT INT64_MIN

struct word {
    const char *name; /* NULL ends a list */
    int value;
};

struct field_list {
    void *items;
    size_t count;
};

struct field {
    const char *name; /* NULL ends a table */
    const char *help;
    enum field_type type;
    enum field_pattern pattern;
    unsigned flags;
    bool required;
    size_t at;
    int64_t min, max; /* length of texts, value of numbers, number of list items */
    int64_t fallback;
    const struct word *words;
    const struct field *of;
    const char *of_name; /* the structure's name in the service model; documentation */
    size_t of_size;
};

/* Fills out, zeroed before, from a JSON object. Errors: ERR_BAD_JSON when a member has the wrong
 * type; ERR_VALIDATION with all findings in the words of requester-api 1.6; ERR_INVALID_PARAMETER
 * for control characters. The results live in a and in object. */
struct err fields_decode(struct arena *a, const struct field *rows, const json_t *object,
                         void *out);

/* The regular expression of a pattern; NULL for none. */
const char *field_pattern_text(enum field_pattern pattern);

/* "HITId" -> "hITId", the spelling of validation messages. */
struct str field_path_name(struct arena *a, const char *name);

const char *word_name(const struct word *words, int value); /* NULL when there is none */

#endif
