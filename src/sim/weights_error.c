/* SPDX-License-Identifier: MIT
 *
 * Overlaps of the weights, and errors that are means over a set of inputs. The fields of four
 * inputs are taken at once; the plain way takes them one by one, with the same bits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlap/num/dot.h"
#include "weights_internal.h"

enum { FOUR = OV_WEIGHTS_BATCH };

enum ov_status ov_weights_measure(struct ov_overlaps *o, const struct ov_weights_state *r)
{
    size_t N = r->p->N, K = r->p->K, M = r->p->M;
    memcpy(o->v, r->v, K * sizeof *o->v);
    if (!r->root_c) {
        ov_overlaps_measure(o, r->w, r->w_star, N);
        return OV_OK;
    }
    double *coloured = calloc(N, (K + M) * sizeof *coloured);
    if (!coloured)
        return OV_ENOMEM;
    for (size_t a = 0; a < K + M; a++)
        for (size_t i = 0; i < N; i++)
            coloured[a * N + i] = r->root_c[i] * (a < K ? r->w : r->w_star - K * N)[a * N + i];
    ov_overlaps_measure(o, coloured, coloured + K * N, N);
    free(coloured);
    return OV_OK;
}

/* Memory for four inputs and the fields they cause. */
struct probe {
    const struct ov_weights_state *r;
    double *block;     /* owned; everything below stands in it */
    double *x[FOUR];   /* (N) */
    double *sums;      /* (K or M,FOUR,8) */
    double *field, *g; /* (FOUR, the larger of K and M) rounded up to eights */
};

static enum ov_status probe_create(struct probe *q, const struct ov_weights_state *r)
{
    size_t row = ov_weights_eights(r->p->N), n = r->p->K > r->p->M ? r->p->K : r->p->M;
    size_t fields = ov_weights_eights(FOUR * n);
    *q = (struct probe){.r = r};
    q->block = calloc(FOUR * row + 8 * FOUR * n + 2 * fields + 8, sizeof *q->block);
    if (!q->block)
        return OV_ENOMEM;
    double *next = ov_weights_aligned(q->block);
    for (size_t c = 0; c < FOUR; c++, next += row)
        q->x[c] = next;
    q->sums = next;
    q->field = q->sums + 8 * FOUR * n;
    q->g = q->field + fields;
    return OV_OK;
}

/* out (FOUR): sum_k v_k g(w_k.x/sqrt N) of n units, of each of the four inputs. */
static void outputs(double out[FOUR], struct probe *q, const double *w, const double *v, size_t n,
                    const struct ov_activation *act)
{
    size_t N = q->r->p->N;
    double root_N = sqrt((double)N);
    if (q->r->kernel) {
        memset(q->sums, 0, 8 * FOUR * n * sizeof *q->sums);
        q->r->kernel->teach(q->sums, w, n, N, (const double *const *)q->x, N);
        for (size_t c = 0; c < FOUR; c++)
            for (size_t k = 0; k < n; k++)
                q->field[c * n + k] = ov_weights_total(q->sums + 8 * (k * FOUR + c)) / root_N;
        ov_weights_units(q->r->kernel, act, q->g, NULL, q->field, FOUR * n);
    } else {
        for (size_t c = 0; c < FOUR; c++)
            for (size_t k = 0; k < n; k++)
                q->g[c * n + k] = act->g(ov_dot(w + k * N, q->x[c], N) / root_N);
    }
    for (size_t c = 0; c < FOUR; c++) {
        out[c] = 0.0;
        for (size_t k = 0; k < n; k++)
            out[c] += v[k] * q->g[c * n + k];
    }
}

/* The label of input mu from the teacher's output: of a test set without what is random in it. */
static double label(const struct ov_weights_state *r, double y, uint64_t mu, bool test)
{
    if (r->p->labels.sign)
        return test ? ov_sign(y) : ov_weights_sign(r, y, mu);
    return !test && r->p->sigma > 0.0 ? y + r->p->sigma * ov_weights_noise(r, mu) : y;
}

/* Mean of (phi - y)^2/2 over n inputs, and its standard error unless se is NULL: over the images
 * `test`, without label noise; or with NULL over the training set, with it. `wrong`, unless NULL:
 * how often phi has not the sign of y. */
static void mean_error(double *mean, double *se, double *wrong, struct probe *q, uint64_t n,
                       const struct ov_images *test)
{
    const struct ov_weights_state *r = q->r;
    const struct ov_problem *p = r->p;
    double phi[FOUR], y[FOUR], square = 0.0;
    *mean = 0.0;
    for (uint64_t mu = 0; mu < n; mu += FOUR) {
        uint64_t now = n - mu < FOUR ? n - mu : FOUR;
        for (uint64_t c = 0; c < now; c++)
            if (test)
                ov_images_fill(q->x[c], test, (size_t)(mu + c), 0, p->N);
            else
                ov_weights_input(q->x[c], r, mu + c, 0, p->N);
        outputs(phi, q, r->w, r->v, p->K, p->g);
        outputs(y, q, r->w_star, p->v_star, p->M, p->g_star);
        for (uint64_t c = 0; c < now; c++) {
            y[c] = label(r, y[c], mu + c, test != NULL);
            if (wrong)
                *wrong += ov_sign(phi[c]) != ov_sign(y[c]);
            double error = 0.5 * (phi[c] - y[c]) * (phi[c] - y[c]), from = error - *mean;
            *mean += from / (double)(mu + c + 1); /* Welford's way */
            square += from * (error - *mean);
        }
    }
    if (se)
        *se = n > 1 ? sqrt(square / ((double)n - 1.0) / (double)n) : 0.0;
}

enum ov_status ov_weights_errors(double error[OV_WEIGHTS_ERRORS], const struct ov_weights_state *r)
{
    struct probe q;
    if (!r->in->test && r->in->samples == 0)
        return OV_OK;
    if (probe_create(&q, r) != OV_OK)
        return OV_ENOMEM;
    if (r->in->test) {
        double n = (double)r->in->test->n, wrong = 0.0;
        mean_error(&error[OV_WEIGHTS_TEST], &error[OV_WEIGHTS_TEST_SE], &wrong, &q, r->in->test->n,
                   r->in->test);
        error[OV_WEIGHTS_TEST_C] = wrong / n;
        error[OV_WEIGHTS_TEST_C_SE] =
            n > 1.0 ? sqrt(wrong / n * (1.0 - wrong / n) / (n - 1.0)) : 0.0;
    }
    if (r->in->samples > 0)
        mean_error(&error[OV_WEIGHTS_TRAINING], NULL, NULL, &q, r->in->samples, NULL);
    free(q.block);
    return OV_OK;
}
