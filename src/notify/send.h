/* One message to one destination, within a bounded time.
 *
 * A requester names the destination, and the server stands inside somebody's network: unless the
 * operator allows it (setting notify_private), no connection is opened to an address that is
 * loopback, private, link-local or otherwise not the public internet's. The address of the very
 * connection is looked at, after the name was resolved, so a name can not change its mind; no
 * redirect is followed; no proxy is taken from the environment; certificates are verified.
 *
 * A webhook's message carries Hitd-Signature: t=SECONDS,v1=HEX, where HEX is HMAC-SHA256 of
 * "SECONDS.BODY" with the webhook's secret (its 64 digits as they are), and SECONDS the moment of
 * this attempt, so that a receiver can refuse what was recorded and played again.
 */
#ifndef NOTIFY_SEND_H
#define NOTIFY_SEND_H

#include "market/notification.h"
#include "notify/mail.h"

enum { SEND_TIMEOUT_S = 15, SEND_ANSWER_MAX = 65536 };

/* Of the server's configuration; NULL: not set. */
struct send_config {
    const struct secret_key *seal; /* of webhooks' secrets; always set */
    const char
        *smtp_url; /* "smtps://user:password@host" or smtp://, where TLS is taken if offered */
    const char *mail_from;                         /* "hitd@example.org" */
    const char *sns_endpoint;                      /* where topics' ARNs are published */
    const char *aws_region, *aws_key, *aws_secret; /* requests to queues and topics are signed */
};

/* False: not delivered, or not known to be; *why (in a) says what happened. */
bool send_message(struct arena *a, const struct send_config *config, const struct delivery *d,
                  bool allow_private, struct str *why);

/* A mail of the server's own to somebody who has an account, with the same bounds. The mail server
 * is the operator's word, so its address may be private. True means that the mail server has taken
 * it, which is all that can be known. curl_global_init() was called before (notifier_start). */
bool send_mail(struct arena *a, const struct send_config *config, const struct mail *m,
               struct str *why);

#endif
