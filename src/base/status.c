/* SPDX-License-Identifier: MIT
 *
 * Names of statuses, and messages that grow from the inside out.
 */
#include "overlap/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char cut_mark[] = "\xe2\x80\xa6"; /* … */

const char *ov_status_name(enum ov_status status)
{
    switch (status) {
    case OV_OK:
        return "ok";
    case OV_EUSER:
        return "user error";
    case OV_EDIVERGED:
        return "diverged";
    case OV_ENUMERIC:
        return "numerical failure";
    case OV_EIO:
        return "input/output error";
    case OV_ENOMEM:
        return "out of memory";
    case OV_EDOM:
        return "domain error";
    }
    return "unknown status";
}

/* The text filled its room: ends it in "…", without leaving half a UTF-8 character before. */
static void mark_cut(char *text, size_t size)
{
    size_t at = size - sizeof cut_mark;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    memcpy(text + at, cut_mark, sizeof cut_mark);
}

enum ov_status ov_fail(struct ov_error *err, enum ov_status status, const char *fmt, ...)
{
    if (!err)
        return status;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof err->text)
        mark_cut(err->text, sizeof err->text);
    err->status = status;
    return status;
}

enum ov_status ov_fail_diverged(struct ov_error *err, const char *name, double at)
{
    if (err)
        err->diverged_at = at;
    return ov_fail(err, OV_EDIVERGED, "diverges at %s = %.6g", name, at);
}

void ov_error_context(struct ov_error *err, const char *fmt, ...)
{
    if (!err || err->status == OV_OK)
        return;
    char inner[sizeof err->text];
    memcpy(inner, err->text, sizeof inner);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    size_t used = n < 0 ? 0 : (size_t)n;
    if (used >= sizeof err->text) {
        mark_cut(err->text, sizeof err->text);
        return;
    }
    int m = snprintf(err->text + used, sizeof err->text - used, ": %s", inner);
    if (m >= (int)(sizeof err->text - used))
        mark_cut(err->text, sizeof err->text);
}
