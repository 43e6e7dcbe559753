/* SPDX-License-Identifier: MIT
 *
 * Parameters that several systems keep and say the same way: fields of rows (config/param.h) for
 * arrays and activations, and the rows of the teacher, of activations and of times. Mistakes are
 * reported at the value's place (OV_EUSER); OV_ENOMEM besides.
 */
#ifndef OVERLAP_SYSTEMS_VALUES_INTERNAL_H
#define OVERLAP_SYSTEMS_VALUES_INTERNAL_H

#include <stddef.h>

#include "overlap/config/param.h"
#include "overlap/experiment/experiment.h"

/* `double *`, allocated; NULL is not said. The row says where the shape is (rows, cols) and, in
 * `shape`, how people call it. */
extern const struct ov_field ov_as_vector; /* (rows) from a list, or one number for all; in formulas
                                              where all are the same */
extern const struct ov_field ov_as_packed; /* (rows,rows) symmetric, its packed lower triangle */
extern const struct ov_field ov_as_matrix; /* (rows, cols) */
extern const struct ov_field
    ov_as_levels;                         /* any number of levels, which *rows is set to; each names
                                             a column by six digits: no two may have the same */
extern const struct ov_field ov_as_times; /* (rows), read by ov_times_read: said only */

OV_NODISCARD enum ov_status ov_take_vector(void *base, const struct ov_key *key,
                                           const struct ov_value *v, struct ov_error *err);

/* `const struct ov_activation *`, by name. */
extern const struct ov_field ov_as_activation;

/* Offsets of an array and of the members that hold its shape; for the end of a row. */
#define OV_KEPT_ARRAY(how, type, member, n, called)                                                \
    OV_KEPT(how, type, member), .rows = offsetof(type, n), .shape = (called)

/* ---- rows ---- */

extern const char *const ov_teacher_words[]; /* as enum ov_teacher */
extern const char *const ov_spacings[];
extern const char *const ov_layer_words[]; /* of second layers, which ov_take_vector knows */

/* The table of key `teacher`, for a struct that has a `problem` with M, teacher and T. */
#define OV_TEACHER_KEYS(type)                                                                      \
    {                                                                                              \
        {"T",                                                                                      \
         OV_MATRIX,                                                                                \
         -INFINITY,                                                                                \
         INFINITY,                                                                                 \
         NULL,                                                                                     \
         NULL,                                                                                     \
         OV_REQUIRED,                                                                              \
         "overlaps T_mn = w*_m.w*_n/N of the teacher's units, M x M",                              \
         OV_KEPT_ARRAY(&ov_as_packed, type, problem.T, problem.M, "M x M"),                        \
         .of = OV_OF_PROBLEM},                                                                     \
            {.name = NULL},                                                                        \
    }
#define OV_TEACHER_ROW(type, keys)                                                                 \
    {                                                                                              \
        "teacher", OV_WORD | OV_MAP, 0, 0, ov_teacher_words, keys, "orthonormal",                  \
            "first layer of the teacher; random: w*_mi ~ N(0,1)",                                  \
            OV_KEPT(&ov_as_word, type, problem.teacher), .of = OV_OF_PROBLEM                       \
    }
#define OV_V_STAR_ROW(type, fallback, meaning)                                                     \
    {                                                                                              \
        "v_star", OV_REAL | OV_LIST | OV_WORD, -1e6, 1e6, ov_layer_words, NULL, fallback,          \
            "second layer of the teacher, one number for all units or M of them; mixed: 1, -1, "   \
            "1, …; mean: 1/M; root: 1/sqrt M" meaning,                                             \
            OV_KEPT_ARRAY(&ov_as_vector, type, problem.v_star, problem.M, "teacher has M"),        \
            .of = OV_OF_PROBLEM | OV_IN_FORMULAS                                                   \
    }

/* The student's activation and the teacher's, which is the student's if it is not given: whoever
 * reads the curve sets problem.g_star then. */
#define OV_ACTIVATION_ROWS(type, whose, whose_else)                                                \
    {"activation",                                                                                 \
     OV_STRING,                                                                                    \
     0,                                                                                            \
     0,                                                                                            \
     NULL,                                                                                         \
     NULL,                                                                                         \
     "erf",                                                                                        \
     "activation of the " whose                                                                    \
     ": linear, erf (erf(x/sqrt 2)), relu, leaky_relu (slope 0.01 below 0), quadratic (x^2), "     \
     "he2 (x^2 - 1), he3 (x^3 - 3x), he4 (x^4 - 6x^2 + 3; <He_n^2> = n!), tanh, sigmoid, "         \
     "softplus, gelu, silu or sin",                                                                \
     OV_KEPT(&ov_as_activation, type, problem.g),                                                  \
     .of = OV_OF_PROBLEM},                                                                         \
    {                                                                                              \
        "teacher_activation", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,                            \
            "activation of the teacher (default: the " whose_else ")",                             \
            OV_KEPT(&ov_as_activation, type, problem.g_star), .of = OV_OF_PROBLEM                  \
    }

/* The table of a range of times; `first`: what the first one is if not given. */
#define OV_TIMES_KEYS(first)                                                                       \
    {                                                                                              \
        {"max", OV_REAL, 0, 1e12, NULL, NULL, OV_REQUIRED, .doc = "last time"},                    \
            {"min",       OV_REAL,                                                                 \
             0,           1e12,                                                                    \
             NULL,        NULL,                                                                    \
             OV_OPTIONAL, .doc = "first time after 0, for log spacing (default: " first ")"},      \
            {"points", OV_INT, 2, 100000, NULL, NULL, "60", .doc = "how many times, 0 included"},  \
            {"spacing", OV_WORD, 0, 0, ov_spacings, NULL, "log", .doc = "how they are spread"},    \
            {.name = NULL},                                                                        \
    }

/* The seeds of sgd, and the N that replaces the curve's. */
#define OV_SGD_ROWS(type, runs)                                                                    \
    {"seeds",                                                                                      \
     OV_INT | OV_MAP,                                                                              \
     1,                                                                                            \
     1e6,                                                                                          \
     NULL,                                                                                         \
     ov_tier_keys,                                                                                 \
     OV_REQUIRED,                                                                                  \
     "how many independent runs; by tier: {quick: 2, ci: 10, full: 100}",                          \
     OV_KEPT(&ov_as_size, type, runs)},                                                            \
    {                                                                                              \
        "N", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,                                              \
            "input dimension, in place of the curve's N", OV_KEPT(&ov_as_size, type, problem.N)    \
    }

/* Puts a complaint of the model to the value that it is about, or as near as there is one.
 *   in   key  the path that the model names, or NULL */
OV_NODISCARD enum ov_status ov_place_complaint(struct ov_value *params, const char *key,
                                               const char *says, struct ov_error *err);

/* The rows of both sides, as far as these are asked for (n_run), where they are at the same times
 * and runs are made one by one. */
void ov_plan_rows(struct ov_curve *c, const double *time, size_t n_row);

/* Tells a curve the numbers of all rows in formulas. */
void ov_define_variables(struct ov_curve *c, const struct ov_key *keys, const void *base);

#endif
