/* Numbers from text: the whole text, in range, or false. Never atoi. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Decimal, optional '-', no blanks, no '+', within [min, max]. *value is untouched on false. */
bool num_parse(struct str s, int64_t min, int64_t max, int64_t *value);

/* A length of time for command lines: "31d", "12h", "90m", "45s", "250ms"; parts may follow each
 * other ("1d12h"). Milliseconds, 0 or more. */
bool num_parse_span(struct str s, int64_t *ms);

/* Checked arithmetic: false on overflow, result untouched. */
bool num_add(int64_t a, int64_t b, int64_t *sum);
bool num_mul(int64_t a, int64_t b, int64_t *product);

#endif
