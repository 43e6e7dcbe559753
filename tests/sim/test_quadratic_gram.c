/* SPDX-License-Identifier: MIT
 *
 * The Gram form of quadratic networks against the samples themselves.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/normal.h"
#include "overlap/num/sym.h"
#include "quadratic_internal.h"
#include "quadratic_kernels_internal.h"
#include "sim/quadratic_case.h"
#include "test.h"

/* One instance in both forms. */
static void both(struct ov_qn *direct, struct ov_qn *gram, const struct ov_quadratic_network *p,
                 uint64_t key)
{
    ck_ok(ov_qn_create(direct, p, false, key, &err));
    ck_ok(ov_qn_create(gram, p, true, key, &err));
    ck_assert_ptr_null(gram->Phi);
    ck_assert_ptr_null(direct->H);
}

static void free_both(struct ov_qn *direct, struct ov_qn *gram)
{
    ov_qn_free(direct);
    ov_qn_free(gram);
}

/* Sizes that are multiples of the tiles and the chunk, and that are none; more samples, and fewer. */
static const size_t sizes[][4] = {{7, 5, 3, 23}, {15, 8, 8, 128}, {16, 4, 9, 200},
                                  {9, 9, 1, 64}, {1, 1, 1, 1},    {12, 3, 2, 65}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static struct ov_quadratic_network sized(size_t s)
{
    const size_t *z = sizes[s % SIZES];
    struct ov_quadratic_network p = network(z[0], z[1], z[2], z[3]);
    p.sensing = s >= SIZES ? OV_SENSING_WISHART : OV_SENSING_GOE;
    return p;
}

START_TEST(H_is_the_samples_squared)
{
    for (size_t s = 0; s < 2 * SIZES; s++) {
        struct ov_quadratic_network p = sized(s);
        struct ov_qn a, b;
        both(&a, &b, &p, 31 + s);
        size_t D = a.D, size = ov_qn_gram_size(D);
        double *x = zeros(size), *y = zeros(size);
        ov_normal_fill(x, D, &(struct ov_philox){s, 3}, 0);
        memset(y, 0xff, size * sizeof *y);
        ov_qn_gram_product(y, b.H, x, size);
        double scale = 0.0;
        for (size_t k = 0; k < p.n * D; k++)
            scale += a.Phi[k] * a.Phi[k];
        for (size_t j = 0; j < size; j++) {
            double sum = 0.0;
            for (size_t k = 0; j < D && k < p.n; k++)
                for (size_t i = 0; i < D; i++)
                    sum += a.Phi[k * D + j] * a.Phi[k * D + i] * x[i];
            ck_agree(sum, y[j], 0.0, 1e-14 * scale);
        }
        free(x);
        free(y);
        free_both(&a, &b);
    }
}
END_TEST

START_TEST(loss_and_gradient_agree)
{
    for (size_t s = 0; s < 2 * SIZES; s++) {
        struct ov_quadratic_network p = sized(s);
        struct ov_qn a, b;
        both(&a, &b, &p, 77 + s);
        size_t n = p.d * p.m;
        double *G = zeros(n), *other = zeros(n), row[2][OV_QN_WIDTH], largest = 0.0;
        for (int turn = 0; turn < 3; turn++) { /* the start, and random ones of order one */
            ck_assert_int_eq(memcmp(a.W, b.W, n * sizeof *a.W), 0);
            ck_agree(ov_qn_value(&a, G, a.W), ov_qn_value(&b, other, b.W), 1e-13, 0.0);
            for (size_t i = 0; i < n; i++)
                largest = fmax(largest, fabs(G[i]));
            for (size_t i = 0; i < n; i++)
                ck_agree(G[i], other[i], 0.0, 1e-12 * largest);
            ck_ok(ov_qn_measure(row[0], &a, &err));
            ck_ok(ov_qn_measure(row[1], &b, &err));
            for (size_t c = 0; c < OV_QN_DISTANCE; c++)
                ck_agree(row[0][c], row[1][c], 1e-12, 0.0);
            ov_normal_fill(a.W, n, &(struct ov_philox){s, 9}, 100 * (uint64_t)turn);
            memcpy(b.W, a.W, n * sizeof *a.W);
        }
        free(G);
        free(other);
        free_both(&a, &b);
    }
}
END_TEST

START_TEST(minima_and_flows_agree)
{
    for (size_t s = 0; s < 4; s++) {
        struct ov_quadratic_network p = network(10, 10, 3, s % 2 ? 70 : 120);
        struct ov_qn a, b;
        double row[2][OV_QN_WIDTH];
        p.sensing = s / 2 ? OV_SENSING_WISHART : OV_SENSING_GOE;
        both(&a, &b, &p, 5 + s);
        struct ov_qn_flow f, g;
        ck_ok(ov_qn_flow_create(&f, &a, &err));
        ck_ok(ov_qn_flow_create(&g, &b, &err));
        ck_ok(ov_qn_flow_to(&f, 4.0, NULL, &err));
        ck_ok(ov_qn_flow_to(&g, 4.0, NULL, &err));
        ck_assert_uint_eq(a.n_evaluated, b.n_evaluated);
        for (int end = 0; end < 2; end++) {
            ck_ok(ov_qn_measure(row[0], &a, &err));
            ck_ok(ov_qn_measure(row[1], &b, &err));
            for (size_t c = 0; c < OV_QN_DISTANCE; c++) /* the minimiser's tolerance at the end */
                ck_agree(row[0][c], row[1][c], end ? 1e-4 : 1e-10, 0.0);
            ck_ok(ov_qn_lbfgs(&a, NULL, &err));
            ck_ok(ov_qn_lbfgs(&b, NULL, &err));
        }
        ov_qn_flow_free(&f);
        ov_qn_flow_free(&g);
        free_both(&a, &b);
    }
}
END_TEST

/* Without noise the loss falls to zero with the error: a part in 10^9 off the teacher it is 10^-18 of
 * the labels' square, in both forms, and what L-BFGS is told as well. */
START_TEST(a_small_loss_is_not_rounding)
{
    struct ov_quadratic_network p = network(9, 9, 4, 150);
    struct ov_qn a, b;
    p.Delta = p.lambda = 0.0;
    both(&a, &b, &p, 8);
    double *packed = zeros(a.D), *G = zeros(81), row[2][OV_QN_WIDTH];
    for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j <= i; j++)
            packed[ov_sym_at(i, j)] =
                a.z_star[ov_sym_at(i, j)] / (i == j ? 1.0 : sqrt(2.0)); /* Z* = W W' */
    ck_ok(ov_sym_cholesky(a.W, packed, 9, 1e-10));
    for (size_t i = 0; i < 81; i++)
        a.W[i] *= 1.0 + 0.5e-9;
    memcpy(b.W, a.W, 81 * sizeof *a.W);
    ck_ok(ov_qn_measure(row[0], &a, &err));
    ck_ok(ov_qn_measure(row[1], &b, &err));
    double expected = 0.0;
    for (size_t k = 0; k < p.n; k++)
        expected += 1e-18 * a.y[k] * a.y[k] / (4.0 * (double)p.n);
    for (int form = 0; form < 2; form++) {
        ck_agree(expected, row[form][OV_QN_LOSS], 1e-5, 0.0);
        ck_agree(expected, row[form][OV_QN_ERR_IN], 1e-5, 0.0);
    }
    ck_agree(9.0 * expected, ov_qn_value(&b, G, b.W), 1e-5, 0.0);
    free(packed);
    free(G);
    free_both(&a, &b);
}
END_TEST

