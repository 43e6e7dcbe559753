/* SPDX-License-Identifier: MIT
 *
 * The eigenvalues of a trained student.
 */
#include <stdlib.h>

#include "overlap/num/dot.h"
#include "overlap/num/sym.h"
#include "quadratic_internal.h"

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of W W'. */
static enum ov_status eigenvalues(double *value, const struct ov_qn *q, struct ov_error *err)
{
    size_t d = q->p->d, m = q->p->m, at = 0;
    double *A = malloc((ov_sym_size(d) + d * d) * sizeof *A);
    if (!A)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++)
            A[at++] = ov_dot(q->W + i * m, q->W + j * m, m);
    enum ov_status status = ov_sym_eigen(value, A + ov_sym_size(d), A, d);
    free(A);
    if (status != OV_OK)
        return ov_fail(err, OV_ENUMERIC, "the student is not finite");
    qsort(value, d, sizeof *value, by_size);
    return OV_OK;
}

enum ov_status ov_quadratic_eigenvalues(double *value, const struct ov_quadratic_network *p,
                                        uint64_t key, const struct ov_tick *tick,
                                        struct ov_error *err)
{
    struct ov_qn q = {0};
    enum ov_status status = ov_qn_at_minimum(&q, p, key, tick, err);
    if (status == OV_OK)
        status = eigenvalues(value, &q, err);
    ov_qn_free(&q);
    return status;
}
