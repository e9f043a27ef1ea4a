#include "hit/client.h"

#include <curl/curl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/datetime.h"
#include "http/request.h"
#include "http/sigv4.h"

struct client {
    struct arena *arena;
    CURL *curl;
    struct str base; /* scheme and host, no slash behind */
    struct str host;
    struct str key_id, secret;
};

static const char region[] = "us-east-1", service[] = "mturk-requester";

struct err client_open(struct command_line *line, struct client **client) {
    struct client *c = arena_new(line->arena, struct client);
    struct str base = str_c(option_value(line, "endpoint"));
    while (base.n && base.p[base.n - 1] == '/')
        base.n--;
    if (!str_starts(base, STR("http://")) && !str_starts(base, STR("https://")))
        return err_make(line->arena, ERR_USAGE, "endpoint",
                        "--endpoint is \"%.*s\"; it must begin with http:// or https://",
                        STR_ARG(base));
    *c = (struct client){
        .arena = line->arena,
        .base = str_dup(line->arena, base),
        .host = str_dup(line->arena, str_from(base, (size_t)str_find(base, STR("://")) + 3)),
        .key_id = str_c(option_value(line, "access-key")),
        .secret = str_c(option_value(line, "secret-key")),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    c->curl = curl_easy_init();
    *client = c;
    return NO_ERR;
}

void client_close(struct client *c) {
    curl_easy_cleanup(c->curl);
    curl_global_cleanup();
}

const char *client_escape(struct client *c, const char *text) {
    char *escaped = curl_easy_escape(c->curl, text, 0);
    const char *kept = arena_strdup(c->arena, escaped ? escaped : "");
    curl_free(escaped);
    return kept;
}

static size_t keep_answer(char *data, size_t size, size_t n, void *user) {
    struct call *call = user;
    if (call->save && call->status < 300)
        return fwrite(data, size, n, call->save);
    buf_add(&call->answer, data, size * n);
    return size * n;
}

/* The status is known before the first byte of the body. */
static size_t keep_status(char *data, size_t size, size_t n, void *user) {
    struct call *call = user;
    struct str line = {data, size * n};
    if (str_starts(line, STR("HTTP/")) && line.n > 12)
        call->status = (line.p[9] - '0') * 100 + (line.p[10] - '0') * 10 + (line.p[11] - '0');
    return size * n;
}

static int show_progress(void *user, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                         curl_off_t up) {
    const struct call *call = user;
    (void)down_all;
    if (up_all > 0 && up < up_all)
        fprintf(stderr, "\r%s %3d %%", call->progress, (int)(up * 100 / up_all));
    else if (down > 0 && call->save)
        fprintf(stderr, "\r%s %lld KiB", call->progress, (long long)(down / 1024));
    return 0;
}

static struct curl_slist *add_header(struct client *c, struct curl_slist *list,
                                     struct http_header *all, size_t *n, const char *name,
                                     struct str value) {
    all[(*n)++] = (struct http_header){.name = str_c(name), .value = value};
    return curl_slist_append(list, arena_printf(c->arena, "%s: %.*s", name, STR_ARG(value)));
}

/* Headers of the request with its signature. */
static struct curl_slist *sign(struct client *c, const struct call *call) {
    struct http_header headers[8];
    size_t n = 0;
    struct curl_slist *list = NULL;
    list = add_header(c, list, headers, &n, "Host", c->host);
    list = add_header(c, list, headers, &n, "X-Amz-Date", sigv4_time(c->arena, time_wall_ms()));
    if (call->content_type)
        list = add_header(c, list, headers, &n, "Content-Type", str_c(call->content_type));
    if (call->target)
        list = add_header(c, list, headers, &n, "X-Amz-Target",
                          str_printf(c->arena, "MTurkRequesterServiceV20170117.%s", call->target));
    struct sigv4_request request = {
        .arena = c->arena,
        .method = str_c(call->method),
        .raw_path = str_c(call->path),
        .raw_query = str_c(call->query),
        .headers = headers,
        .header_count = n,
        .body = call->body.p ? call->body : STR(""),
    };
    struct str value = sigv4_sign(&request, c->key_id, c->secret, region, service);
    list = curl_slist_append(list, arena_printf(c->arena, "Authorization: %.*s", STR_ARG(value)));
    return curl_slist_append(list, "Expect:");
}

static void prepare(struct client *c, struct call *call, struct curl_slist *headers) {
    CURL *h = c->curl;
    curl_easy_reset(h);
    const char *url = arena_printf(c->arena, "%.*s%s%s%s", STR_ARG(c->base), call->path,
                                   call->query ? "?" : "", call->query ? call->query : "");
    curl_easy_setopt(h, CURLOPT_URL, url);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, keep_status);
    curl_easy_setopt(h, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, call);
    if (strcmp(call->method, "GET") != 0) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, call->body.p ? call->body.p : "");
        curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, call->method);
    }
    if (call->progress && isatty(STDERR_FILENO)) {
        curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, show_progress);
        curl_easy_setopt(h, CURLOPT_XFERINFODATA, call);
    }
}

