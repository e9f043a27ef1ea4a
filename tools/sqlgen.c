/* sqlgen: compiles the statements and migrations under sql/ to C (DESIGN 5; sql/README.md has
 * the language).
 *
 *     sqlgen PREFIX FIRST_SLOT DIALECT_DEF OUT_H OUT_C DEPFILE DIR…
 *
 * Each DIR gives DIR/NAME.sql (statements, read in order of name) and DIR/migrate/NNNN_NAME.sql.
 * Comments are dropped and white space is folded, so that a checksum of a migration does not
 * depend on them. Every mistake is reported as FILE:LINE: sentence, and ends the program.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

enum { SQLITE, POSTGRES, DIALECTS, FIELDS_MAX = 64, STATEMENTS_MAX = 4096, FILES_MAX = 512 };

enum kind { ONE, MANY, EXEC, BULK, KINDS };
static const char *const kind_words[KINDS] = {"one", "many", "exec", "bulk"};
static const char *const kind_enums[KINDS] = {"SQL_ONE", "SQL_MANY", "SQL_EXEC", "SQL_BULK"};

enum type { INT, TEXT, BLOB, TYPES };
static const char *const type_words[TYPES] = {"int", "text", "blob"};
static const char *const type_enums[TYPES] = {"SQL_INT", "SQL_TEXT", "SQL_BLOB"};
static const char *const type_c[TYPES] = {"int64_t ", "struct str ", "struct str "};

struct field {
    struct str name;
    enum type type;
    bool nullable, used;
};

struct fields {
    struct field list[FIELDS_MAX];
    int n;
    bool open; /* the list ended in a comma: it goes on in the next comment line */
};

struct statement {
    struct str name;
    const char *where;
    char *scan;
    enum kind kind;
    struct fields in, out;
    struct str text[DIALECTS];
    char *copy;
};

struct migration {
    long version;
    struct str name;
    struct str text[DIALECTS];
};

struct word {
    struct str name, text[DIALECTS];
};

struct gen {
    struct arena arena;
    const char *prefix;
    int first_slot;
    struct word words[64];
    int word_count;
    struct statement *statements;
    int statement_count;
    struct migration *migrations;
    int migration_count;
    struct buf deps;
};

/* Where the reader stands. */
struct at {
    struct gen *g;
    const char *path;
    int line;
};

