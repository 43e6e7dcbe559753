/* SPDX-License-Identifier: MIT
 *
 * Memory for what has nothing better to do without it than to stop: configuration, claims,
 * commands. These functions never return NULL. Where there is no memory, or a size overflows, they
 * call the handler; without one, or if it returns, the process aborts with one line on stderr.
 * Physics (num, model, theory, sim) does not use them: it reports OV_ENOMEM.
 */
#ifndef OVERLAP_BASE_ALLOC_H
#define OVERLAP_BASE_ALLOC_H

#include <stddef.h>

#include "overlap/base/status.h"

/* Told how many bytes were asked for (SIZE_MAX: more than can be counted); should not return. */
typedef void ov_no_memory(size_t bytes);

/* Installs a handler for the process (NULL: none) and returns the one before. */
ov_no_memory *ov_on_no_memory(ov_no_memory *handler);

/* What the functions below do where an allocation failed; for callers of those that return
 * NULL or OV_ENOMEM. */
_Noreturn void ov_out_of_memory(size_t bytes);

/* n elements of `size` bytes, zeroed; n = 0 gives memory too. Freed with free, as all of these. */
void *ov_xcalloc(size_t n, size_t size);

/* p (NULL, or from any allocator) with room for n elements of `size` bytes; what is new is not
 * zeroed. */
void *ov_xrealloc(void *p, size_t n, size_t size);

char *ov_xstrdup(const char *s);

/* A text as printf makes it. */
char *ov_xprintf(const char *fmt, ...) OV_PRINTF(1, 2);

#endif
