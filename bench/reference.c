/* The references of bench/bench, written as one would without a market: SQLite and a loop.
 *
 *     bench-reference approve DB FIRST POPULATION COUNT GROUP
 *         the SQL of ApproveAssignment, by the server's own statements, GROUP calls a commit
 *     bench-reference list DB HIT COUNT
 *         a page of assignments read and printed as JSON, COUNT times
 *     bench-reference lookup DB FIRST COUNT
 *         one indexed lookup for each assignment
 *     bench-reference ids KEY a|h FIRST POPULATION COUNT
 *         prints public ids of assignments or HITs, sealed with the store's key
 *
 * Rows are taken one after the other, or jumping over a POPULATION that is not 0 (bench_row).
 * Prints JSON: seconds, CPU seconds, peak memory.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/id.h"
#include "base/num.h"
#include "store/sql.h"
#include "store/stmt.h"

enum { STATEMENTS_MAX = 32, PARAMETERS_MAX = 16, ENTRANCE_API = 1, STRIDE = 7919 };

static void die(sqlite3 *db, const char *what) {
    fprintf(stderr, "bench-reference: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static int64_t number(const char *text) {
    int64_t n;
    if (!num_parse(str_c(text), 0, INT64_MAX, &n))
        die(NULL, text);
    return n;
}

static int64_t bench_row(int64_t first, int64_t population, int64_t i) {
    return population ? first + i * STRIDE % population : first + i;
}

static sqlite3 *open_db(const char *path) {
    sqlite3 *db;
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0,
                   0); /* as store/sqlite.c, for the same reason */
    if (sqlite3_open(path, &db) != SQLITE_OK)
        die(db, path);
    sqlite3_exec(db,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                 "PRAGMA cache_size = -131072;",
                 NULL, NULL, NULL);
    return db;
}

static double seconds_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double began_wall, began_cpu;

static void start(void) {
    began_wall = seconds_of(CLOCK_MONOTONIC);
    began_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void report(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    fprintf(stderr, "{\"seconds\": %.6f, \"cpu\": %.6f, \"peak_kb\": %ld}\n",
            seconds_of(CLOCK_MONOTONIC) - began_wall,
            seconds_of(CLOCK_PROCESS_CPUTIME_ID) - began_cpu, u.ru_maxrss);
}

/* --- approve ------------------------------------------------------------------------------------
 */

/* What the parameters of the statements mean in one approval. */
struct values {
    int64_t id, assignment, hit, requester, settlement, now, reward, fee, held;
    int64_t batch, worker, day, one, two, zero, none, entrance;
    int64_t held_account, fee_account, payee_account;
};

static const struct {
    const char *name;
    size_t offset;
} meanings[] = {
#define M(name, field)                                                                             \
    { name, offsetof(struct values, field) }
    M("assignment", assignment), M("hit", hit),           M("requester", requester),
    M("settlement", settlement), M("at_ms", now),         M("now_ms", now),
    M("actor", requester),       M("entrance", entrance), M("verdict", one),
    M("old_status", two),        M("approved", one),      M("rejected", zero),
    M("overturned", zero),       M("avail_before", zero), M("avail_after", zero),
    M("reward_cents", reward),   M("fee_cents", fee),     M("released_cents", zero),
    M("batch", batch),           M("worker", worker),     M("day", day),
    M("decided", one),
#undef M
};

struct call {
    sqlite3_stmt *stmt;
    size_t offset[PARAMETERS_MAX];
    int parameters;
};

/* The statements of one approval in the order of market/decide.c and settle.c; id and cents mean
 * something else in each, so they are named beside it. */
static const struct {
    const char *name;
    size_t id, cents;
} steps[] = {
#define V(field) offsetof(struct values, field)
    {"ctx_clock", 0, 0},
    {"decide_get", V(assignment), 0},
    {"due_look", 0, 0},
    {"decide_get", V(assignment), 0},
    {"settle_open", 0, 0},
    {"settle_decide_one", 0, 0},
    {"settle_look", 0, 0},
    {"settle_assignment_approved_one", 0, 0},
    {"settle_hit_one", 0, 0},
    {"settle_batch_one", 0, 0},
    {"settle_worker_one", 0, 0},
    {"ledger_settle_held", V(held_account), V(held)},
    {"ledger_account_credit", V(fee_account), V(fee)},
    {"ledger_settle_rewards", 0, 0},
    {"ledger_settle_fees", 0, 0},
    {"ledger_account_credit", V(payee_account), V(reward)},
    {"settle_pair_one", 0, 0},
    {"settle_notice_one", 0, V(reward)},
    {"settle_events", 0, 0},
    {"settle_close", V(settlement), 0},
#undef V
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]), DECIDE_GET = 1, SETTLE_OPEN = 4, LOOK = 6 };

