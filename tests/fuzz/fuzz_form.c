/* form.h: the first byte chooses the parser; what comes out is valid and within the bounds. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct form *form, struct str body) {
    assert(form->count <= ANSWER_FIELDS_MAX);
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *f = &form->fields[i];
        assert(f->name.n <= FIELD_NAME_MAX && utf8_valid(f->name));
        assert(f->value.p);
        if (f->filename.p) {
            assert(utf8_valid(f->filename) && str_chr(f->filename, '/') < 0);
            assert(f->value.p >= body.p && f->value.p + f->value.n <= body.p + body.n);
        } else {
            assert(utf8_valid(f->value) && f->value.n <= 3 * ANSWER_MAX);
        }
    }
}

/* Encoded again and read, a list of fields is the same. */
static void check_again(struct arena *a, const struct form *form) {
    struct buf b = BUF_INIT;
    struct form again;
    for (size_t i = 0; i < form->count; i++) {
        buf_puts(&b, i ? "&" : "");
        form_encode(&b, form->fields[i].name);
        buf_putc(&b, '=');
        form_encode(&b, form->fields[i].value);
    }
    struct err e = form_parse_urlencoded(a, buf_view(&b), 0, &again);
    assert(!failed(e) && again.count == form->count);
    for (size_t i = 0; i < form->count; i++) {
        assert(str_eq(again.fields[i].name, form->fields[i].name));
        assert(str_eq(again.fields[i].value, form->fields[i].value));
    }
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a;
    struct form form;
    if (n == 0)
        return 0;
    arena_init(&a, 0);
    struct str body = {(const char *)data + 1, n - 1};
    unsigned flags = data[0] & 1 ? FORM_LF : 0;
    if (data[0] & 2) {
        struct str type = STR("multipart/form-data; boundary=xyz");
        if (data[0] & 4) { /* the first line of the input is the content type */
            type = str_cut(&body, '\n');
            body = body.p ? body : STR("");
        }
        if (!failed(form_parse_multipart(&a, type, body, flags, &form)))
            check(&form, body);
    } else if (!failed(form_parse_urlencoded(&a, body, flags, &form))) {
        check(&form, body);
        check_again(&a, &form);
    }
    arena_free(&a);
    return 0;
}
