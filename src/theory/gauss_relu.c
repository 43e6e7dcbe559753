/* SPDX-License-Identifier: MIT
 *
 * ReLU students with ReLU teachers.
 * 1. < theta(x_k) theta(x_l) relu(x_a) relu(x_b) > only depends on the set {k,l,a,b} and on which
 *    two of it are multiplied: it is the second moment of x_a x_b on the orthant where all fields
 *    of the set are positive. So each set of one to four fields is met once, and gives its moments
 *    to all Nz_kl that ask for them. A field of length zero has theta = relu = 0: its sets give
 *    nothing.
 * 2. All second moments on an orthant, in standardised fields of correlation R, P its probability
 *    (paper.md eq:tallis):
 *        M_ab = P R_ab + sum_q R_aq B_qb,  B_qb = < x_b delta(x_q) prod theta >
 *                                               = sum_r (R_br - R_qb R_qr) E_qr,
 *        E_qr = p_qr/(2 pi sqrt(1 - R_qr^2)),
 *    p_qr the orthant probability of the other fields given x_q = x_r = 0: 1, 1/2, P_2.
 * 3. Nz and G of a learnt student are small differences of such terms, each of which moves by
 *    epsilon/sqrt(1 - r^2) when r does by epsilon. What counts is that all of them see the same r:
 *    correlations, their sines and arcsines are taken once for each pair, and 1 - |r| and
 *    R_br - R_qb R_qr from differences that are exact near |r| = 1. Then no C is too singular, and
 *    none needs more than double precision. Equal or opposite fields: terms in which
 *    1/sqrt(1 - r^2) stands with a factor that is 0 are 0.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_integration.h>

#include "gauss_relu_internal.h"
#include "overlap/num/simd.h"

static const double one_over_two_pi = 0.5 / M_PI;

/* 1 - |r| up to which two fields are one: what rounding C makes. */
static const double same = 4e-16;

/* ---- memory and rules ---- */

static const size_t legendre[OV_RELU_RULES] = {5, 9, 13, 24};

/* Gauss-Legendre on [-1,1]; the last on [0,1] in the fourth root of the distance from 0. */
static bool make_rules(struct ov_gauss_relu *x)
{
    for (size_t i = 0; i < OV_RELU_RULES; i++) {
        struct ov_relu_rule *rule = &x->rule[i];
        bool graded = i == OV_RELU_RULES - 1;
        rule->n = legendre[i];
        gsl_integration_glfixed_table *t = gsl_integration_glfixed_table_alloc(rule->n);
        if (!t)
            return false;
        for (size_t j = 0; j < rule->n; j++) {
            double at, weight;
            gsl_integration_glfixed_point(graded ? 0.0 : -1.0, 1.0, j, &at, &weight, t);
            rule->at[j] = graded ? at * at * at * at : at;
            rule->weight[j] = graded ? 4.0 * at * at * at * weight : weight;
        }
        gsl_integration_glfixed_table_free(t);
    }
    return true;
}

enum ov_status ov_gauss_relu_create(struct ov_gauss_relu **out, size_t P)
{
    struct ov_gauss_relu *x = *out = calloc(1, sizeof *x);
    if (!x)
        return OV_ENOMEM;
    x->P = P;
    x->sd = calloc(P, sizeof *x->sd);
    x->pair = calloc(P * P, sizeof *x->pair);
    if (x->sd && x->pair && make_rules(x))
        return OV_OK;
    ov_gauss_relu_free(x);
    *out = NULL;
    return OV_ENOMEM;
}

void ov_gauss_relu_free(struct ov_gauss_relu *x)
{
    if (!x)
        return;
    free(x->pair);
    free(x->sd);
    free(x);
}

/* ---- pairs ---- */

static struct ov_relu_pair pair_of(double r)
{
    double open = 1.0 - fabs(r);
    if (open <= same)
        r = copysign(1.0, r), open = 0.0;
    double s = sqrt(open * (2.0 - open));
    return (struct ov_relu_pair){.R = r,
                                 .open = open,
                                 .s = s,
                                 .sign = r < 0.0 ? -1.0 : 1.0,
                                 .off = r < 0.0 ? -open : open,
                                 .inverse = s > 0.0 ? 1.0 / s : 0.0,
                                 .angle = asin(r),
                                 .along = 1.0 / sqrt(2.0 * (2.0 - open)),
                                 .across = open > 0.0 ? 1.0 / sqrt(2.0 * open) : 0.0,
                                 .T = sqrt(open / (2.0 - open))};
}

void ov_gauss_relu_load(struct ov_gauss_relu *x, const double *C)
{
    for (size_t a = 0; a < x->P; a++) {
        double aa = C[ov_sym_at(a, a)];
        x->sd[a] = aa < 0.0 ? 0.0 : sqrt(aa);
        for (size_t b = 0; b <= a; b++) {
            double size = aa * C[ov_sym_at(b, b)];
            bool dead = !(aa > 0.0 && x->sd[b] > 0.0) && !isnan(size);
            double r = a == b ? 1.0 : C[ov_sym_at(a, b)] / sqrt(size);
            x->pair[a * x->P + b] = x->pair[b * x->P + a] = pair_of(dead ? 0.0 : r);
        }
    }
}