static const struct sql_stmt *statement(const char *name) {
    for (size_t i = 0; i < sql_statement_count; i++)
        if (strcmp(sql_statements[i].name, name) == 0)
            return &sql_statements[i];
    die(NULL, name);
    return NULL;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text) {
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        die(db, text);
    return stmt;
}

static size_t meaning(size_t step, const char *name) {
    if (strcmp(name, "id") == 0)
        return steps[step].id;
    if (strcmp(name, "cents") == 0)
        return steps[step].cents;
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (strcmp(meanings[i].name, name) == 0)
            return meanings[i].offset;
    return offsetof(struct values, none);
}

static void prepare_calls(sqlite3 *db, struct call calls[STEPS]) {
    for (size_t i = 0; i < STEPS; i++) {
        const struct sql_stmt *s = statement(steps[i].name);
        calls[i].stmt = prepare(db, s->text[DIALECT_SQLITE]);
        calls[i].parameters = s->in_count;
        for (int k = 0; k < s->in_count; k++)
            calls[i].offset[k] = meaning(i, s->in[k].name);
    }
}

static void approve_one(sqlite3 *db, struct call calls[STEPS], struct values *v) {
    for (size_t i = 0; i < STEPS; i++) {
        sqlite3_stmt *s = calls[i].stmt;
        for (int k = 0; k < calls[i].parameters; k++) {
            int64_t value = *(const int64_t *)(const void *)((const char *)v + calls[i].offset[k]);
            if (value == SQL_NULL)
                sqlite3_bind_null(s, k + 1);
            else
                sqlite3_bind_int64(s, k + 1, value);
        }
        int rc;
        while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
            if (i == DECIDE_GET) {
                v->hit = sqlite3_column_int64(s, 0);
                v->requester = sqlite3_column_int64(s, 1);
                v->held_account = v->requester * 8 + 2;
                v->fee_account = v->requester * 8 + 4;
            } else if (i == SETTLE_OPEN) {
                v->settlement = sqlite3_column_int64(s, 0);
            } else if (i == LOOK) {
                v->batch = sqlite3_column_int64(s, 2);
                v->worker = sqlite3_column_int64(s, 3);
                v->reward = sqlite3_column_int64(s, 7);
                v->fee = sqlite3_column_int64(s, 8);
                v->held = v->reward + v->fee;
                v->payee_account = v->worker * 8 + 3;
            }
        }
        if (rc != SQLITE_DONE)
            die(db, steps[i].name);
        sqlite3_reset(s);
    }
}

static void approve(char **argv) {
    sqlite3 *db = open_db(argv[0]);
    int64_t first = number(argv[1]), population = number(argv[2]), count = number(argv[3]);
    int64_t group = number(argv[4]);
    struct call calls[STEPS];
    prepare_calls(db, calls);
    sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
    struct values v = {.one = 1, .two = 2, .none = SQL_NULL, .entrance = ENTRANCE_API};
    v.now = (int64_t)(seconds_of(CLOCK_REALTIME) * 1000);
    v.day = v.now / 86400000;
    start();
    for (int64_t i = 0; i < count; i++) {
        if (i % group == 0)
            sqlite3_step(begin), sqlite3_reset(begin);
        v.assignment = bench_row(first, population, i);
        approve_one(db, calls, &v);
        if (i % group == group - 1 || i == count - 1) {
            if (sqlite3_step(commit) != SQLITE_DONE)
                die(db, "COMMIT");
            sqlite3_reset(commit);
        }
    }
    report();
}

/* --- list, lookup, ids --------------------------------------------------------------------------
 */

static const char *text_of(sqlite3_stmt *s, int column) {
    const unsigned char *p = sqlite3_column_text(s, column);
    return p ? (const char *)p : "";
}

