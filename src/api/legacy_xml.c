/* Answers and errors of the old dialect (requester-api 4.3, 4.4). boto looks for the text
 * "<Errors>" to tell failure from success: text is always escaped, so that a success never holds
 * it, whatever a worker has written. */
#include <inttypes.h>
#include <string.h>

#include "api/legacy_op.h"
#include "base/arena.h"
#include "base/datetime.h"
#include "base/money.h"
#include "formats/xml_out.h"

/* ---- writing ---- */

static void open(struct buf *out, const char *name) {
    buf_printf(out, "<%s>", name);
}

static void close(struct buf *out, const char *name) {
    buf_printf(out, "</%s>", name);
}

static void put_text(struct buf *out, const char *name, struct str text) {
    struct buf clean = BUF_INIT;
    open(out, name);
    xml_put_clean(&clean, text);
    xml_put_text(out, buf_view(&clean));
    close(out, name);
    buf_free(&clean);
}

static void put_int(struct buf *out, const char *name, int64_t v) {
    open(out, name);
    buf_int(out, v);
    close(out, name);
}

/* ---- values ---- */

enum kind { PLAIN, PRICE, TIME, LEFT_OUT, OFTEN_EMPTY };

/* How members are written that are not what their JSON type says. */
static const struct {
    const char *name;
    enum kind kind;
} kinds[] = {
    {"Reward", PRICE},         {"BonusAmount", PRICE},       {"AvailableBalance", PRICE},
    {"OnHoldBalance", PRICE},  {"CreationTime", TIME},       {"Expiration", TIME},
    {"AcceptTime", TIME},      {"SubmitTime", TIME},         {"AutoApprovalTime", TIME},
    {"ApprovalTime", TIME},    {"RejectionTime", TIME},      {"Deadline", TIME},
    {"GrantTime", TIME},       {"CompleteTime", TIME},       {"NextToken", LEFT_OUT},
    {"Question", OFTEN_EMPTY}, {"ActionsGuarded", LEFT_OUT}, {"RequiredToPreview", LEFT_OUT},
};

static enum kind kind_of(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].kind;
    return PLAIN;
}

static struct str text_of(const json_t *v) {
    const char *p = json_string_value(v);
    return p ? (struct str){p, json_string_length(v)} : STR_NULL;
}

/* "10000.00" as "$10,000.00". */
static void put_formatted(struct buf *out, struct str amount) {
    size_t whole = (size_t)str_chr(amount, '.');
    buf_puts(out, "<FormattedPrice>$");
    for (size_t i = 0; i < amount.n; i++) {
        if (i && i < whole && (whole - i) % 3 == 0)
            buf_putc(out, ',');
        buf_putc(out, amount.p[i]);
    }
    close(out, "FormattedPrice");
}

static void put_price(struct buf *out, const char *name, struct str amount) {
    open(out, name);
    put_text(out, "Amount", amount);
    put_text(out, "CurrencyCode", STR("USD"));
    if (str_chr(amount, '.') > 0)
        put_formatted(out, amount);
    close(out, name);
}

static int64_t ms_of(const json_t *v) {
    double s = json_number_value(v);
    return (int64_t)(s * 1000 + (s < 0 ? -0.5 : 0.5));
}

/* Seconds of an answer, without fraction: boto knows no other form. */
static void put_time(struct buf *out, const struct legacy_call *l, const char *name,
                     const json_t *v) {
    int64_t ms = ms_of(v);
    put_text(out, name, time_iso(l->ctx->arena, ms - ms % 1000));
}

static void put_object(struct buf *out, const struct legacy_call *l, const json_t *object);

static void put_value(struct buf *out, const struct legacy_call *l, const char *name,
                      const json_t *v) {
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        open(out, name);
        put_object(out, l, v);
        close(out, name);
        break;
    case JSON_STRING: put_text(out, name, text_of(v)); break;
    case JSON_INTEGER: put_int(out, name, json_integer_value(v)); break;
    case JSON_TRUE: put_int(out, name, 1); break;
    case JSON_FALSE: put_int(out, name, 0); break;
    case JSON_REAL:
    case JSON_ARRAY:
    case JSON_NULL: break; /* no operation answers such a thing here */
    }
}

