/* The words of the market as numbers. They stand in the store: values never change, new ones go
 * to the end. */
#ifndef MARKET_TYPES_H
#define MARKET_TYPES_H

/* ROLE_MEMBER: a person without account of his own, who acts for accounts he was joined to. */
enum role { ROLE_REQUESTER = 1, ROLE_WORKER, ROLE_OPERATOR, ROLE_MEMBER };
/* What a person may do for a requester's account (requester-site 9). A reviewer decides on work but
 * sees no money and publishes nothing; a reader looks. */
enum member_role { MEMBER_OWNER = 1, MEMBER_REVIEWER, MEMBER_READER };
enum party_state { PARTY_ACTIVE = 0, PARTY_SUSPENDED, PARTY_CLOSED };

/* money-and-lifecycle 7. `status < ASSIGNMENT_RETURNED` is what "holds or has submitted" means
 * in the unique index assignment_once. */
enum assignment_status {
    ASSIGNMENT_ACCEPTED = 1,
    ASSIGNMENT_SUBMITTED,
    ASSIGNMENT_APPROVED,
    ASSIGNMENT_REJECTED,
    ASSIGNMENT_RETURNED,
    ASSIGNMENT_ABANDONED,
};

/* money-and-lifecycle 6.2; computed, never stored. */
enum hit_status {
    HIT_ASSIGNABLE = 1,
    HIT_UNASSIGNABLE,
    HIT_REVIEWABLE,
    HIT_REVIEWING,
    HIT_DISPOSED,
};

enum batch_kind { BATCH_FILE = 1, BATCH_API, BATCH_ARCHIVE };
/* A draft has staged rows, but no money is held and no HIT exists (market/publish.h). */
enum batch_state { BATCH_PUBLISHING = 1, BATCH_LIVE, BATCH_DELETING, BATCH_DRAFT, BATCH_DELETED };

enum verdict { VERDICT_APPROVE = 1, VERDICT_REJECT, VERDICT_OVERTURN };

/* Where a decision came from (money-and-lifecycle 8.1, 8.4). */
enum entrance {
    ENTRANCE_API = 1,
    ENTRANCE_LEGACY,
    ENTRANCE_FILE,
    ENTRANCE_PAGE,
    ENTRANCE_APPEAL,
    ENTRANCE_COMMAND,
    ENTRANCE_CLOCK,
    ENTRANCE_POLICY,
    ENTRANCE_REPLAY,
};

enum notice_kind {
    NOTICE_APPROVED = 1,
    NOTICE_REJECTED,
    NOTICE_OVERTURNED,
    NOTICE_BONUS,
    NOTICE_APPEAL_FILED, /* to the requester; so also REPLIED, WITHDRAWN, DUE */
    NOTICE_APPEAL_REPLIED,
    NOTICE_APPEAL_WITHDRAWN,
    NOTICE_APPEAL_DUE,
    NOTICE_APPEAL_ASKED, /* to the worker; so also WAITING, DECLINED; LAPSED to both */
    NOTICE_APPEAL_WAITING,
    NOTICE_APPEAL_DECLINED,
    NOTICE_APPEAL_LAPSED,
    NOTICE_GROUP_PAUSED, /* to the requester */
    NOTICE_QUALIFICATION_GRANTED, /* to the worker; so also REVOKED, REFUSED */
    NOTICE_QUALIFICATION_REVOKED,
    NOTICE_QUALIFICATION_REFUSED,
    NOTICE_GROUP_RESUMED,   /* to the requester */
    NOTICE_REPORT_UPHELD,   /* to the workers who reported; so also DISMISSED */
    NOTICE_REPORT_DISMISSED,
};

/* What is wrong with a group, says a worker (worker-site 11). */
enum group_report_reason {
    REPORT_BROKEN = 1,
    REPORT_PERSONAL_DATA,
    REPORT_POLICY,
    REPORT_SPAM,
    REPORT_UNSAFE,
    REPORT_PAYS_OUTSIDE,
};
/* Of a case of reports, and of each of them: state 1 is "open" in the indexes. */
enum group_case_state {
    CASE_OPEN = 1,
    CASE_DISMISSED,
    CASE_UPHELD,
    CASE_WITHDRAWN,
};

/* worker-site 13. `state < APPEAL_GRANTED` is what "open" means in the indexes. */
enum appeal_state {
    APPEAL_OPEN = 1,
    APPEAL_ASKED,
    APPEAL_WAITING,
    APPEAL_GRANTED,
    APPEAL_DECLINED,
    APPEAL_WITHDRAWN,
    APPEAL_LAPSED,
};
/* Why a rejection is held to be wrong; the worker may leave it out. */
enum appeal_reason {
    APPEAL_REASON_NONE = 0,
    APPEAL_REASON_ANSWER_RIGHT,
    APPEAL_REASON_INSTRUCTIONS,
    APPEAL_REASON_TECHNICAL,
    APPEAL_REASON_MISTAKE,
    APPEAL_REASON_OTHER,
};
enum appeal_step_kind {
    APPEAL_STEP_FILED = 1,
    APPEAL_STEP_ASKED,
    APPEAL_STEP_REPLIED,
    APPEAL_STEP_GRANTED,
    APPEAL_STEP_WAITING,
    APPEAL_STEP_PAID,
    APPEAL_STEP_DECLINED,
    APPEAL_STEP_WITHDRAWN,
    APPEAL_STEP_LAPSED,
    APPEAL_STEP_OVERDUE,
};

/* Requester events (money-and-lifecycle 10.1). */
enum event_kind {
    EVENT_ASSIGNMENT_ACCEPTED = 1,
    EVENT_ASSIGNMENT_ABANDONED,
    EVENT_ASSIGNMENT_RETURNED,
    EVENT_ASSIGNMENT_SUBMITTED,
    EVENT_ASSIGNMENT_REJECTED,
    EVENT_ASSIGNMENT_APPROVED,
    EVENT_HIT_CREATED,
    EVENT_HIT_EXTENDED,
    EVENT_HIT_DISPOSED,
    EVENT_HIT_REVIEWABLE,
    EVENT_HIT_EXPIRED,
};

enum review_state { REVIEW_STAGING = 1, REVIEW_PLANNED, REVIEW_APPLIED, REVIEW_DROPPED };
enum review_mode { MODE_ALL = 1, MODE_ELIGIBLE, MODE_FUNDED };

#endif
