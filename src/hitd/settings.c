#include "hitd/settings.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/num.h"

enum {
    THREADS_MAX = 64,
    UPLOAD_MIB_MAX = 2047,       /* line numbers of a staged file are 32 bits wide */
    UPLOAD_ROWS_MAX = 100000000, /* some 6 GB of memory while so many are staged */
};

enum kind { TEXT, URL, NUMBER, SWITCH };

static const struct row {
    const char *name;
    enum kind kind;
    size_t at;
    int64_t min, max; /* of a NUMBER */
} rows[] = {
    {"listen", TEXT, offsetof(struct settings, listen), 0, 0},
    {"content-listen", TEXT, offsetof(struct settings, content_listen), 0, 0},
    {"site-url", URL, offsetof(struct settings, site_url), 0, 0},
    {"content-url", URL, offsetof(struct settings, content_url), 0, 0},
    {"worker-host", TEXT, offsetof(struct settings, worker_host), 0, 0},
    {"requester-host", TEXT, offsetof(struct settings, requester_host), 0, 0},
    {"file-dir", TEXT, offsetof(struct settings, file_dir), 0, 0},
    {"threads", NUMBER, offsetof(struct settings, threads), 0, THREADS_MAX},
    {"upload-mib", NUMBER, offsetof(struct settings, upload_mib), 1, UPLOAD_MIB_MAX},
    {"upload-rows", NUMBER, offsetof(struct settings, upload_rows), 1, UPLOAD_ROWS_MAX},
    {"behind-proxy", SWITCH, offsetof(struct settings, behind_proxy), 0, 0},
    {"smtp-url", TEXT, offsetof(struct settings, send.smtp_url), 0, 0},
    {"mail-from", TEXT, offsetof(struct settings, send.mail_from), 0, 0},
    {"sns-endpoint", URL, offsetof(struct settings, send.sns_endpoint), 0, 0},
    {"aws-region", TEXT, offsetof(struct settings, send.aws_region), 0, 0},
    {"aws-key", TEXT, offsetof(struct settings, send.aws_key), 0, 0},
    {"aws-secret", TEXT, offsetof(struct settings, send.aws_secret), 0, 0},
    {"sandbox", SWITCH, offsetof(struct settings, sandbox), 0, 0},
};

static bool put(struct arena *a, const struct row *row, struct str value, struct settings *s) {
    char *to = (char *)s + row->at;
    bool on = str_is(value, "yes") || str_is(value, "on") || str_is(value, "1");
    switch (row->kind) {
    case URL:
        if (!str_starts(value, STR("http://")) && !str_starts(value, STR("https://")))
            return false;
        while (str_ends(value, STR("/")))
            value.n--;
        *(const char **)(void *)to = str_z(a, value);
        return true;
    case TEXT: *(const char **)(void *)to = str_z(a, value); return value.n > 0;
    case NUMBER: return num_parse(value, row->min, row->max, (int64_t *)(void *)to);
    case SWITCH:
        *(bool *)to = on;
        return on || str_is(value, "no") || str_is(value, "off") || str_is(value, "0");
    }
    return false;
}

static struct err read_line(struct arena *a, const char *file, int number, struct str text,
                            struct settings *s) {
    struct str value = text, name = str_trim(str_cut(&value, '='));
    if (!value.p)
        return err_make(a, ERR_USAGE, "config", "%s, line %d: \"%.*s\" is not \"name = value\"",
                        file, number, STR_ARG(text));
    value = str_trim(value);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!str_is(name, rows[i].name))
            continue;
        if (put(a, &rows[i], value, s))
            return NO_ERR;
        return err_make(a, ERR_USAGE, "config", "%s, line %d: \"%.*s\" is no value for %s", file,
                        number, STR_ARG(value), rows[i].name);
    }
    return err_make(a, ERR_USAGE, "config", "%s, line %d: there is no setting \"%.*s\"", file,
                    number, STR_ARG(name));
}

static struct err read_file(struct arena *a, const char *path, struct settings *s) {
    FILE *f = fopen(path, "r");
    if (!f)
        return err_make(a, ERR_USAGE, "config", "%s can not be read: %s", path, strerror(errno));
    struct err e = NO_ERR;
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    for (int number = 1; !failed(e) && (n = getline(&text, &cap, f)) >= 0; number++) {
        struct str line = str_trim((struct str){text, (size_t)n});
        if (line.n && line.p[0] != '#')
            e = read_line(a, path, number, str_dup(a, line), s);
    }
    free(text);
    fclose(f);
    return e;
}

struct err settings_read(struct command_line *line, struct settings *s) {
    *s = (struct settings){
        .listen = "127.0.0.1:8080",
        .content_listen = "127.0.0.1:8081",
        .upload_mib = (int64_t)(FILE_MAX >> 20),
        .upload_rows = FILE_ROWS_MAX,
    };
    const char *file = option_value(line, "config");
    struct err e = file ? read_file(line->arena, file, s) : NO_ERR;
    if (option_value(line, "listen"))
        s->listen = option_value(line, "listen");
    if (option_value(line, "content-listen"))
        s->content_listen = option_value(line, "content-listen");
    if (option_value(line, "worker-host"))
        s->worker_host = option_value(line, "worker-host");
    if (option_value(line, "requester-host"))
        s->requester_host = option_value(line, "requester-host");
    return e;
}
