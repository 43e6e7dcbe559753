/* SPDX-License-Identifier: MIT
 *
 * The Jacobian of the equations of motion by differences that stay inside of the cone of
 * covariances, where y +- h e_j may be none: at a perfect student, without weights, on a line.
 *
 * With T^+ the pseudo-inverse of T, C is a covariance where S = Q - R T^+ R', what the students
 * have outside of the teachers' span, is one. So the unknowns are taken as R and S:
 * 1. by S along u u', u = e_k and e_k + e_l, forwards only (0, h, 2h), which any S >= 0 allows:
 *    with A the derivative by the packed Q, that along (e_k + e_l)(e_k + e_l)' is
 *    A_kk + A_kl + A_ll;
 * 2. by R_km at constant S, centrally; Q moves by R T^+ R', so that the derivative at constant Q
 *    is less by sum_l A_kl dQ_kl/dR_km = 2 A_kk X_mk + sum_{l /= k} A_kl X_ml, X = T^+ R';
 * 3. by v centrally.
 * Errors are O(h^2) throughout. Teachers that depend on each other leave R only the range of T:
 * what is outside of it is projected away.
 */
#include <math.h>
#include <string.h>

#include "online_internal.h"
#include "overlap/num/sym.h"

static const double step = 0x1p-17;      /* in units of the students' sizes */
static const double least_kinked = 1e-4; /* size of a ReLU student whose size is less */
static const double rank_of_T = 1e-12;   /* eigenvalues relative to the largest */

struct differences {
    struct ov_online *o;
    void (*f)(double *value, const double *y, struct ov_online *o);
    size_t K, M, n, n_f;
    double *J;            /* (n_f,n) */
    double *x;            /* (n) the point, a covariance */
    double *moved;        /* (n) */
    double *f0, *f1, *f2; /* (n_f) */
    double *inverse;      /* (M,M) T^+ */
    double *range;        /* (M,M) T T^+ */
    double *X;            /* (M,K) T^+ R' */
    double *S;            /* packed (K,K) */
};

size_t ov_online_differences_scratch(const struct ov_problem *p, size_t n_f)
{
    size_t K = p->K, M = p->M, n = ov_online_of_fields(p);
    return 2 * n + 3 * n_f + 2 * M * M + M * K + ov_sym_size(K);
}

static struct differences views(struct ov_online *o, double *J, size_t n_f, double *scratch)
{
    size_t K = o->p->K, M = o->p->M, n = ov_online_of_fields(o->p);
    struct differences d = {.o = o, .K = K, .M = M, .n = n, .n_f = n_f, .J = J, .x = scratch};
    d.moved = d.x + n;
    d.f0 = d.moved + n;
    d.f1 = d.f0 + n_f;
    d.f2 = d.f1 + n_f;
    d.inverse = d.f2 + n_f;
    d.range = d.inverse + M * M;
    d.X = d.range + M * M;
    d.S = d.X + M * K;
    return d;
}

static double *R_of(const struct differences *d, double *y)
{
    return y + ov_sym_size(d->K);
}

/* ---- the point ---- */

/* T^+, X, and x where S is a covariance: from y by as much along the diagonal of Q as it takes. */
static enum ov_status enter(struct differences *d, const double *y)
{
    size_t K = d->K, M = d->M, rank;
    double *R = R_of(d, memcpy(d->x, y, d->n * sizeof *y)), *S = d->S, least;
    enum ov_status status =
        ov_sym_pseudo_inverse(d->inverse, d->range, &rank, d->o->o.T, M, rank_of_T);
    for (size_t m = 0; m < M; m++)
        for (size_t k = 0; k < K; k++) {
            double sum = 0.0;
            for (size_t n = 0; n < M; n++)
                sum += d->inverse[m * M + n] * R[k * M + n];
            d->X[m * K + k] = sum;
        }
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++) {
            double inside = 0.0;
            for (size_t m = 0; m < M; m++)
                inside += R[k * M + m] * d->X[m * K + l];
            S[ov_sym_at(k, l)] = y[ov_sym_at(k, l)] - inside;
        }
    if (status == OV_OK)
        status = ov_sym_min_eigenvalue(&least, S, K);
    for (size_t k = 0; status == OV_OK && k < K; k++)
        d->x[ov_sym_at(k, k)] = fmax(d->x[ov_sym_at(k, k)] - fmin(2.0 * least, 0.0), 0.0);
    return status;
}

