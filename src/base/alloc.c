/* SPDX-License-Identifier: MIT
 *
 * Allocation that does not fail: the handler is called instead.
 */
#include "overlap/base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ov_no_memory *handler;

ov_no_memory *ov_on_no_memory(ov_no_memory *now)
{
    ov_no_memory *before = handler;
    handler = now;
    return before;
}

void ov_out_of_memory(size_t bytes)
{
    if (handler)
        handler(bytes);
    fprintf(stderr, "overlap: error: out of memory\n");
    abort();
}

/* n * size, at least 1. */
static size_t product(size_t n, size_t size)
{
    if (size > 0 && n > SIZE_MAX / size)
        ov_out_of_memory(SIZE_MAX);
    return n * size > 0 ? n * size : 1;
}

void *ov_xcalloc(size_t n, size_t size)
{
    size_t bytes = product(n, size);
    void *p = calloc(bytes, 1);
    if (!p)
        ov_out_of_memory(bytes);
    return p;
}

void *ov_xrealloc(void *p, size_t n, size_t size)
{
    size_t bytes = product(n, size);
    void *grown = realloc(p, bytes);
    if (!grown)
        ov_out_of_memory(bytes);
    return grown;
}

char *ov_xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(ov_xrealloc(NULL, n, 1), s, n);
}

char *ov_xprintf(const char *fmt, ...)
{
    char *s = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&s, fmt, ap);
    va_end(ap);
    if (n < 0)
        ov_out_of_memory(0);
    return s;
}
