/* SPDX-License-Identifier: MIT
 *
 * Simulation against theory: the deviation of every seed from the theory that started at that
 * seed's own overlaps; their mean, standard error and z over the seeds.
 */
#ifndef OVERLAP_CLAIMS_COMPARE_H
#define OVERLAP_CLAIMS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/experiment/experiment.h"

/* What one comparison found, for the line on stdout. */
struct ov_agreement {
    size_t n_curve, n_row;
    double worst_z; /* z of largest |z| among those of the system's first quantity (eps_g); NaN
                       where no curve has two seeds */
    double worst_z_time;
    size_t n_z, least_seeds; /* how many z those are; the fewest seeds (or numbers behind
                                    theory's own error) behind one */
    size_t n_diverged;       /* curves with a run that diverged */
    char worst_quantity[32];
    char time[32]; /* "alpha", "t": the name of the time column */
    char worst_curve[128];
};

/* What the largest |z| stays below with probability 1 - level where theory is right: Student's t
 * with the fewest seeds, its level shared among all z (Bonferroni, so the true bound is lower where
 * times are correlated). NaN without any. */
double ov_agreement_bound(const struct ov_agreement *found, double level);

/* Compares every curve that has both sides and writes OUT/agreement.csv (sealed as every table):
 *     curve,quantity,TIME,n,theory,sgd,deviation,se,sd,z,max_abs,theory_se
 * with TIME the name of the system's time (alpha, t);
 * one row per curve, quantity (eps_g, Q_0_0, …) and time: n seeds, the means over seeds of theory
 * and simulation, mean deviation, its standard error, the seeds' standard deviation,
 * z = deviation/(se^2 + theory_se^2)^(1/2) (nan for n < 2, se = 0, or where no seed deviates by more
 * than rounding: 1e-10 of theory), largest |deviation| of a seed, theory's own standard error
 * (column QUANTITY_se of theory, 0 where it has none; one number for all seeds). Where a run of either side has diverged or ended, n counts the
 * seeds that are left and all else is nan. A curve without one of the sides is left out. Comments
 * name the keys of the tables read.
 *
 * Returns OV_OK; OV_EUSER where a result that is asked for is missing, stale or broken (naming the
 * command that mends it), holds non-finite numbers, has no partner or one at other times (a line
 * for each; such curves are left out, what is there is written); OV_EIO. */
OV_NODISCARD enum ov_status ov_compare(struct ov_agreement *found, const struct ov_experiment *e,
                                       const char *out, struct ov_error *err);

/* True where OUT/agreement.csv is whole, of the keys that its tables have to have now, and later
 * than they are. */
bool ov_compare_is_of_tables(const struct ov_experiment *e, const char *out);

/* True where OUT/agreement.csv is whole, of the keys that its tables have to have now, and neither
 * they nor this program have changed since: ov_compare would write the same again. */
bool ov_compare_is_fresh(const struct ov_experiment *e, const char *out);

#endif
