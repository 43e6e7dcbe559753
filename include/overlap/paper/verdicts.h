/* SPDX-License-Identifier: MIT
 *
 * build/verdicts.json: all that a verification found, claims and places of the paper. TAP, JUnit,
 * the lock of claims and its drift are views of it (src/tools/views.sh).
 */
#ifndef OVERLAP_PAPER_VERDICTS_H
#define OVERLAP_PAPER_VERDICTS_H

#include "overlap/base/status.h"
#include "overlap/claims/claims.h"
#include "overlap/paper/paper.h"

/* Writes what ov_claims_write_json does, and with it "paper": {"path", "points": [{line, column,
 * verdict, text}]}, as the report has them.
 *   in   paper  the paper's path; NULL where none was checked, `report` is not read then
 * Returns OV_OK; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_verdicts_write(const char *path, const struct ov_claims *claims,
                                              const char *paper,
                                              const struct ov_paper_report *report,
                                              struct ov_error *err);

/* The verdicts of a verification that could not be made: {"broken": why} and no claims, because
 * those of an earlier one must not stand for it. Returns OV_OK; OV_EIO; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_verdicts_broken(const char *path, const char *why,
                                               struct ov_error *err);

#endif
