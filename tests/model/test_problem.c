/* SPDX-License-Identifier: MIT
 *
 * What makes a problem ill-posed, and which key is blamed.
 */
#include <math.h>
#include <string.h>

#include "overlap/model/problem.h"
#include "test.h"

/* A valid problem: K = 2, M = 2, N = 10, orthonormal teacher, random start. */
static struct ov_problem valid(void)
{
    struct ov_problem p = {.N = 10, .K = 2, .M = 2, .eta_w = 0.2, .std = 1.0};
    p.g = p.g_star = ov_activation_find("erf");
    p.v_star = calloc(2, sizeof(double));
    p.v = calloc(2, sizeof(double));
    ck_assert(p.v_star && p.v);
    p.v_star[0] = p.v_star[1] = p.v[0] = p.v[1] = 1.0;
    return p;
}

static double *copy(const double *x, size_t n)
{
    double *y = calloc(n, sizeof *y);
    ck_assert_ptr_nonnull(y);
    memcpy(y, x, n * sizeof *y);
    return y;
}

/* The same with given overlaps: Q = R = I/2. */
static struct ov_problem valid_overlaps(void)
{
    struct ov_problem p = valid();
    const double Q[] = {0.5, 0.0, 0.5}, R[] = {0.5, 0.0, 0.0, 0.5};
    p.start = OV_START_OVERLAPS;
    p.Q = copy(Q, 3);
    p.R = copy(R, 4);
    return p;
}

/* Checks p, which must fail at `key` with these words, and frees it. */
static void assert_blamed(struct ov_problem p, const char *key, const char *words)
{
    struct ov_error e = {0};
    const char *at = "untouched";
    ck_assert_int_eq(ov_problem_check(&p, &at, &e), OV_EUSER);
    ck_assert_str_eq(at, key);
    ck_assert_msg(strstr(e.text, words), "'%s' does not say '%s'", e.text, words);
    ck_assert_int_eq(ov_problem_check(&p, NULL, NULL), OV_EUSER);
    ov_problem_free(&p);
}

static void assert_fine(struct ov_problem p)
{
    struct ov_error e = {0};
    const char *at = "untouched";
    ck_assert_msg(ov_problem_check(&p, &at, &e) == OV_OK, "%s: %s", at, e.text);
    ck_assert_str_eq(at, "untouched");
    ov_problem_free(&p);
}

START_TEST(valid_problems_pass)
{
    assert_fine(valid());
    assert_fine(valid_overlaps());
    struct ov_problem p = valid_overlaps();
    p.N = 0; /* the limit */
    assert_fine(p);
    p = valid();
    p.N = 4;
    assert_fine(p);
    p = valid();
    p.teacher = OV_TEACHER_RANDOM;
    p.start = OV_START_INFORMED;
    assert_fine(p);
    p = valid();
    p.eta_w = 0.0; /* nothing moves, which is allowed */
    assert_fine(p);
    ov_problem_free(NULL);
}
END_TEST

#define BLAMED(change, key, words)                                                                 \
    do {                                                                                           \
        struct ov_problem p = valid();                                                             \
        change;                                                                                    \
        assert_blamed(p, key, words);                                                              \
    } while (0)

START_TEST(sizes_are_checked)
{
    BLAMED(p.K = 0, "K", "K must be from 1");
    BLAMED(p.M = 0, "M", "M must be from 1");
    BLAMED(p.K = (size_t)-1, "K", "K must be from 1");
    BLAMED(p.M = (size_t)-3, "M", "M must be from 1");
    BLAMED(p.N = 1, "N", "N = 1 must be at least M = 2");
    BLAMED((p.N = 3, p.start = OV_START_INFORMED), "N", "N = 3 must be at least K + M = 4");
    BLAMED(p.N = 0, "N", "N is needed");
    BLAMED((p.N = 0, p.teacher = OV_TEACHER_RANDOM, p.start = OV_START_INFORMED), "N", "N is need");
    BLAMED(p.g = NULL, "activation", "missing");
    BLAMED(p.g_star = NULL, "teacher_activation", "missing");
}
END_TEST

