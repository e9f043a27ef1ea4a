#include "formats/answer_key.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/pack.h"
#include "formats/answer.h"
#include "formats/question_form.h"
#include "formats/xml_walk.h"

struct option {
    const struct xml_node *first; /* SelectionIdentifier, up to AnswerScore */
    size_t ids;
    int64_t score;
    struct option *next;
};

struct key_question {
    const struct xml_node *node;
    struct str id;
    struct option *options;
    int64_t otherwise; /* DefaultScore */
    struct key_question *next;
};

struct range {
    int64_t from, to, value;
    struct range *next;
};

enum mapping { MAP_NONE, MAP_PERCENTAGE, MAP_SCALE, MAP_RANGE };

struct key {
    struct key_question *questions;
    enum mapping mapping;
    int64_t maximum;                /* of MAP_PERCENTAGE */
    int64_t numerator, denominator; /* of MAP_SCALE */
    struct range *ranges;           /* of MAP_RANGE */
    int64_t outside;
};

/* ---- reading ---- */

/* An element of elements, as all of a key are: without attributes. */
static struct xml_cursor plain_children(struct xml_walk *w, const struct xml_node *node) {
    xml_no_attrs(w, node);
    return xml_children(w, node);
}

/* A decimal like "-1.25" as numerator and denominator; at most nine places. */
static bool decimal(struct str s, int64_t *numerator, int64_t *denominator) {
    struct str places = s, units = str_cut(&places, '.');
    bool minus = str_starts(units, STR("-"));
    int64_t fraction = 0, n = 0;
    *denominator = 1;
    while (places.p && places.n && places.p[places.n - 1] == '0')
        places.n--;
    for (size_t i = 0; places.p && i < places.n; i++) {
        if (i == 9 || places.p[i] < '0' || places.p[i] > '9')
            return false;
        fraction = fraction * 10 + places.p[i] - '0';
        *denominator *= 10;
    }
    if (minus)
        units = str_from(units, 1);
    bool none = units.n == 0 && places.p && fraction;
    if (!none && !num_parse(units, 0, 1000000000, &n))
        return false;
    *numerator = (n * *denominator + fraction) * (minus ? -1 : 1);
    return true;
}

static struct option *read_option(struct xml_walk *w, const struct xml_node *node) {
    struct option *o = arena_new(w->a, struct option);
    struct xml_cursor c = plain_children(w, node);
    o->first = c.at;
    xml_word(w, xml_need(&c, "SelectionIdentifier"));
    o->ids = 1;
    for (const struct xml_node *n; (n = xml_maybe(&c, "SelectionIdentifier")); o->ids++)
        xml_word(w, n);
    o->score = xml_whole(w, xml_need(&c, "AnswerScore"), INT32_MIN, INT32_MAX);
    xml_end(&c);
    return o;
}

static struct key_question *read_question(struct xml_walk *w, const struct xml_node *node) {
    struct key_question *q = arena_new(w->a, struct key_question);
    struct xml_cursor c = plain_children(w, node);
    q->node = node;
    q->id = xml_word(w, xml_need(&c, "QuestionIdentifier"));
    struct option **tail = &q->options;
    const struct xml_node *n = xml_need(&c, "AnswerOption");
    for (; n; n = xml_maybe(&c, "AnswerOption")) {
        *tail = read_option(w, n);
        tail = &(*tail)->next;
    }
    if ((n = xml_maybe(&c, "DefaultScore")))
        q->otherwise = xml_whole(w, n, INT32_MIN, INT32_MAX);
    xml_end(&c);
    return q;
}

static void read_ranges(struct xml_walk *w, const struct xml_node *node, struct key *k) {
    struct xml_cursor c = plain_children(w, node);
    struct range **tail = &k->ranges;
    const struct xml_node *n = xml_need(&c, "SummedScoreRange");
    for (; n; n = xml_maybe(&c, "SummedScoreRange"), tail = &(*tail)->next) {
        struct range *range = *tail = arena_new(w->a, struct range);
        struct xml_cursor in = plain_children(w, n);
        range->from = xml_whole(w, xml_need(&in, "InclusiveLowerBound"), INT32_MIN, INT32_MAX);
        range->to = xml_whole(w, xml_need(&in, "InclusiveUpperBound"), INT32_MIN, INT32_MAX);
        range->value = xml_whole(w, xml_need(&in, "QualificationValue"), INT32_MIN, INT32_MAX);
        xml_end(&in);
        if (range->from > range->to)
            xml_refuse(w, n, "its lower bound %lld is above its upper bound %lld.",
                       (long long)range->from, (long long)range->to);
    }
    k->outside = xml_whole(w, xml_need(&c, "OutOfRangeQualificationValue"), INT32_MIN, INT32_MAX);
    xml_end(&c);
}

