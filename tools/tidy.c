/* tidy ROOT: checks of the tree that no compiler makes. Run as a test of the suite tidy, and by
 * ./dev tidy. Prints "file:line: what is wrong; what to do" for each finding, exit 1 if any.
 *
 *   layers     #include lines follow the arrows of ARCHITECTURE.md; a library's header is seen
 *              only where it belongs
 *   functions  none that overflows, or whose better form stands in base/
 *   state      no variable that outlives a call, but the few in the table below
 *   SQL        only in sql/ and store/
 *   lengths    1000 lines a file, 100 columns a line
 *   words      no marks of unfinished work
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"

enum { LINES_MAX = 1000, COLUMNS_MAX = 100 };

/* What each layer may include. An arrow that is not here is not drawn. */
static const struct {
    const char *layer;
    const char *may; /* with a blank on both sides of each */
} layers[] = {
    {"base", " base "},
    {"http", " base http "},
    {"store", " base store "},
    {"formats", " base formats "},
    {"ledger", " base store formats ledger "},
    {"market", " base store formats ledger market "},
    {"notify", " base store formats ledger market notify "},
    {"app", " base http store formats market notify app "},
    {"api", " base http formats market notify app api "},
    {"site", " base http formats market notify app site "},
    {"hitd", " base http store formats ledger market notify app api site hitd "},
    {"hit", " base http formats hit "},
};

/* Headers of libraries, and the only place in src/ that may see them. */
static const struct {
    const char *header;
    const char *place;
} libraries[] = {
    {"sqlite3.h", "src/store/sqlite"},
    {"libpq-fe.h", "src/store/postgres.c"},
    {"microhttpd.h", "src/http/"},
    {"libxml/", "src/formats/"},
};

/* Where a function is banned. */
enum scope {
    EVERYWHERE,
    IN_SRC, /* tests and tools may */
};

static const struct {
    const char *name;
    enum scope scope;
    const char *but; /* the one file that may, or NULL */
    const char *instead;
} banned[] = {
    {"strcpy", EVERYWHERE, NULL, "use struct str and buf_str, or snprintf"},
    {"strcat", EVERYWHERE, NULL, "use buf_str of base/str.h"},
    {"strncpy", EVERYWHERE, NULL, "use str_sub and buf_str, or snprintf"},
    {"strncat", EVERYWHERE, NULL, "use buf_str of base/str.h"},
    {"sprintf", EVERYWHERE, NULL, "use arena_printf, buf_printf or snprintf"},
    {"vsprintf", EVERYWHERE, NULL, "use arena_vprintf or vsnprintf"},
    {"strtok", EVERYWHERE, NULL, "use str_cut of base/str.h"},
    {"strtok_r", EVERYWHERE, NULL, "use str_cut of base/str.h"},
    {"gets", EVERYWHERE, NULL, "use getline"},
    {"alloca", EVERYWHERE, NULL, "take an arena"},
    {"tmpnam", EVERYWHERE, NULL, "use mkstemp"},
    {"mktemp", EVERYWHERE, NULL, "use mkstemp"},
    {"atoi", IN_SRC, NULL, "use num_parse of base/num.h, which sees bad input"},
    {"atol", IN_SRC, NULL, "use num_parse of base/num.h, which sees bad input"},
    {"atoll", IN_SRC, NULL, "use num_parse of base/num.h, which sees bad input"},
    {"atof", IN_SRC, NULL, "use money_parse of base/money.h or num_parse of base/num.h"},
    {"strtol", IN_SRC, "src/base/num.c", "use num_parse of base/num.h"},
    {"strtoll", IN_SRC, "src/base/num.c", "use num_parse of base/num.h"},
    {"strtoul", IN_SRC, "src/base/num.c", "use num_parse of base/num.h"},
    {"strtoull", IN_SRC, "src/base/num.c", "use num_parse of base/num.h"},
    {"sscanf", IN_SRC, NULL, "use str_cut and num_parse of base/"},
    {"gmtime", IN_SRC, NULL, "use base/datetime.h"},
    {"gmtime_r", IN_SRC, "src/http/sigv4.c", "use base/datetime.h"},
    {"localtime", IN_SRC, NULL, "use base/datetime.h; no rule knows a time zone"},
    {"localtime_r", IN_SRC, NULL, "use base/datetime.h; no rule knows a time zone"},
    {"ctime", IN_SRC, NULL, "use time_iso of base/datetime.h"},
    {"asctime", IN_SRC, NULL, "use time_iso of base/datetime.h"},
    {"strftime", IN_SRC, "src/http/sigv4.c", "use time_iso of base/datetime.h"},
    {"mktime", IN_SRC, NULL, "use time_days_from_civil of base/datetime.h"},
    {"time", IN_SRC, NULL, "take now_ms as a parameter; at the top, time_wall_ms"},
    {"gettimeofday", IN_SRC, NULL, "take now_ms as a parameter; at the top, time_wall_ms"},
    {"rand", IN_SRC, NULL, "use rand_bytes of base/rand.h"},
    {"srand", IN_SRC, NULL, "use rand_bytes of base/rand.h"},
    {"random", IN_SRC, NULL, "use rand_bytes of base/rand.h"},
    {"drand48", IN_SRC, NULL, "use rand_bytes of base/rand.h"},
    {"system", IN_SRC, NULL, "call what the command does"},
    {"popen", IN_SRC, NULL, "call what the command does"},
    {"setenv", IN_SRC, NULL, "pass a parameter; other threads read the environment"},
    {"setlocale", IN_SRC, NULL, "leave the locale at C; printed numbers are an interface"},
};

