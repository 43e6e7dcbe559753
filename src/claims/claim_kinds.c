/* SPDX-License-Identifier: MIT
 *
 * The table of kinds: a new one is an entry here and its two or three functions.
 */
#include "claim_internal.h"

#include <math.h>

#include "overlap/config/param.h"

/* ---- the keys: each is put where struct ov_claim_given has its name ---- */

static enum ov_status take(void *base, const struct ov_key *key, const struct ov_value *v,
                           struct ov_error *err)
{
    (void)err;
    *(const struct ov_value **)((char *)base + key->at) = v;
    return OV_OK;
}
static const struct ov_field given = {.take = take};
#define GIVEN(member) OV_KEPT(&given, struct ov_claim_given, member)

static const char *const sides[] = {"theory", "sgd", NULL};
static const char *const ends[] = {"first", "last", NULL};
static const char *const directions[] = {"decreasing", "increasing", NULL};
static const char *const paths[] = {"deviation", "relative", NULL};
static const char *const widths[] = {"seeds", "theory", NULL};
static const char *const fits[] = {"power", "linear", "log", "exponential", NULL};

/* Numbers that nothing limits, or that are not negative. */
#define ANY_NUMBER -HUGE_VAL, HUGE_VAL, NULL, NULL
#define NOT_NEGATIVE 0.0, HUGE_VAL, NULL, NULL
#define NO_NUMBER 0.0, 0.0, NULL, NULL
#define WORD(words) 0.0, 0.0, (words), NULL

static const struct ov_key margin_keys[] = {
    {"rel", OV_REAL, NOT_NEGATIVE, OV_OPTIONAL, GIVEN(rel),
     .doc = "part of |expect|; of a deviation expected to be 0: of theory there; of an order: of "
            "the lower curve"},
    {"abs", OV_REAL, NOT_NEGATIVE, OV_OPTIONAL, GIVEN(abs),
     .doc = "in the quantity's units; added to rel's"},
    {0}};

#define MARGIN_KEY(otherwise, what)                                                                \
    {                                                                                              \
        "margin", OV_MAP, 0.0, 0.0, NULL, margin_keys, (otherwise), GIVEN(margin), .doc = (what)   \
    }

/* The keys of every kind. */
#define HEAD_KEYS                                                                                  \
    {"id",        OV_STRING, NO_NUMBER,                                                            \
     OV_REQUIRED, GIVEN(id), .doc = "unique; paper.md cites it as EXPERIMENT.ID"},                 \
        {"says", OV_STRING, NO_NUMBER, OV_REQUIRED, .doc = "the claim as a sentence"},             \
        {"source", OV_STRING, NO_NUMBER, OV_OPTIONAL,                                              \
         .doc = "where it is from; default: the experiment's source"},                             \
        {"revised",                                                                                \
         OV_STRING,                                                                                \
         NO_NUMBER,                                                                                \
         OV_OPTIONAL,                                                                              \
         GIVEN(revised),                                                                           \
         .doc = "why its statement, window, subset or formula was changed after a look at data; "  \
                "shown with its verdict"},                                                         \
        {"kind", OV_STRING, NO_NUMBER, OV_REQUIRED, .doc = "how it is checked"},                   \
        {"curves",                                                                                 \
         OV_STRING | OV_STRINGS,                                                                   \
         NO_NUMBER,                                                                                \
         OV_REQUIRED,                                                                              \
         GIVEN(curves),                                                                            \
         .doc = "a curve, a group, or a list of them; for order in the order claimed"},            \
    {                                                                                              \
        "quantity", OV_STRING, NO_NUMBER, "eps_g", GIVEN(quantity),                                \
            .doc = "a column of the table; where a system has no eps_g, by default its first "     \
                   "quantity (quadratic: mse)"                                                     \
    }

#define WINDOW_KEYS                                                                                \
    {"from",      OV_REAL,     NOT_NEGATIVE,                                                       \
     OV_OPTIONAL, GIVEN(from), .doc = "first time of the window; default: all"},                   \
    {                                                                                              \
        "to", OV_REAL, NOT_NEGATIVE, OV_OPTIONAL, GIVEN(to),                                       \
            .doc = "last time of the window; default: all"                                         \
    }

