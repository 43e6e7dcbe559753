/* SPDX-License-Identifier: MIT
 *
 * Four ReLU fields: the probability P_4 that all are positive, and those of two of them given that
 * the other two vanish. The fields are unit vectors k, m, a, b.
 * 1. k and m are the pair with the largest |correlation|, signs such that r >= 0. With sgn instead
 *    of theta, sgn k sgn m = 1 but where one of the two is positive only, and there the boundary z
 *    turns from k to m through their angle theta (paper.md eq:orthant_arc):
 *        S = < sgn k sgn m sgn a sgn b >
 *          = (2/pi) asin R_ab - (4/pi^2) [ theta w_ab + int_0^theta (f_a w_a + f_b w_b) dtau ],
 *        f_a = (n.a)/sqrt(1 - (z.a)^2),   n in the plane of k and m, orthogonal to z,
 *    w_a the arcsine of the correlation of n and b given z = a = 0, w_ab that of a and b given
 *    k = m = 0; and P_4 = 1/16 + sum asin/8pi + S/16.
 * 2. The frame: z0 along k + m, y0 along m - k, a and b beyond with coordinates (alpha, 0) and
 *    (b_alpha, b_beta). Then 1 - (z.a)^2 = (n.a)^2 + alpha^2, and the arguments of w_a, as those
 *    of atan2, are linear in n. Everything near an edge (pairs, threes or fours of near-equal
 *    fields) is formed from differences of correlations, which are exact, so that the four vectors
 *    err by rounding only: P_4 and its like are Lipschitz in vectors, not in correlations.
 * 3. z = z0 + w y0, |w| <= T = tan(theta/2): no trigonometry at the nodes. As no field is nearer
 *    to the arc than its ends are to each other, the integrand's poles are far, but where the
 *    planes of k, m and of a, b meet on the arc: near a set of rank 3, w_a and w_b jump there, and
 *    f_a w_a + f_b w_b has a kink. The integral is then split there, with nodes graded to it.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "gauss_relu_internal.h"
#include "overlap/num/fmath_inline.h"
#include "overlap/num/simd.h"
#include "overlap/num/vasin.h"

static const double half_pi = 0.5 * M_PI;
static const double tiny = 1e-300;

/* Error allowed to an integral, by the estimate of enough(); P_4 sees some 1/40 of it. */
static const double tolerance = 1e-12;

struct frame {
    double T, theta;
    double a0, a1, alpha;        /* a */
    double e0, e1, ealpha, beta; /* b - a */
    double A, B;                 /* squared lengths beyond the plane */
    double along;                /* of b and b - a, beyond the plane */
    double cov;                  /* b_alpha */
    size_t at[4];                /* k, m, a, b in the set */
    double sign[4];
};

static double root(double x)
{
    return x > 0.0 ? sqrt(x) : 0.0;
}

/* ---- the frame ---- */

static const unsigned char pairings[6][4] = {{0, 1, 2, 3}, {0, 2, 1, 3}, {0, 3, 1, 2},
                                             {1, 2, 0, 3}, {1, 3, 0, 2}, {2, 3, 0, 1}};

/* 1 - (a.z0)^2 where the two correlations of a with k and m add up to 2 - S. */
static double beyond_z0(double S, const struct ov_relu_pair *km)
{
    return (S * (4.0 - S) - 2.0 * km->open) * km->along * km->along;
}

static double sign_of(double x)
{
    return x < 0.0 ? -1.0 : 1.0;
}

