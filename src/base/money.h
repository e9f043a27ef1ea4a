/* Amounts: int64_t cents of US dollars, never floating point (money-and-lifecycle 1). */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Reads the wire form `^[0-9]+(\.)?[0-9]{0,2}$` (rule 1.1): "1", "1.", "0.5", "10000.00".
 * False for anything else and for more than 15 digits before the point. */
bool money_parse(struct str s, int64_t *cents);

/* Wire form with exactly two decimals: "10000.00", "-0.05" (rule 1.3). */
struct str money_wire(struct arena *a, int64_t cents);

/* File and page form: "$0.05", "-$0.12". */
struct str money_dollars(struct arena *a, int64_t cents);

#endif
