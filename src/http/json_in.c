#include "http/json_in.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"

/* jansson recurses to a depth of 2048, which is fine for its own stack but not for those who
 * walk the tree; so the depth is counted before, over the text. */
static int text_depth(struct str s) {
    int depth = 0, most = 0;
    bool text = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                text = false;
        } else if (c == '"') {
            text = true;
        } else if (c == '{' || c == '[') {
            depth++;
            most = depth > most ? depth : most;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return most;
}

struct err json_in(struct arena *a, struct str text, size_t max_len, bool any, json_t **value) {
    *value = NULL;
    if (text.n > max_len)
        return err_make(a, ERR_BAD_JSON, NULL, "The JSON text is longer than %zu bytes.", max_len);
    if (text_depth(text) > JSON_DEPTH_MAX)
        return err_make(a, ERR_BAD_JSON, NULL, "The JSON text is nested more than %d deep.",
                        JSON_DEPTH_MAX);
    json_error_t at;
    /* Without JSON_ALLOW_NUL and JSON_REJECT_DUPLICATES: NUL refused, last key wins. jansson
     * itself refuses bad UTF-8, unpaired surrogates, and anything behind the value. */
    json_t *v = json_loadb(text.p ? text.p : "", text.n, any ? JSON_DECODE_ANY : 0, &at);
    if (!v)
        return err_make(a, ERR_BAD_JSON, NULL,
                        "The JSON text can not be read: %s (line %d, "
                        "column %d).",
                        at.text, at.line, at.column);
    *value = v;
    return NO_ERR;
}

struct str json_in_str(const json_t *value) {
    if (!json_is_string(value))
        return STR_NULL;
    return (struct str){json_string_value(value), json_string_length(value)};
}

struct str json_in_number(struct arena *a, const json_t *value) {
    if (json_is_integer(value))
        return str_printf(a, "%lld", (long long)json_integer_value(value));
    if (!json_is_real(value))
        return STR_NULL;
    double d = json_real_value(value);
    for (int decimals = 0; decimals <= 17 && d > -1e15 && d < 1e15; decimals++) {
        struct str s = str_printf(a, "%.*f", decimals, d);
        double back = strtod(s.p, NULL);
        if (back >= d && back <= d)
            return s;
    }
    return str_printf(a, "%.17g", d);
}
