/* SPDX-License-Identifier: MIT
 *
 * claims.lock.json: what all claims said at one time, to be committed, so that a later revision can
 * be held against it: which verdicts changed, and which numbers moved by more than their errors.
 */
#ifndef OVERLAP_CLAIMS_LOCK_H
#define OVERLAP_CLAIMS_LOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"

/* Writes {"format": 1, "claims": {"EXPERIMENT.ID": {"asks": its keys in experiment.yaml, defaults
 * included, "verdict", "measures": [{curve, at, value, se, n, expect, margin, verdict}], "tables":
 * {"CURVE.SIDE": KEY}}}}: keys sorted, numbers in
 * full precision, null where not finite (or no whole table). No clock, host or path: the same
 * claims on the same results give the same bytes. Nothing is written where the file holds them
 * already. Returns OV_OK; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_lock_write(const struct ov_claims *claims, const char *path,
                                          struct ov_error *err);

/* {"CURVE.SIDE": KEY, …} of one claim, for jansson (json_t *); NULL where memory ran out. */
void *ov_lock_tables(const struct ov_claim *claim);

enum { OV_DRIFT_SIGMAS = 3 };

/* How two locks differ. A value drifts by |new - old|/sqrt(se_old^2 + se_new^2); where neither has
 * an error, by the relative difference, and 1e-6 is too far (theory agrees across machines to its
 * tolerance, which is far below). */
struct ov_drift {
    size_t n_same;      /* claims with nothing of the following */
    size_t n_verdict;   /* their verdict changed */
    size_t n_drifted;   /* a value moved by more than OV_DRIFT_SIGMAS, or to or from no number */
    size_t n_redefined; /* it asks something else: a key of it changed */
    size_t n_new, n_gone;
    struct ov_text table;   /* aligned, a row for each of these; empty if there is none; owned */
    struct ov_text summary; /* one line; owned */
};

/* Compares two lock files. A claim may count as changed, drifted and redefined at once.
 * Returns OV_OK; OV_EUSER with "PATH: error: …" for a file that can't be read, is truncated or no
 * JSON (with line and column), or is no lock; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_drift_compare(struct ov_drift *drift, const char *old_path,
                                             const char *new_path, struct ov_error *err);
void ov_drift_free(struct ov_drift *drift); /* NULL-safe */

/* True where something a reader relies on changed: anything but new claims. */
bool ov_drift_matters(const struct ov_drift *drift);

#endif
