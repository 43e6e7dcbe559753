/* SPDX-License-Identifier: MIT
 *
 * Rules for the outer fields of gauss_smooth.c (gauss_smooth_internal.h).
 *
 * Along one outer field of N(0,1) what is averaged is Gaussian-like: of widths between that of the
 * weight itself, 1, and 1/sqrt(1 + beta s^2), where the fields are s times the outer one and the
 * units vary on a scale of 1/sqrt(beta). Gauss-Hermite's rule for a weight of the width in between,
 * b^(-1/2) with b = sqrt(1 + beta s^2), converges as fast from both ends (paper.md eq:narrow): 23
 * nodes of GELU at s = 1 where the trapezoidal rule takes 33. n and beta are found by trial, on
 * averages of products like those of the noise (paper.md eq:I4): beta at s = 1, n for each s of a
 * grid when it is first asked for. Where no n serves it is the trapezoidal rule.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_integration.h>

#include "gauss_smooth_internal.h"

enum {
    RULES = 80,     /* s up to 37 */
    N_MOST = 96,    /* of Gauss-Hermite's nodes */
    SIDE_MAX = 160, /* half of the trapezoidal rule's */
    TRIALS = 8,
    BETAS = 22,
};

static const double least_s = 0.02, ratio_s = 1.1;
static const double one_over_sqrt_two_pi = 0.39894228040143267794;

struct ov_smooth_rules {
    const struct ov_activation *g, *g_star;
    double tol, tail;
    double beta;
    struct ov_smooth_rule *rule[RULES]; /* owned; NULL: not asked for yet */
};

/* ---- Gauss-Hermite ---- */

/* Nodes x (n) of N(0,1), and their weights times exp(x^2/2): 1/sum_(k<n) h_k(x)^2 with Hermite's
 * functions h_k = He_k exp(-x^2/4)/sqrt(k!), all terms positive. */
static bool hermite(double *x, double *weight, size_t n)
{
    gsl_integration_fixed_workspace *w =
        gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, n, 0.0, 0.5, 0.0, 0.0);
    if (!w)
        return false;
    const double *node = gsl_integration_fixed_nodes(w);
    for (size_t i = 0; i < n; i++) {
        x[i] = 0.5 * (node[i] - node[n - 1 - i]); /* as symmetric as they are */
        double h = exp(-0.25 * x[i] * x[i]), before = 0.0, sum = 0.0;
        for (size_t k = 0; k < n; k++) {
            sum += h * h;
            double next = (x[i] * h - sqrt((double)k) * before) / sqrt((double)k + 1.0);
            before = h;
            h = next;
        }
        weight[i] = 1.0 / sum;
    }
    gsl_integration_fixed_free(w);
    return true;
}

/* From these to N(0,1) by nodes x/sqrt(b). */
static void narrow(double *z, double *weight, size_t n, double b)
{
    for (size_t i = 0; i < n; i++) {
        z[i] /= sqrt(b);
        weight[i] *= exp(-0.5 * z[i] * z[i]) / sqrt(b);
    }
}

/* ---- trials ---- */

/* Products of up to two slopes and two values of fields s z or less, some of them shifted: from
 * what is narrowest, all four along z, to what hardly depends on it. */
static void add_products(double sum[TRIALS], const struct ov_smooth_rules *r, double x,
                         double weight)
{
    double g = r->g->g(x), dg = r->g->dg(x), other = r->g_star->g(x), next = r->g_star->g(x + 0.7);
    double near = r->g->g(0.5 * x - 0.3), slope = r->g->dg(0.5 * x + 0.4);
    sum[0] += weight * dg * dg * g * g;
    sum[1] += weight * dg * dg * other * other;
    sum[2] += weight * dg * dg * (g - next) * (g - next);
    sum[3] += weight * dg * slope * g * r->g_star->g(x - 0.5);
    sum[4] += weight * dg * next;
    sum[5] += weight * dg * dg;
    sum[6] += weight * slope * near * near;
    sum[7] += weight;
}

/* To far below tol. */
static void exactly(double sum[TRIALS], const struct ov_smooth_rules *r, double s)
{
    double h = 0.2 / (1.0 + s), most = r->tail + 3.0;
    for (size_t t = 0; t < TRIALS; t++)
        sum[t] = 0.0;
    for (double z = -most; z < most; z += h)
        add_products(sum, r, s * z, h * one_over_sqrt_two_pi * exp(-0.5 * z * z));
}

static double deviation(const double a[TRIALS], const double b[TRIALS])
{
    double most = 0.0;
    for (size_t t = 0; t < TRIALS; t++)
        most = fmax(most, fabs(a[t] - b[t]) / fmax(1.0, fabs(b[t])));
    return most;
}

static double width_of(double beta, double s)
{
    return sqrt(1.0 + beta * s * s);
}

/* Of the rule x, weight (n) of hermite(). */
static double error_of(const struct ov_smooth_rules *r, const double *x, const double *weight,
                       size_t n, double b, double s, const double exact[TRIALS])
{
    double sum[TRIALS] = {0.0};
    for (size_t i = 0; i < n; i++) {
        double z = x[i] / sqrt(b);
        add_products(sum, r, s * z, weight[i] * exp(-0.5 * z * z) / sqrt(b));
    }
    return deviation(sum, exact);
}

