/* SPDX-License-Identifier: MIT
 *
 * Factors and eigenvalues of random, singular and tiny matrices.
 */
#include <math.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "overlap/num/sym.h"
#include "test.h"

enum { MOST = 12 };

/* A = B B' with B (n,rank): PSD of that rank. */
static void gram(double *A, size_t n, size_t rank, gsl_rng *r)
{
    double B[MOST * MOST];
    for (size_t i = 0; i < n * rank; i++)
        B[i] = gsl_ran_ugaussian(r);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            A[ov_sym_at(i, j)] = 0.0;
            for (size_t k = 0; k < rank; k++)
                A[ov_sym_at(i, j)] += B[i * rank + k] * B[j * rank + k];
        }
}

/* Largest |L L' - A| relative to the largest diagonal element; L must be lower triangular. */
static double residual(const double *L, const double *A, size_t n)
{
    double most = 0.0, scale = 0.0;
    for (size_t i = 0; i < n; i++)
        scale = fmax(scale, A[ov_sym_at(i, i)]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < n; k++)
                sum += L[i * n + k] * L[j * n + k];
            most = fmax(most, fabs(sum - A[ov_sym_at(i, j)]));
            if (j > i)
                ck_assert(L[i * n + j] == 0.0);
        }
    return most > 0.0 ? most / scale : 0.0;
}

START_TEST(packing_is_the_lower_triangle_row_by_row)
{
    size_t at = 0;
    for (size_t i = 0; i < MOST; i++)
        for (size_t j = 0; j <= i; j++, at++) {
            ck_assert_uint_eq(ov_sym_at(i, j), at);
            ck_assert_uint_eq(ov_sym_at(j, i), at);
        }
    ck_assert_uint_eq(ov_sym_size(MOST), at);
}
END_TEST

START_TEST(factors_of_any_rank_multiply_back)
{
    gsl_rng *r = ov_test_rng(11);
    double A[MOST * MOST], L[MOST * MOST];
    for (size_t n = 1; n <= MOST; n++)
        for (size_t rank = 1; rank <= n; rank++)
            for (int i = 0; i < 30; i++) {
                gram(A, n, rank, r);
                ck_ok(ov_sym_cholesky(L, A, n, 1e-10));
                ck_assert_double_le(residual(L, A, n), 1e-12);
            }
    gsl_rng_free(r);
}
END_TEST

START_TEST(known_factor)
{
    const double A[] = {4, 2, 5, -2, 3, 14}; /* [2 0 0; 1 2 0; -1 2 3] */
    const double expected[] = {2, 0, 0, 1, 2, 0, -1, 2, 3};
    double L[9];
    ck_ok(ov_sym_cholesky(L, A, 3, 1e-10));
    for (int i = 0; i < 9; i++)
        ck_agree(expected[i], L[i], 1e-15, 1e-15);
}
END_TEST

START_TEST(zero_rows_and_duplicates_are_allowed)
{
    const double zero[] = {0, 0, 0}, twice[] = {1, 1, 1}, mixed[] = {0, 0, 2, 0, 2, 2};
    double L[9];
    ck_ok(ov_sym_cholesky(L, zero, 2, 1e-10));
    ck_assert_double_le(residual(L, zero, 2), 0.0);
    ck_ok(ov_sym_cholesky(L, twice, 2, 1e-10));
    ck_assert(L[3] == 0.0);
    ck_ok(ov_sym_cholesky(L, mixed, 3, 1e-10));
    ck_assert_double_le(residual(L, mixed, 3), 1e-15);
}
END_TEST

START_TEST(a_small_unit_beside_a_large_one_stays)
{
    const double A[] = {1, 1e-12, 1e-20}; /* corr 1e-2 */
    double L[4];
    ck_ok(ov_sym_cholesky(L, A, 2, 1e-10));
    ck_agree(1e-12, L[2], 1e-12, 0);
    ck_agree(1e-10, L[3], 1e-3, 0);
}
END_TEST

START_TEST(what_is_not_psd_is_refused)
{
    const double negative[] = {1, 0, -0.1}, beyond[] = {1, 2, 1}, column[] = {0, 0.5, 1};
    double nan[] = {1, 0, 1}, L[4];
    ck_assert_int_eq(ov_sym_cholesky(L, negative, 2, 1e-10), OV_EDOM);
    ck_assert_int_eq(ov_sym_cholesky(L, beyond, 2, 1e-10), OV_EDOM);
    ck_assert_int_eq(ov_sym_cholesky(L, column, 2, 1e-10), OV_EDOM);
    nan[1] = NAN;
    ck_assert_int_eq(ov_sym_cholesky(L, nan, 2, 1e-10), OV_EDOM);
    nan[1] = 0;
    nan[2] = INFINITY;
    ck_assert_int_eq(ov_sym_cholesky(L, nan, 2, 1e-10), OV_EDOM);
}
END_TEST

