/* Qualification types of requesters, who holds them, who asks for them
 * (requester-api 2.1, 2.3, 2.8, 2.12, 2.13, 2.18, 2.19, 2.24, 2.25, 2.29, 2.32, 2.39, 3.3, 3.4;
 * worker-site 9).
 *
 * The acting party is c->actor->party: a requester, or for qualification_ask and
 * qualification_drop a worker. Another requester's type is seen, but not changed
 * (ERR_PERMISSION_DENIED). The system's own types are rows too; their values are computed
 * (market/qualify.h), but for Masters, which the operator grants.
 */
#ifndef MARKET_QUALIFICATION_H
#define MARKET_QUALIFICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

/* Longest name of a type (2.8); of a worker's or requester's reason see REASON_MAX. */
enum { QUALIFICATION_NAME_MAX = 200 };

enum qualification_status { QUALIFICATION_GRANTED = 1, QUALIFICATION_REVOKED };

enum qualification_request_state { REQUEST_PENDING = 1, REQUEST_GRANTED, REQUEST_REJECTED };

/* ---- types ---- */

struct qualification_type {
    int64_t id;
    struct str type_id; /* public */
    struct str name, description, keywords;
    bool active, own, system, deleted;
    int64_t requester;       /* 0: the system */
    int64_t retry_s, test_s; /* -1: none */
    struct str test, answer_key;
    bool auto_granted;
    int64_t auto_value;
    int64_t created_ms;
};

/* Members of Create- and UpdateQualificationType. Absent are NULL texts, seconds of -1, an
 * active or auto_granted of -1 (else 0 or 1), an auto_value of QUALIFICATION_NO_VALUE. */
#define QUALIFICATION_NO_VALUE INT64_MIN
struct qualification_type_in {
    struct str name, description, keywords, test, answer_key;
    int active, auto_granted;
    int64_t retry_s, test_s, auto_value;
};

/* ERR_QUALIFICATION_TYPE_ALREADY_EXISTS for a name of the caller's; ERR_MISSING_PARAMETERS for a
 * test without duration; ERR_INVALID_COMBINATION for parts that exclude each other; what
 * formats/question_form.h and answer_key.h say of the documents. */
struct err qualification_type_create(struct ctx *c, const struct qualification_type_in *in,
                                     struct qualification_type *out);

/* Absent members keep their value, but a Test without AnswerKey drops the old key (2.39). */
struct err qualification_type_update(struct ctx *c, struct str type_id,
                                     const struct qualification_type_in *in,
                                     struct qualification_type *out);

/* At once; pending requests are rejected, what was granted stays recorded (2.12). */
struct err qualification_type_remove(struct ctx *c, struct str type_id);

/* Anybody's type that is not deleted: ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST, for a deleted one
 * ERR_INVALID_QUALIFICATION_TYPE_STATE. */
struct err qualification_type_get(struct ctx *c, struct str type_id,
                                  struct qualification_type *out);

/* By name. after: id of the last one of the page before, 0 at the start. */
struct qualification_type_list_in {
    bool requestable, own;
    struct str query; /* all its words begin words of name, description or keywords; NULL: all */
    int64_t after;
    int limit; /* 1..PAGE_MAX */
};
struct qualification_type_list {
    struct qualification_type *items; /* test and key only of the caller's own */
    size_t n;
};
struct err qualification_type_list(struct ctx *c, const struct qualification_type_list_in *in,
                                   struct qualification_type_list *out);

/* ---- who holds them ---- */

struct qualification_held {
    struct str type_id, worker_id;
    int64_t worker;
    int64_t value, granted_ms;
    enum qualification_status status;
};

/* A value by the requester's own will; revoked ones are granted again. told: the worker gets a
 * notice. ERR_INVALID_QUALIFICATION_TYPE_STATE for an inactive type, ERR_INVALID_PARAMETER
 * (WorkerId) for an unknown worker. */
struct err qualification_grant(struct ctx *c, struct str type_id, struct str worker_id,
                               int64_t value, bool told);

