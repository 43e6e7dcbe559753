/* SPDX-License-Identifier: MIT
 *
 * A curve's parameters read into a problem of quadratic networks.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quadratic_internal.h"
#include "times_internal.h"
#include "values_internal.h"

/* Bytes of one run: what no machine that runs several at once is thought to have. */
static const double largest_run = 1e10;

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

/* ---- alpha and t ---- */

static enum ov_status alpha_listed(struct ov_qs_curve *s, const struct ov_value *v,
                                   struct ov_error *err)
{
    bool list = v->type == OV_LIST;
    size_t n = list ? v->cols : 1;
    for (size_t i = 1; i < n; i++)
        if (!(v->array[i] > v->array[i - 1]))
            return ov_value_fail(v, err, "alpha must increase: %.15g stands after %.15g",
                                 v->array[i], v->array[i - 1]);
    s->alpha = malloc(n * sizeof *s->alpha);
    if (!s->alpha)
        return no_memory(err);
    memcpy(s->alpha, list ? v->array : &v->number, n * sizeof *s->alpha);
    s->n_alpha = n;
    return OV_OK;
}

/* Twelve digits: what pow gives beyond them differs between machines, and keys are made of it. */
static double rounded(double x)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.12g", x);
    return strtod(digits, NULL);
}

static enum ov_status alpha_range(struct ov_qs_curve *s, struct ov_value *v, struct ov_error *err)
{
    double min = ov_value_number(v, "min"), max = ov_value_number(v, "max");
    size_t n = (size_t)ov_value_number(v, "points");
    bool logarithmic = strcmp(ov_value_string(v, "spacing"), "log") == 0;
    if (!(min < max))
        return ov_value_fail(ov_value_get(v, "min"), err, "min must be below max, %.15g", max);
    s->alpha = malloc(n * sizeof *s->alpha);
    if (!s->alpha)
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        double part = (double)i / (double)(n - 1);
        s->alpha[i] = rounded(logarithmic ? min * pow(max / min, part) : min + part * (max - min));
    }
    s->n_alpha = n;
    for (size_t i = 1; i < n; i++)
        if (!(s->alpha[i] > s->alpha[i - 1]))
            return ov_value_fail(v, err, "the range is too narrow for %zu points", n);
    return OV_OK;
}

static enum ov_status read_rows(struct ov_qs_curve *s, struct ov_value *params,
                                struct ov_error *err)
{
    struct ov_value *alpha = ov_value_get(params, "alpha"), *t = ov_value_get(params, "t");
    bool flows = ov_value_find(params, "sgd") && s->method == OV_QS_FLOW;
    if (t && !flows && !(s->theory_asked && s->kind != OV_QS_LONG_TIME)) {
        ov_value_unused(params, "t", "is trained to the end");
        t = NULL;
    }
    enum ov_status status = !alpha                  ? OV_OK
                            : alpha->type == OV_MAP ? alpha_range(s, alpha, err)
                                                    : alpha_listed(s, alpha, err);
    if (status == OV_OK && t)
        status = ov_times_read(&s->t, &s->n_t, t, 0, false, err);
    if (status != OV_OK)
        return status;
    if (s->n_alpha > 1 && s->n_t > 1)
        return ov_value_fail(t, err, "several times need one alpha, and several alphas one time");
    if (!alpha && !t)
        return ov_value_fail(params, err, "a curve needs 'alpha', or 't', or both");
    return OV_OK;
}

/* ---- checks ---- */

static enum ov_status check_zero_or(const struct ov_value *v, const char *name,
                                    struct ov_error *err)
{
    if (v->number == 0.0 || v->number >= 1e-12)
        return OV_OK;
    return ov_value_fail(v, err, "%s must be 0 or at least 1e-12, not %.15g", name, v->number);
}

struct ov_dmft ov_qs_dmft(const struct ov_qs_curve *s)
{
    return (struct ov_dmft){.kappa = s->kappa,
                            .kappa_star = s->kappa_star,
                            .lambda = s->lambda,
                            .Delta = s->Delta,
                            .gamma = s->gamma,
                            .alpha = s->alpha[0],
                            .d = s->dmft_d,
                            .samples = s->dmft_samples,
                            .replicas = s->dmft_replicas,
                            .tolerance = s->dmft_tolerance};
}

