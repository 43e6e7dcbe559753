/* SPDX-License-Identifier: MIT
 *
 * The table of kinds: a new one is an entry here and its two functions.
 */
#include "claim_judge_internal.h"

#include <math.h>

static const char *const sides[] = {"theory", "sgd", NULL};
static const char *const ends[] = {"first", "last", NULL};
static const char *const directions[] = {"decreasing", "increasing", NULL};

static const struct ov_key margin_keys[] = {
    {.name = "rel",
     .types = OV_REAL,
     .min = 0.0,
     .max = HUGE_VAL,
     .fallback = OV_OPTIONAL,
     .doc = "part of |expect|; of a deviation expected to be 0: of theory there; of an order: of "
            "the lower curve"},
    {.name = "abs",
     .types = OV_REAL,
     .min = 0.0,
     .max = HUGE_VAL,
     .fallback = OV_OPTIONAL,
     .doc = "in the quantity's units; added to rel's"},
    {0}};

/* The keys of every kind. */
#define HEAD_KEYS                                                                                  \
    {.name = "id", .types = OV_STRING, .doc = "unique; paper.md cites it as EXPERIMENT.ID"},       \
        {.name = "says", .types = OV_STRING, .doc = "the claim as a sentence"},                    \
        {.name = "source",                                                                         \
         .types = OV_STRING,                                                                       \
         .fallback = OV_OPTIONAL,                                                                  \
         .doc = "where it is from; default: the experiment's source"},                             \
        {.name = "kind", .types = OV_STRING, .doc = "how it is checked"},                          \
        {.name = "curves",                                                                         \
         .types = OV_STRING | OV_STRINGS,                                                          \
         .doc = "a curve, a group, or a list of them; for order in the order claimed"},            \
    {                                                                                              \
        .name = "quantity", .types = OV_STRING, .fallback = "eps_g",                               \
        .doc = "a column of the table"                                                             \
    }

#define WINDOW_KEYS                                                                                \
    {.name = "from",                                                                               \
     .types = OV_REAL,                                                                             \
     .min = 0.0,                                                                                   \
     .max = HUGE_VAL,                                                                              \
     .fallback = OV_OPTIONAL,                                                                      \
     .doc = "first time of the window; default: all"},                                             \
    {                                                                                              \
        .name = "to", .types = OV_REAL, .min = 0.0, .max = HUGE_VAL, .fallback = OV_OPTIONAL,      \
        .doc = "last time of the window; default: all"                                             \
    }

/* The keys of every kind that reads one number of a curve. */
#define CURVE_KEYS(side_doc)                                                                       \
    HEAD_KEYS,                                                                                     \
        {.name = "side",                                                                           \
         .types = OV_WORD,                                                                         \
         .words = sides,                                                                           \
         .fallback = OV_OPTIONAL,                                                                  \
         .doc = "whose numbers; default: " side_doc "; what is against theory is sgd's"},          \
        {.name = "statistic",                                                                      \
         .types = OV_WORD,                                                                         \
         .words = ov_claim_statistics,                                                             \
         .fallback = "value",                                                                      \
         .doc = "of a time: value; deviation (sgd - theory of the same seed), relative "           \
                "(sgd/theory - 1); over seeds sd and rms of the deviation, and ratio_sd, its sd "  \
                "in units of what theory predicts (column sd_QUANTITY). Of a window: min, max, "   \
                "argmin, argmax (their times), mean (of the times listed), plateau (the value "    \
                "where |d ln q/d ln time| is smallest), max_deviation and argmax_deviation "       \
                "(largest |deviation| of a seed, its time). Of runs: diverged (1 where one did, "  \
                "else "                                                                            \
                "0: the share of them), diverged_at (the time of those that did)"},                \
        {.name = "at",                                                                             \
         .types = OV_REAL | OV_LIST | OV_WORD,                                                     \
         .min = 0.0,                                                                               \
         .max = HUGE_VAL,                                                                          \
         .words = ends,                                                                            \
         .fallback = OV_OPTIONAL,                                                                  \
         .doc =                                                                                    \
             "time or times (alpha, t) of a statistic of single times: the nearest one measured, " \
             "which may be 5 % off"},                                                              \
        WINDOW_KEYS

/* A number, or a formula in each curve's own parameters. */
#define EXPECT_KEY                                                                                 \
    {                                                                                              \
        .name = "expect", .types = OV_REAL | OV_STRING, .min = -HUGE_VAL, .max = HUGE_VAL,         \
        .fallback = OV_OPTIONAL,                                                                   \
        .doc = "a number, or a formula in the curve's parameters; default of deviation and "       \
               "relative: 0"                                                                       \
    }

static const char *const paths[] = {"deviation", "relative", NULL};
static const char *const widths[] = {"seeds", "theory", NULL};
static const char *const fits[] = {"power", "linear", NULL};

