/* SPDX-License-Identifier: MIT
 *
 * How long work reports its progress, and learns that it should stop.
 */
#ifndef OVERLAP_BASE_TICK_H
#define OVERLAP_BASE_TICK_H

#include <stddef.h>
#include <stdint.h>

/* Work calls `tell(ctx, done, total)` now and then (about every millisecond to 100 ms of work), in
 * its own units: steps for simulators, right-hand sides for solvers (total 0: not known). A NULL
 * struct ov_tick pointer means nobody listens. It must not change any result. */
struct ov_tick {
    void (*tell)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
};

static inline void ov_tick_tell(const struct ov_tick *tick, uint64_t done, uint64_t total)
{
    if (tick && tick->tell)
        tick->tell(tick->ctx, done, total);
}

#endif
