/* SPDX-License-Identifier: MIT
 *
 * Arrays of runs as files, with a list of their hashes.
 */
#include "overlap/store/arrays.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/base/npy.h"
#include "overlap/base/sha256.h"
#include "overlap/base/text.h"
#include "overlap/store/table.h"

static const char listed[] = "sha256";

/* OUT/CURVE.SIDE/SEED, allocated. */
static char *directory(const struct ov_runs_of *of, uint64_t seed)
{
    return ov_xprintf("%s/%s.%s/%" PRIu64, of->out, of->curve->id, ov_side_name(of->side), seed);
}

static const struct ov_side_plan *side_of(const struct ov_runs_of *of)
{
    return &of->curve->side[of->side];
}

/* ---- writing ---- */

/* Writes one array and lists it; one that was not reached goes. */
static enum ov_status put_array(struct ov_text *list, const char *dir, const struct ov_array *a,
                                const double *x, struct ov_error *err)
{
    struct ov_text bytes = {0};
    char hex[OV_KEY_SIZE], *path = ov_xprintf("%s/%s.npy", dir, a->name);
    enum ov_status status = OV_OK;
    if (isnan(x[0])) {
        unlink(path);
    } else {
        ov_npy_print(&bytes, x, a->rows, a->cols);
        status = bytes.failed ? ov_fail(err, OV_ENOMEM, "out of memory")
                              : ov_file_put(path, bytes.s, bytes.len, err);
    }
    if (status == OV_OK && bytes.len > 0) {
        ov_sha256(hex, bytes.s, bytes.len);
        ov_text_addf(list, "%s  %s.npy\n", hex, a->name);
    }
    ov_text_free(&bytes);
    free(path);
    return status;
}

enum ov_status ov_arrays_write(const struct ov_runs_of *of, uint64_t seed, const double *numbers,
                               struct ov_error *err)
{
    const struct ov_side_plan *side = side_of(of);
    const double minute = 60.0;
    struct ov_text list = {0};
    if (side->n_array == 0)
        return OV_OK;
    char *dir = directory(of, seed), *path = ov_xprintf("%s/%s", dir, listed);
    enum ov_status status = ov_dir_make(dir, err);
    ov_dir_sweep(dir, minute);
    unlink(path);
    ov_text_addf(&list, "# overlap, arrays of a run\n# inputs_key: %s\n", of->inputs_key);
    for (size_t i = 0; i < side->n_array && status == OV_OK; i++) {
        status = put_array(&list, dir, &side->array[i], numbers, err);
        numbers += ov_array_size(&side->array[i]);
    }
    ov_table_seal(&list);
    if (status == OV_OK)
        status = list.failed ? ov_fail(err, OV_ENOMEM, "out of memory")
                             : ov_file_put(path, list.s, list.len, err);
    ov_text_free(&list);
    free(path);
    free(dir);
    return status;
}

/* ---- checking ---- */

/* The file of a line "HEX  NAME" that does not hold what it says, or NULL. */
static char *wrong_file(const char *dir, const char *line, size_t n)
{
    char hex[OV_KEY_SIZE];
    enum { HEX = OV_KEY_SIZE - 1 };
    if (n < HEX + 3)
        return ov_xstrdup(dir);
    char *path = ov_xprintf("%s/%.*s", dir, (int)(n - HEX - 2), line + HEX + 2);
    if (ov_sha256_file(hex, path, NULL) == OV_OK && memcmp(hex, line, HEX) == 0) {
        free(path);
        return NULL;
    }
    return path;
}

/* The first wrong file that a list of n bytes names. */
static char *wrong_in_list(const char *dir, const char *text, size_t n)
{
    char *wrong = NULL;
    for (const char *line = text; line < text + n && !wrong;) {
        size_t length = strcspn(line, "\n");
        if (*line != '#')
            wrong = wrong_file(dir, line, length);
        line += length + 1;
    }
    return wrong;
}

char *ov_arrays_wrong(const struct ov_runs_of *of, uint64_t seed)
{
    struct ov_text list = {0};
    size_t n = 0;
    if (side_of(of)->n_array == 0)
        return NULL;
    char *dir = directory(of, seed), *path = ov_xprintf("%s/%s", dir, listed), *wrong = NULL;
    char *key = NULL;
    if (ov_table_load(&list, &n, path, NULL) == OV_OK)
        key = ov_comment_find(list.s, "inputs_key");
    if (!key || strcmp(key, of->inputs_key) != 0)
        wrong = ov_xstrdup(path);
    else
        wrong = wrong_in_list(dir, list.s, n);
    char *line = wrong ? ov_xprintf("%s: is missing or has changed", wrong) : NULL;
    ov_text_free(&list);
    free(key);
    free(wrong);
    free(path);
    free(dir);
    return line;
}

char *ov_arrays_wrong_of(const struct ov_runs_of *of, uint64_t first, size_t n)
{
    char *wrong = NULL;
    for (size_t i = 0; i < n && side_of(of)->n_array > 0 && !wrong; i++)
        wrong = ov_arrays_wrong(of, first + i);
    return wrong;
}
