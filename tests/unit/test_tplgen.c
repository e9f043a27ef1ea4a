/* tools/tplgen: what it refuses, where it says the mistake is, and how it escapes. The compiler's
 * path is argument 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

struct place {
    struct arena arena;
    const char *tplgen;
    char dir[32];
};

static void write_file(struct place *p, const char *name, const char *text) {
    FILE *f = fopen(arena_printf(&p->arena, "%s/pages/%s", p->dir, name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* What tplgen says about a template of this text; "" when it is content. */
static const char *says(struct place *p, const char *text) {
    static char line[512];
    write_file(p, "q.html", text);
    const char *d = p->dir;
    FILE *f = popen(
        arena_printf(&p->arena, "%s %s/t.h %s/t.c %s/t.d %s/pages 2>&1", p->tplgen, d, d, d, d),
        "r");
    assert_non_null(f);
    if (!fgets(line, sizeof line, f))
        line[0] = '\0';
    int status = pclose(f);
    assert_int_equal(status != 0, line[0] != '\0');
    char *name = strstr(line, "q.html:");
    return name ? name : line;
}

static const char *output(struct place *p, const char *file) {
    FILE *f = fopen(arena_printf(&p->arena, "%s/%s", p->dir, file), "r");
    assert_non_null(f);
    char *text = arena_alloc(&p->arena, 1 << 16);
    size_t n = fread(text, 1, (1 << 16) - 1, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

#define IN                                                                                         \
    "{% in\n a str\n n int\n u url\n h html\n b bool\n t time\n rows list\n  x str\n end\n p "     \
    "part\n%}\n"

static void test_refused(void **state) {
    struct place *p = *state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"<p>x</p>", "q.html:1: error: a template begins with {% in"},
        {"{% in\n a str\n a int\n%}\n", "q.html:3: error: \"a\" stands twice"},
        {"{% in\n a\n%}\n", "q.html:2: error: \"a\" has no type"},
        {"{% in\n a nothing\n%}\n", "q.html:1: error: \"a\": there is no type and no template"},
        {"{% in\n r list\n x str\n%}\n", "q.html:4: error: a list in `in` has no end"},
        {IN "{{ z }}", "q.html:13: error: there is no \"z\" here"},
        {IN "\n{{ a.x }}", "q.html:14: error: there is no \"x\" here"},
        {IN "{{ rows }}", "q.html:13: error: a list is printed by"},
        {IN "{{ b }}", "q.html:13: error: a bool is no text"},
        {IN "<p class={{ a }}>", "q.html:13: error: no expression may stand here"},
        {IN "<script>{{ a }}</script>", "q.html:13: error: no expression may stand here"},
        {IN "<style>{{ a }}</style>", "q.html:13: error: no expression may stand here"},
        {IN "<!-- {{ a }} -->", "q.html:13: error: no expression may stand here"},
        {IN "<p onclick=\"f()\">", "q.html:13: error: attribute onclick: script"},
        {IN "<p style=\"x\">", "q.html:13: error: attribute style: script and style"},
        {IN "<a href=\"{{ a }}\">", "q.html:13: error: an address that begins with a text"},
        {IN "<p title=\"{{ h }}\">", "q.html:13: error: a html can not stand in an attribute"},
        {IN "<p title=\"{{ t }}\">", "q.html:13: error: a time can not stand in an attribute"},
        {IN "<p title=\"{{ p }}\">", "q.html:13: error: this struct can not be printed here"},
        {IN "{% if a %}<p {% end %}>", "q.html:13: error: the block of line 13 opens or closes"},
        {IN "{% if a %}", "q.html:13: error: the block of line 13 has no end"},
        {IN "{% end %}", "q.html:13: error: end without an open if or for"},
        {IN "{% if n == \"x\" %}{% end %}", "q.html:13: error: a text is compared with"},
        {IN "{% if a == 3 %}{% end %}", "q.html:13: error: a text is compared with"},
        {IN "{% if a > \"x\" %}{% end %}", "q.html:13: error: texts are compared by"},
        {IN "{% if a and b or n %}{% end %}", "q.html:13: error: and and or do not mix"},
        {IN "{% for x in a %}{% end %}", "q.html:13: error: a loop goes over a list"},
        {IN "{% wish %}", "q.html:13: error: {% wish %}: there is no such statement"},
        {IN "{{ a", "q.html:13: error: {{ is never closed"},
        {IN "<p", "q.html:13: error: a tag, a comment or a script is open"},
        {IN "<p title=\"{% icon x %}\">", "q.html:13: error: an icon stands in text"},
        {"{% in\n q q\n%}\n", "q.html:1: error: holds itself"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = says(p, rows[i].text);
        if (strncmp(got, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("row %zu: %s\n  says %s  not %s", i, rows[i].text, got, rows[i].says);
    }
}

static void test_escaping(void **state) {
    struct place *p = *state;
    assert_string_equal(says(p, IN "{{ a }}<a href=\"{{ u }}\" title=\"{{ a }}\">{{ h }}</a>"
                                   "<a href=\"/x/{{ a }}?n={{ n }}\">{{ t }}</a>{{ p }}\n"
                                   "{% for r in rows %}\n{{ r.x }}\n{% else %}\nnone\n{% end %}\n"),
                        "");
    const char *c = output(p, "t.c");
    static const char *const order[] = {
        "tpl_q_html",       "tpl_str(o, d->a)",   "tpl_url(o, d->u)",
        "tpl_str(o, d->a)", "tpl_html(o, d->h)",  "tpl_component(o, d->a)",
        "tpl_int(o, d->n)", "tpl_time(o, d->t)",  "tpl_part_html(o, (&d->p))",
        "i_r < d->rows_n",  "tpl_str(o, v_r->x)", "d->rows_n == 0",
    };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        c = strstr(c, order[i]);
        if (!c)
            fail_msg("%s is not there, or too early", order[i]);
        c++;
    }
    assert_non_null(strstr(output(p, "t.h"), "const struct tpl_q_rows *rows;"));
}

static int set_up(void **state) {
    struct place *p = *state;
    snprintf(p->dir, sizeof p->dir, "/tmp/hitd-tplgen-XXXXXX");
    if (!mkdtemp(p->dir))
        return -1;
    arena_init(&p->arena, 0);
    if (mkdir(arena_printf(&p->arena, "%s/pages", p->dir), 0700) != 0)
        return -1;
    write_file(p, "part.html", "{% in\n a str\n%}\n{{ a }}\n");
    return 0;
}

static int tear_down(void **state) {
    struct place *p = *state;
    static const char *const files[] = {"pages/q.html", "pages/part.html", "t.h", "t.c", "t.d"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(arena_printf(&p->arena, "%s/%s", p->dir, files[i]));
    rmdir(arena_printf(&p->arena, "%s/pages", p->dir));
    rmdir(p->dir);
    arena_free(&p->arena);
    return 0;
}

int main(int argc, char **argv) {
    struct place place = {.tplgen = argc > 1 ? argv[1] : "tplgen"};
    struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_refused, set_up, tear_down, &place),
        cmocka_unit_test_prestate_setup_teardown(test_escaping, set_up, tear_down, &place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
