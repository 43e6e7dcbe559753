/* SPDX-License-Identifier: MIT
 *
 * What both tests of the solver use.
 */
#ifndef OVERLAP_TESTS_THEORY_ODES_H
#define OVERLAP_TESTS_THEORY_ODES_H

#include "overlap/theory/solve.h"

enum { METHODS = 2 };
static const enum ov_method methods[METHODS] = {OV_MSBDF, OV_RK8PD};

static inline struct ov_solve_options options(enum ov_method method)
{
    struct ov_solve_options opt = ov_solve_defaults();
    opt.method = method;
    return opt;
}

/* ---- right-hand sides; ctx counts the calls, or is NULL ---- */

static inline void count(void *ctx)
{
    if (ctx)
        ++*(size_t *)ctx;
}

/* y_0' = y_1, y_1' = -y_0 */
static inline int circle(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = y[1];
    dy[1] = -y[0];
    return 0;
}

static inline int refuse(double *dy, const double *y, void *ctx)
{
    count(ctx);
    dy[0] = -y[0];
    return 1;
}

#endif
