/* SPDX-License-Identifier: MIT
 *
 * The table of smoothed derivatives (gauss_table_internal.h).
 */
#include "gauss_table_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/simd.h"

/* From a bound of tol on terms are left out by degrees, and are at tol/4. */
static const double faded = 1.5;

/* Grid: m = i step; v = 0 and least ratio^j. */
static const double step = 0.2, least = 0.02, ratio = 1.1;

enum {
    SHIFT = 10, /* terms of Taylor's series in m: (step/2 / (pi/2))^10 = 1e-12 */
    HEAT = 8,   /* and in v */
    NODES = 28, /* Chebyshev's points */
    ROWS = 160, /* variances up to 7e4 */
    ORDERS_MAX = OV_TERMS_MAX + OV_TERMS_BEYOND + SHIFT + 2 * HEAT,
    LINE_MAX = 2048,
};

/* All m at one v of the grid. */
struct row {
    double v;
    size_t orders;
    ptrdiff_t half;              /* m from -half step to half step; no room yet: -1 */
    double *D;                   /* (2 half + 1, orders) owned */
    double size[OV_TERMS_SIZES]; /* ln(|D_n|/sqrt(n!)) */
    bool *known;                 /* (2 half + 1) owned */
};

struct ov_smoothing {
    const struct ov_activation *g;
    struct row row[ROWS];
    double polynomial[NODES][NODES]; /* D_n = sum_i polynomial[n][i] g(m + node[i]) */
    double node[NODES];
};

/* ---- v = 0 ---- */

/* The ith Lagrange polynomial of Chebyshev's points, as derivatives at zero. */
static void prepare_polynomial(struct ov_smoothing *t)
{
    double T[NODES][NODES] = {{0.0}}; /* T_k as powers */
    T[0][0] = T[1][1] = 1.0;
    for (int k = 2; k < NODES; k++)
        for (int n = 0; n < NODES; n++)
            T[k][n] = (n > 0 ? 2.0 * T[k - 1][n - 1] : 0.0) - T[k - 2][n];
    for (int i = 0; i < NODES; i++) {
        double angle = M_PI * (i + 0.5) / NODES, factorial = 1.0;
        t->node[i] = cos(angle);
        for (int n = 0; n < NODES; n++) {
            double sum = 0.0;
            for (int k = n; k < NODES; k += 2)
                sum += (k == 0 ? 1.0 : 2.0) / NODES * cos(k * angle) * T[k][n];
            factorial *= n > 0 ? n : 1.0;
            t->polynomial[n][i] = factorial * sum;
        }
    }
}

static void fill_polynomial(double *D, size_t orders, const struct ov_smoothing *t, double m)
{
    double g[NODES];
    for (int i = 0; i < NODES; i++)
        g[i] = t->g->g(m + t->node[i]);
    memset(D, 0, orders * sizeof *D);
    for (size_t n = 0; n < NODES && n < orders; n++)
        for (int i = 0; i < NODES; i++)
            D[n] += t->polynomial[n][i] * g[i];
}

/* ---- v > 0 ---- */

/* D_n = < g(m + s z) He_n(z) >/s^n. exp(-z^2/2) He_n/sqrt(n!) is of order exp(-z^2/4), hence a
 * tail longer than the Gaussian's. */
static OV_CLONES void fill_smoothed(double *D, size_t orders, const struct ov_activation *g,
                                    double m, double v)
{
    static const double tail = 11.5;
    double s = sqrt(v), h = s > 1.0 ? 0.25 / s : 0.25, He[ORDERS_MAX];
    ptrdiff_t half = (ptrdiff_t)ceil(tail / h);
    if (half > LINE_MAX) {
        half = LINE_MAX;
        h = tail / LINE_MAX;
    }
    memset(D, 0, orders * sizeof *D);
    for (ptrdiff_t i = -half; i <= half; i++) {
        double z = (double)i * h, x = z / s;
        He[0] = h * 0.39894228040143267794 * exp(-0.5 * z * z) * g->g(m + s * z);
        He[1] = x * He[0];
        for (size_t n = 2; n < orders; n++)
            He[n] = x * He[n - 1] - (double)(n - 1) / v * He[n - 2];
        for (size_t n = 0; n < orders; n++)
            D[n] += He[n];
    }
}

/* ---- the grid ---- */

