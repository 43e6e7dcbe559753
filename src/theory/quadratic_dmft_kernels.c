/* SPDX-License-Identifier: MIT
 *
 * The bracket of all samples of a replica, and the kernels that it takes: paper.md eq:quad_dmft in
 * the form of eq:quad_dmft_rows.
 */
#include <math.h>
#include <string.h>

#include <cblas.h>

#include "overlap/num/normal.h"
#include "quadratic_dmft_internal.h"

#define SQRT2 0x1.6a09e667f3bcdp+0
#define SQRT_HALF 0x1.6a09e667f3bcdp-1

/* ---- sums over samples ---- */

/* y = Z - Z* */
static void look(double *y, struct ov_dmft_replica *r, const double *W)
{
    int d = (int)r->d, m = (int)r->m;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, d, m, 1.0, W, m, 0.0, r->M, d);
    for (size_t i = 0; i < r->d; i++) {
        for (size_t j = 0; j < i; j++)
            *y++ = SQRT2 * r->M[i * r->d + j];
        *y++ = r->M[i * r->d + i] - r->z_star[i];
    }
}

/* out = out + scale/d times the mean over samples of X x, X (J,D) */
static void project(double *out, const struct ov_dmft_replica *r, double scale, const double *X,
                    const double *x)
{
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)r->J, (int)r->D,
                scale / (double)(r->d * r->n_sample), X, (int)r->D, x, 1, 1.0, out, 1);
}

/* out = out + scale X' c, X (J,D) */
static void combine(double *out, const struct ov_dmft_replica *r, double scale, const double *X,
                    const double *c)
{
    cblas_dgemv(CblasRowMajor, CblasTrans, (int)r->J, (int)r->D, scale, X, (int)r->D, c, 1, 1.0,
                out, 1);
}

/* What a square |x|^2 of one sample is of 2 C. */
static double part(const struct ov_dmft_replica *r, const double *x)
{
    return 2.0 / (double)(r->d * r->n_sample) * cblas_ddot((int)r->D, x, 1, x, 1);
}

/* ---- a new direction ---- */

/* What is left of y, and of the label noise, beyond the directions so far. Taken off twice, so that
 * it is orthogonal to them to rounding; F gets what the second turn finds. Returns its length. */
static double remainder_of(double *noise, struct ov_dmft_replica *r)
{
    double square = 0.0;
    size_t J = r->J;
    *noise = r->noise - cblas_ddot((int)J, r->F, 1, r->beta, 1);
    for (size_t j = 0; j < J; j++)
        r->more[j] = *noise * r->beta[j];
    for (size_t i = 0; i < r->n_sample; i++) {
        double *b = r->sample[i].B + J * r->D;
        memcpy(b, r->sample[i].y, r->D * sizeof *b);
        if (J > 0)
            combine(b, r, -1.0, r->sample[i].B, r->F);
        if (J > 0)
            project(r->more, r, 2.0, r->sample[i].B, b);
    }
    *noise -= cblas_ddot((int)J, r->more, 1, r->beta, 1);
    for (size_t i = 0; i < r->n_sample; i++) {
        double *b = r->sample[i].B + J * r->D;
        if (J > 0)
            combine(b, r, -1.0, r->sample[i].B, r->more);
        square += part(r, b);
    }
    for (size_t j = 0; j < J; j++)
        r->F[j] += r->more[j];
    return sqrt(square + *noise * *noise);
}

/* The GOE matrix that belongs to it, over sqrt(alpha), and 2 B. */
static void draw(struct ov_dmft_replica *r, size_t i)
{
    double *a = r->sample[i].A + r->J * r->D;
    ov_normal_fill(a, r->D, &(struct ov_philox){r->key + i, 1 + (uint32_t)r->J}, 0);
    cblas_dscal((int)r->D, sqrt(2.0 / ((double)r->d * r->p->alpha)), a, 1);
    cblas_daxpy((int)r->D, 2.0, r->sample[i].B + r->J * r->D, 1, a, 1);
}

