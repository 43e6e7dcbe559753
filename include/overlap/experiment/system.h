/* SPDX-License-Identifier: MIT
 *
 * What a system is: one const struct. A system reads a curve's parameters into its problem
 * and runs either side of it; everything else (jobs, tables, claims, figures) does not know
 * physics.
 */
#ifndef OVERLAP_EXPERIMENT_SYSTEM_H
#define OVERLAP_EXPERIMENT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/base/tick.h"
#include "overlap/config/schema.h"

enum ov_side { OV_THEORY, OV_SGD };

/* "theory" or "sgd": the word in file names and tables. */
const char *ov_side_name(enum ov_side side);

/* What a column's number belongs to. Roles come in this order in a table. */
enum ov_role {
    OV_ROLE_TIME,  /* when it was measured; the first column is the time that tables are ordered by,
                      others are the same time in other units */
    OV_ROLE_VALUE, /* a quantity at that time */
    OV_ROLE_WHOLE  /* one number for the whole run, the same in all of its rows */
};

struct ov_column {
    char name[32]; /* "alpha", "eps_g", "Q_0_0" */
    enum ov_role role;
    bool closed;     /* of theory: a formula in the parameters, neither integrated nor solved nor
                        drawn; to compare it with a formula says nothing (claims/claims.h) */
    bool may_be_nan; /* nan where the number does not exist; elsewhere a number that is not finite
                        fails the job */
};

/* Numbers that a run gives besides its rows: a file NAME.npy of its own (store/arrays.h). */
struct ov_array {
    char name[48];
    size_t rows, cols; /* cols 0: a vector */
};

static inline size_t ov_array_size(const struct ov_array *a)
{
    return a->cols > 0 ? a->rows * a->cols : a->rows;
}

enum { OV_MODULES_MAX = 8 };

/* What one side of a curve computes: data, which `plan` fills in and everything else reads. */
struct ov_side_plan {
    size_t n_run;   /* 0: this side is not asked for */
    uint64_t first; /* the runs' seeds are numbered first, first + 1, …: from 0 (and one run) where
                       nothing depends on the seed, else from 1 */

    /* A run's result: n_row rows of n_col columns. */
    size_t n_row, n_col;
    const double *time; /* (n_row) increasing, each n_each times; the system's own */
    size_t
        n_each; /* rows of one time, one after the other: a table of parts that is read by figures
                      and people, not compared and not claimed; 0 and 1: a row a time */
    size_t n_piece; /* above 1: a run comes in so many pieces of equally many rows, one after the
                       other, each from a time of its own on; a piece is a job of its own, which the
                       system's run_piece computes. 0 and 1: a run is one job */
    struct ov_column *column;   /* (n_col) by ov_side_column */
    struct ov_text columns_doc; /* what the columns mean, in one line, for people */
    struct ov_array *array; /* (n_array) by ov_side_array: run_arrays computes the side then, one
                                   run at a time (group 1, whole) */
    size_t n_array;

    /* Everything besides the seed and the code that determines a run's numbers, one "key: value"
     * line each in a fixed order: result keys are made of it. */
    struct ov_text parameters;
    /* The modules whose code computes this side ("theory/online"), NULL at the end; what they
     * include is added by provenance. */
    const char *module[OV_MODULES_MAX];

    size_t group;  /* so many runs are best made together; 1 where that brings nothing, and of runs
                      in pieces */
    uint64_t work; /* of one job, in the units that its tick counts (steps); 0: not known */
    double memory; /* bytes that a process allocates besides its rows, as well as can be told
                      before, checkpoints included */
    bool failed;   /* memory ran out while this was filled in */
};

static inline size_t ov_side_pieces(const struct ov_side_plan *s)
{
    return s->n_piece > 1 ? s->n_piece : 1;
}

/* Rows of one job. */
static inline size_t ov_side_piece_rows(const struct ov_side_plan *s)
{
    return s->n_row / ov_side_pieces(s);
}

struct ov_curve;

/* A variable of formulas that is no parameter. */
struct ov_variable {
    const char *name, *doc;
};

