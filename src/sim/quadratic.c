/* SPDX-License-Identifier: MIT
 *
 * Runs of quadratic networks: an instance, a way down, and what is measured on it.
 */
#include "overlap/sim/quadratic.h"

#include "quadratic_internal.h"

enum ov_status ov_qn_at_minimum(struct ov_qn *q, const struct ov_quadratic_network *p, uint64_t key,
                                const struct ov_tick *tick, struct ov_error *err)
{
    if (p->n == 0 || !(p->lambda > 0.0))
        return ov_fail(err, OV_EDOM, "a minimum needs samples and lambda > 0");
    enum ov_status status = ov_qn_create(q, p, ov_qn_gram_to_minimise(p), key, err);
    return status == OV_OK ? ov_qn_lbfgs(q, tick, err) : status;
}

enum ov_status ov_quadratic_minimise(double *row, const struct ov_quadratic_network *p,
                                     uint64_t key, const struct ov_tick *tick, struct ov_error *err)
{
    struct ov_qn q = {0};
    enum ov_status status = ov_qn_at_minimum(&q, p, key, tick, err);
    if (status == OV_OK)
        status = ov_qn_measure(row, &q, err);
    ov_qn_free(&q);
    return status;
}

enum ov_status ov_quadratic_flow(double *rows, const struct ov_quadratic_network *p, uint64_t key,
                                 const double *t, size_t n_t, const struct ov_tick *tick,
                                 struct ov_error *err)
{
    struct ov_qn q = {0};
    struct ov_qn_flow f = {0};
    for (size_t i = 0; i < n_t; i++)
        if (!(t[i] >= (i > 0 ? t[i - 1] : 0.0) && t[i] <= 1e12))
            return ov_fail(err, OV_EDOM, "t[%zu] = %g: times must increase from 0", i, t[i]);
    bool gram = n_t > 0 && ov_qn_gram_to_flow(p, t[n_t - 1]);
    enum ov_status status = ov_qn_create(&q, p, gram, key, err);
    if (status == OV_OK)
        status = ov_qn_flow_create(&f, &q, err);
    for (size_t i = 0; i < n_t && status == OV_OK; i++) {
        status = ov_qn_flow_to(&f, t[i], tick, err);
        if (status == OV_OK)
            status = ov_qn_measure(rows + i * OV_QN_WIDTH, &q, err);
    }
    ov_qn_flow_free(&f);
    ov_qn_free(&q);
    return status;
}
