/* SPDX-License-Identifier: MIT
 *
 * Normal numbers: known bits, moments, tails, independence of how they are asked for.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "overlap/num/fmath.h"
#include "normal_levels_internal.h"
#include "overlap/num/normal.h"
#include "test.h"

enum { MILLION = 1 << 20, SAMPLES = 2 * MILLION };

/* The definition in the header, one block at a time. */
static void reference_block(double z[4], const struct ov_philox *g, uint64_t block)
{
    uint32_t word[4];
    ov_philox_block(word, g, block);
    for (int pair = 0; pair < 2; pair++) {
        double u1 = ((double)word[2 * pair] + 0.5) / 4294967296.0, s, c;
        double u2 = ((double)word[2 * pair + 1] + 0.5) / 4294967296.0;
        double radius = sqrt(-2.0 * ov_log(u1));
        ov_sincos_2pi(&s, &c, u2);
        z[2 * pair] = radius * c;
        z[2 * pair + 1] = radius * s;
    }
}

START_TEST(fill_is_the_definition_bit_by_bit)
{
    enum { N = 4 * 1000 };
    const struct ov_philox g = {0xfeedface12345678, 5};
    static double z[N], expected[N];
    for (uint64_t b = 0; b < N / 4; b++)
        reference_block(expected + 4 * b, &g, 7 + b);
    ov_normal_fill(z, N, &g, 7);
    ck_assert_mem_eq(z, expected, sizeof z);
}
END_TEST

/* Every level of SIMD that this CPU has, every length up to a few batches, every alignment of the
 * array, and block numbers whose low word overflows on the way. */
START_TEST(every_level_is_the_definition_bit_by_bit)
{
    enum { N = 700 };
    static const uint64_t starts[] = {0, 1, 0xffffffff - 40, 0xfffffffffffffff0};
    const struct ov_philox g = {0xfeedface87654321, 0xfffffffe};
    static double expected[N], z[N + 16];
    printf("    up to level %d of %d\n", (int)ov_simd_best(), OV_SIMD_COUNT - 1);
    for (size_t from = 0; from < sizeof starts / sizeof *starts; from++) {
        for (uint64_t b = 0; b < N / 4; b++)
            reference_block(expected + 4 * b, &g, starts[from] + b);
        for (enum ov_simd level = OV_SIMD_BASELINE; level <= ov_simd_best(); level++)
            for (size_t n = 0; n <= N; n++) {
                double *at = z + n % 9;
                at[n] = 12345.0;
                ov_normal_fill_at(level, at, n, &g, starts[from]);
                ck_assert_mem_eq(at, expected, n * sizeof *at);
                ck_assert(at[n] == 12345.0);
            }
    }
}
END_TEST

START_TEST(libm_agrees_to_rounding)
{
    const struct ov_philox g = {9, 9};
    for (uint64_t b = 0; b < 10000; b++) {
        uint32_t word[4];
        double z[4];
        ov_philox_block(word, &g, b);
        ov_normal_fill(z, 4, &g, b);
        double radius = sqrt(-2.0 * log(((double)word[0] + 0.5) / 4294967296.0));
        double angle = 2.0 * M_PI * ((double)word[1] + 0.5) / 4294967296.0;
        ck_agree(radius * cos(angle), z[0], 1e-15, 6e-15);
        ck_agree(radius * sin(angle), z[1], 1e-15, 6e-15);
    }
}
END_TEST

START_TEST(any_length_gives_the_beginning_of_the_same_stream)
{
    enum { N = 600 };
    const struct ov_philox g = {3, 4};
    double whole[N], part[N + 1];
    ov_normal_fill(whole, N, &g, 100);
    for (size_t n = 0; n <= N; n++) {
        part[n] = 12345.0;
        ov_normal_fill(part, n, &g, 100);
        ck_assert_mem_eq(part, whole, n * sizeof *part);
        ck_assert(part[n] == 12345.0);
        ck_assert_uint_eq(ov_normal_blocks(n), n / 4 + (n % 4 > 0));
    }
    for (size_t b = 0; b < N / 4; b++) {
        ov_normal_fill(part, 4, &g, 100 + b);
        ck_assert_mem_eq(part, whole + 4 * b, 4 * sizeof *part);
    }
}
END_TEST

