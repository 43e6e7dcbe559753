/* SPDX-License-Identifier: MIT */
#include "teacher_internal.h"

#include <math.h>
#include <string.h>

#include "overlap/num/sym.h"
#include "values_internal.h"

static const char *const names[] = {[OV_TEACHER_ORTHONORMAL] = "orthonormal",
                                    [OV_TEACHER_RANDOM] = "random",
                                    [OV_TEACHER_GIVEN] = "given"};

const char *const ov_teacher_words[] = {"orthonormal", "random", NULL};

const struct ov_key ov_teacher_keys[] = {
    {"T", OV_MATRIX, -INFINITY, INFINITY, NULL, NULL, OV_REQUIRED,
     "overlaps T_mn = w*_m.w*_n/N of the teacher's units, M x M"},
    {.name = NULL},
};

enum ov_status ov_teacher_read(enum ov_teacher *kind, double **T, size_t M,
                               struct ov_value *teacher, struct ov_error *err)
{
    if (teacher->type == OV_MAP) {
        *kind = OV_TEACHER_GIVEN;
        return ov_values_packed(T, M, ov_value_get(teacher, "T"), "M x M", err);
    }
    bool random = strcmp(teacher->string, names[OV_TEACHER_RANDOM]) == 0;
    *kind = random ? OV_TEACHER_RANDOM : OV_TEACHER_ORTHONORMAL;
    return OV_OK;
}

void ov_teacher_describe(struct ov_text *out, enum ov_teacher kind, const double *T, size_t M,
                         const double *v_star)
{
    ov_text_addf(out, "teacher: %s\n", names[kind]);
    if (kind == OV_TEACHER_GIVEN)
        ov_describe_numbers(out, "T", T, ov_sym_size(M));
    ov_describe_numbers(out, "v_star", v_star, M);
}

void ov_teacher_define(struct ov_curve *c, const double *v_star, size_t M)
{
    for (size_t m = 1; m < M; m++)
        if (v_star[m] != v_star[0])
            return;
    ov_curve_define(c, "v_star", v_star[0]);
}

void ov_describe_number(struct ov_text *out, const char *key, double x)
{
    ov_describe_numbers(out, key, &x, 1);
}

void ov_describe_numbers(struct ov_text *out, const char *key, const double *x, size_t n)
{
    ov_text_addf(out, "%s:", key);
    for (size_t i = 0; i < n; i++) {
        ov_text_addf(out, " ");
        ov_text_add_number(out, x[i]);
    }
    ov_text_addf(out, "\n");
}
