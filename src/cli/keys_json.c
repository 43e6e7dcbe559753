/* SPDX-License-Identifier: MIT
 *
 * overlap keys --json-schema: the tables of keys as a JSON schema (draft 7), for editors that complete and check
 * YAML. What a schema can't say (what fits together, what nothing reads) `overlap plan` says.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "overlap/claims/claims.h"
#include "overlap/config/schema.h"
#include "overlap/systems/systems.h"

static json_t *map_of(const struct ov_key *keys);

/* {"type": "array", "items": ITEMS} */
static json_t *array_of(json_t *items)
{
    return json_pack("{s:s, s:o}", "type", "array", "items", items);
}

static json_t *number(const struct ov_key *key, const char *type)
{
    json_t *s = json_pack("{s:s}", "type", type);
    bool ranged = key->min != 0 || key->max != 0;
    if (ranged && isfinite(key->min))
        json_object_set_new(s, "minimum", json_real(key->min));
    if (ranged && isfinite(key->max))
        json_object_set_new(s, "maximum", json_real(key->max));
    return s;
}

static json_t *word(const char *const *words)
{
    json_t *list = json_array();
    for (; words && *words; words++)
        json_array_append_new(list, json_string(*words));
    return json_pack("{s:o}", "enum", list);
}

/* One schema for each type that the key may have. */
static json_t *alternatives(const struct ov_key *key)
{
    json_t *any = json_array();
    unsigned t = key->types;
    if (t & OV_INT && !(t & OV_REAL))
        json_array_append_new(any, number(key, "integer"));
    if (t & OV_REAL)
        json_array_append_new(any, number(key, "number"));
    if (t & OV_BOOL)
        json_array_append_new(any, json_pack("{s:s}", "type", "boolean"));
    if (t & OV_WORD)
        json_array_append_new(any, word(key->words));
    if (t & OV_STRING)
        json_array_append_new(any, json_pack("{s:s, s:i}", "type", "string", "minLength", 1));
    if (t & OV_LIST)
        json_array_append_new(any, array_of(number(key, "number")));
    if (t & OV_MATRIX)
        json_array_append_new(any, array_of(array_of(number(key, "number"))));
    if (t & OV_MATRICES)
        json_array_append_new(any, array_of(array_of(array_of(number(key, "number")))));
    if (t & OV_STRINGS)
        json_array_append_new(any, array_of(json_pack("{s:s}", "type", "string")));
    if (t & OV_MAP)
        json_array_append_new(any, map_of(key->map));
    if (t & OV_MAPS)
        json_array_append_new(any, array_of(map_of(key->each)));
    return any;
}

static json_t *schema_of(const struct ov_key *key)
{
    json_t *s = json_pack("{s:s}", "description", key->doc ? key->doc : "");
    if (!(key->types & OV_ANY))
        json_object_set_new(s, "anyOf", alternatives(key));
    return s;
}

static json_t *map_of(const struct ov_key *keys)
{
    json_t *properties = json_object();
    for (const struct ov_key *k = keys; k && k->name; k++)
        json_object_set_new(properties, k->name, schema_of(k));
    return json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0, "properties",
                     properties);
}

/* A curve's keys, of which paths ("init.std") may stand for those of maps. */
static json_t *curve_of(const struct ov_system *system, bool of_list)
{
    json_t *s = map_of(system->keys), *properties = json_object_get(s, "properties");
    json_object_set_new(s, "patternProperties", json_pack("{s:{}}", "^[A-Za-z_]+[.]"));
    json_object_set_new(s, "description", json_string(system->doc));
    if (!of_list)
        return s;
    json_object_set_new(properties, "id",
                        json_pack("{s:s, s:s}", "type", "string", "description",
                                  "the curve's name: in file names and claims"));
    json_object_set_new(
        properties, "vary",
        json_pack("{s:s, s:s}", "type", "object", "description",
                  "lists or ranges of values, by key: a curve for each combination"));
    json_object_set_new(s, "required", json_pack("[s]", "id"));
    return array_of(s);
}

/* If the file is of this system, its defaults and curves have these keys. */
static json_t *if_system(const struct ov_system *system)
{
    return json_pack("{s:{s:{s:{s:s}}}, s:{s:{s:o, s:o}}}", "if", "properties", "system", "const",
                     system->name, "then", "properties", "defaults", curve_of(system, false),
                     "curves", curve_of(system, true));
}

static json_t *if_kind(const struct ov_claim_kind *kind)
{
    json_t *s = map_of(kind->keys);
    json_object_set_new(json_object_get(s, "properties"), "kind",
                        json_pack("{s:s, s:s}", "const", kind->name, "description", kind->doc));
    return json_pack("{s:{s:{s:{s:s}}}, s:o}", "if", "properties", "kind", "const", kind->name,
                     "then", s);
}

bool ov_print_json_schema(void)
{
    json_t *s = map_of(ov_experiment_keys), *systems = json_array(), *kinds = json_array();
    json_t *cases = json_array(), *names = json_array();
    for (const struct ov_system *const *i = ov_systems; *i; i++) {
        json_array_append_new(systems, json_string((*i)->name));
        json_array_append_new(cases, if_system(*i));
    }
    json_t *claim_cases = json_array();
    for (const struct ov_claim_kind *k = ov_claim_kinds; k->name; k++) {
        json_array_append_new(kinds, json_string(k->name));
        json_array_append_new(claim_cases, if_kind(k));
    }
    for (const struct ov_key *k = ov_experiment_keys; k->name; k++)
        if (k->fallback == OV_REQUIRED)
            json_array_append_new(names, json_string(k->name));
    json_t *properties = json_object_get(s, "properties");
    json_object_set_new(json_object_get(properties, "system"), "enum", systems);
    json_object_set_new(properties, "claims",
                        json_pack("{s:s, s:{s:s, s:[s], s:{s:{s:o}}, s:o}}", "type", "array",
                                  "items", "type", "object", "required", "kind", "properties",
                                  "kind", "enum", kinds, "allOf", claim_cases));
    json_object_set_new(s, "$schema", json_string("http://json-schema.org/draft-07/schema#"));
    json_object_set_new(s, "title", json_string("experiment.yaml of overlap"));
    json_object_set_new(s, "required", names);
    json_object_set_new(s, "allOf", cases);
    bool good = json_dumpf(s, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER) == 0;
    putchar('\n');
    json_decref(s);
    return good;
}
