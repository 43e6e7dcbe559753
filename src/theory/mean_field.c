/* SPDX-License-Identifier: MIT
 *
 * What both units share, and quadratic ones.
 *
 * Quadratic units, from the equations of motion in matrix form (paper.md eq:quadratic): all that
 * enters is H = sum_c s_c w_c w_c'/d, a form on the input space. With J the teacher's subspace and
 * w_j = U m_j + (a part of its own), U'U = E, J'U = 1,
 *     H = J J'/k - U S U' - b (1 - J J'),
 * so that X = U'HU, Y = U'HHU, and x, y are the traces of H and HH outside of the subspace over
 * their dimension.
 */
#include "overlap/theory/mean_field.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mean_field_internal.h"
#include "overlap/num/sym.h"

size_t ov_mean_field_size(const struct ov_mean_field_problem *o)
{
    return o->p * (o->k + 1) + ov_sym_size(o->k) + 1;
}

static enum ov_status check(const struct ov_mean_field_problem *o, struct ov_error *err)
{
    if (o->g != OV_ACT_QUADRATIC && o->g != OV_ACT_ERF)
        return ov_fail(err, OV_EDOM, "the mean-field equations know quadratic and erf units");
    if (o->p < 1 || o->k < 1)
        return ov_fail(err, OV_EDOM, "p and k must be at least 1");
    if (!(o->d > (double)o->k))
        return ov_fail(err, OV_EDOM, "d = %g must be larger than k = %zu", o->d, o->k);
    if (!(o->gamma >= 0.0 && isfinite(o->gamma) && o->sigma >= 0.0 && isfinite(o->sigma)))
        return ov_fail(err, OV_EDOM, "gamma and sigma must be finite and >= 0: %g, %g", o->gamma,
                       o->sigma);
    if (o->g == OV_ACT_ERF && o->gamma > 0.0)
        return ov_fail(
            err, OV_EDOM,
            "erf units close only as gradient flow: gamma must be 0, is %g (the noise of "
            "SGD correlates units in a way that p particles don't hold)",
            o->gamma);
    return OV_OK;
}

enum ov_status ov_mean_field_create(struct ov_mean_field **out,
                                    const struct ov_mean_field_problem *problem,
                                    struct ov_error *err)
{
    *out = NULL;
    enum ov_status status = check(problem, err);
    if (status != OV_OK)
        return status;
    struct ov_mean_field *f = calloc(1, sizeof *f);
    size_t kk = problem->k * problem->k;
    size_t size = problem->g == OV_ACT_ERF ? ov_mean_field_erf_scratch(problem) : WORK * kk;
    double *block = calloc(2 * kk + size, sizeof *block);
    if (!f || !block) {
        free(f);
        free(block);
        return ov_fail(err, OV_ENOMEM, "out of memory");
    }
    *f = (struct ov_mean_field){.o = *problem, .small = block, .block = block + 2 * kk};
    *out = f;
    return OV_OK;
}

void ov_mean_field_free(struct ov_mean_field *f)
{
    if (!f)
        return;
    free(f->small);
    free(f);
}

/* ---- quadratic units: small matrices (k,k), row-major ---- */

static void multiply(double *c, const double *a, const double *b, size_t k)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double sum = 0.0;
            for (size_t n = 0; n < k; n++)
                sum += a[i * k + n] * b[n * k + j];
            c[i * k + j] = sum;
        }
}

/* tr(a b). */
static double trace_of(const double *a, const double *b, size_t k)
{
    double sum = 0.0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            sum += a[i * k + j] * b[j * k + i];
    return sum;
}

/* What all particles see. */
struct moments {
    double qbar, b, inside; /* inside: tr S */
    double e, h2, risk;
    double SA;                                      /* tr(S A) */
    double r;                                       /* of the random overlaps outside */
    double outside;                                 /* 1/(d - k) */
    double *S, *A, *E, *SE, *ES, *X, *Y, *N, *work; /* views */
};

static void second_moment(double *S, const double *m, size_t p, size_t k)
{
    memset(S, 0, k * k * sizeof *S);
    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++)
            for (size_t s = 0; s <= r; s++)
                S[r * k + s] += m[j * k + r] * m[j * k + s];
    for (size_t r = 0; r < k; r++)
        for (size_t s = 0; s <= r; s++)
            S[s * k + r] = S[r * k + s] /= (double)p;
}

