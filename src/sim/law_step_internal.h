/* SPDX-License-Identifier: MIT
 *
 * A step of SGD on the overlaps, for all lanes of a group. Inline, so that src/sim/law_step.c can
 * emit it for several instruction sets, and the tests for one more: the same bits from each.
 */
#ifndef OVERLAP_SIM_LAW_STEP_INTERNAL_H
#define OVERLAP_SIM_LAW_STEP_INTERNAL_H

#include <math.h>
#include <string.h>

#include "law_group_internal.h"
#include "overlap/num/fmath_inline.h"

/* Beyond this |Delta| a step asks whether the state has diverged: as in engine `weights`. */
#define LAW_ERROR_TO_LOOK_AT 1e6

#define LAW_INLINE static inline __attribute__((always_inline))

/* For all lanes. Arrays of lanes coincide or are apart, so that each lane is for itself; left
 * rolled, the loop becomes SIMD code. */
#if defined(__clang__)
#define FOR_LANES(l) _Pragma("clang loop unroll(disable)") for (size_t l = 0; l < LAW_LANES; l++)
#else
#define FOR_LANES(l)                                                                               \
    _Pragma("GCC ivdep") _Pragma("GCC unroll 1") for (size_t l = 0; l < LAW_LANES; l++)
#endif

/* ---- activations: the table's g and g', as loops over n numbers ---- */

#define LAW_SQRT_HALF 0x1.6a09e667f3bcdp-1
#define LAW_SQRT_TWO_OVER_PI 0x1.9884533d43651p-1

LAW_INLINE void law_g(double *restrict g, const double *restrict x, size_t n,
                      const struct ov_activation *a)
{
    switch (a->act) {
    case OV_ACT_LINEAR:
        memcpy(g, x, n * sizeof *g);
        break;
    case OV_ACT_ERF:
        for (size_t i = 0; i < n; i++)
            g[i] = ov_erf_inline(x[i] * LAW_SQRT_HALF);
        break;
    case OV_ACT_RELU:
        for (size_t i = 0; i < n; i++)
            g[i] = x[i] < 0.0 ? 0.0 : x[i];
        break;
    case OV_ACT_QUADRATIC:
        for (size_t i = 0; i < n; i++)
            g[i] = x[i] * x[i];
        break;
    case OV_ACT_HE2:
        for (size_t i = 0; i < n; i++)
            g[i] = x[i] * x[i] - 1.0;
        break;
    default:
        for (size_t i = 0; i < n; i++)
            g[i] = a->g(x[i]);
    }
}

LAW_INLINE void law_dg(double *restrict dg, const double *restrict x, size_t n,
                       const struct ov_activation *a)
{
    switch (a->act) {
    case OV_ACT_LINEAR:
        for (size_t i = 0; i < n; i++)
            dg[i] = 1.0;
        break;
    case OV_ACT_ERF:
        for (size_t i = 0; i < n; i++)
            dg[i] = LAW_SQRT_TWO_OVER_PI * ov_exp_inline(-0.5 * x[i] * x[i]);
        break;
    case OV_ACT_RELU:
        for (size_t i = 0; i < n; i++)
            dg[i] = x[i] > 0.0 ? 1.0 : x[i] <= 0.0 ? 0.0 : x[i];
        break;
    case OV_ACT_QUADRATIC:
    case OV_ACT_HE2:
        for (size_t i = 0; i < n; i++)
            dg[i] = 2.0 * x[i];
        break;
    default:
        for (size_t i = 0; i < n; i++)
            dg[i] = a->dg(x[i]);
    }
}

/* ---- linear algebra on lanes; element i of an array a is the lanes a + i LAW_LANES ---- */

LAW_INLINE void law_add_product(double *restrict sum, const double *restrict a,
                                const double *restrict b)
{
    FOR_LANES(l)
    {
        sum[l] += a[l] * b[l];
    }
}

/* x[l] = sum_j a_j b_j over n elements. */
LAW_INLINE void law_dot(double *restrict sum, const double *restrict a, const double *restrict b,
                        size_t n)
{
    for (size_t j = 0; j < n; j++)
        law_add_product(sum, a + j * LAW_LANES, b + j * LAW_LANES);
}

/* (x, y) <- (c x + s y, c y - s x), from t = 1 - c: where the angle is small, as most are, only the
 * last addition rounds, and turning back takes that rounding back too. With c itself, the error of
 * a length would grow in proportion to the steps (some 10^-18 each). */
LAW_INLINE void law_rotate(double *restrict x, double *restrict y, const double *restrict t,
                           const double *restrict s)
{
    FOR_LANES(l)
    {
        double old = x[l], f = y[l];
        x[l] = old + (s[l] * f - t[l] * old);
        y[l] = f - (s[l] * old + t[l] * f);
    }
}

