/* SPDX-License-Identifier: MIT
 *
 * eps_g against quadrature and against averages over fresh inputs.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/model/eps_g.h"
#include "overlap/num/stats.h"
#include "test.h"

/* The activations themselves, not the library's. */
static double activate(const char *name, double x)
{
    if (strcmp(name, "linear") == 0)
        return x;
    if (strcmp(name, "erf") == 0)
        return erf(x / sqrt(2.0));
    if (strcmp(name, "relu") == 0)
        return fmax(x, 0.0);
    if (strcmp(name, "quadratic") == 0)
        return x * x;
    if (strcmp(name, "he2") == 0)
        return x * x - 1.0;
    if (strcmp(name, "tanh") == 0)
        return tanh(x);
    if (strcmp(name, "sigmoid") == 0)
        return 1.0 / (1.0 + exp(-x));
    if (strcmp(name, "softplus") == 0)
        return log1p(exp(x));
    if (strcmp(name, "gelu") == 0)
        return x * 0.5 * erfc(-x / sqrt(2.0));
    if (strcmp(name, "silu") == 0)
        return x / (1.0 + exp(-x));
    if (strcmp(name, "leaky_relu") == 0)
        return fmax(0.01 * x, x);
    if (strcmp(name, "he3") == 0)
        return pow(x, 3.0) - 3.0 * x;
    if (strcmp(name, "he4") == 0)
        return pow(x, 4.0) - 6.0 * x * x + 3.0;
    return strcmp(name, "sin") == 0 ? sin(x) : NAN;
}

enum { ANGLES = 48, RADII = 56, NODES = 4 * ANGLES * RADII, ACTS = 14 };

/* Two fields at the nodes of a rule in polar coordinates, which starts anew at each angle where
 * one of them changes sign: between those every activation is smooth. */
struct plane {
    size_t n;
    double x[NODES], y[NODES], weight[NODES];
};

