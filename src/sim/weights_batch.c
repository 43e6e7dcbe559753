/* SPDX-License-Identifier: MIT
 *
 * The fast way to make a step with several inputs, with the bits of weights_plain.c: the fields of
 * student and teacher under four inputs at once, then one pass through the student's weights for
 * each input.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weights_internal.h"

enum { FOUR = OV_WEIGHTS_BATCH };

struct ov_weights_batch {
    const struct ov_weights_kernels *kernel;
    size_t row;             /* from one input to the next */
    double *block;          /* owned; everything below stands in it */
    double *x;              /* (batch in whole fours, row) */
    double *push;           /* (batch in whole fours, K) */
    double *student_sums;   /* (K,FOUR,8) */
    double *teacher_sums;   /* (M,FOUR,8) */
    double *field, *g, *dg; /* (FOUR, the larger of K and M) rounded up to eights */
};

void ov_weights_batch_free(struct ov_weights_batch *b)
{
    if (b)
        free(b->block);
    free(b);
}

struct ov_weights_batch *ov_weights_batch_create(const struct ov_problem *p, enum ov_simd level)
{
    size_t K = p->K, M = p->M, row = ov_weights_eights(p->N);
    size_t inputs = (p->batch + FOUR - 1) / FOUR * FOUR, sums = 8 * FOUR;
    size_t fields = ov_weights_eights(FOUR * (K > M ? K : M));
    struct ov_weights_batch *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->kernel = &ov_weights_kernels[level];
    b->row = row;
    b->block = calloc(inputs * (row + K) + sums * (K + M) + 3 * fields + 8, sizeof *b->block);
    if (!b->block) {
        ov_weights_batch_free(b);
        return NULL;
    }
    b->x = ov_weights_aligned(b->block);
    b->student_sums = b->x + inputs * row;
    b->teacher_sums = b->student_sums + sums * K;
    b->field = b->teacher_sums + sums * M;
    b->g = b->field + fields;
    b->dg = b->g + fields;
    b->push = b->dg + fields;
    return b;
}

/* g, and g' unless dg is NULL, of n units under four inputs, (FOUR,n). */
static void units_of(struct ov_weights_state *r, double *sums, const double *w, size_t n,
                     const struct ov_activation *act, bool slopes, const double *const x[FOUR])
{
    struct ov_weights_batch *b = r->together;
    size_t N = r->p->N;
    double root_N = sqrt((double)N);
    memset(sums, 0, 8 * FOUR * n * sizeof *sums);
    b->kernel->teach(sums, w, n, N, x, N);
    for (size_t c = 0; c < FOUR; c++)
        for (size_t k = 0; k < n; k++)
            b->field[c * n + k] = ov_weights_total(sums + 8 * (k * FOUR + c)) / root_N;
    ov_weights_units(b->kernel, act, b->g, slopes ? b->dg : NULL, b->field, FOUR * n);
}

/* Labels, without noise, of four inputs. */
static void labels_of(double y[FOUR], struct ov_weights_state *r, const double *const x[FOUR])
{
    const struct ov_problem *p = r->p;
    units_of(r, r->together->teacher_sums, r->w_star, p->M, p->g_star, false, x);
    for (size_t c = 0; c < FOUR; c++) {
        y[c] = 0.0;
        for (size_t m = 0; m < p->M; m++)
            y[c] += p->v_star[m] * r->together->g[c * p->M + m];
    }
}

/* Inputs number first … first + n - 1 of the batch, n <= FOUR: what they push w by and take off v.
 * Returns the worst Delta. */
static double collect(struct ov_weights_state *r, size_t first, size_t n)
{
    const struct ov_problem *p = r->p;
    struct ov_weights_batch *b = r->together;
    double N = (double)p->N, root_N = sqrt(N), B = (double)p->batch, worst = 0.0, y[FOUR];
    double scale = ov_problem_scale(p, r->step);
    double rate_w = scale * p->eta_w / root_N, rate_v = scale * p->eta_v / N;
    const double *x[FOUR];
    uint64_t mu[FOUR];
    for (size_t c = 0; c < FOUR; c++)
        x[c] = b->x + (first + c) * b->row;
    for (size_t c = 0; c < n; c++) {
        mu[c] = ov_weights_sample(r, r->step * p->batch + first + c);
        ov_weights_input(b->x + (first + c) * b->row, r, mu[c], 0, p->N);
    }
    labels_of(y, r, x);
    units_of(r, b->student_sums, r->w, p->K, p->g, true, x);
    for (size_t c = 0; c < n; c++) {
        const double *g = b->g + c * p->K, *dg = b->dg + c * p->K;
        double *push = b->push + (first + c) * p->K, phi = 0.0;
        for (size_t k = 0; k < p->K; k++)
            phi += r->v[k] * g[k];
        if (p->sigma > 0.0)
            y[c] += p->sigma * ov_weights_noise(r, mu[c]);
        if (p->labels.sign)
            y[c] = ov_weights_sign(r, y[c], mu[c]);
        double Delta = phi - y[c];
        worst = ov_weights_worse(worst, Delta);
        for (size_t k = 0; k < p->K; k++) {
            push[k] = -rate_w * r->v[k] * dg[k] * Delta / B;
            r->v_step[k] += rate_v * g[k] * Delta / B;
        }
    }
    return worst;
}

/* Input i of the batch moves w, or its velocity, and with the last one w by that; the sums are not used. */
static void move_w(struct ov_weights_state *r, size_t i, double keep)
{
    const struct ov_problem *p = r->p;
    struct ov_weights_batch *b = r->together;
    const double *x = b->x + i * b->row, *push = b->push + i * p->K, whole = 1.0;
    double first = r->u ? p->momentum : keep;
    b->kernel->move(b->student_sums, r->u ? r->u : r->w, p->K, p->N, i == 0 ? first : 1.0, push, x,
                    x, p->N);
    for (size_t k = 0; r->u && i + 1 == p->batch && k < p->K; k++)
        b->kernel->move(b->student_sums, r->w + k * p->N, 1, p->N, keep, &whole, r->u + k * p->N, x,
                        p->N);
}

/* paper.md eq:batch, the expressions of weights_plain.c */
double ov_weights_step_batch(struct ov_weights_state *r)
{
    const struct ov_problem *p = r->p;
    double N = (double)p->N, worst = 0.0;
    double keep_w = 1.0 - p->decay_w / N, keep_v = 1.0 - p->decay_v / N;
    memset(r->v_step, 0, p->K * sizeof *r->v_step);
    for (size_t i = 0; i < p->batch; i += FOUR)
        worst = ov_weights_worse(worst, collect(r, i, p->batch - i < FOUR ? p->batch - i : FOUR));
    for (size_t i = 0; i < p->batch; i++)
        move_w(r, i, keep_w);
    for (size_t k = 0; k < p->K && p->eta_v > 0.0; k++)
        ov_weights_move_v(r, k, keep_v, r->v_step[k]);
    r->step++;
    return worst;
}
