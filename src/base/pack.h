/* A list of texts in one text: "3:tag4:blue0:". Each item is its length in decimal, a colon and
 * its bytes, so any bytes can stand in it and reading needs no unescaping. This is how the store
 * keeps input rows and answers (one value of a column that is never searched).
 *
 * Answers: for each field in order of first appearance its name, the number of values in
 * decimal, then that many values (questions 5.1.2 asks for the unjoined list).
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>

#include "base/str.h"

void pack_add(struct buf *b, struct str item); /* NULL is written as the empty text */

/* Takes the next item off the front of *rest. False at the end and on damaged input; then
 * rest->n == 0 tells the end from damage. */
bool pack_next(struct str *rest, struct str *item);

/* Number of items, or -1 when damaged. */
int pack_count(struct str packed);

#endif
