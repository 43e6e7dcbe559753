/* SPDX-License-Identifier: MIT
 *
 * One step of engine `law` against plain algebra, its chi^2, its clones, and what rounding does to
 * it in the long run.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>

#include "law_case.h"
#include "law_step_internal.h"
#include "overlap/num/normal.h"

/* ---- the step ---- */

/* L of lane l as a full matrix (P,P). */
static double *factor(const struct law_group *s, size_t l)
{
    size_t K = s->K, M = s->M, P = s->P;
    double *L = zeros(P * P);
    for (size_t a = 0; a < M; a++)
        for (size_t b = 0; b <= a; b++)
            L[a * P + b] = s->factor[0].LT[ov_sym_at(a, b) * LAW_LANES + l];
    for (size_t k = 0; k < K; k++) {
        for (size_t m = 0; m < M; m++)
            L[(M + k) * P + m] = s->factor[0].LR[(k * M + m) * LAW_LANES + l];
        for (size_t j = 0; j <= k; j++)
            L[(M + k) * P + M + j] = s->factor[0].LQ[ov_sym_at(k, j) * LAW_LANES + l];
    }
    return L;
}

/* One step from the factor L and v, with the numbers that the group has drawn for it: C (P,P)
 * and v of after it. */
static void plain_step(double *C, double *v, const double *L, const struct law_group *s, size_t l,
                       double r2)
{
    const struct ov_problem *p = s->p;
    size_t K = s->K, M = s->M, P = s->P;
    double N = (double)p->N, x[16] = {0.0}, e[16] = {0.0}, keep[16], z[20], Delta = 0.0;
    for (size_t a = 0; a < s->slots; a++)
        z[a] = s->z[a * LAW_LANES + l];
    for (size_t a = 0; a < P; a++)
        for (size_t b = 0; b < P; b++)
            x[a] += L[a * P + b] * z[b];
    for (size_t k = 0; k < K; k++)
        Delta += v[k] * p->g->g(x[M + k]);
    for (size_t m = 0; m < M; m++)
        Delta -= p->v_star[m] * p->g_star->g(x[m]);
    if (p->sigma > 0.0)
        Delta -= p->sigma * z[P + LAW_CHI_NORMALS];
    for (size_t a = 0; a < P; a++) {
        keep[a] = a < M ? 1.0 : 1.0 - p->decay_w / N;
        if (a < M)
            continue;
        e[a] = -p->eta_w / N * v[a - M] * p->g->dg(x[a]) * Delta;
        if (p->eta_v > 0.0)
            v[a - M] += -p->eta_v / N * p->g->g(x[a]) * Delta - p->decay_v / N * v[a - M];
    }
    for (size_t a = 0; a < P; a++) {
        for (size_t b = 0; b < P; b++) {
            C[a * P + b] = e[a] * e[b] * r2;
            for (size_t j = 0; j < P; j++)
                C[a * P + b] +=
                    (keep[a] * L[a * P + j] + e[a] * z[j]) * (keep[b] * L[b * P + j] + e[b] * z[j]);
        }
    }
}

/* r^2 of the step that s has just made. */
static void radius(struct law_group *s, double r2[LAW_LANES])
{
    s->step--;
    law_radius(s, &s->factor[0], r2);
    s->step++;
}

static void check_a_step(struct law_group *s)
{
    double *L[LAW_LANES], v[LAW_LANES][16], C[256], r2[LAW_LANES];
    for (size_t l = 0; l < s->n_run; l++) {
        L[l] = factor(s, l);
        for (size_t k = 0; k < s->K; k++)
            v[l][k] = s->v[k * LAW_LANES + l];
    }
    advance_all(s, 1);
    radius(s, r2);
    for (size_t l = 0; l < s->n_run; l++) {
        plain_step(C, v[l], L[l], s, l, r2[l]);
        ov_law_group_measure(s, l);
        for (size_t k = 0; k < s->K; k++) {
            const double *row = C + (s->M + k) * s->P;
            ck_agree(v[l][k], s->now[l].v[k], 1e-14, 1e-14);
            for (size_t m = 0; m < s->M; m++)
                ck_agree(row[m], s->now[l].R[k * s->M + m], 1e-13, 1e-13);
            for (size_t j = 0; j <= k; j++)
                ck_agree(row[s->M + j], s->now[l].Q[ov_sym_at(k, j)], 1e-13, 1e-13);
        }
        free(L[l]);
    }
}