struct ov_system {
    const char *name; /* the word in experiment.yaml */
    const char *doc;
    const char
        *columns; /* what columns its tables may have and what they mean, "alpha: …; eps_g: …",
                            for people: a table states its own (columns_doc); may be NULL */
    const struct ov_key *keys; /* a curve's parameters; theory and sgd among them */

    const struct ov_variable *variables; /* what formulas may name besides the parameters that are
                                            numbers (OV_IN_FORMULAS); name NULL at the end; NULL:
                                            nothing */

    size_t state_size; /* of c->state, which a curve gets zeroed before `plan`; 0: no state of its
                          own */

    /* Reads and checks a curve's parameters (c->params, read against `keys`) and says what there
     * is to compute: fills *c->state, c->side, c->problem and, by ov_curve_define, its variables.
     * Returns OV_OK; OV_EUSER reported at the place of the value at fault; OV_ENOMEM. What was
     * filled in by then is released by the caller. */
    enum ov_status (*plan)(struct ov_curve *c, struct ov_error *err);
    void (*release)(void *state); /* what the state owns, however little of it is filled in; NULL
                                     where it owns nothing */

    /* Computes runs that are made together, at most `group` of the side. What a run gives must not
     * depend on the runs made with it.
     *   out  rows  (n, n_row, n_col)
     *   in   key   (n) the runs' random keys: functions of c->problem and the seeds' numbers
     *   in   tick  told the work done, summed over the runs; may be NULL
     * Returns OV_OK; OV_EDIVERGED, with err->diverged_at, if one diverges: of a single run the
     * rows up to then are there, and those that were not reached are left alone or NaN; what else
     * went wrong. */
    enum ov_status (*run)(double *rows, const struct ov_curve *c, enum ov_side side,
                          const uint64_t *key, size_t n, const struct ov_tick *tick,
                          struct ov_error *err);

    /* Computes one run of a side that gives arrays besides rows; NULL where none does.
     *   out  arrays  one behind the other, NaN before; one that was not reached (divergence, `stop`)
     *                has NaN for its first number and no file
     * As run. */
    enum ov_status (*run_arrays)(double *rows, double *arrays, const struct ov_curve *c,
                                 enum ov_side side, uint64_t key, const struct ov_tick *tick,
                                 struct ov_error *err);

    /* Computes one piece of a run, of a side that comes in pieces; NULL where none does. What it
     * gives must not depend on the run's other pieces.
     *   out  rows  (n_row / n_piece, n_col)
     * Returns OV_OK, or what went wrong: a piece that diverges has failed. */
    enum ov_status (*run_piece)(double *rows, const struct ov_curve *c, enum ov_side side,
                                size_t piece, uint64_t key, const struct ov_tick *tick,
                                struct ov_error *err);
};

/* The next column of a side. */
void ov_side_column(struct ov_side_plan *s, enum ov_role role, bool may_be_nan, const char *fmt,
                    ...) OV_PRINTF(4, 5);
/* Says that the last column added is closed. */
void ov_side_column_closed(struct ov_side_plan *s);
/* The next array of a side. */
void ov_side_array(struct ov_side_plan *s, size_t rows, size_t cols, const char *fmt, ...)
    OV_PRINTF(4, 5);
/* Numbers of all of them. */
size_t ov_side_arrays_size(const struct ov_side_plan *s);
/* The column that is meant where nobody names one: eps_g; of a side without, its first quantity;
 * NULL where it has none. */
const char *ov_side_main_quantity(const struct ov_side_plan *s);

/* `on_divergence`, a row that every system's table of keys has: "keep" (a run that diverges is a
 * result) or "fail" (its job fails). */
extern const char *const ov_on_divergence[];
#define OV_ON_DIVERGENCE_ROW                                                                       \
    {                                                                                              \
        "on_divergence", OV_WORD, 0, 0, ov_on_divergence, NULL, OV_OPTIONAL,                       \
            .doc = "of a run that diverges; keep: its rows up to then are its result, the rest "   \
                   "is nan; fail: its job fails (default: the experiment's, or keep)"              \
    }

/* For keys of whole numbers that may depend on the tier, such as seeds: {quick: 2, ci: 10,
 * full: 100}. A key whose `map` is this table reaches `plan` as the plain number that the tier picked. */
extern const struct ov_key ov_tier_keys[];

#endif