static _Noreturn __attribute__((format(printf, 2, 3))) void fail(const struct at *at,
                                                                 const char *fmt, ...) {
    va_list ap;
    fprintf(stderr, "%s:%d: ", at->path, at->line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputs("\n", stderr);
    exit(1);
}

static struct str read_file(struct gen *g, const char *path) {
    struct at at = {g, path, 0};
    FILE *f = fopen(path, "rb");
    if (!f)
        fail(&at, "the file can not be read");
    struct buf b = BUF_INIT;
    char part[8192];
    for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
        buf_add(&b, part, n);
    fclose(f);
    struct str text = buf_dup(&g->arena, &b);
    buf_free(&b);
    buf_printf(&g->deps, " %s", path);
    return text;
}

static bool name_start(char c) {
    return isalpha((unsigned char)c) || c == '_';
}

static bool name_char(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

static struct str take_name(struct str *s) {
    size_t n = 0;
    if (s->n && name_start(s->p[0]))
        while (n < s->n && name_char(s->p[n]))
            n++;
    struct str name = str_sub(*s, 0, n);
    *s = str_from(*s, n);
    return name;
}

/* --- sql/dialect.def --- */

static void read_dialect(struct gen *g, const char *path) {
    struct str rest = read_file(g, path);
    struct at at = {g, path, 0};
    while (rest.p) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        at.line++;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        struct word w = {.name = str_trim(str_cut(&line, '|'))};
        for (int d = 0; d < DIALECTS; d++) {
            if (!line.p)
                fail(&at, "a word needs three parts: WORD | SQLite | PostgreSQL");
            w.text[d] = str_trim(str_cut(&line, '|'));
        }
        if (g->word_count == (int)(sizeof(g->words) / sizeof(g->words[0])))
            fail(&at, "too many words");
        g->words[g->word_count++] = w;
    }
}

static const struct word *find_word(const struct at *at, struct str name) {
    for (int i = 0; i < at->g->word_count; i++)
        if (str_eq(at->g->words[i].name, name))
            return &at->g->words[i];
    fail(at, "@%.*s@ is not in dialect.def", STR_ARG(name));
}

/* --- the head of a statement --- */

static void read_fields(const struct at *at, struct fields *f, struct str rest) {
    f->open = false;
    while (rest.p) {
        struct str item = str_trim(str_cut(&rest, ','));
        if (item.n == 0) {
            if (rest.p || f->n == 0)
                fail(at, "an entry of the list is empty");
            f->open = true;
            return;
        }
        if (f->n == FIELDS_MAX)
            fail(at, "more than %d entries", FIELDS_MAX);
        struct field *field = &f->list[f->n];
        *field = (struct field){.name = take_name(&item), .type = TYPES};
        struct str type = str_trim(item);
        if (str_ends(type, STR("?"))) {
            field->nullable = true;
            type.n--;
        }
        for (int t = 0; t < TYPES; t++)
            if (str_is(type, type_words[t]))
                field->type = (enum type)t;
        if (!field->name.n || field->type == TYPES)
            fail(at, "an entry is NAME int|text|blob, with ? behind when it may be NULL");
        for (int i = 0; i < f->n; i++)
            if (str_eq(f->list[i].name, field->name))
                fail(at, "%.*s is there twice", STR_ARG(field->name));
        f->n++;
    }
}

/* The last two parts of a path, so that the output does not depend on where the sources lie. */
static const char *short_path(const char *path) {
    const char *cut = path;
    for (const char *p = path, *last = path; (p = strchr(p, '/'));) {
        cut = last;
        last = ++p;
    }
    return cut;
}

static void read_name(const struct at *at, struct str rest) {
    struct gen *g = at->g;
    if (g->statement_count == STATEMENTS_MAX)
        fail(at, "more than %d statements", STATEMENTS_MAX);
    rest = str_trim(rest);
    struct statement s = {.name = take_name(&rest), .kind = KINDS};
    rest = str_trim(rest);
    for (int k = 0; k < KINDS; k++)
        if (rest.n && rest.p[0] == ':' && str_is(str_from(rest, 1), kind_words[k]))
            s.kind = (enum kind)k;
    if (!s.name.n || s.kind == KINDS)
        fail(at, "write -- name: NAME :one, :many, :exec or :bulk");
    for (int i = 0; i < g->statement_count; i++)
        if (str_eq(g->statements[i].name, s.name))
            fail(at, "%.*s is already at %s", STR_ARG(s.name), g->statements[i].where);
    s.where = arena_printf(&g->arena, "%s:%d", short_path(at->path), at->line);
    g->statements[g->statement_count++] = s;
}

/* One comment line in front of a statement; s is NULL before the first name. */
static void read_comment(const struct at *at, struct statement *s, struct str line) {
    struct str body = str_trim(str_from(line, 2));
    if (str_starts(body, STR("in:")) || str_starts(body, STR("out:"))) {
        if (!s)
            fail(at, "this stands before the first -- name:");
        bool in = body.p[0] == 'i';
        read_fields(at, in ? &s->in : &s->out, str_from(body, in ? 3 : 4));
    } else if (str_starts(body, STR("scan:"))) {
        if (!s)
            fail(at, "this stands before the first -- name:");
        s->scan = str_z(&at->g->arena, str_trim(str_from(body, 5)));
    } else if (s && s->in.open) {
        read_fields(at, &s->in, body);
    } else if (s && s->out.open) {
        read_fields(at, &s->out, body);
    }
}

/* --- SQL text --- */

/* The text being written, for both databases at once. */
struct out {
    struct buf text[DIALECTS];
    bool space; /* white space is owed */
};

static void put(struct out *o, struct str s) {
    for (int d = 0; d < DIALECTS; d++) {
        if (o->space && o->text[d].n)
            buf_putc(&o->text[d], ' ');
        buf_str(&o->text[d], s);
    }
    o->space = false;
}

static void put_word(struct out *o, const struct word *w) {
    for (int d = 0; d < DIALECTS; d++) {
        if (o->space && o->text[d].n && w->text[d].n)
            buf_putc(&o->text[d], ' ');
        buf_str(&o->text[d], w->text[d]);
    }
    o->space = false;
}

/* Copies 'text' or "name", doubled quotes included; *rest stands on the opening quote. */
static void put_quoted(struct at *at, struct out *o, struct str *rest) {
    char quote = rest->p[0];
    size_t n = 1;
    while (n < rest->n && rest->p[n] != quote) {
        if (rest->p[n] == '\n')
            fail(at, "the text in quotes does not end in its line");
        n++;
    }
    if (n == rest->n)
        fail(at, "the text in quotes does not end");
    put(o, str_sub(*rest, 0, n + 1));
    *rest = str_from(*rest, n + 1);
}

static void put_param(struct at *at, struct out *o, struct statement *s, struct str *rest) {
    if (rest->n > 1 && rest->p[1] == ':')
        fail(at, "write CAST(x AS type), not ::");
    struct str after = str_from(*rest, 1);
    struct str name = take_name(&after);
    if (!name.n)
        fail(at, "a name must follow ':'");
    if (!s)
        fail(at, "a migration has no parameters");
    for (int i = 0; i < s->in.n; i++) {
        if (!str_eq(s->in.list[i].name, name))
            continue;
        s->in.list[i].used = true;
        char number[DIALECTS][16];
        snprintf(number[SQLITE], sizeof(number[0]), "?%d", i + 1);
        snprintf(number[POSTGRES], sizeof(number[0]), "$%d", i + 1);
        struct word w = {.text = {str_c(number[SQLITE]), str_c(number[POSTGRES])}};
        put_word(o, &w);
        *rest = after;
        return;
    }
    fail(at, ":%.*s is not declared in -- in:", STR_ARG(name));
}

static void skip_line(struct str *rest) {
    ptrdiff_t end = str_chr(*rest, '\n');
    *rest = str_from(*rest, end < 0 ? rest->n : (size_t)end);
}

/* Reads one piece of SQL. False at a ';' (when stop_at_semicolon) or at the end. */
static bool read_piece(struct at *at, struct out *o, struct statement *s, struct str *rest) {
    char c = rest->p[0];
    if (c == '\n')
        at->line++;
    if (isspace((unsigned char)c)) {
        o->space = true;
        *rest = str_from(*rest, 1);
    } else if (str_starts(*rest, STR("--"))) {
        skip_line(rest);
    } else if (str_starts(*rest, STR("/*"))) {
        fail(at, "comments are written with --");
    } else if (c == '\'' || c == '"') {
        put_quoted(at, o, rest);
    } else if (c == ':') {
        put_param(at, o, s, rest);
    } else if (c == '?' || c == '$') {
        fail(at, "parameters are written :name");
    } else if (c == '@') {
        struct str tail = str_from(*rest, 1);
        struct str name = take_name(&tail);
        if (!tail.n || tail.p[0] != '@')
            fail(at, "a word of dialect.def is written @WORD@");
        put_word(o, find_word(at, name));
        *rest = str_from(tail, 1);
    } else if (name_start(c)) {
        put(o, take_name(rest));
    } else if (c == ';' && s) {
        *rest = str_from(*rest, 1);
        return false;
    } else {
        put(o, str_sub(*rest, 0, 1));
        *rest = str_from(*rest, 1);
    }
    return true;
}

static void keep(struct gen *g, struct out *o, struct str text[DIALECTS]) {
    for (int d = 0; d < DIALECTS; d++) {
        text[d] = buf_dup(&g->arena, &o->text[d]);
        buf_free(&o->text[d]);
    }
}

/* --- statements --- */

static bool take_word(struct str *s, const char *word) {
    struct str w = str_c(word);
    *s = str_trim(*s);
    if (s->n < w.n || !str_ieq(str_sub(*s, 0, w.n), w))
        return false;
    *s = str_from(*s, w.n);
    return true;
}

/* COPY needs "INSERT INTO t (a, b) VALUES (:x, :y)" with the parameters in the order of -- in:. */
static void make_copy(const struct at *at, struct statement *s) {
    struct gen *g = at->g;
    struct buf values = BUF_INIT;
    for (int i = 0; i < s->in.n; i++)
        buf_printf(&values, "%s$%d", i ? ", " : "", i + 1);
    struct str rest = s->text[POSTGRES];
    bool ok = take_word(&rest, "INSERT") && take_word(&rest, "INTO");
    rest = str_trim(rest);
    struct str table = take_name(&rest);
    ok = ok && table.n && take_word(&rest, "(");
    ptrdiff_t end = str_chr(rest, ')');
    ok = ok && end > 0;
    struct str columns = str_sub(rest, 0, ok ? (size_t)end : 0);
    rest = str_from(rest, columns.n + 1);
    ok = ok && take_word(&rest, "VALUES") && take_word(&rest, "(") &&
         str_starts(rest, buf_view(&values)) && str_is(str_trim(str_from(rest, values.n)), ")");
    if (!ok)
        fail(at,
             "a :bulk is INSERT INTO table (columns) VALUES (:a, :b) and nothing more, with one "
             "space behind each comma and the parameters in the order of -- in:");
    s->copy = arena_printf(&g->arena, "COPY %.*s (%.*s) FROM STDIN (FORMAT binary)", STR_ARG(table),
                           STR_ARG(columns));
    buf_free(&values);
}

static void check_statement(const struct at *at, struct statement *s) {
    for (int i = 0; i < s->in.n; i++)
        if (!s->in.list[i].used)
            fail(at, "%.*s does not use :%.*s of its -- in:", STR_ARG(s->name),
                 STR_ARG(s->in.list[i].name));
    bool gives = s->kind == ONE || s->kind == MANY;
    if (gives && s->out.n == 0)
        fail(at, "%.*s needs -- out:", STR_ARG(s->name));
    if (!gives && s->out.n)
        fail(at, "%.*s gives no rows and can have no -- out:", STR_ARG(s->name));
    if (s->kind == BULK)
        make_copy(at, s);
}

static void read_body(struct at *at, struct statement *s, struct str *rest) {
    struct out o = {.space = false};
    while (rest->n && read_piece(at, &o, s, rest)) {}
    if (rest->n == 0 && (!rest->p || rest->p[-1] != ';'))
        fail(at, "%.*s does not end with ';'", STR_ARG(s->name));
    keep(at->g, &o, s->text);
    check_statement(at, s);
}

static void read_statements(struct gen *g, const char *path) {
    struct str rest = read_file(g, path);
    struct at at = {g, path, 1};
    struct statement *s = NULL;
    bool named = false; /* a name stands there and waits for its text */
    while (rest.n) {
        if (rest.p[0] == '\n')
            at.line++;
        if (isspace((unsigned char)rest.p[0])) {
            rest = str_from(rest, 1);
        } else if (str_starts(rest, STR("--"))) {
            ptrdiff_t end = str_chr(rest, '\n');
            struct str line = str_sub(rest, 0, end < 0 ? rest.n : (size_t)end);
            struct str body = str_trim(str_from(line, 2));
            if (str_starts(body, STR("name:"))) {
                if (named)
                    fail(&at, "the statement before this has no text");
                read_name(&at, str_from(body, 5));
                s = &g->statements[g->statement_count - 1];
                named = true;
            } else {
                read_comment(&at, named ? s : NULL, line);
            }
            skip_line(&rest);
        } else {
            if (!named)
                fail(&at, "a statement begins with -- name: NAME :kind");
            read_body(&at, s, &rest);
            named = false;
        }
    }
    if (named)
        fail(&at, "%.*s has no text", STR_ARG(s->name));
}

/* --- migrations --- */

static void read_migration(struct gen *g, const char *path, struct str file) {
    struct at at = {g, path, 1};
    char *end;
    struct migration m = {.version = strtol(file.p, &end, 10)};
    if (end != file.p + 4 || *end != '_')
        fail(&at, "a migration is named NNNN_what.sql");
    m.name = str_dup(&g->arena, str_sub(file, 5, file.n - 9));
    if (g->migration_count && g->migrations[g->migration_count - 1].version >= m.version)
        fail(&at, "there is already a migration %ld", m.version);
    struct str rest = read_file(g, path);
    struct out o = {.space = false};
    while (rest.n && read_piece(&at, &o, NULL, &rest)) {}
    keep(g, &o, m.text);
    g->migrations[g->migration_count++] = m;
}

/* --- directories --- */

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The *.sql files of a directory in order of name; -1 when there is no such directory. */
static int list_sql(struct gen *g, const char *dir, char *names[FILES_MAX]) {
    DIR *d = opendir(dir);
    if (!d)
        return -1;
    buf_printf(&g->deps, " %s", dir); /* so that a new file is noticed */
    int n = 0;
    for (struct dirent *e; n < FILES_MAX && (e = readdir(d));)
        if (str_ends(str_c(e->d_name), STR(".sql")) && e->d_name[0] != '.')
            names[n++] = arena_strdup(&g->arena, e->d_name);
    closedir(d);
    qsort(names, (size_t)n, sizeof(names[0]), by_name);
    return n;
}

static void read_dir(struct gen *g, const char *dir) {
    char *names[FILES_MAX];
    int n = list_sql(g, dir, names);
    struct at at = {g, dir, 0};
    if (n < 0)
        fail(&at, "the directory can not be read");
    for (int i = 0; i < n; i++)
        read_statements(g, arena_printf(&g->arena, "%s/%s", dir, names[i]));
    const char *migrate = arena_printf(&g->arena, "%s/migrate", dir);
    n = list_sql(g, migrate, names);
    for (int i = 0; i < n; i++)
        read_migration(g, arena_printf(&g->arena, "%s/%s", migrate, names[i]), str_c(names[i]));
}

/* --- output --- */

static void write_c_string(FILE *f, struct str s) {
    fputs("\n        \"", f);
    size_t column = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (column > 80 && s.p[i - 1] == ' ') {
            fputs("\"\n        \"", f);
            column = 0;
        }
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < 32 || c > 126)
            fprintf(f, "\\%03o", c);
        else
            fputc(c, f);
        column++;
    }
    fputc('"', f);
}