/* A change of any bit of the stream makes every stored result stale: it must be noticed. */
START_TEST(known_answers)
{
    static const double first[8] = {
        -0x1.ef78e186a14c3p+0, 0x1.1a108387ef258p+0,  0x1.ab3cb7f7a77a6p-1, -0x1.d3f997a50001fp-1,
        -0x1.1058255f65e34p+0, -0x1.b37ee953cee9cp-5, 0x1.184653bb6b215p+1, 0x1.6951732b901fcp-1};
    enum { N = 100000 };
    const struct ov_philox g = {0x0123456789abcdef, 6};
    static double z[N];
    ov_normal_fill(z, N, &g, 0);
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a of the bytes */
    const unsigned char *byte = (const unsigned char *)z;
    for (size_t i = 0; i < sizeof z; i++)
        hash = (hash ^ byte[i]) * 0x100000001b3;
    ck_assert_mem_eq(z, first, sizeof first);
    ck_assert_uint_eq(hash, 0x24a2012c57881aa7);
}
END_TEST

START_TEST(streams_and_keys_differ)
{
    double z[3][4];
    ov_normal_fill(z[0], 4, &(struct ov_philox){1, 1}, 0);
    ov_normal_fill(z[1], 4, &(struct ov_philox){1, 2}, 0);
    ov_normal_fill(z[2], 4, &(struct ov_philox){2, 1}, 0);
    for (int i = 0; i < 4; i++)
        ck_assert(z[0][i] != z[1][i] && z[0][i] != z[2][i] && z[1][i] != z[2][i]);
}
END_TEST

static double *samples(uint64_t key)
{
    double *z = malloc(SAMPLES * sizeof *z);
    ck_assert_ptr_nonnull(z);
    ov_normal_fill(z, SAMPLES, &(struct ov_philox){key, 7}, 0);
    return z;
}

/* Mean of z^p against (p-1)!! with the variance ((2p-1)!! - (p-1)!!^2)/n, for p = 1 … 6. */
START_TEST(moments)
{
    static const double double_factorial[] = {1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395};
    double *z = samples(1);
    for (int p = 1; p <= 6; p++) {
        double sum = 0.0, exact = double_factorial[p];
        for (int i = 0; i < SAMPLES; i++)
            sum += pow(z[i], p);
        double se = sqrt((double_factorial[2 * p] - exact * exact) / SAMPLES);
        printf("    <z^%d> off by %+.2f standard errors\n", p, (sum / SAMPLES - exact) / se);
        ck_agree(exact, sum / SAMPLES, 0, 4 * se);
    }
    free(z);
}
END_TEST

START_TEST(tails)
{
    double *z = samples(2);
    for (int sigma = 1; sigma <= 4; sigma++)
        for (int side = -1; side <= 1; side += 2) {
            double p = gsl_cdf_ugaussian_Q(sigma), count = 0.0;
            for (int i = 0; i < SAMPLES; i++)
                count += side * z[i] > sigma;
            ck_agree(p * SAMPLES, count, 0, 4 * sqrt(p * (1 - p) * SAMPLES));
        }
    for (int i = 0; i < SAMPLES; i++)
        ck_assert(fabs(z[i]) <= 6.77);
    free(z);
}
END_TEST

/* Far out: the radius of a pair is above r with probability exp(-r^2/2). The words end at 2^-33, so
 * that no radius is above 6.77 and the probability at r = 6, 65 words of 2^32, is right to 1 %. */
