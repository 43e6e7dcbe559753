/* SPDX-License-Identifier: MIT
 *
 * The tables of one curve as samples and paths need them.
 */
#ifndef OVERLAP_CLAIMS_CLAIM_TABLES_INTERNAL_H
#define OVERLAP_CLAIMS_CLAIM_TABLES_INTERNAL_H

#include "claim_data_internal.h"

/* `theory` only where the query is against it. */
struct ov_tables {
    struct ov_result own, theory;
};

/* Reads the tables of curve number c. OV_OK, whatever is on disk; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_tables_read(struct ov_tables *t, const struct ov_query *q, size_t c,
                                           const char *out, struct ov_error *err);
void ov_tables_free(struct ov_tables *t);

/* False, with the verdict and why, if this side can't be used. */
bool ov_tables_usable(const struct ov_result *r, enum ov_side side, enum ov_verdict *verdict,
                      char why[512]);

/* Theory's group for seed group i; false, with why, if it has none at this time j. */
bool ov_tables_partner(size_t *partner, const struct ov_tables *t, size_t i, size_t j,
                       char why[512]);
/* Its number in a column that is there. */
double ov_tables_theory(const struct ov_tables *t, size_t partner, size_t j, const char *column);

#endif
