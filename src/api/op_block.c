/* Whom the caller takes no work from: CreateWorkerBlock, DeleteWorkerBlock, ListWorkerBlocks
 * (requester-api 2.9, 2.11, 2.27). */
#include "api/answer.h"
#include "api/op.h"
#include "base/limits.h"
#include "market/block.h"

struct block_in {
    struct str worker, reason;
};

#define WORKER_FIELD                                                                               \
    {                                                                                              \
        .name = "WorkerId", .help = "the worker", .type = F_TEXT, .pattern = PATTERN_CUSTOMER,     \
        .required = true, .at = offsetof(struct block_in, worker), .min = 1, .max = 64             \
    }

/* ---- CreateWorkerBlock ---- */

static const struct field create_fields[] = {
    WORKER_FIELD,
    {.name = "Reason",
     .help = "for the caller's own record; the worker does not see it",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct block_in, reason),
     .max = REASON_MAX},
    {0},
};

static struct err create(struct op_call *call) {
    const struct block_in *in = call->in;
    struct err e = block_set(call->ctx, in->worker, in->reason);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_create_worker_block = {
    .name = "CreateWorkerBlock",
    .help = "Takes no further work from a worker; what was accepted goes on and is paid.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = create_fields,
    .in_size = sizeof(struct block_in),
    .group = GROUP_WORKERS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Replaces the reason.",
    .run = create,
};

/* ---- DeleteWorkerBlock ---- */

static const struct field delete_fields[] = {
    WORKER_FIELD,
    {.name = "Reason",
     .help = "accepted, as the old service did, and not kept",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct block_in, reason),
     .max = REASON_MAX},
    {0},
};

static struct err delete (struct op_call *call) {
    const struct block_in *in = call->in;
    struct err e = block_remove(call->ctx, in->worker);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_delete_worker_block = {
    .name = "DeleteWorkerBlock",
    .help = "Takes work from a worker again; harmless when he was not blocked.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = delete_fields,
    .in_size = sizeof(struct block_in),
    .group = GROUP_WORKERS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Harmless.",
    .run = delete,
};

/* ---- ListWorkerBlocks ---- */

struct list_in {
    struct page_in page;
};

static const struct field list_fields[] = {
    PAGE_FIELDS(struct list_in),
    {0},
};

static struct err list(struct op_call *call) {
    const struct list_in *in = call->in;
    int64_t keys[2] = {0, 0};
    bool resumed;
    struct err e = call_page(call, &in->page, STR(""), keys, 2, &resumed);
    if (failed(e))
        return e;
    struct block_list_in query = {
        .after_ms = keys[0],
        .after_worker = keys[1],
        .limit = (int)in->page.max,
    };
    struct block_list blocks;
    e = block_list(call->ctx, &query, &blocks);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "WorkerBlocks");
    json_open_array(&call->out);
    for (size_t i = 0; i < blocks.n; i++) {
        json_open_object(&call->out);
        json_kv_str(&call->out, "WorkerId", blocks.items[i].worker_id);
        json_kv_str(&call->out, "Reason", blocks.items[i].reason);
        json_end(&call->out);
        keys[0] = blocks.items[i].created_ms;
        keys[1] = blocks.items[i].worker;
    }
    json_end(&call->out);
    call_page_end(call, STR(""), keys, 2, (int64_t)blocks.n);
    json_end(&call->out);
    return NO_ERR;
}

static const struct field block_members[] = {
    ANSWER("WorkerId", F_TEXT, "the worker"),
    ANSWER("Reason", F_TEXT, "as given"),
    {0},
};

static const struct field list_answer[] = {
    ANSWER_OF("WorkerBlocks", F_OBJECTS, block_members, "WorkerBlock", "by time"),
    ANSWER_PAGE,
    {0},
};

const struct op op_list_worker_blocks = {
    .name = "ListWorkerBlocks",
    .help = "Workers that the caller takes no work from, by time of blocking.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = list_fields,
    .in_size = sizeof(struct list_in),
    .group = GROUP_WORKERS,
    .answer = list_answer,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_OK},
    .run = list,
};