/* What a map says of dmft belongs to it alone; a word has the defaults. */
static void take_dmft(struct ov_qs_curve *s, struct ov_value *theory)
{
    static const char *const names[] = {"d", "samples", "replicas", "tolerance"};
    for (size_t i = 0; i < 4 && theory->type == OV_MAP && s->kind != OV_QS_DMFT; i++)
        ov_value_unused(theory, names[i], "has no theory dmft");
    if (theory->type == OV_MAP)
        return;
    s->dmft_d = 40;
    s->dmft_samples = 64;
    s->dmft_replicas = 8;
    s->dmft_tolerance = 0.003;
}

static enum ov_status check_dmft(const struct ov_qs_curve *s, const struct ov_value *theory,
                                 struct ov_error *err)
{
    struct ov_error own = {0};
    if (!s->alpha)
        return ov_value_fail(theory, err,
                             "theory dmft needs 'alpha': on infinitely many samples it is theory "
                             "population");
    if (s->n_alpha > 1)
        return ov_value_fail(theory, err,
                             "theory dmft takes one alpha a curve: 'vary' makes a curve of each");
    if (!s->t)
        return ov_value_fail(theory, err, "theory dmft needs times, 't'");
    struct ov_dmft p = ov_qs_dmft(s);
    if (ov_dmft_check(&p, &own) != OV_OK)
        return ov_value_fail(theory, err, "theory dmft: %s", own.text);
    if (ov_dmft_memory(&p) > largest_run)
        return ov_value_fail(
            theory, err,
            "theory dmft of d = %zu with %zu samples may take %.3g bytes, more than "
            "%.0e: a smaller d, or fewer samples and more replicas",
            p.d, p.samples, ov_dmft_memory(&p), largest_run);
    return OV_OK;
}

static enum ov_status check_theory(struct ov_qs_curve *s, struct ov_value *params,
                                   struct ov_error *err)
{
    struct ov_value *theory = ov_value_get(params, "theory");
    if (!s->theory_asked)
        return OV_OK;
    s->theory_runs = 1;
    take_dmft(s, theory);
    if (s->kind == OV_QS_DMFT)
        return check_dmft(s, theory, err);
    if (s->kind == OV_QS_POPULATION && s->alpha)
        return ov_value_fail(theory, err,
                             "theory population is the flow on infinitely many samples: it has no "
                             "'alpha'");
    if (s->kind == OV_QS_POPULATION && s->lambda > 1e3)
        return ov_value_fail(ov_value_get(params, "lambda"), err,
                             "theory population takes lambda up to 1000");
    if (s->kind == OV_QS_LONG_TIME && !s->alpha)
        return ov_value_fail(theory, err, "theory long-time needs 'alpha'");
    if (s->kind == OV_QS_LONG_TIME && ov_qs_in_time(s) && s->n_t > 1)
        return ov_value_fail(theory, err,
                             "theory long-time is the end of training: it has no times to follow");
    return OV_OK;
}

/* x d must be a whole number of units. */
static enum ov_status check_width(const struct ov_value *v, const char *name, double d,
                                  struct ov_error *err)
{
    double units = v->number * d, nearest = fmax(1.0, round(units));
    if (fabs(units - nearest) <= 1e-9 * nearest)
        return OV_OK;
    return ov_value_fail(v, err, "%s d = %.15g is no whole number of units: %.0f would be %s = %g",
                         name, units, nearest, name, nearest / d);
}

static enum ov_status check_samples(const struct ov_qs_curve *s, struct ov_value *params,
                                    struct ov_error *err)
{
    const struct ov_value *alpha = ov_value_get(params, "alpha");
    double d = (double)s->d, D = d * (d + 1.0) / 2.0;
    if (!alpha)
        return ov_qs_memory(s) <= largest_run
                   ? OV_OK
                   : ov_place_complaint(params, "d", "a run would take more than 10 GB of memory",
                                        err);
    double least = s->alpha[0] * d * d, most = s->alpha[s->n_alpha - 1] * d * d;
    if (least < 0.5)
        return ov_value_fail(alpha, err, "alpha d^2 = %.6g: there must be a sample", least);
    if (!(ov_qs_memory(s) <= largest_run))
        return ov_value_fail(alpha, err,
                             "%.6g samples of %.6g numbers would take more than 10 GB of memory: "
                             "a smaller d, or fewer samples",
                             round(most), D);
    return OV_OK;
}