/* Both ends of the widths are met to ((b - 1)/(b + 1))^n; it takes some more. */
static size_t least_nodes(double b, double tol)
{
    double n = 0.8 * log(tol) / log((b - 1.0) / (b + 1.0));
    return n < 4.0 ? 4 : n < N_MOST ? (size_t)n : N_MOST;
}

static size_t more_nodes(size_t n)
{
    return n < 32 ? n + 1 : n < 64 ? n + 2 : n + 4;
}

/* ---- rules ---- */

/* beta with which the fewest nodes serve at s = 1. */
static double best_beta(const struct ov_smooth_rules *r)
{
    double exact[TRIALS], x[N_MOST], weight[N_MOST];
    exactly(exact, r, 1.0);
    for (size_t n = 6; n <= N_MOST; n += 4) {
        double best = r->tol, beta = -1.0;
        if (!hermite(x, weight, n))
            break;
        for (size_t i = 0; i < BETAS; i++) {
            double trial = 0.3 * pow(1.3, (double)i);
            double error = error_of(r, x, weight, n, width_of(trial, 1.0), 1.0, exact);
            if (error <= best) {
                best = error;
                beta = trial;
            }
        }
        if (beta >= 0.0)
            return beta;
    }
    return 4.0;
}

static struct ov_smooth_rule *allocate(size_t n)
{
    struct ov_smooth_rule *rule = malloc(sizeof *rule + 2 * n * sizeof(double));
    if (rule)
        *rule = (struct ov_smooth_rule){
            .n = n, .z = (double *)(rule + 1), .weight = (double *)(rule + 1) + n};
    return rule;
}

/* The largest step, at most 0.5, of the trapezoidal rule whose nodes on and between those of the
 * step agree to tol. */
static struct ov_smooth_rule *trapezoid(const struct ov_smooth_rules *r, double s)
{
    double h = 0.5;
    for (; h > r->tail / SIDE_MAX; h *= 0.96) {
        double sum[2][TRIALS] = {{0.0}};
        for (int shift = 0; shift < 2; shift++)
            for (double z = (0.5 * shift - ceil(r->tail / h)) * h; z < r->tail; z += h)
                add_products(sum[shift], r, s * z, h * one_over_sqrt_two_pi * exp(-0.5 * z * z));
        if (deviation(sum[0], sum[1]) <= 2.0 * r->tol)
            break;
    }
    ptrdiff_t half = (ptrdiff_t)fmin(ceil(r->tail / h), SIDE_MAX);
    struct ov_smooth_rule *rule = allocate(2 * (size_t)half + 1);
    for (ptrdiff_t i = -half; rule && i <= half; i++) {
        double z = (double)i * h;
        rule->z[i + half] = z;
        rule->weight[i + half] = h * one_over_sqrt_two_pi * exp(-0.5 * z * z);
    }
    return rule;
}

static struct ov_smooth_rule *make_rule(const struct ov_smooth_rules *r, double s)
{
    double exact[TRIALS], x[N_MOST], weight[N_MOST], b = width_of(r->beta, s);
    exactly(exact, r, s);
    for (size_t n = least_nodes(b, r->tol); n <= N_MOST; n = more_nodes(n)) {
        if (!hermite(x, weight, n))
            return NULL;
        if (error_of(r, x, weight, n, b, s, exact) > r->tol)
            continue;
        struct ov_smooth_rule *rule = allocate(n);
        for (size_t i = 0; rule && i < n; i++) {
            rule->z[i] = x[i];
            rule->weight[i] = weight[i];
        }
        if (rule)
            narrow(rule->z, rule->weight, n, b);
        return rule;
    }
    return trapezoid(r, s);
}

const struct ov_smooth_rule *ov_smooth_rule_for(struct ov_smooth_rules *r, double s)
{
    static double zero[1] = {0.0}, one[1] = {1.0};
    static const struct ov_smooth_rule middle = {1, zero, one};
    if (!(s > 0.0))
        return &middle;
    double at = s > least_s ? ceil(log(s / least_s) / log(ratio_s)) : 0.0;
    size_t i = at < RULES - 1 ? (size_t)at : RULES - 1;
    if (!r->rule[i])
        r->rule[i] = make_rule(r, least_s * pow(ratio_s, (double)i));
    return r->rule[i];
}

enum ov_status ov_smooth_rules_create(struct ov_smooth_rules **out, const struct ov_activation *g,
                                      const struct ov_activation *g_star)
{
    struct ov_smooth_rules *r = *out = calloc(1, sizeof *r);
    if (!r)
        return OV_ENOMEM;
    r->g = g;
    r->g_star = g_star;
    return OV_OK;
}

static void forget(struct ov_smooth_rules *r)
{
    for (size_t i = 0; i < RULES; i++) {
        free(r->rule[i]);
        r->rule[i] = NULL;
    }
}

void ov_smooth_rules_set_tol(struct ov_smooth_rules *r, double tol, double tail)
{
    forget(r);
    r->tol = tol;
    r->tail = tail;
    r->beta = best_beta(r);
}

void ov_smooth_rules_free(struct ov_smooth_rules *r)
{
    if (r)
        forget(r);
    free(r);
}
