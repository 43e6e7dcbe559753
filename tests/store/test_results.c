/* SPDX-License-Identifier: MIT
 *
 * Tables on disk: valid, stale, broken, of other seeds.
 */
#include <math.h>

#include "run/fake.h"
#include "overlap/store/results.h"

static double plain(const void *ctx, double seed, size_t j, size_t column)
{
    (void)ctx;
    return seed + 0.01 * (double)j + 0.0001 * (double)column;
}

static struct ov_result read_side(const struct fake *f, enum ov_side side)
{
    struct ov_result r;
    ov_result_read(&r, f->out, &f->e, f->curve, side, NULL);
    return r;
}

static void expect_state(const struct fake *f, enum ov_side side, enum ov_state state,
                         const char *why)
{
    struct ov_result r = read_side(f, side);
    ck_assert_msg(r.state == state, "%s instead of %s: %s", ov_state_name(r.state),
                  ov_state_name(state), r.why);
    ck_contains(r.why, why);
    ck_assert_ptr_null(strchr(r.why, '\n'));
    ov_result_free(&r);
    ov_result_free(&r);
}

START_TEST(valid_results_are_read)
{
    struct fake f;
    fake_open(&f, NULL);
    fake_write(&f, 0, OV_SGD, plain, NULL);
    struct ov_result r = read_side(&f, OV_SGD);
    ck_assert_int_eq(r.state, OV_VALID);
    ck_assert_uint_eq(r.n_seed, 3);
    ck_assert_uint_eq(r.n_time, FAKE_TIMES);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < FAKE_TIMES; j++)
            for (size_t k = 2; k < 4; k++)
                ck_assert(ov_result_at(&r, i, j, k) == plain(NULL, (double)i + 1.0, j, k));
    ov_result_free(&r);
    fake_close(&f);
}
END_TEST

START_TEST(missing_and_not_asked)
{
    struct fake f;
    fake_open(&f, NULL);
    expect_state(&f, OV_SGD, OV_MISSING, "no result (run `overlap run experiments/fake`)");
    fake_set(&f, 0, n_sgd, 0);
    expect_state(&f, OV_SGD, OV_NOT_ASKED, "does not ask for sgd");
    fake_close(&f);
}
END_TEST

START_TEST(other_inputs_make_stale)
{
    struct fake f;
    fake_open(&f, NULL);
    fake_write(&f, 0, OV_SGD, plain, NULL);
    fake_set(&f, 0, n_sgd, 5);
    expect_state(&f, OV_SGD, OV_STALE, "of seeds 1-3, asked for are 1-5");
    fake_set(&f, 0, n_sgd, 3);
    fake_set(&f, 0, eta_w, 0.1);
    expect_state(&f, OV_SGD, OV_STALE, "other parameters or sources");
    fake_set(&f, 0, eta_w, 0.2);
    expect_state(&f, OV_SGD, OV_VALID, "");
    fake_close(&f);
}
END_TEST

START_TEST(truncated_and_edited_are_broken)
{
    struct fake f;
    fake_open(&f, NULL);
    fake_write(&f, 0, OV_SGD, plain, NULL);
    fake_spoil(&f, 0, OV_SGD, 200, '\0');
    expect_state(&f, OV_SGD, OV_BROKEN, "truncated");
    fake_write(&f, 0, OV_SGD, plain, NULL);
    fake_spoil(&f, 0, OV_SGD, 200, '7');
    expect_state(&f, OV_SGD, OV_BROKEN, "edited");
    fake_close(&f);
}
END_TEST

/* Sealed as they should be, but of another structure. Each change alone breaks a good table. */
START_TEST(other_structure_is_broken)
{
    static const struct {
        size_t row, column;
        double value;
        const char *why;
    } change[] = {
        {7, 1, 1.5, "different times"},   {7, 0, 1.0, "not grouped by ascending seeds"},
        {5, 0, 3.0, "not grouped"},       {14, 0, 4.0, "not grouped"},
        {3, 1, NAN, "not finite"},        {0, 0, INFINITY, "not finite"},
        {12, 1, 99.0, "different times"},
    };
    struct fake f;
    fake_open(&f, NULL);
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        struct ov_table t;
        fake_table(&t, &f, 0, OV_SGD, plain, NULL);
        t.cell[change[i].column][change[i].row] = change[i].value;
        fake_put(&t, &f, 0, OV_SGD);
        expect_state(&f, OV_SGD, OV_BROKEN, "");
        if (i != 5) /* there the first row is a group of its own */
            expect_state(&f, OV_SGD, OV_BROKEN, change[i].why);
        expect_state(&f, OV_SGD, OV_BROKEN, "K2.sgd.csv");
        ov_table_free(&t);
    }
    fake_close(&f);
}
END_TEST

