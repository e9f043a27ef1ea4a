#include "market/answer_draft.h"

#include "base/limits.h"
#include "base/num.h"
#include "base/pack.h"
#include "market/setting.h"
#include "market/work.h"
#include "store/sql.h"

#define DRAFT_KEPT_MS ((int64_t)24 * 3600 * 1000)

static bool well_packed(struct str rest) {
    struct str name, count, value;
    int64_t n;
    while (pack_next(&rest, &name)) {
        if (!pack_next(&rest, &count) || !num_parse(count, 0, ANSWER_FIELDS_MAX, &n))
            return false;
        while (n-- > 0)
            if (!pack_next(&rest, &value))
                return false;
    }
    return rest.n == 0;
}

static struct err in_progress(struct ctx *c, const struct task *t) {
    int64_t grace_s;
    if (t->status != ASSIGNMENT_ACCEPTED)
        return err_make(c->arena, ERR_NOT_IN_PROGRESS, "assignment",
                        "This task is not in progress any more; nothing was kept.");
    struct err e = setting_int(c, "submit_grace_s", &grace_s);
    if (!failed(e) && c->now_ms > t->deadline_ms + grace_s * 1000)
        e = err_make(c->arena, ERR_DEADLINE_PASSED, "assignment",
                     "The time for this task is over; nothing was kept.");
    return e;
}

struct err answer_draft_keep(struct ctx *c, struct str assignment_id, struct str fields) {
    if (fields.n > DRAFT_MAX)
        return err_make(c->arena, ERR_TOO_LARGE, "values",
                        "At most %d KiB of what was entered are kept; submit or shorten it.",
                        (int)(DRAFT_MAX / 1024));
    if (!well_packed(fields))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "values",
                        "The values are not a list of names with their values.");
    struct task t;
    struct err e = work_task(c, assignment_id, &t);
    if (!failed(e))
        e = in_progress(c, &t);
    if (failed(e))
        return e;
    struct sql_answer_draft_put_in in = {t.assignment, c->now_ms, fields};
    return ctx_store(c, sql_answer_draft_put(c->tx, &in, NULL));
}

struct err answer_draft_of(struct ctx *c, const struct task *task, struct answer_draft *out) {
    *out = (struct answer_draft){.fields = STR_NULL};
    if (task->status != ASSIGNMENT_ACCEPTED && task->status != ASSIGNMENT_ABANDONED)
        return NO_ERR;
    struct sql_answer_draft_of_out row;
    struct sql_answer_draft_of_in in = {task->assignment};
    enum st st = sql_answer_draft_of(c->tx, &in, &row);
    if (st == ST_NONE)
        return NO_ERR;
    if (st == ST_OK)
        *out = (struct answer_draft){.fields = row.fields, .at_ms = row.at_ms};
    return ctx_store(c, st);
}

struct err answer_draft_purge(struct ctx *c, int limit) {
    struct sql_answer_draft_purge_in in = {c->now_ms - DRAFT_KEPT_MS, limit};
    return ctx_store(c, sql_answer_draft_purge(c->tx, &in, NULL));
}
