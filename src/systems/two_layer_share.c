/* SPDX-License-Identifier: MIT
 *
 * How much of one teacher unit the student's units span, c^2 = R' Q^-1 R / T, and when it is half of it:
 * the columns of `share: true`, of both sides. In gradient flow of x^2 units with one v the log odds
 * of c^2 grow at the rate 8 eta_w v v* T (paper.md eq:odds), so they are linear in time between
 * measurements, too.
 */
#include <math.h>
#include <stdlib.h>

#include "overlap/num/sym.h"
#include "two_layer_internal.h"

/* |L^-1 R|^2 / T, Q = L L'; what is no direction of its own adds nothing. */
static double share(double *L, const double *Q, const double *R, size_t K, double T)
{
    double *z = L + K * K, sum = 0.0;
    if (ov_sym_cholesky(L, Q, K, 1e-9) != OV_OK)
        return NAN;
    for (size_t k = 0; k < K; k++) {
        z[k] = R[k];
        for (size_t l = 0; l < k; l++)
            z[k] -= L[k * K + l] * z[l];
        z[k] = L[k * K + k] > 0.0 ? z[k] / L[k * K + k] : 0.0;
        sum += z[k] * z[k];
    }
    return fmin(sum / T, 1.0);
}

static double log_odds(double c2)
{
    return log(c2 / (1.0 - c2));
}

/* When the share first reaches a half. */
static double half_time(const double *rows, size_t n, size_t width, size_t alpha, size_t at)
{
    for (size_t j = 0; j < n; j++) {
        const double *now = rows + j * width, *before = now - width;
        if (!(now[at] >= 0.5))
            continue;
        if (j == 0 || !(now[at] < 1.0) || !(before[at] > 0.0))
            return now[alpha];
        double from = log_odds(before[at]), part = from / (from - log_odds(now[at]));
        return before[alpha] + part * (now[alpha] - before[alpha]);
    }
    return NAN;
}

/* The time that gradient flow takes from c^2, where it has a formula. */
static double flow_time(const struct ov_problem *p, double c2, double T)
{
    bool square = p->g->act == OV_ACT_QUADRATIC && p->g_star->act == OV_ACT_QUADRATIC;
    for (size_t k = 0; p->v && k < p->K; k++)
        square = square && p->v[k] == p->v[0];
    if (!square || !p->v || p->eta_v != 0.0)
        return NAN;
    return -log_odds(c2) / (8.0 * p->eta_w * p->v[0] * p->v_star[0] * T);
}

void ov_share_plan(struct ov_side_plan *plan, bool whole)
{
    if (!whole) {
        ov_side_column(plan, OV_ROLE_VALUE, true, "share");
        ov_text_addf(
            &plan->columns_doc,
            "; share: c^2 = R' Q^-1 R / T, what the student's units span of the teacher's; "
            "alpha_half: when it first reaches 1/2, between the times measured linear in "
            "its log odds; half_ratio: this over what gradient flow of x^2 units takes "
            "from the share at the start");
        return;
    }
    ov_side_column(plan, OV_ROLE_WHOLE, true, "alpha_half");
    ov_side_column(plan, OV_ROLE_WHOLE, true, "half_ratio");
}

enum ov_status ov_share_fill(double *rows, size_t width, const struct ov_two_layer *s, size_t value,
                             size_t whole)
{
    const struct ov_problem *p = &s->problem;
    size_t K = p->K, times = ov_two_layer_times(s), alpha = s->scaling.by_t ? 1 : 0;
    double T = p->teacher == OV_TEACHER_GIVEN ? p->T[0] : 1.0;
    double *L = calloc(K * K + K, sizeof *L);
    if (!L)
        return OV_ENOMEM;
    for (size_t j = 0; j < s->n_alpha; j++) {
        double *row = rows + j * width, *Q = row + times + 1;
        row[value] = isnan(row[0]) ? NAN : share(L, Q, Q + ov_sym_size(K), K, T);
    }
    double half = half_time(rows, s->n_alpha, width, alpha, value);
    for (size_t j = 0; j < s->n_alpha; j++) {
        rows[j * width + whole] = half;
        rows[j * width + whole + 1] = half / flow_time(p, rows[value], T);
    }
    free(L);
    return OV_OK;
}
