/* SPDX-License-Identifier: MIT
 *
 * The simulator of quadratic networks: its instance against the definition, its gradient against
 * differences, its minimum against another way to it (the flow: test_quadratic_flow.c).
 */
#include <math.h>
#include <string.h>

#include "overlap/num/normal.h"
#include "overlap/num/sym.h"
#include "quadratic_internal.h"
#include "sim/quadratic_case.h"
#include "test.h"

/* Element (i,j) of the matrix that a vector stands for. */
static double element(const double *a, size_t i, size_t j)
{
    return a[ov_sym_at(i, j)] / (i == j ? 1.0 : sqrt(2.0));
}

/* ---- the instance ---- */

/* <tr(XA) tr(XB)> = (2/d) tr AB, by many samples; A the teacher, B a shift of it. */
static void check_moments(enum ov_sensing sensing)
{
    struct ov_quadratic_network p = network(8, 8, 5, 60000);
    struct ov_qn q;
    p.sensing = sensing;
    ck_ok(ov_qn_create(&q, &p, false, 7, &err));
    double expected = 0.0, sum = 0.0, mean = 0.0, square = 0.0;
    for (size_t j = 0; j < q.D; j++)
        expected += 2.0 / 8.0 * q.z_star[j] * (q.z_star[j] + 0.3);
    for (size_t k = 0; k < p.n; k++) {
        double a = 0.0, b = 0.0;
        for (size_t j = 0; j < q.D; j++) {
            a += q.Phi[k * q.D + j] * q.z_star[j];
            b += q.Phi[k * q.D + j] * (q.z_star[j] + 0.3);
        }
        ck_agree(q.y[k], a + q.noise[k], 1e-12, 1e-12);
        mean += a / (double)p.n;
        sum += a * b / (double)p.n;
        square += a * b * a * b / (double)p.n;
    }
    ck_assert_double_le(fabs(sum - expected), 4.5 * sqrt(square / (double)p.n));
    ck_assert_double_le(fabs(mean), 4.5 * sqrt(expected / (double)p.n));
    ov_qn_free(&q);
}

START_TEST(samples_have_the_moments_of_the_model)
{
    check_moments(OV_SENSING_GOE);
    check_moments(OV_SENSING_WISHART);
}
END_TEST

/* Of the second kind every sample is (x x' - 1)/sqrt d: it and one plus it times sqrt d has rank 1.
 */
START_TEST(wishart_samples_are_of_rank_one)
{
    struct ov_quadratic_network p = network(6, 6, 3, 5);
    struct ov_qn q;
    p.sensing = OV_SENSING_WISHART;
    ck_ok(ov_qn_create(&q, &p, false, 3, &err));
    for (size_t k = 0; k < p.n; k++) {
        const double *phi = q.Phi + k * q.D;
        for (size_t i = 0; i < 6; i++)
            for (size_t j = 0; j < i; j++) {
                double xii = sqrt(6.0) * element(phi, i, i) + 1.0,
                       xjj = sqrt(6.0) * element(phi, j, j) + 1.0,
                       xij = sqrt(6.0) * element(phi, i, j);
                ck_agree(xii * xjj, xij * xij, 1e-10, 1e-12);
            }
    }
    ov_qn_free(&q);
}
END_TEST

