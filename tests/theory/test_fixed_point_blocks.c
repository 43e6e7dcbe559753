/* SPDX-License-Identifier: MIT
 *
 * Fixed points of inputs in blocks: what of a spectrum they depend on, and the escape from the plateau in
 * closed form.
 */
#include "overlap/model/eps_g.h"
#include "overlap/theory/fixed_point.h"
#include "overlap/theory/jacobian.h"
#include "online_internal.h"
#include "theory/blocks.h"

/* Spectra and where the teacher lies; numbers of blocks 1, 1, 2, 2, 3, 3. rhobar is no 1. */
enum { SPECTRA = 6 };

struct spectrum {
    size_t L;
    double rho[3], f[3], t[3]; /* T^(l) = t I */
};

static const struct spectrum spectra[SPECTRA] = {
    {1, {1.0}, {1.0}, {1.0}},
    {1, {2.7}, {1.0}, {1.0 / 2.7}},
    {2, {2.5, 0.5}, {0.25, 0.75}, {0.2, 1.0}},
    {2, {5.0, 0.1}, {0.1, 0.9}, {0.0, 10.0}},
    {3, {4.0, 1.2, 0.4}, {0.1, 0.3, 0.6}, {0.1, 0.3, 0.6}},
    {3, {9.0, 2.0, 0.3}, {0.05, 0.25, 0.7}, {1.0 / 9.0, 0.0, 0.0}}};

static double mean(const struct spectrum *s)
{
    double sum = 0.0;
    for (size_t l = 0; l < s->L; l++)
        sum += s->f[l] * s->rho[l];
    return sum;
}

/* A perfect student of an orthogonal teacher whose fields have variance 1. */
static struct blocks_case perfect(const struct spectrum *s, size_t M)
{
    struct blocks_case c = blocks_case(s->L, M, M, OV_ACT_ERF, OV_ACT_ERF);
    double variance = 0.0;
    for (size_t l = 0; l < s->L; l++)
        variance += s->rho[l] * s->t[l];
    for (size_t l = 0; l < s->L; l++) {
        double T[6] = {0.0}, R[9] = {0.0};
        for (size_t m = 0; m < M; m++)
            T[ov_sym_at(m, m)] = R[m * M + m] = s->t[l] / variance;
        set_block(&c, l, s->rho[l], s->f[l], T, R, T);
    }
    return c;
}

/* eta_max rhobar is that of isotropic inputs, paper.md eq:eta_max. */
START_TEST(eta_max_knows_the_mean_only)
{
    static const double isotropic[] = {4.05578, 2.30683};
    for (size_t M = 1; M <= 2; M++) {
        struct blocks_case c = perfect(&spectra[_i], M);
        double eta_max, first;
        ck_ok(ov_eta_max(&eta_max, &c.p, &c.start, NULL));
        ck_agree(isotropic[M - 1], eta_max * mean(&spectra[_i]), 3e-6, 0.0);
        first = eta_max;
        c.p.blocks->noise[0] *= 1.1; /* and it goes red: more noise in one block */
        ck_ok(ov_eta_max(&eta_max, &c.p, &c.start, NULL));
        ck_assert_msg(eta_max < first * (1.0 - 1e-3), "%g, %g", eta_max, first);
        release(&c);
    }
}
END_TEST

/* The noise floor, K = M = 2, sigma = 0.01: eps_g/(rhobar eta sigma^2 <h>/4) = 1.044978, 1.008681 at
 * rhobar eta = 0.1, 0.02; <h>/4 = 1/(2 pi) M/sqrt 3 of eq:stationary. */
START_TEST(floor_knows_the_mean_only)
{
    static const double eta[] = {0.1, 0.02}, above[] = {1.044978, 1.008681};
    for (size_t n = 0; n < 2; n++) {
        struct blocks_case c = perfect(&spectra[_i], 2);
        struct ov_fixed_point found;
        struct ov_error err = {0};
        c.p.sigma = 0.01;
        c.p.eta_w = eta[n] / mean(&spectra[_i]);
        enum ov_status status = ov_fixed_point(&found, &c.start, &c.p, &err);
        ck_assert_msg(status == OV_OK, "%s", err.text);
        double first_order = eta[n] * 1e-4 / (2.0 * M_PI) * 2.0 / sqrt(3.0);
        ck_agree(above[n], found.eps_g / first_order, 1e-6, 0.0);
        ck_assert_int_eq(found.kind, OV_FIXED_STABLE);
        /* it is where a run ends */
        double dy[64];
        struct ov_online *o;
        ck_ok(ov_online_create(&o, &c.p, &c.start));
        ov_online_rhs(dy, o, c.start.block);
        for (size_t i = 0; i < ov_overlaps_moving_blocks(c.start.L, 2, 2); i++)
            ck_agree(0.0, dy[i], 0.0, 1e-12);
        ov_online_free(o);
        release(&c);
    }
}
END_TEST

