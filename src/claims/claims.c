/* SPDX-License-Identifier: MIT */
#include "overlap/claims/claims.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "overlap/base/text.h"
#include "overlap/base/check.h"

const char *ov_verdict_name(enum ov_verdict v)
{
    static const char *const names[] = {"PASS",  "FAIL",    "INCONCLUSIVE",
                                        "STALE", "MISSING", "SKIPPED"};
    return (size_t)v < sizeof names / sizeof *names ? names[v] : "UNKNOWN";
}

static void tables_free(struct ov_claim *claim)
{
    for (size_t i = 0; i < claim->n_table; i++) {
        free(claim->table[i].name);
        free(claim->table[i].key);
    }
    free(claim->table);
    claim->table = NULL;
    claim->n_table = 0;
}

static void claim_free(struct ov_claim *claim)
{
    tables_free(claim);
    ov_value_free(&claim->keys);
    free(claim->id);
    free(claim->measure);
    *claim = (struct ov_claim){0};
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
    char known[256] = "";
    const char *names[32] = {0};
    size_t n = 0, used = 0, length = 0;
    for (; ov_claim_kinds[n].name && n + 1 < sizeof names / sizeof *names; n++) {
        names[n] = ov_claim_kinds[n].name;
        int wrote = snprintf(known + used, sizeof known - used, "%s%s", n ? ", " : "", names[n]);
        used += wrote > 0 && (size_t)wrote < sizeof known - used ? (size_t)wrote : 0;
    }
    if (!fy_node_is_mapping(node))
        return ov_node_fail(node, err, "a claim is a mapping of keys: id, says, kind, …");
    struct fy_node *word = fy_node_mapping_lookup_by_string(node, "kind", FY_NT);
    const char *text = word ? fy_node_get_scalar(word, &length) : NULL;
    if (!text)
        return ov_node_fail(word ? word : node, err, "%s: one of %s",
                            word ? "kind has to be a word" : "claim: key kind is missing", known);
    for (size_t i = 0; i < n; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0) {
            *kind = ov_claim_kinds + i;
            return OV_OK;
        }
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), text);
    const char *near = ov_suggest(name, names);
    return ov_node_fail(word, err, "unknown kind '%s'; it is one of %s%s%s%s", name, known,
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
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
    const struct ov_value *id = ov_value_get(&claim->keys, "id");
    claim->id = strdup(id->string);
    if (!claim->id)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    claim->verdict = OV_CLAIM_MISSING;
    snprintf(claim->why, sizeof claim->why, "not evaluated");
    status = check_id(claims, claim, id, err);
    enum ov_status checked = claim->kind->check(claim, err);
    return status == OV_OK ? checked : status;
}

static enum ov_status append(struct ov_claims *claims, struct ov_claim *claim, struct ov_error *err)
{
    struct ov_claim *room = realloc(claims->claim, (claims->n + 1) * sizeof *room);
    if (!room)
        return ov_fail(err, OV_ENOMEM, "out of memory");
    claims->claim = room;
    claims->claim[claims->n++] = *claim;
    return OV_OK;
}

enum ov_status ov_claims_read(struct ov_claims *claims, const struct ov_experiment *e,
                              struct ov_error *err)
{
    if (!e->claims)
        return OV_OK;
    if (!fy_node_is_sequence(e->claims))
        return ov_node_fail(e->claims, err, "claims have to be a list");
    enum ov_status all = OV_OK;
    void *position = NULL;
    struct fy_node *node;
    while ((node = fy_node_sequence_iterate(e->claims, &position))) {
        struct ov_claim claim = {.experiment = e, .p_pass = NAN, .p_fail = NAN, .p_holm = NAN};
        enum ov_status status = claim_read(&claim, claims, node, err);
        if (status == OV_OK)
            status = append(claims, &claim, err);
        if (status != OV_OK)
            claim_free(&claim);
        all = status == OV_OK ? all : status;
        if (status == OV_ENOMEM)
            break;
    }
    return all;
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

enum ov_status ov_claim_evaluate(struct ov_claim *claim, const char *out, struct ov_error *err)
{
    tables_free(claim);
    free(claim->measure);
    claim->measure = NULL;
    claim->n_measure = claim->worst = 0;
    claim->p_pass = claim->p_fail = claim->p_holm = NAN;
    claim->verdict = OV_CLAIM_MISSING;
    snprintf(claim->why, sizeof claim->why, "not evaluated");
    enum ov_status status = claim->kind->evaluate(claim, out, err);
    OV_CHECK(status != OV_OK || is_sound(claim));
    return status;
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
