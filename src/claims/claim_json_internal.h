/* SPDX-License-Identifier: MIT
 *
 * JSON as verdicts and locks have it: null for what is not finite, and texts of anybody.
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

/* A claim's measures in a list, NULL where memory ran out. A lock has what must not drift; a
 * verdict also how it came about: the interval, the probabilities, the seeds needed. */
json_t *ov_json_measures(const struct ov_claim *claim, bool whole);

#endif
