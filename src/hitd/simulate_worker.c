#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/datetime.h"
#include "formats/html_scan.h"
#include "hitd/simulate.h"

enum {
    REQUEST_S_MAX = 60,
    NO_TASKS_PAUSE_US = 500000,
    LIST_KEPT_US = 5000000,
    DOCUMENT_MAX = 16 << 20
};

const char *const sim_step_names[STEP_IDLE] = {
    "register",  "sign_in",  "list",   "list_page", "accept",
    "task_page", "document", "submit", "return",
};

/* ---- requests ---- */

static size_t keep_answer(char *data, size_t size, size_t n, void *user) {
    struct sim_worker *w = user;
    if (w->answer.n + size * n > DOCUMENT_MAX)
        return 0;
    buf_add(&w->answer, data, size * n);
    return size * n;
}

static size_t keep_location(char *data, size_t size, size_t n, void *user) {
    struct sim_worker *w = user;
    struct str line = {data, size * n}, name = str_cut(&line, ':');
    line = str_trim(line);
    if (str_ieq(name, STR("Location")) && line.n < sizeof w->location) {
        memcpy(w->location, line.p, line.n);
        w->location[line.n] = '\0';
    }
    return size * n;
}

/* Only these steps are asked for as pages. */
static bool as_page(const struct sim_worker *w) {
    return w->step == STEP_LIST_PAGE || w->step == STEP_TASK_PAGE || w->step == STEP_DOCUMENT ||
           (w->sim->pages && (w->step == STEP_ACCEPT || w->step == STEP_SUBMIT));
}

static void add_headers(struct sim_worker *w) {
    char token[sizeof w->csrf + 32];
    w->headers =
        curl_slist_append(NULL, as_page(w) ? "Accept: text/html" : "Accept: application/json");
    w->headers = curl_slist_append(w->headers, "Expect:");
    snprintf(token, sizeof token, "X-CSRF-Token: %s", w->csrf);
    if (w->csrf[0] && !as_page(w))
        w->headers = curl_slist_append(w->headers, token);
}

/* What holds for every request of a worker. Set once: the handle keeps its cookies, and a file of
 * cookies named again with each request would be kept again each time. */
static void prepare(struct sim_worker *w) {
    CURL *h = w->curl;
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(h, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)REQUEST_S_MAX);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, w);
    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, keep_location);
    curl_easy_setopt(h, CURLOPT_HEADERDATA, w);
    curl_easy_setopt(h, CURLOPT_PRIVATE, w);
}

/* Sends a request; what stands in w->body is sent unless the method is GET. */
static void send_to(struct sim_worker *w, enum sim_step step, const char *method, const char *url) {
    CURL *h = w->curl;
    bool get = strcmp(method, "GET") == 0;
    w->step = step;
    w->location[0] = '\0';
    buf_clear(&w->answer);
    add_headers(w);
    curl_easy_setopt(h, CURLOPT_URL, url);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, w->headers);
    if (get) {
        curl_easy_setopt(h, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)w->body.n);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, buf_view(&w->body).p);
    }
    curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, get ? NULL : method);
    w->began_us = time_monotonic_us();
    curl_multi_add_handle(w->sim->multi, h);
}

static void send_path(struct sim_worker *w, enum sim_step step, const char *method,
                      const char *path) {
    char url[SIM_URL_MAX + 512];
    snprintf(url, sizeof url, "%.*s%s", STR_ARG(w->sim->url), path);
    send_to(w, step, method, url);
}

static void body_pair(struct sim_worker *w, const char *name, const char *value) {
    buf_printf(&w->body, "%s%s=", w->body.n ? "&" : "", name);
    sim_escape(&w->body, str_c(value));
}

static void rest(struct sim_worker *w, int64_t us) {
    w->step = STEP_IDLE;
    w->rests_until_us = us ? time_monotonic_us() + us : 0;
}

static void fails(struct sim_worker *w, enum sim_step step, long status, const char *why) {
    struct sim *sim = w->sim;
    sim->failed++;
    if (!sim->first_error)
        sim->first_error = arena_printf(
            sim->arena, "worker %d, %s: status %ld %s %.*s", w->number, sim_step_names[step],
            status, why, (int)(w->answer.n < 300 ? w->answer.n : 300), buf_view(&w->answer).p);
    rest(w, NO_TASKS_PAUSE_US);
}

/* ---- what is asked for ---- */

