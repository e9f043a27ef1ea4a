#include "formats/pattern.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"

/* ---- the expression as a tree ---- */

struct range {
    uint16_t first, last;
    struct range *next;
};

enum node_kind { EMPTY, SET, ASSERT, CAT, ALT, REPEAT };
enum assertion { AT_BEGIN, AT_END, AT_WORD, NOT_AT_WORD };

struct node {
    enum node_kind kind;
    const struct range *set;
    bool not ; /* of a set: all others */
    enum assertion where;
    int64_t min, max; /* of REPEAT; max -1: no end */
    struct node *one, *two;
};

struct units {
    uint16_t *p;
    size_t n;
};

struct parser {
    struct arena *a;
    struct units in;
    size_t at;
    bool fold;
    int depth;
    enum pattern_kind kind; /* the first thing found that is not good */
    const char *why;
};

static struct units to_units(struct arena *a, struct str s) {
    struct units u = {.p = arena_array(a, s.n + 1, sizeof(uint16_t))};
    for (size_t len; s.n; s = str_from(s, len)) {
        uint32_t c = utf8_next(s, &len);
        c = c == UTF8_BAD ? 0xFFFD : c;
        if (c >= 0x10000) {
            u.p[u.n++] = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        u.p[u.n++] = (uint16_t)c;
    }
    return u;
}

static struct node *node_new(struct parser *p, enum node_kind kind) {
    struct node *n = arena_new(p->a, struct node);
    n->kind = kind;
    return n;
}

static struct node *give_up(struct parser *p, enum pattern_kind kind, const char *why) {
    if (p->kind == PATTERN_GOOD || (p->kind == PATTERN_FOREIGN && kind == PATTERN_BAD)) {
        p->kind = kind;
        p->why = why;
    }
    p->at = p->in.n;
    return node_new(p, EMPTY);
}

static bool more(const struct parser *p) {
    return p->at < p->in.n;
}

static bool peek(const struct parser *p, char c) {
    return more(p) && p->in.p[p->at] == (unsigned char)c;
}

static bool take(struct parser *p, char c) {
    bool is = peek(p, c);
    p->at += is;
    return is;
}

/* ---- sets ---- */

static void set_add(struct parser *p, const struct range **set, unsigned first, unsigned last) {
    struct range *r = arena_new(p->a, struct range);
    *r = (struct range){(uint16_t)first, (uint16_t)last, NULL};
    r->next = (struct range *)*set;
    *set = r;
}

static const uint16_t digits[] = {'0', '9', 0};
static const uint16_t words[] = {'0', '9', 'A', 'Z', '_', '_', 'a', 'z', 0};
static const uint16_t blanks[] = {'\t',   '\r',   ' ',    ' ',    0xA0,   0xA0,   0x1680,
                                  0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F,
                                  0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF, 0};

/* Adds \d, \w, \s or, with their capitals, everything else. */
static void add_class(struct parser *p, const struct range **set, char c) {
    const uint16_t *list = c == 'd' || c == 'D' ? digits : c == 'w' || c == 'W' ? words : blanks;
    unsigned from = 0;
    for (; *list; list += 2) {
        if (c >= 'a')
            set_add(p, set, list[0], list[1]);
        else if (list[0] > from)
            set_add(p, set, from, list[0] - 1u);
        from = list[1] + 1u;
    }
    if (c < 'a')
        set_add(p, set, from, 0xFFFF);
}

static bool is_class(unsigned c) {
    return c && c < 128 && strchr("dDwWsS", (int)c);
}

static bool hex(struct parser *p, int count, unsigned *value) {
    unsigned v = 0;
    for (int i = 0; i < count; i++) {
        size_t at = p->at + (size_t)i;
        unsigned c = at < p->in.n ? p->in.p[at] : 0;
        if (c >= '0' && c <= '9')
            v = v * 16 + c - '0';
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            v = v * 16 + (c | 32) - 'a' + 10;
        else
            return false;
    }
    p->at += (size_t)count;
    *value = v;
    return true;
}

/* A character behind a backslash, which is taken already; in a class \b is backspace. */
static unsigned escaped(struct parser *p) {
    unsigned c = p->in.p[p->at++], value;
    bool digit_next = more(p) && p->in.p[p->at] >= '0' && p->in.p[p->at] <= '9';
    switch (c) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'v': return '\v';
    case 'f': return '\f';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'x': return hex(p, 2, &value) ? value : c;
    case 'u': return hex(p, 4, &value) ? value : c;
    default: break;
    }
    if ((c >= '1' && c <= '9') || (c == '0' && digit_next) || c == 'k' || c == 'c')
        give_up(p, PATTERN_FOREIGN, "back references are left to the browser");
    return c == '0' ? 0 : c;
}

