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
#include "overlap/run/runner.h"
#include "overlap/store/provenance.h"
#include "test.h"

enum {
    FINE,
    DIVERGES,
    NAN_ROW,
    CRASHES,
    ONE_DIVERGES,
    TELLS_PROCESS,
    ONE_CRASHES,
    STOPPED,
    STOPPED_BARE,
    INTERRUPTED,
    PIECE_FAILS
};

struct fake {
    double rate, gigabytes; /* gigabytes: what simulation says it takes */
    size_t seeds;
    int how;       /* what goes wrong in simulation */
    size_t group;  /* runs made together; 0: one */
    size_t pieces; /* that a run of simulation comes in; 0: it is whole */
    unsigned delay_us;
    uint64_t work; /* of a run; 0: 5 */
};

static const double fake_time[] = {0.0, 1.0, 2.0, 3.0, 4.0};

/* Plans a curve again from its state. */
static inline void fake_plan(struct ov_curve *c)
{
    struct fake *f = c->state;
    c->state = NULL;
    ov_curve_release(c, NULL);
    c->state = f;
    for (enum ov_side side = OV_THEORY; side <= OV_SGD; side++) {
        struct ov_side_plan *s = &c->side[side];
        s->n_run = side == OV_THEORY ? 1 : f->seeds;
        s->first = side == OV_THEORY ? 0 : 1;
        s->n_row = side == OV_SGD && f->pieces ? 5 / f->pieces * f->pieces : 5;
        s->time = fake_time;
        s->n_piece = side == OV_SGD ? f->pieces : 0;
        s->group = side == OV_SGD && f->group ? f->group : 1;
        s->work = side == OV_THEORY ? 0 : f->work ? f->work : 5;
        s->memory = (side == OV_SGD ? 1e9 : 1e8) * f->gigabytes;
        s->module[0] = side == OV_THEORY ? "theory/online" : "sim/weights";
        ov_side_column(s, OV_ROLE_TIME, false, "alpha");
        ov_side_column(s, OV_ROLE_VALUE, false, "eps_g");
        ov_text_addf(&s->columns_doc, "alpha; eps_g");
        ov_text_addf(&s->parameters, "rate: %g\n", f->rate);
    }
    ov_text_addf(&c->problem, "rate: %g\n", f->rate);
}

/* The machine is taken away while it runs: ends only if that is heard. `keeps`: it offers a state.
 */
static inline void be_stopped(const struct ov_tick *tick, bool keeps, int by)
{
    static const char state[] = "half of it";
    size_t n;
    const char *found = ov_tick_found(tick, &n);
    if (found && n == sizeof state && strcmp(found, state) == 0)
        return; /* goes on to its end */
    kill(getppid(), by);
    for (;;) {
        ov_tick_tell(tick, 1, 5);
        if (keeps && ov_tick_due(tick))
            ov_tick_save(tick, state, sizeof state);
    }
}

static enum ov_status fake_run(double *rows, const struct ov_curve *c, enum ov_side side,
                               const uint64_t *key, size_t n, const struct ov_tick *tick,
                               struct ov_error *err)
{
    const struct fake *f = c->state;
    usleep(f->delay_us);
    if (side == OV_SGD && f->how >= STOPPED && f->how <= INTERRUPTED)
        be_stopped(tick, f->how != STOPPED_BARE, f->how == INTERRUPTED ? SIGINT : SIGTERM);
    for (size_t i = 0; i < 5 * n; i++) {
        double own = side == OV_SGD ? 1e-20 * (double)key[i / 5] : 0.0, time = (double)(i % 5);
        rows[2 * i] = time;
        rows[2 * i + 1] = exp(-f->rate * time) + own;
        ov_tick_tell(tick, i + 1, 5 * n);
    }
    if (f->how == TELLS_PROCESS)
        for (size_t i = 0; i < 5 * n; i++)
            rows[2 * i + 1] = getpid();
    uint64_t fatal = 0;
    if (side == OV_SGD && f->how == ONE_CRASHES && ov_random_key(&fatal, c, 23) == OV_OK)
        for (size_t i = 0; i < n; i++)
            if (key[i] == fatal)
                raise(SIGKILL);
    bool bad = side == OV_SGD && f->how != FINE && f->how < TELLS_PROCESS;
    if (f->how == ONE_DIVERGES && (n > 1 || key[0] % 2 == 0))
        bad = bad && n > 1;
    if (bad && (f->how == ONE_DIVERGES || f->how == DIVERGES)) {
        for (size_t j = 3; j < 5; j++) /* row 2 is the last that is reached; the rest is rubbish */
            rows[2 * j] = rows[2 * j + 1] = j == 3 ? NAN : 7.0;
        return ov_fail_diverged(err, "alpha", f->how == DIVERGES ? 3.0 : 2.5);
    }
    if (bad && f->how == CRASHES)
        raise(SIGKILL);
    if (bad)
        rows[5] = NAN;
    return OV_OK;
}

