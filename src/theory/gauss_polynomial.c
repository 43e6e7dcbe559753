/* SPDX-License-Identifier: MIT
 *
 * Students and teachers that are polynomials of degree d <= 4, by Gauss-Hermite rules with nodes
 * enough to be exact: 8 a direction for slope, slope, value, value (degree 14), 5 for the
 * coefficients of one value (degree 8).
 * 1. G: lambda_k = sd z outside; given z, x_c has a mean and a deviation rest_c z', and
 *    < g'(lambda_k) x_b g_c > is the sum of its parts along z and along z' (gauss_smooth's step 1).
 * 2. Nz_kl: (lambda_k, lambda_l) outside; given those, g_c = sum_n h_cn He_n/sqrt(n!), n <= 4, and
 *    < g_c g_d > = sum_n h_cn h_dn r_cd^n with the remaining correlation (paper.md eq:mehler).
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "gauss_internal.h"
#include "gauss_nodes_internal.h"

enum { OUTER = 8, INNER = 5, TERMS = OV_POLYNOMIAL_DEGREE + 1, FIELDS = 4 };

struct rule {
    size_t n;
    double x[OUTER], weight[OUTER];
};

/* He_n and He_{n-1} at x. */
static double hermite(double *before, double x, size_t n)
{
    double now = x;
    *before = 1.0;
    for (size_t i = 1; i < n; i++) {
        double next = x * now - (double)i * *before;
        *before = now;
        now = next;
    }
    return now;
}

/* The rule of N(0,1) with n nodes: zeros of He_n by Newton's method from values close to them;
 * weights n!/(n He_{n-1})^2. */
static struct rule rule_of(size_t n, const double *guess)
{
    struct rule r = {.n = n};
    double factorial = 1.0, before;
    for (size_t i = 2; i <= n; i++)
        factorial *= (double)i;
    for (size_t i = 0; i < n; i++) {
        r.x[i] = guess[i];
        for (int step = 0; step < 6; step++) {
            double value = hermite(&before, r.x[i], n);
            r.x[i] -= value / ((double)n * before);
        }
        hermite(&before, r.x[i], n);
        r.weight[i] = factorial / ((double)n * before * ((double)n * before));
    }
    return r;
}

static struct rule outer_rule(void)
{
    static const double guess[OUTER] = {-4.14, -2.80, -1.64, -0.54, 0.54, 1.64, 2.80, 4.14};
    return rule_of(OUTER, guess);
}

/* The inner rule and, at its nodes, weight He_n/sqrt(n!). */
struct inner {
    struct rule rule;
    double He[INNER][TERMS];
};

static struct inner inner_rule(void)
{
    static const double guess[INNER] = {-2.86, -1.36, 0.0, 1.36, 2.86};
    struct inner in = {.rule = rule_of(INNER, guess)};
    for (size_t i = 0; i < INNER; i++) {
        double *He = in.He[i], x = in.rule.x[i];
        He[0] = in.rule.weight[i];
        He[1] = x * He[0];
        for (size_t n = 2; n < TERMS; n++)
            He[n] = (x * He[n - 1] - sqrt((double)n - 1.0) * He[n - 2]) / sqrt((double)n);
    }
    return in;
}

/* h_n of scale g(mean + rest z), n < TERMS. */
static void expand(double *h, const struct inner *in, const struct ov_activation *g, double scale,
                   double mean, double rest)
{
    memset(h, 0, TERMS * sizeof *h);
    for (size_t i = 0; i < INNER; i++) {
        double value = scale * g->g(mean + rest * in->rule.x[i]);
        for (size_t n = 0; n < TERMS; n++)
            h[n] += value * in->He[i][n];
    }
}

/* ---- single integrals ---- */

static double product_at(const struct ov_gauss_factor *factor, size_t n, const double *x)
{
    double product = 1.0;
    for (size_t i = 0; i < n; i++) {
        double xi = x[factor[i].field];
        product *= factor[i].kind == OV_GAUSS_VALUE   ? factor[i].g->g(xi)
                   : factor[i].kind == OV_GAUSS_SLOPE ? factor[i].g->dg(xi)
                                                      : xi;
    }
    return product;
}

