#include "formats/text_in.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"

enum { SNIFF = 4096 };

static const struct {
    const char *name;
    const char *iconv; /* NULL: decoded here */
} ENCODINGS[ENCODING__COUNT] = {
    [ENCODING_AUTO] = {"auto", NULL},
    [ENCODING_UTF8] = {"UTF-8", NULL},
    [ENCODING_UTF16LE] = {"UTF-16LE", NULL},
    [ENCODING_UTF16BE] = {"UTF-16BE", NULL},
    [ENCODING_WINDOWS_1252] = {"Windows-1252", "WINDOWS-1252"},
    [ENCODING_ISO_8859_1] = {"ISO-8859-1", "ISO-8859-1"},
    [ENCODING_MAC_ROMAN] = {"MacRoman", "MACINTOSH"},
    /* What Japanese Windows calls Shift_JIS: the plain one lacks signs that Excel writes. */
    [ENCODING_SHIFT_JIS] = {"Shift_JIS", "CP932"},
    [ENCODING_GB18030] = {"GB18030", "GB18030"},
};

#define CHOICES "Windows-1252, ISO-8859-1, MacRoman, Shift_JIS, GB18030"

const char *encoding_name(enum encoding e) {
    return ENCODINGS[e].name;
}

bool encoding_parse(struct str name, enum encoding *e) {
    name = str_trim(name);
    if (name.n == 0)
        name = STR("auto");
    for (int i = 0; i < ENCODING__COUNT; i++)
        if (str_ieq(name, str_c(ENCODINGS[i].name))) {
            *e = (enum encoding)i;
            return true;
        }
    return false;
}

void text_open(struct text_in *t, struct source source, const struct text_options *options,
               struct findings *f) {
    *t = (struct text_in){.source = source, .options = *options, .findings = f};
    if (t->options.bytes_max == 0)
        t->options.bytes_max = FILE_MAX;
    t->raw = malloc(TEXT_RAW);
    if (!t->raw)
        abort();
}

void text_close(struct text_in *t) {
    if (t->iconv)
        iconv_close((iconv_t)t->iconv);
    buf_free(&t->fixed);
    free(t->raw);
    *t = (struct text_in){0};
}

static ptrdiff_t fail(struct text_in *t) {
    t->failed = true;
    return -1;
}

/* Up to n bytes from the source; 0 at the end, -1 after a finding. */
static ptrdiff_t take(struct text_in *t, void *p, size_t n) {
    if (t->eof || n == 0)
        return 0;
    ptrdiff_t got = t->source.read(t->source.arg, p, n);
    if (got < 0) {
        findings_add(t->findings, FINDING_FILE, "IO", 0, STR_NULL,
                     "The file could not be read to its end (%s). Send it again.", strerror(errno));
        return fail(t);
    }
    t->eof = got == 0;
    t->bytes += got;
    if ((size_t)t->bytes > t->options.bytes_max) {
        findings_add(t->findings, FINDING_FILE, "U09", 0, STR_NULL,
                     "The file is larger than %zu bytes, which is the limit here. Send it in "
                     "parts, each with the header line.",
                     t->options.bytes_max);
        return fail(t);
    }
    return got;
}

/* Moves what is left of raw to its front and reads until it is full or the source ends. */
static bool fill_raw(struct text_in *t, size_t want) {
    if (t->raw_from) {
        memmove(t->raw, t->raw + t->raw_from, t->raw_to - t->raw_from);
        t->raw_to -= t->raw_from;
        t->raw_from = 0;
    }
    while (t->raw_to < want && !t->eof) {
        ptrdiff_t got = take(t, t->raw + t->raw_to, want - t->raw_to);
        if (got < 0)
            return false;
        t->raw_to += (size_t)got;
    }
    return true;
}

/* ---- what kind of bytes these are ---- */

static const char *zip_kind(struct str s) {
    struct str head = str_sub(s, 0, 400);
    if (str_find(head, STR("opendocument.spreadsheet")) >= 0)
        return "an OpenDocument spreadsheet (.ods)";
    if (str_find(head, STR("[Content_Types].xml")) >= 0 || str_find(head, STR("xl/")) >= 0 ||
        str_find(head, STR("_rels/")) >= 0)
        return "an Excel workbook (.xlsx)";
    if (str_find(head, STR("Index/")) >= 0)
        return "a Numbers document (.numbers)";
    return "a ZIP archive (or a workbook: .xlsx, .ods and .numbers are ZIP archives)";
}