static void read_percentage(struct xml_walk *w, const struct xml_node *node, struct key *k) {
    struct xml_cursor c = plain_children(w, node);
    const struct xml_node *max = xml_need(&c, "MaximumSummedScore");
    k->maximum = xml_whole(w, max, INT32_MIN, INT32_MAX);
    if (max && k->maximum <= 0)
        xml_refuse(w, max, "it is %lld; a percentage needs a maximum above 0.",
                   (long long)k->maximum);
    xml_end(&c);
}

static void read_scale(struct xml_walk *w, const struct xml_node *node, struct key *k) {
    struct xml_cursor c = plain_children(w, node);
    const struct xml_node *by = xml_need(&c, "SummedScoreMultiplier");
    struct str s = xml_word(w, by);
    if (by && !decimal(xml_digits(s), &k->numerator, &k->denominator))
        xml_refuse(w, by,
                   "\"%.*s\" is not a number of at most nine decimal places, from -1000000000 to "
                   "1000000000.",
                   STR_ARG(str_sub(s, 0, 100)));
    xml_end(&c);
}

static void read_mapping(struct xml_walk *w, const struct xml_node *node, struct key *k) {
    struct xml_cursor c = plain_children(w, node);
    const struct xml_node *n;
    if ((n = xml_maybe(&c, "PercentageMapping"))) {
        k->mapping = MAP_PERCENTAGE;
        read_percentage(w, n, k);
    } else if ((n = xml_maybe(&c, "ScaleMapping"))) {
        k->mapping = MAP_SCALE;
        read_scale(w, n, k);
    } else if ((n = xml_maybe(&c, "RangeMapping"))) {
        k->mapping = MAP_RANGE;
        read_ranges(w, n, k);
    } else {
        xml_refuse(w, c.at ? c.at : node,
                   "a PercentageMapping, ScaleMapping or RangeMapping was expected here.");
    }
    xml_end(&c);
}

static struct err read_key(struct arena *a, struct str text, struct key *k) {
    *k = (struct key){.denominator = 1};
    struct xml_node *root;
    struct xml_walk w = {.a = a, .err = xml_read(a, text, QUESTION_MAX, &root)};
    if (failed(w.err))
        return w.err;
    if (!xml_is(root, STR(ANSWER_KEY_NS), "AnswerKey"))
        return xml_error(a, root, "the root element must be AnswerKey in \"%s\".", ANSWER_KEY_NS);
    struct xml_cursor c = plain_children(&w, root);
    struct key_question **tail = &k->questions;
    const struct xml_node *n = xml_need(&c, "Question");
    for (; n; n = xml_maybe(&c, "Question")) {
        *tail = read_question(&w, n);
        tail = &(*tail)->next;
    }
    if ((n = xml_maybe(&c, "QualificationValueMapping")))
        read_mapping(&w, n, k);
    xml_end(&c);
    return w.err;
}

/* ---- checking against the test ---- */

static bool is_choice(const struct form_question *q, struct str id) {
    for (const struct form_choice *c = q->choices; c; c = c->next)
        if (str_eq(c->id, id))
            return true;
    return false;
}

static void check_option(struct xml_walk *w, const struct key_question *k,
                         const struct form_question *q, const struct option *o) {
    const struct xml_node *n = o->first;
    for (size_t i = 0; i < o->ids && !failed(w->err); i++, n = n->next)
        if (!is_choice(q, str_trim(n->text)))
            xml_refuse(w, n, "the question \"%.*s\" of the test has no selection \"%.*s\".",
                       STR_ARG(k->id), STR_ARG(str_trim(n->text)));
}

