/* hitd serve: the store, two listeners, the sweeper, and an orderly end.
 *
 * Signals are taken by the main thread alone (sigwait), so no handler runs anywhere. On SIGTERM or
 * SIGINT the listeners stop accepting and drain, then the sweeper ends, then the store is closed:
 * whoever answers a suspended request lives longer than the servers (http/request.h).
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/api.h"
#include "api/legacy.h"
#include "api/op.h"
#include "api/v1.h"
#include "app/call.h"
#include "app/planner.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "base/log.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "hitd/settings.h"
#include "hitd/sweeper.h"
#include "http/server.h"
#include "notify/notifier.h"
#include "site/site.h"

/* A client that is still sending after this has lost interest. */
enum { DRAIN_S = 10 };

struct server {
    struct opened opened;
    struct settings settings;
    struct app app;
    struct api api;
    struct http_server *_Atomic main; /* requests come before http_listen has returned it */
    struct http_server *content;
    struct sweeper sweeper;
    struct planner planner;
    struct notifier notifier;
};

/* ---- health and figures ---- */

static enum tx_end look_alive(struct tx *tx, void *arg) {
    int64_t now_ms;
    *(bool *)arg = market_now(tx, &now_ms) == ST_OK;
    return TX_ROLLBACK;
}

static void reply_buf(struct http_request *req, int status, const char *type, struct buf *b) {
    struct http_reply reply = {.status = status, .type = type, .take = *b};
    *b = BUF_INIT;
    http_reply(req, &reply);
}

static void healthz(struct server *s, struct http_request *req) {
    struct buf b = BUF_INIT;
    bool alive = false;
    if (store_read(s->app.store, look_alive, &alive) != ST_OK)
        alive = false;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_cstr(&j, "status", alive ? "ok" : "store can not be read");
    json_kv_cstr(&j, "store", store_kind(s->app.store));
    json_kv_int(&j, "writes_waiting", (int64_t)store_waiting(s->app.store));
    json_kv_cstr(&j, "version", HITD_VERSION);
    json_end(&j);
    reply_buf(req, alive ? 200 : 503, "application/json", &b);
}

static void listener_figures(struct buf *b, const char *name, const struct http_server *server) {
    struct http_stats stats;
    http_stats(server, &stats);
    buf_printf(b, "hitd_connections{listener=\"%s\"} %" PRIu64 "\n", name, stats.connections);
    buf_printf(b, "hitd_requests_now{listener=\"%s\"} %" PRIu64 "\n", name, stats.requests);
    buf_printf(b, "hitd_streams{listener=\"%s\"} %" PRIu64 "\n", name, stats.streams);
    buf_printf(b, "hitd_deferred{listener=\"%s\"} %" PRIu64 "\n", name, stats.deferred);
    buf_printf(b, "hitd_refused_total{listener=\"%s\"} %" PRIu64 "\n", name, stats.refused_total);
}

static void metrics(struct server *s, struct http_request *req) {
    struct buf b = BUF_INIT;
    figures_print(&s->app.figures, &b);
    buf_printf(&b,
               "# HELP hitd_throttled_total Requests of the API beyond what their account may "
               "send.\n# TYPE hitd_throttled_total counter\nhitd_throttled_total %" PRIu64 "\n",
               atomic_load(&s->app.throttle.refused));
    struct http_server *main = s->main;
    if (main)
        listener_figures(&b, "main", main);
    listener_figures(&b, "content", s->content);
    buf_printf(&b, "hitd_writes_waiting{store=\"%s\"} %zu\n", store_kind(s->app.store),
               store_waiting(s->app.store));
    buf_printf(&b, "hitd_swept_total %" PRIu64 "\n",
               atomic_load_explicit(&s->sweeper.done, memory_order_relaxed));
    buf_printf(&b, "hitd_events_sent_total %" PRIu64 "\n", s->notifier.sent);
    buf_printf(&b, "hitd_mails_sent_total %" PRIu64 "\n", s->notifier.mails);
    buf_printf(&b, "hitd_events_failed_total %" PRIu64 "\n", s->notifier.failed);
    buf_printf(&b, "hitd_events_dead_total %" PRIu64 "\n", s->notifier.dead);
    reply_buf(req, 200, "text/plain; version=0.0.4", &b);
}

/* ---- the main listener: which face is meant ---- */

static bool is_get(const struct http_request *req, const char *path) {
    return str_is(req->path, path) && (str_is(req->method, "GET") || str_is(req->method, "HEAD"));
}

static struct http_plan main_plan(struct http_request *req, void *user) {
    struct server *s = user;
    if (legacy_wants(req))
        return (struct http_plan){.body_max = BODY_MAX};
    if (v1_wants(req))
        return v1_plan(&s->app, req);
    return site_plan(&s->app, req);
}

static void main_handle(struct http_request *req, void *user) {
    struct server *s = user;
    if (is_get(req, "/healthz"))
        healthz(s, req);
    else if (is_get(req, "/metrics"))
        metrics(s, req);
    else if (legacy_wants(req))
        legacy_handle(&s->api, req);
    else if (api_wants(req))
        api_handle(&s->api, req);
    else if (v1_wants(req))
        v1_handle(&s->app, req);
    else
        site_handle(&s->app, req);
}

static void main_refuse(struct http_request *req, int status, struct err e, void *user) {
    struct server *s = user;
    (void)status;
    if (legacy_wants(req))
        legacy_refuse(&s->api, req, e);
    else if (api_wants(req))
        api_refuse(&s->api, req, e);
    else if (v1_wants(req))
        v1_refuse(&s->app, req, e);
    else
        site_refuse(&s->app, req, e);
}

