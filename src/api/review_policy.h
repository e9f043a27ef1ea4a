/* The structure ReviewPolicy of CreateHIT and CreateHITWithHITType (requester-api 3.7). */
#ifndef API_REVIEW_POLICY_H
#define API_REVIEW_POLICY_H

#include "api/op.h"
#include "market/policy.h"

extern const struct field review_policy_fields[];

/* Reads and checks a policy of that level; *packed stays NULL for object NULL. Errors as
 * fields_decode and policy_check. */
struct err review_policy_read(struct arena *a, enum policy_level level, const json_t *object,
                              struct str *packed);

#endif
