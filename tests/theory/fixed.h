/* SPDX-License-Identifier: MIT
 *
 * Fixed points that have to be there.
 */
#ifndef OVERLAP_TESTS_THEORY_FIXED_H
#define OVERLAP_TESTS_THEORY_FIXED_H

#include "overlap/theory/fixed_point.h"
#include "test.h"

/* From o, which becomes it. */
static inline struct ov_fixed_point find(const struct ov_problem *p, struct ov_overlaps *o)
{
    struct ov_fixed_point found;
    struct ov_error err = {0};
    enum ov_status status = ov_fixed_point(&found, o, p, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    return found;
}

#endif
