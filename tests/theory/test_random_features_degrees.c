/* SPDX-License-Identifier: MIT
 *
 * All degrees and any number of features: the spectrum against quadrature, the deterministic
 * equivalent against exact floors of drawn features and against its limits.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_rng.h>

#include "overlap/theory/random_features.h"
#include "test.h"

static double one[2] = {1.0, 0.0};

static struct ov_rf_problem problem(const char *name, size_t N, double eta)
{
    const struct ov_activation *g = ov_activation_find(name);
    return (struct ov_rf_problem){
        .N = N, .M = 1, .g = g, .g_star = g, .v_star = one, .eta = eta, .sphere = true};
}

static struct ov_rf_degrees *degrees(const struct ov_rf_problem *p, size_t n)
{
    struct ov_rf_degrees *d;
    ck_ok(ov_rf_degrees_create(&d, p, n, NULL));
    return d;
}

static struct ov_rf_facts facts(const struct ov_rf_degrees *d, double ln_K)
{
    struct ov_rf_facts f;
    ck_ok(ov_rf_degrees_facts(&f, d, ln_K, NULL));
    return f;
}

/* ---- the spectrum ---- */

/* a_n = B_n <k P_n> over the sphere, q = cos th with density sin^{N-2}, by the trapezoidal rule. */
static double share_by_quadrature(size_t n, size_t N, const struct ov_activation *g, double B)
{
    double sum = 0.0, norm = 0.0, dim = (double)N;
    for (int i = 1; i < 20000; i++) {
        double th = M_PI * i / 20000.0, q = cos(th), weight = pow(sin(th), dim - 2.0);
        double k = g->act == OV_ACT_ERF ? 2.0 / M_PI * asin(q / 2.0)
                                        : (sin(th) + (M_PI - th) * q) / (2.0 * M_PI);
        double before = 0.0, P = 1.0;
        for (size_t m = 0; m < n; m++) {
            double d = (double)m;
            double next =
                m == 0 ? q : ((2.0 * d + dim - 2.0) * q * P - d * before) / (d + dim - 2.0);
            before = P;
            P = next;
        }
        sum += weight * k * P;
        norm += weight;
    }
    return B * sum / norm;
}

START_TEST(shares_are_those_of_quadrature)
{
    const size_t sizes[] = {3, 10, 50};
    const char *names[] = {"erf", "relu"};
    for (size_t i = 0; i < 6; i++) {
        size_t N = sizes[i % 3];
        struct ov_rf_problem p = problem(names[i / 3], N, 1.0);
        struct ov_rf_degrees *d = degrees(&p, 20);
        for (size_t n = 0; n <= 6; n++) {
            struct ov_rf_degree degree = ov_rf_degrees_get(d, n);
            double B = exp(degree.ln_B);
            /* N = 3: the density does not vanish smoothly at the poles, and the rule is of order 2
             */
            ck_agree(share_by_quadrature(n, N, p.g, B), degree.a, 0, N == 3 ? 3e-7 : 2e-12 * B);
            ck_assert(degree.tau2 == degree.a);
        }
        ov_rf_degrees_free(d);
    }
}
END_TEST

