/* SPDX-License-Identifier: MIT
 *
 * `inputs.covariance`: the variances of Gaussian inputs, what of them is said in keys of results, and
 * how many blocks stand for them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/model/spectrum.h"
#include "two_layer_internal.h"
#include "values_internal.h"

/* Given variances in more blocks than this are reduced, unless all are asked for. */
static const size_t most_given = 64;
/* Directions of a spectrum that has a name: 80 MB, and what `blocks: all` has at most. */
static const double most_directions = 1e7;
static const double most_blocks = 1e5;

static const char *const whiten_words[] = {"whiten", NULL};
const char *const ov_blocks_words[] = {"auto", "all", NULL};

static const struct ov_key share_keys[] = {
    {"share", OV_REAL, 0, 1, NULL, NULL, OV_REQUIRED, .doc = "of the N directions; sum 1"},
    {"eigenvalue", OV_REAL, 0, 1e100, NULL, NULL, OV_REQUIRED, .doc = "their variance"},
    {.name = NULL},
};

static const struct ov_key covariance_keys[] = {
    {"power", OV_REAL, 0, 100, NULL, NULL, OV_OPTIONAL,
     .doc = "variances in proportion to i^-power, i = 1 … N"},
    {"lognormal", OV_REAL, 0, 5, NULL, NULL, OV_OPTIONAL,
     .doc = "their logarithms are normal, of this standard deviation"},
    {"marchenko_pastur", OV_REAL, 1e-6, 0.95, NULL, NULL, OV_OPTIONAL,
     .doc = "those of a covariance that was estimated from N/marchenko_pastur white inputs"},
    {"images", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     .doc = "those of images: an IDX file as of inputs.images, each pixel's mean taken off"},
    {"first", OV_INT, 2, 1e9, NULL, NULL, OV_OPTIONAL,
     .doc = "with images: only so many of them, the first ones (default: all)"},
    {.name = NULL},
};

static const char *const input_kinds[] = {"gaussian", "idx", NULL};

const struct ov_key ov_inputs_keys[] = {
    {"kind", OV_WORD, 0, 0, input_kinds, NULL, "gaussian",
     .doc = "gaussian: x_i ~ N(0, c_i); idx: images of a file"},
    {"covariance", OV_LIST | OV_MAPS | OV_MAP, 0, 1e100, NULL, covariance_keys, OV_OPTIONAL,
     .doc =
         "variances c_i of Gaussian inputs, scaled to a mean of 1 (default: all 1): a list, of which "
         "each number holds for an equal share of the N inputs; a list of shares; or one of the names "
         "below, largest first. Theory and simulation; Q and R are then covariances of the fields",
     .each = share_keys},
    {"hidden_manifold", OV_MAP, 0, 0, NULL, ov_manifold_keys, OV_OPTIONAL,
     .doc =
         "inputs x = f(F c/sqrt D) - <f> of hidden numbers c, one Gaussian matrix F a run, and labels "
         "by c: nu_m = w*_m.c/sqrt D; Q and R are covariances of the fields. Theory has a block for "
         "each direction and one for what no linear function of x sees of the labels"},
    {"precondition", OV_WORD | OV_LIST, 1e-12, 1e12, whiten_words, NULL, OV_OPTIONAL,
     .doc =
         "factors of the first layer's learning rate in the directions of the covariance: a number for "
         "each that it lists; whiten: 1/c_i"},
    {"images", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     .doc = "an IDX file of unsigned bytes, as it is or compressed by gzip; a relative path is one "
            "from "
            "the "
            "experiment's directory; the images are inputs, the labels are the teacher's"},
    {"test", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     .doc = "a second such file, on which eps_g is measured (default: images held out)"},
    {"held_out", OV_INT, 1, 1e9, NULL, NULL, OV_OPTIONAL,
     .doc = "without test: how many of the last images to measure eps_g on (default: a sixth)"},
    {"standardise", OV_BOOL, 0, 0, NULL, NULL, "true",
     .doc = "take each pixel's mean off, and scale all so that the mean of |x|^2/N is 1, both over "
            "the "
            "images that are not held out; false: bytes/255"},
    {"whiten", OV_INT, 1, 1e6, NULL, NULL, OV_OPTIONAL,
     .doc =
         "inputs are so many principal components of the images that are not held out, each scaled to "
         "variance 1, and N is their number; theory is then that of white inputs"},
    {.name = NULL},
};

/* ---- said in keys of results ---- */

static void say_list(struct ov_text *out, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ov_text_addf(out, " ");
        ov_text_add_number(out, x[i]);
    }
}

