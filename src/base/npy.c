/* SPDX-License-Identifier: MIT
 *
 * numpy's format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html: magic,
 * version, length of the header, the header (a Python literal, padded), the numbers.
 */
#include "overlap/base/npy.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/text.h"

enum { MAGIC = 6, LONGEST_HEADER = 65536 };

struct npy {
    const char *path;
    const unsigned char *bytes, *end, *numbers;
    char header[512]; /* as text; what is longer is no matrix of numbers */
    size_t size;      /* bytes of a number */
};

/* What stands behind 'name': in the header, or NULL. */
static const char *value_of(const struct npy *f, const char *name)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s':", name);
    const char *at = strstr(f->header, quoted);
    return at ? at + strlen(quoted) + strspn(at + strlen(quoted), " ") : NULL;
}

static enum ov_status take_header(struct npy *f, struct ov_error *err)
{
    size_t size = (size_t)(f->end - f->bytes);
    if (size < MAGIC + 4 || memcmp(f->bytes, "\x93NUMPY", MAGIC) != 0)
        return ov_fail(err, OV_EUSER, "%s: no .npy file: it does not start with \\x93NUMPY",
                       f->path);
    const unsigned char *b = f->bytes + MAGIC;
    size_t front = b[0] == 1 ? 10 : 12, n = b[2] | (size_t)b[3] << 8;
    if (b[0] < 1 || b[0] > 3)
        return ov_fail(err, OV_EUSER, "%s: .npy of version %u, 1 to 3 can be read", f->path, b[0]);
    if (front == 12 && size >= front)
        n |= (size_t)b[4] << 16 | (size_t)b[5] << 24;
    if (n > LONGEST_HEADER || size < front + n)
        return ov_fail(err, OV_EUSER, "%s: is truncated in its header", f->path);
    size_t kept = n < sizeof f->header - 1 ? n : sizeof f->header - 1;
    memcpy(f->header, f->bytes + front, kept);
    f->numbers = f->bytes + front + n;
    return OV_OK;
}

static enum ov_status take_type(struct npy *f, struct ov_error *err)
{
    const char *descr = value_of(f, "descr"), *order = value_of(f, "fortran_order");
    bool single = descr && strncmp(descr, "'<f4'", 5) == 0;
    if (!single && (!descr || strncmp(descr, "'<f8'", 5) != 0))
        return ov_fail(err, OV_EUSER,
                       "%s: holds %.*s; '<f8' or '<f4' can be read: numpy's astype('<f8')", f->path,
                       descr ? (int)strcspn(descr, ",}") : 7, descr ? descr : "no type");
    if (!order || strncmp(order, "False", 5) != 0)
        return ov_fail(err, OV_EUSER,
                       "%s: stands column after column: numpy's ascontiguousarray makes rows",
                       f->path);
    f->size = single ? 4 : 8;
    return OV_OK;
}

static enum ov_status take_shape(struct npy *f, size_t *rows, size_t *cols, size_t most,
                                 struct ov_error *err)
{
    const char *shape = value_of(f, "shape");
    unsigned long long n[2];
    int end = 0;
    if (!shape || sscanf(shape, "(%19llu, %19llu%n", &n[0], &n[1], &end) != 2 || end == 0 ||
        shape[(size_t)end + strspn(shape + end, ", ")] != ')')
        return ov_fail(err, OV_EUSER, "%s: its shape is %.*s, a matrix is needed", f->path,
                       shape ? (int)strcspn(shape, ")") + 1 : 7, shape ? shape : "missing");
    if (n[0] == 0 || n[1] == 0 || n[0] > most / n[1])
        return ov_fail(err, OV_EUSER, "%s: %llu x %llu numbers, from 1 to %zu are possible",
                       f->path, n[0], n[1], most);
    *rows = (size_t)n[0];
    *cols = (size_t)n[1];
    size_t there = (size_t)(f->end - f->numbers), wanted = *rows * *cols * f->size;
    if (there != wanted)
        return ov_fail(err, OV_EUSER, "%s: %s: %zu bytes of numbers, %zu x %zu take %zu", f->path,
                       there < wanted ? "is truncated" : "goes on", there, *rows, *cols, wanted);
    return OV_OK;
}

/* Little-endian, whatever this machine is. */
static double number(const unsigned char *b, size_t size)
{
    uint64_t bits = 0;
    for (size_t i = size; i-- > 0;)
        bits = bits << 8 | b[i];
    double x;
    float y;
    uint32_t half = (uint32_t)bits;
    memcpy(&x, &bits, sizeof x);
    memcpy(&y, &half, sizeof y);
    return size == 8 ? x : (double)y;
}

static enum ov_status take_numbers(double **x, const struct npy *f, size_t rows, size_t cols,
                                   struct ov_error *err)
{
    double *to = malloc(rows * cols * sizeof *to);
    if (!to)
        return ov_fail(err, OV_ENOMEM, "out of memory: %s", f->path);
    for (size_t i = 0; i < rows * cols; i++) {
        to[i] = number(f->numbers + i * f->size, f->size);
        if (!isfinite(to[i])) {
            free(to);
            return ov_fail(err, OV_EUSER, "%s: number (%zu, %zu) is not finite", f->path, i / cols,
                           i % cols);
        }
    }
    *x = to;
    return OV_OK;
}

enum ov_status ov_npy_read(double **x, size_t *rows, size_t *cols, const char *path, size_t most,
                           struct ov_error *err)
{
    struct ov_text text = {0};
    enum ov_status status = ov_file_read(&text, path, 8 * most + LONGEST_HEADER + 12, err);
    const unsigned char *bytes = (const unsigned char *)text.s;
    struct npy f = {.path = path, .bytes = bytes, .end = bytes + text.len};
    *x = NULL;
    if (status == OV_OK)
        status = take_header(&f, err);
    if (status == OV_OK)
        status = take_type(&f, err);
    if (status == OV_OK)
        status = take_shape(&f, rows, cols, most, err);
    if (status == OV_OK)
        status = take_numbers(x, &f, *rows, *cols, err);
    ov_text_free(&text);
    return status;
}

/* The header ends in a newline at a multiple of 64 bytes. */
void ov_npy_print(struct ov_text *out, const double *x, size_t rows, size_t cols)
{
    char shape[64], header[256];
    size_t n = cols > 0 ? rows * cols : rows;
    if (cols > 0)
        snprintf(shape, sizeof shape, "(%zu, %zu)", rows, cols);
    else
        snprintf(shape, sizeof shape, "(%zu,)", rows);
    int used = snprintf(header, sizeof header,
                        "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }", shape);
    size_t length = (MAGIC + 4 + (size_t)used + 1 + 63) / 64 * 64 - MAGIC - 4;
    const char front[] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, (char)length, 0};
    ov_text_add(out, front, sizeof front);
    ov_text_addf(out, "%-*s\n", (int)length - 1, header);
    for (size_t i = 0; i < n; i++) {
        unsigned char byte[8];
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        for (size_t b = 0; b < sizeof byte; b++)
            byte[b] = (unsigned char)(bits >> 8 * b);
        ov_text_add(out, (const char *)byte, sizeof byte);
    }
}
