/* SPDX-License-Identifier: MIT
 *
 * Engine weights: times, keys, levels of SIMD, divergence, progress.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "overlap/num/fmath.h"
#include "overlap/num/normal.h"
#include "overlap/sim/weights.h"
#include "test.h"
#include "weights_case.h"

/* One step written out as in the header of model/problem.h, with sums in the natural order. */
struct naive {
    double *w, *w_star, *v, *u; /* u: velocities (K,N), then (K) */
};

static double naive_field(const double *w, const double *x, size_t N)
{
    long double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (long double)w[i] * x[i];
    return (double)(sum / sqrtl((long double)N));
}

static double naive_g(const struct ov_activation *g, double x)
{
    return g->act == OV_ACT_ERF ? ov_erf(x / sqrt(2.0)) : x;
}

static double naive_dg(const struct ov_activation *g, double x)
{
    return g->act == OV_ACT_ERF ? sqrt(2.0 / M_PI) * ov_exp(-x * x / 2.0) : 1.0;
}

/* What a parameter with the velocity -u moves by: the gradients of all steps, each m times as much as a step later. */
static double naive_gather(double *u, const struct ov_problem *p, double gradient)
{
    *u = p->momentum * *u + gradient;
    return *u;
}

static void naive_step(struct naive *s, const struct ov_problem *p, const double *x, double zeta)
{
    size_t N = p->N;
    double n = (double)N, phi = 0.0, y = p->sigma * zeta, lambda[8];
    for (size_t k = 0; k < p->K; k++) {
        lambda[k] = naive_field(s->w + k * N, x, N);
        phi += s->v[k] * naive_g(p->g, lambda[k]);
    }
    for (size_t m = 0; m < p->M; m++)
        y += p->v_star[m] * naive_g(p->g_star, naive_field(s->w_star + m * N, x, N));
    for (size_t k = 0; k < p->K; k++) {
        double *w = s->w + k * N;
        for (size_t i = 0; i < N; i++)
            w[i] -= naive_gather(s->u + k * N + i, p,
                                 p->eta_w / sqrt(n) * s->v[k] * naive_dg(p->g, lambda[k]) *
                                     (phi - y) * x[i]) +
                    p->decay_w / n * w[i];
        if (p->eta_v > 0.0)
            s->v[k] -= naive_gather(s->u + p->K * N + k, p,
                                    p->eta_v / n * naive_g(p->g, lambda[k]) * (phi - y)) +
                       p->decay_v / n * s->v[k];
    }
}

/* Overlaps after `steps` naive steps, in the columns of a row. */
static void naive_run(double *moving, const struct ov_problem *p, uint64_t key, uint64_t steps)
{
    size_t N = p->N, K = p->K, M = p->M;
    struct naive s = {zeros(K * N), zeros(M * N), zeros(K), zeros(K * N + K)};
    const struct ov_philox input = {key, OV_STREAM_INPUT}, noise = {key, OV_STREAM_NOISE};
    double *x = zeros(N);
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, K, M));
    ck_ok(ov_start_weights(s.w, s.w_star, s.v, p, key, NULL));
    for (uint64_t t = 0; t < steps; t++) {
        double zeta;
        ov_normal_fill(x, N, &input, t * ov_normal_blocks(N));
        ov_normal_fill(&zeta, 1, &noise, t);
        naive_step(&s, p, x, zeta);
    }
    ov_overlaps_measure(&o, s.w, s.w_star, N);
    memcpy(o.v, s.v, K * sizeof *x);
    memcpy(moving, o.block, ov_overlaps_moving(K, M) * sizeof *x);
    free(s.w);
    free(s.w_star);
    free(s.v);
    free(s.u);
    free(x);
    ov_overlaps_free(&o);
}

