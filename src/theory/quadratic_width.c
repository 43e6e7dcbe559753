/* SPDX-License-Identifier: MIT
 *
 * The long-time limits at which the width binds: the cut is the quantile omega(xi), N = kappa, and
 * the integrals depend on xi alone. With int_below … = s2, hs, h (theory/free_convolution.h),
 *     2 alpha   = s2 - 4 hs + 1 + Delta/(2 xi) + 4 h t + kappa t^2     -> two branches t(xi)
 *     2 alpha c = s2 - 2 hs + Delta/(2 xi) + 2 h t + kappa t^2
 * and a root is a zero of c - lambda/q in ln xi, where 0 < t < omega. The integrals are tabulated
 * on a grid once for all alpha; zeros are then found to rounding on the functions themselves.
 */
#include <math.h>

#include "quadratic_internal.h"

/* ---- one branch ---- */

static const double small_t = 1e-3, large_c = 1e-2;

struct limited {
    const struct ov_quadratic *p;
    double alpha, sign;
    bool penniless; /* the branch t = 0 of lambda -> 0+: its zero is in alpha, not in c */
    double t, Ac;   /* of the last call */
    struct ov_quadratic_width w;
};

/* t on this branch. Negative or above omega: not there. NAN: alpha is out of reach. */
static double branch_t(const struct limited *x, double noise)
{
    const struct ov_quadratic_width *w = &x->w;
    double rest = w->s2 - 4.0 * w->hs + 1.0 + noise - 2.0 * x->alpha;
    double half = -2.0 * w->h, disc = half * half - x->p->kappa * rest;
    if (!(disc >= 0.0))
        return NAN;
    double far = half + copysign(sqrt(disc), half); /* no cancellation */
    bool larger = (x->sign > 0.0) == (far > 0.0);
    return larger ? far / x->p->kappa : rest / far;
}

/* c - lambda/q, NAN where the branch is not. */
static double value_at(struct limited *x)
{
    const struct ov_quadratic_width *w = &x->w;
    double noise = x->w.noise, k = x->p->kappa;
    x->t = x->penniless ? 0.0 : branch_t(x, noise);
    if (!(x->t <= w->omega && (x->penniless || x->t > 0.0)))
        return NAN;
    x->Ac = w->s2 - 2.0 * w->hs + noise + x->t * (2.0 * w->h + x->t * k);
    if (x->penniless)
        return x->Ac + (1.0 - 2.0 * w->hs) - 2.0 * x->alpha;
    return x->Ac / (2.0 * x->alpha) - x->p->lambda / (x->t * x->w.unit);
}

static double value(double ln_xi, void *ctx)
{
    struct limited *x = ctx;
    if (ov_quadratic_width_at(&x->w, x->p, ln_xi, NULL) != OV_OK)
        return NAN;
    return value_at(x);
}

static double on_grid(struct limited *x, const struct ov_quadratic_grid *g, size_t i, double *ln_xi)
{
    *ln_xi = g->lo + g->step * (double)i;
    x->w = g->at[i];
    return value_at(x);
}

/* Appends the root with x's w, t and Ac. */
static enum ov_status keep(struct ov_quadratic_point *point, size_t *n, const struct limited *x,
                           double ln_xi, struct ov_error *err)
{
    if (*n == OV_QUADRATIC_MOST)
        return ov_fail(err, OV_ENUMERIC, "more than %d roots at alpha = %g", OV_QUADRATIC_MOST,
                       x->alpha);
    struct ov_quadratic_state s = {.xi = exp(ln_xi), .t = x->t, .cut = x->w.omega};
    s.N = x->p->kappa;
    s.noise = x->w.noise;
    s.s1 = x->w.s1;
    s.div = 0.5 - x->w.hs + x->t * x->w.h;
    s.Ac = x->Ac;
    s.A = s.Ac + 2.0 * s.div;
    ov_quadratic_fill(point + *n, &s, x->p->Delta, x->alpha, x->p->lambda, true);
    *n += 1;
    return OV_OK;
}

/* t = lambda/(c sqrt(xi)) by iteration from x->t: where t is small, (2) has it as a difference of
 * numbers of order 1, but c hardly depends on it. */