/* How far g is analytic beside the real axis, by what its derivatives grow at v = 0, but at most
 * 2.2, where entire functions seem to be as analytic as that. */
static double width(const struct ov_smoothing *t)
{
    double d = 2.2, factorial = 3628800.0, D[NODES];
    for (int i = -24; i <= 24; i++) {
        fill_polynomial(D, NODES, t, 0.25 * i);
        for (int n = 10; n <= 12; n++)
            d = fmin(d, pow(fabs(D[n]) / (n == 10   ? factorial
                                          : n == 11 ? 11.0 * factorial
                                                    : 132.0 * factorial),
                            -1.0 / n));
    }
    return fmax(d, 0.5);
}

/* ln |D_n| of a function with poles at distance d: the largest of k^n exp(-d k - v k^2/2). */
static double log_derivative(double n, double v, double d)
{
    if (n == 0.0)
        return 0.0;
    double k = 2.0 * n / (d + sqrt(d * d + 4.0 * n * v));
    return n * log(k) - d * k - 0.5 * v * k * k;
}

enum ov_status ov_smoothing_create(struct ov_smoothing **out, const struct ov_activation *g)
{
    struct ov_smoothing *t = *out = calloc(1, sizeof *t);
    if (!t)
        return OV_ENOMEM;
    t->g = g;
    prepare_polynomial(t);
    double d = width(t);
    for (size_t i = 0; i < ROWS; i++) {
        struct row *row = &t->row[i];
        row->v = i == 0 ? 0.0 : least * pow(ratio, (double)i - 1.0);
        double terms = 4.0 * ceil((12.0 + 40.0 * row->v) / 4.0);
        row->orders = ORDERS_MAX - OV_TERMS_MAX +
                      (terms < OV_TERMS_MAX ? (size_t)terms : (size_t)OV_TERMS_MAX);
        row->half = -1;
        for (size_t k = 0; k < OV_TERMS_SIZES; k++) {
            double n = (double)(k * OV_TERMS_STEP);
            row->size[k] = log_derivative(n, row->v, d) - 0.5 * lgamma(n + 1.0);
        }
    }
    return OV_OK;
}

void ov_smoothing_free(struct ov_smoothing *t)
{
    for (size_t i = 0; t && i < ROWS; i++) {
        free(t->row[i].D);
        free(t->row[i].known);
    }
    free(t);
}

static size_t row_at(double v)
{
    if (!(v > least))
        return 0;
    double i = 1.0 + round(log(v / least) / log(ratio));
    return i < ROWS ? (size_t)i : ROWS - 1;
}

static enum ov_status widen(struct row *row, ptrdiff_t half)
{
    if (half <= row->half)
        return OV_OK;
    half = half > 2 * row->half ? half : 2 * row->half;
    size_t n = 2 * (size_t)half + 1, old = row->half < 0 ? 0 : 2 * (size_t)row->half + 1;
    size_t before = (size_t)(half - row->half);
    double *D = malloc(n * row->orders * sizeof *D);
    bool *known = calloc(n, sizeof *known);
    if (!D || !known) {
        free(D);
        free(known);
        return OV_ENOMEM;
    }
    if (old > 0) {
        memcpy(D + before * row->orders, row->D, old * row->orders * sizeof *D);
        memcpy(known + before, row->known, old * sizeof *known);
    }
    free(row->D);
    free(row->known);
    row->D = D;
    row->known = known;
    row->half = half;
    return OV_OK;
}

static const double *at_point(struct ov_smoothing *t, struct row *row, ptrdiff_t i)
{
    size_t at = (size_t)(i + row->half);
    double *D = row->D + at * row->orders, m = (double)i * step;
    if (row->known[at])
        return D;
    row->known[at] = true;
    if (row->v == 0.0)
        fill_polynomial(D, row->orders, t, m);
    else
        fill_smoothed(D, row->orders, t->g, m, row->v);
    return D;
}

/* ---- along m at one v ---- */

/* D_n(m, v + e) = sum_j (e/2)^j/j! D_(n+2j)(m, v). */
static OV_CLONES void move_v(double *restrict D, const double *restrict from, size_t n,
                             const double power[HEAT])
{
    for (size_t b = 0; b < n; b += OV_TERMS_STEP) {
        double sum[OV_TERMS_STEP] = {0.0};
        for (size_t j = 0; j < HEAT; j++)
            for (size_t i = 0; i < OV_TERMS_STEP; i++)
                sum[i] += power[j] * from[b + i + 2 * j];
        memcpy(D + b, sum, sizeof sum);
    }
}

