/* SPDX-License-Identifier: MIT
 *
 * The bodies of num/fmath.h, inline and free of branches, so that a loop over an array becomes
 * SIMD code. Each is: reduce the argument exactly, evaluate a polynomial by Horner's rule, undo
 * the reduction. The polynomials interpolate at Chebyshev nodes, made again by
 * tests/constants/polynomials.c.
 */
#ifndef OVERLAP_NUM_FMATH_INLINE_H
#define OVERLAP_NUM_FMATH_INLINE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t ov_bits_of(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline double ov_from_bits(uint64_t b)
{
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

/* d < 0 ? a : b, by the sign bit of d. With ?: the compiler moves the work for a and b into two
 * branches, and then does not dare to join them for SIMD: the work might raise exception flags. */
static inline double ov_where_negative(double d, double a, double b)
{
    uint64_t mask = 0 - (ov_bits_of(d) >> 63);
    return ov_from_bits((ov_bits_of(a) & mask) | (ov_bits_of(b) & ~mask));
}

/* Adding this rounds |x| < 2^50 to the nearest integer, which then stands in the low bits. */
#define OV_ROUNDER 0x1.8p52

/* 2^k from the double OV_ROUNDER + k, -1022 <= k <= 1023. */
static inline double ov_pow2_rounder(double rounder_plus_k)
{
    return ov_from_bits((ov_bits_of(rounder_plus_k) + 1023) << 52);
}

#define OV_LN2_HI 0x1.62e42fefp-1 /* 33 bits: k OV_LN2_HI is exact */
#define OV_LN2_LO 0x1.473de6af278edp-34

/* e^r - 1 for |r| <= ln2/2. */
static inline double ov_expm1_reduced_inline(double r)
{
    double p = 0x1.af390ba7e6f47p-26;
    p = p * r + 0x1.2891d4ffbb0f9p-22;
    p = p * r + 0x1.71de0d85293b8p-19;
    p = p * r + 0x1.a019b8ca26fcfp-16;
    p = p * r + 0x1.a01a01a7cebcdp-13;
    p = p * r + 0x1.6c16c1789d1d7p-10;
    p = p * r + 0x1.11111111109a6p-7;
    p = p * r + 0x1.5555555553d37p-5;
    p = p * r + 0x1.5555555555556p-3;
    p = p * r + 0x1.0000000000001p-1;
    return r + r * r * p;
}

/* e^x = 2^k e^r, |r| <= ln2/2; 2^k in two factors, for subnormal results and those near the top. */
static inline double ov_exp_inline(double x)
{
    x = x < -750.0 ? -750.0 : x;
    x = x > 710.0 ? 710.0 : x;
    double k = (x * 0x1.71547652b82fep+0 + OV_ROUNDER) - OV_ROUNDER;
    double r = (x - k * OV_LN2_HI) - k * OV_LN2_LO;
    double e = 1.0 + ov_expm1_reduced_inline(r);
    double half = k * 0.5 + OV_ROUNDER;
    double rest = (k - (half - OV_ROUNDER)) + OV_ROUNDER;
    return e * ov_pow2_rounder(half) * ov_pow2_rounder(rest);
}

/* tanh |x| = m/(m + 2), m = e^(2|x|) - 1 = 2^k (e^r - 1) + (2^k - 1); 1 from 20 on. */
static inline double ov_tanh_inline(double x)
{
    double y = 2.0 * fabs(x);
    y = y > 40.0 ? 40.0 : y;
    double rounder = y * 0x1.71547652b82fep+0 + OV_ROUNDER, k = rounder - OV_ROUNDER;
    double r = (y - k * OV_LN2_HI) - k * OV_LN2_LO;
    double scale = ov_pow2_rounder(rounder);
    double m = scale * ov_expm1_reduced_inline(r) + (scale - 1.0);
    return copysign(m / (m + 2.0), x);
}

/* ln x for positive, normal, finite x: x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt 2, and
 * ln(1 + f) = 2 artanh s = f - f^2/2 + s (f^2/2 + w) with s = f/(2 + f). */
static inline double ov_log_normal_inline(double x)
{
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
    uint64_t b = ov_bits_of(x);
    uint64_t biased = (b - sqrt_half + ((uint64_t)1023 << 52)) >> 52;
    double k = ov_from_bits(0x4330000000000000 | biased) - (0x1p52 + 1023.0);
    double f = ov_from_bits(b - ((biased - 1023) << 52)) - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double w = 0x1.2b5f68a50d903p-3;
    w = w * z + 0x1.39fdcceb4bb45p-3;
    w = w * z + 0x1.7462b91b8df65p-3;
    w = w * z + 0x1.c71c62d5e53e0p-3;
    w = w * z + 0x1.2492492dfd86cp-2;
    w = w * z + 0x1.9999999995273p-2;
    w = w * z + 0x1.5555555555558p-1;
    w = w * z;
    double half_square = 0.5 * f * f;
    return k * OV_LN2_HI - ((half_square - (s * (half_square + w) + k * OV_LN2_LO)) - f);
}

/* erf: x (2/sqrt pi + x^2 P(x^2)) below 1; above, 1 - exp(-x^2) P(t), t = (x - 3)/(x + 3). */
static inline double ov_erf_inline(double x)
{
    double z = x * x;
    double p = -0x1.bd67ad590f0dap-31;
    p = p * z + 0x1.dd127475842fdp-27;
    p = p * z + -0x1.5ce48fd5a0e67p-23;
    p = p * z + 0x1.b9a3fad2b0dfap-20;
    p = p * z + -0x1.f4cdf3dd33a2ep-17;
    p = p * z + 0x1.f9a2f6f2ebc19p-14;
    p = p * z + -0x1.c02db2b912d6ep-11;
    p = p * z + 0x1.565bcd09536c7p-8;
    p = p * z + -0x1.b82ce31273e31p-6;
    p = p * z + 0x1.ce2f21a0429cep-4;
    p = p * z + -0x1.812746b0379e6p-2;
    double small = x + x * (0x1.06eba8214db69p-3 + z * p);
    double a = fabs(x);
    a = a > 6.0 ? 6.0 : a;
    double t = (a - 3.0) / (a + 3.0);
    double q = -0x1.22de2895f5bfap-17;
    q = q * t + -0x1.9f88d3d7233dep-17;
    q = q * t + 0x1.0df2d29757238p-14;
    q = q * t + 0x1.7b7916483f919p-15;
    q = q * t + -0x1.390daa17872bdp-11;
    q = q * t + 0x1.730fbda27d07dp-11;
    q = q * t + 0x1.17c842daeac03p-8;
    q = q * t + -0x1.8fa58e6c9e3ddp-6;
    q = q * t + 0x1.258b13ac0170dp-4;
    q = q * t + -0x1.336ffbef46d14p-3;
    q = q * t + 0x1.f6ff20410a89ap-3;
    q = q * t + -0x1.4e102b9cf81c1p-2;
    q = q * t + 0x1.6e9827d229d0dp-3;
    double big = copysign(1.0 - ov_exp_inline(-a * a) * q, x);
    return ov_where_negative(a - 1.0, small, big);
}

/* asin: x + x z P(z), z = x^2 up to 1/2; above, pi/2 - 2 asin(sqrt z), z = (1 - |x|)/2. */
static inline double ov_asin_inline(double x)
{
    double a = fabs(x);
    int low = a <= 0.5;
    double z = low ? a * a : 0.5 * (1.0 - a);
    double y = low ? a : sqrt(z);
    double p = 0x1.d72b2bc8155f8p-6;
    p = p * z + -0x1.e6aaa8a0a04ccp-7;
    p = p * z + 0x1.1d189408314eep-6;
    p = p * z + 0x1.65a9c4dfcf8b2p-8;
    p = p * z + 0x1.52420b04b37bep-7;
    p = p * z + 0x1.782651caa6547p-7;
    p = p * z + 0x1.c9cf07674736ap-7;
    p = p * z + 0x1.1c4d35cf95421p-6;
    p = p * z + 0x1.6e8bb1c8209a2p-6;
    p = p * z + 0x1.f1c71c1db0623p-6;
    p = p * z + 0x1.6db6db6e31f13p-5;
    p = p * z + 0x1.3333333332ecap-4;
    p = p * z + 0x1.5555555555556p-3;
    double inner = y + y * (z * p);
    double outer = 0x1.921fb54442d18p+0 - (2.0 * inner - 0x1.1a62633145c07p-54);
    return copysign(low ? inner : outer, x);
}

/* cos(2 pi u), sin(2 pi u): u = q/4 + r exactly, |r| <= 1/8; the quadrant q swaps and negates. */
static inline void ov_sincos_2pi_inline(double *s, double *c, double u)
{
    double rounder = 4.0 * u + OV_ROUNDER;
    double r = u - 0.25 * (rounder - OV_ROUNDER);
    uint64_t q = ov_bits_of(rounder);
    double z = r * r;
    double p = 0x1.e4a9bd16ce9f7p+1;
    p = p * z + -0x1.e3027dab81c1dp+3;
    p = p * z + 0x1.50783208533c5p+5;
    p = p * z + -0x1.32d2cce50019dp+6;
    p = p * z + 0x1.466bc6775a476p+6;
    p = p * z + -0x1.4abbce625be52p+5;
    double sine = r * 0x1.921fb54442d18p+2 + r * (z * p + 0x1.1a62633145c07p-52);
    p = -0x1.b2f3d15e072b2p+0;
    p = p * z + 0x1.f9ce24161feb0p+2;
    p = p * z + -0x1.a6d1eef43193ep+4;
    p = p * z + 0x1.e1f5068688925p+5;
    p = p * z + -0x1.55d3c7e3cb23fp+6;
    p = p * z + 0x1.03c1f081b5ac0p+6;
    p = p * z + -0x1.3bd3cc9be45dep+4;
    double cosine = 1.0 + z * p;
    uint64_t sb = ov_bits_of(sine), cb = ov_bits_of(cosine);
    uint64_t swap = (sb ^ cb) & (0 - (q & 1));
    *s = ov_from_bits((sb ^ swap) ^ ((q & 2) << 62));
    *c = ov_from_bits((cb ^ swap) ^ (((q + 1) & 2) << 62));
}

#endif
