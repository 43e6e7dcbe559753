/* SPDX-License-Identifier: MIT
 *
 * An instance of a quadratic network: teacher, start, samples, the loss with its gradient. All
 * sums have a fixed order. The samples are read once for both loss and gradient, four rows at a
 * time; with n D numbers this reading is what an evaluation costs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/start.h"
#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "overlap/num/simd.h"
#include "overlap/num/sym.h"
#include "quadratic_internal.h"

#define SQRT2 0x1.6a09e667f3bcdp+0
#define SQRT_HALF 0x1.6a09e667f3bcdp-1

/* Streams of model/start.h are below 16; n samples have their own. */
enum { STREAMS = 16, MOST_SAMPLES = 100000000 };

/* ---- symmetric matrices as vectors ---- */

/* z = W W', W (d,m). */
OV_CLONES static void square(double *restrict z, const double *W, size_t d, size_t m)
{
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < i; j++)
            *z++ = SQRT2 * ov_dot(W + i * m, W + j * m, m);
        *z++ = ov_dot(W + i * m, W + i * m, m);
    }
}

/* M (d,d) = scale times the matrix of g. */
static void unpack(double *M, const double *g, size_t d, double scale)
{
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < i; j++)
            M[i * d + j] = M[j * d + i] = scale * SQRT_HALF * *g++;
        M[i * d + i] = scale * *g++;
    }
}

/* G = M W + 2 lambda W. */
OV_CLONES static void multiply(double *restrict G, const double *M, const double *W, size_t d,
                               size_t m, double lambda)
{
    for (size_t i = 0; i < d; i++) {
        double *restrict out = G + i * m;
        const double *row = M + i * d;
        size_t j = 0;
        for (size_t c = 0; c < m; c++)
            out[c] = 2.0 * lambda * W[i * m + c];
        for (; j + 4 <= d; j += 4) {
            const double *a = W + j * m, *b = a + m, *e = b + m, *f = e + m;
            for (size_t c = 0; c < m; c++)
                out[c] +=
                    (row[j] * a[c] + row[j + 1] * b[c]) + (row[j + 2] * e[c] + row[j + 3] * f[c]);
        }
        for (; j < d; j++)
            for (size_t c = 0; c < m; c++)
                out[c] += row[j] * W[j * m + c];
    }
}

/* r = Phi z - y and g = Phi' r. */
OV_CLONES static void samples(double *restrict g, double *restrict r, const double *Phi,
                              const double *y, const double *z, size_t n, size_t D)
{
    size_t k = 0;
    memset(g, 0, D * sizeof *g);
    for (; k + 4 <= n; k += 4, Phi += 4 * D) {
        for (size_t i = 0; i < 4; i++)
            r[k + i] = ov_dot(Phi + i * D, z, D) - y[k + i];
        for (size_t j = 0; j < D; j++)
            g[j] += (r[k] * Phi[j] + r[k + 1] * Phi[D + j]) +
                    (r[k + 2] * Phi[2 * D + j] + r[k + 3] * Phi[3 * D + j]);
    }
    for (; k < n; k++, Phi += D) {
        r[k] = ov_dot(Phi, z, D) - y[k];
        for (size_t j = 0; j < D; j++)
            g[j] += r[k] * Phi[j];
    }
}

/* ---- the instance ---- */

double ov_quadratic_memory(const struct ov_quadratic_network *p)
{
    double d = (double)p->d, D = d * (d + 1.0) / 2.0, n = (double)p->n, m = (double)p->m;
    double history = 32.0 * d * m; /* of L-BFGS; the flow's stages are fewer */
    return 8.0 * (n * (D + 3.0) + 3.0 * D + 6.0 * d * d + d * (m + (double)p->m_star) + history);
}

