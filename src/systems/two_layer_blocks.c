/* SPDX-License-Identifier: MIT
 *
 * A covariance as runs have it: the variances of all directions, and the blocks that stand for them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/spectrum.h"
#include "overlap/model/start.h"
#include "two_layer_internal.h"

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory");
}

/* ---- variances of directions ---- */

/* How many of them belong to entry l of a list; the entry of each direction. */
static size_t entry_size(const struct ov_covariance *c, size_t l, size_t N)
{
    return c->kind == OV_COVARIANCE_LIST ? N / c->n : (size_t)rint(c->share[l] * (double)N);
}

static void spread(double *to, const double *of_entry, const struct ov_covariance *c, size_t N)
{
    size_t i = 0;
    for (size_t l = 0; l < c->n; l++)
        for (size_t j = 0; j < entry_size(c, l, N) && i < N; j++)
            to[i++] = of_entry[l];
}

enum ov_status ov_covariance_variances(double *rho, const struct ov_two_layer *s,
                                       struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    size_t N = s->problem.N;
    enum ov_status status = OV_OK;
    switch (c->kind) {
    case OV_COVARIANCE_LIST:
    case OV_COVARIANCE_SHARES:
        spread(rho, c->given, c, N);
        status = ov_spectrum_scale(rho, NULL, N);
        break;
    case OV_COVARIANCE_POWER:
        status = ov_spectrum_power(rho, N, c->parameter);
        break;
    case OV_COVARIANCE_LOGNORMAL:
        ov_spectrum_lognormal(rho, N, c->parameter);
        break;
    case OV_COVARIANCE_MARCHENKO_PASTUR:
        ov_spectrum_marchenko_pastur(rho, N, c->parameter);
        break;
    default:
        return ov_images_spectrum(rho, NULL, s, err);
    }
    return status == OV_OK ? OV_OK
                           : ov_fail(err, status, "the variances can't be scaled to a mean of 1");
}

/* ---- blocks ---- */

static double *copied(const double *x, size_t n)
{
    double *y = malloc(n * sizeof *y);
    if (y)
        memcpy(y, x, n * sizeof *y);
    return y;
}

/* What is given block by block goes with them. */
static enum ov_status give_start(struct ov_blocks *b, const struct ov_two_layer *s)
{
    const struct ov_covariance *c = &s->covariance;
    size_t K = s->problem.K, M = s->problem.M;
    if (!c->T)
        return OV_OK;
    b->start_is_given = true;
    b->T = copied(c->T, c->n * ov_sym_size(M));
    b->Q = copied(c->Q, c->n * ov_sym_size(K));
    b->R = copied(c->R, c->n * K * M);
    return b->T && b->Q && b->R ? OV_OK : OV_ENOMEM;
}

/* Those of a list. */
static enum ov_status listed(struct ov_blocks **b, const struct ov_two_layer *s)
{
    const struct ov_covariance *c = &s->covariance;
    enum ov_status status = ov_blocks_create(b, c->n);
    double *rho = copied(c->given, c->n);
    if (status == OV_OK && !rho)
        status = OV_ENOMEM;
    if (status == OV_OK)
        status = ov_spectrum_scale(rho, c->share, c->n);
    for (size_t l = 0; l < c->n && status == OV_OK; l++)
        ov_blocks_set(*b, l, rho[l], c->share[l],
                      c->rate     ? c->rate[l]
                      : c->whiten ? 1.0 / rho[l]
                                  : 1.0);
    free(rho);
    return status == OV_OK ? give_start(*b, s) : status;
}

/* Powers may be as good as 0. */
static double whitening(double rho)
{
    return 1.0 / fmax(rho, OV_SPECTRUM_FLOOR);
}

/* A block a direction, or one where all are alike. */
static enum ov_status one_each(struct ov_blocks **b, const double *rho, size_t N, bool alike,
                               bool whiten)
{
    size_t L = alike ? 1 : N;
    enum ov_status status = ov_blocks_create(b, L);
    for (size_t l = 0; l < L && status == OV_OK; l++)
        ov_blocks_set(*b, l, rho[l], 1.0 / (double)L, whiten ? whitening(rho[l]) : 1.0);
    return status;
}

/* The measure that a Gauss rule stands for: of a list its entries, of N directions these, else the
 * density's nodes. */
