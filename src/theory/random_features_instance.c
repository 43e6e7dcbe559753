/* SPDX-License-Identifier: MIT
 *
 * The same for features that were drawn: the modes are the eigenvectors of F, and w - w*, with
 * F w* = b, has the second moment D_i along them (paper.md eq:rf_steps, eq:rf_continuous).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "random_features_internal.h"

/* F = U diag(lam) U', ascending; null directions (lam below rounding) dropped. */
struct spectrum {
    size_t n, first; /* modes first … n-1 count, and … n-2 if the last one is the mean's */
    size_t last;
    double *lam;   /* (n), one owned block that begins here */
    double *of_b;  /* (n): u_i.b */
    double *of_w0; /* (n): u_i.w0 */
    double R;      /* tau2 - b'F^-1 b */
    double trace;
};

static enum ov_status spectrum_create(struct spectrum *s, const struct ov_rf_instance *x)
{
    size_t n = x->K;
    lapack_int order = (lapack_int)n, found = 0;
    *s = (struct spectrum){.n = n, .last = n};
    s->lam = calloc(3 * n, sizeof *s->lam);
    double *F = calloc(n, 2 * n * sizeof *F), *u = F ? F + n * n : NULL;
    lapack_int *support = calloc(2 * n, sizeof *support);
    enum ov_status status = s->lam && F && support ? OV_OK : OV_ENOMEM;
    if (status == OV_OK) {
        openblas_set_num_threads(1);
        s->of_b = s->lam + n;
        s->of_w0 = s->of_b + n;
        memcpy(F, x->F, n * n * sizeof *F);
        lapack_int info = LAPACKE_dsyevr(LAPACK_ROW_MAJOR, 'V', 'A', 'L', order, F, order, 0.0, 0.0,
                                         0, 0, 0.0, &found, s->lam, u, order, support);
        status = info == 0 ? OV_OK : OV_ENUMERIC;
    }
    if (status == OV_OK) {
        cblas_dgemv(CblasRowMajor, CblasTrans, order, order, 1.0, u, order, x->b, 1, 0.0, s->of_b,
                    1);
        cblas_dgemv(CblasRowMajor, CblasTrans, order, order, 1.0, u, order, x->w0, 1, 0.0, s->of_w0,
                    1);
    }
    free(F);
    free(support);
    return status;
}

static void spectrum_finish(struct spectrum *s, const struct ov_rf_instance *x, bool mean)
{
    double null = 4e-16 * (double)s->n * s->lam[s->n - 1];
    while (s->first < s->n && !(s->lam[s->first] > null))
        s->first++;
    s->R = x->tau2;
    for (size_t i = s->first; i < s->n; i++)
        s->R -= s->of_b[i] * s->of_b[i] / s->lam[i];
    s->R = s->R > 0.0 ? s->R : 0.0;
    for (size_t i = s->first; i < s->n; i++)
        s->trace += s->lam[i];
    if (mean && s->last > s->first)
        s->last--;
}

/* kappa at learning rate eta, less 1, with the sign that ov_rf_bisect wants: the mean's share q/2
 * is exact in both. */
struct stability {
    const struct spectrum *s;
    bool steps;
};

static double kappa_of(const struct stability *y, double eta)
{
    const struct spectrum *s = y->s;
    double gamma = eta / (double)s->n, kappa = 0.0;
    for (size_t i = s->first; i < s->n; i++) {
        double x = gamma * s->lam[i];
        bool by_steps = y->steps && i < s->last;
        if (by_steps && x >= 1.0)
            return INFINITY;
        kappa += 0.5 * x / (by_steps ? 1.0 - x : 1.0);
    }
    return kappa;
}

static double below_one(double eta, void *ctx)
{
    return 1.0 - kappa_of(ctx, eta);
}

static void set_modes(struct ov_rf_coupled *m, const struct spectrum *s,
                      const struct ov_rf_common *c, bool steps)
{
    double K = (double)s->n;
    for (size_t i = s->first; i < s->last; i++) {
        size_t j = i - s->first;
        double lam = s->lam[i], off = s->of_w0[i] - s->of_b[i] / lam;
        double x = c->noise * lam / K;
        m->c[j] = lam;
        m->start[j] = off * off;
        m->decay[j] = steps ? 2.0 * x * (1.0 - x) : 2.0 * c->speed * lam;
    }
    m->strength = c->fast * c->noise * c->noise / (steps ? K * K : K);
    m->R = s->R;
    m->sigma2 = c->sigma2;
}

