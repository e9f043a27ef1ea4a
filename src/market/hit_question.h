/* The Question of a HIT that was made from a layout (requester-api 3.1): the layout filled in, as
 * an HTMLQuestion document. */
#ifndef MARKET_HIT_QUESTION_H
#define MARKET_HIT_QUESTION_H

#include "base/arena.h"
#include "base/str.h"
#include "market/ctx.h"

/* A batch's layout: packed columns and packed values in their order. title is that of the HIT; it
 * becomes the page's where the layout is no document of its own (questions 3.5). */
struct str question_of_row(struct arena *a, struct str layout, struct str title, struct str columns,
                           struct str vars);

/* A layout named by the API: packed name, value, name, value…. */
struct str question_of_parameters(struct arena *a, struct str layout, struct str title,
                                  struct str vars);

/* ERR_HIT_DOES_NOT_EXIST in the old service's words. */
struct err hit_unknown(struct ctx *c, struct str hit_id);

#endif
