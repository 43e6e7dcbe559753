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
#include "overlap/num/dot.h"
#include "overlap/num/fmath_inline.h"
#include "overlap/num/simd.h"
#include "overlap/num/vasin.h"

static const double half_pi = 0.5 * M_PI;
static const double tiny = 1e-140; /* the square of what counts as nothing */

/* What rounding makes of a vector. Beyond the plane of k and m that is what is left at least, so
 * that fields in one plane have an order there, no matter which: all have the same limit. */
static const double least = 1e-15;

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
    double nearest = 2.0;
    for (size_t i = 0; i < 6; i++) {
        double open = x->pair[pairings[i][0]][pairings[i][1]]->open;
        best = open < nearest ? i : best;
        nearest = open < nearest ? open : nearest;
    }
    for (size_t i = 0; i < 4; i++)
        f->at[i] = pairings[best][i];
    f->sign[0] = 1.0;
    f->sign[1] = sign_of(x->pair[f->at[0]][f->at[1]]->R);
    double sum[2];
    for (size_t i = 0; i < 2; i++)
        sum[i] =
            x->pair[f->at[2 + i]][f->at[0]]->R + f->sign[1] * x->pair[f->at[2 + i]][f->at[1]]->R;
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

/* Cut to [-most, most], which only rounding leaves. */
static double within(double x, double most)
{
    return x < -most ? -most : x > most ? most : x;
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
    double inverse = f->alpha > 0.0 ? 1.0 / f->alpha : 0.0, beyond;
    if (ab->open <= open_a) {
        beyond = root(2.0 * ab->open - f->e0 * f->e0 - f->e1 * f->e1);
        f->ealpha = within(-(ab->open + f->a0 * f->e0 + f->a1 * f->e1) * inverse, beyond);
        f->beta = root((beyond - f->ealpha) * (beyond + f->ealpha));
    } else {
        double b0 = (bk + bm) * km->along, b1 = (bm - bk) * km->across, R = fabs(ab->R);
        double covariance = 0.5 * ((R - bk) + (R - bm)) -
                            (bk + bm) * km->open * km->along * km->along / (1.0 + 2.0 * km->along) +
                            open_a / (1.0 + f->a0) * b0 - f->a1 * b1;
        beyond = root(beyond_z0((1.0 - bk) + (1.0 - bm), km) - b1 * b1);
        double along = within(covariance * inverse, beyond);
        f->ealpha = along - f->alpha;
        f->beta = root((beyond - along) * (beyond + along));
    }
    f->alpha = f->alpha > least ? f->alpha : least;
    f->beta = f->beta > least ? f->beta : least;
    f->cov = f->alpha + f->ealpha;
    f->A = f->alpha * f->alpha;
    f->B = f->cov * f->cov + f->beta * f->beta;
    f->along = f->cov * f->ealpha + f->beta * f->beta;
}

/* ---- the integrand ---- */

/* For fields a, then b, `slots` each: the weight times f, and the smaller of numerator and
 * denominator of tan w in the right size, whose arcsine is w or, with fold < 0, what it lacks to
 * pi/2. After the nodes come the two ends, and one slot for an angle of another kind. */
struct values {
    size_t n, slots;
    double w[OV_RELU_MOST_SLOTS], weight[OV_RELU_MOST_SLOTS];
    double f[2 * OV_RELU_MOST_SLOTS], angle[2 * OV_RELU_MOST_SLOTS], fold[2 * OV_RELU_MOST_SLOTS];
};

/* One field: n.x = w along - across, of squared length `beyond` more, N = w first - second. */
struct line {
    double along, across, beyond, first, second, delta2;
};

OV_CLONES static void integrand(double *restrict f, double *restrict angle, double *restrict fold,
                                const double *restrict w, const double *restrict weight, size_t n,
                                const struct line *restrict p)
{
    const struct line x = *p;
    for (size_t i = 0; i < n; i++) {
        double q = 1.0 + w[i] * w[i], a = w[i] * x.along - x.across, N = w[i] * x.first - x.second;
        double length2 = a * a + x.beyond * q + tiny, N2 = N * N, D2 = x.delta2 * length2;
        double size2 = N2 + D2 + tiny, inverse = 1.0 / (length2 * size2);
        f[i] = weight[i] * a * sqrt(inverse * size2);
        fold[i] = D2 - N2;
        double smaller2 = ov_where_negative(fold[i], D2, N2);
        angle[i] = copysign(sqrt(smaller2 * (inverse * length2)), N);
    }
}

OV_CLONES static void place(double *restrict w, double *restrict weight,
                            const struct ov_relu_rule *restrict rule, double from, double step)
{
    for (size_t i = 0; i < rule->n; i++) {
        w[i] = from + step * rule->at[i];
        weight[i] = fabs(step) * rule->weight[i] / (1.0 + w[i] * w[i]);
    }
}

/* w from its arcsine. */
OV_CLONES static void unfold(double *restrict w, const double *restrict fold, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] = ov_where_negative(fold[i], copysign(half_pi, w[i]) - w[i], w[i]);
}

OV_CLONES static double sum_of(const double *a, const double *b, size_t n)
{
    return ov_dot(a, b, n);
}

/* An angle of tangent N/D, D >= 0, in the last slot of field i. */
static void put_angle(struct values *v, size_t i, double N, double D)
{
    size_t at = i * v->slots + v->n + 2;
    double size2 = N * N + D * D, smaller = fabs(N) < D ? N : copysign(D, N);
    v->angle[at] = size2 > 0.0 ? smaller / sqrt(size2) : 0.0;
    v->fold[at] = D - fabs(N);
    v->f[at] = 0.0;
}

