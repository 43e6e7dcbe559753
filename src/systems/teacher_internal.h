/* SPDX-License-Identifier: MIT
 *
 * The teacher of a curve, which all systems read and describe alike, and the lines of which
 * descriptions are made.
 */
#ifndef OVERLAP_SYSTEMS_TEACHER_INTERNAL_H
#define OVERLAP_SYSTEMS_TEACHER_INTERNAL_H

#include <stddef.h>

#include "overlap/base/text.h"
#include "overlap/config/schema.h"
#include "overlap/experiment/experiment.h"
#include "overlap/model/problem.h"

/* The words and the map that key `teacher` takes. */
extern const char *const ov_teacher_words[];
extern const struct ov_key ov_teacher_keys[];

/* Reads key `teacher`.
 *   out  T  packed (M,M), allocated, where T is given; else left alone
 * Returns OV_OK; OV_EUSER at the place of a T of another shape or without symmetry; OV_ENOMEM. */
enum ov_status ov_teacher_read(enum ov_teacher *kind, double **T, size_t M,
                               struct ov_value *teacher, struct ov_error *err);

/* Lines "teacher: …", "T: …" where it is given, "v_star: …". Result keys are made of them. */
void ov_teacher_describe(struct ov_text *out, enum ov_teacher kind, const double *T, size_t M,
                         const double *v_star);

/* Defines v_star for formulas where it is one number for all units (M). */
void ov_teacher_define(struct ov_curve *c, const double *v_star, size_t M);

/* One line "key: x", "key: x y z" of a description. */
void ov_describe_number(struct ov_text *out, const char *key, double x);
void ov_describe_numbers(struct ov_text *out, const char *key, const double *x, size_t n);

#endif
