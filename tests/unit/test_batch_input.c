/* formats/batch_input: the input file of a batch, each message of csv-formats 2. */
#include "csv_case.h"

#include "formats/batch_input.h"
#include "formats/hash_set.h"

/* Reads a file for a layout; rows as "line v|v" behind the columns, "STOP" when refused. */
static void read_all(struct csv_case *x, struct str bytes, struct batch_input_options o,
                     struct buf *out) {
    struct batch_input *b = batch_input_open(source_str(&bytes), &o, &x->findings);
    size_t n;
    const struct str *names = batch_input_columns(b, &n);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%.*s", i ? "|" : "", STR_ARG(names[i]));
    struct batch_input_row row;
    enum csv_step step;
    while ((step = batch_input_next(b, &row)) == CSV_ROW) {
        buf_printf(out, "\n%d ", (int)row.line);
        for (size_t i = 0; i < n; i++)
            buf_printf(out, "%s%.*s", i ? "|" : "", STR_ARG(row.values[i]));
        if (row.code)
            buf_printf(out, " %s", row.code);
    }
    if (step == CSV_STOP)
        buf_puts(out, "\nSTOP");
    batch_input_close(b);
}

static const struct str URL_AND_TEXT[] = {{"image_url", 9}, {"text", 4}};

static struct batch_input_options layout(void) {
    return (struct batch_input_options){.variables = URL_AND_TEXT, .n_variables = 2};
}

static void reads_with(struct str bytes, const char *want, struct batch_input_options o) {
    struct csv_case x;
    case_begin(&x);
    struct buf b = BUF_INIT;
    read_all(&x, bytes, o, &b);
    assert_str(buf_view(&b), want);
    buf_free(&b);
    case_end(&x);
}

#define READS(bytes, want) reads_with(STR(bytes), want, layout())

static void finds_with(struct str bytes, enum finding_level level, const char *code, int64_t line,
                       const char *words, struct batch_input_options o) {
    struct csv_case x;
    case_begin(&x);
    struct buf b = BUF_INIT;
    read_all(&x, bytes, o, &b);
    assert_finding(&x, level, code, line, words);
    assert_int_equal(findings_refuse(&x.findings), level == FINDING_FILE);
    buf_free(&b);
    case_end(&x);
}

#define FINDS(bytes, level, code, line, words)                                                     \
    finds_with(STR(bytes), level, code, line, words, layout())

static void test_rows(void **state) {
    (void)state;
    READS("image_url,text\nhttp://a,\"b\nc\"\nd,e\n", "image_url|text\n2 http://a|b\nc\n4 d|e");
    /* order is free, extra columns are carried along, Input. is a name like another */
    READS("id,text,Input.x,image_url\n7,t,i,u\n", "id|text|Input.x|image_url\n2 7|t|i|u");
    FINDS("id,text,image_url\n7,t,u\n", FINDING_WARNING, "columns-extra", 1, "1 column is");
    /* emoji, which the original refused; lone CR; a results file whose rows are short */
    READS("image_url,text\ru,\xF0\x9F\x98\x80\r", "image_url|text\n2 u|\xF0\x9F\x98\x80");
    READS("image_url,text,Approve,Reject\nu,t\n", "image_url|text|Approve|Reject\n2 u|t||");
    /* the separator that yields the variables */
    READS("image_url;text;a,b,c,d,e\nu;t;x\n", "image_url|text|a,b,c,d,e\n2 u|t|x");
    /* a layout without requirements takes anything */
    reads_with(STR("a,b\n1,2\n"), "a|b\n2 1|2", (struct batch_input_options){0});
}

static void test_header_faults(void **state) {
    (void)state;
    FINDS("image-url,text\nu,t\n", FINDING_FILE, "U03", 1,
          "The layout needs image_url; the file has image-url.");
    FINDS("text\nt\n", FINDING_FILE, "U03", 1, "needs a column image_url (found: text)");
    FINDS("Image_URL,text\nu,t\n", FINDING_FILE, "column-case", 1, "differs in case only");
    struct batch_input_options o = layout();
    o.fold_case = true;
    reads_with(STR("Image_URL,text\nu,t\n"), "image_url|text\n2 u|t", o);
    finds_with(STR("Image_URL,text\nu,t\n"), FINDING_WARNING, "column-case", 1, "is used for", o);
    FINDS("image_url,text,text\nu,t,t\n", FINDING_FILE, "U05", 1, "columns 2 and 3");
    READS("image_url,text,text\nu,t,t\n", "image_url|text|text\nSTOP");
    FINDS("image_url,text,${x}\nu,t,x\n", FINDING_FILE, "column-name", 1, "Column 3");
    FINDS("image_url, text \nu,t\n", FINDING_WARNING, "header-spaces", 1, "\"text\"");
    READS("image_url, text \nu,t\n", "image_url|text\n2 u|t");
}

