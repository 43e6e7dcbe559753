/* SPDX-License-Identifier: MIT
 *
 * ReLU averages and their derivatives at the edge of the covariances: fields that are equal,
 * opposite, dependent or without length, and all that is near to it.
 */
#include <math.h>
#include <string.h>

#include "theory/pairs.h"

enum { SIZE = 8, ENTRIES = 36, ROWS = 64 };

/* Fields as rows of vectors; C from them. */
struct vectors {
    size_t P;
    double x[SIZE][SIZE];
};

static void covariance(double *C, const struct vectors *f)
{
    for (size_t a = 0; a < f->P; a++)
        for (size_t b = 0; b <= a; b++) {
            C[ov_sym_at(a, b)] = 0.0;
            for (size_t d = 0; d < SIZE; d++)
                C[ov_sym_at(a, b)] += f->x[a][d] * f->x[b][d];
        }
}

static struct vectors random_vectors(size_t P, size_t dimensions, gsl_rng *r)
{
    struct vectors f = {.P = P};
    for (size_t a = 0; a < P; a++)
        for (size_t d = 0; d < dimensions; d++)
            f.x[a][d] = gsl_ran_gaussian(r, 0.7);
    return f;
}

/* Field a is `factor` times field b. */
static void align(struct vectors *f, size_t a, size_t b, double factor)
{
    for (size_t d = 0; d < SIZE; d++)
        f->x[a][d] = factor * f->x[b][d];
}

static struct network relu(size_t K, size_t M, double sigma)
{
    struct network n = {.K = K, .M = M, .P = K + M, .sigma = sigma};
    n.g = n.g_star = &ov_activations[OV_ACT_RELU];
    for (size_t a = 0; a < n.P; a++)
        n.s[a] = a < M ? 1.0 : -1.0;
    return n;
}

enum { PERFECT, COPIES, OPPOSITE, PLANE, SPACE, DEAD, CLUSTER, EDGES };

/* Fields at an edge; M = 2 teachers first. */
static struct vectors at_edge(int which, size_t P, gsl_rng *r)
{
    struct vectors f = random_vectors(P, which == PLANE ? 2 : which == SPACE ? 3 : SIZE, r);
    for (size_t k = 2; k < P; k++) {
        if (which == PERFECT)
            align(&f, k, k % 2, 1.0);
        if (which == CLUSTER)
            align(&f, k, 0, 1.0);
    }
    if (which == COPIES)
        align(&f, 3, 2, 1.0);
    if (which == OPPOSITE)
        align(&f, 3, 2, -1.5);
    if (which == DEAD)
        align(&f, 3, 2, 0.0);
    return f;
}

/* ---- averages ---- */

/* Against the single integrals, which condition one field after the other in long double; each
 * P_4 of theirs is good to 4e-9 (orthant.h). */
START_TEST(near_edges_agree_with_single_integrals)
{
    gsl_rng *r = ov_test_rng(701);
    double worst = 0.0;
    for (int turn = 0; turn < 4 * EDGES; turn++) {
        struct network n = relu(3, 2, 0.3);
        struct vectors f = at_edge(turn % EDGES, n.P, r), g = random_vectors(n.P, SIZE, r);
        double distance = pow(10.0, -1.0 - turn / EDGES);
        for (size_t a = 0; a < n.P; a++)
            for (size_t d = 0; d < SIZE; d++)
                f.x[a][d] += distance * g.x[a][d];
        covariance(n.C, &f);
        contract(&n);
        for (size_t k = 0; k < n.K; k++)
            for (size_t l = 0; l <= k; l++) {
                double sum = n.sigma * n.sigma * ov_gauss_J2(n.C, n.act, 2 + k, 2 + l);
                for (size_t a = 0; a < n.P; a++)
                    for (size_t b = 0; b < n.P; b++)
                        sum += n.s[a] * n.s[b] * ov_gauss_I4(n.C, n.act, 2 + k, 2 + l, a, b);
                worst = fmax(worst, fabs(sum - n.Nz[ov_sym_at(k, l)]));
            }
    }
    printf("    largest deviation %.1e\n", worst);
    ck_assert_double_lt(worst, 1e-8);
    gsl_rng_free(r);
}
END_TEST

