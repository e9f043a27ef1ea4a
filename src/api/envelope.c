#include "api/envelope.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/json.h"

void envelope_write(struct buf *out, struct arena *a, struct err e, int64_t now_ms, bool sandbox) {
    const char *turk = err_turk_code(a, e.code);
    struct str words = str_c(e.detail ? e.detail : err_opening(e.code));
    if (turk)
        words = str_printf(a, "%.*s (%" PRId64 "%s)", STR_ARG(words), now_ms, sandbox ? " s" : "");
    struct json j = json_begin(out);
    json_open_object(&j);
    json_kv_cstr(&j, "__type", err_type(e.code));
    json_kv_str(&j, "Message", words);
    json_kv_str(&j, "message", words);
    if (turk)
        json_kv_cstr(&j, "TurkErrorCode", turk);
    json_end(&j);
}