START_TEST(teacher_start_and_noise_have_their_variances)
{
    const size_t d = 60, runs = 40;
    double mse = 0.0, kappa = 0.5, kappa_star = 0.25, gamma = 0.5, noise = 0.0;
    for (uint64_t key = 0; key < runs; key++) {
        struct ov_quadratic_network p = network(d, 30, 15, 40);
        double row[OV_QN_WIDTH], t = 0.0;
        struct ov_qn q;
        ck_ok(ov_quadratic_flow(row, &p, key, &t, 1, NULL, &err));
        mse += row[OV_QN_MSE] / (double)runs;
        ck_ok(ov_qn_create(&q, &p, false, key, &err));
        for (size_t k = 0; k < p.n; k++)
            noise += q.noise[k] * q.noise[k] / (double)(p.n * runs);
        ov_qn_free(&q);
    }
    /* one over d besides, from the diagonal of a Wishart matrix */
    double of_teacher = 1.0 + (1.0 + 1.0 / (double)d) / kappa_star;
    double of_student = gamma * gamma * (1.0 + (1.0 + 1.0 / (double)d) / kappa);
    ck_agree(of_teacher + of_student - 2.0 * gamma, mse, 0.0, 0.15);
    ck_agree(0.2, noise, 0.0, 4.5 * 0.2 * sqrt(2.0 / 1600.0));
}
END_TEST

/* ---- loss and gradient ---- */

/* d loss_reg by its definition. */
static double naive_value(const struct ov_qn *q, const double *W)
{
    size_t d = q->p->d, m = q->p->m, n = q->p->n;
    double *Z = zeros(d * d), loss = 0.0, norm = 0.0;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t c = 0; c < m; c++)
                Z[i * d + j] += W[i * m + c] * W[j * m + c];
    for (size_t i = 0; i < d * m; i++)
        norm += W[i] * W[i];
    for (size_t k = 0; k < n; k++) {
        double f = -q->y[k];
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                f += element(q->Phi + k * q->D, i, j) * Z[i * d + j];
        loss += (double)d * f * f / (4.0 * (double)n);
    }
    for (size_t i = 0; n == 0 && i < d; i++)
        for (size_t j = 0; j < d; j++)
            loss += pow(Z[i * d + j] - element(q->z_star, i, j), 2.0) / 2.0;
    free(Z);
    return loss + q->p->lambda * norm;
}

/* Sizes that are no multiples of the blocks among them. */
START_TEST(the_gradient_is_that_of_the_loss)
{
    static const size_t size[][4] = {{7, 5, 3, 23}, {8, 8, 8, 16}, {9, 2, 9, 0}, {5, 6, 1, 3}};
    for (size_t s = 0; s < 8; s++) {
        const size_t *z = size[s / 2];
        struct ov_quadratic_network p = network(z[0], z[1], z[2], z[3]);
        struct ov_qn q;
        p.sensing = s % 2 ? OV_SENSING_WISHART : OV_SENSING_GOE;
        ck_ok(ov_qn_create(&q, &p, false, 11 + s, &err));
        double *G = zeros(z[0] * z[1]), h = 1e-5;
        ck_agree(naive_value(&q, q.W), ov_qn_value(&q, G, q.W), 1e-12, 1e-12);
        for (size_t i = 0; i < z[0] * z[1]; i++) {
            double at = q.W[i];
            q.W[i] = at + h;
            double up = naive_value(&q, q.W);
            q.W[i] = at - h;
            double down = naive_value(&q, q.W);
            q.W[i] = at;
            ck_agree((up - down) / (2.0 * h), G[i], 1e-6, 1e-7);
        }
        free(G);
        ov_qn_free(&q);
    }
}
END_TEST

/* ---- minima ---- */

/* One step of proximal gradient descent on Z itself: Z - s (1/n) sum_k d/2 r_k X_k, its eigenvalues
 * lowered by s lambda and cut at 0. */
static void proximal_step(double *z, const struct ov_qn *q, double s)
{
    size_t d = q->p->d, n = q->p->n;
    double *A = zeros(q->D), *value = zeros(d), *vector = zeros(d * d);
    for (size_t j = 0; j < q->D; j++)
        A[j] = z[j];
    for (size_t k = 0; k < n; k++) {
        double r = -q->y[k];
        for (size_t j = 0; j < q->D; j++)
            r += q->Phi[k * q->D + j] * z[j];
        for (size_t j = 0; j < q->D; j++)
            A[j] -= s * (double)d / (2.0 * (double)n) * r * q->Phi[k * q->D + j];
    }
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < i; j++)
            A[ov_sym_at(i, j)] /= sqrt(2.0);
    ck_ok(ov_sym_eigen(value, vector, A, d));
    memset(z, 0, q->D * sizeof *z);
    for (size_t e = 0; e < d; e++)
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j <= i; j++)
                z[ov_sym_at(i, j)] += fmax(value[e] - s * q->p->lambda, 0.0) * vector[e * d + i] *
                                      vector[e * d + j] * (i == j ? 1.0 : sqrt(2.0));
    free(A);
    free(value);
    free(vector);
}

