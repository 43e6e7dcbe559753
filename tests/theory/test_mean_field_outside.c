/* SPDX-License-Identifier: MIT
 *
 * What particles have outside of the teacher's subspace: pairs written out, steps of SGD, random
 * matrices.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/sym.h"
#include "overlap/theory/mean_field.h"
#include "particles.h"
#include "test.h"

/* Overlaps outside of the subspace written out, unit by unit and pair by pair. */
START_TEST(what_is_outside)
{
    gsl_rng *r = ov_test_rng(149);
    struct ov_mean_field_problem o = {OV_ACT_QUADRATIC, P, K, D, 1.0, 0.0};
    struct ov_mean_field *f = create(&o);
    double *y = random_state(&o, r), U[D * K], q[P], pairs, open, all = 0.0, expect = 0.0;
    draw_frame(U, y + P * (K + 1), r);
    ov_mean_field_outside(q, &pairs, &open, f, y);
    for (size_t j = 0; j < P; j++)
        for (size_t l = 0; l < P; l++) {
            double C = 0.0, inside = 0.0, own = y[P * K + j], random = own * y[P * K + l] / (D - K);
            for (size_t s = 0; s < K; s++)
                inside += y[j * K + s] * y[l * K + s];
            for (size_t i = K; i < D; i++) {
                double w_j = 0.0, w_l = 0.0;
                for (size_t s = 0; s < K; s++) {
                    w_j += U[i * K + s] * y[j * K + s];
                    w_l += U[i * K + s] * y[l * K + s];
                }
                C += w_j * w_l;
            }
            if (l == j)
                ck_agree(own + C, q[j], 1e-12, 0.0);
            else
                all += 0.5 * (C * C + random);
            expect += (4.0 * inside * C + 2.0 * (C * C + random)) / (P * P);
        }
    ck_agree(all, pairs, 1e-11, 0.0);
    ck_agree(expect, open, 1e-11, 0.0);
    ov_mean_field_free(f);
    free(y);
    gsl_rng_free(r);
}
END_TEST

/* Erf: over random directions of the own parts, drawn in d dimensions, up to (d - k)^-2; a unit
 * with itself as two that have the same place. */
START_TEST(what_erf_has_outside)
{
    gsl_rng *r = ov_test_rng(151);
    enum { UNITS = 60, TIMES = 40 };
    struct ov_mean_field_problem o = {OV_ACT_ERF, UNITS, 2, 42, 0.0, 0.0};
    struct ov_mean_field *f = create(&o);
    double *y = random_state(&o, r), q[UNITS], pairs, open, drawn = 0.0, w[2][UNITS][40];
    for (size_t i = 0; i < 2 * UNITS; i++) /* units that have learnt: else the mean is zero */
        y[i] += 0.8;
    ov_mean_field_outside(q, &pairs, &open, f, y);
    for (size_t n = 0; n < TIMES; n++) {
        for (size_t j = 0; j < 2 * UNITS; j++) {
            gsl_ran_dir_nd(r, 40, w[j / UNITS][j % UNITS]);
            for (size_t i = 0; i < 40; i++)
                w[j / UNITS][j % UNITS][i] *= sqrt(y[2 * UNITS + j % UNITS]);
        }
        for (size_t j = 0; j < UNITS; j++)
            for (size_t l = 0; l < UNITS; l++) {
                const double *a = y + 2 * j, *b = y + 2 * l;
                double inside = a[0] * b[0] + a[1] * b[1], C = 0.0;
                for (size_t i = 0; i < 40; i++)
                    C += w[0][j][i] * w[1][l][i];
                double norm = sqrt((1.0 + a[0] * a[0] + a[1] * a[1] + y[2 * UNITS + j]) *
                                   (1.0 + b[0] * b[0] + b[1] * b[1] + y[2 * UNITS + l]));
                double both = 0.5 * (asin((inside + C) / norm) + asin((inside - C) / norm));
                drawn += 2.0 / M_PI * (both - asin(inside / norm)) / (UNITS * UNITS * TIMES);
            }
    }
    printf("    %.6f, drawn %.6f\n", open, drawn);
    ck_agree(drawn, open, 0.03, 0.0);
    ov_mean_field_free(f);
    free(y);
    gsl_rng_free(r);
}
END_TEST

/* One step of SGD from weights with random own parts, many times over: the mean square of what it
 * changes two units' overlap outside by, in units of q_j q_l/(d - k), is dr (a step is gamma/(p d)
 * in t). Left out is what units' overlaps change in it, of order 1/p and 1/d. */