static void write_struct(FILE *f, const char *prefix, const struct statement *s, const char *way,
                         const struct fields *fields) {
    if (fields->n == 0)
        return;
    fprintf(f, "struct %s_%.*s_%s {\n", prefix, STR_ARG(s->name), way);
    for (int i = 0; i < fields->n; i++)
        fprintf(f, "    %s%.*s;%s\n", type_c[fields->list[i].type], STR_ARG(fields->list[i].name),
                fields->list[i].nullable ? " /* may be NULL */" : "");
    fprintf(f, "};\n");
}

/* "PREFIX_NAME" for messages and code; lives in the arena. */
static const char *full_name(struct gen *g, const struct statement *s) {
    return arena_printf(&g->arena, "%s_%.*s", g->prefix, STR_ARG(s->name));
}

/* The list of parameters of the generated function, and the arguments it hands on. */
static const char *in_param(struct gen *g, const struct statement *s) {
    return s->in.n ? arena_printf(&g->arena, ", const struct %s_in *in", full_name(g, s)) : "";
}

static void write_prototype(struct gen *g, FILE *f, const struct statement *s) {
    const char *name = full_name(g, s);
    const char *in = in_param(g, s);
    switch (s->kind) {
    case ONE:
        fprintf(f, "enum st %s(struct tx *tx%s, struct %s_out *out);\n", name, in, name);
        break;
    case MANY:
        fprintf(f, "typedef bool (*%s_fn)(void *arg, const struct %s_out *row);\n", name, name);
        fprintf(f, "enum st %s_each(struct tx *tx%s, %s_fn fn, void *arg);\n", name, in, name);
        break;
    case EXEC: fprintf(f, "enum st %s(struct tx *tx%s, int64_t *changed);\n", name, in); break;
    case BULK:
        fprintf(f, "struct sql_bulk *%s_begin(struct tx *tx);\n", name);
        fprintf(f, "enum st %s_add(struct sql_bulk *bulk%s);\n", name, in);
        fprintf(f, "enum st %s_end(struct sql_bulk *bulk);\n", name);
        break;
    case KINDS: abort();
    }
}

