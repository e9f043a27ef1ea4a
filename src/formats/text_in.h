/* Bytes of an uploaded file become UTF-8 text (csv-formats 1.2), in constant memory.
 *
 * UTF-8 and UTF-16, with or without a byte order mark, are recognised; the mark is dropped. What
 * is something else is refused by its name and never guessed: a workbook, a page, a PDF, gzip
 * (U01), UTF-32, bytes that are no UTF-8, NUL (U08, with line and byte). The user may then choose
 * an encoding from a list (`encoding`); a byte order mark knows better.
 *
 * `lenient` is for readers that use a few columns only: bad bytes are taken as ISO-8859-1 (those
 * that are control characters there as U+FFFD) and counted, and the reader checks that what it
 * uses is ASCII.
 */
#ifndef FORMATS_TEXT_IN_H
#define FORMATS_TEXT_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "formats/finding.h"
#include "formats/source.h"

enum encoding {
    ENCODING_AUTO = 0, /* UTF-8 or UTF-16 as found */
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_WINDOWS_1252,
    ENCODING_ISO_8859_1,
    ENCODING_MAC_ROMAN,
    ENCODING_SHIFT_JIS,
    ENCODING_GB18030,
    ENCODING__COUNT
};

const char *encoding_name(enum encoding e); /* "Windows-1252" */
/* Reads such a name, in any case; false for none of them. "" and "auto" are ENCODING_AUTO. */
bool encoding_parse(struct str name, enum encoding *e);

struct text_options {
    enum encoding encoding;
    bool lenient;
    size_t bytes_max; /* of the file as it is sent; 0 stands for FILE_MAX */
};

enum { TEXT_RAW = 64 * 1024, TEXT_READ_MIN = 4096 };

struct text_in {
    struct source source;
    struct text_options options;
    struct findings *findings;

    /* What was found; valid after the first text_read. */
    enum encoding encoding;
    bool bom;
    int64_t bytes;     /* read from the source so far */
    int64_t bad_bytes; /* taken although they are no UTF-8 (lenient) */
    int64_t bad_line;  /* where the first of them stands */
    unsigned char bad_byte;

    /* Private. */
    bool started, failed, eof;
    int64_t lf, cr;          /* line ends in the text given out; cr only while lf == 0 */
    size_t raw_from, raw_to; /* bytes read and not decoded yet, in raw */
    size_t carry_n;          /* an unfinished character at the end of the last piece */
    char carry[4];
    void *iconv;
    struct buf fixed;
    unsigned char *raw; /* TEXT_RAW bytes */
};

/* Does not read yet. Findings are added to f. */
void text_open(struct text_in *t, struct source source, const struct text_options *options,
               struct findings *f);

/* Puts up to n bytes (n >= TEXT_READ_MIN) of valid UTF-8 without NUL at p. A piece ends with a
 * whole character. Gives the number of bytes; 0 at the end; -1 after a finding that refuses the
 * file. */
ptrdiff_t text_read(struct text_in *t, char *p, size_t n);

void text_close(struct text_in *t);

/* The first lines of the bytes that a file begins with, decoded as e, for the list from which
 * the user picks an encoding. What can not be decoded ends the preview. */
void text_preview(struct str head, enum encoding e, int lines, struct buf *out);

#endif
