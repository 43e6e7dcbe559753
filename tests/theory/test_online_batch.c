/* SPDX-License-Identifier: MIT
 *
 * Batches in the equations of motion (paper.md eq:batch): against the equations without, against
 * differences, and against simulation.
 */
#include <math.h>

#include "overlap/model/start.h"
#include "overlap/num/stats.h"
#include "overlap/sim/weights.h"
#include "overlap/theory/fluctuations.h"
#include "overlap/theory/jacobian.h"
#include "overlap/theory/online.h"
#include "test.h"
#include "theory/networks.h"

enum { MOST = 32 };

static void rhs(double *dy, struct ov_problem *p, size_t batch, const struct ov_overlaps *o)
{
    struct ov_online *online;
    p->batch = batch;
    ck_ok(ov_online_create(&online, p, o));
    ov_online_rhs(dy, online, o->block);
    ov_online_free(online);
}

/* f = f_1 + eta^2 f_2/B: of B = 1 and 2 follow all others; and without eta_w^2 there is none. */
START_TEST(only_the_noise_is_averaged)
{
    static const enum ov_act units[] = {OV_ACT_ERF, OV_ACT_RELU, OV_ACT_LINEAR};
    for (size_t i = 0; i < 3; i++) {
        double one[MOST], two[MOST], four[MOST];
        struct ov_problem p = problem(3, 2, units[i], OV_ACT_ERF);
        struct ov_overlaps o = alike(3, 2, 0.05);
        size_t n = ov_overlaps_moving(3, 2), n_Q = ov_sym_size(3);
        p.eta_w = 0.7, p.eta_v = 0.3, p.sigma = 0.4, p.decay_w = 0.1;
        rhs(one, &p, 1, &o);
        rhs(two, &p, 2, &o);
        rhs(four, &p, 4, &o);
        for (size_t j = 0; j < n; j++) {
            ck_agree(two[j] - 0.5 * (one[j] - two[j]), four[j], 1e-12, 1e-14);
            ck_assert((one[j] != two[j]) == (j < n_Q));
        }
        rhs(two, &p, 0, &o); /* 0 means 1 */
        for (size_t j = 0; j < n; j++)
            ck_assert(one[j] == two[j]);
        ov_overlaps_free(&o);
    }
}
END_TEST

START_TEST(the_jacobian_knows_batches)
{
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = alike(2, 2, 0.05);
    size_t n = ov_overlaps_moving(2, 2);
    double J[MOST * MOST], up[MOST], down[MOST];
    struct ov_online *online;
    p.eta_w = 0.7, p.eta_v = 0.3, p.sigma = 0.4, p.batch = 3;
    ck_ok(ov_online_create(&online, &p, &o));
    ck_assert_int_eq(ov_online_jacobian(J, online, o.block), 0);
    for (size_t j = 0; j < n; j++) {
        double kept = o.block[j], h = 1e-5;
        o.block[j] = kept + h;
        ov_online_rhs(up, online, o.block);
        o.block[j] = kept - h;
        ov_online_rhs(down, online, o.block);
        o.block[j] = kept;
        for (size_t i = 0; i < n; i++)
            ck_agree((up[i] - down[i]) / (2 * h), J[i * n + j], 1e-8, 1e-8);
    }
    ov_online_free(online);
    ov_overlaps_free(&o);
}
END_TEST

/* Mean over seeds of Q_0_0 in simulation minus theory, in standard errors, where theory has the
 * given batch. The shift of order 1/N is well below the error. */
static double z_of_Q(struct ov_problem *p, size_t batch_of_theory)
{
    enum { SEEDS = 40 };
    double deviation[SEEDS], sim[MOST], theory[MOST];
    const double alpha = 3.0;
    struct ov_solve_options options = ov_solve_defaults();
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct ov_overlaps start;
        struct ov_problem own = *p;
        own.batch = batch_of_theory;
        ck_ok(ov_overlaps_create(&start, p->K, p->M));
        ck_ok(ov_start_overlaps(&start, p, seed, NULL));
        ck_ok(ov_online_solve(theory, &own, &start, &alpha, 1, &options, NULL, NULL, NULL));
        ck_ok(ov_weights_run(sim, p, seed, &alpha, 1, NULL, NULL));
        deviation[seed] = sim[2] - theory[2];
        ov_overlaps_free(&start);
    }
    struct ov_mean d = ov_mean_of(deviation, SEEDS);
    return d.mean / d.se;
}

START_TEST(simulation_agrees)
{
    double ones[] = {1, 1};
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    p.N = 1000, p.eta_w = 1.5, p.sigma = 0.5, p.batch = 4, p.std = 0.5, p.v = p.v_star = ones;
    double right = z_of_Q(&p, 4), wrong = z_of_Q(&p, 1);
    printf("    z of Q_0_0: %.2f; with the theory of single inputs %.2f\n", right, wrong);
    ck_assert_double_lt(fabs(right), 4);
    ck_assert_double_lt(wrong, -20);
}
END_TEST

START_TEST(fluctuations_of_batches_are_refused)
{
    struct ov_problem p = problem(1, 1, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_overlaps o = alike(1, 1, 0.05);
    struct ov_error err = {0};
    double row[MOST], alpha = 1;
    p.batch = 2;
    ck_assert_int_eq(ov_fluctuations_solve(row, NULL, &p, &o, &alpha, 1, NULL, NULL, NULL, &err),
                     OV_EDOM);
    ck_assert_str_eq(err.text, "fluctuations are known for a batch of 1 only");
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, only_the_noise_is_averaged);
    OV_TEST(s, the_jacobian_knows_batches);
    OV_TEST(s, simulation_agrees);
    OV_TEST(s, fluctuations_of_batches_are_refused);
}

OV_TEST_MAIN("theory/online_batch");
