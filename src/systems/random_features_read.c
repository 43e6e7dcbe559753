/* SPDX-License-Identifier: MIT
 *
 * A curve's parameters read into a problem of random features.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "random_features_internal.h"
#include "times_internal.h"
#include "values_internal.h"

/* Numbers in J and F of an instance, 8 GB, and in the rows of one run, 0.8 GB. */
static const double largest_instance = 1e9, largest_result = 1e8;

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

/* ---- sizes ---- */

static bool whole(double x)
{
    return fabs(x - round(x)) <= 1e-9 * fmax(1.0, x);
}

/* K of a map, as a function of N, to the nearest whole number. */
static enum ov_status read_function(struct ov_rf_curve *s, struct ov_value *params,
                                    struct ov_error *err)
{
    double N = (double)s->problem.N;
    struct ov_value *K = ov_value_find(params, "K");
    const struct ov_value *of_exp = ov_value_get(K, "exp"), *of_power = ov_value_get(K, "power");
    const struct ov_value *of = of_exp ? of_exp : of_power;
    if (!of || (of_exp && of_power))
        return ov_value_fail(K, err,
                             "K as a function of N is either {exp: c}, which is e^(c N), or "
                             "{power: l}, which is N^l");
    if (s->problem.N == 0)
        return ov_value_fail(of, err, "K as a function of N needs 'N', the input dimension");
    double ln_K = of_exp ? of->number * N : of->number * log(N);
    if (ln_K > 300.0 * M_LN10)
        return ov_value_fail(of, err, "K = 10^%.6g: not more than 10^300 is possible",
                             ln_K / M_LN10);
    s->width = of_exp ? exp(ln_K) : pow(N, of->number);
    return OV_OK;
}

/* K from beta and N, or beta from K and N, or one alone. */
static enum ov_status read_width(struct ov_rf_curve *s, struct ov_value *params,
                                 struct ov_error *err)
{
    struct ov_rf_problem *p = &s->problem;
    const struct ov_value *beta = ov_value_find(params, "beta"), *K = ov_value_find(params, "K");
    if (beta && K)
        return ov_value_fail(beta, err, "beta = K/N stands beside K: give one of them");
    if (!beta && !K)
        return ov_value_fail(params, err, "a random-feature student needs 'beta' or 'K'");
    if (beta && !(beta->number > 0))
        return ov_value_fail(beta, err, "beta = K/N must be above 0");
    if (K && K->type == OV_MAP) {
        enum ov_status status = read_function(s, params, err);
        if (status != OV_OK)
            return status;
    } else if (K && K->number != floor(K->number))
        return ov_value_fail(K, err, "K must be a whole number, not %.15g", K->number);
    else if (K && !(K->number > 0))
        return ov_value_fail(K, err, "K must be at least 1");
    if (beta)
        s->width = beta->number * (double)p->N;
    if (beta && p->N > 0 && (!whole(s->width) || s->width < 0.5))
        return ov_value_fail(beta, err,
                             "beta N = %.15g is no whole number of features: K = %.0f "
                             "would be beta = %.15g",
                             s->width, fmax(1, round(s->width)),
                             fmax(1, round(s->width)) / (double)p->N);
    s->width = round(s->width);
    p->K = s->width <= 1e15 ? (size_t)s->width : 0;
    double ratio = p->N > 0 && s->width > 0.0 ? s->width / (double)p->N : s->beta;
    p->beta = p->K && p->N ? 0.0 : beta ? s->beta : ratio;
    s->beta = ratio;
    return OV_OK;
}

/* What stands in for what is not given. */
static enum ov_status complete(struct ov_rf_problem *p, struct ov_error *err)
{
    if (!p->g_star)
        p->g_star = p->g;
    if (p->v_star)
        return OV_OK;
    p->v_star = malloc(p->M * sizeof *p->v_star);
    for (size_t m = 0; p->v_star && m < p->M; m++)
        p->v_star[m] = 1.0 / sqrt((double)p->M);
    return p->v_star ? OV_OK : no_memory(err);
}

static enum ov_status check_problem(const struct ov_rf_problem *p, struct ov_value *params,
                                    struct ov_error *err)
{
    struct ov_error own = {0};
    const char *key = NULL;
    struct ov_rf_problem checked = *p;
    if (!(checked.N && checked.K) && !(checked.beta > 0))
        checked.beta = 1; /* K alone: what needs beta or N says so itself */
    enum ov_status status = ov_rf_problem_check(&checked, &key, &own);
    if (status == OV_EUSER)
        return ov_place_complaint(params, key, own.text, err);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "%s", own.text);
}

/* ---- the two sides ---- */

static enum ov_status check_sgd(const struct ov_rf_curve *s, struct ov_value *params,
                                struct ov_error *err)
{
    const struct ov_value *sgd = ov_value_get(params, "sgd");
    if (sgd && s->problem.flow)
        return ov_value_fail(sgd, err,
                             "eta: flow is the limit of small learning rates: there are no steps "
                             "to simulate; give sgd a number for eta");
    if (sgd && s->problem.N == 0)
        return ov_value_fail(sgd, err, "sgd needs 'N', the input dimension");
    return OV_OK;
}

