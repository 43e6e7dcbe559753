/* SPDX-License-Identifier: MIT
 *
 * A curve's parameters read into a network and its particles.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mean_field_internal.h"
#include "overlap/num/sym.h"
#include "times_internal.h"
#include "values_internal.h"

/* Numbers in the rows of one run (0.8 GB), in the overlaps of sgd at one time, in the weights. */
static const double largest_result = 1e8, largest_overlaps = 1e8, largest_weights = 1e9;

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

struct ov_mean_field_problem ov_mf_particles(const struct ov_mf_curve *s)
{
    const struct ov_problem *p = &s->problem;
    return (struct ov_mean_field_problem){.g = p->g->act,
                                          .p = p->K,
                                          .k = p->M,
                                          .d = p->N && !s->infinite_d ? (double)p->N : INFINITY,
                                          .gamma = s->kind == OV_MF_FLOW ? 0.0 : p->eta_w,
                                          .sigma = p->sigma};
}

/* ---- the network ---- */

/* Given particles, for the simulation: m is R, q what is left of the lengths. */
static enum ov_status hand_over(struct ov_mf_curve *s)
{
    struct ov_problem *o = &s->problem;
    size_t p = o->K, k = o->M;
    o->start = OV_START_PARTICLES;
    o->R = malloc(p * k * sizeof *o->R);
    o->own = malloc(p * sizeof *o->own);
    if (!o->R || !o->own)
        return OV_ENOMEM;
    memcpy(o->R, s->m, p * k * sizeof *o->R);
    memcpy(o->own, s->q, p * sizeof *o->own);
    return OV_OK;
}

/* The time of each row of a table of units. */
static enum ov_status repeat_times(struct ov_mf_curve *s)
{
    size_t p = s->problem.K;
    s->row_time = s->parts ? malloc(s->n_t * p * sizeof *s->row_time) : NULL;
    if (s->parts && !s->row_time)
        return OV_ENOMEM;
    for (size_t i = 0; s->parts && i < s->n_t * p; i++)
        s->row_time[i] = s->t[i / p];
    return OV_OK;
}

static enum ov_status complete(struct ov_mf_curve *s)
{
    struct ov_problem *o = &s->problem;
    o->g_star = o->g;
    o->std = s->std;
    o->v = malloc(o->K * sizeof *o->v);
    o->v_star = malloc(o->M * sizeof *o->v_star);
    if (!s->q)
        s->q = calloc(o->K, sizeof *s->q);
    if (!o->v || !o->v_star || !s->q)
        return OV_ENOMEM;
    for (size_t j = 0; j < o->K; j++)
        o->v[j] = 1.0 / (double)o->K;
    for (size_t r = 0; r < o->M; r++)
        o->v_star[r] = 1.0 / (double)o->M;
    if (repeat_times(s) != OV_OK)
        return OV_ENOMEM;
    return s->start == OV_MF_PARTICLES && s->sgd_runs ? hand_over(s) : OV_OK;
}

/* ---- checks ---- */

static enum ov_status check_start(const struct ov_mf_curve *s, struct ov_value *params,
                                  struct ov_error *err)
{
    struct ov_value *init = ov_value_get(params, "init");
    bool network = s->start == OV_MF_NETWORK, particles = s->start == OV_MF_PARTICLES;
    if (!particles)
        ov_value_unused(init, "m",
                        network ? "starts from random weights; kind: particles reads it"
                                : "starts from a Gaussian measure; kind: particles reads it");
    if (network)
        ov_value_unused(init, "q",
                        "starts from random weights; kind: particles or gaussian reads it");
    if (particles)
        ov_value_unused(init, "std",
                        "starts from given particles; kind: network or gaussian reads it");
    if (particles && !s->m)
        return ov_value_fail(init, err, "init of kind particles needs 'm'");
    if (network && s->problem.N == 0)
        return ov_value_fail(init->node ? init : params, err,
                             "init of kind network needs 'd', the input dimension");
    return OV_OK;
}

