/* SPDX-License-Identifier: MIT
 *
 * I2 where g_a has no closed form. On the line, the trapezoidal rule in z = x/sd, z ~ N(0,1): for
 * a function analytic in a strip |Im z| < d, its error is about exp(-2 pi d/h), so that a step h
 * in proportion to 1/sd keeps it at 1e-11 for every variance, where Gauss-Hermite's falls behind
 * (paper.md eq:trapezoid).
 * 1. Where the partner's average given x has a closed form (linear, erf, quadratic) there is
 *    this one integral.
 * 2. Two generic ones: x outside, inside the part of y that is independent of x.
 * 3. A ReLU partner: its kink is where its integral, the outer one, begins. On the half-line,
 *    z = exp(t - exp(-t)) turns both ends into double-exponential decay, for the same rule.
 * 4. Two polynomials: Gauss-Hermite's rule of nodes enough to be exact. Two sines: the real parts
 *    of characteristic functions (paper.md eq:sine). Two GELUs: in closed form.
 */
#include "eps_g_internal.h"

#include <math.h>
#include <stdbool.h>

#include "overlap/num/fmath.h"

#define SQRT_HALF 0x1.6a09e667f3bcdp-1
#define ONE_OVER_SQRT_TWO_PI 0x1.9884533d43651p-2

/* The density falls to 1e-13 at `tail`; for polynomials, which grow there, to 1e-17. `step` for
 * fields of variance <= 1. */
static const double tail = 7.75, tail_of_polynomials = 8.75, step = 0.33;
enum { NODES_MAX = 400 }; /* each side: enough for variances up to 280 */

struct rule {
    int first, last;
    double h;
};

/* Nodes i h for functions of sd z. */
static struct rule line(double sd, double end)
{
    double n = ceil(end / step * (sd > 1.0 ? sd : 1.0));
    if (sd == 0.0)
        return (struct rule){0, 0, 0.0};
    int side = n < NODES_MAX ? (int)n : NODES_MAX;
    double h = sd > 1.0 ? step / sd : step;
    return (struct rule){-side, side, n < NODES_MAX ? h : end / NODES_MAX};
}

/* Nodes t = i h of step 3, t from -2.7 to 2.2. */
static struct rule half(double sd)
{
    double n = ceil(10.0 * (sd > 1.0 ? sd : 1.0));
    n = n < NODES_MAX ? n : NODES_MAX;
    return (struct rule){-(int)(2.7 * n), (int)(2.2 * n), 1.0 / n};
}

static double weight(const struct rule *r, double z)
{
    return r->h > 0.0 ? r->h * ONE_OVER_SQRT_TWO_PI * ov_exp(-0.5 * z * z) : 1.0;
}

static double tail_of(const struct ov_activation *x, const struct ov_activation *y)
{
    bool grows = x->family == OV_FAMILY_POLYNOMIAL || y->family == OV_FAMILY_POLYNOMIAL;
    return grows ? tail_of_polynomials : tail;
}

static double root_of_positive(double x)
{
    return x > 0.0 ? sqrt(x) : 0.0;
}

/* < g(m + s z) >. */
static double mean_of(double (*g)(double), double m, double s, const struct rule *r)
{
    double sum = 0.0;
    for (int i = r->first; i <= r->last; i++)
        sum += weight(r, i * r->h) * g(m + s * (i * r->h));
    return sum;
}

/* The partner's average given x = sd z: y = slope z + rest u. */
struct partner {
    const struct ov_activation *g;
    double slope, rest, bb;
    struct rule inner;
};

static double given(const struct partner *y, double z)
{
    double mean = y->slope * z;
    switch (y->g->act) {
    case OV_ACT_LINEAR:
        return mean;
    case OV_ACT_ERF:
        return ov_erf(mean * SQRT_HALF / sqrt(1.0 + y->rest * y->rest));
    case OV_ACT_QUADRATIC:
        return y->bb + y->slope * y->slope * (z * z - 1.0);
    case OV_ACT_HE2:
        return y->bb + y->slope * y->slope * (z * z - 1.0) - 1.0;
    default:
        return mean_of(y->g->g, mean, y->rest, &y->inner);
    }
}

