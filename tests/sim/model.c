#include "model.h"

enum { WINDOW_S = 2592000, DISPOSAL_DAYS = 120, BONUS_DAYS = 183 };

static int64_t at_least(int64_t v, int64_t least) {
    return v > least ? v : least;
}

int64_t m_fee(int64_t reward, bool many) {
    return at_least((reward * (many ? 40 : 20) + 50) / 100, 1);
}

int64_t m_bonus_fee(int64_t cents) {
    return at_least((cents * 20 + 50) / 100, 1);
}

static int64_t cost(const struct m_hit *h) {
    return h->reward + h->fee;
}

int m_count(const struct model *m, int hit, enum m_status status) {
    int n = 0;
    for (int i = 0; i < m->work_count; i++)
        n += m->work[i].hit == hit && m->work[i].status == status;
    return n;
}

int m_used(const struct model *m, int hit) {
    int n = 0;
    for (int i = 0; i < m->work_count; i++)
        n += m->work[i].hit == hit && m->work[i].status <= M_REJECTED;
    return n;
}

bool m_reviewable(const struct model *m, int hit) {
    const struct m_hit *h = &m->hits[hit];
    return !h->disposed && m_count(m, hit, M_ACCEPTED) == 0 &&
           (h->expired || m_used(m, hit) == h->max);
}

int64_t m_held(const struct model *m, int requester) {
    int64_t held = 0;
    for (int i = 0; i < m->hit_count; i++) {
        const struct m_hit *h = &m->hits[i];
        if (h->requester != requester || h->disposed)
            continue;
        int64_t slots = m_count(m, i, M_ACCEPTED) + m_count(m, i, M_SUBMITTED);
        if (!h->expired)
            slots += h->max - m_used(m, i);
        held += slots * cost(h);
    }
    return held;
}

static void active(struct m_hit *h, int64_t at_ms) {
    h->activity_ms = at_least(h->activity_ms, at_ms);
}

static void pay(struct model *m, struct m_assignment *a, int64_t at_ms) {
    struct m_hit *h = &m->hits[a->hit];
    m->workers[a->worker].payable += h->reward;
    m->workers[a->worker].approved++;
    m->fees[h->requester] += h->fee;
    a->status = M_APPROVED;
    active(h, at_ms);
}

/* Work ends without a submission: an expired HIT's hold is given back, else the slot reopens. */
static void free_slot(struct model *m, struct m_assignment *a, enum m_status status) {
    struct m_hit *h = &m->hits[a->hit];
    a->status = status;
    if (h->expired)
        m->avail[h->requester] += cost(h);
}

static void expire_hit(struct model *m, int hit, int64_t at_ms) {
    struct m_hit *h = &m->hits[hit];
    m->avail[h->requester] += (h->max - m_used(m, hit)) * cost(h);
    h->expired = true;
    if (m_reviewable(m, hit))
        active(h, at_ms);
}

/* The earliest thing that is due for one HIT, if any: 0 nothing, else its moment. */
static int64_t next_due(const struct model *m, int hit, int *work) {
    const struct m_hit *h = &m->hits[hit];
    int64_t first = h->expired ? INT64_MAX : h->expires_ms;
    *work = -1;
    for (int i = 0; i < m->work_count; i++) {
        const struct m_assignment *a = &m->work[i];
        if (a->hit != hit || (a->status != M_ACCEPTED && a->status != M_SUBMITTED))
            continue;
        int64_t at = a->status == M_ACCEPTED ? a->act_ms : a->submitted_ms + h->auto_s * 1000;
        if (at < first) {
            first = at;
            *work = i;
        }
    }
    return first;
}

static void due_of(struct model *m, int hit) {
    struct m_hit *h = &m->hits[hit];
    int work;
    for (;;) {
        int64_t at = next_due(m, hit, &work);
        if (at > m->now_ms)
            break;
        if (work < 0) {
            expire_hit(m, hit, at);
        } else if (m->work[work].status == M_SUBMITTED) {
            pay(m, &m->work[work], at);
        } else {
            m->workers[m->work[work].worker].abandoned++;
            free_slot(m, &m->work[work], M_ABANDONED);
            if (m_reviewable(m, hit))
                active(h, at);
        }
    }
    if (m_reviewable(m, hit) && m->now_ms - h->activity_ms >= (int64_t)DISPOSAL_DAYS * 86400000)
        h->disposed = true;
}

void m_due(struct model *m) {
    for (int i = 0; i < m->hit_count; i++)
        if (!m->hits[i].disposed)
            due_of(m, i);
}

bool m_publish(struct model *m, const struct m_hit *hit) {
    struct m_hit h = *hit;
    h.many = h.max >= 10;
    h.fee = m_fee(h.reward, h.many);
    if (h.max * cost(&h) > m->avail[h.requester] || m->hit_count == M_HITS)
        return false;
    h.created_ms = h.activity_ms = m->now_ms;
    m->avail[h.requester] -= h.max * cost(&h);
    m->hits[m->hit_count++] = h;
    return true;
}

