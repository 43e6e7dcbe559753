/* SPDX-License-Identifier: MIT
 *
 * The table of activations: g, its slope, and its class for the averages.
 */
#include "overlap/model/activation.h"

#include <math.h>
#include <string.h>

#include "overlap/num/fmath.h"

#define SQRT_HALF 0x1.6a09e667f3bcdp-1
#define SQRT_TWO_OVER_PI 0x1.9884533d43651p-1
#define ONE_OVER_TWO_PI 0x1.45f306dc9c883p-3

static double linear(double x)
{
    return x;
}

static double linear_slope(double x)
{
    (void)x;
    return 1.0;
}

static double erf_unit(double x)
{
    return ov_erf(x * SQRT_HALF);
}

static double erf_unit_slope(double x)
{
    return SQRT_TWO_OVER_PI * ov_exp(-0.5 * x * x);
}

/* At the kink g' = 0; NaN stays NaN. */
static double relu(double x)
{
    return x < 0.0 ? 0.0 : x;
}

static double relu_slope(double x)
{
    return x > 0.0 ? 1.0 : x <= 0.0 ? 0.0 : x;
}

static double square(double x)
{
    return x * x;
}

static double he2(double x)
{
    return x * x - 1.0;
}

static double square_slope(double x)
{
    return 2.0 * x;
}

static double tanh_slope(double x)
{
    double t = ov_tanh(x);
    return (1.0 - t) * (1.0 + t);
}

/* 1/(1 + exp(-x)). */
static double sigmoid(double x)
{
    double e = ov_exp(x < 0.0 ? x : -x);
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

static double sigmoid_slope(double x)
{
    double e = ov_exp(x < 0.0 ? x : -x);
    return e / ((1.0 + e) * (1.0 + e));
}

static double softplus(double x)
{
    double e = ov_exp(x < 0.0 ? x : -x);
    return (x < 0.0 ? 0.0 : x) + ov_log1p(e);
}

/* Phi(x), the distribution function of N(0,1). */
static double normal_below(double x)
{
    return 0.5 * (1.0 + ov_erf(x * SQRT_HALF));
}

static double gelu(double x)
{
    return x * normal_below(x);
}

static double gelu_slope(double x)
{
    return normal_below(x) + 0.5 * SQRT_TWO_OVER_PI * (x * ov_exp(-0.5 * x * x));
}

static double silu(double x)
{
    return x * sigmoid(x);
}

static double silu_slope(double x)
{
    return sigmoid(x) + x * sigmoid_slope(x);
}

static double he3(double x)
{
    return x * (x * x - 3.0);
}

static double he3_slope(double x)
{
    return 3.0 * (x * x - 1.0);
}

static double he4(double x)
{
    return x * x * (x * x - 6.0) + 3.0;
}

static double he4_slope(double x)
{
    return 4.0 * x * (x * x - 3.0);
}

/* At the kink g' is that from below, as the ReLU's. */
static double leaky_relu(double x)
{
    return x < 0.0 ? OV_LEAK * x : x;
}

static double leaky_relu_slope(double x)
{
    return x > 0.0 ? 1.0 : x <= 0.0 ? OV_LEAK : x;
}

/* sin and cos of |x|: the rounding of |x|/2 pi makes an absolute error of |x| 1e-16. */
static void sine_and_cosine(double *s, double *c, double x)
{
    double turns = ONE_OVER_TWO_PI * fabs(x);
    ov_sincos_2pi(s, c, turns - floor(turns));
}

static double sine(double x)
{
    double s, c;
    sine_and_cosine(&s, &c, x);
    return x < 0.0 ? -s : s;
}

static double cosine(double x)
{
    double s, c;
    sine_and_cosine(&s, &c, x);
    return c;
}

const struct ov_activation ov_activations[] = {
    [OV_ACT_LINEAR] = {OV_ACT_LINEAR, "linear", "x", linear, linear_slope, OV_FAMILY_POLYNOMIAL,
                       true},
    [OV_ACT_ERF] = {OV_ACT_ERF, "erf", "erf(x/sqrt 2)", erf_unit, erf_unit_slope, OV_FAMILY_NONE,
                    true},
    [OV_ACT_RELU] = {OV_ACT_RELU, "relu", "max(0, x)", relu, relu_slope, OV_FAMILY_NONE, false},
    [OV_ACT_QUADRATIC] = {OV_ACT_QUADRATIC, "quadratic", "x^2", square, square_slope,
                          OV_FAMILY_POLYNOMIAL, false},
    [OV_ACT_HE2] = {OV_ACT_HE2, "he2", "x^2 - 1", he2, square_slope, OV_FAMILY_POLYNOMIAL, false},
    {OV_ACT_GENERIC, "tanh", "tanh(x)", ov_tanh, tanh_slope, OV_FAMILY_NONE, true},
    {OV_ACT_GENERIC, "sigmoid", "1/(1 + exp(-x))", sigmoid, sigmoid_slope, OV_FAMILY_NONE, false},
    {OV_ACT_GENERIC, "softplus", "ln(1 + exp(x))", softplus, sigmoid, OV_FAMILY_NONE, false},
    {OV_ACT_GENERIC, "gelu", "x Phi(x)", gelu, gelu_slope, OV_FAMILY_NONE, true},
    {OV_ACT_GENERIC, "silu", "x/(1 + exp(-x))", silu, silu_slope, OV_FAMILY_NONE, true},
    {OV_ACT_LEAKY_RELU, "leaky_relu", "max(x/100, x)", leaky_relu, leaky_relu_slope, OV_FAMILY_NONE,
     true},
    {OV_ACT_GENERIC, "he3", "x^3 - 3x", he3, he3_slope, OV_FAMILY_POLYNOMIAL, false},
    {OV_ACT_GENERIC, "he4", "x^4 - 6x^2 + 3", he4, he4_slope, OV_FAMILY_POLYNOMIAL, false},
    {OV_ACT_GENERIC, "sin", "sin(x)", sine, cosine, OV_FAMILY_SINE, false},
};
const size_t ov_activation_count = sizeof ov_activations / sizeof *ov_activations;

const struct ov_activation *ov_activation_find(const char *name)
{
    for (size_t i = 0; i < ov_activation_count; i++)
        if (name && strcmp(name, ov_activations[i].name) == 0)
            return &ov_activations[i];
    return NULL;
}