START_TEST(rates_are_checked)
{
    const double bad[] = {-0.1, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 4; i++) {
        BLAMED(p.eta_w = bad[i], "eta_w", "eta_w must be a number >= 0");
        BLAMED(p.eta_v = bad[i], "eta_v", "eta_v must");
        BLAMED(p.sigma = bad[i], "sigma", "sigma must");
        BLAMED(p.decay_w = bad[i], "weight_decay", "weight_decay must");
        BLAMED(p.decay_v = bad[i], "weight_decay", "weight_decay must");
        BLAMED(p.std = bad[i], "init.std", "init.std must");
        BLAMED(p.v_std = bad[i], "init.v_std", "init.v_std must");
    }
}
END_TEST

START_TEST(arrays_are_checked)
{
    BLAMED(p.v_star[1] = NAN, "v_star", "not finite");
    BLAMED(p.v[1] = INFINITY, "init.v", "not finite");
    BLAMED((free(p.v_star), p.v_star = NULL), "v_star", "missing");
    BLAMED(p.teacher = OV_TEACHER_GIVEN, "teacher.T", "missing");
    BLAMED(p.start = OV_START_OVERLAPS, "init.Q", "missing");
    struct ov_problem p = valid_overlaps();
    free(p.R);
    p.R = NULL;
    assert_blamed(p, "init.R", "missing");
    p = valid_overlaps();
    free(p.v);
    p.v = NULL;
    assert_blamed(p, "init.v", "missing");
    p = valid_overlaps();
    p.Q[1] = NAN;
    assert_blamed(p, "init.Q", "not finite");
    p = valid_overlaps();
    p.R[3] = -INFINITY;
    assert_blamed(p, "init.R", "not finite");
}
END_TEST

static struct ov_problem given_teacher(double T00, double T10, double T11)
{
    struct ov_problem p = valid();
    const double T[] = {T00, T10, T11};
    p.teacher = OV_TEACHER_GIVEN;
    p.T = copy(T, 3);
    return p;
}

START_TEST(matrices_are_checked)
{
    assert_fine(given_teacher(1.0, 0.3, 2.0));
    assert_fine(given_teacher(1.0, 1.0, 1.0)); /* singular: twice the same teacher */
    assert_blamed(given_teacher(1.0, 1.25, 1.0), "teacher.T",
                  "T is not positive semi-definite: smallest eigenvalue -0.25");
    assert_blamed(given_teacher(1.0, 0.0, 0.0), "teacher.T", "T_1_1 = 0 must be > 0");
    assert_blamed(given_teacher(-1.0, 0.0, 1.0), "teacher.T", "T_0_0 = -1 must be > 0");
    assert_blamed(given_teacher(1.0, NAN, 1.0), "teacher.T", "not finite");
    struct ov_problem p = valid_overlaps();
    p.Q[1] = 0.75;
    assert_blamed(p, "init.Q", "Q is not positive semi-definite: smallest eigenvalue -0.25");
    p = valid_overlaps();
    p.R[0] = 0.8; /* more than sqrt(Q T) */
    assert_blamed(p, "init.R", "the joint matrix of T, R, Q is not positive semi-definite");
    p = valid_overlaps();
    p.teacher = OV_TEACHER_RANDOM;
    assert_blamed(p, "init.kind", "given overlaps need a given or orthonormal teacher");
}
END_TEST

START_TEST(which_starts_are_fixed)
{
    struct ov_problem p = {0};
    for (int teacher = OV_TEACHER_ORTHONORMAL; teacher <= OV_TEACHER_GIVEN; teacher++)
        for (int start = OV_START_RANDOM; start <= OV_START_DENOISING; start++) {
            p.teacher = (enum ov_teacher)teacher;
            p.start = (enum ov_start)start;
            ck_assert(ov_problem_start_is_fixed(&p) ==
                      (teacher != OV_TEACHER_RANDOM && start != OV_START_RANDOM));
        }
}
END_TEST

