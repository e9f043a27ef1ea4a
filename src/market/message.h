/* Messages between a worker and a requester, about a HIT type or one of the worker's assignments
 * (worker-site 11). They are relayed: neither side sees the other's address. A worker opens a
 * conversation, both go on with it; what was said is kept. What a muted requester writes (mute.h)
 * is not counted as new.
 */
#ifndef MARKET_MESSAGE_H
#define MARKET_MESSAGE_H

#include <stdbool.h>

#include "market/ctx.h"

struct thread {
    int64_t row, requester, worker;
    struct str title, requester_id, requester_name, worker_id, assignment_id; /* NULL: the type */
    int64_t unread; /* of the side that reads */
    int64_t last;   /* newest message: the list's key */
    int64_t last_ms;
    struct str last_body;
};

/* A worker (c->actor->party) writes about an own assignment or, when that id is NULL, about a
 * group he may discover. A second message about the same goes on in the same conversation.
 * ERR_NOT_FOUND; ERR_INVALID_PARAMETER ("text", 1..MESSAGE_MAX characters); ERR_SLOW_DOWN beyond
 * setting message_day_limit in 24 hours. */
struct message_open_in {
    struct str assignment_id, group_id, text;
};
struct err message_open(struct ctx *c, const struct message_open_in *in, int64_t *thread);

/* Either side (c->actor->party) goes on. ERR_NOT_FOUND for others' conversations; errors of the
 * text and, for the worker, the limit as above. */
struct err message_reply(struct ctx *c, int64_t thread, struct str text);

/* A requester (c->actor->party) writes to a worker of whose work he has approved or rejected some:
 * it becomes a message in their conversation about the last such kind of task, so the worker can
 * answer. *sent is false, and nothing is written, for anybody else and for ids that are none. */
struct err message_notify(struct ctx *c, struct str worker_id, struct str text, bool *sent);

/* Conversations, the newest message first, below `before` (0: from the newest). */
struct thread_list {
    struct thread *items;
    size_t n;
};
struct err message_threads(struct ctx *c, enum role side, int64_t before, int limit,
                           struct thread_list *out);

struct message {
    int64_t at_ms;
    bool own;
    struct str body;
};
struct conversation {
    struct thread thread;
    struct message *items; /* oldest first; the newest PAGE_MAX of them */
    size_t n;
};
/* Reads only. ERR_NOT_FOUND. */
struct err message_conversation(struct ctx *c, int64_t thread, struct conversation *out);

/* The reader has seen it. */
struct err message_read(struct ctx *c, int64_t thread);

#endif
