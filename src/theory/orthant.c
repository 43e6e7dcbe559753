/* SPDX-License-Identifier: MIT
 *
 * 1. P_2 = 1/4 + asin(r)/2pi, P_3 = 1/8 + sum asin/4pi (Sheppard 1899).
 * 2. P_4 has no closed form. Split the four fields in two pairs ab, cd and scale the four
 *    correlations across by t from 0 to 1. Plackett's derivative dP_4/dR_ij = density of (x_i,x_j)
 *    at 0 times the probability that the other two are positive there, so
 *        P_4 = P_2(ab) P_2(cd) + sum_ij (theta_ij/2pi) int_0^1 P_2(rho_ij(u)) du,
 *        theta_ij = asin R_ij, t R_ij = sin(u theta_ij),                    (paper.md eq:orthant)
 *    rho_ij the partial correlation of the other two. The substitution takes the density's
 *    singularity away; u = 1 - (1-w)^4 removes that of P_2 at u = 1 for a singular R, so that 24
 *    Gauss-Legendre nodes in w give 1e-14, and 3e-11 for matrices of rank 3. The pairs are chosen
 *    with the largest correlation inside a pair.
 * 3. Moments: Stein's lemma takes one power after the other,
 *        < x_f F > = sum_c C_fc < dF/dx_c >,
 *    where d theta(x_q)/dx_q = delta(x_q) conditions the rest on x_q = 0: with one half-space
 *    less, Gaussian again (paper.md eq:tallis).
 * Near-equal fields (1 - |r| = d) make partial variances of order d out of numbers of order 1;
 * these are formed in long double from C as it stands, and asin(cov/sd sd) is taken as
 * atan2(cov, sqrt det), so that the error stays near that which rounding C has caused already.
 */
#include "overlap/theory/orthant.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "overlap/num/fmath_inline.h"
#include "overlap/num/simd.h"
#include "overlap/num/sym.h"
#include "overlap/num/vasin.h"

enum { NODES = 24 };

/* u and the weights du of the rule in step 2, made again by tests/constants/legendre.c. */
static const double node[NODES] = {
    0.00959087143424322948, 0.0495929634924998073, 0.117852530260891924, 0.208539095503645757,
    0.314247396850420845,   0.426938811433935754,  0.538886790426895594, 0.643493227312943173,
    0.735864694128538418,   0.813087042359996196,  0.874194266773005863, 0.919880281473352773,
    0.952040149765228101,   0.973244144665206235,  0.986242672908079901, 0.993576386578830127,
    0.997331202072875322,   0.99904150815531587,   0.999714935306933712, 0.99993439289550203,
    0.999989597064956324,   0.999999092729019307,  0.999999974508214734, 0.999999999966467645};
static const double weight[NODES] = {
    0.0245047011711579001,   0.0549269061457023909,   0.0806061877641779583,
    0.0995168052439720362,   0.110543924560820245,    0.113537267395601289,
    0.109249252754599117,    0.0991434652408076157,   0.0851144179381109539,
    0.0691742961761459059,   0.0531637064794736433,   0.0385331734374190127,
    0.0262233746532052338,   0.0166496096512887512,   0.0097749768861738807,
    0.00524164784066848268,  0.00252319040446533811,  0.00106354071128143686,
    0.000378177131479583247, 0.000106935630296398186, 0.0000217240723415115884,
    2.60324625527102035e-6,  1.15120613041830363e-7,  3.43943002455727162e-10};

static const double one_over_two_pi = 0.5 / M_PI;

/* Fields whose correlation is this close to +-1 are one field: 1 - r^2, of the order that rounding
 * C makes. */
static const long double same = 4e-16L;

/* With 1 - r^2 of a pair below this, P_4 is formed in long double. */
static const double regular = 1e-5;

struct gaussian {
    size_t n;
    long double C[OV_ORTHANT_FIELDS][OV_ORTHANT_FIELDS];
};

/* asin of the correlation, for a covariance and two variances. */
static double angle(long double cov, long double vi, long double vj)
{
    long double det = vi * vj - cov * cov;
    return atan2((double)cov, det > 0.0L ? (double)sqrtl(det) : 0.0);
}

static double angle_between(const struct gaussian *x, size_t i, size_t j)
{
    return angle(x->C[i][j], x->C[i][i], x->C[j][j]);
}

/* ---- P_4 ---- */

static const size_t pairings[3][4] = {{0, 1, 2, 3}, {0, 2, 1, 3}, {0, 3, 1, 2}};

/* A term of step 2: i of the first pair, j of the second, their partners ip and jp. */
struct cross {
    double ij, i_in, j_in; /* R of i with j, of i and j with their partners */
    double i_jp, ip_j, ip_jp;
};

