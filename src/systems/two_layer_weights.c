/* SPDX-License-Identifier: MIT
 *
 * Teachers given by their overlaps, their weights or their share of zeros, and students that start
 * from weights in a file.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/base/npy.h"
#include "overlap/model/spectrum.h"
#include "two_layer_internal.h"
#include "values_internal.h"

/* ---- rows ---- */

static void say_teacher(struct ov_text *out, const struct ov_key *key, const void *base)
{
    static const char *const kinds[] = {[OV_TEACHER_ORTHONORMAL] = "orthonormal",
                                        [OV_TEACHER_RANDOM] = "random",
                                        [OV_TEACHER_GIVEN] = "given",
                                        [OV_TEACHER_WEIGHTS] = "weights"};
    ov_text_addf(out, "%s: %s\n", key->name,
                 kinds[((const struct ov_two_layer *)base)->problem.teacher]);
}

static enum ov_status take_teacher(void *base, const struct ov_key *key, const struct ov_value *v,
                                   struct ov_error *err)
{
    return ov_as_word.take(base, key, v, err);
}

/* By what it holds, not by its name; of teacher and student alike, so that it says whose. */
static void say_file(struct ov_text *out, const struct ov_key *key, const void *base)
{
    const char *sha = (const char *)base + key->at;
    bool teacher = key->at == offsetof(struct ov_two_layer, w_star_sha);
    if (*sha)
        ov_text_addf(out, "%s.%s: %s\n", teacher ? "teacher" : "init", key->name, sha);
}

static bool number_sparse(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = ((const struct ov_two_layer *)base)->problem.sparse;
    return *x > 0.0;
}

static void say_sparse(struct ov_text *out, const struct ov_key *key, const void *base)
{
    double x;
    if (number_sparse(&x, key, base))
        ov_say_numbers(out, key->name, &x, 1);
}

const struct ov_field ov_as_teacher = {take_teacher, say_teacher, NULL};
const struct ov_field ov_as_file = {.say = say_file};
static bool number_power(double *x, const struct ov_key *key, const void *base)
{
    (void)key;
    *x = ((const struct ov_two_layer *)base)->teacher_power;
    return *x > 0.0;
}

/* Said by the weights that it makes. */
static const struct ov_field as_power = {ov_take_real, NULL, number_power};
static const struct ov_field as_sparse = {ov_take_real, say_sparse, number_sparse};

const struct ov_key ov_two_layer_teacher_keys[] = {
    {"T", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_OPTIONAL,
     "overlaps T_mn = w*_m.w*_n/N of the teacher's units, M x M",
     OV_KEPT_ARRAY(&ov_as_packed, struct ov_two_layer, problem.T, problem.M, "M x M"),
     .of = OV_OF_PROBLEM},
    {"sparse", OV_REAL, 0, 0.999999, NULL, NULL, OV_OPTIONAL,
     "a random teacher of which this share of the weights is 0; the others have variance "
     "1/(1 - sparse)",
     OV_KEPT(&as_sparse, struct ov_two_layer, problem.sparse),
     .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"blocks", OV_MATRICES, -INFINITY, INFINITY, NULL, NULL, OV_OPTIONAL,
     "overlaps T_mn of each block of inputs.covariance, M x M: sums over its directions divided by N",
     .field = &ov_as_blocks_T, .of = OV_OF_PROBLEM, .shape = "M x M"},
    {"power", OV_REAL, 0, 100, NULL, NULL, OV_OPTIONAL,
     "one unit, M = 1, with the squared weight j^-power in direction j of inputs.covariance, in the order that has, "
     "scaled to a field of variance 1",
     OV_KEPT(&as_power, struct ov_two_layer, teacher_power), .of = OV_OF_PROBLEM | OV_IN_FORMULAS},
    {"weights", OV_STRING, 0, 0, NULL, NULL, OV_OPTIONAL,
     "a .npy file of w*, M x N doubles; a relative path is one from the experiment's directory",
     OV_KEPT(&ov_as_file, struct ov_two_layer, w_star_sha), .of = OV_OF_PROBLEM},
    {.name = NULL},
};

/* ---- files ---- */

char *ov_path_beside(const char *path, const char *dir)
{
    struct ov_text text = {0};
    if (path[0] != '/' && dir && *dir)
        ov_text_addf(&text, "%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/");
    ov_text_addf(&text, "%s", path);
    if (text.failed)
        ov_text_free(&text);
    return text.s;
}

/* The matrix of the file that v names, of so many rows and N columns, which p->N becomes where it is
 * not given. */
