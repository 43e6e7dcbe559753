/* SPDX-License-Identifier: MIT
 *
 * The noise of one step for inputs in blocks (paper.md eq:blocks). With p_l the preconditioner's rate of
 * block l (drift_l = p_l weight_l) and x^(l)_b the part of field b that comes from it,
 *     F_R^(l) = p_l e_k nu^(l)_m,  F_Q^(l) = p_l (e_k lambda^(l)_j + e_j lambda^(l)_k) + noise_l e_k e_j.
 * 1. Given the fields x the parts are Gaussian: of mean A_l x, A_l = weight_l C^(l) C^+, and covariance
 *    delta_ll' weight_l C^(l) - A_l weight_l' C^(l'). F is linear in them, so that averages over their means
 *    are averages over the P fields, and
 * 2. what is left adds to B the sum of < c_ia c_jb > times that covariance of the parts a of block l(i) and
 *    b of block l(j), c_ia what multiplies x_a in F_i: e_k for each of one or two indices.
 * 3. c: the mean of the input's length given the fields is that of eq:spiked, at N = 1.
 */
#include <stdlib.h>
#include <string.h>

#include "fluctuations_noise_internal.h"
#include "online_blocks_internal.h"
#include "overlap/num/sym.h"

static const double rank_of_C = 1e-12; /* eigenvalues relative to the largest */

struct ov_noise_blocks {
    size_t L, S, KM;
    struct ov_problem p; /* the same with the noise of order rho/N, at N = 1 */
    struct ov_blocks b;
    struct ov_overlaps fields;
    struct ov_online *online; /* of p; NULL before the first state: it needs T */
    double *block;            /* owned; the views below */
    double *rate;             /* (L) p_l */
    double *full;             /* (P,P) C^(l) of one block */
    double *inverse, *range;  /* (P,P) of C */
    double *packed;           /* packed (P,P) */
    double *part;             /* (L,P,P) C^(l) */
    double *A;                /* (L,P,P) p_l A_l */
    double *y;                /* (P) p_l A_l x */
    double *W;                /* (K,K) < e_k e_j > */
    double *a;                /* the averages of online */
};

/* ---- memory ---- */

enum ov_status ov_noise_blocks_create(struct ov_noise *w)
{
    const struct ov_problem *p = w->p;
    struct ov_noise_blocks *x = w->blocks = calloc(1, sizeof *x);
    size_t P = w->P, K = p->K, L = p->blocks->L, S = ov_sym_size(K);
    if (!x)
        return OV_ENOMEM;
    size_t n_a = K * P + S + S * ov_sym_size(P) + K;
    x->block =
        calloc(L + 3 * P * P + ov_sym_size(P) + 2 * L * P * P + P + K * K + n_a, sizeof *x->block);
    if (!x->block || ov_overlaps_create(&x->fields, K, p->M) != OV_OK)
        return OV_ENOMEM;
    x->L = L, x->S = S, x->KM = K * p->M;
    x->b = *p->blocks;
    x->b.N = 1;
    x->p = *p;
    x->p.blocks = &x->b;
    x->p.spiked = true;
    x->rate = x->block;
    x->full = x->rate + L;
    x->inverse = x->full + P * P;
    x->range = x->inverse + P * P;
    x->packed = x->range + P * P;
    x->part = x->packed + ov_sym_size(P);
    x->A = x->part + L * P * P;
    x->y = x->A + L * P * P;
    x->W = x->y + P;
    x->a = x->W + K * K;
    for (size_t l = 0; l < L; l++)
        x->rate[l] = x->b.weight[l] != 0.0 ? x->b.drift[l] / x->b.weight[l] : 0.0;
    return OV_OK;
}

void ov_noise_blocks_free(struct ov_noise *w)
{
    struct ov_noise_blocks *x = w->blocks;
    if (!x)
        return;
    ov_online_free(x->online);
    ov_overlaps_free(&x->fields);
    free(x->block);
    free(x);
    w->blocks = NULL;
}

/* ---- a state ---- */

/* X (P,P) = factor Y Z. */
static void multiply(double *X, double factor, const double *Y, const double *Z, size_t P)
{
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b < P; b++) {
            double sum = 0.0;
            for (size_t c = 0; c < P; c++)
                sum += Y[a * P + c] * Z[c * P + b];
            X[a * P + b] = factor * sum;
        }
}

const struct ov_overlaps *ov_noise_blocks_fields(struct ov_noise *w, const struct ov_overlaps *o)
{
    struct ov_noise_blocks *x = w->blocks;
    struct ov_overlaps one = {.L = 1, .K = o->K, .M = o->M};
    size_t P = w->P, rank;
    if (o->L != x->L || (!x->online && ov_online_create(&x->online, &x->p, o) != OV_OK))
        return NULL;
    ov_overlaps_total(&x->fields, o, &x->b);
    ov_overlaps_covariance(x->packed, &x->fields);
    if (ov_sym_pseudo_inverse(x->inverse, x->range, &rank, x->packed, P, rank_of_C) != OV_OK)
        return NULL;
    for (size_t l = 0; l < x->L; l++) {
        double *part = x->part + l * P * P;
        one.Q = o->Q + l * x->S;
        one.R = o->R + l * x->KM;
        one.T = o->T + l * ov_sym_size(o->M);
        ov_overlaps_covariance(x->packed, &one);
        for (size_t a = 0; a < P; a++)
            for (size_t b = 0; b < P; b++)
                part[a * P + b] = x->packed[ov_sym_at(a, b)];
        multiply(x->A + l * P * P, x->b.drift[l], part, x->inverse, P);
    }
    memset(x->W, 0, o->K * o->K * sizeof *x->W);
    return &x->fields;
}

