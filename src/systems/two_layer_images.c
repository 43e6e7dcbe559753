/* SPDX-License-Identifier: MIT
 *
 * Images while a run uses them: their bytes, and the spectrum of their covariance.
 */
#include <stdlib.h>
#include <string.h>

#include "overlap/model/spectrum.h"
#include "two_layer_internal.h"

void ov_loaded_free(struct ov_loaded *l)
{
    ov_dataset_free(&l->train);
    ov_dataset_free(&l->test);
    free(l->mean);
    free(l->number);
    *l = (struct ov_loaded){.mean = NULL};
}

static enum ov_status has_changed(const char *path, struct ov_error *err)
{
    return ov_fail(err, OV_EUSER, "%s: has changed while it was in use", path);
}

/* The images of a file with the bytes that the run's key says. */
static enum ov_status read_known(struct ov_dataset *images, const char *path, const char *known_sha,
                                 struct ov_error *err)
{
    char sha[OV_KEY_SIZE];
    enum ov_status status = ov_dataset_read(images, path, err);
    if (status == OV_OK)
        status = ov_sha256_file(sha, path, err);
    if (status == OV_OK && strcmp(sha, known_sha) != 0)
        status = has_changed(path, err);
    return status;
}

static enum ov_status look_up(const char *path, const char *sha, size_t n_scale, size_t n,
                              struct ov_error *err);
static enum ov_status whiten(struct ov_loaded *l, const struct ov_data *d, struct ov_error *err);

enum ov_status ov_loaded_read(struct ov_loaded *l, const struct ov_data *d, struct ov_error *err)
{
    double scale = 1.0;
    enum ov_status status = read_known(&l->train, d->train_path, d->train_sha, err);
    if (status == OV_OK && d->test_path)
        status = read_known(&l->test, d->test_path, d->test_sha, err);
    if (status != OV_OK)
        return status;
    size_t n_train = d->train.n + (d->test_path ? 0 : d->test.n);
    const struct ov_dataset *test = d->test_path ? &l->test : &l->train;
    if (l->train.n != n_train || l->train.N != d->train.N || test->N != d->train.N ||
        (d->test_path && test->n != d->test.n)) /* while it was read for its key */
        return has_changed(d->train_path, err);
    l->mean = calloc(d->train.N, sizeof *l->mean);
    if (!l->mean)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    status = ov_dataset_scale(l->mean, &scale, &l->train, d->train.n, d->standardise, err);
    l->train_images =
        (struct ov_images){l->train.bytes, d->train.n, d->train.N, l->mean, scale, NULL};
    size_t first = d->test_path ? 0 : d->train.n;
    l->test_images =
        (struct ov_images){test->bytes + first * test->N, d->test.n, test->N, l->mean, scale, NULL};
    return status == OV_OK && d->whitened > 0 ? whiten(l, d, err) : status;
}

/* ---- their spectrum ---- */

/* That of the last ones asked for, as runs of one job do one after the other. */
static struct {
    char sha[OV_KEY_SIZE];
    size_t n_scale, n, N; /* mean and scale are those of n_scale images, the covariance that of n */
    double mean;          /* of the variances */
    double *rho, *basis;  /* (N) of mean 1, (N,N) */
} known;

static enum ov_status forget(void)
{
    free(known.rho);
    free(known.basis);
    known.rho = known.basis = NULL;
    known.n = 0;
    return OV_ENOMEM;
}

static enum ov_status find_spectrum(const struct ov_images *images, struct ov_error *err)
{
    size_t N = images->N;
    known.rho = calloc(N, sizeof *known.rho);
    known.basis = calloc(N, N * sizeof *known.basis);
    enum ov_status status =
        known.rho && known.basis ? ov_images_second_moments(known.basis, images) : OV_ENOMEM;
    known.mean = 0.0;
    for (size_t i = 0; i < N && status == OV_OK; i++)
        known.mean += known.basis[i * N + i] / (double)N;
    if (status == OV_OK)
        status = ov_spectrum_eigen(known.rho, known.basis, N);
    return status == OV_OK
               ? OV_OK
               : ov_fail(err, status, "the spectrum of the images: %s", ov_status_name(status));
}

/* The file's first n images, of which n_scale have mean 0 and mean square 1. */
static enum ov_status look_up(const char *path, const char *sha, size_t n_scale, size_t n,
                              struct ov_error *err)
{
    if (known.n == n && known.n_scale == n_scale && strcmp(known.sha, sha) == 0)
        return OV_OK;
    forget();
    struct ov_dataset images = {0};
    double scale = 1.0, *mean = NULL;
    enum ov_status status = read_known(&images, path, sha, err);
    if (status == OV_OK && (images.n < n || images.n < n_scale))
        status = has_changed(path, err);
    if (status == OV_OK && !(mean = calloc(images.N, sizeof *mean)))
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK)
        status = ov_dataset_scale(mean, &scale, &images, n_scale, true, err);
    if (status == OV_OK)
        status =
            find_spectrum(&(struct ov_images){images.bytes, n, images.N, mean, scale, NULL}, err);
    if (status == OV_OK) {
        strcpy(known.sha, sha);
        known.n_scale = n_scale;
        known.n = n;
        known.N = images.N;
    } else {
        forget();
    }
    ov_dataset_free(&images);
    free(mean);
    return status;
}

enum ov_status ov_images_spectrum(double *rho, double *basis, const struct ov_two_layer *s,
                                  struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    const struct ov_data *d = &s->data;
    bool clone = c->kind == OV_COVARIANCE_IMAGES;
    enum ov_status status =
        clone ? look_up(c->path, c->sha, c->n, c->n, err)
              : look_up(d->train_path, d->train_sha, d->train.n, (size_t)d->inputs.samples, err);
    if (status != OV_OK)
        return status;
    if (known.N != s->problem.N)
        return has_changed(clone ? c->path : d->train_path, err);
    for (size_t i = 0; i < known.N; i++)
        rho[i] = clone ? known.rho[i] : known.rho[i] * known.mean;
    if (basis)
        memcpy(basis, known.basis, known.N * known.N * sizeof *basis);
    return OV_OK;
}

/* ---- whitened ---- */

static enum ov_status whiten(struct ov_loaded *l, const struct ov_data *d, struct ov_error *err)
{
    size_t n = d->whitened, n_train = l->train_images.n, n_test = l->test_images.n;
    enum ov_status status = look_up(d->train_path, d->train_sha, n_train, n_train, err);
    if (status != OV_OK)
        return status;
    if (!(known.rho[n - 1] > OV_SPECTRUM_FLOOR_IMAGES))
        return ov_fail(err, OV_EUSER,
                       "%s: component %zu of its images has no variance to speak of: whiten fewer",
                       d->train_path, n);
    double *variance = calloc(n, sizeof *variance);
    l->number = calloc(n_train + n_test, n * sizeof *l->number);
    for (size_t i = 0; i < n && variance; i++)
        variance[i] = known.rho[i] * known.mean;
    float *test = l->number + n_train * n;
    status = variance && l->number ? OV_OK : OV_ENOMEM;
    if (status == OV_OK)
        status = ov_images_whiten(l->number, &l->train_images, known.basis, variance, n);
    if (status == OV_OK)
        status = ov_images_whiten(test, &l->test_images, known.basis, variance, n);
    free(variance);
    l->train_images = (struct ov_images){.n = n_train, .N = n, .number = l->number};
    l->test_images = (struct ov_images){.n = n_test, .N = n, .number = test};
    return status == OV_OK ? OV_OK : ov_fail(err, status, "out of memory");
}
