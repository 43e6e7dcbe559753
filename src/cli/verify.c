/* SPDX-License-Identifier: MIT
 *
 * overlap verify: verdicts of claims, numbers of the paper, and the files that tell of them.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/claims/lock.h"
#include "overlap/paper/outcomes.h"
#include "overlap/paper/paper.h"

struct counts {
    size_t of[OV_SKIPPED + 1];
};

enum ov_status ov_claims_load(struct ov_claims *claims, const struct ov_experiments *all,
                              const struct ov_options *o, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < all->n && status == OV_OK; i++)
        status = ov_claims_read(claims, all->e[i], err);
    for (size_t i = 0; i < claims->n && status == OV_OK; i++) {
        struct ov_claim *c = &claims->claim[i];
        if (c->experiment->tier > o->tier) {
            c->verdict = OV_SKIPPED;
            snprintf(c->why, sizeof c->why, "runs at tier %s", ov_tier_names[c->experiment->tier]);
            continue;
        }
        char *out = ov_out_of(o, c->experiment);
        status = out ? ov_claim_evaluate(c, out, err) : ov_fail(err, OV_ENOMEM, "out of memory");
        free(out);
    }
    return status == OV_OK ? ov_claims_holm(claims, 0.05, err) : status;
}

/* The paper is checked where it is named, or where all experiments are; NULL: not. */
static const char *paper_of(const struct ov_options *o)
{
    if (o->paper)
        return o->paper;
    return o->n_dir == 0 && ov_file_exists("paper.md") ? "paper.md" : NULL;
}

static enum ov_status check_paper(struct ov_paper_report *report, const struct ov_claims *claims,
                                  const struct ov_experiments *all, const struct ov_options *o,
                                  struct ov_error *err)
{
    const char *path = paper_of(o);
    if (!path)
        return OV_OK;
    enum ov_status status = ov_paper_check(
        report, path, claims, (const struct ov_experiment *const *)all->e, all->n, err);
    if (status == OV_OK && report->errors.len > 0)
        fprintf(stderr, "%s", report->errors.s);
    return status;
}

/* One line for each claim that was checked and did not pass. */
static void print_reasons(const struct ov_claims *claims, bool colour)
{
    for (size_t i = 0; i < claims->n; i++) {
        const struct ov_claim *c = &claims->claim[i];
        if (c->verdict != OV_PASS && c->verdict != OV_SKIPPED && c->why[0])
            printf("%s.%s: %s%s%s: %s\n", c->experiment->name, c->id,
                   colour ? ov_verdict_colour(c->verdict) : "", ov_verdict_name(c->verdict),
                   colour ? "\033[0m" : "", c->why);
    }
}

/* Colour is for people: on a terminal that knows it, where nobody objects (no-color.org). */
static bool wants_colour(void)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) == 1 && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
}

static int conclude(const struct ov_claims *claims, const struct ov_paper_report *paper)
{
    struct counts n = {{0}};
    struct ov_text table = {0};
    bool colour = wants_colour();
    for (size_t i = 0; i < claims->n; i++)
        n.of[claims->claim[i].verdict]++;
    ov_claims_print(&table, claims, colour);
    if (table.len > 0)
        printf("%s\n", table.s);
    ov_text_free(&table);
    print_reasons(claims, colour);
    size_t open = n.of[OV_INCONCLUSIVE], bad = n.of[OV_CLAIM_STALE] + n.of[OV_CLAIM_MISSING];
    printf("claims: %zu PASS, %zu FAIL, %zu INCONCLUSIVE, %zu STALE, %zu MISSING, %zu skipped\n",
           n.of[OV_PASS], n.of[OV_FAIL], open, n.of[OV_CLAIM_STALE], n.of[OV_CLAIM_MISSING],
           n.of[OV_SKIPPED]);
    printf("paper: %zu numbers checked, %zu wrong, %zu skipped\n", paper->n_checked, paper->n_wrong,
           paper->n_skipped);
    printf("%zu passed, %zu failed, %zu skipped\n", n.of[OV_PASS] + paper->n_checked,
           n.of[OV_FAIL] + open + bad + paper->n_wrong, n.of[OV_SKIPPED] + paper->n_skipped);
    if (n.of[OV_FAIL] > 0)
        return EXIT_CLAIM;
    if (bad > 0)
        return EXIT_USER;
    if (paper->n_wrong > paper->n_open)
        return EXIT_CLAIM;
    return open > 0 ? EXIT_OPEN : EXIT_GOOD;
}

