/* SPDX-License-Identifier: MIT
 *
 * A run that goes on from any saved state gives the bytes of one that never stopped.
 */
#include <string.h>

#include "blocks_case.h"
#include "test.h"

enum { MOST = 2000 };

/* Keeps every n-th state. */
struct keeper {
    unsigned calls, every;
    struct {
        void *bytes;
        size_t n;
    } state[MOST];
    size_t n;
};

static bool due(void *ctx)
{
    struct keeper *k = ctx;
    return ++k->calls % k->every == 0;
}

static void save(void *ctx, const void *bytes, size_t n)
{
    struct keeper *k = ctx;
    ck_assert_uint_lt(k->n, MOST);
    k->state[k->n].bytes = malloc(n);
    memcpy(k->state[k->n].bytes, bytes, n);
    k->state[k->n++].n = n;
}

static void first_done(void *ctx, uint64_t done, uint64_t total)
{
    uint64_t *first = ctx;
    (void)total;
    if (*first == 0)
        *first = done;
}

/* N is so large that the tick is asked every eight steps at most; times lie between steps, some
 * of them just before a state. */
static void assert_resumes(const struct ov_problem *p, const struct ov_inputs *in)
{
    enum { TIMES = 9 };
    const double steps[TIMES] = {0, 1, 7.25, 7.5, 30, 40, 47.5, 60, 64};
    double alpha[TIMES];
    for (size_t i = 0; i < TIMES; i++)
        alpha[i] = steps[i] / (double)p->N;
    size_t n = TIMES * ov_weights_width(p, in);
    double *whole = zeros(n), *resumed = zeros(n);
    static struct keeper k;
    k = (struct keeper){.every = 1};
    struct ov_checkpoint saving = {.due = due, .save = save, .ctx = &k};
    struct ov_tick tick = {.checkpoint = &saving};
    ck_ok(ov_weights_run_inputs(whole, p, in, 9, alpha, TIMES, &tick, NULL));
    ck_assert_uint_ge(k.n, 8);
    uint64_t latest = 0;
    for (size_t i = 0; i < k.n; i++) {
        struct ov_checkpoint found = {.found = k.state[i].bytes, .n_found = k.state[i].n};
        uint64_t first = 0;
        struct ov_tick again = {.checkpoint = &found, .tell = first_done, .ctx = &first};
        memset(resumed, 0, n * sizeof *resumed);
        ck_ok(ov_weights_run_inputs(resumed, p, in, 9, alpha, TIMES, &again, NULL));
        ck_assert_msg(memcmp(whole, resumed, n * sizeof *whole) == 0, "state %zu of %zu", i, k.n);
        ck_assert_uint_ge(first, latest); /* it did go on from there */
        latest = first;
        memset(resumed, 0, n * sizeof *resumed); /* either way goes on from it */
        ck_ok(ov_weights_run_plain(resumed, p, in, 9, alpha, TIMES, &again, NULL));
        ck_assert_mem_eq(whole, resumed, n * sizeof *whole);
    }
    ck_assert_uint_ge(latest, 60);
    for (size_t i = 0; i < k.n; i++)
        free(k.state[i].bytes);
    free(whole);
    free(resumed);
}

START_TEST(every_state_leads_to_the_same_rows)
{
    enum { N = 40000 };
    double *spectrum = zeros(N);
    for (size_t i = 0; i < N; i++)
        spectrum[i] = i % 2 ? 0.5 : 1.5;
    const struct ov_hidden_manifold manifold = {8, NULL};
    const struct ov_inputs inputs[] = {{0},
                                       {.samples = 11},
                                       {.samples = 50, .spectrum = spectrum},
                                       {.manifold = &manifold, .tests = 6}};
    for (size_t variant = 0; variant < 6; variant++) {
        struct ov_problem p = problem(N, 3, 2, "erf", "erf");
        p.batch = variant == 1 ? 3 : 1;
        p.decay_w = variant % 2 ? 0.3 : 0;
        p.eta_v = variant % 3 ? 0.3 : 0;
        p.momentum = variant % 3 ? 0.7 : 0;
        if (variant == 4) /* fresh inputs in blocks with rates, whose overlaps are in the rows */
            give_blocks(&p, 2, (size_t[]){10000, 30000}, (double[]){1.5, 0.5},
                        (double[]){0.5, 2.0});
        assert_resumes(&p, &inputs[variant == 4 ? 0 : variant == 5 ? 3 : variant % 3]);
        ov_problem_free(&p);
    }
    free(spectrum);
}
END_TEST

/* What is not this run's is ignored: the run starts at its beginning. */
START_TEST(foreign_states_are_ignored)
{
    const double alpha[] = {10.0 / 5000, 200.0 / 5000};
    struct ov_problem p = problem(5000, 3, 2, "erf", "erf"),
                      other = problem(5000, 2, 2, "erf", "erf");
    const struct ov_inputs set = {.samples = 10};
    static struct keeper k;
    k = (struct keeper){.every = 1};
    struct ov_checkpoint saving = {.due = due, .save = save, .ctx = &k};
    struct ov_tick tick = {.checkpoint = &saving};
    size_t width = ov_row_width(3, 2);
    double *whole = zeros(2 * width + 2), *rows = zeros(2 * width + 2);
    ck_ok(ov_weights_run_inputs(whole, &p, NULL, 9, alpha, 2, &tick, NULL));
    size_t last = k.n - 1, n = k.state[last].n;
    char *bytes = k.state[last].bytes;
    struct ov_checkpoint found = {.found = bytes, .n_found = n};
    uint64_t first = 0;
    tick = (struct ov_tick){.checkpoint = &found, .tell = first_done, .ctx = &first};
    ck_ok(ov_weights_run_inputs(rows, &p, NULL, 9, alpha, 2, &tick, NULL));
    uint64_t resumed = first;
    ck_assert_uint_gt(resumed, 100);
    const struct {
        const struct ov_problem *p;
        const struct ov_inputs *in;
        uint64_t key;
        size_t n;
    } foreign[] = {{&p, NULL, 10, n},    {&other, NULL, 9, n}, {&p, &set, 9, n},
                   {&p, NULL, 9, n - 8}, {&p, NULL, 9, 20},    {&p, NULL, 9, 0}};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        found.n_found = foreign[i].n;
        first = 0;
        ck_ok(ov_weights_run_inputs(rows, foreign[i].p, foreign[i].in, foreign[i].key, alpha, 2,
                                    &tick, NULL));
        ck_assert_msg(first < resumed, "case %zu", i);
    }
    found.n_found = n;
    bytes[3] ^= 1;
    first = 0;
    ck_ok(ov_weights_run_inputs(rows, &p, NULL, 9, alpha, 2, &tick, NULL));
    ck_assert_uint_lt(first, resumed);
    ck_assert_mem_eq(rows, whole, 2 * width * sizeof *rows);
    for (size_t i = 0; i < k.n; i++)
        free(k.state[i].bytes);
    free(whole);
    free(rows);
    ov_problem_free(&p);
    ov_problem_free(&other);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_state_leads_to_the_same_rows);
    OV_TEST(s, foreign_states_are_ignored);
}

OV_TEST_MAIN("sim/weights_resume");