bool m_accept(struct model *m, int hit, int worker) {
    const struct m_hit *h = &m->hits[hit];
    if (h->disposed || h->expired || m_used(m, hit) >= h->max || m->work_count == M_ASSIGNMENTS)
        return false;
    int held = 0;
    for (int i = 0; i < m->work_count; i++) {
        const struct m_assignment *a = &m->work[i];
        if (a->worker == worker && a->hit == hit && a->status <= M_REJECTED)
            return false;
        held += a->worker == worker && a->status == M_ACCEPTED;
    }
    if (held >= 25)
        return false;
    int64_t deadline = m->now_ms + h->duration_s * 1000;
    m->work[m->work_count++] = (struct m_assignment){
        .hit = hit,
        .worker = worker,
        .status = M_ACCEPTED,
        .accepted_ms = m->now_ms,
        .deadline_ms = deadline,
        .act_ms = deadline + m->grace_s * 1000,
    };
    m->workers[worker].accepted++;
    return true;
}

bool m_submit(struct model *m, int at) {
    struct m_assignment *a = &m->work[at];
    struct m_hit *h = &m->hits[a->hit];
    if (a->status != M_ACCEPTED)
        return false;
    a->status = M_SUBMITTED;
    a->submitted_ms = m->now_ms;
    m->workers[a->worker].submitted++;
    active(h, m->now_ms);
    if (h->auto_s == 0)
        pay(m, a, m->now_ms);
    return true;
}

bool m_return(struct model *m, int at) {
    struct m_assignment *a = &m->work[at];
    if (a->status != M_ACCEPTED)
        return false;
    m->workers[a->worker].returned++;
    free_slot(m, a, M_RETURNED);
    if (m_reviewable(m, a->hit))
        active(&m->hits[a->hit], m->now_ms);
    return true;
}

bool m_approve(struct model *m, int at, bool override_rejection) {
    struct m_assignment *a = &m->work[at];
    struct m_hit *h = &m->hits[a->hit];
    if (h->disposed)
        return false;
    if (a->status == M_SUBMITTED) {
        pay(m, a, m->now_ms);
        return true;
    }
    if (a->status != M_REJECTED || !override_rejection)
        return false;
    if (m->now_ms / 1000 - a->submitted_ms / 1000 > WINDOW_S || m->avail[h->requester] < cost(h))
        return false;
    m->avail[h->requester] -= cost(h);
    m->workers[a->worker].rejected--;
    pay(m, a, m->now_ms);
    return true;
}

bool m_reject(struct model *m, int at) {
    struct m_assignment *a = &m->work[at];
    struct m_hit *h = &m->hits[a->hit];
    if (h->disposed || a->status != M_SUBMITTED)
        return false;
    a->status = M_REJECTED;
    m->workers[a->worker].rejected++;
    m->avail[h->requester] += cost(h);
    active(h, m->now_ms);
    return true;
}

static bool worked_lately(const struct model *m, int requester, int worker) {
    for (int i = 0; i < m->work_count; i++) {
        const struct m_assignment *a = &m->work[i];
        if (a->worker == worker && m->hits[a->hit].requester == requester && a->submitted_ms &&
            m->now_ms / 1000 - a->submitted_ms / 1000 <= (int64_t)BONUS_DAYS * 86400)
            return true;
    }
    return false;
}

bool m_bonus(struct model *m, int at, int64_t cents) {
    const struct m_assignment *a = &m->work[at];
    const struct m_hit *h = &m->hits[a->hit];
    int64_t fee = m_bonus_fee(cents);
    if (h->disposed || a->status < M_SUBMITTED || a->status > M_REJECTED ||
        !worked_lately(m, h->requester, a->worker) || m->avail[h->requester] < cents + fee)
        return false;
    m->avail[h->requester] -= cents + fee;
    m->fees[h->requester] += fee;
    m->workers[a->worker].payable += cents;
    return true;
}

bool m_expire(struct model *m, int hit, int64_t expires_ms) {
    struct m_hit *h = &m->hits[hit];
    if (h->disposed)
        return false;
    if (expires_ms <= m->now_ms + 5000) {
        if (!h->expired) {
            expire_hit(m, hit, m->now_ms);
            h->expires_ms = m->now_ms;
        }
        return true;
    }
    if (h->expired) {
        int64_t reopened = (h->max - m_used(m, hit)) * cost(h);
        if (reopened > m->avail[h->requester])
            return false;
        m->avail[h->requester] -= reopened;
        h->expired = false;
    }
    h->expires_ms = expires_ms;
    active(h, m->now_ms);
    return true;
}

bool m_more(struct model *m, int hit, int64_t more) {
    struct m_hit *h = &m->hits[hit];
    if (h->disposed || (!h->many && h->max + more >= 10))
        return false;
    int64_t need = h->expired ? 0 : more * cost(h);
    if (need > m->avail[h->requester])
        return false;
    m->avail[h->requester] -= need;
    h->max += more;
    active(h, m->now_ms);
    return true;
}

bool m_delete(struct model *m, int hit) {
    struct m_hit *h = &m->hits[hit];
    if (!m_reviewable(m, hit) || m_count(m, hit, M_SUBMITTED) > 0)
        return false;
    h->disposed = true;
    return true;
}
