/* SPDX-License-Identifier: MIT
 *
 * The Jacobian for inputs in blocks: against differences of the right-hand side, and the products and
 * solutions made of its parts against the matrix.
 */
#include "online_blocks_internal.h"
#include "overlap/theory/jacobian.h"
#include "theory/blocks.h"

/* Both layers or the first; batches; the noise of order rho/N; gradient flow; decay in all. */
enum { KINDS = 6 };

static struct blocks_case kind(int i, gsl_rng *r)
{
    struct blocks_case c =
        random_blocks(1 + (size_t)i, 2, i % 2 ? 2 : 1, i == 5 ? OV_ACT_LINEAR : OV_ACT_ERF,
                      i == 4 ? OV_ACT_LINEAR : OV_ACT_ERF, r);
    c.p.eta_w = 0.7, c.p.sigma = 0.4, c.p.decay_w = 0.05, c.p.decay_v = 0.03;
    c.p.eta_v = i % 3 ? 0.5 : 0.0;
    c.p.batch = i == 2 ? 4 : 1;
    c.p.gradient_flow = i == 1;
    c.p.spiked = i >= 2;
    if (i == 3)
        ov_blocks_set(c.p.blocks, 1, c.p.blocks->variance[1], c.p.blocks->share[1], 1.7);
    if (i == 4)
        ov_blocks_set_invisible(c.p.blocks, 0);
    return c;
}

/* J_ij by central differences of order 4, at y. */
static void by_differences(double *J, struct ov_online *o, const double *y, size_t n, size_t all)
{
    static const double at[4] = {1, -1, 2, -2}, weight[4] = {8, -8, -1, 1};
    double h = 0x1p-8, *x = malloc(all * sizeof *x), *dy = malloc(all * sizeof *dy);
    memset(J, 0, n * n * sizeof *J);
    for (size_t j = 0; j < n; j++)
        for (size_t s = 0; s < 4; s++) {
            memcpy(x, y, all * sizeof *x);
            x[j] += at[s] * h;
            ov_online_rhs(dy, o, x);
            for (size_t i = 0; i < n; i++)
                J[i * n + j] += weight[s] * dy[i] / (12.0 * h);
        }
    ov_online_rhs(dy, o, y);
    free(x);
    free(dy);
}

START_TEST(jacobian_is_the_derivative)
{
    gsl_rng *r = ov_test_rng(300 + (unsigned long)_i);
    struct blocks_case c = kind(_i, r);
    struct ov_online *o;
    size_t n = ov_online_integrated(&c.p), all = n + (c.p.eta_v == 0.0 ? c.p.K : 0);
    double *J = calloc(2 * n * n, sizeof *J), *ref = J + n * n, size;
    ck_ok(ov_online_create(&o, &c.p, &c.start));
    by_differences(ref, o, c.start.block, n, all);
    ck_assert_int_eq(ov_online_jacobian(J, o, c.start.block), 0);
    size = ov_jacobian_bound(ref, n);
    for (size_t i = 0; i < n * n; i++)
        ck_agree(ref[i], J[i], 0.0, 1e-7 * size);
    /* and it would be seen if a block had the variance of another */
    if (c.p.blocks->L > 1) {
        double worst = 0.0;
        c.p.blocks->drift[0] *= 1.01;
        ck_assert_int_eq(ov_online_jacobian(J, o, c.start.block), 0);
        for (size_t i = 0; i < n * n; i++)
            worst = fmax(worst, fabs(ref[i] - J[i]));
        ck_assert(_i == 4 || worst > 1e-4 * size); /* of an invisible block it is 0 */
    }
    free(J);
    ov_online_free(o);
    release(&c);
    gsl_rng_free(r);
}
END_TEST

START_TEST(parts_make_the_matrix)
{
    gsl_rng *r = ov_test_rng(310 + (unsigned long)_i);
    struct blocks_case c = kind(_i, r);
    const struct ov_ode_linear *linear = &ov_online_blocks_linear;
    struct ov_online *o;
    size_t n = ov_online_integrated(&c.p);
    double *J = calloc(n * n + 4 * n, sizeof *J), *x = J + n * n, *Jx = x + n, *ref = Jx + n,
           *b = ref + n;
    ck_ok(ov_online_create(&o, &c.p, &c.start));
    ck_assert_int_eq(ov_online_jacobian(J, o, c.start.block), 0);
    ck_assert_int_eq(linear->jacobian(c.start.block, o), 0);
    ck_agree(ov_jacobian_bound(J, n), linear->bound(o), 1e-13, 0.0);
    for (size_t i = 0; i < n; i++)
        x[i] = gsl_ran_flat(r, -1.0, 1.0);
    linear->times(Jx, x, o);
    ov_jacobian_times(ref, J, x, n);
    for (size_t i = 0; i < n; i++)
        ck_agree(ref[i], Jx[i], 1e-12, 1e-13);
    for (double factor = 0.01; factor < 1e4; factor *= 10.0) {
        ck_assert_int_eq(linear->factorise(factor, o), 0);
        for (size_t i = 0; i < n; i++)
            b[i] = x[i] - factor * ref[i];
        ck_assert_int_eq(linear->solve(b, o), 0);
        for (size_t i = 0; i < n; i++)
            ck_agree(x[i], b[i], 0.0, 1e-10 * fmax(1.0, factor));
    }
    free(J);
    ov_online_free(o);
    release(&c);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("jacobian");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, jacobian_is_the_derivative, 0, KINDS);
    tcase_add_loop_test(c, parts_make_the_matrix, 0, KINDS);
    suite_add_tcase(s, c);
}

OV_TEST_MAIN("theory/online_blocks_jacobian");