START_TEST(shares_add_up_and_harmonics_are_counted)
{
    const size_t sizes[] = {3, 10, 200, 100000};
    for (size_t i = 0; i < 4; i++) {
        struct ov_rf_problem p = problem("erf", sizes[i], 1.0);
        struct ov_rf_degrees *d = degrees(&p, 80);
        double sum = 0.0, N = (double)sizes[i], c2[4];
        ck_ok(ov_rf_hermite(c2, 4, p.g));
        for (size_t n = 0; n < 80; n++)
            sum += ov_rf_degrees_get(d, n).a;
        ck_agree(1.0 / 3.0, sum, 2e-13, 0);
        ck_agree(log(N), ov_rf_degrees_get(d, 1).ln_B, 1e-15, 0);
        ck_agree(log(N * (N - 1.0) * (N + 4.0) / 6.0), ov_rf_degrees_get(d, 3).ln_B, 1e-13, 0);
        ck_assert(ov_rf_degrees_get(d, 2).a == 0.0);
        if (N > 1e4) {
            ck_agree(c2[1], ov_rf_degrees_get(d, 1).a, 2.0 / N, 0);
            ck_agree(c2[3], ov_rf_degrees_get(d, 3).a, 20.0 / N, 0);
        }
        ov_rf_degrees_free(d);
    }
    /* relu: what is beyond the degrees at hand is counted, and never learnt */
    struct ov_rf_problem p = problem("relu", 30, 1.0);
    struct ov_rf_degrees *d = degrees(&p, 100), *more = degrees(&p, 1000);
    double tail = ov_rf_degrees_get(d, 100).a, sum = 0.0;
    for (size_t n = 100; n <= 1000; n++)
        sum += ov_rf_degrees_get(more, n).a;
    ck_agree(sum, tail, 1e-9, 0);
    ck_assert(isinf(ov_rf_degrees_get(d, 100).ln_B) && tail > 1e-7);
    ov_rf_degrees_free(d);
    ov_rf_degrees_free(more);
}
END_TEST

/* Two teacher units at an angle: their common power, degree by degree, adds up to tau2. */
START_TEST(teachers_at_an_angle)
{
    struct ov_rf_problem p = problem("relu", 12, 1.0);
    double T[3] = {1.0, 0.6, 1.0}, v[2] = {1.0, -0.7}, sum = 0.0;
    p.M = 2;
    p.v_star = v;
    p.teacher = OV_TEACHER_GIVEN;
    p.T = T;
    p.g = ov_activation_find("erf");
    struct ov_rf_degrees *d = degrees(&p, 300);
    for (size_t n = 0; n <= 300; n++)
        sum += ov_rf_degrees_get(d, n).tau2;
    ck_agree(ov_rf_powers_of(&p).tau2, sum, 1e-12, 0);
    /* degree 0 sees the sum of the weights, degree 1 the sum of the vectors */
    struct ov_rf_problem single = problem("relu", 12, 1.0);
    struct ov_rf_degrees *alone = degrees(&single, 300);
    ck_agree(0.09 * ov_rf_degrees_get(alone, 0).a, ov_rf_degrees_get(d, 0).tau2, 1e-12, 0);
    ck_agree((1.0 + 0.49 - 2.0 * 0.7 * 0.6) * ov_rf_degrees_get(alone, 1).a,
             ov_rf_degrees_get(d, 1).tau2, 1e-12, 0);
    ov_rf_degrees_free(alone);
    ov_rf_degrees_free(d);
}
END_TEST

/* ---- floors ---- */

START_TEST(floors_have_their_known_values)
{
    const struct {
        size_t N;
        double K, R;
    } known[] = {
        {20, 1500, 0.004598}, {20, 3000, 0.002180}, {40, 2000, 0.012404}, {10, 400, 0.001585}};
    for (size_t i = 0; i < 4; i++) {
        struct ov_rf_problem p = problem("erf", known[i].N, 1.0);
        struct ov_rf_degrees *d = degrees(&p, 60);
        ck_agree(known[i].R, 2.0 * facts(d, log(known[i].K)).floor, 0, 6e-7);
        ov_rf_degrees_free(d);
    }
    /* ensembles at eta = 2 and t = 64 */
    const double ensembles[][3] = {{200, 100, 0.28009}, {200, 200, 0.11486}, {200, 400, 0.04264},
                                   {400, 200, 0.28027}, {400, 400, 0.11526}, {400, 800, 0.04292}};
    for (size_t i = 0; i < 6; i++) {
        struct ov_rf_problem p = problem("erf", (size_t)ensembles[i][0], 2.0);
        struct ov_rf_degrees *d = degrees(&p, 60);
        double t = 64.0, eps_g;
        ck_ok(ov_rf_degrees_curve(&eps_g, d, log(ensembles[i][1]), &t, 1, NULL));
        ck_agree(ensembles[i][2], 2.0 * eps_g, 0, 1.1e-5);
        ov_rf_degrees_free(d);
    }
}
END_TEST

