/* SPDX-License-Identifier: MIT
 *
 * When learning gets somewhere: the events of theory/online.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "online_internal.h"
#include "overlap/model/eps_g.h"

enum { PER_DECADE = 40, DECADES = 7, GRID = PER_DECADE * DECADES + 1 };

static const double least_alpha = 1e-3; /* the grid begins here, or 7 decades before its end */

struct below {
    struct ov_online *o;
    double level;
};

static double height_above(const double *y, void *ctx)
{
    const struct below *b = ctx;
    return ov_online_eps_g(b->o, y) - b->level;
}

/* One run to alpha_max with one event; no listed times are kept. */
static enum ov_status first_fall(double *alpha, const struct ov_problem *p,
                                 const struct ov_overlaps *start, double level, double alpha_max,
                                 const struct ov_solve_options *opt, struct ov_solve_report *report,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_online *o = NULL;
    enum ov_status status = ov_online_check(p, start, err);
    if (status != OV_OK)
        return status;
    double *path = calloc(ov_online_integrated(p), sizeof *path);
    if (!path || ov_online_create(&o, p, start) != OV_OK) {
        free(path);
        return ov_fail(err, OV_ENOMEM, "out of memory");
    }
    size_t count;
    struct below below = {o, level};
    struct ov_event event = {.value = height_above, .direction = -1, .ctx = &below};
    struct ov_events events = {
        .event = &event, .n = 1, .most = 1, .time = alpha, .count = &count, .stop = true};
    status = ov_online_integrate(path, o, start, &alpha_max, 1, opt, &events, report, tick, err);
    if (height_above(start->block, &below) <= 0.0)
        *alpha = 0.0;
    ov_online_free(o);
    free(path);
    return status;
}

static enum ov_status check(double eps_g, double alpha_max, struct ov_error *err)
{
    if (!(eps_g >= 0.0 && isfinite(eps_g)))
        return ov_fail(err, OV_EDOM, "the eps_g to reach must be finite and >= 0: %g", eps_g);
    if (!(alpha_max > 0.0 && isfinite(alpha_max)))
        return ov_fail(err, OV_EDOM, "the last alpha must be finite and > 0: %g", alpha_max);
    return OV_OK;
}

enum ov_status ov_online_time_to(double *alpha, const struct ov_problem *p,
                                 const struct ov_overlaps *start, double eps_g, double alpha_max,
                                 const struct ov_solve_options *opt, struct ov_solve_report *report,
                                 const struct ov_tick *tick, struct ov_error *err)
{
    *alpha = NAN;
    enum ov_status status = check(eps_g, alpha_max, err);
    if (status != OV_OK)
        return status;
    return first_fall(alpha, p, start, eps_g, alpha_max, opt, report, tick, err);
}

/* |d ln eps_g / d ln alpha| between rows i and i + 1. */
static double decline(const double *rows, size_t width, size_t i)
{
    const double *a = rows + i * width, *b = a + width;
    return fabs(log(b[1] / a[1]) / log(b[0] / a[0]));
}

/* The first minimum of the decline that is below half of the maximum before, and after which
 * eps_g falls below half of what it is there; GRID if there is none. */
static size_t find_plateau(const double *rows, size_t width)
{
    double most = 0.0, least = INFINITY;
    size_t at = GRID;
    for (size_t i = 0; i + 1 < GRID && rows[(i + 1) * width + 1] > 0.0; i++) {
        double now = decline(rows, width, i);
        if (at < GRID && rows[(i + 1) * width + 1] < 0.5 * rows[at * width + 1])
            return at;
        if (now < 0.5 * most && now < least) {
            least = now;
            at = i;
        }
        if (at == GRID)
            most = fmax(most, now);
    }
    return GRID;
}

enum ov_status ov_online_escape(double *alpha, double *plateau, const struct ov_problem *p,
                                const struct ov_overlaps *start, double alpha_max,
                                const struct ov_solve_options *opt, struct ov_solve_report *report,
                                const struct ov_tick *tick, struct ov_error *err)
{
    *alpha = *plateau = NAN;
    enum ov_status status = check(0.0, alpha_max, err);
    if (status != OV_OK)
        return status;
    size_t width = ov_problem_row_width(p);
    double grid[GRID], *rows = calloc(GRID * width, sizeof *rows);
    if (!rows)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    double first = fmin(least_alpha, alpha_max * pow(10.0, -DECADES));
    for (size_t i = 0; i < GRID; i++)
        grid[i] = first * pow(alpha_max / first, (double)i / (GRID - 1));
    grid[GRID - 1] = alpha_max;
    status = ov_online_solve(rows, p, start, grid, GRID, opt, report, tick, err);
    size_t at = status == OV_OK ? find_plateau(rows, width) : GRID;
    if (at < GRID)
        *plateau = rows[at * width + 1];
    free(rows);
    if (at == GRID)
        return status;
    return first_fall(alpha, p, start, 0.5 * *plateau, alpha_max, opt, NULL, tick, err);
}
