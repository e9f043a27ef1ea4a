/* simulate: the command. See simulate.h. */
#include "hitd/simulate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/datetime.h"
#include "base/json.h"
#include "base/num.h"
#include "base/rand.h"
#include "hitd/commands.h"

enum { WORKERS_MAX = 4096, SECONDS_MAX = 31 * 86400, WAIT_MS = 20, PASSWORD_LEN = 20, TAG_LEN = 8 };

struct schedule {
    int64_t workers, tasks, seconds;
    double rate;                      /* tasks a second, of all workers; 0: as many as there are */
    int64_t began_us, ends_us, begun; /* begun: tasks */
};

/* ---- options ---- */

static struct err read_number(struct command_line *line, const char *name, int64_t max,
                              int64_t *value) {
    const char *text = option_value(line, name);
    if (!text || num_parse(str_c(text), 1, max, value))
        return NO_ERR;
    return err_make(line->arena, ERR_USAGE, name,
                    "--%s is \"%s\"; it must be a number from 1 to %lld", name, text,
                    (long long)max);
}

static struct err read_rate(struct command_line *line, double *rate) {
    const char *text = option_value(line, "rate");
    char *end;
    if (!text)
        return NO_ERR;
    errno = 0;
    *rate = strtod(text, &end);
    if (end != text && !*end && !errno && isfinite(*rate) && *rate >= 0 && *rate <= 1e6)
        return NO_ERR;
    return err_make(line->arena, ERR_USAGE, "rate",
                    "--rate is \"%s\"; it must be tasks a second, such as 0.5, or 0", text);
}

static struct err read_schedule(struct command_line *line, struct schedule *s) {
    *s = (struct schedule){.workers = 4, .tasks = INT64_MAX, .seconds = 60, .rate = 1};
    struct err e = read_number(line, "workers", WORKERS_MAX, &s->workers);
    if (!failed(e))
        e = read_number(line, "seconds", SECONDS_MAX, &s->seconds);
    if (!failed(e))
        e = read_number(line, "tasks", INT64_MAX, &s->tasks);
    return failed(e) ? e : read_rate(line, &s->rate);
}

/* Without --seed and --password, each run has workers of its own that nobody else can become. */
static struct err read_sim(struct command_line *line, struct sim *sim) {
    struct arena *a = line->arena;
    int64_t seed = 0;
    struct err e = read_number(line, "seed", INT64_MAX, &seed);
    struct str url = str_c(option_value(line, "url"));
    while (str_ends(url, STR("/")))
        url.n--;
    if (!failed(e) && !str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
        e = err_make(a, ERR_USAGE, "url",
                     "--url is \"%.*s\"; it must begin with http:// or https://", STR_ARG(url));
    const char *password = option_value(line, "password");
    *sim = (struct sim){
        .arena = a,
        .url = str_dup(a, url),
        .seed = (uint64_t)seed,
        .email_tag = seed ? option_value(line, "seed") : str_z(a, rand_text(a, TAG_LEN)),
        .password = password ? password : str_z(a, rand_text(a, PASSWORD_LEN)),
        .group = option_value(line, "group"),
        .pages = option_set(line, "pages"),
    };
    if (!seed)
        rand_bytes(&sim->seed, sizeof sim->seed);
    return e;
}

/* ---- running ---- */

static void collect(struct sim *sim) {
    const CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(sim->multi, &left))) {
        struct sim_worker *w = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode result = m->data.result; /* m is gone once the handle is removed */
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &w);
        sim_worker_done(w, result);
    }
}

static bool may_begin(const struct schedule *s, int64_t now_us) {
    if (now_us >= s->ends_us || s->begun >= s->tasks)
        return false;
    double passed_s = (double)(now_us - s->began_us) / 1e6;
    return s->rate <= 0 || (double)s->begun < passed_s * s->rate;
}

/* Gives work to those who have none; says whether anybody still works or will. */
static bool hand_out(struct schedule *s, struct sim_worker *workers) {
    int64_t now_us = time_monotonic_us();
    bool busy = false, alive = false;
    for (int64_t i = 0; i < s->workers; i++) {
        struct sim_worker *w = &workers[i];
        if (w->step == STEP_IDLE && w->signed_in && now_us >= w->rests_until_us &&
            may_begin(s, now_us)) {
            s->begun++;
            sim_worker_task(w);
        }
        busy |= w->step != STEP_IDLE;
        alive |= !w->dead;
    }
    return busy || (alive && now_us < s->ends_us && s->begun < s->tasks);
}

static bool signing_in(const struct schedule *s, const struct sim_worker *workers) {
    for (int64_t i = 0; i < s->workers; i++)
        if (workers[i].step != STEP_IDLE)
            return true;
    return false;
}

