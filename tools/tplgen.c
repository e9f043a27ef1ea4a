/* tplgen: compiles the templates of pages/ to C (DESIGN 3; pages/README.md has the language).
 *
 *     tplgen OUT_H OUT_C DEPFILE DIR
 *
 * DIR/NAME.html becomes `struct tpl_NAME`, the data of the page, and three functions that print it:
 * as HTML, as JSON, and as CSV where one of its lists is marked so. Texts are escaped by where they
 * stand: in text, in a quoted attribute, in an address. Where no escaping is safe (an unquoted
 * attribute, script, style) an expression is a mistake, and every mistake is reported as
 * FILE:LINE: sentence, and ends the program.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

enum { FIELDS_MAX = 64, TEMPLATES_MAX = 512, DEPTH_MAX = 24, PATH_MAX_PARTS = 4 };

enum type {
    STR_T,
    INT_T,
    COUNT_T,
    MONEY_T,
    TIME_T_,
    DURATION_T,
    RATE_T,
    BOOL_T,
    URL_T,
    HTML_T,
    SCALARS,
    REF_T = SCALARS,
    LIST_T
};
static const char *const type_words[SCALARS] = {
    "str", "int", "count", "money", "time", "duration", "rate", "bool", "url", "html",
};
static const char *const type_c[SCALARS] = {
    "struct str ", "int64_t ", "int64_t ", "int64_t ",    "int64_t ",
    "int64_t ",    "int64_t ", "bool ",    "struct str ", "struct html ",
};

struct shape;

struct field {
    struct str name;
    enum type type;
    struct str ref;      /* name of the template, for REF_T and lists of templates */
    struct shape *items; /* of a list: its own struct, or the template's when resolved */
    bool csv, private;
};

/* A struct: of a template, or of a template's list. */
struct shape {
    struct str c_name; /* "tpl_batches", "tpl_batches_rows" */
    struct field list[FIELDS_MAX];
    int n;
    bool is_template;
};

struct template {
    struct str name, body;
    const char *path;
    int body_line; /* line on which body begins */
    struct shape shape;
    int state; /* of sorting: 0 new, 1 in work, 2 done */
};

struct gen {
    struct arena arena;
    struct template *templates;
    int n;
    struct buf deps;
};

/* Where the HTML stands at a point of a template. */
enum where { TEXT, TAG, ATTR, COMMENT, RAW };
struct context {
    enum where where;
    char quote;       /* of ATTR */
    bool at_start;    /* of the attribute's value: nothing stands before */
    bool address;     /* the attribute takes an address */
    bool closing;     /* TAG of "</…" */
    bool in_name;     /* TAG: its element's name is still coming */
    char element[16]; /* of TAG */
    char attribute[24];
};

enum block { IF_B, FOR_B };
struct open_block {
    enum block kind;
    struct context at; /* context that every branch must end in */
    bool else_seen;
    struct str variable;       /* of FOR_B */
    const struct shape *items; /* of FOR_B */
    struct str count;          /* C expression of the list's length */
    int line;
};

struct parser {
    struct gen *g;
    struct template *t;
    struct str rest;
    int line;
    struct context at;
    struct open_block open[DEPTH_MAX];
    int depth;
    struct buf out;     /* C of the function's body */
    struct buf literal; /* HTML that has not been written to out */
};

static _Noreturn __attribute__((format(printf, 3, 4))) void fail(const char *path, int line,
                                                                 const char *fmt, ...) {
    va_list ap;
    fprintf(stderr, "%s:%d: error: ", path, line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputs("\n", stderr);
    exit(1);
}

#define FAIL(p, ...) fail((p)->t->path, (p)->line, __VA_ARGS__)

/* ---- files ---- */

static struct str read_file(struct gen *g, const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f)
        fail(path, 0, "the file can not be read");
    struct buf b = BUF_INIT;
    char part[8192];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_add(&b, part, n);
    fclose(f);
    struct str text = buf_dup(&g->arena, &b);
    buf_free(&b);
    buf_printf(&g->deps, " %s", path);
    return text;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void write_file(const char *path, const struct buf *b) {
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0)
        fail(path, 0, "the file can not be written");
}

/* ---- words ---- */

