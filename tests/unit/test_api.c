/* The outside of the Requester API that needs no store: field tables, tokens, the envelope. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "api/envelope.h"
#include "api/field.h"
#include "api/token.h"
#include "base/arena.h"
#include "http/json_in.h"

static struct arena arena;

struct inner {
    struct str country;
};

struct all {
    struct str id, feedback, bytes;
    int64_t count, cents, at_ms, late;
    bool on;
    int word;
    unsigned words;
    struct field_list ints, texts, objects;
    json_t *object;
};

static const struct word words[] = {{"Submitted", 0}, {"Approved", 1}, {"Rejected", 2}, {NULL, 0}};

static const struct field inner_fields[] = {
    {.name = "Country",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct inner, country),
     .min = 2,
     .max = 2},
    {0},
};

static const struct field fields[] = {
    {.name = "HITId",
     .type = F_TEXT,
     .pattern = PATTERN_ENTITY,
     .required = true,
     .at = offsetof(struct all, id),
     .min = 1,
     .max = 64},
    {.name = "RequesterFeedback",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct all, feedback),
     .max = 8},
    {.name = "Bytes",
     .type = F_TEXT,
     .flags = FIELD_BYTES,
     .at = offsetof(struct all, bytes),
     .max = 3},
    {.name = "MaxResults",
     .type = F_INT,
     .at = offsetof(struct all, count),
     .min = 1,
     .max = 100,
     .fallback = 10},
    {.name = "Reward", .type = F_MONEY, .at = offsetof(struct all, cents), .fallback = -1},
    {.name = "ExpireAt",
     .type = F_TIME,
     .at = offsetof(struct all, at_ms),
     .fallback = FIELD_ABSENT},
    {.name = "OverrideRejection", .type = F_BOOL, .at = offsetof(struct all, on)},
    {.name = "Status",
     .type = F_ENUM,
     .at = offsetof(struct all, word),
     .fallback = 2,
     .words = words},
    {.name = "AssignmentStatuses",
     .type = F_ENUMS,
     .at = offsetof(struct all, words),
     .words = words},
    {.name = "IntegerValues", .type = F_INTS, .at = offsetof(struct all, ints), .max = 2},
    {.name = "WorkerIds",
     .type = F_TEXTS,
     .pattern = PATTERN_CUSTOMER,
     .at = offsetof(struct all, texts),
     .max = 3},
    {.name = "LocaleValues",
     .type = F_OBJECTS,
     .at = offsetof(struct all, objects),
     .max = 3,
     .of = inner_fields,
     .of_size = sizeof(struct inner)},
    {.name = "Policy", .type = F_OBJECT, .at = offsetof(struct all, object)},
    {0},
};

static json_t *tree;

static struct err decode(const char *json, struct all *out) {
    json_decref(tree);
    tree = NULL;
    memset(out, 0, sizeof *out);
    struct err e = json_in(&arena, str_c(json), 1 << 20, false, &tree);
    assert_int_equal(e.code, ERR_OK);
    return fields_decode(&arena, fields, tree, out);
}

static void refused(const char *json, enum err_code code, const char *words_of_it) {
    struct all in;
    struct err e = decode(json, &in);
    assert_int_equal(e.code, code);
    assert_string_equal(e.detail, words_of_it);
}

static void test_fallbacks(void **state) {
    (void)state;
    struct all in;
    assert_int_equal(decode("{\"HITId\":\"3A\"}", &in).code, ERR_OK);
    assert_true(str_is(in.id, "3A"));
    assert_null(in.feedback.p);
    assert_int_equal(in.count, 10);
    assert_int_equal(in.cents, -1);
    assert_true(in.at_ms == FIELD_ABSENT);
    assert_false(in.on);
    assert_int_equal(in.word, 2);
    assert_int_equal(in.words, 0);
    assert_null(in.object);
    /* null is absent, unknown members are ignored */
    assert_int_equal(decode("{\"HITId\":\"3A\",\"MaxResults\":null,\"Other\":[1]}", &in).code,
                     ERR_OK);
    assert_int_equal(in.count, 10);
}

static void test_values(void **state) {
    (void)state;
    struct all in;
    struct err e = decode(
        "{\"HITId\":\"3A\",\"RequesterFeedback\":\"\",\"MaxResults\":60.0,\"Reward\":\"1.\","
        "\"OverrideRejection\":true,\"Status\":\"Approved\",\"AssignmentStatuses\":[\"Submitted\","
        "\"Rejected\"],\"IntegerValues\":[1,2.0],\"WorkerIds\":[\"A1\"],\"LocaleValues\":[{"
        "\"Country\":\"US\"}],\"Policy\":{}}",
        &in);
    assert_int_equal(e.code, ERR_OK);
    assert_non_null(in.feedback.p);
    assert_int_equal(in.count, 60);
    assert_int_equal(in.cents, 100);
    assert_true(in.on);
    assert_int_equal(in.word, 1);
    assert_int_equal(in.words, 5);
    assert_int_equal(((int64_t *)in.ints.items)[1], 2);
    assert_true(str_is(((struct str *)in.texts.items)[0], "A1"));
    assert_true(str_is(((struct inner *)in.objects.items)[0].country, "US"));
    assert_non_null(in.object);
}

