#include "notify/send.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/datetime.h"
#include "base/sha256.h"
#include "notify/message.h"

enum { ANSWER_KEPT = 4096, MD5_LEN = 16 };

struct sending {
    struct arena *arena;
    const struct send_config *config;
    const struct delivery *delivery; /* NULL: a mail that is no event */
    CURL *curl;
    struct curl_slist *head; /* of a mail: whom it is for */
    bool by_mail;
    struct str mail;         /* what is left to send of it */
    size_t answered, kept_n; /* bytes; the first of them are kept */
    char kept[ANSWER_KEPT];
    bool allow_private;
    bool refused; /* the address was not to be spoken to */
};

/* ---- which addresses ---- */

/* Everything that IANA does not give to the public internet (RFC 6890). */
static bool public_v4(uint32_t ip) {
    static const struct {
        uint32_t net;
        int bits;
    } kept[] = {
        {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
        {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0a80000, 16}, {0xc6120000, 15},
        {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 3},
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (ip >> (32 - kept[i].bits) == kept[i].net >> (32 - kept[i].bits))
            return false;
    return true;
}

static uint32_t v4_at(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* 2000::/3 is what is given out; of it not 6to4, Teredo and the documentation's net, which carry or
 * stand for other addresses. IPv4 in IPv6 counts as IPv4. */
static bool public_v6(const uint8_t *p) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(p, mapped, sizeof mapped) == 0)
        return public_v4(v4_at(p + 12));
    uint32_t first = v4_at(p);
    return p[0] >> 5 == 1 && first >> 16 != 0x2002 && first != 0x20010000 && first != 0x20010db8;
}

static bool is_public(const struct curl_sockaddr *to) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (to->family == AF_INET && to->addrlen >= sizeof v4) {
        memcpy(&v4, &to->addr, sizeof v4);
        return public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (to->family == AF_INET6 && to->addrlen >= sizeof v6) {
        memcpy(&v6, &to->addr, sizeof v6);
        return public_v6(v6.sin6_addr.s6_addr);
    }
    return false;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to) {
    struct sending *s = arg;
    (void)purpose;
    if (!s->allow_private && !is_public(to)) {
        s->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* ---- the request ---- */

/* What a receiver says is not read for ever; its beginning is looked at by honest(). */
static size_t take_answer(char *p, size_t size, size_t n, void *arg) {
    struct sending *s = arg;
    size_t room = ANSWER_KEPT - s->kept_n, part = size * n < room ? size * n : room;
    memcpy(s->kept + s->kept_n, p, part);
    s->kept_n += part;
    s->answered += size * n;
    return s->answered > SEND_ANSWER_MAX ? 0 : size * n;
}

static size_t give_mail(char *p, size_t size, size_t n, void *arg) {
    struct sending *s = arg;
    size_t most = size * n, part = s->mail.n < most ? s->mail.n : most;
    memcpy(p, s->mail.p, part);
    s->mail = str_from(s->mail, part);
    return part;
}

static void prepare(struct sending *s) {
    CURL *c = s->curl;
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)SEND_TIMEOUT_S);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)SEND_TIMEOUT_S / 2);
    /* A mail server that says nothing behind the text: the end of a transfer knows only this one.
     */
    curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)SEND_TIMEOUT_S);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "hitd/" HITD_VERSION);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, s);
}

static void post(struct sending *s, const char *url, struct str body) {
    CURL *c = s->curl;
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, s);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.n);
    curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, body.p);
}

static void add_head(struct sending *s, const char *line) {
    s->head = curl_slist_append(s->head, line);
}

static void sign(struct sending *s, const char *service) {
    const struct send_config *g = s->config;
    if (!g->aws_key || !g->aws_secret)
        return;
    const char *region = g->aws_region ? g->aws_region : "us-east-1";
    curl_easy_setopt(s->curl, CURLOPT_AWS_SIGV4,
                     arena_printf(s->arena, "aws:amz:%s:%s", region, service));
    curl_easy_setopt(s->curl, CURLOPT_USERNAME, g->aws_key);
    curl_easy_setopt(s->curl, CURLOPT_PASSWORD, g->aws_secret);
}

