/* What people write: appeals, messages, reports. */
#ifndef MARKET_WORDS_H
#define MARKET_WORDS_H

#include <stdbool.h>

#include "market/ctx.h"

/* The text without outer white space in *out (in the caller's memory). Errors of field
 * (ERR_INVALID_PARAMETER, a sentence for the person): fewer than min or more than max characters,
 * bytes that are not UTF-8, control characters but tab and line ends. */
struct err words_check(struct ctx *c, const char *field, struct str text, size_t min, size_t max,
                       struct str *out);

/* What somebody looks for: its first SEARCH_WORDS_MAX words, in the memory of the text. */
enum { SEARCH_WORDS_MAX = 16 };
struct search {
    struct str items[SEARCH_WORDS_MAX];
    size_t n;
};
void search_read(struct str text, struct search *out);

/* Whether some word of the text begins with this one, without regard to ASCII case. */
bool search_in(struct str text, struct str word);

#endif
