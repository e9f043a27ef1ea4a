/* What the pages about people and money share: accounts, members, operators. */
#ifndef SITE_PEOPLE_H
#define SITE_PEOPLE_H

#include "market/account.h"
#include "site/rows.h"

const char *role_word(enum role role);

/* The form's amount in dollars, "$" and blanks allowed: ERR_INVALID_PARAMETER ("amount"). */
struct err form_amount(struct call *call, int64_t *cents);

/* A text field of the form, outer blanks cut; "" when it is missing. */
struct str form_text(struct call *call, const char *name);

/* The form's old_password is that of who is signed in: ERR_INVALID_PARAMETER ("old_password").
 * Wrong ones count as failed sign-ins. For CALL_SLOW rows. person.c */
struct err check_present_password(struct call *call);

/* For a form whose answer is shown only once, a secret: sent again, which would make another, it is
 * refused with ERR_CONFLICT. First thing in the transaction. */
struct err form_use_once(struct call *call, struct ctx *ctx);

/* The party of the path's first part. */
struct err party_of_path(struct call *call, struct ctx *ctx, struct party *party);

#endif
