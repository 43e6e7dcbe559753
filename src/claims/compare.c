/* SPDX-License-Identifier: MIT
 *
 * Simulation minus theory, seed by seed and time by time, as agreement.csv.
 */
#include "overlap/claims/compare.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <gsl/gsl_cdf.h>

#include "overlap/base/agree.h"
#include "overlap/base/alloc.h"
#include "overlap/base/text.h"
#include "overlap/store/provenance.h"
#include "overlap/store/results.h"
#include "overlap/num/stats.h"

/* Closer than this the sides are equal but for rounding, as at the start they share: no z there. */
static const double same_rtol = 1e-10, same_atol = 1e-14;

/* One curve with both of its sides. */
struct pair {
    const struct ov_curve *curve;
    struct ov_result theory, sgd;
};

struct comparison {
    const struct ov_experiment *experiment;
    struct pair *pair; /* (n_pair) */
    size_t n_pair;
    struct ov_text problems; /* a line each */
    struct ov_text rows;
    double *x, *y, *deviation; /* (seeds) workspace: theory, simulation, difference */
};

static void comparison_free(struct comparison *c)
{
    for (size_t i = 0; i < c->n_pair; i++) {
        ov_result_free(&c->pair[i].theory);
        ov_result_free(&c->pair[i].sgd);
    }
    free(c->pair);
    free(c->x);
    free(c->y);
    free(c->deviation);
    ov_text_free(&c->problems);
    ov_text_free(&c->rows);
}

static void add_problem(struct comparison *c, const struct pair *p, const char *side,
                        const char *what)
{
    ov_text_addf(&c->problems, "%s%s: curve %s, %s: %s", c->problems.len ? "\n" : "",
                 c->experiment->name, p->curve->id, side, what);
}

/* The first cell, in the order of rows, that is not finite, but in a column of numbers that need
 * not exist or of a run that diverged; n_row * n_col if there is none. */
static size_t first_bad(const struct ov_result *r, const struct ov_side_plan *side)
{
    size_t n_col = r->table.n_col, bad = r->table.n_row;
    size_t column = 0;
    for (size_t k = 1; k < n_col; k++)
        for (size_t i = 0; i < bad; i++) {
            double x = r->table.cell[k][i];
            if (isfinite(x) || (isnan(x) && (side->column[k - 1].may_be_nan ||
                                             ov_result_diverged(r, i / r->n_time))))
                continue;
            bad = i;
            column = k;
        }
    return bad * n_col + column;
}

static void check_side(struct comparison *c, const struct pair *p, const struct ov_result *r,
                       enum ov_side side)
{
    char what[640];
    if (r->state == OV_VALID) {
        const struct ov_table *t = &r->table;
        size_t i = first_bad(r, &p->curve->side[side]), row = i / t->n_col;
        if (row == t->n_row)
            return;
        snprintf(what, sizeof what, "%s is not finite at %s = %g, seed %.0f",
                 t->column[i % t->n_col], t->column[1], t->cell[1][row], t->cell[0][row]);
    } else if (r->state == OV_MISSING) {
        snprintf(what, sizeof what, "%s", r->why);
    } else {
        snprintf(what, sizeof what, "%s (run `overlap run %s`)", r->why, c->experiment->dir);
    }
    add_problem(c, p, ov_side_name(side), what);
}

static void check_match(struct comparison *c, const struct pair *p)
{
    const struct ov_result *theory = &p->theory, *sgd = &p->sgd;
    char what[128];
    if (theory->state != OV_VALID || sgd->state != OV_VALID)
        return;
    bool same = theory->n_time == sgd->n_time;
    for (size_t j = 0; same && j < sgd->n_time; j++)
        same = ov_agree(ov_result_at(theory, 0, j, 1), ov_result_at(sgd, 0, j, 1), 1e-9, 0.0);
    if (!same)
        add_problem(c, p, "sgd", "is measured at other times than theory");
    for (size_t i = 0; i < sgd->n_seed; i++) {
        if (ov_result_partner(theory, sgd, i) >= 0)
            continue;
        snprintf(what, sizeof what, "has no run for seed %.0f", ov_result_at(sgd, i, 0, 0));
        add_problem(c, p, "theory", what);
        return;
    }
}

/* Reads all curves that have both sides. What is wrong with one goes to c->problems, and it is left
 * out. */
