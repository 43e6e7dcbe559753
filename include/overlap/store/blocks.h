/* SPDX-License-Identifier: MIT
 *
 * The runs of one side of a curve as they are stored before its table stands: blocks, files below
 * OUT/jobs that hold any number of whole runs each (or whole pieces of runs that come in pieces,
 * each known by its first time), under the key of what they are computed from.
 * A block looks like a table and ends in the same seal, so what is torn, empty or edited counts as
 * not there. Which runs share a block says nothing about them: tables are put together by seed.
 *
 * An older table of the same inputs is as good a source of runs as a block. One that would be
 * overwritten while it holds runs that the new one lacks (of other inputs, or of more seeds)
 * becomes a block itself: changing a parameter back, or the tier, computes nothing again for a week.
 */
#ifndef OVERLAP_STORE_BLOCKS_H
#define OVERLAP_STORE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"
#include "overlap/experiment/experiment.h"

/* Whose runs: all borrowed. */
struct ov_runs_of {
    const char *out; /* the experiment's output directory */
    const struct ov_curve *curve;
    enum ov_side side;
    const char *inputs_key; /* ov_inputs_key */
};

/* One run, or one piece of it, as the lines that its curve's table holds, each with its seed in
 * front. */
struct ov_run_lines {
    uint64_t seed;
    size_t piece;  /* 0 of a run that is whole */
    const char *s; /* (n) bytes of a file below */
    size_t n, file;
    double diverged_at; /* NaN where it did not */
};

struct ov_stored_file {
    char *path;
    struct ov_text text;
    bool is_table;
};

/* What is stored, whole and under its key. */
struct ov_stored {
    struct ov_run_lines *run; /* (n_run) seeds and pieces ascending, each once; owned */
    size_t n_run, room;
    struct ov_stored_file *file; /* (n_file) spoiled blocks among them, without runs; owned */
    size_t n_file;
};

/* Reads all blocks of these runs, and the curve's table where it is of the same inputs; without
 * diverged runs where the curve does not take these for results. What is on disk is no error. */
void ov_stored_read(struct ov_stored *s, const struct ov_runs_of *of);
void ov_stored_free(struct ov_stored *s); /* NULL-safe, twice-safe */
/* The run with this seed, or its piece; or NULL. */
const struct ov_run_lines *ov_stored_find(const struct ov_stored *s, uint64_t seed, size_t piece);
/* True if there is any block of these runs: cheap. */
bool ov_blocks_any(const struct ov_runs_of *of);
/* Removes the blocks read that hold nothing but runs first … first + n - 1, which have a table by
 * now, and the spoiled ones. A block that could not be read is not among those read. */
void ov_stored_remove(const struct ov_stored *s, uint64_t first, size_t n);

/* Appends the names of a side's columns, "seed,…", or one job's rows (n_row / n_piece, n_col), as
 * lines. */
void ov_lines_header(struct ov_text *out, const struct ov_side_plan *side);
/* Where the lines begin behind comments and a side's columns; NULL if the text has other columns. */
const char *ov_lines_first(const char *text, const struct ov_side_plan *side);
void ov_lines_run(struct ov_text *out, const struct ov_side_plan *side, uint64_t seed,
                  const double *rows);

/* Writes runs, as ov_lines_run appended them, with the list of those that diverged, as one block.
 * OV_OK, OV_EIO or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_block_write(const struct ov_runs_of *of, const struct ov_text *lines,
                                           const struct ov_text *diverged, struct ov_error *err);
/* Appends to the list of diverged runs, "SEED TIME, …", as the comment diverged_at holds it. */
void ov_divergence_add(struct ov_text *list, uint64_t seed, double at);

/* Makes a block of the curve's table if a new one of runs first … first + n - 1 would lose runs. */
void ov_table_retire(const struct ov_runs_of *of, uint64_t first, size_t n);

/* Gives the table at `path`, whole and with this text, a second name: that of a block, under the
 * inputs that it says it is of. */
void ov_table_keep(const char *out, const char *path, const struct ov_text *text);

/* Removes the tables of an experiment's own that are of curves or sides which it does not have any
 * more, so that nobody draws them. Their runs become blocks: a curve that was only given another
 * name finds them. */
void ov_tables_sweep(const char *out, const struct ov_experiment *e);

/* Removes blocks (and single runs, as earlier versions stored them; and KEY.cost, what runs took)
 * below OUT/jobs that are older than `seconds`.
 *   in   wanted  true for an inputs key, of which the first OV_BLOCK_KEY digits are given, of which
 *                runs are planned: its blocks stay */
enum { OV_BLOCK_KEY = 32 };
void ov_blocks_sweep(const char *out, double seconds, bool (*wanted)(void *ctx, const char *front),
                     void *ctx);

#endif
