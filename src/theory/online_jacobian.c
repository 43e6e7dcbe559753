/* SPDX-License-Identifier: MIT
 *
 * The Jacobian of the equations of motion: the product rule on paper.md eq:ode, with the
 * derivatives of G and Nz by C and s from theory/gauss.h. What moves in C is its rows M … P-1, the
 * end of the packed matrix.
 */
#include <stdlib.h>
#include <string.h>

#include "gauss_internal.h"
#include "gauss_smooth_internal.h"
#include "online_blocks_internal.h"
#include "online_internal.h"
#include "overlap/model/eps_g.h"

struct view {
    size_t K, M, P, D, n, width; /* width of a row of derivatives: D + P */
    size_t moving;               /* first packed entry of C that moves */
    const double *dG, *dNz;
    const struct ov_online *o;
};

/* ---- from C and s to the integrated numbers ---- */

/* row += weight d, where d holds derivatives by the packed C. */
static void add_by_C(double *row, const struct view *w, double weight, const double *d)
{
    size_t K = w->K, M = w->M, at = w->moving;
    for (size_t k = 0; k < K; k++) {
        double *R = row + ov_sym_size(K) + k * M, *Q = row + ov_sym_at(k, 0);
        for (size_t m = 0; m < M; m++)
            R[m] += weight * d[at++];
        for (size_t l = 0; l <= k; l++)
            Q[l] += weight * d[at++];
    }
}

/* row += weight d, d the derivatives by C and s; s_(M+k) = -v_k. */
static void add(double *row, const struct view *w, double weight, const double *d)
{
    add_by_C(row, w, weight, d);
    double *v = row + ov_sym_size(w->K) + w->K * w->M;
    for (size_t k = 0; w->o->p->eta_v != 0.0 && k < w->K; k++)
        v[k] -= weight * d[w->D + w->M + k];
}

static const double *of_G(const struct view *w, size_t k, size_t b)
{
    return w->dG + (k * w->P + b) * w->width;
}

/* ---- the rows ---- */

static void row_R(double *row, const struct view *w, size_t k, size_t m)
{
    const struct ov_problem *p = w->o->p;
    size_t v = ov_sym_size(w->K) + w->K * w->M;
    double eta = w->o->scale * p->eta_w;
    add(row, w, eta * w->o->o.v[k], of_G(w, k, m));
    row[ov_sym_size(w->K) + k * w->M + m] -= p->decay_w;
    if (p->eta_v != 0.0)
        row[v + k] += eta * w->o->G[k * w->P + m];
}

static void row_Q(double *row, const struct view *w, size_t k, size_t l)
{
    const struct ov_problem *p = w->o->p;
    const double *v = w->o->o.v, *G = w->o->G;
    size_t kl = ov_sym_at(k, l), P = w->P, M = w->M, at_v = ov_sym_size(w->K) + w->K * M;
    double eta = w->o->scale * p->eta_w;
    double noise = p->gradient_flow ? 0.0 : eta * eta / (double)ov_problem_batch(p);
    add(row, w, eta * v[k], of_G(w, k, M + l));
    add(row, w, eta * v[l], of_G(w, l, M + k));
    if (noise != 0.0)
        add(row, w, noise * v[k] * v[l], w->dNz + kl * w->width);
    row[kl] -= 2.0 * p->decay_w;
    if (p->eta_v == 0.0)
        return;
    row[at_v + k] += eta * G[k * P + M + l] + noise * v[l] * w->o->Nz[kl];
    row[at_v + l] += eta * G[l * P + M + k] + noise * v[k] * w->o->Nz[kl];
}

/* I2 of field a with each field c and its derivatives by C_ac, C_aa and C_cc; on a = c they add
 * up. */
static void I2_and_slopes(double *I2, double (*slope)[3], const struct view *w, size_t a)
{
    struct ov_gauss *gauss = w->o->gauss;
    const double *C = w->o->C;
    if (gauss->smooth) {
        ov_gauss_smooth_I2(I2, slope, gauss, C, w->o->s, a);
        return;
    }
    for (size_t c = 0; c < w->P; c++) {
        double aa = C[ov_sym_at(a, a)], ac = C[ov_sym_at(a, c)], cc = C[ov_sym_at(c, c)];
        I2[c] = ov_I2(gauss->act[a], gauss->act[c], aa, ac, cc);
        ov_gauss_I2_derivatives(slope[c], gauss->act[a], gauss->act[c], aa, ac, cc);
    }
}

/* scratch: (D + 4P) */
static void row_v(double *row, double *scratch, const struct view *w, size_t k)
{
    const struct ov_problem *p = w->o->p;
    size_t a = w->M + k;
    double rate = w->o->scale * p->eta_v;
    double *v = row + ov_sym_size(w->K) + w->K * w->M, *I2 = scratch + w->D;
    double(*slope)[3] = (double(*)[3])(I2 + w->P);
    I2_and_slopes(I2, slope, w, a);
    memset(scratch, 0, w->D * sizeof *scratch);
    for (size_t c = 0; c < w->P; c++) {
        double s = w->o->s[c];
        scratch[ov_sym_at(a, c)] += s * slope[c][0];
        scratch[ov_sym_at(a, a)] += s * slope[c][1];
        scratch[ov_sym_at(c, c)] += s * slope[c][2];
        if (c >= w->M)
            v[c - w->M] -= rate * I2[c];
    }
    add_by_C(row, w, rate, scratch);
    v[k] -= p->decay_v;
}

