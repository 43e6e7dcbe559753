/* SPDX-License-Identifier: MIT
 *
 * Engine `weights` on a training set that is gone through again and again.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/start.h"
#include "overlap/num/normal.h"
#include "some_images.h"
#include "test.h"
#include "weights_case.h"
#include "weights_internal.h"

START_TEST(the_first_epoch_is_the_run_with_fresh_inputs)
{
    enum { N = 30, P = 90 };
    const double alpha[] = {0, 1, 2.5, 3, 3.0 + 1.0 / N};
    struct ov_problem p = problem(N, 2, 2, "erf", "erf");
    const struct ov_inputs in = {.samples = P};
    size_t width = ov_row_width(2, 2);
    double *fresh = rows_of(&p, 8, alpha, 5), *set = run(&p, &in, 8, alpha, 5);
    for (size_t i = 0; i < 4; i++)
        ck_assert_mem_eq(fresh + i * width, set + i * (width + 1), width * sizeof *fresh);
    ck_assert(fresh[4 * width + 2] != set[4 * (width + 1) + 2]); /* the first step after it */
    free(fresh);
    free(set);
    ov_problem_free(&p);
}
END_TEST

/* What is kept of a set is what would be drawn anew, in any order and by pieces. */
START_TEST(inputs_that_are_kept_are_those_that_are_drawn)
{
    enum { N = 30, P = 7 };
    struct ov_problem p = problem(N, 2, 2, "erf", "erf");
    const struct ov_inputs in = {.samples = P};
    double set[P * (N + 1)], spectrum[N], a[N], b[N];
    for (size_t i = 0; i < N; i++)
        spectrum[i] = 0.5 + 0.1 * (double)i;
    for (int coloured = 0; coloured < 2; coloured++) {
        struct ov_weights_state anew = {.p = &p,
                                        .in = &in,
                                        .input = {99, OV_STREAM_INPUT},
                                        .noise = {99, OV_STREAM_NOISE},
                                        .root_c = coloured ? spectrum : NULL};
        struct ov_weights_state kept = anew;
        kept.set = set;
        for (size_t mu = 0; mu < P; mu++)
            set[mu * (N + 1) + N] = NAN;
        static const uint64_t order[] = {3, 0, 6, 3, 2, 3, 0, 5, 6, 1, P, 4, P + 3};
        for (size_t i = 0; i < sizeof order / sizeof *order; i++)
            for (size_t from = 0; from < N; from += 8) {
                size_t n = N - from < 13 ? N - from : 13;
                if (i % 2)
                    ck_assert_double_eq(ov_weights_noise(&kept, order[i]),
                                        ov_weights_noise(&anew, order[i]));
                ov_weights_input(a, &anew, order[i], from, n);
                ov_weights_input(b, &kept, order[i], from, n);
                ck_assert_mem_eq(a, b, n * sizeof *a);
            }
        ck_assert_double_eq(set[N], ov_weights_noise(&anew, 0)); /* it was kept */
    }
    ov_problem_free(&p);
}
END_TEST

/* How often each input is taken in each epoch, and how its orders differ. */
START_TEST(every_epoch_goes_once_through_the_set)
{
    enum { P = 57, EPOCHS = 40 };
    const struct ov_inputs in = {.samples = P};
    uint32_t order[P];
    struct ov_weights_state r = {.in = &in, .order = order, .shuffle = {99, OV_STREAM_ORDER}};
    double first = 0;
    uint64_t last[P] = {0}, same = 0;
    for (uint64_t e = 0; e < EPOCHS; e++) {
        int seen[P] = {0};
        for (uint64_t i = 0; i < P; i++) {
            uint64_t mu = ov_weights_sample(&r, e * P + i);
            ck_assert_uint_lt(mu, P);
            seen[mu]++;
            same += e > 0 && mu == last[i];
            last[i] = mu;
            if (e == 0)
                ck_assert_uint_eq(mu, i);
            if (i == 0 && e > 0)
                first += (double)mu / (EPOCHS - 1);
        }
        for (size_t mu = 0; mu < P; mu++)
            ck_assert_int_eq(seen[mu], 1);
    }
    /* one place in P stays on average in each epoch; the first is uniform */
    ck_assert(same > 10 && same < 90);
    ck_agree((P - 1) / 2.0, first, 0, 4 * P / sqrt(12.0 * (EPOCHS - 1)));
    uint64_t once = ov_weights_sample(&r, 7 * P + 3);
    struct ov_weights_state other = r; /* from anywhere */
    other.order_epoch = 0;
    ck_assert_uint_eq(ov_weights_sample(&other, 7 * P + 3), once);
}
END_TEST

/* With every input seen many times the student learns the labels' noise: it fits the set better
 * than the teacher does, and generalises worse than with fresh inputs. */
START_TEST(a_small_set_is_overfitted)
{
    enum { N = 60 };
    const double alpha = 300;
    struct ov_problem p = problem(N, 2, 1, "erf", "erf");
    p.sigma = 0.5;
    p.eta_w = 0.3;
    p.eta_v = 0;
    const struct ov_inputs in = {.samples = 2 * N}, large = {.samples = 1000 * N};
    double *set = run(&p, &in, 3, &alpha, 1), *fresh = run(&p, &large, 3, &alpha, 1);
    size_t at = ov_row_width(2, 1);
    double noise = 0.5 * p.sigma * p.sigma;
    ck_assert_double_lt(set[at], 0.7 * noise);
    ck_assert_double_gt(set[1], 2 * fresh[1]);
    ck_agree(fresh[1] + noise, fresh[at], 0.03, 0); /* a set that is hardly seen is a test set */
    free(set);
    free(fresh);
    ov_problem_free(&p);
}
END_TEST

/* eps_t of given weights, by hand. */
START_TEST(the_training_error_is_the_mean_over_the_set)
{
    enum { N = 20, P = 13 };
    struct ov_problem p = problem(N, 2, 2, "erf", "relu");
    const struct ov_inputs in = {.samples = P};
    double alpha = 0, *row = run(&p, &in, 4, &alpha, 1), w[2 * N], w_star[2 * N], v[2], sum = 0;
    ck_ok(ov_start_weights(w, w_star, v, &p, 4, NULL));
    for (uint64_t mu = 0; mu < P; mu++) {
        double x[N], zeta, phi = 0, y;
        ov_normal_fill(x, N, &(struct ov_philox){4, OV_STREAM_INPUT}, mu * ov_normal_blocks(N));
        ov_normal_fill(&zeta, 1, &(struct ov_philox){4, OV_STREAM_NOISE}, mu);
        y = p.sigma * zeta;
        for (size_t k = 0; k < 2; k++) {
            double lambda = 0, nu = 0;
            for (size_t i = 0; i < N; i++) {
                lambda += w[k * N + i] * x[i] / sqrt(N);
                nu += w_star[k * N + i] * x[i] / sqrt(N);
            }
            phi += v[k] * erf(lambda / sqrt(2));
            y += p.v_star[k] * fmax(nu, 0);
        }
        sum += (phi - y) * (phi - y) / 2 / P;
    }
    ck_agree(sum, row[ov_row_width(2, 2)], 1e-12, 0);
    free(row);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_first_epoch_is_the_run_with_fresh_inputs);
    OV_TEST(s, inputs_that_are_kept_are_those_that_are_drawn);
    OV_TEST(s, every_epoch_goes_once_through_the_set);
    OV_TEST(s, a_small_set_is_overfitted);
    OV_TEST(s, the_training_error_is_the_mean_over_the_set);
}

OV_TEST_MAIN("sim/weights_sets");
