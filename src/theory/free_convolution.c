/* SPDX-License-Identifier: MIT
 *
 * Marchenko-Pastur plus semicircle: edges, and the physical root y of the cubic. Outside the
 * spectrum y is real and ds/dy < 0; the branches of s between its poles 0 and e and its critical
 * points are monotone, so every root has a bracket. In a bulk the third root of the cubic is real
 * and beyond the pole, e + D with D > 0; it has a bracket of its own and gives the pair:
 * 2 Re y = s - D, |y|^2 = e/(e + D).
 */
#include "overlap/theory/free_convolution.h"

#include <float.h>
#include <math.h>

#include "free_convolution_internal.h"

double ov_monotone_root(ov_monotone *f, const void *ctx, double lo, double hi)
{
    double x = lo > 0.0 && hi > 16.0 * lo ? sqrt(lo) * sqrt(hi) : 0.5 * (lo + hi), last = INFINITY;
    for (int turn = 0; turn < 200; turn++) {
        double slope = 0.0, value = f(&slope, x, ctx);
        if (value == 0.0)
            return x;
        *(value < 0.0 ? &lo : &hi) = x;
        double step = value / slope, to = x - step;
        /* as good as it gets: a step of a last digit, or no bracket left */
        if (fabs(step) <= 2.0 * DBL_EPSILON * fabs(x) && to >= lo && to <= hi)
            return to;
        if (!(to > lo && to < hi) || fabs(step) > 0.5 * last)
            to = lo > 0.0 && hi > 16.0 * lo ? sqrt(lo) * sqrt(hi) : 0.5 * (lo + hi);
        last = fabs(to - x);
        if (to <= lo || to >= hi || last == 0.0)
            return to;
        x = to;
    }
    return x;
}

/* ---- edges: (1 - e/y)^2 (1 - y^2) = kappa_star, whose root is taken for each range of y ---- */

struct edge {
    double e, root; /* sqrt(kappa_star) */
};

/* The top: y = e r, 0 < r < 1: root r - (1 - r) sqrt(1 - e^2 r^2). */
static double top(double *slope, double r, const void *ctx)
{
    const struct edge *x = ctx;
    double er = x->e * r, c = sqrt(fmax(0.0, (1.0 - er) * (1.0 + er)));
    *slope = x->root + c + (1.0 - r) * er * x->e / c;
    return x->root * r - (1.0 - r) * c;
}

/* The bottom: y = -p, 0 < p < 1: root p/(e + p) - sqrt(1 - p^2). */
static double bottom(double *slope, double p, const void *ctx)
{
    const struct edge *x = ctx;
    double c = sqrt((1.0 - p) * (1.0 + p)), sum = x->e + p;
    *slope = x->root * x->e / (sum * sum) + p / c;
    return x->root * p / sum - c;
}

/* The gap: y = e r, 1 < r < 1/e: (1 - 1/r) sqrt(1 - e^2 r^2) rises to its maximum at r = e^(-2/3)
 * and falls; sign + for the first zero, which is the signal bulk's lower edge. */
static double gap(double *slope, double r, const struct edge *x, double sign)
{
    double er = x->e * r, c = sqrt(fmax(0.0, (1.0 - er) * (1.0 + er)));
    *slope = sign * (c / (r * r) - (1.0 - 1.0 / r) * er * x->e / c);
    return sign * ((1.0 - 1.0 / r) * c - x->root);
}

static double gap_top(double *slope, double r, const void *ctx)
{
    return gap(slope, r, ctx, 1.0);
}

/* The noise bulk's upper edge, y itself: 1/e may be out of range. */
static double gap_bottom(double *slope, double y, const void *ctx)
{
    const struct edge *x = ctx;
    double c = sqrt(fmax(0.0, (1.0 - y) * (1.0 + y))), rest = 1.0 - x->e / y;
    *slope = rest * y / c - c * x->e / (y * y);
    return x->root - rest * c;
}

static double s_of(const struct ov_free_convolution *f, double y)
{
    return 1.0 / y + f->kappa_star / (f->e - y) + y;
}

