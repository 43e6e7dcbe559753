/* SPDX-License-Identifier: MIT
 *
 * Whole files: defaults, vary, ids, tiers, and what is refused.
 */
#include <math.h>
#include <sys/stat.h>

#include "load.h"
#include "overlap/systems/systems.h"

static const struct ov_load_options usual = {.systems = ov_systems, .tier = OV_CI};

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

START_TEST(a_good_file_is_read)
{
    struct ov_experiment *e = load(BASE);
    ck_assert_str_eq(e->title, "A title");
    ck_assert_str_eq(e->source, "Somebody 1995");
    ck_assert_int_eq(e->tier, OV_QUICK);
    ck_assert_ptr_eq(e->system, &ov_system_two_layer);
    ck_assert_ptr_null(e->claims);
    ck_assert(strncmp(e->name, "overlap-test-", 13) == 0);
    ck_assert(strstr(e->dir, e->name) && strstr(e->path, "/experiment.yaml"));
    ck_assert_uint_eq(e->n_curve, 2);
    ck_assert_str_eq(e->curve[0].id, "one");
    ck_assert_str_eq(e->curve[1].group, "two");
    ck_agree(100, number(e, "two", "N"), 0, 0);
    ck_agree(0.2, number(e, "two", "eta"), 0, 0);
    ck_agree(0, number(e, "one", "sigma"), 0, 0);
    ck_agree(0.5, number(e, "two", "sigma"), 0, 0);
    ck_agree(1e-9, ov_value_number(&e->curve[0].params, "rtol"), 0, 0);
    ov_experiment_free(e);
    ov_experiment_free(NULL);
}
END_TEST

START_TEST(claims_stay_raw)
{
    char *t = edited(BASE, "curves:", "claims: [{id: x, anything: goes}]\ncurves:");
    struct ov_experiment *e = load(t);
    ck_assert_ptr_nonnull(e->claims);
    ov_experiment_free(e);
    free(t);
}
END_TEST

