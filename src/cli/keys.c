/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/lab/schema.h"

static void document_claims(struct ov_text *t)
{
    ov_text_addf(t, "\n# claims: kinds and their keys\n");
    for (const struct ov_claim_kind *k = ov_claim_kinds; k->name; k++) {
        ov_text_addf(t, "\nkind: %s - %s\n", k->name, k->doc);
        ov_schema_document(t, k->keys, 2);
    }
}

int ov_command_keys(const struct ov_options *o)
{
    struct ov_error err = {0};
    const char *names[16] = {0};
    const struct ov_system *const *s = ov_systems;
    for (size_t i = 0; ov_systems[i] && i < 15; i++)
        names[i] = ov_systems[i]->name;
    while (o->n_dir > 0 && *s && strcmp((*s)->name, o->dir[0]) != 0)
        s++;
    if (!*s) {
        const char *near = ov_suggest(o->dir[0], names);
        ov_fail(&err, OV_EUSER, "no system '%s'%s%s%s", o->dir[0], near ? "; did you mean '" : "",
                near ? near : "", near ? "'?" : "");
        return ov_report(&err);
    }
    struct ov_text t = {0};
    ov_experiment_document(&t, o->n_dir > 0 ? *s : NULL);
    document_claims(&t);
    if (!t.failed)
        printf("%s", t.s);
    ov_text_free(&t);
    return EXIT_GOOD;
}
