/* The words of mail to people: what has happened, what it means, what can be done until when, and
 * where. Names, titles and messages in it were written by strangers; notify/mail.h keeps them in
 * their place. */
#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include "market/person_mail.h"
#include "notify/mail.h"

/* site_url: "https://work.example.org". now_ms: the date of the mail, by the machine's clock. */
struct mail letter_write(struct arena *a, const struct person_mail *m, const char *site_url,
                         int64_t now_ms);

#endif
