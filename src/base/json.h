/* Writes JSON into a buffer, text by text: large lists never exist as a tree. Reading is
 * jansson's (http/, api/); no name here is one of its own. Commas and nesting are kept by the
 * writer; misuse aborts.
 *
 *     struct json j = json_begin(&buf);
 *     json_open_object(&j);
 *     json_key(&j, "NumResults"); json_int(&j, 3);
 *     json_end(&j);
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { JSON_WRITE_DEPTH_MAX = 16 };

struct json {
    struct buf *out;
    int depth;
    bool after_key;
    bool some[JSON_WRITE_DEPTH_MAX]; /* something stands at this level already */
    char close[JSON_WRITE_DEPTH_MAX];
};

struct json json_begin(struct buf *out);
void json_open_object(struct json *j);
void json_open_array(struct json *j);
void json_end(struct json *j); /* of the innermost object or array */

void json_key(struct json *j, const char *key);
void json_key_str(struct json *j, struct str key);
void json_str(struct json *j, struct str s); /* raw UTF-8; NULL writes null; bad bytes U+FFFD */
void json_cstr(struct json *j, const char *s);
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_write_null(struct json *j);
/* Seconds with up to three decimals, trailing zeros dropped (requester-api 1.5). */
void json_seconds(struct json *j, int64_t ms);
void json_raw(struct json *j, struct str json_text); /* a whole value, written elsewhere */

/* key and value at once; the _opt form writes nothing for NULL. */
void json_kv_str(struct json *j, const char *key, struct str s);
void json_kv_str_opt(struct json *j, const char *key, struct str s);
void json_kv_cstr(struct json *j, const char *key, const char *s);
void json_kv_int(struct json *j, const char *key, int64_t v);
void json_kv_bool(struct json *j, const char *key, bool v);
void json_kv_seconds(struct json *j, const char *key, int64_t ms);

#endif
