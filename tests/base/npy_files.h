/* SPDX-License-Identifier: MIT
 *
 * Small .npy files for tests.
 */
#ifndef OVERLAP_TESTS_BASE_NPY_FILES_H
#define OVERLAP_TESTS_BASE_NPY_FILES_H

#include <string.h>

#include "overlap/base/text.h"
#include "test.h"

/* Version 1, header padded as numpy does. The numbers as this machine has them: little-endian. */
static inline void write_npy(const char *path, const char *descr, const char *order,
                             const char *shape, const void *numbers, size_t bytes)
{
    struct ov_text t = {0}, header = {0};
    ov_text_addf(&header, "{'descr': %s, 'fortran_order': %s, 'shape': %s, }", descr, order, shape);
    while ((10 + header.len + 1) % 64 != 0)
        ov_text_add(&header, " ", 1);
    ov_text_add(&header, "\n", 1);
    const unsigned char length[] = {header.len & 255, (unsigned char)(header.len >> 8)};
    ov_text_add(&t, "\x93NUMPY\x01\x00", 8);
    ov_text_add(&t, (const char *)length, 2);
    ov_text_add(&t, header.s, header.len);
    ov_text_add(&t, numbers, bytes);
    ck_ok(ov_file_write(path, t.s, t.len, NULL));
    ov_text_free(&header);
    ov_text_free(&t);
}

static inline void write_matrix(const char *path, size_t rows, size_t cols, const double *x)
{
    char shape[64];
    snprintf(shape, sizeof shape, "(%zu, %zu)", rows, cols);
    write_npy(path, "'<f8'", "False", shape, x, rows * cols * sizeof *x);
}

#endif
