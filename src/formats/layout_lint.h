/* What a layout's author should look at before it is published (requester-site 2.4): mistakes that
 * lose answers or break pages, each with its place. Nothing here refuses a layout but the absence
 * of anything to fill in (layout_require_control). */
#ifndef FORMATS_LAYOUT_LINT_H
#define FORMATS_LAYOUT_LINT_H

#include "formats/layout.h"

/* Errors: nothing to fill in. Warnings: "${" that is not closed; variables that differ in case
 * only; inputs without a name; two inputs of one name that are no group; answers called like a
 * column that reviews use (Approve, Reject) or a parameter of the frame (assignmentId …, as an
 * answer it would be dropped); no button to submit in a form of its own; links to files by http:.
 * At most LAYOUT_FINDINGS_MAX, by place. */
struct layout_findings layout_lint(struct arena *a, const struct layout *layout);

#endif
