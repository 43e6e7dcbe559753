/* SPDX-License-Identifier: MIT
 *
 * Fixed points of inputs in blocks: what of a spectrum they depend on, and the escape from the plateau in
 * closed form.
 */
#include "overlap/model/eps_g.h"
#include "overlap/theory/fixed_point.h"
#include "overlap/theory/jacobian.h"
#include "theory/blocks.h"

/* Spectra and where the teacher lies; numbers of blocks 1, 1, 2, 2, 3, 3. rhobar is no 1. */
enum { SPECTRA = 6 };

struct spectrum {
    size_t L;
    double rho[3], f[3], t[3]; /* T^(l) = t I */
};

static const struct spectrum spectra[SPECTRA] = {
    {1, {1.0}, {1.0}, {1.0}},
    {1, {2.7}, {1.0}, {1.0 / 2.7}},
    {2, {2.5, 0.5}, {0.25, 0.75}, {0.2, 1.0}},
    {2, {5.0, 0.1}, {0.1, 0.9}, {0.0, 10.0}},
    {3, {4.0, 1.2, 0.4}, {0.1, 0.3, 0.6}, {0.1, 0.3, 0.6}},
    {3, {9.0, 2.0, 0.3}, {0.05, 0.25, 0.7}, {1.0 / 9.0, 0.0, 0.0}}};

static double mean(const struct spectrum *s)
{
    double sum = 0.0;
    for (size_t l = 0; l < s->L; l++)
        sum += s->f[l] * s->rho[l];
    return sum;
}

/* A perfect student of an orthogonal teacher whose fields have variance 1. */
static struct blocks_case perfect(const struct spectrum *s, size_t M)
{
    struct blocks_case c = blocks_case(s->L, M, M, OV_ACT_ERF, OV_ACT_ERF);
    double variance = 0.0;
    for (size_t l = 0; l < s->L; l++)
        variance += s->rho[l] * s->t[l];
    for (size_t l = 0; l < s->L; l++) {
        double T[3] = {0.0}, R[4] = {0.0};
        for (size_t m = 0; m < M; m++)
            T[ov_sym_at(m, m)] = R[m * M + m] = s->t[l] / variance;
        set_block(&c, l, s->rho[l], s->f[l], T, R, T);
    }
    return c;
}

/* eta_max rhobar is that of isotropic inputs, paper.md eq:eta_max. */
START_TEST(eta_max_knows_the_mean_only)
{
    static const double isotropic[] = {4.05578, 2.30683};
    for (size_t M = 1; M <= 2; M++) {
        struct blocks_case c = perfect(&spectra[_i], M);
        double eta_max, first;
        ck_ok(ov_eta_max(&eta_max, &c.p, &c.start, NULL));
        ck_agree(isotropic[M - 1], eta_max * mean(&spectra[_i]), 3e-6, 0.0);
        first = eta_max;
        c.p.blocks->noise[0] *= 1.1; /* and it goes red: more noise in one block */
        ck_ok(ov_eta_max(&eta_max, &c.p, &c.start, NULL));
        ck_assert_msg(eta_max < first * (1.0 - 1e-3), "%g, %g", eta_max, first);
        release(&c);
    }
}
END_TEST

/* The noise floor, K = M = 2, sigma = 0.1: eps_g/(rhobar eta sigma^2 <h>/4) = 1.044978, 1.008681 at
 * rhobar eta = 0.1, 0.02; <h>/4 = 1/(2 pi) M/sqrt 3 of eq:stationary. */
START_TEST(floor_knows_the_mean_only)
{
    static const double eta[] = {0.1, 0.02}, above[] = {1.044978, 1.008681};
    for (size_t n = 0; n < 2; n++) {
        struct blocks_case c = perfect(&spectra[_i], 2);
        struct ov_fixed_point found;
        struct ov_error err = {0};
        c.p.sigma = 0.001;
        c.p.eta_w = eta[n] / mean(&spectra[_i]);
        enum ov_status status = ov_fixed_point(&found, &c.start, &c.p, &err);
        ck_assert_msg(status == OV_OK, "%s", err.text);
        double first_order = eta[n] * 1e-6 / (2.0 * M_PI) * 2.0 / sqrt(3.0);
        ck_agree(above[n], found.eps_g / first_order, 2e-6, 0.0);
        ck_assert_int_eq(found.kind, OV_FIXED_STABLE);
        /* it is where a run ends */
        double dy[64];
        struct ov_online *o;
        ck_ok(ov_online_create(&o, &c.p, &c.start));
        ov_online_rhs(dy, o, c.start.block);
        for (size_t i = 0; i < ov_overlaps_moving_blocks(c.start.L, 2, 2); i++)
            ck_agree(0.0, dy[i], 0.0, 1e-12);
        ov_online_free(o);
        release(&c);
    }
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("spectra");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, eta_max_knows_the_mean_only, 0, SPECTRA);
    tcase_add_loop_test(c, floor_knows_the_mean_only, 0, SPECTRA);
    suite_add_tcase(s, c);
}

OV_TEST_MAIN("theory/fixed_point_blocks");
