/* What an event looks like on its way out (requester-api 3.9). Everything but a mail's date is made
 * of the outbox's row alone, so a message that is sent again is the same, byte for byte. */
#ifndef NOTIFY_MESSAGE_H
#define NOTIFY_MESSAGE_H

#include "market/notification.h"
#include "notify/mail.h"

/* 40 hexadecimal digits, the same at each attempt. */
struct str message_doc_id(struct arena *a, const struct delivery *d);

/* {"Events":[…],"EventDocId":…}: the body in a queue, and the Message of a topic; to a webhook with
 * "Overturned":true for an approval that undid a rejection (money-and-lifecycle 10.2). */
struct str message_json(struct arena *a, const struct delivery *d);

/* The envelope that a topic sends to its subscribers over HTTP. */
struct str message_envelope(struct arena *a, const struct delivery *d);

/* The same as a mail; now_ms: the moment of this attempt. */
struct mail message_mail(struct arena *a, const struct delivery *d, int64_t now_ms);

#endif