/* R = tau2 - b'F^-1 b of drawn features on the sphere, averaged. */
static double drawn_floor(size_t N, size_t K, const char *name, size_t draws)
{
    struct ov_rf_problem p = problem(name, N, 1.0);
    double sum = 0.0;
    p.K = K;
    for (size_t i = 0; i < draws; i++) {
        struct ov_rf_instance x;
        struct ov_rf_facts f;
        ck_ok(ov_rf_instance_create(&x, &p, 7000 + i, NULL));
        ck_ok(ov_rf_instance_curve(NULL, &f, &p, &x, OV_RF_CONTINUOUS, NULL, 0, NULL));
        sum += 2.0 * f.floor;
        ov_rf_instance_free(&x);
    }
    return sum / (double)draws;
}

START_TEST(floors_are_those_of_drawn_features)
{
    const struct {
        size_t N, K;
        const char *name;
        size_t draws;
        double margin; /* the equivalent's own error, worst at K = N, and the draws' */
    } cases[] = {{20, 10, "erf", 300, 0.04},
                 {20, 60, "erf", 150, 0.06},
                 {10, 150, "erf", 40, 0.06},
                 {12, 6, "relu", 300, 0.05},
                 {12, 100, "relu", 60, 0.06}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ov_rf_problem p = problem(cases[i].name, cases[i].N, 1.0);
        struct ov_rf_degrees *d = degrees(&p, 200);
        double R = 2.0 * facts(d, log((double)cases[i].K)).floor;
        double drawn = drawn_floor(cases[i].N, cases[i].K, cases[i].name, cases[i].draws);
        ck_agree(R, drawn, cases[i].margin, 0);
        ck_assert(!ov_agree(2.0 * facts(d, log(2.0 * (double)cases[i].K)).floor, drawn,
                            cases[i].margin, 0));
        ov_rf_degrees_free(d);
    }
}
END_TEST

/* ---- widths and the staircase ---- */

START_TEST(widths_have_their_known_values)
{
    const double known[2][5] = {{2.2, 5.5, 8.4, 11.7, 14.5}, {2.5, 6.4, 10.0, 14.7, 17.8}};
    for (size_t i = 0; i < 2; i++) {
        struct ov_rf_problem p = problem("erf", i == 0 ? 100 : 200, 1.0);
        struct ov_rf_degrees *d = degrees(&p, 60);
        for (size_t k = 0; k < 5; k++) {
            double ln_K, fraction = pow(10.0, -1.0 - (double)k);
            ck_ok(ov_rf_degrees_width(&ln_K, d, fraction, NULL));
            ck_agree(known[i][k], ln_K / log(10.0), 0, 0.05);
            ck_agree(fraction / 6.0, facts(d, ln_K).floor, 1e-10, 0);
        }
        ov_rf_degrees_free(d);
    }
}
END_TEST

START_TEST(floors_fall_with_any_number_of_features)
{
    struct ov_rf_problem p = problem("erf", 1000, 1.0);
    struct ov_rf_degrees *d = degrees(&p, 200);
    double before = INFINITY;
    for (double ln_K = 0.0; ln_K < 1000.0; ln_K += 7.0) {
        double R = 2.0 * facts(d, ln_K).floor;
        ck_assert((ln_K < 490.0 ? R < before : R <= before) && R > 0.0);
        before = R;
        /* matched, one unit: R = s(0) solves sum a_n/(K xi_n + R) = 1 */
        double sum = ov_rf_degrees_get(d, 200).a / R;
        for (size_t n = 0; n < 200; n++) {
            struct ov_rf_degree y = ov_rf_degrees_get(d, n);
            if (y.a > 0.0)
                sum += y.a / (exp(ln_K - y.ln_B) * y.a + R);
        }
        if (ln_K < 600.0)
            ck_agree(1.0, sum, 1e-9, 0);
    }
    ck_assert(before < 1e-40);
    ov_rf_degrees_free(d);
    /* a polynomial is learnt completely */
    p = problem("linear", 50, 1.0);
    d = degrees(&p, 5);
    ck_agree(0.5 * (1.0 - 20.0 / 50.0), facts(d, log(20.0)).floor, 1e-12, 0);
    ck_assert(facts(d, log(51.0)).floor == 0.0 && facts(d, log(51.0)).growth < 0.0);
    ov_rf_degrees_free(d);
}
END_TEST