static struct moments measure(struct ov_mean_field *f, const double *y)
{
    size_t p = f->o.p, k = f->o.k, kk = k * k;
    const double *q = y + p * k, *packed = q + p;
    double *at = f->block;
    struct moments x = {.S = at,
                        .A = at + kk,
                        .E = at + 2 * kk,
                        .SE = at + 3 * kk,
                        .ES = at + 4 * kk,
                        .X = at + 5 * kk,
                        .Y = at + 6 * kk,
                        .N = at + 7 * kk,
                        .work = at + 8 * kk};
    second_moment(x.S, y, p, k);
    for (size_t j = 0; j < p; j++)
        x.qbar += q[j];
    x.qbar /= (double)p;
    x.outside = 1.0 / (f->o.d - (double)k);
    x.b = x.qbar * x.outside;
    x.r = packed[ov_sym_size(k)];
    for (size_t r = 0; r < k; r++) {
        x.inside += x.S[r * k + r];
        for (size_t s = 0; s < k; s++) {
            x.A[r * k + s] = packed[ov_sym_at(r, s)];
            x.E[r * k + s] = x.A[r * k + s] + (r == s ? 1.0 : 0.0);
        }
    }
    multiply(x.SE, x.S, x.E, k);
    multiply(x.ES, x.E, x.S, k);
    x.SA = trace_of(x.S, x.A, k);
    x.e = 1.0 - trace_of(x.S, x.E, k) - x.qbar;
    double inverse = 1.0 / (double)k;
    x.h2 = inverse - 2.0 * inverse * x.inside + trace_of(x.SE, x.SE, k) + 2.0 * x.b * x.SA +
           (1.0 + x.r) * x.b * x.qbar;
    x.risk = 0.5 * x.e * x.e + x.h2;
    return x;
}

/* X and Y of the header. */
static void forms(struct moments *x, size_t k)
{
    double inverse = 1.0 / (double)k, a = inverse + x->b;
    multiply(x->work, x->E, x->SE, k);
    for (size_t r = 0; r < k; r++)
        for (size_t s = 0; s < k; s++) {
            double one = r == s ? 1.0 : 0.0;
            x->X[r * k + s] = inverse * one - x->work[r * k + s] - x->b * x->A[r * k + s];
            x->N[r * k + s] = x->SE[r * k + s] + x->b * one;
        }
    multiply(x->work, x->E, x->N, k);
    for (size_t r = 0; r < k; r++)
        for (size_t s = 0; s < k; s++) {
            double sum = r == s ? a * a : 0.0;
            sum -= a * (x->N[r * k + s] + x->N[s * k + r]);
            for (size_t n = 0; n < k; n++)
                sum += x->N[n * k + r] * x->work[n * k + s];
            x->Y[r * k + s] = sum;
        }
}

/* dm_j/dt: the same linear map for all particles. */
static void move_m(double *dm, const double *m, const struct moments *x, size_t p, size_t k)
{
    double own = 2.0 * x->e + 4.0 / (double)k;
    for (size_t j = 0; j < p; j++)
        for (size_t r = 0; r < k; r++) {
            double sum = own * m[j * k + r];
            for (size_t s = 0; s < k; s++)
                sum -= 4.0 * x->SE[r * k + s] * m[j * k + s];
            dm[j * k + r] = sum;
        }
}

static void quadratic_rhs(double *dy, struct ov_mean_field *f, const double *y)
{
    size_t p = f->o.p, k = f->o.k;
    struct moments x = measure(f, y);
    forms(&x, k);
    move_m(dy, y, &x, p, k);
    double inverse = 1.0 / (double)k, noise = 4.0 * f->o.gamma / (double)p;
    double h = 2.0 * x.risk + f->o.sigma * f->o.sigma;
    double first = -(x.qbar + x.SA) * x.outside;
    double second =
        (x.h2 - inverse + 2.0 * inverse * x.inside - trace_of(x.SE, x.S, k)) * x.outside;
    double rate =
        4.0 * x.e + 8.0 * (first - x.r * x.b) + noise * (h + 4.0 * x.e * first + 8.0 * second);
    const double *q = y + p * k;
    double *dq = dy + p * k, *dA = dq + p;
    for (size_t j = 0; j < p; j++)
        dq[j] = rate * q[j];
    dA[ov_sym_size(k)] = 4.0 * noise * h - 16.0 * x.b * x.r * (1.0 + 0.5 * x.r);
    for (size_t r = 0; r < k; r++)
        for (size_t s = 0; s <= r; s++) {
            size_t at = r * k + s;
            dA[ov_sym_at(r, s)] = -8.0 * (inverse + x.b) * x.A[at] +
                                  noise * (h * x.E[at] + 4.0 * x.e * x.X[at] + 8.0 * x.Y[at]);
        }
}

