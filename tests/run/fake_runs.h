/* SPDX-License-Identifier: MIT
 *
 * A system made for tests of jobs: one parameter, rows that are a formula, and ways to go wrong.
 */
#ifndef OVERLAP_TESTS_RUN_FAKE_RUNS_H
#define OVERLAP_TESTS_RUN_FAKE_RUNS_H

#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "overlap/experiment/experiment.h"
#include "test.h"

enum { FINE, DIVERGES, NAN_ROW, CRASHES, ONE_DIVERGES, STOPPED, STOPPED_BARE };

struct fake {
    double rate;
    size_t seeds;
    int how;      /* what goes wrong in simulation */
    size_t group; /* runs made together; 0: one */
    unsigned delay_us;
};

static size_t fake_runs(const void *state, enum ov_side side, uint64_t *first)
{
    const struct fake *f = state;
    *first = side == OV_THEORY ? 0 : 1;
    return side == OV_THEORY ? 1 : f->seeds;
}

static size_t fake_n_row(const void *state, enum ov_side side)
{
    (void)state, (void)side;
    return 5;
}

static size_t fake_n_col(const void *state, enum ov_side side)
{
    (void)state, (void)side;
    return 2;
}

static void fake_column(char name[32], const void *state, enum ov_side side, size_t i)
{
    (void)state, (void)side;
    strcpy(name, i == 0 ? "alpha" : "eps_g");
}

static const char *fake_doc(const void *state, enum ov_side side)
{
    (void)state, (void)side;
    return "alpha; eps_g";
}

static void fake_problem(struct ov_text *out, const void *state)
{
    ov_text_addf(out, "rate: %g\n", ((const struct fake *)state)->rate);
}

static void fake_describe(struct ov_text *out, const void *state, enum ov_side side)
{
    (void)side;
    fake_problem(out, state);
}

static const char *const *fake_modules(const void *state, enum ov_side side)
{
    static const char *const theory[] = {"theory/online", NULL}, *const sgd[] = {"sim/weights",
                                                                                 NULL};
    (void)state;
    return side == OV_THEORY ? theory : sgd;
}

static inline size_t fake_group(const void *state, enum ov_side side)
{
    const struct fake *f = state;
    return side == OV_SGD && f->group ? f->group : 1;
}

/* The machine is taken away while it runs: ends only if that is heard. `keeps`: it offers a state.
 */
static inline void be_stopped(const struct ov_tick *tick, bool keeps)
{
    static const char state[] = "half of it";
    size_t n;
    const char *found = ov_tick_found(tick, &n);
    if (found && n == sizeof state && strcmp(found, state) == 0)
        return; /* goes on to its end */
    kill(getppid(), SIGTERM);
    for (;;) {
        ov_tick_tell(tick, 1, 5);
        if (keeps && ov_tick_due(tick))
            ov_tick_save(tick, state, sizeof state);
    }
}

static enum ov_status fake_run(double *rows, const void *state, enum ov_side side,
                               const uint64_t *key, size_t n, const struct ov_tick *tick,
                               struct ov_error *err)
{
    const struct fake *f = state;
    usleep(f->delay_us);
    if (side == OV_SGD && (f->how == STOPPED || f->how == STOPPED_BARE))
        be_stopped(tick, f->how == STOPPED);
    for (size_t i = 0; i < 5 * n; i++) {
        double own = side == OV_SGD ? 1e-20 * (double)key[i / 5] : 0.0, time = (double)(i % 5);
        rows[2 * i] = time;
        rows[2 * i + 1] = exp(-f->rate * time) + own;
        ov_tick_tell(tick, i + 1, 5 * n);
    }
    bool bad = side == OV_SGD && f->how != FINE && f->how < STOPPED;
    if (f->how == ONE_DIVERGES && (n > 1 || key[0] % 2 == 0))
        bad = bad && n > 1;
    if (bad && f->how == ONE_DIVERGES)
        return ov_fail(err, OV_EDIVERGED, "diverges at alpha = 2");
    if (bad && f->how == DIVERGES)
        return ov_fail(err, OV_EDIVERGED, "diverges at alpha = 3");
    if (bad && f->how == CRASHES)
        raise(SIGKILL);
    if (bad)
        rows[5] = NAN;
    return OV_OK;
}

static uint64_t fake_work(const void *state, enum ov_side side)
{
    (void)state;
    return side == OV_SGD ? 5 : 0;
}

static const struct ov_system fake_system = {
    .name = "fake",
    .runs = fake_runs,
    .n_row = fake_n_row,
    .n_col = fake_n_col,
    .column = fake_column,
    .columns_doc = fake_doc,
    .describe = fake_describe,
    .problem = fake_problem,
    .modules = fake_modules,
    .group = fake_group,
    .run = fake_run,
    .work = fake_work,
};

/* One experiment of two curves in a directory of its own. */
struct bench {
    char out[64];
    struct fake fake[2];
    struct ov_curve curve[2];
    struct ov_experiment experiment;
};

static inline void bench_make(struct bench *b)
{
    *b = (struct bench){.fake = {{.rate = 1.0, .seeds = 4}, {.rate = 2.0, .seeds = 4}}};
    strcpy(b->out, "/tmp/overlap-jobs-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(b->out));
    b->curve[0] = (struct ov_curve){.id = "one", .group = "one", .state = &b->fake[0]};
    b->curve[1] = (struct ov_curve){.id = "two", .group = "two", .state = &b->fake[1]};
    b->experiment = (struct ov_experiment){.name = "fake",
                                           .dir = "fake",
                                           .path = "fake/experiment.yaml",
                                           .system = &fake_system,
                                           .curve = b->curve,
                                           .n_curve = 2};
}

static inline void bench_remove(struct bench *b)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", b->out);
    ck_assert_int_eq(system(command), 0);
}

#endif