static void accept_task(struct sim_worker *w) {
    struct sim *sim = w->sim;
    const char *group = sim->group;
    if (!group && sim->group_count)
        group = sim->groups[sim_random(&w->random) % sim->group_count].id;
    if (!group) {
        sim->none_left++;
        sim->groups_us = 0;
        rest(w, NO_TASKS_PAUSE_US);
        return;
    }
    char path[256];
    snprintf(path, sizeof path, "/projects/%s/tasks/accept_random", group);
    buf_clear(&w->body);
    if (sim->pages)
        body_pair(w, "csrf_token", w->csrf);
    send_path(w, STEP_ACCEPT, "POST", path);
}

static void list_or_accept(struct sim_worker *w) {
    const struct sim *sim = w->sim;
    bool fresh = sim->groups_us && time_monotonic_us() - sim->groups_us < LIST_KEPT_US;
    if (sim->group || fresh)
        accept_task(w);
    else
        send_path(w, STEP_LIST, "GET",
                  "/projects?format=json&page_size=100&filters%5Bqualified%5D=true");
}

void sim_worker_task(struct sim_worker *w) {
    if (w->sim->pages)
        send_path(w, STEP_LIST_PAGE, "GET", "/projects");
    else
        list_or_accept(w);
}

static void email_and_password(struct sim_worker *w) {
    char email[128];
    snprintf(email, sizeof email, "simulated-%s-%d@example.org", w->sim->email_tag, w->number);
    buf_clear(&w->body);
    body_pair(w, "email", email);
    body_pair(w, "password", w->sim->password);
}

void sim_worker_begin(struct sim_worker *w) {
    char name[64];
    snprintf(name, sizeof name, "Simulated worker %d", w->number);
    email_and_password(w);
    body_pair(w, "name", name);
    body_pair(w, "country", "US");
    send_path(w, STEP_REGISTER, "POST", "/register");
}

static void submit(struct sim_worker *w, struct str document) {
    buf_clear(&w->body);
    body_pair(w, "assignmentId", w->assignment);
    if (document.n) {
        struct arena a;
        arena_init(&a, 0);
        sim_answer(&a, document, &w->random, &w->body);
        arena_free(&a);
    } else {
        body_pair(w, "simulated", "yes");
    }
    send_path(w, STEP_SUBMIT, "POST", "/mturk/externalSubmit");
}

/* The frame's document. One that a requester keeps at a place of his own is not opened: a
 * simulation sends its requests to this market alone. */
static void open_document(struct sim_worker *w) {
    char ours[SIM_ID_MAX + 16];
    snprintf(ours, sizeof ours, "/task/%s", w->assignment);
    if (strstr(w->frame, ours))
        send_to(w, STEP_DOCUMENT, "GET", w->frame);
    else
        submit(w, STR_NULL);
}

/* ---- what is answered ---- */

static bool copy(char *to, size_t room, struct str text) {
    if (!text.n || text.n >= room)
        return false;
    memcpy(to, text.p, text.n);
    to[text.n] = '\0';
    return true;
}

static bool copy_text(char *to, size_t room, const json_t *object, const char *key) {
    return copy(to, room, str_c(json_string_value(json_object_get(object, key))));
}

static json_t *answered(const struct sim_worker *w) {
    return json_loadb(buf_view(&w->answer).p, w->answer.n, 0, NULL);
}

static void take_session(struct sim_worker *w, enum sim_step step, long status) {
    json_t *json = answered(w);
    w->signed_in = copy_text(w->csrf, sizeof w->csrf, json, "csrf_token");
    json_decref(json);
    if (w->signed_in) {
        rest(w, 0);
    } else if (step == STEP_REGISTER && status == 409) {
        email_and_password(w);
        send_path(w, STEP_SIGN_IN, "POST", "/sign-in");
    } else {
        fails(w, step, status, "");
        w->dead = true;
    }
}

static void take_list(struct sim_worker *w) {
    struct sim *sim = w->sim;
    json_t *json = answered(w), *results = json_object_get(json, "results"), *one;
    size_t i;
    sim->group_count = 0;
    json_array_foreach(results, i, one) {
        if (sim->group_count < SIM_GROUPS_MAX &&
            json_integer_value(json_object_get(one, "assignable_hits_count")) > 0 &&
            copy_text(sim->groups[sim->group_count].id, SIM_ID_MAX, one, "hit_set_id"))
            sim->group_count++;
    }
    sim->groups_us = time_monotonic_us();
    json_decref(json);
    accept_task(w);
}