/* k, m the closest pair, a the one of the rest that is nearer to their middle. */
static void choose(struct frame *f, const struct ov_relu_set *x)
{
    size_t best = 0;
    double least = 2.0;
    for (size_t i = 0; i < 6; i++) {
        double open = x->pair[pairings[i][0]][pairings[i][1]]->open;
        best = open < least ? i : best;
        least = open < least ? open : least;
    }
    for (size_t i = 0; i < 4; i++)
        f->at[i] = pairings[best][i];
    f->sign[0] = 1.0;
    f->sign[1] = sign_of(x->pair[f->at[0]][f->at[1]]->R);
    double sum[2];
    for (size_t i = 0; i < 2; i++)
        sum[i] = x->pair[f->at[2 + i]][f->at[0]]->R + f->sign[1] * x->pair[f->at[2 + i]][f->at[1]]->R;
    if (fabs(sum[1]) > fabs(sum[0])) {
        size_t a = f->at[3];
        f->at[3] = f->at[2];
        f->at[2] = a;
        sum[0] = sum[1];
    }
    f->sign[2] = sign_of(sum[0]);
    f->sign[3] = f->sign[2] * sign_of(x->pair[f->at[2]][f->at[3]]->R);
}

/* Correlation of the ith and the jth of k, m, a, b, with their signs. */
static double of(const struct frame *f, const struct ov_relu_set *x, size_t i, size_t j)
{
    return f->sign[i] * f->sign[j] * x->pair[f->at[i]][f->at[j]]->R;
}

static void build(struct frame *f, const struct ov_relu_set *x)
{
    const struct ov_relu_pair *km = x->pair[f->at[0]][f->at[1]], *ab = x->pair[f->at[2]][f->at[3]];
    double ak = of(f, x, 2, 0), am = of(f, x, 2, 1), bk = of(f, x, 3, 0), bm = of(f, x, 3, 1);
    f->T = km->T;
    f->theta = half_pi - fabs(km->angle);
    f->a0 = (ak + am) * km->along;
    f->a1 = (am - ak) * km->across;
    f->e0 = ((bk - ak) + (bm - am)) * km->along;
    f->e1 = ((bm - bk) - (am - ak)) * km->across;
    double open_a = beyond_z0((1.0 - ak) + (1.0 - am), km);
    f->alpha = root(open_a - f->a1 * f->a1);
    double inverse = f->alpha > 0.0 ? 1.0 / f->alpha : 0.0;
    if (ab->open <= open_a) {
        f->ealpha = -(ab->open + f->a0 * f->e0 + f->a1 * f->e1) * inverse;
        f->cov = f->alpha + f->ealpha;
        f->beta = root(2.0 * ab->open - f->e0 * f->e0 - f->e1 * f->e1 - f->ealpha * f->ealpha);
    } else {
        double b0 = (bk + bm) * km->along, b1 = (bm - bk) * km->across, R = fabs(ab->R);
        double covariance = 0.5 * ((R - bk) + (R - bm)) -
                            (bk + bm) * km->open * km->along * km->along / (1.0 + 2.0 * km->along) +
                            open_a / (1.0 + f->a0) * b0 - f->a1 * b1;
        f->cov = covariance * inverse;
        f->ealpha = f->cov - f->alpha;
        f->beta = root(beyond_z0((1.0 - bk) + (1.0 - bm), km) - b1 * b1 - f->cov * f->cov);
    }
    f->A = f->alpha * f->alpha;
    f->B = f->cov * f->cov + f->beta * f->beta;
    f->along = f->cov * f->ealpha + f->beta * f->beta;
}

/* ---- the integrand ---- */

/* For fields a, then b: f, and the smaller of numerator and denominator of tan w in the right
 * size, whose arcsine is w or, with fold < 0, what it lacks to pi/2. */
struct values {
    double f[2][OV_RELU_MOST_NODES], sine[2][OV_RELU_MOST_NODES], fold[2][OV_RELU_MOST_NODES];
};

