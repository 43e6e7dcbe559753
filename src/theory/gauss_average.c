/* SPDX-License-Identifier: MIT
 *
 * The average of a product of g, g' and x by whichever way there is. A leaky ReLU of slope a below
 * zero is a x + (1 - a) max(0, x), its slope a + (1 - a) theta(x): each such factor makes two
 * averages, until none is left (paper.md eq:leaky).
 */
#include <stdbool.h>
#include <string.h>

#include "gauss_internal.h"

enum { FACTORS = 4 };

static bool has_act(const struct ov_gauss_factor *factor, size_t n, enum ov_act act)
{
    for (size_t i = 0; i < n; i++)
        if (factor[i].kind != OV_GAUSS_FIELD && factor[i].g->act == act)
            return true;
    return false;
}

static bool all_polynomials(const struct ov_gauss_factor *factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (factor[i].kind != OV_GAUSS_FIELD && factor[i].g->family != OV_FAMILY_POLYNOMIAL)
            return false;
    return true;
}

static double without_leaks(const double *C, size_t P, const struct ov_gauss_factor *factor,
                            size_t n)
{
    if (n == 0)
        return 1.0;
    if (!has_act(factor, n, OV_ACT_GENERIC))
        return ov_gauss_product(C, P, factor, n);
    return all_polynomials(factor, n) ? ov_gauss_polynomial(C, P, factor, n)
                                      : ov_gauss_generic(C, P, factor, n);
}

double ov_gauss_average(const double *C, size_t P, const struct ov_gauss_factor *factor, size_t n)
{
    if (!has_act(factor, n, OV_ACT_LEAKY_RELU))
        return without_leaks(C, P, factor, n);
    struct ov_gauss_factor line[FACTORS], kink[FACTORS];
    size_t at = 0, n_line = n;
    while (!has_act(factor + at, 1, OV_ACT_LEAKY_RELU))
        at++;
    memcpy(line, factor, n * sizeof *factor);
    memcpy(kink, factor, n * sizeof *factor);
    kink[at].g = &ov_activations[OV_ACT_RELU];
    if (factor[at].kind == OV_GAUSS_SLOPE) /* of the line: 1 */
        line[at] = line[--n_line];
    else
        line[at] = (struct ov_gauss_factor){OV_GAUSS_FIELD, factor[at].field, NULL};
    return OV_LEAK * ov_gauss_average(C, P, line, n_line) +
           (1.0 - OV_LEAK) * ov_gauss_average(C, P, kink, n);
}
