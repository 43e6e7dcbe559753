/* SPDX-License-Identifier: MIT
 *
 * The equations of motion with learning rates that change, against integrations that know nothing of
 * pieces and of time as a number: Runge and Kutta's fourth order with the rate of each moment.
 */
#include <math.h>
#include <string.h>

#include "online_internal.h"
#include "theory/networks.h"

static double three[] = {1.5, 4.0, 9.25};

/* Each kind of schedule, on problems with one and with two layers that learn. */
static struct ov_schedule kinds[] = {
    {.kind = OV_DECAY_POWER, .exponent = 1.0, .time = 3.0},
    {.kind = OV_DECAY_POWER, .exponent = 0.5, .time = 0.5, .from = 2.5},
    {.kind = OV_DECAY_POWER, .exponent = 2.0, .time = 4.0, .from = 100.0}, /* never begins */
    {.kind = OV_DECAY_STEPS, .factor = 0.5, .at = three, .n_at = 3},
    {.kind = OV_DECAY_STEPS, .factor = 1.5, .at = three + 2, .n_at = 1},
};
enum { KINDS = sizeof kinds / sizeof *kinds, NUMBERS = 32 };

static struct ov_problem some(size_t K, enum ov_act g, double eta_v, size_t kind)
{
    struct ov_problem p = problem(K, 2, g, OV_ACT_ERF);
    p.eta_w = 0.6;
    p.eta_v = eta_v;
    p.sigma = 0.3;
    p.decay_w = 0.01;
    p.schedule = kinds[kind];
    return p;
}

/* y moves from `from` to `to` in n steps, rates as they are at the moment. */
static void runge_kutta(double *y, size_t size, const struct ov_problem *p,
                        const struct ov_overlaps *start, double from, double to, int n)
{
    struct ov_problem now = *p;
    struct ov_online *o;
    now.schedule.kind = OV_DECAY_NONE;
    ck_ok(ov_online_create(&o, &now, start));
    double h = (to - from) / n, f[4][NUMBERS], x[NUMBERS];
    static const double at[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0, 2.0, 2.0, 1.0};
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < 4; j++) {
            double alpha = from + h * (i + at[j]);
            double s = ov_schedule_scale(&p->schedule, j == 3 ? nextafter(alpha, from) : alpha);
            now.eta_w = s * p->eta_w;
            now.eta_v = s * p->eta_v;
            for (size_t k = 0; k < size; k++)
                x[k] = y[k] + (j ? h * at[j] * f[j - 1][k] : 0.0);
            ov_online_rhs(f[j], o, x);
        }
        for (size_t k = 0; k < size; k++)
            for (int j = 0; j < 4; j++)
                y[k] += h / 6.0 * weight[j] * f[j][k];
    }
    ov_online_free(o);
}

static void agrees_with_runge_kutta(const struct ov_problem *p, enum ov_method method)
{
    static const double alpha[] = {0.0, 0.5, 1.5, 2.0, 2.5, 4.0, 6.0, 9.25, 12.0};
    enum { TIMES = sizeof alpha / sizeof *alpha };
    size_t size = ov_overlaps_moving(p->K, p->M), width = ov_row_width(p->K, p->M);
    struct ov_overlaps start = alike(p->K, p->M, 0.2);
    struct ov_solve_options opt = {.method = method, .rtol = 1e-10, .atol = 1e-12};
    double y[NUMBERS], *rows = solved(p, &start, alpha, TIMES, &opt);
    ck_assert_uint_le(size, NUMBERS);
    memcpy(y, start.block, size * sizeof *y);
    for (size_t i = 0; i < TIMES; i++) {
        if (i > 0)
            runge_kutta(y, size, p, &start, alpha[i - 1], alpha[i], 400);
        for (size_t k = 0; k < size; k++)
            ck_agree(y[k], rows[i * width + 2 + k], 2e-8, 2e-9);
    }
    free(rows);
    ov_overlaps_free(&start);
}

START_TEST(paths)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct ov_problem one = some(2, OV_ACT_ERF, 0.0, kind),
                          both = some(3, OV_ACT_ERF, 0.3, kind);
        agrees_with_runge_kutta(&one, OV_MSBDF);
        agrees_with_runge_kutta(&both, OV_MSBDF);
        agrees_with_runge_kutta(&both, OV_RK8PD);
    }
    struct ov_problem relu = some(2, OV_ACT_RELU, 0.3, 0);
    agrees_with_runge_kutta(&relu, OV_MSBDF);
}
END_TEST

/* A linear unit with eta = c/(c/eta_0 + alpha): d eps/dalpha = -(2 eta - eta^2) eps + eta^2 sigma^2/2
 * exactly, with the solution below; late eps_g = sigma^2 c^2/(2 (2c - 1) alpha). The times are such
 * that the implicit method does the work. */
