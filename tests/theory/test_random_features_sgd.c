/* SPDX-License-Identifier: MIT
 *
 * The theory of drawn features against SGD itself.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/num/dot.h"
#include "overlap/num/stats.h"
#include "overlap/theory/random_features.h"
#include "test.h"

static double ones[2] = {1.0, 1.0};

static struct ov_rf_problem problem(const char *name, size_t N, size_t K, double eta)
{
    const struct ov_activation *g = ov_activation_find(name);
    return (struct ov_rf_problem){.N = N,
                                  .K = K,
                                  .M = 1,
                                  .g = g,
                                  .g_star = g,
                                  .v_star = ones,
                                  .eta = eta,
                                  .sigma = 0.3,
                                  .init_std = 0.7};
}

static struct ov_rf_instance instance(const struct ov_rf_problem *p, uint64_t key)
{
    struct ov_rf_instance x;
    ck_ok(ov_rf_instance_create(&x, p, key, NULL));
    return x;
}

static void sgd_steps(double *w, const struct ov_rf_problem *p, const struct ov_rf_instance *x,
                      size_t n, gsl_rng *r)
{
    double in[32], phi[32], root_N = sqrt((double)x->N);
    for (size_t step = 0; step < n; step++) {
        for (size_t i = 0; i < x->N; i++)
            in[i] = gsl_ran_gaussian_ziggurat(r, 1.0) / root_N;
        double e = p->g_star->g(ov_dot(x->w_star, in, x->N)) +
                   p->sigma * gsl_ran_gaussian_ziggurat(r, 1.0);
        for (size_t k = 0; k < x->K; k++) {
            phi[k] = p->g->g(ov_dot(x->J + k * x->N, in, x->N));
            e -= w[k] * phi[k];
        }
        for (size_t k = 0; k < x->K; k++)
            w[k] += p->eta / (double)x->K * e * phi[k];
    }
}

/* Features count as Gaussian: at K = 30 and this small kappa = eta/6 the fourth moments that they
 * lack change the noise's share of the error by some per cent of itself. Margin 3 % of eps_g. */
START_TEST(sgd_is_described)
{
    enum { RUNS = 300, TIMES = 3 };
    static double runs[TIMES][RUNS];
    struct ov_rf_problem p = problem("erf", 25, 30, 0.8);
    struct ov_rf_instance x = instance(&p, 15);
    gsl_rng *r = ov_test_rng(602);
    double t[TIMES] = {1.0, 4.0, 20.0}, eps_g[TIMES], w[32];
    for (size_t run = 0; run < RUNS; run++) {
        memcpy(w, x.w0, x.K * sizeof *w);
        for (size_t i = 0; i < TIMES; i++) {
            sgd_steps(w, &p, &x, (size_t)((t[i] - (i > 0 ? t[i - 1] : 0.0)) * 30.0 + 0.5), r);
            runs[i][run] = ov_rf_eps_g(&x, w);
        }
    }
    ck_ok(ov_rf_instance_curve(eps_g, NULL, &p, &x, OV_RF_STEPS, t, TIMES, NULL));
    for (size_t i = 0; i < TIMES; i++) {
        struct ov_mean m = ov_mean_of(runs[i], RUNS);
        ck_agree(eps_g[i], m.mean, 0.03, 4.0 * m.se);
        ck_assert(m.se < 0.02 * m.mean);
    }
    /* and it would notice another rate */
    p.eta *= 3.0;
    ck_ok(ov_rf_instance_curve(eps_g, NULL, &p, &x, OV_RF_STEPS, t, TIMES, NULL));
    struct ov_mean m = ov_mean_of(runs[1], RUNS);
    ck_assert(!ov_agree(eps_g[1], m.mean, 0.03, 4.0 * m.se));
    gsl_rng_free(r);
    ov_rf_instance_free(&x);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, sgd_is_described);
}

OV_TEST_MAIN("theory/random_features (SGD)");
