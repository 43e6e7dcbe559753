/* SPDX-License-Identifier: MIT
 *
 * The start of benches of theory: the overlaps of random weights in N dimensions, always the same.
 */
#ifndef OVERLAP_TESTS_BENCH_BENCH_START_H
#define OVERLAP_TESTS_BENCH_BENCH_START_H

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "bench/bench.h"
#include "overlap/model/overlaps.h"

enum { N = 784 };

static inline struct ov_overlaps random_start(size_t K, size_t M)
{
    struct ov_overlaps o;
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    double *w = calloc((K + M) * N, sizeof *w);
    if (!r || !w || ov_overlaps_create(&o, K, M) != OV_OK)
        must(OV_ENOMEM, &(struct ov_error){.text = "out of memory"});
    for (size_t i = 0; i < (K + M) * N; i++)
        w[i] = gsl_ran_gaussian_ziggurat(r, 1.0);
    ov_overlaps_measure(&o, w, w + K * N, N);
    for (size_t k = 0; k < K; k++)
        o.v[k] = 1.0;
    for (size_t m = 0; m < M; m++)
        o.v_star[m] = 1.0;
    gsl_rng_free(r);
    free(w);
    return o;
}

#endif
