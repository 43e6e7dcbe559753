/* SPDX-License-Identifier: MIT
 *
 * SHA-256, of which keys and the seals of tables are made.
 */
#ifndef OVERLAP_BASE_SHA256_H
#define OVERLAP_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "overlap/base/status.h"

#define OV_KEY_SIZE 65 /* 64 hex digits and '\0' */

/* SHA-256 of bytes as hex. */
void ov_sha256(char hex[OV_KEY_SIZE], const void *bytes, size_t n);

/* SHA-256 of a file's bytes, of which one piece at a time is in memory. Returns OV_OK; OV_EUSER
 * with "PATH: …" if it can't be read; OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_sha256_file(char hex[OV_KEY_SIZE], const char *path,
                                           struct ov_error *err);

#endif
