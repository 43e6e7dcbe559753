/* SPDX-License-Identifier: MIT
 *
 * The nodes of theory/fluctuations.h, z ~ N(0, I_P): a tensor Gauss-Hermite rule, exact for linear and
 * quadratic units, for other smooth ones (P <= 4) without its negligible weights; else Sobol's sequence
 * through the inverse normal distribution, whitened. Where all activations are odd or all are even, z and
 * -z give the same and one of them is enough; else Sobol's nodes come in such pairs.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_qrng.h>

#include "fluctuations_noise_internal.h"
#include "overlap/num/sym.h"

enum { P_TENSOR = 4, TENSOR_MAX = 1 << 20 };

static const double negligible = 1e-9; /* a weight relative to the largest */

/* 1 for an even activation, -1 for an odd one, 0 for neither. */
static int parity(const struct ov_activation *act)
{
    static const double x[3] = {0.3, 1.1, 2.7};
    bool odd = true, even = true;
    for (size_t i = 0; i < 3; i++) {
        odd = odd && act->g(-x[i]) == -act->g(x[i]);
        even = even && act->g(-x[i]) == act->g(x[i]);
    }
    return (even ? 1 : 0) - (odd ? 1 : 0);
}

/* Of a polynomial, by its differences at whole numbers, which are exact; 0 of others. */
static size_t degree(const struct ov_activation *act)
{
    double d[OV_POLYNOMIAL_DEGREE + 1];
    size_t found = 0;
    if (act->family != OV_FAMILY_POLYNOMIAL)
        return 0;
    for (size_t i = 0; i <= OV_POLYNOMIAL_DEGREE; i++)
        d[i] = act->g((double)i);
    for (size_t n = 1; n <= OV_POLYNOMIAL_DEGREE; n++) {
        for (size_t i = 0; i <= OV_POLYNOMIAL_DEGREE - n; i++)
            d[i] = d[i + 1] - d[i];
        found = d[0] != 0.0 ? n : found;
    }
    return found;
}

/* Nodes a direction for which all averages are exact; 0 if there is no such number. With degrees g
 * and g* and the larger one m, F = u a + u^2 b is of degree 2 (g - 1 + m), < F F' > of twice
 * that. */
static size_t exact_order(const struct ov_problem *p)
{
    size_t g = degree(p->g), g_star = degree(p->g_star);
    if (g == 0 || g_star == 0)
        return 0;
    return 2 * (g - 1 + (g > g_star ? g : g_star)) + 1;
}

/* order^P, or TENSOR_MAX + 1 if that is less. */
static size_t tensor_size(size_t order, size_t P)
{
    size_t size = 1;
    for (size_t a = 0; a < P && size <= TENSOR_MAX; a++)
        size *= order;
    return size <= TENSOR_MAX ? size : TENSOR_MAX + 1;
}

/* Nodes a direction of a tensor rule; 0 for Sobol's nodes. */
static size_t tensor_order(const struct ov_problem *p, unsigned refine)
{
    static const size_t order[P_TENSOR + 1] = {0, 0, 32, 20, 14};
    size_t P = p->K + p->M, exact = exact_order(p);
    if (exact > 0 && tensor_size(exact, P) <= TENSOR_MAX)
        return exact;
    bool kink = p->g->act == OV_ACT_RELU || p->g_star->act == OV_ACT_RELU ||
                p->g->act == OV_ACT_LEAKY_RELU || p->g_star->act == OV_ACT_LEAKY_RELU;
    return P > P_TENSOR || kink ? 0 : order[P] + (P == 2 ? 16 : 4) * refine;
}

static bool allocate_nodes(struct ov_noise *w, size_t n_node)
{
    w->z = calloc(n_node, w->P * sizeof *w->z);
    w->weight = calloc(n_node, sizeof *w->weight);
    return w->z && w->weight;
}

/* Node number i of the tensor rule; returns its weight relative to that of the centre. */
static double tensor_node(double *z, size_t i, const double *node, const double *weight,
                          size_t order, size_t P)
{
    double product = 1.0;
    for (size_t a = 0; a < P; a++, i /= order) {
        z[a] = 2 * (i % order) + 1 == order ? 0.0 : node[i % order]; /* the centre exactly */
        product *= weight[i % order] / weight[order / 2];
    }
    return product;
}

