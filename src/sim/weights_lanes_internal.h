/* SPDX-License-Identifier: MIT
 *
 * The inner loops of weights_room.h on vectors of LANES doubles, for src/sim/weights_kernels.c,
 * which includes this once for each level. LANES, TARGET, AT(name), the name's form for the level,
 * and how many rows and inputs go through the loops together (STUDENTS, TEACHERS, INPUTS: as many
 * as the registers hold sums for) are its to define. UNROLL stands before loops so short that the
 * compiler is to write them out.
 */

#define PARTS (8 / LANES)
#define NUMBERS AT(numbers)
#define LOAD AT(load)
#define TEACH_SOME AT(teach_some)
#define MOVE_SOME AT(move_some)
#define MOVE_VECTOR AT(move_vector)
#define MOVE_GROUPS AT(move_groups)
#define INLINE TARGET static inline __attribute__((always_inline))

typedef double NUMBERS __attribute__((vector_size(8 * LANES)));

INLINE NUMBERS LOAD(const double *x)
{
    NUMBERS v;
    memcpy(&v, x, sizeof v);
    return v;
}

/* `rows` teachers, a constant of the caller, and INPUTS inputs. */
INLINE void TEACH_SOME(const size_t rows, double *sums, const double *w_star, size_t stride,
                       const double *const *x, size_t n)
{
    const size_t next = 8 * OV_WEIGHTS_BATCH;
    NUMBERS sum[TEACHERS][INPUTS][PARTS];
    for (size_t r = 0; r < rows; r++)
        memcpy(sum[r], sums + r * next, sizeof sum[r]);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        UNROLL for (size_t part = 0; part < PARTS; part++)
        {
            size_t at = i + part * LANES;
            UNROLL for (size_t c = 0; c < INPUTS; c++)
            {
                NUMBERS input = LOAD(x[c] + at);
                UNROLL for (size_t r = 0; r < rows; r++)
                {
                    sum[r][c][part] += LOAD(w_star + r * stride + at) * input;
                }
            }
        }
    }
    for (size_t r = 0; r < rows; r++) {
        memcpy(sums + r * next, sum[r], sizeof sum[r]);
        for (size_t c = 0; c < INPUTS; c++)
            for (size_t j = 0; i + j < n; j++)
                sums[r * next + 8 * c + j] += w_star[r * stride + i + j] * x[c][i + j];
    }
}

TARGET static void AT(teach)(double *sums, const double *w_star, size_t M, size_t stride,
                             const double *const x[OV_WEIGHTS_BATCH], size_t n)
{
    for (size_t c = 0; c < OV_WEIGHTS_BATCH; c += INPUTS) {
        double *out = sums + 8 * c;
        size_t m = 0;
        for (; m + TEACHERS <= M; m += TEACHERS)
            TEACH_SOME(TEACHERS, out + 8 * OV_WEIGHTS_BATCH * m, w_star + m * stride, stride, x + c,
                       n);
        for (; m < M; m++)
            TEACH_SOME(1, out + 8 * OV_WEIGHTS_BATCH * m, w_star + m * stride, stride, x + c, n);
    }
}

/* LANES weights of each of `rows` students. */
INLINE void MOVE_VECTOR(const size_t rows, const bool decay, NUMBERS (*sum)[PARTS], size_t part,
                        double *w, size_t stride, double keep, const NUMBERS *pushes,
                        const double *x, const double *next)
{
    NUMBERS input = LOAD(x), coming = LOAD(next);
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        NUMBERS moved = LOAD(w + r * stride);
        moved = (decay ? keep * moved : moved) + pushes[r] * input;
        memcpy(w + r * stride, &moved, sizeof moved);
        sum[r][part] += moved * coming;
    }
}

/* `rows` students, and whether they decay: constants of the caller. What is left of the last eight inputs goes
 * by vectors, too, as far as it fills them. */
INLINE void MOVE_SOME(const size_t rows, const bool decay, double *sums, double *w, size_t stride,
                      double keep, const double *push, const double *x, const double *next,
                      size_t n)
{
    NUMBERS sum[STUDENTS][PARTS], pushes[STUDENTS];
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t part = 0; part < PARTS; part++)
        {
            sum[r][part] = LOAD(sums + 8 * r + part * LANES);
        }
        pushes[r] = push[r] - (NUMBERS){0.0}; /* in every lane; -0 stays */
    }
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        UNROLL for (size_t part = 0; part < PARTS; part++)
        {
            size_t at = i + part * LANES;
            MOVE_VECTOR(rows, decay, sum, part, w + at, stride, keep, pushes, x + at, next + at);
        }
    }
    size_t done = 0;
    UNROLL for (size_t part = 0; part + 1 < PARTS; part++)
    {
        if (i + done + LANES <= n) {
            MOVE_VECTOR(rows, decay, sum, part, w + i + done, stride, keep, pushes, x + i + done,
                        next + i + done);
            done += LANES;
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t part = 0; part < PARTS; part++)
        {
            memcpy(sums + 8 * r + part * LANES, &sum[r][part], sizeof sum[r][part]);
        }
    }
    for (size_t r = 0; i + done < n && r < rows; r++)
        for (size_t j = done; i + j < n; j++) {
            double *here = w + r * stride + i + j;
            *here = (decay ? keep * *here : *here) + push[r] * x[i + j];
            sums[8 * r + j] += *here * next[i + j];
        }
}

/* As many groups of `rows` students as there are from student k on; returns the one after. */
INLINE size_t MOVE_GROUPS(const size_t rows, size_t k, double *sums, double *w, size_t K,
                          size_t stride, double keep, const double *push, const double *x,
                          const double *next, size_t n)
{
    for (; k + rows <= K; k += rows) {
        double *here = w + k * stride;
        if (keep == 1.0)
            MOVE_SOME(rows, false, sums + 8 * k, here, stride, keep, push + k, x, next, n);
        else
            MOVE_SOME(rows, true, sums + 8 * k, here, stride, keep, push + k, x, next, n);
    }
    return k;
}

TARGET static void AT(move)(double *sums, double *w, size_t K, size_t stride, double keep,
                            const double *push, const double *x, const double *next, size_t n)
{
    size_t k = MOVE_GROUPS(STUDENTS, 0, sums, w, K, stride, keep, push, x, next, n);
#if STUDENTS > 4
    k = MOVE_GROUPS(4, k, sums, w, K, stride, keep, push, x, next, n);
#endif
#if STUDENTS > 2
    k = MOVE_GROUPS(2, k, sums, w, K, stride, keep, push, x, next, n);
#endif
    MOVE_GROUPS(1, k, sums, w, K, stride, keep, push, x, next, n);
}

/* The expressions of model/activation.c. */
TARGET static void AT(erf_units)(double *g, double *dg, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        for (size_t j = i; dg && j < i + 8; j++)
            dg[j] = SQRT_TWO_OVER_PI * ov_exp_inline(-0.5 * x[j] * x[j]);
        for (size_t j = i; j < i + 8; j++)
            g[j] = ov_erf_inline(x[j] * SQRT_HALF);
    }
}

#undef PARTS
#undef NUMBERS
#undef LOAD
#undef TEACH_SOME
#undef MOVE_SOME
#undef MOVE_VECTOR
#undef MOVE_GROUPS
#undef INLINE
#undef LANES
#undef TARGET
#undef STUDENTS
#undef TEACHERS
#undef INPUTS
#undef AT
