/* notify/mail.h: what strangers write into a mail stays where it belongs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "notify/mail.h"

#define AT_MS INT64_C(1795622645123) /* 2026-11-25T16:04:05.123Z */

static int setup(void **state) {
    struct arena *a = test_malloc(sizeof(*a));
    arena_init(a, 0);
    *state = a;
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    test_free(*state);
    return 0;
}

static const char *printed(struct arena *a, const char *subject, const char *text) {
    struct mail m = {
        .to = STR("ann@example.org"),
        .subject = str_c(subject),
        .text = str_c(text),
        .id = STR("n17"),
        .at_ms = AT_MS,
    };
    return str_z(a, mail_print(a, &m, "hitd@example.net"));
}

static void test_plain(void **state) {
    assert_string_equal(printed(*state, "Ping", "one\ntwo\r\nthree"),
                        "From: hitd@example.net\r\nTo: ann@example.org\r\nSubject: Ping\r\n"
                        "Date: Wed, 25 Nov 2026 16:04:05 +0000\r\n"
                        "Message-ID: <n17@example.net>\r\nAuto-Submitted: auto-generated\r\n"
                        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: 7bit\r\n\r\none\r\ntwo\r\nthree\r\n");
}

/* A subject has one line, whatever it was given. */
static void test_no_heads_of_ones_own(void **state) {
    const char *text = printed(*state, "Hello\r\nBcc: eve@example.org\r\n\r\nbody", "x");
    assert_null(strstr(text, "\nBcc:"));
    assert_non_null(strstr(text, "Subject: Hello  Bcc: eve@example.org    body\r\n"));
    text = printed(*state, "a\r\n b =?UTF-8?B?eA==?=", "x");
    assert_null(strstr(text, "=?UTF-8?B?eA==?="));
    struct mail m = {
        .to = STR("ann@example.org"),
        .to_name = STR("Ann\"\r\nBcc: <eve@example.org>"),
        .subject = STR("s"),
        .text = STR("t"),
        .id = STR("1"),
    };
    text = str_z(*state, mail_print(*state, &m, "hitd@example.net"));
    assert_null(strstr(text, "Bcc"));
    assert_non_null(strstr(text, "?=\r\n <ann@example.org>\r\n"));
}

static void test_other_letters(void **state) {
    const char *text = printed(
        *state, "Prämie für “Bilder” — 日本語のタスクと長い件名がここに続きます", "Grüße\n");
    assert_non_null(strstr(text, "Subject: =?UTF-8?B?UHLDpG1pZSBmw7xyIOKAnEJpbGRlcuKAnSDigJQg"));
    assert_non_null(strstr(text, "Content-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ0K\r\n"));
    for (const char *line = text; line; line = strstr(line, "\r\n")) {
        line += line == text ? 0 : 2;
        assert_true(strcspn(line, "\r") <= 78);
        if (!*line)
            break;
    }
    for (const char *p = text; *p; p++)
        assert_true((unsigned char)*p < 128);
}

/* Lines that a mail server may refuse, and what is no text, go in base64. */
static void test_odd_bodies(void **state) {
    char line[2000];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = 0;
    assert_non_null(strstr(printed(*state, "s", line), "base64"));
    assert_non_null(strstr(printed(*state, "s", "a\001b"), "base64"));
    assert_non_null(strstr(printed(*state, "s", ""), "7bit\r\n\r\n\r\n"));
    assert_non_null(strstr(printed(*state, "s", "\r\nBcc: x"), "\r\n\r\n\r\nBcc: x\r\n"));
}

static void test_addresses(void **state) {
    (void)state;
    static const char *const good[] = {"a@b", "ann.o'hara+x@mail.example.org"};
    static const char *const bad[] = {
        "",      "ann",     "@b",    "a@",         "a@b@c", "a b@c", "a@b\r\nRCPT TO:<c@d>",
        "<a@b>", "a@b,c@d", "a\"@b", "\xc3\xa4@b", "a@b\t", "a@b;c", "Ann<a@b>",
        "a\\@b", "a@[::1]",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mail_address_good(str_c(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mail_address_good(str_c(bad[i])));
    assert_false(mail_address_good((struct str){"a@b\0c", 5}));
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_plain),     T(test_no_heads_of_ones_own), T(test_other_letters), T(test_odd_bodies),
        T(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
