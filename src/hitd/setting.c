/* setting: shows the market's settings or changes one. What may be set stands in
 * market/setting.c. */
#include "market/setting.h"

#include <stdio.h>

#include "hitd/commands.h"
#include "hitd/open.h"

struct change {
    const struct setting *setting; /* NULL: show all */
    struct str value;              /* NULL: show */
};

static struct err show(struct ctx *c, void *arg) {
    const struct change *change = arg;
    struct err e = NO_ERR;
    for (const struct setting *s = SETTINGS; s->name && !failed(e); s++) {
        struct str value;
        if (change->setting && change->setting != s)
            continue;
        e = setting_get(c, s, &value);
        if (!failed(e))
            printf("%-22s %-10.*s %s\n", s->name, STR_ARG(value), s->help);
    }
    return e;
}

static struct err put(struct ctx *c, void *arg) {
    const struct change *change = arg;
    return setting_put(c, change->setting, change->value);
}

int run_setting(struct command_line *line) {
    struct change change = {.value = str_c(line->arg_count > 1 ? line->args[1] : NULL)};
    struct opened o;
    if (line->arg_count > 0) {
        change.setting = setting_find(str_c(line->args[0]));
        if (!change.setting)
            return command_complains(line, "there is no setting %s; hitd setting lists them",
                                     line->args[0]);
    }
    struct err e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    if (change.value.p)
        e = hitd_write(&o, 0, put, &change);
    if (!failed(e))
        e = hitd_read(&o, 0, show, &change);
    hitd_close(&o);
    return failed(e) ? command_fails(line, e) : 0;
}
