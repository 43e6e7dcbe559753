/* SPDX-License-Identifier: MIT
 *
 * Tests that need pandoc, which `make deps` does not install.
 */
#ifndef OVERLAP_TESTS_PAPER_PANDOC_THERE_H
#define OVERLAP_TESTS_PAPER_PANDOC_THERE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* False, and a line that run.sh counts, where it is missing. */
static inline bool pandoc_there(const char *what)
{
    bool there = system("pandoc --version >/dev/null 2>&1") == 0;
    if (!there)
        printf("skip %s: no pandoc here\n", what);
    return there;
}

#endif