static const char *old_name(const struct legacy_call *l, const char *name) {
    if (l->op->subject && strcmp(name, "WorkerId") == 0)
        return "SubjectId";
    return legacy_name(name);
}

static void put_member(struct buf *out, const struct legacy_call *l, const char *key,
                       const json_t *v) {
    const char *name = old_name(l, key);
    enum kind kind = kind_of(key);
    size_t i;
    json_t *item;
    if (kind == LEFT_OUT || (kind == OFTEN_EMPTY && !text_of(v).n)) {
        return;
    } else if (kind == PRICE) {
        put_price(out, name, text_of(v));
    } else if (kind == TIME) {
        put_time(out, l, name, v);
    } else if (json_is_array(v)) {
        json_array_foreach(v, i, item) put_value(out, l, name, item);
    } else {
        put_value(out, l, name, v);
    }
}

/* What old structures hold besides: a lifetime, and of a requirement whether it guards previews. */
static void put_derived(struct buf *out, const json_t *object) {
    const json_t *from = json_object_get(object, "CreationTime");
    const json_t *to = json_object_get(object, "Expiration");
    const char *guarded = json_string_value(json_object_get(object, "ActionsGuarded"));
    if (from && to)
        put_int(out, "LifetimeInSeconds", (ms_of(to) - ms_of(from)) / 1000);
    if (json_object_get(object, "Comparator"))
        put_int(out, "RequiredToPreview",
                json_is_true(json_object_get(object, "RequiredToPreview")) ||
                    (guarded && strcmp(guarded, "Accept") != 0));
}

static void put_object(struct buf *out, const struct legacy_call *l, const json_t *object) {
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)object, key, v) put_member(out, l, key, v);
    put_derived(out, object);
}

/* ---- frames ---- */

static const char *result_name(const struct legacy_call *l) {
    return l->op->result ? l->op->result
                         : arena_printf(l->call->req->arena, "%sResult", l->op->name);
}

static void put_request_id(struct buf *out, const struct legacy_call *l) {
    put_text(out, "RequestId", str_c(l->call->req->id));
}

/* No white space between elements: some clients look for "<Request><IsValid>True" as text. */
void legacy_write_answer(struct buf *out, const struct legacy_call *l, const json_t *answer) {
    const char *result = result_name(l);
    buf_printf(out, "<?xml version=\"1.0\"?>\n<%sResponse><OperationRequest>", l->op->name);
    put_request_id(out, l);
    close(out, "OperationRequest");
    open(out, result);
    buf_puts(out, "<Request><IsValid>True</IsValid></Request>");
    const json_t *inner = l->op->inner ? json_object_get(answer, l->op->inner) : answer;
    if (inner)
        put_object(out, l, inner);
    close(out, result);
    buf_printf(out, "</%sResponse>\n", l->op->name);
}

/* ---- errors ---- */

enum place { BUSINESS, AUTHENTICATION, FRONT_END };

struct shown {
    enum err_code code;
    enum place place;
    int status;
    const char *name; /* NULL: the code's own */
};

/* Business errors are answered with 200, or boto does not read them; what boto shall try again is
 * a 5xx of the front end. */
