/* SPDX-License-Identifier: MIT
 *
 * The simulator of random features against SGD written out.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "overlap/model/start.h"
#include "overlap/num/fmath.h"
#include "overlap/num/normal.h"
#include "random_features_internal.h"
#include "test.h"

static double ones[] = {1.0, 1.0, 1.0, 1.0};

static struct ov_rf_problem problem(size_t N, size_t K, size_t M, const char *g, const char *g_star)
{
    struct ov_rf_problem p = {.N = N, .K = K, .M = M, .eta = 1.5, .sigma = 0.3, .init_std = 0.5};
    p.g = ov_activation_find(g);
    p.g_star = ov_activation_find(g_star);
    p.teacher = OV_TEACHER_RANDOM;
    p.v_star = ones;
    return p;
}

static double *zeros(size_t n)
{
    double *x = calloc(n ? n : 1, sizeof *x);
    ck_assert_ptr_nonnull(x);
    return x;
}

/* ---- against a plain loop ---- */

static double naive_g(const struct ov_activation *g, double x)
{
    switch (g->act) {
    case OV_ACT_ERF:
        return ov_erf(x / sqrt(2.0));
    case OV_ACT_RELU:
        return x > 0.0 ? x : 0.0;
    default:
        return x;
    }
}

static double naive_field(const double *w, const double *x, size_t N)
{
    long double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (long double)w[i] * x[i];
    return (double)(sum / sqrtl((long double)N));
}

/* The last layer after `steps` steps, written as in the header of model/random_features.h. */
static void naive_run(double *w, const struct ov_rf_instance *r, const struct ov_rf_problem *p,
                      uint64_t key, uint64_t steps)
{
    const struct ov_philox input = {key, OV_STREAM_INPUT}, noise = {key, OV_STREAM_NOISE};
    double *x = zeros(p->N), *phi = zeros(p->K);
    memcpy(w, r->w0, p->K * sizeof *w);
    for (uint64_t s = 0; s < steps; s++) {
        double zeta, y = 0.0, f = 0.0;
        ov_normal_fill(x, p->N, &input, s * ov_normal_blocks(p->N));
        ov_normal_fill(&zeta, 1, &noise, s);
        for (size_t m = 0; m < p->M; m++)
            y += p->v_star[m] * naive_g(p->g_star, naive_field(r->w_star + m * p->N, x, p->N));
        y += p->sigma * zeta;
        for (size_t k = 0; k < p->K; k++) {
            phi[k] = naive_g(p->g, naive_field(r->J + k * p->N, x, p->N));
            f += w[k] * phi[k];
        }
        for (size_t k = 0; k < p->K; k++)
            w[k] += p->eta / (double)p->K * (y - f) * phi[k];
    }
    free(x);
    free(phi);
}

static double naive_eps_g(const struct ov_rf_problem *p, uint64_t key, uint64_t steps)
{
    struct ov_rf_instance r;
    double *w = zeros(p->K);
    ck_ok(ov_rf_instance_create(&r, p, key, NULL));
    naive_run(w, &r, p, key, steps);
    double eps_g = ov_rf_eps_g(&r, w);
    free(w);
    ov_rf_instance_free(&r);
    return eps_g;
}

static double eps_g_at(const struct ov_rf_problem *p, uint64_t key, double t)
{
    double row[OV_RF_WIDTH];
    ck_ok(ov_rf_sgd_run(row, p, key, &t, 1, NULL, NULL));
    ck_assert(row[OV_RF_T] == t);
    ck_agree(t * (double)p->K / (double)p->N, row[OV_RF_ALPHA], 1e-14, 0.0);
    return row[OV_RF_EPS_G];
}

START_TEST(every_step_is_the_naive_step)
{
    static const char *const names[] = {"erf", "relu", "linear"};
    static const uint64_t steps[] = {0, 1, 2, 37, 95, 96, 97, 300};
    for (size_t variant = 0; variant < 24; variant++) {
        size_t N = 11 + 7 * variant % 40, K = 1 + 5 * variant % 37, M = 1 + variant % 3;
        struct ov_rf_problem p =
            problem(N, K, M, names[variant % 3], names[(variant + variant / 3) % 3]);
        p.sphere = variant & 1;
        p.sigma = variant & 2 ? 0.3 : 0.0;
        p.init_std = variant & 4 ? 0.5 : 0.0;
        p.eta = p.g->act == OV_ACT_LINEAR ? 0.3 : 0.8;
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            double t = (double)steps[i] / (double)K;
            ck_agree(naive_eps_g(&p, 40 + variant, steps[i]), eps_g_at(&p, 40 + variant, t), 1e-10,
                     1e-12);
        }
    }
}
END_TEST

