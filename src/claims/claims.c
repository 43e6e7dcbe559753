/* SPDX-License-Identifier: MIT
 *
 * The claims of an experiment: the list that is read, evaluated and asked by name.
 */
#include "overlap/claims/claims.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "claim_internal.h"
#include "overlap/base/alloc.h"
#include "overlap/base/check.h"

const char *ov_verdict_name(enum ov_verdict v)
{
    static const char *const names[] = {"PASS",  "FAIL",    "INCONCLUSIVE",
                                        "STALE", "MISSING", "SKIPPED"};
    return (size_t)v < sizeof names / sizeof *names ? names[v] : "UNKNOWN";
}

/* As it is before its first evaluation. */
static void reset(struct ov_claim *claim)
{
    for (size_t i = 0; i < claim->n_table; i++) {
        free(claim->table[i].name);
        free(claim->table[i].key);
    }
    free(claim->table);
    free(claim->measure);
    claim->table = NULL;
    claim->measure = NULL;
    claim->n_table = claim->n_measure = claim->worst = 0;
    claim->p_pass = claim->p_fail = claim->p_holm = NAN;
    claim->verdict = OV_CLAIM_MISSING;
    snprintf(claim->why, sizeof claim->why, "not evaluated");
}

static void claim_free(struct ov_claim *claim)
{
    reset(claim);
    ov_query_free(claim->query);
    ov_value_free(&claim->keys);
}

void ov_claims_free(struct ov_claims *claims)
{
    if (!claims)
        return;
    for (size_t i = 0; i < claims->n; i++)
        claim_free(claims->claim + i);
    free(claims->claim);
    *claims = (struct ov_claims){0};
}

/* ---- reading ---- */

static enum ov_status find_kind(const struct ov_claim_kind **kind, struct fy_node *node,
                                struct ov_error *err)
{
    char known[256] = "", name[64];
    const char *names[32] = {0};
    size_t length = 0;
    for (size_t n = 0; ov_claim_kinds[n].name; n++) {
        names[n] = ov_claim_kinds[n].name;
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", n ? ", " : "", names[n]);
    }
    if (!fy_node_is_mapping(node))
        return ov_node_fail(node, err, "a claim is a mapping of keys: id, says, kind, …");
    struct fy_node *word = fy_node_mapping_lookup_by_string(node, "kind", FY_NT);
    const char *text = word ? fy_node_get_scalar(word, &length) : NULL;
    if (!text)
        return ov_node_fail(word ? word : node, err, "%s: one of %s",
                            word ? "kind has to be a word" : "claim: key kind is missing", known);
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), text);
    for (*kind = ov_claim_kinds; (*kind)->name; (*kind)++)
        if (strcmp((*kind)->name, name) == 0)
            return OV_OK;
    return ov_node_fail(word, err, "unknown kind '%s'; it is one of %s%s", name, known,
                        ov_hint(name, names).text);
}