static enum ov_status check_method(const struct ov_qs_curve *s, struct ov_value *params,
                                   const struct ov_value *sgd, struct ov_error *err)
{
    if (s->method == OV_QS_FLOW)
        return s->t ? OV_OK : ov_value_fail(sgd, err, "sgd of method flow needs times, 't'");
    if (!s->alpha)
        return ov_value_fail(sgd, err, "sgd of method lbfgs needs 'alpha'");
    if (s->theory_asked && s->kind == OV_QS_DMFT)
        return ov_value_fail(sgd, err,
                             "sgd of method lbfgs goes to the end, theory dmft through times: "
                             "method flow");
    if (s->lambda == 0.0)
        return ov_value_fail(ov_value_get(params, "lambda"), err,
                             "at lambda = 0 the end depends on the way there: lambda > 0, or sgd "
                             "of method flow");
    return OV_OK;
}

static enum ov_status check_sgd(struct ov_qs_curve *s, struct ov_value *params,
                                struct ov_error *err)
{
    const struct ov_value *sgd = ov_value_get(params, "sgd");
    if (!sgd)
        return OV_OK;
    if (s->d == 0)
        return ov_value_fail(sgd, err, "sgd needs 'd', the input dimension");
    enum ov_status status = check_method(s, params, sgd, err);
    if (status == OV_OK)
        status = check_width(ov_value_get(params, "kappa"), "kappa", (double)s->d, err);
    if (status == OV_OK)
        status = check_width(ov_value_get(params, "kappa_star"), "kappa_star", (double)s->d, err);
    return status == OV_OK ? check_samples(s, params, err) : status;
}

/* ---- the whole ---- */

struct ov_quadratic_network ov_qs_network(const struct ov_qs_curve *s, double alpha)
{
    double d = (double)s->d;
    return (struct ov_quadratic_network){.d = s->d,
                                         .m = (size_t)round(s->kappa * d),
                                         .m_star = (size_t)round(s->kappa_star * d),
                                         .n = s->alpha ? (size_t)round(alpha * d * d) : 0,
                                         .sensing = (enum ov_sensing)s->sensing,
                                         .lambda = s->lambda,
                                         .Delta = s->Delta,
                                         .gamma = s->gamma};
}

double ov_qs_memory(const struct ov_qs_curve *s)
{
    double most = 0.0;
    for (size_t i = 0; i < (s->alpha ? s->n_alpha : 1); i++) {
        struct ov_quadratic_network p = ov_qs_network(s, s->alpha ? s->alpha[i] : 0.0);
        most = fmax(most, s->method == OV_QS_FLOW ? ov_quadratic_flow_memory(&p, s->t[s->n_t - 1])
                                                  : ov_quadratic_memory(&p));
    }
    return most;
}

enum ov_status ov_qs_read(struct ov_qs_curve *s, struct ov_value *params, struct ov_error *err)
{
    enum ov_status status = ov_params_take(s, params, err);
    if (status == OV_OK)
        status = check_zero_or(ov_value_get(params, "lambda"), "lambda", err);
    if (status == OV_OK)
        status = check_zero_or(ov_value_get(params, "Delta"), "Delta", err);
    if (status == OV_OK)
        status = read_rows(s, params, err);
    if (status == OV_OK)
        status = ov_qs_read_spectrum(s, params, err);
    if (status == OV_OK)
        status = check_theory(s, params, err);
    if (status == OV_OK)
        status = check_sgd(s, params, err);
    return status;
}

void ov_qs_release(void *state)
{
    struct ov_qs_curve *s = state;
    free(s->alpha);
    free(s->t);
    free(s->z);
}