static void read_pairs(struct comparison *c, const char *out)
{
    const struct ov_experiment *e = c->experiment;
    c->pair = ov_xcalloc(e->n_curve, sizeof *c->pair);
    for (size_t i = 0; i < e->n_curve; i++) {
        struct pair *p = c->pair + c->n_pair;
        p->curve = e->curve + i;
        if (!ov_curve_is_pair(p->curve))
            continue;
        c->n_pair++;
        ov_result_read(&p->theory, out, e, p->curve, OV_THEORY, NULL);
        ov_result_read(&p->sgd, out, e, p->curve, OV_SGD, NULL);
        size_t before = c->problems.len;
        check_side(c, p, &p->theory, OV_THEORY);
        check_side(c, p, &p->sgd, OV_SGD);
        check_match(c, p);
        if (c->problems.len == before)
            continue;
        ov_result_free(&p->theory);
        ov_result_free(&p->sgd);
        c->n_pair--;
    }
}

static void make_workspace(struct comparison *c)
{
    size_t n = 1;
    for (size_t i = 0; i < c->n_pair; i++)
        n = c->pair[i].sgd.n_seed > n ? c->pair[i].sgd.n_seed : n;
    c->x = ov_xcalloc(n, sizeof *c->x);
    c->y = ov_xcalloc(n, sizeof *c->y);
    c->deviation = ov_xcalloc(n, sizeof *c->deviation);
}

/* One row: quantity in column k of theory and column l of simulation, at time j. Returns z. Where
 * a run has diverged or ended, of either side, a mean over the others would be biased: there is none. */
static double add_row(struct comparison *c, const struct pair *p, size_t k, size_t l, size_t j)
{
    size_t n = p->sgd.n_seed, lost = 0;
    double max_abs = 0.0;
    for (size_t i = 0; i < n; i++) {
        size_t partner = (size_t)ov_result_partner(&p->theory, &p->sgd, i);
        c->x[i] = ov_result_at(&p->theory, partner, j, k);
        c->y[i] = ov_result_at(&p->sgd, i, j, l);
        c->deviation[i] = c->y[i] - c->x[i];
        max_abs = fmax(max_abs, fabs(c->deviation[i]));
        lost += isnan(c->deviation[i]) ? 1 : 0;
    }
    struct ov_mean d = ov_mean_of(c->deviation, n);
    double theory = ov_mean_of(c->x, n).mean, sgd = ov_mean_of(c->y, n).mean;
    bool exact = max_abs <= same_rtol * fabs(theory) + same_atol;
    double z = n >= 2 && d.se > 0.0 && !exact ? d.mean / d.se : NAN;
    const double cell[] = {theory, sgd, d.mean, d.se, d.sd, z, max_abs};
    ov_text_addf(&c->rows, "%s,%s,%.17g,%zu", p->curve->id, p->sgd.table.column[l],
                 ov_result_at(&p->sgd, 0, j, 1), n - lost);
    for (size_t i = 0; i < sizeof cell / sizeof *cell; i++)
        if (isnan(cell[i]) || lost > 0) /* never "-nan" */
            ov_text_addf(&c->rows, ",nan");
        else
            ov_text_addf(&c->rows, ",%.17g", cell[i]);
    ov_text_addf(&c->rows, "\n");
    return z;
}

static bool any_diverged(const struct ov_result *r)
{
    bool any = false;
    for (size_t i = 0; i < r->n_seed; i++)
        any = any || ov_result_diverged(r, i);
    return any;
}

static void add_curve(struct comparison *c, struct ov_agreement *found, const struct pair *p)
{
    int main_column = -1; /* the first quantity of the system */
    for (size_t l = 1; l < p->sgd.table.n_col; l++) {
        if (p->curve->side[OV_SGD].column[l - 1].role == OV_ROLE_TIME)
            continue;
        int k = ov_table_find(&p->theory.table, p->sgd.table.column[l]);
        if (k < 0)
            continue;
        main_column = main_column < 0 ? (int)l : main_column;
        for (size_t j = 0; j < p->sgd.n_time; j++) {
            double z = add_row(c, p, (size_t)k, l, j);
            found->n_row++;
            if (main_column != (int)l || isnan(z))
                continue;
            found->n_z++;
            found->least_seeds = found->n_z == 1 || p->sgd.n_seed < found->least_seeds
                                     ? p->sgd.n_seed
                                     : found->least_seeds;
            if (fabs(z) <= fabs(found->worst_z)) /* false for the first */
                continue;
            snprintf(found->worst_quantity, sizeof found->worst_quantity, "%s",
                     p->sgd.table.column[l]);
            found->worst_z = z;
            found->worst_z_time = ov_result_at(&p->sgd, 0, j, 1);
            snprintf(found->worst_curve, sizeof found->worst_curve, "%s", p->curve->id);
        }
    }
    found->n_curve++;
    found->n_diverged += any_diverged(&p->theory) || any_diverged(&p->sgd);
}

