/* base/: arenas, texts, numbers, money, time, ids, JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/datetime.h"
#include "base/id.h"
#include "base/json.h"
#include "base/money.h"
#include "base/num.h"
#include "base/pack.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/zone.h"

static void assert_str(struct str got, const char *want) {
    if (!str_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static void test_arena(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    for (int i = 1; i < 1000; i++) {
        char *p = arena_alloc(&a, (size_t)i % 77);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, 0xAA, (size_t)i % 77);
    }
    char *big = arena_alloc(&a, 300000);
    assert_int_equal(big[0], 0);
    assert_int_equal(big[299999], 0);
    assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    arena_free(&a);
    arena_free(&a);
}

static void test_str(void **state) {
    (void)state;
    assert_false(str_eq(STR_NULL, STR("")));
    assert_true(str_ieq(STR("AbC"), STR("aBc")));
    assert_str(str_trim(STR(" \t x y\r\n")), "x y");
    struct str rest = STR("a,b,,c");
    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "b");
    assert_str(str_cut(&rest, ','), "");
    assert_str(str_cut(&rest, ','), "c");
    assert_null(rest.p);
    assert_int_equal(str_find(STR("abcabd"), STR("abd")), 3);
    assert_true(str_cmp(STR("a1"), STR("a10")) < 0 && str_cmp(STR("a10"), STR("a2")) < 0);
}

static void test_num(void **state) {
    (void)state;
    int64_t v = 5;
    assert_true(num_parse(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &v));
    assert_true(v == INT64_MIN);
    assert_false(num_parse(STR("9223372036854775808"), INT64_MIN, INT64_MAX, &v));
    assert_false(num_parse(STR(""), 0, 9, &v) || num_parse(STR("1 "), 0, 9, &v) ||
                 num_parse(STR("+1"), 0, 9, &v) || num_parse(STR("-"), -9, 9, &v));
    assert_true(num_parse_span(STR("1d12h"), &v));
    assert_int_equal(v, 129600000);
    assert_false(num_parse_span(STR("5"), &v));
}

static void test_money(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    static const struct {
        const char *text;
        int64_t cents; /* -1: refused */
    } rows[] = {
        {"0", 0},
        {"1.", 100},
        {"0.5", 50},
        {"0.05", 5},
        {"10000.00", 1000000},
        {".20", -1},
        {"0.975", -1},
        {"", -1},
        {"-1", -1},
        {"1.-5", -1},
        {"$1", -1},
        {"1,00", -1},
        {"1 ", -1},
        {"9999999999999999", -1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t cents = -1;
        bool ok = money_parse(str_c(rows[i].text), &cents);
        assert_int_equal(ok, rows[i].cents >= 0);
        assert_int_equal(cents, rows[i].cents);
    }
    assert_str(money_wire(&a, 1000000), "10000.00");
    assert_str(money_dollars(&a, -12), "-$0.12");
    arena_free(&a);
}

static void test_time(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    int64_t ms;
    assert_true(time_parse_iso(STR("2026-12-24T00:00:00Z"), &ms));
    assert_str(time_iso(&a, ms), "2026-12-24T00:00:00Z");
    assert_true(time_parse_iso(STR("2026-12-24T01:02:03.5+01:00"), &ms));
    assert_str(time_iso(&a, ms), "2026-12-24T00:02:03.500Z");
    assert_false(time_parse_iso(STR("2026-02-30"), &ms));
    static const char *const forms[] = {
        "Tue Mar 12 10:11:12 PDT 2019", "Sun Mar 10 01:59:59 PST 2019",
        "Sun Mar 10 03:00:00 PDT 2019", "Sun Nov 03 01:00:00 PST 2019",
        "Fri Apr 08 12:36:06 PDT 2022", "Thu Jan 01 00:00:00 PST 1970",
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        assert_true(time_parse_file(str_c(forms[i]), &ms));
        assert_str(time_pacific(&a, ms), forms[i]);
    }
    assert_true(time_parse_file(STR("2018-06-08 15:14:39 UTC"), &ms));
    assert_str(time_iso(&a, ms), "2018-06-08T15:14:39Z");
    assert_false(time_parse_file(STR("Tue Mar 12 10:11:12 XYZ 2019"), &ms));
    arena_free(&a);
}

