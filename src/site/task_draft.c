/* What a worker has entered and not submitted: kept by the page around the task, which asks the
 * task's own document for it (web/src/draft.js; docs/manual.md, "Drafts"). */
#include "base/json.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/pack.h"
#include "http/json_in.h"
#include "market/answer_draft.h"
#include "site/rows.h"

static struct err malformed(struct call *call) {
    return err_make(call->req->arena, ERR_INVALID_PARAMETER, "values",
                    "values must be a JSON object of names, each with a list of texts.");
}

/* {"name": ["value", …], …} as the market packs it. */
static struct err pack_values(struct call *call, const json_t *values, struct buf *out) {
    struct arena *a = call->req->arena;
    const char *name;
    json_t *list;
    json_object_foreach((json_t *)values, name, list) {
        if (!json_is_array(list))
            return malformed(call);
        pack_add(out, str_c(name));
        pack_add(out, str_printf(a, "%zu", json_array_size(list)));
        size_t i;
        json_t *value;
        json_array_foreach(list, i, value) {
            if (!json_is_string(value))
                return malformed(call);
            pack_add(out, json_in_str(value));
        }
    }
    return NO_ERR;
}

struct str task_draft_json(struct arena *a, struct str fields) {
    struct buf out = BUF_INIT;
    struct json j = json_begin(&out);
    struct str name, count, value;
    int64_t n;
    json_open_object(&j);
    while (pack_next(&fields, &name) && pack_next(&fields, &count) &&
           num_parse(count, 0, INT32_MAX, &n)) {
        json_key_str(&j, name);
        json_open_array(&j);
        while (n-- > 0 && pack_next(&fields, &value))
            json_str(&j, value);
        json_end(&j);
    }
    json_end(&j);
    struct str text = buf_dup(a, &out);
    buf_free(&out);
    return text;
}

static struct err keep_draft(struct call *call, struct ctx *ctx) {
    struct arena *a = call->req->arena;
    json_t *values;
    struct str text = form_get(&call->form, "values");
    struct err e = json_in(a, text.p ? text : STR(""), 2 * DRAFT_MAX, false, &values);
    if (failed(e) || !json_is_object(values)) {
        if (!failed(e))
            json_decref(values);
        return malformed(call);
    }
    struct buf packed = BUF_INIT;
    e = pack_values(call, values, &packed);
    json_decref(values);
    if (!failed(e))
        e = answer_draft_keep(ctx, call->params[0], buf_view(&packed));
    buf_free(&packed);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_seconds(&j, "kept", ctx->now_ms);
    json_end(&j);
    return NO_ERR;
}

static struct err shard_of_task(struct call *call, struct ctx *ctx) {
    return work_shard(ctx, call->params[0], STR_NULL, &call->shard);
}

const struct route site_task_draft_rows[] = {
    {.method = "POST",
     .pattern = "/tasks/{assignment}/draft",
     .help = "Keeps what was entered and not submitted.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = keep_draft,
     .shard = shard_of_task},
    {.method = NULL},
};
