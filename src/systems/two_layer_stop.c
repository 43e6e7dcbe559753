/* SPDX-License-Identifier: MIT
 *
 * `stop`: a run that ends where eps_g first falls to a level at a time of measurement. Its later rows
 * have nothing but their times and the numbers of the whole run; column stopped_at is the time.
 */
#include <math.h>

#include "overlap/config/param.h"
#include "two_layer_internal.h"

static void say_stop(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double level = ((const struct ov_two_layer *)base)->problem.stop;
    (void)key;
    if (level > 0.0)
        ov_say_numbers(out, "stop.eps_g", &level, 1);
}

static const struct ov_field as_stop = {ov_take_real, say_stop, NULL};

const struct ov_key ov_stop_keys[] = {
    {"eps_g", OV_REAL, 1e-300, 1e300, NULL, NULL, OV_REQUIRED,
     "the level: a run ends with the first time of measurement at which its eps_g is not above it",
     OV_KEPT(&as_stop, struct ov_two_layer, problem.stop), .of = OV_OF_THEORY | OV_OF_SIM},
    {.name = NULL},
};

void ov_stop_read(struct ov_value *params)
{
    ov_value_get(params, "stop"); /* it is read: the level is taken by its row */
}

void ov_stop_plan(struct ov_side_plan *plan, const struct ov_two_layer *s)
{
    if (!(s->problem.stop > 0.0))
        return;
    ov_side_column(plan, OV_ROLE_WHOLE, true, "stopped_at");
    ov_text_addf(&plan->columns_doc,
                 "; stopped_at: the time of the row with which the run ends, the first with eps_g "
                 "<= %g, later rows are nan; nan: it does not end",
                 s->problem.stop);
}

size_t ov_stop_rows(const double *row, size_t n, size_t width, const struct ov_problem *p)
{
    for (size_t j = 0; j < n; j++)
        if (ov_problem_stops(p, row[j * width + 1]))
            return j + 1;
    return n;
}

/* Row number j of a run that has ended before: times, and what is true of the whole run. */
static void end_row(double *row, const double *last, const struct ov_side_plan *plan,
                    const struct ov_two_layer *s, size_t j)
{
    for (size_t i = 0; i < plan->n_col; i++)
        row[i] = plan->column[i].role == OV_ROLE_WHOLE ? last[i] : NAN;
    ov_scaling_put(row, &s->alpha[j], 1, s, j);
}

/* A number of the path that is not there though the run had not ended. */
static enum ov_status check_row(const double *row, const struct ov_side_plan *plan, size_t measured,
                                struct ov_error *err)
{
    for (size_t i = 0; i < measured; i++)
        if (!isfinite(row[i]))
            return ov_fail(err, OV_ENUMERIC, "%s is not a finite number at time %g",
                           plan->column[i].name, row[0]);
    return OV_OK;
}

enum ov_status ov_stop_fill(double *rows, const struct ov_side_plan *plan,
                            const struct ov_two_layer *s, size_t measured, struct ov_error *err)
{
    size_t width = plan->n_col, n = s->n_alpha, end = n, eps_g = ov_two_layer_times(s);
    if (!(s->problem.stop > 0.0))
        return OV_OK;
    for (size_t j = 0; j < n && end == n && !isnan(rows[j * width]); j++) {
        enum ov_status status = check_row(rows + j * width, plan, measured, err);
        if (status != OV_OK)
            return status;
        if (ov_problem_stops(&s->problem, rows[j * width + eps_g]))
            end = j;
    }
    for (size_t j = 0; j < n; j++)
        rows[j * width + width - 1] = end < n ? rows[end * width] : NAN;
    for (size_t j = end + 1; j < n; j++)
        end_row(rows + j * width, rows + end * width, plan, s, j);
    return OV_OK;
}
