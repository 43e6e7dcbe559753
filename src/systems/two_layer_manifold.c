/* SPDX-License-Identifier: MIT
 *
 * `inputs.hidden_manifold`: inputs that are a function of fewer numbers, or of more, which the labels
 * depend on (model/hidden_manifold.h).
 */
#include <stdlib.h>
#include <string.h>

#include "overlap/model/start.h"
#include "overlap/num/sym.h"
#include "two_layer_internal.h"
#include "values_internal.h"

const struct ov_key ov_manifold_keys[] = {
    {"D", OV_INT, 1, 1e9, NULL, NULL, OV_REQUIRED, .doc = "how many hidden numbers c_j ~ N(0,1)"},
    {"f", OV_STRING, 0, 0, NULL, NULL, "sign",
     .doc = "the function that folds them: sign, or an activation by its name"},
    {"tests", OV_INT, 2, 1e8, NULL, NULL, "10000",
     .doc =
         "how many inputs more, never trained on, sgd measures eps_g over; column eps_g_se is its "
         "standard error"},
    {.name = NULL},
};

static const char *fold_name(const struct ov_hidden_manifold *h)
{
    return h->f ? h->f->name : "sign";
}

/* ---- reading ---- */

enum ov_status ov_manifold_read(struct ov_two_layer *s, struct ov_value *params,
                                struct ov_value *inputs, struct ov_error *err)
{
    static const char *const others[] = {"covariance", "precondition", "images", "test",
                                         "held_out",   "standardise",  "whiten"};
    struct ov_value *v = ov_value_get(inputs, "hidden_manifold"), *D = ov_value_get(v, "D");
    struct ov_value *f = ov_value_get(v, "f");
    struct ov_hidden_manifold *h = &s->data.manifold;
    const struct ov_value *blocks = ov_value_get(params, "blocks");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ov_value_unused(inputs, others[i], "has inputs on a hidden manifold");
    if (blocks->type != OV_WORD)
        return ov_value_fail(
            blocks, err, "a hidden manifold has a block for each of its directions: blocks: all");
    h->D = (size_t)D->number;
    h->f = ov_activation_find(f->string);
    if (!h->f && strcmp(f->string, "sign") != 0)
        return ov_value_fail(f, err, "f must be sign or an activation, not '%s'", f->string);
    if (h->D < s->problem.M)
        return ov_value_fail(D, err, "D is %zu: the teacher's M = %zu units need as many at least",
                             h->D, s->problem.M);
    if ((double)h->D * (double)s->problem.N > OV_LARGEST_WEIGHTS)
        return ov_value_fail(D, err, "F would be more than 10^9 numbers");
    s->data.plain = false;
    s->data.inputs.manifold = h;
    s->data.inputs.tests = (uint64_t)ov_value_number(v, "tests");
    s->covariance.kind = OV_COVARIANCE_MANIFOLD;
    s->covariance.n = h->D;
    return OV_OK;
}

enum ov_status ov_manifold_check(const struct ov_two_layer *s, struct ov_value *params,
                                 struct ov_error *err)
{
    const struct ov_problem *p = &s->problem;
    bool manifold = s->covariance.kind == OV_COVARIANCE_MANIFOLD, theory = s->theory_asked;
    bool visible = theory && s->covariance.theory_inputs == OV_THEORY_VISIBLE;
    const struct {
        bool bad;
        const char *path, *says;
    } rows[] = {
        {!manifold && visible, "theory.inputs",
         "visible is for inputs on a hidden manifold: covariance or isotropic"},
        {manifold && p->start != OV_START_RANDOM, "init.kind",
         "on a hidden manifold students start at random"},
        {manifold && p->teacher == OV_TEACHER_WEIGHTS, "teacher",
         "on a hidden manifold teachers are drawn or have given overlaps, no weights"},
        {manifold && p->labels.sign, "labels", "labels of kind sign are not for hidden manifolds"},
        {manifold && s->kept.n > 0, "sgd.weights",
         "weights of runs on a hidden manifold are not stored"},
        {manifold && s->extras.fixed_point, "theory.fixed_point",
         "fixed_point is not for hidden manifolds, which have a block for each direction"},
        {manifold && s->extras.fluctuations, "theory.fluctuations",
         "fluctuations are not for hidden manifolds, which have a block for each direction"},
        {manifold && s->extras.eta_max, "theory.eta_max",
         "eta_max is of the perfect student, which a hidden manifold does not have"},
        {manifold && s->covariance.in_sgd, "sgd.blocks",
         "blocks is for inputs whose covariance lists its blocks"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].bad)
            return ov_value_fail(ov_value_find(params, rows[i].path), err, "%s", rows[i].says);
    return OV_OK;
}

/* ---- said ---- */

void ov_manifold_describe(struct ov_text *out, const struct ov_two_layer *s, enum ov_side side)
{
    static const char *const words[] = {[OV_THEORY_COVARIANCE] = "",
                                        [OV_THEORY_ISOTROPIC] = " isotropic",
                                        [OV_THEORY_VISIBLE] = " visible"};
    const struct ov_hidden_manifold *h = &s->data.manifold;
    if (s->covariance.kind != OV_COVARIANCE_MANIFOLD)
        return;
    ov_text_addf(out, "hidden_manifold: D %zu f %s%s\n", h->D, fold_name(h),
                 side == OV_THEORY ? words[s->covariance.theory_inputs] : "");
    if (side == OV_SGD)
        ov_text_addf(out, "tests: %llu\n", (unsigned long long)s->data.inputs.tests);
}

/* ---- theory ---- */

enum ov_status ov_manifold_start(struct ov_blocks **blocks, struct ov_overlaps *o,
                                 const struct ov_two_layer *s, uint64_t key, struct ov_error *err)
{
    struct ov_problem p = s->problem;
    struct ov_overlaps all = {0};
    size_t nT = ov_sym_size(p.M);
    enum ov_status status = ov_hidden_manifold_blocks(blocks, &p, &s->data.manifold, key, err);
    p.blocks = *blocks;
    if (status != OV_OK)
        return status;
    size_t last = p.blocks->L - 1;
    if (s->covariance.theory_inputs == OV_THEORY_VISIBLE)
        memset(p.blocks->T + last * nT, 0, nT * sizeof *p.blocks->T);
    status = ov_overlaps_create_blocks(&all, p.blocks->L, p.K, p.M);
    if (status == OV_OK)
        status = ov_start_blocks(&all, &p, key, err);
    if (status == OV_OK && s->covariance.theory_inputs == OV_THEORY_ISOTROPIC) {
        status = ov_overlaps_create(o, p.K, p.M);
        if (status == OV_OK)
            ov_overlaps_total(o, &all, p.blocks);
        ov_blocks_free(p.blocks);
        *blocks = NULL;
    } else if (status == OV_OK) {
        *o = all;
        all = (struct ov_overlaps){0};
    }
    ov_overlaps_free(&all);
    return status == OV_ENOMEM ? ov_fail(err, status, "out of memory") : status;
}
