/* SPDX-License-Identifier: MIT
 *
 * Images and runs on them, for tests of engine `weights`.
 */
#ifndef OVERLAP_TESTS_SIM_SOME_IMAGES_H
#define OVERLAP_TESTS_SIM_SOME_IMAGES_H

#include "weights_case.h"

/* Images from a generator, as a training set of 40 and a test set of 10. */
enum { PIXELS = 25, IMAGES = 50, TRAIN = 40 };

struct some_images {
    unsigned char bytes[IMAGES * PIXELS];
    double mean[PIXELS];
    struct ov_images train, test;
};

static inline void make_images(struct some_images *s)
{
    for (size_t i = 0; i < IMAGES * PIXELS; i++)
        s->bytes[i] = (unsigned char)((i + 1) * 0x9e3779b97f4a7c15 >> 56);
    for (size_t i = 0; i < PIXELS; i++)
        s->mean[i] = 100.0 + (double)i;
    s->train = (struct ov_images){s->bytes, TRAIN, PIXELS, s->mean, 0.01, NULL};
    s->test =
        (struct ov_images){s->bytes + TRAIN * PIXELS, IMAGES - TRAIN, PIXELS, s->mean, 0.01, NULL};
}

static inline double *run(const struct ov_problem *p, const struct ov_inputs *in, uint64_t key,
                          const double *alpha, size_t n)
{
    double *rows = zeros(n * ov_weights_width(p, in));
    struct ov_error e = {0};
    ck_assert_msg(ov_weights_run_inputs(rows, p, in, key, alpha, n, NULL, &e) == OV_OK, "%s",
                  e.text);
    return rows;
}

#endif