static void write_function(struct gen *g, FILE *f, const struct statement *s, int n) {
    const char *name = full_name(g, s);
    const char *in = in_param(g, s);
    const char *arg = s->in.n ? "in" : "NULL";
    const char *row = arena_printf(&g->arena, "&%s_statements[%d]", g->prefix, n);
    switch (s->kind) {
    case ONE:
        fprintf(f, "enum st %s(struct tx *tx%s, struct %s_out *out) {\n", name, in, name);
        fprintf(f, "    return stmt_one(tx, %s, %s, out);\n}\n\n", row, arg);
        break;
    case MANY:
        fprintf(f,
                "struct %s_call {\n    %s_fn fn;\n    void *arg;\n};\n\n"
                "static bool %s_row(void *call, const void *row) {\n"
                "    const struct %s_call *c = call;\n    return c->fn(c->arg, row);\n}\n\n",
                name, name, name, name);
        fprintf(f, "enum st %s_each(struct tx *tx%s, %s_fn fn, void *arg) {\n", name, in, name);
        fprintf(f, "    struct %s_call call = {fn, arg};\n", name);
        fprintf(f, "    return stmt_each(tx, %s, %s, %s_row, &call);\n}\n\n", row, arg, name);
        break;
    case EXEC:
        fprintf(f, "enum st %s(struct tx *tx%s, int64_t *changed) {\n", name, in);
        fprintf(f, "    return stmt_exec(tx, %s, %s, changed);\n}\n\n", row, arg);
        break;
    case BULK:
        fprintf(f, "struct sql_bulk *%s_begin(struct tx *tx) {\n", name);
        fprintf(f, "    return stmt_bulk_begin(tx, %s);\n}\n\n", row);
        fprintf(f, "enum st %s_add(struct sql_bulk *bulk%s) {\n", name, in);
        fprintf(f, "    return stmt_bulk_add(bulk, %s, %s);\n}\n\n", row, arg);
        fprintf(f, "enum st %s_end(struct sql_bulk *bulk) {\n", name);
        fprintf(f, "    return stmt_bulk_end(bulk, %s);\n}\n\n", row);
        break;
    case KINDS: abort();
    }
}

