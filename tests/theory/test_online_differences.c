/* SPDX-License-Identifier: MIT
 *
 * Differences inside of the cone of covariances: erf against its closed Jacobian, inside and at
 * the edge; smooth units against one-sided differences of high order along paths into the edge.
 */
#include <math.h>
#include <string.h>

#include "online_internal.h"
#include "test.h"
#include "theory/networks.h"

enum { MOST = 64 };

static double J[MOST * MOST], F[MOST * MOST], scratch[8 * MOST];

/* ---- erf ---- */

static double deviation(const struct ov_problem *p, const struct ov_overlaps *o)
{
    struct ov_online *online;
    double dy[MOST], worst = 0.0, largest = 0.0;
    size_t n = ov_online_integrated(p);
    ck_assert_uint_le(ov_online_differences_scratch(p, n), sizeof scratch / sizeof *scratch);
    ck_ok(ov_online_create(&online, p, o));
    ov_online_rhs(dy, online, o->block);
    ck_assert_int_eq(ov_online_jacobian(F, online, o->block), 0);
    ck_assert_int_eq(ov_online_differences(J, online, o->block, scratch), 0);
    ov_online_free(online);
    for (size_t i = 0; i < n * n; i++) {
        ck_assert(isfinite(J[i]));
        worst = fmax(worst, fabs(J[i] - F[i]));
        largest = fmax(largest, fabs(F[i]));
    }
    return worst / largest;
}

static struct ov_problem noisy(size_t K, size_t M, int which)
{
    struct ov_problem p = problem(K, M, which & 1 ? OV_ACT_ERF : OV_ACT_LINEAR,
                                  which & 2 ? OV_ACT_ERF : OV_ACT_LINEAR);
    p.eta_w = 0.7, p.sigma = 0.4, p.decay_w = 0.05, p.decay_v = 0.03;
    p.eta_v = which & 4 ? 0.5 : 0.0;
    return p;
}

/* What the start of a run may be that has no full rank. */
enum edge { INSIDE, PERFECT, NO_WEIGHTS, COLLINEAR, OPPOSITE, ON_TEACHERS, EDGES };
static const char *const edge_name[EDGES] = {"inside",    "perfect",  "no weights",
                                             "collinear", "opposite", "in the span of teachers"};

/* w_k = sum_m A_km w*_m + own_k f_k, with the teachers and v of `o` kept. */
static void combine(struct ov_overlaps *o, const double *A, double own)
{
    size_t K = o->K, M = o->M;
    memset(o->R, 0, K * M * sizeof *o->R);
    for (size_t k = 0; k < K; k++)
        for (size_t m = 0; m < M; m++)
            for (size_t n = 0; n < M; n++)
                o->R[k * M + m] += A[k * M + n] * o->T[ov_sym_at(n, m)];
    for (size_t k = 0; k < K; k++)
        for (size_t l = 0; l <= k; l++) {
            double sum = k == l ? own * own : 0.0;
            for (size_t m = 0; m < M; m++)
                sum += A[k * M + m] * o->R[l * M + m];
            o->Q[ov_sym_at(k, l)] = sum;
        }
}

static void put_at_edge(struct ov_overlaps *o, enum edge edge, double own, gsl_rng *r)
{
    double A[MOST] = {0.0};
    if (edge == INSIDE)
        return;
    for (size_t k = 0; k < o->K; k++)
        for (size_t m = 0; m < o->M; m++) {
            double first = k == 0 ? gsl_ran_flat(r, -1.0, 1.0) : A[m];
            A[k * o->M + m] = edge == PERFECT      ? k == m
                              : edge == NO_WEIGHTS ? 0.0
                              : edge == COLLINEAR  ? first
                              : edge == OPPOSITE   ? (k % 2 ? -1.0 : 1.0) * first
                                                   : gsl_ran_flat(r, -1.0, 1.0);
        }
    combine(o, A, own);
}

START_TEST(erf_against_its_closed_jacobian)
{
    static const size_t sizes[5][2] = {{1, 1}, {2, 2}, {2, 3}, {4, 2}, {3, 1}};
    gsl_rng *r = ov_test_rng(510);
    for (enum edge edge = INSIDE; edge < EDGES; edge++) {
        double worst = 0.0;
        for (size_t turn = 0; turn < 5 * 8; turn++) {
            size_t K = sizes[turn % 5][0], M = sizes[turn % 5][1];
            struct ov_problem p = noisy(K, M, (int)(turn / 5));
            struct ov_overlaps o = random_overlaps(K, M, r);
            put_at_edge(&o, edge, 0.0, r);
            worst = fmax(worst, deviation(&p, &o));
            ov_overlaps_free(&o);
        }
        printf("    %s: %.1e\n", edge_name[edge], worst);
        ck_assert_double_lt(worst, 1e-8);
    }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, erf_against_its_closed_jacobian);
}

OV_TEST_MAIN("theory/online, differences");
