/* SPDX-License-Identifier: MIT
 *
 * What a covariance asks of theory and of sgd, and sgd's runs with it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/sym.h"
#include "overlap/sim/weights.h"
#include "two_layer_internal.h"
#include "values_internal.h"

bool ov_theory_has_blocks(const struct ov_two_layer *s)
{
    return s->theory_asked && s->covariance.kind != OV_COVARIANCE_WHITE &&
           s->covariance.theory_inputs != OV_THEORY_ISOTROPIC;
}

bool ov_sgd_has_covariance(const struct ov_two_layer *s)
{
    enum ov_covariance_kind kind = s->covariance.kind;
    return kind != OV_COVARIANCE_WHITE && kind != OV_COVARIANCE_OWN &&
           kind != OV_COVARIANCE_MANIFOLD;
}

bool ov_theory_needs_N(const struct ov_two_layer *s)
{
    const struct ov_covariance *c = &s->covariance;
    return ov_theory_has_blocks(s) && s->problem.N > 0 &&
           (c->kind >= OV_COVARIANCE_POWER || c->spiked || ov_start_is_measured(s));
}

/* ---- columns ---- */

static size_t block_columns(const struct ov_two_layer *s, enum ov_side side)
{
    const struct ov_covariance *c = &s->covariance;
    if (side == OV_SGD)
        return ov_sgd_has_covariance(s) && c->in_sgd ? c->n : 0;
    return ov_theory_has_blocks(s) && c->in_columns ? ov_covariance_blocks(s) : 0;
}

size_t ov_path_width(const struct ov_two_layer *s, enum ov_side side)
{
    struct ov_problem p = s->problem;
    struct ov_blocks shape = {.L = block_columns(s, side), .in_rows = true};
    p.blocks = &shape;
    return side == OV_SGD ? ov_weights_width(&p, &s->data.inputs) : ov_problem_row_width(&p);
}

void ov_path_column(char name[32], const struct ov_two_layer *s, enum ov_side side, size_t i)
{
    struct ov_problem p = s->problem;
    struct ov_blocks shape = {.L = block_columns(s, side), .in_rows = true};
    p.blocks = &shape;
    if (side == OV_SGD)
        ov_weights_column(name, &p, &s->data.inputs, i);
    else
        ov_problem_row_column(name, i, &p);
}

bool ov_path_needs_blocks(const struct ov_two_layer *s)
{
    return s->covariance.in_columns || s->covariance.kind == OV_COVARIANCE_OWN ||
           s->extras.fixed_point;
}

void ov_path_end(struct ov_overlaps *o, const double *row, const struct ov_overlaps *start,
                 const struct ov_two_layer *s)
{
    size_t K = o->K, M = o->M, nQ = ov_sym_size(K), nR = K * M;
    const struct ov_blocks *b = s->problem.blocks;
    memcpy(o->block, start->block, ov_overlaps_size_blocks(o->L, K, M) * sizeof *o->block);
    if (b && !b->in_rows)
        return;
    const double *part = b ? row + ov_row_width(K, M) : row + 2;
    for (size_t l = 0; l < o->L; l++) {
        memcpy(o->Q + l * nQ, part + l * (nQ + nR), nQ * sizeof *o->Q);
        memcpy(o->R + l * nR, part + l * (nQ + nR) + nQ, nR * sizeof *o->R);
    }
    memcpy(o->v, row + 2 + nQ + nR, K * sizeof *o->v);
}

const double *ov_path_row(double *row, const struct ov_two_layer *s)
{
    const struct ov_problem *p = &s->problem;
    if (!p->blocks || s->covariance.kind != OV_COVARIANCE_OWN || isnan(row[0]))
        return row;
    size_t n = ov_sym_size(p->K) + p->K * p->M;
    const double *part = row + ov_row_width(p->K, p->M);
    memset(row + 2, 0, n * sizeof *row);
    for (size_t i = 0; i < p->blocks->L * n; i++)
        row[2 + i % n] += part[i];
    return row;
}

/* ---- starts ---- */

static size_t directions(const struct ov_two_layer *s, size_t l)
{
    const struct ov_covariance *c = &s->covariance;
    return ov_covariance_is_listed(c) ? (size_t)rint(c->share[l] * (double)s->problem.N) : 1;
}

/* The first block with fewer directions than units; as many as there are: none. */
static size_t first_small(const struct ov_two_layer *s)
{
    size_t L = ov_covariance_exact(&s->covariance, s->problem.N), l = 0;
    if (!ov_covariance_is_listed(&s->covariance) && L == 1) /* all are alike */
        return L;
    while (l < L && directions(s, l) >= s->problem.K + s->problem.M)
        l++;
    return l;
}

