/* SPDX-License-Identifier: MIT
 *
 * Weights that a run hands out: their overlaps are those of the rows, a run that starts from them
 * has them, a run goes on from any state to the same ones, and what is not reached is left alone.
 */
#include <math.h>
#include <string.h>

#include "overlap/base/text.h"
#include "weights_case.h"

enum { N = 600, K = 3, M = 2, TIMES = 6, KEPT = 3 };
static const size_t rows_kept[KEPT] = {0, 3, 5};
static const double steps[TIMES] = {0, 7.5, 100, 1800, 2000.25, 3600};

struct case_ {
    struct ov_problem p;
    double alpha[TIMES];
    double *rows, *numbers;
    size_t width, size;
};

static void make(struct case_ *c)
{
    c->p = problem(N, K, M, "erf", "erf");
    for (size_t i = 0; i < TIMES; i++)
        c->alpha[i] = steps[i] / N;
    c->width = ov_row_width(K, M);
    c->size = ov_weights_kept_size(&c->p, KEPT);
    ck_assert_uint_eq(c->size, M * N + KEPT * (K * N + K));
    c->rows = zeros(TIMES * c->width);
    c->numbers = zeros(c->size);
    for (size_t i = 0; i < c->size; i++)
        c->numbers[i] = NAN;
}

static void unmake(struct case_ *c)
{
    free(c->rows);
    free(c->numbers);
    ov_problem_free(&c->p);
}

static enum ov_status keep(struct case_ *c, uint64_t key, const struct ov_tick *tick)
{
    const struct ov_weights_kept kept = {rows_kept, KEPT, c->numbers};
    return ov_weights_run_kept(c->rows, &kept, &c->p, NULL, key, c->alpha, TIMES, tick, NULL);
}

static const double *w_of(const struct case_ *c, size_t i)
{
    return c->numbers + M * N + i * (K * N + K);
}

/* Q, R and v of what is kept against a row, in loops of their own. */
static void assert_row_has(const double *row, const double *w, const double *w_star)
{
    const double *Q = row + 2, *R = Q + K * (K + 1) / 2, *v = R + K * M;
    for (size_t k = 0; k < K; k++) {
        for (size_t a = 0; a < k + 1 + M; a++) {
            const double *other = a <= k ? w + a * N : w_star + (a - k - 1) * N;
            double sum = 0.0;
            for (size_t i = 0; i < N; i++)
                sum += w[k * N + i] * other[i] / N;
            ck_agree(sum, a <= k ? Q[k * (k + 1) / 2 + a] : R[k * M + a - k - 1], 1e-12, 1e-13);
        }
        ck_assert_double_eq(w[K * N + k], v[k]);
    }
}

START_TEST(kept_weights_have_the_overlaps_of_the_rows)
{
    struct case_ c;
    make(&c);
    ck_ok(keep(&c, 4, NULL));
    for (size_t i = 0; i < KEPT; i++)
        assert_row_has(c.rows + rows_kept[i] * c.width, w_of(&c, i), c.numbers);
    double *plain = rows_of(&c.p, 4, c.alpha, TIMES); /* to keep them changes nothing */
    ck_assert_mem_eq(plain, c.rows, TIMES * c.width * sizeof *plain);
    free(plain);
    unmake(&c);
}
END_TEST

START_TEST(a_run_starts_from_them)
{
    struct case_ c, again;
    make(&c);
    make(&again);
    ck_ok(keep(&c, 4, NULL));
    again.p.start = OV_START_WEIGHTS;
    again.p.teacher = OV_TEACHER_WEIGHTS;
    again.p.w = zeros(K * N);
    again.p.w_star = zeros(M * N);
    memcpy(again.p.w, w_of(&c, 1), K * N * sizeof(double));
    memcpy(again.p.w_star, c.numbers, M * N * sizeof(double));
    memcpy(again.p.v, w_of(&c, 1) + K * N, K * sizeof(double));
    ck_ok(keep(&again, 4, NULL));
    ck_assert_mem_eq(w_of(&again, 0), w_of(&c, 1), (K * N + K) * sizeof(double));
    ck_assert_mem_eq(again.numbers, c.numbers, M * N * sizeof(double));
    const double *then = c.rows + 3 * c.width, *now = again.rows;
    for (size_t i = 1; i < c.width; i++)
        ck_agree(then[i], now[i], 1e-12, 1e-14);
    unmake(&c);
    unmake(&again);
}
END_TEST

START_TEST(what_is_not_reached_is_left_alone)
{
    struct case_ c;
    make(&c);
    c.p.stop = 1e3; /* with the first row */
    ck_ok(keep(&c, 4, NULL));
    ck_assert(isfinite(c.numbers[0]) && isfinite(w_of(&c, 0)[0]));
    ck_assert(isnan(w_of(&c, 1)[0]) && isnan(w_of(&c, 2)[K * N]));
    unmake(&c);
    make(&c);
    c.p.g = c.p.g_star = ov_activation_find("quadratic");
    c.p.eta_w = 30.0;
    ck_assert_int_eq(OV_EDIVERGED, keep(&c, 4, NULL));
    ck_assert(isfinite(w_of(&c, 0)[0]) && isnan(w_of(&c, 2)[0]));
    unmake(&c);
}
END_TEST

/* ---- states ---- */

enum { STATES = 40 };

struct shelf {
    size_t n, asked;
    struct ov_text state[STATES];
};

static bool due(void *ctx)
{
    struct shelf *s = ctx;
    return ++s->asked % 2 == 0 && s->n < STATES;
}

static void save(void *ctx, const void *bytes, size_t n)
{
    struct shelf *s = ctx;
    ov_text_add(&s->state[s->n++], bytes, n);
}

START_TEST(from_every_state_to_the_same_weights)
{
    static struct shelf s;
    struct ov_checkpoint saving = {.due = due, .save = save, .ctx = &s};
    struct ov_tick tick = {.checkpoint = &saving};
    struct case_ whole, c;
    s = (struct shelf){0};
    make(&whole);
    ck_ok(keep(&whole, 4, &tick));
    ck_assert_uint_ge(s.n, 2);
    for (size_t i = 0; i < s.n; i++) {
        struct ov_checkpoint found = {.found = s.state[i].s, .n_found = s.state[i].len};
        struct ov_tick again = {.checkpoint = &found};
        make(&c);
        ck_ok(keep(&c, 4, &again));
        ck_assert_mem_eq(whole.numbers, c.numbers, c.size * sizeof(double));
        ck_assert_mem_eq(whole.rows, c.rows, TIMES * c.width * sizeof(double));
        ck_ok(ov_weights_run(c.rows, &c.p, 4, c.alpha, TIMES, &again, NULL)); /* not its own */
        ck_assert_mem_eq(whole.rows, c.rows, TIMES * c.width * sizeof(double));
        unmake(&c);
        ov_text_free(&s.state[i]);
    }
    unmake(&whole);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, kept_weights_have_the_overlaps_of_the_rows);
    OV_TEST(s, a_run_starts_from_them);
    OV_TEST(s, what_is_not_reached_is_left_alone);
    OV_TEST(s, from_every_state_to_the_same_weights);
}

OV_TEST_MAIN("sim/weights_kept");
