#include "site/page.h"

void html_text(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '&': buf_puts(out, "&amp;"); break;
        case '<': buf_puts(out, "&lt;"); break;
        case '>': buf_puts(out, "&gt;"); break;
        case '"': buf_puts(out, "&quot;"); break;
        case '\'': buf_puts(out, "&#39;"); break;
        default: buf_putc(out, s.p[i]);
        }
    }
}

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}label,input,button{display:block;margin:.4rem 0;font:inherit}"
    "input,button{padding:.4rem .6rem}iframe{width:100%;border:1px solid #767676}"
    "table{border-collapse:collapse}td,th{padding:.3rem .8rem .3rem 0;text-align:left}"
    "textarea{width:100%;min-height:8rem}";

void page_begin(struct call *call, const char *title) {
    struct buf *out = &call->body;
    call->type = "text/html; charset=utf-8";
    call_header(call, "Content-Security-Policy",
                str_printf(call->req->arena,
                           "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
                           "frame-src *; form-action 'self'; base-uri 'none'; "
                           "frame-ancestors 'none'"));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call_header(call, "Referrer-Policy", STR("same-origin"));
    buf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<title>");
    html_text(out, str_c(title));
    buf_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1>", style);
    html_text(out, str_c(title));
    buf_puts(out, "</h1>\n");
}

void page_end(struct call *call) {
    buf_puts(&call->body, "</main>\n</body>\n</html>\n");
}

void page_task_frame(struct call *call, struct str url) {
    buf_puts(&call->body,
             "<iframe title=\"Task\" sandbox=\"" TASK_SANDBOX "\" height=\"600\" src=\"");
    html_text(&call->body, url);
    buf_puts(&call->body, "\"></iframe>\n");
}

void page_message(struct call *call, const char *title, struct str text) {
    page_begin(call, title);
    buf_puts(&call->body, "<p>");
    html_text(&call->body, text);
    buf_puts(&call->body, "</p>\n");
    page_end(call);
}
