/* SPDX-License-Identifier: MIT
 *
 * Inputs of engine `weights` on a hidden manifold: x = f(F c/sqrt D) - <f>. An input takes N D
 * products, its step some K N: four inputs are made together, from one pass through F.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/start.h"
#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "weights_internal.h"

enum { FOUR = OV_WEIGHTS_BATCH };

struct ov_weights_manifold {
    size_t N, D;
    const struct ov_activation *f;
    struct ov_fold fold;
    struct ov_philox input, test;
    double *F;       /* owned; (N,D) */
    double *block;   /* owned; everything below stands in it */
    double *x[FOUR]; /* (N) */
    double *c[FOUR]; /* (D) what is hidden */
    double *sums;    /* (N,FOUR,8) */
    uint64_t held
        [FOUR]; /* 1 + 2 mu of input mu whose c and x these are, 2 + 2 mu of the test set's; 0: none */
};

void ov_weights_manifold_free(struct ov_weights_manifold *m)
{
    if (!m)
        return;
    free(m->F);
    free(m->block);
    free(m);
}

struct ov_weights_manifold *ov_weights_manifold_create(const struct ov_problem *p,
                                                       const struct ov_hidden_manifold *h,
                                                       uint64_t key)
{
    size_t N = p->N, D = h->D, row_x = ov_weights_eights(N), row_c = ov_weights_eights(D);
    struct ov_weights_manifold *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    *m = (struct ov_weights_manifold){.N = N, .D = D, .f = h->f};
    m->input = (struct ov_philox){key, OV_STREAM_INPUT};
    m->test = (struct ov_philox){key, OV_STREAM_TEST};
    m->F = calloc(N, D * sizeof *m->F);
    m->block = calloc(FOUR * (row_x + row_c) + 8 * FOUR * N + 8, sizeof *m->block);
    if (!m->F || !m->block || ov_fold_of(&m->fold, h->f) != OV_OK) {
        ov_weights_manifold_free(m);
        return NULL;
    }
    double *next = ov_weights_aligned(m->block);
    for (size_t s = 0; s < FOUR; s++, next += row_x)
        m->x[s] = next;
    for (size_t s = 0; s < FOUR; s++, next += row_c)
        m->c[s] = next;
    m->sums = next;
    ov_hidden_manifold_features(m->F, N, D, key);
    return m;
}

/* x of all four from their c. */
static void fold_all(const struct ov_weights_state *r)
{
    struct ov_weights_manifold *m = r->manifold;
    double root_D = sqrt((double)m->D);
    memset(m->sums, 0, 8 * FOUR * m->N * sizeof *m->sums);
    r->kernel->teach(m->sums, m->F, m->N, m->D, (const double *const *)m->c, m->D);
    for (size_t s = 0; s < FOUR; s++)
        for (size_t i = 0; i < m->N; i++)
            m->x[s][i] =
                ov_fold_at(&m->fold, m->f, ov_weights_total(m->sums + 8 * (i * FOUR + s)) / root_D);
}

static void fold_one(const struct ov_weights_state *r, size_t s)
{
    struct ov_weights_manifold *m = r->manifold;
    double root_D = sqrt((double)m->D);
    for (size_t i = 0; i < m->N; i++)
        m->x[s][i] = ov_fold_at(&m->fold, m->f, ov_dot(m->F + i * m->D, m->c[s], m->D) / root_D);
}

static void draw(struct ov_weights_manifold *m, uint64_t mu, bool test)
{
    const struct ov_philox *g = test ? &m->test : &m->input;
    ov_normal_fill(m->c[mu % FOUR], m->D, g, mu * ov_normal_blocks(m->D));
    m->held[mu % FOUR] = 1 + test + 2 * mu;
}

void ov_weights_manifold_input(double *x, const struct ov_weights_state *r, uint64_t mu, bool test)
{
    struct ov_weights_manifold *m = r->manifold;
    size_t slot = mu % FOUR;
    bool together = r->kernel && (test || !r->order); /* its neighbours are asked for next */
    if (m->held[slot] != 1 + test + 2 * mu) {
        for (uint64_t i = 0; together && i < FOUR; i++)
            draw(m, mu - slot + i, test);
        if (!together)
            draw(m, mu, test);
        if (together)
            fold_all(r);
        else
            fold_one(r, slot);
    }
    memcpy(x, m->x[slot], m->N * sizeof *x);
}

const double *ov_weights_hidden(const struct ov_weights_state *r, uint64_t mu)
{
    return r->manifold->c[mu % FOUR];
}

enum ov_status ov_weights_manifold_measure(struct ov_overlaps *o, const struct ov_weights_state *r)
{
    const struct ov_weights_manifold *m = r->manifold;
    return ov_hidden_manifold_overlaps(o, &m->fold, m->F, r->w, r->w_star, m->N, m->D);
}
