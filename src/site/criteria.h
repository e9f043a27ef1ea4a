/* Who may do the tasks, as a form of a few fields (requester-site 2.3), and back to the list of
 * requirements that the market keeps. Requirements that the form has no field for, made by the
 * API, pass through it unchanged. */
#ifndef SITE_CRITERIA_H
#define SITE_CRITERIA_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

struct criteria {
    /* Comparators are the API's words, NULL or empty: no such criterion. Numbers as typed. */
    struct str rate_cmp, rate;         /* approval rate in per cent, over all requesters */
    struct str approved_cmp, approved; /* number of approved tasks */
    struct str country_cmp, countries; /* "In" or "NotIn"; "US, DE, US-CA" */
    bool masters, adult;
    struct str visibility; /* ActionsGuarded: Accept, PreviewAndAccept, DiscoverPreviewAndAccept */
    struct str others;     /* JSON list of what has no field; never NULL */
};

/* From stored requirements. */
void criteria_read(struct arena *a, struct str requirements, struct criteria *out);

/* To requirements; ERR_BAD_REQUEST with the form field that can not be read. */
struct err criteria_json(struct arena *a, const struct criteria *in, struct str *requirements);

/* One sentence for each requirement, those of criteria and all others: "Percent of tasks approved
 * is at least 95". */
struct sentences {
    struct str *list;
    size_t n;
};
struct sentences criteria_sentences(struct arena *a, struct str requirements);

#endif