void ov_covariance_describe(struct ov_text *out, const struct ov_covariance *c)
{
    static const char *const names[] = {[OV_COVARIANCE_POWER] = "power",
                                        [OV_COVARIANCE_LOGNORMAL] = "lognormal",
                                        [OV_COVARIANCE_MARCHENKO_PASTUR] = "marchenko_pastur"};
    if (c->kind == OV_COVARIANCE_WHITE)
        return;
    ov_text_addf(out, "covariance:");
    if (ov_covariance_is_listed(c))
        say_list(out, c->given, c->n);
    if (c->kind == OV_COVARIANCE_SHARES) {
        ov_text_addf(out, " shares");
        say_list(out, c->share, c->n);
    }
    if (c->kind == OV_COVARIANCE_IMAGES)
        ov_text_addf(out, " images %s first %zu", c->sha, c->n);
    else if (c->kind >= OV_COVARIANCE_POWER && c->kind <= OV_COVARIANCE_MARCHENKO_PASTUR) {
        ov_text_addf(out, " %s", names[c->kind]);
        say_list(out, &c->parameter, 1);
    }
    ov_text_addf(out, "\n");
    if (c->whiten)
        ov_text_addf(out, "precondition: whiten\n");
    if (c->rate)
        ov_say_numbers(out, "precondition", c->rate, c->n);
}

/* ---- read ---- */

static enum ov_status no_memory(struct ov_error *err)
{
    return ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
}

void ov_covariance_free(struct ov_covariance *c)
{
    free(c->share);
    free(c->given);
    free(c->rate);
    free(c->T);
    free(c->R);
    free(c->Q);
    free(c->path);
}

static enum ov_status allocate(struct ov_covariance *c, size_t n, struct ov_error *err)
{
    c->n = n;
    c->share = calloc(n, sizeof *c->share);
    c->given = calloc(n, sizeof *c->given);
    return c->share && c->given ? OV_OK : no_memory(err);
}

/* Can they be scaled to a mean of 1? */
static enum ov_status check_scale(const struct ov_covariance *c, const struct ov_value *v,
                                  struct ov_error *err)
{
    double sum = 0.0;
    for (size_t i = 0; i < c->n; i++)
        sum += c->share[i] * c->given[i];
    if (sum == 0.0)
        return ov_value_fail(v, err, "covariance is 0 throughout");
    return isfinite(1.0 / sum)
               ? OV_OK
               : ov_value_fail(v, err, "covariance has a mean too small to scale it to 1");
}

static enum ov_status read_list(struct ov_covariance *c, const struct ov_value *v,
                                struct ov_error *err)
{
    c->kind = OV_COVARIANCE_LIST;
    enum ov_status status = allocate(c, v->cols, err);
    for (size_t i = 0; i < c->n && status == OV_OK; i++) {
        c->given[i] = v->array[i];
        c->share[i] = 1.0 / (double)c->n;
    }
    return status == OV_OK ? check_scale(c, v, err) : status;
}

static enum ov_status read_shares(struct ov_covariance *c, struct ov_value *v, struct ov_error *err)
{
    double sum = 0.0;
    c->kind = OV_COVARIANCE_SHARES;
    enum ov_status status = allocate(c, v->n_item, err);
    for (size_t i = 0; i < c->n && status == OV_OK; i++) {
        c->share[i] = ov_value_number(&v->item[i], "share");
        c->given[i] = ov_value_number(&v->item[i], "eigenvalue");
        sum += c->share[i];
        if (!(c->share[i] > 0.0))
            return ov_value_fail(ov_value_get(&v->item[i], "share"), err,
                                 "a share must be above 0");
    }
    if (status == OV_OK && !(fabs(sum - 1.0) <= 1e-9))
        return ov_value_fail(v, err, "the shares sum to %.10g, not to 1", sum);
    return status == OV_OK ? check_scale(c, v, err) : status;
}

static enum ov_status read_images(struct ov_covariance *c, struct ov_two_layer *s,
                                  struct ov_value *params, struct ov_value *v, struct ov_error *err)
{
    struct ov_value *images = ov_value_get(v, "images"), *first = ov_value_get(v, "first");
    size_t n, N;
    c->kind = OV_COVARIANCE_IMAGES;
    enum ov_status status = ov_data_file(&c->path, &n, &N, c->sha, images, params->dir, err);
    if (status == OV_OK)
        status = ov_data_take_N(&s->problem, params, N, c->path, err);
    if (status == OV_OK && first && first->number > (double)n)
        return ov_value_fail(first, err, "first is %.0f, but %s has %zu images", first->number,
                             c->path, n);
    c->n = first ? (size_t)first->number : n;
    return status;
}

