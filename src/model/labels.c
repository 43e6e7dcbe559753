/* SPDX-License-Identifier: MIT
 *
 * Flips of labels, and the errors of students that learn signs.
 */
#include "overlap/model/labels.h"

#include <math.h>
#include <stdlib.h>

#include "overlap/model/eps_g.h"
#include "overlap/model/problem.h"
#include "overlap/model/start.h"
#include "overlap/num/fmath.h"
#include "overlap/num/normal.h"

#define ONE_OVER_PI 0x1.45f306dc9c883p-2
#define SQRT_TWO_OVER_PI 0x1.9884533d43651p-1

const char *const ov_sign_columns[OV_SIGN_COLUMNS] = {"eps_g_se", "eps_c", "eps_c_se"};

bool ov_label_flips(double flip, uint64_t key, uint64_t mu)
{
    uint32_t word[4];
    if (!(flip > 0.0))
        return false;
    ov_philox_block(word, &(struct ov_philox){key, OV_STREAM_FLIP}, mu);
    uint64_t u = (uint64_t)word[0] << 32 | word[1];
    return u < (uint64_t)ldexp(flip, 64); /* flip <= 1/2 */
}

void ov_sign_put(double *eps_g, double *behind, const struct ov_sign_errors *e)
{
    *eps_g = e->eps_g;
    behind[OV_SIGN_EPS_G_SE] = e->eps_g_se;
    behind[OV_SIGN_EPS_C] = e->eps_c;
    behind[OV_SIGN_EPS_C_SE] = e->eps_c_se;
}

/* ---- closed forms ---- */

/* One of the two networks. */
struct net {
    const struct ov_activation *g;
    const double *v; /* (n) */
    size_t n;
};

/* True if its output has the sign of sum_k v_k (field k). */
static bool is_of_one_field(const struct net *net)
{
    return net->g->act == OV_ACT_LINEAR || (net->n == 1 && net->g->keeps_sign);
}

/* sum_ab u_a u_b S_ab, S packed. */
static double form(const double *u, const double *S, size_t n)
{
    double sum = 0.0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            sum += u[a] * u[b] * S[ov_sym_at(a, b)];
    return sum;
}

static double within_one(double r)
{
    return r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
}

/* arccos(r)/pi, precise at r = 1 too. */
static double angle_of(double r)
{
    double away = r < 0.0 ? 1.0 + r : 1.0 - r;
    double small = 2.0 * ov_asin(sqrt(0.5 * away)) * ONE_OVER_PI;
    return r < 0.0 ? 1.0 - small : small;
}

/* P(sign x != sign y) of Gaussian x, y; paper.md eq:eps_c */
static double disagreement(double xx, double xy, double yy)
{
    if (!(xx > 0.0) || !(yy > 0.0))
        return xx > 0.0 || yy > 0.0 ? 0.5 : 0.0; /* sign(0) = 1 */
    return angle_of(within_one(xy / sqrt(xx * yy)));
}

/* <g(lambda) sign(nu)> of a linear or erf unit; paper.md eq:labels_eps_g */
static double with_sign(const struct ov_activation *g, double Q, double R, double T)
{
    if (!(T > 0.0))
        return 0.0; /* <g> times sign(0) = 1 */
    if (g->act == OV_ACT_LINEAR)
        return SQRT_TWO_OVER_PI * R / sqrt(T);
    return 2.0 * ONE_OVER_PI * ov_asin(within_one(R / sqrt(T * (1.0 + Q))));
}

/* <(phi - sign nu)^2>/2, nu = sum_m v*_m nu_m. */
static enum ov_status clean_eps_g(double *eps_g, const struct ov_overlaps *o,
                                  const struct ov_problem *p)
{
    struct ov_overlaps alone = *o; /* <phi^2>/2 is the error beside a teacher of zeros */
    double T = form(o->v_star, o->T, o->M), cross = 0.0;
    alone.v_star = calloc(o->M, sizeof *alone.v_star);
    if (!alone.v_star)
        return OV_ENOMEM;
    for (size_t k = 0; k < o->K; k++) {
        double R = 0.0;
        for (size_t m = 0; m < o->M; m++)
            R += o->v_star[m] * o->R[k * o->M + m];
        cross += o->v[k] * with_sign(p->g, o->Q[ov_sym_at(k, k)], R, T);
    }
    *eps_g = fmax(ov_eps_g(&alone, p->g, p->g_star) - cross + 0.5, 0.0);
    free(alone.v_star);
    return OV_OK;
}

