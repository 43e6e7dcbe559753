/* SPDX-License-Identifier: MIT
 *
 * Errors of what is measured: over seeds, and theory's own, where theory is an average over random
 * numbers. Those of theory are the same for all seeds and times, and have nothing to do with those
 * of simulation: the two errors add up in squares, and seeds make only one of them smaller.
 */
#include "claim_internal.h"

#include <math.h>

/* Nothing is less likely than this beside two errors. */
static const double least_p = 1e-30;

/* ---- of a sample ---- */

/* A few runs that all diverged do not show that all do: the error is that of a share with one more
 * of each kind (Laplace), which is never 0. */
static struct ov_mean share_of(const struct ov_sample *s)
{
    double n = (double)s->n, ones = 0.0;
    for (size_t i = 0; i < s->n; i++)
        ones += s->x[i];
    double p = (ones + 1.0) / (n + 2.0), sd = sqrt(p * (1.0 - p));
    return (struct ov_mean){s->n, ones / n, sd, sd / sqrt(n)};
}

static struct ov_mean over_seeds(const struct ov_sample *s, bool log_scale)
{
    if (s->share && s->n > 1 && !log_scale)
        return share_of(s);
    if (!s->single)
        return ov_jackknife(s->x, s->n, s->reduce, log_scale);
    double x = ov_reduce(s->x, s->n, s->reduce);
    return (struct ov_mean){s->n, log_scale ? log(fabs(x)) : x, 0.0, 0.0};
}

double ov_estimate_se(const struct ov_estimate *e)
{
    return e->theory_se > 0.0 ? hypot(e->seed_se, e->theory_se) : e->seed_se;
}

struct ov_estimate ov_sample_estimate(const struct ov_sample *s, bool log_scale)
{
    struct ov_mean m = over_seeds(s, log_scale);
    struct ov_estimate e = {m.mean, m.se, 0.0, HUGE_VAL};
    if (!s->higher)
        return e;
    double here = ov_reduce(s->x, s->n, s->reduce), above = ov_reduce(s->higher, s->n, s->reduce),
           below = ov_reduce(s->lower, s->n, s->reduce);
    if (log_scale) {
        here = log(fabs(here));
        above = log(fabs(above));
        below = log(fabs(below));
    }
    e.theory_se = fmax(fabs(above - here), fabs(below - here));
    e.theory_freedom = s->theory_freedom;
    return e;
}

/* ---- of a test ---- */

void ov_test_errors(struct ov_test *t, double seed_se, double seed_freedom, double theory_se,
                    double theory_freedom)
{
    t->seed_se = seed_se;
    t->freedom = seed_freedom;
    t->theory_se = theory_se;
    t->theory_freedom = theory_freedom;
    t->se = theory_se > 0.0 ? hypot(seed_se, theory_se) : seed_se;
}

/* What a side has in the square of a half-width at p. */
static double square_of(double se, double freedom, double p)
{
    double far = se > 0.0 ? se * ov_student_quantile(p, freedom) : 0.0;
    return far * far;
}

double ov_test_halfwidth(const struct ov_test *t, double p)
{
    if (!(t->theory_se > 0.0))
        return t->se > 0.0 ? ov_student_quantile(p, t->freedom) * t->se : t->se;
    return sqrt(square_of(t->seed_se, t->freedom, p) +
                square_of(t->theory_se, t->theory_freedom, p));
}

/* The p at which half of the interval is this distance >= 0. */
static double tail_of_both(double distance, const struct ov_test *t)
{
    double low = log(least_p), high = log(0.5);
    for (int i = 0; i < 40; i++) {
        double middle = 0.5 * (low + high);
        if (ov_test_halfwidth(t, exp(middle)) > distance)
            low = middle;
        else
            high = middle;
    }
    return exp(high);
}

double ov_test_tail(double distance, const struct ov_test *t)
{
    if (!(t->se > 0.0) || !isfinite(distance))
        return distance >= 0.0 ? 0.0 : 1.0;
    if (!(t->theory_se > 0.0))
        return ov_student_tail(distance / t->se, t->freedom);
    return distance < 0.0 ? 1.0 - tail_of_both(-distance, t) : tail_of_both(distance, t);
}

/* ---- how many seeds ---- */

/* Whether n seeds would decide beside theory's own error. */
static bool would_decide(const struct ov_measure *m, size_t n, double p)
{
    struct ov_test t = {0};
    ov_test_errors(&t, m->spread / sqrt((double)n), (double)n - 1.0, m->floor, m->floor_freedom);
    if (isinf(m->far))
        return ov_test_halfwidth(&t, p) <= m->slack;
    return ov_test_tail(m->slack, &t) + ov_test_tail(m->far, &t) <= p;
}

/* As ov_seeds_needed: 0 if none do. */
static size_t needed_beside_theory(const struct ov_measure *m, double p)
{
    size_t too_few = 1, enough = OV_CLAIM_MOST_SEEDS;
    if (m->n == 0 || !(m->slack > 0.0) || !would_decide(m, enough, p))
        return 0;
    while (enough - too_few > 1) {
        size_t middle = too_few + (enough - too_few) / 2;
        if (would_decide(m, middle, p))
            enough = middle;
        else
            too_few = middle;
    }
    return enough;
}

size_t ov_measure_needed(const struct ov_measure *m, double level)
{
    double p = level * m->share;
    size_t n = m->floor > 0.0
                   ? needed_beside_theory(m, p)
                   : ov_seeds_needed(m->spread, m->slack, m->far, p, OV_CLAIM_MOST_SEEDS);
    return n > 0 && n <= m->n ? m->n + 1 : n; /* those that are there did not do */
}