/* Into the edge along C0 + t D, D a covariance: averages move like angles, no faster than sqrt t;
 * those of a perfect student without noise no faster than t. The slope of an idle unit jumps. */
START_TEST(continuous_into_the_edge)
{
    gsl_rng *r = ov_test_rng(702);
    for (int turn = 0; turn < 6 * EDGES; turn++) {
        struct network n = relu(4, 2, turn % EDGES == PERFECT ? 0.0 : 0.3), m;
        struct vectors f = at_edge(turn % EDGES, n.P, r), g = random_vectors(n.P, SIZE, r);
        double D[ENTRIES];
        if (turn % EDGES == PERFECT)
            n.s[4] = n.s[5] = -0.5, n.s[2] = n.s[3] = -0.5;
        covariance(n.C, &f);
        covariance(D, &g);
        m = n;
        contract(&n);
        for (double t = 0.1; t > 1e-18; t *= 0.1) {
            for (size_t i = 0; i < ov_sym_size(n.P); i++)
                m.C[i] = n.C[i] + t * D[i];
            contract(&m);
            double most = 0.0, slow = turn % EDGES == PERFECT ? t : sqrt(t);
            for (size_t k = 0; k < n.K; k++) {
                bool idle = n.C[ov_sym_at(2 + k, 2 + k)] == 0.0;
                for (size_t l = 0; !idle && l <= k; l++)
                    if (n.C[ov_sym_at(2 + l, 2 + l)] > 0.0)
                        most = fmax(most, fabs(m.Nz[ov_sym_at(k, l)] - n.Nz[ov_sym_at(k, l)]));
                for (size_t b = 0; !idle && b < n.P; b++)
                    most = fmax(most, fabs(m.G[k * n.P + b] - n.G[k * n.P + b]));
            }
            double size = turn % EDGES == PERFECT ? 1e-14 : 1e-7; /* sqrt of rounding C */
            ck_assert_msg(most < 60.0 * slow + size, "edge %d, t %g: moved by %g", turn % EDGES, t,
                          most);
        }
    }
    gsl_rng_free(r);
}
END_TEST

/* relu(c x) = c relu(x): collinear students are one of summed weight. */
START_TEST(collinear_students_are_one)
{
    gsl_rng *r = ov_test_rng(703);
    for (int turn = 0; turn < 20; turn++) {
        double factor = gsl_ran_flat(r, 0.2, 3.0);
        struct network n = relu(3, 2, 0.3), one = relu(2, 2, 0.3);
        struct vectors f = random_vectors(5, turn % 2 ? SIZE : 3, r), g;
        align(&f, 4, 3, factor);
        g = f;
        g.P = 4;
        covariance(n.C, &f);
        covariance(one.C, &g);
        one.s[3] += factor * n.s[4];
        contract(&n);
        contract(&one);
        for (size_t k = 0; k < 2; k++)
            for (size_t b = 0; b < 4; b++)
                ck_agree(one.G[k * 4 + b], n.G[k * 5 + b], 0.0, 1e-7);
        for (size_t i = 0; i < 3; i++)
            ck_agree(one.Nz[i], n.Nz[i], 0.0, 1e-7);
        ck_agree(n.Nz[2], n.Nz[4], 0.0, 1e-7); /* Nz_11, Nz_21 */
    }
    gsl_rng_free(r);
}
END_TEST

/* theta(x) theta(-x) = 0; and a unit without length is not there. */
START_TEST(opposite_and_idle_units)
{
    gsl_rng *r = ov_test_rng(704);
    for (int turn = 0; turn < 20; turn++) {
        struct network n = relu(3, 2, 0.3), without = relu(2, 2, 0.3);
        struct vectors f = random_vectors(5, SIZE, r), g;
        align(&f, 4, 3, -1.0);
        covariance(n.C, &f);
        contract(&n);
        ck_agree(0.0, n.Nz[4], 0.0, 1e-14);
        align(&f, 4, 3, 0.0);
        g = f;
        g.P = 4;
        covariance(n.C, &f);
        covariance(without.C, &g);
        contract(&n);
        contract(&without);
        for (size_t i = 0; i < 3; i++)
            ck_agree(without.Nz[i], n.Nz[i], 1e-14, 0.0);
        for (size_t i = 0; i < 5; i++)
            ck_agree(0.0, n.G[10 + i], 0.0, 0.0);
        for (size_t i = 3; i < 6; i++)
            ck_agree(0.0, n.Nz[i], 0.0, 0.0);
    }
    gsl_rng_free(r);
}
END_TEST