START_TEST(every_step_is_the_plain_step)
{
    static const char *const names[] = {"erf", "relu", "linear", "quadratic", "gelu"};
    for (size_t variant = 0; variant < 40; variant++) {
        size_t K = 1 + variant % 5, M = 1 + variant % 3, N = K + M + variant % 8; /* N = P too */
        struct ov_problem p = problem(N, K, M, names[variant % 5], names[variant / 5 % 5]);
        p.eta_w = 0.05;
        p.eta_v = variant & 1 ? 0.05 : 0.0;
        p.sigma = variant & 2 ? 0.2 : 0.0;
        p.decay_w = p.decay_v = variant & 4 ? 0.5 : 0.0;
        struct law_group s = group(&p, 3);
        for (size_t i = 0; i < 30; i++)
            check_a_step(&s);
        ov_law_group_free(&s);
        ov_problem_free(&p);
    }
}
END_TEST

/* ---- chi^2 ---- */

/* `n` values of r^2, as the steps use them. */
static void draw_radii(double *r2, size_t n, size_t dof)
{
    struct ov_problem p = problem(2 + dof, 1, 1, "linear", "linear");
    p.start = OV_START_INFORMED;
    p.sigma = p.eta_v = 0.0;
    struct law_group s = group(&p, LAW_LANES);
    for (size_t i = 0; i < n; i += LAW_LANES) {
        advance_all(&s, 1);
        radius(&s, r2 + i);
    }
    ov_law_group_free(&s);
    ov_problem_free(&p);
}

/* P(chi^2 <= r2). Where GSL loses digits, by Wilson & Hilferty: (r2/nu)^(1/3) is normal, to 1/nu.
 */
static double chi_below(double r2, size_t dof)
{
    double nu = (double)dof, h = 2.0 / (9.0 * nu);
    return dof < 1000000 ? gsl_cdf_chisq_P(r2, nu)
                         : gsl_cdf_ugaussian_P((cbrt(r2 / nu) - (1.0 - h)) / sqrt(h));
}

/* sqrt n times Kolmogorov's distance from chi^2 of dof. Sorts. */
static double distance(double *r2, size_t n, size_t dof)
{
    double largest = 0.0;
    gsl_sort(r2, 1, n);
    for (size_t i = 0; i < n; i++) {
        double F = chi_below(r2[i], dof);
        largest = fmax(largest, fabs(F - ((double)i + 0.5) / (double)n) + 0.5 / (double)n);
    }
    return largest * sqrt((double)n);
}

START_TEST(the_radius_is_chi)
{
    enum { DRAWS = 40000 };
    static const size_t dofs[] = {1, 2, 3, 4, 5, 9, 16, 50, 199, 1000, 1000000, 1000000000};
    static double r2[DRAWS];
    for (size_t i = 0; i < sizeof dofs / sizeof *dofs; i++) {
        size_t dof = dofs[i];
        double sum = 0.0, n = DRAWS, nu = (double)dof;
        draw_radii(r2, DRAWS, dof);
        for (size_t j = 0; j < DRAWS; j++)
            sum += r2[j] / nu - 1.0;
        double z_mean = sum / n / sqrt(2.0 / nu / n), away = distance(r2, DRAWS, dof);
        printf("    dof %zu: mean off by %.2f sigma, Kolmogorov %.2f\n", dof, z_mean, away);
        ck_assert_double_lt(fabs(z_mean), 4.0);
        ck_assert_double_lt(away, 2.2); /* 1e-4 */
        if (dof < 200)                  /* one too many is seen */
            ck_assert_double_gt(distance(r2, DRAWS, dof + 1), 2.2);
    }
    draw_radii(r2, 8, 0); /* N = K + M: nothing is left over */
    ck_assert(r2[0] == 0.0 && r2[7] == 0.0);
}
END_TEST

