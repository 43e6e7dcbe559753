/* SPDX-License-Identifier: MIT
 *
 * agreement.csv: deviations of every seed, when it is made again, and the data it refuses.
 */
#include <math.h>
#include <sys/stat.h>

#include <gsl/gsl_randist.h>

#include "run/fake.h"
#include "overlap/claims/compare.h"

static double theory_number(const void *ctx, double seed, size_t j, size_t column)
{
    (void)ctx;
    return (double)column + 0.5 * (double)j + 0.25 * seed;
}

/* Deviations -1, 0, 4 times 2^-j: mean 2^-j, sd sqrt 7 2^-j. */
static double sgd_number(const void *ctx, double seed, size_t j, size_t column)
{
    static const double off[] = {0.0, -1.0, 0.0, 4.0};
    const struct fake_curve *c = ctx;
    double own = c->n_theory == 1 ? 0.0 : seed;
    return theory_number(NULL, own, j, column) + ldexp(off[(int)seed], -(int)j);
}

/* Only K2 is compared; K3 has sgd alone, the others theory alone. */
static void open_one(struct fake *f)
{
    fake_open(f, NULL);
    fake_set(f, 1, n_theory, 0);
    for (size_t i = 2; i < FAKE_CURVES; i++)
        fake_set(f, i, n_sgd, 0);
}

static void write_both(struct fake *f)
{
    fake_write(f, 0, OV_THEORY, theory_number, NULL);
    fake_write(f, 0, OV_SGD, sgd_number, f->state);
}

static struct ov_text read_agreement(const struct fake *f)
{
    char path[128];
    struct ov_text t = {0};
    snprintf(path, sizeof path, "%s/agreement.csv", f->out);
    ck_ok(ov_file_read(&t, path, 0, NULL));
    return t;
}

static void check_rows(const struct fake *f, bool by_seed)
{
    struct ov_text t = read_agreement(f);
    char *at =
        strstr(t.s, "curve,quantity,alpha,n,theory,sgd,deviation,se,sd,z,max_abs,theory_se\n");
    ck_assert_ptr_nonnull(at);
    for (int row = 0; row < 2 * FAKE_TIMES; row++) {
        char curve[16], quantity[16];
        double alpha, theory, sgd, deviation, se, sd, z, max_abs, theory_se;
        size_t n, j = (size_t)row % FAKE_TIMES;
        at = strchr(at, '\n') + 1;
        int got =
            sscanf(at, "%15[^,],%15[^,],%lf,%zu,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf\n", curve, quantity,
                   &alpha, &n, &theory, &sgd, &deviation, &se, &sd, &z, &max_abs, &theory_se);
        ck_assert_int_eq(got, 12);
        ck_agree(0, theory_se, 0, 0);
        ck_assert_str_eq(curve, "K2");
        ck_assert_str_eq(quantity, row < FAKE_TIMES ? "eps_g" : "Q_0_0");
        ck_assert_uint_eq(n, 3);
        double size = ldexp(1.0, -(int)j);
        double mean = (row < FAKE_TIMES ? 2.0 : 3.0) + 0.5 * (double)j + (by_seed ? 0.5 : 0.0);
        ck_agree(fake_alpha[j], alpha, 0, 0);
        ck_agree(mean, theory, 1e-15, 0);
        ck_agree(mean + size, sgd, 1e-15, 0);
        ck_agree(size, deviation, 1e-14, 0);
        ck_agree(sqrt(7.0) * size, sd, 1e-14, 0);
        ck_agree(sqrt(7.0 / 3.0) * size, se, 1e-14, 0);
        ck_agree(sqrt(3.0 / 7.0), z, 1e-13, 0);
        ck_agree(4.0 * size, max_abs, 1e-14, 0);
    }
    at = strchr(at, '\n') + 1;
    ck_assert(strncmp(at, "# sha256: ", 10) == 0);
    ov_text_free(&t);
}

START_TEST(deviations_of_every_seed)
{
    struct fake f;
    struct ov_agreement found;
    open_one(&f);
    for (size_t n_theory = 1; n_theory <= 3; n_theory += 2) {
        fake_set(&f, 0, n_theory, n_theory);
        write_both(&f);
        ck_ok(ov_compare(&found, &f.e, f.out, NULL));
        ck_assert_uint_eq(found.n_curve, 1);
        ck_assert_uint_eq(found.n_row, 2 * FAKE_TIMES);
        ck_agree(sqrt(3.0 / 7.0), found.worst_z, 1e-13, 0);
        ck_assert_str_eq(found.worst_curve, "K2");
        check_rows(&f, n_theory > 1);
    }
    fake_close(&f);
}
END_TEST

START_TEST(sealed_with_its_provenance)
{
    struct fake f;
    struct ov_agreement found;
    char hex[OV_KEY_SIZE];
    open_one(&f);
    write_both(&f);
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    struct ov_text t = read_agreement(&f), again;
    char *seal = strstr(t.s, "# sha256: ");
    ov_sha256(hex, t.s, (size_t)(seal - t.s));
    ck_contains(seal, hex);
    ck_contains(t.s, "# experiment: fake\n");
    ck_contains(t.s, "# key of K2.theory: ");
    ck_contains(t.s, "# key of K2.sgd: ");
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    again = read_agreement(&f);
    ck_assert_str_eq(t.s, again.s); /* the same bytes */
    ov_text_free(&t);
    ov_text_free(&again);
    fake_close(&f);
}
END_TEST

