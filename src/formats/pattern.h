/* Regular expressions of question forms (AnswerFormatRegex), matched without backtracking.
 *
 * Their dialect is JavaScript's, since the old service checked them in the browser (questions
 * 6.3.2). Here the browser still does, with its own engine; the server checks once more what this
 * engine shares with it: everything but back references, look-around and named groups. All states
 * of the expression advance together over the text, so time is bounded by length of text times
 * size of expression, whatever either holds; beyond a bound of steps the question is left to the
 * browser. Text is seen in UTF-16 units, as JavaScript without flag u sees it.
 */
#ifndef FORMATS_PATTERN_H
#define FORMATS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct pattern_op;

struct pattern {
    struct pattern_op *ops;
    size_t n;
};

enum pattern_kind {
    PATTERN_GOOD,
    PATTERN_FOREIGN, /* JavaScript may know it, this engine does not */
    PATTERN_BAD,     /* JavaScript refuses it too */
};

/* Compiles. fold: flag i. What would need more than room ops is foreign. Of a bad one *why says
 * what is wrong with it. Lives in a. */
enum pattern_kind pattern_compile(struct arena *a, struct str regex, bool fold, size_t room,
                                  struct pattern *out, const char **why);

enum pattern_found { PATTERN_MISSED, PATTERN_FOUND, PATTERN_UNKNOWN };

/* Whether the expression matches anywhere in text. Takes its steps from *steps, which may be shared
 * by many; PATTERN_UNKNOWN when they are used up. */
enum pattern_found pattern_search(struct arena *a, const struct pattern *p, struct str text,
                                  int64_t *steps);

#endif
