/* SPDX-License-Identifier: MIT
 *
 * The coordinates of all weights in one block of directions: C^(l) = A A'.
 */
#include <math.h>
#include <stdlib.h>

#include "law_group_internal.h"
#include "overlap/num/sym.h"

struct law_factor ov_law_factor_of(size_t directions, size_t P)
{
    struct law_factor f = {.is_triangle = directions >= P, .root_weight = 1.0, .push = 1.0};
    f.columns = directions < P ? directions : P;
    f.chi = ov_law_chi_of(directions - f.columns);
    return f;
}

static enum ov_status check_blocks(const struct ov_problem *p, struct ov_error *err)
{
    const struct ov_blocks *b = p->blocks;
    enum ov_status status = ov_blocks_check_apart(b, err);
    if (status == OV_OK && b->N != p->N)
        status = ov_fail(err, OV_EDOM, "the blocks have %zu directions, N = %zu", b->N, p->N);
    if (status == OV_OK && b->L > LAW_MOST_BLOCKS)
        status = ov_fail(err, OV_EDOM, "%zu blocks are more than %d", b->L, LAW_MOST_BLOCKS);
    if (status != OV_OK)
        ov_error_context(err, "engine law in blocks");
    return status;
}

/* Factor l of the problem; paper.md eq:blocks. An invisible block has as many directions as its
 * teachers take. */
static struct law_factor factor_of(const struct ov_problem *p, size_t l)
{
    const struct ov_blocks *b = p->blocks;
    size_t P = p->K + p->M;
    if (!b)
        return ov_law_factor_of(p->N, P);
    bool invisible = b->share[l] == 0.0 && b->drift[l] == 0.0 && b->weight[l] > 0.0;
    struct law_factor f = ov_law_factor_of(invisible ? P : ov_blocks_directions(b, l), P);
    f.root_weight = sqrt(b->weight[l]);
    f.push = b->drift[l] == 0.0 ? 0.0 : b->drift[l] / f.root_weight;
    f.chi.retry += (uint32_t)l * LAW_BLOCK_STREAMS;
    return f;
}

static size_t count(const struct ov_problem *p)
{
    return p->blocks ? p->blocks->L : 1;
}

enum ov_status ov_law_factors_create(struct law_factor **f, size_t *L, const struct ov_problem *p,
                                     struct ov_error *err)
{
    *L = count(p);
    *f = NULL;
    if (!p->blocks && p->N < p->K + p->M)
        return ov_fail(err, OV_EDOM, "N = %zu is less than K + M = %zu", p->N, p->K + p->M);
    enum ov_status status = p->blocks ? check_blocks(p, err) : OV_OK;
    if (status == OV_OK && !(*f = calloc(*L, sizeof **f)))
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t l = 0; status == OV_OK && l < *L; l++)
        (*f)[l] = factor_of(p, l);
    return status;
}

size_t ov_law_factor_normals(const struct law_factor *f)
{
    return f->columns + (f->is_triangle ? LAW_CHI_NORMALS : 0);
}

static size_t students_of(const struct law_factor *f, size_t K, size_t M)
{
    return f->is_triangle ? K * M + ov_sym_size(K) : K * f->columns;
}

size_t ov_law_state_size(const struct ov_problem *p)
{
    size_t sum = p->K + p->M;
    for (size_t l = 0; l < count(p); l++) {
        struct law_factor f = factor_of(p, l);
        sum += ov_sym_size(p->M) + students_of(&f, p->K, p->M);
    }
    return sum;
}

double *ov_law_factor_place(struct law_factor *f, double *at, size_t K, size_t M)
{
    f->students = students_of(f, K, M);
    f->LT = at;
    f->LR = f->LT + ov_sym_size(M) * LAW_LANES;
    f->LQ = f->is_triangle ? f->LR + K * M * LAW_LANES : NULL;
    return f->LR + f->students * LAW_LANES;
}

/* Row a of A, column b, of lane 0; b < columns, and b <= a in a triangle and of teachers. */
static double *factor_at(const struct law_factor *f, size_t M, size_t a, size_t b)
{
    if (a < M)
        return f->LT + ov_sym_at(a, b) * LAW_LANES;
    if (!f->is_triangle)
        return f->LR + ((a - M) * f->columns + b) * LAW_LANES;
    if (b < M)
        return f->LR + ((a - M) * M + b) * LAW_LANES;
    return f->LQ + ov_sym_at(a - M, b - M) * LAW_LANES;
}

/* How many columns of row a there are. */
static size_t row_length(const struct law_factor *f, size_t M, size_t a)
{
    bool is_short = a < M || f->is_triangle;
    return is_short && a < f->columns ? a + 1 : f->columns;
}

/* The part of the factor A (P,P) of C in columns that the block does not have, squared, at most
 * allowed times the largest diagonal entry of C? */
static bool fits(const double *A, const double *C, size_t P, size_t columns, double allowed)
{
    double all = 0.0, beyond = 0.0;
    for (size_t a = 0; a < P; a++) {
        double rest = 0.0;
        for (size_t j = columns; j < P; j++)
            rest += A[a * P + j] * A[a * P + j];
        all = fmax(all, C[ov_sym_at(a, a)]);
        beyond = fmax(beyond, rest);
    }
    return beyond <= allowed * all;
}

enum ov_status ov_law_factor_set(struct law_factor *f, size_t lane, const struct ov_overlaps *o,
                                 double *C, double *A, struct ov_error *err)
{
    size_t P = o->K + o->M;
    ov_overlaps_covariance(C, o);
    enum ov_status status = ov_sym_cholesky(A, C, P, 1e-9);
    if (status != OV_OK)
        return ov_fail(err, status, "the initial overlaps have no Cholesky factor: %s",
                       ov_status_name(status));
    if (!fits(A, C, P, f->columns, 1e-9))
        return ov_fail(err, OV_EDOM,
                       "the initial overlaps need more directions than the %zu it has", f->columns);
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b < row_length(f, o->M, a); b++)
            factor_at(f, o->M, a, b)[lane] = A[a * P + b];
    return OV_OK;
}

/* (A A')_ab of a lane, b <= a. */
static double covariance_of(const struct law_factor *f, size_t lane, size_t M, size_t a, size_t b)
{
    double sum = 0.0;
    for (size_t j = 0; j < row_length(f, M, b); j++)
        sum += factor_at(f, M, a, j)[lane] * factor_at(f, M, b, j)[lane];
    return sum;
}

void ov_law_factor_measure(struct ov_overlaps *o, const struct law_factor *f, size_t lane)
{
    size_t M = o->M;
    for (size_t k = 0; k < o->K; k++) {
        for (size_t m = 0; m < M; m++)
            o->R[k * M + m] = covariance_of(f, lane, M, M + k, m);
        for (size_t j = 0; j <= k; j++)
            o->Q[ov_sym_at(k, j)] = covariance_of(f, lane, M, M + k, M + j);
    }
}
