/* SPDX-License-Identifier: MIT
 *
 * Modes that each relax at a rate of their own and are driven by the error that all of them make:
 * a diagonal matrix plus one of rank one, symmetric, so that E is a sum of real exponentials
 * (paper.md eq:rf_modes). And the limit's modes, the Marchenko-Pastur law on its nodes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "random_features_internal.h"

enum ov_status ov_rf_coupled_create(struct ov_rf_coupled *m, size_t n)
{
    *m = (struct ov_rf_coupled){.n = n};
    size_t room = n > 0 ? n : 1;
    m->decay = calloc(3 * room, sizeof *m->decay);
    m->rate = calloc(3 * room, sizeof *m->rate);
    if (!m->decay || !m->rate) {
        ov_rf_coupled_free(m);
        return OV_ENOMEM;
    }
    m->c = m->decay + n;
    m->start = m->c + n;
    m->from_start = m->rate + n;
    m->from_source = m->from_start + n;
    return OV_OK;
}

void ov_rf_coupled_free(struct ov_rf_coupled *m)
{
    if (!m)
        return;
    free(m->decay);
    free(m->rate);
    memset(m, 0, sizeof *m);
}

/* Weights of the exponentials from the eigenvectors u (n,n), vector k in column k. */
static void weigh(struct ov_rf_coupled *m, const double *u)
{
    size_t n = m->n;
    for (size_t k = 0; k < n; k++) {
        double of_c = 0.0, of_start = 0.0;
        for (size_t i = 0; i < n; i++) {
            of_c += u[i * n + k] * m->c[i];
            of_start += u[i * n + k] * m->start[i];
        }
        m->from_start[k] = of_c * of_start;
        m->from_source[k] = of_c * of_c * m->strength * (m->R + m->sigma2);
    }
}

enum ov_status ov_rf_coupled_solve(struct ov_rf_coupled *m)
{
    size_t n = m->n;
    if (n == 0)
        return OV_OK;
    double *A = calloc(n, 2 * n * sizeof *A), *u = A ? A + n * n : NULL;
    lapack_int *support = calloc(2 * n, sizeof *support), found = 0;
    lapack_int order = (lapack_int)n, info = 1;
    enum ov_status status = A && support ? OV_OK : OV_ENOMEM;
    if (status == OV_OK) {
        openblas_set_num_threads(1);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                A[i * n + j] = m->strength * m->c[i] * m->c[j] - (i == j ? m->decay[i] : 0.0);
        info = LAPACKE_dsyevr(LAPACK_ROW_MAJOR, 'V', 'A', 'L', order, A, order, 0.0, 0.0, 0, 0, 0.0,
                              &found, m->rate, u, order, support);
        status = info == 0 ? OV_OK : OV_ENUMERIC;
    }
    if (status == OV_OK)
        weigh(m, u);
    free(A);
    free(support);
    return status;
}

double ov_rf_coupled_at(const struct ov_rf_coupled *m, double t, bool steps)
{
    double E_rest = m->R;
    for (size_t k = 0; k < m->n; k++) {
        double rate = m->rate[k], exponent = t * (steps ? log1p(rate) : rate);
        double grown = rate == 0.0 ? t : expm1(exponent) / rate;
        E_rest += m->from_start[k] * exp(exponent) + m->from_source[k] * grown;
    }
    return E_rest;
}

/* ---- the limit ---- */

/* Gauss' rule of the second Chebyshev kind makes the Marchenko-Pastur law of J J'/N exact but for
 * its pole at a = 0. A node there takes the weight that the others lack: the atom of beta > 1, and
 * the pole's correction for every beta. n = nodes + 1 points, the last one at 0. */
static void marchenko_pastur(double *a, double *weight, size_t nodes, double beta)
{
    double all = 0.0;
    for (size_t j = 0; j < nodes; j++) {
        double angle = (double)(j + 1) * M_PI / (double)(nodes + 1), sine = sin(angle);
        a[j] = 1.0 + beta + 2.0 * sqrt(beta) * cos(angle);
        weight[j] = 2.0 / (double)(nodes + 1) * sine * sine / a[j];
        all += weight[j];
    }
    a[nodes] = 0.0;
    weight[nodes] = all < 1.0 ? 1.0 - all : 0.0;
}

/* paper.md eq:rf_modes, scaled by the roots of the weights to be symmetric. */
static void set_modes(struct ov_rf_coupled *m, const struct ov_rf_common *c, const double *a,
                      const double *weight, double beta)
{
    const struct ov_rf_powers *P = &c->P;
    double unlearnt = 1.0;
    for (size_t i = 0; i < m->n; i++) {
        double lam = P->mu1_2 * a[i] + P->mu_star2, root = sqrt(weight[i]);
        double learnt = a[i] > 0.0 && P->mu1_2 > 0.0 ? beta * P->mu1_2 * a[i] / lam : 0.0;
        unlearnt -= weight[i] * learnt;
        m->decay[i] = 2.0 * c->speed * lam;
        m->c[i] = root * lam;
        m->start[i] = root * (c->c2 + (learnt > 0.0 ? P->tau1_2 * learnt / lam : 0.0));
    }
    m->strength = c->fast * c->noise * c->noise;
    m->sigma2 = c->sigma2;
    m->R = P->tau_star2 + (P->mu0 == 0.0 ? P->tau0 * P->tau0 : 0.0) + P->tau1_2 * unlearnt;
}

static enum ov_status summed(double *E_rest, void *ctx, double t)
{
    *E_rest = ov_rf_coupled_at(ctx, t, false);
    return OV_OK;
}

enum ov_status ov_rf_limit_modes(double *eps_g, const struct ov_rf_problem *p, size_t nodes,
                                 const double *t, size_t n, struct ov_error *err)
{
    struct ov_rf_common c;
    struct ov_rf_coupled m = {0};
    enum ov_status status = ov_rf_check_times(t, n, err);
    if (status == OV_OK)
        status = ov_rf_common_init(&c, p, true, err);
    if (status == OV_OK)
        status = ov_rf_check_mean(&c, err);
    if (status == OV_OK && (nodes < 2 || nodes > 4000))
        status = ov_fail(err, OV_EDOM, "%zu nodes: from 2 to 4000 are possible", nodes);
    if (status != OV_OK)
        return status;
    double *a = calloc(2 * (nodes + 1), sizeof *a);
    status = a ? ov_rf_coupled_create(&m, nodes + 1) : OV_ENOMEM;
    if (status == OV_OK) {
        double beta = ov_rf_beta(p), *weight = a + nodes + 1;
        marchenko_pastur(a, weight, nodes, beta);
        set_modes(&m, &c, a, weight, beta);
        status = ov_rf_coupled_solve(&m);
    }
    if (status != OV_OK)
        ov_fail(err, status, "the modes of the limit: %s", ov_status_name(status));
    else
        status = ov_rf_fill(eps_g, &c, summed, &m, t, n, err);
    ov_rf_coupled_free(&m);
    free(a);
    return status;
}