/* Noise that is interpolated: the loss is what is left of sums that are 10^9 times as large. */
START_TEST(what_is_measured_is_the_residuals)
{
    struct ov_quadratic_network p = network(12, 12, 4, 30);
    struct ov_qn a, b;
    double row[2][OV_QN_WIDTH];
    p.lambda = 1e-6;
    both(&a, &b, &p, 3);
    ck_ok(ov_qn_lbfgs(&a, NULL, &err));
    memcpy(b.W, a.W, 144 * sizeof *a.W);
    ck_ok(ov_qn_measure(row[0], &a, &err));
    ck_ok(ov_qn_measure(row[1], &b, &err));
    ck_assert_double_lt(row[0][OV_QN_LOSS], 1e-9 * p.Delta);
    ck_agree(row[0][OV_QN_LOSS], row[1][OV_QN_LOSS], 1e-7, 0.0);
    ck_agree(row[0][OV_QN_ERR_IN], row[1][OV_QN_ERR_IN], 1e-10, 0.0);
    free_both(&a, &b);
}
END_TEST

/* The form follows from the sizes alone; the same numbers come out on either side of the choice. */
START_TEST(the_cheaper_form_is_chosen)
{
    struct ov_quadratic_network p = network(30, 5, 5, 465);
    ck_assert(!ov_qn_gram_to_minimise(&p)); /* n = D: may be interpolated */
    p.n = 900;
    ck_assert(ov_qn_gram_to_minimise(&p));
    p = network(200, 5, 5, 40000); /* H would take longer than the descent */
    ck_assert(!ov_qn_gram_to_minimise(&p));
    ck_assert(!ov_qn_gram_to_flow(&p, 1.0));
    ck_assert(ov_qn_gram_to_flow(&p, 1000.0));
    p.n = 5000; /* D/4 */
    ck_assert(!ov_qn_gram_to_flow(&p, 1e6));
    p.n = 0;
    ck_assert(!ov_qn_gram_to_flow(&p, 1e6));

    p = network(8, 8, 3, 100);
    double by_flow[OV_QN_WIDTH], row[OV_QN_WIDTH], t = 3.0;
    struct ov_qn a, b;
    struct ov_qn_flow f;
    both(&a, &b, &p, 9);
    ck_assert(ov_qn_gram_to_flow(&p, t));
    ck_ok(ov_quadratic_flow(by_flow, &p, 9, &t, 1, NULL, &err));
    ck_ok(ov_qn_flow_create(&f, &b, &err));
    ck_ok(ov_qn_flow_to(&f, t, NULL, &err));
    ck_ok(ov_qn_measure(row, &b, &err));
    ck_assert_int_eq(memcmp(row, by_flow, OV_QN_DISTANCE * sizeof *row), 0);
    ov_qn_flow_free(&f);
    free_both(&a, &b);
}
END_TEST

