/* SPDX-License-Identifier: MIT
 *
 * Where the inputs of engine `weights` come from. Each is a function of its number alone.
 */
#include <math.h>
#include <string.h>

#include "overlap/num/normal.h"
#include "weights_internal.h"

/* A whole number below n from two random words; not uniform by less than n/2^64. */
static uint64_t below(uint64_t n, uint32_t high, uint32_t low)
{
    uint64_t u = (uint64_t)high << 32 | low;
    return (uint64_t)((unsigned __int128)u * n >> 64);
}

/* The order of an epoch after the first: Fisher & Yates, the choices of which are a function of key
 * and epoch. */
static void shuffle(struct ov_weights_state *r, uint64_t epoch)
{
    uint64_t P = r->in->samples, first = epoch * ((P + 1) / 2);
    uint32_t word[4] = {0};
    for (uint64_t i = 0; i < P; i++)
        r->order[i] = (uint32_t)i;
    for (uint64_t c = 0; c + 1 < P; c++) { /* choice c: what stands at P - 1 - c */
        uint64_t i = P - 1 - c;
        if (c % 2 == 0)
            ov_philox_block(word, &r->shuffle, first + c / 2);
        uint64_t j = below(i + 1, word[2 * (c % 2)], word[2 * (c % 2) + 1]);
        uint32_t kept = r->order[i];
        r->order[i] = r->order[j];
        r->order[j] = kept;
    }
    r->order_epoch = epoch;
}

uint64_t ov_weights_sample(struct ov_weights_state *r, uint64_t j)
{
    uint64_t P = r->in->samples;
    if (P == 0 || j < P)
        return j;
    uint64_t epoch = j / P;
    if (epoch != r->order_epoch)
        shuffle(r, epoch);
    return r->order[j % P];
}

static void draw(double *x, const struct ov_weights_state *r, uint64_t mu, size_t from, size_t n)
{
    ov_normal_fill(x, n, &r->input, mu * ov_normal_blocks(r->p->N) + from / 4);
    if (r->root_c)
        for (size_t i = 0; i < n; i++)
            x[i] *= r->root_c[from + i];
}

/* Input mu and its noise as they are kept; NULL if they are not. */
static const double *kept(const struct ov_weights_state *r, uint64_t mu)
{
    size_t N = r->p->N;
    if (!r->set || mu >= r->in->samples)
        return NULL;
    double *x = r->set + mu * (N + 1);
    if (isnan(x[N])) {
        draw(x, r, mu, 0, N);
        ov_normal_fill(x + N, 1, &r->noise, mu);
    }
    return x;
}

void ov_weights_input(double *x, const struct ov_weights_state *r, uint64_t mu, size_t from,
                      size_t n)
{
    if (r->in->train) {
        ov_images_fill(x, r->in->train, (size_t)mu, from, n);
        return;
    }
    if (r->manifold) {
        ov_weights_manifold_input(x, r, mu, false);
        return;
    }
    const double *known = kept(r, mu);
    if (known)
        memcpy(x, known + from, n * sizeof *x);
    else
        draw(x, r, mu, from, n);
}

double ov_weights_noise(const struct ov_weights_state *r, uint64_t mu)
{
    const double *known = kept(r, mu);
    double zeta;
    if (known)
        return known[r->p->N];
    ov_normal_fill(&zeta, 1, &r->noise, mu);
    return zeta;
}

double ov_weights_sign(const struct ov_weights_state *r, double phi_star, uint64_t mu)
{
    double y = ov_sign(phi_star);
    return ov_label_flips(r->p->labels.flip, r->noise.key, mu) ? -y : y;
}
