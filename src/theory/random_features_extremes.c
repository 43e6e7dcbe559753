/* SPDX-License-Identifier: MIT
 *
 * Two simple corners: the staircase of degrees as N -> infinity (paper.md eq:rf_staircase), and a
 * student of fixed width, to which a teacher in infinitely many dimensions is noise (paper.md
 * eq:rf_fixed_width).
 */
#include <math.h>
#include <stdlib.h>

#include "overlap/num/sym.h"
#include "random_features_internal.h"

/* ---- the staircase ---- */

enum { TERMS = 4000, TERMS_GENERIC = 500, STEPS_MAX = 400 };

static double cosine(const struct ov_rf_problem *p, size_t m, size_t n)
{
    double same = m == n ? 1.0 : 0.0;
    return p->teacher == OV_TEACHER_GIVEN && m != n ? p->T[ov_sym_at(m, n)] : same;
}

/* sum_mn v_m v_n T_mn^n: what degree n of g* has to be multiplied by. */
static double meeting(const struct ov_rf_problem *p, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < p->M; i++)
        for (size_t j = 0; j < p->M; j++)
            sum += p->v_star[i] * p->v_star[j] * pow(cosine(p, i, j), (double)n);
    return sum > 0.0 ? sum : 0.0;
}

/* Power of degrees above l out of `whole`, the terms at hand summed and what is beyond them added
 * unless it is rounding. */
static double beyond(const double *power, size_t terms, size_t l, double whole, double rounding)
{
    double sum = 0.0, above = 0.0;
    for (size_t n = terms; n-- > 0;) {
        sum += power[n];
        above += n > l ? power[n] : 0.0;
    }
    return above + (whole - sum > rounding * whole ? whole - sum : 0.0);
}

static double floor_on_step(double *power, double *of_teacher, size_t terms,
                            const struct ov_rf_problem *p, const struct ov_rf_powers *P, size_t l,
                            double b)
{
    double rounding = terms == TERMS_GENERIC ? 1e-10 : 1e-14;
    for (size_t n = 0; n < terms; n++)
        of_teacher[n] *= meeting(p, n);
    double R = beyond(of_teacher, terms, l, P->tau2, rounding);
    /* the degrees that are not learnt make the learnt one's features differ: a ridge */
    double ridge = beyond(power, terms, l, P->g2, rounding);
    for (size_t n = 0; n < l; n++) /* what g lacks is not learnt */
        R += power[n] > 1e-15 * P->g2 ? 0.0 : of_teacher[n];
    bool has = power[l] > 1e-15 * P->g2;
    return R + of_teacher[l] * (has ? ov_rf_unlearnt(b, power[l], ridge) : 1.0);
}

enum ov_status ov_rf_staircase(double *floor, const struct ov_rf_problem *p, size_t l, double b,
                               struct ov_error *err)
{
    struct ov_rf_common c;
    enum ov_status status = ov_rf_common_init(&c, p, false, err);
    if (status != OV_OK)
        return status;
    if (l < 1 || l > STEPS_MAX)
        return ov_fail(err, OV_EUSER, "step %zu of the staircase: from 1 to %d are possible", l,
                       STEPS_MAX);
    if (!(isfinite(b) && b > 0.0))
        return ov_fail(err, OV_EUSER, "b = K l!/N^l must be a number > 0, not %g", b);
    for (size_t m = 0; m < p->M && p->teacher == OV_TEACHER_GIVEN; m++)
        if (fabs(p->T[ov_sym_at(m, m)] - 1.0) > 1e-9)
            return ov_fail(err, OV_EUSER, "the staircase needs teacher units of length one");
    bool generic = p->g->act == OV_ACT_GENERIC || p->g_star->act == OV_ACT_GENERIC;
    size_t terms = generic ? TERMS_GENERIC : TERMS;
    double *power = calloc(2 * terms, sizeof *power);
    if (!power)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    status = ov_rf_hermite(power, terms, p->g);
    if (status == OV_OK)
        status = ov_rf_hermite(power + terms, terms, p->g_star);
    if (status == OV_OK)
        *floor = 0.5 * floor_on_step(power, power + terms, terms, p, &c.P, l, b);
    free(power);
    return status;
}

