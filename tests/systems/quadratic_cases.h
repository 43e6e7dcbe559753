/* SPDX-License-Identifier: MIT
 *
 * Curves of quadratic networks, and their tables, for tests.
 */
#ifndef OVERLAP_TESTS_SYSTEMS_QUADRATIC_CASES_H
#define OVERLAP_TESTS_SYSTEMS_QUADRATIC_CASES_H

#include <math.h>

#include "experiment/load.h"
#include "overlap/sim/quadratic.h"
#include "overlap/systems/systems.h"
#include "overlap/theory/quadratic.h"

#define HEAD "title: t\nsystem: quadratic\ncurves:\n  - id: a\n"
#define MODEL HEAD "    kappa: 0.5\n    kappa_star: 0.2\n    lambda: 0.1\n    d: 10\n"
/* Parameters of a test follow from line 11 on. */
#define LONG MODEL "    alpha: [0.1, 0.4]\n    theory: true\n"
#define FLOW MODEL "    alpha: 0.4\n    t: [0, 1, 2]\n    sgd: {method: flow, seeds: 2}\n"

static inline void refuses_more(const char *text, const char *more, const char *report)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s%s", text, more);
    refuses(t.s, report);
    ov_text_free(&t);
}

static inline struct ov_experiment *load_more(const char *text, const char *more)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s%s", text, more);
    struct ov_experiment *e = load(t.s);
    ov_text_free(&t);
    return e;
}

static inline double *run_side(const struct ov_experiment *e, enum ov_side side, uint64_t key)
{
    const struct ov_curve *c = &e->curve[0];
    struct ov_error err = {0};
    double *rows = calloc(c->side[side].n_row * c->side[side].n_col, sizeof *rows);
    ck_assert_ptr_nonnull(rows);
    size_t pieces = ov_side_pieces(&c->side[side]), size = ov_side_piece_rows(&c->side[side]);
    enum ov_status status =
        pieces > 1 ? OV_OK : ov_system_quadratic.run(rows, c, side, &key, 1, NULL, &err);
    for (size_t i = 0; i < pieces && pieces > 1 && status == OV_OK; i++)
        status = ov_system_quadratic.run_piece(rows + i * size * c->side[side].n_col, c, side, i,
                                               key, NULL, &err);
    ck_assert_msg(status == OV_OK, "%s: %s", ov_status_name(status), err.text);
    return rows;
}

static inline void check_columns(const struct ov_experiment *e, enum ov_side side,
                                 const char *expected)
{
    const struct ov_side_plan *plan = &e->curve[0].side[side];
    struct ov_text t = {0};
    for (size_t i = 0; i < plan->n_col; i++)
        ov_text_addf(&t, "%s%s", i ? "," : "", plan->column[i].name);
    ck_assert_str_eq(t.s, expected);
    ov_text_free(&t);
}

static inline void check_said(const char *text, enum ov_side side, const char *line, bool there)
{
    struct ov_experiment *e = load(text);
    const char *said = e->curve[0].side[side].parameters.s;
    ck_assert_msg((strstr(said, line) != NULL) == there, "'%s' %s in\n%s", line,
                  there ? "is not" : "is", said);
    ov_experiment_free(e);
}

#endif
