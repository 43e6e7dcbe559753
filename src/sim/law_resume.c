/* SPDX-License-Identifier: MIT
 *
 * The bytes of a state: all that the call is a function of, by which it is known; then where it
 * stands, the rows so far, the overlaps before the last step, and the lanes' L and v. Normals are
 * drawn again: they are a function of the step.
 */
#include <stdlib.h>
#include <string.h>

#include "law_call_internal.h"
#include "overlap/base/sha256.h"

struct standing {
    uint64_t first, row, step;
};

static void add(struct ov_text *t, const void *bytes, size_t n)
{
    ov_text_add(t, bytes, n);
}

/* n numbers, or that there are none. */
static void add_array(struct ov_text *t, const double *x, size_t n)
{
    uint64_t count = x ? n : 0;
    add(t, &count, sizeof count);
    if (x)
        add(t, x, n * sizeof *x);
}

static void add_schedule(struct ov_text *t, const struct ov_schedule *s)
{
    const double numbers[] = {(double)s->kind, s->exponent, s->time, s->from, s->factor};
    add(t, numbers, sizeof numbers);
    add_array(t, s->at, s->n_at);
}

static void add_weights(struct ov_text *t, const double *w, size_t n)
{
    char sha[OV_KEY_SIZE];
    if (!w)
        return;
    ov_sha256(sha, w, n * sizeof *w);
    add(t, sha, sizeof sha);
}

static void add_problem(struct ov_text *t, const struct ov_problem *p)
{
    const uint64_t sizes[] = {p->N,
                              p->K,
                              p->M,
                              (uint64_t)p->teacher,
                              (uint64_t)p->start,
                              (uint64_t)p->labels.sign,
                              p->labels.test};
    const double numbers[] = {p->eta_w,   p->eta_v, p->sigma, p->decay_w,    p->std,
                              p->decay_v, p->v_std, p->stop,  p->labels.flip};
    add(t, sizes, sizeof sizes);
    add(t, numbers, sizeof numbers);
    ov_text_addf(t, "%s %s", p->g->name, p->g_star->name);
    add_array(t, p->T, ov_sym_size(p->M));
    add_array(t, p->v_star, p->M);
    add_array(t, p->Q, ov_sym_size(p->K));
    add_array(t, p->R, p->K * p->M);
    add_array(t, p->v, p->K);
    add_schedule(t, &p->schedule);
    add_array(t, &p->sparse, 1);
    add_weights(t, p->w_star, p->M * p->N);
    add_weights(t, p->w, p->K * p->N);
}

/* What two calls with the same result have in common. */
static void add_call(struct ov_text *t, const struct law_call *c)
{
    const uint64_t sizes[] = {c->n_run, c->n_alpha, c->width, LAW_LANES};
    ov_text_addf(t, "law");
    add(t, sizes, sizeof sizes);
    add_problem(t, c->p);
    add(t, c->key, c->n_run * sizeof *c->key);
    add_array(t, c->alpha, c->n_alpha);
}

/* L, v and v_star stand together at the head of a group's block. */
static size_t lanes_bytes(const struct law_call *c)
{
    size_t K = c->p->K, M = c->p->M;
    return (ov_sym_size(K + M) + K + M) * LAW_LANES * sizeof(double);
}

static size_t rows_bytes(const struct law_call *c)
{
    return c->n_run * c->n_alpha * c->width * sizeof *c->rows;
}

static size_t before_bytes(const struct law_call *c)
{
    return LAW_LANES * c->moving * sizeof *c->before;
}

enum ov_status ov_law_call_find(struct law_call *c)
{
    size_t n;
    struct standing at;
    const char *found = ov_tick_found(&c->tick, &n);
    if (!c->tick.checkpoint)
        return OV_OK;
    add_call(&c->same, c);
    if (c->same.failed)
        return OV_ENOMEM;
    size_t whole = c->same.len + sizeof at + rows_bytes(c) + before_bytes(c) + lanes_bytes(c);
    if (!found || n != whole || memcmp(found, c->same.s, c->same.len) != 0)
        return OV_OK;
    found += c->same.len;
    memcpy(&at, found, sizeof at);
    if (at.first >= c->n_run || at.first % LAW_LANES != 0 || at.row >= c->n_alpha ||
        at.step > c->steps)
        return OV_OK;
    c->first = at.first;
    c->row = at.row;
    c->told = at.first * c->steps;
    c->found = found;
    found += sizeof at;
    memcpy(c->rows, found, rows_bytes(c));
    memcpy(c->before, found + rows_bytes(c), before_bytes(c));
    return OV_OK;
}

void ov_law_call_resume(struct law_call *c, struct law_group *s)
{
    struct standing at;
    memcpy(&at, c->found, sizeof at);
    s->step = at.step;
    memcpy(s->block, c->found + sizeof at + rows_bytes(c) + before_bytes(c), lanes_bytes(c));
    c->found = NULL;
}

void ov_law_call_save(struct law_call *c, const struct law_group *s)
{
    struct standing at = {c->first, c->row, s->step};
    struct ov_text *t = &c->all;
    t->len = 0;
    add(t, c->same.s, c->same.len);
    add(t, &at, sizeof at);
    add(t, c->rows, rows_bytes(c));
    add(t, c->before, before_bytes(c));
    add(t, s->block, lanes_bytes(c));
    if (!t->failed)
        ov_tick_save(&c->tick, t->s, t->len);
}
