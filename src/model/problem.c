/* SPDX-License-Identifier: MIT
 *
 * Is a problem well posed? And the columns that all its rows have.
 */
#include "overlap/model/problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "problem_covariance_internal.h"

enum { MOST_UNITS = 1000000 };

void ov_problem_free(struct ov_problem *p)
{
    if (!p)
        return;
    free(p->T);
    free(p->w_star);
    free(p->w);
    p->w_star = p->w = NULL;
    free(p->v_star);
    free(p->Q);
    free(p->R);
    free(p->own);
    free(p->v);
    free(p->schedule.at);
    p->schedule.at = NULL;
    ov_blocks_free(p->blocks);
    p->blocks = NULL;
    p->T = p->v_star = p->Q = p->R = p->own = p->v = NULL;
}

size_t ov_problem_least_N(const struct ov_problem *p)
{
    if (p->start == OV_START_PARTICLES)
        return p->M + 1;
    if (p->start != OV_START_RANDOM && p->start != OV_START_WEIGHTS)
        return p->K + p->M;
    return p->teacher == OV_TEACHER_RANDOM || p->teacher == OV_TEACHER_WEIGHTS ? 1 : p->M;
}

bool ov_problem_start_is_fixed(const struct ov_problem *p)
{
    if (p->start == OV_START_WEIGHTS || p->teacher == OV_TEACHER_WEIGHTS)
        return p->start == OV_START_WEIGHTS && p->teacher == OV_TEACHER_WEIGHTS;
    return p->teacher != OV_TEACHER_RANDOM && p->start != OV_START_RANDOM &&
           p->start != OV_START_PARTICLES;
}

void ov_row_column(char name[32], size_t i, size_t K, size_t M)
{
    if (i == 0)
        snprintf(name, 32, "alpha");
    else if (i == 1)
        snprintf(name, 32, "eps_g");
    else
        ov_overlaps_column(name, i - 2, K, M);
}

void ov_problem_row_column(char name[32], size_t i, const struct ov_problem *p)
{
    size_t in_fields = ov_row_width(p->K, p->M), in_block = ov_sym_size(p->K) + p->K * p->M;
    if (i < in_fields) {
        ov_row_column(name, i, p->K, p->M);
        return;
    }
    size_t l = (i - in_fields) / in_block;
    ov_overlaps_column(name, (i - in_fields) % in_block, p->K, p->M);
    snprintf(name + strlen(name), 32 - strlen(name), "_b%zu", l);
}

/* Names the key and returns OV_EUSER with the words that follow it. */
#define BLAME(k, ...) (*key = (k), ov_fail(err, OV_EUSER, __VA_ARGS__))

static enum ov_status check_sizes(const struct ov_problem *p, const char **key,
                                  struct ov_error *err)
{
    if (p->K < 1 || p->K > MOST_UNITS)
        return BLAME("K", "K must be from 1 to %d", MOST_UNITS);
    if (p->M < 1 || p->M > MOST_UNITS)
        return BLAME("M", "M must be from 1 to %d", MOST_UNITS);
    if (p->N != 0 && p->N < ov_problem_least_N(p))
        return BLAME("N", "N = %zu must be at least %s = %zu", p->N,
                     p->start == OV_START_RANDOM ? "M" : "K + M", ov_problem_least_N(p));
    if (p->N == 0 && (!ov_problem_start_is_fixed(p) || p->w))
        return BLAME("N", "N is needed: a random start or a random teacher depends on it");
    if (!p->g)
        return BLAME("activation", "the activation is missing");
    if (!p->g_star)
        return BLAME("teacher_activation", "the teacher's activation is missing");
    return OV_OK;
}