static enum ov_status measure(double **rho, double **f, size_t *n, const struct ov_two_layer *s,
                              struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    size_t N = s->problem.N;
    bool listed_one = ov_covariance_is_listed(c), density = !listed_one && N == 0;
    *n = listed_one ? c->n : density ? OV_SPECTRUM_NODES : N;
    *rho = calloc(*n, sizeof **rho);
    *f = calloc(*n, sizeof **f);
    if (!*rho || !*f)
        return no_memory(err);
    for (size_t i = 0; i < *n; i++)
        (*f)[i] = listed_one ? c->share[i] : 1.0 / (double)*n;
    if (!listed_one && !density)
        return ov_covariance_variances(*rho, s, err);
    enum ov_status status = OV_OK;
    if (listed_one) {
        memcpy(*rho, c->given, *n * sizeof **rho);
        status = ov_spectrum_scale(*rho, *f, *n);
    } else if (c->kind == OV_COVARIANCE_LOGNORMAL) {
        status = ov_spectrum_lognormal_density(*rho, *f, *n, c->parameter);
    } else {
        status = ov_spectrum_marchenko_pastur_density(*rho, *f, *n, c->parameter);
    }
    return status == OV_OK ? OV_OK : ov_fail(err, status, "the nodes of a density");
}

/* N sum_j j^(-2p) / (sum_j j^(-p))^2: what claims ask of power laws needs no list of N variances. */
static double mean_square_of_power(size_t N, double p)
{
    double sum = 0.0, squares = 0.0;
    for (size_t j = N; j >= 1; j--) {
        double rho = pow((double)j, -p);
        sum += rho;
        squares += rho * rho;
    }
    return (double)N * squares / (sum * sum);
}

bool ov_covariance_mean_square(double *mean, const struct ov_two_layer *s)
{
    if (s->covariance.kind == OV_COVARIANCE_POWER && s->problem.N > 0) {
        *mean = mean_square_of_power(s->problem.N, s->covariance.parameter);
        return true;
    }
    struct ov_error own = {0};
    size_t n = 0;
    double *rho = NULL, *f = NULL;
    enum ov_covariance_kind kind = s->covariance.kind;
    bool of_files = kind >= OV_COVARIANCE_MANIFOLD;
    bool is_known =
        !of_files && kind != OV_COVARIANCE_WHITE && measure(&rho, &f, &n, s, &own) == OV_OK;
    *mean = is_known ? 0.0 : 1.0;
    for (size_t i = 0; i < n && is_known; i++)
        *mean += f[i] * rho[i] * rho[i];
    free(rho);
    free(f);
    return is_known || kind == OV_COVARIANCE_WHITE;
}

static double floor_of(const struct ov_covariance *c)
{
    bool images = c->kind == OV_COVARIANCE_IMAGES || c->kind == OV_COVARIANCE_OWN;
    return images ? OV_SPECTRUM_FLOOR_IMAGES : OV_SPECTRUM_FLOOR;
}

static enum ov_status set_all(struct ov_blocks **b, const struct ov_two_layer *s,
                              const double *node, const double *share, size_t L)
{
    enum ov_status status = ov_blocks_create(b, L);
    for (size_t l = 0; l < L && status == OV_OK; l++)
        ov_blocks_set(*b, l, node[l], share[l], s->covariance.whiten ? whitening(node[l]) : 1.0);
    return status;
}

/* For averages over starts. A measure of fewer points leaves blocks without directions. */
static enum ov_status averaged(struct ov_blocks **b, const struct ov_two_layer *s, size_t L,
                               struct ov_error *err)
{
    size_t n = 0, found = L;
    double *rho = NULL, *f = NULL, *node = calloc(2 * L, sizeof *node);
    enum ov_status status = node ? measure(&rho, &f, &n, s, err) : no_memory(err);
    if (status == OV_OK) {
        ov_spectrum_floor(rho, n, floor_of(&s->covariance));
        status = ov_spectrum_gauss(node, node + L, &found, rho, f, n);
        for (size_t l = found; l < L && status == OV_OK; l++)
            node[l] = node[found - 1];
        if (status == OV_OK)
            status = set_all(b, s, node, node + L, L);
        if (status != OV_OK)
            ov_fail(err, status, "the blocks of a spectrum: %s", ov_status_name(status));
    }
    free(rho);
    free(f);
    free(node);
    return status;
}

/* For the weights of one run. */
static enum ov_status drawn(struct ov_blocks **b, const struct ov_two_layer *s, const double *rho,
                            size_t L, struct ov_error *err)
{
    size_t N = s->problem.N;
    double *node = calloc(2 * L, sizeof *node), *member = calloc(L, N * sizeof *member);
    double *log_scale = copied(rho, N);
    enum ov_status status = node && member && log_scale ? OV_OK : no_memory(err);
    if (status == OV_OK) {
        ov_spectrum_floor(log_scale, N, floor_of(&s->covariance));
        status = ov_spectrum_chebyshev(node, node + L, member, L, log_scale, N);
        if (status == OV_OK)
            status = set_all(b, s, node, node + L, L);
        if (status != OV_OK)
            ov_fail(err, status, "the signed blocks of a spectrum: %s", ov_status_name(status));
    }
    if (status == OV_OK) {
        (*b)->is_signed = true;
        (*b)->member = member;
        member = NULL;
    }
    free(node);
    free(member);
    free(log_scale);
    return status;
}

