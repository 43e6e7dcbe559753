/* SPDX-License-Identifier: MIT
 *
 * overlap list: the names of the experiments, for make; or what one of them consists of, for
 * src/tools/generic.sh, which draws experiments that have no plot.gp. One reader of
 * experiment.yaml is enough.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "overlap/config/schema.h"

/* eps_g; of a system without, its first quantity. */
static const char *main_quantity(const struct ov_experiment *e)
{
    const char *first = NULL;
    for (size_t i = 0; i < e->n_curve; i++)
        for (int side = OV_THEORY; side <= OV_SGD; side++) {
            const struct ov_side_plan *s = &e->curve[i].side[side];
            const char *name = s->n_run > 0 ? ov_side_main_quantity(s) : NULL;
            if (!first || (name && strcmp(name, "eps_g") == 0))
                first = name;
        }
    return first ? first : "";
}

static const char *quantity_of(struct ov_claim *claim)
{
    const struct ov_value *v = ov_value_get(&claim->keys, "quantity");
    return v ? v->string : "";
}

/* What is shown first, then what the claims read, each once. */
static void print_quantities(const struct ov_experiment *e, const struct ov_claims *claims)
{
    const char *first = main_quantity(e);
    printf("quantity %s\n", first);
    for (size_t i = 0; i < claims->n; i++) {
        const char *name = quantity_of(&claims->claim[i]);
        bool seen = !*name || strcmp(name, first) == 0;
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(name, quantity_of(&claims->claim[k])) == 0;
        if (!seen)
            printf("quantity %s\n", name);
    }
}

static enum ov_status print_contents(const struct ov_experiment *e, struct ov_error *err)
{
    struct ov_claims claims = {0};
    enum ov_status status = ov_claims_read(&claims, e, err);
    if (status == OV_OK) {
        for (size_t i = 0; i < e->n_curve; i++)
            printf("curve %s%s%s\n", e->curve[i].id,
                   e->curve[i].side[OV_THEORY].n_run ? " theory" : "",
                   e->curve[i].side[OV_SGD].n_run ? " sgd" : "");
        print_quantities(e, &claims);
    }
    ov_claims_free(&claims);
    return status;
}

int ov_command_list(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all;
    enum ov_status status = ov_experiments_load(&all, o, &err);
    for (size_t i = 0; i < all.n && status == OV_OK; i++)
        if (o->n_dir > 0)
            status = print_contents(all.e[i], &err);
        else if (!ov_is_above(o, all.e[i]))
            printf("%s\n", all.e[i]->name);
    ov_experiments_free(&all);
    return status == OV_OK ? EXIT_GOOD : ov_report(&err);
}
