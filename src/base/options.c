#include "base/options.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

static size_t count_options(const struct command *c) {
    size_t n = 0;
    while (c->options && c->options[n].name)
        n++;
    return n;
}

static size_t find_option(const struct command *c, struct str name) {
    size_t n = count_options(c);
    for (size_t i = 0; i < n; i++)
        if (str_is(name, c->options[i].name))
            return i;
    return n;
}

const char *option_value(const struct command_line *line, const char *name) {
    size_t at = find_option(line->command, str_c(name));
    assert(at < count_options(line->command));
    return line->values[at];
}

bool option_set(const struct command_line *line, const char *name) {
    return option_value(line, name) != NULL;
}

static void print_command_usage(FILE *to, const char *program, const struct command *c) {
    fprintf(to, "usage: %s %s", program, c->name);
    for (size_t i = 0; i < count_options(c); i++) {
        const struct option_row *o = &c->options[i];
        bool needed = o->required && !(o->env && getenv(o->env));
        fprintf(to, needed ? " --%s%s%s" : " [--%s%s%s]", o->name, o->value ? " " : "",
                o->value ? o->value : "");
    }
    fprintf(to, "%s%s\n", c->args ? " " : "", c->args ? c->args : "");
}

static int print_command_help(const char *program, const struct command *c) {
    print_command_usage(stdout, program, c);
    printf("\n%s.\n", c->summary);
    if (count_options(c))
        printf("\n");
    for (size_t i = 0; i < count_options(c); i++) {
        const struct option_row *o = &c->options[i];
        int pad = 26 - (int)strlen(o->name) - (o->value ? (int)strlen(o->value) + 1 : 0);
        printf("  --%s%s%s%*s%s", o->name, o->value ? " " : "", o->value ? o->value : "",
               pad > 1 ? pad : 1, "", o->help);
        if (o->env)
            printf(" (or %s in the environment)", o->env);
        printf("\n");
    }
    return 0;
}

static int print_help(const char *program, const char *about, const struct command *commands) {
    printf("%s\n\nusage: %s COMMAND …\n\n", about, program);
    for (const struct command *c = commands; c->name; c++)
        printf("  %-14s %s\n", c->name, c->summary);
    printf("\n%s COMMAND --help tells more; %s --version the version.\n", program, program);
    return 0;
}

/* Words of name at the front of argv, or 0 when they are not there. */
static int words_matched(const char *name, int argc, char **argv) {
    struct str rest = str_c(name);
    int n = 0;
    while (rest.p) {
        struct str word = str_cut(&rest, ' ');
        if (n >= argc || !str_is(word, argv[n]))
            return 0;
        n++;
    }
    return n;
}

static const struct command *find_command(const struct command *commands, int argc, char **argv,
                                          int *words) {
    const struct command *best = NULL;
    *words = 0;
    for (const struct command *c = commands; c->name; c++) {
        int n = words_matched(c->name, argc, argv);
        if (n > *words) {
            *words = n;
            best = c;
        }
    }
    return best;
}

int command_complains(const struct command_line *line, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s: ", line->command->name);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    return 1;
}

int command_fails(const struct command_line *line, struct err e) {
    return command_complains(line, "%s", e.detail ? e.detail : err_opening(e.code));
}

/* Reads one "--name…" at argv[i]; gives how many words it took, or 0 after a complaint. */
static int read_option(struct command_line *line, int argc, char **argv, int i) {
    struct str name = str_c(argv[i] + 2), value = name;
    bool attached = str_chr(name, '=') >= 0;
    name = str_cut(&value, '=');
    size_t at = find_option(line->command, name);
    if (at == count_options(line->command)) {
        command_complains(line, "there is no option --%.*s", STR_ARG(name));
        return 0;
    }
    const struct option_row *row = &line->command->options[at];
    if (!row->value && attached) {
        command_complains(line, "--%s takes no value", row->name);
        return 0;
    }
    if (!row->value) {
        line->values[at] = "";
        return 1;
    }
    if (attached) {
        line->values[at] = value.p;
        return 1;
    }
    if (i + 1 >= argc) {
        command_complains(line, "--%s needs a value: %s", row->name, row->value);
        return 0;
    }
    line->values[at] = argv[i + 1];
    return 2;
}

static bool check_line(struct command_line *line) {
    const struct command *c = line->command;
    for (size_t i = 0; i < count_options(c); i++) {
        const struct option_row *o = &c->options[i];
        if (!line->values[i] && o->env && getenv(o->env) && getenv(o->env)[0])
            line->values[i] = getenv(o->env);
        if (!line->values[i] && o->required) {
            command_complains(line, "--%s %s is missing: %s%s%s", o->name, o->value ? o->value : "",
                              o->help, o->env ? "; or set " : "", o->env ? o->env : "");
            return false;
        }
    }
    if (line->arg_count < c->args_min || line->arg_count > c->args_max) {
        command_complains(
            line, line->arg_count < c->args_min ? "%s is missing" : "too many words; it takes %s",
            c->args ? c->args : "nothing");
        return false;
    }
    return true;
}

/* 1: go on; 0: help was printed; -1: complained. */
static int read_line(const char *program, struct command_line *line, int argc, char **argv) {
    bool options_end = false;
    for (int i = 0; i < argc;) {
        if (!options_end && strcmp(argv[i], "--") == 0) {
            options_end = true;
            i++;
        } else if (!options_end && (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))) {
            return print_command_help(program, line->command);
        } else if (!options_end && strncmp(argv[i], "--", 2) == 0) {
            int took = read_option(line, argc, argv, i);
            if (!took)
                return -1;
            i += took;
        } else {
            line->args[line->arg_count++] = argv[i++];
        }
    }
    return check_line(line) ? 1 : -1;
}

static int run_command(const char *program, const struct command *c, int argc, char **argv) {
    struct arena arena;
    arena_init(&arena, 0);
    struct command_line line = {
        .arena = &arena,
        .command = c,
        .values = arena_array(&arena, count_options(c) + 1, sizeof(char *)),
        .args = arena_array(&arena, (size_t)argc + 1, sizeof(char *)),
    };
    int go = read_line(program, &line, argc, argv), status = go == 0 ? 0 : EXIT_USAGE;
    if (go > 0)
        status = c->run(&line);
    else if (go < 0)
        print_command_usage(stderr, program, c);
    arena_free(&arena);
    return status;
}

int options_main(const char *program, const char *about, const struct command *commands, int argc,
                 char **argv) {
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
        (!strcmp(argv[1], "help") && argc == 2))
        return argc < 2 ? (print_help(program, about, commands), EXIT_USAGE)
                        : print_help(program, about, commands);
    if (!strcmp(argv[1], "--version")) {
        printf("%s %s\n", program, HITD_VERSION);
        return 0;
    }
    int words;
    const struct command *c = find_command(commands, argc - 1, argv + 1, &words);
    if (!c) {
        fprintf(stderr, "%s: there is no command %s; %s --help lists them\n", program, argv[1],
                program);
        return EXIT_USAGE;
    }
    return run_command(program, c, argc - 1 - words, argv + 1 + words);
}
