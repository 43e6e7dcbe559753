/* SPDX-License-Identifier: MIT
 *
 * Fixed points that are not there, and fixed points followed while a parameter changes.
 */
#include <math.h>
#include <string.h>

#include "overlap/theory/fixed_point.h"
#include "test.h"
#include "theory/fixed.h"
#include "theory/networks.h"

/* ---- what is not found ---- */

START_TEST(not_found)
{
    struct ov_fixed_point found;
    struct ov_error err = {0};
    /* beyond 2/K the linear network has no fixed point: the formula's is no covariance */
    struct ov_problem p = problem(1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    p.eta_w = 2.5, p.sigma = 0.1;
    struct ov_overlaps o = informed(1, 1, 0.0);
    ck_assert_int_eq(ov_fixed_point(&found, &o, &p, &err), OV_ENUMERIC);
    printf("    %s\n", err.text);
    ck_assert_int_eq(err.status, OV_ENUMERIC);
    ck_assert_int_eq(found.kind, OV_FIXED_NOT_FOUND);
    ck_assert(isnan(found.eps_g) && isnan(found.growth));
    ck_agree(1.0, o.Q[0], 0.0, 0.0);
    /* at 2/K exactly Q grows at a constant rate: f is constant and not zero */
    p.eta_w = 2.0;
    ck_assert_int_eq(ov_fixed_point(&found, &o, &p, &err), OV_ENUMERIC);
    printf("    %s\n", err.text);
    ck_assert_int_eq(found.kind, OV_FIXED_NOT_FOUND);
    /* starts that are none */
    o.Q[0] = NAN;
    ck_assert_int_eq(ov_fixed_point(&found, &o, &p, &err), OV_EDOM);
    o.Q[0] = 0.5;
    ck_assert_int_eq(ov_fixed_point(&found, &o, &p, NULL), OV_EDOM);
    ck_assert_int_eq(found.kind, OV_FIXED_NOT_FOUND);
    ov_overlaps_free(&o);
    ck_assert_str_eq(ov_fixed_kind_name(OV_FIXED_MARGINAL), "marginal");
}
END_TEST

/* ---- following one ---- */

static void set_eta(struct ov_problem *p, double value)
{
    p->eta_w = value;
}

static void set_sigma(struct ov_problem *p, double value)
{
    p->sigma = value;
}

/* Each point is the one found directly; predictions do not change it. */
START_TEST(continuation)
{
    enum { VALUES = 5 };
    static const double sigma[VALUES] = {0.0, 0.1, 0.3, 0.6, 1.0};
    struct ov_problem p = problem(3, 2, OV_ACT_ERF, OV_ACT_ERF);
    for (int extrapolate = 0; extrapolate < 2; extrapolate++) {
        struct ov_fixed_point found[VALUES];
        struct ov_overlaps o = informed(3, 2, 0.0);
        size_t n_found, width = ov_row_width(3, 2);
        double rows[VALUES * 20], lost;
        ck_ok(ov_fixed_point_continue(found, rows, &n_found, &lost, &o, &p, set_sigma, sigma + 1,
                                      VALUES - 1, extrapolate, NULL));
        ck_assert_uint_eq(n_found, VALUES - 1);
        ck_assert(isnan(lost));
        for (size_t i = 0; i < n_found; i++) {
            struct ov_problem q = p;
            struct ov_overlaps direct = informed(3, 2, 0.0);
            q.sigma = sigma[i + 1];
            memcpy(direct.block, rows + i * width + 2, (width - 2) * sizeof *rows);
            direct.Q[0] += 1e-3;
            ck_agree(find(&q, &direct).eps_g, rows[i * width + 1], 1e-9, 0.0);
            ck_agree(sigma[i + 1], rows[i * width], 0.0, 0.0);
            ck_agree(found[i].eps_g, rows[i * width + 1], 0.0, 0.0);
            ov_overlaps_free(&direct);
        }
        ck_agree(rows[3 * width + 2], o.Q[0], 0.0, 0.0);
        ov_overlaps_free(&o);
    }
}
END_TEST

/* Towards eta = 2 the linear network's error grows like 1/(2 - eta), and beyond there is none. */
START_TEST(continuation_lost)
{
    static const double eta[4] = {0.5, 1.0, 1.9, 2.5};
    struct ov_problem p = problem(1, 1, OV_ACT_LINEAR, OV_ACT_LINEAR);
    struct ov_overlaps o = informed(1, 1, 0.0);
    struct ov_fixed_point found[4];
    struct ov_error err = {0};
    double rows[4 * 5], lost;
    size_t n_found;
    p.sigma = 0.1;
    ck_ok(
        ov_fixed_point_continue(found, rows, &n_found, &lost, &o, &p, set_eta, eta, 4, true, NULL));
    ck_assert_uint_eq(n_found, 3);
    ck_agree(2.0, lost, 0.0, 0.01);
    for (size_t i = 0; i < 3; i++)
        ck_agree(0.01 * eta[i] / (4.0 - 2.0 * eta[i]), rows[5 * i + 1], 1e-9, 0.0);
    ck_assert(isnan(rows[15]) && isnan(found[3].eps_g));
    ck_assert_int_eq(found[3].kind, OV_FIXED_NOT_FOUND);
    /* no start */
    ck_assert_int_eq(ov_fixed_point_continue(found, rows, &n_found, NULL, &o, &p, set_eta, eta + 3,
                                             1, false, &err),
                     OV_ENUMERIC);
    ck_assert_uint_eq(n_found, 0);
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, not_found);
    OV_TEST(s, continuation);
    OV_TEST(s, continuation_lost);
}

OV_TEST_MAIN("theory/fixed_point, lost and followed");
