/* SPDX-License-Identifier: MIT
 *
 * The single integrals, and which contraction belongs to which pair of student and teacher:
 *     gauss_erf        erf and linear, both: the fields are tilted, arcsines summed in arrays
 *     gauss_sums       erf or linear student, any teacher: the same with ov_I2; and all pairs below
 *                      that have no way of their own, as sums over single integrals
 *     gauss_relu       ReLU, both: set by set (gauss_relu_four: sets of four)
 *     gauss_quadratic  x^2 and He2, both: matrices
 *     gauss_kinks      ReLU and leaky ReLU with each other and with linear teachers: gauss_relu's
 *                      sets and sums of arcsines
 *     gauss_polynomial polynomials of degree <= 4, both: exact rules
 *     gauss_sine       sin(x), both: characteristic functions
 *     gauss_sigmoids   tanh with tanh, erf or linear teachers: sums of erf units
 *     gauss_smooth     smooth without closed form, both: quadrature over two fields, given which
 *                      all others are taken together
 * Mean derivatives, which take the place of G: gauss_slopes, with gauss_half_lines, and beside the
 * contractions.
 * Derivatives of the contractions: gauss_erf_derivatives, gauss_relu_derivatives,
 * gauss_quadratic_derivatives; of D: gauss_slopes_derivatives.
 * Single integrals: gauss_average, which chooses gauss_product (truncated moments),
 * gauss_polynomial or gauss_generic (quadrature).
 */
#include "overlap/theory/gauss.h"

#include <stdbool.h>
#include <stdlib.h>

#include "gauss_erf_internal.h"
#include "gauss_half_lines_internal.h"
#include "gauss_internal.h"
#include "gauss_relu_internal.h"
#include "gauss_sigmoids_internal.h"
#include "gauss_smooth_internal.h"
#include "overlap/model/eps_g.h"
#include "overlap/num/sym.h"

/* ---- single integrals ---- */

/* The distinct ones of the at most four fields in an average. */
struct gathered {
    size_t P, at[4]; /* where each of the four stands in C and act */
    double C[10];    /* packed (P,P) */
    const struct ov_activation *act[4];
};

static struct gathered gather(const double *C, const struct ov_activation *const *act,
                              const size_t index[4])
{
    struct gathered f = {.P = 0};
    size_t source[4];
    for (size_t i = 0; i < 4; i++) {
        size_t at = 0;
        while (at < f.P && source[at] != index[i])
            at++;
        f.at[i] = at;
        if (at < f.P)
            continue;
        source[f.P++] = index[i];
        f.act[at] = act[index[i]];
        for (size_t j = 0; j <= at; j++)
            f.C[ov_sym_at(at, j)] = C[ov_sym_at(index[i], source[j])];
    }
    return f;
}

/* Covariance of the ith with the jth of the four. */
static double covariance(const struct gathered *f, size_t i, size_t j)
{
    return f->C[ov_sym_at(f->at[i], f->at[j])];
}

/* The factors that are left when erf slopes have tilted the fields and linear ones were 1. */
struct factors {
    size_t n;
    struct ov_gauss_factor factor[4];
    double weight;
};

static void add_factor(struct factors *x, const struct gathered *f, enum ov_gauss_kind kind,
                       size_t i)
{
    const struct ov_activation *g = f->act[f->at[i]];
    x->factor[x->n++] = (struct ov_gauss_factor){kind, f->at[i], g};
}

/* The slope of the ith of the four. */
static void add_slope(struct factors *x, struct gathered *f, size_t i)
{
    double row[4];
    enum ov_act act = f->act[f->at[i]]->act;
    if (act == OV_ACT_ERF)
        x->weight *= ov_gauss_tilt(f->C, f->C, f->P, f->at[i], row);
    else if (act != OV_ACT_LINEAR)
        add_factor(x, f, OV_GAUSS_SLOPE, i);
}

static double average(const struct factors *x, const struct gathered *f)
{
    return x->weight * ov_gauss_average(f->C, f->P, x->factor, x->n);
}