/* The sum over the nodes, and all angles; those of the last slots are in. */
static double evaluate(struct values *v, const struct frame *x)
{
    double delta = x->alpha * x->beta, b0 = x->a0 + x->e0, b1 = x->a1 + x->e1;
    struct line a = {x->a0,
                     x->a1,
                     x->A,
                     x->alpha * x->e0 - x->ealpha * x->a0,
                     x->alpha * x->e1 - x->ealpha * x->a1,
                     x->beta * x->beta};
    struct line b = {
        b0, b1, x->B, x->along * b0 - x->B * x->e0, x->along * b1 - x->B * x->e1, delta * delta};
    size_t n = v->slots;
    double special[2] = {v->angle[v->n + 2], v->angle[n + v->n + 2]};
    double folds[2] = {v->fold[v->n + 2], v->fold[n + v->n + 2]};
    integrand(v->f, v->angle, v->fold, v->w, v->weight, n, &a);
    integrand(v->f + n, v->angle + n, v->fold + n, v->w, v->weight, n, &b);
    for (size_t i = 0; i < 2; i++) {
        v->angle[i * n + v->n + 2] = special[i];
        v->fold[i * n + v->n + 2] = folds[i];
    }
    ov_asin_array(v->angle, v->angle, 2 * n);
    unfold(v->angle, v->fold, 2 * n);
    return sum_of(v->f, v->angle, 2 * n);
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

/* cosh 2u of the ellipse with foci at the ends -T, T through a pole at squared distances up and
 * down from them; its half-axes add up to T exp u. */
static double ellipse(double up, double down, double T2)
{
    return T2 > 0.0 ? (0.5 * (up + down) + sqrt(up * down)) / T2 - 1.0 : INFINITY;
}

/* The rule whose n of Gauss-Legendre's nodes are enough for the nearest pole: the error is about
 * T exp(-2 n u). */
static size_t enough(double cosh_2u, double T)
{
    double x = cosh_2u + root(cosh_2u * cosh_2u - 1.0), x4 = x * x * x * x, x5 = x4 * x;
    if (T < tolerance * x5)
        return 0;
    return T < tolerance * x5 * x4 ? 1 : T < tolerance * x5 * x4 * x4 ? 2 : 3;
}

/* The pole of f of a field (along, across, beyond), where z would be that field. */
static double pole_of(double along, double across, double beyond, double T)
{
    double up = T * along - across, down = T * along + across, more = beyond * (1.0 + T * T);
    return ellipse(up * up + more, down * down + more, T * T * (along * along + beyond));
}

/* The rule: the last one in halves that meet at *split. */
static size_t rule_of(const struct frame *f, const struct forms *g, double *split)
{
    double T = f->T, sum = g->z0z0 + T * T * g->y0y0, twist = 2.0 * T * g->z0y0;
    double up = sum + twist, down = sum - twist;
    double nearest = ellipse(up > 0.0 ? up : 0.0, down > 0.0 ? down : 0.0, T * T * g->y0y0);
    double a = pole_of(f->a0, f->a1, f->A, T);
    double b = pole_of(f->a0 + f->e0, f->a1 + f->e1, f->B, T);
    nearest = a < nearest ? a : nearest;
    double at = g->y0y0 > 0.0 ? -g->z0y0 / g->y0y0 : 0.0;
    *split = at < -T ? -T : at > T ? T : at;
    return enough(b < nearest ? b : nearest, T);
}

/* Nodes and weights. */
static void lay_out(struct values *v, const struct frame *f, const struct forms *g,
                    const struct ov_gauss_relu *w)
{
    double split;
    const struct ov_relu_rule *rule = &w->rule[rule_of(f, g, &split)];
    v->n = rule->n;
    if (rule == &w->rule[OV_RELU_RULES - 1]) {
        place(v->w, v->weight, rule, split, -(f->T + split));
        place(v->w + rule->n, v->weight + rule->n, rule, split, f->T - split);
        v->n = 2 * rule->n;
    } else {
        place(v->w, v->weight, rule, 0.0, f->T);
    }
    v->slots = (v->n + 6) / 4 * 4;
    for (size_t i = v->n; i < v->slots; i++)
        v->w[i] = v->weight[i] = 0.0;
    v->w[v->n] = -f->T;
    v->w[v->n + 1] = f->T;
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
    struct values v;
    choose(&f, x);
    build(&f, x);
    const struct ov_relu_pair *ab = x->pair[f.at[2]][f.at[3]];
    struct forms g = forms_of(&f);
    lay_out(&v, &f, &g, w);
    put_angle(&v, 0, f.cov, f.beta);
    put_angle(&v, 1, g.z0z0 - f.T * f.T * g.y0y0, 2.0 * f.T * f.alpha * f.beta * ab->s);
    double sum = evaluate(&v, &f), asines = 0.0;
    const double *a = v.angle + v.n, *b = a + v.slots;
    double S = 2.0 * M_1_PI * fabs(ab->angle) - 4.0 * M_1_PI * M_1_PI * (f.theta * a[2] + sum);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            asines += x->pair[i][j]->angle;
    x->P = (1.0 + 2.0 * M_1_PI * asines + f.sign[1] * f.sign[2] * f.sign[3] * S) / 16.0;
    x->root_det = x->pair[f.at[0]][f.at[1]]->s * f.alpha * f.beta;
    put(x, &f, 0, 1, a[2]);
    put(x, &f, 0, 2, -a[0]);
    put(x, &f, 1, 2, a[1]);
    put(x, &f, 0, 3, -b[0]);
    put(x, &f, 1, 3, b[1]);
    put(x, &f, 2, 3, f.T > 0.0 ? b[2] : half_pi);
}