static struct node *one_of(struct parser *p, const struct range *set, bool not ) {
    struct node *n = node_new(p, SET);
    n->not = not ;
    n->set = set;
    if (!p->fold)
        return n;
    /* Letters of ASCII in both cases; JavaScript's rules for others are left to it. */
    const struct range *both = set;
    for (const struct range *r = set; r; r = r->next)
        for (unsigned c = 'a'; c <= 'z'; c++) {
            if (c >= r->first && c <= r->last)
                set_add(p, &both, c - 32, c - 32);
            if (c - 32 >= r->first && c - 32 <= r->last)
                set_add(p, &both, c, c);
        }
    n->set = both;
    return n;
}

static struct node *literal(struct parser *p, unsigned c) {
    const struct range *set = NULL;
    if (p->fold && c >= 128)
        return give_up(p, PATTERN_FOREIGN, "case beyond ASCII is left to the browser");
    set_add(p, &set, c, c);
    return one_of(p, set, false);
}

/* One member of a class: a character, or -1 when it was a class of its own. */
static int class_member(struct parser *p, const struct range **set) {
    if (!take(p, '\\')) {
        unsigned c = p->in.p[p->at++];
        if (p->fold && c >= 128)
            give_up(p, PATTERN_FOREIGN, "case beyond ASCII is left to the browser");
        return (int)c;
    }
    if (!more(p)) {
        give_up(p, PATTERN_BAD, "a \"[\" is not closed");
        return -1;
    }
    if (is_class(p->in.p[p->at])) {
        add_class(p, set, (char)p->in.p[p->at++]);
        return -1;
    }
    return (int)escaped(p);
}

static struct node *class(struct parser *p) {
    const struct range *set = NULL;
    bool not = take(p, '^');
    while (more(p) && !peek(p, ']')) {
        int first = class_member(p, &set), last = first;
        bool range = peek(p, '-') && p->at + 1 < p->in.n && p->in.p[p->at + 1] != ']';
        if (range) {
            p->at++;
            last = class_member(p, &set);
        }
        if (range && first >= 0 && last >= 0 && last < first)
            return give_up(p, PATTERN_BAD, "a range in \"[…]\" runs backwards");
        if (range && (first < 0 || last < 0)) { /* "[\w-x]": three things of their own */
            set_add(p, &set, '-', '-');
            if (first >= 0)
                set_add(p, &set, (unsigned)first, (unsigned)first);
            first = last;
        }
        if (first >= 0)
            set_add(p, &set, (unsigned)first, (unsigned)last);
    }
    if (!take(p, ']'))
        return give_up(p, PATTERN_BAD, "a \"[\" is not closed");
    return one_of(p, set, not );
}

/* ---- parsing ---- */

static struct node *alternatives(struct parser *p);

static struct node *group(struct parser *p) {
    if (take(p, '?') && !take(p, ':'))
        return give_up(p, PATTERN_FOREIGN, "look-around and named groups are left to the browser");
    if (++p->depth > PATTERN_DEPTH_MAX)
        return give_up(p, PATTERN_FOREIGN, "it is nested too deep");
    struct node *n = alternatives(p);
    p->depth--;
    if (p->kind == PATTERN_GOOD && !take(p, ')'))
        return give_up(p, PATTERN_BAD, "a \"(\" is not closed");
    return n;
}

static struct node *assertion(struct parser *p, enum assertion where) {
    struct node *n = node_new(p, ASSERT);
    n->where = where;
    return n;
}

static struct node *escape(struct parser *p) {
    if (!more(p))
        return give_up(p, PATTERN_BAD, "nothing stands behind its last \"\\\"");
    unsigned c = p->in.p[p->at];
    if (c == 'b' || c == 'B') {
        p->at++;
        return assertion(p, c == 'b' ? AT_WORD : NOT_AT_WORD);
    }
    if (is_class(c)) {
        const struct range *set = NULL;
        p->at++;
        add_class(p, &set, (char)c);
        return one_of(p, set, false);
    }
    return literal(p, escaped(p));
}

static struct node *any(struct parser *p) {
    const struct range *set = NULL;
    set_add(p, &set, '\n', '\n');
    set_add(p, &set, '\r', '\r');
    set_add(p, &set, 0x2028, 0x2029);
    struct node *n = node_new(p, SET);
    n->set = set;
    n->not = true;
    return n;
}

static bool number(struct parser *p, int64_t *n) {
    size_t from = p->at;
    *n = 0;
    for (; more(p) && p->in.p[p->at] >= '0' && p->in.p[p->at] <= '9'; p->at++)
        *n = *n > 1000000 ? *n : *n * 10 + p->in.p[p->at] - '0';
    return p->at > from;
}