START_TEST(every_step_is_the_naive_step)
{
    static const char *names[] = {"linear", "erf"};
    for (int variant = 0; variant < 32; variant++) {
        size_t K = 1 + (size_t)variant % 4, M = 1 + (size_t)variant % 3, N = 13 + (size_t)variant;
        struct ov_problem p = problem(N, K, M, names[variant & 1], names[variant >> 1 & 1]);
        p.eta_v = variant & 4 ? 0.3 : 0.0;
        p.decay_w = variant & 8 ? 0.5 : 0.0;
        p.decay_v = variant & 8 ? 0.25 : 0.0;
        p.sigma = variant & 16 ? 0.2 : 0.0;
        p.momentum = variant % 3 == 1 ? 0.6 : 0.0;
        double expected[64];
        for (uint64_t steps = 1; steps <= 50; steps += 7) {
            double alpha = (double)steps / (double)N;
            double *row = rows_of(&p, 77, &alpha, 1);
            naive_run(expected, &p, 77, steps);
            for (size_t i = 0; i < ov_overlaps_moving(K, M); i++)
                ck_agree(expected[i], row[2 + i], 1e-12, 1e-12);
            free(row);
        }
        ov_problem_free(&p);
    }
}
END_TEST

/* The naive step must differ visibly if one of the rules is broken: else the test above is blind.
 */
START_TEST(the_naive_step_sees_a_wrong_rule)
{
    double right[64], wrong[64];
    struct ov_problem p = problem(20, 2, 2, "erf", "erf");
    p.decay_w = p.decay_v = 0.3;
    p.momentum = 0.5;
    naive_run(right, &p, 3, 50);
    double *rule[] = {&p.eta_w, &p.eta_v, &p.sigma, &p.decay_w, &p.decay_v, &p.momentum};
    for (size_t i = 0; i < 6; i++) {
        double kept = *rule[i];
        *rule[i] *= 1.01;
        naive_run(wrong, &p, 3, 50);
        *rule[i] = kept;
        ck_assert_double_gt(ov_disagreement(right, wrong, ov_overlaps_moving(2, 2), 0, 1e-12), 1e6);
    }
    ov_problem_free(&p);
}
END_TEST

START_TEST(the_first_row_is_the_start)
{
    for (int fixed = 0; fixed < 2; fixed++) {
        struct ov_problem p = problem(30, 3, 2, "erf", "erf");
        p.start = fixed ? OV_START_DENOISING : OV_START_RANDOM;
        double alpha = 0.0, *row = rows_of(&p, 4, &alpha, 1);
        struct ov_overlaps o;
        ck_ok(ov_overlaps_create(&o, 3, 2));
        ck_ok(ov_start_overlaps(&o, &p, 4, NULL));
        ck_assert(row[0] == 0.0);
        ck_agree(ov_eps_g(&o, &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF]), row[1],
                 1e-12, 0);
        for (size_t i = 0; i < ov_overlaps_moving(3, 2); i++)
            ck_agree(o.block[i], row[2 + i], 0, fixed ? 1e-12 : 0.0);
        ov_overlaps_free(&o);
        free(row);
        ov_problem_free(&p);
    }
}
END_TEST

START_TEST(a_run_is_a_function_of_its_key)
{
    const double alpha[] = {0.0, 0.5, 2.0};
    struct ov_problem p = problem(24, 2, 2, "erf", "erf");
    size_t width = ov_row_width(2, 2);
    double *a = rows_of(&p, 1, alpha, 3), *b = rows_of(&p, 1, alpha, 3);
    double *c = rows_of(&p, 2, alpha, 3);
    ck_assert_mem_eq(a, b, 3 * width * sizeof *a);
    for (size_t i = 2; i < width - 2; i++)
        ck_assert(a[width + i] != c[width + i]);
    free(a);
    free(b);
    free(c);
    ov_problem_free(&p);
}
END_TEST

START_TEST(other_listed_times_change_nothing)
{
    /* N = 24: whole steps, times between steps, several within one step, a time twice */
    const double many[] = {0.0, 0.01, 0.02, 0.04, 1.0 / 24, 0.5, 0.51, 0.51, 0.99, 1.0, 1.3, 2.0};
    enum { MANY = sizeof many / sizeof *many };
    struct ov_problem p = problem(24, 2, 2, "erf", "linear");
    size_t width = ov_row_width(2, 2);
    double *all = rows_of(&p, 1, many, MANY);
    for (size_t i = 0; i < MANY; i++) {
        double *alone = rows_of(&p, 1, many + i, 1);
        ck_assert_mem_eq(alone, all + i * width, width * sizeof *alone);
        ck_assert(alone[0] == many[i]);
        free(alone);
    }
    free(all);
    ov_problem_free(&p);
}
END_TEST