/* ---- the way out of the symmetric plateau ---- */

/* Field variance t of an orthogonal teacher: w_k = b sum_m w*_m in every block, with the same b as for
 * isotropic inputs. */
static double plateau_b_squared(double M, double t)
{
    double a = M * M * (M * t * (1.0 + t) - t * t), half = 0.5 * (M * M * (1.0 + t) - 2.0 * M * t);
    return (sqrt(half * half + a) - half) / a;
}

/* lambda/eta = (2/pi) R det^(-3/2) sum_l rho_l^2 t_l, det = (1 + Q)(1 + t) - R^2. */
static double escape(const struct spectrum *s, double M, double t, double scale)
{
    double b = sqrt(plateau_b_squared(M, t)), R = b * t, Q = b * b * M * t, sum = 0.0;
    for (size_t l = 0; l < s->L; l++)
        sum += s->rho[l] * s->rho[l] * s->t[l] * scale;
    return 2.0 / M_PI * R * pow((1.0 + Q) * (1.0 + t) - R * R, -1.5) * sum;
}

/* Growth of deviations that stay in the teacher's span, R_km and with it Q: along dw_1 = -dw_2 = d
 * (w*_1 - w*_2), where the equations of motion in the limit of small eta are linear with the rate above;
 * what is left perpendicular to the span (Q_kk - Q_kj alone) is marginal. The growth of the whole
 * Jacobian is theirs. */
START_TEST(escape_in_closed_form)
{
    for (size_t M = 2; M <= 3; M++)
        for (double t = 0.3; t < 4.0; t *= sqrt(10.0)) {
            struct blocks_case c = perfect(&spectra[_i], M);
            double variance = 0.0, b = sqrt(plateau_b_squared((double)M, t));
            for (size_t l = 0; l < c.start.L; l++)
                variance += spectra[_i].rho[l] * spectra[_i].t[l];
            double scale = t / variance;
            for (size_t l = 0; l < c.start.L; l++) {
                double t_l = spectra[_i].t[l] * scale;
                for (size_t m = 0; m < M; m++)
                    c.start.T[l * ov_sym_size(M) + ov_sym_at(m, m)] = t_l;
                for (size_t i = 0; i < M * M; i++)
                    c.start.R[l * M * M + i] = b * t_l;
                for (size_t i = 0; i < ov_sym_size(M); i++)
                    c.start.Q[l * ov_sym_size(M) + i] = b * b * (double)M * t_l;
            }
            c.p.gradient_flow = true, c.p.eta_w = 1.0;
            struct ov_online *o;
            ck_ok(ov_online_create(&o, &c.p, &c.start));
            size_t n = ov_online_integrated(&c.p);
            double *J = calloc(n * n + 3 * n + M, sizeof *J), *dy = J + n * n + 2 * n;
            ov_online_rhs(dy, o, c.start.block); /* it is at rest there */
            for (size_t i = 0; i < n; i++)
                ck_agree(0.0, dy[i], 0.0, 1e-13);
            ck_assert_int_eq(ov_online_jacobian(J, o, c.start.block), 0);
            double growth = ov_jacobian_growth(J, n, J + n * n);
            ck_agree(escape(&spectra[_i], (double)M, t, scale), growth, 1e-7, 0.0);
            free(J);
            ov_online_free(o);
            release(&c);
        }
}
END_TEST

static void add_tests(Suite *s)
{
    TCase *c = tcase_create("spectra");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, eta_max_knows_the_mean_only, 0, SPECTRA);
    tcase_add_loop_test(c, escape_in_closed_form, 0, SPECTRA);
    tcase_add_loop_test(c, floor_knows_the_mean_only, 0, SPECTRA);
    suite_add_tcase(s, c);
}

OV_TEST_MAIN("theory/fixed_point_blocks");
