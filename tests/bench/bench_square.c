/* SPDX-License-Identifier: MIT
 *
 * Wide quadratic students: right-hand sides at p = 400 and a path of gradient flow to t = 10, beside a
 * plain Euler integration of the same equations with the products of matrices written out as loops.
 *     bench_square [P [STEP]]      (default: 400 units, Euler's step in t 0.01)
 * Starts are the overlaps of random weights in 100 dimensions, two teacher units, gamma/p = 0.01,
 * sigma = 0.5. Euler runs for two seconds; its time is scaled to the whole run, its error is
 * the one where it stopped. Times are CPU time of the thread that computes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "bench/bench.h"
#include "overlap/model/activation.h"
#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "overlap/num/sym.h"
#include "overlap/theory/online.h"

static const double last = 10.0, euler_seconds = 2.0;

/* ---- the plain reference ---- */

/* X = C D A, (P,P). */
static void multiply(double *X, const double *C, const double *s, const double *A, size_t P)
{
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++) {
            double sum = 0.0;
            for (size_t c = 0; c < P; c++)
                sum += C[i * P + c] * s[c] * A[j * P + c];
            X[i * P + j] = sum;
        }
}

/* C += dt dC/dt, teacher first; X, Y scratch. */
static void euler(double *C, double *X, double *Y, const double *s, const struct ov_problem *p,
                  double dt)
{
    size_t M = p->M, P = M + p->K;
    double e = 0.0, trace = 0.0, v = 1.0 / (double)p->K, eta = p->eta_w;
    multiply(X, C, s, C, P);
    multiply(Y, C, s, X, P);
    for (size_t c = 0; c < P; c++) {
        e += s[c] * C[c * P + c];
        trace += s[c] * X[c * P + c];
    }
    double plain = e * e + 2.0 * trace + p->sigma * p->sigma;
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++) {
            size_t ij = i * P + j, moving = (size_t)(i >= M) + (size_t)(j >= M);
            double G = 2.0 * (e * C[ij] + 2.0 * X[ij]);
            double Nz = 4.0 * (C[ij] * plain + 4.0 * e * X[ij] + 8.0 * Y[ij]);
            Y[ij] = (double)moving * eta * v * G + (moving == 2 ? eta * eta * v * v * Nz : 0.0);
        }
    for (size_t i = 0; i < P * P; i++)
        C[i] += dt / (eta * v) * Y[i];
}

static double risk(const struct ov_problem *p, const struct ov_overlaps *start, const double *C)
{
    struct ov_overlaps o = {0};
    size_t M = p->M, P = M + p->K;
    must(ov_overlaps_create(&o, p->K, M), &(struct ov_error){.text = "out of memory"});
    memcpy(o.block, start->block, ov_overlaps_size(p->K, M) * sizeof *o.block);
    for (size_t k = 0; k < p->K; k++) {
        for (size_t l = 0; l <= k; l++)
            o.Q[ov_sym_at(k, l)] = C[(M + k) * P + M + l];
        for (size_t m = 0; m < M; m++)
            o.R[k * M + m] = C[(M + k) * P + m];
    }
    double eps_g = ov_eps_g(&o, p->g, p->g_star);
    ov_overlaps_free(&o);
    return eps_g;
}

struct euler_run {
    double seconds, t, eps_g; /* of the whole run; where it stopped */
};

static struct euler_run run_euler(const struct ov_problem *p, const struct ov_overlaps *start,
                                  double dt)
{
    size_t M = p->M, P = M + p->K, n = 0;
    double *C = calloc(3 * P * P + P + ov_sym_size(P), sizeof *C), *s = C + 3 * P * P;
    ov_overlaps_covariance(s + P, start);
    for (size_t i = 0; i < P; i++) {
        s[i] = i < M ? start->v_star[i] : -start->v[i - M];
        for (size_t j = 0; j < P; j++)
            C[i * P + j] = s[P + ov_sym_at(i, j)];
    }
    double from = seconds();
    while ((double)n * dt < last && seconds() - from < euler_seconds) {
        euler(C, C + P * P, C + 2 * P * P, s, p, dt);
        n++;
    }
    struct euler_run run = {(seconds() - from) * last / ((double)n * dt), (double)n * dt, 0.0};
    run.eps_g = risk(p, start, C);
    free(C);
    return run;
}

/* ---- ours ---- */

static double time_rhs(const struct ov_problem *p, const struct ov_overlaps *start)
{
    struct ov_online *o;
    size_t n = ov_overlaps_moving(p->K, p->M), calls = 0;
    double *dy = calloc(n, sizeof *dy);
    must(ov_online_create(&o, p, start), &(struct ov_error){.text = "out of memory"});
    double from = seconds();
    for (; calls < 5 || seconds() - from < 1.0; calls++)
        ov_online_rhs(dy, o, start->block);
    double each = (seconds() - from) / (double)calls;
    ov_online_free(o);
    free(dy);
    return each;
}

static double error(double eps_g, const struct ov_problem *p, const struct ov_overlaps *start,
                    double t)
{
    struct ov_error err = {0};
    struct ov_solve_options exact = {.method = OV_RK8PD, .rtol = 1e-10, .atol = 1e-13};
    double *row = calloc(ov_row_width(p->K, p->M), sizeof *row);
    double alpha = t * (double)p->K / p->eta_w;
    must(ov_online_solve(row, p, start, &alpha, 1, &exact, NULL, NULL, &err), &err);
    double wrong = fabs(eps_g / row[1] - 1.0);
    free(row);
    return wrong;
}

int main(int argc, char **argv)
{
    size_t p = argc > 1 ? strtoul(argv[1], NULL, 10) : 400;
    double dt = argc > 2 ? strtod(argv[2], NULL) : 0.01, v_star[2] = {0.5, 0.5};
    double *v = calloc(p, sizeof *v);
    const struct ov_activation *g = ov_activation_find("quadratic");
    struct ov_problem o = {.N = 100, .K = p, .M = 2, .g = g, .g_star = g, .sigma = 0.5, .std = 1.0};
    struct ov_overlaps start = {0};
    struct ov_error err = {0};
    o.eta_w = 0.01 * (double)p;
    o.v = v;
    o.v_star = v_star;
    for (size_t k = 0; k < p; k++)
        v[k] = 1.0 / (double)p;
    openblas_set_num_threads(1);
    must(ov_overlaps_create(&start, p, 2), &(struct ov_error){.text = "out of memory"});
    must(ov_start_overlaps(&start, &o, 1, &err), &err);
    double rhs = time_rhs(&o, &start);
    struct euler_run plain = run_euler(&o, &start, dt);
    double alpha = last * (double)p / o.eta_w, *row = calloc(ov_row_width(p, 2), sizeof *row);
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_solve_report report;
    double from = seconds();
    must(ov_online_solve(row, &o, &start, &alpha, 1, &opt, &report, NULL, &err), &err);
    double path = seconds() - from;
    printf("square p = %zu: right-hand side %.3g ms (plain loops %.3g ms, %.0f times)\n", p,
           1e3 * rhs, 1e3 * plain.seconds * dt / last, plain.seconds * dt / last / rhs);
    printf("square p = %zu: path to t = 10 %.3g s, %zu right-hand sides, error %.1g\n", p, path,
           report.n_rhs, error(row[1], &o, &start, last));
    printf("square p = %zu: plain Euler %.3g s (%.0f times), error at t = %.3g %.1g\n", p,
           plain.seconds, plain.seconds / path, plain.t, error(plain.eps_g, &o, &start, plain.t));
    free(row);
    free(v);
    ov_overlaps_free(&start);
    return 0;
}
