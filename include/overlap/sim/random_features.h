/* SPDX-License-Identifier: MIT
 *
 * One-pass SGD of the last layer of a random-feature student (model/random_features.h, paper.md
 * eq:rf_sgd): a fresh Gaussian input at every step. The only approximation is double precision.
 * Results are a function of (problem, key, t) and the same bits on every machine.
 */
#ifndef OVERLAP_SIM_RANDOM_FEATURES_H
#define OVERLAP_SIM_RANDOM_FEATURES_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"
#include "overlap/model/random_features.h"

/* The columns of a row: t = steps/K, alpha = steps/N, eps_g. */
enum { OV_RF_T, OV_RF_ALPHA, OV_RF_EPS_G, OV_RF_WIDTH };

/* One run, measured at the listed times.
 *   out  rows  (n_t, OV_RF_WIDTH); t as listed, eps_g exactly from the last layer by
 *              ov_rf_eps_g, on the instance that ov_rf_instance_create draws from this key. Times
 *              between two steps (t K not whole) get the linear interpolation of eps_g. On an
 *              error, rows not reached are NaN.
 *   in   key   the run's random key
 *   in   t     (n_t) increasing, >= 0
 *   in   tick  told the steps done; may be NULL. The run can go on from a checkpoint.
 * Memory: that of the instance, and 8 (K N + 100 (K + N)) bytes.
 * Returns OV_OK; OV_EDIVERGED with "diverges at t = …", in err->diverged_at too, as soon as the
 * student's error is a million times what labels and initial student account for; OV_EUSER where
 * there is nothing to simulate: flow (the limit of small eta has no steps), no N or K, and as
 * ov_rf_problem_check; OV_EDOM for times out of order; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_rf_sgd_run(double *rows, const struct ov_rf_problem *p, uint64_t key,
                                          const double *t, size_t n_t, const struct ov_tick *tick,
                                          struct ov_error *err);

#endif
