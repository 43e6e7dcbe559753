/* SPDX-License-Identifier: MIT
 *
 * One draw of features and teacher, and the risk of every last layer on it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/random_features.h"
#include "overlap/model/start.h"
#include "overlap/num/dot.h"
#include "overlap/num/normal.h"

enum { MOST_FEATURES = 100000 }; /* F has K^2 entries */

void ov_rf_instance_free(struct ov_rf_instance *x)
{
    if (!x)
        return;
    free(x->J);
    free(x->w_star);
    free(x->w0);
    free(x->F);
    free(x->b);
    memset(x, 0, sizeof *x);
}

static enum ov_status allocate(struct ov_rf_instance *x, const struct ov_rf_problem *p)
{
    size_t N = p->N, K = p->K, M = p->M;
    *x = (struct ov_rf_instance){.N = N, .K = K, .M = M};
    x->J = calloc(N, K * sizeof *x->J);
    x->w_star = calloc(N, M * sizeof *x->w_star);
    x->w0 = calloc(K, sizeof *x->w0);
    x->F = calloc(K, K * sizeof *x->F);
    x->b = calloc(K, sizeof *x->b);
    return x->J && x->w_star && x->w0 && x->F && x->b ? OV_OK : OV_ENOMEM;
}

static void draw_features(struct ov_rf_instance *x, const struct ov_rf_problem *p, uint64_t key)
{
    size_t N = x->N, K = x->K;
    ov_normal_fill(x->J, K * N, &(struct ov_philox){key, OV_STREAM_STUDENT}, 0);
    for (size_t k = 0; k < K && p->sphere; k++) {
        double *J_k = x->J + k * N, scale = sqrt((double)N / ov_dot(J_k, J_k, N));
        for (size_t i = 0; i < N; i++)
            J_k[i] *= scale;
    }
    ov_normal_fill(x->w0, K, &(struct ov_philox){key, OV_STREAM_SECOND_LAYER}, 0);
    for (size_t k = 0; k < K; k++)
        x->w0[k] *= p->init_std / sqrt((double)K);
}

/* The teacher of a two-layer problem with the same key: one student unit comes along unused. */
static enum ov_status draw_teacher(struct ov_rf_instance *x, const struct ov_rf_problem *p,
                                   uint64_t key, struct ov_error *err)
{
    struct ov_problem two_layer = {.N = p->N,
                                   .K = 1,
                                   .M = p->M,
                                   .g = p->g,
                                   .g_star = p->g_star,
                                   .teacher = p->teacher,
                                   .T = p->T,
                                   .v_star = p->v_star,
                                   .start = OV_START_RANDOM,
                                   .std = 1.0};
    double v, *w = calloc(p->N, sizeof *w);
    if (!w)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = ov_start_weights(w, x->w_star, &v, &two_layer, key, err);
    free(w);
    return status;
}

static double overlap(const double *a, const double *b, size_t N)
{
    return ov_dot(a, b, N) / (double)N;
}

/* paper.md eq:rf_risk. */
static enum ov_status measure(struct ov_rf_instance *x, const struct ov_rf_problem *p)
{
    size_t N = x->N, K = x->K, M = x->M;
    const double *J = x->J, *w_star = x->w_star;
    double *own = calloc(K + M, sizeof *own), *T = own ? own + K : NULL; /* Q_kk and T_mm */
    if (!own)
        return OV_ENOMEM;
    for (size_t k = 0; k < K; k++)
        own[k] = overlap(J + k * N, J + k * N, N);
    for (size_t m = 0; m < M; m++)
        T[m] = overlap(w_star + m * N, w_star + m * N, N);
    for (size_t k = 0; k < K; k++) {
        for (size_t l = 0; l <= k; l++) {
            double Q_kl = k == l ? own[k] : overlap(J + k * N, J + l * N, N);
            x->F[k * K + l] = x->F[l * K + k] = ov_I2(p->g, p->g, own[k], Q_kl, own[l]);
        }
        for (size_t m = 0; m < M; m++) {
            double R_km = overlap(J + k * N, w_star + m * N, N);
            x->b[k] += p->v_star[m] * ov_I2(p->g, p->g_star, own[k], R_km, T[m]);
        }
    }
    for (size_t m = 0; m < M; m++)
        for (size_t n = 0; n < M; n++) {
            double T_mn = overlap(w_star + m * N, w_star + n * N, N);
            x->tau2 += p->v_star[m] * p->v_star[n] * ov_I2(p->g_star, p->g_star, T[m], T_mn, T[n]);
        }
    free(own);
    return OV_OK;
}

enum ov_status ov_rf_instance_create(struct ov_rf_instance *x, const struct ov_rf_problem *p,
                                     uint64_t key, struct ov_error *err)
{
    memset(x, 0, sizeof *x);
    enum ov_status status = ov_rf_problem_check(p, NULL, err);
    if (status != OV_OK)
        return status;
    if (p->N == 0 || p->K == 0)
        return ov_fail(err, OV_EUSER, "features can't be drawn without N and K");
    if (p->K > MOST_FEATURES)
        return ov_fail(err, OV_EUSER, "K = %zu is more than the %d features that can be drawn",
                       p->K, MOST_FEATURES);
    status = allocate(x, p);
    if (status == OV_OK) {
        draw_features(x, p, key);
        status = draw_teacher(x, p, key, err);
    }
    if (status == OV_OK)
        status = measure(x, p);
    if (status == OV_ENOMEM)
        ov_fail(err, status, "out of memory for K = %zu features in N = %zu", p->K, p->N);
    if (status != OV_OK)
        ov_rf_instance_free(x);
    return status;
}

double ov_rf_eps_g(const struct ov_rf_instance *x, const double *w)
{
    double error = x->tau2;
    for (size_t k = 0; k < x->K; k++)
        error += w[k] * (ov_dot(x->F + k * x->K, w, x->K) - 2.0 * x->b[k]);
    return error < 0.0 ? 0.0 : 0.5 * error;
}
