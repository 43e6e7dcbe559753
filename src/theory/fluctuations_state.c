/* SPDX-License-Identifier: MIT
 *
 * What theory/fluctuations.h offers beside the path: B and c of one state, the band of a mean.
 */
#include <math.h>
#include <stdlib.h>

#include "fluctuations_noise_internal.h"
#include "online_internal.h"
#include "overlap/num/sym.h"
#include "overlap/theory/fluctuations.h"

enum ov_status ov_fluctuations_noise(double *B, double *c, const struct ov_problem *p,
                                     const struct ov_overlaps *o,
                                     const struct ov_fluctuations_options *opt)
{
    size_t n = ov_overlaps_moving_blocks(o->L, p->K, p->M);
    if (ov_online_check(p, o, NULL) != OV_OK)
        return OV_EDOM;
    struct ov_noise *w;
    enum ov_status status = ov_noise_create(&w, p, opt ? opt->refine : 0);
    if (status != OV_OK)
        return status;
    double *full = calloc(n, n * sizeof *full);
    status = full ? ov_noise_at(full, c, w, o) : OV_ENOMEM;
    for (size_t i = 0; status == OV_OK && i < n; i++)
        for (size_t j = 0; j <= i; j++)
            B[ov_sym_at(i, j)] = full[i * n + j];
    free(full);
    ov_noise_free(w);
    return status;
}

double ov_fluctuations_band(double sd, double bias, size_t N, size_t n_runs, double z)
{
    double dimension = (double)N;
    return z * sd / sqrt((double)n_runs * dimension) + 2.0 * fabs(bias) / dimension;
}
