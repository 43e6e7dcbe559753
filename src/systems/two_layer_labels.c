/* SPDX-License-Identifier: MIT
 *
 * `labels`: the teacher's outputs, or their signs, of which some are flipped.
 */
#include <string.h>

#include "overlap/config/param.h"
#include "two_layer_internal.h"

static const char *const kinds[] = {"outputs", "sign", NULL};

static const struct ov_labels *labels_of(const void *base)
{
    return &((const struct ov_two_layer *)base)->problem.labels;
}

static enum ov_status take_kind(void *base, const struct ov_key *key, const struct ov_value *v,
                                struct ov_error *err)
{
    (void)key;
    (void)err;
    ((struct ov_two_layer *)base)->problem.labels.sign = strcmp(v->string, "sign") == 0;
    return OV_OK;
}

static void say_kind(struct ov_text *out, const struct ov_key *key, const void *base)
{
    (void)key;
    if (labels_of(base)->sign)
        ov_text_addf(out, "labels: sign\n");
}

static bool number_flip(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = labels_of(base)->flip;
    return labels_of(base)->sign;
}

static void say_flip(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double flip;
    if (number_flip(&flip, key, base))
        ov_say_numbers(out, key->name, &flip, 1);
}

static void say_test(struct ov_text *out, const struct ov_key *key, const void *base)
{
    if (labels_of(base)->sign)
        ov_text_addf(out, "labels.%s: %zu\n", key->name, labels_of(base)->test);
}

static const struct ov_field as_kind = {take_kind, say_kind, NULL};
static const struct ov_field as_flip = {ov_take_real, say_flip, number_flip};
static const struct ov_field as_test = {ov_take_size, say_test, NULL};

#define KEPT(how, member) OV_KEPT(&(how), struct ov_two_layer, member)

const struct ov_key ov_labels_keys[] = {
    {"kind", OV_WORD, 0, 0, kinds, NULL, "outputs",
     "outputs: the teacher's output and label noise; sign: its sign, 1 or -1, learnt on the "
     "squared error; eps_g is then <(phi - sign phi*)^2>/2, and eps_c, P(sign phi != sign phi*), "
     "a column; of sgd alone",
     KEPT(as_kind, problem.labels.sign), .of = OV_OF_PROBLEM},
    {"flip", OV_REAL, 0, 0.5, NULL, NULL, "0",
     "kind sign: the probability that the label of an input that is trained on is the other one",
     KEPT(as_flip, problem.labels.flip), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"test", OV_INT, 2, 1e8, NULL, NULL, "10000",
     "kind sign: test inputs over which eps_g and eps_c are averaged where they have no formula; "
     "eps_g_se and eps_c_se are the errors of that",
     KEPT(as_test, problem.labels.test), .of = OV_OF_SIM},
    {.name = NULL},
};

enum ov_status ov_labels_read(struct ov_two_layer *s, struct ov_value *params, struct ov_error *err)
{
    struct ov_value *labels = ov_value_get(params, "labels");
    if (!s->problem.labels.sign) {
        ov_value_unused(labels, "flip", "has labels of kind outputs");
        ov_value_unused(labels, "test", "has labels of kind outputs");
        return OV_OK;
    }
    if (s->theory_asked)
        return ov_value_fail(labels, err,
                             "there is no theory of labels of kind sign: theory: false, and a "
                             "formula in the claims, or kind outputs");
    if (s->data.inputs.test)
        ov_value_unused(labels, "test", "measures errors on images");
    return OV_OK;
}

void ov_labels_plan(struct ov_side_plan *plan, const struct ov_two_layer *s)
{
    if (s->problem.labels.sign)
        ov_text_addf(&plan->columns_doc,
                     "; labels are signs, so that sign phi* stands for phi* in eps_g, without "
                     "flips; eps_c: P(sign phi != sign phi*); eps_g_se, eps_c_se: standard errors "
                     "over test inputs, 0 where eps_g or eps_c is a formula in the overlaps");
}
