/* SPDX-License-Identifier: MIT
 *
 * What a curve of system two-layer trains on: `inputs`, `samples` and `batch`.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "two_layer_internal.h"

/* Numbers of a batch: 8 GB. */
static const double largest_batch = 1e9;

void ov_data_free(struct ov_data *d)
{
    free(d->train_path);
    free(d->test_path);
    free(d->spectrum);
    ov_text_free(&d->said);
    ov_text_free(&d->columns_doc);
}

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

/* ---- Gaussian inputs ---- */

/* Twelve digits: what pow gives beyond them differs between machines. */
static double power_of(size_t i, double power)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.12g", pow((double)i, -power));
    return strtod(digits, NULL);
}

static void say_list(struct ov_data *d, const struct ov_value *v)
{
    for (size_t i = 0; i < v->cols; i++) {
        ov_text_addf(&d->said, i ? " " : "");
        ov_text_add_number(&d->said, v->array[i]);
    }
}

/* The variances before they are scaled. */
static enum ov_status fill_spectrum(struct ov_data *d, size_t N, struct ov_value *v,
                                    struct ov_error *err)
{
    if (v->type == OV_LIST) {
        if (v->cols == 0 || N % v->cols != 0)
            return ov_value_fail(
                v, err, "covariance has %zu numbers, which does not divide N = %zu", v->cols, N);
        for (size_t i = 0; i < N; i++)
            d->spectrum[i] = v->array[i / (N / v->cols)];
        say_list(d, v);
        return OV_OK;
    }
    double power = ov_value_number(v, "power");
    for (size_t i = 0; i < N; i++)
        d->spectrum[i] = power_of(i + 1, power);
    ov_text_addf(&d->said, "power ");
    ov_text_add_number(&d->said, power);
    return OV_OK;
}

/* Said again here, before a spectrum of any size is made. */
static enum ov_status check_N(const struct ov_problem *p, struct ov_value *params,
                              const struct ov_value *covariance, struct ov_error *err)
{
    const struct ov_value *given = ov_value_find(params, "sgd.N");
    given = given ? given : ov_value_find(params, "N");
    if (!given || p->N == 0)
        return ov_value_fail(covariance, err, "covariance needs 'N', the input dimension");
    if ((double)p->N * (double)(p->K + p->M) > OV_LARGEST_WEIGHTS)
        return ov_value_fail(given, err, "the weights would be more than 10^9 numbers");
    return OV_OK;
}

static enum ov_status read_covariance(struct ov_data *d, size_t N, struct ov_value *v,
                                      struct ov_error *err)
{
    d->spectrum = calloc(N, sizeof *d->spectrum);
    if (!d->spectrum)
        return no_memory(err);
    enum ov_status status = fill_spectrum(d, N, v, err);
    if (status != OV_OK)
        return status;
    double sum = 0.0;
    for (size_t i = 0; i < N; i++)
        sum += d->spectrum[i];
    if (!(sum > 0.0))
        return ov_value_fail(v, err, "covariance is 0 throughout");
    if (!isfinite((double)N / sum))
        return ov_value_fail(v, err, "covariance has a mean too small to scale it to 1");
    for (size_t i = 0; i < N; i++)
        d->spectrum[i] *= (double)N / sum;
    d->inputs.spectrum = d->spectrum;
    d->plain = false;
    return OV_OK;
}

/* ---- images ---- */

/* The hash of a file, which several curves may read: of one that has not changed since, that of the
 * last time. */
static enum ov_status hash_once(char sha[OV_KEY_SIZE], const char *path, struct ov_error *err)
{
    enum { FILES = 4 };
    static struct {
        struct stat is;
        char sha[OV_KEY_SIZE];
    } known[FILES];
    static size_t n;
    struct stat is;
    if (stat(path, &is) != 0)
        return ov_sha256_file(sha, path, err);
    for (size_t i = 0; i < n && i < FILES; i++) {
        const struct stat *was = &known[i].is;
        if (was->st_dev == is.st_dev && was->st_ino == is.st_ino && was->st_size == is.st_size &&
            was->st_ctim.tv_sec == is.st_ctim.tv_sec &&
            was->st_ctim.tv_nsec == is.st_ctim.tv_nsec) {
            memcpy(sha, known[i].sha, OV_KEY_SIZE);
            return OV_OK;
        }
    }
    enum ov_status status = ov_sha256_file(sha, path, err);
    if (status == OV_OK) {
        known[n % FILES].is = is;
        memcpy(known[n++ % FILES].sha, sha, OV_KEY_SIZE);
    }
    return status;
}

/* What the path in v means, its sizes and the hash of its bytes. */
static enum ov_status read_file(char **path, size_t *n, size_t *N, char sha[OV_KEY_SIZE],
                                const struct ov_value *v, const char *dir, struct ov_error *err)
{
    struct ov_error own = {0};
    *path = ov_path_beside(v->string, dir);
    if (!*path)
        return no_memory(err);
    enum ov_status status = ov_dataset_sizes(n, N, *path, &own);
    if (status == OV_OK)
        status = hash_once(sha, *path, &own);
    if (status == OV_EUSER)
        return ov_value_fail(v, err, "%s", own.text);
    return status == OV_OK ? OV_OK : ov_fail(err, status, "%s", own.text);
}

