/* SPDX-License-Identifier: MIT
 *
 * asin of LANES numbers, for src/num/vasin.c, which includes this once for each width: LANES and
 * the names NUMBERS, BITS, SERIES and ASIN_OF are its to define, TARGET what the functions may use,
 * ALL_LOW(a) whether no number is above 1/2 (or NaN).
 */

typedef double NUMBERS __attribute__((vector_size(LANES * sizeof(double))));
typedef long long BITS __attribute__((vector_size(LANES * sizeof(double))));

/* a where the mask is set, else b. */
#define CHOOSE(mask, a, b) ((NUMBERS)(((mask) & (BITS)(a)) | (~(mask) & (BITS)(b))))

/* y becomes y + y z P(z), z <= 1/4. By address: a vector in or out of a function would change its
 * ABI. */
TARGET static inline __attribute__((always_inline)) void SERIES(NUMBERS *y, const NUMBERS *square)
{
    NUMBERS z = *square, zz = z * z;
    NUMBERS even = 0x1.d72b2bc8155f8p-6 * zz + 0x1.1d189408314eep-6;
    NUMBERS odd = -0x1.e6aaa8a0a04ccp-7 * zz + 0x1.65a9c4dfcf8b2p-8;
    even = even * zz + 0x1.52420b04b37bep-7;
    odd = odd * zz + 0x1.782651caa6547p-7;
    even = even * zz + 0x1.c9cf07674736ap-7;
    odd = odd * zz + 0x1.1c4d35cf95421p-6;
    even = even * zz + 0x1.6e8bb1c8209a2p-6;
    odd = odd * zz + 0x1.f1c71c1db0623p-6;
    even = even * zz + 0x1.6db6db6e31f13p-5;
    odd = odd * zz + 0x1.3333333332ecap-4;
    even = even * zz + 0x1.5555555555556p-3;
    *y = *y + *y * (z * (even + z * odd));
}

TARGET static inline __attribute__((always_inline)) void ASIN_OF(double *out, const double *in)
{
    NUMBERS x, root, one = (NUMBERS){0.0} + 1.0;
    memcpy(&x, in, sizeof x);
    BITS sign = (BITS)x & (BITS)(-0.0 * one);
    NUMBERS a = (NUMBERS)((BITS)x ^ sign);
    if (ALL_LOW(a)) { /* as most correlations of fields are */
        NUMBERS square = x * x;
        SERIES(&x, &square);
        memcpy(out, &x, sizeof x);
        return;
    }
    a = CHOOSE(a > 1.0, one, a); /* NaN stays */
    BITS low = a <= 0.5;
    NUMBERS z = CHOOSE(low, a * a, 0.5 * (1.0 - a));
    for (size_t j = 0; j < LANES; j++)
        root[j] = sqrt(z[j]);
    NUMBERS inner = CHOOSE(low, a, root);
    SERIES(&inner, &z);
    NUMBERS outer = 0x1.921fb54442d18p+0 - (2.0 * inner - 0x1.1a62633145c07p-54);
    NUMBERS result = (NUMBERS)((BITS)CHOOSE(low, inner, outer) | sign);
    memcpy(out, &result, sizeof result);
}

#undef CHOOSE
