/* SPDX-License-Identifier: MIT
 *
 * chi^2 numbers of any number of degrees of freedom, three normals a proposal.
 *
 * Up to three degrees of freedom: the sum of squares itself. Beyond, Marsaglia & Tsang: propose
 * 2 d w, w = (1 + c x)^3, and accept if w > 0 and ln u < x^2/2 + d (1 - w + ln w). Two more normals
 * make -ln u: E = (y1^2 + y2^2)/2 is exponential, exactly.
 */
#include <math.h>

#include "law_group_internal.h"
#include "overlap/num/fmath.h"
#include "overlap/num/normal.h"

/* |x| of num/normal.h is below this. */
#define LARGEST_NORMAL 6.77

/* With t = c x and 4.5 d c^2 = 1/2, x^2/2 + d (1 - w + ln w) = 3 d (ln(1+t) - t + t^2/2 - t^3/3)
 * >= -(3/4) d t^4/(1 + t_min)^4 by Lagrange's remainder, t_min the smallest t there is, below 0. */
struct law_chi ov_law_chi_of(size_t dof)
{
    struct law_chi chi = {.dof = dof, .squeeze = 1e300, .retry = LAW_STREAM_RETRY};
    if (dof <= LAW_CHI_NORMALS)
        return chi;
    chi.d = 0.5 * (double)dof - 1.0 / 3.0;
    chi.c = 1.0 / (3.0 * sqrt(chi.d));
    double least = 1.0 - LARGEST_NORMAL * chi.c;
    if (least > 0.1) {
        double t2 = chi.c * chi.c, least2 = least * least;
        chi.squeeze = 0.75 * chi.d * (t2 * t2) / (least2 * least2);
    }
    return chi;
}

/* Returns r^2, or -1 if the proposal is rejected. */
static double proposal(const struct law_chi *chi, const double n[LAW_CHI_NORMALS])
{
    double t = 1.0 + chi->c * n[0], w = t * t * t, E = 0.5 * (n[1] * n[1] + n[2] * n[2]);
    if (t <= 0.0)
        return -1.0;
    double bound = 0.5 * n[0] * n[0] + chi->d * (1.0 - w + ov_log(w));
    return -E < bound ? 2.0 * chi->d * w : -1.0;
}

double ov_law_chi_carefully(const struct law_chi *chi, uint64_t key, uint64_t step,
                            const double normal[LAW_CHI_NORMALS])
{
    if (chi->dof <= LAW_CHI_NORMALS) {
        double sum = 0.0;
        for (size_t i = 0; i < chi->dof; i++)
            sum += normal[i] * normal[i];
        return sum;
    }
    double r2 = proposal(chi, normal);
    /* one in twenty at most is rejected, so this ends */
    for (uint32_t again = 0; r2 < 0.0; again++) {
        double fresh[LAW_CHI_NORMALS];
        ov_normal_fill(fresh, LAW_CHI_NORMALS, &(struct ov_philox){key, chi->retry + again}, step);
        r2 = proposal(chi, fresh);
    }
    return r2;
}