/* Else the test above is blind. */
START_TEST(the_naive_step_sees_a_wrong_rule)
{
    struct ov_rf_problem p = problem(20, 15, 2, "erf", "erf");
    double right = naive_eps_g(&p, 3, 50), *rule[] = {&p.eta, &p.sigma, &p.init_std};
    for (size_t i = 0; i < 3; i++) {
        double kept = *rule[i];
        *rule[i] *= 1.001;
        ck_assert(!ov_agree(right, naive_eps_g(&p, 3, 50), 1e-6, 0.0));
        *rule[i] = kept;
    }
    ck_assert(!ov_agree(right, naive_eps_g(&p, 4, 50), 1e-6, 0.0));
}
END_TEST

START_TEST(between_two_steps_is_interpolated)
{
    struct ov_rf_problem p = problem(20, 10, 1, "erf", "erf");
    double t[] = {0.5, 0.525, 0.55, 0.575, 0.6}, rows[5][OV_RF_WIDTH];
    ck_ok(ov_rf_sgd_run(rows[0], &p, 7, t, 5, NULL, NULL));
    for (size_t i = 0; i < 5; i++) {
        double between = 0.25 * (double)(i % 4);
        uint64_t step = i < 4 ? 5 : 6;
        double expected = (1.0 - between) * naive_eps_g(&p, 7, step);
        if (between > 0.0)
            expected += between * naive_eps_g(&p, 7, step + 1);
        ck_agree(expected, rows[i][OV_RF_EPS_G], 1e-10, 0.0);
    }
}
END_TEST

/* ---- eps_g against a test set ---- */

START_TEST(eps_g_is_that_of_a_test_set)
{
    enum { TESTS = 40000 };
    gsl_rng *rng = ov_test_rng(11);
    static const char *const names[] = {"erf", "relu"};
    for (size_t variant = 0; variant < 2; variant++) {
        struct ov_rf_problem p = problem(12, 9, 2, names[variant], "erf");
        struct ov_rf_instance r;
        double w[9], x[12], sum = 0.0, sum2 = 0.0;
        ck_ok(ov_rf_instance_create(&r, &p, 5, NULL));
        naive_run(w, &r, &p, 5, 90);
        for (size_t n = 0; n < TESTS; n++) {
            double error = 0.0;
            for (size_t i = 0; i < p.N; i++)
                x[i] = gsl_ran_gaussian_ziggurat(rng, 1.0);
            for (size_t k = 0; k < p.K; k++)
                error += w[k] * naive_g(p.g, naive_field(r.J + k * p.N, x, p.N));
            for (size_t m = 0; m < p.M; m++)
                error -= p.v_star[m] * naive_g(p.g_star, naive_field(r.w_star + m * p.N, x, p.N));
            sum += 0.5 * error * error;
            sum2 += 0.25 * error * error * error * error;
        }
        double mean = sum / TESTS, se = sqrt((sum2 / TESTS - mean * mean) / TESTS);
        ck_agree(mean, eps_g_at(&p, 5, 10.0), 0.0, 4.5 * se);
        ck_assert(se < 0.02 * mean);
        ov_rf_instance_free(&r);
    }
    gsl_rng_free(rng);
}
END_TEST

/* ---- the same bits ---- */

static bool has(enum ov_simd level)
{
    return level <= ov_rf_level();
}

START_TEST(all_levels_give_the_same_bits)
{
    struct ov_rf_problem p = problem(53, 45, 2, "erf", "erf");
    double t[] = {0.0, 1.0, 3.3, 10.0}, first[4][OV_RF_WIDTH], rows[4][OV_RF_WIDTH];
    ck_ok(ov_rf_sgd_run_at(OV_SIMD_BASELINE, first[0], &p, 9, t, 4, NULL, NULL));
    for (enum ov_simd level = OV_SIMD_BASELINE; has(level); level++) {
        ck_ok(ov_rf_sgd_run_at(level, rows[0], &p, 9, t, 4, NULL, NULL));
        ck_assert_mem_eq(first, rows, sizeof rows);
    }
}
END_TEST

/* How many steps are made ahead depends on the last time. */
START_TEST(rows_do_not_depend_on_what_comes_after)
{
    struct ov_rf_problem p = problem(30, 20, 1, "relu", "erf");
    p.eta = 0.5;
    double t[] = {0.05, 1.0, 4.75, 4.8, 4.85, 30.0}, rows[6][OV_RF_WIDTH], row[OV_RF_WIDTH];
    ck_ok(ov_rf_sgd_run(rows[0], &p, 1, t, 6, NULL, NULL));
    for (size_t i = 0; i < 6; i++) {
        ck_ok(ov_rf_sgd_run(row, &p, 1, t + i, 1, NULL, NULL));
        ck_assert_mem_eq(row, rows[i], sizeof row);
    }
}
END_TEST