START_TEST(between_steps_the_overlaps_are_interpolated)
{
    enum { N = 25 };
    struct ov_problem p = problem(N, 2, 1, "erf", "erf");
    size_t width = ov_row_width(2, 1);
    const double alpha[] = {7.0 / N, 7.25 / N, 7.8 / N, 8.0 / N};
    double *rows = rows_of(&p, 6, alpha, 4);
    for (size_t i = 2; i < width; i++) {
        double from = rows[i], to = rows[3 * width + i];
        ck_assert(from != to);
        ck_agree(0.75 * from + 0.25 * to, rows[width + i], 0, 1e-13);
        ck_agree(0.2 * from + 0.8 * to, rows[2 * width + i], 0, 1e-13);
    }
    for (size_t row = 0; row < 4; row++) { /* eps_g belongs to the overlaps of its own row */
        struct ov_overlaps o;
        ck_ok(ov_overlaps_create(&o, 2, 1));
        memcpy(o.block, rows + row * width + 2, (width - 2) * sizeof *rows);
        o.T[0] = 1.0;
        o.v_star[0] = p.v_star[0];
        ck_agree(ov_eps_g(&o, &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_ERF]),
                 rows[row * width + 1], 1e-12, 1e-14);
        ov_overlaps_free(&o);
    }
    free(rows);
    ov_problem_free(&p);
}
END_TEST

/* alpha = 0.1 and 0.3 are no binary fractions: 0.3 N must still count as a whole step. */
static void first_and_last(double *row, const struct ov_overlaps *o, double alpha, double eps_g,
                           const void *ctx)
{
    row[0] = alpha;
    row[1] = eps_g;
    row[2] = o->Q[1];
    row[3] = o->R[*(const size_t *)ctx];
}

START_TEST(rows_of_the_callers_own)
{
    struct ov_problem p = problem(11, 3, 2, "erf", "erf");
    const double alpha[] = {0.0, 0.95, 1.0, 1.02, 1.04, 3.0};
    enum { ROWS = sizeof alpha / sizeof *alpha };
    size_t width = ov_row_width(3, 2), last = 5;
    double own[ROWS * 4], *rows = rows_of(&p, 23, alpha, ROWS);
    struct ov_weights_rows what = {4, first_and_last, &last};
    ck_ok(ov_weights_run_rows(own, &p, 23, alpha, ROWS, &what, NULL, NULL));
    for (size_t i = 0; i < ROWS; i++) {
        const double *row = rows + i * width, expect[4] = {row[0], row[1], row[3], row[2 + 6 + 5]};
        ck_assert_mem_eq(expect, own + 4 * i, sizeof expect);
    }
    free(rows);
    ov_problem_free(&p);
}
END_TEST

START_TEST(times_that_are_steps_but_for_rounding_are_steps)
{
    struct ov_problem p = problem(1000, 1, 1, "linear", "linear");
    const double alpha[] = {0.1 * 3, 0.3}; /* differ in the last place */
    double *a = rows_of(&p, 1, alpha, 1), *b = rows_of(&p, 1, alpha + 1, 1);
    ck_assert(alpha[0] != alpha[1]);
    ck_assert_mem_eq(a + 1, b + 1, (ov_row_width(1, 1) - 1) * sizeof *a);
    free(a);
    free(b);
    ov_problem_free(&p);
}
END_TEST

/* First layer only: v stays as it is, its decay included. */
START_TEST(a_frozen_second_layer_stays)
{
    struct ov_problem p = problem(20, 3, 2, "erf", "erf");
    p.eta_v = 0.0;
    p.decay_v = p.decay_w = 0.5;
    double alpha = 3.0, *row = rows_of(&p, 1, &alpha, 1);
    for (size_t k = 0; k < 3; k++)
        ck_assert(row[2 + ov_sym_size(3) + 6 + k] == p.v[k]);
    free(row);
    ov_problem_free(&p);
}
END_TEST

START_TEST(an_informed_student_without_noise_stays)
{
    struct ov_problem p = problem(30, 2, 2, "erf", "erf");
    p.start = OV_START_INFORMED;
    p.sigma = 0.0;
    free(p.v);
    p.v = NULL;
    double alpha = 5.0, *row = rows_of(&p, 1, &alpha, 1);
    ck_assert_double_le(row[1], 1e-14);
    ck_agree(1.0, row[2], 1e-12, 0);
    free(row);
    ov_problem_free(&p);
}
END_TEST

