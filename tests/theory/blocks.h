/* SPDX-License-Identifier: MIT
 *
 * Problems with inputs in blocks that several tests use: the four trajectories of reference, and random
 * ones. What is given is freed by release().
 */
#ifndef OVERLAP_TESTS_THEORY_BLOCKS_H
#define OVERLAP_TESTS_THEORY_BLOCKS_H

#include "theory/networks.h"

struct blocks_case {
    struct ov_problem p;
    struct ov_overlaps start;
};

static inline struct blocks_case blocks_case(size_t L, size_t K, size_t M, enum ov_act g,
                                             enum ov_act g_star)
{
    struct blocks_case c = {.p = problem(K, M, g, g_star)};
    ck_ok(ov_blocks_create(&c.p.blocks, L));
    ck_ok(ov_overlaps_create_blocks(&c.start, L, K, M));
    for (size_t k = 0; k < K; k++)
        c.start.v[k] = 1.0;
    for (size_t m = 0; m < M; m++)
        c.start.v_star[m] = 1.0;
    return c;
}

static inline void release(struct blocks_case *c)
{
    ov_overlaps_free(&c->start);
    ov_problem_free(&c->p);
}

static inline void set_block(struct blocks_case *c, size_t l, double rho, double f, const double *T,
                             const double *R, const double *Q)
{
    size_t K = c->p.K, M = c->p.M;
    ov_blocks_set(c->p.blocks, l, rho, f, 1.0);
    memcpy(c->start.T + l * ov_sym_size(M), T, ov_sym_size(M) * sizeof *T);
    memcpy(c->start.R + l * K * M, R, K * M * sizeof *R);
    memcpy(c->start.Q + l * ov_sym_size(K), Q, ov_sym_size(K) * sizeof *Q);
}

/* ---- the trajectories of reference, by another code with other formulas ---- */

enum { REFERENCES = 4, REFERENCE_TIMES = 9 };

struct reference {
    double alpha[REFERENCE_TIMES], eps_g[REFERENCE_TIMES];
};

static const struct reference references[REFERENCES] = {
    {{0, .5, 1, 2, 5, 10, 20, 50, 100},
     {.398375139299, .236889477620, .163913906527, .100573690046, .040300718143, .018893784258,
      .014507092412, .009924262172, .004745477526}},
    {{0, .5, 1, 2, 5, 10, 20, 50, 100},
     {.174619693901, .164171996696, .153923587977, .134288982803, .086207223573, .043433030659,
      .017338930467, .002840217864, .000735041352}},
    {{0, .5, 1, 2, 5, 10, 20, 50, 100},
     {.280377705277, .252204669141, .228638435452, .190847799112, .118183676392, .059483010709,
      .025625994070, .016583208551, .015206049002}},
    {{0, .5, 1, 2, 5, 10, 20, 50, 200},
     {.359590560125, .182109187582, .140198502108, .103655815078, .063368833306, .039807792844,
      .023411013021, .011252443473, .002987923950}}};

