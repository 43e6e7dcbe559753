/* SPDX-License-Identifier: MIT
 *
 * A parameter is declared once: a row of struct ov_key says its name, type, range, default and
 * meaning (config/schema.h), and by the members that this header explains where its value is kept
 * in the system's own struct, and what it belongs to. Reading it, the canonical text that keys are
 * made of and the variables of formulas all come from the row.
 */
#ifndef OVERLAP_CONFIG_PARAM_H
#define OVERLAP_CONFIG_PARAM_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/config/schema.h"

/* What a parameter belongs to (struct ov_key, of): the numbers of which results depend on it. */
enum ov_belongs {
    OV_OF_PROBLEM = 1, /* theory and simulation, and the random numbers */
    OV_OF_DRAWN = 2,   /* the same, where anything is drawn: an input dimension */
    OV_OF_THEORY = 4,
    OV_OF_SIM = 8,
    OV_IN_FORMULAS = 16 /* claims may name it */
};

/* How a value is kept: at byte key->at of `base`. A member may be NULL. */
struct ov_field {
    /* Puts the value there. OV_OK; OV_EUSER at the value's place; OV_ENOMEM. */
    enum ov_status (*take)(void *base, const struct ov_key *key, const struct ov_value *v,
                           struct ov_error *err);
    /* Its "key: value" line of the canonical text; nothing where it means nothing. */
    void (*say)(struct ov_text *out, const struct ov_key *key, const void *base);
    /* Its number in formulas; false where it has none. */
    bool (*number)(double *x, const struct ov_key *key, const void *base);
};

extern const struct ov_field ov_as_size;  /* size_t; of a whole number */
extern const struct ov_field ov_as_known; /* the same; 0 is not known: not said, not in formulas */
extern const struct ov_field ov_as_real;  /* double */
extern const struct ov_field ov_as_flag;  /* bool; true of a map too; said where it is true */
extern const struct ov_field ov_as_word;  /* unsigned or an enum: the index among the words; of a
                                             map, which counts as "given", the one after them */

/* What these are made of, for fields that differ in one member. */
OV_NODISCARD enum ov_status ov_take_size(void *base, const struct ov_key *key,
                                         const struct ov_value *v, struct ov_error *err);
OV_NODISCARD enum ov_status ov_take_real(void *base, const struct ov_key *key,
                                         const struct ov_value *v, struct ov_error *err);
void ov_say_size(struct ov_text *out, const struct ov_key *key, const void *base);
bool ov_number_size(double *x, const struct ov_key *key, const void *base);
bool ov_number_known(double *x, const struct ov_key *key, const void *base);

/* Where a row's value is kept; for the end of a row. */
#define OV_KEPT(how, type, member) .field = (how), .at = offsetof(type, member)

/* Takes all values of a map whose rows have a field, in the order of the table, those of maps in
 * it after the map's own. What has been said to be unused is left alone.
 *   in   base  the struct that `at` counts in
 * Returns OV_OK, or the first mistake, OV_EUSER at its place; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_params_take(void *base, struct ov_value *map, struct ov_error *err);

/* The lines of all rows, in the order of the table, that belong to any of `of`. */
void ov_params_say(struct ov_text *out, const struct ov_key *keys, unsigned of, const void *base);

/* Tells `define` the numbers of all rows in formulas. */
void ov_params_define(const struct ov_key *keys, const void *base,
                      void (*define)(void *ctx, const char *name, double x), void *ctx);

/* One line "name: x y z". */
void ov_say_numbers(struct ov_text *out, const char *name, const double *x, size_t n);

#endif
