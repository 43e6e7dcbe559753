/* SPDX-License-Identifier: MIT
 *
 * An experiment of a system that computes nothing: tests write its tables with numbers of their
 * choice. Curves K2, K3, K4 and the group "wide" of wide-K5 and wide-K6; columns alpha, eps_g,
 * Q_0_0, of a theory that predicts: sd_eps_g, bias_eps_g, and of one that errs: eps_g_se, with seven
 * degrees of freedom.
 */
#ifndef OVERLAP_TESTS_RUN_FAKE_H
#define OVERLAP_TESTS_RUN_FAKE_H

#include <ftw.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <libfyaml.h>

#include "overlap/base/text.h"
#include "overlap/experiment/experiment.h"
#include "overlap/store/provenance.h"
#include "store/make_table.h"
#include "overlap/config/yaml.h"
#include "test.h"

enum { FAKE_CURVES = 5, FAKE_TIMES = 5 };
static const double fake_alpha[FAKE_TIMES] = {0.0, 1.0, 10.0, 100.0, 1000.0};

/* What a curve's `state` is. */
struct fake_curve {
    double K, eta_w, N;
    bool predicts, errs;    /* columns sd_eps_g and bias_eps_g; eps_g_se */
    size_t n_theory, n_sgd; /* seeds; theory's only one is number 0 */
};

struct fake {
    char out[64];
    struct fake_curve state[FAKE_CURVES];
    struct ov_curve curve[FAKE_CURVES];
    struct ov_experiment e;
    struct fy_document *doc;
};

static const struct ov_system fake_system = {.name = "fake"};

/* Plans a curve again from its state. */
static inline void fake_plan(struct ov_curve *c)
{
    struct fake_curve *own = c->state;
    c->state = NULL;
    ov_curve_release(c, &fake_system);
    c->state = own;
    for (enum ov_side side = OV_THEORY; side <= OV_SGD; side++) {
        struct ov_side_plan *s = &c->side[side];
        s->n_run = side == OV_THEORY ? own->n_theory : own->n_sgd;
        s->first = side == OV_THEORY && s->n_run == 1 ? 0 : 1;
        s->n_row = FAKE_TIMES;
        s->time = fake_alpha;
        s->module[0] = "num/stats";
        ov_side_column(s, OV_ROLE_TIME, false, "alpha");
        ov_side_column(s, OV_ROLE_VALUE, false, "eps_g");
        ov_side_column(s, OV_ROLE_VALUE, false, "Q_0_0");
        if (side == OV_THEORY && own->predicts) {
            ov_side_column(s, OV_ROLE_VALUE, false, "sd_eps_g");
            ov_side_column(s, OV_ROLE_VALUE, false, "bias_eps_g");
        }
        if (side == OV_THEORY && own->errs) {
            ov_side_column(s, OV_ROLE_VALUE, false, "eps_g_se");
            s->error_freedom = 7.0;
        }
        ov_text_addf(&s->parameters, "side: %s\nK: %g\neta_w: %g\n", ov_side_name(side), own->K,
                     own->eta_w);
    }
    ov_curve_define(c, "K", own->K);
    ov_curve_define(c, "eta_w", own->eta_w);
    if (own->N > 0.0)
        ov_curve_define(c, "N", own->N);
}

/* Changes a curve's state, which is planned again. */
#define fake_set(f, c, member, to) ((f)->state[c].member = (to), fake_plan(&(f)->curve[c]))

static char fake_ids[FAKE_CURVES][12] = {"K2", "K3", "K4", "wide-K5", "wide-K6"};
static char fake_group[] = "wide";
static char fake_dir[] = "experiments/fake", fake_name[] = "fake", fake_source[] = "Nobody 1900";