static bool starts_fold(struct str s, struct str prefix) {
    return str_ieq(str_sub(s, 0, prefix.n), prefix);
}

/* Name of a kind of file that is no text table, or NULL. */
static const char *binary_kind(struct str s) {
    if (str_starts(s, STR("PK\003\004")) || str_starts(s, STR("PK\005\006")))
        return zip_kind(s);
    if (str_starts(s, STR("\xD0\xCF\x11\xE0")))
        return "an old Excel workbook (.xls)";
    if (str_starts(s, STR("%PDF")))
        return "a PDF document";
    if (str_starts(s, STR("\x1F\x8B")))
        return "compressed with gzip";
    if (str_starts(s, STR("\xEF\xBB\xBF")))
        s = str_from(s, 3);
    s = str_trim(s);
    if (starts_fold(s, STR("<!DOCTYPE")) || starts_fold(s, STR("<html")))
        return "a web page (HTML), often the sign-in page of the site it was loaded from";
    return NULL;
}

static bool refuse_utf32(struct text_in *t) {
    findings_add(t->findings, FINDING_FILE, "U08", 1, STR_NULL,
                 "The file is UTF-32 text. Save it as CSV in UTF-8 and upload that.");
    return false;
}

/* Zero bytes at each of the four positions of a group tell text of two and four bytes. */
static bool sniff_without_mark(struct text_in *t, struct str s) {
    size_t zeros[4] = {0};
    for (size_t i = 0; i < s.n; i++)
        zeros[i % 4] += s.p[i] == 0;
    size_t even = zeros[0] + zeros[2], odd = zeros[1] + zeros[3];
    bool many_even = even * 10 >= s.n * 3, many_odd = odd * 10 >= s.n * 3;
    if (s.n < 4 || !(many_even || many_odd)) {
        t->encoding = ENCODING_UTF8;
        return true;
    }
    if ((many_even && odd * 20 >= s.n) || (many_odd && even * 20 >= s.n))
        return refuse_utf32(t);
    t->encoding = many_odd ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    return true;
}

static bool sniff(struct text_in *t) {
    struct str s = {(const char *)t->raw, t->raw_to < SNIFF ? t->raw_to : SNIFF};
    const char *kind = binary_kind(s);
    if (kind) {
        findings_add(t->findings, FINDING_FILE, "U01", 0, STR_NULL,
                     "This is not a CSV file but %s. Open it in the program it belongs to, save "
                     "it as CSV (UTF-8) and upload that.",
                     kind);
        return false;
    }
    if (str_starts(s, STR("\xFF\xFE\0\0")) || str_starts(s, STR("\0\0\xFE\xFF")))
        return refuse_utf32(t);
    bool le = str_starts(s, STR("\xFF\xFE")), be = str_starts(s, STR("\xFE\xFF"));
    bool utf8 = str_starts(s, STR("\xEF\xBB\xBF"));
    enum encoding chosen = t->options.encoding;
    t->bom = le || be || utf8;
    if (t->bom) { /* whatever was chosen: a mark is no text in any of the others */
        t->raw_from = utf8 ? 3 : 2;
        t->encoding = utf8 ? ENCODING_UTF8 : le ? ENCODING_UTF16LE : ENCODING_UTF16BE;
        return true;
    }
    if (chosen != ENCODING_AUTO) {
        t->encoding = chosen;
        return true;
    }
    return sniff_without_mark(t, s);
}

static bool start(struct text_in *t) {
    t->started = true;
    if (!fill_raw(t, SNIFF) || !sniff(t))
        return false;
    const char *name = ENCODINGS[t->encoding].iconv;
    if (!name)
        return true;
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1) {
        findings_add(t->findings, FINDING_FILE, "U08", 0, STR_NULL,
                     "This machine can not read %s. Save the file as CSV (UTF-8) and upload that.",
                     ENCODINGS[t->encoding].name);
        return false;
    }
    t->iconv = cd;
    return true;
}

/* ---- lines and what is refused in any encoding ---- */

static int64_t count_byte(const char *p, size_t n, char c) {
    int64_t count = 0;
    const char *end = p + n;
    while ((p = memchr(p, c, (size_t)(end - p)))) {
        count++;
        p++;
    }
    return count;
}

