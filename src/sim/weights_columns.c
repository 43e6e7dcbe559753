/* SPDX-License-Identifier: MIT
 *
 * What a row of engine `weights` holds.
 */
#include <string.h>

#include "weights_internal.h"

size_t ov_weights_width(const struct ov_problem *p, const struct ov_inputs *in)
{
    bool se_alone = in && ov_weights_tests(in) > 0 && !p->labels.sign;
    return ov_measured_width(p) + (se_alone ? 1 : 0) + (in && in->samples > 0 ? 1 : 0);
}

void ov_weights_column(char name[32], const struct ov_problem *p, const struct ov_inputs *in,
                       size_t i)
{
    size_t path = ov_problem_row_width(p);
    if (i < path)
        ov_problem_row_column(name, i, p);
    else if (i < ov_measured_width(p))
        strcpy(name, ov_sign_columns[i - path]);
    else
        strcpy(name, i == path && in && ov_weights_tests(in) > 0 ? "eps_g_se" : "eps_t");
}