/* The variance that counts as a step of one for student k: smooth activations vary on a scale of
 * one, homogeneous ones on that of the field. */
static double size_of(const struct differences *d, size_t k)
{
    double least = d->o->p->g->act == OV_ACT_RELU ? least_kinked : 1.0;
    return fmax(d->x[ov_sym_at(k, k)], least);
}

/* ---- differences ---- */

static void evaluate(double *f, struct differences *d)
{
    d->f(f, d->moved, d->o);
}

static double *restart(struct differences *d)
{
    return memcpy(d->moved, d->x, d->n * sizeof *d->x);
}

static void set_column(struct differences *d, size_t j, double on_f0, double on_f1, double on_f2)
{
    for (size_t i = 0; i < d->n_f; i++)
        d->J[i * d->n + j] = on_f0 * d->f0[i] + on_f1 * d->f1[i] + on_f2 * d->f2[i];
}

static void add_column(struct differences *d, size_t j, double weight, size_t other)
{
    for (size_t i = 0; i < d->n_f; i++)
        d->J[i * d->n + j] += weight * d->J[i * d->n + other];
}

/* x with `part` of (a e_k + b e_l)(a e_k + b e_l)' added to S. */
static void move_S(struct differences *d, size_t k, size_t l, double part)
{
    double *y = restart(d), a = sqrt(step * size_of(d, k)), b = sqrt(step * size_of(d, l));
    y[ov_sym_at(k, k)] += part * a * a;
    if (l == k)
        return;
    y[ov_sym_at(k, l)] += part * a * b;
    y[ov_sym_at(l, l)] += part * b * b;
}

/* Step 1, the diagonal before what is off it. */
static void by_Q(struct differences *d, size_t k, size_t l)
{
    double a = sqrt(size_of(d, k)), b = sqrt(size_of(d, l)), unit = step * a * b;
    size_t kl = ov_sym_at(k, l);
    move_S(d, k, l, 1.0);
    evaluate(d->f1, d);
    move_S(d, k, l, 2.0);
    evaluate(d->f2, d);
    set_column(d, kl, -1.5 / unit, 2.0 / unit, -0.5 / unit);
    if (l == k)
        return;
    add_column(d, kl, -a / b, ov_sym_at(k, k));
    add_column(d, kl, -b / a, ov_sym_at(l, l));
}

/* x with h added to R_km, within the range of T, at constant S. */
static void move_R(struct differences *d, size_t k, size_t m, double h)
{
    size_t K = d->K, M = d->M;
    double *y = restart(d), *R = R_of(d, y) + k * M;
    for (size_t n = 0; n < M; n++)
        R[n] += h * d->range[m * M + n];
    for (size_t l = 0; l < K; l++)
        y[ov_sym_at(k, l)] += (l == k ? 2.0 : 1.0) * h * d->X[m * K + l];
    y[ov_sym_at(k, k)] += h * h * d->inverse[m * M + m];
}

/* Step 2, after all of step 1. */
static void by_R(struct differences *d, size_t k, size_t m)
{
    size_t at = ov_sym_size(d->K) + k * d->M + m;
    double length = sqrt(d->inverse[m * d->M + m] / size_of(d, k)), h = step / length;
    if (!(length > 0.0)) /* a teacher without weights */
        h = step;
    move_R(d, k, m, h);
    evaluate(d->f1, d);
    move_R(d, k, m, -h);
    evaluate(d->f2, d);
    set_column(d, at, 0.0, 0.5 / h, -0.5 / h);
    for (size_t l = 0; l < d->K; l++)
        add_column(d, at, -(l == k ? 2.0 : 1.0) * d->X[m * d->K + l], ov_sym_at(k, l));
}