static double over_the_line(const struct ov_activation *x, const struct ov_activation *y, double aa,
                            double ab, double bb)
{
    double sd = sqrt(aa), slope = aa > 0.0 ? ab / sd : 0.0;
    double rest = root_of_positive(bb - slope * slope);
    double end = tail_of(x, y), sum = 0.0;
    struct partner p = {y, slope, rest, bb, line(rest, end)};
    struct rule outer = line(fmax(sd, fabs(slope)), end);
    for (int i = outer.first; i <= outer.last; i++) {
        double z = i * outer.h;
        sum += weight(&outer, z) * x->g(sd * z) * given(&p, z);
    }
    return sum;
}

/* < g(x) max(0, y) >, y = sd z. */
static double with_relu(const struct ov_activation *x, double aa, double ab, double bb)
{
    double sd = sqrt(bb), slope = bb > 0.0 ? ab / sd : 0.0, sum = 0.0;
    double rest = root_of_positive(aa - slope * slope);
    struct rule inner = line(rest, tail_of(x, x)), half_line = half(fabs(slope));
    for (int i = half_line.first; i <= half_line.last; i++) {
        double t = i * half_line.h, e = ov_exp(-t), z = ov_exp(t - e);
        double dz = z * (1.0 + e);
        sum += weight(&half_line, z) * dz * z * mean_of(x->g, slope * z, rest, &inner);
    }
    return sd * sum;
}

/* Five nodes of N(0,1), exact up to degree 9: the zeros of He_5 = x^5 - 10 x^3 + 15 x, of weights
 * 5!/(5 He_4)^2. */
static double polynomials(const struct ov_activation *x, const struct ov_activation *y, double aa,
                          double ab, double bb)
{
    const double far = sqrt(5.0 + sqrt(10.0)), near = sqrt(5.0 - sqrt(10.0));
    const double node[5] = {-far, -near, 0.0, near, far};
    const double outer = (7.0 - 2.0 * sqrt(10.0)) / 60.0, inner = (7.0 + 2.0 * sqrt(10.0)) / 60.0;
    const double weights[5] = {outer, inner, 8.0 / 15.0, inner, outer};
    double sd = sqrt(aa), slope = aa > 0.0 ? ab / sd : 0.0, sum = 0.0;
    double rest = root_of_positive(bb - slope * slope);
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++)
            sum += weights[i] * weights[j] * x->g(sd * node[i]) *
                   y->g(slope * node[i] + rest * node[j]);
    return sum;
}

/* exp(-(aa + bb)/2) sinh(ab), nowhere too large or cancelling. */
static double sines(double aa, double ab, double bb)
{
    double size = fabs(ab);
    return ov_exp(size - 0.5 * (aa + bb)) * 0.5 * (1.0 + ov_exp(-2.0 * size)) * ov_tanh(ab);
}

/* x Phi(x) y Phi(y): with Stein's lemma for x and for y, < Phi Phi > = 1/4 + asin(r)/2 pi and the
 * density at zero of what is left are all there is (paper.md eq:gelu). */
static double gelus(double aa, double ab, double bb)
{
    double a = 1.0 + aa, b = 1.0 + bb, turn = 6.283185307179586477;
    double root = sqrt(fmax(a * b - ab * ab, 1.0));
    double both = 0.25 + ov_asin(ab / sqrt(a * b)) / turn;
    return ab * both + (aa * bb + ab * ab * (1.0 - aa * bb) / (a * b)) / (turn * root);
}

double ov_I2_generic(const struct ov_activation *x, const struct ov_activation *y, double aa,
                     double ab, double bb)
{
    if (x->g == y->g && x->g == ov_activation_find("gelu")->g)
        return gelus(aa, ab, bb);
    if (x->family == OV_FAMILY_POLYNOMIAL && y->family == OV_FAMILY_POLYNOMIAL)
        return polynomials(x, y, aa, ab, bb);
    if (x->family == OV_FAMILY_SINE && y->family == OV_FAMILY_SINE)
        return sines(aa, ab, bb);
    return y->act == OV_ACT_RELU ? with_relu(x, aa, ab, bb) : over_the_line(x, y, aa, ab, bb);
}
