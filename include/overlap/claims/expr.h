/* SPDX-License-Identifier: MIT
 *
 * Formulas of claims, by muParser: + - * / ^, parentheses, sqrt exp ln log10 sin cos tan asin acos
 * atan sinh cosh tanh abs min max erf digamma, the constants pi and e, and the variables that the
 * caller knows.
 */
#ifndef OVERLAP_CLAIMS_EXPR_H
#define OVERLAP_CLAIMS_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

/* Constants and functions; what else a formula names is the caller's. */
struct ov_expr_word {
    const char *name, *doc;
    bool function;
};
extern const struct ov_expr_word ov_expr_words[]; /* name NULL at the end */

/* The value of a name; false if there is none. */
typedef bool ov_expr_lookup(double *x, const void *ctx, const char *name);

/* Evaluates `text`.
 *   out  x       written only on OV_OK; finite
 *   out  column  zero-based position in `text` of what is wrong; may be NULL
 *   in   names   NULL-terminated names known to lookup, for did-you-mean; may be NULL
 * Returns OV_OK, or OV_EUSER: syntax, unknown name, a value that is not finite. */
OV_NODISCARD enum ov_status ov_expr_evaluate(double *x, const char *text, ov_expr_lookup *lookup,
                                             const void *ctx, const char *const *names,
                                             size_t *column, struct ov_error *err);

/* Length of the numeral, or of the name of a variable, a constant or a function, that stands at s;
 * 0 if there is none. */
size_t ov_expr_number(const char *s);
size_t ov_expr_name(const char *s);

#endif
