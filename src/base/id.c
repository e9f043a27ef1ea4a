#include "base/id.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/arena.h"

__extension__ typedef unsigned __int128 u128;

/* 36^25 > 2^128: the block takes 25 characters; '3' stands before it, four check characters
 * behind. */
enum { BLOCK = 16, SEALED_CHARS = 25, TAIL_CHARS = 4, TAIL_RANGE = 36 * 36 * 36 * 36 };

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

void id_key_init(struct id_key *key, const unsigned char bytes[ID_KEY_LEN]) {
    memset(key, 0, sizeof(*key));
    memcpy(key->bytes, bytes, ID_KEY_LEN);
}

void id_key_free(struct id_key *key) {
    for (int i = 0; i < ID_SLOTS; i++) {
        EVP_CIPHER_CTX_free(atomic_exchange(&key->encrypt[i], NULL));
        EVP_CIPHER_CTX_free(atomic_exchange(&key->decrypt[i], NULL));
    }
    memset(key, 0, sizeof(*key));
}

static EVP_CIPHER_CTX *take(struct id_key *key, bool encrypt) {
    _Atomic(void *) *slots = encrypt ? key->encrypt : key->decrypt;
    for (int i = 0; i < ID_SLOTS; i++) {
        void *idle = atomic_exchange(&slots[i], NULL);
        if (idle)
            return idle;
    }
    EVP_CIPHER_CTX *fresh = EVP_CIPHER_CTX_new();
    int ok = fresh && EVP_CipherInit_ex(fresh, EVP_aes_128_ecb(), NULL, key->bytes, NULL, encrypt);
    assert(ok);
    (void)ok;
    EVP_CIPHER_CTX_set_padding(fresh, 0);
    return fresh;
}

static void give_back(struct id_key *key, bool encrypt, EVP_CIPHER_CTX *ctx) {
    _Atomic(void *) *slots = encrypt ? key->encrypt : key->decrypt;
    for (int i = 0; i < ID_SLOTS; i++) {
        void *none = NULL;
        if (atomic_compare_exchange_strong(&slots[i], &none, ctx))
            return;
    }
    EVP_CIPHER_CTX_free(ctx);
}

static void crypt_block(const struct id_key *key, bool encrypt, const unsigned char in[BLOCK],
                        unsigned char out[BLOCK]) {
    struct id_key *slots = (struct id_key *)key; /* only the idle contexts change */
    EVP_CIPHER_CTX *ctx = take(slots, encrypt);
    int n = 0, ok = EVP_CipherUpdate(ctx, out, &n, in, BLOCK);
    assert(ok && n == BLOCK);
    (void)ok;
    give_back(slots, encrypt, ctx);
}

/* Row number, kind, seven zero bytes: the zeros are the check. */
static void plain_block(enum id_kind kind, int64_t row, unsigned char block[BLOCK]) {
    memset(block, 0, BLOCK);
    for (int i = 0; i < 8; i++)
        block[i] = (unsigned char)((uint64_t)row >> (56 - 8 * i));
    block[8] = (unsigned char)kind;
}

static bool reads_as_number(const char *text) {
    int letters = 0;
    for (const char *p = text; *p && letters < 2; p++)
        letters += *p >= 'A' && *p != 'E';
    return letters < 2;
}

/* The four last characters follow from the block; another start is taken in the (never seen)
 * case that the whole would read as a number. */
static void write_tail(u128 block, char *text) {
    uint32_t start = (uint32_t)((uint64_t)(block ^ (block >> 64)) % TAIL_RANGE);
    for (uint32_t n = 0; n < 100; n++) {
        uint32_t v = (start + n * 7919) % TAIL_RANGE;
        for (int i = TAIL_CHARS - 1; i >= 0; i--, v /= 36)
            text[1 + SEALED_CHARS + i] = alphabet[v % 36];
        if (!reads_as_number(text))
            return;
    }
}

/* The block's 25 digits are taken as 1 + 12 + 12: dividing 128 bits by 36 for each of them took
 * most of the time of sealing. */
enum { HALF = 12, LEAD_MAX = 15 };
#define POW_36_12 UINT64_C(4738381338321616896)

static void write_half(uint64_t v, char *end) {
    for (int i = 1; i <= HALF; i++, v /= 36)
        end[-i] = alphabet[v % 36];
}