OV_CLONES static void integrand(struct values *restrict v, const struct frame *restrict p,
                                const double *restrict w, size_t n)
{
    const struct frame x = *p;
    double delta = x.alpha * x.beta;
    for (size_t i = 0; i < n; i++) {
        double q = 1.0 + w[i] * w[i], a = w[i] * x.a0 - x.a1, e = w[i] * x.e0 - x.e1;
        double length = sqrt(a * a + x.A * q + tiny);
        double N = x.alpha * e - x.ealpha * a, D = x.beta * length;
        double size = 1.0 / sqrt(N * N + D * D + tiny), fold = D - fabs(N);
        v->f[0][i] = a / (length * q);
        v->fold[0][i] = fold;
        v->sine[0][i] = copysign(ov_where_negative(fold, D, fabs(N)) * size, N);
    }
    for (size_t i = 0; i < n; i++) {
        double q = 1.0 + w[i] * w[i], e = w[i] * x.e0 - x.e1, b = w[i] * x.a0 - x.a1 + e;
        double length = sqrt(b * b + x.B * q + tiny);
        double N = x.along * b - x.B * e, D = delta * length;
        double size = 1.0 / sqrt(N * N + D * D + tiny), fold = D - fabs(N);
        v->f[1][i] = b / (length * q);
        v->fold[1][i] = fold;
        v->sine[1][i] = copysign(ov_where_negative(fold, D, fabs(N)) * size, N);
    }
}

/* w from its arcsine. */
OV_CLONES static void unfold(double *restrict w, const double *restrict fold, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] = ov_where_negative(fold[i], copysign(half_pi, w[i]) - w[i], w[i]);
}

/* Sum of weight f w over n nodes; the arrays v->sine become the angles. */
static double sum_over(struct values *v, const struct frame *f, const double *w,
                       const double *weight, size_t n)
{
    double sum = 0.0;
    integrand(v, f, w, n);
    for (size_t i = 0; i < 2; i++) {
        ov_asin_array(v->sine[i], v->sine[i], n);
        unfold(v->sine[i], v->fold[i], n);
        for (size_t j = 0; j < n; j++)
            sum += weight[j] * v->f[i][j] * v->sine[i][j];
    }
    return sum;
}

/* ---- the rule ---- */

/* z ^ a ^ (b - a) for z = z0, y0: squared lengths and product. Its square along z0 + w y0,
 * z0z0 + 2 w z0y0 + w^2 y0y0, is what goes to 0 where the planes meet. */
struct forms {
    double z0z0, z0y0, y0y0;
};

static struct forms forms_of(const struct frame *f)
{
    double alpha = f->alpha, beta = f->beta;
    double z = f->a1 * f->ealpha - alpha * f->e1, y = alpha * f->e0 - f->a0 * f->ealpha;
    return (struct forms){z * z + (f->a1 * f->a1 + alpha * alpha) * beta * beta,
                          z * y - f->a0 * f->a1 * beta * beta,
                          y * y + (f->a0 * f->a0 + alpha * alpha) * beta * beta};
}

/* The rule whose n of Gauss-Legendre's nodes on [-T,T] are enough for an integrand with a pole
 * whose distances from the ends add up to 2 T axis: the error is about T rho^(-2n), rho the
 * half-axes' sum of the ellipse through the pole. */
static size_t enough(double axis, double T)
{
    double rho = axis + root(axis * axis - 1.0), rho4 = rho * rho * rho * rho, rho8 = rho4 * rho4;
    double rho20 = rho8 * rho8 * rho4;
    if (T < tolerance * rho8 * rho4)
        return 0;
    return T < tolerance * rho20 ? 1 : T < tolerance * rho20 * rho8 ? 2 : 3;
}

