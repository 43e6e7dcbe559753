/* SPDX-License-Identifier: MIT
 *
 * The mean derivatives D (ov_gauss_slopes) where the covariance is singular: equal, opposite,
 * dependent and vanishing fields. sum_c D_kc C_cb = G_kb does not determine D there.
 */
#include <math.h>
#include <string.h>

#include "theory/pairs.h"
#include "theory/plane.h"

static bool has_kink(const struct ov_activation *g)
{
    return g->act == OV_ACT_RELU || g->act == OV_ACT_LEAKY_RELU;
}

/* tanh as a sum of erf units, whose slope errs by 2e-6 at most. */
static bool is_sum(const struct network *n)
{
    return strcmp(n->g->name, "tanh") == 0 && (n->g_star == n->g || n->g_star->act <= OV_ACT_ERF);
}

/* ---- against the definition ---- */

enum { EQUAL, OPPOSITE, NO_STUDENT, NO_TEACHER, WAYS };

/* A teacher and two students; the last student is the teacher, or its opposite, or nothing. */
static void singular_plane(struct plane *p, int way, gsl_rng *r)
{
    struct network *n = p->n;
    double student[2] = {gsl_ran_flat(r, 0.5, 0.8), gsl_ran_flat(r, -0.6, -0.3)};
    double teacher[2] = {gsl_ran_flat(r, 0.5, 0.8), gsl_ran_flat(r, 0.3, 0.6)};
    double sign = way == EQUAL ? 1.0 : way == OPPOSITE ? -1.0 : 0.0;
    for (size_t i = 0; i < 2; i++) {
        p->A[0][i] = way == NO_TEACHER ? 0.0 : teacher[i];
        p->A[1][i] = student[i];
        p->A[2][i] = way == NO_TEACHER ? teacher[i] : sign * teacher[i];
    }
    n->s[0] = 1.0;
    n->s[1] = -0.6;
    n->s[2] = -1.1;
    plane_fields(p);
}

/* Where kinks lie on one another the mean of g'(lambda_k) e has one derivative by m_c, but two second
 * ones; and a field that is nothing sits on its kink. */
START_TEST(slopes_of_singular_fields_are_mean_derivatives)
{
    gsl_rng *r = ov_test_rng(911);
    double most = 0.0, most_kinks = 0.0, D[64];
    for (size_t turn = 0; turn < WAYS * ov_activation_count * ov_activation_count; turn++) {
        size_t at = turn / WAYS;
        int way = (int)(turn % WAYS);
        struct network n = {.K = 2,
                            .M = 1,
                            .g = &ov_activations[at % ov_activation_count],
                            .g_star = &ov_activations[at / ov_activation_count]};
        struct plane p = {.n = &n};
        bool kinks = has_kink(n.g) && has_kink(n.g_star);
        if ((way == NO_STUDENT && has_kink(n.g)) || (way == NO_TEACHER && has_kink(n.g_star)))
            continue;
        double bound = kinks ? 1e-4 : is_sum(&n) ? 3e-6 : 1e-7;
        singular_plane(&p, way, r);
        plane_slopes(D, &p, kinks ? 1e-4 : 5e-3);
        slopes(&n);
        for (size_t i = 0; i < n.K * n.P; i++) {
            double off = fabs(n.G[i] - D[i]) / (1.0 + fabs(D[i]));
            *(kinks ? &most_kinks : &most) = fmax(kinks ? most_kinks : most, off);
            ck_assert_msg(off < bound, "%s student, %s teacher, way %d: %zu is off by %g",
                          n.g->name, n.g_star->name, way, i, off);
        }
    }
    printf("    largest deviation %.2g, of two with kinks %.2g\n", most, most_kinks);
    gsl_rng_free(r);
}
END_TEST

/* ---- a D by way of the inverse ---- */

/* D = G C^+: what G leaves open it sets to nothing. */
static void by_the_inverse(double *D, struct network *n)
{
    double inverse[64], range[64];
    size_t rank;
    contract(n);
    ck_ok(ov_sym_pseudo_inverse(inverse, range, &rank, n->C, n->P, 1e-10));
    for (size_t k = 0; k < n->K; k++)
        for (size_t c = 0; c < n->P; c++) {
            D[k * n->P + c] = 0.0;
            for (size_t b = 0; b < n->P; b++)
                D[k * n->P + c] += n->G[k * n->P + b] * inverse[b * n->P + c];
        }
}

