/* hit: the requester's work from a shell. It needs nothing on its machine but an address and a
 * pair of keys; everything is decided by the server. */
#include "hit/client.h"
#include "hit/commands.h"

/* clang-format off */
#define JSON_OPTION {"json", NULL, "print the server's JSON instead of a table", NULL, false}
#define END_OPTION  {NULL, NULL, NULL, NULL, false}

static const struct option_row list_options[] = {CLIENT_OPTIONS, JSON_OPTION, END_OPTION};

static const struct option_row results_options[] = {
    CLIENT_OPTIONS,
    {"output", "FILE", "where to write; - is standard output; default Batch_<id>_batch_results.csv",
     NULL, false},
    {"dialect", "D", "classic, excel, excel-semicolon or strict-classic", NULL, false},
    {"status", "S", "only Submitted, Approved or Rejected rows", NULL, false},
    {"extended", NULL, "add our own columns behind Reject", NULL, false},
    END_OPTION,
};

static const struct option_row review_options[] = {
    CLIENT_OPTIONS,
    {"batch", "ID", "the batch the file is for; default: the batch its rows belong to", NULL,
     false},
    {"plan", NULL, "show what would happen and stop", NULL, false},
    {"mode", "M", "all (default), eligible or funded", NULL, false},
    {"yes", NULL, "apply without asking", NULL, false},
    {"encoding", "E", "encoding of a file that is not UTF-8, e.g. windows-1252", NULL, false},
    {"reason", "TEXT", "reason for rows whose Reject holds only a mark", NULL, false},
    {"republish", NULL, "offer rejected work to other workers", NULL, false},
    {"approve-same-reason", NULL, "approve rows that still hold their old reason in Reject", NULL,
     false},
    {"approve-changed", NULL, "approve rows that were rejected since the file was downloaded",
     NULL, false},
    {"all-batches", NULL, "apply to all of your batches that the file names", NULL, false},
    {"tools", "T", "unmarked rows of a Command Line Tools file: marked keeps, old approves them",
     NULL, false},
    {"no-messages", NULL, "do not send text in Approve as a message", NULL, false},
    {"outcome", "FILE", "where to write the outcome; default FILE with .outcome before .csv",
     NULL, false},
    JSON_OPTION,
    END_OPTION,
};

static const struct option_row project_options[] = {
    CLIENT_OPTIONS,
    {"name", "TEXT", "name of the project", NULL, true},
    {"title", "TEXT", "title that workers see", NULL, true},
    {"description", "TEXT", "description that workers see", NULL, true},
    {"keywords", "TEXT", "keywords, separated by commas", NULL, false},
    {"reward", "AMOUNT", "reward per assignment in dollars, e.g. 0.05", NULL, true},
    {"assignments", "N", "assignments per task; default 1", NULL, false},
    {"duration", "SECONDS", "time allotted per assignment; default 3600", NULL, false},
    {"lifetime", "SECONDS", "tasks expire in; default 604800", NULL, false},
    {"auto-approval", "SECONDS", "auto-approve and pay in; default 259200", NULL, false},
    JSON_OPTION,
    END_OPTION,
};

static const struct option_row publish_options[] = {
    CLIENT_OPTIONS,
    {"name", "TEXT", "name of the batch; default the project's name and a number", NULL, false},
    JSON_OPTION,
    END_OPTION,
};

static const struct command commands[] = {
    {"batches", NULL, 0, 0, "List your batches, newest first", list_options, run_batches},
    {"results", "BATCH", 1, 1, "Download the results of a batch as CSV", results_options,
     run_results},
    {"review", "FILE", 1, 1, "Upload a reviewed results file: see the plan, say yes, get it done",
     review_options, run_review},
    {"balance", NULL, 0, 0, "Show what is available and what is held", list_options, run_balance},
    {"projects", NULL, 0, 0, "List your projects", list_options, run_projects},
    {"project add", "LAYOUT.html", 1, 1, "Make a project from a layout", project_options,
     run_project_add},
    {"publish", "PROJECT FILE", 2, 2, "Publish a batch: one task for each row of a CSV file",
     publish_options, run_publish},
    {NULL, NULL, 0, 0, NULL, NULL, NULL},
};
/* clang-format on */

int main(int argc, char **argv) {
    return options_main("hit", "hit: a requester's batches, results, reviews and money.", commands,
                        argc, argv);
}