static void count_lines(struct text_in *t, const char *p, size_t n) {
    t->lf += count_byte(p, n, '\n');
    if (t->lf == 0)
        t->cr += count_byte(p, n, '\r');
}

static int64_t line_now(const struct text_in *t) {
    return 1 + (t->lf ? t->lf : t->cr);
}

/* The piece is refused at p[n], behind n good bytes. */
static ptrdiff_t refuse_byte(struct text_in *t, const char *p, size_t n, unsigned char byte) {
    count_lines(t, p, n);
    int64_t line = line_now(t);
    if (byte == 0)
        findings_add(t->findings, FINDING_FILE, "U08", line, STR_NULL,
                     "Line %lld holds a NUL byte (0x00), which no text has. Save the file as CSV "
                     "(UTF-8) again and upload that.",
                     (long long)line);
    else if (t->encoding == ENCODING_UTF8)
        findings_add(t->findings, FINDING_FILE, "U08", line, STR_NULL,
                     "The text is neither UTF-8 nor UTF-16: byte 0x%02X in line %lld. Save the "
                     "file as CSV (UTF-8), or choose the encoding it was saved in: " CHOICES ".",
                     byte, (long long)line);
    else
        findings_add(t->findings, FINDING_FILE, "U08", line, STR_NULL,
                     "The text is not %s: byte 0x%02X in line %lld. Save the file as CSV (UTF-8), "
                     "or choose another encoding: " CHOICES ".",
                     ENCODINGS[t->encoding].name, byte, (long long)line);
    return fail(t);
}

static ptrdiff_t give(struct text_in *t, const char *p, size_t n) {
    const char *nul = n ? memchr(p, 0, n) : NULL;
    if (nul)
        return refuse_byte(t, p, (size_t)(nul - p), 0);
    count_lines(t, p, n);
    return (ptrdiff_t)n;
}

/* ---- UTF-8 ---- */