/* N -> infinity at fixed K l!/N^l: corrections are of order 1/N. */
START_TEST(large_N_is_the_staircase_and_its_first_step_the_limit)
{
    struct ov_rf_problem p = problem("erf", 1000000, 2.0);
    struct ov_rf_degrees *d = degrees(&p, 60);
    const double steps[] = {0.3, 1.0, 4.0};
    for (size_t i = 0; i < 3; i++)
        for (size_t l = 1; l <= 7; l += 2) {
            double floor, ln_K = (double)l * log(1e6) - lgamma((double)l + 1.0) + log(steps[i]);
            ck_ok(ov_rf_staircase(&floor, &p, l, steps[i], NULL));
            ck_agree(floor, facts(d, ln_K).floor, 2e-4, 0);
        }
    p.init_std = 0.5;
    p.sigma = 0.2;
    for (size_t i = 0; i < 3; i++) {
        struct ov_rf_problem limit = p;
        struct ov_rf_facts f, g;
        limit.N = 0;
        limit.beta = steps[i];
        ov_rf_degrees_free(d);
        d = degrees(&p, 60);
        double t[5] = {0.0, 0.1, 1.0, 10.0, 300.0}, a[5], b[5];
        ck_ok(ov_rf_limit_curve(a, &limit, t, 5, NULL));
        ck_ok(ov_rf_degrees_curve(b, d, log(1e6 * steps[i]), t, 5, NULL));
        for (size_t j = 0; j < 5; j++)
            ck_agree(a[j], b[j], 3e-5, 0);
        ck_ok(ov_rf_limit_facts(&f, &limit, NULL));
        g = facts(d, log(1e6 * steps[i]));
        ck_agree(f.floor, g.floor, 3e-5, 0);
        ck_agree(f.stationary, g.stationary, 3e-5, 0);
        ck_agree(f.growth, g.growth, 2e-3, 0);
        ck_agree(f.eta_max, g.eta_max, 1e-15, 0);
    }
    ov_rf_degrees_free(d);
    /* even degrees: a sigmoidal student does not have them */
    double even, odd;
    ck_ok(ov_rf_staircase(&even, &p, 4, 1.0, NULL));
    ck_ok(ov_rf_staircase(&odd, &p, 3, 1e12, NULL));
    ck_agree(odd, even, 1e-9, 0);
}
END_TEST

/* ---- dynamics ---- */

