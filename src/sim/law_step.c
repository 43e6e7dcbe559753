/* SPDX-License-Identifier: MIT
 *
 * The step of engine law, compiled for each level of SIMD.
 */

/* Nobody reads the floating-point exception flags: with that said, the compiler turns choices such
 * as x < 0 ? a : b into SIMD code. It changes no result. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math")
#endif

#include "law_step_internal.h"

#include "overlap/num/normal.h"
#include "overlap/num/simd.h"

OV_CLONES static uint64_t steps(struct law_group *s, uint64_t n, bool *alarm)
{
    return law_steps(s, n, alarm);
}

/* The normals of the next s->ahead steps. */
static void draw(struct law_group *s)
{
    uint64_t blocks = ov_normal_blocks(s->slots);
    for (size_t l = 0; l < s->n_run; l++)
        ov_normal_fill(s->normal + l * s->ahead * s->slots, s->ahead * s->slots,
                       &(struct ov_philox){s->key[l], LAW_STREAM_STEP}, s->step * blocks);
    s->drawn_from = s->step;
    s->drawn = s->ahead;
}

uint64_t ov_law_group_advance(struct law_group *s, uint64_t n, bool *alarm)
{
    uint64_t done = 0;
    *alarm = false;
    while (done < n && !*alarm) {
        if (s->step >= s->drawn_from + s->drawn)
            draw(s);
        uint64_t left = s->drawn_from + s->drawn - s->step;
        done += steps(s, n - done < left ? n - done : left, alarm);
    }
    return done;
}
