/* SPDX-License-Identifier: MIT
 *
 * Reading against a table: every type, every mistake and its place.
 */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libfyaml.h>

#include "overlap/config/schema.h"
#include "overlap/config/yaml.h"
#include "test.h"

static const char *const words[] = {"linear", "erf", NULL};
static const struct ov_key inner_keys[] = {
    {"kind", OV_WORD, 0, 0, words, NULL, "erf", .doc = "the kind"},
    {"std", OV_REAL, 0, 10, NULL, NULL, OV_OPTIONAL, .doc = "a width"},
    {.name = NULL},
};
static const struct ov_key keys[] = {
    {"K", OV_INT, 1, 100, NULL, NULL, OV_REQUIRED, .doc = "units"},
    {"eta_w", OV_REAL, 0, INFINITY, NULL, NULL, "0.5", .doc = "a rate"},
    {"free", OV_REAL, 0, 0, NULL, NULL, OV_OPTIONAL, .doc = "no limits"},
    {"on", OV_BOOL, 0, 0, NULL, NULL, "false", .doc = "a switch"},
    {"g", OV_WORD, 0, 0, words, NULL, "erf", .doc = "an activation"},
    {"title", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL, .doc = "a text"},
    {"v", OV_REAL | OV_LIST, -5, 5, NULL, NULL, "[1, 2]", .doc = "numbers"},
    {"T", OV_WORD | OV_MATRIX, -5, 5, words, NULL, "linear", .doc = "a matrix"},
    {"init", OV_MAP, 0, 0, NULL, inner_keys, "{}", .doc = "a map"},
    {"curves", OV_STRING | OV_STRINGS, 0, 0, NULL, NULL, OV_OPTIONAL, .doc = "texts"},
    {"raw", OV_ANY, 0, 0, NULL, NULL, OV_OPTIONAL, .doc = "anything"},
    {.name = NULL},
};

struct parsed {
    struct fy_document *doc;
    struct ov_value value;
    struct ov_error err;
    enum ov_status status;
};

static struct parsed read_text(const char *text)
{
    struct parsed p = {0};
    p.status = ov_yaml_parse(&p.doc, text, strlen(text), "F", &p.err);
    if (p.status == OV_OK)
        p.status = ov_schema_read(&p.value, fy_document_root(p.doc), keys, "curve", &p.err);
    return p;
}

static void parsed_free(struct parsed *p)
{
    ov_value_free(&p->value);
    fy_document_destroy(p->doc);
}

static void gives(const char *text, const char *report)
{
    struct parsed p = read_text(text);
    ck_assert_msg(p.status == OV_EUSER && p.err.status == OV_EUSER, "not refused: %s", text);
    ck_assert_msg(strcmp(p.err.text, report) == 0, "for:\n%s\nexpected:\n%s\ngot:\n%s", text,
                  report, p.err.text);
    parsed_free(&p);
    struct fy_document *doc; /* the words are optional, the verdict is not */
    if (ov_yaml_parse(&doc, text, strlen(text), "F", NULL) == OV_OK) {
        ck_assert_int_eq(ov_schema_read(&p.value, fy_document_root(doc), keys, "curve", NULL),
                         OV_EUSER);
        parsed_free(&(struct parsed){.doc = doc, .value = p.value});
    }
}

START_TEST(numbers_are_strict)
{
    static const struct {
        const char *text;
        double x;
    } good[] = {{"4", 4},      {"-0.5", -0.5}, {".5", 0.5},    {"5.", 5},
                {"1e3", 1000}, {"+2", 2},      {"1E-2", 0.01}, {"010", 10}};
    static const char *const bad[] = {"",      "nan", ".nan",  "inf", "-.inf", "0x10",
                                      "1e",    "1e+", ".",     "1 2", " 1",    "1_0",
                                      "1e999", "--1", "1.2.3", "4s",  "e5",    "+"};
    double x;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(ov_schema_number(&x, good[i].text), "%s", good[i].text);
        ck_agree(good[i].x, x, 0, 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!ov_schema_number(&x, bad[i]), "'%s' passed", bad[i]);
}
END_TEST

