/* SPDX-License-Identifier: MIT
 *
 * Engine `law` in blocks: bits, groups, errors, what never changes, and paths of large N by the
 * numbers of another program.
 */
#include "blocks_case.h"
#include "overlap/model/start.h"

/* ---- bits ---- */

START_TEST(one_block_is_none_bit_by_bit)
{
    static const size_t N[] = {4, 5, 24};
    const double alpha[] = {0.0, 0.51, 4.0};
    for (size_t variant = 0; variant < 6; variant++) {
        struct ov_problem p = problem(N[variant / 2], 2, 2, "erf", "relu");
        p.eta_w = p.eta_v = 0.05;
        p.decay_w = variant % 2 ? 0.3 : 0.0;
        p.start = OV_START_DENOISING;
        uint64_t *key = keys(100, 11);
        double *plain = law_rows(&p, key, 11, alpha, 3);
        give_blocks(&p, 1, &N[variant / 2], (double[]){1.0}, NULL);
        p.blocks->in_rows = false;
        double *blocks = law_rows(&p, key, 11, alpha, 3);
        ck_assert_mem_eq(plain, blocks, 33 * ov_row_width(2, 2) * sizeof *plain);
        free(key);
        free(plain);
        free(blocks);
        ov_problem_free(&p);
    }
}
END_TEST

START_TEST(a_run_is_a_function_of_its_key)
{
    enum { RUNS = 19 };
    static const size_t n[] = {1, 3, 8, 12}; /* small chi^2, which many lanes reject */
    const double alpha[] = {0.0, 0.51, 4.0};
    struct ov_problem p = problem(24, 3, 2, "erf", "relu");
    p.eta_w = p.eta_v = 0.05;
    give_blocks(&p, 4, n, (double[]){3.0, 2.0, 1.0, 0.5}, NULL);
    size_t width = 3 * ov_problem_row_width(&p);
    uint64_t *key = keys(100, RUNS);
    double *all = law_rows(&p, key, RUNS, alpha, 3);
    for (size_t m = 1; m <= 9; m += 4)
        for (size_t i = 0; i + m <= RUNS; i++) {
            double *some = law_rows(&p, key + i, m, alpha, 3);
            ck_assert_mem_eq(some, all + i * width, m * width * sizeof *some);
            free(some);
        }
    free(all);
    free(key);
    ov_problem_free(&p);
}
END_TEST

/* A step between two rows is interpolated, and totals are the sums over blocks. */
START_TEST(rows_are_sums_over_blocks)
{
    static const size_t n[] = {2, 6, 16};
    struct ov_problem p = problem(24, 2, 2, "erf", "erf");
    give_blocks(&p, 3, n, (double[]){4.0, 1.2, 0.4}, NULL);
    const double alpha[] = {7.0 / 24, 7.25 / 24, 8.0 / 24};
    const uint64_t key = 6;
    size_t width = ov_problem_row_width(&p), own = ov_row_width(2, 2);
    double *rows = law_rows(&p, &key, 1, alpha, 3);
    for (size_t i = 2; i < width; i++)
        ck_agree(0.75 * rows[i] + 0.25 * rows[2 * width + i], rows[width + i], 0, 1e-13);
    for (size_t row = 0; row < 3; row++)
        for (size_t i = 0; i < 7; i++) { /* Q, then R */
            double sum = 0.0;
            for (size_t l = 0; l < 3; l++)
                sum += p.blocks->weight[l] * rows[row * width + own + 7 * l + i];
            ck_agree(sum, rows[row * width + 2 + i], 0, 1e-13);
        }
    free(rows);
    ov_problem_free(&p);
}
END_TEST

/* ---- what never changes ---- */

/* Each block's overlaps stay a covariance of no more directions than it has; the teachers stay. */
START_TEST(blocks_stay_covariances)
{
    static const size_t n[] = {1, 3, 4, 5, 40};
    struct ov_problem p = problem(53, 2, 2, "erf", "erf");
    p.teacher = OV_TEACHER_RANDOM;
    p.sigma = 0.5;
    give_blocks(&p, 5, n, (double[]){3.0, 2.0, 1.5, 1.0, 0.5}, NULL);
    struct law_group s = group(&p, 8);
    struct ov_overlaps start, own;
    ck_ok(ov_overlaps_create_blocks(&start, 5, 2, 2));
    ck_ok(ov_overlaps_create(&own, 2, 2));
    for (int turn = 0; turn < 10; turn++) {
        advance_all(&s, 3000);
        for (size_t l = 0; l < 8; l++) {
            double C[10], factor[16];
            ov_law_group_measure(&s, l);
            ck_ok(ov_overlaps_check_blocks(&s.parts[l], p.blocks, NULL));
            ck_ok(ov_start_blocks(&start, &p, s.key[l], NULL));
            ck_assert_mem_eq(start.T, s.parts[l].T, 15 * sizeof(double));
            for (size_t b = 0; b < 3; b++) {
                ov_overlaps_of_block(&own, &s.parts[l], b);
                ov_overlaps_covariance(C, &own);
                ck_ok(ov_sym_cholesky(factor, C, 4, 1e-9));
                for (size_t a = 0; a < 4; a++)
                    for (size_t j = n[b]; j < 4; j++)
                        ck_assert_double_lt(fabs(factor[a * 4 + j]), 1e-6);
            }
        }
    }
    ov_overlaps_free(&start);
    ov_overlaps_free(&own);
    ov_law_group_free(&s);
    ov_problem_free(&p);
}
END_TEST

