/* SPDX-License-Identifier: MIT
 *
 * The rule of theory/orthant.c, made again with 34 digits: 24 nodes of Gauss-Legendre in w on
 * [0,1], as u = 1 - (1-w)^4 with weights du.
 *     legendre         prints a line "u weight" for each node
 */
#include <quadmath.h>
#include <stdio.h>

enum { NODES = 24 };

typedef __float128 real;

/* P_n and its derivative at x. */
static real legendre(real *slope, real x, int n)
{
    real p = 1, before = 0;
    for (int k = 0; k < n; k++) {
        real next = ((2 * k + 1) * x * p - k * before) / (k + 1);
        before = p;
        p = next;
    }
    *slope = n * (x * p - before) / (x * x - 1);
    return p;
}

int main(void)
{
    for (int i = NODES - 1; i >= 0; i--) {
        real x = cosq(M_PIq * (i + 0.75Q) / (NODES + 0.5Q)), slope;
        for (int turn = 0; turn < 8; turn++) {
            real p = legendre(&slope, x, NODES);
            x -= p / slope;
        }
        legendre(&slope, x, NODES);
        real rest = (1 - x) / 2, weight = 1 / ((1 - x * x) * slope * slope);
        char text[2][64];
        quadmath_snprintf(text[0], sizeof text[0], "%.20Qg", 1 - rest * rest * rest * rest);
        quadmath_snprintf(text[1], sizeof text[1], "%.20Qg", 4 * rest * rest * rest * weight);
        printf("%s %s\n", text[0], text[1]);
    }
    return 0;
}