static void write_header(struct gen *g, FILE *f) {
    fprintf(f, "/* Made by tools/sqlgen. */\n#pragma once\n\n#include \"store/stmt.h\"\n\n");
    fprintf(f, "extern const struct sql_stmt %s_statements[];\n", g->prefix);
    fprintf(f, "extern const size_t %s_statement_count;\n", g->prefix);
    fprintf(f, "extern const struct sql_migration %s_migrations[];\n", g->prefix);
    fprintf(f, "extern const size_t %s_migration_count;\n", g->prefix);
    for (int i = 0; i < g->statement_count; i++) {
        const struct statement *s = &g->statements[i];
        fprintf(f, "\n/* %s */\n", s->where);
        write_struct(f, g->prefix, s, "in", &s->in);
        write_struct(f, g->prefix, s, "out", &s->out);
        write_prototype(g, f, s);
    }
}

static void write_fields(struct gen *g, FILE *f, const struct statement *s, const char *way,
                         const struct fields *fields) {
    const char *name = full_name(g, s);
    if (fields->n == 0)
        return;
    fprintf(f, "static const struct sql_field %s_%s_fields[] = {\n", name, way);
    for (int i = 0; i < fields->n; i++) {
        const struct field *one = &fields->list[i];
        fprintf(f, "    {\"%.*s\", %s, %s, offsetof(struct %s_%s, %.*s)},\n", STR_ARG(one->name),
                type_enums[one->type], one->nullable ? "true" : "false", name, way,
                STR_ARG(one->name));
    }
    fprintf(f, "};\n");
}

