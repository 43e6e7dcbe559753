/* SPDX-License-Identifier: MIT
 *
 * Which student unit stands for which teacher unit: the columns of `match: true`, of both sides. Pairs
 * are taken one by one, each time the largest |R_km| of a student unit and a teacher unit that have
 * none yet. Where the student has learnt a teacher of orthonormal units, |R| is 1 in the pairs and 0
 * elsewhere, whichever permutation it is.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "two_layer_internal.h"

/* partner[k] is the teacher unit of student unit k, M where none is left; teacher[m] likewise. */
static void take_pairs(size_t *partner, size_t *teacher, const double *R, size_t K, size_t M)
{
    for (size_t k = 0; k < K; k++)
        partner[k] = M;
    for (size_t m = 0; m < M; m++)
        teacher[m] = K;
    for (size_t n = 0; n < K && n < M; n++) {
        size_t unit = K, on = M;
        for (size_t k = 0; k < K; k++)
            for (size_t m = 0; m < M; m++)
                if (partner[k] == M && teacher[m] == K &&
                    (unit == K || fabs(R[k * M + m]) > fabs(R[unit * M + on]))) {
                    unit = k;
                    on = m;
                }
        partner[unit] = on;
        teacher[on] = unit;
    }
}

/* < (sum_k v_k g(lambda_k))^2 >/2 over the units without a teacher. o has room for K and 1 units. */
static double left_over(struct ov_overlaps *o, const size_t *partner, size_t M, const double *block,
                        const struct ov_problem *p)
{
    const double *v = block + ov_sym_size(p->K) + p->K * M;
    memcpy(o->Q, block, ov_sym_size(p->K) * sizeof *o->Q);
    for (size_t k = 0; k < p->K; k++)
        o->v[k] = partner[k] == M ? v[k] : 0.0;
    return ov_eps_g(o, p->g, p->g_star);
}

/* The four columns from the moving numbers of one row. */
static void match(double to[OV_MATCH_COLUMNS], struct ov_overlaps *o, size_t *work,
                  const double *block, const struct ov_problem *p)
{
    size_t K = p->K, M = p->M, *partner = work;
    const double *R = block + ov_sym_size(K);
    double least = HUGE_VAL, rest = 0.0, longest = 0.0;
    take_pairs(partner, work + K, R, K, M);
    for (size_t k = 0; k < K; k++) {
        if (partner[k] == M)
            longest = fmax(longest, block[ov_sym_at(k, k)]);
        for (size_t m = 0; m < M; m++) {
            double size = fabs(R[k * M + m]);
            least = partner[k] == m ? fmin(least, size) : least;
            rest = partner[k] == m ? rest : fmax(rest, size);
        }
    }
    to[0] = least;
    to[1] = rest;
    to[2] = longest;
    to[3] = left_over(o, partner, M, block, p);
}

void ov_match_plan(struct ov_side_plan *plan)
{
    static const char *const name[OV_MATCH_COLUMNS] = {"R_match", "R_rest", "Q_spare", "spare"};
    for (size_t i = 0; i < OV_MATCH_COLUMNS; i++)
        ov_side_column(plan, OV_ROLE_VALUE, true, "%s", name[i]);
    ov_text_addf(
        &plan->columns_doc,
        "; R_match, R_rest: the least |R_k_m| of the pairs of student and teacher units, "
        "the largest of all others; pairs: each time the largest |R_k_m| of units that have "
        "none; Q_spare: the largest Q_k_k of student units without a partner; spare: "
        "<(sum v_k g)^2>/2 over them, 0 if there are none");
}

enum ov_status ov_match_fill(double *rows, size_t width, const struct ov_two_layer *s, size_t at)
{
    const struct ov_problem *p = &s->problem;
    struct ov_overlaps o = {0};
    size_t *work = calloc(p->K + p->M, sizeof *work);
    enum ov_status status = work ? ov_overlaps_create(&o, p->K, 1) : OV_ENOMEM;
    if (status == OV_OK)
        o.T[0] = 1.0; /* of a teacher that v_star = 0 leaves out */
    for (size_t j = 0; j < s->n_alpha && status == OV_OK; j++) {
        double *row = rows + j * width, *block = row + ov_two_layer_times(s) + 1;
        for (size_t i = 0; i < OV_MATCH_COLUMNS; i++)
            row[at + i] = NAN;
        if (!ov_overlaps_diverged(block, p->K, p->M))
            match(row + at, &o, work, block, p);
    }
    ov_overlaps_free(&o);
    free(work);
    return status;
}
