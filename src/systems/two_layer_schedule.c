/* SPDX-License-Identifier: MIT
 *
 * `eta_w: {start, decay: {…}}`: learning rates that change (model/schedule.h, paper.md eq:schedule).
 */
#include <string.h>

#include "two_layer_internal.h"
#include "values_internal.h"

static const char *const decays[] = {"none", "power", "steps", NULL}; /* as enum ov_decay */
static const char *const given[] = {"power", "steps", NULL};

#define KEPT(how, member) OV_KEPT(&(how), struct ov_two_layer, problem.schedule.member)

/* ---- rows ---- */

static const struct ov_schedule *schedule_of(const void *base)
{
    return &((const struct ov_two_layer *)base)->problem.schedule;
}

static enum ov_status take_kind(void *base, const struct ov_key *key, const struct ov_value *v,
                                struct ov_error *err)
{
    (void)key;
    (void)err;
    unsigned i = OV_DECAY_NONE;
    while (strcmp(decays[i], v->string) != 0)
        i++;
    ((struct ov_two_layer *)base)->problem.schedule.kind = (enum ov_decay)i;
    return OV_OK;
}

static void say_kind(struct ov_text *out, const struct ov_key *key, const void *base)
{
    (void)key;
    if (schedule_of(base)->kind != OV_DECAY_NONE)
        ov_text_addf(out, "decay: %s\n", decays[schedule_of(base)->kind]);
}

static bool number_of(double *x, const struct ov_key *key, const void *base, enum ov_decay kind)
{
    *x = *(const double *)((const char *)base + key->at);
    return schedule_of(base)->kind == kind;
}

static bool number_power(double *x, const struct ov_key *key, const void *base)
{
    return number_of(x, key, base, OV_DECAY_POWER);
}

static bool number_steps(double *x, const struct ov_key *key, const void *base)
{
    return number_of(x, key, base, OV_DECAY_STEPS);
}

/* What the schedule's kind has. */
static void say_decay(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double x;
    if (!key->field->number(&x, key, base))
        return;
    ov_text_addf(out, "decay.");
    ov_say_numbers(out, key->name, &x, 1);
}

static const struct ov_field as_start = {.take = ov_take_real};
static const struct ov_field as_kind = {take_kind, say_kind, NULL};
static const struct ov_field as_power = {ov_take_real, say_decay, number_power};
static const struct ov_field as_steps = {ov_take_real, say_decay, number_steps};

enum { SAID = OV_OF_PROBLEM | OV_IN_FORMULAS };

static const struct ov_key decay_keys[] = {
    {"kind", OV_WORD, 0, 0, given, NULL, OV_REQUIRED,
     "power: eta_w = start (1 + (alpha - from)/time)^-exponent from alpha = from on; steps: at each "
     "of the times `at` it is multiplied by `factor`",
     KEPT(as_kind, kind), .of = OV_OF_PROBLEM},
    {"exponent", OV_REAL, 0, 100, NULL, NULL, OV_OPTIONAL, "of kind power",
     KEPT(as_power, exponent), .of = SAID},
    {"time", OV_REAL, 1e-12, 1e12, NULL, NULL, OV_OPTIONAL, "of kind power, in units of alpha",
     KEPT(as_power, time), .of = SAID},
    {"from", OV_REAL, 0, 1e12, NULL, NULL, "0", "of kind power: until then the rate is start",
     KEPT(as_power, from), .of = SAID},
    {"at", OV_REAL | OV_LIST, 1e-12, 1e12, NULL, NULL, OV_OPTIONAL,
     "of kind steps: times alpha, increasing",
     OV_KEPT_ARRAY(&ov_as_levels, struct ov_two_layer, problem.schedule.at, problem.schedule.n_at,
                   ""),
     .of = OV_OF_PROBLEM},
    {"factor", OV_REAL, 0, 1e6, NULL, NULL, OV_OPTIONAL, "of kind steps", KEPT(as_steps, factor),
     .of = SAID},
    {.name = NULL},
};

const struct ov_key ov_schedule_keys[] = {
    {"start", OV_REAL, 0, 1e6, NULL, NULL, OV_REQUIRED, "learning rate at alpha = 0",
     OV_KEPT(&as_start, struct ov_two_layer, problem.eta_w)},
    {"decay", OV_MAP, 0, 0, NULL, decay_keys, OV_REQUIRED, .doc = "how it changes"},
    {.name = NULL},
};

/* ---- checks ---- */

static enum ov_status check_kind(struct ov_value *decay, const struct ov_schedule *s,
                                 struct ov_error *err)
{
    static const struct {
        const char *name;
        enum ov_decay kind;
    } rows[] = {{"exponent", OV_DECAY_POWER},
                {"time", OV_DECAY_POWER},
                {"from", OV_DECAY_POWER},
                {"at", OV_DECAY_STEPS},
                {"factor", OV_DECAY_STEPS}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool there = ov_value_find(decay, rows[i].name);
        if (rows[i].kind == s->kind && !there)
            return ov_value_fail(decay, err, "decay of kind %s needs '%s'", decays[s->kind],
                                 rows[i].name);
        if (rows[i].kind != s->kind)
            ov_value_unused(decay, rows[i].name,
                            s->kind == OV_DECAY_POWER ? "has rates that fall as a power"
                                                      : "has rates that change in steps");
    }
    return OV_OK;
}

/* Complains about what `theory` and `sgd` ask for that is known of constant rates, or of steps, only. */
static enum ov_status check_asked(const struct ov_two_layer *s, struct ov_value *params,
                                  const char *known, struct ov_error *err)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    const struct {
        const char *name;
        bool asked;
    } constant[] = {{"fluctuations", s->extras.fluctuations},
                    {"fixed_point", s->extras.fixed_point},
                    {"eta_max", s->extras.eta_max},
                    {"share", s->extras.share},
                    {"spiked", s->covariance.spiked && s->problem.momentum > 0.0}};
    for (size_t i = 0; i < sizeof constant / sizeof *constant; i++)
        if (constant[i].asked)
            return ov_value_fail(ov_value_get(theory, constant[i].name), err,
                                 "theory knows %s %s only", constant[i].name, known);
    if (s->sgd_share)
        return ov_value_fail(ov_value_find(params, "sgd.share"), err, "share is known %s only",
                             known);
    return OV_OK;
}

enum ov_status ov_schedule_read(struct ov_two_layer *s, struct ov_value *params,
                                struct ov_error *err)
{
    struct ov_value *eta_w = ov_value_get(params, "eta_w");
    bool falls = ov_value_find(params, "eta_w.decay");
    const struct ov_engine *engine = &ov_engines[s->engine];
    if (s->problem.momentum > 0.0 && s->sgd_runs && !engine->draws_weights)
        return ov_value_fail(ov_value_find(params, "momentum"), err,
                             "engine %s has no velocity, which momentum needs: take engine weights",
                             engine->name);
    enum ov_status status = OV_OK;
    if (s->problem.momentum > 0.0)
        status = check_asked(s, params, "without momentum", err);
    if (status == OV_OK && falls)
        status = check_asked(s, params, "of a constant eta_w", err);
    return status == OV_OK && falls
               ? check_kind(ov_value_get(eta_w, "decay"), &s->problem.schedule, err)
               : status;
}