static void find_edges(struct ov_free_convolution *f)
{
    struct edge x = {.e = f->e, .root = sqrt(f->kappa_star)};
    double k3 = cbrt(f->kappa_star), critical = k3 < 1.0 ? sqrt(pow(1.0 - k3, 3.0)) : 0.0;
    f->n_bulks = f->e < critical ? 2 : 1;
    size_t last = 2 * f->n_bulks - 1;
    /* at each lower end the function is negative */
    f->y[0] = -ov_monotone_root(bottom, &x, fmin(0.5, 0.5 * f->e / x.root), 1.0);
    double r_most = fmin(1.0 / (1.0 + x.root), 1.0 / f->e);
    f->y[last] = f->e * ov_monotone_root(top, &x, 0.5 * r_most, r_most);
    if (f->n_bulks == 2) {
        double y_most = cbrt(f->e);
        f->y[1] = ov_monotone_root(gap_bottom, &x, y_most, 1.0);
        f->y[2] = f->e * ov_monotone_root(gap_top, &x, 1.0, y_most / f->e);
    }
    for (size_t i = 0; i <= last; i++)
        f->edge[i] = s_of(f, f->y[i]);
}

/* The limit: s = (1 - kappa_star)/y + y. */
static void limit_edges(struct ov_free_convolution *f)
{
    double root = sqrt(1.0 - f->kappa_star);
    f->n_bulks = 2;
    f->y[0] = -root;
    f->y[1] = root;
    f->y[2] = f->y[3] = 0.0;
    f->edge[0] = -2.0 * root;
    f->edge[1] = 2.0 * root;
    f->edge[2] = f->edge[3] = INFINITY;
}

enum ov_status ov_free_convolution_init(struct ov_free_convolution *f, double kappa_star, double xi,
                                        struct ov_error *err)
{
    if (!(kappa_star >= 1e-6 && kappa_star <= 1e6))
        return ov_fail(err, OV_EDOM, "kappa_star = %g must be in [1e-6, 1e6]", kappa_star);
    if (!(xi >= 1e-100 && xi <= 1e100) && !(xi == 0.0 && kappa_star < 1.0))
        return ov_fail(err, OV_EDOM, "xi = %g must be in [1e-100, 1e100]%s", xi,
                       kappa_star < 1.0 ? " or 0" : "");
    *f = (struct ov_free_convolution){.kappa_star = kappa_star, .xi = xi, .unit = sqrt(xi)};
    f->e = kappa_star * f->unit;
    if (xi == 0.0)
        limit_edges(f);
    else
        find_edges(f);
    return OV_OK;
}

/* ---- y outside the bulks ---- */

struct branch {
    const struct ov_free_convolution *f;
    double s;
};

/* Falls in y from s = +infinity or an edge: turned round, as the root finder wants it to rise. */
static double outside(double *slope, double y, const void *ctx)
{
    const struct branch *x = ctx;
    double k = x->f->kappa_star, u = x->f->e - y;
    *slope = 1.0 / (y * y) - k / (u * u) - 1.0;
    return x->s - s_of(x->f, y);
}

static double outside_below(double *slope, double p, const void *ctx)
{
    double value = outside(slope, -p, ctx);
    return -value;
}

static double y_outside(const struct ov_free_convolution *f, double s, size_t edges_below)
{
    struct branch x = {f, s};
    double half = 0.5 * s, v = 1.0 - f->kappa_star;
    if (isinf(s))
        return 0.0;
    if (f->xi == 0.0) /* both roots have the sign of s; the physical one is the smaller */
        return v / (half + copysign(sqrt(fmax(0.0, half * half - v)), s));
    if (edges_below == 0)
        return -ov_monotone_root(outside_below, &x, 1.0 / (1.0 / f->unit + fabs(s)), -f->y[0]);
    if (edges_below == 2 * f->n_bulks)
        return ov_monotone_root(outside, &x, fmin(1.0 / s, f->y[edges_below - 1]),
                                f->y[edges_below - 1]);
    return ov_monotone_root(outside, &x, f->y[2], f->y[1]);
}

/* ---- y in a bulk ---- */

/* D - k/D + e + 1/(e + D) - s, times D */
static double beyond_pole(double *slope, double D, const void *ctx)
{
    const struct branch *x = ctx;
    double e = x->f->e, sum = D + e;
    *slope = 2.0 * D + (e - x->s) + (sum > 0.0 ? e / (sum * sum) : 0.0);
    return D * (D + (e - x->s)) + (sum > 0.0 ? D / sum : 0.0) - x->f->kappa_star;
}