/* ---- a node ---- */

void ov_noise_blocks_coefficients(struct ov_noise *w)
{
    struct ov_noise_blocks *x = w->blocks;
    size_t K = w->p->K, M = w->p->M, P = w->P;
    double *y = x->y, *of_Q = w->a, *of_R = w->a + w->n_Q, *b = w->b;
    for (size_t l = 0; l < x->L; l++) {
        const double *A = x->A + l * P * P;
        for (size_t a = 0; a < P; a++) {
            double sum = 0.0;
            for (size_t c = 0; c < P; c++)
                sum += A[a * P + c] * w->x[c];
            y[a] = sum;
        }
        for (size_t k = 0; k < K; k++)
            for (size_t j = 0; j <= k; j++) {
                *of_Q++ = w->E[k] * y[M + j] + w->E[j] * y[M + k];
                *b++ = x->b.noise[l] * w->E[k] * w->E[j];
            }
        for (size_t k = 0; k < K; k++)
            for (size_t m = 0; m < M; m++)
                *of_R++ = w->E[k] * y[m];
    }
    for (size_t k = 0; k < K; k++)
        *of_R++ = w->p->eta_v * w->g[k];
}

void ov_noise_blocks_add(struct ov_noise *w, double weight_u2)
{
    size_t K = w->p->K;
    for (size_t k = 0; k < K; k++)
        for (size_t j = 0; j < K; j++)
            w->blocks->W[k * K + j] += weight_u2 * w->E[k] * w->E[j];
}

/* ---- what the fields leave open ---- */

/* A number that moves: F = sum over `terms` of e_unit[i] x_field[i]. */
struct moving {
    size_t block, terms, unit[2], field[2];
};

static struct moving moving(const struct ov_noise *w, size_t i)
{
    const struct ov_noise_blocks *x = w->blocks;
    size_t M = w->p->M;
    if (i >= w->n_Q) {
        size_t at = (i - w->n_Q) % x->KM;
        return (struct moving){(i - w->n_Q) / x->KM, 1, {at / M}, {at % M}};
    }
    size_t k = 0, at = i % x->S;
    while (at > k)
        at -= ++k;
    return (struct moving){i / x->S, 2, {k, at}, {M + at, M + k}};
}

/* Covariance of p_l x^(l)_a and p_l' x^(l')_b at given fields. */
static double open_part(const struct ov_noise *w, size_t l, size_t other, size_t a, size_t b)
{
    const struct ov_noise_blocks *x = w->blocks;
    size_t P = w->P;
    const double *A = x->A + l * P * P, *C = x->part + other * P * P;
    double sum = l == other ? x->rate[l] * x->b.drift[l] * C[a * P + b] : 0.0;
    for (size_t c = 0; c < P; c++)
        sum -= x->b.drift[other] * A[a * P + c] * C[c * P + b];
    return sum;
}

static double left_open(const struct ov_noise *w, const struct moving *i, const struct moving *j)
{
    double sum = 0.0;
    for (size_t s = 0; s < i->terms; s++)
        for (size_t t = 0; t < j->terms; t++)
            sum += w->blocks->W[i->unit[s] * w->p->K + j->unit[t]] *
                   open_part(w, i->block, j->block, i->field[s], j->field[t]);
    return sum;
}

/* c_Q of the input's length, unless the path has it already. */
static void add_length(double *c, struct ov_noise *w, const struct ov_overlaps *o)
{
    struct ov_noise_blocks *x = w->blocks;
    struct ov_online_blocks *in = x->online->blocks;
    if (w->p->spiked)
        return;
    memcpy(x->online->o.v, o->v, o->K * sizeof *o->v);
    ov_online_blocks_averages(x->a, x->fields.block, x->online);
    memset(x->a, 0, in->at_E * sizeof *x->a); /* but the noise of order rho/N */
    for (size_t l = 0; l < x->L; l++) {
        double dQ[OV_NOISE_MOST_FIELDS * (OV_NOISE_MOST_FIELDS + 1) / 2],
            dR[OV_NOISE_MOST_FIELDS * OV_NOISE_MOST_FIELDS];
        ov_online_blocks_move(dQ, dR, in, x->a, o->Q + l * x->S, o->R + l * x->KM,
                              o->T + l * ov_sym_size(o->M), x->b.drift[l], 0.0);
        for (size_t i = 0; i < x->S; i++)
            c[l * x->S + i] += dQ[i];
    }
}

void ov_noise_blocks_finish(double *B, double *c, struct ov_noise *w, const struct ov_overlaps *o)
{
    size_t n = w->n, without_v = n - w->p->K;
    for (size_t i = 0; i < without_v; i++) {
        struct moving of_i = moving(w, i);
        for (size_t j = 0; j <= i; j++) {
            struct moving of_j = moving(w, j);
            B[i * n + j] += left_open(w, &of_i, &of_j);
        }
    }
    add_length(c, w, o);
}
