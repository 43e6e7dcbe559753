/* SPDX-License-Identifier: MIT
 *
 * The harness of random problems: each that theory does not get through, and SGD does, is printed
 * with its parameters; then how many, of which kind, and where the time went.
 *     random_problems [--count N] [--seed S] [--from I] [--alpha A] [--slow SECONDS] [--show 1]
 * Exit code 1 if there is one. Problem I alone: --from I --count 1.
 */
#include <string.h>
#include <time.h>

#include "theory/random_problems.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double option(int argc, char **argv, const char *name, double otherwise)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return strtod(argv[i + 1], NULL);
    return otherwise;
}

struct totals {
    size_t n, diverged, stood_in, ended, wrong;
    double slowest;
};

static void report_one(struct totals *t, size_t i, const struct random_problem *x,
                       const struct random_outcome *o, double took, double slow)
{
    t->n++;
    t->diverged += o->shared ? 1 : 0;
    t->stood_in += o->report.n_stand_in > 0 ? 1 : 0;
    t->ended += isfinite(o->report.ended) ? 1 : 0;
    t->wrong += o->wrong ? 1 : 0;
    t->slowest = fmax(t->slowest, took);
    if (!o->wrong && took < slow)
        return;
    printf("%zu: %s, %.2f s, %zu right-hand sides, other method %zu times: %s\n    ", i,
           o->wrong ? o->wrong : "slow", took, o->report.n_rhs, o->report.n_stand_in, o->err.text);
    random_problem_print(stdout, x);
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    size_t from = (size_t)option(argc, argv, "--from", 0.0),
           count = (size_t)option(argc, argv, "--count", 2000.0);
    unsigned long seed = (unsigned long)option(argc, argv, "--seed", 1.0);
    double alpha = option(argc, argv, "--alpha", 1e4), slow = option(argc, argv, "--slow", 5.0);
    struct totals t = {0};
    double begun = seconds();
    for (size_t i = from; i < from + count; i++) {
        struct random_problem x = {.key = 0};
        random_problem(&x, seed, i, alpha);
        if (option(argc, argv, "--show", 0.0) > 0.0) {
            fprintf(stderr, "%zu ", i);
            random_problem_print(stderr, &x);
            fprintf(stderr, "\n");
        }
        double before = seconds();
        struct random_outcome o = random_problem_run(&x);
        report_one(&t, i, &x, &o, seconds() - before, slow);
    }
    printf("%zu problems of seed %lu from %zu: %zu that SGD finishes and theory does not; %zu "
           "diverge in both, %zu learn to the end, in %zu the other method stood in; %.1f s, the "
           "slowest %.2f s\n",
           t.n, seed, from, t.wrong, t.diverged, t.ended, t.stood_in, seconds() - begun, t.slowest);
    return t.wrong > 0;
}
