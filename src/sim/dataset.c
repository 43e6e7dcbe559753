/* SPDX-License-Identifier: MIT
 *
 * Images in IDX files, compressed or not, and what turns them into inputs.
 */
#include "overlap/sim/dataset.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

enum { HEADER = 16, UNSIGNED_BYTES = 8, PIECE = 1 << 20 };
static const uint64_t largest_set = (uint64_t)1 << 32;

/* gzip makes nothing smaller than by this factor. */
static const uint64_t best_compression = 1100;

/* An open file behind its header. */
struct idx {
    gzFile file;
    const char *path;
    uint64_t length; /* of the file as it is stored */
    size_t n, N;
};

/* ---- the header ---- */

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static const char *element_name(unsigned char type)
{
    switch (type) {
    case 0x09:
        return "signed bytes";
    case 0x0b:
        return "16-bit numbers";
    case 0x0c:
        return "32-bit numbers";
    case 0x0d:
        return "floats";
    case 0x0e:
        return "doubles";
    default:
        return NULL;
    }
}

static enum ov_status check_magic(const unsigned char *b, const char *path, struct ov_error *err)
{
    const char *other = element_name(b[2]);
    if (b[0] != 0 || b[1] != 0 || (b[2] != UNSIGNED_BYTES && !other))
        return ov_fail(err, OV_EUSER,
                       "%s: no IDX file of images: it starts with 0x%08x, not with 0x00000803",
                       path, big_endian(b));
    if (other)
        return ov_fail(err, OV_EUSER, "%s: holds %s; images of unsigned bytes are needed", path,
                       other);
    if (b[3] != 3)
        return ov_fail(err, OV_EUSER, "%s: has %u dimension%s%s; images have three", path, b[3],
                       b[3] == 1 ? "" : "s", b[3] == 1 ? " (a file of labels?)" : "");
    return OV_OK;
}

static enum ov_status take_sizes(struct idx *f, const unsigned char *b, struct ov_error *err)
{
    uint64_t n = big_endian(b + 4), rows = big_endian(b + 8), cols = big_endian(b + 12);
    if (n == 0 || rows == 0 || cols == 0)
        return ov_fail(err, OV_EUSER, "%s: holds no pixels: %llu images of %llu x %llu", f->path,
                       (unsigned long long)n, (unsigned long long)rows, (unsigned long long)cols);
    if (rows * cols > largest_set ||
        n > largest_set / (rows * cols)) /* 32 bits each: no overflow */
        return ov_fail(err, OV_EUSER,
                       "%s: %llu images of %llu x %llu pixels are more than the 4 GiB that can be "
                       "read",
                       f->path, (unsigned long long)n, (unsigned long long)rows,
                       (unsigned long long)cols);
    f->n = (size_t)n;
    f->N = (size_t)(rows * cols);
    return OV_OK;
}

static enum ov_status truncated(const struct idx *f, struct ov_error *err)
{
    return ov_fail(err, OV_EUSER, "%s: is truncated: its header says %zu images of %zu pixels",
                   f->path, f->n, f->N);
}

/* What the last gzread met besides an early end. */
static enum ov_status check_stream(const struct idx *f, struct ov_error *err)
{
    int code = Z_OK;
    const char *what = gzerror(f->file, &code);
    if (code == Z_OK || code == Z_BUF_ERROR || code == Z_STREAM_END)
        return OV_OK;
    return ov_fail(err, OV_EUSER, "%s: is damaged: %s", f->path,
                   code == Z_ERRNO ? strerror(errno) : what);
}

static enum ov_status read_header(struct idx *f, struct ov_error *err)
{
    unsigned char b[HEADER];
    int got = gzread(f->file, b, HEADER);
    enum ov_status status = check_stream(f, err);
    if (status != OV_OK)
        return status;
    if (got < HEADER)
        return ov_fail(err, OV_EUSER, "%s: is too short for an IDX file of images", f->path);
    status = check_magic(b, f->path, err);
    if (status == OV_OK)
        status = take_sizes(f, b, err);
    if (status != OV_OK)
        return status;
    uint64_t bytes = (uint64_t)f->n * f->N;
    return bytes / best_compression > f->length ? truncated(f, err) : OV_OK;
}

static void close_file(struct idx *f)
{
    if (f->file)
        gzclose(f->file);
    f->file = NULL;
}

/* On error nothing is left open. */
static enum ov_status open_file(struct idx *f, const char *path, struct ov_error *err)
{
    struct stat s;
    *f = (struct idx){.path = path};
    if (stat(path, &s) != 0)
        return ov_fail(err, OV_EUSER, "%s: %s", path, strerror(errno));
    if (!S_ISREG(s.st_mode))
        return ov_fail(err, OV_EUSER, "%s: not a file", path);
    f->length = (uint64_t)s.st_size;
    errno = 0;
    f->file = gzopen(path, "rb");
    if (!f->file)
        return errno ? ov_fail(err, OV_EUSER, "%s: %s", path, strerror(errno))
                     : ov_fail(err, OV_ENOMEM, "out of memory");
    enum ov_status status = read_header(f, err);
    if (status != OV_OK)
        close_file(f);
    return status;
}

