/* A mail as it goes over the wire (RFC 5322): plain text, UTF-8 in subject and body, bytes that no
 * mail server on the way can misread. What a stranger may have written (a title, a name, a message)
 * can stand in `subject`, `to_name` and `text`: a line break in a head becomes a blank, so nobody
 * writes heads of his own. send_mail() of notify/send.h sends one.
 */
#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H

#include <stdbool.h>

#include "base/str.h"

enum { MAIL_ADDRESS_MAX = 254 };

struct mail {
    struct str to;      /* an address, as mail_address_good() has it */
    struct str to_name; /* "" or STR_NULL: none */
    struct str subject;
    struct str text;        /* lines end with LF or CR LF */
    struct str id;          /* of Message-ID, before its @: the same when the mail is sent again */
    struct str unsubscribe; /* https address that a POST ends such mails at; STR_NULL: none */
    int64_t at_ms;          /* its date, by the machine's clock */
};

/* "name@host": printing ASCII without blanks, brackets, quotes, commas and the like, one @ with
 * something on either side. Stricter than RFC 5321, which few mailboxes make use of. */
bool mail_address_good(struct str address);

/* Head, empty line and body, all lines ended by CR LF; `from` is the configured mail-from. A body
 * that is not short lines of ASCII goes in base64. Dots at the start of lines are not doubled: the
 * sender does that. */
struct str mail_print(struct arena *a, const struct mail *m, const char *from);

#endif
