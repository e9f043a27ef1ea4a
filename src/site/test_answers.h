/* The answers of a qualification's test as the requester reads them who scores it by hand: each
 * question in its own words, each choice by its label (worker-site 9, questions 6). */
#ifndef SITE_TEST_ANSWERS_H
#define SITE_TEST_ANSWERS_H

#include "site/rows.h"

struct test_answers {
    struct tpl_answer_line *list;
    size_t n;
};

/* One line for each answer, in the order of the answers. test is the form (QuestionForm XML) as it
 * is now, answer packed (formats/answer.h). An answer whose question is not in the form any more,
 * or a form that can not be read, shows the identifiers as they were sent. */
struct test_answers test_answers(struct arena *a, struct str test, struct str answer);

#endif
