/* SPDX-License-Identifier: MIT
 *
 * A whole call of ov_law_run and where it stands, for src/sim/law.c, which moves it, and
 * src/sim/law_resume.c, which puts it into bytes and finds it there again.
 */
#ifndef OVERLAP_SIM_LAW_CALL_INTERNAL_H
#define OVERLAP_SIM_LAW_CALL_INTERNAL_H

#include "law_group_internal.h"
#include "overlap/base/text.h"
#include "overlap/base/tick.h"

struct law_call {
    double *rows;
    const struct ov_problem *p;
    const uint64_t *key;
    const double *alpha;
    size_t n_run, n_alpha, width, moving;
    size_t first;             /* index of the group's lane 0 */
    size_t row;               /* the group's next row */
    uint64_t steps;           /* a run's steps */
    uint64_t told;            /* steps of the groups before, summed over their runs */
    bool stopped[LAW_LANES];  /* of the group: the run has ended (p->stop), its lane is empty */
    double *before;           /* owned; (LAW_LANES, moving): overlaps one step before the group's */
    const char *found;        /* the state of the group under way, or NULL: it starts */
    struct ov_text same, all; /* owned; what a state must begin with, and room for a whole one */
    struct ov_tick tick;
};

/* Looks into what the tick has found: if it is a state of this call, sets rows, first, row, before
 * and found; else leaves them. Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_law_call_find(struct law_call *c);

/* Puts the group that the state was saved from, at its start, where it stood; forgets `found`. */
void ov_law_call_resume(struct law_call *c, struct law_group *s);

/* Hands the whole state to the tick; without memory it does nothing. */
void ov_law_call_save(struct law_call *c, const struct law_group *s);

#endif
