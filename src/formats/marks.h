/* What people put into Approve and Reject (csv-formats 4.2), and which reasons are fit for a
 * worker's eyes (U27, U28).
 *
 * Cells are read trimmed, in any case, without the ' that guards against formulas. What R and
 * pandas write for "nothing" is nothing, but counted. An unmarked cell never means anything.
 */
#ifndef FORMATS_MARKS_H
#define FORMATS_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct mark {
    bool set;
    bool placeholder; /* not set, but the cell holds "NA", "nan", "0", … */
    struct str text;  /* message or reason, trimmed; NULL when the mark is a mere x */
};

/* A mere x in any of its forms, or a message to the worker. */
struct mark mark_approve(struct str cell);

/* A reason, or a mark without one: then .set with .text NULL, and U27 asks for it. */
struct mark mark_reject(struct str cell);

enum reason_fault { REASON_OK, REASON_EMPTY, REASON_TOO_LONG, REASON_CONTROL };

/* Checks a reason or message: 1 to REASON_MAX characters, no control characters other than TAB,
 * LF and CR. *detail is its length in characters, or the control character; may be NULL. */
enum reason_fault reason_check(struct str reason, int64_t *detail);

/* True when the two are the same reason: line ends unified, outer spaces dropped (4.4). */
bool reason_same(struct str a, struct str b);

#endif
