/* SPDX-License-Identifier: MIT
 *
 * Overlaps of weights, block by block (paper.md eq:blocks).
 */
#include <stdlib.h>
#include <string.h>

#include "overlap/model/overlaps.h"
#include "overlap/num/dot.h"

struct ov_overlaps ov_overlaps_block(const struct ov_overlaps *o, size_t l)
{
    size_t K = o->K, M = o->M;
    return (struct ov_overlaps){.L = 1,
                                .K = K,
                                .M = M,
                                .Q = o->Q + l * ov_sym_size(K),
                                .R = o->R + l * K * M,
                                .v = o->v,
                                .T = o->T + l * ov_sym_size(M),
                                .v_star = o->v_star};
}

void ov_overlaps_blocks_row(double *row, const struct ov_overlaps *o)
{
    size_t n_Q = ov_sym_size(o->K), n_R = o->K * o->M;
    for (size_t l = 0; l < o->L; l++) {
        memcpy(row, o->Q + l * n_Q, n_Q * sizeof *row);
        memcpy(row + n_Q, o->R + l * n_R, n_R * sizeof *row);
        row += n_Q + n_R;
    }
}

/* sum_i e_i w_ai w_bi/N of all pairs over n directions, e = NULL: 1; `own` is room for n. */
static void gram(struct ov_overlaps *o, const double *w, const double *w_star, size_t stride,
                 const double *e, size_t n, double *own)
{
    size_t K = o->K, M = o->M;
    double N = (double)stride;
    for (size_t a = 0; a < K + M; a++) {
        const double *row = a < K ? w + a * stride : w_star + (a - K) * stride;
        for (size_t i = 0; i < n; i++)
            own[i] = e ? e[i] * row[i] : row[i];
        for (size_t k = 0; a < K && k <= a; k++)
            o->Q[ov_sym_at(a, k)] = ov_dot(own, w + k * stride, n) / N;
        for (size_t m = 0; a < K && m < M; m++)
            o->R[a * M + m] = ov_dot(own, w_star + m * stride, n) / N;
        for (size_t m = 0; a >= K && m <= a - K; m++)
            o->T[ov_sym_at(a - K, m)] = ov_dot(own, w_star + m * stride, n) / N;
    }
}

enum ov_status ov_overlaps_measure_blocks(struct ov_overlaps *o, const double *w,
                                          const double *w_star, const struct ov_blocks *b,
                                          struct ov_error *err)
{
    size_t N = b->N, first = 0;
    enum ov_status status = b->member ? OV_OK : ov_blocks_check_apart(b, err);
    double *own = calloc(N + 1, sizeof *own);
    if (status == OV_OK && !own)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t l = 0; status == OV_OK && l < b->L; l++) {
        struct ov_overlaps block = ov_overlaps_block(o, l);
        size_t n = b->member ? N : ov_blocks_directions(b, l);
        gram(&block, w + first, w_star + first, N, b->member ? b->member + l * N : NULL, n, own);
        first += b->member ? 0 : n;
    }
    free(own);
    return status;
}