static void take_accepted(struct sim_worker *w, long status) {
    if (status == 303 || status == 302) {
        const char *id = strstr(w->location, "assignment_id=");
        struct str rest_of = str_c(id ? id + 14 : NULL);
        if (!copy(w->assignment, sizeof w->assignment, str_cut(&rest_of, '&')))
            fails(w, STEP_ACCEPT, status, w->location);
        else if (w->location[0] == '/')
            send_path(w, STEP_TASK_PAGE, "GET", w->location);
        else
            send_to(w, STEP_TASK_PAGE, "GET", w->location);
        return;
    }
    json_t *json = status == 200 ? answered(w) : NULL;
    bool good = copy_text(w->assignment, sizeof w->assignment, json, "assignment_id") &&
                copy_text(w->frame, sizeof w->frame, json_object_get(json, "question"), "value");
    json_decref(json);
    if (good) {
        open_document(w);
    } else if (status == 404 || status == 409 || status == 422 || status == 429) {
        w->sim->none_left++;
        w->sim->groups_us = 0;
        rest(w, NO_TASKS_PAUSE_US);
    } else {
        fails(w, STEP_ACCEPT, status, "");
    }
}

static void take_task_page(struct sim_worker *w, long status) {
    struct html_scan scan = {.rest = buf_view(&w->answer)};
    struct html_piece piece;
    struct arena a;
    bool found = false;
    arena_init(&a, 0);
    while (!found && html_next(&scan, &piece))
        found = piece.kind == HTML_TAG && str_ieq(piece.tag, STR("iframe")) &&
                copy(w->frame, sizeof w->frame, sim_unescape(&a, html_attr(&piece, "src")));
    arena_free(&a);
    if (status == 200 && found)
        open_document(w);
    else
        fails(w, STEP_TASK_PAGE, status, "no frame on the page");
}

static void take_document(struct sim_worker *w, long status) {
    char path[SIM_ID_MAX + 16];
    if (status == 200) {
        submit(w, buf_view(&w->answer));
        return;
    }
    snprintf(path, sizeof path, "/tasks/%s", w->assignment);
    buf_clear(&w->body);
    send_path(w, STEP_RETURN, "DELETE", path);
}

static void take_end(struct sim_worker *w, enum sim_step step, long status) {
    if (status != 200) {
        fails(w, step, status, "");
        return;
    }
    w->sim->submitted += step == STEP_SUBMIT;
    w->sim->returned += step == STEP_RETURN;
    rest(w, 0);
}

static void keep_time(struct sim_times *t, int64_t us) {
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 1024;
        t->us = realloc(t->us, t->room * sizeof *t->us);
        if (!t->us)
            abort();
    }
    t->us[t->n++] = us;
}

void sim_worker_done(struct sim_worker *w, CURLcode result) {
    enum sim_step step = w->step;
    long status = 0;
    curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(w->sim->multi, w->curl);
    curl_slist_free_all(w->headers);
    w->headers = NULL;
    if (result != CURLE_OK) {
        fails(w, step, status, curl_easy_strerror(result));
        w->dead = !w->signed_in;
        return;
    }
    keep_time(&w->sim->times[step], time_monotonic_us() - w->began_us);
    switch (step) {
    case STEP_REGISTER:
    case STEP_SIGN_IN: take_session(w, step, status); return;
    case STEP_LIST: take_list(w); return;
    case STEP_LIST_PAGE: list_or_accept(w); return;
    case STEP_ACCEPT: take_accepted(w, status); return;
    case STEP_TASK_PAGE: take_task_page(w, status); return;
    case STEP_DOCUMENT: take_document(w, status); return;
    case STEP_SUBMIT:
    case STEP_RETURN: take_end(w, step, status); return;
    case STEP_IDLE: return;
    }
}

void sim_worker_open(struct sim *sim, struct sim_worker *w, int number) {
    *w = (struct sim_worker){
        .sim = sim,
        .curl = curl_easy_init(),
        .number = number,
        .step = STEP_IDLE,
        .random = sim->seed + (uint64_t)number * UINT64_C(0x5851F42D4C957F2D),
    };
    prepare(w);
}

void sim_worker_close(struct sim_worker *w) {
    if (w->step != STEP_IDLE)
        curl_multi_remove_handle(w->sim->multi, w->curl);
    curl_easy_cleanup(w->curl);
    curl_slist_free_all(w->headers);
    buf_free(&w->body);
    buf_free(&w->answer);
}