static void t_of_c(struct limited *x)
{
    const struct ov_quadratic_width *w = &x->w;
    double rest = w->s2 - 2.0 * w->hs + x->w.noise;
    for (int turn = 0; turn <= 8; turn++) {
        x->Ac = rest + x->t * (2.0 * w->h + x->t * x->p->kappa);
        if (turn < 8)
            x->t = 2.0 * x->alpha * x->p->lambda / (x->Ac * x->w.unit);
    }
}

static enum ov_status found(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                            double ln_xi, struct ov_error *err)
{
    double again = value(ln_xi, x);
    if (isnan(again) || (x->penniless && x->Ac < 0.0))
        return OV_OK;                                              /* c < 0: no root */
    double dAc = 2.0 * x->t * (fabs(x->w.h) + x->p->kappa * x->t); /* dAc/d ln t, at most */
    if (x->p->lambda > 0.0 && dAc < 0.1 * x->Ac && x->Ac > large_c * 2.0 * x->alpha)
        t_of_c(x);
    return keep(point, n, x, ln_xi, err);
}

/* A zero in [a, b], where f is fa, fb: one where the sign changes. */
static enum ov_status between(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                              double a, double b, double fa, double fb, struct ov_error *err)
{
    if ((fa < 0.0) == (fb < 0.0))
        return OV_OK;
    double at = fa == 0.0 ? a : ov_quadratic_zero(value, x, a, b, fa, fb);
    return isnan(at) ? OV_OK : found(point, n, x, at, err);
}

/* |f| is least at the middle of three points of one sign: follow it down, and see whether it
 * passes 0. */
static enum ov_status touch(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                            const double at[3], const double f[3], struct ov_error *err)
{
    double sign = f[1] < 0.0 ? -1.0 : 1.0, a = at[0], b = at[2], mid = at[1], least = sign * f[1];
    if (!(sign * f[0] > least && sign * f[2] > least && sign * f[0] > 0.0 && sign * f[2] > 0.0))
        return OV_OK;
    /* the parabola through the three has its vertex far above 0 */
    double bend = sign * (f[0] - 2.0 * f[1] + f[2]), slope = 0.5 * sign * (f[2] - f[0]);
    if (least - 0.5 * slope * slope / bend > 0.3 * least)
        return OV_OK;
    for (int turn = 0; turn < 60 && least > 0.0 && b - a > 1e-9; turn++) {
        bool right = b - mid > mid - a;
        double to = mid + 0.38 * (right ? b - mid : a - mid), v = sign * value(to, x);
        if (v < least) {
            *(right ? &a : &b) = mid;
            mid = to;
            least = v;
        } else {
            *(right ? &b : &a) = to; /* NAN too */
        }
    }
    if (least > 0.0)
        return OV_OK;
    enum ov_status status = between(point, n, x, at[0], mid, f[0], sign * least, err);
    return status == OV_OK ? between(point, n, x, mid, at[2], sign * least, f[2], err) : status;
}

/* ---- where branches begin and end ---- */

/* Zero where a branch has t = 0 (which 0), t = omega (1), or the two meet (2): smooth in ln xi. */
struct ends {
    struct limited *x;
    int which;
};

static double end_value(const struct limited *x, int which)
{
    const struct ov_quadratic_width *w = &x->w;
    double k = x->p->kappa;
    double rest = w->s2 - 4.0 * w->hs + 1.0 + x->w.noise - 2.0 * x->alpha;
    if (which == 0)
        return rest;
    return which == 1 ? rest + w->omega * (4.0 * w->h + k * w->omega)
                      : 4.0 * w->h * w->h - k * rest;
}

static double end_at(double ln_xi, void *ctx)
{
    struct ends *e = ctx;
    if (ov_quadratic_width_at(&e->x->w, e->x->p, ln_xi, NULL) != OV_OK)
        return NAN;
    return end_value(e->x, e->which);
}