/* A quantifier, taken if there is one. "{" that begins none is a character. */
static bool quantifier(struct parser *p, int64_t *min, int64_t *max) {
    size_t from = p->at;
    *min = peek(p, '+') ? 1 : 0;
    *max = peek(p, '?') ? 1 : -1;
    bool is = take(p, '*') || take(p, '+') || take(p, '?');
    if (!is && take(p, '{') && number(p, min)) {
        *max = *min;
        if (take(p, ',') && !number(p, max))
            *max = -1;
        is = take(p, '}');
    }
    if (!is)
        p->at = from;
    else
        take(p, '?'); /* lazy or not is the same to the question whether it matches */
    return is;
}

static struct node *atom(struct parser *p) {
    int64_t min, max;
    if (quantifier(p, &min, &max))
        return give_up(p, PATTERN_BAD, "a quantifier has nothing to repeat");
    unsigned c = p->in.p[p->at++];
    switch (c) {
    case '^': return assertion(p, AT_BEGIN);
    case '$': return assertion(p, AT_END);
    case '.': return any(p);
    case '[': return class(p);
    case '(': return group(p);
    case '\\': return escape(p);
    default: return literal(p, c);
    }
}

static struct node *sequence(struct parser *p) {
    struct node *all = node_new(p, EMPTY);
    while (more(p) && !peek(p, '|') && !peek(p, ')')) {
        struct node *n = atom(p), *pair = node_new(p, CAT);
        int64_t min, max;
        if (n->kind != ASSERT && quantifier(p, &min, &max)) {
            struct node *repeat = node_new(p, REPEAT);
            repeat->one = n;
            repeat->min = min;
            repeat->max = max;
            n = repeat;
            if (max >= 0 && max < min)
                return give_up(p, PATTERN_BAD, "the numbers in \"{…}\" run backwards");
        }
        pair->one = all;
        pair->two = n;
        all = pair;
    }
    return all;
}

static struct node *alternatives(struct parser *p) {
    struct node *all = sequence(p);
    while (take(p, '|')) {
        struct node *pair = node_new(p, ALT);
        pair->one = all;
        pair->two = sequence(p);
        all = pair;
    }
    return all;
}

/* ---- the program ---- */

enum op_kind { OP_SET, OP_ASSERT, OP_SPLIT, OP_JUMP, OP_MATCH };

struct pattern_op {
    enum op_kind kind;
    const struct range *set;
    bool not ;
    enum assertion where;
    int to, other;
};

struct program {
    struct pattern_op *ops; /* room for one more than max */
    int n, max;
    int visits; /* nodes written; bounds "(){1000}" nested */
};

static bool full(const struct program *g) {
    return g->n >= g->max || g->visits >= 4 * PATTERN_OPS_MAX;
}

static int put(struct program *g, enum op_kind kind) {
    if (g->n < g->max)
        g->ops[g->n++] = (struct pattern_op){.kind = kind};
    return g->n - 1;
}

static void write_node(struct program *g, const struct node *n);

static void write_star(struct program *g, const struct node *n) {
    int split = put(g, OP_SPLIT);
    write_node(g, n);
    g->ops[put(g, OP_JUMP)].to = split;
    g->ops[split].to = split + 1;
    g->ops[split].other = g->n;
}

static void write_repeat(struct program *g, const struct node *n) {
    for (int64_t i = 0; i < n->min && !full(g); i++)
        write_node(g, n->one);
    if (n->max < 0) {
        write_star(g, n->one);
        return;
    }
    /* "x{0,3}" is "(x(x(x)?)?)?": a split before each copy leads to where the next begins, and so
     * on to the end, which is as good for the question whether it matches. */
    for (int64_t i = n->min; i < n->max && !full(g); i++) {
        int split = put(g, OP_SPLIT);
        write_node(g, n->one);
        g->ops[split].to = split + 1;
        g->ops[split].other = g->n;
    }
}

static void write_alternatives(struct program *g, const struct node *n) {
    int split = put(g, OP_SPLIT);
    write_node(g, n->one);
    int jump = put(g, OP_JUMP);
    g->ops[split].to = split + 1;
    g->ops[split].other = g->n;
    write_node(g, n->two);
    g->ops[jump].to = g->n;
}

static void write_node(struct program *g, const struct node *n) {
    if (full(g))
        return;
    g->visits++;
    int at;
    switch (n->kind) {
    case EMPTY: break;
    case SET:
        at = put(g, OP_SET);
        g->ops[at].set = n->set;
        g->ops[at].not = n->not ;
        break;
    case ASSERT:
        at = put(g, OP_ASSERT);
        g->ops[at].where = n->where;
        break;
    case CAT:
        write_node(g, n->one);
        write_node(g, n->two);
        break;
    case ALT: write_alternatives(g, n); break;
    case REPEAT: write_repeat(g, n); break;
    }
}

