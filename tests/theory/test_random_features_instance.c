/* SPDX-License-Identifier: MIT
 *
 * The theory of drawn features: against the recursion of the full covariance, which knows no
 * eigenvectors, and against what the end must be.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_rng.h>

#include "overlap/theory/random_features.h"
#include "overlap/theory/solve.h"
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

/* F w = b by Cholesky. */
static void best(double *w, const struct ov_rf_instance *x)
{
    gsl_matrix *A = gsl_matrix_alloc(x->K, x->K);
    memcpy(A->data, x->F, x->K * x->K * sizeof(double));
    gsl_vector_const_view b = gsl_vector_const_view_array(x->b, x->K);
    gsl_vector_view out = gsl_vector_view_array(w, x->K);
    ck_assert_int_eq(gsl_linalg_cholesky_decomp1(A), 0);
    ck_assert_int_eq(gsl_linalg_cholesky_solve(A, &b.vector, &out.vector), 0);
    gsl_matrix_free(A);
}

/* ---- the recursion of C = <(w - w*)(w - w*)'> for Gaussian features, as matrices ---- */

enum { K_MAX = 24 };

struct full {
    const struct ov_rf_instance *x;
    double gamma, sigma2, R, C[K_MAX * K_MAX];
};

static double full_error(const struct full *f, const double *C)
{
    double E = f->R;
    for (size_t i = 0; i < f->x->K * f->x->K; i++)
        E += f->x->F[i] * C[i];
    return E;
}

/* FC + CF and FCF. */
static void products(double *twice, double *thrice, const double *C, const double *F, size_t K)
{
    static double FC[K_MAX * K_MAX];
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            FC[i * K + j] = 0.0;
            for (size_t k = 0; k < K; k++)
                FC[i * K + j] += F[i * K + k] * C[k * K + j];
        }
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            twice[i * K + j] = FC[i * K + j] + FC[j * K + i];
            thrice[i * K + j] = 0.0;
            for (size_t k = 0; k < K; k++)
                thrice[i * K + j] += FC[i * K + k] * F[k * K + j];
        }
}

static void full_start(struct full *f, const struct ov_rf_problem *p,
                       const struct ov_rf_instance *x)
{
    double w[K_MAX];
    size_t K = x->K;
    best(w, x);
    f->x = x;
    f->gamma = p->eta / (double)K;
    f->sigma2 = p->sigma * p->sigma;
    f->R = 2.0 * ov_rf_eps_g(x, w);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++)
            f->C[i * K + j] = (x->w0[i] - w[i]) * (x->w0[j] - w[j]);
}

static void full_step(struct full *f)
{
    static double twice[K_MAX * K_MAX], thrice[K_MAX * K_MAX];
    size_t K = f->x->K;
    double E = full_error(f, f->C), gamma = f->gamma;
    products(twice, thrice, f->C, f->x->F, K);
    for (size_t i = 0; i < K * K; i++)
        f->C[i] +=
            -gamma * twice[i] + gamma * gamma * ((E + f->sigma2) * f->x->F[i] + 2.0 * thrice[i]);
}

START_TEST(steps_are_those_of_the_full_recursion)
{
    struct ov_rf_problem p = problem("erf", 15, K_MAX, 2.5);
    struct ov_rf_instance x = instance(&p, 11);
    struct full f;
    full_start(&f, &p, &x);
    double t[5] = {0.0, 1.0 / K_MAX, 0.5, 4.0, 30.0}, eps_g[5];
    ck_ok(ov_rf_instance_curve(eps_g, NULL, &p, &x, OV_RF_STEPS, t, 5, NULL));
    for (size_t i = 0, step = 0; i < 5; i++) {
        for (; step < (size_t)lround(t[i] * K_MAX); step++)
            full_step(&f);
        ck_agree(0.5 * full_error(&f, f.C), eps_g[i], 1e-10, 0);
    }
    /* between two steps, linearly: from the start too */
    double between[2] = {0.25 / K_MAX, 30.0 + 0.25 / K_MAX}, at[2];
    ck_ok(ov_rf_instance_curve(at, NULL, &p, &x, OV_RF_STEPS, between, 2, NULL));
    ck_agree(0.75 * eps_g[0] + 0.25 * eps_g[1], at[0], 1e-13, 0);
    full_step(&f);
    ck_agree(0.75 * eps_g[4] + 0.25 * 0.5 * full_error(&f, f.C), at[1], 1e-10, 0);
    ov_rf_instance_free(&x);
}
END_TEST