static enum ov_status read_named(struct ov_covariance *c, struct ov_two_layer *s,
                                 struct ov_value *params, struct ov_value *v, struct ov_error *err)
{
    static const struct {
        const char *name;
        enum ov_covariance_kind kind;
    } rows[] = {{"power", OV_COVARIANCE_POWER},
                {"lognormal", OV_COVARIANCE_LOGNORMAL},
                {"marchenko_pastur", OV_COVARIANCE_MARCHENKO_PASTUR},
                {"images", OV_COVARIANCE_IMAGES}};
    size_t n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ov_value *x = ov_value_get(v, rows[i].name);
        if (!x)
            continue;
        n++;
        c->kind = rows[i].kind;
        c->parameter = x->number;
    }
    if (n != 1)
        return ov_value_fail(
            v, err, "covariance takes one of power, lognormal, marchenko_pastur and images");
    if (c->kind == OV_COVARIANCE_IMAGES)
        return read_images(c, s, params, v, err);
    ov_value_unused(v, "first", "has no images in its covariance");
    return OV_OK;
}

static enum ov_status read_rates(struct ov_covariance *c, struct ov_value *v, struct ov_error *err)
{
    bool listed = ov_covariance_is_listed(c);
    if (c->kind == OV_COVARIANCE_IMAGES)
        return ov_value_fail(v, err,
                             "precondition is for variances above 0: those of images are not");
    c->whiten = v->type == OV_WORD;
    for (size_t i = 0; c->whiten && listed && i < c->n; i++)
        if (!(c->given[i] > 0.0))
            return ov_value_fail(v, err, "a variance of 0 can't be whitened");
    if (c->whiten)
        return OV_OK;
    if (!listed || v->cols != c->n)
        return ov_value_fail(v, err, "precondition has %zu numbers; the covariance lists %zu",
                             v->cols, listed ? c->n : 0);
    c->rate = calloc(c->n, sizeof *c->rate);
    if (!c->rate)
        return no_memory(err);
    memcpy(c->rate, v->array, c->n * sizeof *c->rate);
    return OV_OK;
}

enum ov_status ov_covariance_read(struct ov_two_layer *s, struct ov_value *params,
                                  struct ov_value *inputs, struct ov_error *err)
{
    struct ov_covariance *c = &s->covariance;
    struct ov_value *v = ov_value_get(inputs, "covariance");
    struct ov_value *blocks = ov_value_get(params, "blocks");
    struct ov_value *rates = ov_value_get(inputs, "precondition");
    if (!v) {
        ov_value_unused(params, "blocks", "has inputs with covariance 1");
        ov_value_unused(inputs, "precondition", "has inputs with covariance 1");
        return OV_OK;
    }
    enum ov_status status = v->type == OV_LIST   ? read_list(c, v, err)
                            : v->type == OV_MAPS ? read_shares(c, v, err)
                                                 : read_named(c, s, params, v, err);
    if (status == OV_OK && rates)
        status = read_rates(c, rates, err);
    if (status == OV_OK)
        status = ov_covariance_take_blocks(c, blocks, err);
    s->data.plain = false;
    return status;
}

enum ov_status ov_covariance_take_blocks(struct ov_covariance *c, const struct ov_value *blocks,
                                         struct ov_error *err)
{
    if (blocks->type == OV_WORD)
        c->asked = strcmp(blocks->string, "all") == 0 ? OV_BLOCKS_ALL : OV_BLOCKS_AUTO;
    else
        c->asked = (size_t)blocks->number;
    bool listed = ov_covariance_is_listed(c);
    if (listed && c->asked != OV_BLOCKS_ALL && c->asked > c->n)
        return ov_value_fail(blocks, err, "blocks is %zu, but the covariance lists %zu variances",
                             c->asked, c->n);
    if (c->rate && c->asked != OV_BLOCKS_ALL && c->asked != OV_BLOCKS_AUTO && c->asked != c->n)
        return ov_value_fail(blocks, err, "precondition is given for %zu blocks: they can't be %zu",
                             c->n, c->asked);
    return OV_OK;
}

/* ---- what it needs ---- */

