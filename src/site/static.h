/* Styles, scripts, fonts and icons, built from web/ and embedded in the program. */
#ifndef SITE_STATIC_H
#define SITE_STATIC_H

#include "base/str.h"

/* The address of a file, which changes with its content: "app.css" -> "/static/app.3f2a.css". */
struct str static_url(const char *name);

#endif
