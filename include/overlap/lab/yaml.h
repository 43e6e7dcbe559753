/* SPDX-License-Identifier: MIT
 *
 * YAML documents, read once and whole: aliases and merge keys resolved, every mistake with its
 * place.
 */
#ifndef OVERLAP_LAB_YAML_H
#define OVERLAP_LAB_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

struct fy_document;

/* Reads a file of one YAML document.
 *   out  doc  freed by fy_document_destroy; NULL on error
 * Returns OV_OK, or OV_EUSER with "PATH:LINE:COLUMN: error: …" (syntax, duplicate keys, bytes that
 * are no UTF-8 text, nothing in it, a second document, nesting or aliases beyond all reason) or
 * "PATH: …" (no such file, a directory, more than 4 MiB); OV_ENOMEM. */
enum ov_status ov_yaml_read(struct fy_document **doc, const char *path, struct ov_error *err);

/* The same for n bytes in memory; `name` stands for the path in messages. */
enum ov_status ov_yaml_parse(struct fy_document **doc, const char *bytes, size_t n,
                             const char *name, struct ov_error *err);

/* Appends a report (a line and its excerpt) to what err holds: on a new line, not twice, and as far
 * as there is room. Returns OV_EUSER and sets it. */
enum ov_status ov_report_add(struct ov_error *err, const char *report);

/* True where there is no room for another. */
bool ov_report_is_full(const struct ov_error *err);

/* Replaces what would disturb a terminal (control bytes) by '?', except newlines and tabs. */
void ov_report_clean(char *text);

#endif
