/* SPDX-License-Identifier: MIT
 *
 * Gradient flow of quadratic networks against small steps, and its end where that is known.
 */
#include <math.h>
#include <string.h>

#include "quadratic_internal.h"
#include "sim/quadratic_case.h"
#include "test.h"

static void small_steps(struct ov_qn *q, double t, size_t steps)
{
    size_t n = q->p->d * q->p->m;
    double h = t / (double)steps, *k = zeros(n), *to = zeros(n), *sum = zeros(n);
    static const double part[] = {0.0, 0.5, 0.5, 1.0}, weight[] = {1.0, 2.0, 2.0, 1.0};
    for (size_t s = 0; s < steps; s++) {
        memset(sum, 0, n * sizeof *sum);
        for (size_t r = 0; r < 4; r++) {
            for (size_t i = 0; i < n; i++)
                to[i] = q->W[i] - part[r] * h * k[i];
            (void)ov_qn_value(q, k, to);
            for (size_t i = 0; i < n; i++)
                sum[i] += weight[r] * k[i];
        }
        for (size_t i = 0; i < n; i++)
            q->W[i] -= h / 6.0 * sum[i];
    }
    free(k);
    free(to);
    free(sum);
}

START_TEST(flow_is_the_limit_of_small_steps)
{
    for (size_t s = 0; s < 3; s++) {
        struct ov_quadratic_network p = network(12, 7, 5, s == 2 ? 0 : 70);
        double t[] = {0.0, 0.4, 0.4, 3.0}, rows[4 * OV_QN_WIDTH], row[OV_QN_WIDTH];
        struct ov_qn q;
        p.sensing = s == 1 ? OV_SENSING_WISHART : OV_SENSING_GOE;
        ck_ok(ov_quadratic_flow(rows, &p, 9, t, 4, NULL, &err));
        ck_ok(ov_qn_create(&q, &p, false, 9, &err));
        ck_ok(ov_qn_measure(row, &q, &err));
        ck_agree(row[OV_QN_MSE], rows[OV_QN_MSE], 0.0, 0.0);
        small_steps(&q, 3.0, 3000);
        ck_ok(ov_qn_measure(row, &q, &err));
        const double *last = rows + 3 * OV_QN_WIDTH;
        ck_agree(row[OV_QN_MSE], last[OV_QN_MSE], 1e-5, 0.0);
        ck_agree(row[OV_QN_LOSS], last[OV_QN_LOSS], 1e-5, 0.0);
        ck_agree(row[OV_QN_ERR_IN], last[OV_QN_ERR_IN], 1e-5, 0.0);
        ck_agree(row[OV_QN_TRACE], last[OV_QN_TRACE], 1e-5, 0.0);
        for (size_t c = 0; c < OV_QN_DISTANCE; c++)
            ck_agree(rows[OV_QN_WIDTH + c], rows[2 * OV_QN_WIDTH + c], 0.0, 0.0);
        ck_assert_double_lt(last[OV_QN_LOSS], rows[OV_QN_LOSS]);
        ov_qn_free(&q);
    }
}
END_TEST

/* On infinitely many samples the end is known: m directions, fewer or more than the teacher has. */
START_TEST(flow_on_infinitely_many_samples_ends_at_the_teacher)
{
    for (size_t m = 2; m <= 9; m += 7) {
        struct ov_quadratic_network p = network(10, m, 4, 0);
        double t[] = {0.0, 1.0, 300.0}, rows[3 * OV_QN_WIDTH];
        ck_ok(ov_quadratic_flow(rows, &p, 21, t, 3, NULL, &err));
        ck_assert_double_gt(rows[OV_QN_WIDTH + OV_QN_DISTANCE], 1e-3);
        ck_agree(0.0, rows[2 * OV_QN_WIDTH + OV_QN_DISTANCE], 0.0, 1e-9);
        ck_agree((double)(m < 4 ? m : 4) / 10.0, rows[2 * OV_QN_WIDTH + OV_QN_RANK], 0.0, 0.0);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, flow_is_the_limit_of_small_steps);
    OV_TEST(s, flow_on_infinitely_many_samples_ends_at_the_teacher);
}

OV_TEST_MAIN("sim/quadratic_flow");