START_TEST(annealing_in_closed_form)
{
    double c = 2.0, eta_0 = 0.5, T = c / eta_0, alpha[] = {1.0, 100.0, 1e4, 1e6};
    struct ov_problem p = problem(1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    p.eta_w = eta_0;
    p.sigma = 1.0;
    p.schedule = (struct ov_schedule){.kind = OV_DECAY_POWER, .exponent = 1.0, .time = T};
    struct ov_overlaps start = informed(1, 1, 0.0);
    struct ov_solve_options opt = {.method = OV_MSBDF, .rtol = 1e-12, .atol = 1e-15};
    double *rows = solved(&p, &start, alpha, 4, &opt);
    size_t width = ov_row_width(1, 1);
    for (size_t i = 0; i < 4; i++) {
        /* with x = T + alpha and u = exp(c^2/x), eps = x^-2c u^-1 (c^2/2) int x^(2c - 2) u dx; the
         * integral, by x = c^2/z, is a sum of incomplete gamma functions: trapezoids will do */
        double sum = 0.0, x1 = T + alpha[i], n = 200000.0, low = log(T), h = (log(x1) - low) / n;
        for (double j = 0; j <= n; j++) {
            double x = exp(low + h * j), f = pow(x, 2.0 * c - 1.0) * exp(c * c / x);
            sum += h * (j == 0 || j == n ? 0.5 : 1.0) * f;
        }
        double expected = pow(x1, -2.0 * c) * exp(-c * c / x1) * c * c / 2.0 * sum;
        printf("    alpha %g: eps_g %.9g, %.9g\n", alpha[i], rows[i * width + 1], expected);
        ck_agree(expected, rows[i * width + 1], 1e-8, 1e-12); /* eps_g is a difference of Q and R */
    }
    ck_agree(2.0 / 3.0, alpha[3] * rows[3 * width + 1], 1e-4, 0.0);
    free(rows);
    ov_overlaps_free(&start);
}
END_TEST

/* The Jacobian that the solver gets, time and all, against differences of its right-hand side: the
 * count of right-hand sides says that it is used, so a wrong one shows in steps; here in the path at a
 * loose tolerance against a tight one. */
START_TEST(loose_and_tight)
{
    double alpha = 3000.0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct ov_problem p = some(2, OV_ACT_ERF, 0.3, kind);
        struct ov_overlaps start = alike(2, 2, 0.2);
        struct ov_solve_options tight = {.method = OV_MSBDF, .rtol = 1e-11, .atol = 1e-14};
        struct ov_solve_report report;
        struct ov_solve_options usual = ov_solve_defaults();
        double row[NUMBERS], *exact = solved(&p, &start, &alpha, 1, &tight);
        ck_ok(ov_online_solve(row, &p, &start, &alpha, 1, &usual, &report, NULL, NULL));
        printf("    kind %zu: eps_g off by %.1e, %zu right-hand sides\n", kind,
               row[1] / exact[1] - 1.0, report.n_rhs);
        ck_agree(exact[1], row[1], 1e-6, 0.0);
        ck_assert_uint_lt(report.n_rhs, 4000);
        free(exact);
        ov_overlaps_free(&start);
    }
}
END_TEST

/* Events see the same path: eps_g at the time found is the level, before and after breaks. */
START_TEST(levels)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct ov_problem p = some(2, OV_ACT_ERF, 0.3, kind);
        struct ov_solve_options opt = ov_solve_defaults();
        for (double share = 0.8; share > 0.1; share -= 0.2) {
            struct ov_overlaps start = alike(2, 2, 0.2);
            double row[NUMBERS], alpha = 0.0, level;
            ck_ok(ov_online_solve(row, &p, &start, &alpha, 1, &opt, NULL, NULL, NULL));
            level = share * row[1];
            ck_ok(ov_online_time_to(&alpha, &p, &start, level, 1e4, &opt, NULL, NULL, NULL));
            if (!isnan(alpha)) {
                ck_ok(ov_online_solve(row, &p, &start, &alpha, 1, &opt, NULL, NULL, NULL));
                ck_agree(level, row[1], 1e-6, 0.0);
            }
            ck_assert(!isnan(alpha) || share < 0.5);
            ov_overlaps_free(&start);
        }
    }
}
END_TEST

/* A rate that rises beyond what is stable: the time is that since the start, not since the break. */
START_TEST(divergence_after_a_break)
{
    double at = 50.0, alpha = 1e4, row[8];
    struct ov_problem p = problem(1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    p.sigma = 0.1;
    p.schedule = (struct ov_schedule){.kind = OV_DECAY_STEPS, .factor = 40.0, .at = &at, .n_at = 1};
    struct ov_overlaps start = informed(1, 1, 0.0);
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_error err = {0};
    ck_assert_int_eq(ov_online_solve(row, &p, &start, &alpha, 1, &opt, NULL, NULL, &err),
                     OV_EDIVERGED);
    ck_assert(err.diverged_at > 50.0 && err.diverged_at < 100.0);
    ck_assert_ptr_nonnull(strstr(err.text, "diverges at alpha = 5"));
    ov_overlaps_free(&start);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, paths);
    OV_TEST(s, annealing_in_closed_form);
    OV_TEST(s, loose_and_tight);
    OV_TEST(s, levels);
    OV_TEST(s, divergence_after_a_break);
}

OV_TEST_MAIN("theory/online_schedule");