/* Masters, by the operator, who is the actor; told always. */
struct err qualification_grant_masters(struct ctx *c, struct str worker_id, bool granted);

/* A reason is told to the worker; without one it happens silently (2.13).
 * ERR_QUALIFICATION_DOES_NOT_EXIST, ERR_INVALID_QUALIFICATION_STATE when revoked already. */
struct err qualification_take_back(struct ctx *c, struct str type_id, struct str worker_id,
                                   struct str reason);

/* ERR_QUALIFICATION_DOES_NOT_EXIST, for a revoked one ERR_INVALID_QUALIFICATION_STATE (2.18). */
struct err qualification_score(struct ctx *c, struct str type_id, struct str worker_id,
                               struct qualification_held *out);

struct qualification_holders_in {
    struct str type_id;
    enum qualification_status status;
    int64_t after_ms, after_worker;
    int limit;
};
struct qualification_holders {
    struct qualification_held *items;
    size_t n;
};
/* By time of granting. */
struct err qualification_holders(struct ctx *c, const struct qualification_holders_in *in,
                                 struct qualification_holders *out);

/* ---- asking for them ---- */

struct qualification_request {
    int64_t id;
    struct str request_id, type_id, worker_id;
    struct str test;   /* NULL: the type has none */
    struct str answer; /* packed, NULL: none */
    int64_t asked_ms;
};
struct qualification_requests_in {
    struct str type_id; /* NULL: of all types of the caller */
    int64_t after_ms, after;
    int limit;
};
struct qualification_requests {
    struct qualification_request *items;
    size_t n;
};
/* Pending ones by time. */
struct err qualification_requests(struct ctx *c, const struct qualification_requests_in *in,
                                  struct qualification_requests *out);

/* ERR_QUALIFICATION_REQUEST_DOES_NOT_EXIST, ERR_INVALID_QUALIFICATION_REQUEST_STATE. */
struct err qualification_request_accept(struct ctx *c, struct str request_id, int64_t value);
struct err qualification_request_reject(struct ctx *c, struct str request_id, struct str reason);

/* A worker asks for a type without a test: granted at once when it is granted automatically, else
 * pending. ERR_QUALIFICATION_NO_RETAKE, ERR_QUALIFICATION_TOO_EARLY (9: retry delay),
 * ERR_INVALID_QUALIFICATION_TYPE_STATE for an inactive type, ERR_CONFLICT for one that is pending
 * or held, ERR_FORBIDDEN when there is a test to take. */
struct err qualification_ask(struct ctx *c, struct str type_id,
                             enum qualification_request_state *state);

/* A type as the acting worker meets it. */
struct qualification_mine {
    struct qualification_type type;
    struct str author; /* "" for the system's own */
    bool held, pending;
    int64_t value, granted_ms; /* when held */
    int64_t asked_ms;          /* of his last request; 0: never asked */
    struct str refused_for;    /* reason of his last request's rejection, or NULL */
    struct err why;            /* NO_ERR: he may ask now; else why not, in words */
};
/* Errors as qualification_type_get. */
struct err qualification_mine(struct ctx *c, struct str type_id, struct qualification_mine *out);

/* What the acting worker holds, or has asked for and waits for; by type. after: key of the last
 * one of the page before, 0 at the start. */
struct qualification_own {
    int64_t key;
    struct str type_id, name, author; /* author "": the system's own */
    int64_t value, at_ms;             /* granted, or asked */
};
struct qualification_own_list {
    struct qualification_own *items;
    size_t n;
};
struct err qualification_own(struct ctx *c, int64_t after, int limit,
                             struct qualification_own_list *out);
struct err qualification_asked(struct ctx *c, int64_t after, int limit,
                               struct qualification_own_list *out);

/* A worker gives up what he holds (9, "Assigned"); ERR_QUALIFICATION_DOES_NOT_EXIST. */
struct err qualification_drop(struct ctx *c, struct str type_id);

#endif
