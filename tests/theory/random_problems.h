/* SPDX-License-Identifier: MIT
 *
 * Random two-layer problems, and whether theory gets to their end where SGD does: what
 * test_random_problems.c asks of some and the harness random_problems.c of as many as one likes.
 * Problem i of a seed does not depend on the others.
 */
#ifndef OVERLAP_TESTS_THEORY_RANDOM_PROBLEMS_H
#define OVERLAP_TESTS_THEORY_RANDOM_PROBLEMS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/model/start.h"
#include "overlap/sim/law.h"
#include "overlap/theory/gauss.h"
#include "overlap/theory/online.h"

enum { RANDOM_MOST = 4, RANDOM_ROWS = 9, RANDOM_N = 1000 };

struct random_problem {
    struct ov_problem p;
    double v_star[RANDOM_MOST], v[RANDOM_MOST], alpha[RANDOM_ROWS];
    uint64_t key;
};

/* What became of one. */
struct random_outcome {
    enum ov_status status; /* of theory */
    bool shared;           /* an error of theory that SGD has too */
    const char *wrong;     /* NULL: nothing */
    struct ov_solve_report report;
    struct ov_error err;
};

/* An activation: those with closed forms half of the time. */
static inline const struct ov_activation *random_activation(gsl_rng *r)
{
    size_t n = gsl_rng_get(r) % 2 ? OV_ACT_GENERIC : ov_activation_count;
    return &ov_activations[gsl_rng_uniform_int(r, n)];
}

static inline double log_uniform(gsl_rng *r, double low, double high)
{
    return low * pow(high / low, gsl_rng_uniform(r));
}

/* Both layers or the first; noise, decay or none; teachers orthonormal or drawn; starts of size 0,
 * or from 1e-8 to 1, or around the teacher. */
static inline void random_problem(struct random_problem *x, unsigned long seed, size_t i,
                                  double alpha_max)
{
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(r, seed * 1000003UL + i + 1);
    const struct ov_activation *g = random_activation(r),
                               *g_star = gsl_rng_uniform(r) < 0.7 ? g : random_activation(r);
    if (strstr(ov_gauss_method(g, g_star), "quadrature in sectors"))
        g_star = g; /* kinks with units without closed form: seconds each, for look-ups only */
    x->p = (struct ov_problem){.N = RANDOM_N,
                               .K = 1 + gsl_rng_uniform_int(r, RANDOM_MOST),
                               .M = 1 + gsl_rng_uniform_int(r, RANDOM_MOST),
                               .g = g,
                               .g_star = g_star,
                               .eta_w = log_uniform(r, 1e-2, 0.3),
                               .v_star = x->v_star,
                               .v = x->v};
    x->p.eta_v = gsl_rng_get(r) % 2 ? log_uniform(r, 1e-2, 0.3) : 0.0;
    x->p.sigma = gsl_rng_get(r) % 2 ? log_uniform(r, 1e-3, 1.0) : 0.0;
    x->p.decay_w = gsl_rng_uniform(r) < 0.2 ? log_uniform(r, 1e-3, 1.0) : 0.0;
    x->p.teacher = gsl_rng_get(r) % 2 ? OV_TEACHER_ORTHONORMAL : OV_TEACHER_RANDOM;
    double kind = gsl_rng_uniform(r);
    x->p.std = kind < 0.15 ? 0.0 : log_uniform(r, 1e-8, 1.0);
    if (kind > 0.85 && x->p.teacher == OV_TEACHER_ORTHONORMAL)
        x->p.start = OV_START_INFORMED;
    for (size_t m = 0; m < x->p.M; m++)
        x->v_star[m] = gsl_rng_get(r) % 2 ? 1.0 : gsl_ran_flat(r, -1.5, 1.5);
    for (size_t k = 0; k < x->p.K; k++)
        x->v[k] = gsl_rng_get(r) % 2 ? 1.0 : gsl_ran_flat(r, -1.5, 1.5);
    double last = log_uniform(r, fmin(10.0, alpha_max), alpha_max);
    for (size_t j = 0; j < RANDOM_ROWS; j++)
        x->alpha[j] = last * (double)j / (RANDOM_ROWS - 1);
    x->key = gsl_rng_get(r);
    gsl_rng_free(r);
}