/* True when s is the beginning of a character that more bytes could complete. */
static bool unfinished(struct str s) {
    unsigned char c = (unsigned char)s.p[0];
    size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || s.n >= need)
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (((unsigned char)s.p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* The piece with its bad bytes read as ISO-8859-1, into t->fixed. p[bad] is the first. */
static void fix_bytes(struct text_in *t, struct str s, size_t bad) {
    if (t->bad_bytes == 0) {
        int64_t lf = count_byte(s.p, bad, '\n');
        t->bad_line = line_now(t) + lf;
        t->bad_byte = (unsigned char)s.p[bad];
    }
    buf_clear(&t->fixed);
    while (s.n) {
        size_t good = utf8_check(s);
        buf_add(&t->fixed, s.p, good);
        s = str_from(s, good);
        if (s.n == 0)
            break;
        unsigned char c = (unsigned char)s.p[0];
        utf8_put(&t->fixed, c >= 0xA0 ? c : 0xFFFD);
        t->bad_bytes++;
        s = str_from(s, 1);
    }
}

/* Puts raw bytes behind the carried ones; their number, 0 at the end, -1 after a finding. */
static ptrdiff_t raw_utf8(struct text_in *t, char *p, size_t n) {
    size_t have = t->carry_n;
    memcpy(p, t->carry, have);
    t->carry_n = 0;
    size_t left = t->raw_to - t->raw_from;
    if (left) { /* what was read for looking at it */
        size_t take_n = left < n - have ? left : n - have;
        memcpy(p + have, t->raw + t->raw_from, take_n);
        t->raw_from += take_n;
        return (ptrdiff_t)(have + take_n);
    }
    ptrdiff_t got = take(t, p + have, n - have);
    return got < 0 ? -1 : (ptrdiff_t)have + got;
}

static ptrdiff_t read_utf8(struct text_in *t, char *p, size_t n) {
    /* A bad byte becomes up to three bytes. */
    size_t room = t->options.lenient ? n / 3 : n;
    ptrdiff_t got = raw_utf8(t, p, room);
    if (got <= 0)
        return got;
    struct str s = {p, (size_t)got};
    size_t good = utf8_check(s);
    bool more = !t->eof || t->raw_from < t->raw_to;
    if (good < s.n && more && unfinished(str_from(s, good))) {
        t->carry_n = s.n - good;
        memcpy(t->carry, p + good, t->carry_n);
        s.n = good;
        if (good == 0) /* a source that gives single bytes */
            return read_utf8(t, p, n);
    }
    if (good == s.n)
        return give(t, p, s.n);
    if (!t->options.lenient)
        return refuse_byte(t, p, good, (unsigned char)p[good]);
    size_t cut = s.n;
    for (size_t back = 1; more && back <= 3 && back < s.n; back++)
        if (unfinished(str_from(s, s.n - back)))
            cut = s.n - back;
    t->carry_n = s.n - cut;
    memcpy(t->carry, p + cut, t->carry_n);
    fix_bytes(t, str_sub(s, 0, cut), good);
    memcpy(p, t->fixed.p, t->fixed.n);
    return give(t, p, t->fixed.n);
}

/* ---- UTF-16 ---- */

static uint32_t unit_at(const struct text_in *t, size_t at) {
    unsigned a = t->raw[at], b = t->raw[at + 1];
    return t->encoding == ENCODING_UTF16LE ? a | b << 8 : a << 8 | b;
}

/* The character at raw_from and the number of its bytes; 0 bytes when more are needed. */
static uint32_t utf16_next(const struct text_in *t, size_t *len) {
    size_t left = t->raw_to - t->raw_from;
    *len = 0;
    if (left < 2)
        return 0;
    uint32_t c = unit_at(t, t->raw_from);
    if (c < 0xD800 || c > 0xDFFF) {
        *len = 2;
        return c;
    }
    if (c < 0xDC00 && left < 4)
        return 0;
    uint32_t low = c < 0xDC00 ? unit_at(t, t->raw_from + 2) : 0;
    *len = 4;
    if (low < 0xDC00 || low > 0xDFFF)
        return UTF8_BAD;
    return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

static ptrdiff_t read_utf16(struct text_in *t, char *p, size_t n) {
    if (!fill_raw(t, TEXT_RAW))
        return -1;
    size_t len = 0;
    uint32_t c = 0;
    buf_clear(&t->fixed);
    while (t->fixed.n + 4 <= n && (c = utf16_next(t, &len)) != UTF8_BAD && len) {
        utf8_put(&t->fixed, c);
        t->raw_from += len;
    }
    if (t->fixed.n)
        memcpy(p, t->fixed.p, t->fixed.n);
    /* A bad pair, or half a character at the end of the file. */
    if (c == UTF8_BAD || (t->fixed.n == 0 && t->raw_from < t->raw_to))
        return refuse_byte(t, p, t->fixed.n, t->raw[t->raw_from]);
    return give(t, p, t->fixed.n);
}

/* ---- the encodings that are chosen ---- */

static ptrdiff_t read_iconv(struct text_in *t, char *p, size_t n) {
    if (!fill_raw(t, TEXT_RAW))
        return -1;
    char *in = (char *)t->raw + t->raw_from, *out = p;
    size_t in_n = t->raw_to - t->raw_from, out_n = n;
    if (in_n == 0)
        return 0;
    size_t done = iconv((iconv_t)t->iconv, &in, &in_n, &out, &out_n);
    int why = done == (size_t)-1 ? errno : 0;
    t->raw_from = t->raw_to - in_n;
    size_t made = n - out_n;
    bool cut = why == EINVAL && (t->eof || made == 0);
    if (why == EILSEQ || cut)
        return refuse_byte(t, p, made, t->raw[t->raw_from]);
    return give(t, p, made);
}

ptrdiff_t text_read(struct text_in *t, char *p, size_t n) {
    assert(n >= TEXT_READ_MIN);
    if (t->failed || (!t->started && !start(t)))
        return fail(t);
    if (t->encoding == ENCODING_UTF8)
        return read_utf8(t, p, n);
    return t->iconv ? read_iconv(t, p, n) : read_utf16(t, p, n);
}

void text_preview(struct str head, enum encoding e, int lines, struct buf *out) {
    struct arena a = {0};
    arena_init(&a, 0);
    struct findings f;
    findings_init(&f, &a);
    struct text_in t;
    text_open(&t, source_str(&head), &(struct text_options){.encoding = e, .lenient = true}, &f);
    char piece[TEXT_READ_MIN];
    ptrdiff_t got;
    while (lines > 0 && (got = text_read(&t, piece, sizeof piece)) > 0)
        for (ptrdiff_t i = 0; i < got && lines > 0; i++) {
            buf_putc(out, piece[i]);
            lines -= piece[i] == '\n';
        }
    text_close(&t);
    arena_free(&a);
}