/* The same numbers, a piece of them. */
static enum ov_status fake_run_piece(double *rows, const struct ov_curve *c, enum ov_side side,
                                     size_t piece, uint64_t key, const struct ov_tick *tick,
                                     struct ov_error *err)
{
    const struct fake *f = c->state;
    size_t n = ov_side_piece_rows(&c->side[side]);
    uint64_t fatal = 0;
    usleep(f->delay_us);
    ck_assert_int_eq(side, OV_SGD);
    ck_ok(ov_random_key(&fatal, c, 2));
    bool bad = key == fatal && (piece + 1) * n == 4; /* which ends at time 3 */
    if (bad && f->how == PIECE_FAILS)
        return ov_fail(err, OV_ENUMERIC, "no minimum");
    if (bad && f->how == ONE_CRASHES)
        raise(SIGKILL);
    if (bad && f->how >= STOPPED && f->how <= INTERRUPTED)
        be_stopped(tick, f->how != STOPPED_BARE, SIGTERM);
    for (size_t i = 0; i < n; i++) {
        double time = (double)(piece * n + i);
        rows[2 * i] = time;
        rows[2 * i + 1] = exp(-f->rate * time) + 1e-20 * (double)key;
        ov_tick_tell(tick, i + 1, n);
    }
    return bad && f->how == DIVERGES ? ov_fail_diverged(err, "alpha", 3.0) : OV_OK;
}

static const struct ov_system fake_system = {
    .name = "fake", .run = fake_run, .run_piece = fake_run_piece};

/* One experiment of two curves in a directory of its own. */
struct bench {
    char out[64];
    struct fake fake[2];
    struct ov_curve curve[2];
    struct ov_experiment experiment;
};

/* Changes what a curve does, which is planned again. */
#define bench_set(b, c, member, to) ((b)->fake[c].member = (to), fake_plan(&(b)->curve[c]))

static inline void bench_make(struct bench *b)
{
    *b = (struct bench){.fake = {{.rate = 1.0, .seeds = 4}, {.rate = 2.0, .seeds = 4}}};
    strcpy(b->out, "/tmp/overlap-jobs-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(b->out));
    b->curve[0] = (struct ov_curve){.id = "one", .group = "one", .state = &b->fake[0]};
    b->curve[1] = (struct ov_curve){.id = "two", .group = "two", .state = &b->fake[1]};
    fake_plan(&b->curve[0]);
    fake_plan(&b->curve[1]);
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
    for (size_t i = 0; i < 2; i++) {
        b->curve[i].state = NULL;
        ov_curve_release(&b->curve[i], NULL);
    }
    snprintf(command, sizeof command, "rm -rf %s", b->out);
    ck_assert_int_eq(system(command), 0);
}

static inline enum ov_status run(struct bench *b, unsigned workers, struct ov_run_report *report,
                                 struct ov_error *err)
{
    struct ov_plan plan = {0};
    struct ov_run_options options = {.workers = workers, .command = "test"};
    enum ov_status status = ov_plan_add(&plan, &b->experiment, b->out, NULL, err);
    if (status == OV_OK)
        status = ov_plan_run(&plan, &options, report, err);
    ov_plan_free(&plan);
    return status;
}

static inline void contents(struct ov_text *t, const struct bench *b, const char *file)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", b->out, file);
    ck_ok(ov_file_read(t, path, 0, NULL));
}

static inline void same_bytes(const struct bench *a, const struct bench *b, const char *file)
{
    struct ov_text x = {0}, y = {0};
    contents(&x, a, file);
    contents(&y, b, file);
    ck_assert_str_eq(x.s, y.s);
    ov_text_free(&x);
    ov_text_free(&y);
}

static inline void spoil(const struct bench *b, const char *file, const char *shell)
{
    char command[256];
    snprintf(command, sizeof command, shell, b->out, file);
    ck_assert_int_eq(system(command), 0);
}

#endif
