/* SPDX-License-Identifier: MIT
 *
 * A curve's parameters read into a problem.
 */
#include <stdlib.h>
#include <string.h>

#include "overlap/theory/gauss.h"
#include "times_internal.h"
#include "two_layer_internal.h"
#include "values_internal.h"

/* Numbers in the rows of one run: 0.8 GB. */
static const double largest_result = 1e8;

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

/* ---- what is read of what is given ---- */

/* What each kind of start reads, and what stands in for a std that is not given. */
static const struct start_kind {
    const char *says;
    bool has_std, has_overlaps, has_v, has_weights;
    double std;
} start_kinds[] = {
    [OV_START_RANDOM] = {"starts at random", true, false, true, false, 1},
    [OV_START_OVERLAPS] = {"starts from given overlaps", false, true, true, false, 0},
    [OV_START_INFORMED] = {"starts informed", true, false, true, false, 0.03},
    [OV_START_DENOISING] = {"starts denoising", true, false, false, false, 0},
    [OV_START_WEIGHTS] = {"starts from given weights", false, false, true, true, 0},
};

static enum ov_status leave_out(struct ov_value *params, struct ov_error *err)
{
    struct ov_value *init = ov_value_get(params, "init");
    const struct ov_value *theory = ov_value_get(params, "theory");
    struct ov_value *kind = ov_value_get(init, "kind");
    bool images = strcmp(ov_value_find(params, "inputs.kind")->string, "idx") == 0;
    const struct start_kind *start = start_kinds;
    for (const char *const *word = kind->key->words; strcmp(*word, kind->string) != 0; word++)
        start++;
    const struct {
        struct ov_value *map;
        const char *name, *says;
        bool read;
    } rows[] = {
        {init, "std", start->says, start->has_std},
        {init, "v", start->says, start->has_v},
        {init, "Q", start->says, start->has_overlaps},
        {init, "R", start->says, start->has_overlaps},
        {init, "weights", start->says, start->has_weights},
        {params, "weight_decay_v", "has a frozen second layer (eta_v is 0)",
         ov_value_number(params, "eta_v") != 0.0},
        {params, "inputs", "has neither sgd nor a theory of its inputs",
         ov_value_get(params, "sgd") || theory->type == OV_MAP || theory->number != 0.0},
        {init, "blocks", start->says, start->has_overlaps},
        {params, "samples", "has no sgd", ov_value_get(params, "sgd") || images},
        {params, "method", "has no theory", theory->type == OV_MAP || theory->number != 0.0},
        {params, "rtol", "has no theory", theory->type == OV_MAP || theory->number != 0.0},
        {params, "atol", "has no theory", theory->type == OV_MAP || theory->number != 0.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!rows[i].read)
            ov_value_unused(rows[i].map, rows[i].name, rows[i].says);
    const struct ov_value *Q = ov_value_find(init, "Q"), *R = ov_value_find(init, "R");
    if (start->has_overlaps && ov_value_get(init, "blocks")) {
        ov_value_unused(init, "Q", "has those of each block");
        ov_value_unused(init, "R", "has those of each block");
        return OV_OK;
    }
    if (start->has_overlaps && (!Q || !R))
        return ov_value_fail(init, err, "init of kind overlaps needs '%s'", Q ? "R" : "Q");
    return OV_OK;
}

/* ---- what stands in for what is not given ---- */

static enum ov_status complete(struct ov_problem *p, struct ov_value *params, struct ov_error *err)
{
    const struct start_kind *start = &start_kinds[p->start];
    if (!p->g_star)
        p->g_star = p->g;
    if (p->eta_v == 0.0)
        p->decay_v = 0.0;
    else if (!ov_value_find(params, "weight_decay_v"))
        p->decay_v = p->decay_w;
    if (!ov_value_find(params, "init.std") || !start->has_std)
        p->std = start->std;
    bool drawn = p->start == OV_START_RANDOM && p->eta_v > 0.0 && !p->v;
    p->v_std = drawn ? p->std : 0.0;
    bool as_the_teacher = p->start == OV_START_INFORMED || p->start == OV_START_DENOISING;
    if (p->v || drawn || as_the_teacher)
        return OV_OK;
    p->v = malloc(p->K * sizeof *p->v);
    for (size_t k = 0; p->v && k < p->K; k++)
        p->v[k] = 1.0;
    return p->v ? OV_OK : no_memory(err);
}

static enum ov_status check_problem(const struct ov_two_layer *s, struct ov_value *params,
                                    struct ov_error *err)
{
    struct ov_error own = {0};
    const char *key = NULL;
    enum ov_status status = ov_problem_check(&s->problem, &key, &own);
    if (status == OV_EUSER)
        return ov_place_complaint(params, ov_scaling_place(s, key), own.text, err);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "%s", own.text);
}

