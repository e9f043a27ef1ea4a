/* The book: accounts and immutable transfers (money-and-lifecycle 5). The only code that writes
 * the tables account and transfer.
 *
 * - A transfer takes cents >= 0 from one account and gives them to another; it is never changed or
 *   deleted, a mistake is corrected by another transfer of kind TRANSFER_ADJUST.
 * - Balances stand beside the book and change in the same transaction. No balance may pass zero
 *   (ACCOUNT_EXTIN from below): a posting that would do so answers ST_CONFLICT and has written
 *   nothing that survives, as the caller rolls back.
 * - Every account belongs to a party and its id is party * 8 + kind; the server's fee, extin and
 *   extout of the specification are the sums over all parties (docs/money.md).
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "store/store.h"

enum account_kind {
    ACCOUNT_AVAIL = 1, /* requester: may be spent */
    ACCOUNT_HELD,      /* requester: reserved for open slots and undecided work */
    ACCOUNT_PAYABLE,   /* worker: owed to him, withdrawable */
    ACCOUNT_FEE,       /* fee income from this requester */
    ACCOUNT_EXTIN,     /* deposits of this party (source, never above 0) */
    ACCOUNT_EXTOUT,    /* payouts and refunds of this party (sink) */
};

enum transfer_kind {
    TRANSFER_DEPOSIT = 1,
    TRANSFER_REFUND,
    TRANSFER_HOLD,
    TRANSFER_RELEASE,
    TRANSFER_REHOLD,
    TRANSFER_REWARD, /* 6 and 8 are in the unique index transfer_paid (I4) */
    TRANSFER_FEE,
    TRANSFER_OVERTURN_REWARD,
    TRANSFER_OVERTURN_FEE,
    TRANSFER_BONUS,
    TRANSFER_BONUS_FEE,
    TRANSFER_PAYOUT,
    TRANSFER_PAYOUT_FAILED,
    TRANSFER_ADJUST,
};

static inline int64_t account_id(int64_t party, enum account_kind kind) {
    return party * 8 + (int64_t)kind;
}

/* What a transfer was for; 0 where it does not apply. */
struct transfer_for {
    int64_t requester, worker, batch, hit, assignment, settlement, corrects;
    struct str note;
};

struct transfer {
    int64_t at_ms;
    enum transfer_kind kind;
    int64_t debit, credit; /* account_id() */
    int64_t cents;
    struct transfer_for about;
};

struct balances {
    int64_t avail, held, payable, fee, extin, extout;
};

/* Makes the six accounts of a party, all zero; harmless when they are there. */
enum st ledger_open(struct tx *tx, int64_t party);

/* Writes one transfer and moves both balances. ST_CONFLICT when the debit account is short. */
enum st ledger_post(struct tx *tx, const struct transfer *t);

enum st ledger_balances(struct tx *tx, int64_t party, struct balances *b);

/* For a write that takes its locks by itself (store.h, write.locks): nobody else moves the party's
 * money until it has ended. */
enum st ledger_lock(struct tx *tx, int64_t party);

/* Postings of 5.3 with one meaning each; cents of 0 write nothing. */
enum st ledger_hold(struct tx *tx, int64_t at_ms, int64_t cents, const struct transfer_for *about);
enum st ledger_release(struct tx *tx, int64_t at_ms, int64_t cents,
                       const struct transfer_for *about);
enum st ledger_deposit(struct tx *tx, int64_t at_ms, int64_t cents,
                       const struct transfer_for *about);
enum st ledger_refund(struct tx *tx, int64_t at_ms, int64_t cents,
                      const struct transfer_for *about);
/* Bonus and its fee, from available (3.11). */
enum st ledger_bonus(struct tx *tx, int64_t at_ms, int64_t cents, int64_t fee_cents,
                     const struct transfer_for *about);

/* The money of a whole settlement, one decision or a million, by set: for every row of `decision`
 * approvals pay reward and fee from held, overturns from available, rejections release from held
 * to available. Releases come first, so they count toward the overturns (8.8). ST_CONFLICT when
 * available is short. */
struct settlement_money {
    int64_t approve_reward_cents, approve_fee_cents;
    int64_t overturn_reward_cents, overturn_fee_cents;
    int64_t release_cents;
    int64_t payee; /* who gets all of the rewards; 0: they are added up by worker */
};
struct settlement_counts {
    int64_t approved, rejected, overturned;
};
enum st ledger_settle(struct tx *tx, int64_t at_ms, int64_t requester, int64_t settlement,
                      const struct settlement_money *sums, const struct settlement_counts *counts);

#endif