/* name=value of a query API, the value escaped. */
static void add_pair(struct sending *s, struct buf *b, const char *name, struct str value) {
    char *text = curl_easy_escape(s->curl, value.p, (int)value.n);
    buf_printf(b, "%s%s=%s", b->n ? "&" : "", name, text ? text : "");
    curl_free(text);
}

static void to_queue(struct sending *s) {
    struct buf b = BUF_INIT;
    add_pair(s, &b, "Action", STR("SendMessage"));
    add_pair(s, &b, "Version", STR("2012-11-05"));
    add_pair(s, &b, "MessageBody", message_json(s->arena, s->delivery));
    post(s, str_z(s->arena, s->delivery->destination), buf_view(&b));
    sign(s, "sqs");
    buf_free(&b);
}

static void to_topic(struct sending *s) {
    struct buf b = BUF_INIT;
    add_pair(s, &b, "Action", STR("Publish"));
    add_pair(s, &b, "Version", STR("2010-03-31"));
    add_pair(s, &b, "TopicArn", s->delivery->destination);
    add_pair(s, &b, "Subject", str_printf(s->arena, "%lld", (long long)s->delivery->at_ms));
    add_pair(s, &b, "Message", message_json(s->arena, s->delivery));
    post(s, s->config->sns_endpoint, buf_view(&b));
    s->allow_private = true; /* the operator's own word */
    sign(s, "sns");
    buf_free(&b);
}

static void to_subscriber(struct sending *s) {
    add_head(s, "Content-Type: text/plain; charset=UTF-8");
    add_head(s, "x-amz-sns-message-type: Notification");
    add_head(s, arena_printf(s->arena, "x-amz-sns-message-id: %.*s",
                             STR_ARG(message_doc_id(s->arena, s->delivery))));
    post(s, str_z(s->arena, s->delivery->destination), message_envelope(s->arena, s->delivery));
}

/* False when the secret was sealed with another key file. */
static bool to_webhook(struct sending *s) {
    struct arena *a = s->arena;
    struct str body = message_json(a, s->delivery), secret;
    if (!secret_open(a, s->config->seal, s->delivery->secret, &secret))
        return false;
    long long now_s = (long long)(time_wall_ms() / 1000);
    struct str mac = hmac_sha256_hex(a, secret, str_printf(a, "%lld.%.*s", now_s, STR_ARG(body)));
    add_head(s, "Content-Type: application/json");
    add_head(s, arena_printf(a, "Hitd-Delivery: %.*s", STR_ARG(message_doc_id(a, s->delivery))));
    add_head(s, arena_printf(a, "Hitd-Signature: t=%lld,v1=%.*s", now_s, STR_ARG(mac)));
    post(s, str_z(a, s->delivery->destination), body);
    return true;
}

/* False when there is no way to send it, or it is for nobody. */
static bool to_mail(struct sending *s, const struct mail *m, struct str *why) {
    CURL *c = s->curl;
    const struct send_config *g = s->config;
    *why = STR("this server has no smtp-url and mail-from to send mail with");
    if (!g->smtp_url || !g->mail_from)
        return false;
    *why = STR("this is not the address of a mailbox");
    if (!mail_address_good(m->to))
        return false;
    s->by_mail = true;
    s->mail = mail_print(s->arena, m, g->mail_from);
    add_head(s, str_z(s->arena, m->to));
    curl_easy_setopt(c, CURLOPT_URL, g->smtp_url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, g->mail_from);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, s->head);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give_mail);
    curl_easy_setopt(c, CURLOPT_READDATA, s);
    return true;
}

static bool event_to_mail(struct sending *s, struct str *why) {
    struct mail m = message_mail(s->arena, s->delivery, time_wall_ms());
    return to_mail(s, &m, why);
}

