/* SPDX-License-Identifier: MIT
 *
 * What the tests of engine `law` share, beyond the problems of weights_case.h.
 */
#ifndef OVERLAP_TESTS_SIM_LAW_CASE_H
#define OVERLAP_TESTS_SIM_LAW_CASE_H

#include "law_group_internal.h"
#include "overlap/sim/law.h"
#include "weights_case.h"

/* Keys first, first + 1, … */
static inline uint64_t *keys(uint64_t first, size_t n)
{
    uint64_t *key = calloc(n, sizeof *key);
    ck_assert_ptr_nonnull(key);
    for (size_t i = 0; i < n; i++)
        key[i] = first + i;
    return key;
}

static inline double *law_rows(const struct ov_problem *p, const uint64_t *key, size_t n_run,
                               const double *alpha, size_t n)
{
    double *rows = zeros(n_run * n * ov_problem_row_width(p));
    struct ov_error e = {0};
    ck_assert_msg(ov_law_run(rows, p, key, n_run, alpha, n, NULL, &e) == OV_OK, "%s", e.text);
    return rows;
}

/* n_run <= LAW_LANES runs at their start, with keys 1, 2, … */
static inline struct law_group group(const struct ov_problem *p, size_t n_run)
{
    struct law_group s;
    struct ov_error e = {0};
    uint64_t *key = keys(1, n_run);
    ck_assert_msg(ov_law_group_create(&s, p, key, n_run, &e) == OV_OK, "%s", e.text);
    free(key);
    return s;
}

static inline void advance_all(struct law_group *s, uint64_t n)
{
    bool alarm;
    ck_assert_uint_eq(ov_law_group_advance(s, n, &alarm), n);
    ck_assert(!alarm);
}

#endif