static int full_rhs(double *dC, const double *C, void *ctx)
{
    static double thrice[K_MAX * K_MAX];
    const struct full *f = ctx;
    size_t K = f->x->K;
    double eta = f->gamma * (double)K, E = full_error(f, C);
    products(dC, thrice, C, f->x->F, K);
    for (size_t i = 0; i < K * K; i++)
        dC[i] = -eta * dC[i] + eta * f->gamma * (E + f->sigma2) * f->x->F[i];
    return 0;
}

START_TEST(continuous_time_is_that_of_the_full_equation)
{
    struct ov_rf_problem p = problem("tanh", 15, K_MAX, 1.5);
    struct ov_rf_instance x = instance(&p, 12);
    struct full f;
    full_start(&f, &p, &x);
    double t[4] = {0.0, 0.3, 2.0, 20.0}, eps_g[4];
    double *path = calloc(4 * K_MAX * K_MAX, sizeof *path);
    struct ov_ode ode = {.n = K_MAX * K_MAX, .rhs = full_rhs, .ctx = &f};
    struct ov_solve_options opt = {.method = OV_RK8PD, .rtol = 1e-11, .atol = 1e-14};
    ck_ok(ov_solve(path, &ode, f.C, t, 4, &opt, NULL, NULL, NULL));
    ck_ok(ov_rf_instance_curve(eps_g, NULL, &p, &x, OV_RF_CONTINUOUS, t, 4, NULL));
    for (size_t i = 0; i < 4; i++)
        ck_agree(0.5 * full_error(&f, path + i * K_MAX * K_MAX), eps_g[i], 1e-8, 0);
    /* gradient flow: C relaxes alone */
    p.flow = true;
    for (size_t i = 0; i < 4; i++)
        t[i] *= p.eta;
    p.sigma = 0.0;
    ck_ok(ov_rf_instance_curve(eps_g, NULL, &p, &x, OV_RF_STEPS, t, 4, NULL));
    f.gamma = 1e-9 / (double)K_MAX;
    for (size_t i = 0; i < 4; i++)
        t[i] /= 1e-9;
    f.sigma2 = 0.0;
    ck_ok(ov_solve(path, &ode, f.C, t, 4, &opt, NULL, NULL, NULL));
    for (size_t i = 0; i < 4; i++)
        ck_agree(0.5 * full_error(&f, path + i * K_MAX * K_MAX), eps_g[i], 1e-7, 0);
    free(path);
    ov_rf_instance_free(&x);
}
END_TEST

/* ---- relu: the outlier, followed step by step instead of eliminated ---- */

/* F = U lam U' by GSL; mode 0 is the largest. Its feature is constant, sqrt(lam_0), so that
 * delta_0 <- delta_0 - gamma sqrt(lam_0) e with e the whole error. */
static double relu_by_steps(const struct ov_rf_problem *p, const struct ov_rf_instance *x, size_t n)
{
    size_t K = x->K;
    double w[K_MAX], D[K_MAX], gamma = p->eta / (double)K;
    gsl_matrix *A = gsl_matrix_alloc(K, K), *U = gsl_matrix_alloc(K, K);
    gsl_vector *lam = gsl_vector_alloc(K);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(K);
    memcpy(A->data, x->F, K * K * sizeof(double));
    gsl_eigen_symmv(A, lam, U, work);
    gsl_eigen_symmv_sort(lam, U, GSL_EIGEN_SORT_VAL_DESC);
    best(w, x);
    double R = 2.0 * ov_rf_eps_g(x, w), E = R;
    for (size_t i = 0; i < K; i++) {
        double along = 0.0;
        for (size_t k = 0; k < K; k++)
            along += gsl_matrix_get(U, k, i) * (x->w0[k] - w[k]);
        D[i] = along * along;
        E += gsl_vector_get(lam, i) * D[i];
    }
    for (size_t step = 0; step < n; step++) {
        double rest = R, now = E, sigma2 = p->sigma * p->sigma;
        for (size_t i = 1; i < K; i++)
            rest += gsl_vector_get(lam, i) * D[i];
        E = R;
        for (size_t i = 0; i < K; i++) {
            double l = gsl_vector_get(lam, i), q = gamma * l;
            if (i == 0)
                D[0] = (1.0 - q) * (1.0 - q) * D[0] + gamma * q * (rest + sigma2);
            else
                D[i] = (1.0 - 2.0 * q + 2.0 * q * q) * D[i] + gamma * q * (now + sigma2);
            E += l * D[i];
        }
    }
    gsl_eigen_symmv_free(work);
    gsl_matrix_free(A);
    gsl_matrix_free(U);
    gsl_vector_free(lam);
    return 0.5 * E;
}