static double clean_eps_c(const struct ov_overlaps *o)
{
    double R = 0.0;
    for (size_t k = 0; k < o->K; k++)
        for (size_t m = 0; m < o->M; m++)
            R += o->v[k] * o->v_star[m] * o->R[k * o->M + m];
    return disagreement(form(o->v, o->Q, o->K), R, form(o->v_star, o->T, o->M));
}

/* ---- means ---- */

/* A mean and its standard error, by Welford's way. */
struct mean {
    double mean, square, n;
};

static void add(struct mean *m, double x)
{
    double from = x - m->mean;
    m->n += 1.0;
    m->mean += from / m->n;
    m->square += from * (x - m->mean);
}

static double se_of(const struct mean *m)
{
    return m->n > 1.0 ? sqrt(m->square / (m->n - 1.0) / m->n) : 0.0;
}

/* phi of fields. */
static double output(const struct net *net, const double *field)
{
    double phi = 0.0;
    for (size_t k = 0; k < net->n; k++)
        phi += net->v[k] * net->g->g(field[k]);
    return phi;
}

/* Over fields L z, teacher first. z and field: room for (P) in whole blocks, and (P). */
static void average(struct mean *eps_g, struct mean *eps_c, const struct net *teacher,
                    const struct net *student, const double *L, double *z, double *field,
                    const struct ov_problem *p, uint64_t key)
{
    size_t P = teacher->n + student->n;
    const struct ov_philox stream = {key, OV_STREAM_TEST};
    for (uint64_t mu = 0; mu < p->labels.test; mu++) {
        ov_normal_fill(z, P, &stream, mu * ov_normal_blocks(P));
        for (size_t a = 0; a < P; a++) {
            field[a] = 0.0;
            for (size_t b = 0; b <= a; b++)
                field[a] += L[a * P + b] * z[b];
        }
        double y = ov_sign(output(teacher, field)), phi = output(student, field + teacher->n);
        add(eps_g, 0.5 * (phi - y) * (phi - y));
        add(eps_c, ov_sign(phi) != y ? 1.0 : 0.0);
    }
}

static enum ov_status mean_errors(struct ov_sign_errors *e, const struct net *teacher,
                                  const struct net *student, const struct ov_overlaps *o,
                                  const struct ov_problem *p, uint64_t key)
{
    size_t P = o->K + o->M;
    struct mean eps_g = {0}, eps_c = {0};
    double *C = calloc(ov_sym_size(P) + P * P + 2 * P, sizeof *C);
    if (!C)
        return OV_ENOMEM;
    double *L = C + ov_sym_size(P), *z = L + P * P;
    ov_overlaps_covariance(C, o);
    enum ov_status status = ov_sym_cholesky(L, C, P, 1e-9);
    if (status == OV_OK)
        average(&eps_g, &eps_c, teacher, student, L, z, z + P, p, key);
    free(C);
    *e = (struct ov_sign_errors){eps_g.mean, se_of(&eps_g), eps_c.mean, se_of(&eps_c)};
    return status;
}

enum ov_status ov_sign_errors(struct ov_sign_errors *e, const struct ov_overlaps *o,
                              const struct ov_problem *p, uint64_t key)
{
    const struct net teacher = {p->g_star, o->v_star, o->M}, student = {p->g, o->v, o->K};
    bool one = is_of_one_field(&teacher);
    bool closed_c = one && is_of_one_field(&student);
    bool closed_g = one && (p->g->act == OV_ACT_LINEAR || p->g->act == OV_ACT_ERF);
    enum ov_status status = OV_OK;
    *e = (struct ov_sign_errors){0};
    if (!closed_c || !closed_g)
        status = mean_errors(e, &teacher, &student, o, p, key);
    if (status == OV_OK && closed_c) {
        e->eps_c = clean_eps_c(o);
        e->eps_c_se = 0.0;
    }
    if (status == OV_OK && closed_g) {
        status = clean_eps_g(&e->eps_g, o, p);
        e->eps_g_se = 0.0;
    }
    return status;
}