/* rho at the nodes: a plain loop, which vectorises. */
static OV_CLONES void correlations(double *restrict rho, struct cross c)
{
    double turns = fabs(ov_asin_inline(c.ij)) * one_over_two_pi, inverse = fabs(1.0 / c.ij);
    double vi0 = (1.0 - c.i_in) * (1.0 + c.i_in), vj0 = (1.0 - c.j_in) * (1.0 + c.j_in);
    double along = c.ip_jp - c.i_in * c.i_jp, sign = c.ij < 0.0 ? -1.0 : 1.0;
    for (int q = 0; q < NODES; q++) {
        double sine, cosine;
        ov_sincos_2pi_inline(&sine, &cosine, turns * node[q]);
        double t = sine * inverse, s = sign * sine, rest = 1.0 / (cosine * cosine);
        double a = t * c.ip_j - c.i_in * s, b = t * c.i_jp - c.j_in * s;
        double vi = vi0 - a * a * rest, vj = vj0 - b * b * rest;
        double cov = t * along - a * (c.j_in - s * t * c.i_jp) * rest;
        rho[q] = cov / sqrt(vi * vj);
    }
}

/* The same with partial covariances in long double: t = sin(u theta)/R_ij. */
static double careful_path(const struct gaussian *x, const size_t at[4])
{
    size_t i = at[0], ip = at[1], j = at[2], jp = at[3];
    const long double(*R)[OV_ORTHANT_FIELDS] = x->C;
    long double theta = angle_between(x, i, j), sum = 0.0L;
    long double vi0 = (1.0L - R[i][ip]) * (1.0L + R[i][ip]);
    long double vj0 = (1.0L - R[j][jp]) * (1.0L + R[j][jp]);
    for (int q = 0; q < NODES; q++) {
        long double s = sinl(theta * node[q]), t = s / R[i][j], rest = 1.0L - s * s;
        long double a = t * R[ip][j] - R[i][ip] * s, b = t * R[i][jp] - R[j][jp] * s;
        long double vi = vi0 - a * a / rest, vj = vj0 - b * b / rest;
        long double cov =
            t * (R[ip][jp] - R[i][ip] * R[i][jp]) - a * (R[j][jp] - s * t * R[i][jp]) / rest;
        sum += weight[q] * angle(cov, vi > 0.0L ? vi : 0.0L, vj > 0.0L ? vj : 0.0L);
    }
    return (double)sum;
}

static double larger(double a, double b)
{
    return fabs(a) > fabs(b) ? fabs(a) : fabs(b);
}

/* The pairing with the largest correlation inside a pair; r as in the header. */
static const size_t *choose(const double r[6])
{
    double inside[3] = {larger(r[0], r[5]), larger(r[1], r[4]), larger(r[3], r[2])};
    size_t best = inside[1] > inside[0] ? 1 : 0;
    return pairings[inside[2] > inside[best] ? 2 : best];
}

/* The ith and jth of four distinct fields, in r. */
static size_t off_diagonal(size_t i, size_t j)
{
    return i > j ? i * (i - 1) / 2 + j : j * (j - 1) / 2 + i;
}

static double two(double asin_r)
{
    return 0.25 + one_over_two_pi * asin_r;
}

/* The term of `at` = {i, ip, j, jp}: rho at the nodes; returns theta/2pi. */
static double term(double rho[NODES], const double r[6], const size_t at[4])
{
    size_t i = at[0], ip = at[1], j = at[2], jp = at[3];
    struct cross c = {r[off_diagonal(i, j)],  r[off_diagonal(i, ip)], r[off_diagonal(j, jp)],
                      r[off_diagonal(i, jp)], r[off_diagonal(ip, j)], r[off_diagonal(ip, jp)]};
    if (fabs(c.ij) < 1e-100) {
        memset(rho, 0, NODES * sizeof *rho);
        return 0.0;
    }
    correlations(rho, c);
    return one_over_two_pi * ov_asin_inline(c.ij);
}

double ov_orthant4_regular(const double r[6])
{
    const size_t *p = choose(r);
    double rho[4 * NODES], theta[4];
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            theta[2 * i + j] =
                term(rho + (2 * i + j) * NODES, r, (size_t[4]){p[i], p[1 - i], p[2 + j], p[3 - j]});
    ov_asin_array(rho, rho, 4 * NODES);
    double sum = two(ov_asin_inline(r[off_diagonal(p[0], p[1])])) *
                 two(ov_asin_inline(r[off_diagonal(p[2], p[3])]));
    for (size_t i = 0; i < 4; i++) {
        double integral = 0.0;
        for (size_t q = 0; q < NODES; q++)
            integral += weight[q] * rho[i * NODES + q];
        sum += theta[i] * two(integral);
    }
    return sum;
}

/* x of four fields, variances 1. */
static double careful_orthant4(const struct gaussian *x, const double r[6])
{
    const size_t *p = choose(r);
    double sum = two(angle_between(x, p[0], p[1])) * two(angle_between(x, p[2], p[3]));
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++) {
            const size_t at[4] = {p[i], p[1 - i], p[2 + j], p[3 - j]};
            if (fabsl(x->C[at[0]][at[2]]) > 1e-100L)
                sum += one_over_two_pi * angle_between(x, at[0], at[2]) * two(careful_path(x, at));
        }
    return sum;
}