/* d loss_reg of a positive matrix Z. */
static double objective(const struct ov_qn *q, const double *z)
{
    size_t d = q->p->d, n = q->p->n;
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        double r = -q->y[k];
        for (size_t j = 0; j < q->D; j++)
            r += q->Phi[k * q->D + j] * z[j];
        sum += (double)d * r * r / (4.0 * (double)n);
    }
    for (size_t i = 0; i < d; i++)
        sum += q->p->lambda * z[ov_sym_at(i, i)];
    return sum;
}

/* With m >= d the problem in Z is convex: L-BFGS ends where proximal gradient descent does. An error
 * of Z enters the objective squared. */
START_TEST(wide_students_end_at_the_minimum_of_the_convex_problem)
{
    for (size_t s = 0; s < 4; s++) {
        struct ov_quadratic_network p = network(7, 7 + s, 3, s < 2 ? 25 : 18);
        struct ov_qn q;
        p.lambda = 0.2;
        p.sensing = s % 2 ? OV_SENSING_WISHART : OV_SENSING_GOE;
        ck_ok(ov_qn_create(&q, &p, false, 50 + s, &err));
        ck_ok(ov_qn_lbfgs(&q, NULL, &err));
        double *z = zeros(q.D), row[OV_QN_WIDTH];
        for (int i = 0; i < 10000; i++)
            proximal_step(z, &q, 0.15);
        ck_ok(ov_qn_measure(row, &q, &err));
        ck_agree(objective(&q, z), objective(&q, q.z), 1e-7, 0.0);
        for (size_t j = 0; j < q.D; j++)
            ck_agree(z[j], q.z[j], 0.0, 1e-3);
        ck_agree(objective(&q, q.z) / 7.0, row[OV_QN_LOSS] + p.lambda * row[OV_QN_TRACE], 1e-12,
                 0.0);
        ck_assert_double_lt(row[OV_QN_RANK], 1.0);
        free(z);
        ov_qn_free(&q);
    }
}
END_TEST

/* Narrow ones end where the gradient vanishes, below the loss that they started with. */
START_TEST(narrow_students_end_at_rest)
{
    struct ov_quadratic_network p = network(20, 3, 6, 120);
    struct ov_qn q;
    double *G = zeros(60), g2 = 0.0, w2 = 0.0;
    ck_ok(ov_qn_create(&q, &p, false, 5, &err));
    double before = ov_qn_value(&q, G, q.W);
    ck_ok(ov_qn_lbfgs(&q, NULL, &err));
    double after = ov_qn_value(&q, G, q.W);
    for (size_t i = 0; i < 60; i++) {
        g2 += G[i] * G[i];
        w2 += q.W[i] * q.W[i];
    }
    ck_assert_double_lt(after, before);
    ck_assert_double_le(sqrt(g2 / w2), 1.01e-4 * p.lambda);
    double row[OV_QN_WIDTH];
    ck_ok(ov_qn_measure(row, &q, &err));
    ck_agree(3.0 / 20.0, row[OV_QN_RANK], 1e-12, 0.0);
    ck_agree(w2 / 20.0, row[OV_QN_TRACE], 1e-12, 0.0);
    free(G);
    ov_qn_free(&q);
}
END_TEST

