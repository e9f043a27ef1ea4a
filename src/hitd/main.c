/* hitd: the server and its administration. Every command is a row; --help is made from it. */
#include "hitd/commands.h"
#include "hitd/open.h"

/* clang-format off */
static const struct option_row store_options[] = {STORE_OPTION, END_OPTION};
static const struct option_row store_json_options[] = {STORE_OPTION, STORE_JSON_OPTION, END_OPTION};

static const struct option_row init_options[] = {
    STORE_OPTION,
    {"clock", "KIND", "real (default) or simulated: moved by hitd clock, for tests and demos", NULL,
     false},
    END_OPTION,
};

static const struct option_row serve_options[] = {
    STORE_OPTION,
    {"listen", "ADDRESS", "where the sites and the API listen; default 127.0.0.1:8080", NULL,
     false},
    {"content-listen", "ADDRESS", "where task documents listen; default 127.0.0.1:8081", NULL,
     false},
    {"worker-host", "HOST", "a host name with the worker's site alone at its root", NULL, false},
    {"requester-host", "HOST", "a host name with the requester's site at its root", NULL, false},
    {"config", "FILE", "settings, one \"name = value\" a line", NULL, false},
    END_OPTION,
};

static const struct option_row account_options[] = {
    STORE_OPTION,
    {"role", "ROLE", "requester, worker or operator", NULL, true},
    {"email", "E", "address to sign in with", NULL, true},
    {"name", "N", "name that others see", NULL, true},
    {"country", "CC", "two letters, or US-CA; for workers' location", NULL, false},
    {"password-file", "F", "file whose first line is the password; - reads standard input", NULL,
     false},
    {"id", "ID", "RequesterId or WorkerId to take over; default a new one", NULL, false},
    END_OPTION,
};

static const struct option_row email_options[] = {
    STORE_OPTION,
    {"email", "E", "whose", NULL, true},
    END_OPTION,
};

static const struct option_row deposit_options[] = {
    STORE_OPTION,
    {"email", "E", "the requester", NULL, true},
    {"amount", "AMOUNT", "dollars, e.g. 100.00", NULL, true},
    {"note", "T", "a note for the statement", NULL, false},
    END_OPTION,
};

static const struct option_row replay_options[] = {
    STORE_OPTION,
    {"email", "E", "the requester in whose name it is re-enacted", NULL, true},
    {"map", "F", "CSV of two columns, WorkerId and e-mail address: workers that have accounts",
     NULL, false},
    STORE_JSON_OPTION,
    END_OPTION,
};

static const struct option_row import_options[] = {
    STORE_OPTION,
    {"email", "E", "the requester whose archive it becomes", NULL, true},
    STORE_JSON_OPTION,
    END_OPTION,
};

static const struct option_row simulate_options[] = {
    {"url", "U", "where the site is, e.g. http://127.0.0.1:8080", NULL, true},
    {"workers", "N", "how many; default 4", NULL, false},
    {"rate", "R", "tasks a second, of all together; default 1; 0: as many as the site bears", NULL,
     false},
    {"seconds", "S", "how long; default 60", NULL, false},
    {"tasks", "N", "stop after so many", NULL, false},
    {"group", "ID", "tasks of this HITGroupId only", NULL, false},
    {"pages", NULL, "open the pages that a browser would show", NULL, false},
    {"seed", "N", "the same workers, choices and words again; default others each time", NULL,
     false},
    {"password", "P", "of the workers; default one that nobody knows", NULL, false},
    {"json", NULL, "print figures as JSON", NULL, false},
    END_OPTION,
};

static const struct option_row ops_options[] = {
    {"json", NULL, "print every field, as JSON", NULL, false},
    END_OPTION,
};

static const struct command commands[] = {
    {"init", NULL, 0, 0, "Make the store; harmless when it is there", init_options, run_init},
    {"serve", NULL, 0, 0, "Serve until SIGTERM, then drain and stop", serve_options, run_serve},
    {"migrate", NULL, 0, 0, "Bring an older store up to date", store_options, run_migrate},
    {"check", NULL, 0, 0, "Verify the whole book and all counters", store_json_options, run_check},
    {"account add", NULL, 0, 0, "Make an account", account_options, run_account_add},
    {"account suspend", NULL, 0, 0, "Take an account's access away; what it is owed stays",
     email_options, run_account_suspend},
    {"account activate", NULL, 0, 0, "Give it back", email_options, run_account_activate},
    {"masters", "grant | revoke", 1, 1, "Give a worker the Masters qualification, or take it back",
     email_options, run_masters},
    {"key add", NULL, 0, 0, "Make an access key for the Requester API", email_options, run_key_add},
    {"key list", NULL, 0, 0, "List an account's access keys, without their secrets", email_options,
     run_key_list},
    {"key revoke", "KEYID", 1, 1, "Make a key useless from its next request on", email_options,
     run_key_revoke},
    {"deposit", NULL, 0, 0, "Put money into a requester's account", deposit_options, run_deposit},
    {"setting", "[NAME [VALUE]]", 0, 2, "Show or change the market's settings", store_options,
     run_setting},
    {"outbox", "list | replay [ROW]", 1, 2,
     "Events that were given up: list them, or try one or all again", store_options, run_outbox},
    {"clock", "get | advance 31d | set 2026-12-24T00:00:00Z | real", 1, 2,
     "Read or move the simulated clock, forward only, or make it real", store_options, run_clock},
    {"replay", "FILE", 1, 1, "Re-enact a results file of the old service as a live batch",
     replay_options, run_replay},
    {"import", "FILE…", 1, 1000, "Keep results files of the old service as archive batches",
     import_options, run_import},
    {"simulate", NULL, 0, 0, "Register workers who do tasks through the website", simulate_options,
     run_simulate},
    {"backup", "FILE", 1, 1, "Copy the store while it is in use, and verify the copy",
     store_options, run_backup},
    {"restore", "FILE", 1, 1, "Make a store from a backup", store_options, run_restore},
    {"ops", NULL, 0, 0, "List the operations of the Requester API", ops_options, run_ops},
    {NULL, NULL, 0, 0, NULL, NULL, NULL},
};
/* clang-format on */

int main(int argc, char **argv) {
    return options_main("hitd",
                        "hitd: the server on which Mechanical Turk's requesters go on working.",
                        commands, argc, argv);
}