START_TEST(tiers_pick_seeds)
{
    static const struct {
        const char *seeds;
        size_t at[3];
    } cases[] = {{"4", {4, 4, 4}},
                 {"{quick: 3, ci: 5}", {3, 5, 5}},
                 {"{full: 9}", {9, 9, 9}},
                 {"{ci: 5, full: 9}", {5, 5, 9}},
                 {"{full: 9, quick: 1}", {1, 1, 9}},
                 {"{quick: 1, ci: 2, full: 3}", {1, 2, 3}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *t = edited(BASE, "{quick: 3, ci: 5}", cases[i].seeds);
        for (int tier = OV_QUICK; tier <= OV_FULL; tier++) {
            struct ov_experiment *e;
            struct ov_error err = {0};
            struct ov_load_options options = {.tier = (enum ov_tier)tier};
            ck_assert_msg(load_with(&e, t, &options, &err) == OV_OK, "%s", err.text);
            ck_assert_uint_eq(seeds(e, 1), cases[i].at[tier]);
            ov_experiment_free(e);
        }
        free(t);
    }
    refuses_edited(BASE, "{quick: 3, ci: 5}", "{}",
                   "17:18: error: seeds has no number for any tier");
    refuses_edited(BASE, "{quick: 3, ci: 5}", "{quikc: 3}",
                   "17:19: error: unknown key 'quikc' of seeds; did you mean 'quick'?");
}
END_TEST

START_TEST(vary_makes_products)
{
    char *t =
        edited(BASE, "  - id: two\n",
               "  - {id: over, vary: {K: [4, 5], sigma: [0, 1e-1], activation: [erf, linear]}, "
               "theory: true}\n  - id: two\n");
    struct ov_experiment *e = load(t);
    static const char *const ids[] = {
        "one",
        "over-K4-sigma0-activationerf",
        "over-K4-sigma0-activationlinear",
        "over-K4-sigma0.1-activationerf",
        "over-K4-sigma0.1-activationlinear",
        "over-K5-sigma0-activationerf",
        "over-K5-sigma0-activationlinear",
        "over-K5-sigma0.1-activationerf",
        "over-K5-sigma0.1-activationlinear",
        "two",
    };
    ck_assert_uint_eq(e->n_curve, 10);
    for (size_t i = 0; i < 10; i++)
        ck_assert_str_eq(e->curve[i].id, ids[i]);
    ck_assert_str_eq(e->curve[3].group, "over");
    const struct ov_curve *found[10];
    ck_assert_uint_eq(ov_experiment_select(found, e, "over"), 8);
    ck_assert_ptr_eq(found[7], &e->curve[8]);
    ck_assert_uint_eq(ov_experiment_select(found, e, "ove"), 0);
    ck_agree(5, number(e, ids[7], "K"), 0, 0);
    ck_agree(0.1, number(e, ids[7], "sigma"), 0, 0);
    ck_assert_str_eq(ov_value_string(&e->curve[7].params, "activation"), "erf");
    ov_experiment_free(e);
    free(t);
}
END_TEST

START_TEST(vary_reaches_into_maps)
{
    char *t = edited(BASE, "    sigma: 0.5\n", "    vary: {init.std: [0.5, 1e20]}\n");
    refuses(t, "18:28: error: std must be from 0 to 1000000, not '1e20'");
    free(t);
    t = edited(BASE, "    sigma: 0.5\n", "    vary: {init.std: [0.5, 2]}\n");
    struct ov_experiment *e = load(t);
    ck_assert_str_eq(e->curve[1].id, "two-init.std0.5");
    ck_agree(2, number(e, "two-init.std2", "std"), 0, 0);
    ov_experiment_free(e);
    free(t);
}
END_TEST

START_TEST(vary_suggests)
{
    static const struct {
        const char *vary, *report;
    } cases[] = {
        {"{sgima: [1]}",
         "18:12: error: unknown key 'sgima' in vary: system two-layer has none of that name; "
         "did you mean 'sigma'?"},
        {"{init.sdt: [1]}", "18:12: error: unknown key 'init.sdt' in vary: system two-layer has "
                            "none of that name; did you mean 'init.std'?"},
        {"{std: [1]}", "18:12: error: unknown key 'std' in vary: system two-layer has none of "
                       "that name; did you mean 'init.std'?"},
        {"{gamma: [1]}", "18:12: error: unknown key 'gamma' in vary: system two-layer has none of "
                         "that name; did you mean 'scaling.gamma'?"},
        {"{scaling.gama: [1]}", "18:12: error: unknown key 'scaling.gama' in vary: system "
                                "two-layer has none of that name; did you mean 'scaling.gamma'?"},
        {"{kapa: [1]}", "18:12: error: unknown key 'kapa' in vary: system two-layer has none of "
                        "that name; did you mean 'scaling.kappa'?"},
        {"{nothing_like_it: [1]}", "18:12: error: unknown key 'nothing_like_it' in vary: system "
                                   "two-layer has none of that name\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[100];
        snprintf(line, sizeof line, "    vary: %s\n", cases[i].vary);
        refuses_edited(BASE, "    sigma: 0.5\n", line, cases[i].report);
    }
}
END_TEST

START_TEST(vary_is_checked)
{
    static const struct {
        const char *vary, *report;
    } cases[] = {
        {"3", "18:11: error: vary must be a map of lists"},
        {"{KK: [1]}", "18:12: error: unknown key 'KK' in vary"},
        {"{init: [1]}", "18:12: error: 'init' can't be varied: it is no number and no word"},
        {"{sigma: 3}", "18:19: error: vary needs a list of values for 'sigma'"},
        {"{sigma: []}", "18:19: error: vary needs a list of values for 'sigma'"},
        {"{sigma: [[1]]}", "18:20: error: 'sigma' can only be varied over numbers and words"},
        {"{sigma: [x]}", "18:20: error: sigma must be a number, not 'x'"},
        {"{sigma: [1, 1.0]}", "16:9: error: two curves are called 'two-sigma1'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[100];
        snprintf(line, sizeof line, "    vary: %s\n", cases[i].vary);
        refuses_edited(BASE, "    sigma: 0.5\n", line, cases[i].report);
    }
    refuses_edited(BASE, "    sigma: 0.5\n", "    sigma: 1\n    vary: {sigma: [1]}\n",
                   "19:12: error: 'sigma' is both given and varied");
    refuses_edited(BASE, "    sigma: 0.5\n", "    init: {std: 1}\n    vary: {init.std: [1, 2]}\n",
                   "19:12: error: 'init.std' is both given and varied");
    refuses_edited(BASE, "seeds: {quick: 3, ci: 5}}\n    sigma: 0.5\n",
                   "seeds: {quick: 3, ci: 5}}\n    vary: {sgd.seeds: [1, 2]}\n",
                   "18:12: error: 'sgd.seeds' is both given and varied");
    char *beside = edited(BASE, "    sigma: 0.5\n",
                          "    init: {kind: random}\n    vary: {init.std: [1, 2]}\n");
    struct ov_experiment *e = load(beside); /* another key of the same map is no conflict */
    ck_assert_uint_eq(e->n_curve, 3);
    ov_experiment_free(e);
    free(beside);
    struct ov_text t = {0};
    ov_text_addf(&t, "    vary: {K: [1");
    for (int i = 2; i <= 200; i++)
        ov_text_addf(&t, ", %d", i);
    ov_text_addf(&t, "], eta_v: [0");
    for (int i = 1; i <= 100; i++)
        ov_text_addf(&t, ", %d", i);
    ov_text_addf(&t, "]}\n");
    refuses_edited(BASE, "    sigma: 0.5\n", t.s,
                   "18:11: error: 20201 curves with this one, at most 10000 are possible");
    ov_text_free(&t);
}
END_TEST

START_TEST(structure_is_checked)
{
    refuses("", "1:1: error: there is nothing in it");
    refuses("hello\n", "1:1: error: an experiment must be a map");
    refuses_edited(BASE, "title", "titel",
                   "1:1: error: unknown key 'titel' of an experiment; did you "
                   "mean 'title'?");
    refuses_edited(BASE, "title: A title\n", "", "1:1: error: an experiment needs 'title'");
    refuses_edited(BASE, "two-layer", "two-leyer",
                   "3:9: error: unknown system 'two-leyer'; did you mean 'two-layer'?");
    refuses_edited(BASE, "two-layer", "ising",
                   "3:9: error: unknown system 'ising'; there are two-layer, random-features");
    refuses_edited(BASE, "tier: quick", "tier: slow",
                   "4:7: error: tier must be one of quick, ci, full");
    refuses_edited(BASE, "  N: 100\n", "  id: x\n  N: 100\n",
                   "6:3: error: 'id' can't stand among the defaults");
    refuses_edited(BASE, "- id: one", "- idd: one", "13:5: error: a curve needs an 'id', a word");
    refuses_edited(BASE, "id: one", "id: a/b", "13:9: error: the id 'a/b' can't be a file name");
    refuses_edited(BASE, "id: one", "id: .a", "13:9: error: the id '.a' can't be a file name");
    refuses_edited(BASE, "id: one", "id: -a", "13:9: error: the id '-a' can't be a file name");
    refuses_edited(BASE, "id: one", "id: ''", "13:9: error: the id of a curve is a text of 1 to");
    refuses_edited(BASE, "id: two", "id: one", "16:9: error: two curves are called 'one'");
    refuses_edited(BASE, "  - id: two\n    sgd: {seeds: {quick: 3, ci: 5}}\n    sigma: 0.5\n",
                   "  - 3\n", "16:5: error: a curve must be a map");
    refuses_edited(BASE, "    theory: true\n    sgd: {seeds: 2}\n", "    theory: false\n",
                   "13:5: error: curve one has neither theory nor sgd");
    refuses_edited(BASE, "curves:\n", "curves: []\nclaims:\n",
                   "12:9: error: curves must be a list of at least one curve");
    char *t = edited(BASE, "curves:", "claims:");
    refuses(t, "1:1: error: an experiment needs 'curves'");
    free(t);
    refuses_edited(BASE, "    sgd: {seeds: 2}",
                   "    sgd: {seeds: 1000000}\n    alpha: [0, 1, 2, 3, 4, 5, "
                   "6, 7, 8, 9, 10]",
                   "13:3: error: the results would have 22000010 rows, at most 10000000");
}
END_TEST

START_TEST(keys_are_checked)
{
    refuses_edited(BASE, "  eta_w", "  eta_W",
                   "9:3: error: unknown key 'eta_W' of a curve; did you mean "
                   "'eta_w'?");
    refuses_edited(BASE, "K: 2", "K: 2\n  K: 3", "8:3: error: duplicate key 'K'");
    refuses_edited(BASE, "K: 2", "K: two", "7:6: error: K must be a whole number, not 'two'");
    refuses_edited(BASE, "K: 2", "K: 0", "7:6: error: K must be from 1 to 1000, not '0'");
    refuses_edited(BASE, "    sigma: 0.5", "    sgima: 0.5",
                   "18:5: error: unknown key 'sgima' of a curve; did you mean 'sigma'?");
    refuses_edited(BASE, "  eta_w: 0.2\n", "", "12:5: error: a curve needs 'eta_w'");
    refuses_edited(BASE, "{seeds: 2}", "{engine: wieghts, seeds: 2}",
                   "15:19: error: engine must be one of weights, law, not 'wieghts'; did you mean "
                   "'weights'?");
}
END_TEST

START_TEST(mistakes_are_told_once_and_all)
{
    struct ov_experiment *e;
    struct ov_error err = {0};
    char *t = edited(BASE, "K: 2", "K: x"), *t2 = edited(t, "sigma: 0.5", "sigma: y");
    ck_assert_int_eq(load_with(&e, t2, NULL, &err), OV_EUSER);
    ck_assert_int_eq(times(err.text, "error:"), 2);
    ck_assert_int_eq(times(err.text, FILE_MARK "7:6: error: K must be"), 1);
    ck_assert_int_eq(times(err.text, FILE_MARK "18:12: error: sigma must be"), 1);
    free(t);
    free(t2);
    struct ov_text many = {0};
    ov_text_addf(&many, "%s", BASE);
    for (int i = 0; i < 500; i++)
        ov_text_addf(&many, "  - {id: c%d, K: x%d, theory: true}\n", i, i);
    ck_assert_int_eq(load_with(&e, many.s, NULL, &err), OV_EUSER);
    ck_assert_int_ge(times(err.text, "error:"), 15);
    ck_assert(strlen(err.text) < sizeof err.text);
    ov_text_free(&many);
}
END_TEST

START_TEST(what_nothing_reads_is_refused)
{
    refuses_edited(BASE, "    sigma: 0.5", "    rtol: 1e-6",
                   "18:11: error: 'rtol' is read by nothing here: curve two has no theory");
    refuses_edited(BASE, "    theory: true\n", "",
                   "11:9: error: 'rtol' is read by nothing here: curve one has no theory");
    refuses_edited(BASE, "    sigma: 0.5", "    init: {kind: random, Q: [[1]]}",
                   "18:29: error: 'init.Q' is read by nothing here: curve two starts at random");
    refuses_edited(BASE, "  rtol: 1e-9", "  rtol: 1e-9\n  init: {kind: denoising, v: 2}",
                   "12:30: error: 'init.v' is read by nothing here: curve one starts denoising");
    char *t = edited(BASE, "    sgd: {seeds: 2}", "    sgd: {seeds: 2}\n    eta_w: 1");
    refuses_edited(t, "    sigma: 0.5", "    eta_w: 2",
                   "9:10: error: 'eta_w' is read by nothing: every curve has its own\n");
    refuses_edited(t, "    sigma: 0.5", "    vary: {eta_w: [1, 2]}",
                   "9:10: error: 'eta_w' is read by nothing: every curve has its own; curve two "
                   "varies it: remove it here\n");
    free(t);
    t = edited(BASE, "  rtol: 1e-9\n", "  rtol: 1e-9\n  init: {std: 2}\n");
    char *both = edited(t, "    sgd: {seeds: 2}", "    sgd: {seeds: 2}\n    init: {std: 1}");
    refuses_edited(both, "    sigma: 0.5", "    vary: {init.std: [1, 2]}",
                   "12:15: error: 'init.std' is read by nothing: every curve has its own; curve "
                   "two varies it: remove it here\n");
    free(both);
    free(t);
}
END_TEST

START_TEST(directories_are_checked)
{
    struct ov_experiment *e;
    struct ov_error err = {0};
    char dir[] = "/tmp/overlap-test-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(ov_experiment_load(&e, "/nowhere/at/all", &usual, &err), OV_EUSER);
    ck_assert_str_eq(err.text, "/nowhere/at/all: No such file or directory");
    ck_assert_int_eq(ov_experiment_load(&e, dir, &usual, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "/experiment.yaml: No such file or directory"));
    snprintf(path, sizeof path, "%s/experiment.yaml", dir);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    ck_assert_int_eq(ov_experiment_load(&e, dir, &usual, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "/experiment.yaml: not a file"));
    rmdir(path);
    ck_ok(ov_file_write(path, BASE, strlen(BASE), NULL));
    ck_assert_int_eq(ov_experiment_load(&e, path, &usual, &err), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(err.text, "not a directory"));
    ck_ok(ov_experiment_load(&e, dir, &usual, NULL));
    ov_experiment_free(e);
    unlink(path);
    rmdir(dir);
}
END_TEST

START_TEST(the_reference_names_every_key)
{
    struct ov_text t = {0};
    ov_experiment_document(&t, &ov_system_two_layer);
    for (const struct ov_key *k = ov_system_two_layer.keys; k->name; k++)
        ck_assert_msg(strstr(t.s, k->name) && strstr(t.s, k->doc), "%s", k->name);
    ov_text_free(&t);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_good_file_is_read);
    OV_TEST(s, claims_stay_raw);
    OV_TEST(s, tiers_pick_seeds);
    OV_TEST(s, vary_makes_products);
    OV_TEST(s, vary_reaches_into_maps);
    OV_TEST(s, vary_suggests);
    OV_TEST(s, vary_is_checked);
    OV_TEST(s, structure_is_checked);
    OV_TEST(s, keys_are_checked);
    OV_TEST(s, mistakes_are_told_once_and_all);
    OV_TEST(s, what_nothing_reads_is_refused);
    OV_TEST(s, directories_are_checked);
    OV_TEST(s, the_reference_names_every_key);
}

OV_TEST_MAIN("experiment/experiment");