static double orthant4(const struct gaussian *x)
{
    struct gaussian unit = {.n = 4};
    double r[6], least = 1.0;
    for (size_t i = 0; i < 4; i++) {
        unit.C[i][i] = 1.0L;
        for (size_t j = 0; j < i; j++) {
            long double R = x->C[i][j] / sqrtl(x->C[i][i] * x->C[j][j]);
            unit.C[i][j] = unit.C[j][i] = R;
            r[off_diagonal(i, j)] = (double)R;
            least = fmin(least, (double)((1.0L - R) * (1.0L + R)));
        }
    }
    return least > regular ? ov_orthant4_regular(r) : careful_orthant4(&unit, r);
}

static double orthant(const struct gaussian *x)
{
    switch (x->n) {
    case 0:
        return 1.0;
    case 1:
        return 0.5;
    case 2:
        return two(angle_between(x, 0, 1));
    case 3:
        return 0.125 +
               0.5 * one_over_two_pi *
                   (angle_between(x, 0, 1) + angle_between(x, 0, 2) + angle_between(x, 1, 2));
    default:
        return orthant4(x);
    }
}

/* ---- half-spaces and powers ---- */

struct moment {
    struct gaussian x;
    size_t n_half, half[OV_ORTHANT_FIELDS];
    size_t n_power, power[OV_ORTHANT_POWERS];
};

static void drop(size_t *list, size_t *n, size_t at)
{
    for (size_t i = at + 1; i < *n; i++)
        list[i - 1] = list[i];
    (*n)--;
}

/* Fields q and r of the half-spaces: 1 the same, -1 opposite, 0 neither. */
static int alike(const struct gaussian *x, size_t q, size_t r)
{
    long double limit = x->C[q][q] * x->C[r][r], cov = x->C[q][r];
    if (q != r && limit - cov * cov > same * limit)
        return 0;
    return cov > 0.0L ? 1 : -1;
}

/* Each half-space once; false if nothing is left of their intersection. */
static bool reduce(struct moment *m)
{
    for (size_t i = 0; i < m->n_half; i++) {
        if (m->x.C[m->half[i]][m->half[i]] <= 0.0L)
            return false;
        for (size_t j = 0; j < i; j++) {
            int sign = alike(&m->x, m->half[i], m->half[j]);
            if (sign < 0)
                return false;
            if (sign > 0) {
                drop(m->half, &m->n_half, i--);
                break;
            }
        }
    }
    return true;
}

static double orthant_of(const struct moment *m)
{
    struct gaussian x = {.n = m->n_half};
    for (size_t i = 0; i < x.n; i++)
        for (size_t j = 0; j < x.n; j++)
            x.C[i][j] = m->x.C[m->half[i]][m->half[j]];
    return orthant(&x);
}

/* All fields given x_q = 0. */
static void condition(struct gaussian *x, size_t q)
{
    long double row[OV_ORTHANT_FIELDS], variance = x->C[q][q];
    for (size_t i = 0; i < x->n; i++)
        row[i] = x->C[q][i];
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < x->n; j++)
            x->C[i][j] -= row[i] * row[j] / variance;
}

/* Step 3. */
static double mean(struct moment m)
{
    if (!reduce(&m))
        return 0.0;
    if (m.n_power == 0)
        return orthant_of(&m);
    size_t f = m.power[0];
    drop(m.power, &m.n_power, 0);
    double sum = 0.0;
    for (size_t i = 0; i < m.n_power; i++) {
        struct moment rest = m;
        drop(rest.power, &rest.n_power, i);
        double c = (double)m.x.C[f][m.power[i]];
        sum += c == 0.0 ? 0.0 : c * mean(rest);
    }
    for (size_t i = 0; i < m.n_half; i++) {
        size_t q = m.half[i];
        struct moment rest = m;
        double c = (double)(m.x.C[f][q] / sqrtl(m.x.C[q][q]));
        drop(rest.half, &rest.n_half, i);
        if (c == 0.0 || (rest.n_power == 0 && rest.n_half == 0)) {
            sum += c * sqrt(one_over_two_pi);
            continue;
        }
        condition(&rest.x, q);
        sum += c * sqrt(one_over_two_pi) * mean(rest);
    }
    return sum;
}

double ov_orthant_moment(const double *C, size_t P, const size_t *half, size_t n_half,
                         const size_t *power, size_t n_power)
{
    struct moment m = {.x.n = P, .n_half = n_half, .n_power = n_power};
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++) {
            if (isnan(C[ov_sym_at(i, j)]))
                return NAN;
            m.x.C[i][j] = C[ov_sym_at(i, j)];
        }
    for (size_t i = 0; i < n_half; i++)
        m.half[i] = half[i];
    for (size_t i = 0; i < n_power; i++)
        m.power[i] = power[i];
    return mean(m);
}

double ov_orthant(const double *C, size_t n)
{
    static const size_t all[OV_ORTHANT_HALF] = {0, 1, 2, 3};
    return ov_orthant_moment(C, n, all, n, NULL, 0);
}