static void write_row(struct gen *g, FILE *f, const struct statement *s, int n) {
    const char *name = full_name(g, s);
    fprintf(f, "    {\n        .name = \"%.*s\",\n        .where =", STR_ARG(s->name));
    write_c_string(f, str_c(s->where));
    fprintf(f, ",\n        .kind = %s,\n        .slot = %d,\n", kind_enums[s->kind],
            g->first_slot + n);
    if (s->scan) {
        fprintf(f, "        .scan =");
        write_c_string(f, str_c(s->scan));
        fprintf(f, ",\n");
    }
    if (s->in.n)
        fprintf(f, "        .in_count = %d,\n        .in = %s_in_fields,\n", s->in.n, name);
    if (s->out.n)
        fprintf(f,
                "        .out_count = %d,\n        .out = %s_out_fields,\n"
                "        .out_size = sizeof(struct %s_out),\n",
                s->out.n, name, name);
    for (int d = 0; d < DIALECTS; d++) {
        fprintf(f, "        .text[%s] =", d == SQLITE ? "DIALECT_SQLITE" : "DIALECT_POSTGRES");
        write_c_string(f, s->text[d]);
        fprintf(f, ",\n");
    }
    if (s->copy)
        fprintf(f, "        .copy = \"%s\",\n", s->copy);
    fprintf(f, "    },\n");
}

