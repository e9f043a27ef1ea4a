/* What the files of this folder offer to main.c: a function a command. */
#ifndef HITD_COMMANDS_H
#define HITD_COMMANDS_H

#include "base/options.h"
#include "base/str.h"

/* store.c */
int run_init(struct command_line *line);
int run_migrate(struct command_line *line);
int run_check(struct command_line *line);
int run_backup(struct command_line *line);
int run_restore(struct command_line *line);

/* account.c */
int run_account_add(struct command_line *line);
int run_account_suspend(struct command_line *line);
int run_masters(struct command_line *line);
int run_account_activate(struct command_line *line);
int run_deposit(struct command_line *line);
/* Prints JSON and a line end on stdout, and frees it. */
void command_prints(struct buf *json);

/* key.c */
int run_key_add(struct command_line *line);
int run_key_list(struct command_line *line);
int run_key_revoke(struct command_line *line);

/* setting.c */
int run_setting(struct command_line *line);

/* outbox.c */
int run_outbox(struct command_line *line);

/* clock.c */
int run_clock(struct command_line *line);

/* replay.c, import.c */
int run_replay(struct command_line *line);
int run_import(struct command_line *line);

/* simulate.c */
int run_simulate(struct command_line *line);

/* serve.c, ops.c */
int run_serve(struct command_line *line);
int run_ops(struct command_line *line);

#endif
