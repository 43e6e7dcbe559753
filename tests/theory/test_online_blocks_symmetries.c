/* SPDX-License-Identifier: MIT
 *
 * What can't change anything: one block in parts, a block's variance with its weights' scale and the
 * learning rate, blocks of one variance taken together; and what is known in other words: a
 * preconditioner, a block that no input shows.
 */
#include <string.h>

#include "overlap/theory/gauss.h"
#include "theory/blocks.h"

/* Students and teachers, and what their averages err by: with the way by the mean slopes D another
 * quadrature than with that by G where there is no closed form. */
static const struct {
    const char *g, *g_star;
    double error;
} pairs[] = {{"erf", "erf", 1e-13},       {"linear", "linear", 1e-13},  {"linear", "relu", 1e-13},
             {"erf", "linear", 1e-13},    {"erf", "relu", 1e-9},        {"relu", "relu", 1e-10},
             {"relu", "erf", 1e-7},       {"leaky_relu", "relu", 1e-7}, {"quadratic", "he2", 1e-12},
             {"he3", "quadratic", 1e-10}, {"sin", "sin", 1e-10},        {"tanh", "tanh", 1e-7},
             {"gelu", "erf", 1e-7},       {"quadratic", "erf", 1e-7}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static void set_pair(struct blocks_case *c, int i)
{
    c->p.g = ov_activation_find(pairs[i].g);
    c->p.g_star = ov_activation_find(pairs[i].g_star);
    ck_assert(c->p.g && c->p.g_star);
}

static double *right_hand_side(const struct ov_problem *p, const struct ov_overlaps *o)
{
    struct ov_online *online;
    double *dy = calloc(ov_overlaps_moving_blocks(o->L, o->K, o->M), sizeof *dy);
    ck_ok(ov_online_create(&online, p, o));
    ov_online_rhs(dy, online, o->block);
    ov_online_free(online);
    return dy;
}

/* Three blocks of variance 1, each a share of the same overlaps: the equations of eq:ode. */
START_TEST(equal_blocks_are_one)
{
    static const double share[] = {0.2, 0.5, 0.3};
    gsl_rng *r = ov_test_rng(400 + (unsigned long)_i);
    struct ov_overlaps o = random_overlaps(2, 2, r);
    struct blocks_case c = blocks_case(3, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    set_pair(&c, _i);
    c.p.eta_w = 0.7, c.p.eta_v = 0.3, c.p.sigma = 0.2, c.p.decay_w = 0.05, c.p.batch = 2;
    for (size_t l = 0; l < 3; l++) {
        double T[3], R[4], Q[3];
        for (size_t i = 0; i < 3; i++)
            T[i] = share[l] * o.T[i], Q[i] = share[l] * o.Q[i];
        for (size_t i = 0; i < 4; i++)
            R[i] = share[l] * o.R[i];
        set_block(&c, l, 1.0, share[l], T, R, Q);
    }
    memcpy(c.start.v, o.v, 2 * sizeof *o.v);
    memcpy(c.start.v_star, o.v_star, 2 * sizeof *o.v_star);
    struct ov_problem p = c.p;
    p.blocks = NULL;
    double *plain = right_hand_side(&p, &o), *blocks = right_hand_side(&c.p, &c.start);
    for (size_t l = 0; l < 3; l++) {
        for (size_t i = 0; i < 3; i++)
            ck_agree(share[l] * plain[i], blocks[3 * l + i], pairs[_i].error, pairs[_i].error);
        for (size_t i = 0; i < 4; i++)
            ck_agree(share[l] * plain[3 + i], blocks[9 + 4 * l + i], pairs[_i].error,
                     pairs[_i].error);
    }
    for (size_t k = 0; k < 2; k++)
        ck_agree(plain[7 + k], blocks[21 + k], pairs[_i].error, pairs[_i].error);
    free(plain);
    free(blocks);
    ov_overlaps_free(&o);
    release(&c);
    gsl_rng_free(r);
}
END_TEST

/* ---- paths ---- */

enum { TIMES = 3 };
static const double times[TIMES] = {0.3, 3.0, 30.0};

static void same_path(const struct blocks_case *a, const struct blocks_case *b, double tol)
{
    size_t width = ov_row_width(a->p.K, a->p.M);
    struct ov_solve_options opt = ov_solve_defaults();
    opt.rtol = 1e-10;
    double *x = blocks_solved(a, times, TIMES, &opt), *y = blocks_solved(b, times, TIMES, &opt);
    for (size_t i = 0; i < TIMES * width; i++)
        ck_agree(x[i], y[i], tol, tol);
    free(x);
    free(y);
}

static void differ(const struct blocks_case *a, const struct blocks_case *b)
{
    size_t width = ov_row_width(a->p.K, a->p.M);
    double *x = blocks_solved(a, times, TIMES, NULL), *y = blocks_solved(b, times, TIMES, NULL);
    ck_assert(fabs(x[width + 1] - y[width + 1]) > 1e-3 * x[width + 1]);
    free(x);
    free(y);
}

/* rho -> c rho, w -> w/sqrt c, eta_w -> eta_w/c: of a student of given second layer, with decay. */
START_TEST(scale_is_a_convention)
{
    gsl_rng *r = ov_test_rng(420);
    struct blocks_case a = random_blocks(3, 2, 2, OV_ACT_ERF, OV_ACT_ERF, r), b;
    double factor = 3.7;
    a.p.eta_w = 0.4, a.p.sigma = 0.1, a.p.decay_w = 0.01, a.p.spiked = true;
    b = blocks_case(3, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    b.p.eta_w = 0.4 / factor, b.p.sigma = 0.1, b.p.decay_w = 0.01, b.p.spiked = true;
    b.p.blocks->N = a.p.blocks->N;
    memcpy(b.start.block, a.start.block, ov_overlaps_size_blocks(3, 2, 2) * sizeof *a.start.block);
    for (size_t l = 0; l < 3; l++) {
        ov_blocks_set(b.p.blocks, l, factor * a.p.blocks->variance[l], a.p.blocks->share[l], 1.0);
        for (size_t i = 0; i < 3; i++)
            b.start.Q[3 * l + i] /= factor, b.start.T[3 * l + i] /= factor;
        for (size_t i = 0; i < 4; i++)
            b.start.R[4 * l + i] /= factor;
    }
    same_path(&a, &b, 1e-8);
    b.p.eta_w = 0.4;
    differ(&a, &b);
    release(&a);
    release(&b);
    gsl_rng_free(r);
}
END_TEST

/* Two blocks of one variance are one of both their directions and overlaps. */
START_TEST(blocks_of_one_variance_merge)
{
    gsl_rng *r = ov_test_rng(421);
    struct blocks_case a = random_blocks(3, 2, 2, OV_ACT_ERF, OV_ACT_ERF, r);
    const struct ov_blocks *in = a.p.blocks;
    struct blocks_case b = blocks_case(2, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    a.p.eta_w = b.p.eta_w = 0.4, a.p.sigma = b.p.sigma = 0.1, a.p.eta_v = b.p.eta_v = 0.2;
    a.p.spiked = b.p.spiked = true, b.p.blocks->N = in->N;
    ov_blocks_set(a.p.blocks, 2, in->variance[0], in->share[2], 1.0);
    ov_blocks_set(b.p.blocks, 0, in->variance[0], in->share[0] + in->share[2], 1.0);
    ov_blocks_set(b.p.blocks, 1, in->variance[1], in->share[1], 1.0);
    for (size_t l = 0; l < 3; l++) {
        for (size_t i = 0; i < 3; i++) {
            b.start.Q[3 * (l % 2) + i] += a.start.Q[3 * l + i];
            b.start.T[3 * (l % 2) + i] += a.start.T[3 * l + i];
        }
        for (size_t i = 0; i < 4; i++)
            b.start.R[4 * (l % 2) + i] += a.start.R[4 * l + i];
    }
    memcpy(b.start.v, a.start.v, 2 * sizeof *a.start.v);
    memcpy(b.start.v_star, a.start.v_star, 2 * sizeof *a.start.v_star);
    same_path(&a, &b, 1e-8);
    ov_blocks_set(a.p.blocks, 2, 1.5 * in->variance[0], in->share[2], 1.0);
    differ(&a, &b);
    release(&a);
    release(&b);
    gsl_rng_free(r);
}
END_TEST

/* At a rate 1/rho for each block all drift alike, and the fields are those of isotropic inputs whose
 * weights are sqrt rho times as long. */
START_TEST(a_preconditioner_whitens)
{
    gsl_rng *r = ov_test_rng(422);
    struct blocks_case a = random_blocks(4, 2, 1, OV_ACT_ERF, OV_ACT_ERF, r);
    struct blocks_case b = blocks_case(1, 2, 1, OV_ACT_ERF, OV_ACT_ERF);
    a.p.eta_w = b.p.eta_w = 0.6, a.p.sigma = b.p.sigma = 0.3, a.p.eta_v = b.p.eta_v = 0.2;
    ov_overlaps_total(&b.start, &a.start, a.p.blocks);
    ov_blocks_set(b.p.blocks, 0, 1.0, 1.0, 1.0);
    differ(&a, &b);
    for (size_t l = 0; l < 4; l++)
        ov_blocks_set(a.p.blocks, l, a.p.blocks->variance[l], a.p.blocks->share[l],
                      1.0 / a.p.blocks->variance[l]);
    same_path(&a, &b, 1e-8);
    release(&a);
    release(&b);
    gsl_rng_free(r);
}
END_TEST

/* What a linear teacher has in an invisible block is noise on its labels: sigma^2 more by v*' T v*, of
 * any student, and eps_g more by half of that. */
START_TEST(an_invisible_block_is_noise)
{
    static const enum ov_act student[] = {OV_ACT_LINEAR, OV_ACT_ERF, OV_ACT_RELU};
    gsl_rng *r = ov_test_rng(423 + (unsigned long)_i);
    struct blocks_case a = random_blocks(3, 2, 2, student[_i], OV_ACT_LINEAR, r);
    struct blocks_case b = blocks_case(2, 2, 2, student[_i], OV_ACT_LINEAR);
    const double *T = a.start.T + 2 * 3, *v = a.start.v_star;
    double power = v[0] * v[0] * T[0] + 2.0 * v[0] * v[1] * T[1] + v[1] * v[1] * T[2];
    a.p.eta_w = b.p.eta_w = 0.3, a.p.sigma = 0.2, b.p.sigma = sqrt(0.04 + power);
    a.p.eta_v = b.p.eta_v = 0.1;
    ov_blocks_set_invisible(a.p.blocks, 2);
    memset(a.start.Q + 2 * 3, 0, 3 * sizeof *a.start.Q);
    memset(a.start.R + 2 * 4, 0, 4 * sizeof *a.start.R);
    for (size_t l = 0; l < 2; l++)
        set_block(&b, l, a.p.blocks->variance[l], a.p.blocks->share[l], a.start.T + 3 * l,
                  a.start.R + 4 * l, a.start.Q + 3 * l);
    memcpy(b.start.v, a.start.v, 2 * sizeof *a.start.v);
    memcpy(b.start.v_star, a.start.v_star, 2 * sizeof *a.start.v_star);
    size_t width = ov_row_width(2, 2);
    double *x = blocks_solved(&a, times, TIMES, NULL), *y = blocks_solved(&b, times, TIMES, NULL);
    for (size_t i = 0; i < TIMES; i++) {
        ck_agree(y[i * width + 1] + 0.5 * power, x[i * width + 1], 1e-6, 0.0);
        for (size_t n = 2; n < width; n++)
            ck_agree(y[i * width + n], x[i * width + n], 1e-6, 1e-6);
    }
    ck_assert(power > 0.01);
    free(x);
    free(y);
    release(&a);
    release(&b);
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("equal");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, equal_blocks_are_one, 0, PAIRS);
    tcase_add_loop_test(c, an_invisible_block_is_noise, 0, 3);
    suite_add_tcase(s, c);
    OV_TEST(s, scale_is_a_convention);
    OV_TEST(s, blocks_of_one_variance_merge);
    OV_TEST(s, a_preconditioner_whitens);
}

OV_TEST_MAIN("theory/online_blocks_symmetries");