/* The directions, and of the images of a run their own. */
static enum ov_status give_directions(struct ov_blocks *b, const struct ov_two_layer *s,
                                      const double *rho, struct ov_error *err)
{
    size_t N = s->problem.N;
    b->direction = copied(rho, N);
    if (!b->direction)
        return no_memory(err);
    if (s->covariance.kind != OV_COVARIANCE_OWN)
        return OV_OK;
    b->basis = calloc(N, N * sizeof *b->basis);
    return b->basis ? ov_images_spectrum(b->direction, b->basis, s, err) : no_memory(err);
}

bool ov_start_is_measured(const struct ov_two_layer *s)
{
    const struct ov_problem *p = &s->problem;
    return s->covariance.is_drawn || p->start == OV_START_WEIGHTS || !ov_problem_start_is_fixed(p);
}

/* directions: weights stand in their coordinates. */
static enum ov_status make(struct ov_blocks **b, const struct ov_two_layer *s, size_t L,
                           bool directions, struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    size_t N = s->problem.N, exact = ov_covariance_exact(c, N);
    bool measured = ov_start_is_measured(s),
         needs_all = directions || (!ov_covariance_is_listed(c) && L == exact);
    double *rho = needs_all && N > 0 ? calloc(N, sizeof *rho) : NULL, alike = 1.0;
    enum ov_status status = OV_OK;
    if (needs_all && N > 0)
        status = rho ? ov_covariance_variances(rho, s, err) : no_memory(err);
    if (status == OV_OK && L == exact) {
        status = ov_covariance_is_listed(c)
                     ? listed(b, s)
                     : one_each(b, rho ? rho : &alike, N, exact == 1 && N != 1, c->whiten);
        if (status != OV_OK)
            ov_fail(err, status, "the blocks of a covariance: %s", ov_status_name(status));
    } else if (status == OV_OK) {
        status = measured ? drawn(b, s, rho, L, err) : averaged(b, s, L, err);
    }
    if (status == OV_OK)
        (*b)->N = N;
    if (status == OV_OK && directions)
        status = give_directions(*b, s, rho, err);
    free(rho);
    return status;
}

enum ov_status ov_blocks_of_theory(struct ov_blocks **b, const struct ov_two_layer *s,
                                   struct ov_error *err)
{
    *b = NULL;
    return make(b, s, ov_covariance_blocks(s), ov_start_is_measured(s), err);
}

enum ov_status ov_blocks_of_sgd(struct ov_blocks **b, const struct ov_two_layer *s,
                                struct ov_error *err)
{
    *b = NULL;
    bool directions = ov_engines[s->engine].draws_weights || ov_start_is_measured(s);
    return make(b, s, ov_covariance_exact(&s->covariance, s->problem.N), directions, err);
}

/* ---- starts ---- */

enum ov_status ov_given_weights(struct ov_problem *own, const struct ov_problem *p, uint64_t key,
                                struct ov_error *err)
{
    size_t N = p->N, K = p->K, M = p->M;
    *own = *p;
    own->start = OV_START_WEIGHTS;
    own->teacher = OV_TEACHER_WEIGHTS;
    own->w = calloc(N, K * sizeof *own->w);
    own->w_star = calloc(N, M * sizeof *own->w_star);
    own->v = calloc(K, sizeof *own->v);
    if (!own->w || !own->w_star || !own->v)
        return no_memory(err);
    return ov_start_weights(own->w, own->w_star, own->v, p, key, err);
}

void ov_given_weights_free(struct ov_problem *own)
{
    free(own->w);
    free(own->w_star);
    free(own->v);
}

enum ov_status ov_start_of_theory(struct ov_overlaps *o, const struct ov_two_layer *s, uint64_t key,
                                  struct ov_error *err)
{
    const struct ov_problem *p = &s->problem;
    if (!p->blocks)
        return ov_start_overlaps(o, p, key, err);
    if (!s->covariance.is_drawn)
        return ov_start_blocks(o, p, key, err);
    struct ov_problem plain = *p, own;
    plain.blocks = NULL;
    enum ov_status status = ov_given_weights(&own, &plain, key, err);
    own.blocks = p->blocks;
    if (status == OV_OK)
        status = ov_start_blocks(o, &own, key, err);
    ov_given_weights_free(&own);
    return status;
}