/* ---- errors ---- */

static void check_error(struct ov_problem *p, const char *says)
{
    struct ov_error e = {0};
    const uint64_t key = 1;
    double alpha = 0.0, *row = zeros(ov_problem_row_width(p));
    ck_assert_int_eq(ov_law_run(row, p, &key, 1, &alpha, 1, NULL, &e), OV_EDOM);
    ck_assert_msg(strstr(e.text, says) != NULL, "%s", e.text);
    free(row);
    ov_problem_free(p);
}

static struct ov_problem two_blocks(size_t first, size_t second)
{
    struct ov_problem p = problem(24, 2, 2, "erf", "erf");
    give_blocks(&p, 2, (size_t[]){first, second}, (double[]){2.0, 1.0}, NULL);
    return p;
}

START_TEST(what_is_no_chain_is_refused)
{
    struct ov_problem p = two_blocks(8, 16);
    p.blocks->share[0] = 8.3 / 24;
    check_error(&p, "block 0 has 8.3 of N = 24 directions, which is no whole number");
    p = two_blocks(8, 15);
    check_error(&p, "the blocks have 23 directions, not N = 24");
    p = two_blocks(8, 16);
    p.blocks->N = 0;
    check_error(&p, "N is needed");
    p = two_blocks(8, 16);
    p.N = 12;
    check_error(&p, "the blocks have 24 directions, N = 12");
    p = two_blocks(8, 16);
    p.blocks->member = zeros(2 * 24);
    for (size_t i = 0; i < 24; i++)
        p.blocks->member[i] = 1.0 - (p.blocks->member[24 + i] = i == 5 ? 0.5 : i > 7);
    check_error(&p, "blocks share direction 5");
    p = two_blocks(3, 21);
    p.start = OV_START_DENOISING;
    check_error(&p, "block 0: the initial overlaps need more directions than the 3 it has");
}
END_TEST

START_TEST(divergence_is_found)
{
    struct ov_problem p = two_blocks(8, 16);
    p.g = p.g_star = ov_activation_find("linear");
    p.eta_v = 0.0;
    p.eta_w = 40.0;
    struct ov_error e = {0};
    const uint64_t key[2] = {1, 2};
    const double alpha[] = {0.0, 1e9};
    double *rows = zeros(4 * ov_problem_row_width(&p));
    ck_assert_int_eq(ov_law_run(rows, &p, key, 2, alpha, 2, NULL, &e), OV_EDIVERGED);
    ck_assert(e.diverged_at > 0.0 && e.diverged_at < 20.0);
    free(rows);
    ov_problem_free(&p);
}
END_TEST

/* ---- paths of large N ---- */

enum { MANY = 32, COMPONENTS = 40 };

/* What another program's equations of motion give: eps_g at two times, and overlaps of blocks at the
 * second. Runs deviate from them by 1/N, of which `shift` eps_g and `shift` are allowed. */
struct path {
    double alpha[2], eps_g[2];
    size_t n_column;
    struct {
        const char *column;
        double value;
    } at[COMPONENTS];
};

static void check_mean(const char *name, const double *x, double expected, double shift)
{
    double mean = 0.0, square = 0.0;
    for (size_t i = 0; i < MANY; i++)
        mean += x[i] / MANY;
    for (size_t i = 0; i < MANY; i++)
        square += (x[i] - mean) * (x[i] - mean);
    double se = sqrt(square / (MANY - 1) / MANY);
    printf("    %s %.6f(%.6f), expected %.6f, z = %.2f\n", name, mean, se, expected,
           (mean - expected) / se);
    ck_assert_double_lt(fabs(mean - expected), 4.5 * se + shift);
}

static void check_path(const struct ov_problem *p, const struct path *path)
{
    size_t width = ov_problem_row_width(p);
    uint64_t *key = keys(1, MANY);
    double *rows = law_rows(p, key, MANY, path->alpha, 2), x[MANY], n = (double)p->N;
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < MANY; i++)
            x[i] = rows[(2 * i + t) * width + 1];
        check_mean("eps_g", x, path->eps_g[t], 5.0 / n * path->eps_g[t]);
    }
    for (size_t c = 0; c < path->n_column; c++)
        for (size_t j = 0; j < width; j++) {
            char name[32];
            ov_problem_row_column(name, j, p);
            if (strcmp(name, path->at[c].column) != 0)
                continue;
            for (size_t i = 0; i < MANY; i++)
                x[i] = rows[(2 * i + 1) * width + j];
            check_mean(name, x, path->at[c].value, 2.0 / n);
        }
    free(rows);
    free(key);
}

