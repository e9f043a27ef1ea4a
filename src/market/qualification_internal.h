/* Shared by the files of qualifications and by market/qualify.c. Internal to market/. */
#ifndef MARKET_QUALIFICATION_INTERNAL_H
#define MARKET_QUALIFICATION_INTERNAL_H

#include "market/qualification.h"

/* Whosever it is, deleted ones too; with its test and key. */
struct err qualification_type_find(struct ctx *c, struct str type_id, struct qualification_type *t);

/* The acting requester's, not deleted: else as qualification_type_get, or ERR_PERMISSION_DENIED. */
struct err qualification_type_find_own(struct ctx *c, struct str type_id,
                                       struct qualification_type *t);

/* The name behind an id, deleted types included; the id itself for an unknown one. */
struct err qualification_name(struct ctx *c, struct str type_id, struct str *name);

/* Writes what a worker holds, and its audit; told: he gets a notice. */
struct err qualification_put(struct ctx *c, const struct qualification_type *t, int64_t worker,
                             int64_t value, bool told);

/* A notice to a worker about a type: "Name" or "Name: reason". */
struct err qualification_tell(struct ctx *c, int64_t worker, enum notice_kind kind,
                              const struct qualification_type *t, struct str reason);

/* May the acting worker ask now? Errors of qualification_ask. */
struct err qualification_may_ask(struct ctx *c, const struct qualification_type *t);

#endif
