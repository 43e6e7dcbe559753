/* SPDX-License-Identifier: MIT
 *
 * `teacher.blocks` and `init.blocks`: overlaps given block by block (paper.md eq:blocks).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/sym.h"
#include "two_layer_internal.h"
#include "values_internal.h"

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

/* One matrix of a list, taken as a parameter of its own would be. */
struct taken {
    double *x;
    size_t rows, cols;
};

static enum ov_status take(double *to, size_t n, const struct ov_value *v, bool packed, size_t rows,
                           size_t cols, struct ov_error *err)
{
    struct taken taken = {NULL, rows, cols};
    struct ov_key key = *v->key;
    key.at = offsetof(struct taken, x);
    key.rows = offsetof(struct taken, rows);
    key.cols = offsetof(struct taken, cols);
    const struct ov_field *field = packed ? &ov_as_packed : &ov_as_matrix;
    enum ov_status status = field->take(&taken, &key, v, err);
    if (status == OV_OK)
        memcpy(to, taken.x, n * sizeof *to);
    free(taken.x);
    return status;
}

static double *shares_of(double *to, const struct ov_covariance *c, const double *all, size_t n)
{
    for (size_t i = 0; i < c->n * n; i++)
        to[i] = c->share[i / n] * all[i % n];
    return to;
}

/* The overlaps of the fields, which is what the problem as a whole is given. */
static enum ov_status total_of(double **total, const struct ov_covariance *c, const double *part,
                               size_t n, struct ov_error *err)
{
    double mean = 0.0;
    free(*total);
    *total = calloc(n, sizeof **total);
    if (!*total)
        return no_memory(err);
    for (size_t l = 0; l < c->n; l++)
        mean += c->share[l] * c->given[l];
    for (size_t i = 0; i < c->n * n; i++)
        (*total)[i % n] += c->given[i / n] / mean * part[i];
    return OV_OK;
}

static enum ov_status check_count(const struct ov_covariance *c, const struct ov_value *v,
                                  const char *name, struct ov_error *err)
{
    if (!ov_covariance_is_listed(c))
        return ov_value_fail(v, err, "%s needs inputs with a covariance that lists its blocks",
                             name);
    if (v->n_item != c->n)
        return ov_value_fail(v, err, "%s has %zu entries, but the covariance has %zu blocks", name,
                             v->n_item, c->n);
    return OV_OK;
}

static enum ov_status read_teacher(struct ov_two_layer *s, const struct ov_value *blocks,
                                   struct ov_error *err)
{
    struct ov_covariance *c = &s->covariance;
    struct ov_problem *p = &s->problem;
    size_t n = ov_sym_size(p->M);
    if (!blocks) {
        double *T = calloc(n, sizeof *T);
        for (size_t m = 0; T && m < p->M; m++)
            T[ov_sym_at(m, m)] = 1.0;
        if (T)
            shares_of(c->T, c, p->T ? p->T : T, n);
        free(T);
        return T ? OV_OK : no_memory(err);
    }
    for (size_t l = 0; l < c->n; l++) {
        enum ov_status status = take(c->T + l * n, n, &blocks->item[l], true, p->M, p->M, err);
        if (status != OV_OK)
            return status;
    }
    p->teacher = OV_TEACHER_GIVEN;
    return total_of(&p->T, c, c->T, n, err);
}

static enum ov_status read_student(struct ov_two_layer *s, const struct ov_value *blocks,
                                   struct ov_error *err)
{
    struct ov_covariance *c = &s->covariance;
    struct ov_problem *p = &s->problem;
    size_t nQ = ov_sym_size(p->K), nR = p->K * p->M;
    enum ov_status status = OV_OK;
    if (!blocks) {
        shares_of(c->Q, c, p->Q, nQ);
        shares_of(c->R, c, p->R, nR);
        return OV_OK;
    }
    for (size_t l = 0; l < c->n && status == OV_OK; l++) {
        struct ov_value *own = &blocks->item[l];
        status = take(c->Q + l * nQ, nQ, ov_value_get(own, "Q"), true, p->K, p->K, err);
        if (status == OV_OK)
            status = take(c->R + l * nR, nR, ov_value_get(own, "R"), false, p->K, p->M, err);
    }
    if (status == OV_OK)
        status = total_of(&p->Q, c, c->Q, nQ, err);
    return status == OV_OK ? total_of(&p->R, c, c->R, nR, err) : status;
}

/* Smallest eigenvalue of a packed matrix, as far as it is negative. */
static double negative(const double *A, size_t n)
{
    double min = 0.0, scale = 0.0;
    for (size_t i = 0; i < n; i++)
        scale = fmax(scale, fabs(A[ov_sym_at(i, i)]));
    if (ov_sym_min_eigenvalue(&min, A, n) != OV_OK)
        return NAN;
    return min < -OV_PROBLEM_EXACT * scale || (scale == 0.0 && min < 0.0) ? min : 0.0;
}