/* As a curve of experiment.yaml. */
static inline void random_problem_print(FILE *out, const struct random_problem *x)
{
    const struct ov_problem *p = &x->p;
    fprintf(out,
            "{id: x, N: %zu, K: %zu, M: %zu, activation: %s, teacher_activation: %s, teacher: %s, "
            "v_star: [",
            p->N, p->K, p->M, p->g->name, p->g_star->name,
            p->teacher == OV_TEACHER_RANDOM ? "random" : "orthonormal");
    for (size_t m = 0; m < p->M; m++)
        fprintf(out, "%s%.17g", m ? ", " : "", p->v_star[m]);
    fprintf(out,
            "], eta_w: %.17g, eta_v: %.17g, sigma: %.17g, weight_decay: %.17g%s, "
            "init: {kind: %s, std: %.17g, v: [",
            p->eta_w, p->eta_v, p->sigma, p->decay_w, p->eta_v != 0.0 ? ", weight_decay_v: 0" : "",
            p->start == OV_START_INFORMED ? "informed" : "random", p->std);
    for (size_t k = 0; k < p->K; k++)
        fprintf(out, "%s%.17g", k ? ", " : "", p->v[k]);
    fprintf(out, "]}, alpha: {max: %.17g, points: 9, spacing: linear}, theory: true}",
            x->alpha[RANDOM_ROWS - 1]);
}

/* What is wrong with rows of theory that came to their end. */
static inline const char *wrong_rows(const double *rows, const struct random_problem *x)
{
    size_t width = ov_row_width(x->p.K, x->p.M);
    for (size_t j = 0; j < RANDOM_ROWS; j++) {
        const double *row = rows + j * width;
        for (size_t i = 0; i < width; i++)
            if (!isfinite(row[i]))
                return "a number that is not finite";
        if (row[1] < 0.0)
            return "eps_g < 0";
        for (size_t k = 0; k < x->p.K; k++)
            if (row[2 + ov_sym_at(k, k)] < 0.0)
                return "Q_kk < 0";
    }
    return NULL;
}

/* Whether one of eight runs of SGD in N dimensions leaves the bounds too, up to a time a little
 * beyond that at which theory stopped. */
static inline bool sgd_diverges_at(const struct random_problem *x, double alpha, size_t N)
{
    enum { RUNS = 8 };
    struct ov_problem p = x->p;
    uint64_t key[RUNS];
    p.N = N;
    double *rows = calloc(RUNS * ov_row_width(p.K, p.M), sizeof *rows);
    for (size_t i = 0; i < RUNS; i++)
        key[i] = x->key + i;
    struct ov_error err = {0};
    enum ov_status status =
        rows ? ov_law_run(rows, &p, key, RUNS, &alpha, 1, NULL, &err) : OV_ENOMEM;
    free(rows);
    return status == OV_EDIVERGED;
}

/* Also where N is larger: averages of steep units live on inputs so rare that few runs at N = 1000
 * meet one. */
static inline bool sgd_diverges(const struct random_problem *x, double stopped)
{
    double alpha = fmin(1.5 * stopped + 1.0, 1000.0);
    size_t larger = (size_t)fmin(1e5, 4e6 / alpha);
    return sgd_diverges_at(x, alpha, RANDOM_N) ||
           (larger > RANDOM_N && sgd_diverges_at(x, alpha, larger));
}

/* Theory of one, and SGD where theory fails. */
static inline struct random_outcome random_problem_run(const struct random_problem *x)
{
    struct random_outcome out = {.wrong = NULL};
    struct ov_solve_options opt = ov_solve_defaults();
    struct ov_overlaps start = {0};
    const char *key = "";
    double *rows = calloc(RANDOM_ROWS * ov_row_width(x->p.K, x->p.M), sizeof *rows);
    if (!rows || ov_problem_check(&x->p, &key, &out.err) != OV_OK ||
        ov_overlaps_create(&start, x->p.K, x->p.M) != OV_OK ||
        ov_start_overlaps(&start, &x->p, x->key, &out.err) != OV_OK) {
        out.wrong = "no start";
    } else {
        out.status = ov_online_solve(rows, &x->p, &start, x->alpha, RANDOM_ROWS, &opt, &out.report,
                                     NULL, &out.err);
        out.wrong = out.status == OV_OK ? wrong_rows(rows, x) : ov_status_name(out.status);
        const char *at = strstr(out.err.text, "alpha = ");
        double stopped = at ? strtod(at + 8, NULL) : x->alpha[RANDOM_ROWS - 1];
        out.shared = out.status != OV_OK && sgd_diverges(x, stopped);
        if (out.shared)
            out.wrong = NULL;
    }
    ov_overlaps_free(&start);
    free(rows);
    return out;
}

#endif