static enum ov_status read_matrix(double **w, char sha[OV_KEY_SIZE], struct ov_two_layer *s,
                                  struct ov_value *params, struct ov_value *v, size_t units,
                                  struct ov_error *err)
{
    struct ov_error own = {0};
    struct ov_problem *p = &s->problem;
    size_t rows, cols;
    char *path = ov_path_beside(v->string, params->dir);
    if (!path)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    v->read = true;
    enum ov_status status = ov_npy_read(w, &rows, &cols, path, (size_t)OV_LARGEST_WEIGHTS, &own);
    free(path);
    if (status == OV_EUSER)
        return ov_value_fail(v, err, "%s", own.text);
    if (status != OV_OK)
        return ov_fail(err, status, "%s", own.text);
    if (rows != units || (p->N > 0 && cols != p->N))
        return ov_value_fail(v, err, "%s holds %zu x %zu numbers; units x N are %zu x %zu",
                             v->string, rows, cols, units, p->N > 0 ? p->N : cols);
    p->N = cols;
    ov_sha256(sha, *w, rows * cols * sizeof **w);
    return OV_OK;
}

/* w*_j^2 = t_j in proportion to j^-b, of sum_j rho_j t_j/N = 1; signs do not matter, as those of inputs don't. */
static enum ov_status fill_power(double *w_star, double *rho, const struct ov_two_layer *s,
                                 struct ov_error *err)
{
    size_t N = s->problem.N;
    double field = 0.0;
    enum ov_status status = ov_covariance_variances(rho, s, err);
    if (status != OV_OK)
        return status;
    if (ov_spectrum_power(w_star, N, s->teacher_power) != OV_OK)
        return ov_fail(err, OV_EDOM, "the teacher's weights can't be scaled");
    for (size_t j = 0; j < N; j++)
        field += rho[j] * w_star[j] / (double)N;
    for (size_t j = 0; j < N; j++)
        w_star[j] = sqrt(w_star[j] / field);
    return OV_OK;
}

static enum ov_status make_power(struct ov_two_layer *s, struct ov_value *params,
                                 const struct ov_value *power, struct ov_error *err)
{
    struct ov_problem *p = &s->problem;
    enum ov_covariance_kind kind = s->covariance.kind;
    if (kind == OV_COVARIANCE_WHITE || kind >= OV_COVARIANCE_MANIFOLD)
        return ov_value_fail(
            power, err,
            "a teacher of this power needs Gaussian inputs with a covariance that is "
            "listed or has a name");
    if (p->M != 1)
        return ov_value_fail(power, err, "a teacher of this power has one unit, not M = %zu", p->M);
    enum ov_status status = ov_covariance_check_N(s, params, err);
    if (status != OV_OK)
        return status;
    p->teacher = OV_TEACHER_WEIGHTS;
    p->w_star = calloc(p->N, sizeof *p->w_star);
    double *rho = calloc(p->N, sizeof *rho);
    status = p->w_star && rho ? fill_power(p->w_star, rho, s, err)
                              : ov_fail(err, OV_ENOMEM, "out of memory while reading a curve");
    free(rho);
    if (status == OV_OK)
        ov_sha256(s->w_star_sha, p->w_star, p->N * sizeof *p->w_star);
    return status;
}

static enum ov_status read_teacher(struct ov_two_layer *s, struct ov_value *params,
                                   struct ov_error *err)
{
    struct ov_value *teacher = ov_value_get(params, "teacher");
    if (teacher->type != OV_MAP)
        return OV_OK;
    struct ov_value *T = ov_value_get(teacher, "T"), *sparse = ov_value_get(teacher, "sparse"),
                    *weights = ov_value_get(teacher, "weights"),
                    *power = ov_value_get(teacher, "power"),
                    *blocks = ov_value_get(teacher, "blocks");
    if (!!T + !!sparse + !!weights + !!power + !!blocks != 1)
        return ov_value_fail(teacher, err,
                             "teacher takes one of T, sparse, weights, power and blocks");
    if (sparse)
        s->problem.teacher = OV_TEACHER_RANDOM;
    if (power)
        return make_power(s, params, power, err);
    if (!weights)
        return OV_OK;
    s->problem.teacher = OV_TEACHER_WEIGHTS;
    return read_matrix(&s->problem.w_star, s->w_star_sha, s, params, weights, s->problem.M, err);
}

enum ov_status ov_weights_read(struct ov_two_layer *s, struct ov_value *params,
                               struct ov_error *err)
{
    enum ov_status status = read_teacher(s, params, err);
    if (status != OV_OK || s->problem.start != OV_START_WEIGHTS)
        return status;
    struct ov_value *init = ov_value_get(params, "init"), *weights = ov_value_get(init, "weights");
    if (!weights)
        return ov_value_fail(init, err, "init of kind weights needs 'weights', a .npy file");
    return read_matrix(&s->problem.w, s->w_sha, s, params, weights, s->problem.K, err);
}
