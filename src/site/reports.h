/* What the pages about reports share: the worker's, the operator's, the requester's. */
#ifndef SITE_REPORTS_H
#define SITE_REPORTS_H

#include "market/group_case.h"
#include "market/group_report.h"
#include "site/rows.h"

/* "It does not work". */
struct str report_reason_words(enum group_report_reason reason);

/* "open", "dismissed", "upheld", "withdrawn". */
struct str report_state_word(enum group_case_state state);

/* The form's text: what it says, and its bounds. */
struct tpl_field report_text(struct call *call, const char *label, const char *hint);

#endif
