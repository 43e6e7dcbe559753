/* SPDX-License-Identifier: MIT
 *
 * What every bench shares: CPU time, and an end with words where the library fails.
 */
#ifndef OVERLAP_TESTS_BENCH_BENCH_H
#define OVERLAP_TESTS_BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "overlap/base/status.h"

/* CPU time of this thread. */
static inline double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline void must(enum ov_status status, const struct ov_error *err)
{
    if (status == OV_OK)
        return;
    fprintf(stderr, "bench: %s\n", err->text);
    exit(1);
}

#endif
