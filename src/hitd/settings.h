/* Settings of hitd serve: from the command line, else from the file of --config, else defaults.
 *
 * The file has one "name = value" a line; "#" begins a comment, blank lines are skipped. Unknown
 * names and unreadable values are errors that name the line.
 */
#ifndef HITD_SETTINGS_H
#define HITD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"
#include "notify/send.h"

struct settings {
    const char *listen, *content_listen;
    const char *site_url, *content_url;       /* as seen from outside; NULL: by the listeners */
    const char *worker_host, *requester_host; /* each with one site at its root; NULL: none */
    const char *file_dir;                     /* for uploads; NULL: TMPDIR, else /var/tmp */
    int64_t threads;                          /* of the main listener; 0: one a processor */
    int64_t upload_mib, upload_rows;          /* of an uploaded file (csv-formats 1.3) */
    bool behind_proxy;                        /* believe X-Forwarded-For and -Proto */
    struct send_config send;                  /* of events and mail; from the file only: secrets */
    bool sandbox;                             /* error stamps of the old sandbox */
};

struct err settings_read(struct command_line *line, struct settings *s);

#endif
