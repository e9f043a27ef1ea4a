#include "site/static.h"

#include <string.h>

struct str static_url(const char *name) {
    static const char *const files[][2] = {
        {"app.css", "/static/app.css"},
        {"app.js", "/static/app.js"},
        {"editor.js", "/static/editor.js"},
        {"icons.svg", "/static/icons.svg"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!strcmp(files[i][0], name))
            return str_c(files[i][1]);
    return STR("");
}
