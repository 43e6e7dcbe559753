/* SPDX-License-Identifier: MIT */
#include "overlap/model/activation.h"

#include <stddef.h>
#include <string.h>

#include "overlap/num/fmath.h"

static double linear(double x)
{
    return x;
}

static double linear_slope(double x)
{
    (void)x;
    return 1.0;
}

static double erf_unit(double x)
{
    return ov_erf(x * 0x1.6a09e667f3bcdp-1); /* 1/sqrt 2 */
}

static double erf_unit_slope(double x)
{
    return 0x1.9884533d43651p-1 * ov_exp(-0.5 * x * x); /* sqrt(2/pi) */
}

const struct ov_activation ov_activations[OV_ACT_COUNT] = {
    [OV_ACT_LINEAR] = {OV_ACT_LINEAR, "linear", "x", linear, linear_slope},
    [OV_ACT_ERF] = {OV_ACT_ERF, "erf", "erf(x/sqrt 2)", erf_unit, erf_unit_slope},
};

const struct ov_activation *ov_activation_find(const char *name)
{
    for (size_t i = 0; i < OV_ACT_COUNT; i++)
        if (name && strcmp(name, ov_activations[i].name) == 0)
            return &ov_activations[i];
    return NULL;
}