START_TEST(rows_have_named_columns)
{
    static const char *expected[] = {"alpha", "eps_g", "Q_0_0", "R_0_0", "R_0_1", "v_0"};
    ck_assert_uint_eq(ov_row_width(1, 2), 6);
    for (size_t i = 0; i < 6; i++) {
        char name[32];
        ov_row_column(name, i, 1, 2);
        ck_assert_str_eq(name, expected[i]);
    }
}
END_TEST

/* A student in the span of two teachers, its length a little too short: put right where six digits
 * explain that. */
START_TEST(rounded_overlaps_become_a_covariance)
{
    static const double miss[] = {0.0, 1e-12, 3e-7, 8e-6, 4e-5, 1e-2};
    for (size_t i = 0; i < sizeof miss / sizeof *miss; i++) {
        double Q[1] = {1.0 - miss[i]}, R[2] = {0.6, 0.8}, v[1] = {1.0}, v_star[2] = {1.0, 1.0};
        struct ov_problem p = {.K = 1,
                               .M = 2,
                               .g = ov_activation_find("erf"),
                               .g_star = ov_activation_find("erf"),
                               .eta_w = 0.1,
                               .start = OV_START_OVERLAPS,
                               .Q = Q,
                               .R = R,
                               .v = v,
                               .v_star = v_star};
        double moved = NAN;
        struct ov_error err = {0};
        ck_ok(ov_problem_project(&moved, &p));
        bool touched = i == 2 || i == 3;
        ck_agree(touched ? 1.0 : 1.0 - miss[i], Q[0], 0.0, touched ? 1e-15 : 0.0);
        ck_agree(touched ? miss[i] : 0.0, moved, 0.0, 1e-15);
        ck_assert(R[0] == 0.6 && R[1] == 0.8);
        ck_assert_int_eq(ov_problem_check(&p, NULL, &err), i < 4 ? OV_OK : OV_EUSER);
        if (i >= 4)
            ck_assert_ptr_nonnull(strstr(err.text, "down to -1e-05"));
    }
}
END_TEST

/* A teacher nearly without a direction in which the student is not: no small change helps. */
START_TEST(overlaps_far_from_any_covariance_stay)
{
    double T[3] = {1.0, 0.0, 1e-7}, Q[1] = {1.0}, R[2] = {0.0, 1e-3}, v[1] = {1.0},
           v_star[2] = {1.0, 1.0};
    struct ov_problem p = {.K = 1,
                           .M = 2,
                           .g = ov_activation_find("erf"),
                           .g_star = ov_activation_find("erf"),
                           .eta_w = 0.1,
                           .teacher = OV_TEACHER_GIVEN,
                           .start = OV_START_OVERLAPS,
                           .T = T,
                           .Q = Q,
                           .R = R,
                           .v = v,
                           .v_star = v_star};
    double moved = NAN;
    ck_ok(ov_problem_project(&moved, &p));
    ck_assert(moved == 0.0 && Q[0] == 1.0 && R[1] == 1e-3 && T[2] == 1e-7);
    ck_assert_int_eq(ov_problem_check(&p, NULL, NULL), OV_EUSER);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, rounded_overlaps_become_a_covariance);
    OV_TEST(s, overlaps_far_from_any_covariance_stay);
    OV_TEST(s, valid_problems_pass);
    OV_TEST(s, sizes_are_checked);
    OV_TEST(s, rates_are_checked);
    OV_TEST(s, arrays_are_checked);
    OV_TEST(s, matrices_are_checked);
    OV_TEST(s, which_starts_are_fixed);
    OV_TEST(s, rows_have_named_columns);
}

OV_TEST_MAIN("model/problem");