/* Variables that may outlive a call, each with its reason. */
static const struct {
    const char *file;
    const char *name;
    const char *why;
} globals[] = {
    {"src/base/log.c", "level_min", "set once, before any thread starts"},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A source file, and the same text three times with all but one kind of it blanked, so that
 * offsets agree: code without comments and literals, literals alone. */
struct file {
    struct arena a;
    const char *path; /* from the root */
    struct str text, code, literals;
    int *findings;
};

static int line_at(struct str text, size_t at) {
    int line = 1;
    for (size_t i = 0; i < at && i < text.n; i++)
        line += text.p[i] == '\n';
    return line;
}

__attribute__((format(printf, 3, 4))) static void finding(struct file *f, size_t at,
                                                          const char *fmt, ...) {
    va_list ap;
    printf("%s:%d: ", f->path, line_at(f->text, at));
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    ++*f->findings;
}

static bool in_src(const struct file *f) {
    return strncmp(f->path, "src/", 4) == 0;
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether a word of n bytes stands at at, whole. */
static bool whole_word(struct str s, size_t at, size_t n) {
    return (at == 0 || !is_word(s.p[at - 1])) && (at + n == s.n || !is_word(s.p[at + n]));
}

/* Offset of the next whole word, from at; s.n when there is none. */
static size_t find_word(struct str s, size_t at, const char *word) {
    struct str w = str_c(word);
    for (ptrdiff_t found; (found = str_find(str_from(s, at), w)) >= 0; at++) {
        at += (size_t)found;
        if (whole_word(s, at, w.n))
            return at;
    }
    return s.n;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* End of the comment or literal that begins at i, or i when none does. */
static size_t skip_token(struct str s, size_t i) {
    struct str rest = str_from(s, i);
    if (str_starts(rest, STR("/*"))) {
        ptrdiff_t end = str_find(str_from(rest, 2), STR("*/"));
        return end < 0 ? s.n : i + (size_t)end + 4;
    }
    if (str_starts(rest, STR("//"))) {
        ptrdiff_t end = str_chr(rest, '\n');
        return end < 0 ? s.n : i + (size_t)end;
    }
    if (s.p[i] != '"' && s.p[i] != '\'')
        return i;
    size_t end = i + 1;
    while (end < s.n && s.p[end] != s.p[i] && s.p[end] != '\n')
        end += s.p[end] == '\\' ? 2 : 1;
    return end + 1 < s.n ? end + 1 : s.n;
}

static void split(struct file *f) {
    char *code = arena_memdup(&f->a, f->text.p, f->text.n);
    char *literals = arena_memdup(&f->a, f->text.p, f->text.n);
    for (size_t i = 0, end; i < f->text.n; i = end) {
        end = skip_token(f->text, i);
        bool token = end > i;
        bool literal = token && f->text.p[i] != '/';
        end = token ? end : i + 1;
        for (size_t k = i; k < end; k++) {
            bool keep = f->text.p[k] == '\n';
            code[k] = token && !keep ? ' ' : code[k];
            literals[k] = !literal && !keep ? ' ' : literals[k];
        }
    }
    f->code = (struct str){code, f->text.n};
    f->literals = (struct str){literals, f->text.n};
}

/* --- checks ----------------------------------------------------------------------------------- */

static void check_lengths(struct file *f) {
    struct str rest = f->text;
    int lines = 0;
    while (rest.p && rest.n) {
        size_t at = (size_t)(rest.p - f->text.p);
        size_t columns = utf8_length(str_cut(&rest, '\n'));
        if (columns > COLUMNS_MAX)
            finding(f, at, "%zu columns; break the line at %d (./dev format)", columns,
                    COLUMNS_MAX);
        if (++lines == LINES_MAX + 1)
            finding(f, at, "more than %d lines; a file has one subject: split it", LINES_MAX);
    }
}

static void check_words(struct file *f) {
    /* Written apart, so that this file may hold them. */
    static const char *const words[] = {"TO"
                                        "DO",
                                        "FIX"
                                        "ME",
                                        "XX"
                                        "X",
                                        "HA"
                                        "CK"};
    for (size_t i = 0; i < COUNT(words); i++)
        for (size_t at = 0; (at = find_word(f->text, at, words[i])) < f->text.n; at++)
            finding(f, at, "%s; finish it now or make it an issue", words[i]);
}

static const char *layer_may(struct str layer) {
    for (size_t i = 0; i < COUNT(layers); i++)
        if (str_is(layer, layers[i].layer))
            return layers[i].may;
    return NULL;
}

static void check_layer(struct file *f, size_t at, struct str header) {
    struct str path = str_c(f->path + 4);
    struct str mine = str_cut(&path, '/');
    struct str name = header;
    struct str other = str_cut(&name, '/');
    const char *may = layer_may(mine);
    if (!may) {
        finding(f, at, "the layer %.*s is unknown; draw it in tools/tidy.c and ARCHITECTURE.md",
                STR_ARG(mine));
        return;
    }
    if (!name.p) {
        finding(f, at, "\"%.*s\" names no layer; write \"layer/file.h\"", STR_ARG(header));
        return;
    }
    if (!strstr(may, arena_printf(&f->a, " %.*s ", STR_ARG(other))))
        finding(f, at,
                "%.*s/ must not see %.*s/; move the rule down or pass what is needed in "
                "(ARCHITECTURE.md)",
                STR_ARG(mine), STR_ARG(other));
}

static void check_library(struct file *f, size_t at, struct str header) {
    for (size_t i = 0; i < COUNT(libraries); i++)
        if (str_starts(header, str_c(libraries[i].header)) &&
            !str_starts(str_c(f->path), str_c(libraries[i].place)))
            finding(f, at, "<%.*s> belongs to %s alone; go through that module's header",
                    STR_ARG(header), libraries[i].place);
}

static void check_includes(struct file *f) {
    struct str rest = f->text;
    while (rest.p && rest.n) {
        size_t at = (size_t)(rest.p - f->text.p);
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (!str_starts(line, STR("#include ")))
            continue;
        struct str header = str_trim(str_from(line, 9));
        char close = header.n && header.p[0] == '"' ? '"' : '>';
        header = str_from(header, 1);
        header = str_cut(&header, close);
        if (close == '"')
            check_layer(f, at, header);
        else
            check_library(f, at, header);
    }
}

static void check_functions(struct file *f) {
    for (size_t i = 0; i < COUNT(banned); i++) {
        if ((banned[i].scope == IN_SRC && !in_src(f)) ||
            (banned[i].but && strcmp(f->path, banned[i].but) == 0))
            continue;
        size_t n = strlen(banned[i].name);
        for (size_t at = 0; (at = find_word(f->code, at, banned[i].name)) < f->code.n; at++) {
            struct str after = str_trim(str_sub(f->code, at + n, 2));
            bool member = at > 0 && (f->code.p[at - 1] == '.' || f->code.p[at - 1] == '>');
            if (!member && after.n && after.p[0] == '(')
                finding(f, at, "%s() is not used here; %s", banned[i].name, banned[i].instead);
        }
    }
}

/* Statements have a verb and one of the words that follow it, both in capitals. */
static void check_sql(struct file *f) {
    static const struct {
        const char *verb, *then;
    } forms[] = {{"SELECT", "FROM"}, {"INSERT", "INTO"}, {"UPDATE", "SET"}, {"DELETE", "FROM"}};
    for (size_t i = 0; i < COUNT(forms); i++)
        for (size_t at = 0; (at = find_word(f->literals, at, forms[i].verb)) < f->literals.n;
             at++) {
            ptrdiff_t end = str_chr(str_from(f->literals, at), '"');
            struct str literal = end < 0 ? STR_NULL : str_sub(f->literals, at, (size_t)end);
            if (literal.p && find_word(literal, 0, forms[i].then) < literal.n)
                finding(f, at, "SQL in C; make it a named statement in sql/");
        }
}

/* A declaration or definition, from at on. */
struct declaration {
    struct str text; /* without what stands in braces, up to ';' or '='; NULL for a function */
    size_t end;      /* behind it, initialiser or body included */
};

static struct declaration declaration(struct file *f, size_t at) {
    struct buf b = BUF_INIT;
    int depth = 0;
    bool function = false, value = false, over = false;
    size_t i = at;
    for (; i < f->code.n && !over; i++) {
        char c = f->code.p[i];
        if (c == '{' && depth++ == 0 && !value)
            function |= str_ends(str_trim(buf_view(&b)), STR(")"));
        else if (c == '}')
            over = --depth < 0 || (depth == 0 && function);
        else if (depth == 0 && c == ';')
            over = true;
        else if (depth == 0 && c == '=')
            value = true;
        else if (depth == 0 && !value)
            buf_putc(&b, c == '\n' ? ' ' : c);
    }
    /* A prototype: what has parentheses is no plain variable. */
    function |= str_chr(buf_view(&b), '(') >= 0;
    struct str text = function ? STR_NULL : str_trim(buf_dup(&f->a, &b));
    buf_free(&b);
    return (struct declaration){text, i};
}

static bool is_const(struct str declared) {
    size_t from = 0;
    for (size_t i = 0; i < declared.n; i++)
        from = declared.p[i] == '*' ? i : from; /* behind the last star: the variable itself */
    struct str own = str_from(declared, from);
    return find_word(own, 0, "const") < own.n;
}

/* The last word, without brackets. */
static struct str declared_name(struct str s) {
    ptrdiff_t bracket = str_chr(s, '[');
    s = str_trim(bracket < 0 ? s : str_sub(s, 0, (size_t)bracket));
    size_t from = s.n;
    while (from > 0 && is_word(s.p[from - 1]))
        from--;
    return str_from(s, from);
}

static void check_variable(struct file *f, size_t at, struct str declared) {
    struct str name = declared_name(declared);
    if (is_const(declared))
        return;
    for (size_t i = 0; i < COUNT(globals); i++)
        if (strcmp(f->path, globals[i].file) == 0 && str_is(name, globals[i].name))
            return;
    finding(f, at,
            "the variable %.*s outlives the call; pass it in a struct, or make it const (a "
            "pointer itself too)",
            STR_ARG(name));
}

/* Blank for preprocessor lines, with their continuations. */
static void drop_directives(struct file *f) {
    char *code = arena_memdup(&f->a, f->code.p, f->code.n);
    bool directive = false, line_start = true;
    for (size_t i = 0; i < f->code.n; i++) {
        char c = code[i];
        if (c == '\n') {
            directive = directive && i > 0 && f->code.p[i - 1] == '\\';
            line_start = true;
            continue;
        }
        directive |= line_start && c == '#';
        line_start &= c == ' ' || c == '\t';
        if (directive)
            code[i] = ' ';
    }
    f->code = (struct str){code, f->code.n};
}

/* At file scope: a type, something that stands elsewhere, or static (which is looked at apart). */
static bool declares_no_variable(struct str s) {
    static const char *const words[] = {"typedef", "extern", "static"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (find_word(s, 0, words[i]) < s.n)
            return true;
    struct str rest = s;
    struct str word = str_cut(&rest, ' ');
    bool type = str_is(word, "struct") || str_is(word, "enum") || str_is(word, "union");
    rest = rest.p ? str_trim(rest) : STR("");
    return s.n == 0 || (type && str_chr(rest, ' ') < 0 && str_chr(rest, '*') < 0);
}

static void check_state(struct file *f) {
    for (size_t at = 0; (at = find_word(f->code, at, "static")) < f->code.n; at++) {
        struct declaration d = declaration(f, at + 6);
        if (d.text.p)
            check_variable(f, at, d.text);
    }
    for (size_t i = 0; i < f->code.n;) {
        if (!is_word(f->code.p[i])) {
            i++;
            continue;
        }
        struct declaration d = declaration(f, i);
        if (d.text.p && !declares_no_variable(d.text))
            check_variable(f, i, d.text);
        i = d.end;
    }
}

/* --- the tree --------------------------------------------------------------------------------- */

static bool read_file(const char *root, struct file *f) {
    FILE *in = fopen(arena_printf(&f->a, "%s/%s", root, f->path), "rb");
    if (!in) {
        perror(f->path);
        return false;
    }
    struct stat st;
    size_t size = fstat(fileno(in), &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
    char *p = arena_alloc(&f->a, size);
    f->text = (struct str){p, fread(p, 1, size, in)};
    fclose(in);
    return true;
}

static bool is_c(struct str name) {
    return str_ends(name, STR(".c")) || str_ends(name, STR(".h"));
}

static bool is_other_text(struct str name) {
    static const char *const ends[] = {".sql", ".def", ".py",   ".sh",
                                       ".js",  ".mjs", ".html", ".css"};
    for (size_t i = 0; i < COUNT(ends); i++)
        if (str_ends(name, str_c(ends[i])))
            return true;
    return false;
}

static void check_file(const char *root, const char *path, int *findings) {
    struct file f = {.path = path, .findings = findings};
    arena_init(&f.a, 0);
    if (!read_file(root, &f)) {
        ++*findings;
    } else {
        check_words(&f);
        if (is_c(str_c(path))) {
            check_lengths(&f);
            split(&f);
            check_functions(&f);
            if (in_src(&f)) {
                check_includes(&f);
                if (!str_starts(str_c(path), STR("src/store/")))
                    check_sql(&f);
                drop_directives(&f);
                check_state(&f);
            }
        }
    }
    arena_free(&f.a);
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "node_modules") != 0 &&
           strcmp(entry->d_name, "corpus") != 0;
}

/* All files below dir, in the order of their names. */
static void check_dir(const char *root, const char *dir, int *findings, int *files) {
    char path[4096], full[8192];
    struct dirent **entries;
    struct stat st;
    snprintf(full, sizeof(full), "%s/%s", root, dir);
    int n = scandir(full, &entries, visible, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
        snprintf(full, sizeof(full), "%s/%s", root, path);
        free(entries[i]);
        if (stat(full, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            check_dir(root, path, findings, files);
        } else if (is_c(str_c(path)) || is_other_text(str_c(path))) {
            check_file(root, path, findings);
            ++*files;
        }
    }
    if (n >= 0)
        free(entries);
}

int main(int argc, char **argv) {
    static const char *const dirs[] = {"src", "sql", "pages", "web", "tests", "bench", "tools"};
    int findings = 0, files = 0;
    if (argc != 2) {
        fputs("usage: tidy ROOT\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < COUNT(dirs); i++)
        check_dir(argv[1], dirs[i], &findings, &files);
    printf("%d files, %d findings\n", files, findings);
    if (files == 0)
        fprintf(stderr, "%s holds no sources\n", argv[1]);
    return findings || files == 0;
}