START_TEST(fields_are_products)
{
    gsl_rng *rng = ov_test_rng(5);
    for (size_t rows = 1; rows <= 31; rows += 3) {
        size_t N = 1 + rows * 3 % 17;
        double *x = zeros(rows * N), *panel = zeros(OV_RF_PANEL * N);
        double *out = zeros(rows * OV_RF_PANEL), *first = zeros(rows * OV_RF_PANEL);
        for (size_t i = 0; i < rows * N; i++)
            x[i] = gsl_ran_gaussian_ziggurat(rng, 1.0);
        for (size_t i = 0; i < OV_RF_PANEL * N; i++)
            panel[i] = gsl_ran_gaussian_ziggurat(rng, 1.0);
        for (enum ov_simd level = OV_SIMD_BASELINE; has(level); level++) {
            ov_rf_kernels[level].fields(out, OV_RF_PANEL, x, rows, N, panel);
            if (level == OV_SIMD_BASELINE)
                memcpy(first, out, rows * OV_RF_PANEL * sizeof *out);
            ck_assert_mem_eq(first, out, rows * OV_RF_PANEL * sizeof *out);
        }
        for (size_t r = 0; r < rows; r++) {
            for (size_t j = 0; j < OV_RF_PANEL; j++) {
                long double sum = 0;
                for (size_t i = 0; i < N; i++)
                    sum += (long double)x[r * N + i] * panel[i * OV_RF_PANEL + j];
                ck_agree((double)sum, out[r * OV_RF_PANEL + j], 0.0, 1e-14 * (double)N);
            }
        }
        free(x);
        free(panel);
        free(out);
        free(first);
    }
    gsl_rng_free(rng);
}
END_TEST

START_TEST(units_are_those_of_the_model)
{
    double x[4 * OV_RF_PANEL], y[4 * OV_RF_PANEL];
    const struct ov_activation *erf_unit = ov_activation_find("erf");
    for (enum ov_simd level = OV_SIMD_BASELINE; has(level); level++) {
        for (size_t i = 0; i < 4 * OV_RF_PANEL; i++)
            y[i] = x[i] = -16.0 + 0.5 * (double)i;
        ov_rf_kernels[level].erf_units(y, 0.3, 4 * OV_RF_PANEL);
        for (size_t i = 0; i < 4 * OV_RF_PANEL; i++)
            ck_assert(y[i] == erf_unit->g(x[i] * 0.3));
    }
}
END_TEST

/* ---- going on after a kill ---- */

struct saved {
    char *bytes;
    size_t n, asked, stop; /* saves at the stop-th time it is asked */
};

static bool due(void *ctx)
{
    struct saved *s = ctx;
    return ++s->asked == s->stop;
}

static void save(void *ctx, const void *bytes, size_t n)
{
    struct saved *s = ctx;
    s->bytes = malloc(n);
    ck_assert_ptr_nonnull(s->bytes);
    memcpy(s->bytes, bytes, n);
    s->n = n;
}

static uint64_t steps_told;

static void tell(void *ctx, uint64_t done, uint64_t total)
{
    (void)total;
    if (ctx && *(uint64_t *)ctx == UINT64_MAX)
        *(uint64_t *)ctx = done; /* where it began */
    steps_told = done;
}

/* Runs from a state; returns the step that the work began at. */
static uint64_t run_from(double *rows, const struct ov_rf_problem *p, uint64_t key, const double *t,
                         size_t n_t, const void *bytes, size_t n)
{
    uint64_t began = UINT64_MAX;
    struct ov_checkpoint c = {.found = bytes, .n_found = n};
    struct ov_tick tick = {.tell = tell, .ctx = &began, .checkpoint = &c};
    ck_ok(ov_rf_sgd_run(rows, p, key, t, n_t, &tick, NULL));
    return began;
}