/* Theory: one run; sgd: three seeds. claims may be NULL. */
static inline void fake_open(struct fake *f, const char *claims)
{
    *f = (struct fake){.out = "/tmp/overlap-fake-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(f->out));
    for (size_t i = 0; i < FAKE_CURVES; i++) {
        f->state[i] = (struct fake_curve){(double)i + 2.0, 0.2, 0.0, false, false, 1, 3};
        f->curve[i] = (struct ov_curve){
            .id = fake_ids[i], .group = i < 3 ? fake_ids[i] : fake_group, .state = f->state + i};
        fake_plan(&f->curve[i]);
    }
    f->e = (struct ov_experiment){.dir = fake_dir,
                                  .name = fake_name,
                                  .source = fake_source,
                                  .system = &fake_system,
                                  .curve = f->curve,
                                  .n_curve = FAKE_CURVES};
    if (!claims)
        return;
    struct ov_error err = {0};
    enum ov_status status =
        ov_yaml_parse(&f->doc, claims, strlen(claims), "fake/experiment.yaml", &err);
    ck_assert_msg(status == OV_OK, "%s", err.text);
    f->e.claims = fy_document_root(f->doc);
}

static int fake_remove(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
    (void)s;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void fake_close(struct fake *f)
{
    fy_document_destroy(f->doc);
    for (size_t i = 0; i < FAKE_CURVES; i++)
        ov_curve_release(&f->curve[i], &fake_system);
    ck_assert_int_eq(nftw(f->out, fake_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* The numbers of a table: of seed number `seed` at time j in column "eps_g" or "Q_0_0" (2, 3), of a
 * theory that predicts "sd_eps_g" or "bias_eps_g" (4, 5), of one that errs "eps_g_se" (the last). */
typedef double fake_number(const void *ctx, double seed, size_t j, size_t column);

static inline void fake_table(struct ov_table *t, const struct fake *f, size_t c, enum ov_side side,
                              fake_number *number, const void *ctx)
{
    const struct ov_side_plan *s = &f->curve[c].side[side];
    uint64_t first = s->first;
    size_t n = s->n_run, n_col = 1 + s->n_col;
    struct ov_text inputs = {0}, comments = {0};
    char key[OV_KEY_SIZE];
    ov_inputs(&inputs, f->curve + c, side);
    ov_curve_key(key, inputs.s, first, n);
    ov_text_addf(&comments, "# key: %s\n# seeds: %" PRIu64 "-%" PRIu64 "\n", key, first,
                 first + n - 1);
    table_make(t, n * FAKE_TIMES, n_col);
    for (size_t k = 0; k < n_col; k++)
        table_name(t, k, k == 0 ? "seed" : s->column[k - 1].name);
    for (size_t i = 0; i < t->n_row; i++) {
        double seed = (double)(first + i / FAKE_TIMES);
        t->cell[0][i] = seed;
        t->cell[1][i] = fake_alpha[i % FAKE_TIMES];
        for (size_t k = 2; k < n_col; k++)
            t->cell[k][i] = number(ctx, seed, i % FAKE_TIMES, k);
    }
    free(t->comments);
    t->comments = comments.s;
    ov_text_free(&inputs);
}

static inline void fake_put(const struct ov_table *t, const struct fake *f, size_t c,
                            enum ov_side side)
{
    char *path = ov_table_path(f->out, f->curve + c, side);
    ck_ok(table_write(t, path, NULL));
    free(path);
}

static inline void fake_write(const struct fake *f, size_t c, enum ov_side side,
                              fake_number *number, const void *ctx)
{
    struct ov_table t;
    fake_table(&t, f, c, side, number, ctx);
    fake_put(&t, f, c, side);
    ov_table_free(&t);
}

/* Changes one byte of a table that is on disk, or cuts it short where `byte` is '\0'. */
static inline void fake_spoil(const struct fake *f, size_t c, enum ov_side side, size_t at,
                              char byte)
{
    char *path = ov_table_path(f->out, f->curve + c, side);
    struct ov_text t = {0};
    ck_ok(ov_file_read(&t, path, 0, NULL));
    ck_assert_uint_gt(t.len, at);
    t.s[at] = byte;
    ck_ok(ov_file_write(path, t.s, byte ? t.len : at, NULL));
    ov_text_free(&t);
    free(path);
}

#define ck_contains(text, part)                                                                    \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%s' is not in:\n%s", (part), (text))

#endif
