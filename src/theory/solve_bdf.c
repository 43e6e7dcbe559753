/* SPDX-License-Identifier: MIT
 *
 * Backward differentiation formulas of orders 1 to 5 on the Taylor coefficients of the path,
 * z_j = h^j y^(j)/j! (Nordsieck, Math. Comp. 16, 22, 1962; Gear, Numerical Initial Value Problems
 * in Ordinary Differential Equations, 1971).
 * 1. Prediction: the Taylor series at t + h, z <- Pascal's triangle z.
 * 2. Correction: z_j += l_j a with one vector a; order q has l(x) = l_0 prod_(i=1..q) (1 + x/i),
 *    l_1 = 1. The derivative is that of the equations if
 *        h f(z_0 + l_0 a) = z_1 + a,
 *    which Newton's method solves with P = 1 - h l_0 J. P is factorised anew where h l_0 has
 *    changed by 30 per cent, J where it is old or the iteration is slow.
 * 3. Error: l_0 a is h^(q+1) y^(q+1) to leading order, and the formula errs by l_0/(q + 1) of it.
 *    The change of a from step to step gives the next order's error, z_q that of the one below.
 * 4. Start: two short steps by rk8pd before, values and slopes at three points, are a polynomial of
 *    degree 5 and with it an order of 5 at once. Otherwise order 1.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <lapacke.h>

#include "solve_bdf_internal.h"
#include "solve_internal.h"

enum { ITERATIONS = 3, OLD_JACOBIAN = 40, MOST_TRIES = 200, TRIES_OF_ORDER = 3 };

static const double settled = 0.1;        /* of the tolerance: what Newton's method leaves */
static const double other_factor = 0.3;   /* h l_0 changed so much: P anew */
static const double first_slowness = 0.7; /* of a new P */
static const double slowest = 2.0;        /* corrections that grow so much diverge */
static const double much_longer = 4.0;    /* a step grown so much: a new Jacobian, and its growth */
static const double most_gain = 10.0;     /* of one step to the next */
static const double least_gain = 1.1;     /* a step that would grow less stays */

/* l_j of order q. */
static const double corrector[ORDERS + 1][ORDERS + 1] = {
    {0},
    {1, 1},
    {2. / 3, 1, 1. / 3},
    {6. / 11, 1, 6. / 11, 1. / 11},
    {24. / 50, 1, 35. / 50, 10. / 50, 1. / 50},
    {120. / 274, 1, 225. / 274, 85. / 274, 15. / 274, 1. / 274}};

/* ---- memory ---- */

struct ov_bdf *ov_bdf_create(size_t n, bool has_matrix)
{
    struct ov_bdf *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->n = n;
    b->block = calloc(n * (2 * (ORDERS + 1) + 5) + (has_matrix ? n * n : 0), sizeof *b->block);
    b->pivot = calloc(n, sizeof *b->pivot);
    if (!b->block || !b->pivot) {
        ov_bdf_free(b);
        return NULL;
    }
    double *next = b->block;
    for (size_t j = 0; j <= ORDERS; j++, next += 2 * n) {
        b->z[j] = next;
        b->predicted[j] = next + n;
    }
    double **views[] = {&b->a, &b->a_before, &b->weight, &b->y, &b->rest};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++, next += n)
        *views[i] = next;
    b->P = next;
    return b;
}

void ov_bdf_free(struct ov_bdf *b)
{
    if (!b)
        return;
    free(b->block);
    free(b->pivot);
    free(b);
}

/* ---- start ---- */

void ov_bdf_begin(struct ov_bdf *b, const double *y, const double *dy, double h)
{
    b->order = 1;
    b->steps = 0;
    b->h = h;
    b->factor = 0.0;
    b->has_J = b->has_before = false;
    memcpy(b->z[0], y, b->n * sizeof *y);
    for (size_t i = 0; i < b->n; i++)
        b->z[1][i] = h * dy[i];
}

/* Hermite's polynomial at points 0, -1 and -2 in units of h: from the differences that the middle
 * and the oldest point have to the line through the newest. */
void ov_bdf_begin_warm(struct ov_bdf *b, double *const *y, double *const *dy, double h)
{
    static const double of[4][4] = {
        {4, 4, 1.75, 0.5}, {4, 8, 4.25, 1.25}, {1, 5, 3.25, 1}, {0, 1, 0.75, 0.25}};
    ov_bdf_begin(b, y[0], dy[0], h);
    b->order = b->steps = ORDERS;
    for (size_t i = 0; i < b->n; i++) {
        const double off[4] = {(y[1][i] - y[0][i]) + h * dy[0][i], h * (dy[1][i] - dy[0][i]),
                               (y[2][i] - y[0][i]) + 2.0 * h * dy[0][i], h * (dy[2][i] - dy[0][i])};
        for (size_t j = 0; j < 4; j++)
            b->z[j + 2][i] =
                of[j][0] * off[0] + of[j][1] * off[1] + of[j][2] * off[2] + of[j][3] * off[3];
    }
}