static const struct ov_key exact_kind[] = {
    CURVE_KEYS("theory"),
    EXPECT_KEY,
    {.name = "rtol",
     .types = OV_REAL,
     .min = 0.0,
     .max = 1e-6,
     .fallback = "1e-12",
     .doc = "rounding allowed, as a part of expect"},
    {.name = "ulps",
     .types = OV_REAL,
     .min = 0.0,
     .max = 1e6,
     .fallback = OV_OPTIONAL,
     .doc = "instead of rtol: rounding allowed in units of 2^-52 of expect"},
    {0}};

static const struct ov_key band_kind[] = {
    HEAD_KEYS,
    {.name = "statistic",
     .types = OV_WORD,
     .words = paths,
     .fallback = "deviation",
     .doc = "deviation (sgd - theory of the same seed) or relative (sgd/theory - 1)"},
    WINDOW_KEYS,
    {.name = "width",
     .types = OV_WORD,
     .words = widths,
     .fallback = "seeds",
     .doc = "seeds: the error of the mean is that of the seeds (Student's t); theory: it is what "
            "theory predicts, sd_QUANTITY/sqrt n, about a mean of bias_QUANTITY (0 where there is "
            "no such column)"},
    {.name = "bias",
     .types = OV_REAL | OV_STRING,
     .min = -HUGE_VAL,
     .max = HUGE_VAL,
     .fallback = "0",
     .doc = "c of a shift of order 1/N that is allowed besides the margin: |c|/N; a number or a "
            "formula"},
    {.name = "margin",
     .types = OV_MAP,
     .map = margin_keys,
     .doc = "what does not matter to science; rel is of theory at each time"},
    {0}};

static const struct ov_key scaling_kind[] = {
    CURVE_KEYS("sgd"),
    {.name = "against",
     .types = OV_STRING,
     .doc = "the parameter that differs between the curves: N, K, eta_w, …"},
    {.name = "fit",
     .types = OV_WORD,
     .words = fits,
     .fallback = "power",
     .doc = "power: slope of ln |statistic| against ln parameter; linear: of statistic against "
            "parameter"},
    EXPECT_KEY,
    {.name = "margin", .types = OV_MAP, .map = margin_keys, .doc = "what does not matter"},
    {0}};

static const struct ov_key margin_kind[] = {
    CURVE_KEYS("theory"),
    EXPECT_KEY,
    {.name = "margin", .types = OV_MAP, .map = margin_keys, .doc = "what does not matter"},
    {0}};

static const struct ov_key round_kind[] = {CURVE_KEYS("theory"),
                                           {.name = "expect",
                                            .types = OV_REAL | OV_STRING,
                                            .min = -HUGE_VAL,
                                            .max = HUGE_VAL,
                                            .doc = "the number as printed: 0.0364 or 1.2e-3"},
                                           {0}};

static const struct ov_key mean_kind[] = {
    CURVE_KEYS("sgd"),
    EXPECT_KEY,
    {.name = "margin",
     .types = OV_MAP,
     .map = margin_keys,
     .doc = "what does not matter to science, set before the run"},
    {0}};

static const struct ov_key order_kind[] = {
    CURVE_KEYS("sgd where all curves have it, else theory"),
    {.name = "direction",
     .types = OV_WORD,
     .words = directions,
     .doc = "of the quantity along the list of curves"},
    {.name = "margin",
     .types = OV_MAP,
     .map = margin_keys,
     .fallback = OV_OPTIONAL,
     .doc = "least difference between neighbours; default: 0"},
    {0}};

const struct ov_claim_kind ov_claim_kinds[] = {
    {"exact",
     "A deterministic value that equals expect to rounding. Where there are seeds, each of them.",
     exact_kind, ov_exact_check, ov_exact_evaluate},
    {"margin",
     "A deterministic value: |value - expect| <= margin. Where there are seeds, their mean is "
     "taken "
     "as it is.",
     margin_kind, ov_margin_check, ov_margin_evaluate},
    {"round",
     "A deterministic value that, rounded to the digits printed in expect, gives the same digits. "
     "Where there are seeds, their mean is taken as it is.",
     round_kind, ov_round_check, ov_round_evaluate},
    {"mean",
     "The mean over seeds by a test of equivalence: PASS if its 90 % interval lies inside of "
     "expect "
     "± margin, FAIL if wholly outside, else INCONCLUSIVE.",
     mean_kind, ov_mean_check, ov_mean_evaluate},
    {"band",
     "The whole curve against theory: PASS if the mean deviation's 90 % interval, simultaneous "
     "over "
     "all times of the window, lies inside of margin + |bias|/N everywhere, FAIL if wholly outside "
     "somewhere, else INCONCLUSIVE.",
     band_kind, ov_band_check, ov_band_evaluate},
    {"scaling",
     "How a statistic changes from curve to curve: exponent of a power law, or slope of a line, "
     "through all curves, by a test of equivalence with the seeds' error (jackknife).",
     scaling_kind, ov_scaling_check, ov_scaling_evaluate},
    {"order",
     "Neighbours in the list of curves differ in the direction claimed by more than the margin, "
     "each "
     "pair at 5 % one-sided (Welch); single runs of theory strictly.",
     order_kind, ov_order_check, ov_order_evaluate},
    {0}};
