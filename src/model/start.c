/* SPDX-License-Identifier: MIT
 *
 * Initial weights and overlaps. Exact Gram matrices come from a frame of random directions f_j
 * with f_i.f_j = N delta_ij: rows w = L f have overlaps L L'.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "problem_covariance_internal.h"
#include "overlap/model/start.h"
#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "start_internal.h"

void ov_start_second_layer(double *v, const struct ov_problem *p, uint64_t key)
{
    if (p->v) {
        memcpy(v, p->v, p->K * sizeof *v);
        return;
    }
    if (p->start == OV_START_RANDOM) {
        ov_normal_fill(v, p->K, &(struct ov_philox){key, OV_STREAM_SECOND_LAYER}, 0);
        for (size_t k = 0; k < p->K; k++)
            v[k] *= p->v_std;
        return;
    }
    for (size_t k = 0; k < p->K; k++) {
        size_t m = ov_problem_teacher_of(p, k);
        size_t sharing = p->start == OV_START_DENOISING ? (p->K - m + p->M - 1) / p->M : 1;
        v[k] = m < p->M ? p->v_star[m] / (double)sharing : 1.0;
    }
}

static void add_row(double *row, double factor, const double *other, size_t N)
{
    for (size_t i = 0; i < N; i++)
        row[i] += factor * other[i];
}

/* Makes rows first … rows-1 orthogonal to all rows before them, of squared length N. Rows before
 * `first` are so already. Gram & Schmidt, twice, which is enough for full precision. */
void ov_start_orthonormalise(double *f, size_t first, size_t rows, size_t N)
{
    double n = (double)N;
    for (size_t j = first; j < rows; j++) {
        double *row = f + j * N;
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < j; i++)
                add_row(row, -ov_dot(row, f + i * N, N) / n, f + i * N, N);
        double length = sqrt(ov_dot(row, row, N) / n);
        for (size_t i = 0; i < N; i++)
            row[i] /= length;
    }
}

/* w (rows,N) = L f, L lower triangular with leading dimension P, of which rows from … are used. */
static void combine(double *w, const double *L, size_t P, size_t from, size_t rows, const double *f,
                    size_t N)
{
    memset(w, 0, rows * N * sizeof *w);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j <= from + i; j++)
            if (L[(from + i) * P + j] != 0.0)
                add_row(w + i * N, L[(from + i) * P + j], f + j * N, N);
}

/* The first `rows` rows of the joint matrix C embedded: the teacher alone, or all.
 *   out  w   may be NULL: then rows = M */
static enum ov_status embed(double *w, double *w_star, const struct ov_problem *p, const double *C,
                            size_t rows, uint64_t key, struct ov_error *err)
{
    size_t N = p->N, M = p->M;
    double *L = calloc(rows * rows, sizeof *L);
    double *f = calloc(N, rows * sizeof *f);
    enum ov_status status = OV_OK;
    if (!L || !f)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    else if ((status = ov_sym_cholesky(L, C, rows, 1e-9)) != OV_OK)
        ov_fail(err, status, "the initial overlaps have no Cholesky factor: %s",
                ov_status_name(status));
    if (status == OV_OK) {
        ov_normal_fill(f, rows * N, &(struct ov_philox){key, OV_STREAM_FRAME}, 0);
        ov_start_orthonormalise(f, 0, rows, N);
        combine(w_star, L, rows, 0, M, f, N);
        if (w)
            combine(w, L, rows, M, rows - M, f, N);
    }
    free(L);
    free(f);
    return status;
}

/* INFORMED and DENOISING on teachers already drawn: their rows, plus parts orthogonal to all
 * teachers and to each other. */
static enum ov_status start_on_teachers(double *w, const double *w_star, const struct ov_problem *p,
                                        uint64_t key, struct ov_error *err)
{
    size_t N = p->N, K = p->K, M = p->M;
    double *f = calloc(N, (M + K) * sizeof *f);
    if (!f)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    memcpy(f, w_star, M * N * sizeof *f);
    ov_normal_fill(f + M * N, K * N, &(struct ov_philox){key, OV_STREAM_FRAME}, 0);
    ov_start_orthonormalise(f, 0, M + K, N);
    memset(w, 0, K * N * sizeof *w);
    for (size_t k = 0; k < K; k++) {
        size_t m = ov_problem_teacher_of(p, k);
        if (m < M)
            memcpy(w + k * N, w_star + m * N, N * sizeof *w);
        add_row(w + k * N, ov_problem_own_std(p, k), f + (M + k) * N, N);
    }
    free(f);
    return OV_OK;
}

/* PARTICLES on an orthonormal teacher. */
static void start_particles(double *w, const double *w_star, const struct ov_problem *p,
                            uint64_t key)
{
    size_t N = p->N, M = p->M;
    double n = (double)N;
    ov_normal_fill(w, p->K * N, &(struct ov_philox){key, OV_STREAM_STUDENT}, 0);
    for (size_t k = 0; k < p->K; k++) {
        double *row = w + k * N;
        for (int pass = 0; pass < 2; pass++)
            for (size_t m = 0; m < M; m++)
                add_row(row, -ov_dot(row, w_star + m * N, N) / n, w_star + m * N, N);
        double length = sqrt(p->own[k] * n / ov_dot(row, row, N));
        for (size_t i = 0; i < N; i++)
            row[i] *= length;
        for (size_t m = 0; m < M; m++)
            add_row(row, p->R[k * M + m], w_star + m * N, N);
    }
}