/* ---- the step ---- */

/* This step's normals, lane by lane beside each other. */
LAW_INLINE void law_gather(struct law_group *s)
{
    size_t slots = s->slots, stride = s->ahead * slots;
    const double *restrict from = s->normal + (s->step - s->drawn_from) * slots;
    double *restrict z = s->z;
    for (size_t i = 0; i < slots; i += 4)
        for (size_t l = 0; l < LAW_LANES; l++)
            for (size_t j = 0; j < 4; j++)
                z[(i + j) * LAW_LANES + l] = from[l * stride + i + j];
}

/* fields = L z; g and g' of them; Delta = phi - y. paper.md eq:sgd */
LAW_INLINE void law_forward(struct law_group *s, double *restrict Delta)
{
    const struct ov_problem *p = s->p;
    size_t K = s->K, M = s->M;
    const double *z = s->z;
    double *x = s->x;
    memset(x, 0, s->P * LAW_LANES * sizeof *x);
    for (size_t m = 0; m < M; m++)
        law_dot(x + m * LAW_LANES, s->LT + ov_sym_size(m) * LAW_LANES, z, m + 1);
    for (size_t k = 0; k < K; k++) {
        double *lambda = x + (M + k) * LAW_LANES;
        law_dot(lambda, s->LR + k * M * LAW_LANES, z, M);
        law_dot(lambda, s->LQ + ov_sym_size(k) * LAW_LANES, z + M * LAW_LANES, k + 1);
    }
    law_g(s->g, x, M * LAW_LANES, p->g_star);
    law_g(s->g + M * LAW_LANES, x + M * LAW_LANES, K * LAW_LANES, p->g);
    law_dg(s->dg, x + M * LAW_LANES, K * LAW_LANES, p->g);
    double y[LAW_LANES] = {0.0}, phi[LAW_LANES] = {0.0};
    law_dot(phi, s->v, s->g + M * LAW_LANES, K);
    law_dot(y, s->v_star, s->g, M);
    const double *zeta = z + (s->P + LAW_CHI_NORMALS) * LAW_LANES;
    if (p->sigma > 0.0)
        FOR_LANES(l)
        {
            y[l] += p->sigma * zeta[l];
        }
    if (p->labels.sign)
        ov_law_group_signs(s, y);
    FOR_LANES(l)
    {
        Delta[l] = phi[l] - y[l];
    }
}

/* r2 ~ chi^2_{N-P} of each lane. */
LAW_INLINE void law_radius(const struct law_group *s, double *restrict r2)
{
    const struct law_chi chi = s->chi;
    const double *restrict n = s->z + s->P * LAW_LANES;
    double doubt[LAW_LANES], any = -INFINITY;
    for (size_t l = 0; l < LAW_LANES; l++) {
        double x = n[l], y1 = n[LAW_LANES + l], y2 = n[2 * LAW_LANES + l], t = 1.0 + chi.c * x;
        r2[l] = 2.0 * chi.d * (t * t * t);
        doubt[l] = chi.squeeze * ((x * x) * (x * x)) - 0.5 * (y1 * y1 + y2 * y2);
    }
    for (size_t l = 0; l < LAW_LANES; l++)
        any = any > doubt[l] ? any : doubt[l];
    for (size_t l = 0; any > 0.0 && l < s->n_run; l++) {
        double own[LAW_CHI_NORMALS] = {n[l], n[LAW_LANES + l], n[2 * LAW_LANES + l]};
        if (doubt[l] > 0.0)
            r2[l] = ov_law_chi_carefully(&s->chi, s->key[l], s->step, own);
    }
}

/* e_k = -(eta_w/N) v_k g'(lambda_k) Delta, the decay of w, and the step of v. Both from the values
 * before the step; a decay is taken off rather than multiplied by 1 - decay/N, which rounds. */
LAW_INLINE void law_push(struct law_group *s, const double *restrict Delta)
{
    const struct ov_problem *p = s->p;
    double N = (double)p->N, scale = ov_problem_scale(p, s->step);
    double rate_w = scale * p->eta_w / N, rate_v = scale * p->eta_v / N;
    double fade_w = p->decay_w / N, fade_v = p->decay_v / N;
    for (size_t k = 0; k < s->K; k++) {
        double *restrict e = s->e + k * LAW_LANES, *restrict v = s->v + k * LAW_LANES;
        const double *restrict dg = s->dg + k * LAW_LANES;
        const double *restrict g = s->g + (s->M + k) * LAW_LANES;
        FOR_LANES(l)
        {
            e[l] = -rate_w * v[l] * dg[l] * Delta[l];
        }
        if (p->eta_v > 0.0)
            FOR_LANES(l)
            {
                v[l] = v[l] - fade_v * v[l] - rate_v * g[l] * Delta[l];
            }
    }
    if (p->decay_w > 0.0) {
        size_t n = (s->K * s->M + ov_sym_size(s->K)) * LAW_LANES; /* LQ stands behind LR */
        double *restrict row = s->LR;
        for (size_t i = 0; i < n; i++)
            row[i] -= fade_w * row[i];
    }
}

