/* QualificationRequirements as clients send them (requester-api 3.6). */
#ifndef API_REQUIREMENT_H
#define API_REQUIREMENT_H

#include "api/field.h"

struct requirement_in {
    struct str type;
    struct field_list integers, locales;
    int comparator, guarded; /* words of the table; guarded 0: not given */
    bool preview;
};

/* Rows of one requirement, for F_OBJECTS. */
extern const struct field requirement_fields[];

/* A list of them as market/ reads it: only members of the model, in a fixed order. */
struct str requirements_json(struct arena *a, const struct field_list *list);

#endif