/* How much of z's weight counts where it stands for -z as well: all or nothing by the sign of the
 * last coordinate that is not 0, half for the centre, which is its own counterpart. */
static double half_space(const double *z, size_t P)
{
    for (size_t a = P; a-- > 0;)
        if (z[a] != 0.0)
            return z[a] > 0.0 ? 1.0 : 0.0;
    return 0.5;
}

static void normalise_weights(struct ov_noise *w)
{
    double sum = 0.0;
    for (size_t i = 0; i < w->n_node; i++)
        sum += w->weight[i];
    for (size_t i = 0; i < w->n_node; i++)
        w->weight[i] /= sum;
}

static enum ov_status make_tensor(struct ov_noise *w, bool half, size_t order)
{
    size_t P = w->P, all = tensor_size(order, P);
    double least = exact_order(w->p) > 0 || P <= 2 ? 0.0 : negligible;
    gsl_integration_fixed_workspace *rule =
        gsl_integration_fixed_alloc(gsl_integration_fixed_hermite, order, 0.0, 0.5, 0.0, 0.0);
    if (!rule || !allocate_nodes(w, all)) {
        gsl_integration_fixed_free(rule);
        return OV_ENOMEM;
    }
    const double *node = gsl_integration_fixed_nodes(rule),
                 *weight = gsl_integration_fixed_weights(rule);
    for (size_t i = 0; i < all; i++) {
        double *z = w->z + w->n_node * P, product = tensor_node(z, i, node, weight, order, P);
        double part = half ? half_space(z, P) : 1.0;
        if (product >= least && part > 0.0)
            w->weight[w->n_node++] = part * product;
    }
    gsl_integration_fixed_free(rule);
    normalise_weights(w);
    return OV_OK;
}

/* z <- A z with < z z' > = I: polynomials of degree 2 become exact. */
static enum ov_status whiten(struct ov_noise *w)
{
    size_t P = w->P;
    double *S = w->C, *L = w->L;
    memset(S, 0, ov_sym_size(P) * sizeof *S);
    for (size_t i = 0; i < w->n_node; i++)
        for (size_t a = 0; a < P; a++)
            for (size_t b = 0; b <= a; b++)
                S[ov_sym_at(a, b)] += w->weight[i] * w->z[i * P + a] * w->z[i * P + b];
    if (ov_sym_cholesky(L, S, P, 0.0) != OV_OK)
        return OV_EDOM;
    for (size_t i = 0; i < w->n_node; i++) {
        double *z = w->z + i * P;
        for (size_t a = 0; a < P; a++) {
            for (size_t b = 0; b < a; b++)
                z[a] -= L[a * P + b] * z[b];
            z[a] /= L[a * P + a];
        }
    }
    return OV_OK;
}

static enum ov_status make_sobol(struct ov_noise *w, bool half, unsigned refine)
{
    size_t P = w->P, n = (size_t)1 << (13 + refine + (half ? 1 : 0));
    double u[OV_NOISE_MOST_FIELDS];
    gsl_qrng *sobol = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)P);
    if (!sobol || !allocate_nodes(w, 2 * n)) {
        gsl_qrng_free(sobol);
        return OV_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        double *z = w->z + w->n_node * P;
        gsl_qrng_get(sobol, u);
        for (size_t a = 0; a < P; a++)
            z[a] = gsl_cdf_ugaussian_Pinv(u[a]);
        w->weight[w->n_node++] = 1.0;
        if (half)
            continue;
        for (size_t a = 0; a < P; a++)
            z[P + a] = -z[a];
        w->weight[w->n_node++] = 1.0;
    }
    gsl_qrng_free(sobol);
    normalise_weights(w);
    return whiten(w);
}

bool ov_noise_possible(const struct ov_problem *p)
{
    bool grows = degree(p->g) >= 2 || degree(p->g_star) >= 2;
    return p->K + p->M <= OV_NOISE_MOST_FIELDS && !(grows && tensor_order(p, 0) == 0);
}

enum ov_status ov_noise_make_nodes(struct ov_noise *w, unsigned refine)
{
    int sign = parity(w->p->g), sign_star = parity(w->p->g_star);
    bool half = sign != 0 && sign == sign_star;
    size_t order = tensor_order(w->p, refine);
    return order > 0 ? make_tensor(w, half, order) : make_sobol(w, half, refine);
}
