/* key add, key list, key revoke: the access keys of the Requester API. A running server reads the
 * key of each request anew, so what happens here holds from the next request on. */
#include "market/key.h"

#include "base/datetime.h"
#include "base/json.h"
#include "hitd/commands.h"
#include "hitd/open.h"

struct key_run {
    const struct opened *o;
    struct str email, key_id;
    struct key_new made;
    struct key_list list;
};

static struct err add_rule(struct ctx *c, void *arg) {
    struct key_run *k = arg;
    struct party party;
    struct err e = account_by_email(c, k->email, &party);
    return failed(e) ? e : key_add(c, &k->o->seal, party.id, &k->made);
}

static struct err list_rule(struct ctx *c, void *arg) {
    struct key_run *k = arg;
    struct party party;
    struct err e = account_by_email(c, k->email, &party);
    return failed(e) ? e : key_list(c, party.id, &k->list);
}

static struct err revoke_rule(struct ctx *c, void *arg) {
    struct key_run *k = arg;
    struct party party;
    struct err e = account_by_email(c, k->email, &party);
    return failed(e) ? e : key_revoke(c, party.id, k->key_id);
}

static void put_added(struct json *j, const struct key_run *k) {
    json_open_object(j);
    json_kv_str(j, "AccessKeyId", k->made.key_id);
    json_kv_str(j, "SecretAccessKey", k->made.secret);
    json_end(j);
}

static void put_list(struct json *j, const struct key_run *k) {
    json_open_object(j);
    json_key(j, "AccessKeys");
    json_open_array(j);
    for (size_t i = 0; i < k->list.n; i++) {
        const struct key_row *key = &k->list.items[i];
        json_open_object(j);
        json_kv_str(j, "AccessKeyId", key->key_id);
        json_kv_cstr(j, "Status", key->active ? "Active" : "Revoked");
        json_kv_str(j, "CreateDate", time_iso(k->o->arena, key->created_ms));
        json_end(j);
    }
    json_end(j);
    json_end(j);
}

static void put_revoked(struct json *j, const struct key_run *k) {
    json_open_object(j);
    json_kv_str(j, "AccessKeyId", k->key_id);
    json_kv_cstr(j, "Status", "Revoked");
    json_end(j);
}

/* Opens the store, runs the rule, prints what it gave. */
static int run(struct command_line *line, rule_fn *rule,
               void (*put)(struct json *j, const struct key_run *k)) {
    struct opened o;
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    struct key_run k = {
        .o = &o,
        .email = str_c(option_value(line, "email")),
        .key_id = str_c(line->arg_count ? line->args[0] : NULL),
    };
    e = rule == list_rule ? hitd_read(&o, 0, rule, &k) : hitd_write(&o, 0, rule, &k);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    put(&j, &k);
    command_prints(&b);
    return 0;
}

int run_key_add(struct command_line *line) {
    return run(line, add_rule, put_added);
}

int run_key_list(struct command_line *line) {
    return run(line, list_rule, put_list);
}

int run_key_revoke(struct command_line *line) {
    return run(line, revoke_rule, put_revoked);
}
