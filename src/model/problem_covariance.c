/* SPDX-License-Identifier: MIT
 *
 * The joint covariance that a fixed start implies.
 */
#include "problem_covariance_internal.h"

size_t ov_problem_teacher_of(const struct ov_problem *p, size_t k)
{
    if (p->start == OV_START_DENOISING)
        return k % p->M;
    return k < p->M ? k : p->M;
}

double ov_problem_T(const struct ov_problem *p, size_t m, size_t n)
{
    if (p->teacher == OV_TEACHER_GIVEN)
        return p->T[ov_sym_at(m, n)];
    return m == n ? 1.0 : 0.0;
}

double ov_problem_R(const struct ov_problem *p, size_t k, size_t m)
{
    if (p->start == OV_START_OVERLAPS)
        return p->R[k * p->M + m];
    size_t on = ov_problem_teacher_of(p, k);
    return on < p->M ? ov_problem_T(p, on, m) : 0.0;
}

/* Students that start on a teacher get an orthogonal part only where the start is DENOISING. */
double ov_problem_own_std(const struct ov_problem *p, size_t k)
{
    return p->start == OV_START_DENOISING || ov_problem_teacher_of(p, k) == p->M ? p->std : 0.0;
}

double ov_problem_Q(const struct ov_problem *p, size_t k, size_t l)
{
    if (p->start == OV_START_OVERLAPS)
        return p->Q[ov_sym_at(k, l)];
    size_t on_k = ov_problem_teacher_of(p, k), on_l = ov_problem_teacher_of(p, l);
    double shared = on_k < p->M && on_l < p->M ? ov_problem_T(p, on_k, on_l) : 0.0;
    double own = ov_problem_own_std(p, k);
    return shared + (k == l ? own * own : 0.0);
}

void ov_problem_covariance(double *C, const struct ov_problem *p)
{
    size_t K = p->K, M = p->M;
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n <= m; n++)
            C[ov_sym_at(m, n)] = ov_problem_T(p, m, n);
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            C[ov_sym_at(M + k, m)] = ov_problem_R(p, k, m);
        for (size_t l = 0; l <= k; l++)
            C[ov_sym_at(M + k, M + l)] = ov_problem_Q(p, k, l);
    }
}
