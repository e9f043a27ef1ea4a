/* Public ids are sealed row numbers (DESIGN 5): one AES-128 block of row number, kind and check
 * bytes, encrypted with a key kept in the store and written in 30 characters that look like the
 * old service's ids: '3', then A-Z0-9. So a lookup by id needs no index on text, an id can not
 * be guessed or forged, and one kind of id never passes for another.
 *
 * The form is canonical: id_open accepts exactly what id_seal writes. Texts always hold at least
 * two letters other than E, so that no spreadsheet reads one as a number (csv-formats 1.5).
 *
 * One struct id_key may be shared by threads: cipher contexts wait in slots, and who finds none
 * makes another.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum id_kind {
    ID_HIT = 1,
    ID_HIT_TYPE,
    ID_HIT_GROUP,
    ID_ASSIGNMENT,
    ID_LAYOUT,
    ID_QUALIFICATION_TYPE,
    ID_QUALIFICATION_REQUEST,
    ID_REVIEW,
    ID_ACTION,
    ID_DRAFT,     /* a staged batch, for its previews */
    ID_PREVIEW,   /* a layout on its own */
    ID_FILE_LINK, /* an uploaded file until a moment (market/form_work.h) */
    ID_MAIL_STOP, /* a person and a subject of mails (market/person_mail.h) */
    ID_UNSAVED,   /* leave to look at unsaved layouts until a moment (market/draft.h) */
};

enum { ID_LEN = 30, ID_KEY_LEN = 16, ID_SLOTS = 16 };

struct id_key {
    unsigned char bytes[ID_KEY_LEN];
    _Atomic(void *) encrypt[ID_SLOTS], decrypt[ID_SLOTS]; /* idle EVP contexts */
};

void id_key_init(struct id_key *key, const unsigned char bytes[ID_KEY_LEN]);
void id_key_free(struct id_key *key);

/* Writes ID_LEN characters and a NUL. row > 0. */
void id_seal_to(const struct id_key *key, enum id_kind kind, int64_t row, char out[ID_LEN + 1]);
struct str id_seal(struct arena *a, const struct id_key *key, enum id_kind kind, int64_t row);

/* The row number of an id of that kind; false for anything this key did not seal so. */
bool id_open(const struct id_key *key, enum id_kind kind, struct str id, int64_t *row);

/* An id that is good until a second (Unix time, 2020 to 2088) and of which nothing is kept: it
 * seals both. row from 0 to ID_UNTIL_ROW_MAX. Opening one that is over is false. */
#define ID_UNTIL_ROW_MAX INT64_C(0xffffffff)
struct str id_seal_until(struct arena *a, const struct id_key *key, enum id_kind kind, int64_t row,
                         int64_t until_s);
bool id_open_until(const struct id_key *key, enum id_kind kind, struct str id, int64_t now_s,
                   int64_t *row);

#endif
