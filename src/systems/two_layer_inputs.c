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
    ov_text_free(&d->columns_doc);
}

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
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

enum ov_status ov_data_file(char **path, size_t *n, size_t *N, char sha[OV_KEY_SIZE],
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

enum ov_status ov_data_take_N(struct ov_problem *p, struct ov_value *params, size_t N,
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
            ov_data_file(&d->test_path, &d->test.n, &d->test.N, d->test_sha, test, dir, err);
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

/* Theory takes the covariance of what sgd trains on, unless it is to be that of white inputs. */
static enum ov_status read_theory_of_images(struct ov_two_layer *s, struct ov_value *params,
                                            struct ov_value *inputs, struct ov_error *err)
{
    if (s->data.whitened > 0) { /* their covariance is 1 */
        ov_value_unused(params, "blocks", "has whitened inputs");
        return OV_OK;
    }
    if (!s->theory_asked || s->covariance.theory_inputs == OV_THEORY_ISOTROPIC) {
        ov_value_unused(params, "blocks", "has no theory of its inputs' covariance");
        return OV_OK;
    }
    if (!s->data.standardise)
        return ov_value_fail(ov_value_get(inputs, "standardise"), err,
                             "theory takes images whose mean was taken off; or theory: {inputs: "
                             "isotropic}");
    s->covariance.kind = OV_COVARIANCE_OWN;
    return ov_covariance_take_blocks(&s->covariance, ov_value_get(params, "blocks"), err);
}

/* Inputs are principal components; N is how many. */
static enum ov_status read_whitened(struct ov_two_layer *s, struct ov_value *params,
                                    struct ov_value *whiten, struct ov_value *standardise,
                                    struct ov_error *err)
{
    struct ov_data *d = &s->data;
    const struct ov_value *given = ov_value_find(params, "sgd.N");
    given = given ? given : ov_value_find(params, "N");
    d->whitened = (size_t)whiten->number;
    if (!d->standardise)
        return ov_value_fail(standardise, err,
                             "whitened components are of images whose mean was taken off");
    size_t most = d->train.N < d->train.n ? d->train.N : d->train.n - 1;
    if (d->whitened > most)
        return ov_value_fail(whiten, err, "%zu images of %zu pixels have %zu components, not %zu",
                             d->train.n, d->train.N, most, d->whitened);
    if (given && s->problem.N != d->whitened)
        return ov_value_fail(given, err, "N is %zu, but %zu whitened components are the inputs",
                             s->problem.N, d->whitened);
    s->problem.N = d->whitened;
    return OV_OK;
}

static enum ov_status read_images(struct ov_two_layer *s, struct ov_value *params,
                                  struct ov_value *inputs, struct ov_error *err)
{
    struct ov_data *d = &s->data;
    struct ov_value *images = ov_value_get(inputs, "images");
    ov_value_unused(inputs, "covariance", "has images as inputs");
    ov_value_unused(inputs, "precondition", "has images as inputs");
    ov_value_unused(inputs, "hidden_manifold", "has images as inputs");
    if (!images)
        return ov_value_fail(inputs, err, "inputs of kind idx need 'images', a file");
    enum ov_status status = ov_data_file(&d->train_path, &d->train.n, &d->train.N, d->train_sha,
                                         images, params->dir, err);
    struct ov_value *whiten = ov_value_get(inputs, "whiten");
    d->standardise = ov_value_number(inputs, "standardise") != 0;
    if (status == OV_OK && !whiten)
        status = ov_data_take_N(&s->problem, params, d->train.N, d->train_path, err);
    if (status == OV_OK)
        status = read_test(d, inputs, params->dir, err);
    if (status == OV_OK && whiten)
        status = read_whitened(s, params, whiten, ov_value_get(inputs, "standardise"), err);
    if (status != OV_OK)
        return status;
    d->inputs.train = &d->train;
    d->inputs.test = &d->test;
    if (!ov_value_find(params, "samples"))
        d->inputs.samples = d->train.n;
    d->plain = false;
    return read_theory_of_images(s, params, inputs, err);
}

/* ---- reading ---- */

static enum ov_status read_inputs(struct ov_two_layer *s, struct ov_value *params,
                                  struct ov_error *err)
{
    struct ov_value *inputs = ov_value_get(params, "inputs");
    if (strcmp(ov_value_string(inputs, "kind"), "idx") == 0)
        return read_images(s, params, inputs, err);
    if (ov_value_get(inputs, "hidden_manifold"))
        return ov_manifold_read(s, params, inputs, err);
    static const char *const names[] = {"images", "test", "held_out", "standardise", "whiten"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ov_value_unused(inputs, names[i], "has Gaussian inputs");
    return ov_covariance_read(s, params, inputs, err);
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
    static const char *const names[] = {"inputs.images", "samples", "batch",
                                        "inputs.hidden_manifold"};
    if (strcmp(ov_value_string(sgd, "engine"), "weights") == 0)
        return OV_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ov_value *v = ov_value_find(params, names[i]);
        bool one = i == 2 && s->problem.batch == 1;
        if (v && v->node && !one)
            return ov_value_fail(v, err,
                                 "%s needs engine weights: engine law is for fresh "
                                 "Gaussian inputs, one a step",
                                 v->key->name);
    }
    return OV_OK;
}

static void write_columns_doc(struct ov_data *d, bool coloured)
{
    const char *errors = d->inputs.test ? "mean of (phi - phi*)^2/2 over the test images"
                                        : "generalisation error <(phi - phi*)^2>/2";
    ov_text_addf(&d->columns_doc,
                 "alpha: time, steps/N; eps_g: %s, without label noise; Q_k_l: w_k.%sw_l/N; R_k_m: "
                 "w_k.%sw*_m/N%s; v_k: second layer",
                 errors, coloured ? "C " : "", coloured ? "C " : "",
                 coloured ? " (C: the covariance of the inputs); Q_k_l_bB, R_k_m_bB: w_k.w_l/N and "
                            "w_k.w*_m/N of block B of its directions"
                          : "");
    if (d->inputs.test)
        ov_text_addf(&d->columns_doc,
                     " (Q and R are overlaps of the weights, not covariances of the fields); "
                     "eps_g_se: standard error of eps_g over the test images");
    if (d->whitened > 0)
        ov_text_addf(
            &d->columns_doc,
            "; inputs are the first %zu principal components of the training images, each of "
            "variance 1 over them",
            d->whitened);
    if (d->inputs.manifold)
        ov_text_addf(
            &d->columns_doc,
            "; on a hidden manifold Q, R: covariances of the fields lambda_k = w_k.x/sqrt N and "
            "nu_m, and eps_g: mean over test inputs, eps_g_se its standard error");
    if (d->inputs.samples > 0)
        ov_text_addf(&d->columns_doc, "; eps_t: training error, mean of (phi - y)^2/2 over the "
                                      "training set, with the noise in its labels");
    ov_text_addf(&d->columns_doc, "; all without a unit");
}

enum ov_status ov_data_read(struct ov_two_layer *s, struct ov_value *params, struct ov_error *err)
{
    struct ov_value *sgd = ov_value_get(params, "sgd"), *batch = ov_value_get(params, "batch");
    s->data.plain = true;
    enum ov_status status = sgd || s->theory_asked ? read_inputs(s, params, err) : OV_OK;
    if (status == OV_OK)
        status = check_samples(&s->data, params, err);
    if (status != OV_OK || !sgd)
        return status;
    if (status == OV_OK)
        status = check_engine(s, params, sgd, err);
    if (status == OV_OK && batch->number * (double)s->problem.N > largest_batch)
        return ov_value_fail(batch, err, "a batch would be more than 10^9 numbers");
    if (status == OV_OK)
        write_columns_doc(&s->data,
                          s->covariance.kind != OV_COVARIANCE_WHITE && !s->data.train_path);
    return status == OV_OK && s->data.columns_doc.failed ? no_memory(err) : status;
}

void ov_data_describe(struct ov_text *out, const struct ov_data *d)
{
    if (d->inputs.train)
        ov_text_addf(out, "inputs: idx\nimages: %s\n", d->train_sha);
    if (d->inputs.train && d->test_path)
        ov_text_addf(out, "test: %s\n", d->test_sha);
    else if (d->inputs.train)
        ov_text_addf(out, "held_out: %zu\n", d->test.n);
    if (d->inputs.train)
        ov_text_addf(out, "standardise: %s\n", d->standardise ? "true" : "false");
    if (d->whitened > 0)
        ov_text_addf(out, "whiten: %zu\n", d->whitened);
}

/* ---- running ---- */

enum ov_status ov_data_run(double *rows, const struct ov_weights_kept *kept,
                           const struct ov_two_layer *s, const uint64_t *key, size_t n_run,
                           const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_inputs in = s->data.inputs;
    struct ov_loaded l = {.mean = NULL};
    size_t size = s->n_alpha * ov_weights_width(&s->problem, &in);
    enum ov_status status = in.train ? ov_loaded_read(&l, &s->data, err) : OV_OK;
    if (in.train) {
        in.train = &l.train_images;
        in.test = &l.test_images;
    }
    for (size_t i = 0; i < n_run && status == OV_OK; i++)
        status = ov_weights_run_kept(rows + i * size, kept, &s->problem, &in, key[i], s->alpha,
                                     s->n_alpha, tick, err);
    ov_loaded_free(&l);
    return status;
}
