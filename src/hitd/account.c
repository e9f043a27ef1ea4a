/* account add, account suspend, account activate, masters, deposit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/money.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "market/account.h"
#include "market/funds.h"
#include "market/qualification.h"

void command_prints(struct buf *b) {
    printf("%.*s\n", STR_ARG(buf_view(b)));
    buf_free(b);
}

static void print_party(const struct party *p, const char *state) {
    static const char *const role_words[] = {"", "requester", "worker", "operator"};
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_str(&j, "Id", p->public_id);
    json_kv_str(&j, "Email", p->email);
    json_kv_cstr(&j, "Role", role_words[p->role]);
    if (state)
        json_kv_cstr(&j, "State", state);
    json_end(&j);
    command_prints(&b);
}

/* The first line of a file, or of standard input for "-". */
static struct err read_password(struct command_line *line, struct str *password) {
    const char *path = option_value(line, "password-file");
    char text[PASSWORD_MAX + 2] = "";
    *password = STR("");
    if (!path)
        return NO_ERR;
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!f)
        return err_make(line->arena, ERR_USAGE, "password-file", "%s can not be read: %s", path,
                        strerror(errno));
    char *got = fgets(text, sizeof(text), f);
    if (f != stdin)
        fclose(f);
    struct str s = str_c(text);
    while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
        s.n--;
    if (!got || s.n == 0)
        return err_make(line->arena, ERR_USAGE, "password-file", "%s holds no password", path);
    *password = str_dup(line->arena, s);
    return password_check(line->arena, *password);
}

static struct err read_role(struct command_line *line, enum role *role) {
    struct str text = str_c(option_value(line, "role"));
    *role = str_is(text, "requester")  ? ROLE_REQUESTER
            : str_is(text, "worker")   ? ROLE_WORKER
            : str_is(text, "operator") ? ROLE_OPERATOR
                                       : 0;
    return *role ? NO_ERR
                 : err_make(line->arena, ERR_USAGE, "role",
                            "--role is \"%.*s\"; it must be requester, worker or operator",
                            STR_ARG(text));
}

struct add {
    struct account_add_in in;
    struct party party;
};

static struct err add_rule(struct ctx *c, void *arg) {
    struct add *add = arg;
    return account_add(c, &add->in, &add->party);
}

int run_account_add(struct command_line *line) {
    const char *country = option_value(line, "country");
    struct str password;
    struct add add = {.in = {.email = str_c(option_value(line, "email")),
                             .name = str_c(option_value(line, "name")),
                             .country = str_c(country ? country : ""),
                             .public_id = str_c(option_value(line, "id"))}};
    struct opened o;
    struct err e = read_role(line, &add.in.role);
    if (!failed(e))
        e = read_password(line, &password);
    if (failed(e))
        return command_fails(line, e);
    e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    add.in.password = password_hash(line->arena, password);
    e = hitd_write(&o, 0, add_rule, &add);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    print_party(&add.party, NULL);
    return 0;
}

/* ---- suspending ---- */

struct state_change {
    struct str email;
    enum party_state state;
    struct party party;
};

static struct err state_rule(struct ctx *c, void *arg) {
    struct state_change *s = arg;
    struct err e = account_by_email(c, s->email, &s->party);
    if (!failed(e) && s->party.state == PARTY_CLOSED)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "The account %.*s is closed; that is not undone by a command.",
                     STR_ARG(s->party.email));
    if (!failed(e))
        e = account_set_state(c, s->party.id, s->state, STR_NULL);
    return e;
}

static int change_state(struct command_line *line, enum party_state state) {
    struct state_change s = {.email = str_c(option_value(line, "email")), .state = state};
    struct opened o;
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    e = hitd_write(&o, 0, state_rule, &s);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    print_party(&s.party, state == PARTY_ACTIVE ? "active" : "suspended");
    return 0;
}

int run_account_suspend(struct command_line *line) {
    return change_state(line, PARTY_SUSPENDED);
}

int run_account_activate(struct command_line *line) {
    return change_state(line, PARTY_ACTIVE);
}

/* ---- Masters ---- */

struct masters {
    struct str email;
    bool granted;
    struct party party;
};

static struct err masters_rule(struct ctx *c, void *arg) {
    struct masters *m = arg;
    struct err e = account_by_email(c, m->email, &m->party);
    return failed(e) ? e : qualification_grant_masters(c, m->party.public_id, m->granted);
}

int run_masters(struct command_line *line) {
    const char *word = line->args[0];
    struct masters m = {.email = str_c(option_value(line, "email")),
                        .granted = strcmp(word, "grant") == 0};
    if (!m.granted && strcmp(word, "revoke") != 0)
        return command_complains(line, "\"%s\": say grant or revoke", word);
    struct opened o;
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    e = hitd_write(&o, 0, masters_rule, &m);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    print_party(&m.party, NULL);
    return 0;
}

/* ---- money ---- */

struct deposit_rule {
    struct str email, note;
    int64_t cents;
    struct balances after;
};

static struct err deposit_rule(struct ctx *c, void *arg) {
    struct deposit_rule *d = arg;
    struct party party;
    struct err e = account_by_email(c, d->email, &party);
    return failed(e) ? e : funds_deposit(c, party.id, d->cents, d->note, &d->after);
}

int run_deposit(struct command_line *line) {
    struct deposit_rule d = {.email = str_c(option_value(line, "email")),
                             .note = str_c(option_value(line, "note"))};
    const char *amount = option_value(line, "amount");
    if (!money_parse(str_c(amount), &d.cents))
        return command_complains(
            line, "--amount is \"%s\"; it must be dollars with at most two decimals, e.g. 100.00",
            amount);
    struct opened o;
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    e = hitd_write(&o, 0, deposit_rule, &d);
    hitd_close(&o);
    if (failed(e))
        return command_fails(line, e);
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_str(&j, "AvailableBalance", money_wire(line->arena, d.after.avail));
    json_kv_str(&j, "OnHoldBalance", money_wire(line->arena, d.after.held));
    json_end(&j);
    command_prints(&b);
    return 0;
}
