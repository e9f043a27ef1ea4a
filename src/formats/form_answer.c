#include "formats/form_answer.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/pack.h"
#include "base/utf8.h"
#include "formats/answer.h"

struct checker {
    struct arena *a;
    const struct form_input *in;
    struct buf out;
    int64_t steps; /* left for expressions, of the whole submission */
};

/* The packed values of a field; the empty list when it was not sent. */
static struct str values_of(const struct checker *c, struct str name, struct str *joined) {
    struct str rest = c->in->fields;
    struct answer answer;
    *joined = STR("");
    while (rest.n && answer_next(&rest, &answer)) {
        if (!str_eq(answer.name, name))
            continue;
        *joined = answer_joined(c->a, &answer);
        return answer.values;
    }
    return STR("");
}

/* ---- text (6.3) ---- */

/* A decimal number as people write it: "-3", "+2.50", ".5". */
static bool is_number(struct str s) {
    size_t digits = 0, points = 0;
    for (size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'); i < s.n; i++) {
        points += s.p[i] == '.';
        digits += s.p[i] >= '0' && s.p[i] <= '9';
        if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
            return false;
    }
    return digits && points < 2;
}

static const char *check_number(struct checker *c, const struct form_text *t, struct str s) {
    s = str_trim(s);
    int64_t n;
    if (!is_number(s))
        return "Please enter a number.";
    if (!t->has_min && !t->has_max)
        return NULL;
    bool whole = num_parse(str_starts(s, STR("+")) ? str_from(s, 1) : s, INT32_MIN, INT32_MAX, &n);
    if (whole && (!t->has_min || n >= t->min) && (!t->has_max || n <= t->max))
        return NULL;
    if (t->has_min && t->has_max)
        return arena_printf(c->a, "Please enter a whole number from %lld to %lld.",
                            (long long)t->min, (long long)t->max);
    return t->has_min ? arena_printf(c->a, "Please enter a whole number of %lld or more.",
                                     (long long)t->min)
                      : arena_printf(c->a, "Please enter a whole number of %lld or less.",
                                     (long long)t->max);
}

static const char *check_length(struct checker *c, const struct form_text *t, struct str s) {
    int64_t n = (int64_t)utf8_length(s);
    if (n < t->min_length)
        return arena_printf(c->a, "Please enter at least %lld characters; there are %lld.",
                            (long long)t->min_length, (long long)n);
    if (t->max_length >= 0 && n > t->max_length)
        return arena_printf(c->a, "Please enter at most %lld characters; there are %lld.",
                            (long long)t->max_length, (long long)n);
    return NULL;
}

/* What the expressions, whose own words come first, say; foreign ones were the browser's to check
 * (6.3.2). */
static const char *check_format(struct checker *c, const struct form_text *t, struct str s) {
    for (const struct form_regex *x = t->regexes; x; x = x->next) {
        if (x->kind != PATTERN_GOOD ||
            pattern_search(c->a, &x->pattern, s, &c->steps) != PATTERN_MISSED)
            continue;
        return x->error_text.p ? str_z(c->a, x->error_text)
                               : "This does not have the form that is asked for.";
    }
    return NULL;
}

static const char *check_text(struct checker *c, const struct form_text *t, struct str s) {
    const char *wrong = t->numeric ? check_number(c, t, s) : NULL;
    if (!wrong)
        wrong = check_length(c, t, s);
    return wrong ? wrong : check_format(c, t, s);
}

static const char *answer_text(struct checker *c, const struct form_question *q) {
    struct str text;
    values_of(c, q->id, &text);
    pack_add(&c->out, STR("1"));
    pack_add(&c->out, text);
    if (!text.n)
        return q->required ? "Please answer this question." : NULL;
    return check_text(c, &q->text, text);
}

/* ---- selections (6.4) ---- */

static bool is_choice(const struct form_question *q, struct str id) {
    for (const struct form_choice *ch = q->choices; ch; ch = ch->next)
        if (str_eq(ch->id, id))
            return true;
    return false;
}

static bool among(struct str values, struct str id) {
    struct str value;
    while (pack_next(&values, &value))
        if (str_eq(value, id))
            return true;
    return false;
}

