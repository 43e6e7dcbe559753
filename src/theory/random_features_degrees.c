/* SPDX-License-Identifier: MIT
 *
 * The spectrum of random features on the sphere: shares of the kernel and the teacher's power,
 * degree by degree (paper.md eq:rf_degree).
 */
#include "random_features_degrees_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/sym.h"

enum { DEGREES_MAX = 4000, DEGREES_GENERIC = 500, TERMS_RELU = 200000 };

/* a_n/first = sum_j c_m^2 prod_{i<j} (m_i+1)(m_i+2)/(4 (i+1)(N/2+n+i)),  m_i = n + 2i, as
 * exp(*scale) times the number returned: the factors first rise beyond all numbers. */
static double share(double *scale, size_t n, double N, const double *c2, size_t terms)
{
    static const double big = 0x1p900;
    double sum = 0.0, factor = 1.0;
    *scale = 0.0;
    for (size_t m = n; m < terms; m += 2) {
        double j = 0.5 * (double)(m - n), now = (double)m;
        double ratio = (now + 1.0) * (now + 2.0) / (4.0 * (j + 1.0) * (0.5 * N + (double)n + j));
        sum += factor * c2[m];
        factor *= ratio;
        if (ratio < 1.0 && factor * (now + 2.0) < 1e-18 * sum)
            break;
        if (factor > big) {
            factor /= big;
            sum /= big;
            *scale += log(big);
        }
    }
    return sum;
}

/* B_{n+1}/B_n. */
static double more_harmonics(double n, double N)
{
    return n == 0.0 ? N : (2.0 * n + N) / (2.0 * n + N - 2.0) * (n + N - 2.0) / (n + 1.0);
}

/* One past the last power of this parity. */
static size_t end_of(const double *c2, size_t terms, size_t parity)
{
    size_t end = 0;
    for (size_t m = parity; m < terms; m += 2)
        if (c2[m] > 0.0)
            end = m + 1;
    return end;
}

/* a (n) and ln_B (n) of one activation; `first` is B_n n!/(N (N+2) … (N+2n-2)). */
static enum ov_status shares(double *a, double *ln_B, size_t n, double N,
                             const struct ov_activation *g)
{
    bool kink = g->act == OV_ACT_RELU || g->act == OV_ACT_LEAKY_RELU;
    size_t terms = kink ? TERMS_RELU : n + 400;
    terms = g->act == OV_ACT_GENERIC ? DEGREES_GENERIC : terms;
    double *c2 = calloc(terms, sizeof *c2), ln_first = 0.0;
    if (!c2)
        return OV_ENOMEM;
    enum ov_status status = ov_rf_hermite(c2, terms, g);
    const size_t end[2] = {end_of(c2, terms, 0), end_of(c2, terms, 1)};
    ln_B[0] = 0.0;
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        double scale, sum = share(&scale, i, N, c2, end[i % 2]), degree = (double)i;
        a[i] = sum > 0.0 ? exp(ln_first + scale + log(sum)) : 0.0;
        double more = log(more_harmonics(degree, N));
        ln_first += more + log((degree + 1.0) / (N + 2.0 * degree));
        if (i + 1 < n)
            ln_B[i + 1] = ln_B[i] + more;
    }
    free(c2);
    return status;
}

static double cosine(const struct ov_rf_problem *p, size_t m, size_t n)
{
    double same = m == n ? 1.0 : 0.0;
    return p->teacher == OV_TEACHER_GIVEN && m != n ? p->T[ov_sym_at(m, n)] : same;
}

/* sum_mn v_m v_n P_n(T_mn), n < count, by the recurrence of Gegenbauer's polynomials. */
static void meetings(double *sum, size_t count, const struct ov_rf_problem *p)
{
    double N = (double)p->N;
    memset(sum, 0, count * sizeof *sum);
    for (size_t i = 0; i < p->M; i++)
        for (size_t j = 0; j < p->M; j++) {
            double q = cosine(p, i, j), before = 0.0, now = 1.0, vv = p->v_star[i] * p->v_star[j];
            for (size_t n = 0; n < count; n++) {
                double d = (double)n;
                double next =
                    n == 0 ? q : ((2.0 * d + N - 2.0) * q * now - d * before) / (d + N - 2.0);
                sum[n] += vv * now;
                before = now;
                now = next;
            }
        }
}

