/* SPDX-License-Identifier: MIT
 *
 * The state of runs under way as a file, so that a killed process costs a minute and not a day.
 *
 * Runs that are made together have one file, OUT/jobs/HASH.part, HASH that of their inputs' key and
 * their seeds: the same runs made together with the same others find it again, others never ask
 * for it. It begins with the lines
 *     overlap checkpoint 2
 *     inputs: KEY
 *     seed: S                    one for each run; "seed: S piece P" of a later piece of a run
 *     done: D of T
 *     bytes: N
 * and ends, after N bytes that only the simulator understands, in a line with the hash of all that.
 */
#ifndef OVERLAP_STORE_CHECKPOINT_H
#define OVERLAP_STORE_CHECKPOINT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/base/tick.h"

struct ov_part_options {
    double seconds; /* between two states on disk; 0: whenever the work offers one */
    /* Hears, in one line, where work resumes, of a file that is no good and of one that can't be
     * written; may be NULL. */
    void (*note)(void *ctx, const char *line);
    void *ctx;
    /* Not 0 once the process is to end: the work's next state is written at once, and then, or
     * where it offers none, `leave` is called, which does not return. NULL: nothing of this. */
    const volatile sig_atomic_t *stop;
    void (*leave)(void *ctx, bool saved);
};

/* Not to be moved once open: `tick` points into it. */
struct ov_part {
    struct ov_tick tick; /* for the work: tells `outer`, finds and saves */
    struct ov_part_options options;
    const struct ov_tick *outer;
    struct ov_checkpoint checkpoint;
    struct ov_text head, file; /* owned; the lines that name the runs; what was found */
    char *path;                /* owned */
    double interval, saved;    /* seconds between states, and when the last one was written */
    uint64_t found_done, found_total, done, total;
    bool started, warned, waited; /* waited: stop was seen, and no state since */
};

/* Looks for the file of n runs with these inputs and seeds, or of one run's piece (0: the first, or
 * all of it); what is truncated or edited is named
 * and ignored.
 *   in   outer  told what the work tells; may be NULL; outlives the part
 * Returns OV_OK, or OV_ENOMEM (then *part is closed). */
OV_NODISCARD enum ov_status ov_part_open(struct ov_part *part, const char *out,
                                         const char *inputs_key, const uint64_t *seed, size_t n,
                                         size_t piece, const struct ov_part_options *options,
                                         const struct ov_tick *outer);

/* Removes the file if the runs are stored: nobody will ask for it. Twice-safe. */
void ov_part_close(struct ov_part *part, bool stored);

/* Removes files below OUT/jobs that no run will ask for: those with a run that has been stored
 * since (the same runs can't be made together again), and those of runs that are not planned, or
 * that can't be read, once they are older than `seconds`.
 *   in   state  what the plan says of a run */
enum ov_run_state { OV_RUN_UNPLANNED, OV_RUN_WANTED, OV_RUN_STORED };
void ov_parts_sweep(const char *out, double seconds,
                    enum ov_run_state (*state)(void *ctx, const char *inputs_key, uint64_t seed,
                                               size_t piece),
                    void *ctx);

#endif
