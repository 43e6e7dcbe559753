/* SPDX-License-Identifier: MIT
 *
 * An instance of a quadratic network: teacher, start, samples, the loss with its gradient, and what
 * is measured. The samples are read once for both loss and gradient; with n D numbers this reading
 * is what an evaluation costs. With the Gram matrix H = Phi' Phi in their place it is D^2/2.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/check.h"
#include "overlap/model/start.h"
#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "overlap/num/sym.h"
#include "quadratic_internal.h"
#include "quadratic_kernels_internal.h"

/* Streams of model/start.h are below 16; n samples have their own. */
enum { STREAMS = 16, MOST_SAMPLES = 100000000 };

/* ---- the instance ---- */

/* H saves two thirds of what is read at n = D, and more beyond, and costs n D^2/2 products: of E
 * evaluations it pays where E (n - D/3) > n D/18 (measured at d = 24 to 80; bench_quadratic_sim.c).
 * L-BFGS takes some 200 where there are more samples than D, the flow, whose steps stability keeps
 * short, 150 + 80 t. With fewer samples than D, which can be interpolated, the loss, which steers
 * L-BFGS, would be a small difference. */
static bool gram_pays(const struct ov_quadratic_network *p, double evaluations)
{
    double D = (double)ov_sym_size(p->d), n = (double)p->n;
    return evaluations * (n - D / 3.0) > n * D / 18.0;
}

bool ov_qn_gram_to_minimise(const struct ov_quadratic_network *p)
{
    return p->n > ov_sym_size(p->d) && gram_pays(p, 200.0);
}

bool ov_qn_gram_to_flow(const struct ov_quadratic_network *p, double t)
{
    return p->n > 0 && gram_pays(p, 150.0 + 80.0 * t);
}

/* What the sizes of allocate and draw_samples come to. */
static double numbers(const struct ov_quadratic_network *p, bool gram)
{
    double d = (double)p->d, D = d * (d + 1.0) / 2.0, n = (double)p->n, size = 8.0 * ceil(D / 8.0);
    double samples = gram ? size * (size / 2.0 + 4.0) + size * (3.0 + OV_QN_CHUNK) : n * (D + 2.0);
    return n + samples + 3.0 * (gram ? size : D) + d * d + d * (double)p->m;
}

/* Of ov_qn_measure, ov_sym_eigen's among them. */
static double to_measure(double d)
{
    return d * (d + 1.0) * 1.5 + d * d;
}

/* The block, and the most that stands beside it: the teacher's weights at first, then the vectors of
 * L-BFGS, then what measures. */
double ov_quadratic_memory(const struct ov_quadratic_network *p)
{
    double d = (double)p->d, vectors = OV_QN_LBFGS_VECTORS * (double)p->m;
    double beside = fmax(d * fmax(vectors, (double)p->m_star), to_measure(d));
    return 8.0 * (numbers(p, ov_qn_gram_to_minimise(p)) + beside);
}

