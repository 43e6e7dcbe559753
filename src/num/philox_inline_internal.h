/* SPDX-License-Identifier: MIT
 *
 * Random123's Philox with this project's layout of counter and key, for loops within num.
 */
#ifndef OVERLAP_NUM_PHILOX_INLINE_INTERNAL_H
#define OVERLAP_NUM_PHILOX_INLINE_INTERNAL_H

#include "overlap/num/philox.h"

/* Random123's headers are not written for our warnings. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wextra"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

static inline void ov_philox_block_inline(uint32_t out[4], const struct ov_philox *g,
                                          uint64_t index)
{
    philox4x32_ctr_t c = {{(uint32_t)index, (uint32_t)(index >> 32), g->stream, 0}};
    philox4x32_key_t k = {{(uint32_t)g->key, (uint32_t)(g->key >> 32)}};
    c = philox4x32_R(10, c, k);
    for (int i = 0; i < 4; i++)
        out[i] = c.v[i];
}

#endif