/* Not so of other keys, of a later table, of a spoiled comparison. */
START_TEST(fresh_until_something_changes)
{
    struct stat before, after;
    struct fake f;
    struct ov_agreement found;
    char path[128];
    open_one(&f);
    write_both(&f);
    ck_assert(!ov_compare_is_fresh(&f.e, f.out));
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    ck_assert(ov_compare_is_fresh(&f.e, f.out));
    ck_assert(ov_compare_is_of_tables(&f.e, f.out));
    fake_set(&f, 0, eta_w, 0.3);
    ck_assert(!ov_compare_is_fresh(&f.e, f.out));
    ck_assert(!ov_compare_is_of_tables(&f.e, f.out));
    fake_set(&f, 0, eta_w, 0.2);
    ck_assert(ov_compare_is_fresh(&f.e, f.out));
    usleep(20000); /* the file system's clock is a coarse one */
    write_both(&f);
    snprintf(path, sizeof path, "%s/agreement.csv", f.out);
    ck_assert_int_eq(stat(path, &before), 0);
    ck_assert(!ov_compare_is_fresh(&f.e, f.out));
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    ck_assert(ov_compare_is_fresh(&f.e, f.out));
    ck_assert_int_eq(stat(path, &after), 0); /* it says the same: figures need not be drawn again */
    ck_assert(before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
              before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    ck_assert_int_eq(truncate(path, 300), 0);
    ck_assert(!ov_compare_is_fresh(&f.e, f.out));
    fake_close(&f);
}
END_TEST

START_TEST(one_seed_has_no_z)
{
    struct fake f;
    struct ov_agreement found;
    open_one(&f);
    fake_set(&f, 0, n_sgd, 1);
    write_both(&f);
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    ck_assert(isnan(found.worst_z));
    struct ov_text t = read_agreement(&f);
    ck_contains(t.s, "K2,eps_g,0,1,2,1,-1,nan,nan,nan,1,0\n");
    ov_text_free(&t);
    fake_close(&f);
}
END_TEST

static double nearly(const void *ctx, double seed, size_t j, size_t column)
{
    double x = theory_number(ctx, 0.0, j, column);
    return x * (1.0 + (j == 3 ? 1e-8 : 1e-15) * seed);
}

/* Both sides start at the same overlaps: the rounding there is no deviation. */
START_TEST(rounding_has_no_z)
{
    struct fake f;
    struct ov_agreement found;
    open_one(&f);
    write_both(&f);
    fake_write(&f, 0, OV_SGD, nearly, NULL);
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    ck_agree(2.0 * sqrt(3.0), found.worst_z, 1e-6, 0); /* of 1, 2, 3: mean 2, se 1/sqrt 3 */
    ck_assert(found.worst_z_time == 100.0);
    fake_close(&f);
}
END_TEST

/* The curve is named and left out of the table. */
static void expect_refusal(const struct fake *f, const char *what)
{
    struct ov_error err = {0};
    struct ov_agreement found;
    ck_assert_int_eq(ov_compare(&found, &f->e, f->out, &err), OV_EUSER);
    ck_contains(err.text, what);
    ck_assert_uint_eq(found.n_curve, 0);
    struct ov_text text = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/agreement.csv", f->out);
    ck_ok(ov_file_read(&text, path, 0, NULL));
    ck_assert_ptr_null(strstr(text.s, "\nK2,"));
    ov_text_free(&text);
}

START_TEST(what_is_not_valid_is_named)
{
    struct fake f;
    open_one(&f);
    expect_refusal(&f, "fake: curve K2, theory: no result (run `overlap run experiments/fake`)\n"
                       "fake: curve K2, sgd: no result (run `overlap run experiments/fake`)");
    write_both(&f);
    fake_set(&f, 0, n_sgd, 4);
    expect_refusal(&f, "curve K2, sgd: stale: of seeds 1-3, asked for are 1-4 (run `overlap run");
    fake_set(&f, 0, n_sgd, 3);
    fake_spoil(&f, 0, OV_THEORY, 150, '\0');
    expect_refusal(&f, "truncated");
    write_both(&f);
    fake_set(&f, 0, n_theory, 2);
    fake_write(&f, 0, OV_THEORY, theory_number, NULL);
    expect_refusal(&f, "curve K2, theory: has no run for seed 3");
    fake_close(&f);
}
END_TEST

static double with_nan(const void *ctx, double seed, size_t j, size_t column)
{
    return seed == 2.0 && j == 3 ? NAN : sgd_number(ctx, seed, j, column);
}

START_TEST(non_finite_data_is_refused)
{
    struct fake f;
    open_one(&f);
    write_both(&f);
    fake_write(&f, 0, OV_SGD, with_nan, f.state);
    expect_refusal(&f, "curve K2, sgd: eps_g is not finite at alpha = 100, seed 2");
    fake_close(&f);
}
END_TEST

START_TEST(other_times_are_refused)
{
    struct fake f;
    struct ov_table t;
    open_one(&f);
    write_both(&f);
    fake_table(&t, &f, 0, OV_THEORY, theory_number, NULL);
    t.cell[1][2] = 11.0;
    fake_put(&t, &f, 0, OV_THEORY);
    expect_refusal(&f, "measured at other times than theory");
    ov_table_free(&t);
    fake_close(&f);
}
END_TEST

/* One curve that can't be compared costs the others nothing. */
START_TEST(the_others_are_compared)
{
    struct fake f;
    struct ov_agreement found;
    struct ov_error err = {0};
    open_one(&f);
    write_both(&f);
    fake_set(&f, 2, n_sgd, 3); /* K4 has both sides again, and no table of sgd */
    fake_write(&f, 2, OV_THEORY, theory_number, NULL);
    ck_assert_int_eq(ov_compare(&found, &f.e, f.out, &err), OV_EUSER);
    ck_contains(err.text, "fake: curve K4, sgd: no result");
    ck_assert_uint_eq(found.n_curve, 1);
    ck_assert_str_eq(found.worst_curve, "K2");
    fake_close(&f);
}
END_TEST

static double diverging(const void *ctx, double seed, size_t j, size_t column)
{
    return seed == 2.0 && j >= 3 ? NAN : sgd_number(ctx, seed, j, column);
}

START_TEST(a_mean_over_what_is_left_is_none)
{
    struct fake f;
    struct ov_agreement found;
    struct ov_table t;
    struct ov_text comments = {0}, text = {0};
    char path[128];
    open_one(&f);
    write_both(&f);
    fake_table(&t, &f, 0, OV_SGD, diverging, f.state);
    ov_text_addf(&comments, "%s# diverged_at: 2 50\n", t.comments);
    table_comment(&t, comments.s);
    fake_put(&t, &f, 0, OV_SGD);
    ov_table_free(&t);
    ck_ok(ov_compare(&found, &f.e, f.out, NULL));
    snprintf(path, sizeof path, "%s/agreement.csv", f.out);
    ck_ok(ov_file_read(&text, path, 0, NULL));
    ck_contains(text.s, "\nK2,eps_g,100,2,nan,nan,nan,nan,nan,nan,nan,nan\n");
    ck_contains(text.s, "\nK2,eps_g,10,3,");
    ck_assert_ptr_null(strstr(text.s, "\nK2,eps_g,10,3,nan"));
    ov_text_free(&text);
    fake_close(&f);
}
END_TEST

/* Without a deviation the largest of m |z| is above the bound in fewer than 5 % of cases; and the
 * bound for one z of many seeds is 1.96. */
START_TEST(the_bound_of_chance)
{
    struct ov_agreement one = {.n_z = 1, .least_seeds = 100001}, none = {0};
    ck_agree(1.95996, ov_agreement_bound(&one, 0.05), 1e-4, 0);
    ck_assert(isnan(ov_agreement_bound(&none, 0.05)));
    struct ov_agreement few = {.n_z = 20, .least_seeds = 5};
    gsl_rng *r = ov_test_rng(11);
    size_t above = 0;
    for (int i = 0; i < 4000; i++) {
        bool any = false;
        for (int k = 0; k < 20; k++)
            any |= fabs(gsl_ran_tdist(r, 4.0)) > ov_agreement_bound(&few, 0.05);
        above += any;
    }
    gsl_rng_free(r);
    ck_assert_uint_gt(above, 120); /* 4.9 % of 4000, sd 14 */
    ck_assert_uint_lt(above, 280);
}
END_TEST

START_TEST(disk_trouble_is_an_io_error)
{
    struct fake f;
    struct ov_agreement found;
    struct ov_error err = {0};
    char path[128];
    open_one(&f);
    write_both(&f);
    snprintf(path, sizeof path, "%s/agreement.csv", f.out);
    ck_assert_int_eq(mkdir(path, 0777), 0); /* a directory where the file should be */
    ck_assert_int_eq(ov_compare(&found, &f.e, f.out, &err), OV_EIO);
    ck_contains(err.text, "agreement.csv");
    fake_close(&f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, deviations_of_every_seed);
    OV_TEST(s, sealed_with_its_provenance);
    OV_TEST(s, fresh_until_something_changes);
    OV_TEST(s, one_seed_has_no_z);
    OV_TEST(s, rounding_has_no_z);
    OV_TEST(s, what_is_not_valid_is_named);
    OV_TEST(s, non_finite_data_is_refused);
    OV_TEST(s, other_times_are_refused);
    OV_TEST(s, the_others_are_compared);
    OV_TEST(s, a_mean_over_what_is_left_is_none);
    OV_TEST(s, the_bound_of_chance);
    OV_TEST(s, disk_trouble_is_an_io_error);
}

OV_TEST_MAIN("claims/compare");