static bool is_embedded(const struct ov_problem *p)
{
    return p->start != OV_START_WEIGHTS && ov_problem_start_is_fixed(p);
}

/* Of how many directions the overlaps of block l make use. */
static enum ov_status rank_of(size_t *rank, const struct ov_two_layer *s, size_t l)
{
    const struct ov_covariance *c = &s->covariance;
    size_t K = s->problem.K, M = s->problem.M, P = K + M;
    struct ov_overlaps o;
    double *C = calloc(ov_sym_size(P) + P + P * P, sizeof *C), largest = 0.0;
    enum ov_status status = ov_overlaps_create(&o, K, M);
    *rank = 0;
    if (C && status == OV_OK) {
        memcpy(o.T, c->T + l * ov_sym_size(M), ov_sym_size(M) * sizeof *o.T);
        memcpy(o.Q, c->Q + l * ov_sym_size(K), ov_sym_size(K) * sizeof *o.Q);
        memcpy(o.R, c->R + l * K * M, K * M * sizeof *o.R);
        ov_overlaps_covariance(C, &o);
        double *value = C + ov_sym_size(P);
        status = ov_sym_eigen(value, value + P, C, P);
        for (size_t a = 0; a < P; a++)
            largest = fmax(largest, value[a]);
        for (size_t a = 0; a < P; a++)
            *rank += value[a] > 1e-9 * largest;
    }
    ov_overlaps_free(&o);
    free(C);
    return C ? status : OV_ENOMEM;
}

/* Given block by block: is there room? */
static enum ov_status check_room(const struct ov_two_layer *s, struct ov_value *params,
                                 struct ov_error *err)
{
    for (size_t l = 0; l < s->covariance.n; l++) {
        size_t rank, n = directions(s, l);
        if (rank_of(&rank, s, l) != OV_OK)
            return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
        if (rank > n)
            return ov_value_fail(ov_value_find(params, "sgd"), err,
                                 "block %zu has %zu of N = %zu directions, its overlaps need %zu",
                                 l, n, s->problem.N, rank);
    }
    return OV_OK;
}

/* A start from given overlaps: embedded block by block, or as a whole. */
static enum ov_status find_start(struct ov_two_layer *s, struct ov_value *params,
                                 struct ov_error *err)
{
    struct ov_covariance *c = &s->covariance;
    const struct ov_value *sgd = ov_value_find(params, "sgd");
    if (!s->sgd_runs || !is_embedded(&s->problem))
        return OV_OK;
    if (c->T)
        return check_room(s, params, err);
    size_t l = c->kind == OV_COVARIANCE_OWN ? 0 : first_small(s);
    c->is_drawn = c->kind == OV_COVARIANCE_OWN || l < ov_covariance_exact(c, s->problem.N);
    if (c->is_drawn && !ov_engines[s->engine].draws_weights)
        return ov_value_fail(
            sgd, err,
            "engine law starts from given overlaps in blocks of K + M = %zu "
            "directions or more, and block %zu has %zu: take engine weights or a random "
            "start",
            s->problem.K + s->problem.M, l, directions(s, l));
    return OV_OK;
}

/* ---- the sides ---- */

static enum ov_status in_vain(struct ov_value *params, const char *path, const char *says,
                              struct ov_error *err)
{
    const struct ov_value *v = ov_value_find(params, path);
    return v && v->number != 0.0 ? ov_value_fail(v, err, "%s", says) : OV_OK;
}

/* Does theory have blocks that share directions? */
static bool is_signed(const struct ov_two_layer *s)
{
    return ov_start_is_measured(s) &&
           ov_covariance_blocks(s) != ov_covariance_exact(&s->covariance, s->problem.N);
}

/* Steps of 1/N are a flow to order 1/N only where rates change by little in a step. */
static const double least_steps_of_decay = 5.0;

