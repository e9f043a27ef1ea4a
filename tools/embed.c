/* embed LIST OUT_C [TABLE]: puts files into the program, as those that web/build.mjs made.
 *
 * Each line of LIST is: name, file name, media type, path, separated by tabs. OUT_C defines
 * TABLE[], static_files[] when it is not named (site/static.h), in the list's order, ended by a row
 * without a name. A file that becomes a tenth smaller or more is there in gzip's form too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/arena.h"
#include "base/str.h"

enum { FIELDS = 4, NUMBERS_A_LINE = 20 };

static void die(const char *what, const char *which) {
    fprintf(stderr, "embed: %s: %s\n", which, what);
    exit(1);
}

static struct str read_file(struct arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f)
        die("can not be read", path);
    struct buf b = BUF_INIT;
    char piece[16384];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        buf_add(&b, piece, n);
    if (ferror(f))
        die("can not be read", path);
    fclose(f);
    struct str text = buf_dup(a, &b);
    buf_free(&b);
    return text;
}

/* gzip's form, without a time in it, or NULL when it does not pay. */
static struct str squeeze(struct arena *a, struct str text) {
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        die("no memory", "zlib");
    size_t room = deflateBound(&z, (uLong)text.n);
    char *out = arena_alloc(a, room);
    z.next_in = (z_const Bytef *)text.p;
    z.avail_in = (uInt)text.n;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        die("can not be compressed", "zlib");
    size_t n = room - z.avail_out;
    deflateEnd(&z);
    return n < text.n / 10 * 9 ? (struct str){out, n} : STR_NULL;
}

static void write_array(FILE *out, const char *prefix, int i, struct str bytes) {
    fprintf(out, "static const unsigned char %s%d[] = {", prefix, i);
    for (size_t k = 0; k < bytes.n; k++)
        fprintf(out, "%s%d,", k % NUMBERS_A_LINE ? "" : "\n", (unsigned char)bytes.p[k]);
    fputs("\n};\n", out);
}

/* One line of the list: writes its arrays into out, its row into rows. */
static void embed(struct arena *a, FILE *out, struct buf *rows, int i, struct str line) {
    struct str field[FIELDS] = {0};
    for (int k = 0; k < FIELDS && line.p; k++)
        field[k] = str_cut(&line, '\t');
    if (!field[FIELDS - 1].n)
        die("a line with too few fields", "the list");
    struct str bytes = read_file(a, str_z(a, field[3]));
    if (!bytes.n)
        die("is empty", str_z(a, field[3]));
    struct str packed = squeeze(a, bytes);
    write_array(out, "plain", i, bytes);
    buf_printf(rows, "    {\"%.*s\", \"/static/%.*s\", \"%.*s\", {(const char *)plain%d, %zu}, ",
               STR_ARG(field[0]), STR_ARG(field[1]), STR_ARG(field[2]), i, bytes.n);
    if (packed.p) {
        write_array(out, "packed", i, packed);
        buf_printf(rows, "{(const char *)packed%d, %zu}},\n", i, packed.n);
    } else {
        buf_puts(rows, "{NULL, 0}},\n");
    }
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4)
        die("usage: embed LIST OUT_C [TABLE]", "arguments");
    struct arena arena;
    arena_init(&arena, 0);
    struct str list = read_file(&arena, argv[1]);
    FILE *out = fopen(argv[2], "w");
    if (!out)
        die("can not be written", argv[2]);
    struct buf rows = BUF_INIT;
    fputs("/* Made by tools/embed. */\n#include \"site/static.h\"\n\n", out);
    for (int i = 0; list.n; i++)
        embed(&arena, out, &rows, i, str_cut(&list, '\n'));
    fprintf(out,
            "\nextern const struct static_file %s[];\nconst struct static_file %s[] = {\n%.*s    "
            "{NULL, NULL, NULL, {NULL, 0}, {NULL, 0}},\n};\n",
            argc == 4 ? argv[3] : "static_files", argc == 4 ? argv[3] : "static_files",
            STR_ARG(buf_view(&rows)));
    buf_free(&rows);
    arena_free(&arena);
    if (fclose(out))
        die("can not be written", argv[2]);
    return 0;
}