/* What the squeeze accepts, Marsaglia & Tsang's condition accepts. */
START_TEST(the_squeeze_is_safe)
{
    gsl_rng *r = ov_test_rng(5);
    size_t accepted = 0;
    for (size_t i = 0; i < 200000; i++) {
        size_t dof = 4 + (size_t)(exp(12.0 * gsl_rng_uniform(r)));
        struct law_chi chi = ov_law_chi_of(dof);
        double x = 6.765 * (2.0 * gsl_rng_uniform(r) - 1.0);
        long double t = (long double)chi.c * x, d = chi.d;
        long double bound = 3.0L * d * (log1pl(t) - t + t * t / 2.0L - t * t * t / 3.0L);
        if (!(chi.squeeze < 1e300))
            continue;
        accepted++;
        ck_assert(t > -1.0L);
        ck_assert(chi.squeeze * ((x * x) * (x * x)) >= (double)-bound * (1.0 - 1e-9) - 1e-15);
    }
    ck_assert_uint_gt(accepted, 100000);
    gsl_rng_free(r);
}
END_TEST

/* ---- the same bits ---- */

static void same_bits(double expected, double x)
{
    if (!(isnan(expected) && isnan(x)))
        ck_assert_msg(memcmp(&expected, &x, sizeof x) == 0, "%a is not %a", x, expected);
}

START_TEST(activations_are_those_of_the_table)
{
    enum { POINTS = 4096 };
    static double x[POINTS], g[POINTS], dg[POINTS];
    gsl_rng *r = ov_test_rng(6);
    const double special[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 1e300, -1e300, 1e-310};
    for (size_t i = 0; i < POINTS; i++)
        x[i] = i < 8 ? special[i] : gsl_ran_gaussian(r, 1.0 + 10.0 * (double)(i % 3));
    for (size_t a = 0; a < ov_activation_count; a++) {
        law_g(g, x, POINTS, &ov_activations[a]);
        law_dg(dg, x, POINTS, &ov_activations[a]);
        for (size_t i = 0; i < POINTS; i++) {
            same_bits(ov_activations[a].g(x[i]), g[i]);
            same_bits(ov_activations[a].dg(x[i]), dg[i]);
        }
    }
    gsl_rng_free(r);
}
END_TEST

/* The library's steps, by the CPU's best instructions, and this file's, by the baseline's. */
START_TEST(all_instruction_sets_give_the_same_bits)
{
    static const char *const names[] = {"erf", "relu", "linear", "tanh", "he2"};
    for (size_t variant = 0; variant < 20; variant++) {
        struct ov_problem p = problem(variant < 10 ? 14 : 2000, 1 + variant % 4, 2,
                                      names[variant % 5], names[(variant + 2) % 5]);
        p.eta_w = p.eta_v = 0.02;
        p.decay_w = variant & 1 ? 0.3 : 0.0;
        struct law_group a = group(&p, 7), b = group(&p, 7);
        size_t n = a.ahead, state = ov_sym_size(a.P) + a.K;
        bool alarm;
        advance_all(&a, n);
        memcpy(b.normal, a.normal, LAW_LANES * n * a.slots * sizeof *a.normal);
        b.drawn = n;
        ck_assert_uint_eq(law_steps(&b, n, &alarm), n);
        ck_assert_mem_eq(a.block, b.block, state * LAW_LANES * sizeof *a.block);
        b.factor[0].LQ[0] = nextafter(b.factor[0].LQ[0], 9.0); /* and a bit is seen */
        ck_assert(memcmp(a.block, b.block, state * LAW_LANES * sizeof *a.block) != 0);
        ov_law_group_free(&a);
        ov_law_group_free(&b);
        ov_problem_free(&p);
    }
}
END_TEST

/* ---- the long run ---- */

static struct ov_problem informed(size_t N)
{
    struct ov_problem p = problem(N, 2, 2, "erf", "erf");
    p.start = OV_START_INFORMED;
    p.sigma = p.eta_v = 0.0;
    free(p.v);
    p.v = NULL;
    return p;
}