static int increasing(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* x = sqrt(aa) z, y = slope z + rest u. */
static void fill(struct plane *p, double aa, double ab, double bb)
{
    double slope = aa > 0.0 ? ab / sqrt(aa) : 0.0, rest = sqrt(fmax(bb - slope * slope, 0.0));
    double turn = atan(slope / rest); /* y = 0 at -turn and pi - turn */
    turn = isnan(turn) ? 0.0 : turn;
    double edge[5] = {-0.5 * M_PI, 0.5 * M_PI, -turn, M_PI - turn};
    qsort(edge, 4, sizeof *edge, increasing);
    edge[4] = edge[0] + 2.0 * M_PI;
    gsl_integration_glfixed_table *angles = gsl_integration_glfixed_table_alloc(ANGLES);
    gsl_integration_glfixed_table *radii = gsl_integration_glfixed_table_alloc(RADII);
    p->n = 0;
    for (size_t sector = 0; sector < 4; sector++)
        for (size_t i = 0; i < ANGLES; i++)
            for (size_t j = 0; j < RADII; j++, p->n++) {
                double t, wt, r, wr;
                gsl_integration_glfixed_point(edge[sector], edge[sector + 1], i, &t, &wt, angles);
                gsl_integration_glfixed_point(0.0, 10.0, j, &r, &wr, radii);
                p->x[p->n] = sqrt(aa) * r * cos(t);
                p->y[p->n] = slope * r * cos(t) + rest * r * sin(t);
                p->weight[p->n] = wt * wr * r * exp(-0.5 * r * r) / (2.0 * M_PI);
            }
    gsl_integration_glfixed_table_free(angles);
    gsl_integration_glfixed_table_free(radii);
}

/* I2 of all pairs by that rule against the library's; the largest deviation. */
static double worst_of_all_pairs(double aa, double ab, double bb, const double scale[2])
{
    static struct plane p;
    static double g[2][ACTS][NODES];
    fill(&p, aa, ab, bb);
    for (size_t a = 0; a < ACTS; a++)
        for (size_t i = 0; i < p.n; i++) {
            g[0][a][i] = p.weight[i] * activate(ov_activations[a].name, p.x[i]);
            g[1][a][i] = activate(ov_activations[a].name, p.y[i]);
        }
    double worst = 0.0;
    for (size_t a = 0; a < ACTS; a++)
        for (size_t b = 0; b < ACTS; b++) {
            double sum = 0.0;
            for (size_t i = 0; i < p.n; i++)
                sum += g[0][a][i] * g[1][b][i];
            double I2 = ov_I2(&ov_activations[a], &ov_activations[b], aa * scale[0], ab * scale[0],
                              bb * scale[0]);
            double off = fabs(sum - I2) / (1.0 + fabs(sum));
            ck_assert_msg(off < scale[1], "%s %s at %.17g %.17g %.17g: %.17g, expected %.17g",
                          ov_activations[a].name, ov_activations[b].name, aa, ab, bb, I2, sum);
            worst = fmax(worst, off);
        }
    return worst;
}

/* All pairs of all activations: random covariances, correlations 1 - 10^-k to both sides, equal
 * and opposite fields, fields of zero and of larger variance. */
START_TEST(I2_against_quadrature)
{
    static const double bound[2] = {1.0, 1e-10};
    gsl_rng *r = ov_test_rng(61);
    double worst = 0.0;
    ck_assert_uint_eq(ov_activation_count, ACTS);
    for (int i = 0; i < 40; i++) {
        double aa = 2.0 * gsl_rng_uniform(r), bb = 2.0 * gsl_rng_uniform(r);
        double near = i < 16 ? 2.0 * gsl_rng_uniform(r) - 1.0 : 1.0 - pow(10.0, -(i - 14) / 2);
        aa = i == 38 ? 0.0 : i == 37 ? 5.0 : aa;
        bb = i == 39 ? 0.0 : bb;
        near = i == 36 ? 1.0 : near;
        worst = fmax(
            worst, worst_of_all_pairs(aa, (i % 2 ? 1.0 : -1.0) * near * sqrt(aa * bb), bb, bound));
    }
    printf("    largest deviation of 7840: %.2g\n", worst);
    gsl_rng_free(r);
}
END_TEST

/* The comparison notices a covariance that is off by a tenth of a percent. */
START_TEST(comparison_with_quadrature_bites)
{
    static const double off[2] = {1.001, INFINITY};
    ck_assert_double_gt(worst_of_all_pairs(0.9, 0.4, 1.2, off), 1e-4);
}
END_TEST

START_TEST(I2_is_symmetric_and_odd_in_the_covariance)
{
    gsl_rng *r = ov_test_rng(62);
    for (int i = 0; i < 100; i++) {
        double aa = 3.0 * gsl_rng_uniform(r), bb = 3.0 * gsl_rng_uniform(r);
        double ab = sqrt(aa * bb) * (2.0 * gsl_rng_uniform(r) - 1.0);
        for (size_t a = 0; a < ov_activation_count; a++)
            for (size_t b = 0; b < ov_activation_count; b++) {
                const struct ov_activation *f = &ov_activations[a], *h = &ov_activations[b];
                double x = ov_I2(f, h, aa, ab, bb);
                int generic = a >= OV_ACT_GENERIC && b >= OV_ACT_GENERIC;
                ck_agree(x, ov_I2(h, f, bb, ab, aa), 1e-15, generic ? 1e-10 : 0.0);
                if (a <= OV_ACT_ERF && b <= OV_ACT_ERF)
                    ck_agree(-x, ov_I2(f, h, aa, -ab, bb), 0, 0);
            }
    }
    gsl_rng_free(r);
}
END_TEST

static double I2_of(enum ov_act a, enum ov_act b, double aa, double ab, double bb)
{
    return ov_I2(&ov_activations[a], &ov_activations[b], aa, ab, bb);
}

START_TEST(I2_at_the_edges)
{
    ck_agree(1.0, I2_of(OV_ACT_ERF, OV_ACT_ERF, 1e300, 1e300, 1e300), 1e-15, 0);
    ck_agree(1.0, I2_of(OV_ACT_ERF, OV_ACT_ERF, 1.0, 5.0, 1.0), 1e-15, 0); /* clipped */
    ck_agree(-1.0, I2_of(OV_ACT_ERF, OV_ACT_ERF, 1.0, -5.0, 1.0), 1e-15, 0);
    ck_agree(0.0, I2_of(OV_ACT_ERF, OV_ACT_ERF, 0.0, 0.0, 0.0), 0, 0);
    ck_agree(1.0 / 3.0, I2_of(OV_ACT_ERF, OV_ACT_ERF, 1.0, 1.0, 1.0), 1e-15, 0);
    ck_agree(0.5, I2_of(OV_ACT_RELU, OV_ACT_RELU, 1.0, 1.0, 1.0), 1e-15, 0);
    ck_agree(0.0, I2_of(OV_ACT_RELU, OV_ACT_RELU, 1.0, -1.0, 1.0), 0, 1e-16);
    ck_agree(0.5 / M_PI, I2_of(OV_ACT_RELU, OV_ACT_RELU, 1.0, 0.0, 1.0), 1e-15, 0);
    ck_agree(3.0, I2_of(OV_ACT_QUADRATIC, OV_ACT_QUADRATIC, 1.0, 1.0, 1.0), 0, 0);
    ck_agree(2.0, I2_of(OV_ACT_HE2, OV_ACT_HE2, 1.0, 1.0, 1.0), 0, 0);
    for (size_t a = 0; a < ov_activation_count; a++)
        for (size_t b = 0; b < ov_activation_count; b++) {
            const struct ov_activation *f = &ov_activations[a], *h = &ov_activations[b];
            ck_assert(isnan(ov_I2(f, h, NAN, 0.1, 1.0)));
            ck_assert(isnan(ov_I2(f, h, 1.0, NAN, 1.0)));
            ck_assert(isnan(ov_I2(f, h, 1.0, 0.1, NAN)));
            ck_assert(!isnan(ov_I2(f, h, 0.0, 0.0, 0.0)));
            ck_assert(!isnan(ov_I2(f, h, 1.0, 1.0 + 1e-9, 1.0))); /* rounding */
        }
}
END_TEST

/* The stated error of the quadrature for larger variances, seen on erf taken for generic. */
START_TEST(generic_quadrature_keeps_its_error)
{
    struct ov_activation copy = ov_activations[OV_ACT_ERF];
    copy.act = OV_ACT_GENERIC;
    double worst = 0.0;
    for (double aa = 1e-4; aa < 280.0; aa *= 1.9)
        for (double r = -1.0; r < 1.05; r += 0.25) {
            double bb = 3.0 * aa / (1.0 + aa), ab = r * sqrt(aa * bb);
            double exact = I2_of(OV_ACT_ERF, OV_ACT_ERF, aa, ab, bb);
            worst = fmax(worst, fabs(exact - ov_I2(&copy, &copy, aa, ab, bb)));
            worst =
                fmax(worst, fabs(exact - ov_I2(&copy, &ov_activations[OV_ACT_ERF], aa, ab, bb)));
        }
    printf("    largest deviation %.2g\n", worst);
    ck_assert_double_lt(worst, 1e-12);
}
END_TEST

/* GELU that is not known as such. */
static double unknown_gelu(double x)
{
    return 0.5 * x * erfc(-x / sqrt(2.0));
}

START_TEST(closed_form_of_gelu_agrees_with_quadrature)
{
    const struct ov_activation *gelu = ov_activation_find("gelu");
    struct ov_activation copy = *gelu;
    copy.g = unknown_gelu;
    double worst = 0.0, seen = INFINITY;
    for (double aa = 1e-3; aa < 40.0; aa *= 3.1)
        for (double r = -1.0; r < 1.05; r += 0.4) {
            double bb = 0.1 + 2.0 * aa / (1.0 + 0.1 * aa), ab = r * sqrt(aa * bb);
            double by_nodes = ov_I2(&copy, &copy, aa, ab, bb), size = 1.0 + sqrt(aa * bb);
            worst = fmax(worst, fabs(ov_I2(gelu, gelu, aa, ab, bb) - by_nodes) / size);
            double off = ov_I2(gelu, gelu, aa, ab, 1.0001 * bb + 1e-4) - by_nodes;
            seen = fmin(seen, fabs(off) / size);
        }
    printf("    largest deviation %.2g; of other fields at least %.2g\n", worst, seen);
    ck_assert_double_lt(worst, 1e-12);
    ck_assert_double_gt(seen, 1e-10);
}
END_TEST

enum { K = 3, M = 2, N = 12, INPUTS = 40000 };

struct networks {
    double w[K][N], w_star[M][N];
    struct ov_overlaps o;
};

/* Lengths of about `size`. */
static struct networks random_networks(double size, gsl_rng *r)
{
    struct networks n;
    ck_ok(ov_overlaps_create(&n.o, K, M));
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < K; k++)
            n.w[k][i] = 0.8 * size * gsl_ran_ugaussian(r);
        for (int m = 0; m < M; m++)
            n.w_star[m][i] = 1.2 * size * gsl_ran_ugaussian(r);
    }
    for (int k = 0; k < K; k++)
        n.o.v[k] = gsl_ran_ugaussian(r);
    for (int m = 0; m < M; m++)
        n.o.v_star[m] = gsl_ran_ugaussian(r);
    ov_overlaps_measure(&n.o, n.w[0], n.w_star[0], N);
    return n;
}

