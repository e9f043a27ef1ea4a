/* Who may do the tasks, as a form of a few fields (requester-site 2.3), and back to the list of
 * requirements that the market keeps. Requirements that the form has no field for, made by the
 * API, pass through it unchanged. A qualification type of the requester's own has a line with its
 * own comparator, values and guard. */
#ifndef SITE_CRITERIA_H
#define SITE_CRITERIA_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct ctx;
struct qualification_type_list;

/* Lines for own types: as many as requirements are possible (REQUIREMENTS_MAX). */
enum { CRITERIA_OWN_MAX = 10 };

struct own_criterion {
    struct str type_id;
    struct str cmp;    /* the API's word; "Exists" and "DoesNotExist" take no values */
    struct str values; /* as typed: "80", for In and NotIn "1, 2, 5" */
    struct str guards; /* ActionsGuarded */
};

struct criteria {
    /* Comparators are the API's words, NULL or empty: no such criterion. Numbers as typed. */
    struct str rate_cmp, rate;         /* approval rate in per cent, over all requesters */
    struct str approved_cmp, approved; /* number of approved tasks */
    struct str country_cmp, countries; /* "In" or "NotIn"; "US, DE, US-CA" */
    bool masters, adult;
    struct own_criterion own[CRITERIA_OWN_MAX]; /* lines without a type_id are not used */
    size_t own_n;
    struct str visibility; /* ActionsGuarded: Accept, PreviewAndAccept, DiscoverPreviewAndAccept */
    struct str others;     /* JSON list of what has no field; never NULL */
};

/* From stored requirements. types: the requester's own, which have lines; NULL: none has. */
void criteria_read(struct arena *a, struct str requirements,
                   const struct qualification_type_list *types, struct criteria *out);

/* To requirements; ERR_BAD_REQUEST with the form field that can not be read; of line n (from 1) of
 * own types that is "own_values_n". */
struct err criteria_json(struct arena *a, const struct criteria *in, struct str *requirements);

/* One sentence for each requirement, those of criteria and all others: "Percent of tasks approved
 * is at least 95". Qualifications by name, where they are known. */
struct sentences {
    struct str *list;
    size_t n;
};
struct sentences criteria_sentences(struct ctx *ctx, struct str requirements);

#endif