START_TEST(the_mean_of_relu_features_may_be_eliminated)
{
    struct ov_rf_problem p = problem("relu", 20, K_MAX, 1.0);
    struct ov_rf_instance x = instance(&p, 13);
    struct ov_rf_facts f;
    double t[3] = {0.0, 20.0, 4000.0}, eps_g[3];
    ck_ok(ov_rf_instance_curve(eps_g, &f, &p, &x, OV_RF_STEPS, t, 3, NULL));
    ck_agree(ov_rf_eps_g(&x, x.w0), eps_g[0], 1e-14, 0);
    /* while the error still falls it lags behind by a few steps of K t */
    ck_agree(relu_by_steps(&p, &x, 20 * K_MAX), eps_g[1], 5e-3, 0);
    ck_agree(relu_by_steps(&p, &x, 4000 * K_MAX), eps_g[2], 1e-9, 0);
    ck_agree(f.stationary, eps_g[2], 1e-9, 0);
    /* the mean's share is part of kappa, and of what is stable */
    p.eta = 1.02 * f.eta_max;
    ck_ok(ov_rf_instance_curve(eps_g, &f, &p, &x, OV_RF_STEPS, t, 2, NULL));
    ck_assert(f.growth > 0.0 && f.kappa > 1.0 && isinf(f.stationary));
    p.eta = 0.98 * f.eta_max;
    ck_ok(ov_rf_instance_curve(eps_g, &f, &p, &x, OV_RF_STEPS, t, 2, NULL));
    ck_assert(f.growth < 0.0 && f.kappa < 1.0);
    p.eta = 20.0;
    struct ov_error e = {0};
    ck_assert_int_eq(ov_rf_instance_curve(eps_g, &f, &p, &x, OV_RF_STEPS, t, 2, &e), OV_EDIVERGED);
    ck_assert(isinf(f.growth));
    ck_ok(ov_rf_instance_curve(NULL, &f, &p, &x, OV_RF_STEPS, NULL, 0, NULL));
    ov_rf_instance_free(&x);
}
END_TEST

/* ---- the end ---- */

/* One feature with a mean under gradient flow: E = tau2 - b^2/F + F (w0 - b/F)^2 exp(-2 F t). The
 * mean takes t = 1/(2 F), which is no short time where eta or K is small. */
START_TEST(the_mean_takes_its_time)
{
    struct ov_rf_problem p = problem("relu", 12, 1, 0.0);
    const double t[] = {0.0, 0.1, 1.0, 2.0, 20.0};
    double eps[5];
    p.flow = true;
    struct ov_rf_instance x = instance(&p, 3);
    double F = x.F[0], b = x.b[0], off = x.w0[0] - b / F;
    ck_ok(ov_rf_instance_curve(eps, NULL, &p, &x, OV_RF_CONTINUOUS, t, 5, NULL));
    for (size_t i = 0; i < 5; i++)
        ck_agree(0.5 * (x.tau2 - b * b / F + F * off * off * exp(-2.0 * F * t[i])), eps[i], 1e-12,
                 1e-14);
    ov_rf_instance_free(&x);
    p = problem("relu", 20, K_MAX, 0.02); /* small steps: q = 0.003, 1/q steps are t = 13 */
    x = instance(&p, 13);
    ck_ok(ov_rf_instance_curve(eps, NULL, &p, &x, OV_RF_STEPS, t, 5, NULL));
    ck_agree(relu_by_steps(&p, &x, K_MAX), eps[2], 2e-3, 0);
    ck_agree(relu_by_steps(&p, &x, 20 * K_MAX), eps[4], 2e-3, 0);
    ov_rf_instance_free(&x);
}
END_TEST