static const char *check_count(struct checker *c, const struct form_question *q, int64_t n) {
    if (n == 0)
        return q->required ? "Please answer this question." : NULL;
    if (n < q->min && q->min == q->max)
        return arena_printf(c->a, "Please choose exactly %lld; %lld %s chosen.", (long long)q->min,
                            (long long)n, n == 1 ? "is" : "are");
    if (n < q->min)
        return arena_printf(c->a, "Please choose at least %lld; %lld %s chosen.", (long long)q->min,
                            (long long)n, n == 1 ? "is" : "are");
    if (n > q->max)
        return arena_printf(c->a, "Please choose at most %lld; %lld are chosen.", (long long)q->max,
                            (long long)n);
    return NULL;
}

static const char *answer_selection(struct checker *c, const struct form_question *q) {
    struct str joined, other = STR(""), values = values_of(c, q->id, &joined);
    if (q->other)
        values_of(c, str_printf(c->a, "%.*s" FORM_OTHER_SUFFIX, STR_ARG(q->id)), &other);
    int64_t n = 0;
    struct buf chosen = BUF_INIT;
    /* In the order of the form, each once, whatever order the browser sent them in. */
    for (const struct form_choice *ch = q->choices; ch; ch = ch->next) {
        if (!among(values, ch->id))
            continue;
        pack_add(&chosen, ch->id);
        n++;
    }
    if (other.n) {
        pack_add(&chosen, other);
        n++;
    }
    pack_add(&c->out, str_printf(c->a, "%c%lld", other.n ? 'o' : 's', (long long)n));
    buf_str(&c->out, buf_view(&chosen));
    buf_free(&chosen);
    struct str value;
    while (pack_next(&values, &value))
        if (value.n && !is_choice(q, value))
            return arena_printf(c->a, "\"%.*s\" is not one of the choices.",
                                STR_ARG(utf8_clip(value, 40)));
    const char *wrong = other.n ? check_text(c, &q->text, other) : NULL;
    return wrong ? wrong : check_count(c, q, n);
}

/* ---- files (6.7) ---- */

static const char *answer_file(struct checker *c, const struct form_question *q) {
    const struct form_upload *file = NULL;
    for (size_t i = 0; i < c->in->upload_count && !file; i++)
        if (str_eq(c->in->uploads[i].question, q->id))
            file = &c->in->uploads[i];
    if (!file) {
        pack_add(&c->out, STR("1"));
        pack_add(&c->out, STR(""));
        return q->required ? "Please choose a file." : NULL;
    }
    pack_add(&c->out, str_printf(c->a, "f%lld", (long long)file->size));
    pack_add(&c->out, file->key);
    int64_t max = q->file_max < (int64_t)FORM_FILE_MAX ? q->file_max : (int64_t)FORM_FILE_MAX;
    if (file->size > max || file->size < q->file_min)
        return arena_printf(c->a, "The file has %lld bytes; it must have from %lld to %lld.",
                            (long long)file->size, (long long)q->file_min, (long long)max);
    return NULL;
}

struct form_mistake *form_answer(struct arena *a, const struct question_form *form,
                                 const struct form_input *in, struct str *typed) {
    struct checker c = {.a = a, .in = in, .out = BUF_INIT, .steps = PATTERN_STEPS_MAX};
    struct form_mistake *first = NULL, **tail = &first;
    for (const struct form_item *i = form->items; i; i = i->next) {
        const struct form_question *q = i->question;
        const char *wrong = NULL;
        if (!q)
            continue;
        pack_add(&c.out, q->id);
        switch (q->kind) {
        case FORM_FREE_TEXT: wrong = answer_text(&c, q); break;
        case FORM_SELECTION: wrong = answer_selection(&c, q); break;
        case FORM_FILE: wrong = answer_file(&c, q); break;
        }
        if (!wrong)
            continue;
        struct form_mistake *m = *tail = arena_new(a, struct form_mistake);
        m->question = q;
        m->message = wrong;
        tail = &m->next;
    }
    *typed = first ? STR_NULL : buf_dup(a, &c.out);
    buf_free(&c.out);
    return first;
}
