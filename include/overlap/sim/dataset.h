/* SPDX-License-Identifier: MIT
 *
 * Images from files: IDX, the format of MNIST and its kin, as it is or compressed by gzip. A file
 * is a header of big-endian words (0x00000803, number of images, rows, columns) and one unsigned
 * byte a pixel, image after image.
 */
#ifndef OVERLAP_SIM_DATASET_H
#define OVERLAP_SIM_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "overlap/base/status.h"

/* The bytes of a file. Owned; released by ov_dataset_free. */
struct ov_dataset {
    size_t n, N;          /* images, pixels of one */
    unsigned char *bytes; /* (n,N) row-major */
};

/* Reads a file whole.
 * Returns OV_OK; OV_EUSER with "PATH: …" for a file that is not there, no regular file, not IDX,
 * not of unsigned bytes in three dimensions, without images or pixels, of a size beyond 4 GiB,
 * truncated, longer than its header says, or damaged; OV_ENOMEM. On error d is empty. */
OV_NODISCARD enum ov_status ov_dataset_read(struct ov_dataset *d, const char *path,
                                            struct ov_error *err);
void ov_dataset_free(struct ov_dataset *d); /* NULL-safe, twice-safe */

/* The number of images and of pixels, without reading them: all of the errors above but damage
 * inside of a compressed file whose length is right. */
OV_NODISCARD enum ov_status ov_dataset_sizes(size_t *n, size_t *N, const char *path,
                                             struct ov_error *err);

/* Some images as inputs: x_i = (byte_i - mean_i) scale, or numbers that were made of them. A view; owns
 * nothing. */
struct ov_images {
    const unsigned char *bytes; /* (n,N) */
    size_t n, N;
    const double *mean; /* (N) */
    double scale;
    const float
        *number; /* (n,N) the inputs themselves, in place of bytes, mean and scale; or NULL */
};

/* Mean and scale of inputs.
 *   out  mean         (N); scale
 *   in   n            the first n images of d are looked at, 1 <= n <= d->n
 *   in   standardise  true: the mean of each pixel, and the one scale for which the mean of
 *                     |x|^2/N is 1; pixels that never change become 0. false: mean 0, scale 1/255
 * Returns OV_OK, or OV_EUSER if no pixel changes. */
OV_NODISCARD enum ov_status ov_dataset_scale(double *mean, double *scale,
                                             const struct ov_dataset *d, size_t n, bool standardise,
                                             struct ov_error *err);

/* S_ij = the mean of x_i x_j over the images: their covariance, where the mean that is taken off is
 * theirs.
 *   out  S  (N,N), both triangles; the same bits on every machine
 * Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_images_second_moments(double *S, const struct ov_images *images);

/* Whitened inputs, the first n_out principal components, each of variance 1 over the images whose
 * covariance is given:
 *     y_i = s_i sum_j basis_ij x_j/sqrt(variance_i),
 * the sign s_i such that the component of the largest |basis_ij| counts positively.
 *   out  number  (images->n, n_out), rounded to floats: nearly always the same on every machine, on which
 *                eigenvectors are the same to rounding only
 *   in   basis (n_out,N) rows, variance (n_out) > 0
 * Returns OV_OK or OV_ENOMEM. */
OV_NODISCARD enum ov_status ov_images_whiten(float *number, const struct ov_images *images,
                                             const double *basis, const double *variance,
                                             size_t n_out);

/* Elements from … from + n - 1 of input mu. */
static inline void ov_images_fill(double *x, const struct ov_images *images, size_t mu, size_t from,
                                  size_t n)
{
    if (images->number) {
        const float *number = images->number + mu * images->N + from;
        for (size_t i = 0; i < n; i++)
            x[i] = (double)number[i];
        return;
    }
    const unsigned char *byte = images->bytes + mu * images->N + from;
    const double *mean = images->mean + from;
    for (size_t i = 0; i < n; i++)
        x[i] = ((double)byte[i] - mean[i]) * images->scale;
}

#endif