static void test_money(void **state) {
    (void)state;
    struct all in;
    static const struct {
        const char *json;
        int64_t cents;
    } good[] = {{"\"0\"", 0}, {"\"0.5\"", 50}, {"\"12.34\"", 1234}, {"0.05", 5}, {"3", 300}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const char *json = arena_printf(&arena, "{\"HITId\":\"3A\",\"Reward\":%s}", good[i].json);
        assert_int_equal(decode(json, &in).code, ERR_OK);
        assert_int_equal(in.cents, good[i].cents);
    }
    refused("{\"HITId\":\"3A\",\"Reward\":\"0.9752\"}", ERR_VALIDATION,
            "1 validation error detected: Value '0.9752' at 'reward' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[0-9]+(\\.)?[0-9]{0,2}$");
    assert_int_equal(decode("{\"HITId\":\"3A\",\"Reward\":\".20\"}", &in).code, ERR_VALIDATION);
    assert_int_equal(decode("{\"HITId\":\"3A\",\"Reward\":\"\"}", &in).code, ERR_VALIDATION);
    assert_int_equal(decode("{\"HITId\":\"3A\",\"Reward\":true}", &in).code, ERR_BAD_JSON);
}

static void test_time(void **state) {
    (void)state;
    struct all in;
    static const struct {
        const char *json;
        int64_t ms;
    } good[] = {{"0", 0},
                {"-5", -5000},
                {"1700000000.25", INT64_C(1700000000250)},
                {"\"1700000000\"", INT64_C(1700000000000)},
                {"\"2015-01-01T00:00:00Z\"", INT64_C(1420070400000)},
                {"1e300", INT64_C(253402300799000)}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const char *json = arena_printf(&arena, "{\"HITId\":\"3A\",\"ExpireAt\":%s}", good[i].json);
        assert_int_equal(decode(json, &in).code, ERR_OK);
        assert_true(in.at_ms == good[i].ms);
    }
    assert_int_equal(decode("{\"HITId\":\"3A\",\"ExpireAt\":\"soon\"}", &in).code, ERR_BAD_JSON);
}

static void test_findings(void **state) {
    (void)state;
    refused("{}", ERR_VALIDATION,
            "1 validation error detected: Value null at 'hITId' failed to satisfy constraint: "
            "Member must not be null");
    refused("{\"HITId\":\"\",\"MaxResults\":101}", ERR_VALIDATION,
            "3 validation errors detected: Value '' at 'hITId' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[A-Z0-9]+$; Value '' at 'hITId' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1; "
            "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less "
            "than or equal to 100");
    refused("{\"HITId\":\"3A\",\"Status\":\"Open\"}", ERR_VALIDATION,
            "1 validation error detected: Value 'Open' at 'status' failed to satisfy constraint: "
            "Member must satisfy enum value set: [Submitted, Approved, Rejected]");
    refused("{\"HITId\":\"3A\",\"LocaleValues\":[{\"Country\":\"US\"},{\"Country\":\"U\"}]}",
            ERR_VALIDATION,
            "1 validation error detected: Value 'U' at 'localeValues.2.member.country' failed to "
            "satisfy constraint: Member must have length greater than or equal to 2");
    refused("{\"HITId\":\"3A\",\"WorkerIds\":[\"B1\"]}", ERR_VALIDATION,
            "1 validation error detected: Value 'B1' at 'workerIds.1.member' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: ^A[A-Z0-9]+$");
    refused("{\"HITId\":\"3A\",\"RequesterFeedback\":\"123456789\"}", ERR_VALIDATION,
            "1 validation error detected: Value '123456789' at 'requesterFeedback' failed to "
            "satisfy constraint: Member must have length less than or equal to 8");
}

static void test_lengths(void **state) {
    (void)state;
    struct all in;
    /* characters, not bytes, unless bytes are asked for */
    assert_int_equal(decode("{\"HITId\":\"3A\",\"RequesterFeedback\":\"ääääääää\"}", &in).code,
                     ERR_OK);
    assert_int_equal(decode("{\"HITId\":\"3A\",\"Bytes\":\"ää\"}", &in).code, ERR_VALIDATION);
    assert_int_equal(decode("{\"HITId\":\"3A\",\"IntegerValues\":[1,2,3]}", &in).code,
                     ERR_VALIDATION);
}

