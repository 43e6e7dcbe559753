/* SPDX-License-Identifier: MIT
 *
 * plan --todo: what is to do, as lines that a shell runs, for GNU parallel and job arrays.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "overlap/base/alloc.h"
#include "overlap/base/clock.h"
#include "overlap/base/text.h"
#include "overlap/run/estimate.h"
#include "overlap/run/jobs.h"

/* Between the commands of a line, in a shell's words. */
#define NOTE_STATUS " || s=$?"
#define GO_ON "; [ ${s:-0} -lt 128 ] || exit $s; "

/* The lines, as they fill. */
struct todo {
    char *program; /* owned, as a shell reads it */
    const struct ov_options *o;
    struct ov_text line; /* the commands of the line that is open */
    size_t n_command;    /* in it */
    double seconds;      /* that they take, as far as known */
    size_t n_line;
    double all;
    bool some_unknown;
};

/* A word as a shell reads it. */
static void add_word(struct ov_text *line, const char *word)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,:/=@%+-";
    if (*word && !word[strspn(word, plain)]) {
        ov_text_addf(line, "%s", word);
        return;
    }
    ov_text_add(line, "'", 1);
    for (; *word; word++)
        if (*word == '\'')
            ov_text_addf(line, "'\\''");
        else
            ov_text_add(line, word, 1);
    ov_text_add(line, "'", 1);
}

/* The same of a path, from the root on, whether it exists or not. */
static void add_path(struct ov_text *line, const char *path)
{
    char *real = realpath(path, NULL), *here = *path == '/' ? NULL : getcwd(NULL, 0);
    char *whole = here ? ov_xprintf("%s/%s", here, path) : ov_xprintf("%s", path);
    add_word(line, real ? real : whole);
    free(whole);
    free(here);
    free(real);
}

static char *find_program(void)
{
    struct ov_text word = {0};
    char *path = realpath("/proc/self/exe", NULL);
    add_word(&word, path ? path : "overlap");
    free(path);
    return word.s;
}

static void end_line(struct todo *t)
{
    if (t->n_command > 1)
        printf("(%s; exit ${s:-0})\n", t->line.s);
    else if (t->n_command > 0)
        printf("%s\n", t->line.s);
    t->n_line += t->n_command > 0;
    t->all += t->seconds;
    t->line.len = t->n_command = 0;
    t->seconds = 0.0;
}

/* One more command; of several in a line each is run, unless one is stopped by a signal, and the line fails if one does. `seconds` is NAN if it
 * is not known: then the line is its own. */
static void add_command(struct todo *t, const char *command, double seconds)
{
    double most = t->o->chunk_seconds;
    if (t->n_command > 0 && !(most > 0.0 && t->seconds + seconds <= most))
        end_line(t);
    if (t->n_command == 1)
        ov_text_addf(&t->line, NOTE_STATUS);
    ov_text_addf(&t->line, "%s%s%s", t->n_command > 0 ? GO_ON : "", command,
                 t->n_command > 0 ? NOTE_STATUS : "");
    t->n_command++;
    t->some_unknown = t->some_unknown || isnan(seconds);
    if (isnan(seconds))
        end_line(t);
    else
        t->seconds += seconds;
}

/* How many jobs of a batch one command takes: what the program itself would do in one go, or as --chunk says;
 * in whole seeds, which are what --seed names. `seconds` of one job, or NAN. */
static size_t jobs_of_a_command(const struct ov_batch *b, const struct ov_options *o,
                                double seconds)
{
    size_t pieces = ov_side_pieces(&b->curve->side[b->side]), n = ov_batch_block(b);
    if (o->chunk_runs > 0)
        n = o->chunk_runs < b->n_job ? (size_t)o->chunk_runs * pieces : b->n_job;
    else if (o->chunk_seconds > 0.0 && seconds > 0.0)
        n = fmin(o->chunk_seconds / seconds, (double)b->n_job) > 1.0
                ? (size_t)fmin(o->chunk_seconds / seconds, (double)b->n_job)
                : 1;
    return (n + pieces - 1) / pieces * pieces;
}

