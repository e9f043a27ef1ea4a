/* hitd simulate: workers who register, take tasks, answer and submit through the website, as fast
 * or as slowly as they are told.
 *
 *     simulate.c         the command: options, the clock of who begins when, the summary
 *     simulate_worker.c  one worker: which request comes next, and what its answer means
 *     simulate_answer.c  a task's page becomes a filled form
 *
 * One thread; libcurl carries the requests of all workers. Nothing here knows the store: it is a
 * client like any other.
 */
#ifndef HITD_SIMULATE_H
#define HITD_SIMULATE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum sim_step {
    STEP_REGISTER,
    STEP_SIGN_IN,
    STEP_LIST,      /* groups, as JSON */
    STEP_LIST_PAGE, /* the page of groups, which a browser would show */
    STEP_ACCEPT,
    STEP_TASK_PAGE, /* the page with the task's frame */
    STEP_DOCUMENT,  /* what stands in the frame */
    STEP_SUBMIT,
    STEP_RETURN,
    STEP_IDLE, /* nothing under way; also the number of the others */
};

extern const char *const sim_step_names[STEP_IDLE];

enum { SIM_GROUPS_MAX = 100, SIM_ID_MAX = 64, SIM_URL_MAX = 4096 };

struct sim_group {
    char id[SIM_ID_MAX];
};

struct sim_times {
    int64_t *us; /* of each request of this step */
    size_t n, room;
};

/* What all workers share. */
struct sim {
    struct arena *arena;
    CURLM *multi;
    struct str url; /* without a slash at the end */
    const char *email_tag, *password, *group;
    uint64_t seed;
    bool pages; /* as a browser does: pages are fetched, answers come as pages */
    struct sim_group groups[SIM_GROUPS_MAX];
    size_t group_count;
    int64_t groups_us; /* when they were listed; 0: to be listed again */
    struct sim_times times[STEP_IDLE];
    int64_t submitted, returned, none_left, failed;
    const char *first_error;
};

struct sim_worker {
    struct sim *sim;
    CURL *curl;
    int number;
    bool signed_in, dead;
    enum sim_step step;
    int64_t began_us, rests_until_us;
    uint64_t random;
    char csrf[128], assignment[SIM_ID_MAX], group[SIM_ID_MAX], frame[SIM_URL_MAX];
    struct buf body, answer; /* of the request, of its answer */
    char location[SIM_URL_MAX];
    struct curl_slist *headers;
};

/* Makes a worker that has done nothing yet. */
void sim_worker_open(struct sim *sim, struct sim_worker *w, int number);
void sim_worker_close(struct sim_worker *w);

/* Registers the worker, or signs it in; the request is under way on return. */
void sim_worker_begin(struct sim_worker *w);

/* Begins a task: looks at the list, accepts, answers, submits. */
void sim_worker_task(struct sim_worker *w);

/* The request of the worker has ended: takes its answer and starts what follows; step is STEP_IDLE
 * when nothing does. */
void sim_worker_done(struct sim_worker *w, CURLcode result);

uint64_t sim_random(uint64_t *state);

/* Appends "&name=value" for the controls of a task's page, filled by chance: one of the choices,
 * a number within its bounds, words. A crowd form is answered by its field taskAnswers. Fields that
 * are hidden keep their value, but assignmentId is left out. */
void sim_answer(struct arena *a, struct str html, uint64_t *random, struct buf *out);

/* The text with the five named references of HTML and &#39; undone. */
struct str sim_unescape(struct arena *a, struct str text);

/* Appends a value as a form sends it. */
void sim_escape(struct buf *out, struct str value);

#endif