/* The keys of every kind that reads one number of a curve. */
#define CURVE_KEYS(side_doc)                                                                       \
    HEAD_KEYS, {"side",                                                                            \
                OV_WORD,                                                                           \
                WORD(sides),                                                                       \
                OV_OPTIONAL,                                                                       \
                GIVEN(side),                                                                       \
                .doc = "whose numbers; default: " side_doc "; what is against theory is sgd's"},   \
        {"statistic",                                                                              \
         OV_WORD,                                                                                  \
         WORD(ov_claim_statistics),                                                                \
         "value",                                                                                  \
         GIVEN(statistic),                                                                         \
         .doc = "of a time: value; deviation (sgd - theory of the same seed), relative "           \
                "(sgd/theory - 1), log_ratio (ln(sgd/theory)), ratio_bias (the deviation in "      \
                "units of the mean that theory predicts for it, column bias_QUANTITY); over "      \
                "seeds sd and rms of the deviation, and ratio_sd, its sd "                         \
                "in units of what theory predicts (column sd_QUANTITY), and spread, the sd of "    \
                "the value. Of a window: min, max, "                                               \
                "argmin, argmax (their times), mean (of the times listed), mean_relative (that "   \
                "of relative), plateau (the value where |d ln q/d ln time| is smallest), "         \
                "max_deviation and argmax_deviation "                                              \
                "(largest |deviation| of a seed, its time). Of runs: diverged (1 where one did, "  \
                "else 0: the share of them), diverged_at (the time of those that did)"},           \
        {"at",                                                                                     \
         OV_REAL | OV_LIST | OV_WORD,                                                              \
         0.0,                                                                                      \
         HUGE_VAL,                                                                                 \
         ends,                                                                                     \
         NULL,                                                                                     \
         OV_OPTIONAL,                                                                              \
         GIVEN(at),                                                                                \
         .doc =                                                                                    \
             "time or times (alpha, t) of a statistic of single times: the nearest one measured, " \
             "which may be 5 % off"},                                                              \
        WINDOW_KEYS

/* Where a number in `expect` that is no law comes from. */
#define NUMBER_KEYS                                                                                \
    {"number_from",                                                                                \
     OV_STRING,                                                                                    \
     NO_NUMBER,                                                                                    \
     OV_OPTIONAL,                                                                                  \
     GIVEN(number_from),                                                                           \
     .doc = "where a typed number in expect is from, if not from this program: it is counted as "  \
            "quoted, with these words beside it; 'this program' makes any claim a regression"},    \
    {                                                                                              \
        "numbers_of", OV_STRING | OV_STRINGS, NO_NUMBER, OV_OPTIONAL, GIVEN(numbers_of),           \
            .doc = "claims of the experiment that hold theory to the typed numbers in expect"      \
    }

/* A number, or a formula in each curve's own parameters. */
#define EXPECT_KEY                                                                                 \
    NUMBER_KEYS,                                                                                   \
    {                                                                                              \
        "expect", OV_REAL | OV_STRING, ANY_NUMBER, OV_OPTIONAL, GIVEN(expect),                     \
            .doc = "a number, or a formula in the curve's parameters; default of deviation and "   \
                   "relative: 0"                                                                   \
    }

static const struct ov_key exact_keys[] = {
    CURVE_KEYS("theory"),
    EXPECT_KEY,
    {"rtol", OV_REAL, 0.0, 1e-6, NULL, NULL, "1e-12", GIVEN(rtol),
     .doc = "rounding allowed, as a part of expect"},
    {"ulps", OV_REAL, 0.0, 1e6, NULL, NULL, OV_OPTIONAL, GIVEN(ulps),
     .doc = "instead of rtol: rounding allowed in units of 2^-52 of expect"},
    {0}};

static const struct ov_key margin_kind_keys[] = {
    CURVE_KEYS("theory"), EXPECT_KEY, MARGIN_KEY(OV_REQUIRED, "what does not matter"), {0}};

static const struct ov_key round_keys[] = {CURVE_KEYS("theory"),
                                           NUMBER_KEYS,
                                           {"expect", OV_REAL | OV_STRING, ANY_NUMBER, OV_REQUIRED,
                                            GIVEN(expect),
                                            .doc = "the number as printed: 0.0364 or 1.2e-3"},
                                           {0}};

static const struct ov_key mean_keys[] = {
    CURVE_KEYS("sgd"),
    EXPECT_KEY,
    MARGIN_KEY(OV_REQUIRED, "what does not matter to science, set before the run"),
    {0}};

