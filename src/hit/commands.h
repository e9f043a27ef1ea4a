/* What the files of this folder offer to main.c: a function a command. */
#ifndef HIT_COMMANDS_H
#define HIT_COMMANDS_H

#include "base/options.h"

int run_batches(struct command_line *line);
int run_results(struct command_line *line);
int run_balance(struct command_line *line);
int run_review(struct command_line *line);
int run_projects(struct command_line *line);
int run_project_add(struct command_line *line);
int run_publish(struct command_line *line);

#endif
