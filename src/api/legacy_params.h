/* The flattened parameters of the old dialect (requester-api 4.1, 4.2), and how they become the
 * JSON that an operation reads. The operation's own field table says what is looked for, so no
 * operation is described twice:
 *
 *     Title=…                                 {"Title": "…",
 *     Reward.1.Amount=0.05                     "Reward": "0.05",
 *     QualificationRequirement.1.Comparator=…  "QualificationRequirements": [{"Comparator": …,
 *     QualificationRequirement.1.IntegerValue=5    "IntegerValues": [5]}],
 *     AssignmentStatus=Submitted,Approved      "AssignmentStatuses": ["Submitted", "Approved"]}
 *
 * What differs in name stands in one table. Bounds are those of forms (http/form.h). The numbers
 * of a list only order it: gaps close, and a number takes no memory however large it is. Names
 * that no field asks for are ignored, as in JSON.
 */
#ifndef API_LEGACY_PARAMS_H
#define API_LEGACY_PARAMS_H

#include <jansson.h>

#include "api/field.h"
#include "http/form.h"

struct legacy_params {
    struct form received;      /* as they came, for the signature */
    struct form_field *sorted; /* by name; of repeated names the last one */
    size_t count;
};

/* Query and body together. ERR_BAD_REQUEST beyond the bounds of a form; ERR_INVALID_PARAMETER for
 * a value that holds NUL. */
struct err legacy_params_read(struct arena *a, struct str query, struct str body,
                              struct legacy_params *out);

/* Value of that very name; NULL when absent. */
struct str legacy_param(const struct legacy_params *p, const char *name);

/* The same as number; *value stays as it is when the parameter is absent.
 * ERR_INVALID_PARAMETER, ERR_OUT_OF_RANGE. */
struct err legacy_param_int(struct arena *a, const struct legacy_params *p, const struct field *row,
                            int64_t *value);

/* A switch; false when absent. ERR_INVALID_PARAMETER. */
struct err legacy_param_bool(struct arena *a, const struct legacy_params *p, const char *name,
                             bool *value);

/* Names and values without separator, names in order without regard to case, all but Signature:
 * what Signature Version 1 signs. */
struct str legacy_signed_text(struct arena *a, const struct legacy_params *p);

/* Base64 of the HMAC-SHA1: the signature of both old versions. */
struct str legacy_sign(struct arena *a, struct str secret, struct str text);

/* What request and signature have in common, but without those parameters that a repetition of the
 * call changes: AWSAccessKeyId, Signature and Timestamp. */
struct str legacy_same_text(struct arena *a, const struct legacy_params *p);

/* The operation's members as a JSON object, owned by the caller; those that were not sent as
 * absent, a JSON object or NULL, has them. Errors, and *object is NULL: ERR_MISSING_PARAMETERS
 * with all that are missing, ERR_INVALID_PARAMETER, ERR_OUT_OF_RANGE. */
struct err legacy_params_json(struct arena *a, const struct legacy_params *p,
                              const struct field *rows, const char *absent, json_t **object);

/* Name of a list's element, of a member with another name, …: "QualificationRequirement" for
 * "QualificationRequirements"; the name itself when nothing differs. */
const char *legacy_name(const char *name);

#endif
