/* Every bound of the server, with its reason. A bound that is a setting has its default here. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* One request's memory: the largest answer (100 assignments of 1 MiB answers) and its JSON. */
#define ARENA_LIMIT ((size_t)512 * 1024 * 1024)

/* API body: two XML members of 64 KiB, \u-escaped, are 0.8 MB (requester-api 1.11). */
#define BODY_MAX ((size_t)1024 * 1024)
/* A worker's whole submission; segmentation PNGs need it (questions 4.3). */
#define ANSWER_MAX ((size_t)1024 * 1024)
#define ANSWER_FIELDS_MAX 10000 /* questions 12 */
#define FIELD_NAME_MAX 256      /* questions 5.1.6 */
#define HEADER_COUNT_MAX 100    /* SDKs send about 15 */
#define JSON_DEPTH_MAX 32       /* the model needs 5 */

/* Connections (http/server.h). */
#define HEADER_BYTES_MAX ((size_t)64 * 1024) /* request line and header; SDKs send up to 4 KiB */
#define CONNECTIONS_MAX 4096                 /* 64 KiB of buffer each */
#define TIMEOUT_S 30                         /* without progress */
#define HEADER_S_MAX 60                      /* from the last answer to the end of a header */
#define BODY_BYTES_PER_S_MIN 1024            /* after the first minute; slower is an attack */
/* What is still read of a refused body, so that the client hears why and may stay connected. */
#define DISCARD_MAX ((size_t)16 * 1024 * 1024)
#define STREAMS_MAX 64        /* downloads at once: a thread and a snapshot of the store each */
#define DEFERRED_MAX 1024     /* requests waiting for a helper thread; beyond it 503 */

/* XML of strangers (questions 1.5). A question form nests 9 deep; 10,000 fields are 30,001
 * elements; a 1 MiB answer of ampersands grows fivefold; no known tag has 8 KiB. */
#define XML_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define XML_DEPTH_MAX 32
#define XML_NODES_MAX 50000
#define XML_TAG_MAX   8192

/* Question forms. Sizes of files are the schema's; what is kept of one is FORM_FILE_MAX: it goes
 * through the writer of the store in one piece. */
#define FORM_REGEXES_MAX   20
#define FORM_FILE_SIZE_MAX INT64_C(2000000000)
#define FORM_FILE_MAX      ((size_t)16 * 1024 * 1024)

/* Regular expressions of question forms: real ones have a hundred characters; what is larger, or
 * would take more than some 20 ms of the writer's time, is left to the browser (pattern.h). */
#define FORM_OPS_MAX      50000   /* of all expressions of a form */
#define PATTERN_UNITS_MAX 4096
#define PATTERN_DEPTH_MAX 50
#define PATTERN_OPS_MAX   8000
#define PATTERN_STEPS_MAX 4000000 /* of a whole submission */

/* Layouts. More findings than a person reads are only counted. */
#define LAYOUT_FINDINGS_MAX  200
#define LAYOUT_ATTRIBUTE_MAX 65535 /* csv-formats 2: longer values in an attribute are pointed at */

/* Files (csv-formats 1.3). */
#define FILE_MAX ((size_t)512 * 1024 * 1024)
#define FILE_ROWS_MAX 2000000
/* A reviewed file beyond this is planned behind the page that tells how far it is; who uploads one
 * waits so long for its plan first. */
#define PLAN_LATER_BYTES ((size_t)2 * 1024 * 1024)
#define PLAN_WITHIN_MS   1000
#define FILE_COLUMNS_MAX 4096
#define CELL_MAX ((size_t)1024 * 1024)
#define HEADER_NAME_MAX 255
/* One row in memory. Real ones reach 64 kB; 725 columns of 11 kB would be 8 MB. */
#define CSV_ROW_MAX ((size_t)64 * 1024 * 1024)
#define FINDINGS_KEPT 100 /* of one code; a page shows 20, the rest is only counted */

/* The market (requester-api 1.11, money-and-lifecycle 1 and 4). */
#define TITLE_MAX 128
#define DESCRIPTION_MAX 2000
#define KEYWORDS_MAX 1000
#define ANNOTATION_MAX 255
#define QUESTION_MAX 65535
#define LAYOUT_FILLED_MAX ((size_t)1024 * 1024)
#define FEEDBACK_MAX 1024
#define REASON_MAX 1024
#define TOKEN_MAX 64
#define REWARD_CENTS_MAX 100000000 /* the most that setting max_amount_cents can allow */
#define DURATION_S_MIN 30
#define DURATION_S_MAX 31536000
#define AUTO_APPROVAL_S_MAX 2592000
#define OVERTURN_WINDOW_S 2592000
#define DISPOSAL_S (120 * 86400)
#define BONUS_WINDOW_S (183 * 86400)
#define TOKEN_MEMORY_S 86400
#define ASSIGNMENTS_MAX 1000000000
#define REQUIREMENTS_MAX 10

/* What people write to each other (worker-site 11, 13.1). */
#define APPEAL_TEXT_MIN 20 /* characters */
#define APPEAL_TEXT_MAX 2000
#define MESSAGE_MAX 4000

/* NotifyWorkers (requester-api 1.11). */
#define NOTIFY_SUBJECT_MAX 200
#define NOTIFY_TEXT_MAX    4096
#define NOTIFY_WORKERS_MAX 100

/* Where events go: a URL or an address; and what one delivery may take of memory. */
#define DESTINATION_MAX    1024
#define NOTIFIER_ARENA_MAX (1 << 20)
#define APPEALS_STEP 100      /* paid by one deposit, or closed in one step of the sweeper */
#define APPEAL_COUNT_MAX 1000 /* a page says "1,000 or more" */
#define REPORT_TEXT_MIN 10    /* characters */
#define REPORT_TEXT_MAX 1000
#define REPORTS_SHOWN 200     /* of one case; a page says how many there are */
#define HIDDEN_MAX 1000       /* groups and requesters that one worker may hide */
#define DRAFT_MAX ((size_t)256 * 1024) /* form values; files and drawings are not kept */

#define BATCH_UNDO_COUNT_MAX 10000 /* a card says "10,000 or more" rather than count a million */
#define PAGE_MAX 100    /* MaxResults */
#define PAGE_DEFAULT 10 /* requester-api 1.9 */
/* Rows of a list of the site: 500, and one more that tells whether there is a next page. */
#define LIST_ROWS_MAX 501

/* People of one account: enough for a house, few enough to show them all. */
#define MEMBERS_MAX 100
#define INVITATIONS_MAX 50
#define ACCOUNTS_OF_PERSON_MAX 50
#define SESSIONS_SHOWN_MAX 50

#endif