/* The members of an Assignment as the API prints them; the answer is XML that ends up as long. */
static void print_assignment(sqlite3_stmt *s, int64_t hit) {
    printf("{\"AcceptTime\":%.3f,\"Answer\":\"<?xml version=\\\"1.0\\\" encoding=\\\"UTF-8\\\" "
           "standalone=\\\"no\\\"?><QuestionFormAnswers xmlns=\\\"http://mechanicalturk.amazonaws."
           "com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd\\\"><Answer>"
           "<QuestionIdentifier>%.8s</QuestionIdentifier><FreeText>%.4s</FreeText></Answer><Answer>"
           "<QuestionIdentifier>%.7s</QuestionIdentifier><FreeText>%s</FreeText></Answer>"
           "</QuestionFormAnswers>\",\"AssignmentId\":\"%030lld\",\"AssignmentStatus\":\"%s\","
           "\"AutoApprovalTime\":%.3f,\"HITId\":\"%030lld\",\"RequesterFeedback\":\"%s\","
           "\"SubmitTime\":%.3f,\"WorkerId\":\"%s\"}",
           (double)sqlite3_column_int64(s, 7) / 1000, text_of(s, 17), text_of(s, 17),
           text_of(s, 17), text_of(s, 17), (long long)sqlite3_column_int64(s, 0),
           sqlite3_column_int64(s, 5) == 2 ? "Submitted" : "Approved",
           (double)sqlite3_column_int64(s, 10) / 1000, (long long)hit, text_of(s, 15),
           (double)sqlite3_column_int64(s, 9) / 1000, text_of(s, 2));
}

static void list(char **argv) {
    sqlite3 *db = open_db(argv[0]);
    int64_t hit = number(argv[1]), count = number(argv[2]);
    sqlite3_stmt *s = prepare(db, statement("decide_list")->text[DIALECT_SQLITE]);
    const int64_t in[] = {hit, 7, 0, 0, 100};
    start();
    for (int64_t i = 0; i < count; i++) {
        for (int k = 0; k < 5; k++)
            sqlite3_bind_int64(s, k + 1, in[k]);
        printf("{\"Assignments\":[");
        while (sqlite3_step(s) == SQLITE_ROW)
            print_assignment(s, hit);
        printf("]}\n");
        sqlite3_reset(s);
    }
    report();
}

static void lookup(char **argv) {
    sqlite3 *db = open_db(argv[0]);
    int64_t first = number(argv[1]), count = number(argv[2]), found = 0;
    sqlite3_stmt *s = prepare(db, "SELECT hit, worker, status, version, reward_cents, fee_cents, "
                                  "submitted_ms FROM assignment WHERE id = ?1");
    start();
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    for (int64_t i = 0; i < count; i++) {
        sqlite3_bind_int64(s, 1, first + i);
        found += sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int64(s, 2) > 0;
        sqlite3_reset(s);
    }
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    report();
    if (found != count)
        die(NULL, "not all assignments are there");
}

static void ids(char **argv) {
    unsigned char bytes[ID_KEY_LEN];
    struct id_key key;
    for (size_t i = 0; i < ID_KEY_LEN; i++) {
        const char two[3] = {argv[0][2 * i], argv[0][2 * i + 1], '\0'};
        bytes[i] = (unsigned char)strtoul(two, NULL, 16);
    }
    id_key_init(&key, bytes);
    enum id_kind kind = argv[1][0] == 'h' ? ID_HIT : ID_ASSIGNMENT;
    int64_t first = number(argv[2]), population = number(argv[3]), count = number(argv[4]);
    for (int64_t i = 0; i < count; i++) {
        char id[ID_LEN + 1];
        id_seal_to(&key, kind, bench_row(first, population, i), id);
        puts(id);
    }
    id_key_free(&key);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int args;
        void (*run)(char **argv);
    } modes[] = {
        {"approve", 5, approve}, {"list", 3, list}, {"lookup", 3, lookup}, {"ids", 5, ids}};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (argc == modes[i].args + 2 && strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run(argv + 2);
            return 0;
        }
    fputs("usage: bench-reference approve|list|lookup|ids …, see the source\n", stderr);
    return 2;
}
