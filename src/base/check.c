/* SPDX-License-Identifier: MIT
 *
 * The end of a checked build whose invariant does not hold.
 */
#include "overlap/base/check.h"

#include <stdio.h>
#include <stdlib.h>

void ov_check_failed(const char *file, int line, const char *function, const char *condition)
{
    fprintf(stderr, "%s:%d: %s: %s does not hold\n", file, line, function, condition);
    abort();
}