/* The rotations of direction M + j with the new one, j = K-1 … 0, that bring the input's part
 * beyond the teacher's directions, (z_M … z_P-1, r), into the new direction: angles of the order
 * of 1/sqrt N. Its length then stands in length[0]. */
LAW_INLINE void law_turn_input(struct law_group *s, const double *restrict r2)
{
    size_t K = s->K;
    double sum[LAW_LANES];
    double *restrict length = s->length;
    memcpy(sum, r2, sizeof sum);
    FOR_LANES(l)
    {
        length[K * LAW_LANES + l] = sqrt(sum[l]);
    }
    for (size_t j = K; j-- > 0;) {
        const double *restrict z = s->z + (s->M + j) * LAW_LANES;
        double *restrict to = length + j * LAW_LANES;
        FOR_LANES(l)
        {
            sum[l] += z[l] * z[l];
            to[l] = sqrt(sum[l]);
        }
    }
    for (size_t j = 0; j < K; j++) {
        const double *restrict z = s->z + (s->M + j) * LAW_LANES;
        const double *restrict from = length + (j + 1) * LAW_LANES;
        const double *restrict to = length + j * LAW_LANES;
        double *restrict t = s->versin_z + j * LAW_LANES, *restrict sine = s->sin_z + j * LAW_LANES;
        FOR_LANES(l)
        {
            double safe = to[l] > 0.0 ? to[l] : 1.0;
            sine[l] = -z[l] / safe;
            t[l] = -sine[l] * (z[l] / (safe + from[l]));
        }
    }
}

/* The rotation that takes f into d: (d, f) <- (sqrt(d^2 + f^2), 0). */
LAW_INLINE void law_turn_row(double *restrict d, const double *restrict f, double *restrict t,
                             double *restrict sine)
{
    FOR_LANES(l)
    {
        double square = d[l] * d[l] + f[l] * f[l];
        int any = square > 0x1p-900; /* what is smaller, 1e-135, is nothing */
        double root = any ? sqrt(square) : 1.0, b = any ? f[l] : 0.0;
        double more = b * (b / (root + d[l])); /* root - d */
        sine[l] = b / root;
        t[l] = more / root;
        d[l] += more;
    }
}

/* Row k gets e_k z, and e_k r in the new direction; then L is made lower triangular again, row by
 * row: (1) the input's rotations, after which the new direction has all of it beyond the teacher's,
 * (2) e_k times its length, (3) the rotations that rows above made, and one of the row's own. */
LAW_INLINE void law_turn(struct law_group *s)
{
    size_t K = s->K, M = s->M;
    for (size_t k = 0; k < K; k++) {
        const double *e = s->e + k * LAW_LANES;
        double *R = s->LR + k * M * LAW_LANES, *Q = s->LQ + ov_sym_size(k) * LAW_LANES;
        double f[LAW_LANES] = {0.0};
        for (size_t m = 0; m < M; m++)
            law_add_product(R + m * LAW_LANES, e, s->z + m * LAW_LANES);
        for (size_t j = k + 1; j-- > 0;)
            law_rotate(Q + j * LAW_LANES, f, s->versin_z + j * LAW_LANES, s->sin_z + j * LAW_LANES);
        law_add_product(f, e, s->length);
        for (size_t j = 0; j < k; j++)
            law_rotate(Q + j * LAW_LANES, f, s->versin_f + j * LAW_LANES, s->sin_f + j * LAW_LANES);
        law_turn_row(Q + k * LAW_LANES, f, s->versin_f + k * LAW_LANES, s->sin_f + k * LAW_LANES);
    }
}

/* Makes up to n steps, whose normals have been drawn; stops after one to look at. */
LAW_INLINE uint64_t law_steps(struct law_group *s, uint64_t n, bool *alarm)
{
    *alarm = false;
    for (uint64_t i = 0; i < n; i++) {
        double Delta[LAW_LANES], r2[LAW_LANES];
        int64_t large = 0;
        law_gather(s);
        law_forward(s, Delta);
        law_radius(s, r2);
        law_push(s, Delta);
        law_turn_input(s, r2);
        law_turn(s);
        s->step++;
        FOR_LANES(l)
        {
            large += !(fabs(Delta[l]) < LAW_ERROR_TO_LOOK_AT);
        } /* NaN as well */
        if (large) {
            *alarm = true;
            return i + 1;
        }
    }
    return n;
}

#endif