/* (phi - phi*)^2/2 of one fresh input. */
static double one_error(const struct networks *n, const char *g, const char *g_star, gsl_rng *r)
{
    double x[N], error = 0.0;
    for (int i = 0; i < N; i++)
        x[i] = gsl_ran_gaussian_ziggurat(r, 1.0);
    for (int u = 0; u < K + M; u++) {
        const double *w = u < K ? n->w[u] : n->w_star[u - K];
        double field = 0.0;
        for (int i = 0; i < N; i++)
            field += w[i] * x[i] / sqrt(N);
        error +=
            u < K ? n->o.v[u] * activate(g, field) : -n->o.v_star[u - K] * activate(g_star, field);
    }
    return 0.5 * error * error;
}

/* He3 and He4, of which 40000 inputs would not show the average at length one. */
static bool is_steep(const struct ov_activation *g)
{
    return strcmp(g->name, "he3") == 0 || strcmp(g->name, "he4") == 0;
}

/* Every activation as student and as teacher: the exact error against fresh inputs. */
START_TEST(eps_g_is_the_average_over_fresh_inputs)
{
    gsl_rng *r = ov_test_rng(63);
    static double error[INPUTS];
    for (size_t pair = 0; pair < 2 * ACTS; pair++) {
        const struct ov_activation *g = &ov_activations[pair % ACTS];
        const struct ov_activation *g_star = &ov_activations[(5 * pair + pair / ACTS) % ACTS];
        struct networks n = random_networks(is_steep(g) || is_steep(g_star) ? 0.3 : 1.0, r);
        for (int i = 0; i < INPUTS; i++)
            error[i] = one_error(&n, g->name, g_star->name, r);
        struct ov_mean mean = ov_mean_of(error, INPUTS);
        double exact = ov_eps_g(&n.o, g, g_star);
        printf("    %s student, %s teacher: %.5f(%.5f), exact %.5f\n", g->name, g_star->name,
               mean.mean, mean.se, exact);
        ck_agree(exact, mean.mean, 0, 4 * mean.se);
        ck_assert_double_lt(mean.se, 0.02 * exact);             /* or this would say little: */
        ck_assert(fabs(1.1 * exact - mean.mean) > 4 * mean.se); /* 10 % too much is seen */
        ov_overlaps_free(&n.o);
    }
    gsl_rng_free(r);
}
END_TEST

