#include "base/json.h"

#include <assert.h>
#include <stdio.h>

#include "base/utf8.h"

struct json json_begin(struct buf *out) {
    return (struct json){.out = out};
}

static void before_value(struct json *j) {
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    assert(j->depth == 0 || j->close[j->depth - 1] == ']');
    if (j->depth && j->some[j->depth - 1])
        buf_putc(j->out, ',');
    if (j->depth)
        j->some[j->depth - 1] = true;
}

static void open_level(struct json *j, char open, char close) {
    before_value(j);
    assert(j->depth < JSON_WRITE_DEPTH_MAX);
    j->some[j->depth] = false;
    j->close[j->depth] = close;
    j->depth++;
    buf_putc(j->out, open);
}

void json_open_object(struct json *j) {
    open_level(j, '{', '}');
}

void json_open_array(struct json *j) {
    open_level(j, '[', ']');
}

void json_end(struct json *j) {
    assert(j->depth > 0 && !j->after_key);
    j->depth--;
    buf_putc(j->out, j->close[j->depth]);
}

static void quote(struct buf *b, struct str s) {
    static const char hex[] = "0123456789abcdef";
    buf_putc(b, '"');
    size_t from = 0, i = 0;
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        size_t len = 1;
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        if (c >= 0x80 && utf8_next(str_from(s, i), &len) != UTF8_BAD) {
            i += len;
            continue;
        }
        buf_add(b, s.p + from, i - from);
        if (c >= 0x80) {
            buf_puts(b, "\xEF\xBF\xBD");
        } else if (c == '"' || c == '\\') {
            buf_putc(b, '\\');
            buf_putc(b, (char)c);
        } else if (c == '\n') {
            buf_puts(b, "\\n");
        } else if (c == '\r') {
            buf_puts(b, "\\r");
        } else if (c == '\t') {
            buf_puts(b, "\\t");
        } else {
            char esc[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_add(b, esc, sizeof(esc));
        }
        from = ++i;
    }
    buf_add(b, s.p ? s.p + from : NULL, s.n - from);
    buf_putc(b, '"');
}

void json_key_str(struct json *j, struct str key) {
    assert(j->depth && j->close[j->depth - 1] == '}' && !j->after_key);
    if (j->some[j->depth - 1])
        buf_putc(j->out, ',');
    j->some[j->depth - 1] = true;
    quote(j->out, key);
    buf_putc(j->out, ':');
    j->after_key = true;
}

void json_key(struct json *j, const char *key) {
    json_key_str(j, str_c(key));
}

void json_str(struct json *j, struct str s) {
    before_value(j);
    if (s.p)
        quote(j->out, s);
    else
        buf_puts(j->out, "null");
}

void json_cstr(struct json *j, const char *s) {
    json_str(j, str_c(s));
}

void json_int(struct json *j, int64_t v) {
    before_value(j);
    buf_int(j->out, v);
}

void json_bool(struct json *j, bool v) {
    before_value(j);
    buf_puts(j->out, v ? "true" : "false");
}

void json_write_null(struct json *j) {
    before_value(j);
    buf_puts(j->out, "null");
}

void json_raw(struct json *j, struct str json_text) {
    before_value(j);
    buf_str(j->out, json_text);
}

void json_seconds(struct json *j, int64_t ms) {
    before_value(j);
    if (ms < 0) {
        buf_putc(j->out, '-');
        ms = -ms;
    }
    buf_int(j->out, ms / 1000);
    int rest = (int)(ms % 1000);
    if (rest) {
        char text[8];
        int n = snprintf(text, sizeof(text), ".%03d", rest);
        while (text[n - 1] == '0')
            n--;
        buf_add(j->out, text, (size_t)n);
    }
}

void json_kv_str(struct json *j, const char *key, struct str s) {
    json_key(j, key);
    json_str(j, s);
}

void json_kv_str_opt(struct json *j, const char *key, struct str s) {
    if (s.p)
        json_kv_str(j, key, s);
}

void json_kv_cstr(struct json *j, const char *key, const char *s) {
    json_kv_str(j, key, str_c(s));
}

void json_kv_int(struct json *j, const char *key, int64_t v) {
    json_key(j, key);
    json_int(j, v);
}

void json_kv_bool(struct json *j, const char *key, bool v) {
    json_key(j, key);
    json_bool(j, v);
}

void json_kv_seconds(struct json *j, const char *key, int64_t ms) {
    json_key(j, key);
    json_seconds(j, ms);
}