static bool name_char(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

static struct str take_word(struct str *s) {
    while (s->n && isspace((unsigned char)s->p[0]))
        *s = str_from(*s, 1);
    size_t n = 0;
    while (n < s->n && name_char(s->p[n]))
        n++;
    struct str word = str_sub(*s, 0, n);
    *s = str_from(*s, n);
    return word;
}

static struct str take_symbol(struct str *s) {
    while (s->n && isspace((unsigned char)s->p[0]))
        *s = str_from(*s, 1);
    size_t n = 0;
    while (n < s->n && n < 2 && strchr("=!<>", s->p[n]))
        n++;
    struct str symbol = str_sub(*s, 0, n);
    *s = str_from(*s, n);
    return symbol;
}

/* "text" with its quotes, as it may stand in C; or a number. STR_NULL when neither comes. */
static struct str take_literal(struct str *s) {
    *s = str_trim(*s);
    size_t n = 0;
    if (s->n && s->p[0] == '"') {
        for (n = 1; n < s->n && s->p[n] != '"'; n++)
            if (s->p[n] == '\\')
                return STR_NULL;
        if (n++ >= s->n)
            return STR_NULL;
    } else {
        while (n < s->n && (isdigit((unsigned char)s->p[n]) || (n == 0 && s->p[n] == '-')))
            n++;
    }
    if (!n)
        return STR_NULL;
    struct str literal = str_sub(*s, 0, n);
    *s = str_from(*s, n);
    return literal;
}

/* ---- {% in … %} ---- */

static void read_field(struct parser *p, struct shape *shape, struct str line, struct shape **sub) {
    struct str rest = line, word = take_word(&rest);
    if (!word.n || shape->n == FIELDS_MAX)
        FAIL(p, "a line of `in` is: name type");
    struct field *f = &shape->list[shape->n++];
    *f = (struct field){.name = word};
    for (int i = 0; i < shape->n - 1; i++)
        if (str_eq(shape->list[i].name, word))
            FAIL(p, "\"%.*s\" stands twice", STR_ARG(word));
    word = take_word(&rest);
    for (f->type = 0; f->type < SCALARS && !str_is(word, type_words[f->type]); f->type++)
        ;
    if (str_is(word, "list")) {
        f->type = LIST_T;
        for (word = take_word(&rest); word.n; word = take_word(&rest)) {
            if (str_is(word, "csv"))
                f->csv = true;
            else
                f->ref = word;
        }
        if (!f->ref.p) {
            f->items = arena_new(&p->g->arena, struct shape);
            f->items->c_name =
                str_printf(&p->g->arena, "%.*s_%.*s", STR_ARG(shape->c_name), STR_ARG(f->name));
            *sub = f->items;
        }
    } else if (f->type == SCALARS) {
        f->type = REF_T;
        f->ref = word;
        if (!word.n)
            FAIL(p, "\"%.*s\" has no type", STR_ARG(f->name));
    }
    word = take_word(&rest);
    f->private = str_is(word, "private");
    if (str_trim(rest).n || (word.n && !f->private))
        FAIL(p, "\"%.*s\" has too many words", STR_ARG(f->name));
}

static void read_in(struct parser *p) {
    struct str start = STR("{% in");
    if (!str_starts(p->t->body, start))
        FAIL(p, "a template begins with {%% in … %%}");
    ptrdiff_t end = str_find(p->t->body, STR("%}"));
    if (end < 0)
        FAIL(p, "{%% in is never closed");
    struct str lines = str_sub(p->t->body, start.n, (size_t)end - start.n);
    struct shape *stack[DEPTH_MAX] = {&p->t->shape};
    int depth = 0;
    while (lines.p) {
        struct str line = str_cut(&lines, '\n');
        ptrdiff_t comment = str_chr(line, '#');
        line = str_trim(comment < 0 ? line : str_sub(line, 0, (size_t)comment));
        struct shape *sub = NULL;
        if (str_is(line, "end")) {
            if (depth-- == 0)
                FAIL(p, "end without a list");
        } else if (line.n) {
            read_field(p, stack[depth], line, &sub);
        }
        if (sub && ++depth == DEPTH_MAX)
            FAIL(p, "lists are nested too deeply");
        if (sub)
            stack[depth] = sub;
        if (lines.p)
            p->line++;
    }
    if (depth)
        FAIL(p, "a list in `in` has no end");
    p->t->body = str_from(p->t->body, (size_t)end + 2);
    if (p->t->body.n && p->t->body.p[0] == '\n') {
        p->t->body = str_from(p->t->body, 1);
        p->line++;
    }
    p->t->body_line = p->line;
}

static struct template *find_template(struct gen *g, struct str name) {
    for (int i = 0; i < g->n; i++)
        if (str_eq(g->templates[i].name, name))
            return &g->templates[i];
    return NULL;
}

/* Names of templates become their shapes. */
static void resolve(struct gen *g, struct template *t, struct shape *shape) {
    for (int i = 0; i < shape->n; i++) {
        struct field *f = &shape->list[i];
        if (f->ref.p) {
            struct template *to = find_template(g, f->ref);
            if (!to)
                fail(t->path, 1, "\"%.*s\": there is no type and no template \"%.*s\"",
                     STR_ARG(f->name), STR_ARG(f->ref));
            f->items = &to->shape;
        } else if (f->items) {
            resolve(g, t, f->items);
        }
    }
}

/* ---- paths: a, r.b, who.label ---- */

struct found {
    const struct field *field; /* NULL: a loop's variable itself */
    const struct shape *shape; /* of a REF_T or of the variable */
    struct str c;              /* C expression of the value; of a shape, a pointer */
};

static const struct field *shape_field(const struct shape *shape, struct str name) {
    for (int i = 0; i < shape->n; i++)
        if (str_eq(shape->list[i].name, name))
            return &shape->list[i];
    return NULL;
}

static struct found find_path(struct parser *p, struct str *rest) {
    struct arena *a = &p->g->arena;
    struct found f = {.shape = &p->t->shape, .c = STR("d")};
    struct str word = take_word(rest);
    bool first = true;
    for (int i = p->depth; i-- > 0;) {
        if (p->open[i].kind == FOR_B && str_eq(p->open[i].variable, word)) {
            f = (struct found){NULL, p->open[i].items, str_printf(a, "v_%.*s", STR_ARG(word))};
            first = false;
            break;
        }
    }
    for (;;) {
        if (!first) {
            if (!rest->n || rest->p[0] != '.')
                return f;
            *rest = str_from(*rest, 1);
            word = take_word(rest);
        }
        first = false;
        const struct field *field = f.shape ? shape_field(f.shape, word) : NULL;
        if (!field)
            FAIL(p, "there is no \"%.*s\" here", STR_ARG(word));
        f.c = str_printf(a, "%.*s->%.*s", STR_ARG(f.c), STR_ARG(word));
        f.field = field;
        f.shape = field->type == REF_T ? field->items : NULL;
        if (f.shape)
            f.c = str_printf(a, "(&%.*s)", STR_ARG(f.c));
    }
}

/* ---- literal HTML and where it leads ---- */

static void flush_literal(struct parser *p) {
    if (!p->literal.n)
        return;
    buf_puts(&p->out, "    tpl_raw(o, \"");
    for (size_t i = 0; i < p->literal.n; i++) {
        unsigned char c = (unsigned char)p->literal.p[i];
        if (c == '\n')
            buf_puts(&p->out, i + 1 < p->literal.n ? "\\n\"\n        \"" : "\\n");
        else if (c == '"' || c == '\\')
            buf_printf(&p->out, "\\%c", c);
        else if (c < 32 || c > 126 || c == '?')
            buf_printf(&p->out, "\\%03o", c);
        else
            buf_putc(&p->out, (char)c);
    }
    buf_printf(&p->out, "\", %zu);\n", p->literal.n);
    buf_clear(&p->literal);
}

static void push_char(char *to, size_t size, char c) {
    size_t n = strlen(to);
    if (n + 1 < size) {
        to[n] = (char)tolower((unsigned char)c);
        to[n + 1] = 0;
    }
}

static bool takes_address(const char *attribute) {
    static const char *const names[] = {"href", "src", "action", "formaction", "poster", "cite"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(attribute, names[i]))
            return true;
    return false;
}

static void in_tag(struct parser *p, char c, char before) {
    struct context *at = &p->at;
    if (c == '>') {
        bool raw =
            !at->closing && (!strcmp(at->element, "script") || !strcmp(at->element, "style"));
        at->where = raw ? RAW : TEXT;
    } else if (c == '"' || c == '\'') {
        if (before != '=')
            FAIL(p, "a quote that is no attribute's value");
        at->where = ATTR;
        at->quote = c;
        at->at_start = true;
        at->address = takes_address(at->attribute);
        if (!strncmp(at->attribute, "on", 2) || !strcmp(at->attribute, "style"))
            FAIL(p, "attribute %s: script and style stand in web/", at->attribute);
    } else if (isspace((unsigned char)c) || c == '/') {
        at->attribute[0] = 0;
    } else if (c != '=') {
        push_char(at->attribute, sizeof at->attribute, c);
    }
}

static void open_tag(struct parser *p, char c) {
    p->at = (struct context){.where = TAG, .closing = c == '/', .in_name = true};
    if (c != '/')
        push_char(p->at.element, sizeof p->at.element, c);
}

/* One more character of HTML; it is the last one of seen. */
static void step(struct parser *p, struct str seen) {
    struct context *at = &p->at;
    char c = seen.p[seen.n - 1], before = seen.n > 1 ? seen.p[seen.n - 2] : ' ';
    switch (at->where) {
    case TEXT:
        if (str_ends(seen, STR("<!--")))
            at->where = COMMENT;
        else if (before == '<' && (isalpha((unsigned char)c) || c == '/'))
            open_tag(p, c);
        break;
    case TAG:
        at->in_name = at->in_name && (name_char(c) || c == '-');
        if (at->in_name)
            push_char(at->element, sizeof at->element, c);
        else
            in_tag(p, c, before);
        break;
    case ATTR:
        if (c == at->quote) {
            at->where = TAG;
            at->attribute[0] = 0;
        }
        at->at_start = false;
        break;
    case COMMENT:
        if (str_ends(seen, STR("-->")))
            at->where = TEXT;
        break;
    case RAW:
        if (str_ends(seen, STR("</script")) || str_ends(seen, STR("</style")))
            *at = (struct context){.where = TAG, .closing = true};
        break;
    }
}

/* ---- {{ expression }} ---- */

static void call_print(struct parser *p, const char *function, struct str c) {
    flush_literal(p);
    buf_printf(&p->out, "    %s(o, %.*s);\n", function, STR_ARG(c));
}

static const char *const text_printers[SCALARS] = {
    "tpl_str",      "tpl_int",  "tpl_count", "tpl_money", "tpl_time",
    "tpl_duration", "tpl_rate", NULL,        "tpl_str",   "tpl_html",
};

static void print_in_attribute(struct parser *p, const struct found *f) {
    enum type type = f->field->type;
    if (p->at.address && p->at.at_start && type == STR_T)
        FAIL(p, "an address that begins with a text must be of type url");
    if (p->at.address && type == STR_T)
        call_print(p, "tpl_component", f->c);
    else if (p->at.address && type == URL_T)
        call_print(p, p->at.at_start ? "tpl_url" : "tpl_component", f->c);
    else if (type == TIME_T_ || type == HTML_T || !text_printers[type])
        FAIL(p, "a %s can not stand in an attribute", type_words[type]);
    else
        call_print(p, text_printers[type], f->c);
    p->at.at_start = false;
}

static void expression(struct parser *p, struct str text) {
    struct found f = find_path(p, &text);
    if (str_trim(text).n)
        FAIL(p, "an expression is one name: {{ %.*s }}", STR_ARG(text));
    if (p->at.where != TEXT && p->at.where != ATTR)
        FAIL(p, "no expression may stand here: only in text and in quoted attributes");
    if (f.shape) {
        if (p->at.where != TEXT || !f.shape->is_template)
            FAIL(p, "this struct can not be printed here");
        flush_literal(p);
        buf_printf(&p->out, "    %.*s_html(o, %.*s);\n", STR_ARG(f.shape->c_name), STR_ARG(f.c));
        return;
    }
    if (f.field->type >= SCALARS)
        FAIL(p, "a list is printed by {%% for %%}");
    if (p->at.where == ATTR)
        print_in_attribute(p, &f);
    else if (text_printers[f.field->type])
        call_print(p, text_printers[f.field->type], f.c);
    else
        FAIL(p, "a bool is no text; use {%% if %%}");
}

/* ---- {% statement %} ---- */

/* One comparison, as C. */
static void term(struct parser *p, struct str *rest, struct buf *c) {
    struct str look = *rest, word = take_word(&look);
    bool no = str_is(word, "not");
    if (no)
        *rest = look;
    struct found f = find_path(p, rest);
    if (!f.field || f.shape)
        FAIL(p, "a struct is no condition");
    struct str symbol = take_symbol(rest), literal = symbol.n ? take_literal(rest) : STR_NULL;
    bool text = f.field->type == STR_T || f.field->type == URL_T;
    buf_puts(c, no ? "!(" : "(");
    if (!symbol.n && text)
        buf_printf(c, "%.*s.n > 0", STR_ARG(f.c));
    else if (!symbol.n && f.field->type == HTML_T)
        buf_printf(c, "%.*s.s.n > 0", STR_ARG(f.c));
    else if (!symbol.n && f.field->type == LIST_T)
        buf_printf(c, "%.*s_n > 0", STR_ARG(f.c));
    else if (!symbol.n)
        buf_printf(c, "%.*s%s", STR_ARG(f.c), f.field->type == BOOL_T ? "" : " != 0");
    else if (!literal.p || (literal.p[0] == '"') != text || f.field->type >= HTML_T ||
             f.field->type == BOOL_T)
        FAIL(p, "a text is compared with \"a text\", a number with a number");
    else if (text)
        buf_printf(c, "%sstr_is(%.*s, %.*s)", str_is(symbol, "!=") ? "!" : "", STR_ARG(f.c),
                   STR_ARG(literal));
    else
        buf_printf(c, "%.*s %.*s %.*s", STR_ARG(f.c), STR_ARG(symbol), STR_ARG(literal));
    if (symbol.n && text && !str_is(symbol, "==") && !str_is(symbol, "!="))
        FAIL(p, "texts are compared by == and !=");
    buf_puts(c, ")");
}

/* a, not a, a == 3, a and b and c, a or b. */
static struct str condition(struct parser *p, struct str rest) {
    struct buf c = BUF_INIT;
    struct str joined = STR_NULL;
    for (;;) {
        term(p, &rest, &c);
        struct str word = take_word(&rest);
        if (!word.n)
            break;
        if (!str_is(word, "and") && !str_is(word, "or"))
            FAIL(p, "\"%.*s\" in a condition", STR_ARG(word));
        if (joined.p && !str_eq(joined, word))
            FAIL(p, "and and or do not mix; nest two ifs");
        joined = word;
        buf_puts(&c, str_is(word, "and") ? " && " : " || ");
    }
    if (str_trim(rest).n)
        FAIL(p, "\"%.*s\" in a condition", STR_ARG(str_trim(rest)));
    struct str text = buf_dup(&p->g->arena, &c);
    buf_free(&c);
    return text;
}

static struct open_block *push(struct parser *p, enum block kind) {
    if (p->depth == DEPTH_MAX)
        FAIL(p, "blocks are nested too deeply");
    struct open_block *b = &p->open[p->depth++];
    *b = (struct open_block){.kind = kind, .at = p->at, .line = p->line};
    return b;
}

static bool same_context(const struct context *a, const struct context *b) {
    return a->where == b->where && (a->where != ATTR || a->quote == b->quote);
}

/* The branch that ends here must leave the HTML as it found it. */
static struct open_block *innermost(struct parser *p, const char *word) {
    if (!p->depth)
        FAIL(p, "%s without an open if or for", word);
    struct open_block *b = &p->open[p->depth - 1];
    if (!same_context(&p->at, &b->at))
        FAIL(p, "the block of line %d opens or closes a tag or an attribute", b->line);
    p->at = b->at;
    flush_literal(p);
    return b;
}

static void begin_if(struct parser *p, struct str rest) {
    flush_literal(p);
    struct str c = condition(p, rest);
    push(p, IF_B);
    buf_printf(&p->out, "    if (%.*s) {\n", STR_ARG(c));
}

static void begin_for(struct parser *p, struct str rest) {
    struct str variable = take_word(&rest), in = take_word(&rest);
    if (!variable.n || !str_is(in, "in"))
        FAIL(p, "a loop is: for NAME in LIST");
    struct found f = find_path(p, &rest);
    if (str_trim(rest).n || !f.field || f.field->type != LIST_T)
        FAIL(p, "a loop goes over a list");
    flush_literal(p);
    struct open_block *b = push(p, FOR_B);
    b->variable = variable;
    b->items = f.field->items;
    b->count = str_printf(&p->g->arena, "%.*s_n", STR_ARG(f.c));
    buf_printf(&p->out, "    for (size_t i_%.*s = 0; i_%.*s < %.*s; i_%.*s++) {\n",
               STR_ARG(variable), STR_ARG(variable), STR_ARG(b->count), STR_ARG(variable));
    buf_printf(&p->out, "    const struct %.*s *v_%.*s = &%.*s[i_%.*s];\n",
               STR_ARG(b->items->c_name), STR_ARG(variable), STR_ARG(f.c), STR_ARG(variable));
}

static void begin_else(struct parser *p, bool elif, struct str rest) {
    struct open_block *b = innermost(p, elif ? "elif" : "else");
    if (b->else_seen || (elif && b->kind == FOR_B))
        FAIL(p, "%s can not stand here", elif ? "elif" : "else");
    if (b->kind == FOR_B) {
        buf_printf(&p->out, "    }\n    if (%.*s == 0) {\n", STR_ARG(b->count));
        b->variable = STR("");
    } else if (elif) {
        struct str c = condition(p, rest);
        buf_printf(&p->out, "    } else if (%.*s) {\n", STR_ARG(c));
    } else {
        buf_puts(&p->out, "    } else {\n");
    }
    b->else_seen = !elif;
}

static void plural(struct parser *p, struct str rest) {
    struct found f = find_path(p, &rest);
    struct str one = take_literal(&rest), many = take_literal(&rest);
    if (!f.field || (f.field->type != INT_T && f.field->type != COUNT_T) || !many.p ||
        one.p[0] != '"' || many.p[0] != '"')
        FAIL(p, "plural is: plural NUMBER \"row\" \"rows\"");
    flush_literal(p);
    buf_printf(&p->out, "    tpl_str(o, %.*s == 1 ? STR(%.*s) : STR(%.*s));\n", STR_ARG(f.c),
               STR_ARG(one), STR_ARG(many));
}

static void icon(struct parser *p, struct str rest) {
    struct str name = str_trim(rest);
    for (size_t i = 0; i < name.n; i++)
        if (!name_char(name.p[i]) && name.p[i] != '-')
            FAIL(p, "an icon is: icon NAME");
    if (!name.n || p->at.where != TEXT)
        FAIL(p, "an icon stands in text: {%% icon NAME %%}");
    flush_literal(p);
    buf_printf(&p->out, "    tpl_icon(o, \"%.*s\");\n", STR_ARG(name));
}

static void statement(struct parser *p, struct str text) {
    struct str rest = text, word = take_word(&rest);
    if (str_is(word, "if")) {
        begin_if(p, rest);
    } else if (str_is(word, "elif")) {
        begin_else(p, true, rest);
    } else if (str_is(word, "for")) {
        begin_for(p, rest);
    } else if (str_is(word, "plural")) {
        plural(p, rest);
    } else if (str_is(word, "icon")) {
        icon(p, rest);
    } else if (str_trim(rest).n) {
        FAIL(p, "{%% %.*s %%}: there is no such statement", STR_ARG(text));
    } else if (str_is(word, "else")) {
        begin_else(p, false, rest);
    } else if (str_is(word, "end")) {
        innermost(p, "end");
        p->depth--;
        buf_puts(&p->out, "    }\n");
    } else if (str_is(word, "csrf")) {
        if (p->at.where != TEXT)
            FAIL(p, "{%% csrf %%} stands in a form");
        flush_literal(p);
        buf_puts(&p->out, "    tpl_csrf(o);\n");
    } else {
        FAIL(p, "{%% %.*s %%}: there is no such statement", STR_ARG(text));
    }
}

/* ---- a template ---- */

/* A line that holds one statement or comment and nothing else leaves nothing behind. */
static bool stands_alone(struct str body, size_t from, size_t to) {
    while (from > 0 && (body.p[from - 1] == ' ' || body.p[from - 1] == '\t'))
        from--;
    return (from == 0 || body.p[from - 1] == '\n') && (to == body.n || body.p[to] == '\n');
}

static void drop_indent(struct parser *p) {
    while (p->literal.n &&
           (p->literal.p[p->literal.n - 1] == ' ' || p->literal.p[p->literal.n - 1] == '\t'))
        p->literal.p[--p->literal.n] = 0;
}

/* {{ … }}, {% … %} or {# … #} at offset i; gives the offset behind it. */
static size_t tag(struct parser *p, struct str body, size_t i) {
    char kind = body.p[i + 1];
    struct str close = kind == '{' ? STR("}}") : kind == '%' ? STR("%}") : STR("#}");
    ptrdiff_t end = str_find(str_from(body, i + 2), close);
    if (end < 0)
        FAIL(p, "{%c is never closed", kind);
    struct str text = str_sub(body, i + 2, (size_t)end);
    size_t behind = i + 2 + (size_t)end + 2;
    bool alone = kind != '{' && stands_alone(body, i, behind);
    if (alone)
        drop_indent(p);
    if (kind == '{')
        expression(p, str_trim(text));
    else if (kind == '%')
        statement(p, str_trim(text));
    for (size_t k = 0; k < text.n; k++)
        p->line += text.p[k] == '\n';
    if (alone && behind < body.n) {
        behind++;
        p->line++;
    }
    return behind;
}

static void parse_body(struct parser *p) {
    struct str body = p->t->body;
    p->line = p->t->body_line;
    for (size_t i = 0; i < body.n;) {
        if (body.p[i] == '{' && i + 1 < body.n && strchr("{%#", body.p[i + 1])) {
            i = tag(p, body, i);
            continue;
        }
        buf_putc(&p->literal, body.p[i]);
        step(p, str_sub(body, 0, i + 1));
        p->line += body.p[i++] == '\n';
    }
    flush_literal(p);
    if (p->depth)
        FAIL(p, "the block of line %d has no end", p->open[p->depth - 1].line);
    if (p->at.where != TEXT)
        FAIL(p, "a tag, a comment or a script is open at the end");
}

/* ---- output ---- */

static void write_struct(struct gen *g, struct buf *h, const struct shape *shape);

static void write_needed(struct gen *g, struct buf *h, const struct shape *shape) {
    for (int i = 0; i < shape->n; i++) {
        const struct field *f = &shape->list[i];
        if (f->type == REF_T) {
            struct template *t = find_template(g, f->ref);
            if (t->state == 1)
                fail(t->path, 1, "holds itself");
            if (t->state == 0) {
                t->state = 1;
                write_struct(g, h, &t->shape);
                t->state = 2;
            }
        } else if (f->type == LIST_T && !f->ref.p) {
            write_struct(g, h, f->items);
        }
    }
}

static void write_struct(struct gen *g, struct buf *h, const struct shape *shape) {
    write_needed(g, h, shape);
    buf_printf(h, "struct %.*s {\n", STR_ARG(shape->c_name));
    for (int i = 0; i < shape->n; i++) {
        const struct field *f = &shape->list[i];
        if (f->type == LIST_T)
            buf_printf(h, "    const struct %.*s *%.*s;\n    size_t %.*s_n;\n",
                       STR_ARG(f->items->c_name), STR_ARG(f->name), STR_ARG(f->name));
        else if (f->type == REF_T)
            buf_printf(h, "    struct %.*s %.*s;\n", STR_ARG(f->items->c_name), STR_ARG(f->name));
        else
            buf_printf(h, "    %s%.*s;\n", type_c[f->type], STR_ARG(f->name));
    }
    if (!shape->n)
        buf_puts(h, "    char nothing;\n");
    buf_puts(h, "};\n");
}

static const char *const json_printers[SCALARS] = {
    "tpl_json_str", "tpl_json_int", "tpl_json_int",  "tpl_json_int", "tpl_json_time",
    "tpl_json_int", "tpl_json_int", "tpl_json_bool", "tpl_json_str", NULL,
};
static const char *const csv_printers[SCALARS] = {
    "tpl_csv_str", "tpl_csv_int", "tpl_csv_int",  "tpl_csv_money", "tpl_csv_time",
    "tpl_csv_int", "tpl_csv_int", "tpl_csv_bool", "tpl_csv_str",   NULL,
};

/* Prints the members of one struct; nested ones by their own functions. */
static void write_json(struct buf *c, const struct shape *shape) {
    for (int i = 0; i < shape->n; i++)
        if (shape->list[i].type == LIST_T && !shape->list[i].ref.p)
            write_json(c, shape->list[i].items);
    buf_printf(c, "static void %.*s_json(struct json *j, const struct %.*s *d) {\n",
               STR_ARG(shape->c_name), STR_ARG(shape->c_name));
    buf_puts(c, "    (void)j;\n    (void)d;\n");
    for (int i = 0; i < shape->n; i++) {
        const struct field *f = &shape->list[i];
        if (f->private)
            continue;
        if (f->type < SCALARS && json_printers[f->type])
            buf_printf(c, "    %s(j, \"%.*s\", d->%.*s);\n", json_printers[f->type],
                       STR_ARG(f->name), STR_ARG(f->name));
        if (f->type == REF_T)
            buf_printf(c,
                       "    json_key(j, \"%.*s\");\n    json_open_object(j);\n"
                       "    %.*s_json(j, &d->%.*s);\n    json_end(j);\n",
                       STR_ARG(f->name), STR_ARG(f->items->c_name), STR_ARG(f->name));
        if (f->type == LIST_T)
            buf_printf(c,
                       "    json_key(j, \"%.*s\");\n    json_open_array(j);\n"
                       "    for (size_t i = 0; i < d->%.*s_n; i++) {\n"
                       "        json_open_object(j);\n        %.*s_json(j, &d->%.*s[i]);\n"
                       "        json_end(j);\n    }\n    json_end(j);\n",
                       STR_ARG(f->name), STR_ARG(f->name), STR_ARG(f->items->c_name),
                       STR_ARG(f->name));
    }
    buf_puts(c, "}\n");
}

static void write_csv(struct buf *c, const struct shape *shape, const struct field *list) {
    const struct shape *items = list->items;
    buf_printf(c, "static void %.*s_csv(struct csv_out *w, const struct %.*s *d) {\n",
               STR_ARG(shape->c_name), STR_ARG(shape->c_name));
    for (int i = 0; i < items->n; i++)
        if (items->list[i].type < SCALARS && csv_printers[items->list[i].type] &&
            !items->list[i].private)
            buf_printf(c, "    csv_cell(w, STR(\"%.*s\"));\n", STR_ARG(items->list[i].name));
    buf_printf(c, "    csv_row_end(w);\n    for (size_t i = 0; i < d->%.*s_n; i++) {\n",
               STR_ARG(list->name));
    for (int i = 0; i < items->n; i++) {
        const struct field *f = &items->list[i];
        if (f->type < SCALARS && csv_printers[f->type] && !f->private)
            buf_printf(c, "        %s(w, d->%.*s[i].%.*s);\n", csv_printers[f->type],
                       STR_ARG(list->name), STR_ARG(f->name));
    }
    buf_puts(c, "        csv_row_end(w);\n    }\n}\n");
}

static void write_template(struct gen *g, struct buf *c, struct template *t) {
    struct parser p = {.g = g, .t = t};
    parse_body(&p);
    struct str n = t->shape.c_name;
    buf_printf(c, "\n/* %s */\n", t->path);
    buf_printf(c, "static void %.*s_html(struct tpl_out *o, const struct %.*s *d) {\n", STR_ARG(n),
               STR_ARG(n));
    buf_puts(c, "    (void)d;\n");
    buf_add(c, p.out.p, p.out.n);
    buf_puts(c, "}\n");
    write_json(c, &t->shape);
    const struct field *csv = NULL;
    for (int i = 0; i < t->shape.n; i++)
        if (t->shape.list[i].csv)
            csv = &t->shape.list[i];
    if (csv)
        write_csv(c, &t->shape, csv);
    buf_printf(c,
               "static void %.*s_any_html(struct tpl_out *o, const void *d) {\n"
               "    %.*s_html(o, d);\n}\n",
               STR_ARG(n), STR_ARG(n));
    buf_printf(c,
               "static void %.*s_any_json(struct json *j, const void *d) {\n"
               "    %.*s_json(j, d);\n}\n",
               STR_ARG(n), STR_ARG(n));
    if (csv)
        buf_printf(c,
                   "static void %.*s_any_csv(struct csv_out *w, const void *d) {\n"
                   "    %.*s_csv(w, d);\n}\n"
                   "static size_t %.*s_rows(const void *d) {\n"
                   "    const struct %.*s *page = d;\n    return page->%.*s_n;\n}\n",
                   STR_ARG(n), STR_ARG(n), STR_ARG(n), STR_ARG(n), STR_ARG(csv->name));
    buf_printf(c,
               "struct tpl_view %.*s_view(const struct %.*s *data) {\n"
               "    static const struct tpl tpl = {\"%.*s\", %.*s_any_html, %.*s_any_json, ",
               STR_ARG(n), STR_ARG(n), STR_ARG(t->name), STR_ARG(n), STR_ARG(n));
    if (csv)
        buf_printf(c, "%.*s_any_csv, %.*s_rows};\n", STR_ARG(n), STR_ARG(n));
    else
        buf_puts(c, "NULL, NULL};\n");
    buf_puts(c, "    return (struct tpl_view){&tpl, data};\n}\n");
    buf_free(&p.out);
    buf_free(&p.literal);
}

static void write_all(struct gen *g, const char *h_path, const char *c_path) {
    struct buf h = BUF_INIT, c = BUF_INIT;
    buf_puts(&h, "/* Made by tools/tplgen from pages/. */\n#ifndef SITE_PAGES_H\n"
                 "#define SITE_PAGES_H\n\n#include \"site/tpl.h\"\n\n");
    for (int i = 0; i < g->n; i++)
        buf_printf(&h, "struct %.*s;\n", STR_ARG(g->templates[i].shape.c_name));
    for (int i = 0; i < g->n; i++) {
        if (g->templates[i].state == 0) {
            g->templates[i].state = 1;
            write_struct(g, &h, &g->templates[i].shape);
            g->templates[i].state = 2;
        }
    }
    buf_puts(&c, "/* Made by tools/tplgen from pages/. */\n#include \"site/pages.h\"\n\n");
    for (int i = 0; i < g->n; i++) {
        struct str n = g->templates[i].shape.c_name;
        buf_printf(&h, "struct tpl_view %.*s_view(const struct %.*s *data);\n", STR_ARG(n),
                   STR_ARG(n));
        buf_printf(&c, "static void %.*s_html(struct tpl_out *o, const struct %.*s *d);\n",
                   STR_ARG(n), STR_ARG(n));
        buf_printf(&c, "static void %.*s_json(struct json *j, const struct %.*s *d);\n", STR_ARG(n),
                   STR_ARG(n));
    }
    buf_puts(&h, "\n#endif\n");
    for (int i = 0; i < g->n; i++)
        write_template(g, &c, &g->templates[i]);
    write_file(h_path, &h);
    write_file(c_path, &c);
    buf_free(&h);
    buf_free(&c);
}

/* ---- the folder ---- */

static void add_template(struct gen *g, const char *path, const char *file) {
    if (g->n == TEMPLATES_MAX)
        fail(path, 0, "there are too many templates");
    struct template *t = &g->templates[g->n++];
    *t = (struct template){.path = path, .name = str_sub(str_c(file), 0, strlen(file) - 5)};
    for (size_t i = 0; i < t->name.n; i++)
        if (!islower((unsigned char)t->name.p[i]) && !isdigit((unsigned char)t->name.p[i]) &&
            t->name.p[i] != '_')
            fail(path, 0, "a template's name has small letters, digits and _ only");
    t->body = read_file(g, path);
    t->shape.c_name = str_printf(&g->arena, "tpl_%.*s", STR_ARG(t->name));
    t->shape.is_template = true;
    struct parser p = {.g = g, .t = t, .line = 1};
    read_in(&p);
}

static void read_folder(struct gen *g, const char *dir) {
    DIR *d = opendir(dir);
    char *names[TEMPLATES_MAX];
    int n = 0;
    if (!d)
        fail(dir, 0, "the folder can not be read");
    for (struct dirent *e; (e = readdir(d)) && n < TEMPLATES_MAX;)
        if (str_ends(str_c(e->d_name), STR(".html")))
            names[n++] = arena_strdup(&g->arena, e->d_name);
    closedir(d);
    qsort(names, (size_t)n, sizeof *names, by_name);
    for (int i = 0; i < n; i++)
        add_template(g, arena_printf(&g->arena, "%s/%s", dir, names[i]), names[i]);
    buf_printf(&g->deps, " %s", dir);
}

int main(int argc, char **argv) {
    struct gen g = {.n = 0};
    if (argc != 5) {
        fputs("usage: tplgen OUT_H OUT_C DEPFILE DIR\n", stderr);
        return 2;
    }
    arena_init(&g.arena, SIZE_MAX);
    g.templates = arena_array(&g.arena, TEMPLATES_MAX, sizeof *g.templates);
    buf_printf(&g.deps, "%s %s:", argv[1], argv[2]);
    read_folder(&g, argv[4]);
    for (int i = 0; i < g.n; i++)
        resolve(&g, &g.templates[i], &g.templates[i].shape);
    write_all(&g, argv[1], argv[2]);
    buf_puts(&g.deps, "\n");
    write_file(argv[3], &g.deps);
    buf_free(&g.deps);
    arena_free(&g.arena);
    return 0;
}
