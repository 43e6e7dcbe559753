/* SPDX-License-Identifier: MIT
 *
 * Theory dmft of quadratic networks: what is read, said, refused and computed.
 */
#include "overlap/theory/quadratic_dmft.h"
#include "quadratic_cases.h"

#define PATH                                                                                       \
    MODEL                                                                                          \
    "    alpha: 0.4\n    t: [0, 0.5]\n    theory: {kind: dmft, d: 20, samples: 4, replicas: 2}\n"

START_TEST(what_dmft_can_not_say_is_refused)
{
    refuses_edited(PATH, "    t: [0, 0.5]\n", "", "10:13: error: theory dmft needs times, 't'");
    refuses_edited(
        PATH, "    alpha: 0.4\n", "",
        "10:13: error: theory dmft needs 'alpha': on infinitely many samples it is theory "
        "population");
    refuses_edited(PATH, "kappa: 0.5", "kappa: 0.55",
                   "11:13: error: theory dmft: kappa d/2 = 5.5 is no whole number of units");
    refuses_edited(PATH, "d: 20", "d: 21",
                   "11:13: error: theory dmft: d = 21 must be an even number in [2, 2000]");
    refuses_edited(PATH, "lambda: 0.1", "lambda: 2000", "11:13: error: theory dmft: lambda = 2000");
    refuses_edited(PATH, "d: 20, samples: 4", "d: 400, samples: 64",
                   "11:13: error: theory dmft of d = 400 with 64 samples may take 2.14e+10 bytes, "
                   "more than 1e+10");
    refuses_edited(PATH, "kind: dmft", "kind: population",
                   "11:13: error: theory population is the flow on infinitely many samples");
    refuses_edited(PATH, "kind: dmft, ", "", "10:8: error: 't' is read by nothing here");
    refuses_edited(PATH, "replicas: 2", "replica: 2",
                   "11:45: error: unknown key 'replica' of theory; did you mean 'replicas'?");
    refuses_more(PATH, "    sgd: {seeds: 1}\n",
                 "12:10: error: sgd of method lbfgs goes to the end, theory dmft through times");
}
END_TEST

START_TEST(dmft_follows_a_path)
{
    struct ov_experiment *e = load_more(PATH, "    Delta: 0.3\n");
    double *rows = run_side(e, OV_THEORY, 0), t[] = {0.0, 0.5};
    struct ov_dmft p = {0.5, 0.2, 0.1, 0.3, 0.01, 0.4, 20, 4, 2, 0.003};
    struct ov_dmft_point point[2];
    struct ov_error err = {0};
    check_columns(e, OV_THEORY,
                  "t,alpha,mse,loss_train,err_in,rank,trace,mse_se,loss_train_se,err_in_se,"
                  "mse_shift,loss_train_shift,err_in_shift");
    ck_ok(ov_dmft_flow(point, &p, t, 2, NULL, &err));
    for (size_t i = 0; i < 2; i++) {
        const struct ov_dmft_point *x = point + i;
        const double expected[] = {t[i],           0.4,          x->mse,
                                   x->loss_train,  x->err_in,    x->rank,
                                   x->trace,       x->mse_se,    x->loss_train_se,
                                   x->err_in_se,   x->mse_shift, x->loss_train_shift,
                                   x->err_in_shift};
        for (size_t c = 0; c < 13; c++)
            ck_agree(expected[c], rows[13 * i + c], 1e-12, 0.0);
    }
    ck_assert_double_gt(e->curve[0].side[OV_THEORY].memory, ov_dmft_memory(&p));
    free(rows);
    ov_experiment_free(e);
}
END_TEST

/* A word has the defaults of the map. */
START_TEST(dmft_says_what_it_computes)
{
    const char *line = "theory: dmft\nsamples: 64 of d 40, 8 replicas, tolerance 0.003";
    char *word = edited(PATH, "{kind: dmft, d: 20, samples: 4, replicas: 2}", "dmft");
    char *map = edited(PATH, ", d: 20, samples: 4, replicas: 2", "");
    check_said(word, OV_THEORY, line, true);
    check_said(map, OV_THEORY, line, true);
    check_said(PATH, OV_THEORY, "samples: 4 of d 20, 2 replicas", true);
    check_said(PATH, OV_THEORY, "gamma: 0.01\n", true);
    free(word);
    free(map);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, what_dmft_can_not_say_is_refused);
    OV_TEST(s, dmft_follows_a_path);
    OV_TEST(s, dmft_says_what_it_computes);
}

OV_TEST_MAIN("systems/quadratic, dmft");