/* ---- sets ---- */

/* B is summed over r for all b at once, four to a vector. Where b = r the difference is
 * 1 - R_qr^2, where b = q it is 0. */
typedef double vector __attribute__((vector_size(32)));

OV_CLONES void ov_gauss_relu_boundary(struct ov_relu_set *x, double cap)
{
    for (size_t q = 0; q < x->n; q++) {
        vector sum = {0.0}, Rq, Rr;
        memcpy(&Rq, x->R[q], sizeof Rq);
        for (size_t r = 0; r < x->n; r++) {
            const struct ov_relu_pair *qr = x->pair[q][r];
            if (r == q)
                continue;
            double density = one_over_two_pi * (qr->inverse < cap ? qr->inverse : cap);
            memcpy(&Rr, x->R[r], sizeof Rr);
            sum += density * x->p[q][r] * ((Rr - qr->sign * Rq) + qr->off * Rq);
        }
        memcpy(x->B[q], &sum, sizeof sum);
    }
}

OV_CLONES static void second_moments(struct ov_relu_set *x, const double sd[4])
{
    vector size;
    memcpy(&size, sd, sizeof size);
    for (size_t a = 0; a < x->n; a++) {
        vector row, B;
        memcpy(&row, x->R[a], sizeof row);
        row *= x->P;
        for (size_t q = 0; q < x->n; q++) {
            memcpy(&B, x->B[q], sizeof B);
            row += x->R[a][q] * B;
        }
        row *= sd[a] * size;
        memcpy(x->M[a], &row, sizeof row);
    }
}

/* From a difference that is exact where r is nearly +-q. */
double ov_gauss_relu_part(const struct ov_gauss_relu *x, size_t q, size_t b, size_t r)
{
    const struct ov_relu_pair *qr = &x->pair[q * x->P + r];
    double qb = x->pair[q * x->P + b].R, br = x->pair[b * x->P + r].R;
    if (q == b || q == r)
        return 0.0;
    return b == r ? qr->s * qr->s : (br - qr->sign * qb) + qr->off * qb;
}

static void fill_pairs(struct ov_relu_set *x, const struct ov_gauss_relu *w)
{
    memset(x->R, 0, sizeof x->R);
    for (size_t q = 0; q < x->n; q++)
        for (size_t r = 0; r < x->n; r++) {
            x->pair[q][r] = &w->pair[x->field[q] * w->P + x->field[r]];
            x->R[q][r] = x->pair[q][r]->R;
        }
}

static void probabilities(struct ov_relu_set *x, const struct ov_gauss_relu *w)
{
    if (x->n == 4) {
        ov_gauss_relu_four(x, w);
        return;
    }
    x->P = x->n == 1 ? 0.5 : x->n == 2 ? 0.25 : 0.125;
    for (size_t q = 0; q < x->n; q++)
        for (size_t r = 0; r < q; r++) {
            x->P += (x->n == 2 ? 1.0 : 0.5) * one_over_two_pi * x->pair[q][r]->angle;
            x->p[q][r] = x->p[r][q] = x->n == 2 ? 1.0 : 0.5;
        }
}

bool ov_gauss_relu_set(struct ov_relu_set *x, const struct ov_gauss_relu *w)
{
    double sd[4] = {0.0};
    for (size_t i = 0; i < x->n; i++) {
        sd[i] = w->sd[x->field[i]];
        if (sd[i] == 0.0)
            return false;
    }
    fill_pairs(x, w);
    probabilities(x, w);
    ov_gauss_relu_boundary(x, INFINITY);
    second_moments(x, sd);
    return true;
}

static void visit(struct ov_gauss *w, struct ov_relu_set *x, ov_gauss_relu_each *each, void *ctx,
                  size_t students)
{
    if (students > 0 && students + 2 >= x->n && ov_gauss_relu_set(x, w->relu))
        each(ctx, x);
    if (x->n == 4)
        return;
    size_t n = x->n++;
    for (size_t c = n > 0 ? x->field[n - 1] + 1 : 0; c < w->P; c++) {
        x->field[n] = c;
        visit(w, x, each, ctx, students + (c >= w->M ? 1 : 0));
        x->n = n + 1;
    }
    x->n = n;
}

void ov_gauss_relu_visit(struct ov_gauss *w, ov_gauss_relu_each *each, void *ctx)
{
    struct ov_relu_set x = {.n = 0};
    visit(w, &x, each, ctx, 0);
}

/* ---- contraction ---- */

struct sums {
    double *Nz;
    const struct ov_gauss *w;
    const double *s;
};

