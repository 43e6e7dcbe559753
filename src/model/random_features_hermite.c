/* SPDX-License-Identifier: MIT
 *
 * Hermite powers of activations (paper.md eq:rf_hermite).
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "overlap/model/random_features.h"
#include "overlap/num/fmath.h"

#define TWO_OVER_PI 0x1.45f306dc9c883p-1
#define ONE_OVER_TWO_PI 0x1.45f306dc9c883p-3
#define ONE_OVER_SQRT_TWO_PI 0x1.9884533d43651p-2

enum { DEGREES_MAX = 500 }; /* of quadrature: the step below resolves sqrt(500) radians a unit */

/* C(2j,j)/4^j, from its value for j - 1. */
static double next_central(double central, size_t j)
{
    return central * (2.0 * (double)j - 1.0) / (2.0 * (double)j);
}

/* n = 2j + 1: (2/pi) C(2j,j)/4^j / ((2j + 1) 2^(2j+1)). */
static void of_erf(double *c2, size_t n)
{
    double central = 1.0, half = 0.5;
    for (size_t j = 0; 2 * j + 1 < n; j++) {
        if (j > 0) {
            central = next_central(central, j);
            half *= 0.25;
        }
        c2[2 * j + 1] = TWO_OVER_PI * central * half / (2.0 * (double)j + 1.0);
    }
}

/* n = 1: 1/4; n = 2j: C(2j,j)/4^j / (2 pi (2j - 1)^2). */
static void of_relu(double *c2, size_t n)
{
    double central = 1.0;
    for (size_t j = 0; 2 * j < n; j++) {
        double odd = 2.0 * (double)j - 1.0;
        if (j > 0)
            central = next_central(central, j);
        c2[2 * j] = ONE_OVER_TWO_PI * central / (odd * odd);
    }
    if (n > 1)
        c2[1] = 0.25;
}

/* OV_LEAK times a line, of c_1 = 1, and 1 - OV_LEAK times a ReLU, of c_1 = 1/2. */
static void of_leaky_relu(double *c2, size_t n)
{
    of_relu(c2, n);
    for (size_t i = 0; i < n; i++)
        c2[i] *= (1.0 - OV_LEAK) * (1.0 - OV_LEAK);
    if (n > 1)
        c2[1] = 0.25 * (1.0 + OV_LEAK) * (1.0 + OV_LEAK);
}

/* x^2 - beta = sqrt 2 h_2 + 1 - beta. */
static void of_square(double *c2, size_t n, double mean)
{
    if (n > 0)
        c2[0] = mean * mean;
    if (n > 2)
        c2[2] = 2.0;
}

/* c_n = int g h_n phi by the trapezoidal rule (paper.md eq:trapezoid): sqrt(phi) h_n stays of
 * order one, and the other sqrt(phi) is below 1e-21 at the ends. */
static void of_generic(double *c2, size_t n, const struct ov_activation *g)
{
    static const double h = 0.05;
    double c[DEGREES_MAX] = {0.0};
    for (int i = -280; i <= 280; i++) {
        double z = i * h, root = ov_exp(-0.25 * z * z), before = 0.0, now = root;
        double weight = h * ONE_OVER_SQRT_TWO_PI * root * g->g(z);
        for (size_t m = 0; m < n; m++) {
            double next = (z * now - sqrt((double)m) * before) / sqrt((double)m + 1.0);
            c[m] += weight * now;
            before = now;
            now = next;
        }
    }
    bool ends = g->family == OV_FAMILY_POLYNOMIAL;
    for (size_t m = 0; m < n; m++)
        c2[m] = ends && m > OV_POLYNOMIAL_DEGREE ? 0.0 : c[m] * c[m];
}

enum ov_status ov_rf_hermite(double *c2, size_t n, const struct ov_activation *g)
{
    memset(c2, 0, n * sizeof *c2);
    switch (g->act) {
    case OV_ACT_LINEAR:
        if (n > 1)
            c2[1] = 1.0;
        return OV_OK;
    case OV_ACT_ERF:
        of_erf(c2, n);
        return OV_OK;
    case OV_ACT_RELU:
        of_relu(c2, n);
        return OV_OK;
    case OV_ACT_LEAKY_RELU:
        of_leaky_relu(c2, n);
        return OV_OK;
    case OV_ACT_QUADRATIC:
        of_square(c2, n, 1.0);
        return OV_OK;
    case OV_ACT_HE2:
        of_square(c2, n, 0.0);
        return OV_OK;
    default:
        break;
    }
    if (n > DEGREES_MAX)
        return OV_EDOM;
    of_generic(c2, n, g);
    return OV_OK;
}