static struct ov_problem large(size_t M, const char *g, size_t N)
{
    struct ov_problem p = problem(N, 2, M, g, g);
    p.eta_v = 0.0;
    p.sigma = 0.1;
    for (size_t m = 0; m < M; m++)
        p.v_star[m] = 1.0;
    return p;
}

START_TEST(erf_first_layer)
{
    static const double T[] = {0.3, 0.05, 0.2, 0.7, -0.1, 0.9};
    static const double R[] = {0.05, 0.02, -0.01, 0.04, 0.03, -0.02, 0.01, 0.06};
    static const double Q[] = {0.06, 0.01, 0.08, 0.2, 0.03, 0.15};
    static const struct path path = {{1.0, 5.0},
                                     {0.163913906527, 0.040300718143},
                                     8,
                                     {{"R_0_0_b0", 0.1795051556},
                                      {"R_1_1_b0", 0.1175922749},
                                      {"R_0_0_b1", 0.1871851958},
                                      {"R_1_1_b1", 0.2849247207},
                                      {"Q_0_0_b0", 0.1567100145},
                                      {"Q_1_0_b0", 0.0790918674},
                                      {"Q_1_0_b1", 0.0751583489},
                                      {"Q_1_1_b1", 0.2299431219}}};
    struct ov_problem p = large(2, "erf", 8000);
    p.eta_w = 0.5;
    p.v[0] = p.v[1] = 1.0;
    give_blocks(&p, 2, (size_t[]){2000, 6000}, (double[]){2.5, 0.5}, NULL);
    give_start(&p, T, R, Q);
    check_path(&p, &path);
    ov_problem_free(&p);
}
END_TEST

START_TEST(relu_with_one_teacher)
{
    static const double T[] = {0.5, 0.5}, R[] = {0.1, 0.05, 0.05, 0.1};
    static const double Q[] = {0.2, 0.02, 0.1, 0.1, 0.03, 0.3};
    static const struct path path = {{2.0, 10.0}, {0.134288982803, 0.043433030659}, 0, {{0}}};
    struct ov_problem p = large(1, "relu", 8000);
    p.eta_w = 0.3;
    p.v[0] = 0.5;
    p.v[1] = 0.7;
    give_blocks(&p, 2, (size_t[]){4000, 4000}, (double[]){1.6, 0.4}, NULL);
    give_start(&p, T, R, Q);
    check_path(&p, &path);
    ov_problem_free(&p);
}
END_TEST

START_TEST(erf_both_layers_with_decay)
{
    static const double T[] = {0.2, 0.0, 0.1, 0.3, 0.1, 0.4, 0.5, -0.1, 0.6};
    static const double R[] = {0.05, 0.02, 0.03, 0.04, 0.03,  -0.02,
                               0.01, 0.06, 0.02, 0.05, -0.03, 0.1};
    static const double Q[] = {0.06, 0.01, 0.08, 0.1, 0.03, 0.15, 0.3, -0.05, 0.2};
    static const struct path path = {{5.0, 100.0},
                                     {0.118183676392, 0.015206049002},
                                     7,
                                     {{"v_0", 0.8849140742},
                                      {"v_1", 0.7198947808},
                                      {"R_0_0_b0", 0.1321464647},
                                      {"R_1_1_b0", 0.0577880179},
                                      {"R_0_1_b2", 0.1482318369},
                                      {"Q_0_0_b2", 0.1500449022},
                                      {"Q_1_0_b2", 0.1189838983}}};
    struct ov_problem p = large(2, "erf", 4000);
    p.eta_w = 0.4;
    p.eta_v = 0.3;
    p.decay_w = 0.02;
    p.decay_v = 0.01;
    p.v[0] = 0.5;
    p.v[1] = 0.3;
    p.v_star[1] = 0.8;
    give_blocks(&p, 3, (size_t[]){400, 1200, 2400}, (double[]){4.0, 1.2, 0.4}, NULL);
    give_start(&p, T, R, Q);
    check_path(&p, &path);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, one_block_is_none_bit_by_bit);
    OV_TEST(s, a_run_is_a_function_of_its_key);
    OV_TEST(s, rows_are_sums_over_blocks);
    OV_TEST(s, blocks_stay_covariances);
    OV_TEST(s, what_is_no_chain_is_refused);
    OV_TEST(s, divergence_is_found);
    OV_TEST(s, erf_first_layer);
    OV_TEST(s, relu_with_one_teacher);
    OV_TEST(s, erf_both_layers_with_decay);
}

OV_TEST_MAIN("sim/law_blocks_paths");
