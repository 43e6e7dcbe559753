/* SPDX-License-Identifier: MIT
 *
 * Whether a comparison still is what it would be if it were made again, without reading tables.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "overlap/base/text.h"
#include "overlap/claims/compare.h"
#include "overlap/store/provenance.h"
#include "overlap/store/table.h"

/* By the time of the last change of the file or its name, which no copying sets back. */
static bool is_later(const char *path, const struct stat *than)
{
    struct stat s;
    if (stat(path, &s) != 0)
        return true;
    return s.st_ctim.tv_sec != than->st_ctim.tv_sec ? s.st_ctim.tv_sec > than->st_ctim.tv_sec
                                                    : s.st_ctim.tv_nsec > than->st_ctim.tv_nsec;
}

/* The comment of a table as it has to be now; false if the table is later than the comparison. */
static bool add_side(struct ov_text *keys, const struct ov_curve *c, enum ov_side side,
                     const char *out, const struct stat *made)
{
    struct ov_text inputs = {0};
    char key[OV_KEY_SIZE] = "";
    ov_inputs(&inputs, c, side);
    if (!inputs.failed)
        ov_curve_key(key, inputs.s ? inputs.s : "", c->side[side].first, c->side[side].n_run);
    ov_text_free(&inputs);
    ov_text_addf(keys, "# key of %s.%s: %s\n", c->id, ov_side_name(side), key);
    char *path = ov_table_path(out, c, side);
    bool good = *key && !is_later(path, made);
    free(path);
    return good;
}

/*   in   here  by this program, too */
static bool is_made_of_tables(const struct ov_experiment *e, const char *out, bool here)
{
    struct ov_text path = {0}, keys = {0}, t = {0};
    struct stat made;
    size_t n;
    ov_text_addf(&path, "%s/agreement.csv", out);
    bool fresh =
        !path.failed && stat(path.s, &made) == 0 && !(here && is_later("/proc/self/exe", &made));
    ov_text_addf(&keys, "\n# experiment: %s\n", e->name);
    for (size_t i = 0; i < e->n_curve && fresh; i++) {
        const struct ov_curve *c = &e->curve[i];
        if (ov_curve_is_pair(c))
            fresh =
                add_side(&keys, c, OV_THEORY, out, &made) && add_side(&keys, c, OV_SGD, out, &made);
    }
    ov_text_addf(&keys, "# columns: ");
    fresh = fresh && !keys.failed && ov_table_load(&t, &n, path.s, NULL) == OV_OK &&
            strstr(t.s, keys.s);
    ov_text_free(&t);
    ov_text_free(&path);
    ov_text_free(&keys);
    return fresh;
}

bool ov_compare_is_of_tables(const struct ov_experiment *e, const char *out)
{
    return is_made_of_tables(e, out, false);
}

bool ov_compare_is_fresh(const struct ov_experiment *e, const char *out)
{
    return is_made_of_tables(e, out, true);
}