/* Four fields: two students as slopes, the others multiplied. */
static void scatter_four(const struct sums *to, const struct ov_relu_set *x)
{
    static const unsigned char pairs[6][4] = {{1, 0, 2, 3}, {2, 0, 1, 3}, {3, 0, 1, 2},
                                              {2, 1, 0, 3}, {3, 1, 0, 2}, {3, 2, 0, 1}};
    for (size_t i = 0; i < 6; i++) {
        size_t k = x->field[pairs[i][0]], l = x->field[pairs[i][1]], M = to->w->M;
        double s_ab = to->s[x->field[pairs[i][2]]] * to->s[x->field[pairs[i][3]]];
        if (l >= M)
            to->Nz[ov_sym_at(k - M, l - M)] += 2.0 * s_ab * x->M[pairs[i][2]][pairs[i][3]];
    }
}

/* Adds the moments of a set to the Nz of all students k, l in it: the two factors a and b, with
 * k and l, must make up the whole set. */
static void scatter(void *ctx, struct ov_relu_set *x)
{
    struct sums *to = ctx;
    const double *s = to->s;
    size_t M = to->w->M;
    unsigned whole = (1u << x->n) - 1u;
    if (x->n == 4) {
        scatter_four(to, x);
        return;
    }
    for (size_t k = 0; k < x->n; k++)
        for (size_t l = 0; l <= k; l++) {
            if (x->field[k] < M || x->field[l] < M)
                continue;
            double sum = 0.0;
            for (size_t a = 0; a < x->n; a++)
                for (size_t b = 0; b < x->n; b++)
                    if ((1u << k | 1u << l | 1u << a | 1u << b) == whole)
                        sum += s[x->field[a]] * s[x->field[b]] * x->M[a][b];
            to->Nz[ov_sym_at(x->field[k] - M, x->field[l] - M)] += sum;
        }
}

/* sum_c s_c I3(k;b,c) for all b:
 * I3 = C_bk sd_c sqrt(1 - r^2)/(2 pi sd_k) + C_bc (1/4 + asin(r)/2 pi), r = R_kc. */
static void contract_student(double *G, const struct ov_gauss *w, const double *C, const double *s,
                             size_t k)
{
    const struct ov_gauss_relu *x = w->relu;
    for (size_t b = 0; b < w->P; b++)
        G[b] = 0.0;
    for (size_t c = 0; x->sd[k] != 0.0 && c < w->P; c++) {
        const struct ov_relu_pair *kc = &x->pair[k * w->P + c];
        double on_k = s[c] * one_over_two_pi * kc->s * x->sd[c] / x->sd[k];
        double on_c = s[c] * (0.25 + one_over_two_pi * kc->angle);
        for (size_t b = 0; b < w->P; b++)
            G[b] += on_k * C[ov_sym_at(k, b)] + on_c * C[ov_sym_at(b, c)];
    }
}

void ov_gauss_contract_relu(double *G, double *Nz, struct ov_gauss *w, const double *C,
                            const double *s, double sigma)
{
    ov_gauss_relu_load(w->relu, C);
    for (size_t k = 0; G && k < w->K; k++)
        contract_student(G + k * w->P, w, C, s, w->M + k);
    if (!Nz)
        return;
    for (size_t k = 0; k < w->K; k++)
        for (size_t l = 0; l <= k; l++) {
            size_t K = w->M + k, L = w->M + l;
            bool alive = w->relu->sd[K] != 0.0 && w->relu->sd[L] != 0.0;
            double angle = w->relu->pair[K * w->P + L].angle;
            Nz[ov_sym_at(k, l)] = alive ? sigma * sigma * (0.25 + one_over_two_pi * angle) : 0.0;
        }
    ov_gauss_relu_visit(w, scatter, &(struct sums){Nz, w, s});
}

/* ---- mean derivatives ---- */

/* J_kc = 1/4 + asin(r)/2 pi; g''_k is a delta function: H_k = sum_c s_c sd_c sqrt(1 - r^2)/(2 pi
 * sd_k) = < delta(x_k) e >, c != k. */
void ov_gauss_slopes_relu(double *D, struct ov_gauss *w, const double *C, const double *s)
{
    const struct ov_gauss_relu *x = w->relu;
    ov_gauss_relu_load(w->relu, C);
    for (size_t k = w->M; k < w->P; k++) {
        double *row = D + (k - w->M) * w->P, on_k = 0.0;
        for (size_t c = 0; c < w->P; c++) {
            const struct ov_relu_pair *kc = &x->pair[k * w->P + c];
            bool alive = x->sd[k] != 0.0;
            row[c] = alive ? s[c] * (0.25 + one_over_two_pi * kc->angle) : 0.0;
            on_k += alive ? s[c] * one_over_two_pi * kc->s * x->sd[c] / x->sd[k] : 0.0;
        }
        row[k] += on_k;
    }
}