/* Two blocks, erf, K = M = 2, first layer. */
static inline struct blocks_case case_A(void)
{
    struct blocks_case c = blocks_case(2, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    c.p.eta_w = 0.5, c.p.sigma = 0.1;
    set_block(&c, 0, 2.5, 0.25, (double[]){.3, .05, .2}, (double[]){.05, .02, -.01, .04},
              (double[]){.06, .01, .08});
    set_block(&c, 1, 0.5, 0.75, (double[]){.7, -.1, .9}, (double[]){.03, -.02, .01, .06},
              (double[]){.2, .03, .15});
    return c;
}

/* Two blocks, ReLU, K = 2, M = 1, first layer. */
static inline struct blocks_case case_B(void)
{
    struct blocks_case c = blocks_case(2, 2, 1, OV_ACT_RELU, OV_ACT_RELU);
    c.p.eta_w = 0.3, c.p.sigma = 0.1;
    c.start.v[0] = 0.5, c.start.v[1] = 0.7;
    set_block(&c, 0, 1.6, 0.5, (double[]){.5}, (double[]){.1, .05}, (double[]){.2, .02, .1});
    set_block(&c, 1, 0.4, 0.5, (double[]){.5}, (double[]){.05, .1}, (double[]){.1, .03, .3});
    return c;
}

/* Three blocks, erf, K = M = 2, both layers, decay. */
static inline struct blocks_case case_C(void)
{
    struct blocks_case c = blocks_case(3, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    c.p.eta_w = 0.4, c.p.eta_v = 0.3, c.p.sigma = 0.1, c.p.decay_w = 0.02, c.p.decay_v = 0.01;
    c.start.v[0] = 0.5, c.start.v[1] = 0.3;
    c.start.v_star[1] = 0.8;
    set_block(&c, 0, 4.0, 0.1, (double[]){.2, 0, .1}, (double[]){.05, .02, .03, .04},
              (double[]){.06, .01, .08});
    set_block(&c, 1, 1.2, 0.3, (double[]){.3, .1, .4}, (double[]){.03, -.02, .01, .06},
              (double[]){.1, .03, .15});
    set_block(&c, 2, 0.4, 0.6, (double[]){.5, -.1, .6}, (double[]){.02, .05, -.03, .1},
              (double[]){.3, -.05, .2});
    return c;
}

/* A power law in L blocks of equal shares, erf, K = M = 2, first layer; the reference has 50. */
static inline struct blocks_case case_D(size_t L)
{
    struct blocks_case c = blocks_case(L, 2, 2, OV_ACT_ERF, OV_ACT_ERF);
    double f = 1.0 / (double)L, mean = 0.0;
    c.p.eta_w = 0.2, c.p.sigma = 0.05;
    for (size_t l = 1; l <= L; l++)
        mean += f * pow((double)l, -1.25);
    for (size_t l = 0; l < L; l++)
        set_block(&c, l, pow((double)(l + 1), -1.25) / mean, f, (double[]){f, 0, f},
                  (double[]){.1 * f, .05 * f, .02 * f, .08 * f},
                  (double[]){.25 * f, .02 * f, .2 * f});
    return c;
}

static inline struct blocks_case reference_case(int i)
{
    return i == 0 ? case_A() : i == 1 ? case_B() : i == 2 ? case_C() : case_D(50);
}

/* Random variances, shares and overlaps, rhobar = 1, N = 500 directions. */
static inline struct blocks_case random_blocks(size_t L, size_t K, size_t M, enum ov_act g,
                                               enum ov_act g_star, gsl_rng *r)
{
    struct blocks_case c = blocks_case(L, K, M, g, g_star);
    double rho[16], f[16], sum = 0.0, mean = 0.0;
    ck_assert_uint_le(L, 16);
    c.p.blocks->N = 500;
    for (size_t l = 0; l < L; l++) {
        rho[l] = exp(gsl_ran_flat(r, -2.0, 2.0));
        sum += f[l] = gsl_ran_flat(r, 0.2, 1.0);
    }
    for (size_t l = 0; l < L; l++)
        mean += f[l] / sum * rho[l];
    for (size_t l = 0; l < L; l++) {
        struct ov_overlaps o = random_overlaps(K, M, r);
        for (size_t i = 0; i < ov_overlaps_size(K, M); i++)
            o.block[i] *= f[l] / sum;
        set_block(&c, l, rho[l] / mean, f[l] / sum, o.T, o.R, o.Q);
        ov_overlaps_free(&o);
    }
    for (size_t k = 0; k < K; k++)
        c.start.v[k] = gsl_ran_flat(r, 0.3, 1.3);
    for (size_t m = 0; m < M; m++)
        c.start.v_star[m] = gsl_ran_flat(r, 0.3, 1.3);
    return c;
}

/* Rows at the listed times; freed by the caller. */
static inline double *blocks_solved(const struct blocks_case *c, const double *alpha,
                                    size_t n_alpha, const struct ov_solve_options *opt)
{
    struct ov_solve_options defaults = ov_solve_defaults();
    struct ov_error err = {0};
    double *rows = calloc(n_alpha * ov_problem_row_width(&c->p), sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    enum ov_status status = ov_online_solve(rows, &c->p, &c->start, alpha, n_alpha,
                                            opt ? opt : &defaults, NULL, NULL, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    return rows;
}

#endif