static void fill(double *J, const struct view *w, double *scratch)
{
    size_t K = w->K, M = w->M, n = w->n;
    memset(J, 0, n * n * sizeof *J);
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k && !w->o->rests[k]; l++)
            if (!w->o->rests[l])
                row_Q(J + ov_sym_at(k, l) * n, w, k, l);
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M && !w->o->rests[k]; m++)
            row_R(J + (ov_sym_size(K) + k * M + m) * n, w, k, m);
    for (size_t k = 0; w->o->p->eta_v != 0.0 && k < K; k++)
        row_v(J + (ov_sym_size(K) + K * M + k) * n, scratch, w, k);
}

bool ov_online_jacobian_is_closed(const struct ov_problem *p)
{
    return ov_gauss_has_derivatives(p->g, p->g_star);
}

int ov_online_jacobian(double *J, struct ov_online *o, const double *y)
{
    size_t K = o->p->K, M = o->p->M, P = M + K, D = ov_sym_size(P), n = ov_online_integrated(o->p);
    bool closed = ov_online_jacobian_is_closed(o->p);
    if (o->blocks)
        return ov_online_blocks_jacobian(J, o, y);
    size_t rows = closed ? K * P + ov_sym_size(K) : 0,
           scratch = closed ? D + 4 * P : ov_online_differences_scratch(o->p, n);
    if (!o->derivatives)
        o->derivatives = calloc(rows * (D + P) + scratch, sizeof *o->derivatives);
    if (!o->derivatives)
        return -1;
    double *dNz = o->derivatives + (closed ? K * P * (D + P) : 0);
    if (!closed)
        return ov_online_differences(J, o, y, o->derivatives);
    ov_online_prepare(o, y);
    if (o->p->eta_v != 0.0) /* by v the product rule needs G and Nz themselves */
        ov_gauss_contract(o->G, o->Nz, o->gauss, o->C, o->s, o->p->sigma);
    ov_gauss_derivatives(o->derivatives, dNz, o->gauss, o->C, o->s, o->p->sigma);
    struct view w = {K, M, P, D, n, D + P, ov_sym_at(M, 0), o->derivatives, dNz, o};
    fill(J, &w, o->derivatives + rows * (D + P));
    return 0;
}

/* ---- of the averages that blocks share ---- */

bool ov_online_averages_have_slopes(const struct ov_problem *p)
{
    bool spiked = p->spiked && !p->gradient_flow;
    return ov_gauss_has_derivatives(p->g, p->g_star) && !spiked;
}

int ov_online_slopes_of_averages(double *rows, struct ov_online *o)
{
    const struct ov_problem *p = o->p;
    size_t K = p->K, M = p->M, P = M + K, D = ov_sym_size(P), n = ov_online_of_fields(p);
    size_t n_d = K * P + ov_sym_size(K), at_v = ov_sym_size(K) + K * M;
    const double *v = o->o.v;
    double eta = o->scale * p->eta_w, batch = (double)ov_problem_batch(p), *row = rows;
    double square = p->gradient_flow ? 0.0 : eta * eta / batch;
    if (!o->derivatives)
        o->derivatives = calloc(n_d * (D + P) + D + 4 * P, sizeof *o->derivatives);
    if (!o->derivatives)
        return -1;
    double *dNz = o->derivatives + K * P * (D + P);
    ov_gauss_slopes_derivatives(o->derivatives, dNz, o->gauss, o->C, o->s, p->sigma);
    struct view w = {K, M, P, D, n, D + P, ov_sym_at(M, 0), o->derivatives, dNz, o};
    memset(rows, 0, (n_d + (p->eta_v != 0.0 ? K : 0)) * n * sizeof *rows);
    for (size_t k = 0; k < K; k++)
        for (size_t c = 0; c < P; c++, row += n) {
            if (o->rests[k])
                continue;
            add(row, &w, eta * v[k], of_G(&w, k, c));
            if (p->eta_v != 0.0)
                row[at_v + k] += eta * o->G[k * P + c];
        }
    for (size_t k = 0; k < K; k++)
        for (size_t j = 0; j <= k; j++, row += n) {
            size_t kj = ov_sym_at(k, j);
            if (o->rests[k] || o->rests[j] || square == 0.0)
                continue;
            add(row, &w, square * v[k] * v[j], w.dNz + kj * w.width);
            if (p->eta_v == 0.0)
                continue;
            row[at_v + k] += square * v[j] * o->Nz[kj];
            row[at_v + j] += square * v[k] * o->Nz[kj];
        }
    for (size_t k = 0; p->eta_v != 0.0 && k < K; k++, row += n)
        row_v(row, o->derivatives + n_d * (D + P), &w, k);
    return 0;
}
