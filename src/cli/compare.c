/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "overlap/claims/compare.h"

static enum ov_status compare_one(const struct ov_experiment *e, const struct ov_options *o,
                                  struct ov_error *err)
{
    struct ov_agreement found;
    char *out = ov_out_of(o, e);
    if (!out)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = ov_compare(&found, e, out, err);
    if (status == OV_OK && found.n_curve == 0)
        printf("%s: no curve has both theory and simulation\n", e->name);
    else if (status == OV_OK && isnan(found.worst_z))
        printf("%s: %zu curves compared, no curve has two seeds\n", e->name, found.n_curve);
    else if (status == OV_OK)
        printf("%s: %zu curves compared; largest |z| of eps_g %.2f (%s at %s = %g)\n", e->name,
               found.n_curve, found.worst_z, found.worst_curve, found.time, found.worst_z_time);
    free(out);
    return status;
}

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