START_TEST(far_tails)
{
    enum { PAIRS = 1 << 15, TURNS = 512 };
    static const double radius[] = {5.0, 5.5, 6.0};
    static double z[2 * PAIRS];
    double count[3] = {0};
    for (uint64_t turn = 0; turn < TURNS; turn++) {
        ov_normal_fill(z, 2 * PAIRS, &(struct ov_philox){11, 7}, turn * (PAIRS / 2));
        for (size_t i = 0; i < 2 * PAIRS; i += 2)
            for (size_t j = 0; j < 3; j++)
                count[j] += z[i] * z[i] + z[i + 1] * z[i + 1] > radius[j] * radius[j];
    }
    for (size_t j = 0; j < 3; j++) { /* a Poisson number, to 4 standard deviations and one more */
        double expected = exp(-0.5 * radius[j] * radius[j]) * PAIRS * TURNS;
        printf("    %g pairs beyond %g, expected %.2f\n", count[j], radius[j], expected);
        ck_agree(expected, count[j], 0, 4 * sqrt(expected) + 1);
    }
}
END_TEST

/* Chi-square of `n` values over `bins` equally probable bins, as its standard normal deviate. */
static double chi_square_deviate(const double *z, size_t n, size_t bins)
{
    double *count = calloc(bins, sizeof *count), chi2 = 0.0;
    ck_assert_ptr_nonnull(count);
    double expected = (double)n / (double)bins;
    for (size_t i = 0; i < n; i++) {
        size_t bin = (size_t)(gsl_cdf_ugaussian_P(z[i]) * (double)bins);
        count[bin < bins ? bin : bins - 1] += 1.0;
    }
    for (size_t b = 0; b < bins; b++)
        chi2 += (count[b] - expected) * (count[b] - expected) / expected;
    free(count);
    return (chi2 - (double)(bins - 1)) / sqrt(2.0 * (double)(bins - 1));
}

START_TEST(chi_square)
{
    double *z = samples(3);
    ck_agree(0.0, chi_square_deviate(z, SAMPLES, 1000), 0, 4);
    for (int i = 0; i < SAMPLES; i++)
        z[i] *= 1.02; /* a width wrong by 2 % is seen */
    ck_assert_double_gt(chi_square_deviate(z, SAMPLES, 1000), 8.0);
    free(z);
}
END_TEST

/* Mean of a_i b_i: 0 within 4 standard errors, for the values and for their squares. */
static void assert_uncorrelated(const double *a, const double *b, size_t n, size_t stride)
{
    double product = 0.0, squares = 0.0, count = 0.0;
    for (size_t i = 0; i < n; i += stride, count += 1.0) {
        product += a[i] * b[i];
        squares += (a[i] * a[i] - 1.0) * (b[i] * b[i] - 1.0);
    }
    ck_agree(0.0, product / count, 0, 4.0 / sqrt(count));
    ck_agree(0.0, squares / count, 0, 4.0 * 2.0 / sqrt(count));
}

START_TEST(neighbours_pairs_keys_and_streams_are_independent)
{
    double *z = samples(4), *other_key = samples(5);
    for (size_t lag = 1; lag <= 8; lag++)
        assert_uncorrelated(z, z + lag, SAMPLES - lag, 1);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            assert_uncorrelated(z + i, z + j, SAMPLES - 3, 4); /* within a block */
    assert_uncorrelated(z, other_key, SAMPLES, 1);
    ov_normal_fill(other_key, SAMPLES, &(struct ov_philox){4, 8}, 0);
    assert_uncorrelated(z, other_key, SAMPLES, 1);
    free(z);
    free(other_key);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, fill_is_the_definition_bit_by_bit);
    OV_TEST(s, every_level_is_the_definition_bit_by_bit);
    OV_TEST(s, libm_agrees_to_rounding);
    OV_TEST(s, any_length_gives_the_beginning_of_the_same_stream);
    OV_TEST(s, known_answers);
    OV_TEST(s, streams_and_keys_differ);
    OV_TEST(s, moments);
    OV_TEST(s, tails);
    OV_TEST(s, far_tails);
    OV_TEST(s, chi_square);
    OV_TEST(s, neighbours_pairs_keys_and_streams_are_independent);
}

OV_TEST_MAIN("num/normal");
