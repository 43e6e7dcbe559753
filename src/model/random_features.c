/* SPDX-License-Identifier: MIT
 *
 * The random-feature problem checked, and the second moments of its activations.
 */
#include "overlap/model/random_features.h"

#include <math.h>
#include <stdlib.h>

#include "overlap/model/eps_g.h"
#include "overlap/num/sym.h"

void ov_rf_problem_free(struct ov_rf_problem *p)
{
    if (!p)
        return;
    free(p->T);
    free(p->v_star);
    p->T = p->v_star = NULL;
}

double ov_rf_beta(const struct ov_rf_problem *p)
{
    return p->N > 0 && p->K > 0 ? (double)p->K / (double)p->N : p->beta;
}

/* Names the key and returns OV_EUSER with the words that follow it. */
#define BLAME(k, ...) (*key = (k), ov_fail(err, OV_EUSER, __VA_ARGS__))

static enum ov_status check_sizes(const struct ov_rf_problem *p, const char **key,
                                  struct ov_error *err)
{
    if (p->M < 1)
        return BLAME("M", "M must be at least 1");
    if (p->N > 0 && p->N < p->M + 1)
        return BLAME("N", "N = %zu must be at least M + 1 = %zu", p->N, p->M + 1);
    if (p->N > 0 && p->K > 0) {
        if (p->beta != 0.0 && !(fabs(p->beta / ov_rf_beta(p) - 1.0) <= 1e-9))
            return BLAME("beta", "beta = %g is not K/N = %zu/%zu; leave one of them out", p->beta,
                         p->K, p->N);
        return OV_OK;
    }
    if (!(isfinite(p->beta) && p->beta >= 0.0))
        return BLAME("beta", "beta must be a number > 0, not %g", p->beta);
    if (p->beta == 0.0)
        return BLAME("beta", "beta must be > 0: give beta, or N and K with beta = K/N");
    return OV_OK;
}

static enum ov_status check_rates(const struct ov_rf_problem *p, const char **key,
                                  struct ov_error *err)
{
    if (!p->g)
        return BLAME("activation", "the activation is missing");
    if (!p->g_star)
        return BLAME("teacher_activation", "the teacher's activation is missing");
    if (!p->flow && !(isfinite(p->eta) && p->eta > 0.0))
        return BLAME("eta", "eta must be a number > 0, not %g (or 'flow' for gradient flow)",
                     p->eta);
    if (!(isfinite(p->sigma) && p->sigma >= 0.0))
        return BLAME("sigma", "sigma must be a number >= 0, not %g", p->sigma);
    if (!(isfinite(p->init_std) && p->init_std >= 0.0))
        return BLAME("init_std", "init_std must be a number >= 0, not %g", p->init_std);
    return OV_OK;
}

static enum ov_status check_given_T(const struct ov_rf_problem *p, const char **key,
                                    struct ov_error *err)
{
    double min = 0.0, scale = 0.0;
    if (!p->T)
        return BLAME("teacher.T", "teacher.T is missing");
    for (size_t i = 0; i < ov_sym_size(p->M); i++)
        if (!isfinite(p->T[i]))
            return BLAME("teacher.T", "teacher.T has an entry that is not finite");
    for (size_t m = 0; m < p->M; m++) {
        double T_mm = p->T[ov_sym_at(m, m)];
        if (!(T_mm > 0.0))
            return BLAME("teacher.T", "T_%zu_%zu = %g must be > 0", m, m, T_mm);
        scale = fmax(scale, T_mm);
    }
    enum ov_status status = ov_sym_min_eigenvalue(&min, p->T, p->M);
    if (status != OV_OK)
        return ov_fail(err, status, "the eigenvalues of T: %s", ov_status_name(status));
    if (min < -1e-9 * scale)
        return BLAME("teacher.T", "T is not positive semi-definite: smallest eigenvalue %.6g", min);
    return OV_OK;
}

static enum ov_status check_teacher(const struct ov_rf_problem *p, const char **key,
                                    struct ov_error *err)
{
    if (!p->v_star)
        return BLAME("v_star", "v_star is missing");
    for (size_t m = 0; m < p->M; m++)
        if (!isfinite(p->v_star[m]))
            return BLAME("v_star", "v_star has an entry that is not finite");
    return p->teacher == OV_TEACHER_GIVEN ? check_given_T(p, key, err) : OV_OK;
}

enum ov_status ov_rf_problem_check(const struct ov_rf_problem *p, const char **key,
                                   struct ov_error *err)
{
    enum ov_status (*const checks[])(const struct ov_rf_problem *, const char **,
                                     struct ov_error *) = {check_sizes, check_rates, check_teacher};
    const char *at_fault = "";
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        enum ov_status status = checks[i](p, &at_fault, err);
        if (status != OV_OK) {
            if (key)
                *key = at_fault;
            return status;
        }
    }
    return OV_OK;
}

/* ---- powers ---- */

/* <g(x)>, x ~ N(0,variance): beside an independent y^2 of mean 1. */
static double mean_of(const struct ov_activation *g, double variance)
{
    double mean = ov_I2(g, &ov_activations[OV_ACT_QUADRATIC], variance, 0.0, 1.0);
    return fabs(mean) < 1e-12 ? 0.0 : mean;
}

/* <g'(x)> = <x g(x)>/variance. */
static double mean_slope(const struct ov_activation *g, double variance)
{
    return ov_I2(&ov_activations[OV_ACT_LINEAR], g, variance, variance, variance) / variance;
}

static double teacher_overlap(const struct ov_rf_problem *p, size_t m, size_t n)
{
    if (p->teacher == OV_TEACHER_GIVEN)
        return p->T[ov_sym_at(m, n)];
    return m == n ? 1.0 : 0.0;
}

static double not_below_zero(double x)
{
    return x < 0.0 ? 0.0 : x;
}

struct ov_rf_powers ov_rf_powers_of(const struct ov_rf_problem *p)
{
    struct ov_rf_powers P = {.mu0 = mean_of(p->g, 1.0), .g2 = ov_I2(p->g, p->g, 1.0, 1.0, 1.0)};
    double mu1 = mean_slope(p->g, 1.0);
    P.mu1_2 = mu1 * mu1;
    P.mu_star2 = not_below_zero(P.g2 - P.mu0 * P.mu0 - P.mu1_2);
    for (size_t m = 0; m < p->M; m++) {
        double T_mm = teacher_overlap(p, m, m), slope_m = mean_slope(p->g_star, T_mm);
        P.tau0 += p->v_star[m] * mean_of(p->g_star, T_mm);
        for (size_t n = 0; n < p->M; n++) {
            double T_mn = teacher_overlap(p, m, n), T_nn = teacher_overlap(p, n, n);
            double vv = p->v_star[m] * p->v_star[n];
            P.tau2 += vv * ov_I2(p->g_star, p->g_star, T_mm, T_mn, T_nn);
            P.tau1_2 += vv * slope_m * mean_slope(p->g_star, T_nn) * T_mn;
        }
    }
    P.tau1_2 = not_below_zero(P.tau1_2);
    P.tau_star2 = not_below_zero(P.tau2 - P.tau0 * P.tau0 - P.tau1_2);
    return P;
}
