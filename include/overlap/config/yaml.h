/* SPDX-License-Identifier: MIT
 *
 * YAML documents, read once and whole: aliases and merge keys resolved, every mistake with its
 * place.
 */
#ifndef OVERLAP_CONFIG_YAML_H
#define OVERLAP_CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

struct fy_document;

/* Reads a file of one YAML document.
 *   out  doc  freed by fy_document_destroy; NULL on error
 * Returns OV_OK, or OV_EUSER with "PATH:LINE:COLUMN: error: …" (syntax, duplicate keys, bytes that
 * are no UTF-8 text, nothing in it, a second document, nesting or aliases beyond all reason) or
 * "PATH: …" (no such file, a directory, more than 4 MiB); OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_yaml_read(struct fy_document **doc, const char *path,
                                         struct ov_error *err);

/* The same for n bytes in memory; `name` stands for the path in messages. */
OV_NODISCARD enum ov_status ov_yaml_parse(struct fy_document **doc, const char *bytes, size_t n,
                                          const char *name, struct ov_error *err);

#endif