double ov_gauss_I3(const double *C, const struct ov_activation *const *act, size_t k, size_t b,
                   size_t c)
{
    struct gathered f = gather(C, act, (size_t[4]){k, b, c, c});
    struct factors x = {.weight = 1.0};
    add_slope(&x, &f, 0);
    if (x.n == 0)
        return x.weight * ov_gauss_mean_slope(act[c], covariance(&f, 2, 2)) * covariance(&f, 1, 2);
    add_factor(&x, &f, OV_GAUSS_FIELD, 1);
    add_factor(&x, &f, OV_GAUSS_VALUE, 2);
    return average(&x, &f);
}

double ov_gauss_I4(const double *C, const struct ov_activation *const *act, size_t k, size_t l,
                   size_t a, size_t b)
{
    struct gathered f = gather(C, act, (size_t[4]){k, l, a, b});
    struct factors x = {.weight = 1.0};
    add_slope(&x, &f, 0);
    add_slope(&x, &f, 1);
    if (x.n == 0)
        return x.weight * ov_I2(act[a], act[b], covariance(&f, 2, 2), covariance(&f, 2, 3),
                                covariance(&f, 3, 3));
    add_factor(&x, &f, OV_GAUSS_VALUE, 2);
    add_factor(&x, &f, OV_GAUSS_VALUE, 3);
    return average(&x, &f);
}

double ov_gauss_J2(const double *C, const struct ov_activation *const *act, size_t k, size_t l)
{
    struct gathered f = gather(C, act, (size_t[4]){k, l, l, l});
    struct factors x = {.weight = 1.0};
    add_slope(&x, &f, 0);
    add_slope(&x, &f, 1);
    return x.n == 0 ? x.weight : average(&x, &f);
}

/* ---- contraction ---- */

static bool is_square(enum ov_act g)
{
    return g == OV_ACT_QUADRATIC || g == OV_ACT_HE2;
}

static bool has_kink(enum ov_act g)
{
    return g == OV_ACT_RELU || g == OV_ACT_LEAKY_RELU;
}

/* Pairs whose averages are those of ReLU pairs and elementary ones. */
static bool is_kinked(enum ov_act g, enum ov_act g_star)
{
    return has_kink(g) && (has_kink(g_star) || g_star == OV_ACT_LINEAR);
}

static bool both_are(const struct ov_gauss *w, enum ov_family family)
{
    return w->student->family == family && w->teacher->family == family;
}

/* The contraction of a pair without one of its own in gauss_erf.c, and D: by the student, because
 * only the student's slopes enter, unless both are of one kind that has a shorter way. */
struct way {
    ov_gauss_contraction *contract;
    ov_gauss_slopes_of *slopes;
};

static struct way way_of(const struct ov_gauss *w)
{
    if (w->g == OV_ACT_LINEAR)
        return (struct way){ov_gauss_contract_linear, ov_gauss_slopes_linear};
    if (w->g == OV_ACT_ERF)
        return (struct way){ov_gauss_contract_tilted, ov_gauss_slopes_tilted};
    if (is_square(w->g) && is_square(w->g_star))
        return (struct way){ov_gauss_contract_quadratic, ov_gauss_slopes_quadratic};
    if (w->g == OV_ACT_RELU && w->g_star == OV_ACT_RELU)
        return (struct way){ov_gauss_contract_relu, ov_gauss_slopes_relu};
    if (is_kinked(w->g, w->g_star))
        return (struct way){ov_gauss_contract_kinks, ov_gauss_slopes_kinks};
    if (both_are(w, OV_FAMILY_POLYNOMIAL))
        return (struct way){ov_gauss_contract_polynomials, ov_gauss_slopes_polynomials};
    if (both_are(w, OV_FAMILY_SINE))
        return (struct way){ov_gauss_contract_sines, ov_gauss_slopes_sines};
    if (w->sigmoids && w->sums)
        return (struct way){ov_gauss_contract_sigmoids, ov_gauss_slopes_sigmoids};
    if (w->smooth)
        return (struct way){ov_gauss_contract_smooth, ov_gauss_slopes_smooth};
    return (struct way){ov_gauss_contract_sums, ov_gauss_slopes_sums};
}

/* A student whose slopes are smooth and have no closed form, or have none with this teacher; a
 * teacher without kinks. */
static bool is_smooth(const struct ov_activation *g, const struct ov_activation *g_star)
{
    bool generic = g->act == OV_ACT_GENERIC || (is_square(g->act) && g_star->act == OV_ACT_GENERIC);
    bool relatives = g->family != OV_FAMILY_NONE && g->family == g_star->family;
    return generic && !relatives && !has_kink(g_star->act);
}