/* ---- the two sides ---- */

static enum ov_status check_share(const struct ov_two_layer *s, const struct ov_value *share,
                                  struct ov_error *err)
{
    bool length_is_known =
        s->problem.teacher == OV_TEACHER_ORTHONORMAL || s->problem.teacher == OV_TEACHER_GIVEN;
    if (s->problem.M != 1 || !length_is_known)
        return ov_value_fail(share, err,
                             "share is of one teacher unit (M = 1) whose length is given");
    if (!s->data.plain)
        return ov_value_fail(share, err, "share is for fresh inputs with covariance 1");
    return OV_OK;
}

/* Of images and coloured inputs Q and R are other averages than those of w. */
static enum ov_status check_match(const struct ov_two_layer *s, const struct ov_value *match,
                                  struct ov_error *err)
{
    if (!s->data.train_path && s->covariance.kind == OV_COVARIANCE_WHITE)
        return OV_OK;
    return ov_value_fail(match, err, "match is for Gaussian inputs with covariance 1");
}

static enum ov_status check_sgd(struct ov_two_layer *s, struct ov_value *params,
                                struct ov_error *err)
{
    const struct ov_value *sgd = ov_value_get(params, "sgd");
    if (sgd && s->problem.N == 0)
        return ov_value_fail(sgd, err, "sgd needs '%s', the input dimension",
                             ov_scaling_place(s, "N"));
    if (sgd && !ov_engines[s->engine].draws_weights && s->problem.N < s->problem.K + s->problem.M)
        return ov_value_fail(sgd, err, "engine law needs N >= K + M = %zu: take engine weights",
                             s->problem.K + s->problem.M);
    if (s->sgd_time_to.n > 0)
        ov_text_addf(&s->data.columns_doc, "; alpha_to_x: when eps_g first falls to x, between the "
                                           "times measured linear in ln eps_g; nan: never");
    if (s->data.columns_doc.failed)
        return no_memory(err);
    if (s->sgd_match && check_match(s, ov_value_find(params, "sgd.match"), err) != OV_OK)
        return OV_EUSER;
    return s->sgd_share ? check_share(s, ov_value_find(params, "sgd.share"), err) : OV_OK;
}

/* What is there of the noise of SGD only. */
static enum ov_status check_flow(const struct ov_two_layer *s, struct ov_value *theory,
                                 struct ov_error *err)
{
    const char *in_vain = s->extras.fluctuations ? "fluctuations" : "eta_max";
    if (!s->extras.fluctuations && !s->extras.eta_max)
        return OV_OK;
    return ov_value_fail(ov_value_get(theory, in_vain), err,
                         "gradient flow (noise: false) has no %s: it is the limit of small eta_w",
                         in_vain);
}

