/* Texts that many rows share, questions and layouts, each kept once by its SHA-256. */
#ifndef MARKET_DOCUMENT_H
#define MARKET_DOCUMENT_H

#include <stdint.h>

#include "market/ctx.h"

/* Row of this text; made when it is new. */
struct err document_put(struct ctx *c, struct str body, int64_t *row);

/* The text of a row; ERR_NOT_FOUND. */
struct err document_get(struct ctx *c, int64_t row, struct str *body);

#endif
