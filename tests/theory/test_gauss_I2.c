/* SPDX-License-Identifier: MIT
 *
 * The derivatives of I2 against its differences, for every pair with a closed form.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/theory/gauss.h"
#include "test.h"

#include <gsl/gsl_randist.h>

START_TEST(derivatives_of_I2)
{
    gsl_rng *r = ov_test_rng(708);
    for (size_t pair = 0; pair < 25; pair++) {
        const struct ov_activation *a = &ov_activations[pair / 5], *b = &ov_activations[pair % 5];
        for (int turn = 0; turn < 5; turn++) {
            double x[3], d[3], h = 1e-5, sd = 1.0;
            x[0] = gsl_ran_flat(r, 0.3, 2.0);
            x[2] = gsl_ran_flat(r, 0.3, 2.0);
            sd = sqrt(x[0] * x[2]);
            x[1] = gsl_ran_flat(r, -0.9, 0.9) * sd;
            ov_gauss_I2_derivatives(d, a, b, x[0], x[1], x[2]);
            static const size_t order[3] = {1, 0, 2}; /* by ab, aa, bb */
            for (size_t i = 0; i < 3; i++) {
                double up[3], down[3];
                memcpy(up, x, sizeof x);
                memcpy(down, x, sizeof x);
                up[order[i]] += h;
                down[order[i]] -= h;
                double slope =
                    (ov_I2(a, b, up[0], up[1], up[2]) - ov_I2(a, b, down[0], down[1], down[2])) /
                    (2.0 * h);
                ck_assert_msg(ov_agree(slope, d[i], 1e-7, 1e-8), "%s, %s, number %zu: %g, not %g",
                              a->name, b->name, i, d[i], slope);
            }
            ov_gauss_I2_derivatives(d, a, b, 0.0, 0.0, x[2]);
            ck_assert(isfinite(d[0]) && isfinite(d[1]) && isfinite(d[2]));
        }
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, derivatives_of_I2);
}

OV_TEST_MAIN("theory/gauss, derivatives of I2");