static void write_renamed(const struct fake *f, size_t column, const char *name, size_t n_row)
{
    struct ov_table t;
    fake_table(&t, f, 0, OV_SGD, plain, NULL);
    table_name(&t, column, name);
    t.n_row = n_row;
    fake_put(&t, f, 0, OV_SGD);
    ov_table_free(&t);
}

START_TEST(other_columns_or_seeds_are_broken)
{
    struct fake f;
    fake_open(&f, NULL);
    write_renamed(&f, 0, "run", 15);
    expect_state(&f, OV_SGD, OV_BROKEN, "do not start with the seed and the time");
    write_renamed(&f, 1, "t", 15);
    expect_state(&f, OV_SGD, OV_BROKEN, "do not start with the seed and the time");
    write_renamed(&f, 3, "Q_1_1", 15);
    expect_state(&f, OV_SGD, OV_BROKEN, "other columns");
    write_renamed(&f, 3, "Q_0_0", 10); /* a seed fewer under the same key */
    expect_state(&f, OV_SGD, OV_BROKEN, "other seeds");
    write_renamed(&f, 3, "Q_0_0", 13);
    expect_state(&f, OV_SGD, OV_BROKEN, "number of rows");
    write_renamed(&f, 3, "Q_0_0", 0);
    expect_state(&f, OV_SGD, OV_BROKEN, "no rows");
    write_renamed(&f, 3, "Q_0_0", 15);
    expect_state(&f, OV_SGD, OV_VALID, "");
    fake_close(&f);
}
END_TEST

START_TEST(a_table_without_key_is_broken)
{
    struct fake f;
    struct ov_table t;
    fake_open(&f, NULL);
    fake_table(&t, &f, 0, OV_SGD, plain, NULL);
    strcpy(t.comments, "# curve: K2\n");
    fake_put(&t, &f, 0, OV_SGD);
    expect_state(&f, OV_SGD, OV_BROKEN, "no key");
    ov_table_free(&t);
    fake_close(&f);
}
END_TEST

START_TEST(partners)
{
    struct fake f;
    fake_open(&f, NULL);
    fake_write(&f, 0, OV_THEORY, plain, NULL);
    fake_write(&f, 0, OV_SGD, plain, NULL);
    struct ov_result sgd = read_side(&f, OV_SGD), theory = read_side(&f, OV_THEORY);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(ov_result_partner(&theory, &sgd, i), 0);
    ov_result_free(&theory);
    fake_set(&f, 0, n_theory, 2);
    fake_write(&f, 0, OV_THEORY, plain, NULL);
    theory = read_side(&f, OV_THEORY);
    ck_assert_int_eq(ov_result_partner(&theory, &sgd, 0), 0);
    ck_assert_int_eq(ov_result_partner(&theory, &sgd, 1), 1);
    ck_assert_int_eq(ov_result_partner(&theory, &sgd, 2), -1);
    ov_result_free(&theory);
    ov_result_free(&sgd);
    ov_result_free(NULL);
    fake_close(&f);
}
END_TEST

START_TEST(default_directory)
{
    struct fake f;
    fake_open(&f, NULL);
    char *dir = ov_results_dir(&f.e);
    ck_assert_str_eq(dir, "build/results/fake");
    free(dir);
    fake_close(&f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, valid_results_are_read);
    OV_TEST(s, missing_and_not_asked);
    OV_TEST(s, other_inputs_make_stale);
    OV_TEST(s, truncated_and_edited_are_broken);
    OV_TEST(s, other_structure_is_broken);
    OV_TEST(s, other_columns_or_seeds_are_broken);
    OV_TEST(s, a_table_without_key_is_broken);
    OV_TEST(s, partners);
    OV_TEST(s, default_directory);
}

OV_TEST_MAIN("store/results");
