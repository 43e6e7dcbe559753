/* SPDX-License-Identifier: MIT
 *
 * The linear student, exactly.
 * K = 1, v fixed, Delta = d.x/sqrt N - sigma zeta with d = v w - sum_m v*_m w*_m, and
 * w' = (1 - a) w - b Delta x, a = kappa/N, b = eta v/sqrt N. With <x x'> = 1 and
 * <(d.x)^2 |x|^2> = |d|^2 (N + 2), and D = |d|^2/N = v^2 Q - 2 v v*.R + v*'T v*:
 *   <R_m'> = (1 - a) R_m - (eta v/N)(v R_m - sum_n v*_n T_nm)
 *   <Q'>   = (1 - a)^2 Q - 2 (1 - a)(eta v/N)(v Q - v*.R) + (eta^2 v^2/N)(D (1 + 2/N) + sigma^2)
 * Both are linear in (R, Q), so they hold for the means at any finite N.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/stats.h"
#include "overlap/sim/weights.h"
#include "test.h"
#include "weights_case.h"

static void mean_step(double *Q, double *R, const struct ov_problem *p, const double *T)
{
    double n = (double)p->N, v = p->v[0], a = p->decay_w / n, rate = p->eta_w * v / n;
    double target = 0.0, power = 0.0, drive[4] = {0};
    for (size_t m = 0; m < p->M; m++) {
        target += p->v_star[m] * R[m];
        for (size_t l = 0; l < p->M; l++) {
            drive[m] += p->v_star[l] * T[ov_sym_at(m, l)];
            power += p->v_star[m] * p->v_star[l] * T[ov_sym_at(m, l)];
        }
    }
    double D = v * v * *Q - 2.0 * v * target + power;
    *Q = (1.0 - a) * (1.0 - a) * *Q - 2.0 * (1.0 - a) * rate * (v * *Q - target) +
         rate * rate * n * (D * (1.0 + 2.0 / n) + p->sigma * p->sigma);
    for (size_t m = 0; m < p->M; m++)
        R[m] = (1.0 - a) * R[m] - rate * (v * R[m] - drive[m]);
}

enum { RUNS = 1000 };

/* Means over RUNS runs at one time against the recursion; every run starts from the same overlaps.
 * `eta_seen` is the learning rate that the recursion believes in. Returns the largest deviation in
 * standard errors. */
static double linear_deviation(struct ov_problem *p, const double *T, double Q, const double *R0,
                               uint64_t steps, double eta_seen)
{
    static double sample[3][RUNS];
    double alpha = (double)steps / (double)p->N, R[2] = {R0[0], R0[1]}, worst = 0.0;
    for (uint64_t run = 0; run < RUNS; run++) {
        double *row = rows_of(p, 1000 + run, &alpha, 1);
        for (size_t i = 0; i < 1 + p->M; i++)
            sample[i][run] = row[2 + i];
        free(row);
    }
    double eta_w = p->eta_w;
    p->eta_w = eta_seen;
    for (uint64_t t = 0; t < steps; t++)
        mean_step(&Q, R, p, T);
    p->eta_w = eta_w;
    for (size_t i = 0; i < 1 + p->M; i++) {
        struct ov_mean m = ov_mean_of(sample[i], RUNS);
        double z = (m.mean - (i == 0 ? Q : R[i - 1])) / m.se;
        printf("    %s: %.5f(%.5f), %+.2f standard errors off\n", i == 0 ? "Q" : "R", m.mean, m.se,
               z);
        worst = fmax(worst, fabs(z));
    }
    return worst;
}

static struct ov_problem linear_problem(size_t N, size_t M)
{
    const double T[] = {1.0, 0.3, 1.2}, R[] = {0.2, -0.1};
    struct ov_problem p = problem(N, 1, M, "linear", "linear");
    p.eta_v = 0.0;
    p.start = OV_START_OVERLAPS;
    p.teacher = OV_TEACHER_GIVEN;
    p.T = zeros(3);
    p.Q = zeros(1);
    p.R = zeros(2);
    p.v[0] = 0.9;
    p.Q[0] = 0.6;
    memcpy(p.T, T, sizeof T);
    memcpy(p.R, R, sizeof R);
    ck_ok(ov_problem_check(&p, NULL, NULL));
    return p;
}

START_TEST(a_linear_student_has_the_exact_mean_overlaps)
{
    for (size_t M = 1; M <= 2; M++)
        for (int variant = 0; variant < 4; variant++) {
            struct ov_problem p = linear_problem(variant & 1 ? 20 : 45, M);
            p.sigma = variant & 1 ? 0.5 : 0.0;
            p.decay_w = variant & 2 ? 0.7 : 0.0;
            double worst = linear_deviation(&p, p.T, p.Q[0], p.R, variant & 1 ? 15 : 60, p.eta_w);
            ck_assert_double_le(worst, 4.0);
            ov_problem_free(&p);
        }
}
END_TEST

START_TEST(a_wrong_learning_rate_is_seen)
{
    struct ov_problem p = linear_problem(20, 1);
    ck_assert_double_gt(linear_deviation(&p, p.T, p.Q[0], p.R, 20, 1.1 * p.eta_w), 4.0);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_linear_student_has_the_exact_mean_overlaps);
    OV_TEST(s, a_wrong_learning_rate_is_seen);
}

OV_TEST_MAIN("sim/weights_linear");