START_TEST(long_times_are_stationary)
{
    gsl_rng *r = ov_test_rng(601);
    for (size_t i = 0; i < 12; i++) {
        struct ov_rf_problem p = problem(i % 2 ? "erf" : "tanh", 20, 5 + 3 * i, 1.0);
        double share = 0.05 + 0.85 * gsl_rng_uniform(r);
        struct ov_rf_instance x = instance(&p, gsl_rng_get(r));
        for (int steps = 0; steps < 2; steps++) {
            struct ov_rf_facts f;
            enum ov_rf_time time = steps ? OV_RF_STEPS : OV_RF_CONTINUOUS;
            ck_ok(ov_rf_instance_curve(NULL, &f, &p, &x, time, NULL, 0, NULL));
            p.eta = share * f.eta_max;
            ck_ok(ov_rf_instance_curve(NULL, &f, &p, &x, time, NULL, 0, NULL));
            ck_assert(f.growth < 0.0 && f.kappa < 1.0);
            double late = ceil(40.0 / -f.growth), eps_g, w[64], trace = 0.0;
            ck_ok(ov_rf_instance_curve(&eps_g, NULL, &p, &x, time, &late, 1, NULL));
            ck_agree(f.stationary, eps_g, 1e-9, 0);
            best(w, &x);
            ck_agree(ov_rf_eps_g(&x, w), f.floor, 1e-9, 1e-15);
            for (size_t k = 0; k < x.K; k++)
                trace += x.F[k * x.K + k];
            if (!steps)
                ck_agree(2.0 * (double)x.K / trace, f.eta_max, 1e-10, 0);
            p.eta = f.eta_max;
            ck_ok(ov_rf_instance_curve(NULL, &f, &p, &x, time, NULL, 0, NULL));
            ck_agree(1.0, f.kappa, 1e-9, 0);
            ck_agree(0.0, f.growth, 0, 1e-8);
        }
        ov_rf_instance_free(&x);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(wide_instances_are_the_limit)
{
    struct ov_rf_problem p = problem("erf", 250, 200, 1.5);
    double t[4] = {0.1, 1.0, 10.0, 100.0}, limit[4], mean[4] = {0.0}, eps_g[4];
    p.sphere = true;
    p.v_star = ones;
    ck_ok(ov_rf_limit_curve(limit, &p, t, 4, NULL));
    for (uint64_t key = 0; key < 6; key++) {
        struct ov_rf_instance x = instance(&p, 100 + key);
        ck_ok(ov_rf_instance_curve(eps_g, NULL, &p, &x, OV_RF_CONTINUOUS, t, 4, NULL));
        for (size_t i = 0; i < 4; i++)
            mean[i] += eps_g[i] / 6.0;
        ov_rf_instance_free(&x);
    }
    for (size_t i = 0; i < 4; i++)
        ck_agree(limit[i], mean[i], 0.06, 0);
}
END_TEST

/* More linear features than dimensions: directions that nothing moves along. */
START_TEST(null_directions_do_not_count)
{
    struct ov_rf_problem p = problem("linear", 8, K_MAX, 0.5);
    p.init_std = 0.0;
    struct ov_rf_instance x = instance(&p, 14);
    struct ov_rf_facts f;
    double t[2] = {3.0, 4000.0}, eps_g[2];
    ck_ok(ov_rf_instance_curve(eps_g, &f, &p, &x, OV_RF_CONTINUOUS, t, 2, NULL));
    ck_agree(0.0, f.floor, 0, 1e-13);
    ck_assert(f.growth < -1e-3);
    ck_agree(f.stationary, eps_g[1], 1e-9, 0);
    ov_rf_instance_free(&x);
}
END_TEST

START_TEST(mistakes_are_refused)
{
    struct ov_rf_problem p = problem("erf", 15, 10, 1.0), other = problem("erf", 15, 9, 1.0);
    struct ov_rf_instance x = instance(&p, 16);
    double t = 1.0, late = INFINITY, eps_g;
    ck_assert_int_eq(ov_rf_instance_curve(&eps_g, NULL, &other, &x, OV_RF_STEPS, &t, 1, NULL),
                     OV_EDOM);
    ck_assert_int_eq(ov_rf_instance_curve(&eps_g, NULL, &p, &x, OV_RF_STEPS, &late, 1, NULL),
                     OV_EDOM);
    p.eta = -1.0;
    ck_assert_int_eq(ov_rf_instance_curve(&eps_g, NULL, &p, &x, OV_RF_STEPS, &t, 1, NULL),
                     OV_EUSER);
    ov_rf_instance_free(&x);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, steps_are_those_of_the_full_recursion);
    OV_TEST(s, continuous_time_is_that_of_the_full_equation);
    OV_TEST(s, the_mean_of_relu_features_may_be_eliminated);
    OV_TEST(s, the_mean_takes_its_time);
    OV_TEST(s, long_times_are_stationary);
    OV_TEST(s, wide_instances_are_the_limit);
    OV_TEST(s, null_directions_do_not_count);
    OV_TEST(s, mistakes_are_refused);
}

OV_TEST_MAIN("theory/random_features (instance)");
