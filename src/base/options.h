/* Command lines of both programs. A command is a row: its name, its usage, its options and the
 * function that runs it; --help, the checks and the complaints follow from the row.
 *
 * Data goes to stdout, words to stderr. A command returns its exit status: 0 only on success.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct option_row {
    const char *name;  /* without the dashes */
    const char *value; /* word for its value in the usage; NULL: a flag */
    const char *help;
    const char *env; /* environment variable that stands in; NULL: none */
    bool required;
};

struct command_line {
    struct arena *arena;
    const struct command *command;
    const char *
        *values;       /* by row of command->options; "" for a flag that is set; NULL: not given */
    const char **args; /* what is left */
    size_t arg_count;
};

struct command {
    const char *name; /* "account add": words separated by one blank */
    const char *args; /* usage of what follows, e.g. "FILE…"; NULL: nothing */
    size_t args_min, args_max;
    const char *summary;              /* one sentence without a full stop */
    const struct option_row *options; /* ends in a row of zeros */
    int (*run)(struct command_line *line);
};

/* Value of an option, or NULL. The name must be one of the command's. */
const char *option_value(const struct command_line *line, const char *name);
bool option_set(const struct command_line *line, const char *name);

/* Finds the command (longest name first), reads its options ("--name value", "--name=value", "--"
 * ends them) and runs it. commands ends in a row of zeros. Prints help or complaints itself. */
int options_main(const char *program, const char *about, const struct command *commands, int argc,
                 char **argv);

/* Prints "program command: what" on stderr; gives 1. */
int command_fails(const struct command_line *line, struct err e);
int command_complains(const struct command_line *line, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
