/* SPDX-License-Identifier: MIT
 *
 * Standard deviations and mean shifts against SGD of finite N (theory/chain.h of the tests).
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/fluctuations.h"
#include "test.h"
#include "theory/chain.h"
#include "theory/networks.h"

#ifndef REPLICAS
#define REPLICAS 1 /* times as many as the cases say */
#endif

enum { NUMBERS = 16 };

/* Moments of eps_g (number 0) and the moving numbers, about theory. */
struct moments {
    size_t n, count;
    double sum[NUMBERS], square[NUMBERS], cube[NUMBERS], fourth[NUMBERS];
};

static void add(struct moments *a, size_t i, double x)
{
    a->sum[i] += x;
    a->square[i] += x * x;
    a->cube[i] += x * x * x;
    a->fourth[i] += x * x * x * x;
}

/* Variance of number i and the standard error of it, from the fourth moment. */
static double variance(double *error, const struct moments *a, size_t i)
{
    double n = (double)a->count, m = a->sum[i] / n, m2 = a->square[i] / n - m * m;
    double m3 = a->cube[i] / n, m4 = a->fourth[i] / n;
    double central = m4 - 4.0 * m * m3 + 6.0 * m * m * a->square[i] / n - 3.0 * m * m * m * m;
    *error = sqrt(fmax(central - m2 * m2, 0.0) / n);
    return m2 * n / (n - 1.0);
}

static struct moments simulate(const struct ov_problem *p, const struct ov_overlaps *start,
                               double alpha, size_t replicas, gsl_rng *r)
{
    struct moments a = {.n = 1 + ov_overlaps_moving(p->K, p->M)};
    double *theory = solved(p, start, &alpha, 1, NULL);
    struct ov_overlaps o;
    struct chain c;
    ck_ok(ov_overlaps_create(&o, p->K, p->M));
    memcpy(o.block, start->block, ov_overlaps_size(p->K, p->M) * sizeof *o.block);
    for (size_t i = 0; i < replicas; i++, a.count++) {
        ck_assert(chain_start(&c, start));
        for (size_t step = 0; step < (size_t)(alpha * (double)p->N); step++)
            chain_step(&c, p, r);
        chain_overlaps(&o, &c);
        add(&a, 0, ov_eps_g(&o, p->g, p->g_star) - theory[1]);
        for (size_t j = 1; j < a.n; j++)
            add(&a, j, o.block[j - 1] - theory[1 + j]);
    }
    free(theory);
    ov_overlaps_free(&o);
    return a;
}

/* The largest deviation of any standard deviation (*sd) and any mean (*bias) from those of a row of
 * theory, in standard errors; theory's own O(1/N) is allowed for: 3/N in a standard deviation
 * (measured for eps_g: 2.2/N), as much of a mean. */
static void deviation(double *sd, double *bias, const struct moments *a, const double *row,
                      size_t N, bool print)
{
    double dimension = (double)N, count = (double)a->count;
    *sd = *bias = 0.0;
    for (size_t i = 0; i < a->n; i++) {
        double width = i == 0 ? row[1] : row[2 + i];
        double shift = i == 0 ? row[2] : row[1 + a->n + i];
        double error, var = variance(&error, a, i);
        if (width == 0.0)
            continue;
        double ratio = sqrt(var * dimension) / width, error_ratio = 0.5 * error / var * ratio;
        double error_mean = sqrt(var / count), off = a->sum[i] / count - shift / dimension;
        double z = fmax(fabs(ratio - 1.0) - 3.0 / dimension, 0.0) / error_ratio;
        double z_mean =
            fmax(fabs(off) - 3.0 * (fabs(shift) + width) / (dimension * dimension), 0.0) /
            error_mean;
        *sd = fmax(*sd, z);
        *bias = fmax(*bias, z_mean);
        if (print && i == 0)
            printf(
                "    eps_g: sd sqrt(N) %.5f, ratio %.3f(%.3f), N shift %.4f(%.4f), theory %.4f\n",
                width, ratio, error_ratio, dimension * a->sum[i] / count, dimension * error_mean,
                shift);
    }
}

struct sample {
    const char *name;
    size_t K, N;
    double alpha, eta_w, eta_v, sigma, decay;
    size_t replicas;
    bool relu;
};

static struct ov_problem problem_of(const struct sample *s)
{
    enum ov_act act = s->relu ? OV_ACT_RELU : OV_ACT_ERF;
    struct ov_problem p = problem(s->K, s->K, act, act);
    p.N = s->N;
    p.eta_w = s->eta_w, p.eta_v = s->eta_v, p.sigma = s->sigma;
    p.decay_w = s->decay, p.decay_v = s->eta_v > 0.0 ? s->decay : 0.0;
    return p;
}

