/* SPDX-License-Identifier: MIT
 *
 * The monotonic clock, and durations for people.
 */
#include "overlap/base/clock.h"

#include <time.h>

double ov_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void ov_text_add_duration(struct ov_text *t, double seconds)
{
    long s = (long)(seconds + 0.5);
    if (seconds < 9.95)
        ov_text_addf(t, "%.1f s", seconds);
    else if (s < 60)
        ov_text_addf(t, "%ld s", s);
    else if (s < 3600)
        ov_text_addf(t, "%ld min %02ld s", s / 60, s % 60);
    else
        ov_text_addf(t, "%ld h %02ld min", s / 3600, s / 60 % 60);
}
