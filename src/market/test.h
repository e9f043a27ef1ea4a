/* Qualification tests, as workers take them (worker-site 9): a question form with a time of its
 * own. To start one begins its clock; it is submitted once, within its time; when the time runs out
 * nothing was submitted and no request is made, but the try counts for the type's retry delay: else
 * the clock would mean nothing. With an AnswerKey the value is given at once, without it the
 * answers wait for the requester as a request. The key never leaves the market (9.2).
 */
#ifndef MARKET_TEST_H
#define MARKET_TEST_H

#include <stdbool.h>

#include "formats/form_answer.h"
#include "market/ctx.h"

enum test_state {
    TEST_READY = 1, /* may be started */
    TEST_RUNNING,   /* started, until due_ms */
    TEST_WAITS,     /* a request waits for the requester */
    TEST_LATER,     /* may be taken again from again_ms on */
    TEST_NEVER,     /* only once, and that was */
    TEST_INACTIVE,  /* can not be requested */
};

struct test {
    struct str type_id, name, description;
    int64_t type, requester;
    enum test_state state;
    bool scored; /* has an AnswerKey */
    bool held;   /* has a value of it already */
    int64_t value;
    int64_t duration_s;
    int64_t started_ms, due_ms; /* while it runs */
    int64_t again_ms;
    int64_t questions;
    struct question_form form; /* read only while it runs, or when it is about to */
};

/* The test of a type for the acting worker. ERR_NOT_FOUND for an unknown type, or one without a
 * test. Reads only. */
struct err test_get(struct ctx *c, struct str type_id, struct test *out);

/* Begins the clock; when it runs already, that one goes on. ERR_CONFLICT naming why not. */
struct err test_start(struct ctx *c, struct str type_id, struct test *out);

struct test_result {
    bool granted;
    int64_t value; /* when granted */
    /* of ERR_BAD_ANSWER; the form is that of the test */
    const struct form_mistake *mistakes;
};
/* Takes the answers (packed fields). ERR_BAD_ANSWER with all mistakes: the clock goes on.
 * ERR_NOT_IN_PROGRESS when none runs (any more). */
struct err test_submit(struct ctx *c, struct str type_id, struct str fields, struct test *test,
                       struct test_result *out);

/* The shard of a write: the requester of the type; 0 for an unknown one. */
struct err test_shard(struct ctx *c, struct str type_id, int64_t *shard);

#endif