/* ---- the images ---- */

/* The next n bytes, to `to` or nowhere (NULL). */
static enum ov_status read_bytes(struct idx *f, unsigned char *to, uint64_t n, struct ov_error *err)
{
    static const unsigned piece = PIECE;
    unsigned char *nowhere = to ? NULL : malloc(PIECE);
    enum ov_status status = to || nowhere ? OV_OK : ov_fail(err, OV_ENOMEM, "out of memory");
    while (n > 0 && status == OV_OK) {
        unsigned want = n < piece ? (unsigned)n : piece;
        int got = gzread(f->file, to ? to : nowhere, want);
        status = check_stream(f, err);
        if (status == OV_OK && got < (int)want)
            status = truncated(f, err);
        n -= want;
        to = to ? to + want : NULL;
    }
    free(nowhere);
    return status;
}

/* Behind the last image there is nothing, and the checksum of a compressed file is right. */
static enum ov_status check_end(struct idx *f, struct ov_error *err)
{
    unsigned char more;
    int got = gzread(f->file, &more, 1), code = Z_OK;
    gzerror(f->file, &code);
    if (got > 0)
        return ov_fail(err, OV_EUSER, "%s: goes on after the %zu images of %zu pixels it has",
                       f->path, f->n, f->N);
    return code == Z_BUF_ERROR ? truncated(f, err) : check_stream(f, err);
}

/* The length that a gzip file says it has when unpacked: its last four bytes, little-endian. */
static bool says_length(const char *path, uint64_t length)
{
    unsigned char b[4] = {0};
    FILE *file = fopen(path, "rb");
    bool got = file && fseek(file, -4, SEEK_END) == 0 && fread(b, 1, 4, file) == 4;
    if (file)
        fclose(file);
    uint32_t said = (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
    return got && said == (uint32_t)length;
}

enum ov_status ov_dataset_sizes(size_t *n, size_t *N, const char *path, struct ov_error *err)
{
    struct idx f;
    *n = *N = 0;
    enum ov_status status = open_file(&f, path, err);
    if (status != OV_OK)
        return status;
    uint64_t bytes = (uint64_t)f.n * f.N;
    bool whole = gzdirect(f.file) ? f.length == HEADER + bytes : says_length(path, HEADER + bytes);
    if (!whole) { /* what exactly is wrong, reading tells */
        status = read_bytes(&f, NULL, bytes, err);
        if (status == OV_OK)
            status = check_end(&f, err);
    }
    close_file(&f);
    if (status == OV_OK) {
        *n = f.n;
        *N = f.N;
    }
    return status;
}

enum ov_status ov_dataset_read(struct ov_dataset *d, const char *path, struct ov_error *err)
{
    struct idx f;
    *d = (struct ov_dataset){0};
    enum ov_status status = open_file(&f, path, err);
    if (status != OV_OK)
        return status;
    *d = (struct ov_dataset){.n = f.n, .N = f.N, .bytes = malloc(f.n * f.N)};
    if (!d->bytes)
        status = ov_fail(err, OV_ENOMEM, "out of memory: %s", path);
    if (status == OV_OK)
        status = read_bytes(&f, d->bytes, (uint64_t)f.n * f.N, err);
    if (status == OV_OK)
        status = check_end(&f, err);
    close_file(&f);
    if (status != OV_OK)
        ov_dataset_free(d);
    return status;
}

void ov_dataset_free(struct ov_dataset *d)
{
    if (!d)
        return;
    free(d->bytes);
    *d = (struct ov_dataset){0};
}

/* ---- as inputs ---- */

enum ov_status ov_dataset_scale(double *mean, double *scale, const struct ov_dataset *d, size_t n,
                                bool standardise, struct ov_error *err)
{
    size_t N = d->N;
    memset(mean, 0, N * sizeof *mean);
    *scale = 1.0 / 255.0;
    if (!standardise)
        return OV_OK;
    double variance = 0.0;
    for (size_t mu = 0; mu < n; mu++) /* whole numbers below 2^53: exact in any order */
        for (size_t i = 0; i < N; i++)
            mean[i] += d->bytes[mu * N + i];
    for (size_t i = 0; i < N; i++)
        mean[i] /= (double)n;
    for (size_t mu = 0; mu < n; mu++) {
        double square = 0.0;
        for (size_t i = 0; i < N; i++) {
            double x = d->bytes[mu * N + i] - mean[i];
            square += x * x;
        }
        variance += square;
    }
    variance /= (double)n * (double)N;
    if (!(variance > 0.0))
        return ov_fail(err, OV_EUSER, "all images are the same");
    *scale = 1.0 / sqrt(variance);
    return OV_OK;
}