START_TEST(suggestions_are_near)
{
    static const char *const names[] = {"eta_w", "eta_v", "sigma", "weight_decay",
                                        "K",     "init",  NULL};
    ck_assert_str_eq(ov_suggest("eta_W", names), "eta_w");
    ck_assert_str_eq(ov_suggest("eta_V", names), "eta_v");
    ck_assert_str_eq(ov_suggest("sgima", names), "sigma");
    ck_assert_str_eq(ov_suggest("wieght_deccay", names), "weight_decay");
    ck_assert_str_eq(ov_suggest("SIGMA", names), "sigma");
    ck_assert_str_eq(ov_suggest("k", names), "K");
    ck_assert_str_eq(ov_suggest("inti", names), "init");
    ck_assert_ptr_null(ov_suggest("Z", names));
    ck_assert_ptr_null(ov_suggest("momentum", names));
    ck_assert_ptr_null(ov_suggest("", names));
    char longest[200];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    ck_assert_ptr_null(ov_suggest(longest, names));
}
END_TEST

START_TEST(everything_is_read)
{
    struct parsed p = read_text("K: 4.0\neta_w: 1e-1\nfree: -1e9\non: true\ng: 'linear'\n"
                                "title: 12\nv: 3\nT: [[1, 0.5], [-2, 4]]\ninit: {std: 2}\n"
                                "curves: [K2, '4']\nraw: {anything: [goes]}\n");
    ck_assert_msg(p.status == OV_OK, "%s", p.err.text);
    struct ov_value *v = &p.value;
    ck_agree(4, ov_value_number(v, "K"), 0, 0);
    ck_agree(0.1, ov_value_number(v, "eta_w"), 0, 0);
    ck_agree(-1e9, ov_value_number(v, "free"), 0, 0);
    ck_agree(1, ov_value_number(v, "on"), 0, 0);
    ck_assert_str_eq(ov_value_string(v, "g"), "linear");
    ck_assert_str_eq(ov_value_string(v, "title"), "12");
    ck_assert_int_eq(ov_value_get(v, "v")->type, OV_REAL);
    const struct ov_value *T = ov_value_get(v, "T"), *curves = ov_value_get(v, "curves");
    ck_assert(T->type == OV_MATRIX && T->rows == 2 && T->cols == 2);
    ck_agree(-2, T->array[2], 0, 0);
    ck_assert(curves->type == OV_STRINGS && curves->cols == 2);
    ck_assert_str_eq(curves->strings[1], "4");
    ck_assert_int_eq(ov_value_get(v, "raw")->type, OV_ANY);
    const struct ov_value *unread = ov_value_unread(v);
    ck_assert_ptr_null(unread ? strstr("kind", unread->key->name) : NULL);
    ck_assert_str_eq(unread->key->name, "init");
    struct ov_value *init = ov_value_get(v, "init");
    ck_assert_str_eq(ov_value_unread(v)->key->name, "std");
    ck_assert_str_eq(ov_value_string(init, "kind"), "erf");
    ck_agree(2, ov_value_number(init, "std"), 0, 0);
    ck_assert_ptr_null(ov_value_unread(v));
    ck_assert_ptr_eq(ov_value_find(v, "init.std"), ov_value_get(init, "std"));
    parsed_free(&p);
}
END_TEST

START_TEST(defaults_fill_in)
{
    struct ov_value v;
    struct ov_error err = {0};
    ck_assert_int_eq(ov_schema_read(&v, NULL, keys, "curve", &err), OV_EUSER);
    ck_assert_str_eq(err.text, "error: a curve needs 'K' (units)");
    ov_value_free(&v);
    struct parsed p = read_text("{K: 1}");
    ck_assert_int_eq(p.status, OV_OK);
    ck_agree(0.5, ov_value_number(&p.value, "eta_w"), 0, 0);
    const struct ov_value *list = ov_value_get(&p.value, "v");
    ck_assert(list->type == OV_LIST && list->cols == 2 && !list->node);
    ck_agree(2, list->array[1], 0, 0);
    ck_assert_ptr_null(ov_value_get(&p.value, "free"));
    ck_assert_ptr_nonnull(ov_value_get(&p.value, "K")->node);
    ck_assert_ptr_null(ov_value_unread(&p.value));
    struct ov_error at = {0};
    ov_value_fail(list, &at, "too %s", "long");
    ck_assert_str_eq(at.text, "error: v: too long");
    parsed_free(&p);
}
END_TEST