/* paper.md cites EXPERIMENT.ID inside of an attribute. */
static enum ov_status check_id(const struct ov_claims *claims, const struct ov_claim *claim,
                               const struct ov_value *id, struct ov_error *err)
{
    for (const char *c = claim->id; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-.", *c))
            return ov_value_fail(id, err, "id '%s': only letters, digits, _ - and . are allowed",
                                 claim->id);
    for (size_t i = 0; i < claims->n; i++)
        if (claims->claim[i].experiment == claim->experiment &&
            strcmp(claims->claim[i].id, claim->id) == 0)
            return ov_value_fail(id, err, "a second claim with id '%s'", claim->id);
    return OV_OK;
}

static enum ov_status claim_read(struct ov_claim *claim, const struct ov_claims *claims,
                                 struct fy_node *node, struct ov_error *err)
{
    enum ov_status status = find_kind(&claim->kind, node, err);
    if (status == OV_OK)
        status = ov_schema_read(&claim->keys, node, claim->kind->keys, "claim", err);
    if (status != OV_OK)
        return status;
    enum ov_status asked = ov_query_read(claim, err);
    claim->id = claim->query->given.id->string;
    if (claim->query->given.revised)
        claim->revised = claim->query->given.revised->string;
    const struct ov_statistic *what = claim->query->what;
    if (asked == OV_OK)
        ov_query_note(claim->note, claim->query);
    bool share = asked == OV_OK && what->of_run && !what->when;
    if (share && (claim->kind->judge == ov_order_judge || claim->kind->judge == ov_scaling_judge))
        asked = ov_value_fail(claim->query->given.id, err,
                              "%s is a share of runs: kind mean tests it, %s does not", what->name,
                              claim->kind->name);
    status = check_id(claims, claim, claim->query->given.id, err);
    return status == OV_OK ? asked : status;
}

/* Of the claims from number `first` on, which may name each other. */
static enum ov_status settle_evidence(struct ov_claims *claims, size_t first, struct ov_error *err)
{
    enum ov_status all = OV_OK;
    for (size_t i = first; i < claims->n; i++) {
        enum ov_status status = ov_claim_evidence(claims->claim + i, claims, err);
        all = status == OV_OK ? all : status;
    }
    return all;
}

enum ov_status ov_claims_read(struct ov_claims *claims, const struct ov_experiment *e,
                              struct ov_error *err)
{
    enum ov_status all = OV_OK;
    size_t first = claims->n;
    void *position = NULL;
    struct fy_node *node;
    if (!e->claims)
        return OV_OK;
    if (!fy_node_is_sequence(e->claims))
        return ov_node_fail(e->claims, err, "claims have to be a list");
    while ((node = fy_node_sequence_iterate(e->claims, &position))) {
        struct ov_claim claim = {.experiment = e};
        enum ov_status status = claim_read(&claim, claims, node, err);
        all = status == OV_OK ? all : status;
        if (status != OV_OK) {
            claim_free(&claim);
            continue;
        }
        reset(&claim);
        claims->claim = ov_xrealloc(claims->claim, claims->n + 1, sizeof claim);
        claims->claim[claims->n++] = claim;
    }
    return all == OV_OK ? settle_evidence(claims, first, err) : all;
}

/* ---- evaluation ---- */

/* The worst measure decides; what is measured lies in its own interval. */
static bool is_sound(const struct ov_claim *claim)
{
    bool sound = claim->worst < claim->n_measure &&
                 claim->measure[claim->worst].verdict == claim->verdict &&
                 (claim->why[0] == '\0') == (claim->verdict == OV_PASS);
    for (size_t i = 0; i < claim->n_measure && sound; i++) {
        const struct ov_measure *m = &claim->measure[i];
        sound = !(m->low > m->high) && !(m->se < 0.0) && !(m->margin < 0.0);
    }
    return sound;
}

void ov_claim_evaluate(struct ov_claim *claim, const char *out)
{
    const struct ov_query *q = claim->query;
    bool paths = claim->kind->rule == OV_SIDE_PATHS; /* it reads its own */
    reset(claim);
    struct ov_finding *found = ov_xcalloc(q->n_measure, sizeof *found);
    struct ov_sample *sample = paths ? NULL : ov_samples_read(claim, out);
    for (size_t i = 0; i < q->n_measure; i++)
        claim->kind->judge(found + i, claim, sample, i, out);
    ov_claim_settle(claim, found);
    ov_samples_free(sample, q->n_curve * q->n_at);
    free(found);
    OV_CHECK(is_sound(claim));
}

bool ov_claim_is_random(const struct ov_claim *claim)
{
    const struct ov_query *q = claim->query;
    bool random = claim->kind->rule == OV_SIDE_PATHS;
    for (size_t i = 0; i < q->n_curve; i++)
        random = random || q->curve[i]->side[q->side].first > 0;
    return random;
}

struct ov_claim *ov_claims_find(const struct ov_claims *claims, const char *name)
{
    for (size_t i = 0; i < claims->n; i++) {
        struct ov_claim *claim = claims->claim + i;
        size_t n = strlen(claim->experiment->name);
        if (strncmp(name, claim->experiment->name, n) == 0 && name[n] == '.' &&
            strcmp(name + n + 1, claim->id) == 0)
            return claim;
    }
    return NULL;
}
