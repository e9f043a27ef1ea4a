#include "market/preference.h"

#include "base/utf8.h"
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
