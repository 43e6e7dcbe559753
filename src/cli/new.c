/* SPDX-License-Identifier: MIT
 *
 * overlap new: an experiment as a copy of another.
 */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "overlap/base/text.h"

static const char *const files[] = {"experiment.yaml", "plot.gp", "README.md"};

static bool is_name(const char *name)
{
    if (!isalpha((unsigned char)name[0]))
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-')
            return false;
    return strlen(name) < 100;
}

/* The template's title is not that of the copy: a README begins with what it is now. */
static void retitle(struct ov_text *contents, const char *name, const char *from)
{
    const char *rest = contents->s && contents->s[0] == '#' ? strchr(contents->s, '\n') : NULL;
    struct ov_text whole = {0};
    if (!rest)
        return;
    ov_text_addf(&whole, "# %s: …, begun from %s%s", name, from, rest);
    ov_text_free(contents);
    *contents = whole;
}

static enum ov_status copy_file(const char *file, const char *name, const char *from,
                                struct ov_error *err)
{
    struct ov_text source = {0}, target = {0}, contents = {0};
    ov_text_addf(&source, "experiments/%s/%s", from, file);
    ov_text_addf(&target, "experiments/%s/%s", name, file);
    enum ov_status status = source.failed || target.failed
                                ? ov_fail(err, OV_ENOMEM, "out of memory")
                                : ov_file_read(&contents, source.s, 1 << 24, err);
    if (status == OV_OK && strcmp(file, "README.md") == 0)
        retitle(&contents, name, from);
    if (status == OV_OK && contents.failed)
        status = ov_fail(err, OV_ENOMEM, "out of memory");
    if (status == OV_OK)
        status = ov_file_write(target.s, contents.s, contents.len, err);
    ov_text_free(&source);
    ov_text_free(&target);
    ov_text_free(&contents);
    return status;
}

/* A plot.gp need not be there: src/tools/generic.sh draws then. */
static bool is_lacking(const char *file, const char *from)
{
    char path[512];
    snprintf(path, sizeof path, "experiments/%s/%s", from, file);
    return strcmp(file, "plot.gp") == 0 && !ov_file_exists(path);
}

int ov_command_new(const struct ov_options *o)
{
    struct ov_error err = {0};
    const char *from = o->from ? o->from : "demo";
    char path[256];
    if (o->n_dir != 1 || !*o->dir[0]) {
        ov_fail(&err, OV_EUSER,
                "expected one NAME: overlap new NAME --from demo, or make new EXP=NAME FROM=demo");
        return ov_report(&err);
    }
    const char *name = o->dir[0];
    if (!is_name(name)) {
        ov_fail(&err, OV_EUSER, "'%s' is no name: a letter, then letters, digits, _ and -", name);
        return ov_report(&err);
    }
    struct stat s;
    snprintf(path, sizeof path, "experiments/%s", name);
    if (stat(path, &s) == 0) {
        ov_fail(&err, OV_EUSER, "%s is there already", path);
        return ov_report(&err);
    }
    snprintf(path, sizeof path, "experiments/%.200s/experiment.yaml", from);
    if (!ov_file_exists(path)) {
        ov_fail(&err, OV_EUSER, "there is no %s%s", path, ov_experiment_hint("", from).text);
        return ov_report(&err);
    }
    snprintf(path, sizeof path, "experiments/%.200s", name);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!is_lacking(files[i], from) && copy_file(files[i], name, from, &err) != OV_OK)
            return ov_report(&err);
    printf("%s: edit experiment.yaml, then 'make fig-%s'\n", path, name);
    return EXIT_GOOD;
}