START_TEST(a_perfect_student_stays_perfect)
{
    struct ov_problem p = informed(1000);
    const uint64_t key = 3;
    double alpha = 1000.0, *row = law_rows(&p, &key, 1, &alpha, 1);
    printf("    eps_g = %.3g\n", row[1]);
    ck_assert_double_lt(row[1], 1e-13);
    for (size_t i = 2; i < 9; i++)
        ck_agree(i == 3 || i == 6 || i == 7 ? 0.0 : 1.0, row[i], 0, 1e-13);
    free(row);
    ov_problem_free(&p);
}
END_TEST

/* Near the teacher the step is linear in what is perpendicular: parts of 1e-12 shrink as those of
 * 1e-6 do, though no overlap of double precision would show them. */
START_TEST(tiny_perpendicular_parts_are_followed)
{
    struct ov_problem p = informed(50);
    struct law_group s[2] = {group(&p, 8), group(&p, 8)};
    const double size[2] = {1e-6, 1e-12};
    for (size_t i = 0; i < 2; i++) {
        for (size_t l = 0; l < 8; l++)
            s[i].factor[0].LQ[l] = s[i].factor[0].LQ[2 * LAW_LANES + l] = size[i];
        advance_all(&s[i], 100);
    }
    for (size_t j = 0; j < 3; j++) {
        for (size_t l = 0; l < 8; l++) {
            double large = s[0].factor[0].LQ[j * LAW_LANES + l] / size[0];
            ck_assert_double_gt(fabs(large), 1e-6);
            ck_agree(large, s[1].factor[0].LQ[j * LAW_LANES + l] / size[1], 0, 1e-3);
        }
    }
    ck_assert_double_lt(s[0].factor[0].LQ[0] / size[0], 0.95);
    for (size_t i = 0; i < 2; i++)
        ov_law_group_free(&s[i]);
    ov_problem_free(&p);
}
END_TEST

/* A length d that one rotation after another takes apart and puts together again, in N dimensions,
 * with cosines and sines as one writes them first. */
static double plainly_rotated(double d, double N, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        double n[2];
        ov_normal_fill(n, 2, &(struct ov_philox){1, 1}, i);
        double from = sqrt(N + sqrt(2.0 * N) * n[0]), to = sqrt(from * from + n[1] * n[1]);
        double along = from / to * d, f = n[1] / to * d;
        d = sqrt(along * along + f * f);
    }
    return d;
}

/* Without learning nothing moves, but L is rotated all the same: rounding must neither drift nor
 * walk. Plain rotations from this very start drift by 10^-18 a step. The teacher's rows are never
 * touched. */
START_TEST(rotations_do_not_drift)
{
    enum { STEPS = 1000000, N = 1000000 };
    struct ov_problem p = problem(N, 3, 2, "linear", "linear");
    p.start = OV_START_DENOISING;
    p.eta_w = p.eta_v = p.sigma = 0.0;
    struct law_group s = group(&p, 1);
    size_t moving = ov_overlaps_moving(3, 2), teacher = ov_sym_size(2) * LAW_LANES;
    double start[32], LT[64], most = 0.0, plain = fabs(plainly_rotated(0.8, N, STEPS) - 0.8);
    memcpy(start, s.now[0].block, moving * sizeof *start);
    memcpy(LT, s.factor[0].LT, teacher * sizeof *LT);
    advance_all(&s, STEPS);
    ov_law_group_measure(&s, 0);
    for (size_t i = 0; i < moving; i++)
        most = fmax(most, fabs(s.now[0].block[i] - start[i]));
    printf("    after %d steps off by %.3g, plain rotations by %.3g\n", STEPS, most, plain);
    ck_assert_double_lt(most, 2e-14);
    ck_assert_double_gt(plain, 5e-13);
    ck_assert_mem_eq(LT, s.factor[0].LT, teacher * sizeof *LT);
    ov_law_group_free(&s);
    ov_problem_free(&p);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, every_step_is_the_plain_step);
    OV_TEST(s, the_radius_is_chi);
    OV_TEST(s, the_squeeze_is_safe);
    OV_TEST(s, activations_are_those_of_the_table);
    OV_TEST(s, all_instruction_sets_give_the_same_bits);
    OV_TEST(s, a_perfect_student_stays_perfect);
    OV_TEST(s, tiny_perpendicular_parts_are_followed);
    OV_TEST(s, rotations_do_not_drift);
}

OV_TEST_MAIN("sim/law_step");