static void by_v(struct differences *d, size_t k)
{
    size_t at = ov_sym_size(d->K) + d->K * d->M + k;
    double h = step * fmax(fabs(d->x[at]), least_kinked);
    restart(d)[at] += h;
    evaluate(d->f1, d);
    restart(d)[at] -= h;
    evaluate(d->f2, d);
    set_column(d, at, 0.0, 0.5 / h, -0.5 / h);
}

/* ---- Nz by C ---- */

/* Nz at C with `part` of u u' added, u = a e_i + b e_j (a e_i for j = i). */
static void Nz_at(double *Nz, struct ov_online *o, double *C, size_t i, size_t j, double a,
                  double b, double part)
{
    memcpy(C, o->C, ov_sym_size(o->p->K + o->p->M) * sizeof *C);
    C[ov_sym_at(i, i)] += part * a * a;
    if (i != j) {
        C[ov_sym_at(i, j)] += part * a * b;
        C[ov_sym_at(j, j)] += part * b * b;
    }
    ov_gauss_contract(NULL, Nz, o->gauss, C, o->s, o->p->sigma);
}

static double root_of_size(const struct ov_online *o, size_t i)
{
    enum ov_act act = (i < o->p->M ? o->p->g_star : o->p->g)->act;
    return sqrt(fmax(o->C[ov_sym_at(i, i)], act == OV_ACT_RELU ? least_kinked : 1.0));
}

void ov_online_slopes_of_Nz(double *dNz, struct ov_online *o, double *scratch)
{
    size_t P = o->p->K + o->p->M, S = ov_sym_size(o->p->K), D = ov_sym_size(P), width = D + P;
    double *C = scratch, *f0 = C + D, *f1 = f0 + S, *f2 = f1 + S;
    ov_gauss_contract(NULL, f0, o->gauss, o->C, o->s, o->p->sigma);
    for (size_t back = 0; back < P; back++) /* the diagonal first */
        for (size_t j = 0; j + back < P; j++) {
            size_t i = j + back, ij = ov_sym_at(i, j);
            double a = root_of_size(o, i), b = root_of_size(o, j);
            Nz_at(f1, o, C, i, j, a, b, step);
            Nz_at(f2, o, C, i, j, a, b, 2.0 * step);
            for (size_t n = 0; n < S; n++) {
                double *slope = dNz + n * width,
                       along = (2.0 * f1[n] - 1.5 * f0[n] - 0.5 * f2[n]) / step;
                if (i == j)
                    slope[ij] = along / (a * a);
                else
                    slope[ij] =
                        (along - a * a * slope[ov_sym_at(i, i)] - b * b * slope[ov_sym_at(j, j)]) /
                        (a * b);
            }
        }
}

/* ---- all ---- */

static void right_hand_side(double *dy, const double *y, struct ov_online *o)
{
    (void)ov_online_derivatives(dy, y, o);
}

int ov_online_differences(double *J, struct ov_online *o, const double *y, double *scratch)
{
    return ov_online_differences_of(J, right_hand_side, ov_online_of_fields(o->p), o, y, scratch);
}

int ov_online_differences_of(double *J,
                             void (*f)(double *value, const double *y, struct ov_online *o),
                             size_t n_f, struct ov_online *o, const double *y, double *scratch)
{
    struct differences d = views(o, J, n_f, scratch);
    d.f = f;
    for (size_t i = 0; i < d.n_f * d.n; i++)
        J[i] = NAN;
    if (enter(&d, y) == OV_ENOMEM)
        return -1;
    restart(&d);
    evaluate(d.f0, &d);
    for (size_t k = 0; k < d.K; k++)
        by_Q(&d, k, k);
    for (size_t k = 0; k < d.K; k++)
        for (size_t l = 0; l < k; l++)
            by_Q(&d, k, l);
    for (size_t k = 0; k < d.K; k++)
        for (size_t m = 0; m < d.M; m++)
            by_R(&d, k, m);
    for (size_t k = 0; o->p->eta_v != 0.0 && k < d.K; k++)
        by_v(&d, k);
    return 0;
}