/* Of what these are the results. */
static void add_settings(struct ov_text *line, const struct ov_options *o)
{
    ov_text_addf(line, " --tier %s", ov_tier_names[o->tier]);
    for (size_t s = 0; s < o->n_set; s++) {
        ov_text_addf(line, " --set ");
        add_word(line, o->set[s]);
    }
    if (o->stream > 1)
        ov_text_addf(line, " --stream %llu", (unsigned long long)o->stream);
}

static void add_batch(struct todo *t, const struct ov_batch *b)
{
    const struct ov_options *o = t->o;
    struct ov_text head = {0}, tail = {0}, command = {0};
    size_t todo = ov_batch_todo(b);
    double seconds = todo > 0 ? ov_batch_seconds(b) / (double)todo : NAN; /* a job */
    size_t block = jobs_of_a_command(b, o, seconds);
    ov_text_addf(&head, "%s run ", t->program);
    add_path(&head, b->experiment->dir);
    ov_text_addf(&head, " --out ");
    add_path(&head, b->out);
    ov_text_addf(&tail, " --jobs 1");
    add_settings(&tail, o);
    for (size_t i = 0; i < b->n_job; i++) {
        size_t last = i, end = (i / block + 1) * block, n = 0;
        if (!ov_job_todo(&b->job[i]))
            continue;
        for (size_t j = i; j < b->n_job && j < end; j++)
            if (ov_job_todo(&b->job[j])) {
                last = j;
                n++;
            }
        command.len = 0;
        ov_text_addf(&command, "%s --curve %s --side %s --seed %llu", head.s, b->curve->id,
                     ov_side_name(b->side), (unsigned long long)b->job[i].seed);
        if (b->job[last].seed > b->job[i].seed)
            ov_text_addf(&command, "-%llu", (unsigned long long)b->job[last].seed);
        ov_text_addf(&command, "%s", tail.s);
        add_command(t, command.s, seconds * (double)n);
        i = last;
    }
    ov_text_free(&head);
    ov_text_free(&tail);
    ov_text_free(&command);
}

/* What comes after the lines: of one experiment the commands, as they run. */
static void add_next(struct ov_text *next, const struct todo *t, const struct ov_plan *plan)
{
    static const char *const commands[] = {"compare", "verify"};
    const struct ov_experiment *one = plan->n_batch > 0 ? plan->batch[0].experiment : NULL;
    for (size_t i = 1; i < plan->n_batch; i++)
        one = one == plan->batch[i].experiment ? one : NULL;
    for (int i = 0; i < 2; i++) {
        ov_text_addf(next, "%s%s %s", i > 0 ? " && " : "", t->program, commands[i]);
        if (!one)
            continue;
        ov_text_addf(next, " ");
        add_path(next, one->dir);
        ov_text_addf(next, " --out ");
        add_path(next, plan->batch[0].out);
        add_settings(next, t->o);
    }
}

void ov_print_todo(const struct ov_plan *plan, const struct ov_options *o)
{
    struct todo t = {.program = find_program(), .o = o};
    struct ov_text time = {0}, next = {0};
    for (size_t i = 0; i < plan->n_batch; i++)
        add_batch(&t, &plan->batch[i]);
    end_line(&t);
    if (t.all > 0.0) {
        ov_text_addf(&time, ", about ");
        ov_text_add_duration(&time, t.all);
        ov_text_addf(&time, " of CPU time%s", t.some_unknown ? " and what is not known yet" : "");
    }
    add_next(&next, &t, plan);
    if (t.n_line > 0)
        printf("# %zu line%s%s; then: %s\n", t.n_line, t.n_line == 1 ? "" : "s",
               time.len ? time.s : "", next.s);
    else
        printf("# nothing is left to run; next: %s\n", next.s);
    if (o->chunk_seconds > 0.0 && t.some_unknown)
        fprintf(
            stderr,
            "overlap plan: note: not all of it was timed yet, and what was not has lines as without --chunk; "
            "run one of them first, or give a number of runs\n");
    ov_text_free(&next);
    ov_text_free(&time);
    ov_text_free(&t.line);
    free(t.program);
}