START_TEST(mistakes_have_a_place)
{
    gives("K: 1\neta_W: 2\n",
          "F:2:1: error: unknown key 'eta_W' of a curve; did you mean 'eta_w'?\neta_W: 2\n^~~~~");
    gives(
        "K: 1\ninit: {sdt: 2}\n",
        "F:2:8: error: unknown key 'sdt' of init; did you mean 'std'?\ninit: {sdt: 2}\n       ^~~");
    gives("K: 1\ninit: {momentum: 2}\n",
          "F:2:8: error: unknown key 'momentum' of init; it has kind, std\ninit: {momentum: 2}\n"
          "       ^~~~~~~~");
    gives("k: 4\n", "F:1:1: error: unknown key 'k' of a curve; did you mean 'K'?\nk: 4\n^");
    gives("g: erf\n", "F:1:1: error: a curve needs 'K' (units)\ng: erf\n^~~~~~");
    gives("K:\n", "F:1:1: error: K has no value\nK:\n^");
    gives("K: ~\n", "F:1:1: error: K has no value\nK: ~\n^");
    gives("K: '4'\n", "F:1:4: error: K must be a whole number, not '4' in quotes\nK: '4'\n   ^~~");
    gives("K: 4.5\n", "F:1:4: error: K must be a whole number, not '4.5'\nK: 4.5\n   ^~~");
    gives("K: 1e300\n", "F:1:4: error: K must be a whole number, not '1e300'\nK: 1e300\n   ^~~~~");
    gives("K: 0\n", "F:1:4: error: K must be from 1 to 100, not '0'\nK: 0\n   ^");
    gives("K: [1]\n", "F:1:4: error: K must be a whole number, not a list\nK: [1]\n   ^~~");
    gives("K: {a: 1}\n", "F:1:4: error: K must be a whole number, not a map\nK: {a: 1}\n   ^~~~~~");
    gives("{K: 1, eta_w: -1}\n",
          "F:1:15: error: eta_w must be at least 0, not '-1'\n{K: 1, eta_w: -1}\n              ^~");
    gives("{K: 1, eta_w: .nan}\n",
          "F:1:15: error: eta_w must be a number, not '.nan'\n{K: 1, eta_w: .nan}\n"
          "              ^~~~");
    gives(
        "{K: 1, on: yes}\n",
        "F:1:12: error: on must be true or false, not 'yes'; write true\n{K: 1, on: yes}\n           ^~~");
    gives("{K: 1, g: erg}\n",
          "F:1:11: error: g must be one of linear, erf, not 'erg'; did you mean "
          "'erf'?\n{K: 1, g: erg}\n          ^~~");
    ck_assert_str_eq(ov_hint("erg", words).text, "; did you mean 'erf'?");
    ck_assert_str_eq(ov_hint("erf", words).text, ""); /* no word is suggested for itself */
    gives("{K: 1, title: ''}\n",
          "F:1:15: error: title must be a text, not '' in quotes\n{K: 1, title: ''}\n"
          "              ^~");
    gives("{K: 1, v: [1, x]}\n", "F:1:15: error: v must be a number or a list of numbers, not 'x'\n"
                                 "{K: 1, v: [1, x]}\n              ^");
    gives("{K: 1, v: [1, 9]}\n",
          "F:1:15: error: v must be from -5 to 5, not '9'\n{K: 1, v: [1, 9]}\n              ^");
    gives("{K: 1, v: []}\n", "F:1:11: error: v is an empty list\n{K: 1, v: []}\n          ^~");
    gives("{K: 1, T: [[1, 2], [3]]}\n",
          "F:1:20: error: row 1 of T has length 1, row 0 has length 2\n"
          "{K: 1, T: [[1, 2], [3]]}\n                   ^~~");
    gives("{K: 1, T: [[1, 2], 3]}\n",
          "F:1:20: error: T must be one of linear, erf or a matrix (rows of numbers, of equal "
          "length), not '3'\n{K: 1, T: [[1, 2], 3]}\n                   ^");
    gives("{K: 1, curves: [a, [b]]}\n", "F:1:20: error: curves must be a text or a list of texts, "
                                        "not a list\n{K: 1, curves: [a, [b]]}\n"
                                        "                   ^~~");
    gives("{K: !!int 1}\n", "F:1:11: error: tags (!) are not read here\n{K: !!int 1}\n          ^");
    gives("- 1\n", "F:1:1: error: a curve must be a map of keys and values\n- 1\n^~~");
    gives("? [a]\n: 1\n", "F:1:3: error: a key must be a word\n? [a]\n  ^~~\n"
                          "F:1:1: error: a curve needs 'K' (units)\n? [a]\n^~~~~");
}
END_TEST

