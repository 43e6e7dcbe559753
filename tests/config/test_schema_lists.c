/* SPDX-License-Identifier: MIT
 *
 * Lists of maps and of matrices: what is read, and where a mistake is.
 */
#include <math.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/config/schema.h"
#include "overlap/config/yaml.h"
#include "test.h"

static const struct ov_key each_keys[] = {
    {"share", OV_REAL, 0, 1, NULL, NULL, OV_REQUIRED, .doc = "a share"},
    {"Q", OV_MATRIX, -5, 5, NULL, NULL, OV_OPTIONAL, .doc = "a matrix"},
    {.name = NULL},
};
static const struct ov_key map_keys[] = {
    {"power", OV_REAL, 0, 10, NULL, NULL, OV_REQUIRED, .doc = "a power"},
    {.name = NULL},
};
static const struct ov_key keys[] = {
    {"c", OV_LIST | OV_MAPS | OV_MAP, 0, 9, NULL, map_keys, OV_OPTIONAL, .doc = "blocks",
     .each = each_keys},
    {"T", OV_MATRICES, -5, 5, NULL, NULL, OV_OPTIONAL, .doc = "matrices"},
    {.name = NULL},
};

static enum ov_status read_text(struct ov_value *v, struct fy_document **doc, const char *text,
                                struct ov_error *err)
{
    enum ov_status status = ov_yaml_parse(doc, text, strlen(text), "F", err);
    ck_assert_int_eq(status, OV_OK);
    return ov_schema_read(v, fy_document_root(*doc), keys, "curve", err);
}

static void gives(const char *text, const char *report)
{
    struct ov_value v;
    struct fy_document *doc;
    struct ov_error err = {0};
    ck_assert_int_eq(read_text(&v, &doc, text, &err), OV_EUSER);
    ck_assert_msg(strstr(err.text, report), "for:\n%s\nexpected:\n%s\ngot:\n%s", text, report,
                  err.text);
    ov_value_free(&v);
    fy_document_destroy(doc);
}

START_TEST(lists_are_read)
{
    struct ov_value v;
    struct fy_document *doc;
    struct ov_error err = {0};
    ck_ok(read_text(&v, &doc,
                    "c: [{share: 0.25}, {share: 0.75, Q: [[1, 2], [3, 4]]}]\n"
                    "T: [[[1, 2], [2, 4]], [[3]]]\n",
                    &err));
    struct ov_value *c = ov_value_get(&v, "c"), *T = ov_value_get(&v, "T");
    ck_assert(c->type == OV_MAPS && c->n_item == 2 && c->item[0].type == OV_MAP);
    ck_assert_ptr_eq(ov_value_unread(&v), &c->item[0].item[0]); /* inside is read one by one */
    ck_agree(0.25, ov_value_number(&c->item[0], "share"), 0, 0);
    ck_agree(0.75, ov_value_number(&c->item[1], "share"), 0, 0);
    ck_assert_ptr_null(ov_value_get(&c->item[0], "Q"));
    ck_agree(3, ov_value_get(&c->item[1], "Q")->array[2], 0, 0);
    ck_assert(T->type == OV_MATRICES && T->n_item == 2);
    ck_assert(T->item[0].rows == 2 && T->item[0].cols == 2 && T->item[1].rows == 1);
    ck_agree(4, T->item[0].array[3], 0, 0);
    ck_assert_ptr_null(ov_value_unread(&v));
    ov_value_free(&v);
    fy_document_destroy(doc);
    ck_ok(read_text(&v, &doc, "c: [1, 2]\n", &err));
    ck_assert(ov_value_get(&v, "c")->type == OV_LIST);
    ov_value_free(&v);
    fy_document_destroy(doc);
    ck_ok(read_text(&v, &doc, "c: {power: 2}\n", &err));
    ck_assert(ov_value_get(&v, "c")->type == OV_MAP);
    ov_value_free(&v);
    fy_document_destroy(doc);
}
END_TEST

START_TEST(mistakes_are_at_their_place)
{
    gives("c: [{share: 0.25}, {shar: 1}]\n",
          "F:1:21: error: unknown key 'shar' of c; did you mean 'share'?");
    gives("c: [{share: 0.25}, {share: 2}]\n", "F:1:28: error: share must be from 0 to 1, not '2'");
    gives("c: [{share: 0.25}, {Q: [[1]]}]\n", "F:1:20: error: c needs 'share' (a share)");
    gives("c: [{share: 0.25}, 3]\n", "F:1:20: error: c must be a list of numbers or a list of "
                                     "maps or a map with power, not '3'");
    gives("c: [3, {share: 0.25}]\n", "F:1:8: error: c must be a list of numbers");
    gives("c: []\n", "F:1:4: error: c is an empty list");
    gives("T: [[[1]], [2]]\n", "F:1:12: error: T must be a list of matrices, not a list");
    gives("T: [[1, 2]]\n", "F:1:5: error: T must be a list of matrices, not a list");
    gives("T: [[[1, 2], [3]]]\n", "F:1:14: error: row 1 of T has length 1, row 0 has length 2");
    gives("T: [[[9]]]\n", "F:1:7: error: T must be from -5 to 5, not '9'");
}
END_TEST

START_TEST(lists_are_documented)
{
    struct ov_text t = {0};
    ov_schema_document(&t, keys, 0);
    ck_assert_ptr_nonnull(strstr(t.s, "c: a list of numbers or a list of maps or a map"));
    ck_assert_ptr_nonnull(strstr(t.s, "    in each map of the list:\n        share: a number"));
    ck_assert_ptr_nonnull(strstr(t.s, "    or in one map:\n        power: a number"));
    ck_assert_ptr_nonnull(strstr(t.s, "T: a list of matrices"));
    ov_text_free(&t);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, lists_are_read);
    OV_TEST(s, mistakes_are_at_their_place);
    OV_TEST(s, lists_are_documented);
}

OV_TEST_MAIN("config/schema_lists");