static enum ov_status check_rates(const struct ov_problem *p, const char **key,
                                  struct ov_error *err)
{
    const struct {
        const char *key;
        double value;
    } rates[] = {{"eta_w", p->eta_w},          {"eta_v", p->eta_v},          {"sigma", p->sigma},
                 {"weight_decay", p->decay_w}, {"weight_decay", p->decay_v}, {"init.std", p->std},
                 {"init.v_std", p->v_std},     {"teacher.sparse", p->sparse}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (!(isfinite(rates[i].value) && rates[i].value >= 0.0))
            return BLAME(rates[i].key, "%s must be a number >= 0, not %g", rates[i].key,
                         rates[i].value);
    if (!(p->momentum >= 0.0 && p->momentum < 1.0))
        return BLAME("momentum", "momentum must be a number from 0 to below 1, not %g",
                     p->momentum);
    if (p->labels.sign && p->sigma > 0.0)
        return BLAME("sigma", "sigma is the noise of real-valued labels; a sign has labels.flip");
    if (p->labels.sign && !(p->labels.flip >= 0.0 && p->labels.flip <= 0.5))
        return BLAME("labels.flip", "the share of flipped labels must be from 0 to 1/2, not %g",
                     p->labels.flip);
    if (p->labels.sign && p->labels.test < 2)
        return BLAME("labels.test", "a mean with an error needs two inputs or more");
    if (p->sparse >= 1.0)
        return BLAME("teacher.sparse", "the share of zeros must be below 1, not %g", p->sparse);
    return OV_OK;
}

static enum ov_status check_schedule(const struct ov_problem *p, const char **key,
                                     struct ov_error *err)
{
    const struct ov_schedule *s = &p->schedule;
    const struct {
        enum ov_decay kind;
        const char *key;
        bool good;
        const char *says;
    } rows[] = {
        {OV_DECAY_POWER, "eta_w.decay.exponent", isfinite(s->exponent) && s->exponent >= 0.0,
         ">= 0"},
        {OV_DECAY_POWER, "eta_w.decay.time", isfinite(s->time) && s->time > 0.0, "> 0"},
        {OV_DECAY_POWER, "eta_w.decay.from", isfinite(s->from) && s->from >= 0.0, ">= 0"},
        {OV_DECAY_STEPS, "eta_w.decay.factor", isfinite(s->factor) && s->factor >= 0.0, ">= 0"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (s->kind == rows[i].kind && !rows[i].good)
            return BLAME(rows[i].key, "%s must be a number %s", rows[i].key, rows[i].says);
    for (size_t i = 0; s->kind == OV_DECAY_STEPS && i < s->n_at; i++)
        if (!(isfinite(s->at[i]) && s->at[i] > (i > 0 ? s->at[i - 1] : 0.0)))
            return BLAME("eta_w.decay.at", "the times of steps must increase from above 0");
    return OV_OK;
}

/* Given arrays: present where they are needed, and finite. */
static enum ov_status check_arrays(const struct ov_problem *p, const char **key,
                                   struct ov_error *err)
{
    bool given = p->start == OV_START_OVERLAPS;
    const struct {
        const char *key;
        bool needed;
        const double *x;
        size_t n;
    } arrays[] = {{"v_star", true, p->v_star, p->M},
                  {"teacher.T", p->teacher == OV_TEACHER_GIVEN, p->T, ov_sym_size(p->M)},
                  {"init.Q", given, p->Q, ov_sym_size(p->K)},
                  {"init.R", given, p->R, p->K * p->M},
                  {"init.v", given || p->start == OV_START_WEIGHTS, p->v, p->K},
                  {"teacher.weights", p->teacher == OV_TEACHER_WEIGHTS, p->w_star, p->M * p->N},
                  {"init.weights", p->start == OV_START_WEIGHTS, p->w, p->K * p->N}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        if (arrays[i].needed && !arrays[i].x)
            return BLAME(arrays[i].key, "%s is missing", arrays[i].key);
        for (size_t j = 0; arrays[i].x && j < arrays[i].n; j++)
            if (!isfinite(arrays[i].x[j]))
                return BLAME(arrays[i].key, "%s has an entry that is not finite", arrays[i].key);
    }
    return OV_OK;
}

/* A packed matrix must be PSD; `smallest` puts the eigenvalue into the message. */
static enum ov_status check_psd(const double *A, size_t n, const char *what, struct ov_error *err)
{
    double min = 0.0, scale = 0.0;
    enum ov_status status = ov_sym_min_eigenvalue(&min, A, n);
    if (status != OV_OK)
        return ov_fail(err, status, "the eigenvalues of %s: %s", what, ov_status_name(status));
    for (size_t i = 0; i < n; i++)
        scale = fmax(scale, fabs(A[ov_sym_at(i, i)]));
    if (min < -OV_PROBLEM_EXACT * scale)
        return ov_fail(err, OV_EUSER,
                       "%s is not positive semi-definite: smallest eigenvalue %.6g (rounded "
                       "overlaps may have one down to %g of the largest squared length)",
                       what, min, -OV_PROBLEM_ROUNDED);
    return OV_OK;
}

static enum ov_status check_teacher(const struct ov_problem *p, const char **key,
                                    struct ov_error *err)
{
    if (p->teacher == OV_TEACHER_RANDOM && p->start == OV_START_OVERLAPS)
        return BLAME("init.kind", "given overlaps need a given or orthonormal teacher: those of a "
                                  "random teacher differ from seed to seed");
    if (p->teacher == OV_TEACHER_WEIGHTS && p->start == OV_START_OVERLAPS)
        return BLAME("init.kind", "given overlaps need a teacher that is given by its overlaps, "
                                  "not by its weights");
    if (p->teacher != OV_TEACHER_GIVEN)
        return OV_OK;
    *key = "teacher.T";
    for (size_t m = 0; m < p->M; m++)
        if (!(p->T[ov_sym_at(m, m)] > 0.0))
            return ov_fail(err, OV_EUSER, "T_%zu_%zu = %g must be > 0", m, m,
                           p->T[ov_sym_at(m, m)]);
    return check_psd(p->T, p->M, "T", err);
}

static enum ov_status check_start(const struct ov_problem *p, const char **key,
                                  struct ov_error *err)
{
    if (p->start != OV_START_OVERLAPS)
        return OV_OK;
    *key = "init.Q";
    enum ov_status status = check_psd(p->Q, p->K, "Q", err);
    if (status != OV_OK)
        return status;
    *key = "init.R";
    double *C = calloc(ov_sym_size(p->K + p->M), sizeof *C);
    if (!C)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    ov_problem_covariance(C, p);
    status = check_psd(C, p->K + p->M, "the joint matrix of T, R, Q", err);
    free(C);
    return status;
}

enum ov_status ov_problem_check(const struct ov_problem *p, const char **key, struct ov_error *err)
{
    enum ov_status (*const checks[])(const struct ov_problem *, const char **,
                                     struct ov_error *) = {
        check_sizes, check_rates, check_schedule, check_arrays, check_teacher, check_start};
    const char *at_fault = "";
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        enum ov_status status = checks[i](p, &at_fault, err);
        if (status != OV_OK) {
            if (key)
                *key = at_fault;
            return status;
        }
    }
    return OV_OK;
}
