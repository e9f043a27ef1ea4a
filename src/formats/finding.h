/* What a reader of foreign files has to say to a human, collected while it reads.
 *
 * A finding has a code (U01-U31 of requester-site 5.6, or a word for warnings that have none),
 * the line of the file it concerns (0: the whole file), and a whole sentence that says what
 * happened, with the values, and what to do. Findings of one code form a group: the group counts
 * all of them but keeps only the first FINDINGS_KEPT, so that a file with a million faults needs
 * no more memory than one with a hundred.
 *
 * Everything lives in the arena given to findings_init.
 */
#ifndef FORMATS_FINDING_H
#define FORMATS_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

enum finding_level {
    FINDING_FILE = 1,    /* the file as a whole is refused; reading has stopped or is in vain */
    FINDING_NEEDS_INPUT, /* a choice of the user is asked for before the file can be taken */
    FINDING_ROW,         /* this row is refused, the others are not */
    FINDING_WARNING,     /* nothing is refused */
};

struct finding {
    int64_t line;       /* physical line, 1 is the first; 0: no single line */
    struct str column;  /* name in the header, NULL when no column is concerned */
    struct str message; /* valid UTF-8, foreign values clipped */
    struct finding *next;
};

struct finding_group {
    const char *code;
    enum finding_level level;
    int64_t count; /* all, also those not kept */
    int64_t kept;
    struct finding *first, *last;
    struct finding_group *next;
};

struct findings {
    struct arena *arena;
    struct finding_group *first, *last; /* in order of first appearance */
};

void findings_init(struct findings *f, struct arena *arena);

/* Adds one. code is a literal. column may be STR_NULL and is copied. */
void findings_add(struct findings *f, enum finding_level level, const char *code, int64_t line,
                  struct str column, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* The group of a code at a level, or NULL. */
const struct finding_group *findings_of(const struct findings *f, enum finding_level level,
                                        const char *code);

/* How many there are of a code, at any level. */
int64_t findings_count(const struct findings *f, const char *code);

/* True when the file is refused as a whole. */
bool findings_refuse(const struct findings *f);

/* The first finding that refuses the whole file, and its code; NULL when there is none. */
const struct finding *findings_refusal(const struct findings *f, const char **code);

/* The first finding that is more than a warning, and its code; NULL when there is none. */
const struct finding *findings_fault(const struct findings *f, const char **code);

/* How many there are of a level. */
int64_t findings_of_level(const struct findings *f, enum finding_level level);

/* A foreign value as it is printed in a message: valid UTF-8 on one line, clipped to 60
 * characters with "…" behind; control characters are shown as "?". */
struct str findings_show(struct arena *a, struct str value);

#endif
