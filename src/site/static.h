/* Styles, browser code, fonts and icons, built from web/ and embedded in the program by
 * tools/embed.
 *
 * An address holds a hash of the file's content, so it may be cached for ever and never means
 * anything else: pages of an older program next to a newer one get a 404, not a mixture.
 */
#ifndef SITE_STATIC_H
#define SITE_STATIC_H

#include "http/request.h"

struct static_file {
    const char *name;    /* as pages know it: "app.css"; NULL ends the table */
    const char *address; /* "/static/app.3FAC21B0.css" */
    const char *type;
    struct str plain, packed; /* packed: gzip's form, or NULL where it does not pay */
};

extern const struct static_file static_files[]; /* generated */

/* The address of a file of that name. A name that was not built is a bug. */
struct str static_url(const char *name);

/* Answers requests for /static/… and for /favicon.svg and /favicon.ico, which browsers ask for
 * unasked; false, and nothing done, for any other address. From plan() or handle(). */
bool static_handle(struct http_request *req);

#endif
