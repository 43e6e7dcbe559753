/* SPDX-License-Identifier: MIT
 *
 * overlap verify: verdicts of claims, numbers of the paper, and the files that tell of them.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/paper/paper.h"
#include "overlap/paper/verdicts.h"

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
        if (o->stream > 1 && !ov_claim_is_random(c)) {
            c->verdict = OV_SKIPPED;
            snprintf(c->why, sizeof c->why, "not random: the same on every stream");
            continue;
        }
        char *out = ov_out_of(o, c->experiment);
        ov_claim_evaluate(c, out);
        free(out);
    }
    if (status == OV_OK)
        ov_claims_holm(claims, 0.05);
    return status;
}

/* The paper is checked where it is named, or where all experiments are on the stream that it prints
 * the numbers of; NULL: not. */
static const char *paper_of(const struct ov_options *o)
{
    if (o->paper)
        return o->paper;
    return o->n_dir == 0 && o->stream == 1 && ov_file_exists("paper.md") ? "paper.md" : NULL;
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

/* Where numbers are quoted from, and why claims were changed after a look. */
static void print_remarks(const struct ov_claims *claims)
{
    for (size_t i = 0; i < claims->n; i++) {
        const struct ov_claim *c = &claims->claim[i];
        if (c->quoted)
            printf("%s.%s: its number is quoted: %s\n", c->experiment->name, c->id, c->quoted);
        if (*c->note)
            printf("%s.%s: note: %s\n", c->experiment->name, c->id, c->note);
        if (c->revised)
            printf("%s.%s: revised after a look: %s\n", c->experiment->name, c->id, c->revised);
    }
}

/* How many claims set what against what, and what part of all of them has simulation in it. */
static void print_evidence(const struct ov_claims *claims)
{
    size_t of[OV_N_EVIDENCE] = {0}, revised = 0;
    for (size_t i = 0; i < claims->n; i++) {
        of[claims->claim[i].evidence]++;
        revised += claims->claim[i].revised != NULL;
    }
    printf("evidence:");
    for (int e = 0; e < OV_N_EVIDENCE; e++)
        if (e != OV_IDENTITY || of[e] > 0)
            printf("%s %zu %s", e ? "," : "", of[e], ov_evidence_name((enum ov_evidence)e));
    size_t simulated = of[OV_SIM_THEORY] + of[OV_SIM_FORMULA] + of[OV_SIM_SIM];
    printf("; %.0f %% with simulation, %zu revised after a look\n",
           claims->n ? 100.0 * (double)simulated / (double)claims->n : 0.0, revised);
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
    print_remarks(claims);
    size_t open = n.of[OV_INCONCLUSIVE], bad = n.of[OV_CLAIM_STALE] + n.of[OV_CLAIM_MISSING];
    printf("claims: %zu PASS, %zu FAIL, %zu INCONCLUSIVE, %zu STALE, %zu MISSING, %zu skipped\n",
           n.of[OV_PASS], n.of[OV_FAIL], open, n.of[OV_CLAIM_STALE], n.of[OV_CLAIM_MISSING],
           n.of[OV_SKIPPED]);
    if (claims->n > 0)
        print_evidence(claims);
    if (paper->unread)
        printf("paper: its numbers were NOT checked: pandoc is missing ('make deps-paper')\n");
    else
        printf("paper: %zu numbers checked, %zu wrong, %zu skipped%s\n", paper->n_checked,
               paper->n_wrong, paper->n_skipped,
               paper->n_skipped > 0 ? ", as their claims are" : "");
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

/* Allocated. */
static char *usual_path(const struct ov_options *o)
{
    if (o->stream > 1)
        return ov_xprintf("build/stream-%llu/verdicts.json", (unsigned long long)o->stream);
    return ov_xstrdup("build/verdicts.json");
}

int ov_command_verify(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    struct ov_claims claims = {0};
    struct ov_paper_report paper = {0};
    char *usual = usual_path(o);
    const char *path = o->verdicts ? o->verdicts : usual;
    size_t left_out = 0;
    enum ov_status status = o->paper ? ov_experiments_load_good(&all, &left_out, o, &err)
                                     : ov_experiments_load(&all, o, &err);
    if (status == OV_OK)
        status = ov_claims_load(&claims, &all, o, &err);
    if (status == OV_OK)
        status = check_paper(&paper, &claims, &all, o, &err);
    if (status == OV_OK)
        status = left_out == 0 ? ov_verdicts_write(path, &claims, paper_of(o), &paper, &err)
                               : ov_verdicts_broken(path, "an experiment has mistakes", NULL);
    if (status != OV_OK)
        if (ov_verdicts_broken(path, err.text, NULL) != OV_OK)
            fprintf(stderr, "overlap: %s is that of an earlier time\n", path);
    int code = status == OV_OK ? conclude(&claims, &paper) : ov_report(&err);
    if (code == EXIT_GOOD && left_out > 0)
        code = EXIT_USER;
    free(usual);
    ov_paper_report_free(&paper);
    ov_claims_free(&claims);
    ov_experiments_free(&all);
    return code;
}
