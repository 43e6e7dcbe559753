/* SPDX-License-Identifier: MIT
 *
 * Keys: what a result is a function of, hashed; and what a rerun needs, recorded beside it.
 */
#ifndef OVERLAP_STORE_PROVENANCE_H
#define OVERLAP_STORE_PROVENANCE_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"
#include "overlap/base/sha256.h"
#include "overlap/base/text.h"
#include "overlap/experiment/experiment.h"

#define OV_VERSION "0.5.0"

/* One source file as it was compiled in (the build generates the table). */
struct ov_source {
    const char *path; /* "src/theory/online.c" */
    const char *sha256;
    const char *const *includes; /* paths of the project's headers it includes, NULL at the end */
};

/* All sources of base, num, model, theory and sim; path NULL at the end. */
extern const struct ov_source ov_sources[];

/* Names and hashes of the files that compute something: those of the given modules, what they
 * include, the .c of every header included, and so on. Appends "PATH: HASH\n" sorted by path.
 *   in   sources  a table as ov_sources
 *   in   modules  "theory/online", …, NULL at the end; a module without files asserts */
void ov_sources_closure(struct ov_text *out, const struct ov_source *sources,
                        const char *const *modules);

/* Everything that one curve's side is a function of, besides the seed: "key: value" lines of the
 * parameters, then the sources. */
void ov_inputs(struct ov_text *out, const struct ov_curve *c, enum ov_side side);

/* The key of the inputs alone: all runs of one side have it, whatever their seeds. */
void ov_inputs_key(char key[OV_KEY_SIZE], const char *inputs);
/* The key of a curve's table: inputs and all of its seeds. */
void ov_curve_key(char key[OV_KEY_SIZE], const char *inputs, uint64_t first, size_t n);
/* The random key of a run: of the problem, the seed's number and the curve's stream alone; run 0,
 * whose numbers depend on no seed, has the same one on every stream. Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_random_key(uint64_t *key, const struct ov_curve *c, uint64_t seed);

/* Paths of a curve's table and of its JSON sidecar below an output directory. Freed by the caller.
 */
char *ov_table_path(const char *out, const struct ov_curve *c, enum ov_side side);
char *ov_sidecar_path(const char *out, const struct ov_curve *c, enum ov_side side);

#endif
