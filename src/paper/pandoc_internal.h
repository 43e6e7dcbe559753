/* SPDX-License-Identifier: MIT
 *
 * The program pandoc, run on a text in memory.
 */
#ifndef OVERLAP_PAPER_PANDOC_INTERNAL_H
#define OVERLAP_PAPER_PANDOC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"

/* src/tools/numbers.lua and paper_list.lua as text, made by the Makefile: an installed program has
 * no src. */
extern const char ov_paper_filter[];

/* What `pandoc --from commonmark_x+sourcepos --to plain` with this Lua filter prints of s[0..n).
 *   out  out      replaced; owned by the caller
 *   out  missing  true if there is no such program in PATH; out is empty and the status OV_OK then
 *   in   name     of the text, for messages
 * Returns OV_OK; OV_EUSER with pandoc's first line of complaint if it fails; OV_EIO if it could not
 * be started; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_pandoc_run(struct ov_text *out, bool *missing, const char *s,
                                          size_t n, const char *filter, const char *name,
                                          struct ov_error *err);

#endif
