/* SPDX-License-Identifier: MIT
 *
 * Claims on tables of the fake system, with numbers of the test's choice.
 */
#ifndef OVERLAP_TESTS_CLAIMS_FAKE_CLAIMS_H
#define OVERLAP_TESTS_CLAIMS_FAKE_CLAIMS_H

#include <math.h>

#include "run/fake.h"
#include "overlap/claims/claims.h"

/* eps_g = level(K) / (1 + alpha) by theory; sgd adds `shift` and, to odd seeds +spread, to even
 * -spread. */
struct data {
    double level, shift, spread;
};

static inline double number(const void *ctx, double seed, size_t j, size_t column)
{
    const struct data *d = ctx;
    double sign = seed == 0.0 ? 0.0 : fmod(seed, 2.0) == 1.0 ? 1.0 : -1.0;
    double x = d->level / (1.0 + fake_alpha[j]);
    if (seed > 0.0)
        x += d->shift + sign * d->spread;
    return column == 2 ? x : 2.0 * x;
}

/* All curves with K in place of the level. */
static inline void write_all(struct fake *f, double shift, double spread, size_t n_sgd)
{
    for (size_t c = 0; c < FAKE_CURVES; c++) {
        struct data d = {f->state[c].K, shift, spread};
        fake_set(f, c, n_sgd, n_sgd);
        fake_write(f, c, OV_THEORY, number, &d);
        fake_write(f, c, OV_SGD, number, &d);
    }
}

static inline struct ov_claims read_claims(const struct fake *f)
{
    struct ov_claims claims = {0};
    struct ov_error err = {0};
    enum ov_status status = ov_claims_read(&claims, &f->e, &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    return claims;
}

static inline struct ov_claim *evaluate(struct ov_claims *claims, const struct fake *f, size_t i)
{
    ov_claim_evaluate(claims->claim + i, f->out);
    struct ov_claim *c = claims->claim + i;
    ck_assert_uint_lt(c->worst, c->n_measure);
    ck_assert_int_eq(c->verdict, c->measure[c->worst].verdict);
    ck_assert_msg((c->why[0] == '\0') == (c->verdict == OV_PASS), "%s", c->why);
    ck_assert_ptr_null(strchr(c->why, '\n'));
    return c;
}

/* Evaluates the file's only claim on what is on disk. */
static inline void expect_verdict(const struct fake *f, enum ov_verdict verdict, const char *why)
{
    struct ov_claims claims = read_claims(f);
    ck_assert_uint_eq(claims.n, 1);
    ck_assert_int_eq(claims.claim[0].verdict, OV_CLAIM_MISSING); /* until it is evaluated */
    struct ov_claim *c = evaluate(&claims, f, 0);
    ck_assert_msg(c->verdict == verdict, "%s instead of %s: %s", ov_verdict_name(c->verdict),
                  ov_verdict_name(verdict), c->why);
    ck_contains(c->why, why);
    ov_claims_free(&claims);
}

#define CLAIM(rest) "- {id: c, says: so it is, " rest "}\n"

/* The verdict of one claim on data with this shift and spread. */
static inline void check(const char *yaml, double shift, double spread, size_t n_sgd,
                         enum ov_verdict verdict, const char *why)
{
    struct fake f;
    fake_open(&f, yaml);
    write_all(&f, shift, spread, n_sgd);
    expect_verdict(&f, verdict, why);
    fake_close(&f);
}

#endif