/* A copy of the teacher makes no error; rounding never makes it negative. */
START_TEST(perfect_learning_gives_zero)
{
    gsl_rng *r = ov_test_rng(64);
    for (int i = 0; i < 50; i++) {
        struct ov_overlaps o;
        double w[M * N];
        ck_ok(ov_overlaps_create(&o, M, M));
        for (int j = 0; j < M * N; j++)
            w[j] = gsl_ran_ugaussian(r);
        ov_overlaps_measure(&o, w, w, N);
        for (int m = 0; m < M; m++)
            o.v[m] = o.v_star[m] = gsl_ran_ugaussian(r);
        for (size_t a = 0; a < ov_activation_count; a++) {
            const struct ov_activation *g = &ov_activations[a];
            double eps_g = ov_eps_g(&o, g, g);
            ck_assert(eps_g >= 0.0 && eps_g < 1e-13);
        }
        o.R[0] = NAN;
        for (size_t a = 0; a < ov_activation_count; a++)
            ck_assert(isnan(ov_eps_g(&o, &ov_activations[a], &ov_activations[a])));
        ov_overlaps_free(&o);
    }
    gsl_rng_free(r);
}
END_TEST

/* Untrained student v = 0: only the teacher's own power is left, 1/2 sum v*^2/3 for erf, T = I. */
START_TEST(the_error_of_nothing_is_half_the_teachers_power)
{
    struct ov_overlaps o;
    ck_ok(ov_overlaps_create(&o, 2, 2));
    o.T[0] = o.T[2] = 1.0;
    o.v_star[0] = 2.0;
    o.v_star[1] = 1.0;
    ck_agree(0.5 * 5.0 / 3.0,
             ov_eps_g(&o, &ov_activations[OV_ACT_LINEAR], &ov_activations[OV_ACT_ERF]), 1e-15, 0);
    ck_agree(0.5 * 5.0, ov_eps_g(&o, &ov_activations[OV_ACT_ERF], &ov_activations[OV_ACT_LINEAR]),
             1e-15, 0);
    ov_overlaps_free(&o);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, I2_against_quadrature);
    OV_TEST(s, comparison_with_quadrature_bites);
    OV_TEST(s, I2_is_symmetric_and_odd_in_the_covariance);
    OV_TEST(s, I2_at_the_edges);
    OV_TEST(s, generic_quadrature_keeps_its_error);
    OV_TEST(s, closed_form_of_gelu_agrees_with_quadrature);
    OV_TEST(s, eps_g_is_the_average_over_fresh_inputs);
    OV_TEST(s, perfect_learning_gives_zero);
    OV_TEST(s, the_error_of_nothing_is_half_the_teachers_power);
}

OV_TEST_MAIN("model/eps_g");