/* H takes the place of the samples: memory does not grow with their number. */
START_TEST(memory_is_that_of_the_form)
{
    struct ov_quadratic_network p = network(40, 10, 10, 400);
    double D = 820.0, few = ov_quadratic_memory(&p);
    p.n = 401;
    ck_agree(8.0 * (D + 3.0), ov_quadratic_memory(&p) - few, 1e-9, 0.0);
    p.n = 4000;
    double many = ov_quadratic_memory(&p);
    ck_assert_double_lt(many, 8.0 * D * D);
    p.n = 4001;
    ck_agree(8.0, ov_quadratic_memory(&p) - many, 1e-6, 0.0);
    ck_agree(ov_quadratic_flow_memory(&p, 100.0), ov_quadratic_flow_memory(&p, 1000.0), 0.0, 0.0);
    ck_assert_double_gt(ov_quadratic_flow_memory(&p, 0.0), 0.0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, H_is_the_samples_squared);
    OV_TEST(s, loss_and_gradient_agree);
    OV_TEST(s, minima_and_flows_agree);
    OV_TEST(s, a_small_loss_is_not_rounding);
    OV_TEST(s, what_is_measured_is_the_residuals);
    OV_TEST(s, the_cheaper_form_is_chosen);
    OV_TEST(s, memory_is_that_of_the_form);
}

OV_TEST_MAIN("sim/quadratic_gram");
