/* SPDX-License-Identifier: MIT
 *
 * Two curves of system two-layer to which tests add parameters.
 */
#ifndef OVERLAP_TESTS_SYSTEMS_TWO_LAYER_CASES_H
#define OVERLAP_TESTS_SYSTEMS_TWO_LAYER_CASES_H

#include "experiment/load.h"
#include "overlap/systems/systems.h"

#define HEAD "title: t\nsystem: two-layer\ncurves:\n  - id: a\n"
/* Starts at random; parameters of a test are appended. */
#define RANDOM_START                                                                               \
    HEAD "    N: 50\n    K: 2\n    M: 2\n    eta_w: 0.2\n    alpha: [0, 0.5, 1]\n    theory: "     \
         "true\n"
/* Starts from given overlaps, without N; line 10 is `init`. */
#define FIXED_START                                                                                \
    HEAD "    K: 2\n    M: 1\n    eta_w: 0.2\n    alpha: [0, 0.5, 1]\n    theory: true\n"          \
         "    init: {kind: overlaps, Q: [[1, 0.5], [0.5, 2]], R: [[0.1], [0.2]]}\n"

static inline struct ov_experiment *load_more(const char *text, const char *more)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s%s", text, more);
    struct ov_experiment *e = load(t.s);
    ov_text_free(&t);
    return e;
}

static inline void refuses_more(const char *text, const char *more, const char *report)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s%s", text, more);
    refuses(t.s, report);
    ov_text_free(&t);
}

static inline char *problem_of(const struct ov_experiment *e)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "%s", e->curve[0].problem.s);
    ck_assert(!t.failed);
    return t.s;
}

#endif