/* What each kind does not read of its map. */
static void leave_out(const struct ov_rf_curve *s, struct ov_value *theory)
{
    bool instance = s->kind == OV_RF_INSTANCE;
    if (!instance || s->sgd_runs)
        ov_value_unused(theory, "seeds",
                        instance ? "takes the seeds of sgd" : "has a theory without instances");
    if (!instance)
        ov_value_unused(theory, "time", "has a theory without instances");
    if (s->kind != OV_RF_DEGREES) {
        ov_value_unused(theory, "degrees", "has a theory without degrees");
        ov_value_unused(theory, "width_to", "has a theory without degrees");
    }
}

/* The sizes that each kind needs, and whether it can say anything of this problem. */
static enum ov_status check_theory(struct ov_rf_curve *s, struct ov_value *theory,
                                   struct ov_error *err)
{
    const struct ov_rf_problem *p = &s->problem;
    const char *kind = ov_rf_kinds[s->kind];
    if (s->kind == OV_RF_LIMIT && !(ov_rf_beta(p) > 0))
        return ov_value_fail(theory, err, "theory %s needs 'beta', or 'N' beside K", kind);
    if ((s->kind == OV_RF_INSTANCE || s->kind == OV_RF_DEGREES) && !p->N)
        return ov_value_fail(theory, err, "theory %s needs 'N', the input dimension", kind);
    if (s->kind == OV_RF_FIXED_WIDTH && !p->K)
        return ov_value_fail(theory, err, "theory %s needs 'K', or 'N' beside beta", kind);
    if (s->kind == OV_RF_INSTANCE)
        return OV_OK;
    struct ov_error own = {0};
    enum ov_status status = ov_rf_theory_check(s, &own);
    if (status == OV_EUSER)
        return ov_value_fail(theory, err, "theory %s: %s", kind, own.text);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "%s", own.text);
}

static enum ov_status read_theory(struct ov_rf_curve *s, struct ov_value *params,
                                  struct ov_error *err)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    if (!s->theory_asked)
        return OV_OK;
    if (theory->type == OV_MAP)
        leave_out(s, theory);
    if (s->kind != OV_RF_DEGREES)
        s->n_width_to = 0;
    if (theory->type != OV_MAP)
        s->degrees = 100;
    if (s->problem.flow)
        s->time = OV_RF_CONTINUOUS;
    s->theory_runs = s->kind != OV_RF_INSTANCE ? 1
                     : s->sgd_runs             ? s->sgd_runs
                     : theory->type == OV_MAP  ? s->theory_seeds
                                               : 1;
    return check_theory(s, theory, err);
}

static enum ov_status check_size(const struct ov_rf_curve *s, struct ov_value *params,
                                 struct ov_error *err)
{
    const struct ov_value *width = ov_value_get(params, "K");
    double N = (double)s->problem.N;
    bool drawn = s->sgd_runs || (s->theory_runs && s->kind == OV_RF_INSTANCE);
    if (drawn && (s->width + (double)s->problem.M) * N + s->width * s->width > largest_instance)
        return ov_value_fail(width ? width : ov_value_get(params, "beta"), err,
                             "the features' weights and covariances would be more than 10^9 "
                             "numbers: K = %.6g, N = %.6g",
                             s->width, N);
    if ((double)s->n_t * (double)(OV_RF_FIRST_WIDTH + s->n_width_to) > largest_result)
        return ov_value_fail(ov_value_get(params, "t"), err,
                             "one run would give more than 10^8 numbers");
    return OV_OK;
}

enum ov_status ov_rf_read(struct ov_rf_curve *s, struct ov_value *params, struct ov_error *err)
{
    struct ov_rf_problem *p = &s->problem;
    enum ov_status status = ov_params_take(s, params, err);
    if (status == OV_OK)
        status = read_width(s, params, err);
    if (status == OV_OK)
        status = complete(p, err);
    if (status != OV_OK)
        return status;
    p->sphere = s->features == 1;
    status = check_problem(p, params, err);
    if (status == OV_OK)
        status = check_sgd(s, params, err);
    if (status == OV_OK)
        status = read_theory(s, params, err);
    if (status != OV_OK)
        return status;
    s->powers = ov_rf_powers_of(p);
    bool steps = s->sgd_runs || (s->theory_runs && s->kind == OV_RF_INSTANCE && !p->flow);
    status = ov_times_read(&s->t, &s->n_t, ov_value_get(params, "t"), p->K, steps, err);
    return status == OV_OK ? check_size(s, params, err) : status;
}

void ov_rf_release(void *state)
{
    struct ov_rf_curve *s = state;
    ov_rf_problem_free(&s->problem);
    free(s->t);
    free(s->width_to);
}
