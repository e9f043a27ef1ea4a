/* Single cells as people and spreadsheets leave them behind (csv-formats 1.3, 1.5). */
#ifndef FORMATS_VALUE_H
#define FORMATS_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Without white space, no-break and zero-width spaces and byte order marks at both ends. */
struct str value_trim(struct str s);

/* An id or a mark: trimmed, and without the ' that was put before = + - @ against formulas. */
struct str value_mark(struct str s);

/* True when s is what a spreadsheet makes of an id it takes for a number: "1.2E+25" (U29). */
bool value_is_number_form(struct str s);

/* True when all bytes are ASCII. */
bool value_is_ascii(struct str s);

/* Offset of the first control character other than TAB, LF and CR (U+0000-001F, U+007F-009F), or
 * s.n when there is none. s is valid UTF-8. */
size_t value_control_at(struct str s);

/* True when a and b are the same text after line ends are unified and outer spaces dropped. */
bool value_same_text(struct str a, struct str b);

#endif
