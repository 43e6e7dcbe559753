/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "overlap/num/dot.h"
#include "overlap/num/normal.h"
#include "weights_room.h"

/* Delta = phi - y of the input x, leaving lambda and g(lambda) of the student. paper.md eq:sgd */
static double forward(struct ov_weights_state *r)
{
    const struct ov_problem *p = r->p;
    size_t N = p->N;
    double root_N = sqrt((double)N), phi = 0.0, y = 0.0;
    for (size_t k = 0; k < p->K; k++) {
        r->lambda[k] = ov_dot(r->w + k * N, r->x, N) / root_N;
        r->g[k] = p->g->g(r->lambda[k]);
        phi += r->v[k] * r->g[k];
    }
    for (size_t m = 0; m < p->M; m++)
        y += p->v_star[m] * p->g_star->g(ov_dot(r->w_star + m * N, r->x, N) / root_N);
    if (p->sigma > 0.0) {
        double zeta;
        ov_normal_fill(&zeta, 1, &r->noise, r->step);
        y += p->sigma * zeta;
    }
    return phi - y;
}

/* w and v, both from the values before the step. paper.md eq:sgd */
static void update(struct ov_weights_state *r, double Delta)
{
    const struct ov_problem *p = r->p;
    double N = (double)p->N, root_N = sqrt(N);
    double keep_w = 1.0 - p->decay_w / N, keep_v = 1.0 - p->decay_v / N;
    for (size_t k = 0; k < p->K; k++) {
        double *restrict w = r->w + k * p->N;
        const double *restrict x = r->x;
        double push = -(p->eta_w / root_N) * r->v[k] * p->g->dg(r->lambda[k]) * Delta;
        if (p->decay_w > 0.0)
            for (size_t i = 0; i < p->N; i++)
                w[i] = keep_w * w[i] + push * x[i];
        else
            for (size_t i = 0; i < p->N; i++)
                w[i] += push * x[i];
        if (p->eta_v > 0.0)
            r->v[k] = keep_v * r->v[k] - p->eta_v / N * r->g[k] * Delta;
    }
}

double ov_weights_step_plain(struct ov_weights_state *r)
{
    ov_normal_fill(r->x, r->p->N, &r->input, r->step * ov_normal_blocks(r->p->N));
    double Delta = forward(r);
    update(r, Delta);
    r->step++;
    return Delta;
}
