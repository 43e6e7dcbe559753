/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <stdio.h>

#include "overlap/claims/lock.h"

int ov_command_drift(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_drift drift;
    if (o->n_dir != 2) {
        ov_fail(&err, OV_EUSER, "expected two locks: overlap drift OLD.json NEW.json");
        return ov_report(&err);
    }
    if (ov_drift_compare(&drift, o->dir[0], o->dir[1], &err) != OV_OK)
        return ov_report(&err);
    if (drift.table.len > 0)
        printf("%s\n", drift.table.s);
    printf("%s\n", drift.summary.s);
    int code = ov_drift_matters(&drift) ? EXIT_CLAIM : EXIT_GOOD;
    ov_drift_free(&drift);
    return code;
}