static void done(const struct http_request *req, int status, bool completed, void *user) {
    struct server *s = user;
    const struct call *call = req->state;
    (void)completed;
    if (call)
        figures_add(&s->app.figures, call->face->kind, status,
                    time_monotonic_us() - req->received_us);
}

static void task_handle(struct http_request *req, void *user) {
    struct server *s = user;
    content_handle(&s->app, req);
}

static void task_refuse(struct http_request *req, int status, struct err e, void *user) {
    struct server *s = user;
    (void)status;
    content_refuse(&s->app, req, e);
}

/* ---- start and end ---- */

/* "http://" and the address that was asked for, with the port that was given. */
static const char *address_url(struct server *s, const char *address, int port) {
    struct str host = str_c(address);
    for (size_t i = host.n; i-- > 0;)
        if (host.p[i] == ':') {
            host = str_sub(host, 0, i);
            break;
        }
    if (!host.n || str_is(host, "0.0.0.0") || str_is(host, "[::]"))
        host = STR("localhost");
    return arena_printf(s->opened.arena, "http://%.*s:%d", STR_ARG(host), port);
}

/* Cookies do not know ports, and a browser keeps pages of one host in one process: a task's page
 * must come from another host than the site's, be it the same machine by its other name. */
static const char *other_name(struct server *s, const char *site, const char *content) {
    static const char same[] = "http://127.0.0.1:";
    size_t n = sizeof same - 1;
    if (strncmp(site, same, n) != 0 || strncmp(content, same, n) != 0)
        return content;
    return arena_printf(s->opened.arena, "http://localhost:%s", content + n);
}

static void set_urls(struct server *s, int port, int content_port) {
    const struct settings *set = &s->settings;
    const char *site = set->site_url ? set->site_url : address_url(s, set->listen, port);
    const char *content = address_url(s, set->content_listen, content_port);
    s->app.site_url = site;
    s->app.content_url = set->content_url ? set->content_url : other_name(s, site, content);
}

static struct err listen_both(struct server *s) {
    struct err e = NO_ERR;
    const struct settings *set = &s->settings;
    struct http_config config = {
        .address = set->listen,
        .threads = (unsigned)set->threads,
        .behind_proxy = set->behind_proxy,
        .file_dir = set->file_dir,
        .file_max = s->app.file_max,
        .handler = {.plan = main_plan,
                    .handle = main_handle,
                    .refuse = main_refuse,
                    .done = done,
                    .user = s},
    };
    struct http_config content = {
        .address = set->content_listen,
        .threads = 1,
        .helpers = 1,
        .behind_proxy = set->behind_proxy,
        .handler = {.handle = task_handle, .refuse = task_refuse, .done = done, .user = s},
    };
    set_urls(s, 0, 0);
    s->content = http_listen(&content, s->opened.arena, &e);
    if (s->content)
        set_urls(s, 0, http_port(s->content));
    if (s->content)
        s->main = http_listen(&config, s->opened.arena, &e);
    if (s->main)
        set_urls(s, http_port(s->main), http_port(s->content));
    return e;
}

static void stop(struct server *s) {
    if (s->main)
        http_stop(s->main, DRAIN_S);
    if (s->content)
        http_stop(s->content, DRAIN_S);
    sweeper_stop(&s->sweeper);
    planner_stop(&s->planner);
    notifier_stop(&s->notifier);
    hitd_close(&s->opened);
}

static void wait_for_end(const sigset_t *signals) {
    int got = 0;
    while (sigwait(signals, &got) != 0) {}
    log_info("signal %d: draining", got);
}

static struct err start(struct server *s, struct command_line *line) {
    struct err e = settings_read(line, &s->settings);
    if (!failed(e))
        e = hitd_open(line, &s->opened);
    if (failed(e))
        return e;
    s->app.store = s->opened.store;
    s->app.ids = &s->opened.ids;
    throttle_init(&s->app.throttle);
    s->app.seal = &s->opened.seal;
    s->app.sandbox = s->settings.sandbox;
    s->app.file_max = (size_t)s->settings.upload_mib << 20;
    s->app.worker_host = s->settings.worker_host;
    s->app.requester_host = s->settings.requester_host;
    s->app.file_rows_max = s->settings.upload_rows;
    api_init(&s->api, &s->app);
    sweeper_start(&s->sweeper, &s->app);
    planner_start(&s->planner, &s->app);
    s->app.planner = &s->planner;
    s->notifier.store = s->opened.store;
    s->notifier.ids = &s->opened.ids;
    s->notifier.config = s->settings.send;
    s->notifier.config.seal = &s->opened.seal;
    s->notifier.site_url = &s->app.site_url;
    e = listen_both(s);
    if (failed(e))
        stop(s);
    else
        notifier_start(&s->notifier);
    return e;
}

int run_serve(struct command_line *line) {
    struct server *s = arena_new(line->arena, struct server);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* inherited by every thread started below */
    signal(SIGPIPE, SIG_IGN);
    struct err e = start(s, line);
    if (failed(e))
        return command_fails(line, e);
    printf("listening on %s\n", s->app.site_url);
    fflush(stdout);
    log_info("task documents on %s, store %s", s->app.content_url, store_kind(s->app.store));
    wait_for_end(&signals);
    stop(s);
    return 0;
}

int run_ops(struct command_line *line) {
    api_ops_print(stdout, option_set(line, "json"));
    return 0;
}
