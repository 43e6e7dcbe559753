/* SPDX-License-Identifier: MIT
 *
 * Rows of parameters: what is taken, said and defined, and what is left alone.
 */
#include <math.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/config/param.h"
#include "overlap/config/yaml.h"
#include "test.h"

struct kept {
    size_t n, known;
    double x, own;
    bool flag, asked;
    unsigned word, given;
};

#define KEPT(how, member) OV_KEPT(&(how), struct kept, member)

static const char *const words[] = {"red", "green", NULL};
static const struct ov_key inner[] = {
    {"x", OV_REAL, 0, 0, NULL, NULL, "0.5", "a number", KEPT(ov_as_real, x),
     .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"plain", OV_REAL, 0, 0, NULL, NULL, OV_OPTIONAL, .doc = "somebody else's"},
    {.name = NULL},
};
static const struct ov_key keys[] = {
    {"n", OV_INT, 1, 9, NULL, NULL, OV_REQUIRED, "a size", KEPT(ov_as_size, n),
     .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"known", OV_INT, 0, 9, NULL, NULL, OV_OPTIONAL, "a size", KEPT(ov_as_known, known),
     .of = OV_OF_DRAWN | OV_IN_FORMULAS},
    {"flag", OV_BOOL, 0, 0, NULL, NULL, "false", "yes or no", KEPT(ov_as_flag, flag),
     .of = OV_OF_THEORY},
    {"word", OV_WORD, 0, 0, words, NULL, "green", "a colour", KEPT(ov_as_word, word),
     .of = OV_OF_SIM},
    {"given", OV_WORD | OV_MAP, 0, 0, words, inner, "red", "a colour, or a map",
     KEPT(ov_as_word, given), .of = OV_OF_PROBLEM},
    {"asked", OV_BOOL | OV_MAP, 0, 0, NULL, inner, "false", "yes or a map",
     KEPT(ov_as_flag, asked)},
    {"own", OV_REAL, 0, 0, NULL, NULL, OV_OPTIONAL, "left alone where it is in vain",
     KEPT(ov_as_real, own), .of = OV_OF_PROBLEM},
    {.name = NULL},
};

static const struct ov_value *take(struct kept *k, struct ov_value *v, struct fy_document **doc,
                                   const char *text, const char *unused)
{
    struct ov_error err = {0};
    *k = (struct kept){.own = -1.0};
    ck_ok(ov_yaml_parse(doc, text, strlen(text), "test.yaml", &err));
    enum ov_status status = ov_schema_read(v, fy_document_root(*doc), keys, "test", &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    if (unused)
        ov_value_unused(v, unused, "is in vain");
    ck_ok(ov_params_take(k, v, &err));
    return ov_value_unread(v);
}

static void let_go(struct ov_value *v, struct fy_document *doc)
{
    ov_value_free(v);
    fy_document_destroy(doc);
}

START_TEST(values_and_defaults_are_taken)
{
    struct kept k;
    struct ov_value v;
    struct fy_document *doc;
    ck_assert_ptr_null(take(&k, &v, &doc, "{n: 3, word: red, asked: {x: 2}, own: 7}", NULL));
    ck_assert_uint_eq(k.n, 3);
    ck_assert_uint_eq(k.known, 0);
    ck_assert_uint_eq(k.word, 0);
    ck_assert_uint_eq(k.given, 0);
    ck_assert(k.asked && !k.flag);
    ck_assert_double_eq(k.x, 2.0);
    ck_assert_double_eq(k.own, 7.0);
    let_go(&v, doc);
    ck_assert_ptr_null(take(&k, &v, &doc, "{n: 3, given: {}, flag: true, known: 4}", NULL));
    ck_assert_uint_eq(k.given, 2); /* a map: the one after the words */
    ck_assert_uint_eq(k.word, 1);
    ck_assert_double_eq(k.x, 0.5);
    ck_assert(k.flag && !k.asked);
    let_go(&v, doc);
}
END_TEST

START_TEST(what_is_in_vain_or_of_nobody_is_left)
{
    struct kept k;
    struct ov_value v;
    struct fy_document *doc;
    const struct ov_value *unread = take(&k, &v, &doc, "{n: 3, own: 7}", "own");
    ck_assert_ptr_nonnull(unread);
    ck_assert_str_eq(unread->key->name, "own");
    ck_assert_double_eq(k.own, -1.0);
    let_go(&v, doc);
    unread = take(&k, &v, &doc, "{n: 3, asked: {plain: 1}}", NULL);
    ck_assert_ptr_nonnull(unread);
    ck_assert_str_eq(unread->key->name, "plain");
    let_go(&v, doc);
}
END_TEST

static void says(const struct kept *k, unsigned of, const char *expected)
{
    struct ov_text t = {0};
    ov_params_say(&t, keys, of, k);
    ck_assert_str_eq(t.s ? t.s : "", expected);
    ov_text_free(&t);
}

/* In the order of the table, x once for each table that has it. */
START_TEST(what_belongs_is_said)
{
    const struct kept k = {.n = 3, .x = 0.25, .word = 1, .given = 2, .own = 7.0};
    says(&k, OV_OF_PROBLEM, "n: 3\ngiven: given\nx: 0.25\nx: 0.25\nown: 7\n");
    says(&k, OV_OF_SIM | OV_OF_THEORY | OV_OF_DRAWN, "word: green\n");
    const struct kept more = {.known = 2, .flag = true};
    says(&more, OV_OF_THEORY | OV_OF_DRAWN, "known: 2\nflag: true\n");
    says(&more, 0, "");
}
END_TEST

static void add(void *ctx, const char *name, double x)
{
    ov_text_addf(ctx, "%s=%g ", name, x);
}

START_TEST(formulas_know_what_is_known)
{
    struct ov_text t = {0};
    ov_params_define(keys, &(const struct kept){.n = 3, .x = 0.25}, add, &t);
    ck_assert_str_eq(t.s, "n=3 x=0.25 x=0.25 ");
    ov_text_free(&t);
    ov_params_define(keys, &(const struct kept){.known = 5}, add, &t);
    ck_assert_str_eq(t.s, "n=0 known=5 x=0 x=0 ");
    ov_text_free(&t);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, values_and_defaults_are_taken);
    OV_TEST(s, what_is_in_vain_or_of_nobody_is_left);
    OV_TEST(s, what_belongs_is_said);
    OV_TEST(s, formulas_know_what_is_known);
}

OV_TEST_MAIN("config/param");