static void write_text(const unsigned char sealed[BLOCK], char text[ID_LEN + 1]) {
    u128 v = 0;
    for (int i = 0; i < BLOCK; i++)
        v = v << 8 | sealed[i];
    u128 high = v / POW_36_12;
    text[0] = '3';
    text[1] = alphabet[(int)(high / POW_36_12)];
    write_half((uint64_t)(high % POW_36_12), text + 2 + HALF);
    write_half((uint64_t)(v % POW_36_12), text + 2 + 2 * HALF);
    text[ID_LEN] = '\0';
    write_tail(v, text);
}

static int digit_of(char ch) {
    if (ch >= '0' && ch <= '9')
        return ch - '0';
    return ch >= 'A' && ch <= 'Z' ? ch - 'A' + 10 : -1;
}

static bool read_half(const char *p, uint64_t *v) {
    *v = 0;
    for (int i = 0; i < HALF; i++) {
        int digit = digit_of(p[i]);
        if (digit < 0)
            return false;
        *v = *v * 36 + (uint64_t)digit;
    }
    return true;
}

/* Reads the block; whether the last characters are those that write_tail gives is not looked at. */
static bool read_text(struct str id, u128 *block) {
    const u128 most = ~(u128)0;
    uint64_t high, low;
    if (id.n != ID_LEN || id.p[0] != '3')
        return false;
    int lead = digit_of(id.p[1]);
    if (lead < 0 || lead > LEAD_MAX || !read_half(id.p + 2, &high) ||
        !read_half(id.p + 2 + HALF, &low))
        return false;
    u128 first = (u128)lead * POW_36_12 * POW_36_12; /* 15 * 36^24 < 2^128 */
    u128 rest = (u128)high * POW_36_12 + low;
    if (rest > most - first)
        return false;
    *block = first + rest;
    return true;
}

static bool tail_is_ours(u128 block, struct str id) {
    char text[ID_LEN + 1];
    memcpy(text, id.p, ID_LEN);
    text[ID_LEN] = '\0';
    write_tail(block, text);
    return memcmp(text, id.p, ID_LEN) == 0;
}

static void block_bytes(u128 v, unsigned char bytes[BLOCK]) {
    for (int i = BLOCK - 1; i >= 0; i--, v >>= 8)
        bytes[i] = (unsigned char)v;
}

void id_seal_to(const struct id_key *key, enum id_kind kind, int64_t row, char out[ID_LEN + 1]) {
    unsigned char block[BLOCK], sealed[BLOCK];
    assert(row > 0);
    plain_block(kind, row, block);
    crypt_block(key, true, block, sealed);
    write_text(sealed, out);
}

struct str id_seal(struct arena *a, const struct id_key *key, enum id_kind kind, int64_t row) {
    char *text = arena_alloc(a, ID_LEN + 1);
    id_seal_to(key, kind, row, text);
    return (struct str){text, ID_LEN};
}

bool id_open(const struct id_key *key, enum id_kind kind, struct str id, int64_t *row) {
    unsigned char sealed[BLOCK], block[BLOCK], expected[BLOCK];
    u128 written;
    if (!id.p || !read_text(id, &written) || !tail_is_ours(written, id)) /* one form only */
        return false;
    block_bytes(written, sealed);
    crypt_block(key, false, sealed, block);
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | block[i];
    if (v == 0 || v > INT64_MAX)
        return false;
    plain_block(kind, (int64_t)v, expected);
    if (memcmp(block, expected, BLOCK) != 0)
        return false;
    *row = (int64_t)v;
    return true;
}

/* ---- until a second ---- */

#define UNTIL_EPOCH_S INT64_C(1577836800) /* 2020-01-01; 31 bits last 68 years from there */
enum { UNTIL_BITS = 31 };

struct str id_seal_until(struct arena *a, const struct id_key *key, enum id_kind kind, int64_t row,
                         int64_t until_s) {
    assert(row >= 0 && row <= ID_UNTIL_ROW_MAX && until_s > UNTIL_EPOCH_S);
    return id_seal(a, key, kind, row << UNTIL_BITS | (until_s - UNTIL_EPOCH_S));
}

bool id_open_until(const struct id_key *key, enum id_kind kind, struct str id, int64_t now_s,
                   int64_t *row) {
    int64_t sealed;
    if (!id_open(key, kind, id, &sealed) ||
        now_s - UNTIL_EPOCH_S > (sealed & ((INT64_C(1) << UNTIL_BITS) - 1)))
        return false;
    *row = sealed >> UNTIL_BITS;
    return true;
}