START_TEST(without_noise_many_samples_recover_the_teacher)
{
    struct ov_quadratic_network p = network(24, 24, 5, 0);
    double few[OV_QN_WIDTH], many[OV_QN_WIDTH];
    p.lambda = 1e-4;
    p.Delta = 0.0;
    p.n = 50; /* the teacher has 5 x 24 - 10 degrees of freedom */
    ck_ok(ov_quadratic_minimise(few, &p, 1, NULL, &err));
    p.n = 280;
    ck_ok(ov_quadratic_minimise(many, &p, 1, NULL, &err));
    ck_assert_double_gt(few[OV_QN_MSE], 0.5);
    ck_assert_double_lt(many[OV_QN_MSE], 1e-6);
    ck_agree(5.0 / 24.0, many[OV_QN_RANK], 1e-12, 0.0);
    ck_agree(many[OV_QN_LOSS], many[OV_QN_ERR_IN], 1e-12, 0.0);
}
END_TEST

START_TEST(strong_regularisation_leaves_nothing)
{
    struct ov_quadratic_network p = network(12, 12, 12, 60);
    double row[OV_QN_WIDTH];
    p.lambda = 50.0;
    ck_ok(ov_quadratic_minimise(row, &p, 2, NULL, &err));
    ck_agree(0.0, row[OV_QN_TRACE], 0.0, 1e-13);
    ck_agree(0.0, row[OV_QN_RANK], 0.0, 0.0);
}
END_TEST

/* ---- the same bits; what is shared; what is refused ---- */

/* From a build for the baseline instruction set (OV_NO_CLONES); another CPU gives the same. */
START_TEST(all_instruction_sets_give_the_same_bits)
{
    static const double expected[3][4] = {
        {0x1.8a917818c218cp-2, 0x1.9c82c25af419cp-10, 0x1.b492034673ec5p-6, 0x1.0e5a21547f926p+0},
        {0x1.a75cc3b9daaa6p+1, 0x1.8264da1e80654p-7, 0x1.6b4cdaa5cd13ep-5, 0x1.0f4d2f3379f6dp+0},
        {0x1.17cbccb666d0fp-5, 0x1.2d7f2cf5e788bp-5, 0x1.87ed19e66c3b3p-7, 0x1.24965a1994e33p+0},
    };
    for (size_t s = 0; s < 3; s++) { /* samples, twice their Gram matrix */
        struct ov_quadratic_network p = network(11, 6, 4, s == 2 ? 150 : 41);
        double row[OV_QN_WIDTH], t = 2.0;
        p.sensing = s == 1 ? OV_SENSING_WISHART : OV_SENSING_GOE;
        ck_ok(s == 1 ? ov_quadratic_flow(row, &p, 77, &t, 1, NULL, &err)
                     : ov_quadratic_minimise(row, &p, 77, NULL, &err));
        for (size_t c = 0; c < 3; c++)
            ck_assert_msg(row[c] == expected[s][c], "%zu %zu: %a", s, c, row[c]);
        ck_assert_msg(row[OV_QN_TRACE] == expected[s][3], "%zu: %a", s, row[OV_QN_TRACE]);
    }
}
END_TEST

START_TEST(another_number_of_samples_is_another_data_set_of_the_same_teacher)
{
    struct ov_quadratic_network few = network(9, 5, 4, 20), more = network(9, 5, 4, 21);
    struct ov_qn a, b;
    ck_ok(ov_qn_create(&a, &few, false, 4, &err));
    ck_ok(ov_qn_create(&b, &more, false, 4, &err));
    ck_assert_int_eq(memcmp(a.z_star, b.z_star, a.D * sizeof *a.z_star), 0);
    ck_assert_int_eq(memcmp(a.W, b.W, 45 * sizeof *a.W), 0);
    for (size_t k = 0; k < few.n; k++) {
        ck_assert_double_ne(a.noise[k], b.noise[k]);
        ck_assert_double_ne(a.Phi[k * a.D], b.Phi[k * b.D]);
    }
    ov_qn_free(&a);
    ov_qn_free(&b);
}
END_TEST

