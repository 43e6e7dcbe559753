/* SPDX-License-Identifier: MIT
 *
 * The reference of a table of keys, for people.
 */
#include "overlap/config/schema.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "schema_value_internal.h"

static void add_range(struct ov_text *out, const struct ov_key *key)
{
    bool low = isfinite(key->min), high = isfinite(key->max);
    if ((key->min == 0 && key->max == 0) || (!low && !high))
        return;
    ov_text_addf(out, low && high ? ", from " : low ? ", at least " : ", at most ");
    ov_text_add_number(out, low ? key->min : key->max);
    if (low && high) {
        ov_text_addf(out, " to ");
        ov_text_add_number(out, key->max);
    }
}

/* One key, under a name, and what is in it. */
static void document(struct ov_text *out, const struct ov_key *key, const char *name, int indent)
{
    struct ov_text type = {0};
    ov_schema_expected(&type, key);
    ov_text_addf(out, "%*s%s: %s", indent, "", name, type.s ? type.s : "see below");
    add_range(out, key);
    if (key->fallback == OV_REQUIRED)
        ov_text_addf(out, "; required");
    else if (*key->fallback)
        ov_text_addf(out, "; default %s", key->fallback);
    else
        ov_text_addf(out, "; optional");
    ov_text_addf(out, "\n%*s%s\n", indent + 4, "", key->doc);
    if (key->types & OV_MAPS)
        ov_text_addf(out, "%*sin each map of the list:\n", indent + 4, "");
    if (key->types & OV_MAPS)
        ov_schema_document(out, key->each, indent + 8);
    if (key->types & OV_MAPS && key->types & OV_MAP)
        ov_text_addf(out, "%*sor in one map:\n", indent + 4, "");
    if (key->types & OV_MAP)
        ov_schema_document(out, key->map, indent + (key->types & OV_MAPS ? 8 : 4));
    out->failed |= type.failed;
    ov_text_free(&type);
}

void ov_schema_document(struct ov_text *out, const struct ov_key *keys, int indent)
{
    for (const struct ov_key *key = keys; key->name; key++)
        document(out, key, key->name, indent);
}

/* ---- some of them ---- */

static bool is_meant(const struct ov_key *key, const char *word)
{
    bool meant = strcasestr(key->doc, word) != NULL;
    for (const char *const *w = key->types & OV_WORD ? key->words : NULL; w && *w; w++)
        meant = meant || strcasestr(*w, word);
    return meant;
}

static bool matches(const struct ov_key *key, const char *path, const char *word, enum ov_match how)
{
    switch (how) {
    case OV_MATCH_PATH:
        return strcmp(path, word) == 0;
    case OV_MATCH_NAME:
        return fnmatch(word, key->name, FNM_CASEFOLD) == 0 ||
               fnmatch(word, path, FNM_CASEFOLD) == 0;
    case OV_MATCH_PART:
        return strcasestr(path, word) != NULL;
    default:
        return is_meant(key, word);
    }
}

/* What is in a key that matches is shown with it. */
static size_t document_below(struct ov_text *out, const char *front, const struct ov_key *keys,
                             const char *word, enum ov_match how)
{
    size_t n = 0;
    for (const struct ov_key *key = keys; key->name; key++) {
        char path[256];
        snprintf(path, sizeof path, "%s%s", front, key->name);
        if (matches(key, path, word, how)) {
            document(out, key, path, 0);
            n++;
        } else if (key->types & OV_MAP) {
            char inner[260];
            snprintf(inner, sizeof inner, "%s.", path);
            n += document_below(out, inner, key->map, word, how);
        }
    }
    return n;
}

size_t ov_schema_document_matches(struct ov_text *out, const struct ov_key *keys, const char *word,
                                  enum ov_match how)
{
    return document_below(out, "", keys, word, how);
}
