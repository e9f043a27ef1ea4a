#include "notify/mail.h"

#include <openssl/evp.h>

#include "base/arena.h"
#include "base/datetime.h"
#include "base/utf8.h"

enum {
    LINE_MAX_PLAIN = 900, /* RFC 5321 allows 998 */
    WORD_BYTES = 39,      /* of text in an encoded word: 64 characters, and "Subject: " before it */
    B64_LINE_BYTES = 57,  /* of text in a line of base64: 76 characters */
    B64_LINE_ROOM = 80,
};

bool mail_address_good(struct str s) {
    ptrdiff_t at = str_chr(s, '@');
    if (at < 1 || (size_t)at + 1 >= s.n || s.n > MAIL_ADDRESS_MAX ||
        str_chr(str_from(s, (size_t)at + 1), '@') >= 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch <= ' ' || ch >= 127 || str_chr(STR("<>()[]\\,;:\""), (char)ch) >= 0)
            return false;
    }
    return true;
}

/* ---- heads ---- */

static bool is_control(char ch) {
    return (unsigned char)ch < ' ' || ch == 127;
}

static bool is_ascii(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 128)
            return false;
    return true;
}

static void add_base64(struct buf *b, struct str s) {
    unsigned char out[B64_LINE_ROOM];
    int n = EVP_EncodeBlock(out, (const unsigned char *)s.p, (int)s.n);
    buf_add(b, out, (size_t)n);
}

/* As many whole characters as fit into one encoded word. */
static size_t word_length(struct str s) {
    size_t n = 0, len;
    while (n < s.n) {
        utf8_next(str_from(s, n), &len);
        if (n + len > WORD_BYTES)
            break;
        n += len;
    }
    return n;
}

/* RFC 2047, which is also what keeps long lines short. */
static void add_encoded(struct buf *b, struct str s) {
    for (const char *gap = ""; s.n > 0; gap = "\r\n ") {
        size_t n = word_length(s);
        buf_printf(b, "%s=?UTF-8?B?", gap);
        add_base64(b, str_sub(s, 0, n));
        buf_puts(b, "?=");
        s = str_from(s, n);
    }
}

/* Control characters become blanks: a value never ends its line. */
static void add_head(struct buf *b, struct arena *a, const char *name, struct str value) {
    char *text = str_z(a, value);
    for (size_t i = 0; i < value.n; i++)
        if (is_control(text[i]))
            text[i] = ' ';
    struct str clean = {text, value.n};
    bool plain = is_ascii(clean) && clean.n <= WORD_BYTES && str_find(clean, STR("=?")) < 0;
    buf_printf(b, "%s: ", name);
    if (plain)
        buf_str(b, clean);
    else
        add_encoded(b, clean);
    buf_puts(b, "\r\n");
}

/* "Wed, 25 Nov 2026 16:12:00 +0000" */
static void add_date(struct buf *b, int64_t ms) {
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t day = ms / DAY_MS, s = ms % DAY_MS / 1000, year;
    int month, mday;
    time_civil_from_days(day, &year, &month, &mday);
    buf_printf(b, "Date: %s, %02d %s %04lld %02d:%02d:%02d +0000\r\n", days[day % 7], mday,
               months[month - 1], (long long)year, (int)(s / 3600), (int)(s / 60 % 60),
               (int)(s % 60));
}

static void add_to(struct buf *b, struct arena *a, const struct mail *m) {
    if (!m->to_name.n) {
        buf_printf(b, "To: %.*s\r\n", STR_ARG(m->to));
        return;
    }
    struct buf name = BUF_INIT; /* always encoded: then no quoting is needed */
    add_encoded(&name, m->to_name);
    buf_printf(b, "To: %.*s\r\n <%.*s>\r\n", STR_ARG(buf_dup(a, &name)), STR_ARG(m->to));
    buf_free(&name);
}

/* RFC 2369, RFC 8058: mail programs show it as a button. An address of our own, but no head may
 * break whatever the site's is set to. */
static void add_unsubscribe(struct buf *b, struct str url) {
    for (size_t i = 0; i < url.n; i++)
        if (is_control(url.p[i]) || (unsigned char)url.p[i] >= 127 || url.p[i] == '>')
            return;
    if (url.n)
        buf_printf(b,
                   "List-Unsubscribe: <%.*s>\r\n"
                   "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                   STR_ARG(url));
}

/* ---- body ---- */

static bool is_plain(struct str text) {
    size_t line = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool end = text.p[i] == '\n' || text.p[i] == '\r';
        line = end ? 0 : line + 1;
        bool allowed = end || text.p[i] == '\t' || !is_control(text.p[i]);
        if (!allowed || (unsigned char)text.p[i] >= 128 || line > LINE_MAX_PLAIN)
            return false;
    }
    return true;
}

/* Every line break becomes CR LF; a lone CR too. */
static struct str with_crlf(struct arena *a, struct str text) {
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < text.n; i++) {
        bool pair = text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] == '\n';
        if (pair)
            continue;
        if (text.p[i] == '\n' || text.p[i] == '\r')
            buf_puts(&b, "\r\n");
        else
            buf_putc(&b, text.p[i]);
    }
    struct str all = buf_dup(a, &b);
    buf_free(&b);
    return all;
}

static void add_body(struct buf *b, struct arena *a, struct str text) {
    struct str lines = with_crlf(a, text);
    bool plain = is_plain(text);
    buf_printf(b,
               "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: %s\r\n\r\n",
               plain ? "7bit" : "base64");
    if (plain) {
        buf_str(b, lines);
        buf_puts(b, "\r\n");
        return;
    }
    for (; lines.n > 0; lines = str_from(lines, B64_LINE_BYTES)) {
        add_base64(b, str_sub(lines, 0, B64_LINE_BYTES));
        buf_puts(b, "\r\n");
    }
}

/* ---- together ---- */

/* The host of Message-ID is that of the sender. */
static struct str host_of(const char *from) {
    struct str s = str_c(from);
    ptrdiff_t at = str_chr(s, '@');
    return at < 0 ? STR("hitd") : str_from(s, (size_t)at + 1);
}

struct str mail_print(struct arena *a, const struct mail *m, const char *from) {
    struct buf b = BUF_INIT;
    buf_printf(&b, "From: %s\r\n", from);
    add_to(&b, a, m);
    add_head(&b, a, "Subject", m->subject);
    add_date(&b, m->at_ms);
    buf_printf(&b, "Message-ID: <%.*s@%.*s>\r\nAuto-Submitted: auto-generated\r\n", STR_ARG(m->id),
               STR_ARG(host_of(from)));
    add_unsubscribe(&b, m->unsubscribe);
    add_body(&b, a, m->text);
    struct str all = buf_dup(a, &b);
    buf_free(&b);
    return all;
}