static int64_t signed_in(const struct schedule *s, const struct sim_worker *workers) {
    int64_t n = 0;
    for (int64_t i = 0; i < s->workers; i++)
        n += workers[i].signed_in;
    return n;
}

static void carry_on(struct sim *sim) {
    int running;
    curl_multi_perform(sim->multi, &running);
    collect(sim);
}

/* Sends what has begun and waits for the first answer, or for the time of the next task. */
static bool wait_a_while(struct sim *sim) {
    int running;
    curl_multi_perform(sim->multi, &running);
    curl_multi_poll(sim->multi, NULL, 0, WAIT_MS, NULL);
    return true;
}

static void run(struct sim *sim, struct schedule *s, struct sim_worker *workers) {
    for (int64_t i = 0; i < s->workers; i++)
        sim_worker_open(sim, &workers[i], (int)i + 1);
    for (int64_t i = 0; i < s->workers; i++)
        sim_worker_begin(&workers[i]);
    do
        carry_on(sim);
    while (signing_in(s, workers) && wait_a_while(sim));
    fprintf(stderr, "%lld workers are signed in\n", (long long)signed_in(s, workers));
    s->began_us = time_monotonic_us();
    s->ends_us = s->began_us + s->seconds * 1000000;
    do
        carry_on(sim);
    while (hand_out(s, workers) && wait_a_while(sim));
}

/* ---- the summary ---- */

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_words(const struct sim *sim, double seconds) {
    printf("%lld submitted in %.1f s (%.1f a second), %lld returned, %lld times none left, "
           "%lld failed\n",
           (long long)sim->submitted, seconds, (double)sim->submitted / seconds,
           (long long)sim->returned, (long long)sim->none_left, (long long)sim->failed);
    for (int i = 0; i < STEP_IDLE; i++) {
        const struct sim_times *t = &sim->times[i];
        if (t->n)
            printf("  %-10s %8zu  median %7.1f ms  99 %% %7.1f ms\n", sim_step_names[i], t->n,
                   (double)t->us[t->n / 2] / 1e3, (double)t->us[t->n * 99 / 100] / 1e3);
    }
}

static void print_json(const struct sim *sim, double seconds) {
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_int(&j, "submitted", sim->submitted);
    json_kv_int(&j, "returned", sim->returned);
    json_kv_int(&j, "none_left", sim->none_left);
    json_kv_int(&j, "failed", sim->failed);
    json_kv_int(&j, "elapsed_ms", (int64_t)(seconds * 1e3));
    json_key(&j, "requests");
    json_open_object(&j);
    for (int i = 0; i < STEP_IDLE; i++) {
        const struct sim_times *t = &sim->times[i];
        if (!t->n)
            continue;
        json_key(&j, sim_step_names[i]);
        json_open_object(&j);
        json_kv_int(&j, "count", (int64_t)t->n);
        json_kv_int(&j, "p50_us", t->us[t->n / 2]);
        json_kv_int(&j, "p99_us", t->us[t->n * 99 / 100]);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
    printf("%.*s\n", STR_ARG(buf_view(&b)));
    buf_free(&b);
}

static int summary(struct command_line *line, struct sim *sim, const struct schedule *s) {
    double seconds = (double)(time_monotonic_us() - s->began_us) / 1e6;
    for (int i = 0; i < STEP_IDLE; i++)
        if (sim->times[i].n)
            qsort(sim->times[i].us, sim->times[i].n, sizeof(int64_t), by_size);
    if (option_set(line, "json"))
        print_json(sim, seconds);
    else
        print_words(sim, seconds);
    for (int i = 0; i < STEP_IDLE; i++)
        free(sim->times[i].us);
    if (sim->first_error)
        return command_complains(line, "%lld requests failed; the first: %s",
                                 (long long)sim->failed, sim->first_error);
    return 0;
}

int run_simulate(struct command_line *line) {
    struct schedule schedule;
    struct sim *sim = arena_new(line->arena, struct sim);
    struct err e = read_schedule(line, &schedule);
    if (!failed(e))
        e = read_sim(line, sim);
    if (failed(e))
        return command_fails(line, e);
    struct sim_worker *workers =
        arena_array(line->arena, (size_t)schedule.workers, sizeof *workers);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sim->multi = curl_multi_init();
    run(sim, &schedule, workers);
    int status = summary(line, sim, &schedule);
    for (int64_t i = 0; i < schedule.workers; i++)
        sim_worker_close(&workers[i]);
    curl_multi_cleanup(sim->multi);
    curl_global_cleanup();
    return status;
}