static struct ov_overlaps start_of(size_t K)
{
    struct ov_overlaps o = alike(K, K, 0.2);
    o.R[0] += 0.1;
    return o;
}

START_TEST(chain_agrees)
{
    static const struct sample samples[] = {
        {"erf 1-1", 1, 100, 20.0, 0.5, 0.0, 0.1, 0.0, 800, false},
        {"erf 1-1, both layers, decay", 1, 100, 5.0, 0.5, 0.3, 0.3, 0.2, 2000, false},
        {"erf 1-1, strong decay", 1, 40, 5.0, 0.5, 0.0, 0.1, 1.0, 6000, false},
        {"erf 2-2", 2, 100, 20.0, 0.5, 0.0, 0.1, 0.0, 500, false},
        {"erf 2-2", 2, 400, 5.0, 0.5, 0.0, 0.1, 0.0, 400, false},
        {"erf 2-2, both layers", 2, 100, 10.0, 0.3, 0.2, 0.1, 0.0, 600, false},
        {"erf 2-2, both layers, decay", 2, 400, 3.0, 0.3, 0.2, 0.5, 0.1, 400, false},
        {"relu 1-1", 1, 100, 5.0, 0.3, 0.0, 0.1, 0.0, 1500, true},
        {"relu 2-2, both layers", 2, 200, 3.0, 0.3, 0.2, 0.1, 0.0, 500, true}};
    gsl_rng *r = ov_test_rng(500);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct ov_problem p = problem_of(&samples[i]);
        struct ov_overlaps o = start_of(p.K);
        double row[3 + 2 * NUMBERS], sd, bias;
        ck_ok(
            ov_fluctuations_solve(row, NULL, &p, &o, &samples[i].alpha, 1, NULL, NULL, NULL, NULL));
        struct moments a = simulate(&p, &o, samples[i].alpha, REPLICAS * samples[i].replicas, r);
        deviation(&sd, &bias, &a, row, p.N, true);
        printf("      %s, N = %zu, alpha = %g: worst sd %.2f, mean %.2f standard errors\n",
               samples[i].name, p.N, samples[i].alpha, sd, bias);
        ck_assert_double_lt(sd, 4.0);
        ck_assert_double_lt(bias, 4.0);
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

/* The comparison sees a label noise left out, a learning rate 5% off, the decay's part of the
 * shift. */
START_TEST(chain_disagrees)
{
    static const struct sample sample = {"", 1, 100, 5.0, 0.5, 0.0, 0.5, 0.0, 2000, false};
    static const struct sample decaying = {"", 1, 40, 5.0, 0.5, 0.0, 0.1, 1.0, 6000, false};
    gsl_rng *r = ov_test_rng(501);
    struct ov_problem p = problem_of(&sample), q = problem_of(&decaying);
    struct ov_overlaps o = start_of(1);
    double row[3 + 2 * NUMBERS], sd, bias, alpha = 5.0;
    struct moments a = simulate(&p, &o, alpha, sample.replicas, r);
    ck_ok(ov_fluctuations_solve(row, NULL, &p, &o, &alpha, 1, NULL, NULL, NULL, NULL));
    deviation(&sd, &bias, &a, row, p.N, true);
    ck_assert_double_lt(sd, 4.0);
    p.sigma = 0.0;
    ck_ok(ov_fluctuations_solve(row, NULL, &p, &o, &alpha, 1, NULL, NULL, NULL, NULL));
    deviation(&sd, &bias, &a, row, p.N, true);
    ck_assert_double_gt(sd, 10.0);
    a = simulate(&q, &o, alpha, decaying.replicas, r);
    ck_ok(ov_fluctuations_solve(row, NULL, &q, &o, &alpha, 1, NULL, NULL, NULL, NULL));
    deviation(&sd, &bias, &a, row, q.N, false);
    ck_assert_double_lt(bias, 4.0);
    row[6] -= 0.1; /* N times the shift of Q */
    deviation(&sd, &bias, &a, row, q.N, false);
    ck_assert_double_gt(bias, 4.0);
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

START_TEST(band)
{
    ck_agree(2.0 * 0.3 / sqrt(5.0 * 100.0) + 2.0 * 0.7 / 100.0,
             ov_fluctuations_band(0.3, -0.7, 100, 5, 2.0), 1e-15, 0.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, chain_agrees);
    OV_TEST(s, chain_disagrees);
    OV_TEST(s, band);
}

OV_TEST_MAIN("theory/fluctuations");
