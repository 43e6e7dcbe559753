/* SPDX-License-Identifier: MIT
 *
 * Erf units as particles (paper.md eq:mf_erf). All pairs of particles, each once: for unit j and a
 * stretch of units l < j,
 *     Q = m_j . m_l,  X = (1 + D_j)(1 + D_l) - Q^2,  kappa = (2/pi) X^(-1/2),
 * and over the random part of Q_jl, of variance v = q_j q_l/(d - k), to first order in it,
 *     < kappa >   = kappa [1 + (v/2X)(1 + 3 Q^2/X)],
 *     < kappa Q > = Q kappa [1 + (v/2X)(3 + 3 Q^2/X)].
 */
#include <math.h>
#include <string.h>

#include "mean_field_internal.h"
#include "overlap/num/dot.h"
#include "overlap/num/simd.h"
#include "overlap/num/vasin.h"

enum { STRETCH = 512 };

static const double two_over_pi = 2.0 / M_PI;

/* Views into the scratch memory: coordinates apart, so that loops over particles are plain. */
struct particles {
    size_t p, k;
    double outside;           /* 1/(d - k) */
    double *m;                /* (k,p) */
    double *q;                /* (p) */
    double *E;                /* (p) 1 + D_j */
    double *V;                /* (k,p) sum_l <kappa_jl> m_l */
    double *B;                /* (p) sum_l <kappa_jl Q_jl> */
    double *Q, *kappa, *pull; /* (STRETCH) one stretch: overlaps, <kappa>, <kappa Q> */
};

size_t ov_mean_field_erf_scratch(const struct ov_mean_field_problem *o)
{
    return o->p * (2 * o->k + 3) + 3 * STRETCH;
}

static struct particles load(struct ov_mean_field *f, const double *y)
{
    size_t p = f->o.p, k = f->o.k;
    struct particles x = {.p = p, .k = k, .outside = 1.0 / (f->o.d - (double)k), .m = f->block};
    x.q = x.m + k * p;
    x.E = x.q + p;
    x.V = x.E + p;
    x.B = x.V + k * p;
    x.Q = x.B + p;
    x.kappa = x.Q + STRETCH;
    x.pull = x.kappa + STRETCH;
    for (size_t j = 0; j < p; j++) {
        x.q[j] = y[p * k + j];
        x.E[j] = 1.0 + x.q[j];
        for (size_t r = 0; r < k; r++) {
            double m = x.m[r * p + j] = y[j * k + r];
            x.E[j] += m * m;
        }
    }
    return x;
}

/* Q of unit j with n units from `first` on. */
OV_CLONES static void overlaps(const struct particles *restrict x, size_t j, size_t first, size_t n)
{
    double *restrict Q = x->Q;
    memset(Q, 0, n * sizeof *Q);
    for (size_t r = 0; r < x->k; r++) {
        const double *restrict m = x->m + r * x->p + first;
        double m_j = x->m[r * x->p + j];
        for (size_t l = 0; l < n; l++)
            Q[l] += m_j * m[l];
    }
}

/* <kappa> and <kappa Q>. */
OV_CLONES static void weigh(const struct particles *restrict x, size_t j, size_t first, size_t n)
{
    const double *restrict Q = x->Q, *restrict E = x->E + first, *restrict q = x->q + first;
    double *restrict kappa = x->kappa, *restrict pull = x->pull;
    double E_j = x->E[j], half_v = 0.5 * x->q[j] * x->outside;
    for (size_t l = 0; l < n; l++) {
        double root = 1.0 / sqrt(E_j * E[l] - Q[l] * Q[l]), inverse = root * root;
        double plain = two_over_pi * root, part = half_v * q[l] * inverse;
        double bend = 3.0 * Q[l] * Q[l] * inverse;
        kappa[l] = plain + plain * part * (1.0 + bend);
        pull[l] = Q[l] * (plain + plain * part * (3.0 + bend));
    }
}

OV_CLONES static double dot(const double *a, const double *b, size_t n)
{
    return ov_dot(a, b, n);
}

OV_CLONES static void add(double *restrict a, const double *restrict b, double weight, size_t n)
{
    for (size_t l = 0; l < n; l++)
        a[l] += weight * b[l];
}

OV_CLONES static double sum(const double *a, size_t n)
{
    double part[8] = {0.0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++)
            part[j] += a[i + j];
    for (; i < n; i++)
        part[i % 8] += a[i];
    return ((part[0] + part[4]) + (part[2] + part[6])) +
           ((part[1] + part[5]) + (part[3] + part[7]));
}

/* Unit j with units first … first + n - 1, of which it is none: both ways. */
static void meet(const struct particles *x, size_t j, size_t first, size_t n)
{
    overlaps(x, j, first, n);
    weigh(x, j, first, n);
    for (size_t r = 0; r < x->k; r++) {
        const double *m = x->m + r * x->p;
        x->V[r * x->p + j] += dot(x->kappa, m + first, n);
        add(x->V + r * x->p + first, x->kappa, m[j], n);
    }
    x->B[j] += sum(x->pull, n);
    add(x->B + first, x->pull, 1.0, n);
}