static enum ov_status check(const struct ov_quadratic_network *p, struct ov_error *err)
{
    if (p->d < 1 || p->m < 1 || p->m_star < 1 || p->n > MOST_SAMPLES)
        return ov_fail(err, OV_EDOM, "d = %zu, m = %zu, m* = %zu, n = %zu: sizes out of range",
                       p->d, p->m, p->m_star, p->n);
    if (p->lambda >= 0.0 && p->Delta >= 0.0 && p->gamma > 0.0 &&
        isfinite(p->lambda + p->Delta + p->gamma))
        return OV_OK;
    return ov_fail(err, OV_EDOM, "lambda = %g, Delta = %g, gamma = %g: out of range", p->lambda,
                   p->Delta, p->gamma);
}

static enum ov_status allocate(struct ov_qn *q)
{
    size_t d = q->p->d, n = q->p->n, D = q->D;
    if (!(ov_quadratic_memory(q->p) < 0x1p62))
        return OV_ENOMEM;
    q->block = calloc(n * (D + 3) + 3 * D + d * d + d * q->p->m, sizeof *q->block);
    if (!q->block)
        return OV_ENOMEM;
    q->Phi = q->block;
    q->y = q->Phi + n * D;
    q->noise = q->y + n;
    q->r = q->noise + n;
    q->z_star = q->r + n;
    q->z = q->z_star + D;
    q->grad = q->z + D;
    q->M = q->grad + D;
    q->W = q->M + d * d;
    return OV_OK;
}

static void draw(double *z, size_t n, double std, uint64_t key, uint32_t stream)
{
    ov_normal_fill(z, n, &(struct ov_philox){key, stream}, 0);
    for (size_t i = 0; i < n; i++)
        z[i] *= std;
}

/* Row k of Phi: from the GOE D numbers N(0, 2/d), or from one x. */
static void draw_sample(double *phi, double *x, const struct ov_qn *q, const struct ov_philox *g,
                        size_t k)
{
    size_t d = q->p->d;
    bool goe = q->p->sensing == OV_SENSING_GOE;
    size_t size = goe ? q->D : d;
    double scale = 1.0 / sqrt((double)d);
    ov_normal_fill(goe ? phi : x, size, g, k * ov_normal_blocks(size));
    if (goe)
        for (size_t j = 0; j < q->D; j++)
            phi[j] *= SQRT2 * scale;
    for (size_t i = 0; !goe && i < d; i++) {
        for (size_t j = 0; j < i; j++)
            *phi++ = SQRT2 * scale * x[i] * x[j];
        *phi++ = scale * (x[i] * x[i] - 1.0);
    }
}

static enum ov_status draw_samples(struct ov_qn *q, uint64_t key)
{
    size_t n = q->p->n, D = q->D;
    uint32_t own = STREAMS * (uint32_t)n;
    struct ov_philox g = {key, OV_STREAM_INPUT + own};
    double *x = malloc(q->p->d * sizeof *x);
    if (!x)
        return OV_ENOMEM;
    draw(q->noise, n, sqrt(q->p->Delta), key, OV_STREAM_NOISE + own);
    for (size_t k = 0; k < n; k++) {
        draw_sample(q->Phi + k * D, x, q, &g, k);
        q->y[k] = ov_dot(q->Phi + k * D, q->z_star, D) + q->noise[k];
    }
    free(x);
    return OV_OK;
}

enum ov_status ov_qn_create(struct ov_qn *q, const struct ov_quadratic_network *p, uint64_t key,
                            struct ov_error *err)
{
    *q = (struct ov_qn){.p = p, .D = ov_sym_size(p->d)};
    enum ov_status status = check(p, err);
    if (status != OV_OK)
        return status;
    double *W_star = malloc(p->d * p->m_star * sizeof *W_star);
    status = W_star ? allocate(q) : OV_ENOMEM;
    if (status == OV_OK) {
        draw(W_star, p->d * p->m_star, 1.0 / sqrt((double)p->m_star), key, OV_STREAM_TEACHER);
        square(q->z_star, W_star, p->d, p->m_star);
        draw(q->W, p->d * p->m, sqrt(p->gamma / (double)p->m), key, OV_STREAM_STUDENT);
        status = draw_samples(q, key);
    }
    free(W_star);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "out of memory");
}

void ov_qn_free(struct ov_qn *q)
{
    free(q->block);
    q->block = NULL;
}