/* U_kj is the mean of tr(B_k A_j)/d without what 2 B_j is of it: -beta_k beta_j. */
static enum ov_status add_direction(struct ov_dmft_replica *r, struct ov_error *err)
{
    size_t J = r->J;
    enum ov_status status = J == r->room ? ov_dmft_replica_grow(r, err) : OV_OK;
    if (status != OV_OK)
        return status;
    double noise, length = remainder_of(&noise, r), *U = r->U + J * r->room;
    r->F[J] = length;
    r->beta[J] = noise / length;
    for (size_t j = 0; j < J; j++)
        U[j] = r->beta[j] * r->beta[J];
    for (size_t i = 0; i < r->n_sample; i++) {
        double *b = r->sample[i].B + J * r->D;
        cblas_dscal((int)r->D, 1.0 / length, b, 1);
        if (J > 0)
            project(U, r, 1.0, r->sample[i].A, b);
        draw(r, i);
    }
    U[J] = sqrt(fmax(0.0, 1.0 - (double)J / (r->p->alpha * (double)(r->d * r->d * r->n_sample))));
    r->J++;
    return OV_OK;
}

/* ---- the bracket ---- */

/* L = F (1 + U); returns C_R = L.L */
static double respond(struct ov_dmft_replica *r)
{
    double square = 0.0;
    for (size_t j = 0; j < r->J; j++) {
        r->L[j] = 0.0;
        for (size_t k = j; k < r->J; k++)
            r->L[j] += r->F[k] * r->U[k * r->room + j];
        square += r->L[j] * r->L[j];
    }
    return square;
}

/* K and F of all samples' y; returns what of K is in no direction. */
static double correlate(struct ov_dmft_replica *r)
{
    double rest;
    r->K = r->noise * r->noise;
    for (size_t j = 0; j < r->J; j++)
        r->F[j] = r->noise * r->beta[j];
    for (size_t i = 0; i < r->n_sample; i++) {
        if (r->J > 0)
            project(r->F, r, 2.0, r->sample[i].B, r->sample[i].y);
        r->K += part(r, r->sample[i].y);
    }
    rest = r->K;
    for (size_t j = 0; j < r->J; j++)
        rest -= r->F[j] * r->F[j];
    return rest;
}

/* rate = -(sum_j L_j A_j + 2 lambda) W */
static void push(double *rate, struct ov_dmft_replica *r, const struct ov_dmft_sample *s,
                 const double *W)
{
    int d = (int)r->d, m = (int)r->m;
    const double *z = r->z;
    memset(r->z, 0, r->D * sizeof *r->z);
    if (r->J > 0)
        combine(r->z, r, 1.0, s->A, r->L);
    for (size_t i = 0; i < r->d; i++) {
        for (size_t j = 0; j < i; j++)
            r->M[i * r->d + j] = SQRT_HALF * *z++;
        r->M[i * r->d + i] = *z++ + 2.0 * r->p->lambda;
    }
    cblas_dsymm(CblasRowMajor, CblasLeft, CblasLower, d, m, -1.0, r->M, d, W, m, 0.0, rate, m);
}

enum ov_status ov_dmft_evaluate(struct ov_dmft_replica *r, size_t stage, struct ov_error *err)
{
    r->n_evaluated++;
    for (size_t i = 0; i < r->n_sample; i++) {
        struct ov_dmft_sample *s = r->sample + i;
        look(s->y, r, stage > 0 ? s->next : s->W);
    }
    double rest = correlate(r);
    if (!isfinite(r->K))
        return ov_fail(err, OV_ENUMERIC, "after t = %g the student is not finite", r->t);
    if (rest > r->keep * r->keep * sqrt(r->K * respond(r))) {
        enum ov_status status = add_direction(r, err);
        if (status != OV_OK)
            return status;
        (void)respond(r);
    }
    for (size_t i = 0; i < r->n_sample; i++) {
        struct ov_dmft_sample *s = r->sample + i;
        push(s->rate[stage], r, s, stage > 0 ? s->next : s->W);
    }
    return OV_OK;
}