static void check_question(struct xml_walk *w, const struct key_question *k,
                           const struct question_form *form) {
    const struct form_question *q = form_find(form, k->id);
    if (!q)
        xml_refuse(w, k->node, "the test has no question \"%.*s\".", STR_ARG(k->id));
    for (const struct key_question *before = k->next; before; before = before->next)
        if (str_eq(before->id, k->id))
            xml_refuse(w, before->node, "the question \"%.*s\" stands there twice.",
                       STR_ARG(k->id));
    for (const struct option *o = k->options; q && o && !failed(w->err); o = o->next)
        check_option(w, k, q, o);
}

static struct err check_form(struct arena *a, const struct question_form *form) {
    for (const struct form_item *i = form->items; i; i = i->next) {
        const struct form_question *q = i->question;
        if (q && (q->kind != FORM_SELECTION || q->other))
            return err_make(
                a, ERR_XML_PARSE, "Test",
                "%s the question \"%.*s\" of the test %s, which no AnswerKey can score: "
                "a test with an AnswerKey may not contain it.",
                err_opening(ERR_XML_PARSE), STR_ARG(q->id),
                q->other ? "has an OtherSelection" : "is not a SelectionAnswer");
    }
    return NO_ERR;
}

struct err answer_key_check(struct arena *a, struct str key, struct str form_text) {
    struct question_form form;
    struct key k;
    struct err e = question_form_check(a, form_text);
    if (!failed(e))
        e = question_form_parse(a, form_text, false, &form);
    if (failed(e))
        return e;
    struct xml_walk w = {.a = a, .err = read_key(a, key, &k)};
    for (const struct key_question *q = k.questions; q && !failed(w.err); q = q->next)
        check_question(&w, q, &form);
    w.err.field = failed(w.err) ? "AnswerKey" : NULL;
    return failed(w.err) ? w.err : check_form(a, &form);
}

/* ---- scoring ---- */

static bool chosen(struct str values, struct str id) {
    struct str value;
    while (pack_next(&values, &value))
        if (str_eq(str_trim(value), id))
            return true;
    return false;
}

static bool option_has(const struct option *o, struct str id) {
    const struct xml_node *n = o->first;
    for (size_t i = 0; i < o->ids; i++, n = n->next)
        if (str_eq(str_trim(n->text), id))
            return true;
    return false;
}

/* Whether the chosen set is exactly the option's (8). */
static bool same_set(const struct option *o, struct str values) {
    struct str rest = values, value;
    while (pack_next(&rest, &value))
        if (value.n && !option_has(o, str_trim(value)))
            return false;
    const struct xml_node *n = o->first;
    for (size_t i = 0; i < o->ids; i++, n = n->next)
        if (!chosen(values, str_trim(n->text)))
            return false;
    return true;
}

static int64_t score_question(const struct key_question *q, struct str answers) {
    struct answer answer;
    struct str values = STR("");
    while (answer_next(&answers, &answer))
        if (str_eq(answer.name, q->id))
            values = answer.values;
    for (const struct option *o = q->options; o; o = o->next)
        if (same_set(o, values))
            return o->score;
    return q->otherwise;
}

/* product / by, rounded half away from zero. by > 0; there is room in 128 bits. */
static int64_t rounded(int64_t n, int64_t times, int64_t by) {
    __extension__ typedef __int128 wide;
    wide product = (wide)n * times, half = by / 2;
    wide value = (product < 0 ? product - half : product + half) / by;
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int64_t)value;
}

static int64_t mapped(const struct key *k, int64_t sum) {
    switch (k->mapping) {
    case MAP_NONE: return rounded(sum, 1, 1);
    case MAP_PERCENTAGE: return rounded(sum, 100, k->maximum);
    case MAP_SCALE: return rounded(sum, k->numerator, k->denominator);
    case MAP_RANGE: break;
    }
    for (const struct range *r = k->ranges; r; r = r->next)
        if (sum >= r->from && sum <= r->to)
            return r->value;
    return k->outside;
}

struct err answer_key_score(struct arena *a, struct str key, struct str answers, int64_t *value,
                            int64_t *points) {
    struct key k;
    struct err e = read_key(a, key, &k);
    if (failed(e))
        return e;
    int64_t sum = 0; /* a key of 64 KiB sums far less than 64 bits hold */
    for (const struct key_question *q = k.questions; q; q = q->next)
        sum += score_question(q, answers);
    *value = mapped(&k, sum);
    if (points)
        *points = sum;
    return NO_ERR;
}