/* The points in cell i at which the branches change, between the cell's own ends. */
static size_t cuts_of(double cut[5], struct limited *x, const struct ov_quadratic_grid *g, size_t i)
{
    double lo = g->lo + g->step * (double)i, hi = lo + g->step;
    size_t n = 0;
    cut[n++] = lo;
    for (int which = 0; which < 3 && !x->penniless; which++) {
        struct ends e = {x, which};
        x->w = g->at[i];
        double f_lo = end_value(x, which);
        x->w = g->at[i + 1];
        double f_hi = end_value(x, which);
        if ((f_lo < 0.0) == (f_hi < 0.0))
            continue;
        double at = ov_quadratic_zero(end_at, &e, lo, hi, f_lo, f_hi);
        size_t j = n++;
        for (; j > 1 && cut[j - 1] > at; j--)
            cut[j] = cut[j - 1];
        cut[j] = at;
    }
    cut[n++] = hi;
    return n;
}

/* (2) with t of c, of x->w and of a given ln xi. */
static double with_t_of_c(struct limited *x)
{
    x->t = 0.0;
    t_of_c(x);
    return end_value(x, 0) + x->t * (4.0 * x->w.h + x->p->kappa * x->t);
}

static double alpha_of_c(double ln_xi, void *ctx)
{
    struct limited *x = ctx;
    return ov_quadratic_width_at(&x->w, x->p, ln_xi, NULL) == OV_OK ? with_t_of_c(x) : NAN;
}

/* Roots of small t, which lie so near to t = 0 or on so short a piece that the branches miss them.
 * */
static enum ov_status along_small(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                                  const struct ov_quadratic_grid *g, struct ov_error *err)
{
    enum ov_status status = OV_OK;
    double before = NAN;
    for (size_t i = 0; i < g->n && status == OV_OK; i++) {
        double ln_xi = g->lo + g->step * (double)i;
        x->w = g->at[i];
        double f = with_t_of_c(x);
        if (!(x->Ac > 0.0 && x->t < 0.1))
            f = NAN;
        if (f * before < 0.0) {
            double at = ov_quadratic_zero(alpha_of_c, x, ln_xi - g->step, ln_xi, before, f);
            double off = alpha_of_c(at, x), c = x->Ac / (2.0 * x->alpha);
            double t = x->p->lambda / (c * x->w.unit);
            if (fabs(off) < 1e-9 * x->alpha && c > large_c && c <= 1.0 &&
                fabs(t - x->t) < 1e-12 * t && t < small_t && t <= x->w.omega)
                status = keep(point, n, x, at, err);
        }
        before = f;
    }
    return status;
}

/* c - lambda/q across the place where the branches meet: u = sqrt of the discriminant, negative on
 * the lower branch, with ln xi = end + u^2 (rate linear in ln xi, over an inset). */
struct join {
    struct limited *x;
    double end, inset, most;
};

static double across(double u, void *ctx)
{
    const struct join *j = ctx;
    struct limited *x = j->x;
    double ln_xi = j->end + j->inset * (u / j->most) * (u / j->most), k = x->p->kappa;
    if (ov_quadratic_width_at(&x->w, x->p, ln_xi, NULL) != OV_OK)
        return NAN;
    x->t = (u - 2.0 * x->w.h) / k;
    x->Ac = x->w.s2 - 2.0 * x->w.hs + x->w.noise + x->t * (2.0 * x->w.h + x->t * k);
    return x->Ac / (2.0 * x->alpha) - x->p->lambda / (x->t * x->w.unit);
}

/* A root within the inset of such a place, asked once, on the upper branch. */
static enum ov_status near_join(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                                double end, double inset, struct ov_error *err)
{
    struct join j = {x, end, inset, NAN};
    if (x->sign < 0.0 || x->penniless || isnan(value(end + inset, x)))
        return OV_OK;
    j.most = sqrt(fmax(0.0, end_value(x, 2)));
    if (!(j.most < 1e-2 * fabs(x->w.h)) || !(j.most > 0.0))
        return OV_OK; /* another kind of end */
    double f_lo = across(-j.most, &j), f_hi = across(j.most, &j);
    if (!(f_lo * f_hi < 0.0))
        return OV_OK;
    double u = ov_quadratic_zero(across, &j, -j.most, j.most, f_lo, f_hi);
    if (isnan(u) || isnan(across(u, &j)) || x->t > x->w.omega)
        return OV_OK;
    return keep(point, n, x, end + inset * (u / j.most) * (u / j.most), err);
}