double ov_gauss_polynomial(const double *C, size_t P, const struct ov_gauss_factor *factor,
                           size_t n)
{
    double L[FIELDS * FIELDS], sum = 0.0;
    size_t nodes = 1;
    struct rule rule = outer_rule();
    for (size_t i = 0; i < ov_sym_size(P); i++)
        if (!isfinite(C[i]))
            return NAN;
    if (P > FIELDS || ov_sym_cholesky(L, C, P, 1e-10) != OV_OK)
        return NAN;
    for (size_t a = 0; a < P; a++)
        nodes *= OUTER;
    for (size_t node = 0; node < nodes; node++) {
        double x[FIELDS] = {0.0}, weight = 1.0;
        for (size_t b = 0, digits = node; b < P; b++, digits /= OUTER) {
            weight *= rule.weight[digits % OUTER];
            for (size_t a = b; a < P; a++)
                x[a] += L[a * P + b] * rule.x[digits % OUTER];
        }
        sum += weight * product_at(factor, n, x);
    }
    return sum;
}

/* ---- contraction ---- */

/* The views into w->work. */
struct work {
    double *h;                  /* (P,TERMS) */
    double *on_z, *on_u, *rest; /* (P) */
    double *r;                  /* packed (P,P), w->C1: remaining correlations */
};

static struct work work_of(const struct ov_gauss *w)
{
    size_t P = w->P;
    double *rows = w->work + P * TERMS;
    return (struct work){w->work, rows, rows + P, rows + 2 * P, w->C1};
}

/* G_kb of the student in field k, all b. A and B take the places of on_u and w->q. */
static void contract_student(double *G, const struct ov_gauss *w, const double *C, const double *s,
                             const struct rule *rule, const struct inner *in, size_t k)
{
    struct work x = work_of(w);
    double sd = sqrt(C[ov_sym_at(k, k)]), *A = x.on_u, *B = w->q;
    for (size_t c = 0; c < w->P; c++) {
        x.on_z[c] = c == k ? sd : sd > 0.0 ? C[ov_sym_at(k, c)] / sd : 0.0;
        x.rest[c] = c == k ? 0.0 : sqrt(fmax(C[ov_sym_at(c, c)] - x.on_z[c] * x.on_z[c], 0.0));
        A[c] = B[c] = 0.0;
        for (size_t i = 0; i < OUTER; i++) {
            double z = rule->x[i], slope = rule->weight[i] * w->student->dg(sd * z);
            expand(x.h, in, w->act[c], s[c] * slope, x.on_z[c] * z, x.rest[c]);
            A[c] += z * x.h[0];
            B[c] += x.h[1];
        }
    }
    for (size_t b = 0; b < w->P; b++) {
        G[b] = 0.0;
        for (size_t c = 0; c < w->P; c++) {
            double left = 0.0, most = x.rest[b];
            if (x.rest[c] > 0.0)
                left = (C[ov_sym_at(b, c)] - x.on_z[b] * x.on_z[c]) / x.rest[c];
            G[b] += x.on_z[b] * A[c] + fmin(fmax(left, -most), most) * B[c];
        }
    }
}

/* Means, deviations and correlations of all fields given those of students i and j. */
static void condition(struct work *x, struct ov_plane *plane, const struct ov_gauss *w,
                      const double *C, size_t i, size_t j)
{
    bool one = i == j;
    ov_plane_init(plane, C[ov_sym_at(i, i)], one ? 0.0 : C[ov_sym_at(i, j)],
                  one ? 0.0 : C[ov_sym_at(j, j)]);
    for (size_t c = 0; c < w->P; c++) {
        struct ov_given given = ov_plane_given(plane, C[ov_sym_at(c, c)], C[ov_sym_at(c, i)],
                                               one ? 0.0 : C[ov_sym_at(c, j)]);
        if (c == i)
            given = (struct ov_given){.on_z = plane->sd_x};
        else if (c == j)
            given = (struct ov_given){.on_z = plane->slope, .on_u = plane->rest};
        x->on_z[c] = given.on_z;
        x->on_u[c] = given.on_u;
        x->rest[c] = given.rest;
        for (size_t d = 0; d <= c; d++) {
            double product = x->rest[c] * x->rest[d];
            double left = C[ov_sym_at(c, d)] - x->on_z[c] * x->on_z[d] - x->on_u[c] * x->on_u[d];
            double r = product > 0.0 ? left / product : 0.0;
            x->r[ov_sym_at(c, d)] = c == d ? 1.0 : fmin(fmax(r, -1.0), 1.0);
        }
    }
}

