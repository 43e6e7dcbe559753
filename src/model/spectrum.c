/* SPDX-License-Identifier: MIT
 *
 * Spectra by name: their variances at finite N, and nodes of their densities.
 */
#include "overlap/model/spectrum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>

static const double pi = 3.14159265358979323846;

enum ov_status ov_spectrum_scale(double *rho, const double *f, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += f ? f[i] * rho[i] : rho[i];
    double factor = (f ? 1.0 : (double)n) / sum;
    if (!(sum > 0.0) || !isfinite(sum) || !isfinite(factor))
        return OV_EDOM;
    for (size_t i = 0; i < n; i++)
        rho[i] *= factor;
    return OV_OK;
}

void ov_spectrum_floor(double *rho, size_t n, double floor)
{
    for (size_t i = 0; i < n; i++)
        rho[i] = fmax(rho[i], floor);
}

size_t ov_spectrum_blocks(double largest, double smallest)
{
    return (size_t)ceil(5.0 + 1.5 * log(largest / smallest));
}

size_t ov_spectrum_signed_blocks(double largest, double smallest)
{
    return (size_t)ceil(5.0 + 2.5 * log(largest / smallest));
}

/* Twelve digits: what libm gives beyond them differs between machines. */
static double rounded(double x)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.12g", x);
    return strtod(digits, NULL);
}

enum ov_status ov_spectrum_power(double *rho, size_t N, double a)
{
    for (size_t i = 0; i < N; i++)
        rho[i] = rounded(pow((double)(i + 1), -a));
    return ov_spectrum_scale(rho, NULL, N);
}

/* The share of variances that quantile i is above, of the largest first. */
static double share_above(size_t i, size_t N)
{
    return ((double)i + 0.5) / (double)N;
}

double ov_spectrum_lognormal_ratio(size_t N, double s)
{
    return rounded(exp(2.0 * s * gsl_cdf_ugaussian_Qinv(share_above(0, N))));
}

void ov_spectrum_lognormal(double *rho, size_t N, double s)
{
    for (size_t i = 0; i < N; i++)
        rho[i] = rounded(exp(s * gsl_cdf_ugaussian_Qinv(share_above(i, N)) - 0.5 * s * s));
    (void)!ov_spectrum_scale(rho, NULL, N); /* positive numbers */
}

/* ---- Marchenko & Pastur: rho = 1 + c - 2 r cos t, r = sqrt c, 0 <= t <= pi ---- */

/* The share of variances below rho(t): the integral of (2/pi) sin^2 t/rho(t). */
static double share_below(double t, double c)
{
    double r = sqrt(c), angle = atan2(r * sin(t), 1.0 - r * cos(t));
    return (t + r * sin(t) - (1.0 - c) * (angle - r * sin(t)) / c) / pi;
}

static double quantile_angle(double share, double c)
{
    double low = 0.0, high = pi;
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        *(share_below(middle, c) < share ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

void ov_spectrum_marchenko_pastur(double *rho, size_t N, double c)
{
    for (size_t i = 0; i < N; i++) {
        double t = quantile_angle(1.0 - share_above(i, N), c);
        rho[i] = rounded(1.0 + c - 2.0 * sqrt(c) * cos(t));
    }
    (void)!ov_spectrum_scale(rho, NULL, N);
}

/* Gauss & Legendre's nodes from `from` down to `to`. */
static enum ov_status fill_nodes(double *x, double *weight, size_t n, double from, double to)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(n);
    if (!table)
        return OV_ENOMEM;
    for (size_t i = 0; i < n; i++)
        gsl_integration_glfixed_point(to, from, n - 1 - i, x + i, weight + i, table);
    gsl_integration_glfixed_table_free(table);
    return OV_OK;
}

enum ov_status ov_spectrum_lognormal_density(double *rho, double *f, size_t n, double s)
{
    enum ov_status status = fill_nodes(rho, f, n, OV_SPECTRUM_TAIL, -OV_SPECTRUM_TAIL);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        double z = rho[i];
        f[i] *= exp(-0.5 * z * z) / sqrt(2.0 * pi);
        rho[i] = exp(s * z - 0.5 * s * s);
    }
    return status;
}

enum ov_status ov_spectrum_marchenko_pastur_density(double *rho, double *f, size_t n, double c)
{
    enum ov_status status = fill_nodes(rho, f, n, pi, 0.0);
    for (size_t i = 0; i < n && status == OV_OK; i++) {
        double t = rho[i];
        rho[i] = 1.0 + c - 2.0 * sqrt(c) * cos(t);
        f[i] *= 2.0 / pi * sin(t) * sin(t) / rho[i];
    }
    return status;
}
