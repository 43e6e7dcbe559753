/* SPDX-License-Identifier: MIT
 *
 * --set: what it reaches, in which order, and what it is refused for.
 */
#include <math.h>

#include "load.h"

static double number(const struct ov_experiment *e, const char *id, const char *name)
{
    const struct ov_curve *c;
    double x = NAN;
    ck_assert_uint_eq(ov_experiment_select(&c, e, id), 1);
    ck_assert(ov_curve_variable(&x, c, name));
    return x;
}

static size_t seeds(const struct ov_experiment *e, size_t i)
{
    return e->curve[i].side[OV_SGD].n_run;
}

static struct ov_experiment *set(const char *text, const char *a, const char *b)
{
    const char *const settings[] = {a, b};
    struct ov_load_options options = {.tier = OV_CI, .set = settings, .n_set = b ? 2 : 1};
    struct ov_experiment *e;
    struct ov_error err = {0};
    ck_assert_msg(load_with(&e, text, &options, &err) == OV_OK, "%s: %s", a, err.text);
    return e;
}

static void set_fails(const char *text, const char *a, const char *report)
{
    struct ov_load_options options = {.tier = OV_CI, .set = &a, .n_set = 1};
    struct ov_experiment *e;
    struct ov_error err = {0};
    ck_assert_int_eq(load_with(&e, text, &options, &err), OV_EUSER);
    ck_assert_msg(strncmp(err.text, report, strlen(report)) == 0, "%s: %s", a, err.text);
}

START_TEST(settings_override)
{
    struct ov_experiment *e = set(BASE, "eta_w=0.7", "two.sigma=3");
    ck_agree(0.7, number(e, "one", "eta_w"), 0, 0);
    ck_agree(0.7, number(e, "two", "eta_w"), 0, 0);
    ck_agree(0, number(e, "one", "sigma"), 0, 0);
    ck_agree(3, number(e, "two", "sigma"), 0, 0);
    ov_experiment_free(e);
    e = set(BASE, "init.std=0.25", "one.sgd.seeds=7");
    ck_agree(0.25, number(e, "two", "std"), 0, 0);
    ck_assert_uint_eq(seeds(e, 0), 7);
    ck_assert_uint_eq(seeds(e, 1), 5);
    ov_experiment_free(e);
    e = set(BASE, "alpha={max: 10, points: 3}", "v_star=[1, 2]");
    ck_assert_uint_eq(e->curve[0].side[OV_SGD].n_row, 3);
    ov_experiment_free(e);
    e = set(BASE, "sgd.seeds=1", "sgd.seeds=2"); /* the later holds */
    ck_assert_uint_eq(seeds(e, 0), 2);
    ov_experiment_free(e);
}
END_TEST

START_TEST(settings_are_checked)
{
    set_fails(BASE, "eta_w", "--set eta_w: error: it takes key=value");
    set_fails(BASE, "eta_W=1",
              "--set eta_W=1: error: no key or curve is called 'eta_W'; did you mean 'eta_w'?");
    set_fails(BASE, "onee.eta_w=1",
              "--set onee.eta_w=1: error: no key or curve is called 'onee'; did you mean 'one'?");
    set_fails(
        BASE, "eta_w=fast",
        "--set eta_w:1:1: error: eta_w must be a number or a map with start, decay, not 'fast'");
    set_fails(BASE, "one.eta_W=1",
              "--set one.eta_W:1:1: error: unknown key 'eta_W' of a curve; did you mean 'eta_w'?");
    set_fails(BASE, "init.sdt=1",
              "--set init.sdt:1:1: error: unknown key 'sdt' of init; did you mean");
    set_fails(BASE, "eta_w=[1", "--set eta_w:");
    set_fails(BASE, "eta_w=", "--set eta_w:1:1: error: there is nothing in it");
    set_fails(BASE, "teacher.T=[[1]]",
              "--set teacher.T=[[1]]: error: no curve that is meant has such a "
              "map to set 'teacher.T' in");
    set_fails(BASE, "init.Q=[[1]]", "--set init.Q:1:1: error: 'init.Q' is read by nothing here");
    char *t = edited(BASE, "    sigma: 0.5", "    vary: {sigma: [1, 2]}");
    set_fails(t, "sigma=3", "--set sigma=3: error: 'sigma' is varied by curve two");
    struct ov_experiment *e = set(t, "two.K=4", NULL); /* a group's name means all of it */
    ck_agree(4, number(e, "two-sigma1", "K"), 0, 0);
    ck_agree(4, number(e, "two-sigma2", "K"), 0, 0);
    ck_agree(2, number(e, "one", "K"), 0, 0);
    ov_experiment_free(e);
    free(t);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, settings_override);
    OV_TEST(s, settings_are_checked);
}

OV_TEST_MAIN("experiment/settings");