START_TEST(what_can_not_be_simulated_is_refused)
{
    double row[2 * OV_QN_WIDTH], down[] = {1.0, 0.5}, t = 1.0;
    struct ov_quadratic_network p = network(10, 5, 4, 20);
    ck_assert_int_eq(ov_quadratic_flow(row, &p, 1, down, 2, NULL, &err), OV_EDOM);
    p.lambda = 0.0;
    ck_ok(ov_quadratic_flow(row, &p, 1, &t, 1, NULL, &err));
    ck_assert_int_eq(ov_quadratic_minimise(row, &p, 1, NULL, &err), OV_EDOM);
    p = network(10, 5, 4, 0);
    ck_assert_int_eq(ov_quadratic_minimise(row, &p, 1, NULL, &err), OV_EDOM);
    p = network(10, 5, 4, 20);
    p.Delta = -1.0;
    ck_assert_int_eq(ov_quadratic_minimise(row, &p, 1, NULL, &err), OV_EDOM);
    p = network(10, 5, 4, 20);
    p.gamma = 0.0;
    ck_assert_int_eq(ov_quadratic_minimise(row, &p, 1, NULL, &err), OV_EDOM);
    p = network(10, 0, 4, 20);
    ck_assert_int_eq(ov_quadratic_minimise(row, &p, 1, NULL, &err), OV_EDOM);
    p = network(30000, 5, 4, 100000000); /* 4e17 bytes */
    ck_assert_int_eq(ov_quadratic_minimise(row, &p, 1, NULL, &err), OV_ENOMEM);
    ck_agree(8.0 * 1e8 * 4.50015e8, ov_quadratic_memory(&p), 1e-3, 0.0);
}
END_TEST

/* Moments of the eigenvalues are those of the student that is measured, whatever its width. */
START_TEST(eigenvalues_are_those_of_the_trained_student)
{
    const size_t widths[] = {4, 9, 15};
    for (size_t i = 0; i < 3; i++) {
        struct ov_quadratic_network p = network(12, widths[i], 4, 60);
        double value[12], row[OV_QN_WIDTH], trace = 0.0, rank = 0.0;
        ck_ok(ov_quadratic_eigenvalues(value, &p, 5, NULL, &err));
        ck_ok(ov_quadratic_minimise(row, &p, 5, NULL, &err));
        for (size_t j = 0; j < 12; j++) {
            ck_assert(j == 0 || value[j] >= value[j - 1]);
            trace += value[j] / 12.0;
            rank += (value[j] > OV_QN_LOWEST) / 12.0;
        }
        ck_agree(row[OV_QN_TRACE], trace, 1e-12, 0.0);
        ck_agree(row[OV_QN_RANK], rank, 1e-12, 0.0);
        ck_assert_double_gt(value[11], row[OV_QN_TRACE]);
    }
    struct ov_quadratic_network p = network(12, 4, 4, 0);
    double value[12];
    ck_assert_int_eq(ov_quadratic_eigenvalues(value, &p, 5, NULL, &err), OV_EDOM);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, samples_have_the_moments_of_the_model);
    OV_TEST(s, wishart_samples_are_of_rank_one);
    OV_TEST(s, teacher_start_and_noise_have_their_variances);
    OV_TEST(s, the_gradient_is_that_of_the_loss);
    OV_TEST(s, wide_students_end_at_the_minimum_of_the_convex_problem);
    OV_TEST(s, narrow_students_end_at_rest);
    OV_TEST(s, without_noise_many_samples_recover_the_teacher);
    OV_TEST(s, strong_regularisation_leaves_nothing);
    OV_TEST(s, all_instruction_sets_give_the_same_bits);
    OV_TEST(s, another_number_of_samples_is_another_data_set_of_the_same_teacher);
    OV_TEST(s, what_can_not_be_simulated_is_refused);
    OV_TEST(s, eigenvalues_are_those_of_the_trained_student);
}

OV_TEST_MAIN("sim/quadratic");
