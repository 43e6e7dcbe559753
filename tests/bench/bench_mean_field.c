/* SPDX-License-Identifier: MIT
 *
 * How long wide students take: particles, beside a plain loop over their pairs and beside a plain
 * Euler step of 0.01 of the equations of all p units as they are written (gradient flow, erf, v =
 * 1/p); and SGD of 5000 units. Starts: m ~ N(0, 0.01), q = 1. Times are CPU time of the thread
 * that computes; particles' error is relative to rtol 1e-10, what they leave out of p units is of
 * order 1/p besides.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/sim/weights.h"
#include "overlap/theory/mean_field.h"
#include "bench/bench.h"

static double *draw(const struct ov_mean_field_problem *o)
{
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    double *y = calloc(ov_mean_field_size(o), sizeof *y);
    for (size_t i = 0; i < o->p * o->k; i++)
        y[i] = gsl_ran_gaussian(r, 0.1);
    for (size_t j = 0; j < o->p; j++)
        y[o->p * o->k + j] = 1.0;
    gsl_rng_free(r);
    return y;
}

/* The risk at t = 10, and the time that it took. */
static double path(double *risk, const struct ov_mean_field_problem *o, double rtol,
                   struct ov_solve_report *report)
{
    struct ov_solve_options opt = {.method = OV_RK8PD, .rtol = rtol, .atol = 1e-3 * rtol};
    struct ov_mean_field *f;
    struct ov_error err;
    double *y0 = draw(o), *y = calloc(ov_mean_field_size(o), sizeof *y), t = 10.0,
           begin = seconds();
    must(ov_mean_field_solve(y, o, y0, &t, 1, &opt, report, NULL, &err), &err);
    double took = seconds() - begin;
    must(ov_mean_field_create(&f, o, &err), &err);
    *risk = ov_mean_field_risk(f, y);
    ov_mean_field_free(f);
    free(y0);
    free(y);
    return took;
}

static void paths(void)
{
    static const struct {
        const char *name;
        struct ov_mean_field_problem o;
        double limit;
    } c[] = {{"erf", {OV_ACT_ERF, 10000, 2, INFINITY, 0.0, 0.0}, 60.0},
             {"erf", {OV_ACT_ERF, 1000, 2, 100.0, 0.0, 0.0}, 60.0},
             {"quadratic", {OV_ACT_QUADRATIC, 100000, 2, 100.0, 2000.0, 0.5}, 10.0}};
    printf("particles to t = 10, rtol 1e-7\n%10s %8s %4s %9s %8s %9s\n", "", "p", "k", "seconds",
           "rhs", "error");
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
        struct ov_solve_report report = {0};
        double risk, exact = NAN, took = path(&risk, &c[i].o, 1e-7, &report);
        if (c[i].o.g == OV_ACT_QUADRATIC || c[i].o.p <= 1000)
            path(&exact, &c[i].o, 1e-10, NULL);
        printf("%10s %8zu %4zu %9.2f %8zu ", c[i].name, c[i].o.p, c[i].o.k, took, report.n_rhs);
        if (isnan(exact))
            printf("%9s", "-");
        else
            printf("%9.1e", fabs(risk / exact - 1.0));
        printf("   (the limit is %g s)\n", c[i].limit);
    }
}

/* ---- the plain references ---- */

/* All sums of the right-hand side as they are written: V and B of every unit. */
static double plain_pairs(const double *y, size_t p)
{
    double sink = 0.0;
    for (size_t j = 0; j < p; j++) {
        const double *m = y + 2 * j;
        double D_j = m[0] * m[0] + m[1] * m[1] + y[2 * p + j], V[2] = {0.0}, B = 0.0;
        for (size_t l = 0; l < p; l++) {
            const double *n = y + 2 * l;
            double D_l = n[0] * n[0] + n[1] * n[1] + y[2 * p + l], Q = m[0] * n[0] + m[1] * n[1];
            double kappa = 2.0 / M_PI / sqrt((1.0 + D_j) * (1.0 + D_l) - Q * Q);
            V[0] += kappa * n[0];
            V[1] += kappa * n[1];
            B += kappa * Q;
        }
        sink += V[0] + V[1] + B;
    }
    return sink;
}

static void right_hand_side(void)
{
    struct ov_mean_field_problem o = {OV_ACT_ERF, 10000, 2, INFINITY, 0.0, 0.0};
    struct ov_mean_field *f;
    struct ov_error err;
    double *y = draw(&o), *dy = calloc(ov_mean_field_size(&o), sizeof *dy), ours = HUGE_VAL,
           plain = HUGE_VAL;
    volatile double sink = 0.0;
    must(ov_mean_field_create(&f, &o, &err), &err);
    for (int i = 0; i < 3; i++) {
        double begin = seconds();
        ov_mean_field_rhs(dy, f, y);
        double middle = seconds();
        sink += plain_pairs(y, o.p);
        ours = fmin(ours, middle - begin);
        plain = fmin(plain, seconds() - middle);
    }
    printf(
        "right-hand side, erf, p = %zu: %.3f s; a plain loop over all pairs %.3f s, %.1f times as "
        "long\n",
        o.p, ours, plain, plain / ours);
    ov_mean_field_free(f);
    free(y);
    free(dy);
}

