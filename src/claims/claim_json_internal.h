/* SPDX-License-Identifier: MIT
 *
 * JSON as verdicts have it: null for what is not finite, and texts of anybody.
 */
#ifndef OVERLAP_CLAIMS_CLAIM_JSON_INTERNAL_H
#define OVERLAP_CLAIMS_CLAIM_JSON_INTERNAL_H

#include <stdbool.h>

#include <jansson.h>

#include "overlap/claims/claims.h"

/* Puts a value that may be NULL (out of memory) and takes it over; false on failure. */
bool ov_json_put(json_t *object, const char *key, json_t *value);

/* `value` if all went well; else NULL, and the value is freed (NULL-safe). */
json_t *ov_json_if(bool good, json_t *value);

json_t *ov_json_number(double x);

/* What is no UTF-8, as names of directories and texts that were cut short may be, as U+FFFD. */
json_t *ov_json_text(const char *text);

/* Of one claim, each NULL where memory ran out: its keys in experiment.yaml, defaults included, but
 * not its words (id, says, source, revised); {"CURVE.SIDE": KEY, …}, null for a table that is not whole; its
 * measures in a list. */
json_t *ov_json_asks(const struct ov_claim *claim);
json_t *ov_json_tables(const struct ov_claim *claim);
json_t *ov_json_measures(const struct ov_claim *claim);

#endif