/* What lies beyond: what the sum of power (n) lacks of the whole or, where that is rounding, the
 * geometric series on from the last two degrees that there are. */
static double rest(double whole, const double *power, size_t n, const struct ov_activation *g)
{
    double noise = g->act == OV_ACT_GENERIC ? 1e-10 : 1e-14, sum = 0.0, last = 0.0, before = 0.0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        sum += power[i];
        if (power[i] > 0.0) {
            before = last;
            last = power[i];
            at = i;
        }
    }
    if (whole - sum > noise * whole)
        return whole - sum;
    if (at + 2 < n) /* a polynomial */
        return 0.0;
    return last < before ? last * (last / (before - last)) : last;
}

static enum ov_status fill(struct ov_rf_degrees *d, const struct ov_rf_problem *p)
{
    size_t n = d->n;
    double N = (double)p->N, *a = calloc(4 * n, sizeof *a);
    if (!a)
        return OV_ENOMEM;
    double *a_star = a + n, *ln_B = a + 2 * n, *meet = a + 3 * n;
    enum ov_status status = shares(a_star, ln_B, n, N, p->g_star);
    if (status == OV_OK)
        status = shares(a, ln_B, n, N, p->g);
    meetings(meet, n, p);
    for (size_t i = 0; i < n; i++) {
        double tau2 = a_star[i] * meet[i];
        a_star[i] = tau2 > 0.0 ? tau2 : 0.0;
        d->degree[i] = (struct ov_rf_degree){a[i], ln_B[i], a_star[i]};
    }
    d->degree[n] = (struct ov_rf_degree){rest(d->c.P.g2, a, n, p->g), INFINITY,
                                         rest(d->c.P.tau2, a_star, n, p->g_star)};
    free(a);
    return status;
}

static enum ov_status check(const struct ov_rf_problem *p, size_t degrees, struct ov_error *err)
{
    bool generic = p->g->act == OV_ACT_GENERIC || p->g_star->act == OV_ACT_GENERIC;
    size_t most = generic ? DEGREES_GENERIC : DEGREES_MAX;
    if (degrees < 2 || degrees > most)
        return ov_fail(err, OV_EDOM, "%zu degrees: from 2 to %zu are possible", degrees, most);
    if (p->N < 3)
        return ov_fail(err, OV_EUSER, "the theory of degrees needs N of at least 3, not %zu", p->N);
    for (size_t m = 0; m < p->M && p->teacher == OV_TEACHER_GIVEN; m++)
        if (fabs(p->T[ov_sym_at(m, m)] - 1.0) > 1e-9)
            return ov_fail(err, OV_EUSER,
                           "the theory of degrees needs teacher units of length one: T_%zu_%zu = "
                           "%g",
                           m, m, p->T[ov_sym_at(m, m)]);
    return OV_OK;
}

enum ov_status ov_rf_degrees_create(struct ov_rf_degrees **out, const struct ov_rf_problem *p,
                                    size_t degrees, struct ov_error *err)
{
    struct ov_rf_common c;
    *out = NULL;
    enum ov_status status = ov_rf_common_init(&c, p, false, err);
    if (status == OV_OK)
        status = check(p, degrees, err);
    if (status != OV_OK)
        return status;
    struct ov_rf_degrees *d = calloc(1, sizeof *d);
    if (d)
        d->degree = calloc(degrees + 1, sizeof *d->degree);
    if (!d || !d->degree)
        status = OV_ENOMEM;
    else {
        d->n = degrees;
        d->c = c;
        status = fill(d, p);
    }
    if (status != OV_OK) {
        ov_rf_degrees_free(d);
        return ov_fail(err, status, "the spectrum on the sphere: %s", ov_status_name(status));
    }
    if (c.P.mu0 != 0.0)
        ov_rf_common_set_q(&d->c, c.noise * d->degree[0].a);
    *out = d;
    return OV_OK;
}

void ov_rf_degrees_free(struct ov_rf_degrees *d)
{
    if (!d)
        return;
    free(d->degree);
    free(d);
}

struct ov_rf_degree ov_rf_degrees_get(const struct ov_rf_degrees *d, size_t n)
{
    return d->degree[n < d->n ? n : d->n];
}