/* Clusters of all distances and lengths: Nz_kl = < theta theta Delta^2 > is neither negative nor
 * above the root of Nz_kk Nz_ll, but for the root of what rounding C does to fields that are opposite
 * or equal up to 1e-8. Lengths of students and weights go together, so that Delta stays
 * of order one. */
START_TEST(noise_is_a_covariance)
{
    gsl_rng *r = ov_test_rng(709);
    for (int turn = 0; turn < 3000; turn++) {
        struct network n = relu(5, 2, 0.0);
        struct vectors f = random_vectors(n.P, 1 + gsl_rng_uniform_int(r, SIZE), r);
        for (size_t k = 2; k < n.P; k++) {
            struct vectors g = random_vectors(1, SIZE, r);
            double distance = pow(10.0, -gsl_ran_flat(r, 0.0, 17.0)), length;
            length = pow(10.0, gsl_ran_flat(r, -6.0, 3.0));
            if (gsl_rng_uniform(r) < 0.7)
                align(&f, k, gsl_rng_uniform_int(r, k), gsl_rng_uniform(r) < 0.8 ? 1.0 : -1.0);
            for (size_t d = 0; d < SIZE; d++)
                f.x[k][d] += distance * g.x[0][d];
            n.s[k] /= length;
        }
        struct vectors scaled = f;
        for (size_t k = 2; k < n.P; k++)
            align(&scaled, k, k, -1.0 / n.s[k]);
        covariance(n.C, &scaled);
        contract(&n);
        double largest = 1.0;
        for (size_t k = 0; k < n.K; k++)
            largest = fmax(largest, n.Nz[ov_sym_at(k, k)]);
        for (size_t k = 0; k < n.K; k++)
            for (size_t l = 0; l <= k; l++) {
                double kl = n.Nz[ov_sym_at(k, l)];
                double most = sqrt(fmax(0.0, n.Nz[ov_sym_at(k, k)] * n.Nz[ov_sym_at(l, l)]));
                ck_assert_msg(kl > -1e-7 * largest && kl < most + 1e-7 * largest,
                              "turn %d: Nz_%zu%zu = %g, at most %g", turn, k, l, kl, most);
            }
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- derivatives ---- */

static double dG[ROWS * (ENTRIES + SIZE)], dNz[ROWS * (ENTRIES + SIZE)];

static void derive(const struct network *n)
{
    struct ov_gauss *w;
    ck_ok(ov_gauss_create(&w, n->K, n->M, n->g, n->g_star));
    ov_gauss_derivatives(dG, dNz, w, n->C, n->s, n->sigma);
    ov_gauss_free(w);
}

/* What row i of d says of a change D of C. */
static double along(const double *d, size_t i, const double *D, size_t P)
{
    double sum = 0.0;
    for (size_t j = 0; j < ov_sym_size(P); j++)
        sum += d[i * (ov_sym_size(P) + P) + j] * D[j];
    return sum;
}

/* The largest deviation of the derivatives along D at C0 + t D from differences in t, over the
 * largest difference. */
static double off_along(struct network *n, const double *C0, const double *D, double t)
{
    struct network up = *n, down = *n;
    double h = 1e-3, worst = 0.0, largest = 0.0;
    for (size_t i = 0; i < ov_sym_size(n->P); i++) {
        n->C[i] = C0[i] + t * D[i];
        up.C[i] = C0[i] + t * (1.0 + h) * D[i];
        down.C[i] = C0[i] + t * (1.0 - h) * D[i];
    }
    derive(n);
    contract(&up);
    contract(&down);
    for (size_t i = 0; i < n->K * n->P; i++) {
        double slope = (up.G[i] - down.G[i]) / (2.0 * h * t);
        largest = fmax(largest, fabs(slope));
        worst = fmax(worst, fabs(slope - along(dG, i, D, n->P)));
    }
    for (size_t i = 0; i < ov_sym_size(n->K); i++) {
        double slope = (up.Nz[i] - down.Nz[i]) / (2.0 * h * t);
        largest = fmax(largest, fabs(slope));
        worst = fmax(worst, fabs(slope - along(dNz, i, D, n->P)));
    }
    return worst / largest;
}

/* As far as 1 - r^2 is above the cap of 1e-10. */
START_TEST(derivatives_near_edges)
{
    gsl_rng *r = ov_test_rng(705);
    for (int turn = 0; turn < 4 * EDGES; turn++) {
        struct network n = relu(3, 2, 0.3);
        struct vectors f = at_edge(turn % EDGES, n.P, r), g = random_vectors(n.P, SIZE, r);
        double C0[ENTRIES], D[ENTRIES], worst = 0.0;
        covariance(C0, &f);
        covariance(D, &g);
        for (double t = 0.1; t > 1e-8; t *= 0.1)
            worst = fmax(worst, off_along(&n, C0, D, t));
        ck_assert_msg(worst < 1e-4, "edge %d: off by %g", turn % EDGES, worst);
    }
    gsl_rng_free(r);
}
END_TEST

/* At the edge, nearer than the cap, and beyond the edge. */
START_TEST(derivatives_are_finite)
{
    gsl_rng *r = ov_test_rng(706);
    for (int turn = 0; turn < 6 * EDGES; turn++) {
        struct network n = relu(4, 2, 0.3);
        struct vectors f = at_edge(turn % EDGES, n.P, r), g = random_vectors(n.P, SIZE, r);
        double C0[ENTRIES], D[ENTRIES];
        covariance(C0, &f);
        covariance(D, &g);
        for (int k = -1; k <= 36; k++) {
            double t = k < 0 ? 0.0 : (k % 2 ? -1.0 : 1.0) * pow(10.0, -0.5 * k);
            for (size_t i = 0; i < ov_sym_size(n.P); i++)
                n.C[i] = C0[i] + t * D[i];
            contract(&n);
            derive(&n);
            for (size_t i = 0; i < n.K * n.P * (ov_sym_size(n.P) + n.P); i++)
                ck_assert(isfinite(dG[i]) && fabs(dG[i]) < 1e11);
            for (size_t i = 0; i < ov_sym_size(n.K) * (ov_sym_size(n.P) + n.P); i++)
                ck_assert(isfinite(dNz[i]) && fabs(dNz[i]) < 1e11);
            ck_assert(isfinite(n.G[0]) && isfinite(n.Nz[9]));
        }
    }
    gsl_rng_free(r);
}
END_TEST

/* A perfect student: what moves it off is of first order in C, as if nothing were singular. */
START_TEST(derivatives_of_a_perfect_student)
{
    gsl_rng *r = ov_test_rng(707);
    for (int turn = 0; turn < 10; turn++) {
        struct network n = relu(2, 2, 0.0), m;
        struct vectors f = at_edge(PERFECT, 4, r), g = random_vectors(4, SIZE, r);
        double D[ENTRIES], C0[ENTRIES];
        covariance(C0, &f);
        covariance(D, &g);
        memcpy(n.C, C0, sizeof C0);
        m = n;
        derive(&n);
        for (size_t i = 0; i < 10; i++)
            m.C[i] = C0[i] + 1e-9 * D[i];
        contract(&m);
        for (size_t i = 0; i < 3; i++)
            ck_agree(m.Nz[i] * 1e9, along(dNz, i, D, 4), 1e-3, 1e-3);
        for (size_t i = 0; i < 8; i++)
            ck_agree(m.G[i] * 1e9, along(dG, i, D, 4), 1e-3, 1e-3);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, near_edges_agree_with_single_integrals);
    OV_TEST(s, continuous_into_the_edge);
    OV_TEST(s, collinear_students_are_one);
    OV_TEST(s, opposite_and_idle_units);
    OV_TEST(s, noise_is_a_covariance);
    OV_TEST(s, derivatives_near_edges);
    OV_TEST(s, derivatives_are_finite);
    OV_TEST(s, derivatives_of_a_perfect_student);
}

OV_TEST_MAIN("theory/gauss, ReLU at the edge");
