/* The outcome file (csv-formats 4.6) gives back what was uploaded: header, order, separator and
 * cells as they were, whatever the encoding and the line ends, and Outcome, Reason, Line behind
 * them; and it can be sent back itself. */
#include <iconv.h>
#include <string.h>

#include "review_steps.h"

/* How a program writes a file. */
static const struct shape {
    const char *name, *encoding; /* as iconv calls it */
    const char *bom, *choice;    /* choice: the user's answer when it can not be recognised */
    const char *sep, *eol, *quote;
} shapes[] = {
    {"as downloaded", "UTF-8", "", NULL, ",", "\r\n", "\""},
    {"minimal quotes, LF", "UTF-8", "", NULL, ",", "\n", ""},
    {"CSV UTF-8 of a spreadsheet", "UTF-8", "\xEF\xBB\xBF", NULL, ";", "\r\n", ""},
    {"Unicode text", "UTF-16LE", "\xFF\xFE", NULL, "\t", "\r\n", ""},
    {"Unicode text, the other way round", "UTF-16BE", "\xFE\xFF", NULL, "\t", "\r\n", "\""},
    {"semicolon locale", "WINDOWS-1252", "", "Windows-1252", ";", "\r\n", ""},
    {"semicolon locale, LF", "WINDOWS-1252", "", "windows-1252", ";", "\n", "\""},
    {"tabs, LF", "UTF-8", "", NULL, "\t", "\n", "\""},
    {"CR", "UTF-8", "", NULL, ",", "\r", "\""},
    {"bars", "UTF-8", "", NULL, "|", "\r\n", ""},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, COLUMNS = 6, ROWS = 6 };

static struct str encode(struct market *m, struct str text, const struct shape *shape) {
    iconv_t cd = iconv_open(shape->encoding, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    size_t room = text.n * 2 + 8, left = room - 4, n = strlen(shape->bom);
    char *bytes = arena_alloc(m->arena, room), *to = bytes + n;
    char *from = str_z(m->arena, text);
    size_t from_left = text.n;
    memcpy(bytes, shape->bom, n);
    assert_true(iconv(cd, &from, &from_left, &to, &left) != (size_t)-1);
    iconv_close(cd);
    return (struct str){bytes, (size_t)(to - bytes)};
}

static void cell(struct buf *b, const struct shape *shape, const char *quote, struct str text) {
    bool needs = str_find(text, str_c(shape->sep)) >= 0 || str_chr(text, '\n') >= 0 ||
                 str_chr(text, '\r') >= 0;
    const char *q = *quote || needs ? "\"" : "";
    buf_printf(b, "%s%.*s%s", q, STR_ARG(text), q);
}

static void row(struct buf *b, const struct shape *shape, const char *quote,
                const struct str *cells, int n) {
    for (int i = 0; i < n; i++) {
        buf_puts(b, i ? shape->sep : "");
        cell(b, shape, quote, cells[i]);
    }
}

/* Both the file that is sent, and, without its encoding, the one to come back. */
struct pair {
    struct buf sent, back;
};

static void both_rows(struct pair *p, const struct shape *shape, const struct str *cells, int n) {
    row(&p->sent, shape, shape->quote, cells, n);
    buf_puts(&p->sent, shape->eol);
    /* cells behind the last column were empty: they go, and the row is written anew */
    row(&p->back, shape, n > COLUMNS ? "\"" : shape->quote, cells, n > COLUMNS ? COLUMNS : n);
    for (int i = n; i < COLUMNS; i++)
        buf_printf(&p->back, "%s\"\"", shape->sep);
}

static void ending(struct pair *p, const struct shape *shape, const char *outcome, const char *why,
                   int line) {
    buf_printf(&p->back, "%s\"%s\"%s\"%s\"%s\"%d\"\r\n", shape->sep, outcome, shape->sep, why,
               shape->sep, line);
}

/* Six rows, one of them with a line break in its data, one with one in its reason, one short, one
 * with empty cells too many. */
static void fill(struct cast *k, struct pair *p, const struct shape *shape, const int64_t *work) {
    static const char unknown[] = "U24: No such assignment in your account. Check the "
                                  "AssignmentId, or remove the row.";
    struct arena *a = k->m.arena;
    struct str id[ROWS], two = str_printf(a, "zu kurz%sund unscharf", shape->eol);
    for (int i = 0; i < ROWS; i++)
        id[i] = i == 3 ? STR("3NOBODYSASSIGNMENT") : market_assignment_id(&k->m, work[i]);
    struct str data = str_printf(a, "Maß 5€%s%s…", shape->sep, shape->eol);
    struct str none = STR(""), x = STR("x");
    const struct str rows[ROWS][COLUMNS + 3] = {
        {STR("Größe"), none, id[0], x, data, STR("ä")},
        {STR("b"), two, id[1], none, none, none},
        {STR("c"), none, id[2], none, STR("ü"), none},
        {STR("d"), none, id[3], x, none, none},
        {STR("e"), none, id[4]},
        {STR("f"), none, id[5], x, none, STR("ö")},
    };
    static const int cells[ROWS] = {COLUMNS, COLUMNS, COLUMNS, COLUMNS, 3, COLUMNS + 3};
    static const char *const words[ROWS] = {"approved", "rejected",  "unchanged",
                                            "refused",  "unchanged", "approved"};
    static const int lines[ROWS] = {2, 4, 6, 7, 8, 9};
    const struct str header[COLUMNS] = {STR("Input.Größe"), STR("Reject"),     STR("AssignmentId"),
                                        STR("Approve"),     STR("Answer.maß"), STR("z")};
    bool mark = *shape->bom || strcmp(shape->encoding, "UTF-8") != 0;
    buf_puts(&p->back, mark ? "\xEF\xBB\xBF" : "");
    both_rows(p, shape, header, COLUMNS);
    buf_printf(&p->back, "%s\"Outcome\"%s\"Reason\"%s\"Line\"\r\n", shape->sep, shape->sep,
               shape->sep);
    for (int i = 0; i < ROWS; i++) {
        both_rows(p, shape, rows[i], cells[i]);
        ending(p, shape, words[i], i == 3 ? unknown : "", lines[i]);
    }
}

static void expect_text(const struct shape *shape, struct str got, struct str want) {
    if (!str_eq(got, want))
        fail_msg("%s: got\n%.*s\nwant\n%.*s", shape->name, STR_ARG(got), STR_ARG(want));
}

/* The file that came back is sent as it is: nothing is left to do, and it comes back again with
 * one Outcome, not two. */
static void send_back(struct cast *k, const struct shape *shape, struct str file) {
    struct review_answer a;
    struct str again;
    struct bytes sent = {file, shape->choice}; /* chosen again, though it is UTF-8 by now */
    expect(upload_bytes(&k->m, k->r, &sent, (struct review_choice){.mode = 0}, &a), ERR_OK);
    assert_int_equal(count(&a, "approve") + count(&a, "reject") + count(&a, "overturn"), 0);
    assert_int_equal(count(&a, "no_op"), 2);
    assert_int_equal(count(&a, "no_change"), 3);
    assert_int_equal(count(&a, "refused"), 1);
    expect(outcome(&k->m, k->r, a.review, &again), ERR_OK);
    struct str head = str_cut(&again, '\n'), outcomes = STR("Outcome");
    ptrdiff_t at = str_find(head, outcomes);
    assert_true(at > 0 && str_find(str_from(head, (size_t)at + 1), outcomes) < 0);
    assert_true(str_find(head, str_c(shape->sep)) > 0);
    expect(drop(&k->m, k->r, a.review), ERR_OK);
}

static void one_shape(struct cast *k, const struct shape *shape) {
    struct pair p = {BUF_INIT, BUF_INIT};
    struct review_answer a, done;
    struct str before, after;
    int64_t work[ROWS];
    submitted(k, work, ROWS);
    fill(k, &p, shape, work);
    struct bytes sent = {encode(&k->m, buf_view(&p.sent), shape), shape->choice};
    struct err e =
        upload_bytes(&k->m, k->r, &sent, (struct review_choice){.mode = MODE_ELIGIBLE}, &a);
    if (failed(e))
        fail_msg("%s: %s", shape->name, e.detail);
    expect(outcome(&k->m, k->r, a.review, &before), ERR_OK);
    expect_text(shape, before, buf_view(&p.back));
    expect(commit(&k->m, k->r, &a, &done), ERR_OK);
    expect(outcome(&k->m, k->r, a.review, &after), ERR_OK);
    expect_text(shape, after, buf_view(&p.back));
    assert_int_equal(market_number(&k->m,
                                   "SELECT COUNT(*) FROM assignment WHERE id = %lld AND rejection "
                                   "= 'zu kurz\nund unscharf'",
                                   (long long)work[1]),
                     1);
    send_back(k, shape, after);
    buf_free(&p.sent);
    buf_free(&p.back);
}

static void as_uploaded(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind, 10000);
    for (int i = 0; i < SHAPES; i++)
        one_shape(&k, &shapes[i]);
    market_close(&k.m);
}
MARKET_TEST(as_uploaded)

