/* SPDX-License-Identifier: MIT
 *
 * Both engines with learning rates that change: the exact means of a linear student at finite N, and
 * the fast ways of engine weights against the plain one, bit by bit.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/stats.h"
#include "overlap/sim/law.h"
#include "weights_case.h"
#include "weights_internal.h"

static double jumps[] = {0.45, 2.0, 3.0}; /* within a step, between two, and between two */
static const struct ov_schedule kinds[] = {
    {.kind = OV_DECAY_POWER, .exponent = 1.5, .time = 0.7},
    {.kind = OV_DECAY_POWER, .exponent = 0.3, .time = 2.0, .from = 1.0},
    {.kind = OV_DECAY_STEPS, .factor = 0.4, .at = jumps, .n_at = 3},
};
enum { KINDS = sizeof kinds / sizeof *kinds, RUNS = 4000 };

/* The rate of step mu, written once more. */
static double rate_of(const struct ov_schedule *s, double eta, double alpha)
{
    if (s->kind == OV_DECAY_POWER)
        return eta * pow(1.0 + fmax(alpha - s->from, 0.0) / s->time, -s->exponent);
    for (size_t i = 0; i < s->n_at; i++)
        eta *= alpha >= s->at[i] ? s->factor : 1.0;
    return eta;
}

/* w' = w - (eta/N) (d.x - sqrt N sigma zeta) x with d = w - w*: <|d'|^2> = |d|^2 (1 - 2 eta/N + eta^2
 * (N + 2)/N^2) + eta^2 sigma^2, eps_g = |d|^2/(2N). */
static double mean_error(const struct ov_problem *p, const struct ov_schedule *s, double eps,
                         uint64_t steps)
{
    double N = (double)p->N;
    for (uint64_t mu = 0; mu < steps; mu++) {
        double eta = rate_of(s, p->eta_w, (double)mu / N);
        eps *= 1.0 - 2.0 * eta / N + eta * eta * (N + 2.0) / (N * N);
        eps += eta * eta * p->sigma * p->sigma / (2.0 * N);
    }
    return eps;
}

static struct ov_problem linear_unit(const struct ov_schedule *s)
{
    struct ov_problem p = problem(20, 1, 1, "linear", "linear");
    p.eta_w = 0.8;
    p.eta_v = 0.0;
    p.sigma = 0.5;
    p.start = OV_START_INFORMED;
    p.schedule = *s;
    return p;
}

/* Standard errors between the mean of runs and what it should be with schedule `seen`. */
static double deviation(bool law, const struct ov_schedule *s, const struct ov_schedule *seen,
                        uint64_t first)
{
    static double sample[RUNS], rows[RUNS * 5];
    static uint64_t key[RUNS];
    struct ov_problem p = linear_unit(s);
    double alpha = 4.0;
    for (uint64_t i = 0; i < RUNS; i++)
        key[i] = first + i;
    if (law)
        ck_ok(ov_law_run(rows, &p, key, RUNS, &alpha, 1, NULL, NULL));
    for (size_t i = 0; i < RUNS; i++) {
        if (!law)
            ck_ok(ov_weights_run(rows + i * 5, &p, key[i], &alpha, 1, NULL, NULL));
        sample[i] = rows[i * 5 + 1];
    }
    double expected = mean_error(&p, seen, 0.0, 80);
    struct ov_mean m = ov_mean_of(sample, RUNS);
    double z = (m.mean - expected) / m.se;
    printf("    %s: %.6f(%.6f), expected %.6f: %+.2f standard errors\n", law ? "law" : "weights",
           m.mean, m.se, expected, z);
    p.schedule.at = NULL;
    ov_problem_free(&p);
    return fabs(z);
}

START_TEST(linear_student_has_the_exact_mean_error)
{
    for (size_t kind = 0; kind < KINDS; kind++)
        for (int law = 0; law < 2; law++)
            ck_assert_double_lt(deviation(law, &kinds[kind], &kinds[kind], 100000 * kind), 4.0);
}
END_TEST

/* … and not that of another exponent, or of a jump one step too late. */
START_TEST(another_schedule_is_seen)
{
    struct ov_schedule steeper = kinds[0], later = kinds[2];
    double late[] = {0.65, 2.2, 3.2};
    steeper.exponent *= 1.2;
    later.at = late;
    for (int law = 0; law < 2; law++) {
        ck_assert_double_gt(deviation(law, &kinds[0], &steeper, 7), 6.0);
        ck_assert_double_gt(deviation(law, &kinds[2], &later, 9), 6.0);
    }
}
END_TEST

START_TEST(fast_ways_have_the_same_bits)
{
    static const double alpha[] = {0.0, 0.3, 0.45, 0.52, 2.0, 3.7};
    enum { TIMES = sizeof alpha / sizeof *alpha };
    double plain[TIMES * 20], fast[TIMES * 20];
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t batch = 1; batch <= 6; batch += 5) {
            struct ov_problem p = problem(31, 3, 2, "erf", "relu");
            p.schedule = kinds[kind];
            p.batch = batch;
            p.decay_w = 0.2;
            size_t bytes = TIMES * ov_row_width(3, 2) * sizeof *plain;
            ck_assert_uint_le(bytes, sizeof plain);
            ck_ok(ov_weights_run_plain(plain, &p, NULL, 3, alpha, TIMES, NULL, NULL));
            for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++) {
                ck_ok(ov_weights_run_at(level, fast, &p, NULL, 3, alpha, TIMES, NULL, NULL));
                ck_assert_mem_eq(plain, fast, bytes);
            }
            p.schedule.at = NULL;
            ov_problem_free(&p);
        }
}
END_TEST

/* Engine law moves overlaps, which have no velocity. */
START_TEST(law_refuses_momentum)
{
    struct ov_problem p = linear_unit(&kinds[0]);
    const double alpha = 1.0;
    const uint64_t key = 1;
    double row[5];
    p.momentum = 0.5;
    ck_assert_int_eq(ov_law_run(row, &p, &key, 1, &alpha, 1, NULL, NULL), OV_EDOM);
    p.momentum = 0.0;
    ck_ok(ov_law_run(row, &p, &key, 1, &alpha, 1, NULL, NULL));
    p.schedule.at = NULL;
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, linear_student_has_the_exact_mean_error);
    OV_TEST(s, another_schedule_is_seen);
    OV_TEST(s, fast_ways_have_the_same_bits);
    OV_TEST(s, law_refuses_momentum);
}

OV_TEST_MAIN("sim/schedule");