static const struct shown shown_as[] = {
    {ERR_UNKNOWN_KEY, AUTHENTICATION, 200, "AWS.NotAuthorized"},
    {ERR_ACCESS_DENIED, AUTHENTICATION, 200, "AWS.NotAuthorized"},
    {ERR_BAD_SIGNATURE, AUTHENTICATION, 200, "AWS.BadClaimsSupplied"},
    {ERR_INCOMPLETE_SIGNATURE, AUTHENTICATION, 200, "AWS.BadCredentialSupplied"},
    {ERR_MISSING_AUTH, AUTHENTICATION, 200, "AWS.BadCredentialSupplied"},
    {ERR_REQUEST_EXPIRED, FRONT_END, 400, "RequestExpired"},
    {ERR_BAD_REQUEST, FRONT_END, 400, "InvalidParameterValue"},
    {ERR_FORBIDDEN, FRONT_END, 403, "Forbidden"},
    {ERR_TOO_LARGE, FRONT_END, 413, "RequestEntityTooLarge"},
    {ERR_UNKNOWN_OPERATION, FRONT_END, 400, "InvalidOperation"},
    {ERR_THROTTLED, FRONT_END, 503, "ServiceUnavailable"},
    {ERR_UNAVAILABLE, FRONT_END, 503, "ServiceUnavailable"},
    {ERR_STORE, FRONT_END, 503, "ServiceUnavailable"},
    {ERR_INTERNAL, FRONT_END, 500, "InternalFailure"},
    {ERR_VALIDATION, BUSINESS, 200, "AWS.MechanicalTurk.InvalidParameterValue"},
    {ERR_BAD_JSON, BUSINESS, 200, "AWS.MechanicalTurk.InvalidParameterValue"},
};

static struct shown show(struct arena *a, enum err_code code) {
    for (size_t i = 0; i < sizeof shown_as / sizeof *shown_as; i++)
        if (shown_as[i].code == code)
            return shown_as[i];
    const char *turk = err_turk_code(a, code);
    return (struct shown){code, BUSINESS, 200, turk ? turk : err_type(code)};
}

static struct str words_of(const struct legacy_call *l, struct err e, enum place place) {
    struct arena *a = l->call->req->arena;
    struct str words = str_c(e.detail ? e.detail : err_opening(e.code));
    if (e.code == ERR_UNKNOWN_KEY)
        words = STR("The identity contained in the request is not authorized to use this "
                    "AWSAccessKeyId");
    if (place == FRONT_END)
        return words;
    return str_printf(a, "%.*s (%" PRId64 "%s)", STR_ARG(words), time_wall_ms(),
                      l->call->app->sandbox ? " s" : "");
}

static void put_errors(struct buf *out, const struct legacy_call *l, struct err e,
                       const struct shown *s) {
    struct str value = e.field ? legacy_param(&l->params, e.field) : STR_NULL;
    buf_puts(out, "<Errors><Error>");
    put_text(out, "Code", str_c(s->name));
    put_text(out, "Message", words_of(l, e, s->place));
    if (value.p && s->place == BUSINESS) {
        buf_puts(out, "<Data>");
        put_text(out, "Key", str_c(e.field));
        put_text(out, "Value", value);
        buf_puts(out, "</Data>");
    }
    buf_puts(out, "</Error></Errors>");
}

int legacy_write_error(struct buf *out, const struct legacy_call *l, struct err e) {
    struct shown s = show(l->call->req->arena, e.code);
    const char *name = l->op ? l->op->name : "";
    buf_puts(out, "<?xml version=\"1.0\"?>\n");
    if (s.place == FRONT_END || (s.place == BUSINESS && !l->op)) {
        open(out, "Response");
        put_errors(out, l, e, &s);
        put_text(out, "RequestID", str_c(l->call->req->id));
        close(out, "Response");
        return s.status;
    }
    buf_printf(out, "<%sResponse><OperationRequest>", name);
    put_request_id(out, l);
    if (s.place == AUTHENTICATION)
        put_errors(out, l, e, &s);
    close(out, "OperationRequest");
    if (s.place == BUSINESS) {
        open(out, result_name(l));
        buf_puts(out, "<Request><IsValid>False</IsValid>");
        put_errors(out, l, e, &s);
        buf_puts(out, "</Request>");
        close(out, result_name(l));
    }
    buf_printf(out, "</%sResponse>\n", name);
    return s.status;
}
