/* SPDX-License-Identifier: MIT
 *
 * Weights that a run hands out at chosen times.
 */
#include <string.h>

#include "weights_internal.h"

size_t ov_weights_kept_size(const struct ov_problem *p, size_t n)
{
    return p->M * p->N + n * (p->K * p->N + p->K);
}

void ov_weights_keep_teacher(const struct ov_weights_state *r)
{
    if (r->kept)
        memcpy(r->kept->numbers, r->w_star, r->p->M * r->p->N * sizeof *r->w_star);
}

void ov_weights_keep(struct ov_weights_state *r, size_t row)
{
    const struct ov_weights_kept *kept = r->kept;
    size_t n_w = r->p->K * r->p->N;
    if (!kept || r->n_kept == kept->n || kept->row[r->n_kept] != row)
        return;
    double *to = kept->numbers + ov_weights_kept_size(r->p, r->n_kept);
    memcpy(to, r->w, n_w * sizeof *to);
    memcpy(to + n_w, r->v, r->p->K * sizeof *to);
    r->n_kept++;
}
