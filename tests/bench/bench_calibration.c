/* SPDX-License-Identifier: MIT
 *
 * How often claims are wrong: 200 times ten fresh runs of SGD (engine law, two erf units on two,
 * N = 1000, to alpha = 20) against the theory that describes them, as it is and shifted. Claims
 * with a margin of zero count false alarms, which are to be 5 % at most; a shift of one margin is
 * to pass 5 % of the time at most, and one of three margins is to fail always.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "overlap/base/text.h"
#include "overlap/systems/systems.h"
#include "overlap/claims/claims.h"
#include "overlap/store/provenance.h"
#include "store/make_table.h"

enum { SETS = 200, SEEDS = 10, CLAIMS = 5 };

static const char yaml[] =
    "title: Calibration\nsystem: two-layer\ntier: quick\n"
    "defaults: {N: 1000, K: 2, M: 2, activation: erf, eta_w: 0.5, sigma: 0.1}\n"
    "curves:\n"
    "  - id: a\n"
    "    init: {kind: overlaps, Q: [[0.5, 0.1], [0.1, 0.5]], R: [[0.2, 0.1], [0.1, 0.15]]}\n"
    "    alpha: {max: 20, points: 30, min: 0.1}\n"
    "    theory: {fluctuations: true}\n"
    "    sgd: {engine: law, seeds: 10}\n"
    "claims:\n"
    "  - {id: band, says: x, kind: band, curves: a, margin: {abs: 0}}\n"
    "  - {id: band-predicted, says: x, kind: band, curves: a, width: theory, margin: {abs: 0}}\n"
    "  - {id: mean, says: x, kind: mean, statistic: deviation, curves: a, at: [1, 20], "
    "margin: {abs: 0}}\n"
    "  - {id: band-margin, says: x, kind: band, curves: a, from: 0.1, margin: {abs: 0.02}}\n"
    "  - {id: mean-margin, says: x, kind: mean, statistic: deviation, curves: a, "
    "at: [1, 20], margin: {abs: 0.02}}\n";

static void need(enum ov_status status, const struct ov_error *err)
{
    if (status == OV_OK)
        return;
    fprintf(stderr, "bench_calibration: %s\n", err->text);
    exit(1);
}

struct setting {
    char out[64];
    struct ov_experiment *e;
    const struct ov_curve *curve;
    struct ov_error err;
};

/* A table as `run` writes it; eps_g, which is column 1 of a row, is shifted. */
static void write_table(struct setting *s, enum ov_side side, const uint64_t *key, size_t n,
                        double shift)
{
    const struct ov_system *system = s->e->system;
    const struct ov_curve *c = s->curve;
    size_t rows = c->side[side].n_row, cols = c->side[side].n_col;
    uint64_t first = c->side[side].first;
    double *cell = calloc(n * rows * cols, sizeof *cell);
    struct ov_table t;
    struct ov_text inputs = {0}, comments = {0};
    char curve_key[OV_KEY_SIZE];
    need(system->run(cell, c, side, key, n, NULL, &s->err), &s->err);
    table_make(&t, n * rows, cols + 1);
    table_name(&t, 0, "seed");
    for (size_t k = 0; k < cols; k++)
        table_name(&t, k + 1, c->side[side].column[k].name);
    for (size_t i = 0; i < n * rows; i++) {
        t.cell[0][i] = (double)(first + i / rows);
        for (size_t k = 0; k < cols; k++)
            t.cell[k + 1][i] = cell[i * cols + k];
        t.cell[2][i] += shift;
    }
    ov_inputs(&inputs, s->curve, side);
    ov_curve_key(curve_key, inputs.s, first, n);
    ov_text_addf(&comments, "# key: %s\n# seeds: %zu-%zu\n", curve_key, (size_t)first,
                 (size_t)first + n - 1);
    table_comment(&t, comments.s);
    char *path = ov_table_path(s->out, s->curve, side);
    need(table_write(&t, path, &s->err), &s->err);
    free(path);
    ov_table_free(&t);
    ov_text_free(&inputs);
    free(cell);
}

static void repeat(struct setting *s, struct ov_claims *claims, double shift)
{
    size_t count[CLAIMS][OV_SKIPPED + 1] = {{0}};
    for (uint64_t i = 0; i < SETS; i++) {
        uint64_t key[SEEDS];
        for (uint64_t k = 0; k < SEEDS; k++)
            key[k] = 0x9e3779b97f4a7c15u * (1 + i * SEEDS + k);
        write_table(s, OV_SGD, key, SEEDS, shift);
        for (size_t c = 0; c < claims->n; c++) {
            ov_claim_evaluate(claims->claim + c, s->out);
            count[c][claims->claim[c].verdict]++;
        }
    }
    printf("shift %g, %d sets of %d runs\n", shift, SETS, SEEDS);
    for (size_t c = 0; c < claims->n; c++)
        printf("  %-20s FAIL %5.1f %%   PASS %5.1f %%   INCONCLUSIVE %5.1f %%\n",
               claims->claim[c].id, 100.0 * (double)count[c][OV_FAIL] / SETS,
               100.0 * (double)count[c][OV_PASS] / SETS,
               100.0 * (double)count[c][OV_INCONCLUSIVE] / SETS);
}

int main(void)
{
    struct setting s = {.out = "/tmp/overlap-bench-XXXXXX"};
    struct ov_load_options options = {.systems = ov_systems, .tier = OV_QUICK};
    struct ov_claims claims = {0};
    char path[128], command[128];
    const uint64_t none = 0;
    gsl_set_error_handler_off();
    if (!mkdtemp(s.out))
        return 1;
    snprintf(path, sizeof path, "%s/experiment.yaml", s.out);
    need(ov_file_write(path, yaml, sizeof yaml - 1, &s.err), &s.err);
    need(ov_experiment_load(&s.e, s.out, &options, &s.err), &s.err);
    s.curve = s.e->curve;
    need(ov_claims_read(&claims, s.e, &s.err), &s.err);
    write_table(&s, OV_THEORY, &none, 1, 0.0);
    repeat(&s, &claims, 0.0);
    repeat(&s, &claims, 0.02);
    repeat(&s, &claims, 0.06);
    ov_claims_free(&claims);
    ov_experiment_free(s.e);
    snprintf(command, sizeof command, "rm -r %s", s.out);
    return system(command) == 0 ? 0 : 1;
}
