/* SPDX-License-Identifier: MIT
 *
 * Overlaps outside of the teacher's subspace against the weights themselves, and against inputs that
 * share their fields of the teacher.
 */
#include <math.h>

#include <gsl/gsl_randist.h>

#include "overlap/model/outside.h"
#include "overlap/num/sym.h"
#include "test.h"

enum { K = 4, M = 2, N = 7, DRAWS = 40000 };

/* phi of an input whose first M elements are the fields of the teacher. */
static double output(const struct ov_activation *g, double w[K][N], const double *v,
                     const double *x)
{
    double phi = 0.0;
    for (size_t k = 0; k < K; k++) {
        double lambda = 0.0;
        for (size_t i = 0; i < N; i++)
            lambda += w[k][i] * x[i];
        phi += v[k] * g->g(lambda);
    }
    return phi;
}

START_TEST(two_inputs_with_the_same_fields)
{
    static const char *const names[] = {"linear", "quadratic", "erf"};
    const struct ov_activation *g = ov_activation_find(names[_i]);
    gsl_rng *r = ov_test_rng(211 + (unsigned long)_i);
    struct ov_overlaps o;
    double w[K][N], q[K], pairs = 0.0, mean = 0.0, square = 0.0;
    ck_ok(ov_overlaps_create(&o, K, M));
    for (size_t k = 0; k < K; k++) {
        o.v[k] = gsl_ran_gaussian(r, 1.0);
        for (size_t i = 0; i < N; i++)
            w[k][i] = gsl_ran_gaussian(r, 0.7);
        for (size_t m = 0; m < M; m++)
            o.R[k * M + m] = w[k][m];
        for (size_t l = 0; l <= k; l++) {
            double outside = 0.0;
            for (size_t i = 0; i < N; i++) {
                o.Q[ov_sym_at(k, l)] += w[k][i] * w[l][i];
                outside += i < M ? 0.0 : w[k][i] * w[l][i];
            }
            pairs += l < k ? outside * outside : 0.0;
        }
    }
    struct ov_outside x = ov_outside(q, &o, g);
    ck_agree(pairs, x.pairs, 1e-12, 0.0);
    for (size_t k = 0; k < K; k++) {
        double own = 0.0;
        for (size_t i = M; i < N; i++)
            own += w[k][i] * w[k][i];
        ck_agree(own, q[k], 1e-12, 0.0);
    }
    for (size_t n = 1; n <= DRAWS; n++) { /* the mean of (phi - phi')^2/2, Welford's way */
        double a[N], b[N];
        for (size_t i = 0; i < N; i++) {
            a[i] = gsl_ran_gaussian(r, 1.0);
            b[i] = i < M ? a[i] : gsl_ran_gaussian(r, 1.0);
        }
        double half = output(g, w, o.v, a) - output(g, w, o.v, b), from;
        half *= 0.5 * half;
        from = half - mean;
        mean += from / (double)n;
        square += from * (half - mean);
    }
    double se = sqrt(square) / DRAWS;
    printf("    %s: %.5f, drawn %.5f (%.5f)\n", names[_i], x.f, mean, se);
    ck_agree(x.f, mean, 0.0, 4.5 * se);
    ck_assert(se < 0.05 * mean);
    ov_overlaps_free(&o);
    gsl_rng_free(r);
}
END_TEST

START_TEST(other_units_have_no_number)
{
    struct ov_overlaps o;
    double q[1];
    ck_ok(ov_overlaps_create(&o, 1, 1));
    o.v[0] = o.Q[0] = 1.0;
    ck_assert(isnan(ov_outside(q, &o, ov_activation_find("relu")).f));
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("outside");
    tcase_add_loop_test(c, two_inputs_with_the_same_fields, 0, 3);
    suite_add_tcase(s, c);
    OV_TEST(s, other_units_have_no_number);
}

OV_TEST_MAIN("model/outside");