struct followed {
    const struct ov_rf_coupled *m;
    size_t K;
    bool steps;
    double start; /* E before the first step, less what ov_rf_eps_of_rest adds to it */
    double mean;  /* what of that the mean direction has, */
    double decay; /* which falls as exp(-decay t); infinite: after one step it is gone */
};

/* The mean has the share of eq:rf_mean from its own noise, and what is left of its start. */
static double mean_left(const struct followed *y, double t)
{
    return y->mean == 0.0 ? 0.0 : y->mean * exp(-y->decay * t);
}

static double after(const struct followed *y, double steps)
{
    if (steps == 0.0)
        return y->start;
    return ov_rf_coupled_at(y->m, steps, true) + mean_left(y, steps / (double)y->K);
}

static enum ov_status followed_at(double *E_rest, void *ctx, double t)
{
    const struct followed *y = ctx;
    if (!y->steps) {
        *E_rest = ov_rf_coupled_at(y->m, t, false) + mean_left(y, t);
        return OV_OK;
    }
    double part, steps = ov_rf_steps_at(&part, t, y->K), before = after(y, steps);
    *E_rest = part > 0.0 ? before + part * (after(y, steps + 1.0) - before) : before;
    return OV_OK;
}

static enum ov_status follow(double *eps_g, struct ov_rf_facts *f, const struct spectrum *s,
                             const struct ov_rf_common *c, bool steps, const double *t, size_t n,
                             struct ov_error *err)
{
    struct ov_rf_coupled m;
    struct stability y = {s, steps};
    double K = (double)s->n;
    if (f) {
        double most = 2.0 * K / s->trace; /* kappa >= eta tr F/(2 K) */
        ov_rf_facts_fill(f, c, s->R, kappa_of(&y, c->noise),
                         steps ? ov_rf_bisect(below_one, &y, 0.0, most) : most);
        f->growth = INFINITY;
    }
    enum ov_status status = ov_rf_check_mean(c, err);
    if (status != OV_OK)
        return n == 0 ? OV_OK : status;
    status = ov_rf_coupled_create(&m, s->last - s->first);
    if (status == OV_OK) {
        set_modes(&m, s, c, steps);
        status = ov_rf_coupled_solve(&m);
    }
    if (status != OV_OK)
        ov_fail(err, status, "the coupled modes of %zu features: %s", s->n, ov_status_name(status));
    else if (f) {
        double slowest = m.n > 0 ? m.rate[m.n - 1] : 0.0;
        f->growth = steps ? K * log1p(slowest) : slowest;
    }
    struct followed path = {.m = &m, .K = s->n, .steps = steps};
    path.start = (c->start + c->sigma2) / c->fast - c->sigma2;
    if (status == OV_OK && s->last < s->n) {
        double flow = 2.0 * c->speed * s->lam[s->n - 1];
        path.mean = path.start - ov_rf_coupled_at(&m, 0.0, steps);
        path.decay = c->q > 0.0 ? -2.0 * K * log(fabs(1.0 - c->q)) : flow;
    }
    if (status == OV_OK)
        status = ov_rf_fill(eps_g, c, followed_at, &path, t, n, err);
    ov_rf_coupled_free(&m);
    return status;
}

enum ov_status ov_rf_instance_curve(double *eps_g, struct ov_rf_facts *f,
                                    const struct ov_rf_problem *p, const struct ov_rf_instance *x,
                                    enum ov_rf_time time, const double *t, size_t n,
                                    struct ov_error *err)
{
    struct ov_rf_common c;
    struct spectrum s = {0};
    enum ov_status status = ov_rf_check_times(t, n, err);
    if (status == OV_OK)
        status = ov_rf_common_init(&c, p, false, err);
    if (status == OV_OK && (x->K == 0 || p->K != x->K || p->N != x->N || p->M != x->M))
        status = ov_fail(err, OV_EDOM, "the instance is not one of this problem");
    if (status != OV_OK)
        return status;
    status = spectrum_create(&s, x);
    if (status == OV_OK) {
        bool mean = c.P.mu0 != 0.0;
        spectrum_finish(&s, x, mean);
        ov_rf_common_set_q(&c, mean ? c.noise * s.lam[s.n - 1] / (double)s.n : 0.0);
        c.P.tau2 = x->tau2;
        c.start = 2.0 * ov_rf_eps_g(x, x->w0);
        status = follow(eps_g, f, &s, &c, time == OV_RF_STEPS && !p->flow, t, n, err);
    } else
        ov_fail(err, status, "the spectrum of %zu features: %s", x->K, ov_status_name(status));
    free(s.lam);
    return status;
}
