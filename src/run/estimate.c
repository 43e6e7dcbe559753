/* SPDX-License-Identifier: MIT
 *
 * How much CPU time a plan will take, as far as earlier runs tell.
 */
#include "overlap/run/estimate.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/clock.h"
#include "overlap/run/sidecar.h"
#include "overlap/store/results.h"

/* Sources, which stand among the inputs by their path, and what random numbers there are. */
static bool costs_nothing(const char *line)
{
    return strncmp(line, "src/", 4) == 0 || strncmp(line, "include/", 8) == 0 ||
           strncmp(line, "stream: ", 8) == 0;
}

/* True if each line of a that says a parameter of cost is one of b. */
static bool is_within(const char *a, const char *b)
{
    while (*a) {
        size_t n = strcspn(a, "\n");
        bool found = costs_nothing(a);
        for (const char *line = b; *line && !found; line += strcspn(line, "\n"), line += *line != 0)
            found = strcspn(line, "\n") == n && strncmp(line, a, n) == 0;
        if (!found)
            return false;
        a += n + (a[n] != '\0');
    }
    return true;
}

static bool same_parameters(const char *a, const char *b)
{
    return is_within(a, b) && is_within(b, a);
}

/* The source of the side's first module, its engine, is among the inputs. */
static bool same_engine(const struct ov_batch *b, const char *inputs)
{
    struct ov_text source = {0};
    ov_text_addf(&source, "src/%s.c: ", ov_batch_side(b)->module[0]);
    const char *found = source.failed ? NULL : strstr(inputs, source.s);
    ov_text_free(&source);
    return found && (found == inputs || found[-1] == '\n');
}

/* Seconds of one job, from the sidecar below `out`. */
static double seconds_by(const struct ov_batch *b, const char *out)
{
    struct ov_text inputs = {0};
    struct ov_cost cost;
    uint64_t work, now = ov_batch_side(b)->work;
    double seconds = NAN;
    if (ov_sidecar_cost(&inputs, &cost, &work, out, b->curve, b->side)) {
        double one = cost.seconds / (double)cost.n_run;
        if (now > 0 && work > 0 && same_engine(b, inputs.s))
            seconds = one * (double)now / (double)work;
        else if (now == 0 && same_parameters(inputs.s, b->inputs))
            seconds = one * (double)cost.n_piece / (double)ov_side_pieces(ov_batch_side(b));
    }
    ov_text_free(&inputs);
    return seconds;
}

double ov_batch_seconds(const struct ov_batch *b)
{
    struct ov_cost noted = ov_cost_noted(b);
    double seconds = seconds_by(b, b->out);
    if (noted.n_run > 0)
        seconds = noted.seconds / (double)noted.n_run;
    if (isnan(seconds)) {
        char *usual = ov_results_dir(b->experiment);
        seconds = seconds_by(b, usual);
        free(usual);
    }
    return seconds * (double)ov_batch_todo(b);
}

/* Steps of what is to do; 0 where they are not known. */
static double steps_of(const struct ov_batch *b)
{
    return (double)ov_batch_todo(b) * (double)ov_batch_side(b)->work;
}

static void add_steps(struct ov_text *t, double steps)
{
    if (steps < 1e3)
        ov_text_addf(t, "%.0f steps", steps);
    else if (steps < 1e6)
        ov_text_addf(t, "%.3gk steps", steps * 1e-3);
    else if (steps < 1e9)
        ov_text_addf(t, "%.3gM steps", steps * 1e-6);
    else
        ov_text_addf(t, "%.3gG steps", steps * 1e-9);
}

void ov_batch_estimate(struct ov_text *t, const struct ov_batch *b)
{
    double seconds = ov_batch_seconds(b);
    if (ov_batch_todo(b) == 0)
        return;
    if (!isnan(seconds))
        ov_text_add_duration(t, seconds);
    else if (steps_of(b) > 0.0)
        add_steps(t, steps_of(b));
    else
        ov_text_addf(t, "unknown");
}

void ov_plan_estimate(struct ov_text *t, const struct ov_plan *plan, size_t workers)
{
    double all = 0.0, steps = 0.0;
    size_t n_timed = 0, n_unknown = 0;
    bool is_theory = true; /* all that is unknown */
    for (size_t i = 0; i < plan->n_batch; i++) {
        const struct ov_batch *b = &plan->batch[i];
        double seconds = ov_batch_seconds(b);
        if (ov_batch_todo(b) == 0)
            continue;
        if (!isnan(seconds)) {
            all += seconds;
            n_timed++;
        } else if (steps_of(b) > 0.0) {
            steps += steps_of(b);
        } else {
            n_unknown++;
            is_theory = is_theory && b->side == OV_THEORY;
        }
    }
    if (n_timed > 0) {
        ov_text_addf(t, "about ");
        ov_text_add_duration(t, all);
        ov_text_addf(t, " of CPU time");
        if (workers > 1)
            ov_text_addf(t, ", which %zu processes share", workers);
    }
    if (steps > 0.0) {
        ov_text_addf(t, "%s", n_timed > 0 ? "; besides " : "");
        add_steps(t, steps);
        ov_text_addf(t, " of simulations that were not timed yet");
    }
    if (n_unknown > 0)
        ov_text_addf(t, "%s%s of %zu curve%s, unknown until it has run once",
                     n_timed > 0 || steps > 0.0 ? "; " : "", is_theory ? "theory" : "runs",
                     n_unknown, n_unknown == 1 ? "" : "s");
}
