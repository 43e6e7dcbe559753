/* SPDX-License-Identifier: MIT
 *
 * Inputs, features and labels of a block of steps, made ahead as matrix products.
 */
#include <math.h>
#include <stdlib.h>

#include "overlap/num/normal.h"
#include "random_features_internal.h"

static size_t whole_panels(size_t units)
{
    return (units + OV_RF_PANEL - 1) / OV_RF_PANEL * OV_RF_PANEL;
}

void ov_rf_ahead_free(struct ov_rf_ahead *a)
{
    if (!a)
        return;
    free(a->block);
    a->block = NULL;
}

static void pack(struct ov_rf_layer *layer, const double *w, size_t N)
{
    for (size_t k = 0; k < layer->n; k++) {
        double *to = layer->panel + k / OV_RF_PANEL * N * OV_RF_PANEL + k % OV_RF_PANEL;
        for (size_t i = 0; i < N; i++)
            to[i * OV_RF_PANEL] = w[k * N + i];
    }
}

/* Gives a layer its places from *next on. */
static void place(struct ov_rf_layer *layer, double **next, size_t N)
{
    layer->panel = *next;
    layer->out = layer->panel + layer->padded * N;
    *next = layer->out + layer->padded * OV_RF_BLOCK;
}

enum ov_status ov_rf_ahead_create(struct ov_rf_ahead *a, const struct ov_rf_problem *p,
                                  const struct ov_rf_instance *instance, uint64_t key,
                                  enum ov_simd level)
{
    size_t N = p->N;
    *a = (struct ov_rf_ahead){.p = p, .kernel = &ov_rf_kernels[level]};
    a->input = (struct ov_philox){key, OV_STREAM_INPUT};
    a->noise = (struct ov_philox){key, OV_STREAM_NOISE};
    a->student = (struct ov_rf_layer){.g = p->g, .n = p->K, .padded = whole_panels(p->K)};
    a->teacher = (struct ov_rf_layer){.g = p->g_star, .n = p->M, .padded = whole_panels(p->M)};
    /* five of BLOCK for zeta and y; eight numbers to align */
    size_t units = a->student.padded + a->teacher.padded;
    a->block = calloc(N + OV_RF_BLOCK, (units + OV_RF_BLOCK + 6) * sizeof *a->block);
    if (!a->block)
        return OV_ENOMEM;
    double *next = a->block + (64 - (uintptr_t)a->block % 64) % 64 / sizeof *next;
    place(&a->student, &next, N);
    place(&a->teacher, &next, N);
    a->zeta = next;
    a->y = a->zeta + 4 * OV_RF_BLOCK;
    a->x = a->y + OV_RF_BLOCK;
    pack(&a->student, instance->J, N);
    pack(&a->teacher, instance->w_star, N);
    return OV_OK;
}

static void apply(const struct ov_rf_kernels *kernel, const struct ov_activation *g, double *x,
                  double scale, size_t n)
{
    if (g->act == OV_ACT_ERF) {
        kernel->erf_units(x, scale, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = g->g(x[i] * scale);
}

static void respond(const struct ov_rf_ahead *a, const struct ov_rf_layer *layer, size_t n)
{
    size_t N = a->p->N;
    for (size_t k = 0; k < layer->padded; k += OV_RF_PANEL)
        a->kernel->fields(layer->out + k, layer->padded, a->x, n, N, layer->panel + k * N);
    apply(a->kernel, layer->g, layer->out, 1.0 / sqrt((double)N), n * layer->padded);
}

/* paper.md eq:rf_model */
void ov_rf_ahead_fill(struct ov_rf_ahead *a, uint64_t step, size_t n)
{
    const struct ov_rf_problem *p = a->p;
    size_t N = p->N;
    for (size_t r = 0; r < n; r++)
        ov_normal_fill(a->x + r * N, N, &a->input, (step + r) * ov_normal_blocks(N));
    respond(a, &a->student, n);
    respond(a, &a->teacher, n);
    if (p->sigma > 0.0)
        ov_normal_fill(a->zeta, 4 * n, &a->noise, step);
    for (size_t r = 0; r < n; r++) {
        const double *g = a->teacher.out + r * a->teacher.padded;
        double tau = 0.0;
        for (size_t m = 0; m < p->M; m++)
            tau += p->v_star[m] * g[m];
        a->y[r] = p->sigma > 0.0 ? tau + p->sigma * a->zeta[4 * r] : tau;
    }
}
