/* SPDX-License-Identifier: MIT
 *
 * overlap compare: agreement.csv of each experiment, and a line about it.
 */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "overlap/claims/compare.h"

/* With fewer seeds the error itself is not known: Student's bound for all times at once runs into the
 * hundreds, and a headline of it says nothing. What matters then is what claims allow. */
enum { LEAST_SEEDS = 8 };

static void say_few_seeds(const struct ov_experiment *e, const struct ov_agreement *found)
{
    printf("%s: %zu curve%s compared; with %zu seeds no error is known well enough to say more "
           "(agreement.csv has the deviations, 'overlap verify' what claims allow)\n",
           e->name, found->n_curve, found->n_curve == 1 ? "" : "s", found->least_seeds);
}

/* Where no deviation has an error. */
static void say_no_z(const struct ov_experiment *e, const struct ov_agreement *found)
{
    printf("%s: %zu curve%s compared, none with two seeds whose numbers there are", e->name,
           found->n_curve, found->n_curve == 1 ? "" : "s");
    if (found->n_diverged == found->n_curve)
        printf(": runs of %s diverged", found->n_curve == 1 ? "it" : "each of them");
    else if (found->n_diverged > 0)
        printf(": runs of %zu of them diverged", found->n_diverged);
    printf("\n");
}

static enum ov_status compare_one(const struct ov_experiment *e, const struct ov_options *o,
                                  struct ov_error *err)
{
    struct ov_agreement found;
    char *out = ov_out_of(o, e);
    if (ov_compare_is_fresh(e, out)) {
        printf("%s: nothing to compare anew\n", e->name);
        free(out);
        return ov_write_summary(e, o, err);
    }
    enum ov_status status = ov_compare(&found, e, out, err);
    if (status == OV_OK ||
        status == OV_EUSER) { /* a curve that is missing costs the others nothing */
        struct ov_error own = {0};
        if (ov_write_summary(e, o, &own) != OV_OK) {
            ov_error_append(err, &own);
            status = own.status;
        }
    }
    if (status != OV_OK && status != OV_EUSER) /* of which nothing was written */
        found.n_curve = 0;
    else if (found.n_curve == 0)
        printf("%s: no curve has both theory and simulation\n", e->name);
    else if (isnan(found.worst_z))
        say_no_z(e, &found);
    else if (found.least_seeds < LEAST_SEEDS)
        say_few_seeds(e, &found);
    else
        printf("%s: %zu curve%s compared; %s deviates by up to %.2f standard errors (%s at %s = "
               "%g); of %zu, chance alone gives up to %.2f\n",
               e->name, found.n_curve, found.n_curve == 1 ? "" : "s", found.worst_quantity,
               fabs(found.worst_z), found.worst_curve, found.time, found.worst_z_time, found.n_z,
               ov_agreement_bound(&found, 0.05));
    free(out);
    return status;
}

/* What can't be compared of one experiment costs the others nothing. */
int ov_command_compare(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    bool loaded = ov_experiments_load(&all, o, &err) == OV_OK;
    for (size_t i = 0; i < all.n && loaded; i++) {
        struct ov_error own = {0};
        if (!ov_is_above(o, all.e[i]) && compare_one(all.e[i], o, &own) != OV_OK)
            ov_error_append(&err, &own);
    }
    ov_experiments_free(&all);
    return err.status == OV_OK ? EXIT_GOOD : ov_report(&err);
}
