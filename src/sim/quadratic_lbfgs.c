/* SPDX-License-Identifier: MIT
 *
 * A minimum of the regularised loss by L-BFGS (Nocedal & Wright, algorithm 7.4), its steps found by
 * bisection between Wolfe's two conditions. Within rounding of the loss only the slope decides.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/dot.h"
#include "overlap/num/simd.h"
#include "quadratic_internal.h"

enum { HISTORY = OV_QN_HISTORY, MOST = 30000, MOST_TRIES = 60 };

static const double tolerance = 1e-4; /* |gradient| / (lambda |W|) */
static const double nothing = 1e-14;  /* |W|^2 of a student that has decayed to zero, over d */

struct lbfgs {
    struct ov_qn *q;
    size_t size;                      /* numbers in W */
    double *block;                    /* owned */
    double *x, *g, *to, *slope, *way; /* W, gradient; the same at the try; direction */
    struct ov_qn_pairs pairs;
    double value;
};

OV_CLONES static void add(double *restrict x, double c, const double *restrict y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] += c * y[i];
}

OV_CLONES static double product(const double *a, const double *b, size_t n)
{
    return ov_dot(a, b, n);
}

static enum ov_status create(struct lbfgs *l, struct ov_qn *q)
{
    size_t n = q->p->d * q->p->m;
    *l = (struct lbfgs){.q = q, .size = n, .x = q->W, .pairs = {.size = n}};
    l->block = malloc((size_t)OV_QN_LBFGS_VECTORS * n * sizeof *l->block);
    if (!l->block)
        return OV_ENOMEM;
    l->g = l->block;
    l->to = l->g + n;
    l->slope = l->to + n;
    l->way = l->slope + n;
    for (size_t i = 0; i < HISTORY; i++) {
        l->pairs.step[i] = l->way + (1 + i) * n;
        l->pairs.turn[i] = l->way + (1 + HISTORY + i) * n;
    }
    l->value = ov_qn_value(q, l->g, l->x);
    return OV_OK;
}

/* The two loops. */
void ov_qn_pairs_direct(double *way, const struct ov_qn_pairs *p, const double *g)
{
    size_t n = p->size, first = p->kept > HISTORY ? p->kept - HISTORY : 0;
    double part[HISTORY];
    for (size_t i = 0; i < n; i++)
        way[i] = -g[i];
    for (size_t k = p->kept; k-- > first;) {
        size_t i = k % HISTORY;
        part[i] = product(p->step[i], way, n) / p->curvature[i];
        add(way, -part[i], p->turn[i], n);
    }
    if (p->kept > 0) {
        size_t i = (p->kept - 1) % HISTORY;
        double scale = p->curvature[i] / product(p->turn[i], p->turn[i], n);
        for (size_t j = 0; j < n; j++)
            way[j] *= scale;
    }
    for (size_t k = first; k < p->kept; k++) {
        size_t i = k % HISTORY;
        add(way, part[i] - product(p->turn[i], way, n) / p->curvature[i], p->step[i], n);
    }
}

/* The oldest pair goes only where the new one is good. */
void ov_qn_pairs_add(struct ov_qn_pairs *p, const double *step, const double *turn)
{
    size_t i = p->kept % HISTORY, n = p->size;
    double curvature = product(step, turn, n);
    if (!(curvature > 1e-14 * product(turn, turn, n)))
        return;
    memcpy(p->step[i], step, n * sizeof *step);
    memcpy(p->turn[i], turn, n * sizeof *turn);
    p->curvature[i] = curvature;
    p->kept++;
}

/* A step that lowers the loss enough and flattens it enough: to, slope and *value there. False:
 * none found. */
static bool search(struct lbfgs *l, double *value, double first)
{
    double low = 0.0, high = INFINITY, s = first, down = product(l->g, l->way, l->size);
    double rounding = 1e-14 * fabs(l->value);
    for (int i = 0; i < MOST_TRIES && down < 0.0; i++) {
        memcpy(l->to, l->x, l->size * sizeof *l->to);
        add(l->to, s, l->way, l->size);
        *value = ov_qn_value(l->q, l->slope, l->to);
        double slope = product(l->slope, l->way, l->size);
        if (!(*value <= l->value + 1e-4 * s * down + rounding))
            high = s;
        else if (slope < 0.9 * down)
            low = s;
        else
            return true;
        s = isfinite(high) ? (low + high) / 2.0 : 2.0 * s;
    }
    return false;
}

/* Goes to where the step led; what was learnt on it joins the history. */
static void move(struct lbfgs *l, double value)
{
    size_t n = l->size;
    for (size_t j = 0; j < n; j++) {
        l->x[j] = l->to[j] - l->x[j];
        l->g[j] = l->slope[j] - l->g[j];
    }
    ov_qn_pairs_add(&l->pairs, l->x, l->g);
    memcpy(l->x, l->to, n * sizeof *l->x);
    memcpy(l->g, l->slope, n * sizeof *l->g);
    l->value = value;
}

static bool at_rest(const struct lbfgs *l)
{
    double x2 = product(l->x, l->x, l->size), g2 = product(l->g, l->g, l->size);
    double small = tolerance * l->q->p->lambda;
    return g2 <= small * small * x2 || x2 <= nothing * (double)l->q->p->d;
}

enum ov_status ov_qn_lbfgs(struct ov_qn *q, const struct ov_tick *tick, struct ov_error *err)
{
    struct lbfgs l;
    enum ov_status status = create(&l, q);
    if (status != OV_OK)
        return ov_fail(err, status, "out of memory");
    while (status == OV_OK && !at_rest(&l)) {
        double value, length = sqrt(product(l.g, l.g, l.size) / product(l.x, l.x, l.size));
        ov_qn_pairs_direct(l.way, &l.pairs, l.g);
        bool found = search(&l, &value, l.pairs.kept > 0 ? 1.0 : 1.0 / fmax(length, 1.0));
        if (!found && l.pairs.kept > 0)
            l.pairs.kept = 0; /* once more, straight down */
        else if (!found || q->n_evaluated > MOST)
            status =
                ov_fail(err, OV_ENUMERIC, "no minimum after %llu gradients: |gradient| is %.3g |W|",
                        (unsigned long long)q->n_evaluated, length);
        else
            move(&l, value);
        ov_tick_tell(tick, q->n_evaluated, 0);
    }
    free(l.block);
    return status;
}
