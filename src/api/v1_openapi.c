/* The OpenAPI 3.1 document of /v1, made from the rows that serve it. */
#include <ctype.h>
#include <string.h>

#include "api/v1_rows.h"

static const char *schema_type(enum field_type type) {
    switch (type) {
    case F_TEXT:
    case F_MONEY:
    case F_ENUM: return "string";
    case F_INT: return "integer";
    case F_BOOL: return "boolean";
    case F_TIME: return "number";
    case F_ENUMS:
    case F_INTS:
    case F_TEXTS:
    case F_OBJECTS: return "array";
    case F_OBJECT: return "object";
    }
    return "object";
}

static void object_schema(struct json *j, const struct field *rows);

static void field_schema(struct json *j, const struct field *row) {
    json_open_object(j);
    json_kv_cstr(j, "type", schema_type(row->type));
    if (row->help)
        json_kv_cstr(j, "description", row->help);
    if (row->type == F_INT) {
        json_kv_int(j, "minimum", row->min);
        json_kv_int(j, "maximum", row->max);
    } else if (row->type == F_TEXT) {
        if (row->min)
            json_kv_int(j, "minLength", row->min);
        if (row->max)
            json_kv_int(j, "maxLength", row->max);
    } else if (row->type == F_OBJECTS) {
        json_key(j, "items");
        object_schema(j, row->of);
    } else if (row->type == F_INTS) {
        json_key(j, "items");
        json_raw(j, STR("{\"type\":\"integer\"}"));
    }
    if (row->words) {
        json_key(j, "enum");
        json_open_array(j);
        for (const struct word *w = row->words; w->name; w++)
            json_cstr(j, w->name);
        json_end(j);
    }
    json_end(j);
}

static void object_schema(struct json *j, const struct field *rows) {
    json_open_object(j);
    json_kv_cstr(j, "type", "object");
    json_key(j, "properties");
    json_open_object(j);
    bool any_required = false;
    for (const struct field *row = rows; row->name; row++) {
        json_key(j, row->name);
        field_schema(j, row);
        any_required |= row->required;
    }
    json_end(j);
    if (any_required) {
        json_key(j, "required");
        json_open_array(j);
        for (const struct field *row = rows; row->name; row++)
            if (row->required)
                json_cstr(j, row->name);
        json_end(j);
    }
    json_end(j);
}

static void parameter(struct json *j, struct str name, const char *in, const char *help) {
    json_open_object(j);
    json_kv_str(j, "name", name);
    json_kv_cstr(j, "in", in);
    if (help)
        json_kv_cstr(j, "description", help);
    json_kv_bool(j, "required", strcmp(in, "path") == 0);
    json_key(j, "schema");
    json_raw(j, STR("{\"type\":\"string\"}"));
    json_end(j);
}

static void parameters(struct json *j, const struct route *route) {
    json_key(j, "parameters");
    json_open_array(j);
    struct str rest = str_c(route->pattern);
    while (rest.p) {
        struct str segment = str_cut(&rest, '/');
        if (segment.n > 2 && segment.p[0] == '{')
            parameter(j, str_sub(segment, 1, segment.n - 2), "path", NULL);
    }
    for (const struct route_param *p = route->query; p && p->name; p++)
        parameter(j, str_c(p->name), "query", p->help);
    json_end(j);
}

static void content(struct json *j, const char *type) {
    json_key(j, "content");
    json_open_object(j);
    json_key(j, type);
    json_open_object(j);
}

static void body(struct json *j, const struct v1_row *row) {
    bool upload = row->route.flags & ROUTE_UPLOAD;
    if (!upload && !row->fields)
        return;
    json_key(j, "requestBody");
    json_open_object(j);
    json_kv_bool(j, "required", true);
    content(j, upload ? "text/csv" : "application/json");
    if (row->fields) {
        json_key(j, "schema");
        object_schema(j, row->fields);
    }
    json_end(j);
    json_end(j);
    json_end(j);
}

static void responses(struct json *j, const struct v1_row *row) {
    char status[8];
    snprintf(status, sizeof status, "%d", row->success ? row->success : 200);
    json_key(j, "responses");
    json_open_object(j);
    json_key(j, status);
    json_open_object(j);
    json_kv_cstr(j, "description", row->route.help);
    if (row->route.gives) {
        content(j, row->route.gives);
        json_end(j);
        json_end(j);
    }
    json_end(j);
    json_key(j, "default");
    json_raw(j, STR("{\"$ref\":\"#/components/responses/Error\"}"));
    json_end(j);
}

static void operation(struct json *j, const struct v1_row *row) {
    char method[16] = "";
    for (size_t i = 0; row->route.method[i] && i + 1 < sizeof method; i++)
        method[i] = (char)tolower((unsigned char)row->route.method[i]);
    json_key(j, method);
    json_open_object(j);
    json_kv_cstr(j, "summary", row->route.help);
    parameters(j, &row->route);
    body(j, row);
    responses(j, row);
    json_end(j);
}

static bool same_path(const struct v1_row *a, const struct v1_row *b) {
    return strcmp(a->route.pattern, b->route.pattern) == 0;
}

/* Rows of one path stand under one key; rows of one path stand in one table. */
static void paths_of(struct json *j, const struct v1_row *rows) {
    for (const struct v1_row *row = rows; row->route.method; row++) {
        bool seen = false;
        for (const struct v1_row *before = rows; before < row; before++)
            seen |= same_path(before, row);
        if (seen)
            continue;
        json_key(j, row->route.pattern);
        json_open_object(j);
        for (const struct v1_row *other = row; other->route.method; other++)
            if (same_path(row, other))
                operation(j, other);
        json_end(j);
    }
}

static const char components[] =
    "{\"responses\":{\"Error\":{\"description\":\"What is wrong and what to do.\",\"content\":"
    "{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"error\":{\"type\":"
    "\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},"
    "\"field\":{\"type\":\"string\"}},\"required\":[\"code\",\"message\"]}}}}}}},"
    "\"securitySchemes\":{\"sigv4\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":"
    "\"Authorization\",\"description\":\"AWS Signature Version 4, service mturk-requester\"},"
    "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"" SESSION_COOKIE "\"}}}";

void v1_openapi(struct json *j, const char *server_url) {
    json_open_object(j);
    json_kv_cstr(j, "openapi", "3.1.0");
    json_key(j, "info");
    json_open_object(j);
    json_kv_cstr(j, "title", "hitd /v1");
    json_kv_cstr(j, "version", HITD_VERSION);
    json_end(j);
    json_key(j, "servers");
    json_open_array(j);
    json_open_object(j);
    json_kv_cstr(j, "url", server_url);
    json_end(j);
    json_end(j);
    json_key(j, "security");
    json_raw(j, STR("[{\"sigv4\":[]},{\"session\":[]}]"));
    json_key(j, "components");
    json_raw(j, str_c(components));
    json_key(j, "paths");
    json_open_object(j);
    for (size_t i = 0; v1_tables[i]; i++)
        paths_of(j, v1_tables[i]);
    json_end(j);
    json_end(j);
}
