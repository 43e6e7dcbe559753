/* SPDX-License-Identifier: MIT
 *
 * A growable string, and whole files as strings.
 */
#ifndef OVERLAP_BASE_TEXT_H
#define OVERLAP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

/* Zero-initialise; `s` is NULL or '\0'-terminated at s[len]. Owned by the struct. Once an
 * allocation failed, `failed` stays true and appending does nothing: check it once at the end. */
struct ov_text {
    char *s;
    size_t len, room;
    bool failed;
};

void ov_text_free(struct ov_text *t); /* NULL-safe; leaves an empty text */
void ov_text_add(struct ov_text *t, const char *bytes, size_t n);
void ov_text_addf(struct ov_text *t, const char *fmt, ...) OV_PRINTF(2, 3);

/* Appends x so that reading it gives x back, in the fewest of 15, 16 or 17 digits: 0.2 stays
 * "0.2". NaN and the infinities become nan, inf, -inf. Used for keys and messages, not for
 * tables, whose contract is %.17g. */
void ov_text_add_number(struct ov_text *t, double x);

/* Reads a whole file, at most `limit` bytes (0: 1 GiB).
 *   out  t   replaced by the contents; may contain '\0' bytes, t->len counts them; empty on error
 * Returns OV_OK; OV_EUSER with "PATH: …" if it can't be opened or read, or is too large. */
OV_NODISCARD enum ov_status ov_file_read(struct ov_text *t, const char *path, size_t limit,
                                         struct ov_error *err);

/* Writes a file so that at every moment PATH is absent, the old file, or the whole new one:
 * a temporary file beside it, fsync, rename, fsync of the directory. Makes the directories above
 * PATH. Concurrent writers of the same path are safe (the last rename wins). A link stays one: what
 * it leads to is written. A device or a pipe (/dev/stdout) is written to as it is.
 * Returns OV_OK; OV_EIO with "PATH: …" (disk full, permission, …), leaving no temporary file. */
OV_NODISCARD enum ov_status ov_file_write(const char *path, const char *bytes, size_t n,
                                          struct ov_error *err);

/* The same without fsync, for sealed files that can be computed again: a machine that loses its
 * power may leave a torn one, which its seal gives away. */
OV_NODISCARD enum ov_status ov_file_put(const char *path, const char *bytes, size_t n,
                                        struct ov_error *err);

/* As ov_file_write, but a file that has these bytes already is left alone, its time of change
 * included: what make compares. */
OV_NODISCARD enum ov_status ov_file_update(const char *path, const char *bytes, size_t n,
                                           struct ov_error *err);

/* Removes what killed writers of ov_file_write left in a directory: its temporary files that are
 * older than `seconds`. Fine where there is no such directory. */
void ov_dir_sweep(const char *dir, double seconds);

/* True if PATH exists and is a regular file. */
bool ov_file_exists(const char *path);

/* Makes a directory and those above it; fine where it exists. OV_OK, or OV_EIO. */
OV_NODISCARD enum ov_status ov_dir_make(const char *path, struct ov_error *err);

#endif