/* The rule: the last one in halves that meet at *split. */
static size_t rule_of(const struct frame *f, const struct forms *g, double *split)
{
    double T = f->T, sum = g->z0z0 + T * T * g->y0y0, y = sqrt(g->y0y0);
    double ends = root(sum + 2.0 * T * g->z0y0) + root(sum - 2.0 * T * g->z0y0);
    double q = 1.0 + T * T, nearest = INFINITY, b0 = f->a0 + f->e0, b1 = f->a1 + f->e1;
    double a[2][3] = {{f->a0, f->a1, f->A}, {b0, b1, f->B}};
    for (size_t i = 0; i < 2; i++) {
        double up = T * a[i][0] - a[i][1], down = T * a[i][0] + a[i][1];
        double scale = 2.0 * T * sqrt(a[i][0] * a[i][0] + a[i][2]);
        double to_ends = sqrt(up * up + a[i][2] * q) + sqrt(down * down + a[i][2] * q);
        nearest = scale * nearest > to_ends ? to_ends / scale : nearest;
    }
    double crossing = y * T > 0.0 ? 0.5 * ends / (y * T) : INFINITY;
    *split = g->y0y0 > 0.0 ? fmax(-T, fmin(T, -g->z0y0 / g->y0y0)) : 0.0;
    return enough(crossing < nearest ? crossing : nearest, T);
}

/* The integral; w at the ends z = k and z = m: end[0] of a, end[1] of b. */
static double integral(double end[2][2], const struct frame *f, const struct forms *g,
                       const struct ov_gauss_relu *w)
{
    double split, at[OV_RELU_MOST_NODES], weight[OV_RELU_MOST_NODES];
    const struct ov_relu_rule *rule = &w->rule[rule_of(f, g, &split)];
    bool graded = rule == &w->rule[OV_RELU_RULES - 1];
    struct values v;
    size_t n = rule->n;
    for (size_t i = 0; i < n; i++) {
        at[i] = graded ? split - (f->T + split) * rule->at[i] : f->T * rule->at[i];
        weight[i] = (graded ? f->T + split : f->T) * rule->weight[i];
    }
    for (size_t i = 0; graded && i < n; i++) {
        at[n + i] = split + (f->T - split) * rule->at[i];
        weight[n + i] = (f->T - split) * rule->weight[i];
    }
    n = graded ? 2 * n : n;
    at[n] = -f->T, at[n + 1] = f->T;
    weight[n] = weight[n + 1] = 0.0;
    double sum = sum_over(&v, f, at, weight, n + 2);
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            end[i][j] = v.sine[i][n + j];
    return sum;
}

/* ---- all of it ---- */

/* p of the pair (i,j) of k, m, a, b, from the angle w of the other two. */
static void put(struct ov_relu_set *x, const struct frame *f, size_t i, size_t j, double angle)
{
    double sign = f->sign[0] * f->sign[1] * f->sign[2] * f->sign[3] * f->sign[i] * f->sign[j];
    double p = 0.25 + 0.5 * M_1_PI * sign * angle;
    x->p[f->at[i]][f->at[j]] = x->p[f->at[j]][f->at[i]] = p;
}

void ov_gauss_relu_four(struct ov_relu_set *x, const struct ov_gauss_relu *w)
{
    struct frame f;
    double end[2][2], asines = 0.0;
    choose(&f, x);
    build(&f, x);
    const struct ov_relu_pair *ab = x->pair[f.at[2]][f.at[3]];
    struct forms g = forms_of(&f);
    double sum = integral(end, &f, &g, w), angle = atan2(f.cov, f.beta);
    double S = 2.0 * M_1_PI * fabs(ab->angle) -
               4.0 * M_1_PI * M_1_PI * (f.theta * angle + sum);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            asines += x->pair[i][j]->angle;
    x->P = (1.0 + 2.0 * M_1_PI * asines + f.sign[1] * f.sign[2] * f.sign[3] * S) / 16.0;
    put(x, &f, 0, 1, angle);
    put(x, &f, 0, 2, -end[0][0]);
    put(x, &f, 1, 2, end[0][1]);
    put(x, &f, 0, 3, -end[1][0]);
    put(x, &f, 1, 3, end[1][1]);
    double open = 2.0 * f.T * f.alpha * f.beta * ab->s;
    x->root_det = x->pair[f.at[0]][f.at[1]]->s * f.alpha * f.beta;
    put(x, &f, 2, 3, f.T > 0.0 ? atan2(g.z0z0 - f.T * f.T * g.y0y0, open) : half_pi);
}