/* It gives G again, so that nobody would notice with one block; the definition tells. */
START_TEST(inverse_of_the_covariance_is_seen)
{
    gsl_rng *r = ov_test_rng(912);
    size_t turns = 0;
    for (size_t at = 0; at < 25; at++) {
        struct network n = {
            .K = 2, .M = 1, .g = &ov_activations[at % 5], .g_star = &ov_activations[at / 5]};
        struct plane p = {.n = &n};
        double D[64], wrong[64], off = 0.0;
        singular_plane(&p, EQUAL, r);
        by_the_inverse(wrong, &n);
        for (size_t i = 0; i < n.K * n.P; i++) {
            double sum = 0.0;
            for (size_t c = 0; c < n.P; c++)
                sum += wrong[i / n.P * n.P + c] * n.C[ov_sym_at(c, i % n.P)];
            ck_agree(n.G[i], sum, 0.0, 1e-12);
        }
        plane_slopes(D, &p, 1e-3);
        for (size_t i = 0; i < n.K * n.P; i++)
            off = fmax(off, fabs(wrong[i] - D[i]));
        ck_assert_msg(off > 0.1, "%s student, %s teacher: off by %g only", n.g->name,
                      n.g_star->name, off);
        turns++;
    }
    ck_assert_uint_eq(turns, 25);
    gsl_rng_free(r);
}
END_TEST

/* ---- perfect learning ---- */

/* Two teachers, of which each has a student at distance d, and a spare student of length d. */
static struct network all_but_learnt(const struct ov_activation *g, double d)
{
    static const double A[5][6] = {{0.9, 0.2, 0.0},
                                   {-0.1, 1.1, 0.0},
                                   {0.9, 0.2, 0.0},
                                   {-0.1, 1.1, 0.0},
                                   {0.0}},
                        off[5][6] = {{0.0},
                                     {0.0},
                                     {0.3, 0.1, 0.0, 0.8},
                                     {0.2, 0.0, 0.0, 0.0, 0.6},
                                     {0.2, 0.5, 0.0, 0.0, 0.0, 0.7}};
    struct network n = {.K = 3, .M = 2, .g = g, .g_star = g, .s = {1, 1, -1, -1, -0.5}};
    for (size_t a = 0; a < 5; a++)
        for (size_t b = 0; b <= a; b++)
            for (size_t j = 0; j < 6; j++)
                n.C[ov_sym_at(a, b)] += (A[a][j] + d * off[a][j]) * (A[b][j] + d * off[b][j]);
    return n;
}

/* How far D at distance d is from D at none. */
static double way_to_the_teacher(const struct ov_activation *g, double d, bool inverse)
{
    struct network there = all_but_learnt(g, 0.0), n = all_but_learnt(g, d);
    double D[64], off = 0.0;
    slopes(&there);
    if (inverse)
        by_the_inverse(D, &n);
    else
        slopes(&n);
    for (size_t i = 0; i < 15; i++)
        off = fmax(off, fabs((inverse ? D[i] : n.G[i]) - there.G[i]));
    return off;
}

START_TEST(slopes_are_smooth_at_perfect_learning)
{
    for (size_t i = 0; i < ov_activation_count; i++) {
        const struct ov_activation *g = &ov_activations[i];
        if (has_kink(g))
            continue;
        double far = way_to_the_teacher(g, 1e-3, false), near = way_to_the_teacher(g, 1e-9, false);
        printf("    %-10s D moves by %.2g at distance 1e-3, by %.2g at 1e-9\n", g->name, far, near);
        ck_assert(near < 1.1e-6 * far + 1e-12);
        ck_assert(g->act == OV_ACT_LINEAR ? far == 0.0 : far > 1e-5);
    }
    ck_assert_double_gt(way_to_the_teacher(&ov_activations[OV_ACT_ERF], 1e-9, true), 0.1);
}
END_TEST

