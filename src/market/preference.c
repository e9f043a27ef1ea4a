#include "market/preference.h"

#include "base/utf8.h"
#include "base/zone.h"
#include "formats/csv_out.h"
#include "market/account.h"
#include "market/audit.h"
#include "store/sql.h"

struct err preference_get(struct ctx *c, int64_t party, const char *key, struct str *value) {
    struct sql_preference_get_out out;
    enum st st =
        sql_preference_get(c->tx, &(struct sql_preference_get_in){party, str_c(key)}, &out);
    if (st == ST_OK)
        *value = out.value;
    return ctx_store(c, st);
}

static bool one_line(struct str s, size_t most) {
    if (!utf8_valid(s) || utf8_length(s) > most)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return false;
    return true;
}

static struct err audit(struct ctx *c, int64_t party, const char *what, struct str from,
                        struct str to) {
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_PROFILE,
                            .subject = party,
                            .about = str_c(what),
                            .old_value = from,
                            .new_value = to,
                        });
}

struct err preference_put(struct ctx *c, int64_t party, const char *key, struct str value) {
    struct str old = STR("");
    if (!one_line(value, PREFERENCE_MAX))
        return err_make(c->arena, ERR_INVALID_PARAMETER, key,
                        "This must be one line of at most %d characters.", PREFERENCE_MAX);
    struct err e = preference_get(c, party, key, &old);
    if (failed(e) || str_eq(old, value))
        return e;
    struct sql_preference_put_in in = {party, str_c(key), value.p ? value : STR("")};
    e = ctx_store(c, sql_preference_put(c->tx, &in, NULL));
    return failed(e) ? e : audit(c, party, key, old, value);
}

struct err account_set_name(struct ctx *c, int64_t party, struct str name) {
    struct party old;
    name = str_trim(name);
    if (name.n == 0 || !one_line(name, NAME_MAX_CHARS))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "name",
                        "A name is needed, of at most %d characters.", NAME_MAX_CHARS);
    struct err e = account_by_id(c, party, &old);
    if (failed(e) || str_eq(old.name, name))
        return e;
    e = ctx_store(
        c, sql_account_name_put(c->tx, &(struct sql_account_name_put_in){party, name}, NULL));
    return failed(e) ? e : audit(c, party, "name", old.name, name);
}

struct err account_view_get(struct ctx *c, int64_t party, struct account_view *out) {
    struct sql_account_view_out view;
    enum st st = sql_account_view(c->tx, &(struct sql_account_view_in){party}, &view);
    *out = (struct account_view){0};
    if (st == ST_OK)
        *out = (struct account_view){view.time_zone, view.csv_dialect, view.csv_times};
    return ctx_store(c, st);
}

struct err account_view_put(struct ctx *c, int64_t party, const struct account_view *view) {
    enum csv_dialect dialect;
    if (view->time_zone.n && !zone_find(view->time_zone))
        return err_make(c->arena, ERR_INVALID_PARAMETER, PREFERENCE_TIME_ZONE,
                        "Choose a time zone of the list.");
    if (view->csv_dialect.n && !csv_dialect_parse(view->csv_dialect, &dialect))
        return err_make(c->arena, ERR_INVALID_PARAMETER, PREFERENCE_CSV_DIALECT,
                        "A dialect is classic, excel, excel-semicolon or strict-classic.");
    if (view->csv_times.n && !str_is(view->csv_times, "utc") && !str_is(view->csv_times, "pacific"))
        return err_make(c->arena, ERR_INVALID_PARAMETER, PREFERENCE_CSV_TIMES,
                        "Times in files are pacific or utc.");
    struct err e = preference_put(c, party, PREFERENCE_TIME_ZONE, view->time_zone);
    if (!failed(e))
        e = preference_put(c, party, PREFERENCE_CSV_DIALECT, view->csv_dialect);
    return failed(e) ? e : preference_put(c, party, PREFERENCE_CSV_TIMES, view->csv_times);
}