START_TEST(yaml_mistakes_have_a_place)
{
    gives("K: 1\nK: 2\n", "F:2:1: error: duplicate key 'K'\nK: 2\n^");
    gives("K: [1, 2\n", "F:2:1: error: flow sequence without a closing bracket\n\n^");
    gives("K: *b\n", "F:1:5: error: invalid alias\nK: *b\n    ^");
    gives("", "F:1:1: error: there is nothing in it");
    gives("# only this\n", "F:1:1: error: there is nothing in it");
    gives("K: 1\n---\nK: 2\n", "F:1:1: error: more than one YAML document ('---') in it");
    gives("K: 1\ng: \xff\n", "F:2:4: error: not a text: a byte that is no printable UTF-8");
    gives("K: \xed\xa0\x80\n", "F:1:4: error: not a text: a byte that is no printable UTF-8");
    gives("K: \xc0\xaf\n", "F:1:4: error: not a text: a byte that is no printable UTF-8");
    gives("K: &a [*a]\n", "F:1:1: error: its aliases (*name) go on without end, or nearly so");
    struct fy_document *doc;
    struct ov_error err = {0};
    ck_assert_int_eq(ov_yaml_parse(&doc, "a: \0b\n", 6, "F", &err), OV_EUSER);
    ck_assert_str_eq(err.text, "F:1:4: error: not a text: a byte that is no printable UTF-8");
}
END_TEST

START_TEST(aliases_and_merges_resolve)
{
    struct parsed p = read_text("raw: &r {K: 3, g: linear}\n<<: *r\ng: erf\nv: &v [1, 2, 3]\n");
    ck_assert_msg(p.status == OV_OK, "%s", p.err.text);
    ck_agree(3, ov_value_number(&p.value, "K"), 0, 0);
    ck_assert_str_eq(ov_value_string(&p.value, "g"), "erf");
    parsed_free(&p);
}
END_TEST

/* What must not take for ever, or all memory. */
START_TEST(monsters_are_refused)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "K: ");
    for (int i = 0; i < 5000; i++)
        ov_text_addf(&t, "[");
    struct parsed p = read_text(t.s);
    ck_assert(p.status == OV_EUSER && strstr(p.err.text, "depth"));
    parsed_free(&p);
    t.len = 0;
    ov_text_addf(&t, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        ov_text_addf(&t, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            ov_text_addf(&t, "*a%d, ", i - 1);
        ov_text_addf(&t, "]\n");
    }
    p = read_text(t.s);
    ck_assert(p.status == OV_EUSER && strstr(p.err.text, "aliases"));
    parsed_free(&p);
    t.len = 0;
    for (int i = 0; i < 5000; i++)
        ov_text_addf(&t, "k%d: 1\n", i);
    p = read_text(t.s);
    ck_assert(p.status == OV_EUSER && strstr(p.err.text, "a map of 5000 keys"));
    parsed_free(&p);
    ov_text_free(&t);
}
END_TEST

