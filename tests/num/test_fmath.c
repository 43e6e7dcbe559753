/* SPDX-License-Identifier: MIT
 *
 * Errors in units in the last place, measured against long double; and the same bits from loops
 * at every level of SIMD.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_rng.h>

#include "overlap/num/fmath.h"
#include "overlap/num/fmath_inline.h"
#include "overlap/num/simd.h"
#include "test.h"

enum { POINTS = 200000 };

/* |x - exact| in units in the last place of a double at `exact`. */
static double ulps(double x, long double exact)
{
    int e;
    frexpl(exact, &e);
    long double ulp = ldexpl(1.0L, (e < -1021 ? -1021 : e) - 53);
    return (double)(fabsl((long double)x - exact) / ulp);
}

/* Largest error of f over [a, b], points uniform, or uniform in the logarithm. */
static double worst(double (*f)(double), long double (*exact)(long double), double a, double b,
                    int logarithmic, gsl_rng *r)
{
    double most = 0.0, at = 0.0;
    for (int i = 0; i < POINTS && !isnan(most); i++) {
        double u = gsl_rng_uniform(r);
        double x = logarithmic ? exp(log(a) + (log(b) - log(a)) * u) : a + (b - a) * u;
        double error = ulps(f(x), exact((long double)x));
        if (!(error <= most)) { /* NaN stays, and fails every bound */
            most = error;
            at = x;
        }
    }
    printf("    [%g, %g]: %.3f ulp at %.17g\n", a, b, most, at);
    return most;
}

static void assert_limit(double x, double expected)
{
    ck_agree(expected, x, 0, 0);
}