/* The larger root of D^2 + p D - c. */
static double larger_root(double p, double c)
{
    double disc = sqrt(fmax(0.0, p * p + 4.0 * c));
    return p > 0.0 ? 2.0 * c / (p + disc) : 0.5 * (disc - p);
}

/* D/(e + D) is between 0 and 1, which brackets D; with two bulks so does the critical point that
 * parts the branches of either. */
static double third_root(const struct ov_free_convolution *f, double s, size_t bulk)
{
    struct branch x = {f, s};
    double k = f->kappa_star, p = f->e - s, hi = larger_root(p, k);
    double lo = 0.5 * k / (fabs(p) + 1.0 / f->e + sqrt(k)); /* each term is at most k/2 there */
    if (k > 1.0)
        lo = fmax(lo, larger_root(p, k - 1.0));
    if (f->n_bulks == 2) {
        if (bulk == 0)
            hi = fmin(hi, f->y[2] - f->e);
        else
            lo = fmax(lo, f->y[1] - f->e);
    }
    return ov_monotone_root(beyond_pole, &x, fmin(lo, hi) * (1.0 - 1e-15), hi * (1.0 + 1e-15));
}

/* 2 Re y = s - D = e + 1/(e + D) - kappa_star/D, whichever cancels less: on a signal bulk at small
 * xi D is near s, on a noise bulk near e. */
static double re_of(const struct ov_free_convolution *f, double s, double D)
{
    double sum = f->e + D, rest = f->kappa_star / D;
    return fabs(s) + D < f->e + 1.0 / sum + rest ? 0.5 * (s - D) : 0.5 * (f->e + 1.0 / sum - rest);
}

static double norm2(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

/* Newton's step on the cubic. Plain arithmetic in place of C's complex quotient and modulus, which
 * guard against overflow: nothing is near it here. */
static double complex newton_step(const struct ov_free_convolution *f, double s, double complex y)
{
    double a = s + f->e, b = 1.0 - f->kappa_star + s * f->e;
    double complex slope = (3.0 * y - 2.0 * a) * y + b;
    double complex value = ((y - a) * y + b) * y - f->e;
    return value * conj(slope) / norm2(slope);
}

static const double at_rest = 1e-24; /* |step|^2 / |y|^2: the next step is of rounding only */

/* The last digits. */
static double complex polish(const struct ov_free_convolution *f, double s, double complex y)
{
    for (int turn = 0; turn < 3; turn++) {
        double complex step = newton_step(f, s, y);
        if (!(cimag(y - step) < 0.0) || !(norm2(step) < 0.25 * norm2(y)))
            return y;
        y -= step;
        if (norm2(step) < at_rest * norm2(y))
            return y;
    }
    return y;
}

bool ov_free_convolution_follow(double complex *y, const struct ov_free_convolution *f, double s)
{
    const double clear = 1e-3; /* of Im y, over |y| */
    for (int turn = 0; turn < 12; turn++) {
        double complex step = newton_step(f, s, *y);
        *y -= step;
        if (!(norm2(step) >= at_rest * norm2(*y)))
            return cimag(*y) < 0.0 && cimag(*y) * cimag(*y) > clear * clear * norm2(*y);
    }
    return false;
}

static double complex y_inside(const struct ov_free_convolution *f, double s, size_t bulk)
{
    if (f->xi == 0.0)
        return 0.5 * s - I * sqrt(fmax(0.0, (1.0 - f->kappa_star) - 0.25 * s * s));
    double D = third_root(f, s, bulk), re = re_of(f, s, D);
    double complex y = re - I * sqrt(fmax(0.0, f->e / (f->e + D) - re * re));
    return cimag(y) < 0.0 ? polish(f, s, y) : y;
}

double complex ov_free_convolution_y(const struct ov_free_convolution *f, double s)
{
    size_t below = 0;
    while (below < 2 * f->n_bulks && f->edge[below] <= s)
        below++;
    return below % 2 ? y_inside(f, s, below / 2) : y_outside(f, s, below);
}

double complex ov_free_convolution_stieltjes(const struct ov_free_convolution *f, double x)
{
    return ov_free_convolution_y(f, x / f->unit) / f->unit;
}

double ov_free_convolution_density(const struct ov_free_convolution *f, double x)
{
    return -cimag(ov_free_convolution_stieltjes(f, x)) / M_PI;
}

double ov_free_convolution_hilbert(const struct ov_free_convolution *f, double x)
{
    return creal(ov_free_convolution_stieltjes(f, x));
}
