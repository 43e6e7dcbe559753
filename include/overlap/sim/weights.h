/* SPDX-License-Identifier: MIT
 *
 * Engine `weights`: SGD in weight space, the ground truth that everything else is held against
 * (paper.md eq:sgd, eq:batch). The only approximation is double precision. Results are a function
 * of (problem, inputs, key, alpha) and the same bits on every machine.
 */
#ifndef OVERLAP_SIM_WEIGHTS_H
#define OVERLAP_SIM_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/tick.h"
#include "overlap/model/problem.h"
#include "overlap/sim/dataset.h"

/* What the inputs are and how many of them there are. All zero: x ~ N(0, I_N), a fresh one each
 * time. Nothing is owned. Initial weights do not depend on any of this.
 *
 * A training set is gone through again and again, an epoch once through it: the first time in its
 * own order, then in a random one, drawn for each epoch. Input mu of a Gaussian training set is
 * input mu of the run with fresh inputs and the same key, and so is the noise in its label, which
 * is drawn once: the first epoch is that run, bit by bit, and sets of different sizes are nested.
 * Gaussian inputs are made anew each time they are needed; only their order is kept, four bytes an
 * input, and that only if there is a second epoch. */
struct ov_inputs {
    const double *spectrum;        /* (N) c_i >= 0 of x_i ~ N(0, c_i); NULL: all 1 */
    const struct ov_images *train; /* images in place of Gaussian inputs, or NULL */
    const struct ov_images *test;  /* what eps_g is measured on; with train only */
    uint64_t samples; /* size of the training set, < 2^32; 0: fresh inputs. With train: the first
                         images of it, 1 <= samples <= train->n */
};

/* One run of SGD, measured at the listed times; with p->stop up to the first that has eps_g at most
 * this.
 *   out  rows   (n_alpha, ov_measured_width(p)) row-major; alpha as listed, eps_g exactly from the
 *               overlaps of the weights, or of labels that are signs as in model/labels.h. Times
 *               between two steps (alpha N not whole) get the linear interpolation of the overlaps
 *               of the steps around them. Rows not reached are NaN.
 *   in   key    the run's random key
 *   in   alpha  (n_alpha) increasing, >= 0
 *   in   tick   told the steps done, and given the state to keep; may be NULL
 * Returns OV_OK; OV_EDIVERGED with "diverges at alpha = …", in err->diverged_at too; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_weights_run(double *rows, const struct ov_problem *p, uint64_t key,
                                           const double *alpha, size_t n_alpha,
                                           const struct ov_tick *tick, struct ov_error *err);

/* The width of a row of a run with given inputs (NULL: fresh white ones), and a column's name:
 * those of ov_row_width, then ov_sign_columns or, with images, "eps_g_se", then "eps_t" with a
 * training set. */
size_t ov_weights_width(const struct ov_problem *p, const struct ov_inputs *in);
void ov_weights_column(char name[32], const struct ov_problem *p, const struct ov_inputs *in,
                       size_t i);

/* The same with given inputs (NULL: fresh white ones).
 *   out  rows  (n_alpha, ov_weights_width). With a spectrum Q_kl = w_k.C w_l/N and R_km =
 *              w_k.C w*_m/N, the covariances of the fields. With images eps_g is the mean of
 *              (phi - phi*)^2/2 over the test set and eps_g_se its standard error; Q and R are the
 *              overlaps of the weights. eps_t is the mean of (phi - y)^2/2 over the training set, y
 *              with the noise it is trained on. Errors between two steps are interpolated.
 * OV_EDOM besides, for inputs of another dimension than N or a training set of a wrong size. */
OV_NODISCARD enum ov_status ov_weights_run_inputs(double *rows, const struct ov_problem *p,
                                                  const struct ov_inputs *in, uint64_t key,
                                                  const double *alpha, size_t n_alpha,
                                                  const struct ov_tick *tick, struct ov_error *err);

/* Weights that a run hands out besides its rows, as they are at the times of some of them. */
struct ov_weights_kept {
    const size_t *row; /* (n) increasing; these times are on whole steps */
    size_t n;
    double *numbers; /* out (ov_weights_kept_size): w* (M,N), then of each time w (K,N) and v (K);
                        what the run does not reach is left alone */
};
size_t ov_weights_kept_size(const struct ov_problem *p, size_t n);

/* ov_weights_run_inputs that keeps weights; kept may be NULL. */
OV_NODISCARD enum ov_status ov_weights_run_kept(double *rows, const struct ov_weights_kept *kept,
                                                const struct ov_problem *p,
                                                const struct ov_inputs *in, uint64_t key,
                                                const double *alpha, size_t n_alpha,
                                                const struct ov_tick *tick, struct ov_error *err);

/* What a row is made of, instead of all overlaps: of p = 5000 units they are 12 million. */
struct ov_weights_rows {
    size_t width;
    /* Fills a row (width, NaN before) from the overlaps and the error at this alpha. */
    void (*fill)(double *row, const struct ov_overlaps *o, double alpha, double eps_g,
                 const void *ctx);
    const void *ctx;
};

/* ov_weights_run with rows (n_alpha, what->width) that the caller makes; the overlaps of one time
 * are in memory, no more. */
OV_NODISCARD enum ov_status ov_weights_run_rows(double *rows, const struct ov_problem *p,
                                                uint64_t key, const double *alpha, size_t n_alpha,
                                                const struct ov_weights_rows *what,
                                                const struct ov_tick *tick, struct ov_error *err);

/* The same, bit by bit, as eq:sgd reads: one step after the other, one loop for each field and one
 * for each update. The oracle of the above, which computes the inputs and the teacher's fields
 * ahead and moves the weights in the same pass as it takes their next fields. */
OV_NODISCARD enum ov_status ov_weights_run_plain(double *rows, const struct ov_problem *p,
                                                 const struct ov_inputs *in, uint64_t key,
                                                 const double *alpha, size_t n_alpha,
                                                 const struct ov_tick *tick, struct ov_error *err);

#endif