/* Moments in UTC and what the clocks of a zone show then; from tzdata 2024a. */
static void test_zone(void **state) {
    (void)state;
    static const struct {
        const char *zone, *utc, *local, *letters;
    } cases[] = {
        {"America/Los_Angeles", "2019-03-10T09:59:59Z", "2019-03-10T01:59:59Z", "PST"},
        {"America/Los_Angeles", "2019-03-10T10:00:00Z", "2019-03-10T03:00:00Z", "PDT"},
        {"America/Los_Angeles", "2019-11-03T08:59:59Z", "2019-11-03T01:59:59Z", "PDT"},
        {"America/Los_Angeles", "2019-11-03T09:00:00Z", "2019-11-03T01:00:00Z", "PST"},
        {"America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T03:00:00Z", "EDT"},
        {"Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59Z", "CET"},
        {"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z", "CEST"},
        {"Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", "CET"},
        {"Europe/London", "2026-07-01T12:00:00Z", "2026-07-01T13:00:00Z", "BST"},
        {"Asia/Kolkata", "2026-07-01T20:00:00Z", "2026-07-02T01:30:00Z", "IST"},
        {"Australia/Sydney", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00Z", "AEDT"},
        {"Australia/Sydney", "2026-04-04T16:00:00Z", "2026-04-05T02:00:00Z", "AEST"},
        {"Australia/Sydney", "2026-10-03T16:00:00Z", "2026-10-04T03:00:00Z", "AEDT"},
        {"Pacific/Auckland", "2026-09-26T14:00:00Z", "2026-09-27T03:00:00Z", "NZDT"},
        {"Pacific/Auckland", "2026-04-04T14:00:00Z", "2026-04-05T02:00:00Z", "NZST"},
        {"Pacific/Honolulu", "1969-12-31T23:00:00Z", "1969-12-31T13:00:00Z", "HST"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct zone *zone = zone_find(str_c(cases[i].zone));
        const char *letters;
        int64_t utc, local;
        assert_non_null(zone);
        assert_true(time_parse_iso(str_c(cases[i].utc), &utc));
        assert_true(time_parse_iso(str_c(cases[i].local), &local));
        assert_int_equal(utc + zone_offset_s(zone, utc, &letters) * INT64_C(1000), local);
        assert_string_equal(letters, cases[i].letters);
        /* and back, but for the second of two equal hours */
        int64_t off = local - (local - utc) - zone_to_utc(zone, local);
        assert_true(off == 0 || off == 3600000);
    }
    assert_null(zone_find(STR("Mars/Base")));
    assert_null(zone_find(STR_NULL));
    for (size_t i = 0; zone_at(i); i++)
        assert_ptr_equal(zone_find(str_c(zone_name(zone_at(i)))), zone_at(i));
    /* the first of a day without its midnight's hour missing: 02:30 does not exist */
    int64_t local, back;
    assert_true(time_parse_iso(STR("2026-03-29T02:30:00Z"), &local));
    back = zone_to_utc(zone_find(STR("Europe/Berlin")), local);
    assert_int_equal(back, local - 3600000);
    assert_int_equal(zone_to_utc(NULL, local), local);
}

static void test_id(void **state) {
    (void)state;
    struct arena a;
    struct id_key key;
    unsigned char bytes[ID_KEY_LEN] = {1, 2, 3};
    arena_init(&a, 0);
    id_key_init(&key, bytes);
    for (int64_t row = 1; row < 5000; row++) {
        int64_t back = 0;
        struct str id = id_seal(&a, &key, ID_ASSIGNMENT, row);
        assert_int_equal(id.n, ID_LEN);
        assert_true(id.p[0] == '3');
        assert_true(id_open(&key, ID_ASSIGNMENT, id, &back));
        assert_int_equal(back, row);
        assert_false(id_open(&key, ID_HIT, id, &back));
        char *other = arena_memdup(&a, id.p, id.n);
        size_t at = (size_t)row % ID_LEN;
        other[at] = other[at] == 'Q' ? 'R' : 'Q';
        assert_false(id_open(&key, ID_ASSIGNMENT, (struct str){other, ID_LEN}, &back));
    }
    int64_t row;
    assert_false(id_open(&key, ID_HIT, STR("3ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"), &row));
    assert_false(id_open(&key, ID_HIT, STR("3aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), &row));
    assert_false(id_open(&key, ID_HIT, STR(""), &row));
    const int64_t end_s = INT64_C(1800000000);
    for (int64_t at = 0; at <= ID_UNTIL_ROW_MAX; at = at * 3 + 1) {
        struct str id = id_seal_until(&a, &key, ID_UNSAVED, at, end_s);
        assert_true(id_open_until(&key, ID_UNSAVED, id, end_s, &row));
        assert_int_equal(row, at);
        assert_false(id_open_until(&key, ID_UNSAVED, id, end_s + 1, &row));
        assert_false(id_open_until(&key, ID_FILE_LINK, id, end_s, &row));
    }
    id_key_free(&key);
    arena_free(&a);
}

static void test_pack(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    pack_add(&b, STR("tag"));
    pack_add(&b, STR(""));
    pack_add(&b, STR("3:x\n"));
    struct str rest = buf_view(&b), item;
    assert_int_equal(pack_count(rest), 3);
    assert_true(pack_next(&rest, &item));
    assert_str(item, "tag");
    assert_true(pack_next(&rest, &item));
    assert_str(item, "");
    assert_true(pack_next(&rest, &item));
    assert_str(item, "3:x\n");
    assert_false(pack_next(&rest, &item));
    assert_int_equal(rest.n, 0);
    assert_int_equal(pack_count(STR("9:x")), -1);
    assert_int_equal(pack_count(STR("-1:x")), -1);
    buf_free(&b);
}

static void test_utf8(void **state) {
    (void)state;
    assert_true(utf8_valid(STR("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x99\x82")));
    assert_int_equal(utf8_length(STR("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x99\x82")), 4);
    assert_int_equal(utf8_check(STR("ab\xC0\x80")), 2);       /* overlong */
    assert_int_equal(utf8_check(STR("\xED\xA0\x80")), 0);     /* a surrogate */
    assert_int_equal(utf8_check(STR("\xF4\x90\x80\x80")), 0); /* above U+10FFFF */
    assert_int_equal(utf8_check(STR("x\xE2\x82")), 1);        /* cut off */
    struct buf b = BUF_INIT;
    utf8_put(&b, 0x1F642);
    assert_str(buf_view(&b), "\xF0\x9F\x99\x82");
    buf_free(&b);
}

static void test_json(void **state) {
    (void)state;
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_str(&j, "a", STR("x\"\\\n\x01\xC3\xA4\xFF"));
    json_key(&j, "l");
    json_open_array(&j);
    json_int(&j, -1);
    json_seconds(&j, 1563504162075);
    json_seconds(&j, 1563504162500);
    json_seconds(&j, 1563504162000);
    json_end(&j);
    json_kv_str_opt(&j, "none", STR_NULL);
    json_kv_bool(&j, "t", true);
    json_end(&j);
    assert_str(buf_view(&b), "{\"a\":\"x\\\"\\\\\\n\\u0001\xC3\xA4\xEF\xBF\xBD\",\"l\":[-1,"
                             "1563504162.075,1563504162.5,1563504162],\"t\":true}");
    buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena), cmocka_unit_test(test_str),  cmocka_unit_test(test_num),
        cmocka_unit_test(test_money), cmocka_unit_test(test_time), cmocka_unit_test(test_id),
        cmocka_unit_test(test_zone),  cmocka_unit_test(test_pack), cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
