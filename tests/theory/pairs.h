/* SPDX-License-Identifier: MIT
 *
 * Networks of any student and teacher activation, and their contracted averages.
 */
#ifndef OVERLAP_TESTS_THEORY_PAIRS_H
#define OVERLAP_TESTS_THEORY_PAIRS_H

#include <stdbool.h>

#include "overlap/num/sym.h"
#include "overlap/theory/gauss.h"
#include "test.h"
#include "theory/random_fields.h"

/* An activation of which nothing is known but g and g'. ReLU, which quadrature takes by its kinks,
 * stays what it is, and so does its leaky kin. */
static inline struct ov_activation generic_copy(const struct ov_activation *g)
{
    struct ov_activation copy = *g;
    bool kink = g->act == OV_ACT_RELU || g->act == OV_ACT_LEAKY_RELU;
    copy.act = kink ? g->act : OV_ACT_GENERIC;
    copy.family = OV_FAMILY_NONE;
    return copy;
}

struct network {
    size_t K, M, P;
    const struct ov_activation *g, *g_star, *act[8];
    double C[36], s[8], sigma, G[64], Nz[36];
};

static inline struct ov_gauss *averages_of(struct network *n)
{
    struct ov_gauss *w;
    n->P = n->K + n->M;
    for (size_t a = 0; a < n->P; a++)
        n->act[a] = a < n->M ? n->g_star : n->g;
    ck_ok(ov_gauss_create(&w, n->K, n->M, n->g, n->g_star));
    return w;
}

static inline void contract(struct network *n)
{
    struct ov_gauss *w = averages_of(n);
    ov_gauss_contract(n->G, n->Nz, w, n->C, n->s, n->sigma);
    ov_gauss_free(w);
}

/* D in the place of G. */
static inline void slopes(struct network *n)
{
    struct ov_gauss *w = averages_of(n);
    ov_gauss_slopes(n->G, n->Nz, w, n->C, n->s, n->sigma);
    ov_gauss_free(w);
}

static inline void random_network(double *C, double *s, size_t K, size_t M, enum fields kind,
                                  gsl_rng *r)
{
    random_covariance(C, K + M, kind, r);
    for (size_t a = 0; a < K + M; a++)
        s[a] = (a < M ? 1.0 : -1.0) * gsl_ran_flat(r, -1.5, 1.5);
}

#endif