START_TEST(exp_is_accurate)
{
    gsl_rng *r = ov_test_rng(3);
    ck_assert_double_le(worst(ov_exp, expl, -708.0, 709.7, 0, r), 1.5);
    ck_assert_double_le(worst(ov_exp, expl, -1.0, 1.0, 0, r), 1.5);
    ck_assert_double_le(worst(ov_exp, expl, 1e-300, 1.0, 1, r), 1.5);
    ck_assert_double_le(worst(ov_exp, expl, -40.0, 0.0, 0, r), 1.5);
    for (int i = 0; i < POINTS; i++) { /* subnormal results */
        double x = -745.2 + 37.0 * gsl_rng_uniform(r);
        ck_assert_double_le(fabs(ov_exp(x) - exp(x)), 1e-323);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(exp_has_its_limits)
{
    assert_limit(ov_exp(0.0), 1.0);
    assert_limit(ov_exp(-0.0), 1.0);
    assert_limit(ov_exp(INFINITY), INFINITY);
    assert_limit(ov_exp(-INFINITY), 0.0);
    assert_limit(ov_exp(709.8), INFINITY);
    assert_limit(ov_exp(DBL_MAX), INFINITY);
    assert_limit(ov_exp(-745.2), 0.0);
    assert_limit(ov_exp(-DBL_MAX), 0.0);
    ck_assert(isfinite(ov_exp(709.78)));
    ck_assert(isnan(ov_exp(NAN)));
}
END_TEST

START_TEST(log_is_accurate)
{
    gsl_rng *r = ov_test_rng(4);
    ck_assert_double_le(worst(ov_log, logl, DBL_MIN, DBL_MAX, 1, r), 1.0);
    ck_assert_double_le(worst(ov_log, logl, 0.5, 2.0, 0, r), 1.0);
    ck_assert_double_le(worst(ov_log, logl, 0.999, 1.001, 0, r), 1.0);
    ck_assert_double_le(worst(ov_log, logl, 0.0, 1.0, 0, r), 1.0);
    ck_assert_double_le(worst(ov_log, logl, DBL_TRUE_MIN, DBL_MIN, 0, r), 1.0);
    for (double x = DBL_TRUE_MIN; x < DBL_MIN; x *= 2)
        ck_assert_double_le(ulps(ov_log(x), logl((long double)x)), 1.0);
    gsl_rng_free(r);
}
END_TEST

START_TEST(log_has_its_limits)
{
    assert_limit(ov_log(1.0), 0.0);
    assert_limit(ov_log(0.0), -INFINITY);
    assert_limit(ov_log(-0.0), -INFINITY);
    assert_limit(ov_log(INFINITY), INFINITY);
    ck_assert(isnan(ov_log(-1.0)));
    ck_assert(isnan(ov_log(-DBL_TRUE_MIN)));
    ck_assert(isnan(ov_log(-INFINITY)));
    ck_assert(isnan(ov_log(NAN)));
}
END_TEST

START_TEST(erf_is_accurate_and_relatively_so_near_zero)
{
    gsl_rng *r = ov_test_rng(5);
    ck_assert_double_le(worst(ov_erf, erfl, -7.0, 7.0, 0, r), 2.0);
    ck_assert_double_le(worst(ov_erf, erfl, 0.9, 1.1, 0, r), 2.0);
    ck_assert_double_le(worst(ov_erf, erfl, -1.0, 1.0, 0, r), 2.0);
    ck_assert_double_le(worst(ov_erf, erfl, 1e-300, 1.0, 1, r), 2.0);
    ck_assert_double_le(worst(ov_erf, erfl, 1e-3, 6.0, 1, r), 2.0);
    for (int i = 0; i < POINTS; i++) {
        double x = 6.5 * gsl_rng_uniform(r);
        ck_assert(ov_erf(-x) == -ov_erf(x));
        ck_assert(fabs(ov_erf(x)) <= 1.0);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(erf_has_its_limits)
{
    assert_limit(ov_erf(0.0), 0.0);
    ck_assert(signbit(ov_erf(-0.0)));
    assert_limit(ov_erf(INFINITY), 1.0);
    assert_limit(ov_erf(-INFINITY), -1.0);
    assert_limit(ov_erf(DBL_MAX), 1.0);
    assert_limit(ov_erf(6.0), 1.0);
    ck_assert(isnan(ov_erf(NAN)));
    ck_agree((double)erfl(1e-310L), ov_erf(1e-310), 0, 1e-323);
}
END_TEST

START_TEST(asin_is_accurate)
{
    gsl_rng *r = ov_test_rng(6);
    ck_assert_double_le(worst(ov_asin, asinl, -1.0, 1.0, 0, r), 3.0);
    ck_assert_double_le(worst(ov_asin, asinl, 0.45, 0.55, 0, r), 3.0);
    ck_assert_double_le(worst(ov_asin, asinl, 0.999, 1.0, 0, r), 3.0);
    ck_assert_double_le(worst(ov_asin, asinl, 1e-300, 1.0, 1, r), 3.0);
    for (int i = 0; i < POINTS; i++) {
        double x = gsl_rng_uniform(r);
        ck_assert(ov_asin(-x) == -ov_asin(x));
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(asin_has_its_limits)
{
    assert_limit(ov_asin(0.0), 0.0);
    assert_limit(ov_asin(1.0), M_PI_2);
    assert_limit(ov_asin(-1.0), -M_PI_2);
    ck_assert(isnan(ov_asin(nextafter(1.0, 2.0))));
    ck_assert(isnan(ov_asin(-INFINITY)));
    ck_assert(isnan(ov_asin(NAN)));
}
END_TEST

START_TEST(sine_and_cosine_are_accurate)
{
    gsl_rng *r = ov_test_rng(7);
    const long double two_pi = 6.283185307179586476925286766559L;
    double most = 0.0;
    for (int i = 0; i < 2 * POINTS; i++) {
        double u = i < 4096 ? i / 4096.0 : gsl_rng_uniform(r), s, c;
        ov_sincos_2pi(&s, &c, u);
        most = fmax(most, (double)fabsl((long double)s - sinl(two_pi * (long double)u)));
        most = fmax(most, (double)fabsl((long double)c - cosl(two_pi * (long double)u)));
    }
    printf("    largest error %.3g\n", most);
    ck_assert_double_le(most, 2.3e-16);
    gsl_rng_free(r);
}
END_TEST

START_TEST(sine_and_cosine_are_exact_at_the_quarters)
{
    const double expected[4][2] = {{0, 1}, {1, 0}, {0, -1}, {-1, 0}};
    for (int q = 0; q < 4; q++) {
        double s, c;
        ov_sincos_2pi(&s, &c, q / 4.0);
        assert_limit(s, expected[q][0]);
        assert_limit(c, expected[q][1]);
    }
    double s, c;
    ov_sincos_2pi(&s, &c, nextafter(1.0, 0.0));
    assert_limit(c, 1.0);
    ck_assert(s < 0.0 && s > -1e-15);
}
END_TEST

START_TEST(tanh_is_accurate)
{
    gsl_rng *r = ov_test_rng(9);
    ck_assert_double_le(worst(ov_tanh, tanhl, -1.0, 1.0, 0, r), 3.0);
    ck_assert_double_le(worst(ov_tanh, tanhl, -22.0, 22.0, 0, r), 3.0);
    ck_assert_double_le(worst(ov_tanh, tanhl, 1e-300, 1.0, 1, r), 3.0);
    for (int i = 0; i < POINTS; i++) {
        double x = 25.0 * gsl_rng_uniform(r);
        ck_assert(ov_tanh(-x) == -ov_tanh(x) && ov_tanh(x) <= 1.0);
    }
    assert_limit(ov_tanh(0.0), 0.0);
    ck_assert(signbit(ov_tanh(-0.0)));
    assert_limit(ov_tanh(INFINITY), 1.0);
    assert_limit(ov_tanh(-DBL_MAX), -1.0);
    ck_assert(isnan(ov_tanh(NAN)));
    gsl_rng_free(r);
}
END_TEST

START_TEST(log1p_is_accurate)
{
    gsl_rng *r = ov_test_rng(10);
    ck_assert_double_le(worst(ov_log1p, log1pl, 0.0, 1.0, 0, r), 3.0);
    ck_assert_double_le(worst(ov_log1p, log1pl, DBL_MIN, 1.0, 1, r), 3.0);
    assert_limit(ov_log1p(0.0), 0.0);
    assert_limit(ov_log1p(DBL_TRUE_MIN), DBL_TRUE_MIN);
    ck_assert(isnan(ov_log1p(-0.5)) && isnan(ov_log1p(1.5)) && isnan(ov_log1p(NAN)));
    gsl_rng_free(r);
}
END_TEST

/* ---- loops ---- */

/* One loop, compiled for each level; in an array the compiler makes vectors of it. */
#define LOOP(name, target, f)                                                                      \
    target static void name(double *restrict y, const double *restrict x, size_t n)                \
    {                                                                                              \
        for (size_t i = 0; i < n; i++)                                                             \
            y[i] = f(x[i]);                                                                        \
    }
#define BASELINE __attribute__((noinline))
#ifdef OV_SIMD_LEVELS
#define AVX2 __attribute__((noinline, target("avx2")))
#define AVX512 __attribute__((noinline, target("avx512f")))
#else
#define AVX2 BASELINE
#define AVX512 BASELINE
#endif
#define LOOPS(f)                                                                                   \
    LOOP(f##_baseline, BASELINE, ov_##f##_inline)                                                  \
    LOOP(f##_avx2, AVX2, ov_##f##_inline)                                                          \
    LOOP(f##_avx512, AVX512, ov_##f##_inline)

LOOPS(exp)
LOOPS(tanh)
LOOPS(erf)
LOOPS(asin)
LOOPS(log_normal)

static double log_normal(double x)
{
    return ov_log(x);
}

struct loops {
    const char *name;
    double (*f)(double);
    double low, high; /* of the points */
    void (*loop[OV_SIMD_COUNT])(double *restrict y, const double *restrict x, size_t n);
};

static const struct loops every[] = {
    {"exp", ov_exp, -760.0, 720.0, {exp_baseline, exp_avx2, exp_avx512}},
    {"tanh", ov_tanh, -25.0, 25.0, {tanh_baseline, tanh_avx2, tanh_avx512}},
    {"erf", ov_erf, -7.0, 7.0, {erf_baseline, erf_avx2, erf_avx512}},
    {"asin", ov_asin, -1.0, 1.0, {asin_baseline, asin_avx2, asin_avx512}},
    {"log", log_normal, 1e-3, 1e3, {log_normal_baseline, log_normal_avx2, log_normal_avx512}},
};

/* How many of n results differ in a bit from those of f one by one. */
static size_t differing(double (*f)(double), const double *x, const double *y, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        double one = f(x[i]);
        count += memcmp(&one, &y[i], sizeof one) != 0;
    }
    return count;
}

START_TEST(loops_have_the_same_bits_at_every_level)
{
    static double x[POINTS], y[POINTS];
    gsl_rng *r = ov_test_rng(11);
    for (size_t k = 0; k < sizeof every / sizeof *every; k++) {
        const struct loops *e = &every[k];
        for (size_t i = 0; i < POINTS; i++)
            x[i] = e->low + (e->high - e->low) * gsl_rng_uniform(r);
        if (e->low < 0.0) {
            x[0] = 0.0;
            x[1] = -0.0;
            x[2] = e->low;
            x[3] = e->high;
        }
        for (int level = 0; level <= (int)ov_simd_best(); level++) {
            memset(y, 0, sizeof y);
            e->loop[level](y, x, POINTS);
            ck_assert_msg(differing(e->f, x, y, POINTS) == 0, "%s at level %d", e->name, level);
            y[7] = nextafter(y[7], 9.0); /* and one bit is seen */
            ck_assert(differing(e->f, x, y, POINTS) == 1);
        }
    }
    gsl_rng_free(r);
}
END_TEST

/* The measure itself: half a unit off is half a unit, and a wrong function is caught. */
static double almost_exp(double x)
{
    return ov_exp(x) * (1.0 + 1e-15);
}

static double sometimes_nan(double x)
{
    return x < 0.9 ? ov_exp(x) : NAN;
}

START_TEST(the_measure_sees_errors)
{
    ck_agree(0.0, ulps(1.0, 1.0L), 0, 0);
    ck_agree(1.0, ulps(nextafter(1.0, 2.0), 1.0L), 0, 0);
    ck_agree(0.5, ulps(1.0, 1.0L + (long double)DBL_EPSILON / 2), 0, 0);
    gsl_rng *r = ov_test_rng(8);
    ck_assert_double_gt(worst(almost_exp, expl, -1.0, 1.0, 0, r), 4.0);
    ck_assert(isnan(worst(sometimes_nan, expl, -1.0, 1.0, 0, r)));
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, exp_is_accurate);
    OV_TEST(s, exp_has_its_limits);
    OV_TEST(s, log_is_accurate);
    OV_TEST(s, log_has_its_limits);
    OV_TEST(s, erf_is_accurate_and_relatively_so_near_zero);
    OV_TEST(s, erf_has_its_limits);
    OV_TEST(s, asin_is_accurate);
    OV_TEST(s, asin_has_its_limits);
    OV_TEST(s, sine_and_cosine_are_accurate);
    OV_TEST(s, sine_and_cosine_are_exact_at_the_quarters);
    OV_TEST(s, tanh_is_accurate);
    OV_TEST(s, log1p_is_accurate);
    OV_TEST(s, loops_have_the_same_bits_at_every_level);
    OV_TEST(s, the_measure_sees_errors);
}

OV_TEST_MAIN("num/fmath");