static const struct ov_key band_keys[] = {
    HEAD_KEYS,
    {"statistic", OV_WORD, WORD(paths), "deviation", GIVEN(statistic),
     .doc = "deviation (sgd - theory of the same seed) or relative (sgd/theory - 1)"},
    WINDOW_KEYS,
    {"width", OV_WORD, WORD(widths), "seeds", GIVEN(width),
     .doc = "seeds: the error of the mean is that of the seeds (Student's t); theory: it is what "
            "theory predicts, sd_QUANTITY/sqrt n, about a mean of bias_QUANTITY (0 where there is "
            "no such column)"},
    {"bias", OV_REAL | OV_STRING, ANY_NUMBER, "0", GIVEN(bias),
     .doc = "c of a shift of order 1/N that is allowed besides the margin: |c|/N; a number or a "
            "formula. A curve without N has p in its place (mean-field, whose equations leave out "
            "orders 1/p), else d"},
    MARGIN_KEY(OV_REQUIRED, "what does not matter to science; rel is of theory at each time"),
    {0}};

static const struct ov_key scaling_keys[] = {
    CURVE_KEYS("sgd"),
    {"against", OV_STRING, NO_NUMBER, OV_REQUIRED, GIVEN(against),
     .doc =
         "the parameter that differs between the curves, by its name or as vary has it: N, K, eta_w, "
         "scaling.gamma, …"},
    {"fit", OV_WORD, WORD(fits), "power", GIVEN(fit),
     .doc = "power: slope of ln |statistic| against ln parameter; linear: of statistic against "
            "parameter; log: of statistic against ln parameter; exponential: of ln |statistic| "
            "against parameter"},
    EXPECT_KEY,
    MARGIN_KEY(OV_REQUIRED, "what does not matter"),
    {0}};

static const struct ov_key order_keys[] = {
    CURVE_KEYS("sgd where all curves have it, else theory"),
    {"direction", OV_WORD, WORD(directions), OV_REQUIRED, GIVEN(direction),
     .doc = "of the quantity along the list of curves"},
    MARGIN_KEY(OV_OPTIONAL, "least difference between neighbours; default: 0"),
    {0}};

const struct ov_claim_kind ov_claim_kinds[] = {
    {"exact",
     "A deterministic value that equals expect to rounding. Where there are seeds, each of them.",
     exact_keys, OV_SIDE_THEORY, ov_exact_parse, ov_exact_judge, ov_exact_margin},
    {"margin",
     "A deterministic value: |value - expect| <= margin. Where there are seeds, their mean is "
     "taken as it is.",
     margin_kind_keys, OV_SIDE_THEORY, ov_margin_parse, ov_margin_judge, ov_given_margin},
    {"round",
     "A deterministic value that, rounded to the digits printed in expect, gives the same digits. "
     "Where there are seeds, their mean is taken as it is.",
     round_keys, OV_SIDE_THEORY, ov_round_parse, ov_round_judge, ov_round_margin},
    {"mean",
     "The mean over seeds by a test of equivalence: PASS if its 90 % interval lies inside of "
     "expect ± margin, FAIL if wholly outside, else INCONCLUSIVE.",
     mean_keys, OV_SIDE_SGD, ov_mean_parse, ov_mean_judge, ov_given_margin},
    {"band",
     "The whole curve against theory: PASS if the mean deviation's 90 % interval, simultaneous "
     "over all times of the window, lies inside of margin + |bias|/N everywhere, FAIL if wholly "
     "outside somewhere, else INCONCLUSIVE.",
     band_keys, OV_SIDE_PATHS, ov_band_parse, ov_band_judge, NULL},
    {"scaling",
     "How a statistic changes from curve to curve: exponent of a power law, or slope of a line, "
     "through all curves, by a test of equivalence with the seeds' error (jackknife).",
     scaling_keys, OV_SIDE_SGD, ov_scaling_parse, ov_scaling_judge, NULL},
    {"order",
     "Neighbours in the list of curves differ in the direction claimed by more than the margin, "
     "each pair at 5 % one-sided (Welch); single runs of theory strictly.",
     order_keys, OV_SIDE_SGD_IF_PRESENT, ov_order_parse, ov_order_judge, NULL},
    {0}};
