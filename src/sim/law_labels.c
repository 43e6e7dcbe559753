/* SPDX-License-Identifier: MIT
 *
 * Labels that are signs, and lanes whose run has ended.
 */
#include "law_group_internal.h"

void ov_law_group_signs(const struct law_group *s, double y[LAW_LANES])
{
    double flip = s->p->labels.flip;
    for (size_t l = 0; l < LAW_LANES; l++)
        y[l] = ov_sign(y[l]);
    for (size_t l = 0; l < s->n_run && flip > 0.0; l++)
        y[l] = ov_label_flips(flip, s->key[l], s->step) ? -y[l] : y[l];
}

/* Of n elements, each LAW_LANES wide. */
static void clear(double *x, size_t n, size_t l)
{
    for (size_t i = 0; i < n; i++)
        x[i * LAW_LANES + l] = 0.0;
}

void ov_law_group_empty(struct law_group *s, size_t l)
{
    clear(s->LT, ov_sym_size(s->M), l);
    clear(s->LR, s->K * s->M, l);
    clear(s->LQ, ov_sym_size(s->K), l);
    clear(s->v, s->K, l);
    clear(s->v_star, s->M, l);
}