/* ---- loss ---- */

static double distance2(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* z, grad and r at W; d times the training loss. */
static double evaluate(struct ov_qn *q, const double *W)
{
    size_t d = q->p->d, n = q->p->n, D = q->D;
    square(q->z, W, d, q->p->m);
    q->n_evaluated++;
    if (n > 0) {
        samples(q->grad, q->r, q->Phi, q->y, q->z, n, D);
        return (double)d / (4.0 * (double)n) * ov_dot(q->r, q->r, n);
    }
    for (size_t j = 0; j < D; j++)
        q->grad[j] = 2.0 * (q->z[j] - q->z_star[j]);
    return distance2(q->z, q->z_star, D) / 2.0;
}

double ov_qn_value(struct ov_qn *q, double *G, const double *W)
{
    size_t d = q->p->d, m = q->p->m;
    double loss = evaluate(q, W);
    unpack(q->M, q->grad, d, q->p->n > 0 ? (double)d / (double)q->p->n : 1.0);
    multiply(G, q->M, W, d, m, q->p->lambda);
    return loss + q->p->lambda * ov_dot(W, W, d * m);
}

/* ---- measuring ---- */

/* |Z - Z(infinity)|^2/d on infinitely many samples. */
static double distance_to_end(const struct ov_qn *q, const double *value, const double *vector)
{
    size_t d = q->p->d, m = q->p->m;
    double sum = ov_dot(q->z, q->z, q->D);
    for (size_t i = 0; i < d; i++) {
        double end = value[i] - q->p->lambda, along = 0.0;
        const double *v = vector + i * d, *z = q->z;
        size_t above = 0;
        for (size_t j = 0; j < d; j++)
            above += value[j] > value[i];
        if (!(end > 0.0) || above >= m)
            continue;
        for (size_t a = 0; a < d; a++) {
            for (size_t b = 0; b < a; b++)
                along += SQRT2 * *z++ * v[a] * v[b];
            along += *z++ * v[a] * v[a];
        }
        sum += end * (end - 2.0 * along);
    }
    return fmax(sum, 0.0) / (double)d;
}

/* Eigenvalues (d) with vectors (d,d) of what z stands for. */
static enum ov_status eigen(double *value, struct ov_qn *q, const double *z)
{
    size_t d = q->p->d, at = 0;
    double *A = value + d + d * d;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++, at++)
            A[at] = i == j ? z[at] : SQRT_HALF * z[at];
    return ov_sym_eigen(value, value + d, A, d);
}

enum ov_status ov_qn_measure(double *row, struct ov_qn *q, struct ov_error *err)
{
    const double lowest = 1e-3;
    size_t d = q->p->d, n = q->p->n;
    double *value = malloc((d + d * d + q->D) * sizeof *value), noiseless = 0.0, rank = 0.0;
    if (!value)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    double loss = evaluate(q, q->W) / (double)d, mse = distance2(q->z, q->z_star, q->D) / (double)d;
    for (size_t k = 0; k < n; k++)
        noiseless += (q->r[k] + q->noise[k]) * (q->r[k] + q->noise[k]);
    enum ov_status status = eigen(value, q, q->z);
    for (size_t i = 0; status == OV_OK && i < d; i++)
        rank += value[i] > lowest;
    row[OV_QN_MSE] = mse;
    row[OV_QN_LOSS] = n > 0 ? loss : mse / 2.0 + q->p->Delta / 4.0;
    row[OV_QN_ERR_IN] = n > 0 ? noiseless / (4.0 * (double)n) : mse / 2.0;
    row[OV_QN_RANK] = rank / (double)d;
    row[OV_QN_TRACE] = ov_dot(q->W, q->W, d * q->p->m) / (double)d;
    row[OV_QN_DISTANCE] = NAN;
    if (status == OV_OK && n == 0) {
        status = eigen(value, q, q->z_star);
        row[OV_QN_DISTANCE] = distance_to_end(q, value, value + d);
    }
    free(value);
    return status == OV_OK ? OV_OK : ov_fail(err, OV_ENUMERIC, "the student is not finite");
}
