/* SPDX-License-Identifier: MIT
 *
 * What a run of system two-layer allocates: the arrays that grow with N, K and M, after the
 * allocations in src/sim and src/theory. tests/run/test_memory.c holds it against what processes
 * really take.
 */
#include <math.h>

#include "two_layer_internal.h"

/* Inputs that engine `weights` draws ahead (src/sim/weights_fast.c), with room to spare. */
#define INPUTS_AHEAD 9.0
/* Doubles a coordinate of L: eight lanes, in the group and in a saved state. */
#define LANES 8.0

/* Weights that are drawn to take their overlaps, with what that needs besides. */
static double drawn(double N, double K, double M)
{
    return 8.0 * 1.25 * (K + M) * N;
}

static double sym(double n)
{
    return 0.5 * n * (n + 1.0);
}

/* Of images whose covariance is taken: their bytes, 1000 as numbers, the covariance and its
 * eigenvectors, with LAPACK's room and a copy. */
static double images_memory(const struct ov_two_layer *s)
{
    const struct ov_covariance *c = &s->covariance;
    double N = (double)s->problem.N;
    double n = c->kind == OV_COVARIANCE_IMAGES ? (double)c->n : (double)s->data.train.n;
    if (c->kind == OV_COVARIANCE_MANIFOLD) /* F twice, eigenvectors with LAPACK's room */
        return 8.0 * (2.0 * N * (double)c->n + 3.0 * fmin(N, (double)c->n) * fmin(N, (double)c->n) +
                      50.0 * N);
    return c->kind < OV_COVARIANCE_IMAGES ? 0.0 : n * N + 8.0 * N * (1000.0 + 5.0 * N);
}

/* The images, as bytes and, whitened, as floats. */
static double pixels(const struct ov_data *d)
{
    double n = (double)(d->train.n + d->test.n), N = (double)d->train.N, w = (double)d->whitened;
    double whitened = w > 0.0 ? 4.0 * n * w + n * N + 8.0 * (N + w) * (1000.0 + 5.0 * N) : 0.0;
    return n * N + 8.0 * N + whitened;
}

/* The bytes of the images, the order of a training set that is gone through again, and the coloured
 * weights whose overlaps are measured. */
static double inputs_memory(const struct ov_two_layer *s)
{
    const struct ov_data *d = &s->data;
    double N = (double)s->problem.N, units = (double)(s->problem.K + s->problem.M);
    double images = d->inputs.train ? pixels(d) : 0.0;
    bool coloured = ov_sgd_has_covariance(s), rates = s->covariance.whiten || s->covariance.rate;
    double each = ov_covariance_exact(&s->covariance, s->problem.N) == s->problem.N ? 6.0 : 0.0;
    double variances = coloured ? units + 6.0 + each + (rates ? units : 0.0) : 0.0;
    return images + 4.0 * (double)d->inputs.samples + 8.0 * variances * N + images_memory(s);
}

/* Both layers' weights, inputs ahead or a batch and what each of it pushes by, four more for
 * errors, a state that is being saved (its bytes and its file), and in each of these three what is
 * kept. */
static double weights_memory(const struct ov_two_layer *s)
{
    double N = (double)s->problem.N, K = (double)s->problem.K, M = (double)s->problem.M;
    double batch = s->problem.batch > 1 ? (double)s->problem.batch + 3.0 : 0.0;
    double velocity = s->problem.momentum > 0.0 ? 3.0 * K : 0.0; /* saved, too */
    double rows = velocity + K + M + 1.0 + INPUTS_AHEAD + 4.0 + batch + 2.0 * K;
    return 8.0 * (rows * (N + 64.0) + batch * K + 3.0 * ov_kept_numbers(s)) + inputs_memory(s);
}

/* L, fields and normals of a group; drawn weights are there while it starts. */
static double law_memory(double N, double K, double M, bool random)
{
    double P = K + M;
    double group = LANES * (3.0 * sym(P) + 16.0 * P + 2.0 * 512.0);
    return 8.0 * (group + 2.0 * P * P) + (random ? drawn(N, K, M) : 0.0);
}

/* A block's own L, in eight lanes, and variances and weights by directions. */
static double law_blocks(const struct ov_two_layer *s)
{
    double P = (double)(s->problem.K + s->problem.M), N = (double)s->problem.N;
    if (!ov_sgd_has_covariance(s))
        return 0.0;
    double L = (double)ov_covariance_exact(&s->covariance, s->problem.N);
    return 8.0 * (L * LANES * (3.0 * sym(P) + 8.0 * P) + (2.0 * P + 4.0) * N) + images_memory(s);
}

/* What theory in blocks has besides: blocks of the Jacobian, its part of low rank, members of signed
 * blocks or Lanczos' vectors, and drawn weights by directions. */
static double blocks_memory(const struct ov_two_layer *s)
{
    double K = (double)s->problem.K, M = (double)s->problem.M, P = K + M, N = (double)s->problem.N;
    double L = (double)ov_covariance_blocks(s);
    double own = sym(K) + K * M, n = L * own + K, rank = K * P + sym(K) + K;
    double solver = 100.0 * n + 3.0 * L * own * own + 4.0 * n * rank + 3.0 * rank * rank;
    bool measured = ov_start_is_measured(s);
    bool reduced = L != (double)ov_covariance_exact(&s->covariance, s->problem.N);
    return 8.0 * (solver + ((reduced ? L : 0.0) + 6.0) * N + (measured ? 2.0 * P * N : 0.0)) +
           images_memory(s);
}

static double theory_memory(const struct ov_two_layer *s)
{
    double K = (double)s->problem.K, M = (double)s->problem.M, P = K + M, D = sym(P);
    double n = (double)ov_overlaps_moving(s->problem.K, s->problem.M);
    bool closed = s->problem.g->act <= OV_ACT_ERF && s->problem.g_star->act <= OV_ACT_ERF;
    bool matrices = s->solve.method == OV_MSBDF && n <= 2000.0; /* theory/solve.h */
    double path = (matrices ? 3.0 * n * n : 0.0) + 100.0 * n;   /* Jacobian, its factors; vectors */
    double averages = 3.0 * P * P + (K + 4.0) * D + 64.0 * (P + D);
    double slopes = closed && matrices ? (K * P + sym(K)) * (D + P) : 3.0 * n;
    double spread = s->extras.fluctuations ? 40.0 * n * n : 0.0; /* covariances at several times */
    double blocks = ov_theory_has_blocks(s) ? blocks_memory(s) : 0.0;
    return 8.0 * (path + averages + slopes + spread) + blocks;
}

double ov_two_layer_memory(const struct ov_two_layer *s, enum ov_side side)
{
    const struct ov_problem *p = &s->problem;
    double N = (double)p->N, K = (double)p->K, M = (double)p->M;
    bool random =
        p->start == OV_START_RANDOM || p->teacher == OV_TEACHER_RANDOM || p->w || p->w_star;
    if (side == OV_SGD)
        return ov_engines[s->engine].draws_weights ? weights_memory(s)
                                                   : law_memory(N, K, M, random) + law_blocks(s);
    return theory_memory(s) + (random ? drawn(N, K, M) : 0.0);
}
