#include "market/document.h"

#include "base/sha256.h"
#include "store/sql.h"

struct err document_put(struct ctx *c, struct str body, int64_t *row) {
    struct str digest = sha256_hex(c->arena, body);
    struct sql_document_add_out added;
    enum st st = sql_document_add(c->tx, &(struct sql_document_add_in){digest, body}, &added);
    if (st == ST_OK)
        *row = added.id;
    if (st != ST_NONE)
        return ctx_store(c, st);
    struct sql_document_by_digest_out found;
    st = sql_document_by_digest(c->tx, &(struct sql_document_by_digest_in){digest}, &found);
    if (st == ST_OK)
        *row = found.id;
    return ctx_store(c, st == ST_NONE ? ST_FAIL : st);
}

struct err document_get(struct ctx *c, int64_t row, struct str *body) {
    struct sql_document_body_out out;
    enum st st = sql_document_body(c->tx, &(struct sql_document_body_in){row}, &out);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no document %lld.",
                        (long long)row);
    if (st == ST_OK)
        *body = out.body;
    return ctx_store(c, st);
}
