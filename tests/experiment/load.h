/* SPDX-License-Identifier: MIT
 *
 * Experiments from a text, for tests: written to a directory of their own, loaded, removed.
 */
#ifndef OVERLAP_TESTS_EXPERIMENT_LOAD_H
#define OVERLAP_TESTS_EXPERIMENT_LOAD_H

#include <string.h>
#include <unistd.h>

#include "overlap/base/text.h"
#include "overlap/experiment/experiment.h"
#include "overlap/systems/systems.h"
#include "test.h"

#define FILE_MARK "experiment.yaml:"

/* An experiment to edit. Line numbers in tests are of this text. */
#define BASE                                                                                       \
    "title: A title\n"                                                                             \
    "source: Somebody 1995\n"                                                                      \
    "system: two-layer\n"                                                                          \
    "tier: quick\n"                                                                                \
    "defaults:\n"                                                                                  \
    "  N: 100\n"                                                                                   \
    "  K: 2\n"                                                                                     \
    "  M: 2\n"                                                                                     \
    "  eta_w: 0.2\n"                                                                               \
    "  alpha: [0, 1]\n"                                                                            \
    "  rtol: 1e-9\n"                                                                               \
    "curves:\n"                                                                                    \
    "  - id: one\n"                                                                                \
    "    theory: true\n"                                                                           \
    "    sgd: {seeds: 2}\n"                                                                        \
    "  - id: two\n"                                                                                \
    "    sgd: {seeds: {quick: 3, ci: 5}}\n"                                                        \
    "    sigma: 0.5\n"

/* Loads `text`; paths in messages lose their directory. */
static inline enum ov_status load_with(struct ov_experiment **e, const char *text,
                                       const struct ov_load_options *options, struct ov_error *err)
{
    char dir[] = "/tmp/overlap-test-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/experiment.yaml", dir);
    ck_ok(ov_file_write(path, text, strlen(text), NULL));
    struct ov_load_options own = options ? *options : (struct ov_load_options){.tier = OV_CI};
    own.systems = ov_systems;
    enum ov_status status = ov_experiment_load(e, dir, &own, err);
    unlink(path);
    rmdir(dir);
    size_t n = strlen(dir) + 1;
    for (char *at = err->text; (at = strstr(at, dir));)
        memmove(at, at + n, strlen(at + n) + 1);
    return status;
}

static inline struct ov_experiment *load(const char *text)
{
    struct ov_experiment *e;
    struct ov_error err = {0};
    ck_assert_msg(load_with(&e, text, NULL, &err) == OV_OK, "refused:\n%s\n%s", text, err.text);
    return e;
}

/* A text in which `from` is replaced by `to`, once. Freed by the caller. */
static inline char *edited(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    ck_assert_msg(at, "no '%s' to replace", from);
    struct ov_text t = {0};
    ov_text_add(&t, text, (size_t)(at - text));
    ov_text_addf(&t, "%s%s", to, at + strlen(from));
    ck_assert(!t.failed);
    return t.s;
}

/* The text is refused, and its first report is at this place and begins with these words:
 * "5:7: error: K must be". */
static inline void refuses(const char *text, const char *report)
{
    struct ov_experiment *e;
    struct ov_error err = {0};
    enum ov_status status = load_with(&e, text, NULL, &err);
    ck_assert_msg(status == OV_EUSER, "not refused, expected '%s':\n%s", report, text);
    ck_assert_ptr_null(e);
    size_t n = strlen(FILE_MARK);
    ck_assert_msg(strncmp(err.text, FILE_MARK, n) == 0 &&
                      strncmp(err.text + n, report, strlen(report)) == 0,
                  "expected '%s', got:\n%s", report, err.text);
}

static inline void refuses_edited(const char *text, const char *from, const char *to,
                                  const char *report)
{
    char *t = edited(text, from, to);
    refuses(t, report);
    free(t);
}

/* How often `what` stands in `text`. */
static inline int times(const char *text, const char *what)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

#endif