static enum ov_status check_theory(struct ov_two_layer *s, struct ov_value *params,
                                   struct ov_error *err)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    s->start_is_fixed = ov_problem_start_is_fixed(&s->problem) &&
                        !(s->covariance.is_drawn && ov_theory_has_blocks(s));
    if (!s->theory_asked)
        return OV_OK;
    if (s->extras.fixed_point && s->problem.stop > 0.0)
        return ov_place_complaint(params, "theory.fixed_point",
                                  "fixed_point is where a path goes: it has to go on, without stop",
                                  err);
    struct ov_value *averages = theory->type == OV_MAP ? ov_value_get(theory, "averages") : NULL;
    if (averages && !ov_gauss_takes_tol(s->problem.g, s->problem.g_star)) {
        s->problem.averages_tol = 0.0;
        ov_value_unused(averages, "tol", "has averages that take no tolerance");
    }
    bool own_seeds = !s->start_is_fixed && !s->sgd_runs && theory->type == OV_MAP;
    s->theory_runs = own_seeds                           ? s->theory_seeds
                     : s->start_is_fixed || !s->sgd_runs ? 1
                                                         : s->sgd_runs;
    if (theory->type == OV_MAP && !own_seeds)
        ov_value_unused(theory, "seeds",
                        s->start_is_fixed ? "starts the same way whatever the seed"
                                          : "takes the seeds of sgd");
    if (s->extras.fluctuations && s->problem.batch > 1)
        return ov_value_fail(theory, err, "fluctuations are known for a batch of 1 only");
    if (s->extras.fluctuations && s->problem.N == 0)
        return ov_value_fail(theory, err, "fluctuations need '%s', the input dimension",
                             ov_scaling_place(s, "N"));
    enum ov_status status =
        s->extras.share ? check_share(s, ov_value_get(theory, "share"), err) : OV_OK;
    return s->problem.gradient_flow && status == OV_OK ? check_flow(s, theory, err) : status;
}

static enum ov_status check_size(const struct ov_two_layer *s, struct ov_value *params,
                                 struct ov_error *err)
{
    const struct ov_problem *p = &s->problem;
    double numbers = (double)s->n_alpha * (double)ov_path_width(s, OV_THEORY);
    double weights = (double)p->N * (double)(p->K + p->M);
    bool drawn = (s->sgd_runs && ov_engines[s->engine].draws_weights) || !s->start_is_fixed;
    if (numbers > largest_result)
        return ov_place_complaint(params, s->scaling.by_t ? "t" : "alpha",
                                  "one run would give more than 10^8 numbers", err);
    if (drawn && weights > OV_LARGEST_WEIGHTS)
        return ov_place_complaint(params, ov_scaling_place(s, "N"),
                                  "the weights would be more than 10^9 numbers", err);
    return OV_OK;
}

enum ov_status ov_two_layer_read(struct ov_two_layer *s, struct ov_value *params,
                                 struct ov_error *err)
{
    s->solve = ov_solve_defaults();
    ov_stop_read(params);
    enum ov_status status = leave_out(params, err);
    if (status == OV_OK)
        status = ov_scaling_begin(s, params, err);
    if (status == OV_OK)
        status = ov_params_take(s, params, err);
    if (status == OV_OK)
        status = ov_scaling_complete(s, params, err);
    if (status == OV_OK)
        status = ov_schedule_read(s, params, err);
    if (status == OV_OK)
        status = ov_data_read(s, params, err);
    if (status == OV_OK)
        status = ov_labels_read(s, params, err);
    if (status == OV_OK)
        status = ov_weights_read(s, params, err);
    if (status == OV_OK)
        status = ov_block_starts_read(s, params, err);
    if (status == OV_OK)
        status = complete(&s->problem, params, err);
    if (status == OV_OK && ov_problem_project(&s->moved, &s->problem) != OV_OK)
        status = no_memory(err);
    if (status == OV_OK)
        status = check_problem(s, params, err);
    if (status == OV_OK)
        status = ov_covariance_complete(s, params, err);
    if (status == OV_OK)
        status = check_sgd(s, params, err);
    if (status == OV_OK)
        status = check_theory(s, params, err);
    if (status == OV_OK)
        status = ov_scaling_times(s, params, err);
    if (status == OV_OK)
        status = ov_kept_read(s, params, err);
    return status == OV_OK ? check_size(s, params, err) : status;
}

void ov_two_layer_release(void *state)
{
    struct ov_two_layer *s = state;
    ov_problem_free(&s->problem);
    ov_data_free(&s->data);
    ov_covariance_free(&s->covariance);
    free(s->alpha);
    free(s->scaling.t);
    free(s->extras.time_to.eps_g);
    free(s->sgd_time_to.eps_g);
    free(s->kept.time);
    free(s->kept.row);
}