void ov_bdf_move(struct ov_bdf *b, const double *y)
{
    memcpy(b->z[0], y, b->n * sizeof *y);
}

/* ---- parts of a step ---- */

/* max_i |x_i| in units of the tolerance; NaN if a number is. */
static double size_of(const struct ov_bdf *b, const double *x)
{
    double max = 0.0;
    for (size_t i = 0; i < b->n; i++) {
        double size = fabs(x[i]) * b->weight[i];
        max = size <= max ? max : size;
        if (isnan(max))
            break;
    }
    return max;
}

static void set_length(struct ov_bdf *b, double h)
{
    double ratio = h / b->h, power = ratio;
    for (size_t j = 1; j <= b->order; j++, power *= ratio)
        for (size_t i = 0; i < b->n; i++)
            b->z[j][i] *= power;
    b->h = h;
    b->steps = 0;
    b->has_before = false;
}

static void predict(struct ov_bdf *b)
{
    for (size_t j = 0; j <= b->order; j++)
        memcpy(b->predicted[j], b->z[j], b->n * sizeof **b->z);
    for (size_t k = 0; k < b->order; k++)
        for (size_t j = b->order; j-- > k;)
            for (size_t i = 0; i < b->n; i++)
                b->predicted[j][i] += b->predicted[j + 1][i];
}

static int factorise_matrix(struct ov_bdf *b, const struct ov_solver *s, double factor)
{
    size_t n = b->n;
    for (size_t i = 0; i < n * n; i++)
        b->P[i] = -factor * s->J[i];
    for (size_t i = 0; i < n; i++)
        b->P[i * (n + 1)] += 1.0;
    /* read by columns it is the transpose */
    return LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, (lapack_int)n, (lapack_int)n, b->P, (lapack_int)n,
                               b->pivot);
}

/* P = 1 - factor J, factorised; J is that of s. */
static int factorise(struct ov_bdf *b, const struct ov_solver *s, double factor)
{
    const struct ov_ode_linear *linear = s->ode->linear;
    b->factor = 0.0;
    b->slowness = first_slowness;
    if ((linear ? linear->factorise(factor, s->ode->ctx) : factorise_matrix(b, s, factor)) != 0)
        return GSL_FAILURE;
    b->factor = factor;
    return GSL_SUCCESS;
}

/* Jacobian, length and factors for the step to come. Where there is no Jacobian a shorter step has
 * none either. */
static int make_ready(struct ov_bdf *b, struct ov_solver *s, double stop)
{
    if (!b->has_J || b->age >= OLD_JACOBIAN || b->h > much_longer * b->h_of_J) {
        b->has_J = ov_solver_jacobian(s, b->z[0]) == GSL_SUCCESS;
        if (!b->has_J)
            return GSL_EBADFUNC;
        b->age = 0;
        b->h_of_J = b->h;
        b->factor = 0.0;
    }
    double most = fmin(stop - s->t, ov_solver_longest(s, b->h));
    if (b->h > most)
        set_length(b, most);
    double factor = b->h * corrector[b->order][0];
    if (b->factor != 0.0 && fabs(factor / b->factor - 1.0) <= other_factor)
        return GSL_SUCCESS;
    return factorise(b, s, factor);
}

/* b->rest is replaced by the correction of a that it asks for. P may have another factor: with it
 * as it is, the slow are exact, what grows among them; scaled to half way, they would be 15 per
 * cent off. */
static int solve(struct ov_bdf *b, const struct ov_solver *s)
{
    lapack_int n = (lapack_int)b->n;
    if (s->ode->linear)
        return s->ode->linear->solve(b->rest, s->ode->ctx) == 0 ? GSL_SUCCESS : GSL_FAILURE;
    return LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', n, 1, b->P, n, b->pivot, b->rest, n) == 0
               ? GSL_SUCCESS
               : GSL_FAILURE;
}

/* Newton's method for a; b->y becomes the new point. GSL_CONTINUE: it does not converge. */
static int correct(struct ov_bdf *b, struct ov_solver *s)
{
    double l = corrector[b->order][0], before = 0.0;
    memset(b->a, 0, b->n * sizeof *b->a);
    memcpy(b->y, b->predicted[0], b->n * sizeof *b->y);
    for (int turn = 0; turn < ITERATIONS; turn++) {
        int status = ov_solver_call(b->rest, b->y, s);
        if (status != GSL_SUCCESS)
            return status;
        for (size_t i = 0; i < b->n; i++)
            b->rest[i] = b->h * b->rest[i] - b->predicted[1][i] - b->a[i];
        if (solve(b, s) != GSL_SUCCESS)
            return GSL_FAILURE;
        for (size_t i = 0; i < b->n; i++) {
            b->a[i] += b->rest[i];
            b->y[i] = b->predicted[0][i] + l * b->a[i];
        }
        double size = l * size_of(b, b->rest);
        if (turn > 0)
            b->slowness = fmax(0.2 * b->slowness, size / before);
        if (size * fmin(1.0, 1.5 * b->slowness) <= settled)
            return GSL_SUCCESS;
        if (!(size <= slowest * before) && turn > 0)
            break;
        before = size;
    }
    return GSL_CONTINUE;
}