/* ---- fixed width ---- */

/* <g^4>, z ~ N(0,1). */
static double fourth_moment(const struct ov_activation *g)
{
    static const double h = 0.05;
    if (g->act == OV_ACT_ERF) /* uniform on (-1,1) */
        return 0.2;
    double sum = 0.0;
    for (int i = -280; i <= 280; i++) {
        double z = h * i, value = g->g(z) * g->g(z);
        sum += h / sqrt(2.0 * M_PI) * exp(-0.5 * z * z) * value * value;
    }
    return sum;
}

/* S = sum_k <w_k^2> after each step: S <- S + change S + source. */
struct fixed_width {
    double change, source, S0, g2, tau2;
    size_t K;
};

static double after(const struct fixed_width *w, double steps)
{
    double exponent = steps * log1p(w->change);
    double summed = w->change == 0.0 ? steps : expm1(exponent) / w->change;
    return w->tau2 + w->g2 * (w->S0 * exp(exponent) + w->source * summed);
}

static enum ov_status fixed_width_at(double *E, void *ctx, double t)
{
    const struct fixed_width *w = ctx;
    double part, steps = ov_rf_steps_at(&part, t, w->K), before = after(w, steps);
    *E = part > 0.0 ? before + part * (after(w, steps + 1.0) - before) : before;
    return OV_OK;
}

static struct fixed_width fixed_width_of(const struct ov_rf_common *c, size_t features, double m4)
{
    double K = (double)features, g2 = c->P.g2, gamma = c->noise / K;
    return (struct fixed_width){.change =
                                    -2.0 * gamma * g2 + gamma * gamma * (m4 + (K - 1.0) * g2 * g2),
                                .source = gamma * gamma * K * g2 * (c->P.tau2 + c->sigma2),
                                .K = features,
                                .S0 = c->c2,
                                .g2 = g2,
                                .tau2 = c->P.tau2};
}

enum ov_status ov_rf_fixed_width_curve(double *eps_g, struct ov_rf_facts *f,
                                       const struct ov_rf_problem *p, const double *t, size_t n,
                                       struct ov_error *err)
{
    struct ov_rf_common c;
    enum ov_status status = ov_rf_check_times(t, n, err);
    if (status == OV_OK)
        status = ov_rf_common_init(&c, p, false, err);
    if (status != OV_OK)
        return status;
    if (p->K < 1)
        return ov_fail(err, OV_EUSER, "K must be at least 1 for a student of fixed width");
    if (p->flow)
        return ov_fail(err, OV_EUSER,
                       "gradient flow teaches a student of fixed width nothing as N -> infinity: "
                       "give a learning rate eta");
    if (c.P.mu0 != 0.0)
        return ov_fail(err, OV_EUSER,
                       "the theory of fixed width needs features of mean zero; those of %s have "
                       "mean %.4g",
                       p->g->name, c.P.mu0);
    double K = (double)p->K, g2 = c.P.g2, m4 = fourth_moment(p->g);
    struct fixed_width w = fixed_width_of(&c, p->K, m4);
    if (f) {
        /* E + sigma^2 = (tau2 + sigma^2)/(1 - kappa) where S is at rest */
        double own = 2.0 * g2 - c.noise / K * (m4 - g2 * g2), eta_max = 2.0 * g2 * K;
        eta_max /= m4 + (K - 1.0) * g2 * g2;
        double kappa = c.noise < eta_max ? c.noise * g2 * g2 / own : INFINITY;
        ov_rf_facts_fill(f, &c, c.P.tau2, kappa, eta_max);
        f->growth = K * log1p(w.change);
    }
    return ov_rf_fill(eps_g, &c, fixed_width_at, &w, t, n, err);
}