START_TEST(a_resumed_run_gives_the_same_bytes)
{
    struct ov_rf_problem p = problem(30, 20, 1, "erf", "erf");
    double t[] = {0.0, 1.0, 10.02, 24.01, 50.0, 60.0}, whole[6][OV_RF_WIDTH], rows[6][OV_RF_WIDTH];
    ck_ok(ov_rf_sgd_run(whole[0], &p, 1, t, 6, NULL, NULL));
    for (size_t stop = 1; stop <= 13; stop++) {
        struct saved s = {.stop = stop};
        struct ov_checkpoint c = {.due = due, .save = save, .ctx = &s};
        struct ov_tick tick = {.checkpoint = &c};
        ck_ok(ov_rf_sgd_run(rows[0], &p, 1, t, 6, &tick, NULL));
        ck_assert_mem_eq(whole, rows, sizeof rows);
        ck_assert_ptr_nonnull(s.bytes);
        memset(rows, 0, sizeof rows);
        uint64_t began = run_from(rows[0], &p, 1, t, 6, s.bytes, s.n);
        ck_assert_mem_eq(whole, rows, sizeof rows);
        ck_assert_uint_eq(steps_told, 1200);
        ck_assert_msg(stop == 1 || began > 0, "the state was not used");
        /* of another run, or not whole: ignored */
        ck_assert_uint_eq(run_from(rows[0], &p, 1, t, 6, s.bytes, s.n - 1), 0);
        ck_assert_mem_eq(whole, rows, sizeof rows);
        double other[6][OV_RF_WIDTH];
        ck_assert_uint_eq(run_from(other[0], &p, 2, t, 6, s.bytes, s.n), 0);
        double t2[] = {0.0, 1.0, 10.02, 24.01, 50.05, 60.0};
        ck_assert_uint_eq(run_from(other[0], &p, 1, t2, 6, s.bytes, s.n), 0);
        free(s.bytes);
    }
}
END_TEST

/* ---- what can't be ---- */

START_TEST(divergence_is_named_at_once)
{
    static const double eta[] = {9.0, 100.0, 1e6};
    for (size_t i = 0; i < 3; i++) {
        struct ov_rf_problem p = problem(30, 20, 1, "erf", "erf");
        double t[] = {1.0, 1e9}, rows[2][OV_RF_WIDTH];
        struct ov_error err = {0};
        p.eta = eta[i];
        ck_assert_int_eq(ov_rf_sgd_run(rows[0], &p, 1, t, 2, NULL, &err), OV_EDIVERGED);
        ck_assert_msg(strncmp(err.text, "diverges at t = ", 16) == 0, "%s", err.text);
        ck_assert(isnan(rows[1][OV_RF_EPS_G]) && isnan(rows[1][OV_RF_T]));
        ck_assert((err.diverged_at > 1.0) == isfinite(rows[0][OV_RF_EPS_G]));
        ck_agree(err.diverged_at, strtod(err.text + 16, NULL), 1e-5, 0.0);
    }
}
END_TEST

START_TEST(what_can_not_be_simulated_is_refused)
{
    double row[2 * OV_RF_WIDTH], down[] = {1.0, 0.5}, t = 1.0, nan_t = NAN;
    struct ov_error err = {0};
    struct ov_rf_problem p = problem(30, 20, 1, "erf", "erf");
    ck_assert_int_eq(ov_rf_sgd_run(row, &p, 1, down, 2, NULL, &err), OV_EDOM);
    ck_assert_int_eq(ov_rf_sgd_run(row, &p, 1, &nan_t, 1, NULL, &err), OV_EDOM);
    p.flow = true;
    ck_assert_int_eq(ov_rf_sgd_run(row, &p, 1, &t, 1, NULL, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "gradient flow"));
    p = problem(0, 20, 1, "erf", "erf");
    p.beta = 1.0;
    ck_assert_int_eq(ov_rf_sgd_run(row, &p, 1, &t, 1, NULL, &err), OV_EUSER);
    ck_ok(ov_rf_sgd_run(row,
                        &(struct ov_rf_problem){.N = 30,
                                                .K = 20,
                                                .M = 1,
                                                .eta = 1.0,
                                                .g = ov_activation_find("erf"),
                                                .g_star = ov_activation_find("erf"),
                                                .v_star = ones},
                        1, &t, 0, NULL, &err));
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_step_is_the_naive_step);
    OV_TEST(s, the_naive_step_sees_a_wrong_rule);
    OV_TEST(s, between_two_steps_is_interpolated);
    OV_TEST(s, eps_g_is_that_of_a_test_set);
    OV_TEST(s, all_levels_give_the_same_bits);
    OV_TEST(s, rows_do_not_depend_on_what_comes_after);
    OV_TEST(s, fields_are_products);
    OV_TEST(s, units_are_those_of_the_model);
    OV_TEST(s, a_resumed_run_gives_the_same_bytes);
    OV_TEST(s, divergence_is_named_at_once);
    OV_TEST(s, what_can_not_be_simulated_is_refused);
}

OV_TEST_MAIN("sim/random_features");
