/* Lists of /v1: all pages, as a table or as the server's JSON; and files read whole. */
#ifndef HIT_LIST_H
#define HIT_LIST_H

#include "hit/client.h"
#include "hit/table.h"

/* Walks every page of path and gives each element of the member `list` to add, then prints the
 * table; with --json prints the pages as they come. Gives the exit status. */
int print_list(struct command_line *line, const char *path, const char *list,
               void (*add)(struct table *, const json_t *), struct table *t);

/* The same without printing: gives each element to see, which returns false to stop. */
struct err each_item(struct command_line *line, struct client *c, const char *path,
                     const char *list, bool (*see)(void *user, const json_t *), void *user);

/* Maps a file; the view lives until the program ends. */
struct err file_view(struct command_line *line, const char *path, struct str *body);

#endif