enum ov_status ov_gauss_create(struct ov_gauss **out, size_t K, size_t M,
                               const struct ov_activation *g, const struct ov_activation *g_star)
{
    size_t P = M + K, size = ov_sym_size(P);
    struct ov_gauss *w = *out = calloc(1, sizeof *w);
    if (!w)
        return OV_ENOMEM;
    *w = (struct ov_gauss){.K = K,
                           .M = M,
                           .P = P,
                           .sums = true,
                           .g = g->act,
                           .g_star = g_star->act,
                           .student = g,
                           .teacher = g_star};
    size_t squares = is_square(g->act) && is_square(g_star->act) ? 4 * P * P : 0;
    w->block = calloc(2 * size + 10 * P + squares, sizeof *w->block);
    w->act = calloc(P, sizeof *w->act);
    bool good = w->block && w->act;
    if (g->act <= OV_ACT_ERF && g_star->act <= OV_ACT_ERF)
        good = good && ov_gauss_erf_create(&w->erf, K, M, g->act, g_star->act) == OV_OK;
    if (is_kinked(g->act, g_star->act))
        good = good && ov_gauss_relu_create(&w->relu, P) == OV_OK;
    if (ov_gauss_sigmoids_serve(g, g_star))
        good = good && ov_gauss_sigmoids_create(&w->sigmoids, w) == OV_OK;
    if (is_smooth(g, g_star))
        good = good && ov_gauss_smooth_create(&w->smooth, w) == OV_OK;
    if (g->act == OV_ACT_GENERIC && has_kink(g_star->act))
        good = good && ov_gauss_half_lines_create(&w->half_lines, g) == OV_OK;
    if (has_kink(g->act) && g_star->act == OV_ACT_GENERIC)
        good = good && ov_gauss_half_lines_create(&w->half_lines, g_star) == OV_OK;
    if (!good) {
        ov_gauss_free(w);
        *out = NULL;
        return OV_ENOMEM;
    }
    if (w->smooth)
        ov_gauss_smooth_set_tol(w, OV_GAUSS_TOL);
    w->C1 = w->block;
    w->C2 = w->C1 + size;
    w->row = w->C2 + size;
    w->q = w->row + P;
    w->work = w->q + P;
    w->square = w->work + 8 * P;
    for (size_t a = 0; a < P; a++)
        w->act[a] = a < M ? g_star : g;
    return OV_OK;
}

void ov_gauss_free(struct ov_gauss *w)
{
    if (!w)
        return;
    ov_gauss_erf_free(w->erf);
    ov_gauss_relu_free(w->relu);
    ov_gauss_sigmoids_free(w->sigmoids);
    ov_gauss_smooth_free(w->smooth);
    ov_gauss_half_lines_free(w->half_lines);
    free(w->dG);
    free(w->act);
    free(w->block);
    free(w);
}

void ov_gauss_contract(double *G, double *Nz, struct ov_gauss *w, const double *C, const double *s,
                       double sigma)
{
    if (w->erf)
        ov_gauss_erf_contract(G, Nz, w->erf, C, s, sigma);
    else
        way_of(w).contract(G, Nz, w, C, s, sigma);
}

void ov_gauss_slopes(double *D, double *Nz, struct ov_gauss *w, const double *C, const double *s,
                     double sigma)
{
    way_of(w).slopes(D, w, C, s);
    if (Nz)
        ov_gauss_contract(NULL, Nz, w, C, s, sigma);
}

bool ov_gauss_is_analytic(const struct ov_activation *g, const struct ov_activation *g_star)
{
    return (g->act <= OV_ACT_ERF && g_star->act <= OV_ACT_ERF) ||
           (is_square(g->act) && is_square(g_star->act)) || ov_gauss_sigmoids_serve(g, g_star);
}

bool ov_gauss_has_derivatives(const struct ov_activation *g, const struct ov_activation *g_star)
{
    enum ov_act a = g->act, b = g_star->act;
    return (a <= OV_ACT_ERF && b <= OV_ACT_ERF) || is_kinked(a, b) ||
           (is_square(a) && is_square(b)) || is_smooth(g, g_star);
}