/* ---- both ---- */

void ov_mean_field_rhs(double *dy, struct ov_mean_field *f, const double *y)
{
    if (f->o.g == OV_ACT_ERF)
        ov_mean_field_erf_rhs(dy, f, y);
    else
        quadratic_rhs(dy, f, y);
}

double ov_mean_field_risk(struct ov_mean_field *f, const double *y)
{
    if (f->o.g == OV_ACT_ERF)
        return ov_mean_field_erf_risk(f, y);
    return measure(f, y).risk;
}

/* C_jl = Q_jl - m_j.m_l = m_j.A m_l and a random part of variance (1 + r) q_j q_l/(d - k), q of y.
 * Quadratic: f is the mean over pairs of 4 m_j.m_l C_jl + 2 C_jl^2, a unit and itself as a pair. */
void ov_mean_field_outside(double *q, double *pairs, double *f, struct ov_mean_field *x,
                           const double *y)
{
    size_t p = x->o.p, k = x->o.k;
    const double *own = y + p * k, *A = own + p;
    double sum = 0.0, squares = 0.0, coherent = 0.0,
           outside = (1.0 + A[ov_sym_size(k)]) / (x->o.d - (double)k);
    double *MA = x->small, *MM = MA + k * k; /* sum_j m_j m_j'A and m_j m_j' */
    memset(MA, 0, 2 * k * k * sizeof *MA);
    for (size_t j = 0; j < p; j++) {
        const double *m = y + j * k;
        double part = 0.0;
        for (size_t s = 0; s < k; s++) {
            double Am = 0.0;
            for (size_t r = 0; r < k; r++)
                Am += A[ov_sym_at(s, r)] * m[r];
            part += Am * m[s];
            for (size_t r = 0; r < k; r++) {
                MA[r * k + s] += m[r] * Am;
                MM[r * k + s] += m[r] * m[s];
            }
        }
        q[j] = own[j] + part;
        sum += own[j];
        squares += own[j] * own[j];
        coherent -= part * part;
    }
    double all = trace_of(MA, MA, k);
    *pairs = 0.5 * (all + coherent + outside * (sum * sum - squares));
    double mean = 4.0 * trace_of(MM, MA, k) + 2.0 * (all + outside * sum * sum);
    *f = x->o.g == OV_ACT_ERF ? ov_mean_field_erf_outside(x, y) : mean / ((double)p * (double)p);
}

static int rhs(double *dy, const double *y, void *ctx)
{
    ov_mean_field_rhs(dy, ctx, y);
    return 0;
}

enum ov_status ov_mean_field_solve(double *path, const struct ov_mean_field_problem *o,
                                   const double *y0, const double *time, size_t n_time,
                                   const struct ov_solve_options *opt,
                                   struct ov_solve_report *report, const struct ov_tick *tick,
                                   struct ov_error *err)
{
    struct ov_mean_field *f = NULL;
    enum ov_status status = ov_mean_field_create(&f, o, err);
    if (status != OV_OK)
        return status;
    for (size_t j = 0; status == OV_OK && j < o->p; j++)
        if (!(y0[o->p * o->k + j] >= 0.0))
            status = ov_fail(err, OV_EDOM, "q_%zu = %g must be >= 0", j, y0[o->p * o->k + j]);
    if (status == OV_OK && opt->method != OV_RK8PD)
        status = ov_fail(err, OV_EDOM, "mean field: method rk8pd only");
    struct ov_ode ode = {.n = ov_mean_field_size(o), .rhs = rhs, .time_name = "t", .ctx = f};
    if (status == OV_OK)
        status = ov_solve(path, &ode, y0, time, n_time, opt, report, tick, err);
    ov_mean_field_free(f);
    return status;
}