START_TEST(curves_have_their_known_values_and_ends)
{
    struct ov_rf_problem p = problem("erf", 12, 2.0);
    struct ov_rf_degrees *d = degrees(&p, 60);
    double t[3] = {1.0, 16.0, 64.0}, eps_g[3], known[3] = {0.0173, 0.00999, 0.00558};
    ck_ok(ov_rf_degrees_curve(eps_g, d, log(500.0), t, 3, NULL));
    for (size_t i = 0; i < 3; i++)
        ck_agree(known[i], 2.0 * eps_g[i], 0, i == 0 ? 5e-5 : 6e-6);
    ov_rf_degrees_free(d);
    gsl_rng *r = ov_test_rng(503);
    const char *names[] = {"erf", "relu", "tanh", "linear"};
    for (size_t i = 0; i < 12; i++) {
        p = problem(names[i % 4], 3 + gsl_rng_uniform_int(r, 60), 1.0);
        p.eta = (i % 3 == 2 ? 3.0 : 1.9 * gsl_rng_uniform(r)) / ov_rf_powers_of(&p).g2;
        p.sigma = gsl_rng_uniform(r);
        p.init_std = gsl_rng_uniform(r);
        d = degrees(&p, 80);
        double ln_K = log(5.0) + 4.0 * gsl_rng_uniform(r);
        struct ov_rf_facts f = facts(d, ln_K);
        double late[2] = {20.0 / fabs(f.growth), 22.0 / fabs(f.growth)};
        ck_assert((f.growth > 0.0) == (i % 3 == 2));
        ck_ok(ov_rf_degrees_curve(eps_g, d, ln_K, late, 2, NULL));
        if (f.growth < 0.0)
            ck_agree(f.stationary, eps_g[0], 1e-6, 0);
        else
            ck_agree(f.growth, log(eps_g[1] / eps_g[0]) / (late[1] - late[0]), 1e-4, 0);
        ov_rf_degrees_free(d);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(mistakes_are_refused)
{
    struct ov_rf_problem p = problem("erf", 20, 1.0);
    struct ov_rf_degrees *d, *good = degrees(&p, 8);
    struct ov_error e = {0};
    struct ov_rf_facts f;
    double T = 2.0, ln_K, t = -1.0, eps_g, floor;
    ck_assert_int_eq(ov_rf_degrees_create(&d, &p, 1, &e), OV_EDOM);
    ck_assert_ptr_null(d);
    p.g = ov_activation_find("tanh");
    ck_assert_int_eq(ov_rf_degrees_create(&d, &p, 501, &e), OV_EDOM);
    p.N = 2;
    ck_assert_int_eq(ov_rf_degrees_create(&d, &p, 8, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "at least 3"));
    p = problem("erf", 20, 1.0);
    p.teacher = OV_TEACHER_GIVEN;
    p.T = &T;
    ck_assert_int_eq(ov_rf_degrees_create(&d, &p, 8, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "T_0_0 = 2"));
    ck_assert_int_eq(ov_rf_staircase(&floor, &p, 1, 1.0, &e), OV_EUSER);
    p = problem("erf", 20, NAN);
    ck_assert_int_eq(ov_rf_degrees_create(&d, &p, 8, &e), OV_EUSER);
    ck_assert_int_eq(ov_rf_degrees_facts(&f, good, -1.0, &e), OV_EUSER);
    ck_assert_int_eq(ov_rf_degrees_facts(&f, good, NAN, &e), OV_EUSER);
    ck_assert_int_eq(ov_rf_degrees_curve(&eps_g, good, 3.0, &t, 1, &e), OV_EDOM);
    ck_assert_int_eq(ov_rf_degrees_width(&ln_K, good, 0.0, &e), OV_EUSER);
    ck_assert_int_eq(ov_rf_degrees_width(&ln_K, good, 1.0, &e), OV_EUSER);
    ck_assert_int_eq(ov_rf_degrees_width(&ln_K, good, 0.99, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "one feature is enough"));
    ck_assert_int_eq(ov_rf_degrees_width(&ln_K, good, 1e-9, &e), OV_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(e.text, "beyond the first 8"));
    p = problem("erf", 20, 1.0);
    ck_assert_int_eq(ov_rf_staircase(&floor, &p, 0, 1.0, &e), OV_EUSER);
    ck_assert_int_eq(ov_rf_staircase(&floor, &p, 1, 0.0, &e), OV_EUSER);
    ov_rf_degrees_free(good);
    ov_rf_degrees_free(NULL);
    p = problem("relu", 20, 14.0);
    good = degrees(&p, 8);
    t = 1.0;
    ck_assert_int_eq(ov_rf_degrees_curve(&eps_g, good, 3.0, &t, 1, &e), OV_EDIVERGED);
    ck_assert(isinf(facts(good, 3.0).growth));
    ov_rf_degrees_free(good);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, shares_are_those_of_quadrature);
    OV_TEST(s, shares_add_up_and_harmonics_are_counted);
    OV_TEST(s, teachers_at_an_angle);
    OV_TEST(s, floors_have_their_known_values);
    OV_TEST(s, floors_are_those_of_drawn_features);
    OV_TEST(s, widths_have_their_known_values);
    OV_TEST(s, floors_fall_with_any_number_of_features);
    OV_TEST(s, large_N_is_the_staircase_and_its_first_step_the_limit);
    OV_TEST(s, curves_have_their_known_values_and_ends);
    OV_TEST(s, mistakes_are_refused);
}

OV_TEST_MAIN("theory/random_features (degrees)");
