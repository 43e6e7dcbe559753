/* SPDX-License-Identifier: MIT
 *
 * A hidden manifold as blocks of directions (paper.md eq:hidden_manifold).
 */
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/hidden_manifold.h"
#include "overlap/model/overlaps.h"
#include "overlap/num/dot.h"

/* F or, if D < N, its transpose, (n,width), n = min(N,D); its Gram matrix over D has the eigenvalues s
 * of F F'/D that are not 0. */
struct manifold {
    const struct ov_problem *p;
    size_t D, n, width;
    struct ov_fold fold;
    double *F, *A;      /* owned; (N,D), (n,width) */
    double *s, *vector; /* owned; (n), (n,n) row j: eigenvector j of the Gram matrix */
    double *w, *w_star; /* owned; (K,N), (M,D) */
    double *v;          /* owned; (K) */
    double *Phi;        /* owned; (M,N) */
    double *along;      /* owned; (K + M,n) students and Phi along the eigenvectors of F F' */
};

static void manifold_free(struct manifold *c)
{
    double *owned[] = {c->F, c->A, c->s, c->vector, c->w, c->w_star, c->v, c->Phi, c->along};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
}

static enum ov_status manifold_create(struct manifold *c, const struct ov_problem *p,
                                      const struct ov_hidden_manifold *h, struct ov_error *err)
{
    size_t N = p->N, D = h->D, K = p->K, M = p->M, n = N < D ? N : D;
    *c = (struct manifold){.p = p, .D = D, .n = n, .width = N < D ? D : N};
    c->F = calloc(N, D * sizeof *c->F);
    c->A = calloc(N, D * sizeof *c->A);
    c->s = calloc(n, sizeof *c->s);
    c->vector = calloc(n, n * sizeof *c->vector);
    c->w = calloc(N, K * sizeof *c->w);
    c->w_star = calloc(D, M * sizeof *c->w_star);
    c->v = calloc(K, sizeof *c->v);
    c->Phi = calloc(N, M * sizeof *c->Phi);
    c->along = calloc(n, (K + M) * sizeof *c->along);
    bool there = c->F && c->A && c->s && c->vector && c->w && c->w_star && c->v && c->Phi;
    if (!there || !c->along || ov_fold_of(&c->fold, h->f) != OV_OK)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    return OV_OK;
}

/* s and the eigenvectors. */
static enum ov_status diagonalise(struct manifold *c, struct ov_error *err)
{
    size_t N = c->p->N, D = c->D, n = c->n;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < D; j++)
            c->A[D < N ? j * N + i : i * D + j] = c->F[i * D + j];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            c->vector[i * n + j] = c->vector[j * n + i] =
                ov_dot(c->A + i * c->width, c->A + j * c->width, c->width) / (double)D;
    lapack_int order = (lapack_int)n; /* column-major: row j of the array is eigenvector j */
    if (LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', order, c->vector, order, c->s) != 0)
        return ov_fail(err, OV_ENUMERIC, "the eigenvalues of a hidden manifold");
    return OV_OK;
}

/* row (N) along eigenvector j of F F': that itself, or F g_j/sqrt(D s_j) if D < N. */
static double along(const struct manifold *c, const double *row, const double *folded, size_t j)
{
    const double *g = c->vector + j * c->n;
    if (c->D >= c->p->N)
        return ov_dot(g, row, c->n);
    return c->s[j] > 0.0 ? ov_dot(g, folded, c->n) / sqrt((double)c->D * c->s[j]) : 0.0;
}

/* Students and Phi along all eigenvectors. */
static enum ov_status project(struct manifold *c, struct ov_error *err)
{
    size_t N = c->p->N, D = c->D, K = c->p->K, M = c->p->M, n = c->n;
    double *folded = calloc(n, sizeof *folded);
    if (!folded)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t m = 0; m < M; m++)
        for (size_t i = 0; i < N; i++)
            c->Phi[m * N + i] = c->fold.slope * sqrt((double)N) / (double)D *
                                ov_dot(c->F + i * D, c->w_star + m * D, D);
    for (size_t a = 0; a < K + M; a++) {
        const double *row = a < K ? c->w + a * N : c->Phi + (a - K) * N;
        for (size_t i = 0; i < n && D < N; i++)
            folded[i] = ov_dot(c->A + i * N, row, N);
        for (size_t j = 0; j < n; j++)
            c->along[a * n + j] = along(c, row, folded, j);
    }
    free(folded);
    return OV_OK;
}

