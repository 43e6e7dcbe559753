/* SPDX-License-Identifier: MIT
 *
 * Hidden manifolds: averages of f, covariances of the fields, and blocks against linear algebra that
 * does not diagonalise anything.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_linalg.h>

#include "model/starts.h"
#include "overlap/model/hidden_manifold.h"

START_TEST(averages_of_f)
{
    const double pi = 3.14159265358979323846;
    const struct {
        const char *f; /* "": the sign */
        double mean, slope, variance;
    } known[] = {{"", 0.0, sqrt(2.0 / pi), 1.0},
                 {"linear", 0.0, 1.0, 1.0},
                 {"erf", 0.0, sqrt(1.0 / pi), 1.0 / 3.0},
                 {"relu", sqrt(0.5 / pi), 0.5, 0.5 - 0.5 / pi},
                 {"he2", 0.0, 0.0, 2.0},
                 {"sin", 0.0, exp(-0.5), (1.0 - exp(-2.0)) / 2.0}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct ov_fold fold;
        const struct ov_activation *f = ov_activation_find(known[i].f);
        ck_assert(f || !*known[i].f);
        ck_ok(ov_fold_of(&fold, f));
        ck_agree(known[i].mean, fold.mean, 0, 1e-13);
        ck_agree(known[i].slope, fold.slope, 0, 1e-13);
        ck_agree(known[i].variance, fold.variance, 0, 1e-13);
        ck_assert(ov_fold_at(&fold, NULL, -0.5) == -1.0 - fold.mean);
    }
}
END_TEST

/* Everything of one run, drawn by hand. */
struct drawn {
    double *F, *w, *w_star, *v;
    struct ov_fold fold;
};

static struct drawn draw(const struct ov_problem *p, const struct ov_hidden_manifold *h)
{
    size_t N = p->N, D = h->D;
    struct drawn d = {.F = zeros(N * D), .w = zeros(p->K * N), .w_star = zeros(p->M * D)};
    d.v = zeros(p->K);
    ov_hidden_manifold_features(d.F, N, D, 7);
    ck_ok(ov_hidden_manifold_start(d.w, d.w_star, d.v, p, h, 7, NULL));
    ck_ok(ov_fold_of(&d.fold, h->f));
    return d;
}

static void drawn_free(struct drawn *d)
{
    free(d->F);
    free(d->w);
    free(d->w_star);
    free(d->v);
}

static double sigma_at(const struct drawn *d, size_t i, size_t j, size_t D)
{
    double b2 = d->fold.slope * d->fold.slope, sum = i == j ? d->fold.variance - b2 : 0.0;
    for (size_t x = 0; x < D; x++)
        sum += b2 * d->F[i * D + x] * d->F[j * D + x] / (double)D;
    return sum;
}

static double Phi_at(const struct drawn *d, size_t i, size_t m, size_t N, size_t D)
{
    double sum = 0.0;
    for (size_t x = 0; x < D; x++)
        sum += d->fold.slope * sqrt((double)N) * d->F[i * D + x] * d->w_star[m * D + x] / (double)D;
    return sum;
}

/* Q = w.Sigma w/N and R = w.Phi/N. */
static void check_fields(const struct ov_overlaps *o, const struct drawn *d, size_t N, size_t D)
{
    for (size_t k = 0; k < o->K; k++) {
        for (size_t l = 0; l <= k; l++) {
            double Q = 0.0;
            for (size_t i = 0; i < N; i++)
                for (size_t j = 0; j < N; j++)
                    Q += d->w[k * N + i] * sigma_at(d, i, j, D) * d->w[l * N + j] / (double)N;
            ck_agree(Q, o->Q[ov_sym_at(k, l)], 1e-11, 1e-12);
        }
        for (size_t m = 0; m < o->M; m++) {
            double R = 0.0;
            for (size_t i = 0; i < N; i++)
                R += d->w[k * N + i] * Phi_at(d, i, m, N, D) / (double)N;
            ck_agree(R, o->R[k * o->M + m], 1e-11, 1e-12);
        }
    }
}

/* What inputs show of the teachers: Phi_m.Sigma^-1 Phi_n/N, by Cholesky. */
static double seen(const struct drawn *d, size_t m, size_t n, size_t N, size_t D)
{
    gsl_matrix *S = gsl_matrix_alloc(N, N);
    gsl_vector *b = gsl_vector_alloc(N), *x = gsl_vector_alloc(N);
    double sum = 0.0;
    for (size_t i = 0; i < N; i++) {
        gsl_vector_set(b, i, Phi_at(d, i, n, N, D));
        for (size_t j = 0; j < N; j++)
            gsl_matrix_set(S, i, j, sigma_at(d, i, j, D));
    }
    gsl_linalg_cholesky_decomp1(S);
    gsl_linalg_cholesky_solve(S, b, x);
    for (size_t i = 0; i < N; i++)
        sum += Phi_at(d, i, m, N, D) * gsl_vector_get(x, i) / (double)N;
    gsl_matrix_free(S);
    gsl_vector_free(b);
    gsl_vector_free(x);
    return sum;
}