/* < (sum_c s_c g_c)^2 > at one outer node. */
static double square_of_signal(const struct work *x, const struct ov_gauss *w,
                               const struct inner *in, const double *s, double z, double u)
{
    double mean = 0.0, variance = 0.0;
    for (size_t c = 0; c < w->P; c++) {
        double *h = x->h + c * TERMS;
        expand(h, in, w->act[c], s[c], x->on_z[c] * z + x->on_u[c] * u, x->rest[c]);
        mean += h[0];
        for (size_t d = 0; d <= c; d++) {
            const double *other = x->h + d * TERMS;
            double r = x->r[ov_sym_at(c, d)], sum = 0.0;
            for (size_t n = TERMS - 1; n >= 1; n--)
                sum = (sum + h[n] * other[n]) * r;
            variance += c == d ? sum : 2.0 * sum;
        }
    }
    return mean * mean + variance;
}

/* Nz of the students in fields i and j. */
static double noise_of(const struct ov_gauss *w, const double *C, const double *s, double sigma,
                       const struct rule *rule, const struct inner *in, size_t i, size_t j)
{
    struct work x = work_of(w);
    struct ov_plane plane;
    double total = 0.0;
    condition(&x, &plane, w, C, i, j);
    for (size_t m = 0; m < OUTER; m++)
        for (size_t n = 0; n < (i == j ? 1 : OUTER); n++) {
            double z = rule->x[m], u = i == j ? 0.0 : rule->x[n];
            double weight = rule->weight[m] * (i == j ? 1.0 : rule->weight[n]);
            double one = w->student->dg(plane.sd_x * z);
            double two = i == j ? one : w->student->dg(plane.slope * z + plane.rest * u);
            double signal = square_of_signal(&x, w, in, s, z, u);
            total += weight * one * two * (signal + sigma * sigma);
        }
    return total;
}

void ov_gauss_contract_polynomials(double *G, double *Nz, struct ov_gauss *w, const double *C,
                                   const double *s, double sigma)
{
    struct rule rule = outer_rule();
    struct inner in = inner_rule();
    bool finite = true;
    for (size_t i = 0; i < ov_sym_size(w->P); i++)
        finite = finite && isfinite(C[i]);
    for (size_t k = 0; k < w->K; k++) {
        if (G)
            contract_student(G + k * w->P, w, C, s, &rule, &in, w->M + k);
        for (size_t b = 0; G && !finite && b < w->P; b++)
            G[k * w->P + b] = NAN;
        for (size_t l = 0; Nz && l <= k; l++)
            Nz[ov_sym_at(k, l)] =
                finite ? noise_of(w, C, s, sigma, &rule, &in, w->M + k, w->M + l) : NAN;
    }
}

/* ---- mean derivatives ---- */

/* g'' from g' of degree <= 3. */
static double curvature(const struct ov_activation *g, double x)
{
    double near = g->dg(x + 1.0) - g->dg(x - 1.0), far = g->dg(x + 2.0) - g->dg(x - 2.0);
    return (8.0 * near - far) / 12.0;
}

/* D_kc of the student in field k, all c, as contract_student. */
static void slopes_of_student(double *D, const struct ov_gauss *w, const double *C, const double *s,
                              const struct rule *rule, const struct inner *in, size_t k)
{
    double sd = sqrt(fmax(C[ov_sym_at(k, k)], 0.0)), on_k = 0.0;
    for (size_t c = 0; c < w->P; c++) {
        double on_z = c == k ? sd : sd > 0.0 ? C[ov_sym_at(k, c)] / sd : 0.0;
        double rest = c == k ? 0.0 : sqrt(fmax(C[ov_sym_at(c, c)] - on_z * on_z, 0.0));
        D[c] = 0.0;
        for (size_t i = 0; i < OUTER; i++) {
            double z = rule->x[i], value = 0.0, slope = 0.0;
            for (size_t j = 0; j < INNER; j++) {
                double x = on_z * z + rest * in->rule.x[j], weight = in->rule.weight[j];
                value += weight * w->act[c]->g(x);
                slope += weight * w->act[c]->dg(x);
            }
            D[c] += s[c] * rule->weight[i] * w->student->dg(sd * z) * slope;
            on_k += s[c] * rule->weight[i] * curvature(w->student, sd * z) * value;
        }
    }
    D[k] += on_k;
}

void ov_gauss_slopes_polynomials(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    struct rule rule = outer_rule();
    struct inner in = inner_rule();
    bool finite = true;
    for (size_t i = 0; i < ov_sym_size(w->P); i++)
        finite = finite && isfinite(C[i]);
    for (size_t k = 0; finite && k < w->K; k++)
        slopes_of_student(D + k * w->P, w, C, s, &rule, &in, w->M + k);
    for (size_t i = 0; !finite && i < w->K * w->P; i++)
        D[i] = NAN;
}
