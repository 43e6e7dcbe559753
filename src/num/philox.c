/* SPDX-License-Identifier: MIT
 *
 * Random words as a function of key and counter.
 */
#include "overlap/num/philox.h"

#include "philox_inline_internal.h"

void ov_philox_raw(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
    philox4x32_ctr_t c = {{counter[0], counter[1], counter[2], counter[3]}};
    philox4x32_key_t k = {{key[0], key[1]}};
    c = philox4x32_R(10, c, k);
    for (int i = 0; i < 4; i++)
        out[i] = c.v[i];
}

void ov_philox_block(uint32_t out[4], const struct ov_philox *g, uint64_t index)
{
    ov_philox_block_inline(out, g, index);
}
