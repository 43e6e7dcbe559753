/* SPDX-License-Identifier: MIT
 *
 * System decay, the smallest there is: a student of one weight that forgets. Theory is
 * eps_g = exp(-2 rate t)/2; simulation adds noise at each time. src/README.md tells what is what;
 * of a real system the physics is in theory/ and sim/, not here.
 */
#include <math.h>
#include <stdlib.h>

#include "overlap/num/normal.h"
#include "overlap/systems/systems.h"
#include "times_internal.h"
#include "values_internal.h"

struct decay {
    double rate, noise;
    double *t; /* (n_t) */
    size_t n_t, seeds;
    bool theory;
};

#define KEPT(how, member) OV_KEPT(&(how), struct decay, member)

static const struct ov_key t_keys[] = OV_TIMES_KEYS("max/10^5");
static const struct ov_key sgd_keys[] = {
    {"seeds", OV_INT | OV_MAP, 1, 1e6, NULL, ov_tier_keys, OV_REQUIRED, "how many runs",
     KEPT(ov_as_size, seeds)},
    {.name = NULL},
};
static const struct ov_key keys[] = {
    {"rate", OV_REAL, 0, 100, NULL, NULL, OV_REQUIRED, "how fast it forgets, in 1/t",
     KEPT(ov_as_real, rate), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"noise", OV_REAL, 0, 1, NULL, NULL, "0", "standard deviation of what is measured",
     KEPT(ov_as_real, noise), .of = OV_OF_SIM | OV_IN_FORMULAS},
    {"t", OV_LIST | OV_MAP, 0, 1e6, NULL, t_keys, OV_REQUIRED, "times of measurement",
     OV_KEPT_ARRAY(&ov_as_times, struct decay, t, n_t, ""), .of = OV_OF_THEORY | OV_OF_SIM},
    {"theory", OV_BOOL, 0, 0, NULL, NULL, "false", "solve", KEPT(ov_as_flag, theory)},
    {"sgd", OV_MAP, 0, 0, NULL, sgd_keys, OV_OPTIONAL, .doc = "simulate"},
    OV_ON_DIVERGENCE_ROW,
    {.name = NULL},
};

static void plan_side(struct ov_side_plan *plan, const struct decay *s, enum ov_side side)
{
    plan->n_run = side == OV_THEORY ? s->theory : s->seeds;
    plan->first = side == OV_THEORY ? 0 : 1;
    plan->n_row = s->n_t;
    plan->time = s->t;
    plan->group = 1;
    plan->module[0] = side == OV_THEORY ? "num/fmath" : "num/normal";
    ov_side_column(plan, OV_ROLE_TIME, false, "t");
    ov_side_column(plan, OV_ROLE_VALUE, false, "eps_g");
    ov_text_addf(&plan->columns_doc, "t: time; eps_g: half of the squared weight");
    ov_text_addf(&plan->parameters, "system: decay\n");
    ov_params_say(&plan->parameters, keys,
                  OV_OF_PROBLEM | (side == OV_THEORY ? OV_OF_THEORY : OV_OF_SIM), s);
}

static enum ov_status plan(struct ov_curve *c, struct ov_error *err)
{
    struct decay *s = c->state;
    const struct ov_value *sgd = ov_value_get(&c->params, "sgd");
    enum ov_status status = ov_params_take(s, &c->params, err);
    if (status == OV_OK)
        status = ov_times_read(&s->t, &s->n_t, ov_value_get(&c->params, "t"), 0, false, err);
    if (status != OV_OK)
        return status;
    if (s->theory)
        plan_side(&c->side[OV_THEORY], s, OV_THEORY);
    if (sgd)
        plan_side(&c->side[OV_SGD], s, OV_SGD);
    ov_text_addf(&c->problem, "system: decay\n");
    ov_params_say(&c->problem, keys, OV_OF_PROBLEM | OV_OF_DRAWN, s);
    ov_define_variables(c, keys, s);
    return OV_OK;
}

static enum ov_status run(double *rows, const struct ov_curve *c, enum ov_side side,
                          const uint64_t *key, size_t n, const struct ov_tick *tick,
                          struct ov_error *err)
{
    const struct decay *s = c->state;
    (void)tick, (void)err;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < s->n_t; j++) {
            double *row = rows + 2 * (i * s->n_t + j), z = 0.0;
            if (side == OV_SGD)
                ov_normal_fill(&z, 1, &(struct ov_philox){key[i], 0}, j);
            row[0] = s->t[j];
            row[1] = 0.5 * exp(-2.0 * s->rate * s->t[j]) * (1.0 + s->noise * z);
        }
    return OV_OK;
}

static void release(void *state)
{
    struct decay *s = state;
    free(s->t);
}

const struct ov_system ov_system_decay = {.name = "decay",
                                          .doc = "a weight that is forgotten",
                                          .keys = keys,
                                          .state_size = sizeof(struct decay),
                                          .plan = plan,
                                          .run = run,
                                          .release = release};
