/* SPDX-License-Identifier: MIT
 *
 * overlap keys: the reference of experiment.yaml, from the tables that read it.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "overlap/base/text.h"
#include "overlap/claims/claims.h"
#include "overlap/config/schema.h"
#include "overlap/systems/systems.h"

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
    struct ov_text t = {0};
    bool found = o->n_dir == 0;
    for (size_t i = 0; ov_systems[i] && i < 15; i++) {
        names[i] = ov_systems[i]->name;
        found = found || strcmp(names[i], o->dir[0]) == 0;
    }
    if (!found) {
        ov_fail(&err, OV_EUSER, "no system '%s'%s", o->dir[0], ov_hint(o->dir[0], names).text);
        return ov_report(&err);
    }
    ov_experiment_document(&t, NULL);
    for (const struct ov_system *const *s = ov_systems; *s; s++)
        if (o->n_dir == 0 || strcmp((*s)->name, o->dir[0]) == 0)
            ov_experiment_document(&t, *s);
    document_claims(&t);
    if (!t.failed)
        printf("%s", t.s);
    ov_text_free(&t);
    return EXIT_GOOD;
}
