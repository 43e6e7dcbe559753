/* SPDX-License-Identifier: MIT
 *
 * Complaints with their place, as compilers give them: FILE:LINE:COLUMN: error, and the excerpt.
 */
#ifndef OVERLAP_CONFIG_PLACE_H
#define OVERLAP_CONFIG_PLACE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

struct fy_node;

/* Fails with OV_EUSER at a node's place: "FILE:LINE:COL: error: …" with the excerpt; without a node
 * "error: …". Appended to what err already holds, on a new line, unless the same line stands there
 * already; when the room is used up, a last line says that there are more. */
enum ov_status ov_node_fail(struct fy_node *node, struct ov_error *err, const char *fmt, ...)
    OV_PRINTF(3, 4);

/* The same at byte `within` of the text that the node is; `name` goes before a complaint that has
 * no node; may be NULL. */
enum ov_status ov_node_vfail(struct fy_node *node, const char *name, size_t within,
                             struct ov_error *err, const char *fmt, va_list ap) OV_PRINTF(5, 0);

/* Appends a report (a line and its excerpt) to what err holds: on a new line, not twice, and as far
 * as there is room. Returns OV_EUSER and sets it. */
enum ov_status ov_report_add(struct ov_error *err, const char *report);

/* True where there is no room for another. */
bool ov_report_is_full(const struct ov_error *err);

/* Replaces what would disturb a terminal (control bytes) by '?', except newlines and tabs. */
void ov_report_clean(char *text);

#endif