static void test_unnamed(void **state) {
    (void)state;
    READS("image_url,text,,\nu,t,,\nu2,t2,,\n", "image_url|text\n2 u|t\n3 u2|t2");
    FINDS("image_url,,text\nu,,t\nu,x,t\n", FINDING_FILE, "column-unnamed", 3, "Column 2");
}

static void test_cell_counts(void **state) {
    (void)state;
    READS("image_url,text\nu,t,more\nu\nu,t\nu,t2,\nu,t3\n",
          "image_url|text\n2 u|t U07\n3 u| U07\n4 u|t\n5 u|t2\n6 u|t3");
    FINDS("image_url,text\na,b\nu\nc,d\n", FINDING_ROW, "U07", 3, "the cell for text is missing");
    FINDS("image_url,text\na,b\nu,v,w\nc,d\n", FINDING_ROW, "U07", 3, "has 3 cells");
    FINDS("image_url,text\nu,t,x\nu,t,x\nu,t\n", FINDING_FILE, "U07", 0, "2 of 3 rows");
}

static void test_warnings(void **state) {
    (void)state;
    FINDS("image_url,text\nu,\nv, \nw,t\n", FINDING_WARNING, "empty-cells", 2,
          "an empty cell in 2 rows");
    FINDS("image_url,text\nu,t\nv,t\nu,t\nu,t\n", FINDING_WARNING, "identical-rows", 4, "2 rows");
    FINDS("image_url,text\nu,a\x01\n", FINDING_WARNING, "control-characters", 2, "text");
    struct batch_input_options o = layout();
    o.https_page = true;
    finds_with(STR("image_url,text\nhttps://x,\nhttp://y,t\n"), FINDING_WARNING, "http-links", 3,
               "in 1 row (", o);
    struct buf b = BUF_INIT;
    buf_puts(&b, "image_url,text\nu,");
    for (int i = 0; i < 65536; i++)
        buf_putc(&b, 'x');
    finds_with(buf_view(&b), FINDING_WARNING, "long-values", 2, "65,535", layout());
    buf_free(&b);
}

static void test_file_faults(void **state) {
    (void)state;
    FINDS("%PDF-1.7", FINDING_FILE, "U01", 0, "PDF");
    FINDS("image_url,text\n", FINDING_FILE, "U02", 1, "header only");
    FINDS("image_url,text\nu,\"t\n", FINDING_FILE, "U06", 2, "Line 2");
    FINDS("image_url,text\nu,\xE4\n", FINDING_FILE, "U08", 2, "0xE4");
}

static void test_hash_set(void **state) {
    (void)state;
    struct hash_set s = {0};
    for (uint64_t i = 0; i < 100000; i++)
        assert_true(hash_set_add(&s, i * 7 + 1));
    for (uint64_t i = 0; i < 100000; i++)
        assert_false(hash_set_add(&s, i * 7 + 1));
    hash_set_free(&s);
    const struct str a[] = {STR("ab"), STR("c")}, b[] = {STR("a"), STR("bc")};
    assert_true(hash_texts(a, 2) != hash_texts(b, 2));
    assert_true(hash_texts(a, 2) == hash_texts(a, 2));
}

static void read_real(const char *name, size_t columns, int64_t rows) {
    struct csv_case x;
    FILE *f = real_file(name);
    case_begin(&x);
    struct batch_input *b =
        batch_input_open(source_fd(fileno(f)), &(struct batch_input_options){0}, &x.findings);
    size_t n;
    batch_input_columns(b, &n);
    assert_int_equal(n, columns);
    struct batch_input_row row;
    enum csv_step step;
    while ((step = batch_input_next(b, &row)) == CSV_ROW)
        assert_null(row.code);
    assert_int_equal(step, CSV_END);
    assert_false(findings_refuse(&x.findings));
    assert_int_equal(csv_rows(batch_input_csv(b)), rows);
    batch_input_close(b);
    fclose(f);
    case_end(&x);
}

static void test_real(void **state) {
    (void)state;
    read_real("input-json-in-cells.csv", 5, 1);
    read_real("input-utf8-bom.csv", 12, 500);
    read_real("workers-upload-one-column.csv", 2, 12);
    read_real("workers-upload-one-row.csv", 2, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),     cmocka_unit_test(test_header_faults),
        cmocka_unit_test(test_unnamed),  cmocka_unit_test(test_cell_counts),
        cmocka_unit_test(test_warnings), cmocka_unit_test(test_file_faults),
        cmocka_unit_test(test_hash_set), cmocka_unit_test(test_real),
    };
    return cmocka_run_group_tests_name("batch_input", tests, NULL, NULL);
}
