/* Pieces of XML texts that we write ourselves, and the characters XML 1.0 allows. */
#ifndef FORMATS_XML_OUT_H
#define FORMATS_XML_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Char of XML 1.0: no C0 controls but tab, LF and CR, no surrogates, no U+FFFE, U+FFFF. */
bool xml_char(uint32_t code_point);

/* Appends s made fit for XML: bytes that are not UTF-8 become U+FFFD, characters that XML 1.0
 * does not allow are dropped (questions 4.3), CR LF and CR become LF (5.1.5: a reader of XML
 * would do the same). Changes nothing in a text that is fit already. */
void xml_put_clean(struct buf *out, struct str s);

/* Appends s as character data: only < > & are escaped, quotes stay as they are, since clients
 * exist that take the text as it stands (requester-api trap 64). s must be clean. */
void xml_put_text(struct buf *out, struct str s);

/* Appends s as CDATA; "]]>" is split over two sections. s must be clean. */
void xml_put_cdata(struct buf *out, struct str s);

#endif
