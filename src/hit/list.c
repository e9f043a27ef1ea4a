#include "hit/list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct err each_item(struct command_line *line, struct client *c, const char *path,
                     const char *list, bool (*see)(void *user, const json_t *), void *user) {
    const char *query = NULL;
    bool go_on = true;
    do {
        struct call call = {.method = "GET", .path = path, .query = query};
        json_t *json = NULL;
        struct err e = client_call(c, &call);
        if (!failed(e))
            e = call_json(c, &call, &json);
        if (!failed(e) && !see)
            printf("%.*s\n", STR_ARG(buf_view(&call.answer)));
        call_free(&call);
        if (failed(e))
            return e;
        size_t i;
        const json_t *row;
        json_array_foreach(json_object_get(json, list), i, row) {
            go_on = go_on && (!see || see(user, row));
        }
        const char *next = json_id(line->arena, json, "next");
        query = next[0] ? arena_printf(line->arena, "next=%s", client_escape(c, next)) : NULL;
        json_decref(json);
    } while (query && go_on);
    return NO_ERR;
}

struct adder {
    void (*add)(struct table *, const json_t *);
    struct table *table;
};

static bool add_item(void *user, const json_t *row) {
    struct adder *adder = user;
    adder->add(adder->table, row);
    return true;
}

int print_list(struct command_line *line, const char *path, const char *list,
               void (*add)(struct table *, const json_t *), struct table *t) {
    struct client *c;
    struct err e = client_open(line, &c);
    if (failed(e))
        return command_fails(line, e);
    struct adder adder = {add, t};
    bool raw = option_set(line, "json");
    e = each_item(line, c, path, list, raw ? NULL : add_item, &adder);
    client_close(c);
    if (failed(e))
        return command_fails(line, e);
    if (!raw)
        table_print(t);
    return 0;
}

struct err file_view(struct command_line *line, const char *path, struct str *body) {
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) {
        const char *why = fd < 0 ? strerror(errno) : "it is not a file";
        if (fd >= 0)
            close(fd);
        return err_make(line->arena, ERR_USAGE, "FILE", "%s can not be read: %s", path, why);
    }
    *body = STR("");
    void *at = s.st_size
                   ? mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0)
                   : NULL;
    close(fd);
    if (at == MAP_FAILED)
        return err_make(line->arena, ERR_USAGE, "FILE", "%s can not be read: %s", path,
                        strerror(errno));
    if (at)
        *body = (struct str){at, (size_t)s.st_size};
    return NO_ERR;
}
