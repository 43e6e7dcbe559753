/* SPDX-License-Identifier: MIT
 *
 * Engine `law` stops and goes on: from whatever state was saved, the same bits; from a state of
 * anything else, from the start.
 */
#include <math.h>
#include <string.h>

#include "blocks_case.h"
#include "overlap/base/text.h"

enum { STATES = 64, RUNS = 11 };

/* Keeps every n-th state that it is handed. */
struct shelf {
    size_t every, asked, n;
    struct ov_text state[STATES];
    uint64_t first_told, told; /* by the tick: the first and how often */
};

static bool due(void *ctx)
{
    struct shelf *s = ctx;
    return s->asked++ % s->every == 0;
}

static void save(void *ctx, const void *bytes, size_t n)
{
    struct shelf *s = ctx;
    ck_assert_uint_lt(s->n, STATES);
    ov_text_add(&s->state[s->n], bytes, n);
    ck_assert(!s->state[s->n++].failed);
}

static void tell(void *ctx, uint64_t done, uint64_t total)
{
    struct shelf *s = ctx;
    ck_assert_uint_le(done, total);
    if (s->told++ == 0)
        s->first_told = done;
}

static void shelf_free(struct shelf *s)
{
    for (size_t i = 0; i < s->n; i++)
        ov_text_free(&s->state[i]);
}

/* Times on steps, between them, and two within one; 24 steps a unit, a tick after each 3087: the
 * first of them ends the step in which two times lie. */
enum { TICK = 3087, LAST = 1400 };
static const double times[] = {0.0, 20.02, (TICK - 0.5) / 24, (TICK - 0.3) / 24, 300.7, LAST};
enum { TIMES = sizeof times / sizeof *times };

static struct ov_problem small_problem(void)
{
    struct ov_problem p = problem(24, 3, 2, "erf", "relu");
    p.eta_w = 0.05;
    p.eta_v = 0.02;
    p.decay_w = 0.1;
    p.sigma = 0.2;
    p.schedule = (struct ov_schedule){.kind = OV_DECAY_POWER, .exponent = 0.1, .time = 100.0};
    return p;
}

/* K + M = 5: fewer directions, one more, many more. */
static void give_three_blocks(struct ov_problem *p)
{
    give_blocks(p, 3, (size_t[]){2, 6, 16}, (double[]){2.0, 1.2, 0.4}, NULL);
}

/* Rows of `n_run` runs that start from a state, or from nothing; what they save is put on a shelf.
 */
static double *rows_from(const struct ov_text *state, struct shelf *s, const struct ov_problem *p,
                         size_t n_run)
{
    struct ov_error e = {0};
    uint64_t *key = keys(5, n_run);
    double *rows = zeros(n_run * TIMES * ov_problem_row_width(p));
    struct ov_checkpoint checkpoint = {state ? state->s : NULL, state ? state->len : 0, due, save,
                                       s};
    const struct ov_tick tick = {tell, s, &checkpoint};
    ck_assert_msg(ov_law_run(rows, p, key, n_run, times, TIMES, &tick, &e) == OV_OK, "%s", e.text);
    free(key);
    return rows;
}

static size_t rows_size(const struct ov_problem *p, size_t n_run)
{
    return n_run * TIMES * ov_problem_row_width(p) * sizeof(double);
}

static void check_every_state(const struct ov_problem *p)
{
    uint64_t *key = keys(5, RUNS), last = 0;
    double *calm = law_rows(p, key, RUNS, times, TIMES);
    for (size_t every = 1; every <= 3; every++) {
        struct shelf s = {.every = every};
        double *saving = rows_from(NULL, &s, p, RUNS);
        ck_assert_mem_eq(calm, saving, rows_size(p, RUNS));
        ck_assert_uint_ge(s.n, 12 / every);
        for (size_t i = 0; i < s.n; i++) {
            struct shelf none = {.every = 1000000, .asked = 1};
            double *rows = rows_from(&s.state[i], &none, p, RUNS);
            ck_assert_mem_eq(calm, rows, rows_size(p, RUNS));
            ck_assert_uint_ge(none.first_told, last + (i > 0)); /* it did not start again */
            ck_assert_uint_eq(none.n, 0);
            last = none.first_told;
            free(rows);
        }
        ck_assert_uint_gt(last, 8 * 24 * LAST); /* states of the second group are among them */
        last = 0;
        free(saving);
        shelf_free(&s);
    }
    free(calm);
    free(key);
}

START_TEST(from_every_state_to_the_same_bits)
{
    struct ov_problem p = small_problem();
    check_every_state(&p);
    ov_problem_free(&p);
}
END_TEST

