/* SPDX-License-Identifier: MIT
 *
 * Replicas at two sizes, what is measured on them, and its extrapolation.
 */
#include "overlap/theory/quadratic_dmft.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "quadratic_dmft_internal.h"

/* In the order of struct ov_dmft_point. */
enum { MSE, LOSS, ERR_IN, RANK, TRACE, WIDTH };
enum { SIZES = 2, MORE = 4 }; /* d/2 with MORE times the samples, and d */

static const uint64_t key = 0x646d66740000; /* of the first sample; of no run's */

/* ---- arguments ---- */

static bool whole(double x)
{
    return x >= 0.5 && fabs(x - round(x)) <= 1e-9 * x;
}

static enum ov_status check_sizes(const struct ov_dmft *p, struct ov_error *err)
{
    double half = 0.5 * (double)p->d;
    if (p->d < 2 || p->d > 2000 || p->d % 2 != 0)
        return ov_fail(err, OV_EDOM, "d = %zu must be an even number in [2, 2000]", p->d);
    if (!whole(p->kappa * half))
        return ov_fail(err, OV_EDOM, "kappa d/2 = %g is no whole number of units", p->kappa * half);
    if (p->kappa_star < 1.0 && !whole(p->kappa_star * half))
        return ov_fail(err, OV_EDOM, "kappa_star d/2 = %g is no whole number of units",
                       p->kappa_star * half);
    if (p->samples < 1 || p->samples > 100000 || p->replicas < 2 || p->replicas > 10000)
        return ov_fail(err, OV_EDOM,
                       "samples = %zu must be in [1, 1e5], replicas = %zu in [2, 1e4]", p->samples,
                       p->replicas);
    return OV_OK;
}

static bool inside(double x, double lo, double hi)
{
    return x >= lo && x <= hi;
}

enum ov_status ov_dmft_check(const struct ov_dmft *p, struct ov_error *err)
{
    if (!inside(p->kappa, 1e-3, 1e3) || !inside(p->kappa_star, 1e-3, 1e3))
        return ov_fail(err, OV_EDOM, "kappa = %g and kappa_star = %g must be in [1e-3, 1e3]",
                       p->kappa, p->kappa_star);
    if (!inside(p->lambda, 0.0, 1e3) || !inside(p->Delta, 0.0, 1e6) ||
        !inside(p->gamma, 1e-12, 1e6))
        return ov_fail(err, OV_EDOM, "lambda = %g, Delta = %g, gamma = %g: out of range", p->lambda,
                       p->Delta, p->gamma);
    if (!inside(p->alpha, 1e-3, 1e6) || !inside(p->tolerance, 1e-6, 0.05))
        return ov_fail(err, OV_EDOM,
                       "alpha = %g must be in [1e-3, 1e6], tolerance = %g in [1e-6, 0.05]",
                       p->alpha, p->tolerance);
    return check_sizes(p, err);
}

double ov_dmft_memory(const struct ov_dmft *p)
{
    double most = 0.0;
    for (size_t size = 0; size < SIZES; size++) {
        double d = (double)p->d * (size == 0 ? 0.5 : 1.0), D = 0.5 * d * (d + 1.0);
        double samples = (double)p->samples * (size == 0 ? MORE : 1.0);
        double one =
            (2.0 * OV_DMFT_DIRECTIONS + 1.0) * D + (OV_DMFT_STAGES + 2.0) * p->kappa * d * d;
        most = fmax(most, 8.0 * (samples * one + 2.0 * d * d));
    }
    return most;
}

/* ---- measuring ---- */

/* Eigenvalues of W W' above 1e-3, or minus one; W (d,m), G (m,m) */
static double rank_of(double *G, double *value, const double *W, int d, int m)
{
    double rank = 0.0;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, m, d, 1.0, W, m, 0.0, G, m);
    if (LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'N', 'L', m, G, m, value) != 0)
        return -1.0;
    for (int i = 0; i < m; i++)
        rank += value[i] > 1e-3;
    return rank;
}

static enum ov_status measure(double x[WIDTH], const struct ov_dmft_replica *r,
                              struct ov_error *err)
{
    size_t d = r->d, m = r->m, n = r->n_sample;
    double *G = malloc((m + 1) * m * sizeof *G), scale = 1.0 / (double)(d * n), one = 0.0;
    if (!G)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    x[RANK] = x[TRACE] = x[LOSS] = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double *W = r->sample[i].W;
        x[TRACE] += scale * cblas_ddot((int)(d * m), W, 1, W, 1);
        double rank = rank_of(G, G + m * m, W, (int)d, (int)m);
        if (rank < 0.0) {
            free(G);
            return ov_fail(err, OV_ENUMERIC, "at t = %g the student is not finite", r->t);
        }
        x[RANK] += scale * rank;
    }
    free(G);
    for (size_t j = 0; j < r->J; j++) {
        x[LOSS] += 0.25 * r->L[j] * r->L[j];
        one += r->L[j] * r->beta[j]; /* sqrt(Delta) int Gam */
    }
    x[MSE] = fmax(0.0, 0.5 * (r->K - r->noise * r->noise));
    x[ERR_IN] = x[LOSS] + (0.25 * r->noise - 0.5 * one) * r->noise;
    return OV_OK;
}

