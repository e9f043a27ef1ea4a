/* The API's structures as JSON (requester-api 3.1, 3.2). */
#ifndef API_PRINT_H
#define API_PRINT_H

#include "base/json.h"
#include "market/decide.h"
#include "market/hit.h"

void print_hit(struct json *j, struct arena *a, const struct hit_view *h);

/* The Answer is written as QuestionFormAnswers from the packed fields. */
void print_assignment(struct json *j, const struct assignment *s);

const char *print_assignment_status(enum assignment_status status);

#endif