enum pattern_kind pattern_compile(struct arena *a, struct str regex, bool fold, size_t room,
                                  struct pattern *out, const char **why) {
    struct parser p = {.a = a, .in = to_units(a, regex), .fold = fold, .kind = PATTERN_GOOD};
    *why = NULL;
    if (p.in.n > PATTERN_UNITS_MAX)
        return PATTERN_FOREIGN;
    const struct node *tree = alternatives(&p);
    if (p.kind == PATTERN_GOOD && more(&p))
        give_up(&p, PATTERN_BAD, "a \")\" closes nothing");
    *why = p.why;
    if (p.kind != PATTERN_GOOD)
        return p.kind;
    if (room < 2)
        return PATTERN_FOREIGN;
    /* Written into memory of its own first: most expressions are far smaller than they may be. */
    size_t max = room < PATTERN_OPS_MAX ? room : PATTERN_OPS_MAX;
    struct buf memory = BUF_INIT;
    buf_room(&memory, (max + 1) * sizeof(struct pattern_op));
    struct program g = {.ops = (struct pattern_op *)(void *)memory.p, .max = (int)max};
    write_node(&g, tree);
    bool fits = !full(&g);
    if (fits) {
        put(&g, OP_MATCH);
        out->n = (size_t)g.n;
        out->ops = arena_array(a, out->n, sizeof *out->ops);
        memcpy(out->ops, g.ops, out->n * sizeof *out->ops);
    }
    buf_free(&memory);
    return fits ? PATTERN_GOOD : PATTERN_FOREIGN;
}

/* ---- matching ---- */

/* States that wait for the next unit, each once. */
struct states {
    int *list;
    int n;
};

struct search {
    const struct pattern *p;
    struct units in;
    size_t at;
    size_t *seen; /* of each op: 1 + the place at which it was last reached */
    int *stack;
    int64_t *steps; /* left */
    bool found;
};

static bool in_set(struct search *s, const struct range *r, unsigned c) {
    for (; r; r = r->next, (*s->steps)--)
        if (c >= r->first && c <= r->last)
            return true;
    return false;
}

static bool is_word(const struct search *s, size_t at) {
    unsigned c = at < s->in.n ? s->in.p[at] : 0;
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z');
}

static bool holds(const struct search *s, enum assertion where) {
    bool edge = (s->at > 0 && is_word(s, s->at - 1)) != is_word(s, s->at);
    switch (where) {
    case AT_BEGIN: return s->at == 0;
    case AT_END: return s->at == s->in.n;
    case AT_WORD: return edge;
    case NOT_AT_WORD: return !edge;
    }
    return false;
}

/* Adds op and all that it leads to without a unit. */
static void reach(struct search *s, struct states *to, int op) {
    int depth = 0;
    s->stack[depth++] = op;
    while (depth) {
        int at = s->stack[--depth];
        const struct pattern_op *o = &s->p->ops[at];
        if (s->seen[at] == s->at + 1)
            continue;
        s->seen[at] = s->at + 1;
        (*s->steps)--;
        switch (o->kind) {
        case OP_SET: to->list[to->n++] = at; break;
        case OP_ASSERT:
            if (holds(s, o->where))
                s->stack[depth++] = at + 1;
            break;
        case OP_SPLIT:
            s->stack[depth++] = o->to;
            s->stack[depth++] = o->other;
            break;
        case OP_JUMP: s->stack[depth++] = o->to; break;
        case OP_MATCH: s->found = true; break;
        }
    }
}

enum pattern_found pattern_search(struct arena *a, const struct pattern *p, struct str text,
                                  int64_t *steps) {
    struct search s = {
        .p = p,
        .steps = steps,
        .in = to_units(a, text),
        .seen = arena_array(a, p->n, sizeof(size_t)),
        .stack = arena_array(a, 2 * p->n + 2, sizeof(int)),
    };
    struct states now = {arena_array(a, p->n, sizeof(int)), 0};
    struct states next = {arena_array(a, p->n, sizeof(int)), 0};
    for (; s.at <= s.in.n; s.at++) {
        reach(&s, &now, 0); /* a match may begin here */
        if (s.found)
            return PATTERN_FOUND;
        if (*steps < 0)
            return PATTERN_UNKNOWN;
        if (s.at == s.in.n)
            break;
        unsigned c = s.in.p[s.at];
        next.n = 0;
        s.at++; /* what follows is reached at the next place */
        for (int i = 0; i < now.n; i++) {
            const struct pattern_op *o = &p->ops[now.list[i]];
            (*steps)--;
            if (in_set(&s, o->set, c) != o->not )
                reach(&s, &next, now.list[i] + 1);
        }
        s.at--;
        struct states swap = now;
        now = next;
        next = swap;
        if (s.found)
            return PATTERN_FOUND;
    }
    return PATTERN_MISSED;
}