/* What `theory` asks for that inputs in blocks, or others, do not have. */
static enum ov_status check_asked(const struct ov_two_layer *s, struct ov_value *params,
                                  struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    bool has = ov_theory_has_blocks(s), has_rates = c->whiten || c->rate;
    const struct {
        bool bad;
        const char *path, *says;
    } rows[] = {
        {!has, "theory.spiked", "spiked is for theory of inputs with a covariance"},
        {!has, "theory.blocks", "blocks is for theory of inputs with a covariance"},
        {!ov_sgd_has_covariance(s) || !ov_covariance_is_listed(c), "sgd.blocks",
         "blocks is for inputs whose covariance lists its blocks"},
        {has && is_signed(s), "theory.fluctuations",
         "fluctuations of drawn weights need a block for each direction: blocks: all"},
        {has && has_rates, "theory.eta_max", "eta_max is for a gradient without preconditioner"},
        {has && s->problem.N == 0, "theory.spiked", "spiked needs 'N', the input dimension"},
        {has && s->problem.schedule.kind == OV_DECAY_POWER &&
             s->problem.schedule.time * (double)s->problem.N < least_steps_of_decay,
         "theory.spiked", "spiked is not known with learning rates that fall within five steps"},
        {has && s->problem.gradient_flow, "theory.spiked",
         "gradient flow (noise: false) has no spiked: it is of the noise of SGD"},
    };
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && status == OV_OK; i++)
        if (rows[i].bad)
            status = in_vain(params, rows[i].path, rows[i].says, err);
    return status;
}

enum ov_status ov_covariance_complete(struct ov_two_layer *s, struct ov_value *params,
                                      struct ov_error *err)
{
    struct ov_covariance *c = &s->covariance;
    s->problem.spiked = s->problem.in_steps =
        c->spiked; /* both of order rho/N, and of one another */
    enum ov_status status = ov_manifold_check(s, params, err);
    if (status == OV_OK)
        status = check_asked(s, params, err);
    if (c->kind == OV_COVARIANCE_WHITE || status != OV_OK)
        return status;
    bool density = c->kind == OV_COVARIANCE_LOGNORMAL || c->kind == OV_COVARIANCE_MARCHENKO_PASTUR;
    bool needs_N =
        s->sgd_runs || ov_start_is_measured(s) || (!ov_covariance_is_listed(c) && !density);
    if (needs_N)
        status = ov_covariance_check_N(s, params, err);
    if (status == OV_OK && s->sgd_runs && !ov_engines[s->engine].draws_weights &&
        ov_covariance_exact(c, s->problem.N) > OV_MOST_LAW_BLOCKS)
        return ov_value_fail(
            ov_value_find(params, "sgd"), err,
            "engine law has a block for each of N = %zu directions, at most %d: take "
            "engine weights",
            s->problem.N, OV_MOST_LAW_BLOCKS);
    if (status == OV_OK && ov_theory_has_blocks(s))
        status = ov_covariance_check_blocks(s, params, err);
    else if (status == OV_OK)
        ov_value_unused(params, "blocks", "has no theory of its inputs' covariance");
    return status == OV_OK ? find_start(s, params, err) : status;
}

/* ---- sgd ---- */

/* Engine weights, one run after the other; a start that is drawn is embedded as a whole. */
static enum ov_status run_weights(double *rows, const struct ov_weights_kept *kept,
                                  const struct ov_two_layer *s, struct ov_blocks *blocks,
                                  const uint64_t *key, size_t n_run, const struct ov_tick *tick,
                                  struct ov_error *err)
{
    const struct ov_inputs *in = &s->data.inputs;
    struct ov_problem p = s->problem, own;
    enum ov_status status = OV_OK;
    p.blocks = blocks;
    size_t size = s->n_alpha * ov_weights_width(&p, in);
    for (size_t i = 0; i < n_run && status == OV_OK; i++) {
        double *at = rows + i * size;
        if (!s->covariance.is_drawn) {
            status = ov_weights_run_kept(at, kept, &p, in, key[i], s->alpha, s->n_alpha, tick, err);
            continue;
        }
        status = ov_given_weights(&own, &s->problem, key[i], err);
        own.blocks = blocks;
        if (status == OV_OK)
            status =
                ov_weights_run_kept(at, kept, &own, in, key[i], s->alpha, s->n_alpha, tick, err);
        ov_given_weights_free(&own);
    }
    return status;
}

enum ov_status ov_covariance_run(double *rows, const struct ov_weights_kept *kept,
                                 const struct ov_two_layer *s, const uint64_t *key, size_t n_run,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    const struct ov_engine *engine = &ov_engines[s->engine];
    struct ov_problem p = s->problem;
    enum ov_status status = ov_blocks_of_sgd(&p.blocks, s, err);
    if (status == OV_OK)
        p.blocks->in_rows = s->covariance.in_sgd;
    if (status == OV_OK && engine->draws_weights)
        status = run_weights(rows, kept, s, p.blocks, key, n_run, tick, err);
    else if (status == OV_OK)
        status = engine->run(rows, &p, key, n_run, s->alpha, s->n_alpha, tick, err);
    ov_blocks_free(p.blocks);
    return status;
}