/* Each weight is 0 with probability p->sparse. */
static void make_sparse(double *w_star, const struct ov_problem *p, uint64_t key)
{
    double larger = 1.0 / sqrt(1.0 - p->sparse);
    uint32_t block[4];
    for (size_t i = 0; i < p->M * p->N; i++) {
        if (i % 4 == 0)
            ov_philox_block(block, &(struct ov_philox){key, OV_STREAM_ZEROS}, i / 4);
        w_star[i] = ((double)block[i % 4] + 0.5) * 0x1p-32 < p->sparse ? 0.0 : larger * w_star[i];
    }
}

static enum ov_status draw_teacher(double *w_star, const struct ov_problem *p, uint64_t key,
                                   struct ov_error *err)
{
    if (p->teacher == OV_TEACHER_WEIGHTS) {
        memcpy(w_star, p->w_star, p->M * p->N * sizeof *w_star);
        return OV_OK;
    }
    if (p->teacher == OV_TEACHER_RANDOM) {
        ov_normal_fill(w_star, p->M * p->N, &(struct ov_philox){key, OV_STREAM_TEACHER}, 0);
        if (p->sparse > 0.0)
            make_sparse(w_star, p, key);
        return OV_OK;
    }
    double *T = calloc(ov_sym_size(p->M), sizeof *T);
    if (!T)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t m = 0; m < p->M; m++)
        for (size_t n = 0; n <= m; n++)
            T[ov_sym_at(m, n)] = ov_problem_T(p, m, n);
    enum ov_status status = embed(NULL, w_star, p, T, p->M, key, err);
    free(T);
    return status;
}

static enum ov_status start_fixed(double *w, double *w_star, const struct ov_problem *p,
                                  uint64_t key, struct ov_error *err)
{
    double *C = calloc(ov_sym_size(p->K + p->M), sizeof *C);
    if (!C)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    ov_problem_covariance(C, p);
    enum ov_status status = embed(w, w_star, p, C, p->K + p->M, key, err);
    free(C);
    return status;
}

/* From overlaps that are known without any weights. */
bool ov_start_is_embedded(const struct ov_problem *p)
{
    return ov_problem_start_is_fixed(p) && p->start != OV_START_WEIGHTS;
}

enum ov_status ov_start_weights(double *w, double *w_star, double *v, const struct ov_problem *p,
                                uint64_t key, struct ov_error *err)
{
    if (p->N < ov_problem_least_N(p))
        return ov_fail(err, OV_EDOM, "N = %zu is less than %s = %zu", p->N,
                       p->start == OV_START_RANDOM ? "M" : "K + M", ov_problem_least_N(p));
    bool has_its_own = p->teacher == OV_TEACHER_RANDOM || p->teacher == OV_TEACHER_WEIGHTS;
    if (has_its_own && p->start == OV_START_OVERLAPS)
        return ov_fail(err, OV_EDOM, "given overlaps with a teacher that has its own");
    ov_start_second_layer(v, p, key);
    if (ov_start_is_embedded_in_blocks(p))
        return ov_start_embed_blocks(w, w_star, p, key, err);
    if (ov_start_is_embedded(p))
        return start_fixed(w, w_star, p, key, err);
    enum ov_status status = draw_teacher(w_star, p, key, err);
    if (status != OV_OK)
        return status;
    if (p->start == OV_START_PARTICLES) {
        start_particles(w, w_star, p, key);
        return OV_OK;
    }
    if (p->start == OV_START_WEIGHTS) {
        memcpy(w, p->w, p->K * p->N * sizeof *w);
        return OV_OK;
    }
    if (p->start != OV_START_RANDOM)
        return start_on_teachers(w, w_star, p, key, err);
    ov_normal_fill(w, p->K * p->N, &(struct ov_philox){key, OV_STREAM_STUDENT}, 0);
    for (size_t i = 0; i < p->K * p->N; i++)
        w[i] *= p->std;
    return OV_OK;
}

void ov_start_fixed_overlaps(struct ov_overlaps *o, const struct ov_problem *p)
{
    size_t K = p->K, M = p->M;
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n <= m; n++)
            o->T[ov_sym_at(m, n)] = ov_problem_T(p, m, n);
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            o->R[k * M + m] = ov_problem_R(p, k, m);
        for (size_t l = 0; l <= k; l++)
            o->Q[ov_sym_at(k, l)] = ov_problem_Q(p, k, l);
    }
}

static enum ov_status measured_overlaps(struct ov_overlaps *o, const struct ov_problem *p,
                                        uint64_t key, struct ov_error *err)
{
    double *w = calloc(p->N, p->K * sizeof *w);
    double *w_star = calloc(p->N, p->M * sizeof *w_star);
    enum ov_status status = w && w_star ? ov_start_weights(w, w_star, o->v, p, key, err)
                                        : ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK)
        ov_overlaps_measure(o, w, w_star, p->N);
    free(w);
    free(w_star);
    return status;
}

enum ov_status ov_start_overlaps(struct ov_overlaps *o, const struct ov_problem *p, uint64_t key,
                                 struct ov_error *err)
{
    memcpy(o->v_star, p->v_star, p->M * sizeof *o->v_star);
    if (!ov_start_is_embedded(p))
        return measured_overlaps(o, p, key, err);
    ov_start_second_layer(o->v, p, key);
    ov_start_fixed_overlaps(o, p);
    return OV_OK;
}
