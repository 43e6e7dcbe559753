/* SPDX-License-Identifier: MIT
 *
 * Tables that were found whole, so that a command which only asks whether they are there need not
 * read all of them again. OUT/.seen has a line for each,
 *     NAME SIZE MTIME CTIME INODE
 * and a table that still has these is taken for whole: any write to a file sets its ctime, which no
 * program can set back. A table younger than two seconds is not noted, because a write within the
 * same tick of the clock would not show. What remains unseen here is a disk that gives other bytes
 * back than it was given, or a clock set back: readers of the cells (ov_table_read) check the seal
 * always. The file may be lost, torn or removed at any time.
 */
#ifndef OVERLAP_STORE_SEEN_H
#define OVERLAP_STORE_SEEN_H

#include <stdbool.h>

#include "overlap/base/status.h"
#include "overlap/base/text.h"

struct ov_seen {
    char *path;                   /* OUT/.seen; owned */
    struct ov_text before, added; /* lines; owned */
    int settled;                  /* seconds that a table must have been left alone to be noted */
};

/* Reads OUT/.seen. Never fails: without it, or without memory, nothing has been seen. */
void ov_seen_open(struct ov_seen *s, const char *out);
/* Writes the file again if anything was added, and frees *s. */
void ov_seen_close(struct ov_seen *s);

/* The head of the table at `path` if it is whole.
 *   in   s    may be NULL: nothing has been seen
 *   out  head replaced: the comments and the names of the columns, as lines
 * Returns OV_OK, or as ov_table_load. */
OV_NODISCARD enum ov_status ov_seen_head(struct ov_text *head, struct ov_seen *s, const char *path,
                                         struct ov_error *err);

#endif
