/* SPDX-License-Identifier: MIT
 *
 * The joint covariance that a fixed start implies, and given ones that were rounded.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/overlaps.h"
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

/* Smallest eigenvalue of the joint matrix over its largest diagonal element. */
static enum ov_status relative_min(double *min, const struct ov_problem *p)
{
    size_t P = p->K + p->M;
    double *C = calloc(ov_sym_size(P), sizeof *C), scale = 0.0;
    if (!C)
        return OV_ENOMEM;
    ov_problem_covariance(C, p);
    for (size_t i = 0; i < P; i++)
        scale = fmax(scale, fabs(C[ov_sym_at(i, i)]));
    enum ov_status status = ov_sym_min_eigenvalue(min, C, P);
    free(C);
    *min /= scale;
    return status;
}

/* Takes over what ov_overlaps_project makes of p, if that is near enough. */
static enum ov_status take_projected(struct ov_problem *p, double *moved, struct ov_overlaps *o)
{
    size_t K = p->K, M = p->M;
    double scale = 0.0;
    for (size_t k = 0; k < K; k++)
        scale = fmax(scale, p->Q[ov_sym_at(k, k)]);
    for (size_t m = 0; m < M; m++)
        scale = fmax(scale, ov_problem_T(p, m, m));
    memcpy(o->Q, p->Q, ov_sym_size(K) * sizeof *o->Q);
    memcpy(o->R, p->R, K * M * sizeof *o->R);
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n <= m; n++)
            o->T[ov_sym_at(m, n)] = ov_problem_T(p, m, n);
    enum ov_status status = ov_overlaps_project(o, moved);
    if (status != OV_OK || !(*moved <= OV_PROBLEM_MOVED * scale)) {
        *moved = 0.0;
        return status;
    }
    memcpy(p->Q, o->Q, ov_sym_size(K) * sizeof *o->Q);
    memcpy(p->R, o->R, K * M * sizeof *o->R);
    if (p->teacher == OV_TEACHER_GIVEN)
        memcpy(p->T, o->T, ov_sym_size(M) * sizeof *o->T);
    return OV_OK;
}

enum ov_status ov_problem_project(double *moved, struct ov_problem *p)
{
    double min = 0.0;
    struct ov_overlaps o;
    *moved = 0.0;
    if (p->start != OV_START_OVERLAPS || p->teacher == OV_TEACHER_RANDOM || !p->Q || !p->R ||
        (p->teacher == OV_TEACHER_GIVEN && !p->T))
        return OV_OK;
    enum ov_status status = relative_min(&min, p);
    if (status != OV_OK || !(min < -OV_PROBLEM_EXACT && min >= -OV_PROBLEM_ROUNDED))
        return status == OV_ENOMEM ? status : OV_OK; /* ov_problem_check says what is wrong */
    status = ov_overlaps_create(&o, p->K, p->M);
    if (status != OV_OK)
        return status;
    status = take_projected(p, moved, &o);
    ov_overlaps_free(&o);
    return status == OV_ENOMEM ? status : OV_OK;
}