static void write_migrations(struct gen *g, FILE *f) {
    fprintf(f, "const struct sql_migration %s_migrations[] = {\n", g->prefix);
    for (int i = 0; i < g->migration_count; i++) {
        const struct migration *m = &g->migrations[i];
        fprintf(f, "    {\n        .version = %ld,\n        .name = \"%.*s\",\n", m->version,
                STR_ARG(m->name));
        fprintf(f, "        .text[DIALECT_SQLITE] =");
        write_c_string(f, m->text[SQLITE]);
        fprintf(f, ",\n        .text[DIALECT_POSTGRES] =");
        write_c_string(f, m->text[POSTGRES]);
        fprintf(f, ",\n    },\n");
    }
    fprintf(f, "    {.version = -1},\n};\n\nconst size_t %s_migration_count = %d;\n", g->prefix,
            g->migration_count);
}

static void write_source(struct gen *g, FILE *f, const char *header) {
    const char *slash = strrchr(header, '/');
    fprintf(f, "/* Made by tools/sqlgen. */\n#include \"%s\"\n\n", slash ? slash + 1 : header);
    /* A migration is longer than the 4095 characters that C promises; gcc and clang take it. */
    fputs("#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n", f);
    for (int i = 0; i < g->statement_count; i++) {
        write_fields(g, f, &g->statements[i], "in", &g->statements[i].in);
        write_fields(g, f, &g->statements[i], "out", &g->statements[i].out);
    }
    fprintf(f, "\nconst struct sql_stmt %s_statements[] = {\n", g->prefix);
    for (int i = 0; i < g->statement_count; i++)
        write_row(g, f, &g->statements[i], i);
    fprintf(f, "    {.name = NULL},\n};\n\nconst size_t %s_statement_count = %d;\n\n", g->prefix,
            g->statement_count);
    write_migrations(g, f);
    fputc('\n', f);
    for (int i = 0; i < g->statement_count; i++)
        write_function(g, f, &g->statements[i], i);
}

static FILE *create(struct gen *g, const char *path) {
    struct at at = {g, path, 0};
    FILE *f = fopen(path, "w");
    if (!f)
        fail(&at, "the file can not be written");
    return f;
}

static void finish(struct gen *g, const char *path, FILE *f) {
    struct at at = {g, path, 0};
    bool bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad)
        fail(&at, "the file can not be written");
}

int main(int argc, char **argv) {
    if (argc < 8) {
        fputs("usage: sqlgen PREFIX FIRST_SLOT DIALECT_DEF OUT_H OUT_C DEPFILE DIR...\n", stderr);
        return 2;
    }
    static struct gen g;
    arena_init(&g.arena, 0);
    g.prefix = argv[1];
    g.first_slot = atoi(argv[2]);
    g.statements = arena_array(&g.arena, STATEMENTS_MAX, sizeof(*g.statements));
    g.migrations = arena_array(&g.arena, FILES_MAX * 4, sizeof(*g.migrations));
    read_dialect(&g, argv[3]);
    for (int i = 7; i < argc; i++)
        read_dir(&g, argv[i]);
    FILE *f = create(&g, argv[4]);
    write_header(&g, f);
    finish(&g, argv[4], f);
    f = create(&g, argv[5]);
    write_source(&g, f, argv[4]);
    finish(&g, argv[5], f);
    f = create(&g, argv[6]);
    fprintf(f, "%s %s:%s\n", argv[4], argv[5], g.deps.p);
    finish(&g, argv[6], f);
    buf_free(&g.deps);
    arena_free(&g.arena);
    return 0;
}
