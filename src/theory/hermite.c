/* SPDX-License-Identifier: MIT
 *
 * Hermite coefficients of activations.
 */
#include "overlap/theory/hermite.h"

#include <string.h>

void ov_hermite(double *y, double t, const double *time, double *const *py, double *const *pdy,
                size_t m, size_t n)
{
    /* the weights of the y_i sum to one: differences to y_0 keep the rounding error small */
    memcpy(y, py[0], n * sizeof *y);
    for (size_t i = 0; i < m; i++) {
        double l = 1.0, slope = 0.0, past = t - time[i];
        for (size_t j = 0; j < m; j++) {
            if (j == i)
                continue;
            l *= (t - time[j]) / (time[i] - time[j]);
            slope += 1.0 / (time[i] - time[j]);
        }
        double a = (1.0 - 2.0 * past * slope) * l * l, b = past * l * l;
        for (size_t e = 0; e < n; e++)
            y[e] += a * (py[i][e] - py[0][e]) + b * pdy[i][e];
    }
}
