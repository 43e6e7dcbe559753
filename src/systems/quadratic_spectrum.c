/* SPDX-License-Identifier: MIT
 *
 * Tables of spectra: eigenvalues of the student, theory and networks.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/theory/quadratic.h"
#include "quadratic_internal.h"
#include "values_internal.h"

enum { N_NETWORK = 3, N_THEORY = 6 }; /* numbers of the whole run */

/* ---- reading ---- */

static enum ov_status listed(struct ov_qs_curve *s, const struct ov_value *v, struct ov_error *err)
{
    if (v->cols < 2)
        return ov_value_fail(v, err, "a spectrum needs at least two eigenvalues");
    for (size_t i = 1; i < v->cols; i++)
        if (!(v->array[i] > v->array[i - 1]))
            return ov_value_fail(v, err, "spectrum must increase: %.15g stands after %.15g",
                                 v->array[i], v->array[i - 1]);
    memcpy(s->z, v->array, v->cols * sizeof *s->z);
    return OV_OK;
}

static enum ov_status range(struct ov_qs_curve *s, struct ov_value *v, struct ov_error *err)
{
    double from = ov_value_number(v, "from"), to = ov_value_number(v, "to");
    if (!(from < to))
        return ov_value_fail(ov_value_get(v, "to"), err, "to must be above from, %.15g", from);
    for (size_t i = 0; i < s->n_z; i++)
        s->z[i] = from + (to - from) * (double)i / (double)(s->n_z - 1);
    for (size_t i = 1; i < s->n_z; i++)
        if (!(s->z[i] > s->z[i - 1]))
            return ov_value_fail(v, err, "the range is too narrow for %zu points", s->n_z);
    return OV_OK;
}

enum ov_status ov_qs_read_spectrum(struct ov_qs_curve *s, struct ov_value *params,
                                   struct ov_error *err)
{
    struct ov_value *v = ov_value_get(params, "spectrum");
    if (!v)
        return OV_OK;
    if (s->n_alpha != 1)
        return ov_value_fail(v, err, "a spectrum is that of one alpha");
    if (s->t)
        return ov_value_fail(v, err,
                             "a spectrum is that of the end of training (sgd of method "
                             "lbfgs, theory long-time), without 't'");
    s->n_z = v->type == OV_LIST ? v->cols : (size_t)ov_value_number(v, "points");
    s->z = malloc(s->n_z * sizeof *s->z);
    if (!s->z)
        return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
    return v->type == OV_LIST ? listed(s, v, err) : range(s, v, err);
}

/* ---- columns ---- */

void ov_qs_spectrum_columns(struct ov_side_plan *plan, enum ov_side side)
{
    static const char *const whole[N_THEORY] = {"atom", "top", "low", "edge", "gap_from", "gap_to"};
    ov_side_column(plan, OV_ROLE_TIME, false, "z");
    ov_side_column(plan, OV_ROLE_VALUE, false, "cdf");
    ov_side_column(plan, OV_ROLE_VALUE, false, "density");
    for (size_t i = 0; i < (side == OV_THEORY ? N_THEORY : N_NETWORK); i++)
        ov_side_column(plan, OV_ROLE_WHOLE, i > 0, "%s", whole[i]);
    ov_text_addf(&plan->columns_doc, "%s", OV_QS_SPECTRUM_DOC);
}

/* ---- rows ---- */

/* The bin of row i: (lo, hi]. */
static void bin(double *lo, double *hi, const struct ov_qs_curve *s, size_t i)
{
    const double *z = s->z;
    size_t last = s->n_z - 1;
    *hi = z[i] + 0.5 * (i < last ? z[i + 1] - z[i] : z[last] - z[last - 1]);
    *lo = fmax(0.0, z[i] - 0.5 * (i > 0 ? z[i] - z[i - 1] : z[1] - z[0]));
}

/* Rows from shares of the eigenvalues up to a z, 0 included. */
static enum ov_status fill(double *rows, const struct ov_qs_curve *s, const double *whole,
                           size_t n_whole,
                           enum ov_status (*share)(double *x, double z, const void *ctx),
                           const void *ctx)
{
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < s->n_z && status == OV_OK; i++) {
        double *row = rows + i * (3 + n_whole), lo, hi, below = 0.0, up_to = 0.0;
        bin(&lo, &hi, s, i);
        status = share(row + 1, s->z[i], ctx);
        if (status == OV_OK)
            status = share(&below, lo, ctx);
        if (status == OV_OK)
            status = share(&up_to, hi, ctx);
        row[0] = s->z[i];
        row[2] = (up_to - below) / (hi - lo);
        memcpy(row + 3, whole, n_whole * sizeof *whole);
    }
    return status;
}

/* ---- theory ---- */

struct law {
    struct ov_quadratic_point point;
    double kappa_star;
    struct ov_error *err;
};

static enum ov_status theory_share(double *x, double z, const void *ctx)
{
    const struct law *l = ctx;
    return ov_quadratic_cdf(x, &z, 1, &l->point, l->kappa_star, l->err);
}

enum ov_status ov_qs_spectrum_of_theory(double *rows, const struct ov_qs_curve *s,
                                        struct ov_error *err)
{
    struct ov_quadratic p = {s->kappa, s->kappa_star, s->lambda, s->Delta};
    struct ov_quadratic_spectrum sp;
    struct law l = {.kappa_star = s->kappa_star, .err = err};
    enum ov_status status = ov_quadratic_curve(&l.point, &p, s->alpha, 1, err);
    if (status == OV_OK)
        status = ov_quadratic_spectrum(&sp, NULL, NULL, 0, &l.point, s->kappa_star, err);
    if (status != OV_OK)
        return status;
    double edge = sp.n_bulks > 0 ? sp.edge[2 * sp.n_bulks - 1] : NAN;
    double shift = s->d > 0 ? OV_TRACY_WIDOM_MEAN * pow((double)s->d, -2.0 / 3.0) : 0.0;
    const double whole[N_THEORY] = {
        sp.atom, edge + shift * sp.top_scale,       sp.n_bulks > 0 ? sp.edge[0] : NAN,
        edge,    sp.n_bulks > 1 ? sp.edge[1] : NAN, sp.n_bulks > 1 ? sp.edge[2] : NAN};
    return fill(rows, s, whole, N_THEORY, theory_share, &l);
}

/* ---- networks ---- */

struct values {
    const double *value; /* (d) increasing */
    size_t d;
};

static size_t up_to(const struct values *v, double z)
{
    size_t n = 0;
    while (n < v->d && v->value[n] <= fmax(z, OV_QN_LOWEST))
        n++;
    return n;
}

static enum ov_status network_share(double *x, double z, const void *ctx)
{
    const struct values *v = ctx;
    *x = (double)up_to(v, z) / (double)v->d;
    return OV_OK;
}

enum ov_status ov_qs_spectrum_of_network(double *rows, const struct ov_qs_curve *s, uint64_t key,
                                         const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_quadratic_network p = ov_qs_network(s, s->alpha[0]);
    double *value = malloc(s->d * sizeof *value);
    if (!value)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = ov_quadratic_eigenvalues(value, &p, key, tick, err);
    if (status == OV_OK) {
        struct values v = {value, s->d};
        size_t none = up_to(&v, 0.0);
        const double whole[N_NETWORK] = {(double)none / (double)s->d,
                                         none < s->d ? value[s->d - 1] : NAN,
                                         none < s->d ? value[none] : NAN};
        status = fill(rows, s, whole, N_NETWORK, network_share, &v);
    }
    free(value);
    return status;
}