START_TEST(files_are_checked)
{
    struct fy_document *doc;
    struct ov_error err = {0};
    char dir[] = "/tmp/overlap-test-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a.yaml", dir);
    ck_assert_int_eq(ov_yaml_read(&doc, path, &err), OV_EUSER);
    ck_assert(strstr(err.text, path) == err.text && !doc);
    ck_assert_int_eq(ov_yaml_read(&doc, dir, &err), OV_EUSER);
    char *large = malloc(5 << 20);
    memset(large, ' ', 5 << 20);
    ck_ok(ov_file_write(path, large, 5 << 20, NULL));
    free(large);
    ck_assert_int_eq(ov_yaml_read(&doc, path, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "larger than"));
    unlink(path);
    rmdir(dir);
}
END_TEST

START_TEST(reports_add_up)
{
    struct parsed p = read_text("K: x\ng: y\non: z\n");
    ck_assert_str_eq(p.err.text, "F:1:4: error: K must be a whole number, not 'x'\nK: x\n   ^\n"
                                 "F:3:5: error: on must be true or false, not 'z'\non: z\n    ^\n"
                                 "F:2:4: error: g must be one of linear, erf, not 'y'\ng: y\n   ^");
    parsed_free(&p);
    struct ov_error err = {0};
    for (int i = 0; i < 3; i++)
        ov_report_add(&err, "F:1:1: error: once\nexcerpt\n^");
    ck_assert_str_eq(err.text, "F:1:1: error: once\nexcerpt\n^");
    for (int i = 0; i < 1000; i++) {
        char line[64];
        snprintf(line, sizeof line, "F:%d:1: error: another", i);
        ov_report_add(&err, line);
    }
    ck_assert(ov_report_is_full(&err) && strlen(err.text) < sizeof err.text);
    ck_assert_str_eq(strrchr(err.text, '\n'), "\n(there are more mistakes)");
}
END_TEST

START_TEST(paths_lead_into_maps)
{
    struct fy_document *doc;
    struct ov_value v;
    struct ov_error err = {0};
    ck_ok(ov_yaml_parse(&doc, "[4, 0.5, linear, {std: 3}]", 26, "F", &err));
    struct fy_node *root = fy_document_root(doc), *at[4];
    for (int i = 0; i < 4; i++)
        at[i] = fy_node_sequence_get_by_index(root, i);
    struct ov_given given[] = {{"K", NULL, at[0], false},
                               {"init.std", NULL, at[1], true},
                               {"init.kind", NULL, at[2], true}};
    ck_ok(ov_schema_read_given(&v, NULL, given, 3, keys, "curve", &err));
    ck_agree(0.5, ov_value_find(&v, "init.std")->number, 0, 0);
    ck_assert_str_eq(ov_value_find(&v, "init.kind")->string, "linear");
    ov_value_free(&v);
    given[2] = (struct ov_given){"init", NULL, at[3], false};
    ck_ok(ov_schema_read_given(&v, NULL, given, 3, keys, "curve", &err));
    ck_agree(0.5, ov_value_find(&v, "init.std")->number, 0, 0);
    ov_value_free(&v);
    given[1].path = false; /* a key with a dot is no path where the file has it */
    ck_assert_int_eq(ov_schema_read_given(&v, NULL, given, 3, keys, "curve", &err), OV_EUSER);
    ov_value_free(&v);
    given[1] = (struct ov_given){"K.std", NULL, at[1], true};
    ck_assert_int_eq(ov_schema_read_given(&v, NULL, given, 3, keys, "curve", &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "F:1:5: error: K is no map: it has no 'std'"));
    ov_value_free(&v);
    fy_document_destroy(doc);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, numbers_are_strict);
    OV_TEST(s, suggestions_are_near);
    OV_TEST(s, everything_is_read);
    OV_TEST(s, defaults_fill_in);
    OV_TEST(s, mistakes_have_a_place);
    OV_TEST(s, yaml_mistakes_have_a_place);
    OV_TEST(s, aliases_and_merges_resolve);
    OV_TEST(s, monsters_are_refused);
    OV_TEST(s, files_are_checked);
    OV_TEST(s, reports_add_up);
    OV_TEST(s, paths_lead_into_maps);
}

OV_TEST_MAIN("config/schema");