/* N is the number of pixels, and if it is given it must be that. */
static enum ov_status take_N(struct ov_problem *p, struct ov_value *params, size_t N,
                             const char *path, struct ov_error *err)
{
    const struct ov_value *given = ov_value_find(params, "sgd.N");
    given = given ? given : ov_value_find(params, "N");
    if (given && p->N != N)
        return ov_value_fail(given, err, "N is %zu, but the images of %s have %zu pixels", p->N,
                             path, N);
    p->N = N;
    return OV_OK;
}

static enum ov_status read_test(struct ov_data *d, struct ov_value *inputs, const char *dir,
                                struct ov_error *err)
{
    struct ov_value *test = ov_value_get(inputs, "test");
    if (test) {
        ov_value_unused(inputs, "held_out", "has a test file");
        enum ov_status status =
            read_file(&d->test_path, &d->test.n, &d->test.N, d->test_sha, test, dir, err);
        if (status == OV_OK && d->test.N != d->train.N)
            return ov_value_fail(test, err, "its images have %zu pixels, those of %s have %zu",
                                 d->test.N, d->train_path, d->train.N);
        return status;
    }
    struct ov_value *given = ov_value_get(inputs, "held_out");
    size_t n = given ? (size_t)given->number : d->train.n / 6;
    if (n >= d->train.n)
        return ov_value_fail(given, err, "held_out is %zu, but %s has %zu images", n, d->train_path,
                             d->train.n);
    if (n == 0)
        return ov_value_fail(ov_value_get(inputs, "images"), err,
                             "%s has %zu images: too few to hold some out; give a 'test' file",
                             d->train_path, d->train.n);
    d->test = (struct ov_images){.n = n, .N = d->train.N};
    d->train.n -= n;
    return OV_OK;
}

static enum ov_status read_images(struct ov_two_layer *s, struct ov_value *params,
                                  struct ov_value *inputs, struct ov_error *err)
{
    struct ov_data *d = &s->data;
    struct ov_value *images = ov_value_get(inputs, "images");
    ov_value_unused(inputs, "covariance", "has images as inputs");
    if (!images)
        return ov_value_fail(inputs, err, "inputs of kind idx need 'images', a file");
    enum ov_status status =
        read_file(&d->train_path, &d->train.n, &d->train.N, d->train_sha, images, params->dir, err);
    if (status == OV_OK)
        status = take_N(&s->problem, params, d->train.N, d->train_path, err);
    if (status == OV_OK)
        status = read_test(d, inputs, params->dir, err);
    if (status != OV_OK)
        return status;
    d->standardise = ov_value_number(inputs, "standardise") != 0;
    d->inputs.train = &d->train;
    d->inputs.test = &d->test;
    if (!ov_value_find(params, "samples"))
        d->inputs.samples = d->train.n;
    d->plain = false;
    return OV_OK;
}

/* ---- reading ---- */

static enum ov_status read_inputs(struct ov_two_layer *s, struct ov_value *params,
                                  struct ov_error *err)
{
    struct ov_value *inputs = ov_value_get(params, "inputs");
    if (strcmp(ov_value_string(inputs, "kind"), "idx") == 0)
        return read_images(s, params, inputs, err);
    static const char *const names[] = {"images", "test", "held_out", "standardise"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ov_value_unused(inputs, names[i], "has Gaussian inputs");
    struct ov_value *covariance = ov_value_get(inputs, "covariance");
    if (!covariance)
        return OV_OK;
    enum ov_status status = check_N(&s->problem, params, covariance, err);
    return status == OV_OK ? read_covariance(&s->data, s->problem.N, covariance, err) : status;
}

static enum ov_status check_samples(struct ov_data *d, struct ov_value *params,
                                    struct ov_error *err)
{
    const struct ov_value *samples = ov_value_find(params, "samples");
    if (!samples)
        return OV_OK;
    d->plain = false;
    if (d->inputs.train && d->inputs.samples > d->train.n)
        return ov_value_fail(samples, err, "samples is %llu, but %s has %zu images to train on",
                             (unsigned long long)d->inputs.samples, d->train_path, d->train.n);
    return OV_OK;
}

/* Engine law is exact for fresh Gaussian inputs, one a step, and for nothing else. */
static enum ov_status check_engine(const struct ov_two_layer *s, struct ov_value *params,
                                   struct ov_value *sgd, struct ov_error *err)
{
    static const char *const names[] = {"inputs.images", "inputs.covariance", "samples", "batch"};
    if (strcmp(ov_value_string(sgd, "engine"), "weights") == 0)
        return OV_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ov_value *v = ov_value_find(params, names[i]);
        bool one = i == 3 && s->problem.batch == 1;
        if (v && v->node && !one)
            return ov_value_fail(v, err,
                                 "%s needs engine weights: engine law is for fresh "
                                 "Gaussian inputs with covariance 1, one a step",
                                 v->key->name);
    }
    return OV_OK;
}