/* Learning rates above the limit: linear 2/K; both layers of erf for a huge eta_v. */
START_TEST(divergence_is_found_and_placed)
{
    for (int variant = 0; variant < 3; variant++) {
        struct ov_problem p = problem(50, 2, 1, variant == 2 ? "erf" : "linear", "linear");
        p.eta_w = variant == 1 ? 1e200 : 40.0;
        p.eta_v = variant == 2 ? 100.0 : 0.0;
        struct ov_error e = {0};
        size_t width = ov_row_width(2, 1);
        double alpha[] = {0.0, 1e9}, at = -1.0, rows[32] = {0.0};
        ck_assert_int_eq(ov_weights_run(rows, &p, 1, alpha, 2, NULL, &e), OV_EDIVERGED);
        ck_assert_int_eq(sscanf(e.text, "diverges at alpha = %lf", &at), 1);
        ck_assert(at > 0.0 && at < 20.0);
        ck_agree(at, e.diverged_at, 1e-5, 0.0);
        for (size_t i = 0; i < 2 * width; i++) /* rows up to then, the others are NaN */
            ck_assert(i < width ? isfinite(rows[i]) : isnan(rows[i]) != 0);
        ov_problem_free(&p);
    }
}
END_TEST

START_TEST(bad_times_are_refused)
{
    const double bad[][2] = {{-0.1, 1.0}, {1.0, 0.5}, {NAN, 1.0}, {0.0, INFINITY}, {0.0, 1e300}};
    struct ov_problem p = problem(10, 1, 1, "erf", "erf");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double rows[32];
        ck_assert_int_eq(ov_weights_run(rows, &p, 1, bad[i], 2, NULL, NULL), OV_EDOM);
    }
    ck_ok(ov_weights_run(NULL, &p, 1, NULL, 0, NULL, NULL));
    ov_problem_free(&p);
}
END_TEST

static void count(void *ctx, uint64_t done, uint64_t total)
{
    uint64_t *seen = ctx;
    ck_assert_uint_eq(total, 100000);
    ck_assert_uint_ge(done, seen[1]);
    seen[0]++;
    seen[1] = done;
}

START_TEST(the_tick_hears_of_progress_and_changes_nothing)
{
    struct ov_problem p = problem(100, 1, 1, "erf", "erf");
    uint64_t seen[2] = {0, 0};
    const struct ov_tick tick = {.tell = count, .ctx = seen};
    double alpha = 1000.0, rows[8], *quiet = rows_of(&p, 1, &alpha, 1);
    ck_ok(ov_weights_run(rows, &p, 1, &alpha, 1, &tick, NULL));
    ck_assert_uint_ge(seen[0], 10);
    ck_assert_uint_eq(seen[1], 100000);
    ck_assert_mem_eq(quiet, rows, ov_row_width(1, 1) * sizeof *rows);
    free(quiet);
    ov_problem_free(&p);
}
END_TEST

/* The bits of a short run: a change of any makes stored results stale and must be noticed. */
START_TEST(known_answer)
{
    struct ov_problem p = problem(50, 2, 2, "erf", "erf");
    double alpha = 4.0, *row = rows_of(&p, 12345, &alpha, 1);
    ck_agree(0.062405792938205265, row[1], 0, 0);
    free(row);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_step_is_the_naive_step);
    OV_TEST(s, the_naive_step_sees_a_wrong_rule);
    OV_TEST(s, the_first_row_is_the_start);
    OV_TEST(s, a_run_is_a_function_of_its_key);
    OV_TEST(s, other_listed_times_change_nothing);
    OV_TEST(s, between_steps_the_overlaps_are_interpolated);
    OV_TEST(s, rows_of_the_callers_own);
    OV_TEST(s, times_that_are_steps_but_for_rounding_are_steps);
    OV_TEST(s, a_frozen_second_layer_stays);
    OV_TEST(s, an_informed_student_without_noise_stays);
    OV_TEST(s, divergence_is_found_and_placed);
    OV_TEST(s, bad_times_are_refused);
    OV_TEST(s, the_tick_hears_of_progress_and_changes_nothing);
    OV_TEST(s, known_answer);
}

OV_TEST_MAIN("sim/weights");
