/* SPDX-License-Identifier: MIT
 *
 * Labels that are signs (paper.md eq:labels): the student learns
 *     y = s sign(phi*),  s = -1 with probability flip, else 1,
 * on the squared error of its real-valued output; sign(0) = 1. Errors are those of labels that are
 * not flipped:
 *     eps_g = <(phi - sign phi*)^2>/2,   eps_c = P(sign phi != sign phi*).
 */
#ifndef OVERLAP_MODEL_LABELS_H
#define OVERLAP_MODEL_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"

struct ov_overlaps;
struct ov_problem;

struct ov_labels {
    bool sign;   /* false: y = phi* + sigma zeta, and what follows means nothing */
    double flip; /* 0 <= flip <= 1/2 */
    size_t test; /* inputs over which errors without a formula are averaged; >= 2 */
};

static inline double ov_sign(double x)
{
    return x < 0.0 ? -1.0 : 1.0;
}

/* Is the label of input mu flipped? A function of (key, mu), exact to 2^-64. */
bool ov_label_flips(double flip, uint64_t key, uint64_t mu);

/* Both errors with their standard errors, which are 0 where there is a formula. */
struct ov_sign_errors {
    double eps_g, eps_g_se, eps_c, eps_c_se;
};

/* The errors of given overlaps, over Gaussian inputs. In closed form
 *   eps_c  where student and teacher each have the sign of one field (any number of linear units, or
 *          one unit with g(x) of the sign of x): arccos(r)/pi, r their correlation;
 *   eps_g  where that holds for the teacher, and the student's units are linear or erf;
 * else as means over p->labels.test inputs, a function of the key. These are made for the purpose
 * and independent of all others of the run: their fields are L z, L L' the joint covariance, z fixed.
 * The same bits on every machine. Returns OV_OK; OV_EDOM, the overlaps are no covariance; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_sign_errors(struct ov_sign_errors *e, const struct ov_overlaps *o,
                                           const struct ov_problem *p, uint64_t key);

/* The columns of simulated rows that such labels add behind the overlaps. */
enum { OV_SIGN_EPS_G_SE, OV_SIGN_EPS_C, OV_SIGN_EPS_C_SE, OV_SIGN_COLUMNS };
extern const char *const ov_sign_columns[OV_SIGN_COLUMNS];

/* Writes eps_g and, from `behind` on, the OV_SIGN_COLUMNS others. */
void ov_sign_put(double *eps_g, double *behind, const struct ov_sign_errors *e);

#endif