/* ---- errors, and the next step ---- */

static double factorial(size_t n)
{
    return n < 2 ? 1.0 : (double)n * factorial(n - 1);
}

static double error_of(const struct ov_bdf *b)
{
    double l = corrector[b->order][0];
    return l * l / (double)(b->order + 1) * size_of(b, b->a);
}

/* How much longer a step of order q may be if it errs by `error`; `safety` favours the order in
 * use. */
static double gain(double error, size_t q, double safety)
{
    return 1.0 / (safety * pow(error, 1.0 / (double)(q + 1)) + 1e-3);
}

static double gain_below(const struct ov_bdf *b)
{
    size_t q = b->order;
    if (q == 1)
        return 0.0;
    double error = corrector[q - 1][0] * factorial(q - 1) * size_of(b, b->z[q]);
    return gain(error, q - 1, 1.3);
}

static double gain_above(struct ov_bdf *b)
{
    size_t q = b->order;
    if (q == ORDERS || !b->has_before)
        return 0.0;
    for (size_t i = 0; i < b->n; i++)
        b->rest[i] = b->a[i] - b->a_before[i];
    double error = corrector[q + 1][0] * corrector[q][0] / (double)(q + 2) * size_of(b, b->rest);
    return gain(error, q + 1, 1.4);
}

/* Order and length of the next step, once the last order + 1 had the same. What is below tolerance
 * lets every order take any step, but what grows from there is followed by the highest only: of two
 * that allow all the growth there is room for, the higher. */
static void choose(struct ov_bdf *b, double error, double room)
{
    size_t q = b->order;
    double above = fmin(room, gain_above(b)), same = fmin(room, gain(error, q, 1.2)),
           below = fmin(room, gain_below(b)), best = fmax(same, fmax(below, above));
    if (best == above && (best >= least_gain || best == room)) {
        for (size_t i = 0; i < b->n; i++)
            b->z[q + 1][i] = corrector[q][q] * b->a[i] / (double)(q + 1);
        b->order++;
    } else if (best < least_gain) {
        b->steps = q - 1; /* look again in two steps */
        return;
    } else if (best > same) {
        b->order--;
    }
    set_length(b, b->h * best);
}

static void accept(struct ov_bdf *b, double error, double room)
{
    for (size_t j = 0; j <= b->order; j++)
        for (size_t i = 0; i < b->n; i++)
            b->z[j][i] = b->predicted[j][i] + corrector[b->order][j] * b->a[i];
    b->age++;
    if (++b->steps > b->order)
        choose(b, error, room);
    else
        b->has_before = true;
    double *a = b->a;
    b->a = b->a_before;
    b->a_before = a;
}

/* After a step with too large an error: a shorter one, at last of order 1. */
static void retreat(struct ov_bdf *b, double error, int failures)
{
    double shorter = failures > 1 ? 0.2 : fmin(0.9, fmax(0.2, gain(error, b->order, 1.2)));
    if (failures > TRIES_OF_ORDER)
        b->order = 1;
    set_length(b, b->h * shorter);
}

/* ---- a step ---- */

int ov_bdf_step(struct ov_bdf *b, struct ov_solver *s, double stop)
{
    int failures = 0;
    for (size_t i = 0; i < b->n; i++)
        b->weight[i] = 1.0 / (s->atol + s->rtol * fabs(b->z[0][i]) + DBL_MIN);
    for (int turn = 0; turn < MOST_TRIES && s->t + b->h != s->t; turn++) {
        int status = make_ready(b, s, stop);
        if (status == GSL_SUCCESS) {
            predict(b);
            status = correct(b, s);
        }
        if (status == GSL_EBADFUNC)
            return status;
        if (status == GSL_CONTINUE && b->age > 0) {
            b->has_J = false;
            continue;
        }
        double error = status == GSL_SUCCESS ? error_of(b) : INFINITY;
        if (error <= 1.0) {
            s->t = b->h < stop - s->t ? s->t + b->h : stop;
            s->h = b->h;
            memcpy(s->y, b->y, b->n * sizeof *s->y);
            for (size_t i = 0; i < b->n; i++)
                s->trial_dy[i] = (b->predicted[1][i] + b->a[i]) / b->h;
            accept(b, error, fmin(most_gain, ov_solver_longest(s, most_gain * b->h) / b->h));
            return GSL_SUCCESS;
        }
        if (status == GSL_SUCCESS)
            retreat(b, error, ++failures);
        else
            set_length(b, 0.25 * b->h);
    }
    return GSL_FAILURE;
}