/* ---- files ---- */

typedef void print_points(struct ov_text *out, const struct ov_outcomes *all);

static enum ov_status write_points(const char *path, const struct ov_outcomes *all,
                                   print_points *print, struct ov_error *err)
{
    struct ov_text text = {0};
    if (!path)
        return OV_OK;
    print(&text, all);
    enum ov_status status = text.failed ? ov_fail(err, OV_ENOMEM, "%s: out of memory", path)
                                        : ov_file_write(path, text.s, text.len, err);
    ov_text_free(&text);
    return status;
}

static enum ov_status write_reports(const struct ov_outcomes *all, const struct ov_options *o,
                                    struct ov_error *err)
{
    const char *tap = o->tap, *junit = o->junit;
    if (!o->verdicts) {
        tap = tap ? tap : "build/verify.tap";
        junit = junit ? junit : "build/verify.xml";
    }
    enum ov_status status = write_points(tap, all, ov_outcomes_tap, err);
    return status == OV_OK ? write_points(junit, all, ov_outcomes_junit, err) : status;
}

/* A lock is what the claims say: one of claims without data would only hide the lack of it. */
static enum ov_status write_lock(const struct ov_claims *claims, const char *path,
                                 struct ov_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < claims->n; i++)
        n += claims->claim[i].verdict == OV_CLAIM_STALE ||
             claims->claim[i].verdict == OV_CLAIM_MISSING;
    if (n == 0)
        return ov_lock_write(claims, path, err);
    fprintf(stderr,
            "%s: error: not written: %zu of %zu claims have no valid data ('make figures')\n", path,
            n, claims->n);
    return OV_OK; /* the claims have their own say, and exit code 2 */
}

static enum ov_status write_files(const struct ov_claims *claims,
                                  const struct ov_paper_report *paper, const struct ov_options *o,
                                  struct ov_error *err)
{
    struct ov_outcomes all = {0};
    enum ov_status status =
        ov_claims_write_json(claims, o->verdicts ? o->verdicts : "build/verdicts.json", err);
    if (status == OV_OK)
        status = ov_outcomes_collect(&all, claims, paper_of(o), paper, err);
    if (status == OV_OK)
        status = write_reports(&all, o, err);
    if (status == OV_OK && o->lock)
        status = write_lock(claims, o->lock, err);
    ov_outcomes_free(&all);
    return status;
}

/* What could not be verified must not look verified: the reports of an earlier run go. */
static void write_broken(const struct ov_error *err, const struct ov_options *o)
{
    struct ov_outcomes all = {0};
    if (ov_outcomes_broken(&all, err->text) == OV_OK)
        write_reports(&all, o, NULL);
    ov_outcomes_free(&all);
}

int ov_command_verify(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    struct ov_claims claims = {0};
    struct ov_paper_report paper = {0};
    enum ov_status status = ov_experiments_load(&all, o, &err);
    if (status == OV_OK)
        status = ov_claims_load(&claims, &all, o, &err);
    if (status == OV_OK)
        status = check_paper(&paper, &claims, &all, o, &err);
    if (status == OV_OK)
        status = write_files(&claims, &paper, o, &err);
    if (status != OV_OK)
        write_broken(&err, o);
    int code = status == OV_OK ? conclude(&claims, &paper) : ov_report(&err);
    ov_paper_report_free(&paper);
    ov_claims_free(&claims);
    ov_experiments_free(&all);
    return code;
}