/* The spare unit aside, ReLU's D moves like the angle to the teacher. */
START_TEST(slopes_of_relu_units_move_like_the_angle)
{
    for (int k = 2; k <= 7; k++) {
        double d = pow(10.0, -k), T = 0.8;
        struct network n = {.K = 1, .M = 1, .s = {1.0, -1.0}, .C = {T, T, T + d * d * T}};
        n.g = n.g_star = &ov_activations[OV_ACT_RELU];
        slopes(&n);
        /* J_kc = (pi - angle)/2 pi, H_k = sin(angle)/2 pi |w*|/|w| */
        double angle = atan(d);
        ck_agree(0.5 - angle / (2.0 * M_PI), n.G[0], 0.0, 1e-8);
        ck_agree(sin(angle) * cos(angle) / (2.0 * M_PI), n.G[1] + 0.5, 0.0, 1e-8);
    }
}
END_TEST

/* ---- the rest ---- */

START_TEST(nan_comes_out_of_every_pair)
{
    for (size_t pair = 0; pair < ov_activation_count * ov_activation_count; pair++) {
        struct network n = {.K = 1, .M = 1, .C = {1.0, NAN, 1.0}, .s = {1.0, -1.0}};
        n.g = &ov_activations[pair % ov_activation_count];
        n.g_star = &ov_activations[pair / ov_activation_count];
        slopes(&n);
        bool needs = n.g->act != OV_ACT_LINEAR;
        ck_assert_msg(!needs || isnan(n.G[0]) || isnan(n.G[1]), "%s student, %s teacher: %g %g",
                      n.g->name, n.g_star->name, n.G[0], n.G[1]);
        ck_assert(isnan(n.Nz[0]));
    }
}
END_TEST

/* Students without weights, and without an opinion: nothing is undefined. */
START_TEST(zero_norm_is_finite_in_every_pair)
{
    for (size_t pair = 0; pair < ov_activation_count * ov_activation_count; pair++) {
        struct network n = {.K = 2, .M = 1, .sigma = 0.1, .C = {1.0}, .s = {1.0, -1.0, -1.0}};
        n.g = &ov_activations[pair % ov_activation_count];
        n.g_star = &ov_activations[pair / ov_activation_count];
        slopes(&n);
        for (size_t i = 0; i < 6; i++)
            ck_assert_msg(isfinite(n.G[i]), "%s student, %s teacher", n.g->name, n.g_star->name);
        if (n.g->act == OV_ACT_RELU)
            for (size_t i = 0; i < 6; i++)
                ck_assert_double_eq(n.G[i], 0.0);
    }
}
END_TEST

/* tanh as a sum of erf units and by quadrature; lengths scaled by `by`. */
static double ways_of_tanh(size_t teacher, double by, gsl_rng *r)
{
    struct network n = {.K = 2, .M = 2, .g = ov_activation_find("tanh")}, m;
    double off = 0.0;
    n.g_star = teacher == 2 ? n.g : &ov_activations[teacher];
    random_network(n.C, n.s, 2, 2, FIELDS_TWIN, r);
    for (size_t i = 0; i < ov_sym_size(4); i++)
        n.C[i] *= by * by;
    m = n;
    slopes(&n);
    struct ov_gauss *w = averages_of(&m);
    ov_gauss_set_tol(w, 1e-10);
    ov_gauss_slopes(m.G, m.Nz, w, m.C, m.s, 0.0);
    ov_gauss_free(w);
    for (size_t i = 0; i < n.K * n.P; i++)
        off = fmax(off, fabs(m.G[i] - n.G[i]));
    return off;
}

START_TEST(both_ways_of_tanh_agree)
{
    static const double by[] = {0.0, 0.1, 0.3, 1.0}, bound[] = {1e-5, 1e-5, 5e-6, 1e-7};
    gsl_rng *r = ov_test_rng(913);
    for (size_t i = 0; i < 12; i++) {
        double off = ways_of_tanh(i % 3, by[i / 3], r);
        printf("    lengths %g, %s teacher: %.2g\n", by[i / 3],
               i % 3 == 2 ? "tanh" : ov_activations[i % 3].name, off);
        ck_assert(off < bound[i / 3] && off > 1e-13);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, slopes_of_singular_fields_are_mean_derivatives);
    OV_TEST(s, inverse_of_the_covariance_is_seen);
    OV_TEST(s, slopes_are_smooth_at_perfect_learning);
    OV_TEST(s, slopes_of_relu_units_move_like_the_angle);
    OV_TEST(s, nan_comes_out_of_every_pair);
    OV_TEST(s, zero_norm_is_finite_in_every_pair);
    OV_TEST(s, both_ways_of_tanh_agree);
}

OV_TEST_MAIN("theory/gauss_slopes_singular");