static void add_key(struct ov_text *text, const struct pair *p, const struct ov_result *r,
                    enum ov_side side)
{
    char *key = ov_table_comment(&r->table, "key");
    ov_text_addf(text, "# key of %s.%s: %s\n", p->curve->id, ov_side_name(side), key ? key : "");
    free(key);
}

/* One that says what it said before keeps its mtime, so that no figure is drawn again; its ctime
 * tells that it was made anew (ov_compare_is_fresh). */
static enum ov_status put_table(const char *path, const struct ov_text *text, struct ov_error *err)
{
    struct ov_text old = {0};
    struct stat s;
    bool same = stat(path, &s) == 0 && ov_file_read(&old, path, 0, NULL) == OV_OK &&
                old.len == text->len && memcmp(old.s, text->s, text->len) == 0;
    ov_text_free(&old);
    const struct timespec times[] = {{.tv_nsec = UTIME_OMIT},
                                     same ? s.st_mtim : (struct timespec){0}};
    if (same && utimensat(AT_FDCWD, path, times, 0) == 0)
        return OV_OK;
    return ov_file_put(path, text->s, text->len, err);
}

static enum ov_status write_table(const struct comparison *c, const char *time, const char *out,
                                  struct ov_error *err)
{
    struct ov_text text = {0};
    ov_text_addf(&text, "# overlap %s: simulation against theory\n# experiment: %s\n", OV_VERSION,
                 c->experiment->name);
    for (size_t i = 0; i < c->n_pair; i++) {
        add_key(&text, c->pair + i, &c->pair[i].theory, OV_THEORY);
        add_key(&text, c->pair + i, &c->pair[i].sgd, OV_SGD);
    }
    ov_text_addf(
        &text,
        "# columns: n - seeds; theory, sgd - means over the seeds; deviation - mean of "
        "sgd minus theory, each seed against the\n"
        "# theory that starts at this seed's overlaps; se, sd - its standard error and "
        "the seeds' standard deviation;\n"
        "# z - deviation/se, nan where n < 2, se = 0 or no seed deviates by more than "
        "rounding; max_abs - largest |deviation| of a seed;\n"
        "# where a run has diverged or ended, or has no such number: n - the seeds that are left, all "
        "else nan\n"
        "curve,quantity,%s,n,theory,sgd,deviation,se,sd,z,max_abs\n",
        time);
    ov_text_add(&text, c->rows.s ? c->rows.s : "", c->rows.len);
    ov_table_seal(&text);
    if (text.failed || c->rows.failed)
        ov_out_of_memory(text.room);
    char *path = ov_xprintf("%s/agreement.csv", out);
    enum ov_status status = put_table(path, &text, err);
    ov_text_free(&text);
    free(path);
    return status;
}

double ov_agreement_bound(const struct ov_agreement *found, double level)
{
    if (found->n_z == 0)
        return NAN;
    return gsl_cdf_tdist_Qinv(0.5 * level / (double)found->n_z, (double)(found->least_seeds - 1));
}

enum ov_status ov_compare(struct ov_agreement *found, const struct ov_experiment *e,
                          const char *out, struct ov_error *err)
{
    struct comparison c = {.experiment = e};
    *found = (struct ov_agreement){.worst_z = NAN, .worst_z_time = NAN};
    read_pairs(&c, out);
    make_workspace(&c);
    if (e->n_curve > 0)
        strcpy(found->time, ov_curve_time(&e->curve[0]));
    for (size_t i = 0; i < c.n_pair; i++)
        add_curve(&c, found, c.pair + i);
    enum ov_status status = write_table(&c, found->time, out, err);
    if (status == OV_OK && c.problems.len > 0)
        status = ov_fail(err, OV_EUSER, "%s", c.problems.s);
    comparison_free(&c);
    return status;
}
