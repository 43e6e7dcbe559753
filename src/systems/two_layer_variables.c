/* SPDX-License-Identifier: MIT
 *
 * What formulas of claims may name besides the parameters: size, the teacher, and the moments of
 * g' that small deviations are governed by (paper.md eq:deviation_two).
 */
#include "two_layer_internal.h"

#include <math.h>

#include "overlap/num/sym.h"
#include "values_internal.h"

/* A teacher's own numbers have names up to this many units. */
enum { NAMED = 2 };

static const char *const T_name[NAMED][NAMED] = {{"T_0_0"}, {"T_1_0", "T_1_1"}};
static const char *const v_name[NAMED] = {"v_star_0", "v_star_1"};
static const char *const moment_name[] = {"dg_1", "dg_2", "dg_3", "dg_4"};
enum { N_MOMENT = sizeof moment_name / sizeof *moment_name };

const struct ov_variable ov_two_layer_variables[] = {
    {"eta", "eta_w"},
    {"L", "K - M, units to spare"},
    {"T_0_0", "overlaps of a teacher that is given; of its first two units"},
    {"T_1_0", "between them"},
    {"T_1_1", "of the second"},
    {"v_star_0", "the first of a list v_star"},
    {"v_star_1", "the second"},
    {"dg_1", "<g'(x)> of the student's activation, x of variance 1"},
    {"dg_2", "<g'(x)^2>"},
    {"dg_3", "<g'(x)^3>"},
    {"dg_4", "<g'(x)^4>"},
    {"D", "how many hidden numbers the inputs of a hidden manifold are made of"},
    {"rho2",
     "<rho^2>, mean square of the variances of inputs scaled to a mean of 1; N_eff is N/rho2"},
    {0}};

/* < g'(x)^n >, x ~ N(0,1), n = 1 ... N_MOMENT, by the rule of midpoints: exact to rounding for
 * what is analytic within a distance of one of the real axis, and for a kink at 0, which lies
 * between two points. By g' alone, apart from theory's averages. */
static void moments(double out[N_MOMENT], const struct ov_activation *g)
{
    const double step = 1.0 / 32.0, end = 14.0, sqrt_2pi = 2.5066282746310002;
    for (size_t n = 0; n < N_MOMENT; n++)
        out[n] = 0.0;
    for (double x = -end + step / 2.0; x < end; x += step) {
        double weight = step * exp(-x * x / 2.0) / sqrt_2pi, slope = g->dg(x), power = slope;
        for (size_t n = 0; n < N_MOMENT; n++, power *= slope)
            out[n] += weight * power;
    }
}

static void define_teacher(struct ov_curve *c, const struct ov_problem *p)
{
    for (size_t m = 0; m < p->M && m < NAMED; m++) {
        ov_curve_define(c, v_name[m], p->v_star[m]);
        for (size_t n = 0; n <= m && p->T; n++)
            ov_curve_define(c, T_name[m][n], p->T[ov_sym_at(m, n)]);
    }
}

void ov_two_layer_define(struct ov_curve *c, const struct ov_two_layer *s)
{
    const struct ov_problem *p = &s->problem;
    double moment[N_MOMENT];
    moments(moment, p->g);
    ov_define_variables(c, ov_two_layer_keys, s);
    ov_curve_define(c, "eta", p->eta_w);
    ov_curve_define(c, "L", (double)p->K - (double)p->M);
    define_teacher(c, p);
    if (s->data.inputs.manifold)
        ov_curve_define(c, "D", (double)s->data.manifold.D);
    double rho2;
    if (ov_covariance_mean_square(&rho2, s))
        ov_curve_define(c, "rho2", rho2);
    for (size_t n = 0; n < N_MOMENT; n++)
        ov_curve_define(c, moment_name[n], moment[n]);
}