/* Sets the request up; false when the server has no way to send it. */
static bool address(struct sending *s, struct str *why) {
    bool arn = str_starts(s->delivery->destination, STR("arn:"));
    switch ((enum transport)s->delivery->transport) {
    case TRANSPORT_SQS: to_queue(s); break;
    case TRANSPORT_SNS:
        if (arn && !s->config->sns_endpoint) {
            *why = STR("this server has no sns-endpoint to publish topics at");
            return false;
        }
        if (arn)
            to_topic(s);
        else
            to_subscriber(s);
        break;
    case TRANSPORT_EMAIL: return event_to_mail(s, why);
    case TRANSPORT_WEBHOOK:
        if (!to_webhook(s)) {
            *why = STR("its secret can not be read with this key file: make another one");
            return false;
        }
        break;
    }
    if (s->head)
        curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->head);
    return true;
}

/* ---- what came of it ---- */

static struct str md5_hex(struct arena *a, struct str s) {
    unsigned char sum[MD5_LEN];
    struct buf b = BUF_INIT;
    if (EVP_Digest(s.p, s.n, sum, NULL, EVP_md5(), NULL) == 1)
        for (int i = 0; i < MD5_LEN; i++)
            buf_printf(&b, "%02x", sum[i]);
    struct str hex = buf_dup(a, &b);
    buf_free(&b);
    return hex;
}

/* Queues and topics may say 200 and mean an error, or that they have got something else. */
static bool honest(struct sending *s, struct str *why) {
    static const char tag[] = "<MD5OfMessageBody>";
    bool queue = s->delivery->transport == TRANSPORT_SQS;
    struct str said = {s->kept, s->kept_n};
    if (!queue && s->delivery->transport != TRANSPORT_SNS)
        return true;
    *why = STR("the receiver answered 200 and an error");
    if (str_find(said, STR("<ErrorResponse")) >= 0)
        return false;
    ptrdiff_t at = str_find(said, str_c(tag));
    struct str got =
        str_sub(str_from(said, (size_t)(at < 0 ? 0 : at) + sizeof tag - 1), 0, 2 * (size_t)MD5_LEN);
    *why = STR("the receiver answered 200, but what it got is not what was sent (MD5)");
    return !queue || at < 0 || str_ieq(got, md5_hex(s->arena, message_json(s->arena, s->delivery)));
}

/* An answer that we cut off ourselves has had its status. */
static bool arrived(struct sending *s, CURLcode code, struct str *why) {
    long status = 0;
    bool cut = code == CURLE_WRITE_ERROR && s->answered > SEND_ANSWER_MAX;
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    if (s->refused)
        *why = STR("the address is private, and the operator does not allow those");
    else if (s->by_mail && code != CURLE_OK && status >= 400)
        *why = str_printf(s->arena, "the mail server answered %ld", status);
    else if (code != CURLE_OK && !cut)
        *why = str_printf(s->arena, "%s", curl_easy_strerror(code));
    else if (!s->by_mail && (status < 200 || status > 299))
        *why = str_printf(s->arena, "the receiver answered %ld", status);
    else
        return s->by_mail || honest(s, why);
    return false;
}

/* With what address() or to_mail() has set up; gives everything back. */
static bool perform(struct sending *s, bool ready, struct str *why) {
    bool good = ready && arrived(s, curl_easy_perform(s->curl), why);
    curl_easy_cleanup(s->curl);
    curl_slist_free_all(s->head);
    return good;
}

bool send_message(struct arena *a, const struct send_config *config, const struct delivery *d,
                  bool allow_private, struct str *why) {
    struct sending s = {
        .arena = a,
        .config = config,
        .delivery = d,
        .curl = curl_easy_init(),
        .allow_private = allow_private,
    };
    *why = STR("out of memory");
    if (!s.curl)
        return false;
    prepare(&s);
    return perform(&s, address(&s, why), why);
}

bool send_mail(struct arena *a, const struct send_config *config, const struct mail *m,
               struct str *why) {
    struct sending s = {.arena = a, .config = config, .curl = curl_easy_init()};
    *why = STR("out of memory");
    if (!s.curl)
        return false;
    prepare(&s);
    return perform(&s, to_mail(&s, m, why), why);
}
