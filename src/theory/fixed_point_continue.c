/* SPDX-License-Identifier: MIT
 *
 * A fixed point as a function of a parameter. Newton's method at the next value starts from the
 * last point, or from the line through the last two: what a tangent would add is its own first
 * step.
 */
#include "overlap/theory/fixed_point.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixed_point_newton_internal.h"

static const double shortest = 0x1p-12; /* of the distance between listed values */
static const double jump = 0.2; /* of a component of y, relative to the larger of 1 and it */

struct path {
    struct ov_problem p;
    struct ov_newton newton;
    size_t moving; /* of all blocks */
    bool extrapolate, have_two;
    double value, value_before;
    double *block; /* owned; the views below */
    double *y, *y_before, *predicted;
};

static void path_free(struct path *a)
{
    ov_newton_free(&a->newton);
    free(a->block);
}

static enum ov_status path_init(struct path *a, const struct ov_problem *p,
                                const struct ov_overlaps *o, bool extrapolate)
{
    *a = (struct path){.p = *p, .extrapolate = extrapolate};
    a->moving = ov_overlaps_moving_blocks(o->L, p->K, p->M);
    a->block = calloc(3 * a->moving, sizeof *a->block);
    if (!a->block)
        return OV_ENOMEM;
    a->y = a->block;
    a->y_before = a->y + a->moving;
    a->predicted = a->y_before + a->moving;
    return ov_newton_create(&a->newton, &a->p, o);
}

static void predict(struct path *a, double value)
{
    double slope = 0.0;
    if (a->extrapolate && a->have_two)
        slope = (value - a->value) / (a->value - a->value_before);
    for (size_t i = 0; i < a->moving; i++)
        a->predicted[i] = a->y[i] + slope * (a->y[i] - a->y_before[i]);
}

static bool jumped(const struct path *a)
{
    for (size_t i = 0; i < a->moving; i++)
        if (!(fabs(a->newton.y[i] - a->predicted[i]) <= jump * fmax(1.0, fabs(a->y[i]))))
            return true;
    return false;
}

/* From the fixed point at a->value to the one at `value`. */
static bool try_step(struct ov_fixed_point *found, struct path *a,
                     void (*set)(struct ov_problem *p, double value), double value)
{
    predict(a, value);
    memcpy(a->newton.y, a->predicted, a->moving * sizeof *a->y);
    set(&a->p, value);
    if (ov_newton_find(found, &a->newton, NULL) != OV_OK || jumped(a))
        return false;
    memcpy(a->y_before, a->y, a->moving * sizeof *a->y);
    memcpy(a->y, a->newton.y, a->moving * sizeof *a->y);
    a->value_before = a->value;
    a->value = value;
    a->have_two = true;
    return true;
}

/* From a->value to `value` in as many steps as it takes; false if the fixed point is lost. */
static bool reach(struct ov_fixed_point *found, struct path *a,
                  void (*set)(struct ov_problem *p, double value), double value)
{
    double start = a->value, done = 0.0, part = 1.0; /* of value - start */
    if (value == start)
        return try_step(found, a, set, value);
    while (done < 1.0) {
        double next = fmin(1.0, done + part);
        if (try_step(found, a, set, next < 1.0 ? start + next * (value - start) : value)) {
            done = next;
            part *= 2.0;
        } else {
            part *= 0.5;
            if (part < shortest)
                return false;
        }
    }
    return true;
}

static void write_row(double *row, struct path *a, const struct ov_fixed_point *found)
{
    memcpy(a->newton.y, a->y, a->moving * sizeof *a->y);
    row[0] = a->value;
    row[1] = found->eps_g;
    memcpy(row + 2, ov_newton_fields(&a->newton)->block,
           ov_overlaps_moving(a->p.K, a->p.M) * sizeof *row);
}

enum ov_status ov_fixed_point_continue(struct ov_fixed_point *found, double *rows, size_t *n_found,
                                       double *lost, struct ov_overlaps *o,
                                       const struct ov_problem *p,
                                       void (*set)(struct ov_problem *p, double value),
                                       const double *value, size_t n_value, bool extrapolate,
                                       struct ov_error *err)
{
    size_t width = ov_row_width(p->K, p->M); /* of the fields */
    struct path a;
    *n_found = 0;
    for (size_t i = 0; i < n_value; i++)
        found[i] = (struct ov_fixed_point){.eps_g = NAN, .growth = NAN, .growth_over_eta = NAN};
    for (size_t i = 0; i < n_value * width; i++)
        rows[i] = NAN;
    if (lost)
        *lost = NAN;
    enum ov_status status = n_value > 0 ? ov_newton_check(p, o, err) : OV_OK;
    if (status != OV_OK || n_value == 0)
        return status;
    if (path_init(&a, p, o, extrapolate) != OV_OK) {
        path_free(&a);
        return ov_fail(err, OV_ENOMEM, "out of memory");
    }
    set(&a.p, a.value = value[0]);
    status = ov_newton_find(&found[0], &a.newton, err);
    memcpy(a.y, a.newton.y, a.moving * sizeof *a.y);
    for (size_t i = 0; status == OV_OK && i < n_value; i++) {
        if (i > 0 && !reach(&found[i], &a, set, value[i])) {
            found[i] = (struct ov_fixed_point){.eps_g = NAN, .growth = NAN, .growth_over_eta = NAN};
            break;
        }
        write_row(rows + i * width, &a, &found[i]);
        *n_found = i + 1;
    }
    if (status == OV_OK) {
        memcpy(o->block, a.y, a.moving * sizeof *a.y);
        if (lost && *n_found < n_value)
            *lost = a.value;
    }
    path_free(&a);
    return status;
}