START_TEST(steps_change_overlaps_outside_at_random)
{
    enum { UNITS = 100, N = 200, STEPS = 4000 };
    gsl_rng *r = ov_test_rng(157);
    struct ov_mean_field_problem o = {OV_ACT_QUADRATIC, UNITS, 2, N, 1.0, 4.0};
    struct ov_mean_field *f = create(&o);
    size_t at = UNITS * 3 + ov_sym_size(2);
    double *y = random_state(&o, r), *dy = calloc(ov_mean_field_size(&o), sizeof *dy);
    double *w = calloc(UNITS * N, sizeof *w), sum = 0.0; /* |w|^2/d is a squared length */
    for (size_t j = 0; j < UNITS; j++) {
        gsl_ran_dir_nd(r, N - 2, w + j * N + 2);
        for (size_t i = 0; i < N; i++)
            w[j * N + i] = sqrt(N) * (i < 2 ? y[2 * j + i] : w[j * N + i] * sqrt(y[2 * UNITS + j]));
    }
    ov_mean_field_rhs(dy, f, y);
    for (size_t step = 0; step < STEPS; step++) {
        double x[N], lambda[UNITS], outside[UNITS], Delta = -o.sigma * gsl_ran_ugaussian(r);
        for (size_t i = 0; i < N; i++)
            x[i] = gsl_ran_ugaussian(r);
        Delta -= 0.5 * (x[0] * x[0] + x[1] * x[1]);
        for (size_t j = 0; j < UNITS; j++) {
            outside[j] = 0.0;
            for (size_t i = 2; i < N; i++)
                outside[j] += w[j * N + i] * x[i] / sqrt(N);
            lambda[j] = outside[j] + y[2 * j] * x[0] + y[2 * j + 1] * x[1];
            Delta += lambda[j] * lambda[j] / UNITS;
        }
        for (size_t j = 0; j < UNITS; j++)
            for (size_t l = 0; l < j;
                 l++) { /* own parts: the kick of what lies outside of lambda */
                double change = -2.0 * o.gamma / UNITS / N * Delta * 2.0 * outside[j] * outside[l];
                sum += change * change / (y[2 * UNITS + j] * y[2 * UNITS + l]);
            }
    }
    double mean = sum / STEPS / (UNITS * (UNITS - 1) / 2.0) * (N - 2);
    printf("    %.4g a step, drawn %.4g\n", dy[at] * o.gamma / (UNITS * N), mean);
    ck_agree(mean, dy[at] * o.gamma / (UNITS * N), 0.15, 0.0);
    ov_mean_field_free(f);
    free(y);
    free(dy);
    free(w);
    gsl_rng_free(r);
}
END_TEST

/* Gradient flow of own parts with covariance C, dC = (..) C - 8 C C: what it makes of d tr CC/(tr
 * C)^2 = 1 + r where C is W W', W a product of random matrices near 1. Of matrices of finite size
 * to 1/N. */
START_TEST(own_parts_become_alike_again)
{
    enum { N = 60, FACTORS = 60 };
    gsl_rng *r = ov_test_rng(163);
    struct ov_mean_field_problem o = {OV_ACT_QUADRATIC, 1, 1, N + 1, 0.0, 0.0};
    struct ov_mean_field *f = create(&o);
    static double W[N][N], C[N][N], CC[N][N];
    double trace[4] = {0.0}, y[4] = {0.0}, dy[4];
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            W[i][j] = i == j;
    for (size_t n = 0; n < FACTORS; n++) { /* each row by the same factor */
        memcpy(C, W, sizeof C);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++) {
                double g = gsl_ran_gaussian(r, sqrt(0.5 / FACTORS / N));
                for (size_t l = 0; l < N; l++)
                    W[l][j] += g * C[l][i];
            }
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            C[i][j] = 0.0;
            for (size_t n = 0; n < N; n++)
                C[i][j] += W[i][n] * W[j][n] / N;
        }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            CC[i][j] = 0.0;
            for (size_t n = 0; n < N; n++)
                CC[i][j] += C[i][n] * C[n][j];
            trace[2] += C[i][j] * C[i][j];
        }
    for (size_t i = 0; i < N; i++) {
        trace[1] += C[i][i];
        for (size_t j = 0; j < N; j++)
            trace[3] += CC[i][j] * C[j][i];
    }
    double more = N * trace[2] / (trace[1] * trace[1]) - 1.0;
    y[1] = trace[1]; /* one particle that stands for all */
    y[3] = more;
    ov_mean_field_rhs(dy, f, y);
    double expect = 16.0 * (1.0 + more) * (trace[2] / trace[1] - trace[3] / trace[2]);
    printf("    r = %.3f: %.4f, of the matrix %.4f\n", more, dy[3], expect);
    ck_assert(more > 0.3);
    ck_agree(expect, dy[3], 0.15, 0.0);
    ov_mean_field_free(f);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, what_is_outside);
    OV_TEST(s, what_erf_has_outside);
    OV_TEST(s, steps_change_overlaps_outside_at_random);
    OV_TEST(s, own_parts_become_alike_again);
}

OV_TEST_MAIN("theory/mean_field_outside");
