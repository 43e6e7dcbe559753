/* SPDX-License-Identifier: MIT
 *
 * The derivatives of I2 = < g_a(x) g_b(y) > where it has a closed form (model/eps_g.h):
 * < g_a' g_b' > by the covariance, < g_a'' g_b >/2 by the variance of x.
 */
#include <float.h>
#include <math.h>

#include "gauss_kinks_internal.h"
#include "overlap/theory/gauss.h"

static const double two_over_pi = 2.0 / M_PI;
static const double sqrt_two_over_pi = 0.79788456080286535588;
static const double one_over_two_pi = 0.5 / M_PI;

struct two {
    double aa, ab, bb;
};

/* d[0] by ab, d[1] by aa, d[2] by bb. */
typedef void slopes(double d[3], struct two x);

static void linear_linear(double d[3], struct two x)
{
    (void)x;
    d[0] = 1.0;
}

static void linear_erf(double d[3], struct two x)
{
    d[0] = sqrt_two_over_pi / sqrt(1.0 + x.bb);
    d[2] = -0.5 * d[0] * x.ab / (1.0 + x.bb);
}

/* 1 - r^2 is kept from 0, which it only reaches where C is no covariance. */
static void erf_erf(double d[3], struct two x)
{
    double q_a = 1.0 / sqrt(1.0 + x.aa), q_b = 1.0 / sqrt(1.0 + x.bb), r = x.ab * q_a * q_b;
    double h = two_over_pi / sqrt(fmax((1.0 - r) * (1.0 + r), DBL_EPSILON));
    d[0] = h * q_a * q_b;
    d[1] = -0.5 * h * r * q_a * q_a;
    d[2] = -0.5 * h * r * q_b * q_b;
}

static void linear_relu(double d[3], struct two x)
{
    (void)x;
    d[0] = 0.5;
}

static void relu_erf(double d[3], struct two x)
{
    linear_erf(d, x);
    d[0] *= 0.5;
    d[2] *= 0.5;
}

/* sd_b sqrt(1 - r^2)/(4 pi sd_a), infinite at sd_a = 0, where it is left out: a unit of length
 * zero stays one. */
static void relu_relu(double d[3], struct two x)
{
    double p = x.aa > 0.0 && x.bb > 0.0 ? sqrt(x.aa * x.bb) : 0.0;
    double r = p > 0.0 ? fmax(-1.0, fmin(1.0, x.ab / p)) : 0.0;
    double open = p * sqrt((1.0 - r) * (1.0 + r));
    d[0] = 0.25 + one_over_two_pi * asin(r);
    d[1] = x.aa > 0.0 ? 0.5 * one_over_two_pi * open / x.aa : 0.0;
    d[2] = x.bb > 0.0 ? 0.5 * one_over_two_pi * open / x.bb : 0.0;
}

static void relu_square_minus(double d[3], struct two x, double beta)
{
    double sd = sqrt(x.aa), inverse = sd > 0.0 ? 1.0 / sd : 0.0, slope = x.ab * inverse;
    d[0] = sqrt_two_over_pi * slope;
    d[1] = 0.25 * sqrt_two_over_pi * (x.bb - beta - slope * slope) * inverse;
    d[2] = 0.5 * sqrt_two_over_pi * sd;
}

static void relu_quadratic(double d[3], struct two x)
{
    relu_square_minus(d, x, 0.0);
}

static void relu_he2(double d[3], struct two x)
{
    relu_square_minus(d, x, 1.0);
}

static void square_square(double d[3], struct two x)
{
    d[0] = 4.0 * x.ab;
    d[1] = x.bb;
    d[2] = x.aa;
}

static void quadratic_he2(double d[3], struct two x)
{
    square_square(d, x);
    d[1] -= 1.0;
}

static void he2_he2(double d[3], struct two x)
{
    square_square(d, x);
    d[1] -= 1.0;
    d[2] -= 1.0;
}

/* Kinked or linear units A |x| + B x, gauss_kinks.c. */
static void kinked(double d[3], struct two x, struct ov_kink_shape a, struct ov_kink_shape b)
{
    double r = x.aa > 0.0 && x.bb > 0.0 ? x.ab / sqrt(x.aa * x.bb) : 0.0;
    double area = sqrt(fmax(x.aa * x.bb - x.ab * x.ab, 0.0)), AA = a.A * b.A * two_over_pi;
    d[0] = AA * asin(fmax(-1.0, fmin(1.0, r))) + a.B * b.B;
    d[1] = x.aa > 0.0 ? 0.5 * AA * area / x.aa : 0.0;
    d[2] = x.bb > 0.0 ? 0.5 * AA * area / x.bb : 0.0;
}

static void zero(double d[3], struct two x)
{
    (void)d, (void)x;
}

/* The lower triangle stands for the upper one with x and y exchanged. */
static slopes *const closed[OV_ACT_GENERIC][OV_ACT_GENERIC] = {
    [OV_ACT_LINEAR] = {[OV_ACT_LINEAR] = linear_linear,
                       [OV_ACT_ERF] = linear_erf,
                       [OV_ACT_RELU] = linear_relu,
                       [OV_ACT_QUADRATIC] = zero,
                       [OV_ACT_HE2] = zero},
    [OV_ACT_ERF] = {[OV_ACT_ERF] = erf_erf, [OV_ACT_QUADRATIC] = zero, [OV_ACT_HE2] = zero},
    [OV_ACT_RELU] = {[OV_ACT_ERF] = relu_erf,
                     [OV_ACT_RELU] = relu_relu,
                     [OV_ACT_QUADRATIC] = relu_quadratic,
                     [OV_ACT_HE2] = relu_he2},
    [OV_ACT_QUADRATIC] = {[OV_ACT_QUADRATIC] = square_square, [OV_ACT_HE2] = quadratic_he2},
    [OV_ACT_HE2] = {[OV_ACT_HE2] = he2_he2},
};

void ov_gauss_I2_derivatives(double d[3], const struct ov_activation *a,
                             const struct ov_activation *b, double aa, double ab, double bb)
{
    d[0] = d[1] = d[2] = 0.0;
    if (a->act == OV_ACT_LEAKY_RELU || b->act == OV_ACT_LEAKY_RELU) {
        kinked(d, (struct two){aa, ab, bb}, ov_kink_shape_of(a), ov_kink_shape_of(b));
        return;
    }
    slopes *f = closed[a->act][b->act];
    if (f) {
        f(d, (struct two){aa, ab, bb});
        return;
    }
    closed[b->act][a->act](d, (struct two){bb, ab, aa});
    double by_bb = d[1];
    d[1] = d[2];
    d[2] = by_bb;
}
