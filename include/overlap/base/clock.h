/* SPDX-License-Identifier: MIT
 *
 * The monotonic clock, and durations for people.
 */
#ifndef OVERLAP_BASE_CLOCK_H
#define OVERLAP_BASE_CLOCK_H

#include "overlap/base/text.h"

/* Seconds of the monotonic clock. */
double ov_clock(void);

/* "3.2 s", "4 min 10 s", "2 h 05 min". */
void ov_text_add_duration(struct ov_text *t, double seconds);

#endif
