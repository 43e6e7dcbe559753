/* SPDX-License-Identifier: MIT
 *
 * The verdicts as a table for a terminal: claim, expected, measured, seeds, verdict, evidence,
 * where (of one that is skipped: why).
 */
#include <math.h>
#include <string.h>

#include "grid_internal.h"
#include "overlap/claims/claims.h"

enum { CLAIM, EXPECTED, MEASURED, SEEDS, VERDICT, EVIDENCE, WHERE, N_COLUMN };
enum {
    WIDEST_PLACE = 48,
    WIDEST_ORIGIN = 40
}; /* what stands there is for orientation: names are in the files */

const char *ov_verdict_colour(enum ov_verdict v)
{
    static const char *const colours[] = {
        [OV_PASS] = "\033[32m",          [OV_FAIL] = "\033[1;31m",
        [OV_INCONCLUSIVE] = "\033[33m",  [OV_CLAIM_STALE] = "\033[33m",
        [OV_CLAIM_MISSING] = "\033[33m", [OV_SKIPPED] = "\033[2m"};
    return (size_t)v < sizeof colours / sizeof *colours ? colours[v] : "";
}

static const char *paint(const char *cell)
{
    for (enum ov_verdict v = OV_PASS; v <= OV_SKIPPED; v++)
        if (strcmp(cell, ov_verdict_name(v)) == 0)
            return ov_verdict_colour(v);
    return NULL;
}

static void add_pair(struct ov_text *t, double x, double spread)
{
    if (isnan(x))
        ov_text_addf(t, "-");
    else
        ov_text_addf(t, "%.6g", x);
    if (!isnan(x) && !isnan(spread) && spread != 0.0)
        ov_text_addf(t, " ± %.2g", spread);
}

static void fill_row(struct ov_text *cell, const struct ov_claim *claim)
{
    ov_text_addf(&cell[CLAIM], "%s.%s", claim->experiment->name, claim->id);
    ov_text_addf(&cell[VERDICT], "%s", ov_verdict_name(claim->verdict));
    ov_text_addf(&cell[EVIDENCE], "%s%s%s", ov_evidence_name(claim->evidence),
                 claim->quoted ? ": " : "", claim->quoted ? claim->quoted : "");
    ov_grid_cut(&cell[EVIDENCE], WIDEST_ORIGIN);
    ov_text_addf(&cell[EVIDENCE], "%s", claim->revised ? ", revised" : "");
    if (claim->n_measure == 0) {
        for (size_t k = 0; k < N_COLUMN; k++)
            if (k != CLAIM && k != VERDICT && k != EVIDENCE)
                ov_text_addf(&cell[k], "%s",
                             k == WHERE && claim->verdict == OV_SKIPPED ? claim->why : "-");
        return;
    }
    const struct ov_measure *m = claim->measure + claim->worst;
    if (isnan(m->expect) && !isnan(m->margin)) /* order */
        ov_text_addf(&cell[EXPECTED], "> %.6g", m->margin);
    else
        add_pair(&cell[EXPECTED], m->expect, m->margin);
    add_pair(&cell[MEASURED], m->value, ov_measure_is_random(m) ? m->se : 0.0);
    if (m->theory_se > 0.0)
        ov_text_addf(&cell[MEASURED], " (theory %.2g)", m->theory_se);
    ov_text_addf(&cell[SEEDS], m->n ? "%zu" : "-", m->n);
    struct ov_text rest = {0}; /* is kept whole where the curve's name is cut */
    if (!isnan(m->at))
        ov_text_addf(&rest, " @ %.6g", m->at);
    if (claim->n_measure > 1)
        ov_text_addf(&rest, " (worst of %zu)", claim->n_measure);
    ov_text_addf(&cell[WHERE], "%s", m->curve);
    ov_grid_cut(&cell[WHERE], WIDEST_PLACE - ov_grid_width(rest.s));
    ov_text_addf(&cell[WHERE], "%s", rest.s ? rest.s : "");
    cell[WHERE].failed = cell[WHERE].failed || rest.failed;
    ov_text_free(&rest);
}

void ov_claims_print(struct ov_text *out, const struct ov_claims *claims, bool colour)
{
    static const char *const title[N_COLUMN] = {"claim",   "expected", "measured", "n",
                                                "verdict", "evidence", "where"};
    struct ov_grid grid = {0};
    struct ov_text *cell = ov_grid_row(&grid, N_COLUMN);
    for (size_t k = 0; k < N_COLUMN; k++)
        ov_text_addf(&cell[k], "%s", title[k]);
    for (size_t i = 0; i < claims->n; i++)
        fill_row(ov_grid_row(&grid, N_COLUMN), claims->claim + i);
    ov_grid_print(out, &grid, VERDICT, colour ? paint : NULL);
}