/* ---- replicas ---- */

/* Sums and sums of squares over replicas, of the difference to the first. */
struct sums {
    double *first, *sum, *square; /* (n,WIDTH) */
};

static void add(struct sums *s, const double *x, size_t at, bool first)
{
    for (size_t c = 0; c < WIDTH; c++) {
        if (first)
            s->first[at + c] = x[c];
        double step = x[c] - s->first[at + c];
        s->sum[at + c] += step;
        s->square[at + c] += step * step;
    }
}

struct told {
    const struct ov_tick *tick;
    uint64_t before;
};

static void tell(void *ctx, uint64_t done, uint64_t total)
{
    const struct told *told = ctx;
    (void)total;
    ov_tick_tell(told->tick, told->before + done, 0);
}

static enum ov_status run(struct sums *s, const struct ov_dmft *p, size_t size, size_t replica,
                          const double *t, size_t n, struct told *told, struct ov_error *err)
{
    struct ov_dmft_replica r;
    struct ov_tick tick = {.tell = tell, .ctx = told};
    size_t d = size == 0 ? p->d / 2 : p->d, samples = size == 0 ? MORE * p->samples : p->samples;
    enum ov_status status =
        ov_dmft_replica_create(&r, p, d, samples, key + (replica * SIZES + size) * 0x100000, err);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        double x[WIDTH] = {0};
        status = ov_dmft_flow_to(&r, t[i], &tick, err);
        if (status == OV_OK)
            status = measure(x, &r, err);
        if (status == OV_OK)
            add(s, x, i * WIDTH, replica == 0);
    }
    told->before += r.n_evaluated;
    ov_dmft_replica_free(&r);
    return status;
}

/* value, standard error and shift from what the two sizes have */
static void extrapolate(struct ov_dmft_point *point, const struct sums s[SIZES], size_t i,
                        double replicas)
{
    double *const x[WIDTH] = {&point->mse, &point->loss_train, &point->err_in, &point->rank,
                              &point->trace};
    double *const se[WIDTH] = {&point->mse_se, &point->loss_train_se, &point->err_in_se,
                               &point->rank_se, &point->trace_se};
    double *const shift[WIDTH] = {&point->mse_shift, &point->loss_train_shift, &point->err_in_shift,
                                  &point->rank_shift, &point->trace_shift};
    for (size_t c = 0; c < WIDTH; c++) {
        double mean[SIZES], var[SIZES];
        for (size_t size = 0; size < SIZES; size++) {
            size_t at = i * WIDTH + c;
            double step = s[size].sum[at] / replicas;
            mean[size] = s[size].first[at] + step;
            var[size] = fmax(0.0, s[size].square[at] / replicas - step * step) / (replicas - 1.0);
        }
        *shift[c] = mean[1] - mean[0];
        *x[c] = mean[1] + *shift[c];
        *se[c] = sqrt(4.0 * var[1] + var[0]);
    }
}

enum ov_status ov_dmft_flow(struct ov_dmft_point *point, const struct ov_dmft *p, const double *t,
                            size_t n, const struct ov_tick *tick, struct ov_error *err)
{
    struct told told = {.tick = tick};
    struct sums s[SIZES];
    enum ov_status status = ov_dmft_check(p, err);
    for (size_t i = 0; i < n && status == OV_OK; i++)
        if (!inside(t[i], i > 0 ? t[i - 1] : 0.0, 1e6))
            status =
                ov_fail(err, OV_EDOM, "t[%zu] = %g: times must increase from 0 to 1e6", i, t[i]);
    if (status != OV_OK)
        return status;
    double *block = calloc(SIZES * 3 * n * WIDTH + 1, sizeof *block);
    if (!block)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    openblas_set_num_threads(1);
    for (size_t size = 0; size < SIZES; size++) {
        s[size].first = block + 3 * size * n * WIDTH;
        s[size].sum = s[size].first + n * WIDTH;
        s[size].square = s[size].sum + n * WIDTH;
    }
    for (size_t i = 0; i < SIZES * p->replicas && status == OV_OK; i++)
        status = run(&s[i % SIZES], p, i % SIZES, i / SIZES, t, n, &told, err);
    for (size_t i = 0; i < n && status == OV_OK; i++)
        extrapolate(point + i, s, i, (double)p->replicas);
    free(block);
    return status;
}
