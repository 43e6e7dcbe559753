/* SPDX-License-Identifier: MIT
 *
 * One node read as one value: the inside of config/schema.h.
 */
#ifndef OVERLAP_CONFIG_SCHEMA_VALUE_INTERNAL_H
#define OVERLAP_CONFIG_SCHEMA_VALUE_INTERNAL_H

#include <stdbool.h>

#include "overlap/base/text.h"
#include "overlap/config/schema.h"

/* One reading. Mistakes are collected in err, not returned one by one. */
struct ov_reading {
    struct ov_error *err; /* may be NULL */
    bool failed;
    bool in_default; /* inside of a default, whose nodes live no longer than this reading */
};

/* Reports a mistake at a node and remembers that there was one. */
#define OV_MISTAKE(r, node, ...)                                                                   \
    ((r)->failed = true, (void)ov_node_fail((node), (r)->err, __VA_ARGS__))

/* Reads a scalar or a list into v, as v->key (set by the caller) allows. Maps are refused: they
 * are read by ov_schema_read. */
void ov_value_read(struct ov_reading *r, struct ov_value *v, struct fy_node *node);

/* Reads a text into v as one of its key's scalar types; `plain`: not in quotes. Ranges are not
 * checked. False if it is of none of the types. */
bool ov_value_scalar(struct ov_value *v, const char *s, bool plain);

/* True for a key without a value, and for a plain `null` or `~`. */
bool ov_node_is_nothing(struct fy_node *node);

/* Reports that a node is not of the key's type. */
void ov_mistyped(struct ov_reading *r, const struct ov_key *key, struct fy_node *node);

/* Appends what a key may be: "a whole number or a list of numbers". */
void ov_schema_expected(struct ov_text *t, const struct ov_key *key);

#endif