/* Directions by whole numbers: of a list N/n each, of shares share N. */
enum ov_status ov_covariance_check_N(const struct ov_two_layer *s, struct ov_value *params,
                                     struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    const struct ov_value *v = ov_value_find(params, "inputs.covariance");
    double N = (double)s->problem.N;
    if (s->problem.N == 0)
        return ov_value_fail(v, err, "covariance needs '%s', the input dimension",
                             ov_scaling_place(s, "N"));
    if (c->kind == OV_COVARIANCE_LIST && s->problem.N % c->n != 0)
        return ov_value_fail(v, err, "covariance has %zu numbers, which does not divide N = %zu",
                             c->n, s->problem.N);
    for (size_t l = 0; c->kind == OV_COVARIANCE_SHARES && l < c->n; l++)
        if (!(fabs(c->share[l] * N - rint(c->share[l] * N)) <= 1e-6))
            return ov_value_fail(
                &v->item[l], err,
                "share %.10g of N = %zu is %.10g directions, which is no whole number", c->share[l],
                s->problem.N, c->share[l] * N);
    if (c->kind >= OV_COVARIANCE_POWER && N > most_directions)
        return ov_place_complaint(params, ov_scaling_place(s, "N"),
                                  "a covariance by name has at most 10^7 directions", err);
    return OV_OK;
}

/* The largest over the smallest variance; 1 where all are alike. */
static double ratio(const struct ov_covariance *c, size_t N)
{
    double least = OV_SPECTRUM_FLOOR / (double)(N > 0 ? N : 1), x = c->parameter, r = sqrt(x);
    double most = 1.0;
    if (c->kind == OV_COVARIANCE_POWER)
        most = pow((double)N, x);
    if (c->kind == OV_COVARIANCE_LOGNORMAL && N > 0)
        most = ov_spectrum_lognormal_ratio(N, x);
    else if (c->kind == OV_COVARIANCE_LOGNORMAL) /* without a bound: as far as the nodes go */
        return exp(2.0 * OV_SPECTRUM_TAIL * x);
    if (c->kind == OV_COVARIANCE_MARCHENKO_PASTUR)
        most = (1.0 + r) * (1.0 + r) / ((1.0 - r) * (1.0 - r));
    if (c->kind >= OV_COVARIANCE_IMAGES)
        return (double)N / OV_SPECTRUM_FLOOR_IMAGES;
    return fmin(most, 1.0 / least);
}

size_t ov_covariance_exact(const struct ov_covariance *c, size_t N)
{
    bool listed = ov_covariance_is_listed(c);
    if (listed)
        return c->n;
    if (c->kind == OV_COVARIANCE_MANIFOLD) /* eigenvectors, what has no F, what is invisible */
        return (c->n < N ? c->n + 1 : N) + 1;
    return ratio(c, N) == 1.0 ? 1 : N;
}

/* Weights of one run take more than averages do; and so does a density without bounds. */
static size_t usual_blocks(const struct ov_two_layer *s)
{
    const struct ov_covariance *c = &s->covariance;
    double most = ratio(c, s->problem.N);
    bool boundless = c->kind == OV_COVARIANCE_LOGNORMAL && s->problem.N == 0;
    return ov_start_is_measured(s) || boundless ? ov_spectrum_signed_blocks(most, 1.0)
                                                : ov_spectrum_blocks(most, 1.0);
}

size_t ov_covariance_blocks(const struct ov_two_layer *s)
{
    const struct ov_covariance *c = &s->covariance;
    size_t N = s->problem.N;
    size_t exact = ov_covariance_exact(c, N), L = c->asked;
    bool listed = ov_covariance_is_listed(c);
    if (c->T || c->rate || L == OV_BLOCKS_ALL || c->kind == OV_COVARIANCE_MANIFOLD ||
        (listed && L == OV_BLOCKS_AUTO && c->n <= most_given))
        L = exact;
    else if (listed && L == OV_BLOCKS_AUTO)
        L = most_given;
    else if (L == OV_BLOCKS_AUTO)
        L = usual_blocks(s);
    return exact > 0 && L > exact ? exact : L;
}

enum ov_status ov_covariance_check_blocks(const struct ov_two_layer *s, struct ov_value *params,
                                          struct ov_error *err)
{
    const struct ov_covariance *c = &s->covariance;
    if (c->asked == OV_BLOCKS_ALL && s->problem.N == 0 && c->kind >= OV_COVARIANCE_POWER)
        return ov_place_complaint(params, "blocks",
                                  "'all' needs 'N', the input dimension: a block a direction", err);
    if ((double)ov_covariance_blocks(s) > most_blocks)
        return ov_place_complaint(params, "blocks", "more than 10^5 blocks", err);
    if (ov_start_is_measured(s) && ov_covariance_blocks(s) < 2 &&
        ov_covariance_exact(c, s->problem.N) > 1)
        return ov_place_complaint(params, "blocks",
                                  "drawn weights need 2 blocks at least for directions that differ",
                                  err);
    return OV_OK;
}
