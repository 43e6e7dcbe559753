/* SPDX-License-Identifier: MIT
 *
 * What long work tells while it runs: how far it is, and, now and then, all it needs to go on from
 * there.
 */
#ifndef OVERLAP_BASE_TICK_H
#define OVERLAP_BASE_TICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place for the state of long work. Work that can resume
 *   1. asks at its start whether `found` holds a state of its own (it checks the size and whatever
 *      says that the bytes are of this work; what does not fit is ignored), and goes on from there;
 *   2. where it tells its progress, saves its whole state if `due(ctx)` says so.
 * A resumed run gives the same bytes as one that never stopped: the state holds every number that
 * later ones depend on, rows already measured among them. */
struct ov_checkpoint {
    const void *found; /* (n_found) bytes saved by an earlier process, or NULL; not owned by work */
    size_t n_found;
    bool (*due)(void *ctx); /* cheap: called every few milliseconds; may depend on a clock */
    /* Keeps a copy of the bytes, atomically; a failure (full disk) is no reason to stop. */
    void (*save)(void *ctx, const void *bytes, size_t n);
    void *ctx;
};

/* Work calls `tell(ctx, done, total)` now and then (about every millisecond to 100 ms of work), in
 * its own units: steps for simulators, right-hand sides for solvers (total 0: not known). A NULL
 * struct ov_tick pointer: no callback. It must not change any result. */
struct ov_tick {
    void (*tell)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
    const struct ov_checkpoint *checkpoint; /* NULL: nothing is found, nothing to be saved */
};

static inline void ov_tick_tell(const struct ov_tick *tick, uint64_t done, uint64_t total)
{
    if (tick && tick->tell)
        tick->tell(tick->ctx, done, total);
}

/* The bytes that an earlier process left, or NULL. */
static inline const void *ov_tick_found(const struct ov_tick *tick, size_t *n)
{
    const struct ov_checkpoint *c = tick ? tick->checkpoint : NULL;
    *n = c && c->found ? c->n_found : 0;
    return c ? c->found : NULL;
}

/* True if work should hand its state to ov_tick_save now. */
static inline bool ov_tick_due(const struct ov_tick *tick)
{
    const struct ov_checkpoint *c = tick ? tick->checkpoint : NULL;
    return c && c->due && c->due(c->ctx);
}

static inline void ov_tick_save(const struct ov_tick *tick, const void *bytes, size_t n)
{
    tick->checkpoint->save(tick->checkpoint->ctx, bytes, n);
}

#endif
