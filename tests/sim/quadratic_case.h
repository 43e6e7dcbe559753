/* SPDX-License-Identifier: MIT
 *
 * The network that tests of quadratic networks train, and memory for it.
 */
#ifndef OVERLAP_TESTS_SIM_QUADRATIC_CASE_H
#define OVERLAP_TESTS_SIM_QUADRATIC_CASE_H

#include <stdlib.h>

#include "overlap/sim/quadratic.h"
#include "test.h"

static struct ov_error err __attribute__((unused));

static inline struct ov_quadratic_network network(size_t d, size_t m, size_t m_star, size_t n)
{
    return (struct ov_quadratic_network){
        .d = d, .m = m, .m_star = m_star, .n = n, .lambda = 0.03, .Delta = 0.2, .gamma = 0.5};
}

static inline double *zeros(size_t n)
{
    double *x = calloc(n, sizeof *x);
    ck_assert_ptr_nonnull(x);
    return x;
}

#endif
