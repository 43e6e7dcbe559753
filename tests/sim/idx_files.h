/* SPDX-License-Identifier: MIT
 *
 * IDX files for tests, in a directory of their own.
 */
#ifndef OVERLAP_TESTS_SIM_IDX_FILES_H
#define OVERLAP_TESTS_SIM_IDX_FILES_H

#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "test.h"

struct idx_dir {
    char dir[40], path[80];
};

static inline struct idx_dir idx_dir_make(void)
{
    struct idx_dir d = {.dir = "/tmp/overlap-idx-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(d.dir));
    snprintf(d.path, sizeof d.path, "%s/images", d.dir);
    return d;
}

static inline void idx_dir_remove(const struct idx_dir *d)
{
    unlink(d->path);
    ck_assert_int_eq(rmdir(d->dir), 0);
}

/* n bytes; compressed where `zipped`. */
static inline void write_bytes(const char *path, const void *bytes, size_t n, bool zipped)
{
    if (zipped) {
        gzFile f = gzopen(path, "wb");
        ck_assert_int_eq(gzwrite(f, bytes, (unsigned)n), (int)n);
        ck_assert_int_eq(gzclose(f), Z_OK);
    } else {
        FILE *f = fopen(path, "wb");
        ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
        fclose(f);
    }
}

static inline void put_word(unsigned char *b, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        b[i] = (unsigned char)(word >> (24 - 8 * i));
}

/* The pixel i of image mu in the files below: all kinds of numbers, the first always 7. */
static inline unsigned char pixel(size_t mu, size_t i)
{
    uint64_t x = (mu * 1000003 + i) * 0x9e3779b97f4a7c15;
    return i == 0 ? 7 : (unsigned char)(x >> 56);
}

/* A good file of n images of rows x cols; freed by the caller. size: of all. */
static inline unsigned char *idx_bytes(size_t *size, size_t n, size_t rows, size_t cols)
{
    size_t N = rows * cols;
    *size = 16 + n * N;
    unsigned char *b = calloc(*size + 1, 1);
    ck_assert_ptr_nonnull(b);
    put_word(b, 0x00000803);
    put_word(b + 4, (uint32_t)n);
    put_word(b + 8, (uint32_t)rows);
    put_word(b + 12, (uint32_t)cols);
    for (size_t mu = 0; mu < n; mu++)
        for (size_t i = 0; i < N; i++)
            b[16 + mu * N + i] = pixel(mu, i);
    return b;
}

static inline void write_idx(const char *path, size_t n, size_t rows, size_t cols, bool zipped)
{
    size_t size;
    unsigned char *b = idx_bytes(&size, n, rows, cols);
    write_bytes(path, b, size, zipped);
    free(b);
}

#endif
