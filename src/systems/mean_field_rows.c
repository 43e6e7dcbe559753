/* SPDX-License-Identifier: MIT
 *
 * Rows of system mean-field: moments and shares of the units, or the units themselves.
 */
#include <math.h>
#include <string.h>

#include "mean_field_internal.h"
#include "overlap/num/sym.h"

/* The columns of moments that stand before those of levels. */
static size_t moments(size_t k)
{
    return 6 + k + ov_sym_size(k);
}

size_t ov_mf_width(const struct ov_mf_curve *s)
{
    size_t k = s->problem.M;
    return s->parts ? 3 + k : moments(k) + k * s->n_m_level + s->n_q_level;
}

size_t ov_mf_each(const struct ov_mf_curve *s)
{
    return s->parts ? s->problem.K : 1;
}

/* ---- columns ---- */

#define DOC                                                                                        \
    "t: time, alpha gamma/p, alpha = steps/d; eps_g: the risk <(f - f*)^2>/2, without label "      \
    "noise; m_r: mean over the units of m_jr = w_j.w*_r/d; S_r_s: mean of m_jr m_js; q, q_sd: "    \
    "mean and standard deviation over the units of q_j = |w_j|^2/d - |m_j|^2; cos_out: root mean " \
    "square over pairs of units of the cosine between what they have outside of the teacher's "    \
    "subspace, weighted by q_j q_l; f_out: mean variance of the network's output at given fields " \
    "of the teacher; F_m_r_X, F_q_X: share of the units with m_jr, q_j <= X"

#define DOC_OF_UNITS                                                                               \
    "t: time, alpha gamma/p, alpha = steps/d; j: the unit; m_r: its overlap w_j.w*_r/d with a "    \
    "teacher unit; q: |w_j|^2/d - |m_j|^2"

const char ov_mf_columns[] = DOC "; with parts, in place of them: " DOC_OF_UNITS;

static void plan_units(struct ov_side_plan *plan, const struct ov_mf_curve *s)
{
    ov_side_column(plan, OV_ROLE_VALUE, false, "j");
    for (size_t r = 0; r < s->problem.M; r++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "m_%zu", r);
    ov_side_column(plan, OV_ROLE_VALUE, false, "q");
    ov_text_addf(&plan->columns_doc, DOC_OF_UNITS);
}

static void plan_moments(struct ov_side_plan *plan, const struct ov_mf_curve *s)
{
    size_t k = s->problem.M;
    ov_side_column(plan, OV_ROLE_VALUE, false, "eps_g");
    for (size_t r = 0; r < k; r++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "m_%zu", r);
    for (size_t r = 0; r < k; r++)
        for (size_t n = 0; n <= r; n++)
            ov_side_column(plan, OV_ROLE_VALUE, false, "S_%zu_%zu", r, n);
    ov_side_column(plan, OV_ROLE_VALUE, false, "q");
    ov_side_column(plan, OV_ROLE_VALUE, false, "q_sd");
    ov_side_column(plan, OV_ROLE_VALUE, false, "cos_out");
    ov_side_column(plan, OV_ROLE_VALUE, false, "f_out");
    for (size_t r = 0; r < k; r++)
        for (size_t i = 0; i < s->n_m_level; i++)
            ov_side_column(plan, OV_ROLE_VALUE, false, "F_m_%zu_%g", r, s->m_level[i]);
    for (size_t i = 0; i < s->n_q_level; i++)
        ov_side_column(plan, OV_ROLE_VALUE, false, "F_q_%g", s->q_level[i]);
    ov_text_addf(&plan->columns_doc, DOC);
}

void ov_mf_plan_rows(struct ov_side_plan *plan, const struct ov_mf_curve *s)
{
    plan->n_each = ov_mf_each(s);
    plan->n_row = s->n_t * plan->n_each;
    plan->time = s->parts ? s->row_time : s->t;
    ov_side_column(plan, OV_ROLE_TIME, false, "t");
    if (s->parts)
        plan_units(plan, s);
    else
        plan_moments(plan, s);
}

/* ---- numbers ---- */

static double share(const double *x, size_t stride, size_t p, double level)
{
    size_t below = 0;
    for (size_t j = 0; j < p; j++)
        below += x[j * stride] <= level;
    return (double)below / (double)p;
}

/* Sums of (Q_jl - m_j.m_l)^2 and of q_j q_l over all pairs. */
static double cosine(double pairs, const double *q, size_t p)
{
    double sum = 0.0, squares = 0.0;
    for (size_t j = 0; j < p; j++) {
        sum += q[j];
        squares += q[j] * q[j];
    }
    double of_lengths = 0.5 * (sum * sum - squares);
    return of_lengths > 0.0 ? sqrt(pairs / of_lengths) : 0.0;
}

static void fill_moments(double *row, const struct ov_mf_curve *s, const struct ov_mf_units *u)
{
    size_t p = s->problem.K, k = s->problem.M;
    double *mean = row + 2, *S = mean + k, *of_q = S + ov_sym_size(k), square = 0.0;
    memset(row, 0, ov_mf_width(s) * sizeof *row);
    row[0] = u->t;
    row[1] = u->eps_g;
    for (size_t j = 0; j < p; j++) {
        const double *m = u->m + j * k;
        for (size_t r = 0; r < k; r++) {
            mean[r] += m[r] / (double)p;
            for (size_t n = 0; n <= r; n++)
                S[ov_sym_at(r, n)] += m[r] * m[n] / (double)p;
        }
        of_q[0] += u->q[j] / (double)p;
    }
    for (size_t j = 0; j < p; j++)
        square += (u->q[j] - of_q[0]) * (u->q[j] - of_q[0]) / (double)p;
    of_q[1] = sqrt(square);
    of_q[2] = cosine(u->pairs, u->q, p);
    of_q[3] = u->f_out;
    double *F = row + moments(k);
    for (size_t r = 0; r < k; r++)
        for (size_t i = 0; i < s->n_m_level; i++)
            *F++ = share(u->m + r, k, p, s->m_level[i]);
    for (size_t i = 0; i < s->n_q_level; i++)
        *F++ = share(u->q, 1, p, s->q_level[i]);
}

static void fill_units(double *row, const struct ov_mf_curve *s, const struct ov_mf_units *u)
{
    size_t k = s->problem.M;
    for (size_t j = 0; j < s->problem.K; j++, row += 3 + k) {
        row[0] = u->t;
        row[1] = (double)j;
        memcpy(row + 2, u->m + j * k, k * sizeof *row);
        row[2 + k] = u->q[j];
    }
}

void ov_mf_fill_rows(double *row, const struct ov_mf_curve *s, const struct ov_mf_units *units)
{
    if (s->parts)
        fill_units(row, s, units);
    else
        fill_moments(row, s, units);
}
