#include "formats/marks.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "formats/value.h"

#define CHECKS "\xE2\x9C\x93", "\xE2\x9C\x94", "\xE2\x98\x91" /* ✓ ✔ ☑ */

static const char *const PLACEHOLDERS[] = {
    "na", "n/a", "nan", "null", "none", "nil", "false", "0", "no", "n", "-", NULL,
};
static const char *const APPROVES[] = {
    "x", "y", "yes", "true", "t", "1", "ok", "a", "approve", "approved", CHECKS, NULL,
};
static const char *const REJECTS[] = {
    "x", "y", "yes", "true", "t", "1", "r", "reject", "rejected", CHECKS, NULL,
};

static bool among(struct str s, const char *const *words) {
    for (; *words; words++)
        if (str_ieq(s, str_c(*words)))
            return true;
    return false;
}

static struct mark read_mark(struct str cell, const char *const *words) {
    struct str s = value_mark(cell);
    if (s.n == 0)
        return (struct mark){false, false, STR_NULL};
    if (among(s, PLACEHOLDERS))
        return (struct mark){false, true, STR_NULL};
    struct str bare = s;
    if (str_ends(bare, STR("\xEF\xB8\x8F"))) /* what makes an emoji of a sign */
        bare.n -= 3;
    return (struct mark){true, false, among(bare, words) ? STR_NULL : s};
}

struct mark mark_approve(struct str cell) {
    return read_mark(cell, APPROVES);
}

struct mark mark_reject(struct str cell) {
    return read_mark(cell, REJECTS);
}

enum reason_fault reason_check(struct str reason, int64_t *detail) {
    int64_t unused;
    if (!detail)
        detail = &unused;
    *detail = 0;
    if (value_trim(reason).n == 0)
        return REASON_EMPTY;
    size_t at = value_control_at(reason), len;
    if (at < reason.n) {
        *detail = (int64_t)utf8_next(str_from(reason, at), &len);
        return REASON_CONTROL;
    }
    *detail = (int64_t)utf8_length(reason);
    return *detail > REASON_MAX ? REASON_TOO_LONG : REASON_OK;
}

bool reason_same(struct str a, struct str b) {
    return value_same_text(a, b);
}
