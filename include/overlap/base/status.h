/* SPDX-License-Identifier: MIT
 *
 * Status codes and the message that goes with them.
 *
 * A function that can fail returns enum ov_status. One that can also explain itself takes a
 * struct ov_error as its last argument; the caller owns it (usually on the stack, zeroed) and
 * may pass NULL to do without the words. Messages are one line, without a final full stop;
 * callers add what they were doing with ov_error_context, so that the chain reads from the
 * outside in: "curve K4, seed 3: diverges at alpha = 12.5".
 */
#ifndef OVERLAP_BASE_STATUS_H
#define OVERLAP_BASE_STATUS_H

#include <stddef.h>

#if defined(__GNUC__)
#define OV_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define OV_PRINTF(fmt, args)
#endif

/* In front of a function whose result must not be dropped: gcc and clang warn. */
#if defined(__GNUC__)
#define OV_NODISCARD __attribute__((warn_unused_result))
#else
#define OV_NODISCARD
#endif

enum ov_status {
    OV_OK = 0,
    OV_EUSER,     /* the user's mistake: usage, configuration or data       (exit 2) */
    OV_EDIVERGED, /* the dynamics left every bound: eta too large           (exit 4) */
    OV_ENUMERIC,  /* a method did not reach its tolerance                   (exit 4) */
    OV_EIO,       /* the operating system refused: disk full, permission    (exit 4) */
    OV_ENOMEM,    /* out of memory                                          (exit 4) */
    OV_EDOM,      /* an argument outside a formula's domain: a programmer's error, or data
                     the caller must turn into an OV_EUSER with a place     (exit 4) */
};

struct ov_error {
    enum ov_status status;
    double diverged_at; /* with OV_EDIVERGED: the time at which a bound was passed */
    char text[4096];    /* one or more lines, '\0'-terminated, no newline at the end */
};

/* A short name for a status, never NULL: "ok", "user error", "diverged", … */
const char *ov_status_name(enum ov_status status);

/* Sets err (if not NULL) to `status` and the formatted text; returns `status`, so that
 * `return ov_fail(err, OV_EIO, …)` reads as one statement. Overlong text ends in "…". */
enum ov_status ov_fail(struct ov_error *err, enum ov_status status, const char *fmt, ...)
    OV_PRINTF(3, 4);

/* The same with OV_EDIVERGED and "diverges at NAME = AT"; err->diverged_at is AT. */
enum ov_status ov_fail_diverged(struct ov_error *err, const char *name, double at);

/* Puts "formatted text: " in front of err's text. Does nothing where err is NULL or OV_OK. */
void ov_error_context(struct ov_error *err, const char *fmt, ...) OV_PRINTF(2, 3);

#endif
