/* SPDX-License-Identifier: MIT
 *
 * Up to LAW_LANES runs side by side: every quantity is an array of lanes, one a run, and no lane
 * ever looks at another. Lanes without a run hold a network of zeros.
 */
#ifndef OVERLAP_SIM_LAW_GROUP_INTERNAL_H
#define OVERLAP_SIM_LAW_GROUP_INTERNAL_H

#include <stdbool.h>

#include "overlap/model/overlaps.h"
#include "overlap/model/problem.h"

enum { LAW_LANES = 8 };

/* Streams of the run's key, beyond enum ov_stream. */
enum { LAW_STREAM_STEP = 16, LAW_STREAM_RETRY = 32 };

/* A step's normals, in this order: z (P), three for chi^2, the label noise. */
enum { LAW_CHI_NORMALS = 3 };

/* Squared lengths: r^2 ~ chi^2 of `dof`. From four degrees of freedom on by Marsaglia & Tsang
 * (ACM Trans. Math. Softw. 26, 363, 2000): r^2 = 2 d (1 + c x)^3, x ~ N(0,1). */
struct law_chi {
    size_t dof;
    double d, c;    /* dof/2 - 1/3, 1/sqrt(9 d) */
    double squeeze; /* accepted at once where E >= squeeze x^4; 1e300: practically never */
};

struct law_group {
    const struct ov_problem *p;
    size_t K, M, P, n_run; /* P = K + M; n_run <= LAW_LANES of the lanes are runs */
    uint64_t key[LAW_LANES];
    struct law_chi chi;
    uint64_t step;              /* steps made */
    size_t slots;               /* normals of a step, in whole blocks */
    size_t ahead;               /* steps that `normal` has room for */
    uint64_t drawn_from, drawn; /* and has: steps drawn_from … drawn_from + drawn - 1 */
    double *normal;             /* owned; (LAW_LANES, ahead, slots) */
    double *block;              /* owned; everything below stands in it, (…, LAW_LANES) */
    /* L, teacher and student: packed lower triangles over directions, R the part in between */
    double *LT;                        /* packed (M,M) */
    double *LR;                        /* (K,M) */
    double *LQ;                        /* packed (K,K) */
    double *v, *v_star;                /* (K), (M) */
    double *z;                         /* (slots) this step's normals */
    double *x;                         /* (P) fields: nu, then lambda */
    double *g, *dg;                    /* (P), (K) */
    double *e;                         /* (K) */
    double *length;                    /* (K + 1) */
    double *versin_z, *sin_z;          /* (K) 1 - cos and sin of the input's rotations */
    double *versin_f, *sin_f;          /* (K) and of those that take f back */
    struct ov_overlaps now[LAW_LANES]; /* measured; T and v_star as they always are */
};

/* Runs with these keys at their start. p must outlive the group. n_run <= LAW_LANES, N >= P.
 * Returns OV_OK, OV_ENOMEM or OV_EDOM; *s is safe to free in any case. */
OV_NODISCARD enum ov_status ov_law_group_create(struct law_group *s, const struct ov_problem *p,
                                                const uint64_t *key, size_t n_run,
                                                struct ov_error *err);
void ov_law_group_free(struct law_group *s);

/* The moving numbers of lane l's state into s->now[l]. */
void ov_law_group_measure(struct law_group *s, size_t l);

/* Lane l becomes one without a run: a network of zeros. */
void ov_law_group_empty(struct law_group *s, size_t l);

/* Turns y, the teacher's outputs of all lanes, into the signs that are this step's labels. */
void ov_law_group_signs(const struct law_group *s, double y[LAW_LANES]);

/* Makes up to n steps, until one has an error |Delta| so large that the caller should look whether
 * the state still is within bounds. Returns how many were made; *alarm tells of the latter. */
uint64_t ov_law_group_advance(struct law_group *s, uint64_t n, bool *alarm);

/* dof = 0 is r = 0; any number up to 2^53 is exact. */
struct law_chi ov_law_chi_of(size_t dof);

/* r^2 of a step of the run with this key, where the squeeze does not decide: from the step's own
 * three normals, then from fresh ones until a proposal is accepted. */
double ov_law_chi_carefully(const struct law_chi *chi, uint64_t key, uint64_t step,
                            const double normal[LAW_CHI_NORMALS]);

#endif