void ov_smoothed_free(struct ov_smoothed *s)
{
    free(s->D);
    *s = (struct ov_smoothed){0};
}

enum ov_status ov_smoothed_fill(struct ov_smoothed *s, struct ov_smoothing *t, double v,
                                double reach, size_t terms)
{
    struct row *row = &t->row[row_at(v)];
    size_t kept = terms + OV_TERMS_BEYOND + SHIFT;
    if (kept + 2 * HEAT > row->orders)
        kept = row->orders - 2 * HEAT;
    kept -= kept % OV_TERMS_STEP;
    s->last = (ptrdiff_t)ceil(reach / step) + 1;
    s->first = -s->last;
    s->stride = terms + OV_TERMS_BEYOND + SHIFT + OV_TERMS_STEP;
    size_t points = 2 * (size_t)s->last + 1;
    if (points * s->stride > s->room) {
        free(s->D);
        s->room = points * s->stride;
        s->D = malloc(s->room * sizeof *s->D);
        if (!s->D)
            s->room = 0;
    }
    if (!s->D || widen(row, s->last) != OV_OK)
        return OV_ENOMEM;
    double power[HEAT] = {1.0};
    for (int j = 1; j < HEAT; j++)
        power[j] = power[j - 1] * 0.5 * (v - row->v) / j;
    for (ptrdiff_t i = s->first; i <= s->last; i++) {
        double *D = s->D + (size_t)(i - s->first) * s->stride;
        move_v(D, at_point(t, row, i), kept, power);
        memset(D + kept, 0, (s->stride - kept) * sizeof *D);
    }
    return OV_OK;
}

OV_CLONES void ov_smoothed_at(double *restrict D, const struct ov_smoothed *s, double m, size_t n)
{
    ptrdiff_t i = (ptrdiff_t)rint(m / step);
    i = i < s->first ? s->first : i > s->last ? s->last : i;
    const double *from = s->D + (size_t)(i - s->first) * s->stride;
    double power[SHIFT] = {1.0}, by = m - (double)i * step;
    for (int j = 1; j < SHIFT; j++)
        power[j] = power[j - 1] * by / j;
    for (size_t b = 0; b < n; b += OV_TERMS_STEP) {
        double sum[OV_TERMS_STEP] = {0.0};
        for (size_t j = 0; j < SHIFT; j++)
            for (size_t a = 0; a < OV_TERMS_STEP; a++)
                sum[a] += power[j] * from[b + a + j];
        memcpy(D + b, sum, sizeof sum);
    }
}

/* ---- how many terms ---- */

void ov_smoothing_sizes(double size[OV_TERMS_SIZES], const struct ov_smoothing *t, double v)
{
    double at = v > least ? 1.0 + log(v / least) / log(ratio) : fmax(v, 0.0) / least;
    size_t below = at < ROWS - 2 ? (size_t)at : ROWS - 2;
    double part = fmin(at - (double)below, 1.0);
    for (size_t i = 0; i < OV_TERMS_SIZES; i++)
        size[i] = (1.0 - part) * t->row[below].size[i] + part * t->row[below + 1].size[i];
}

size_t ov_smoothing_terms(double part[OV_TERMS_MAX], double c, const double *size,
                          const double *other, double tol)
{
    double goal = log(tol), log_c = log(fabs(c)), before = 0.0, bound = 0.0;
    part[0] = part[1] = part[2] = part[3] = 1.0;
    if (c == 0.0)
        return OV_TERMS_STEP;
    for (size_t i = 1; i < OV_TERMS_SIZES; i++, before = bound) {
        bound = (double)(i * OV_TERMS_STEP) * log_c + size[i] + other[i];
        for (size_t n = 0; n < OV_TERMS_STEP; n++) {
            double at = before + (bound - before) * (double)n / OV_TERMS_STEP;
            double t = 1.0 - (goal - at) / faded;
            part[(i - 1) * OV_TERMS_STEP + n] = t >= 1.0   ? 1.0
                                                : t <= 0.0 ? 0.0
                                                           : t * t * (3.0 - 2.0 * t);
        }
        if (bound <= goal - faded)
            return i * OV_TERMS_STEP;
    }
    return OV_TERMS_MAX;
}