/* A unit with itself: as with another one at the same place. */
static void meet_itself(const struct particles *x, size_t j)
{
    overlaps(x, j, j, 1);
    weigh(x, j, j, 1);
    for (size_t r = 0; r < x->k; r++)
        x->V[r * x->p + j] += x->kappa[0] * x->m[r * x->p + j];
    x->B[j] += x->pull[0];
}

static void all_pairs(const struct particles *x)
{
    memset(x->V, 0, x->k * x->p * sizeof *x->V);
    memset(x->B, 0, x->p * sizeof *x->B);
    for (size_t first = 0; first < x->p; first += STRETCH)
        for (size_t j = first + 1; j < x->p; j++)
            meet(x, j, first, j - first < STRETCH ? j - first : STRETCH);
    for (size_t j = 0; j < x->p; j++)
        meet_itself(x, j);
}

void ov_mean_field_erf_rhs(double *dy, struct ov_mean_field *f, const double *y)
{
    struct particles x = load(f, y);
    size_t p = x.p, k = x.k;
    all_pairs(&x);
    double of_student = 1.0 / (double)p, of_teacher = 1.0 / (double)k;
    for (size_t j = 0; j < p; j++) {
        double *dm = dy + j * k, B = -of_student * x.B[j], along = 0.0, length = 0.0;
        for (size_t r = 0; r < k; r++) {
            double m = x.m[r * p + j];
            double kappa = two_over_pi / sqrt(2.0 * x.E[j] - m * m);
            dm[r] = of_teacher * kappa - of_student * x.V[r * p + j];
            B += of_teacher * kappa * m;
            along += m * dm[r];
            length += m * m;
        }
        double pull = B / x.E[j]; /* a_j B_j */
        for (size_t r = 0; r < k; r++)
            dm[r] -= pull * x.m[r * p + j];
        dy[p * k + j] = 2.0 * (pull * (1.0 + length) - along);
    }
    memset(dy + p * (k + 1), 0, (ov_mean_field_size(&f->o) - p * (k + 1)) * sizeof *dy);
}

/* ---- risk ---- */

/* Of the Q that `overlaps` left: the sum over the random part of asin(Q/sqrt(E_j E_l)), (v/2) Q
 * X^(-3/2). */
static double pair_outside(const struct particles *x, size_t j, size_t first, size_t n)
{
    const double *E = x->E + first, *q = x->q + first;
    double half_v = 0.5 * x->q[j] * x->outside, more = 0.0;
    for (size_t l = 0; l < n; l++) {
        double Q = x->Q[l], X = x->E[j] * E[l] - Q * Q;
        more += half_v * q[l] * Q / (X * sqrt(X));
    }
    return more;
}

/* asin(Q/sqrt(E_j E_l)) and its mean over the random part. */
static double pair_risk(const struct particles *x, size_t j, size_t first, size_t n)
{
    const double *E = x->E + first;
    overlaps(x, j, first, n);
    double more = pair_outside(x, j, first, n);
    for (size_t l = 0; l < n; l++)
        x->kappa[l] = x->Q[l] / sqrt(x->E[j] * E[l]);
    ov_asin_array(x->kappa, x->kappa, n);
    return sum(x->kappa, n) + more;
}

double ov_mean_field_erf_outside(struct ov_mean_field *f, const double *y)
{
    struct particles x = load(f, y);
    double all = 0.0;
    for (size_t j = 0; j < x.p; j++) {
        for (size_t first = 0; first < j; first += STRETCH) {
            size_t n = j - first < STRETCH ? j - first : STRETCH;
            overlaps(&x, j, first, n);
            all += 2.0 * pair_outside(&x, j, first, n);
        }
        overlaps(&x, j, j, 1);
        all += pair_outside(&x, j, j, 1);
    }
    return two_over_pi * all / ((double)x.p * (double)x.p);
}

double ov_mean_field_erf_risk(struct ov_mean_field *f, const double *y)
{
    struct particles x = load(f, y);
    double students = 0.0, both = 0.0, p = (double)x.p, k = (double)x.k;
    for (size_t j = 0; j < x.p; j++) {
        for (size_t first = 0; first < j; first += STRETCH)
            students += 2.0 * pair_risk(&x, j, first, j - first < STRETCH ? j - first : STRETCH);
        students += pair_risk(&x, j, j, 1);
        for (size_t r = 0; r < x.k; r++)
            both += asin(x.m[r * x.p + j] / sqrt(2.0 * x.E[j]));
    }
    double teacher = k * asin(0.5);
    return 0.5 * two_over_pi * (teacher / (k * k) - 2.0 * both / (p * k) + students / (p * p));
}