static void test_wrong_types(void **state) {
    (void)state;
    struct all in;
    static const char *const bad[] = {
        "{\"HITId\":3}",
        "{\"HITId\":\"3A\",\"MaxResults\":\"5\"}",
        "{\"HITId\":\"3A\",\"MaxResults\":5.5}",
        "{\"HITId\":\"3A\",\"OverrideRejection\":1}",
        "{\"HITId\":\"3A\",\"AssignmentStatuses\":\"Submitted\"}",
        "{\"HITId\":\"3A\",\"LocaleValues\":[1]}",
        "{\"HITId\":\"3A\",\"Policy\":[]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(decode(bad[i], &in).code, ERR_BAD_JSON);
    /* a wrong type goes before findings: nothing else can be trusted */
    assert_int_equal(decode("{\"HITId\":\"\",\"MaxResults\":\"5\"}", &in).code, ERR_BAD_JSON);
}

static void test_control_characters(void **state) {
    (void)state;
    struct all in;
    struct err e = decode("{\"HITId\":\"3A\",\"RequesterFeedback\":\"a\\u000bb\"}", &in);
    assert_int_equal(e.code, ERR_INVALID_PARAMETER);
    assert_string_equal(e.field, "RequesterFeedback");
    assert_int_equal(decode("{\"HITId\":\"3A\",\"RequesterFeedback\":\"a\\n\\tb\"}", &in).code,
                     ERR_OK);
}

/* ---- tokens ---- */

static struct token_key token_key_of(unsigned char first) {
    unsigned char bytes[ID_KEY_LEN] = {first, 2, 3};
    struct id_key ids;
    struct token_key key;
    id_key_init(&ids, bytes);
    token_key_init(&key, &ids);
    id_key_free(&ids);
    return key;
}

static void test_token(void **state) {
    (void)state;
    struct token_key key = token_key_of(1);
    int64_t keys[2] = {INT64_C(1700000000123), -7}, back[2];
    struct str token = token_seal(&arena, &key, STR("ListHITs 1 "), keys, 2);
    assert_true(str_starts(token, STR("p2:")));
    assert_true(token.n <= NEXT_TOKEN_MAX);
    struct err e = token_open(&arena, &key, STR("ListHITs 1 "), token, back, 2);
    assert_int_equal(e.code, ERR_OK);
    assert_memory_equal(keys, back, sizeof keys);
    /* another operation, caller, filter; another store */
    e = token_open(&arena, &key, STR("ListHITs 2 "), token, back, 2);
    assert_int_equal(e.code, ERR_INVALID_PARAMETER);
    assert_string_equal(e.field, "NextToken");
    struct token_key other = token_key_of(9);
    e = token_open(&arena, &other, STR("ListHITs 1 "), token, back, 2);
    assert_int_equal(e.code, ERR_INVALID_PARAMETER);
}

static void test_token_damage(void **state) {
    (void)state;
    struct token_key key = token_key_of(1);
    int64_t keys[1] = {5}, back[1];
    struct str token = token_seal(&arena, &key, STR("x"), keys, 1);
    for (size_t i = 0; i < token.n; i++) {
        char *bad = arena_memdup(&arena, token.p, token.n);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        struct err e = token_open(&arena, &key, STR("x"), (struct str){bad, token.n}, back, 1);
        assert_int_equal(e.code, ERR_INVALID_PARAMETER);
        e = token_open(&arena, &key, STR("x"), (struct str){token.p, i}, back, 1);
        assert_int_equal(e.code, ERR_INVALID_PARAMETER);
    }
    char *longer = arena_printf(&arena, "%.*sAAAA", STR_ARG(token));
    assert_int_equal(token_open(&arena, &key, STR("x"), str_c(longer), back, 1).code,
                     ERR_INVALID_PARAMETER);
}

/* ---- envelope ---- */

static void test_envelope(void **state) {
    (void)state;
    struct buf out = BUF_INIT;
    struct err e =
        err_make(&arena, ERR_HIT_DOES_NOT_EXIST, "HITId", "Hit %s does not exist.", "3X");
    envelope_write(&out, &arena, e, INT64_C(1563504162075), true);
    assert_string_equal(out.p,
                        "{\"__type\":\"RequestError\",\"Message\":\"Hit 3X does not exist. "
                        "(1563504162075 s)\",\"message\":\"Hit 3X does not exist. (1563504162075 s)"
                        "\",\"TurkErrorCode\":\"AWS.MechanicalTurk.HITDoesNotExist\"}");
    buf_clear(&out);
    e = err_make(&arena, ERR_VALIDATION, NULL, "1 validation error detected: x");
    envelope_write(&out, &arena, e, 1, false);
    assert_string_equal(out.p,
                        "{\"__type\":\"ValidationException\",\"Message\":\"1 validation error "
                        "detected: x\",\"message\":\"1 validation error detected: x\"}");
    buf_free(&out);
}

static int setup(void **state) {
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    json_decref(tree);
    tree = NULL;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fallbacks),   cmocka_unit_test(test_values),
        cmocka_unit_test(test_money),       cmocka_unit_test(test_time),
        cmocka_unit_test(test_findings),    cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_wrong_types), cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_token),       cmocka_unit_test(test_token_damage),
        cmocka_unit_test(test_envelope),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
