/* The words of mail to people (notify/letter.h): each kind has some, of one and of several. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "notify/letter.h"

enum { NOW_MS = 1700000000 };

static struct mail write_letter(struct arena *a, struct person_mail m) {
    m.row = 7;
    m.email = STR("ann@example.org");
    m.name = STR("Ann\r\nBcc: all@example.org");
    m.stop = STR("3TOKEN");
    return letter_write(a, &m, "https://work.example.org", NOW_MS);
}

static bool has(struct str text, const char *words) {
    return str_find(text, str_c(words)) >= 0;
}

static void test_every_kind(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    for (int kind = 1; kind <= MAIL_KIND_PAYOUT_FAILED; kind++) {
        for (int items = 1; items <= 3; items += 2) {
            struct mail m = write_letter(
                &a, (struct person_mail){.kind = kind,
                                         .role = items == 1 ? ROLE_WORKER : ROLE_REQUESTER,
                                         .items = items,
                                         .cents = 1234,
                                         .title = STR("100% cats"),
                                         .note = STR_NULL});
            assert_true(m.subject.n > 0 && m.subject.n <= 120);
            assert_true(has(m.text, "https://work.example.org/"));
            assert_true(has(m.text, "/mails/stop/3TOKEN\n"));
            assert_string_equal(str_z(&a, m.unsubscribe),
                                "https://work.example.org/mails/stop/3TOKEN");
            /* what was filled in is not filled in again */
            assert_false(has(m.text, "%t") || has(m.text, "%n") || has(m.text, "%m"));
            struct str wire = mail_print(&a, &m, "hitd@example.org");
            assert_false(has(wire, "\nBcc:"));
            assert_true(has(wire, "\r\nList-Unsubscribe: <https://work.example.org/mails/stop/"));
        }
    }
    arena_free(&a);
}

static void test_words(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    struct mail m = write_letter(&a, (struct person_mail){.kind = NOTICE_REJECTED,
                                                          .role = ROLE_WORKER,
                                                          .items = 1,
                                                          .title = STR("Cats"),
                                                          .assignment_id = STR("3A"),
                                                          .appeal_ms = 1700000000000});
    assert_string_equal(str_z(&a, m.subject), "Your work was rejected: Cats");
    assert_true(has(m.text, "You can appeal until 14 November 2023, 22:13 UTC:\n"
                            "https://work.example.org/appeals/new?assignment_id=3A\n"));
    m = write_letter(
        &a, (struct person_mail){
                .kind = NOTICE_OVERTURNED, .role = ROLE_WORKER, .items = 12, .cents = 600});
    assert_string_equal(str_z(&a, m.subject), "12 rejections were undone: you are paid $6.00");
    m = write_letter(&a, (struct person_mail){.kind = MAIL_KIND_MESSAGE,
                                              .role = ROLE_WORKER,
                                              .items = 1,
                                              .note = STR("Lab\nOne\r\n\r\nTwo")});
    assert_string_equal(str_z(&a, m.subject), "A message from Lab");
    assert_true(has(m.text, "\n> One\n> \n> Two\n"));
    /* a title as long as may be is cut between characters */
    char title[3 * 128];
    for (size_t i = 0; i < sizeof title; i += 3) {
        title[i] = '\xe2';
        title[i + 1] = '\x82';
        title[i + 2] = '\xac';
    }
    m = write_letter(&a, (struct person_mail){.kind = NOTICE_APPEAL_FILED,
                                              .role = ROLE_REQUESTER,
                                              .items = 1,
                                              .title = {title, sizeof title}});
    assert_true(utf8_valid(m.subject) && m.subject.n < 3 * 120);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
