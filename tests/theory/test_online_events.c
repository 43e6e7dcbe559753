/* SPDX-License-Identifier: MIT
 *
 * When eps_g is reached and when the plateau is left.
 */
#include <math.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/online.h"
#include "test.h"
#include "theory/networks.h"

static const double height = 0.012086; /* of the plateau of K = M = 2 at eta = 0.1 */

/* The symmetric plateau of K = M = 2 with R_kk larger by `asymmetry`. */
static struct ov_overlaps near_plateau(double asymmetry)
{
    struct ov_overlaps o = plateau(2);
    o.R[0] += asymmetry;
    o.R[3] += asymmetry;
    return o;
}

static double time_to(const struct ov_problem *p, const struct ov_overlaps *o, double eps_g,
                      double last, const struct ov_solve_options *opt)
{
    double alpha;
    ck_ok(ov_online_time_to(&alpha, p, o, eps_g, last, opt, NULL, NULL, NULL));
    return alpha;
}

/* Against rk8pd at a tenth of a thousandth of the tolerance, on the way into the plateau, out of
 * it and beyond. */
START_TEST(levels_are_reached_when_rk8pd_says)
{
    static const double levels[6] = {0.2, 0.05, 0.013, 0.006, 1e-3, 1e-5};
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_solve_options fast = ov_solve_defaults(),
                            exact = {.method = OV_RK8PD, .rtol = 1e-12, .atol = 1e-16};
    struct ov_overlaps o = alike(2, 2, 1e-2);
    double before = -1.0;
    for (size_t i = 0; i < 6; i++) {
        double a = time_to(&p, &o, levels[i], 5000.0, &exact),
               b = time_to(&p, &o, levels[i], 5000.0, &fast);
        printf("    eps_g %g: alpha %.9g, off by %.1e\n", levels[i], a, b - a);
        ck_agree(a, b, 1e-6, 0.0);
        ck_assert(b > before || (i < 2 && b == 0.0));
        before = b;
    }
    ov_overlaps_free(&o);
}
END_TEST

/* eps_g at the time found is the level. */
START_TEST(the_level_is_there)
{
    struct ov_problem p = problem(3, 2, OV_ACT_ERF, OV_ACT_LINEAR);
    struct ov_solve_options opt = ov_solve_defaults();
    for (double share = 0.9; share > 0.5; share -= 0.2) {
        struct ov_overlaps o = alike(3, 2, 1e-1);
        double start = ov_eps_g(&o, p.g, p.g_star);
        double alpha = time_to(&p, &o, share * start, 1e4, &opt);
        ck_assert(alpha > 0.0);
        ck_agree(share * start, eps_g_at(&p, &o, alpha), 1e-6, 0.0);
    }
}
END_TEST

START_TEST(at_once_never_and_nonsense)
{
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_overlaps o = alike(2, 2, 1e-2), perfect = informed(2, 2, 0.0);
    double alpha, plateau, start = ov_eps_g(&o, p.g, p.g_star);
    ck_agree(0.0, time_to(&p, &o, start, 10.0, &opt), 0.0, 0.0);
    ck_agree(0.0, time_to(&p, &o, 2.0 * start, 10.0, &opt), 0.0, 0.0);
    ck_agree(0.0, time_to(&p, &perfect, 1e-3, 10.0, &opt), 0.0, 0.0);
    ck_assert(isnan(time_to(&p, &o, 1e-6, 100.0, &opt)));
    p.sigma = 0.3; /* a floor */
    ck_assert(isnan(time_to(&p, &o, 1e-6, 1e5, &opt)));
    struct ov_error err;
    ck_assert_int_eq(ov_online_time_to(&alpha, &p, &o, -1.0, 1.0, &opt, NULL, NULL, &err), OV_EDOM);
    ck_assert_int_eq(ov_online_time_to(&alpha, &p, &o, NAN, 1.0, &opt, NULL, NULL, &err), OV_EDOM);
    ck_assert_int_eq(ov_online_time_to(&alpha, &p, &o, 0.1, 0.0, &opt, NULL, NULL, &err), OV_EDOM);
    ck_assert_int_eq(ov_online_escape(&alpha, &plateau, &p, &o, INFINITY, &opt, NULL, NULL, &err),
                     OV_EDOM);
    ck_assert(isnan(alpha) && isnan(plateau));
    ov_overlaps_free(&o);
    ov_overlaps_free(&perfect);
}
END_TEST

/* A hundredth of the asymmetry costs 2 ln 10 e-foldings of 151.04 each. */
START_TEST(plateau_and_escape)
{
    struct ov_problem p = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_solve_options opt = ov_solve_defaults();
    double alpha[2], found[2];
    for (size_t i = 0; i < 2; i++) {
        struct ov_overlaps o = near_plateau(i == 0 ? 1e-4 : 1e-6);
        for (size_t e = 0; e < 4; e++)
            o.R[e] *= 0.5; /* there is something to learn before */
        ck_ok(ov_online_escape(&alpha[i], &found[i], &p, &o, 1e4, &opt, NULL, NULL, NULL));
        printf("    plateau %.6g, left at %.6g\n", found[i], alpha[i]);
        ck_agree(height, found[i], 0.02, 0.0);
        ck_agree(time_to(&p, &o, 0.5 * found[i], 1e4, &opt), alpha[i], 1e-12, 0.0);
        ov_overlaps_free(&o);
    }
    ck_agree(151.04 * 2.0 * M_LN10, alpha[1] - alpha[0], 0.01, 0.0);
    struct ov_overlaps o = near_plateau(1e-4);
    ck_agree(1329.5, time_to(&p, &o, 0.5 * height, 1e4, &opt), 0.0, 0.1);
    ov_overlaps_free(&o);
}
END_TEST

/* A single unit learns without a plateau; one that is not left in time is none either. */
START_TEST(no_plateau)
{
    struct ov_problem one = problem(1, 1, OV_ACT_ERF, OV_ACT_ERF),
                      two = problem(2, 2, OV_ACT_ERF, OV_ACT_ERF);
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_overlaps a = alike(1, 1, 0.1), b = alike(2, 2, 1e-6);
    double alpha, found;
    ck_ok(ov_online_escape(&alpha, &found, &one, &a, 300.0, &opt, NULL, NULL, NULL));
    ck_assert(isnan(alpha) && isnan(found));
    ck_ok(ov_online_escape(&alpha, &found, &two, &b, 1000.0, &opt, NULL, NULL, NULL));
    ck_assert(isnan(alpha) && isnan(found));
    ov_overlaps_free(&a);
    ov_overlaps_free(&b);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, levels_are_reached_when_rk8pd_says);
    OV_TEST(s, the_level_is_there);
    OV_TEST(s, at_once_never_and_nonsense);
    OV_TEST(s, plateau_and_escape);
    OV_TEST(s, no_plateau);
}

OV_TEST_MAIN("theory/online, events");