/* Fewer hidden dimensions than inputs, as many, and more. */
START_TEST(blocks_add_up)
{
    enum { N = 30 };
    static const size_t D[] = {8, 30, 45};
    static const char *const f[] = {"", "erf", "relu"};
    for (size_t variant = 0; variant < 9; variant++) {
        struct ov_problem p = problem(N, 2, 2);
        struct ov_hidden_manifold h = {D[variant % 3], ov_activation_find(f[variant / 3])};
        struct ov_overlaps start, total, fields;
        p.teacher = variant % 2 ? OV_TEACHER_RANDOM : OV_TEACHER_ORTHONORMAL;
        struct drawn d = draw(&p, &h);
        ck_ok(ov_hidden_manifold_blocks(&p.blocks, &p, &h, 7, NULL));
        size_t L = p.blocks->L;
        ck_assert_uint_eq(L, h.D < N ? h.D + 2 : N + 1);
        ck_ok(ov_overlaps_create_blocks(&start, L, 2, 2));
        ck_ok(ov_overlaps_create(&total, 2, 2));
        ck_ok(ov_overlaps_create(&fields, 2, 2));
        ck_ok(ov_start_blocks(&start, &p, 7, NULL));
        ck_ok(ov_overlaps_check_blocks(&start, p.blocks, NULL));
        ov_overlaps_total(&total, &start, p.blocks);
        check_fields(&total, &d, N, h.D);
        ck_ok(ov_hidden_manifold_overlaps(&fields, &d.fold, d.F, d.w, d.w_star, N, h.D));
        check_fields(&fields, &d, N, h.D);
        struct ov_overlaps hidden = ov_overlaps_block(&start, L - 1);
        for (size_t m = 0; m < 2; m++)
            for (size_t n = 0; n <= m; n++) {
                double T = total.T[ov_sym_at(m, n)];
                ck_agree(fields.T[ov_sym_at(m, n)], T, 0, 1e-12);
                ck_agree(T - seen(&d, m, n, N, h.D), hidden.T[ov_sym_at(m, n)], 0, 1e-11);
            }
        double all = 0.0, weights = 0.0, trace = 0.0;
        for (size_t l = 0; l < L; l++) {
            all += p.blocks->share[l];
            weights += start.Q[3 * l];
        }
        for (size_t i = 0; i < N; i++)
            trace += sigma_at(&d, i, i, h.D) / N;
        ck_agree(1.0, all, 1e-12, 0);
        ck_agree(trace, ov_blocks_mean(p.blocks), 1e-12, 0);
        double length = 0.0;
        for (size_t i = 0; i < N; i++)
            length += d.w[i] * d.w[i] / N;
        ck_agree(length, weights, 1e-12, 0); /* Q is that of the weights in all directions */
        ck_assert_mem_eq(d.v, start.v, sizeof(double) * 2);
        ov_overlaps_free(&start);
        ov_overlaps_free(&total);
        ov_overlaps_free(&fields);
        drawn_free(&d);
        ov_problem_free(&p);
    }
}
END_TEST

/* Linear f: inputs show all of fewer hidden dimensions. */
START_TEST(linear_manifolds_hide_nothing)
{
    struct ov_problem p = problem(30, 2, 2);
    struct ov_hidden_manifold h = {8, ov_activation_find("linear")};
    ck_ok(ov_hidden_manifold_blocks(&p.blocks, &p, &h, 7, NULL));
    for (size_t i = 0; i < 3; i++)
        ck_agree(0.0, p.blocks->T[3 * (p.blocks->L - 1) + i], 0, 1e-12);
    ov_problem_free(&p);
}
END_TEST

START_TEST(other_starts_are_refused)
{
    struct ov_error e = {0};
    struct ov_problem p = problem(30, 2, 2);
    struct ov_blocks *b;
    struct ov_hidden_manifold h = {1, NULL};
    ck_assert_int_eq(ov_hidden_manifold_blocks(&b, &p, &h, 7, &e), OV_EDOM);
    ck_assert_msg(strstr(e.text, "D = 1 is less than M = 2") != NULL, "%s", e.text);
    h.D = 8;
    p.start = OV_START_DENOISING;
    ck_assert_int_eq(ov_hidden_manifold_blocks(&b, &p, &h, 7, &e), OV_EDOM);
    ck_assert_ptr_null(b);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, averages_of_f);
    OV_TEST(s, blocks_add_up);
    OV_TEST(s, linear_manifolds_hide_nothing);
    OV_TEST(s, other_starts_are_refused);
}

OV_TEST_MAIN("model/hidden_manifold");