/* A flow keeps its stages while it is measured. */
double ov_quadratic_flow_memory(const struct ov_quadratic_network *p, double t)
{
    double d = (double)p->d, stages = (OV_QN_STAGES + 1) * (double)p->m;
    double beside = fmax(d * (double)p->m_star, d * stages + to_measure(d));
    return 8.0 * (numbers(p, ov_qn_gram_to_flow(p, t)) + beside);
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

/* The next n numbers of the block. */
static double *take(double **next, size_t n)
{
    double *taken = *next;
    *next += n;
    return taken;
}

static enum ov_status allocate(struct ov_qn *q)
{
    size_t d = q->p->d, n = q->p->n, D = q->D, size = q->gram ? ov_qn_gram_size(D) : D;
    double count = numbers(q->p, q->gram);
    q->block = count < 0x1p59 ? calloc((size_t)count, sizeof *q->block) : NULL;
    double *next = q->block;
    if (!next)
        return OV_ENOMEM;
    q->noise = take(&next, n);
    q->z_star = take(&next, size);
    q->z = take(&next, size);
    q->grad = take(&next, size);
    q->M = take(&next, d * d);
    q->W = take(&next, d * q->p->m);
    if (q->gram) {
        q->H = take(&next, ov_qn_gram_numbers(D));
        q->push = take(&next, size);
        q->off = take(&next, size);
        q->sample = take(&next, size);
        q->panels = take(&next, size * OV_QN_CHUNK);
    } else {
        q->Phi = take(&next, n * D);
        q->y = take(&next, n);
        q->r = take(&next, n);
    }
    OV_CHECK(next == q->block + (size_t)count);
    return OV_OK;
}

static void draw(double *z, size_t n, double std, uint64_t key, uint32_t stream)
{
    ov_normal_fill(z, n, &(struct ov_philox){key, stream}, 0);
    for (size_t i = 0; i < n; i++)
        z[i] *= std;
}

/* Row k of Phi: from the GOE D numbers N(0, 2/d), or from one x, for which M has room. */
static void draw_sample(double *phi, const struct ov_qn *q, size_t k)
{
    size_t d = q->p->d;
    bool goe = q->p->sensing == OV_SENSING_GOE;
    size_t size = goe ? q->D : d;
    double scale = 1.0 / sqrt((double)d), *x = q->M;
    ov_normal_fill(goe ? phi : x, size, &q->random, k * ov_normal_blocks(size));
    if (goe)
        for (size_t j = 0; j < q->D; j++)
            phi[j] *= OV_SQRT2 * scale;
    for (size_t i = 0; !goe && i < d; i++) {
        for (size_t j = 0; j < i; j++)
            *phi++ = OV_SQRT2 * scale * x[i] * x[j];
        *phi++ = scale * (x[i] * x[i] - 1.0);
    }
}

/* H, and what the noise adds to the gradient. */
static void add_up(struct ov_qn *q)
{
    size_t n = q->p->n, size = ov_qn_gram_size(q->D);
    for (size_t k = 0; k < n; k++) {
        size_t at = k % OV_QN_CHUNK;
        draw_sample(q->sample, q, k);
        for (size_t j = 0; j < size; j++) {
            q->panels[(j / 8 * OV_QN_CHUNK + at) * 8 + j % 8] = q->sample[j];
            q->push[j] += q->noise[k] * q->sample[j];
        }
        if (at == OV_QN_CHUNK - 1 || k == n - 1)
            ov_qn_gram_add(q->H, q->panels, at + 1, size);
    }
}

static void draw_samples(struct ov_qn *q, uint64_t key)
{
    size_t n = q->p->n, D = q->D;
    uint32_t own = STREAMS * (uint32_t)n;
    q->random = (struct ov_philox){key, OV_STREAM_INPUT + own};
    draw(q->noise, n, sqrt(q->p->Delta), key, OV_STREAM_NOISE + own);
    if (q->gram)
        add_up(q);
    for (size_t k = 0; k < n && !q->gram; k++) {
        draw_sample(q->Phi + k * D, q, k);
        q->y[k] = ov_dot(q->Phi + k * D, q->z_star, D) + q->noise[k];
    }
}

enum ov_status ov_qn_create(struct ov_qn *q, const struct ov_quadratic_network *p, bool gram,
                            uint64_t key, struct ov_error *err)
{
    *q = (struct ov_qn){.p = p, .D = ov_sym_size(p->d), .gram = gram};
    enum ov_status status = check(p, err);
    if (status != OV_OK)
        return status;
    double *W_star = malloc(p->d * p->m_star * sizeof *W_star);
    status = W_star ? allocate(q) : OV_ENOMEM;
    if (status == OV_OK) {
        draw(W_star, p->d * p->m_star, 1.0 / sqrt((double)p->m_star), key, OV_STREAM_TEACHER);
        ov_qn_square(q->z_star, W_star, p->d, p->m_star);
        draw(q->W, p->d * p->m, sqrt(p->gamma / (double)p->m), key, OV_STREAM_STUDENT);
        draw_samples(q, key);
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

/* sum_k r_k^2 by H: r = Phi (z - z*) - noise. Nothing cancels where there is no noise. */
static double by_gram(struct ov_qn *q)
{
    size_t size = ov_qn_gram_size(q->D);
    for (size_t j = 0; j < q->D; j++)
        q->off[j] = q->z[j] - q->z_star[j];
    ov_qn_gram_product(q->grad, q->H, q->off, size);
    double clean = ov_dot(q->grad, q->off, size), push = ov_dot(q->push, q->off, size);
    for (size_t j = 0; j < size; j++)
        q->grad[j] -= q->push[j];
    return clean - 2.0 * push + ov_dot(q->noise, q->noise, q->p->n);
}

/* z, grad and r at W; d times the training loss. */
static double evaluate(struct ov_qn *q, const double *W)
{
    size_t d = q->p->d, n = q->p->n, D = q->D;
    double to_loss = (double)d / (4.0 * (double)n);
    ov_qn_square(q->z, W, d, q->p->m);
    q->n_evaluated++;
    if (q->gram)
        return to_loss * by_gram(q);
    if (n > 0) {
        ov_qn_samples(q->grad, q->r, q->Phi, q->y, q->z, n, D);
        return to_loss * ov_dot(q->r, q->r, n);
    }
    for (size_t j = 0; j < D; j++)
        q->grad[j] = 2.0 * (q->z[j] - q->z_star[j]);
    return distance2(q->z, q->z_star, D) / 2.0;
}

double ov_qn_value(struct ov_qn *q, double *G, const double *W)
{
    size_t d = q->p->d, m = q->p->m;
    double loss = evaluate(q, W);
    ov_qn_unpack(q->M, q->grad, d, q->p->n > 0 ? (double)d / (double)q->p->n : 1.0);
    ov_qn_multiply(G, q->M, W, d, m, q->p->lambda);
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
                along += OV_SQRT2 * *z++ * v[a] * v[b];
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
            A[at] = i == j ? z[at] : OV_SQRT_HALF * z[at];
    return ov_sym_eigen(value, value + d, A, d);
}

/* The sums over samples of r^2 and of (r + noise)^2. With H the samples are drawn once more: what is
 * left of a sum of squares that cancels is no measurement. */
static void residuals(double *noisy, double *clean, struct ov_qn *q)
{
    *noisy = *clean = 0.0;
    for (size_t k = 0; k < q->p->n; k++) {
        if (q->gram)
            draw_sample(q->sample, q, k);
        double r = q->gram ? ov_dot(q->sample, q->off, q->D) - q->noise[k] : q->r[k];
        *noisy += r * r;
        *clean += (r + q->noise[k]) * (r + q->noise[k]);
    }
}

enum ov_status ov_qn_measure(double *row, struct ov_qn *q, struct ov_error *err)
{
    size_t d = q->p->d, n = q->p->n;
    double *value = malloc((d + d * d + q->D) * sizeof *value), noisy, noiseless, rank = 0.0;
    if (!value)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    double loss = evaluate(q, q->W) / (double)d, mse = distance2(q->z, q->z_star, q->D) / (double)d;
    residuals(&noisy, &noiseless, q);
    if (q->gram)
        loss = noisy / (4.0 * (double)n);
    enum ov_status status = eigen(value, q, q->z);
    for (size_t i = 0; status == OV_OK && i < d; i++)
        rank += value[i] > OV_QN_LOWEST;
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