/* Those of each block are a covariance. */
static enum ov_status check_blocks(const struct ov_two_layer *s, const struct ov_value *teacher,
                                   const struct ov_value *student, struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    size_t K = s->problem.K, M = s->problem.M;
    struct ov_overlaps o;
    double *C = calloc(ov_sym_size(K + M), sizeof *C);
    enum ov_status status = ov_overlaps_create(&o, K, M);
    if (!C || status != OV_OK)
        status = no_memory(err);
    for (size_t l = 0; l < c->n && status == OV_OK; l++) {
        memcpy(o.T, c->T + l * ov_sym_size(M), ov_sym_size(M) * sizeof *o.T);
        memcpy(o.Q, c->Q + l * ov_sym_size(K), ov_sym_size(K) * sizeof *o.Q);
        memcpy(o.R, c->R + l * K * M, K * M * sizeof *o.R);
        ov_overlaps_covariance(C, &o);
        const struct {
            const char *what;
            const struct ov_value *at;
            double min;
        } rows[] = {{"T", teacher ? &teacher->item[l] : NULL, negative(o.T, M)},
                    {"Q", student ? &student->item[l] : NULL, negative(o.Q, K)},
                    {"the joint matrix of T, R, Q", student ? &student->item[l] : &teacher->item[l],
                     negative(C, K + M)}};
        for (size_t i = 0; i < 3 && status == OV_OK; i++)
            if (rows[i].at && rows[i].min != 0.0)
                status = ov_value_fail(rows[i].at, err,
                                       "%s of block %zu is not positive semi-definite: smallest "
                                       "eigenvalue %.6g",
                                       rows[i].what, l, rows[i].min);
    }
    ov_overlaps_free(&o);
    free(C);
    return status;
}

/* Overlaps of so many weights per block at most. */
static enum ov_status check_rank(const struct ov_two_layer *s, const struct ov_value *at,
                                 struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    if (c->asked != OV_BLOCKS_AUTO && c->asked != OV_BLOCKS_ALL && c->asked != c->n)
        return ov_value_fail(at, err, "overlaps are given in %zu blocks: they can't be %zu", c->n,
                             c->asked);
    return OV_OK;
}

enum ov_status ov_block_starts_read(struct ov_two_layer *s, struct ov_value *params,
                                    struct ov_error *err)
{
    struct ov_covariance *c = &s->covariance;
    struct ov_problem *p = &s->problem;
    const struct ov_value *T = ov_value_find(params, "teacher.blocks");
    const struct ov_value *Q = ov_value_find(params, "init.blocks");
    Q = Q && !Q->why ? Q : NULL;
    if (!T && !Q)
        return OV_OK;
    if (p->start != OV_START_OVERLAPS)
        return ov_value_fail(T, err, "teacher.blocks needs init of kind overlaps");
    if (p->teacher == OV_TEACHER_RANDOM || p->teacher == OV_TEACHER_WEIGHTS)
        return ov_value_fail(Q, err, "init.blocks needs a teacher that is given by its overlaps");
    enum ov_status status = T ? check_count(c, T, "teacher.blocks", err) : OV_OK;
    if (status == OV_OK && Q)
        status = check_count(c, Q, "init.blocks", err);
    if (status == OV_OK)
        status = check_rank(s, Q ? Q : T, err);
    if (status != OV_OK)
        return status;
    c->T = calloc(c->n, ov_sym_size(p->M) * sizeof *c->T);
    c->Q = calloc(c->n, ov_sym_size(p->K) * sizeof *c->Q);
    c->R = calloc(c->n, p->K * p->M * sizeof *c->R);
    if (!c->T || !c->Q || !c->R)
        return no_memory(err);
    status = read_teacher(s, T, err);
    if (status == OV_OK)
        status = read_student(s, Q, err);
    return status == OV_OK ? check_blocks(s, T, Q, err) : status;
}

/* ---- said in keys of results ---- */

static void say_T(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_two_layer *s = base;
    (void)key;
    if (s->covariance.T)
        ov_say_numbers(out, "T of blocks", s->covariance.T,
                       s->covariance.n * ov_sym_size(s->problem.M));
}

static void say_QR(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const struct ov_two_layer *s = base;
    const struct ov_covariance *c = &s->covariance;
    (void)key;
    if (!c->Q)
        return;
    ov_say_numbers(out, "Q of blocks", c->Q, c->n * ov_sym_size(s->problem.K));
    ov_say_numbers(out, "R of blocks", c->R, c->n * s->problem.K * s->problem.M);
}

const struct ov_field ov_as_blocks_T = {.say = say_T};
const struct ov_field ov_as_blocks_QR = {.say = say_QR};

const struct ov_key ov_block_start_keys[] = {
    {"Q", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_REQUIRED,
     "overlaps Q_kl of the block's part of the weights, K x K", .shape = "K x K"},
    {"R", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_REQUIRED,
     "overlaps R_km of the block's part of the weights, K x M", .shape = "K x M"},
    {.name = NULL},
};
