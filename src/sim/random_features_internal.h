/* SPDX-License-Identifier: MIT
 *
 * What the files of the simulator of random features share: the inputs and features of a block of
 * steps, computed ahead (random_features_ahead.c) because they do not depend on the student, and
 * the inner loops of that (random_features_kernels.c).
 */
#ifndef OVERLAP_SIM_RANDOM_FEATURES_INTERNAL_H
#define OVERLAP_SIM_RANDOM_FEATURES_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/model/start.h"
#include "overlap/num/philox.h"
#include "overlap/num/simd.h"
#include "overlap/sim/random_features.h"

/* Units whose weights stand side by side, and the steps of a block: what keeps the weights of one
 * panel and the inputs of one block in the caches. No result depends on either. */
enum { OV_RF_PANEL = 16, OV_RF_BLOCK = 96 };

/* Rows of J or of the teacher by panels: weight i of unit k stands at
 * [(k / PANEL) * N * PANEL + i * PANEL + k % PANEL]; units up to a whole panel have zeros. */
struct ov_rf_layer {
    const struct ov_activation *g;
    size_t n, padded; /* units; rounded up to whole panels */
    double *panel;    /* (padded / PANEL, N, PANEL) */
    double *out;      /* (BLOCK, padded): g of the fields of the block's steps */
};

struct ov_rf_ahead {
    const struct ov_rf_problem *p;
    const struct ov_rf_kernels *kernel;
    struct ov_philox input, noise;
    double *block; /* owned; everything below stands in it */
    struct ov_rf_layer student, teacher;
    double *x;    /* (BLOCK, N) */
    double *zeta; /* (4 BLOCK): every fourth is the noise of a step */
    double *y;    /* (BLOCK) labels */
};

/* Copies the weights of an instance into panels. OV_OK or OV_ENOMEM; released by
 * ov_rf_ahead_free, which is NULL-safe. */
OV_NODISCARD enum ov_status ov_rf_ahead_create(struct ov_rf_ahead *a, const struct ov_rf_problem *p,
                                               const struct ov_rf_instance *instance, uint64_t key,
                                               enum ov_simd level);
void ov_rf_ahead_free(struct ov_rf_ahead *a);

/* Features and labels of n <= BLOCK steps from `step` on. */
void ov_rf_ahead_fill(struct ov_rf_ahead *a, uint64_t step, size_t n);

/* ov_rf_sgd_run at a given level, which the CPU must have. */
OV_NODISCARD enum ov_status ov_rf_sgd_run_at(enum ov_simd level, double *rows,
                                             const struct ov_rf_problem *p, uint64_t key,
                                             const double *t, size_t n_t,
                                             const struct ov_tick *tick, struct ov_error *err);

/* ---- the inner loops ---- */

struct ov_rf_kernels {
    /* out[r * stride + j] = sum_i x[r * N + i] panel[i * PANEL + j], j < PANEL, r < rows. */
    void (*fields)(double *out, size_t stride, const double *x, size_t rows, size_t N,
                   const double *panel);
    /* x = erf(scale x/sqrt 2); n in whole panels */
    void (*erf_units)(double *x, double scale, size_t n);
};

extern const struct ov_rf_kernels ov_rf_kernels[OV_SIMD_COUNT];

/* The highest level of the kernels that this CPU has. */
enum ov_simd ov_rf_level(void);

#endif