/* Subtracting a little more than the smallest eigenvalue from the diagonal must be noticed. */
START_TEST(cholesky_and_eigenvalue_agree_on_the_border)
{
    gsl_rng *r = ov_test_rng(12);
    double A[MOST * MOST], B[MOST * MOST], L[MOST * MOST];
    for (int i = 0; i < 200; i++) {
        size_t n = 2 + gsl_rng_uniform_int(r, MOST - 1);
        double min;
        gram(A, n, n, r);
        ck_ok(ov_sym_min_eigenvalue(&min, A, n));
        ck_assert_double_ge(min, -1e-12);
        for (int side = -1; side <= 1; side += 2) {
            for (size_t j = 0; j < ov_sym_size(n); j++)
                B[j] = A[j];
            for (size_t j = 0; j < n; j++)
                B[ov_sym_at(j, j)] -= min + side * 1e-4;
            ck_assert_int_eq(ov_sym_cholesky(L, B, n, 1e-10), side > 0 ? OV_EDOM : OV_OK);
        }
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(smallest_eigenvalue)
{
    const double A[] = {2, 1, 2}, one[] = {-3};
    double nan[] = {1, NAN, 1}, min = 0.0;
    ck_ok(ov_sym_min_eigenvalue(&min, A, 2));
    ck_agree(1.0, min, 1e-14, 0);
    ck_ok(ov_sym_min_eigenvalue(&min, one, 1));
    ck_agree(-3.0, min, 0, 0);
    ck_assert_int_eq(ov_sym_min_eigenvalue(&min, nan, 2), OV_EDOM);
}
END_TEST

/* A u = lambda u, u orthonormal; A A^+ A = A, and the range has the rank of A. */
START_TEST(eigenvectors_and_pseudo_inverses)
{
    gsl_rng *r = ov_test_rng(56);
    for (size_t n = 1; n <= MOST; n++)
        for (size_t rank = 1; rank <= n; rank++) {
            double A[MOST * MOST], value[MOST], u[MOST * MOST], inverse[MOST * MOST],
                range[MOST * MOST], trace = 0.0, least, found = INFINITY;
            size_t counted;
            gram(A, n, rank, r);
            ck_ok(ov_sym_eigen(value, u, A, n));
            ck_ok(ov_sym_pseudo_inverse(inverse, range, &counted, A, n, 1e-10));
            ck_ok(ov_sym_min_eigenvalue(&least, A, n));
            ck_assert_uint_eq(counted, rank);
            for (size_t i = 0; i < n; i++) {
                found = fmin(found, value[i]);
                trace += range[i * n + i];
                for (size_t j = 0; j < n; j++) {
                    double Au = 0.0, uu = 0.0, back = 0.0;
                    for (size_t k = 0; k < n; k++) {
                        Au += A[ov_sym_at(j, k)] * u[i * n + k];
                        uu += u[i * n + k] * u[j * n + k];
                        back += range[i * n + k] * A[ov_sym_at(k, j)];
                    }
                    ck_agree(value[i] * u[i * n + j], Au, 0.0, 1e-12);
                    ck_agree(i == j ? 1.0 : 0.0, uu, 0.0, 1e-13);
                    ck_agree(A[ov_sym_at(i, j)], back, 0.0, 1e-11);
                    double product = 0.0;
                    for (size_t k = 0; k < n; k++)
                        product += A[ov_sym_at(i, k)] * inverse[k * n + j];
                    ck_agree(range[i * n + j], product, 0.0, 1e-9);
                }
            }
            ck_agree(least, found, 0.0, 1e-12);
            ck_agree((double)rank, trace, 0.0, 1e-12);
        }
    gsl_rng_free(r);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, eigenvectors_and_pseudo_inverses);
    OV_TEST(s, packing_is_the_lower_triangle_row_by_row);
    OV_TEST(s, factors_of_any_rank_multiply_back);
    OV_TEST(s, known_factor);
    OV_TEST(s, zero_rows_and_duplicates_are_allowed);
    OV_TEST(s, a_small_unit_beside_a_large_one_stays);
    OV_TEST(s, what_is_not_psd_is_refused);
    OV_TEST(s, cholesky_and_eigenvalue_agree_on_the_border);
    OV_TEST(s, smallest_eigenvalue);
}

OV_TEST_MAIN("num/sym");