/* Block l, of eigenvector l: students as they are, teachers Sigma^-1 Phi. */
static void fill(struct ov_blocks *b, const struct manifold *c, size_t l)
{
    size_t K = c->p->K, M = c->p->M, n = c->n;
    double N = (double)c->p->N, slope2 = c->fold.slope * c->fold.slope;
    double rho = fmax(0.0, c->fold.variance - slope2) + slope2 * fmax(0.0, c->s[l]);
    const double *w = c->along + l, *phi = c->along + K * n + l;
    double over = rho > 0.0 ? 1.0 / rho : 0.0;
    ov_blocks_set(b, l, rho, 1.0 / N, 1.0);
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j <= k; j++)
            b->Q[l * ov_sym_size(K) + ov_sym_at(k, j)] = w[k * n] * w[j * n] / N;
        for (size_t m = 0; m < M; m++)
            b->R[(l * K + k) * M + m] = w[k * n] * phi[m * n] * over / N;
    }
    for (size_t m = 0; m < M; m++)
        for (size_t j = 0; j <= m; j++)
            b->T[l * ov_sym_size(M) + ov_sym_at(m, j)] = phi[m * n] * phi[j * n] * over * over / N;
}

/* The N - D directions without F, block D: what of the students is not along the others. */
static void fill_rest(struct ov_blocks *b, const struct manifold *c)
{
    size_t K = c->p->K, N = c->p->N, n_Q = ov_sym_size(K);
    double *Q = b->Q + c->n * n_Q;
    ov_blocks_set(b, c->n, fmax(0.0, c->fold.variance - c->fold.slope * c->fold.slope),
                  (double)(N - c->D) / (double)N, 1.0);
    for (size_t k = 0; k < K; k++)
        for (size_t j = 0; j <= k; j++) {
            double sum = ov_dot(c->w + k * N, c->w + j * N, N) / (double)N;
            for (size_t l = 0; l < c->n; l++)
                sum -= b->Q[l * n_Q + ov_sym_at(k, j)];
            Q[ov_sym_at(k, j)] = sum;
        }
}

/* What no linear function of the input sees of the teachers. */
static void fill_invisible(struct ov_blocks *b, const struct manifold *c)
{
    size_t M = c->p->M, D = c->D, n_T = ov_sym_size(M), last = b->L - 1;
    double *T = b->T + last * n_T;
    ov_blocks_set_invisible(b, last);
    for (size_t m = 0; m < M; m++)
        for (size_t j = 0; j <= m; j++) {
            double sum = ov_dot(c->w_star + m * D, c->w_star + j * D, D) / (double)D;
            for (size_t l = 0; l < last; l++)
                sum -= b->variance[l] * b->T[l * n_T + ov_sym_at(m, j)];
            T[ov_sym_at(m, j)] = sum;
        }
}

static enum ov_status make_blocks(struct ov_blocks **out, const struct manifold *c,
                                  struct ov_error *err)
{
    size_t K = c->p->K, M = c->p->M, N = c->p->N, L = c->n + (c->D < N) + 1;
    enum ov_status status = ov_blocks_create(out, L);
    struct ov_blocks *b = *out;
    if (status != OV_OK)
        return ov_fail(err, status, "out of memory");
    b->N = N;
    b->start_is_given = true;
    b->T = calloc(L, ov_sym_size(M) * sizeof *b->T);
    b->R = calloc(L, K * M * sizeof *b->R);
    b->Q = calloc(L, ov_sym_size(K) * sizeof *b->Q);
    if (!b->T || !b->R || !b->Q)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t l = 0; l < c->n; l++)
        fill(b, c, l);
    if (c->D < N)
        fill_rest(b, c);
    fill_invisible(b, c);
    return OV_OK;
}

enum ov_status ov_hidden_manifold_blocks(struct ov_blocks **b, const struct ov_problem *p,
                                         const struct ov_hidden_manifold *h, uint64_t key,
                                         struct ov_error *err)
{
    struct manifold c;
    *b = NULL;
    enum ov_status status = manifold_create(&c, p, h, err);
    if (status == OV_OK)
        status = ov_hidden_manifold_start(c.w, c.w_star, c.v, p, h, key, err);
    if (status == OV_OK) {
        ov_hidden_manifold_features(c.F, p->N, h->D, key);
        status = diagonalise(&c, err);
    }
    if (status == OV_OK)
        status = project(&c, err);
    if (status == OV_OK)
        status = make_blocks(b, &c, err);
    if (status != OV_OK) {
        ov_blocks_free(*b);
        *b = NULL;
    }
    manifold_free(&c);
    return status;
}