START_TEST(in_blocks_as_well)
{
    struct ov_problem p = small_problem();
    give_three_blocks(&p);
    check_every_state(&p);
    ov_problem_free(&p);
}
END_TEST

/* Hop by hop, each from a state of the one before. */
START_TEST(states_of_resumed_runs_are_as_good)
{
    struct ov_problem p = small_problem();
    uint64_t *key = keys(5, 3);
    double *calm = law_rows(&p, key, 3, times, TIMES);
    struct ov_text state = {0};
    for (size_t hop = 0; hop < 8; hop++) {
        struct shelf s = {.every = 2, .asked = 1}; /* its second state: each hop gets further */
        double *rows = rows_from(hop ? &state : NULL, &s, &p, 3);
        ck_assert_mem_eq(calm, rows, rows_size(&p, 3));
        state.len = 0;
        if (s.n > 0)
            ov_text_add(&state, s.state[0].s, s.state[0].len);
        free(rows);
        shelf_free(&s);
    }
    ov_text_free(&state);
    free(calm);
    free(key);
    ov_problem_free(&p);
}
END_TEST

/* States of other problems, of fewer runs, cut short, with a place that can't be. */
START_TEST(what_does_not_fit_is_ignored)
{
    struct ov_problem p = small_problem(), other;
    struct shelf s = {.every = 1};
    double *calm = rows_from(NULL, &s, &p, 3);
    for (int variant = 0; variant < 8; variant++) {
        struct ov_text state = {0};
        struct shelf none = {.every = 1000000, .asked = 1};
        other = small_problem();
        other.sigma += variant == 0 ? 0.1 : 0.0;
        other.N += variant == 1;
        other.v[1] += variant == 2 ? 0.5 : 0.0;
        other.start = variant == 3 ? OV_START_DENOISING : other.start;
        other.schedule.time += variant == 7;
        size_t n_run = variant == 4 ? 2 : 3;
        ov_text_add(&state, s.state[s.n - 1].s, s.state[s.n - 1].len - (variant == 5));
        if (variant == 6) /* where it stands: 24 bytes before rows, `before` and the lanes */
            memset(state.s + state.len - rows_size(&p, 3) - 8 * 8 * (15 + 5) -
                       8 * 8 * ov_overlaps_moving(3, 2) - 24,
                   0xff, 8);
        double *rows = rows_from(&state, &none, &other, n_run);
        double *expected = rows_from(NULL, &none, &other, n_run);
        ck_assert_mem_eq(expected, rows, rows_size(&other, n_run));
        free(rows);
        free(expected);
        ov_text_free(&state);
        ov_problem_free(&other);
    }
    free(calm);
    shelf_free(&s);
    ov_problem_free(&p);
}
END_TEST

START_TEST(states_of_other_blocks_are_ignored)
{
    struct ov_problem p = small_problem();
    struct shelf s = {.every = 1}, none = {.every = 1000000, .asked = 1};
    give_three_blocks(&p);
    double *calm = rows_from(NULL, &s, &p, 3);
    const struct ov_text *state = &s.state[s.n - 1];
    ov_blocks_set(p.blocks, 1, 1.2, 0.25, 0.9);
    double *expected = rows_from(NULL, &none, &p, 3), *rows = rows_from(state, &none, &p, 3);
    ck_assert(memcmp(calm, expected, rows_size(&p, 3)) != 0);
    ck_assert_mem_eq(expected, rows, rows_size(&p, 3));
    free(calm);
    free(rows);
    free(expected);
    shelf_free(&s);
    ov_problem_free(&p);
}
END_TEST

/* The tests above would see a state that is used though it should not be: one byte of the lanes
 * changed gives other rows. */
START_TEST(a_changed_state_is_seen)
{
    struct ov_problem p = small_problem();
    struct shelf s = {.every = 1}, none = {.every = 1000000, .asked = 1};
    double *calm = rows_from(NULL, &s, &p, 3);
    struct ov_text *state = &s.state[2];
    /* the lanes end in v_star; L of the student's last unit, lane 0, is (K + M + 1) lanes before */
    state->s[state->len - 8 * 8 * 6 + 5] ^= 0x10;
    double *rows = rows_from(state, &none, &p, 3);
    ck_assert(memcmp(calm, rows, rows_size(&p, 3)) != 0);
    free(rows);
    free(calm);
    shelf_free(&s);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, from_every_state_to_the_same_bits);
    OV_TEST(s, in_blocks_as_well);
    OV_TEST(s, states_of_other_blocks_are_ignored);
    OV_TEST(s, states_of_resumed_runs_are_as_good);
    OV_TEST(s, what_does_not_fit_is_ignored);
    OV_TEST(s, a_changed_state_is_seen);
}

OV_TEST_MAIN("sim/law_resume");