enum { UNITS = 40, ALL = UNITS + 2 };

static double I3(double C[ALL][ALL], size_t i, size_t j, size_t k)
{
    double l3 = (1 + C[i][i]) * (1 + C[k][k]) - C[i][k] * C[i][k];
    return 2 / M_PI / sqrt(l3) * (C[j][k] * (1 + C[i][i]) - C[i][j] * C[i][k]) / (1 + C[i][i]);
}

/* dC/dt of p units: p times the drift with v = 1/p, v* = 1/k; teacher first. */
static void euler_step(double C[ALL][ALL], double dt)
{
    static double d[ALL][ALL];
    for (size_t i = 2; i < ALL; i++)
        for (size_t j = 0; j < ALL; j++) {
            d[i][j] = 0.0;
            for (size_t c = 0; c < ALL; c++)
                d[i][j] += (c < 2 ? 0.5 : -1.0 / UNITS) * I3(C, i, j, c);
        }
    for (size_t i = 2; i < ALL; i++)
        for (size_t j = 0; j <= i; j++)
            C[i][j] = C[j][i] += dt * (d[i][j] + (j < 2 ? 0.0 : d[j][i]));
}

static double risk_of(double C[ALL][ALL])
{
    double sum = 0.0;
    for (size_t i = 0; i < ALL; i++)
        for (size_t j = 0; j < ALL; j++)
            sum += (i < 2 ? 0.5 : -1.0 / UNITS) * (j < 2 ? 0.5 : -1.0 / UNITS) *
                   asin(C[i][j] / sqrt((1 + C[i][i]) * (1 + C[j][j])));
    return sum / M_PI;
}

/* The equations of all units from where the particles start, d infinite. */
static void all_units(void)
{
    struct ov_mean_field_problem o = {OV_ACT_ERF, UNITS, 2, INFINITY, 0.0, 0.0};
    static double C[ALL][ALL];
    double *y = draw(&o), risk, took = path(&risk, &o, 1e-7, NULL);
    for (size_t i = 0; i < ALL; i++)
        for (size_t j = 0; j < ALL; j++) {
            C[i][j] = i == j && i > 1 ? 1.0 : 0.0;
            for (size_t r = 0; r < 2; r++)
                C[i][j] += (i < 2 ? (double)(i == r) : y[2 * (i - 2) + r]) *
                           (j < 2 ? (double)(j == r) : y[2 * (j - 2) + r]);
        }
    double begin = seconds();
    for (int step = 0; step < 1000; step++)
        euler_step(C, 0.01);
    double euler = seconds() - begin, full = risk_of(C);
    printf("path to t = 10, erf, p = %d: particles %.4f s, risk %.5f; all units by Euler %.2f s, "
           "risk %.5f (%.1f/p)\n",
           UNITS, took, risk, euler, full, UNITS * fabs(risk / full - 1.0));
    free(y);
}

/* ---- SGD ---- */

static void first(double *row, const struct ov_overlaps *o, double alpha, double eps_g,
                  const void *ctx)
{
    (void)o, (void)ctx;
    row[0] = alpha + eps_g;
}

static void sgd(void)
{
    enum { WIDE = 5000, D = 100, STEPS = 2000 };
    static double v[WIDE], v_star[2] = {0.5, 0.5};
    struct ov_problem p = {.N = D, .K = WIDE, .M = 2, .eta_w = 25.0, .std = 1.0};
    struct ov_weights_rows what = {1, first, NULL};
    struct ov_error err;
    double row[2], alpha[2] = {0.0, (double)STEPS / D}, took[2];
    p.g = p.g_star = ov_activation_find("erf");
    p.v = v;
    p.v_star = v_star;
    for (size_t j = 0; j < WIDE; j++)
        v[j] = 1.0 / WIDE;
    for (size_t i = 0; i < 2; i++) { /* one time of measurement, then one and the steps */
        double begin = seconds();
        must(ov_weights_run_rows(row, &p, 1, alpha + i, 1, &what, NULL, &err), &err);
        took[i] = seconds() - begin;
    }
    printf("sgd, erf, p = %d, d = %d: %.0f us a step, %.2f s a measurement with its start\n", WIDE,
           D, 1e6 * (took[1] - took[0]) / STEPS, took[0]);
}

int main(void)
{
    paths();
    right_hand_side();
    all_units();
    sgd();
    return 0;
}