/* One piece, on all of which the branch is or is not. */
static enum ov_status piece(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                            double lo, double hi, struct ov_error *err)
{
    double inset = 1e-7 * (hi - lo), mid = 0.5 * (lo + hi), f_mid = value(mid, x);
    if (isnan(f_mid) || !(hi - inset > lo + inset))
        return OV_OK;
    enum ov_status status = near_join(point, n, x, lo, inset, err);
    if (status == OV_OK)
        status = near_join(point, n, x, hi, -inset, err);
    double f_lo = status == OV_OK ? value(lo + inset, x) : NAN;
    if (!isnan(f_lo))
        status = between(point, n, x, lo + inset, mid, f_lo, f_mid, err);
    double f_hi = status == OV_OK ? value(hi - inset, x) : NAN;
    if (!isnan(f_hi))
        status = between(point, n, x, mid, hi - inset, f_mid, f_hi, err);
    return status;
}

static enum ov_status along(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                            const struct ov_quadratic_grid *g, struct ov_error *err)
{
    double at[3] = {NAN, NAN, NAN}, f[3] = {NAN, NAN, NAN}, cut[5];
    enum ov_status status = OV_OK;
    for (size_t i = 0; i < g->n && status == OV_OK; i++) {
        at[0] = at[1], f[0] = f[1];
        at[1] = at[2], f[1] = f[2];
        f[2] = on_grid(x, g, i, at + 2);
        if (i == 0)
            continue;
        size_t n_cut = cuts_of(cut, x, g, i - 1);
        if (n_cut == 2 && !isnan(f[1]) && !isnan(f[2]))
            status = between(point, n, x, at[1], at[2], f[1], f[2], err);
        for (size_t j = 1; n_cut > 2 && j < n_cut && status == OV_OK; j++)
            status = piece(point, n, x, cut[j - 1], cut[j], err);
        if (status == OV_OK)
            status = touch(point, n, x, at, f, err);
    }
    return status;
}

/* lambda -> 0+ with Delta = 0, the teacher: xi = 0, cut and t as of the noise bulk. */
static enum ov_status recovered(struct ov_quadratic_point *point, size_t *n, struct limited *x,
                                struct ov_error *err)
{
    struct ov_free_convolution f;
    const struct ov_quadratic *p = x->p;
    double omega = 0.0, k = p->kappa_star;
    if (k >= 1.0 || p->kappa < k)
        return OV_OK;
    enum ov_status status = ov_free_convolution_init(&f, k, 0.0, err);
    if (status == OV_OK)
        status = ov_quadratic_omega(&omega, &f, p->kappa, err);
    if (status != OV_OK)
        return status;
    struct ov_quadratic_state s = ov_quadratic_at(&f, 0.0, omega, 0.0);
    x->w = (struct ov_quadratic_width){
        omega, s.s1, s.A + 4.0 * (0.5 - s.div) - 1.0, 0.5 - s.div, s.h, 0.0, 0.0};
    x->t = branch_t(x, 0.0);
    if (!(x->t > 0.0 && x->t <= omega) || *n == OV_QUADRATIC_MOST)
        return OV_OK;
    s = ov_quadratic_at(&f, x->t, omega, 0.0);
    if (s.Ac < 0.0)
        return OV_OK;
    ov_quadratic_fill(point + *n, &s, 0.0, x->alpha, 0.0, true);
    *n += 1;
    return OV_OK;
}

enum ov_status ov_quadratic_limited(struct ov_quadratic_point *point, size_t *n,
                                    const struct ov_quadratic_grid *g, double alpha,
                                    struct ov_error *err)
{
    enum ov_status status = OV_OK;
    for (int sign = -1; sign <= 1 && status == OV_OK; sign += 2) {
        struct limited x = {.p = g->p, .alpha = alpha, .sign = sign};
        status = along(point, n, &x, g, err);
        if (status == OV_OK && g->p->lambda == 0.0 && g->p->Delta == 0.0)
            status = recovered(point, n, &x, err);
    }
    struct limited x = {.p = g->p, .alpha = alpha, .penniless = g->p->lambda == 0.0};
    if (status == OV_OK)
        status = x.penniless ? along(point, n, &x, g, err) : along_small(point, n, &x, g, err);
    return status;
}