void ov_gauss_derivatives(double *dG, double *dNz, struct ov_gauss *w, const double *C,
                          const double *s, double sigma)
{
    if (w->erf)
        ov_gauss_erf_derivatives(dG, dNz, w->erf, C, s, sigma);
    else if (w->relu && (w->g != OV_ACT_RELU || w->g_star != OV_ACT_RELU))
        ov_gauss_kinks_derivatives(dG, dNz, w, C, s, sigma);
    else if (w->relu)
        ov_gauss_relu_derivatives(dG, dNz, w, C, s, sigma);
    else if (w->smooth)
        ov_gauss_smooth_derivatives(dG, dNz, w, C, s, sigma);
    else
        ov_gauss_quadratic_derivatives(dG, dNz, w, C, s, sigma);
}

void ov_gauss_slopes_derivatives(double *dD, double *dNz, struct ov_gauss *w, const double *C,
                                 const double *s, double sigma)
{
    if (w->erf)
        ov_gauss_erf_slopes_derivatives(dD, w, C, s);
    else if (w->relu)
        ov_gauss_kinks_slopes_derivatives(dD, w, C, s);
    else if (w->smooth)
        ov_gauss_smooth_slopes_derivatives(dD, w, C, s);
    else
        ov_gauss_quadratic_slopes_derivatives(dD, w, C, s);
    if (dNz)
        ov_gauss_derivatives(NULL, dNz, w, C, s, sigma);
}

void ov_gauss_I2(double *I2, struct ov_gauss *w, const double *C, const double *s, size_t a)
{
    if (w->smooth)
        ov_gauss_smooth_I2(I2, NULL, w, C, s, a);
    for (size_t c = 0; !w->smooth && c < w->P; c++)
        I2[c] =
            ov_I2(w->act[a], w->act[c], C[ov_sym_at(a, a)], C[ov_sym_at(a, c)], C[ov_sym_at(c, c)]);
}

void ov_gauss_set_tol(struct ov_gauss *w, double tol)
{
    w->sums = tol >= OV_SIGMOIDS_TOL;
    if (w->smooth)
        ov_gauss_smooth_set_tol(w, tol);
}

bool ov_gauss_takes_tol(const struct ov_activation *g, const struct ov_activation *g_star)
{
    return is_smooth(g, g_star);
}

static const char *method_of_quadrature(enum ov_act student, enum ov_act teacher)
{
    if (student <= OV_ACT_ERF)
        return "closed form in the student, trapezoidal rule in the teacher, error < 1e-9";
    if (has_kink(student))
        return "quadrature in sectors, error < 1e-6 (1e-3 where three students lie in a plane)";
    if (has_kink(teacher))
        return "quadrature in sectors and bilinear expansion, error < 1e-6 (1e-5 at variance 4)";
    return "quadrature over two fields and Taylor expansion in the covariances given these, error "
           "< 1e-8 at variances of one (relative 1e-4 with x^4)";
}

const char *ov_gauss_method(const struct ov_activation *g, const struct ov_activation *g_star)
{
    enum ov_act student = g->act, teacher = g_star->act;
    if (ov_gauss_sigmoids_serve(g, g_star))
        return "sums of erf units, closed form, error < 1e-7 at variances of one";
    bool family = g->family != OV_FAMILY_NONE && g->family == g_star->family;
    if (!family && (student == OV_ACT_GENERIC || teacher == OV_ACT_GENERIC))
        return method_of_quadrature(student, teacher);
    if (student == OV_ACT_RELU && teacher == OV_ACT_RELU)
        return "closed form and a 1-D quadrature (orthant probability), error < 1e-11";
    return has_kink(student) && (has_kink(teacher) || teacher == OV_ACT_ERF)
               ? "closed form and a 1-D quadrature (orthant probability), error < 1e-8"
               : "closed form";
}

const char *ov_gauss_method_to(const struct ov_activation *g, const struct ov_activation *g_star,
                               double tol)
{
    bool sums = ov_gauss_sigmoids_serve(g, g_star) && tol >= OV_SIGMOIDS_TOL;
    if (sums || !is_smooth(g, g_star))
        return ov_gauss_method(g, g_star);
    return "quadrature over two fields and Taylor expansion in the covariances given these, error "
           "of the order of averages_tol at variances of one (x^4: relative 1e-4 or more)";
}
