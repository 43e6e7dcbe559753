/* SPDX-License-Identifier: MIT
 *
 * The constants of theory/gauss_sigmoids.c, made again with 34 digits:
 *     tanh x = sum_j c_j erf(x/(sqrt 2 tau_j)), j = 1 … 6                  (paper.md eq:sigmoids)
 * in the sense of least squares of the deviation and of a quarter of the slope's at 600 points
 * between 0 and 12. Gauss-Newton's method from four digits of each.
 *     erf_sum          prints a line "c tau" for each term, 15 decimals
 */
#include <quadmath.h>
#include <stdio.h>

enum { J = 6, POINTS = 600, N = 2 * J, MOST_TURNS = 80 };

typedef __float128 real;

/* Where it begins: there are other minima, of larger deviations, and a long valley. */
static const real start[J][2] = {{0.01588Q, 0.4079Q}, {0.1583Q, 0.5485Q}, {0.3645Q, 0.7343Q},
                                 {0.3287Q, 0.9888Q},  {0.1215Q, 1.337Q},  {0.01118Q, 1.8238Q}};

static const real slope_weight = 0.25Q, last = 12;

/* Deviation and derivatives by c_j and ln tau_j, of the value and of the slope at x. */
static void at_point(real f[2], real D[2][N], const real p[N], real x)
{
    real t = tanhq(x);
    f[0] = -t;
    f[1] = -slope_weight * (1 - t * t);
    for (int j = 0; j < J; j++) {
        real c = p[j], tau = expq(p[J + j]), y = x / tau;
        real e = sqrtq(2 / M_PIq) * expq(-y * y / 2), step = erfq(y / M_SQRT2q);
        f[0] += c * step;
        f[1] += slope_weight * c * e / tau;
        D[0][j] = step;
        D[0][J + j] = -c * e * y;
        D[1][j] = slope_weight * e / tau;
        D[1][J + j] = slope_weight * c * e / tau * (y * y - 1);
    }
}

/* A = D'D, b = -D'f. */
static void normal_equations(real A[N][N], real b[N], const real p[N])
{
    for (int i = 0; i < N; i++) {
        b[i] = 0;
        for (int j = 0; j < N; j++)
            A[i][j] = 0;
    }
    for (int k = 0; k < POINTS; k++) {
        real f[2], D[2][N];
        at_point(f, D, p, last * (k + 0.5Q) / POINTS);
        for (int r = 0; r < 2; r++)
            for (int i = 0; i < N; i++) {
                b[i] -= D[r][i] * f[r];
                for (int j = 0; j <= i; j++)
                    A[i][j] += D[r][i] * D[r][j];
            }
    }
}

/* Solves A x = b by Cholesky's factors. */
static void solve(real x[N], real A[N][N], const real b[N])
{
    for (int i = 0; i < N; i++) {
        for (int j = 0; j <= i; j++) {
            real sum = A[i][j];
            for (int k = 0; k < j; k++)
                sum -= A[i][k] * A[j][k];
            A[i][j] = i == j ? sqrtq(sum) : sum / A[j][j];
        }
    }
    for (int i = 0; i < N; i++) {
        x[i] = b[i];
        for (int k = 0; k < i; k++)
            x[i] -= A[i][k] * x[k];
        x[i] /= A[i][i];
    }
    for (int i = N - 1; i >= 0; i--) {
        for (int k = i + 1; k < N; k++)
            x[i] -= A[k][i] * x[k];
        x[i] /= A[i][i];
    }
}

int main(void)
{
    real p[N], A[N][N], b[N], step[N], size = 1;
    for (int j = 0; j < J; j++) {
        p[j] = start[j][0];
        p[J + j] = logq(start[j][1]);
    }
    for (int turn = 0; turn < MOST_TURNS && size > 1e-18Q; turn++) {
        normal_equations(A, b, p);
        solve(step, A, b);
        size = 0;
        for (int i = 0; i < N; i++) {
            p[i] += step[i];
            size = fmaxq(size, fabsq(step[i]));
        }
    }
    for (int j = 0; j < J; j++)
        printf("%.15f %.15f\n", (double)p[j], (double)expq(p[J + j]));
    return !(size <= 1e-18Q);
}
