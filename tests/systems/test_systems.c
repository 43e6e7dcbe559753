/* SPDX-License-Identifier: MIT
 *
 * What holds for all systems, looked at where they are used: in the experiments of this tree.
 */
#include <dirent.h>
#include <string.h>

#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/config/param.h"
#include "overlap/experiment/experiment.h"
#include "overlap/systems/systems.h"
#include "test.h"

static bool is_parameter(const struct ov_key *keys, const char *name)
{
    for (const struct ov_key *k = keys; k && k->name; k++)
        if ((k->of & OV_IN_FORMULAS && strcmp(k->name, name) == 0) || is_parameter(k->map, name))
            return true;
    return false;
}

static bool is_documented(const struct ov_system *s, const char *name)
{
    for (const struct ov_variable *v = s->variables; v && v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v->doc && *v->doc;
    return is_parameter(s->keys, name);
}

typedef void look(const struct ov_experiment *e, size_t *seen);

/* Shows all experiments of this tree; how many there are. */
static size_t look_at_all(look *at, size_t *seen)
{
    DIR *all = opendir("experiments");
    size_t n = 0;
    ck_assert_ptr_nonnull(all);
    for (const struct dirent *d; (d = readdir(all));) {
        struct ov_text dir = {0}, file = {0};
        ov_text_addf(&dir, "experiments/%s", d->d_name);
        ov_text_addf(&file, "%s/experiment.yaml", dir.s);
        if (d->d_name[0] != '.' && ov_file_exists(file.s)) {
            struct ov_experiment *e = NULL;
            struct ov_error err = {0};
            const struct ov_load_options options = {.tier = OV_QUICK, .systems = ov_systems};
            enum ov_status status = ov_experiment_load(&e, dir.s, &options, &err);
            ck_assert_msg(status == OV_OK, "%s", err.text);
            at(e, seen);
            ov_experiment_free(e);
            n++;
        }
        ov_text_free(&dir);
        ov_text_free(&file);
    }
    closedir(all);
    return n;
}

static void look_at_variables(const struct ov_experiment *e, size_t *seen)
{
    for (size_t c = 0; c < e->n_curve; c++)
        for (size_t i = 0; i < e->curve[c].n_variable; i++, ++*seen)
            ck_assert_msg(is_documented(e->system, e->curve[c].variable[i]), "%s: %s", e->name,
                          e->curve[c].variable[i]);
}

/* Variables that are listed, some curve of this experiment has: as their bits. */
static void look_for_variables(const struct ov_experiment *e, size_t *seen)
{
    size_t s = 0;
    double x;
    while (ov_systems[s] && ov_systems[s] != e->system)
        s++;
    for (size_t i = 0; e->system->variables && e->system->variables[i].name; i++)
        for (size_t c = 0; c < e->n_curve; c++)
            if (ov_curve_variable(&x, &e->curve[c], e->system->variables[i].name))
                seen[s] |= (size_t)1 << i;
}

/* Every variable that formulas can name is one that `overlap keys --formulas` lists, and each that
 * is listed beside the parameters some curve has. */
START_TEST(variables_are_documented)
{
    size_t seen = 0, found[16] = {0};
    look_at_all(look_for_variables, found);
    for (size_t s = 0; ov_systems[s]; s++)
        for (size_t i = 0; ov_systems[s]->variables && ov_systems[s]->variables[i].name; i++)
            ck_assert_msg(found[s] >> i & 1, "%s", ov_systems[s]->variables[i].name);
    ck_assert_uint_gt(look_at_all(look_at_variables, &seen), 20);
    ck_assert_uint_gt(seen, 1000);
    ck_assert(!is_documented(&ov_system_two_layer, "tau2")); /* it can say no */
}
END_TEST

static void look_at_claims(const struct ov_experiment *e, size_t *seen)
{
    struct ov_claims claims = {0};
    struct ov_error err = {0};
    ck_assert_msg(ov_claims_read(&claims, e, &err) == OV_OK, "%s", err.text);
    for (size_t i = 0; i < claims.n; i++, ++*seen)
        ck_assert_msg(claims.claim[i].evidence != OV_IDENTITY,
                      "%s.%s compares a formula with itself", e->name, claims.claim[i].id);
    ov_claims_free(&claims);
}

/* (tests/claims/test_claims_evidence.c has claims that do.) */
START_TEST(no_claim_compares_a_formula_with_itself)
{
    size_t seen = 0;
    look_at_all(look_at_claims, &seen);
    ck_assert_uint_gt(seen, 300);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, variables_are_documented);
    OV_TEST(s, no_claim_compares_a_formula_with_itself);
}

OV_TEST_MAIN("systems/systems");