/* All faults of a file behind the first, a line each: {"error": {"faults": [{"level",
 * "message"}]}}. */
static const char *more_faults(struct arena *a, const json_t *error, const char *first) {
    struct buf b = BUF_INIT;
    size_t i;
    const json_t *fault;
    json_array_foreach(json_object_get(error, "faults"), i, fault) {
        const char *message = json_text(fault, "message");
        if (strcmp(json_text(fault, "level"), "warning") != 0 && strcmp(message, first) != 0)
            buf_printf(&b, "\n%s", message);
    }
    const char *text = str_z(a, buf_view(&b));
    buf_free(&b);
    return text;
}

/* The server's own words: {"error": {"message": …}} or the Requester API's Message. */
static struct err refusal(struct client *c, const struct call *call) {
    json_t *json = json_loadb(call->answer.p ? call->answer.p : "", call->answer.n, 0, NULL);
    const json_t *error = json_object_get(json, "error");
    const char *message = json_text(error, "message");
    if (!message[0])
        message = json_text(json, "Message");
    if (!message[0])
        message = json_text(json, "message");
    struct err e = message[0] ? err_make(c->arena, ERR_BAD_REQUEST, NULL, "%s%s", message,
                                         more_faults(c->arena, error, message))
                              : err_make(c->arena, ERR_BAD_REQUEST, NULL,
                                         "%.*s%s answered with HTTP status %ld", STR_ARG(c->base),
                                         call->path, call->status);
    json_decref(json);
    return e;
}

static struct err send_once(struct client *c, struct call *call) {
    struct curl_slist *headers = sign(c, call);
    call->status = 0;
    call->answer = BUF_INIT;
    prepare(c, call, headers);
    CURLcode code = curl_easy_perform(c->curl);
    curl_slist_free_all(headers);
    if (call->progress && isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    if (code != CURLE_OK)
        return err_make(c->arena, ERR_UNAVAILABLE, NULL, "%.*s can not be reached: %s",
                        STR_ARG(c->base), curl_easy_strerror(code));
    return call->status >= 400 ? refusal(c, call) : NO_ERR;
}

/* The server limits how fast an account may ask: it has done nothing, and takes one request more
 * within a second. */
static bool too_many(const struct call *call) {
    return call->status == 429 ||
           (call->status == 400 && call->target &&
            str_find(buf_view(&call->answer), STR("\"ThrottlingException\"")) >= 0);
}

struct err client_call(struct client *c, struct call *call) {
    enum { TRIES = 10 };
    struct err e = send_once(c, call);
    for (int i = 1; i < TRIES && too_many(call); i++) {
        call_free(call);
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        e = send_once(c, call);
    }
    return e;
}

void call_free(struct call *call) {
    buf_free(&call->answer);
}

struct err call_json(struct client *c, const struct call *call, json_t **json) {
    *json = json_loadb(call->answer.p ? call->answer.p : "", call->answer.n, 0, NULL);
    return *json ? NO_ERR
                 : err_make(c->arena, ERR_BAD_JSON, NULL, "%.*s%s did not answer with JSON",
                            STR_ARG(c->base), call->path);
}

const char *json_text(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

long long json_number(const json_t *object, const char *key) {
    return (long long)json_integer_value(json_object_get(object, key));
}

const char *json_id(struct arena *a, const json_t *object, const char *key) {
    const json_t *v = json_object_get(object, key);
    return json_is_integer(v) ? arena_printf(a, "%lld", (long long)json_integer_value(v))
                              : arena_strdup(a, json_text(object, key));
}