/* Bytes that are no UTF-8 where nothing is read (csv-formats 1.2): taken without a question, the
 * decisions come out right, and the outcome is UTF-8. */
static void unasked(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a, done;
    struct str file;
    int64_t work[1];
    begin(&k, kind, 100);
    submitted(&k, work, 1);
    struct bytes sent = {str_printf(k.m.arena,
                                    "AssignmentId;Input.g;Approve;Reject\r\n%.*s;Gr\xF6\xDF"
                                    "e;x;\r\n",
                                    STR_ARG(market_assignment_id(&k.m, work[0]))),
                         NULL};
    expect(upload_bytes(&k.m, k.r, &sent, (struct review_choice){.mode = 0}, &a), ERR_OK);
    assert_true(str_find(a.json, STR("bytes are not UTF-8")) > 0);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    expect(outcome(&k.m, k.r, a.review, &file), ERR_OK);
    assert_true(str_find(file, STR("Größe;x;;\"approved\"")) > 0);
    market_close(&k.m);
}
MARKET_TEST(unasked)

/* A row with text behind its last column is refused (U07) and stays as it is: cut to the header's
 * width it would look whole, with its cells in the wrong columns. */
static void overlong(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a;
    struct str file;
    int64_t work[3];
    begin(&k, kind, 100);
    submitted(&k, work, 3);
    struct sheet s = approving(&k.m, work + 1, 2);
    buf_printf(&s.text, "%.*s,,,,short, and dark\r\n",
               STR_ARG(market_assignment_id(&k.m, work[0])));
    a = upload(k.r, s, (struct review_choice){.mode = 0});
    assert_true(str_is(refused_code(&k.m, &a), "U07"));
    expect(outcome(&k.m, k.r, a.review, &file), ERR_OK);
    expect_line(file, 4, "refused", "U07");
    assert_true(str_find(file, STR(",short, and dark,\"refused\"")) > 0);
    struct bytes back = {.file = file};
    expect(upload_bytes(&k.m, k.r, &back, (struct review_choice){.mode = 0}, &a), ERR_OK);
    assert_true(str_is(refused_code(&k.m, &a), "U07"));
    market_close(&k.m);
}
MARKET_TEST(overlong)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(as_uploaded),
        MARKET_TEST_ROWS(unasked),
        MARKET_TEST_ROWS(overlong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