static void write_columns_doc(struct ov_data *d)
{
    const char *errors = d->inputs.test ? "mean of (phi - phi*)^2/2 over the test images"
                                        : "generalisation error <(phi - phi*)^2>/2";
    bool coloured = d->inputs.spectrum;
    ov_text_addf(&d->columns_doc,
                 "alpha: time, steps/N; eps_g: %s, without label noise; Q_k_l: w_k.%sw_l/N; R_k_m: "
                 "w_k.%sw*_m/N%s; v_k: second layer",
                 errors, coloured ? "C " : "", coloured ? "C " : "",
                 coloured ? " (C: the covariance of the inputs)" : "");
    if (d->inputs.test)
        ov_text_addf(&d->columns_doc,
                     " (Q and R are overlaps of the weights, not covariances of the fields); "
                     "eps_g_se: standard error of eps_g over the test images");
    if (d->inputs.samples > 0)
        ov_text_addf(&d->columns_doc, "; eps_t: training error, mean of (phi - y)^2/2 over the "
                                      "training set, with the noise in its labels");
    ov_text_addf(&d->columns_doc, "; all without a unit");
}

enum ov_status ov_data_read(struct ov_two_layer *s, struct ov_value *params, struct ov_error *err)
{
    struct ov_value *sgd = ov_value_get(params, "sgd"), *batch = ov_value_get(params, "batch");
    s->data.plain = true;
    if (!sgd)
        return OV_OK;
    enum ov_status status = read_inputs(s, params, err);
    if (status == OV_OK)
        status = check_samples(&s->data, params, err);
    if (status == OV_OK)
        status = check_engine(s, params, sgd, err);
    if (status == OV_OK && batch->number * (double)s->problem.N > largest_batch)
        return ov_value_fail(batch, err, "a batch would be more than 10^9 numbers");
    if (status == OV_OK)
        write_columns_doc(&s->data);
    return status == OV_OK && s->data.columns_doc.failed ? no_memory(err) : status;
}

void ov_data_describe(struct ov_text *out, const struct ov_data *d)
{
    if (d->spectrum)
        ov_text_addf(out, "inputs: gaussian\ncovariance: %s\n", d->said.s);
    if (d->inputs.train)
        ov_text_addf(out, "inputs: idx\nimages: %s\n", d->train_sha);
    if (d->inputs.train && d->test_path)
        ov_text_addf(out, "test: %s\n", d->test_sha);
    else if (d->inputs.train)
        ov_text_addf(out, "held_out: %zu\n", d->test.n);
    if (d->inputs.train)
        ov_text_addf(out, "standardise: %s\n", d->standardise ? "true" : "false");
    out->failed = out->failed || d->said.failed;
}

/* ---- running ---- */

/* The images of a run, and what turns them into inputs. */
struct loaded {
    struct ov_dataset train, test;
    double *mean;
    struct ov_images train_images, test_images;
};

static void loaded_free(struct loaded *l)
{
    ov_dataset_free(&l->train);
    ov_dataset_free(&l->test);
    free(l->mean);
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
        status = ov_fail(err, OV_EUSER, "%s: has changed while it was in use", path);
    return status;
}

static enum ov_status load_images(struct loaded *l, const struct ov_data *d, struct ov_error *err)
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
        return ov_fail(err, OV_EUSER, "%s: has changed while it was in use", d->train_path);
    l->mean = calloc(d->train.N, sizeof *l->mean);
    if (!l->mean)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    status = ov_dataset_scale(l->mean, &scale, &l->train, d->train.n, d->standardise, err);
    l->train_images = (struct ov_images){l->train.bytes, d->train.n, d->train.N, l->mean, scale};
    size_t first = d->test_path ? 0 : d->train.n;
    l->test_images =
        (struct ov_images){test->bytes + first * test->N, d->test.n, test->N, l->mean, scale};
    return status;
}

enum ov_status ov_data_run(double *rows, const struct ov_weights_kept *kept,
                           const struct ov_two_layer *s, const uint64_t *key, size_t n_run,
                           const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_inputs in = s->data.inputs;
    struct loaded l = {.mean = NULL};
    size_t size = s->n_alpha * ov_weights_width(&s->problem, &in);
    enum ov_status status = in.train ? load_images(&l, &s->data, err) : OV_OK;
    if (in.train) {
        in.train = &l.train_images;
        in.test = &l.test_images;
    }
    for (size_t i = 0; i < n_run && status == OV_OK; i++)
        status = ov_weights_run_kept(rows + i * size, kept, &s->problem, &in, key[i], s->alpha,
                                     s->n_alpha, tick, err);
    loaded_free(&l);
    return status;
}
