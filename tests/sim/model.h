/* A second, plain implementation of the market's money and counters, for the simulation: arrays and
 * loops, no sets, no SQL, written from money-and-lifecycle alone. Where it and the market differ,
 * one of them is wrong.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum { M_REQUESTERS = 3, M_WORKERS = 6, M_HITS = 600, M_ASSIGNMENTS = 4000 };

enum m_status { M_ACCEPTED, M_SUBMITTED, M_APPROVED, M_REJECTED, M_RETURNED, M_ABANDONED };

struct m_hit {
    int requester;
    int64_t reward, fee, max, auto_s, duration_s;
    int64_t created_ms, expires_ms, activity_ms;
    bool many, expired, disposed;
};

struct m_assignment {
    int hit, worker;
    enum m_status status;
    int64_t accepted_ms, deadline_ms, act_ms, submitted_ms; /* act_ms: when the clock abandons it */
};

struct m_worker {
    int64_t payable, accepted, submitted, approved, rejected, returned, abandoned;
};

struct model {
    int64_t now_ms, grace_s;
    int64_t avail[M_REQUESTERS], fees[M_REQUESTERS], deposits[M_REQUESTERS];
    struct m_worker workers[M_WORKERS];
    struct m_hit hits[M_HITS];
    int hit_count;
    struct m_assignment work[M_ASSIGNMENTS];
    int work_count;
};

int64_t m_fee(int64_t reward, bool many);
int64_t m_bonus_fee(int64_t cents);

/* Counters of a HIT, from its assignments. */
int m_count(const struct model *m, int hit, enum m_status status);
int m_used(const struct model *m, int hit);
bool m_reviewable(const struct model *m, int hit);
/* What I3 asks a requester to hold. */
int64_t m_held(const struct model *m, int requester);

/* Everything the clock owes at m->now_ms. */
void m_due(struct model *m);

/* Each says whether the rules allow it, and does it if they do. m_due has been called. */
bool m_publish(struct model *m, const struct m_hit *hit);
bool m_accept(struct model *m, int hit, int worker);
bool m_submit(struct model *m, int at);
bool m_return(struct model *m, int at);
bool m_approve(struct model *m, int at, bool override_rejection);
bool m_reject(struct model *m, int at);
bool m_bonus(struct model *m, int at, int64_t cents);
bool m_expire(struct model *m, int hit, int64_t expires_ms);
bool m_more(struct model *m, int hit, int64_t more);
bool m_delete(struct model *m, int hit);

#endif