static enum ov_status check_sgd(const struct ov_mf_curve *s, struct ov_value *params,
                                struct ov_error *err)
{
    const struct ov_value *sgd = ov_value_get(params, "sgd");
    const struct ov_problem *p = &s->problem;
    if (!sgd)
        return OV_OK;
    if (p->N == 0)
        return ov_value_fail(sgd, err, "sgd needs 'd', the input dimension");
    if (!(p->eta_w > 0.0))
        return ov_value_fail(sgd, err, "sgd needs a learning rate: 'gamma' above 0");
    if (s->start == OV_MF_GAUSSIAN)
        return ov_value_fail(sgd, err,
                             "a measure has no weights to simulate: init of kind network or "
                             "particles");
    if ((double)ov_row_width(p->K, p->M) > largest_overlaps)
        return ov_value_fail(sgd, err,
                             "the overlaps of %zu units would be more than %g numbers: a smaller p",
                             p->K, largest_overlaps);
    return OV_OK;
}

static enum ov_status check_problem(const struct ov_mf_curve *s, struct ov_value *params,
                                    struct ov_error *err)
{
    const struct ov_problem *p = &s->problem;
    bool erf = p->g->act == OV_ACT_ERF;
    if (!erf && p->g->act != OV_ACT_QUADRATIC)
        return ov_value_fail(ov_value_get(params, "activation"), err,
                             "mean-field equations are known for quadratic and erf units");
    if (p->N && p->N <= p->M)
        return ov_place_complaint(params, "d", "d must be larger than k", err);
    if (s->theory_asked && erf && ov_mf_particles(s).gamma > 0.0)
        return ov_value_fail(ov_value_get(params, "theory"), err,
                             "erf units close as gradient flow only: theory: flow%s",
                             s->sgd_runs ? "" : ", or gamma: 0"); /* sgd needs its rate */
    if ((double)s->n_t * (double)(p->K * (p->M + 1)) > largest_result)
        return ov_place_complaint(params, "t", "one run would give more than 10^8 numbers", err);
    if ((s->sgd_runs || s->start == OV_MF_NETWORK) &&
        (double)p->N * (double)(p->K + p->M) > largest_weights)
        return ov_place_complaint(params, "d", "the weights would be more than 10^9 numbers", err);
    return OV_OK;
}

static void count_theory(struct ov_mf_curve *s, struct ov_value *params)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    bool drawn = s->start != OV_MF_PARTICLES, own = drawn && !s->sgd_runs && theory->type == OV_MAP;
    if (!s->theory_asked)
        return;
    s->theory_runs = own ? s->theory_seeds : drawn && s->sgd_runs ? s->sgd_runs : 1;
    if (theory->type == OV_MAP && !own)
        ov_value_unused(theory, "seeds",
                        drawn ? "takes the seeds of sgd" : "starts the same way whatever the seed");
}

static enum ov_status read_times(struct ov_mf_curve *s, struct ov_value *params,
                                 struct ov_error *err)
{
    struct ov_value *t = ov_value_get(params, "t"), *of_parts = ov_value_get(params, "particles");
    if (!t && !of_parts)
        return ov_value_fail(params, err, "a curve needs 't' or 'particles', times of measurement");
    (void)ov_value_get(params, "distribution"); /* its rows take what is in it */
    if (of_parts) {
        ov_value_unused(params, "t", "is of particles, which have times of their own");
        ov_value_unused(params, "distribution", "is of particles, not of their distribution");
    }
    return ov_times_read(&s->t, &s->n_t, of_parts ? of_parts : t, 0, false, err);
}

enum ov_status ov_mf_read(struct ov_mf_curve *s, struct ov_value *params, struct ov_error *err)
{
    enum ov_status status = ov_params_take(s, params, err);
    if (status == OV_OK)
        status = read_times(s, params, err);
    if (status == OV_OK)
        status = check_start(s, params, err);
    if (status == OV_OK)
        status = check_sgd(s, params, err);
    if (status == OV_OK)
        status = check_problem(s, params, err);
    if (status != OV_OK)
        return status;
    count_theory(s, params);
    return complete(s) == OV_OK ? OV_OK : no_memory(err);
}

void ov_mf_release(void *state)
{
    struct ov_mf_curve *s = state;
    ov_problem_free(&s->problem);
    free(s->m);
    free(s->q);
    free(s->t);
    free(s->row_time);
    free(s->m_level);
    free(s->q_level);
}
