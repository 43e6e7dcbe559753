/* SPDX-License-Identifier: MIT
 *
 * overlap accept: printed numbers of claims rewritten to the data; refused in CI.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/paper/accept.h"

/* Numbers are accepted by people who look at them, never on the way to a green build. */
static enum ov_status refuse_in_ci(struct ov_error *err)
{
    const char *ci = getenv("CI");
    if (ci && *ci)
        return ov_fail(err, OV_EUSER,
                       "the variable CI is set: no number is accepted there; do it by hand and "
                       "have the change reviewed");
    return OV_OK;
}

static enum ov_status no_such_claim(const struct ov_claims *claims, const char *name,
                                    struct ov_error *err)
{
    char **names = ov_xcalloc(claims->n + 1, sizeof *names);
    for (size_t i = 0; i < claims->n; i++)
        names[i] = ov_xprintf("%s.%s", claims->claim[i].experiment->name, claims->claim[i].id);
    ov_fail(err, OV_EUSER, "no claim '%s'%s", name, ov_hint(name, (const char *const *)names).text);
    for (size_t i = 0; i < claims->n; i++)
        free(names[i]);
    free(names);
    return OV_EUSER;
}

/* The new text goes to a git that compares it with the file; in the child. */
static void exec_git(const char *path, const int end[2])
{
    dup2(end[0], STDIN_FILENO);
    close(end[0]);
    close(end[1]);
    execlp("git", "git", "--no-pager", "diff", "--no-index", "--no-color", "--no-ext-diff", "-U0",
           "--", path, "-", (char *)NULL);
    printf("%s: git is missing, which would show the change\n", path);
    fflush(stdout);
    _exit(EXIT_GOOD);
}

/* What would change in a file that is not written yet. */
static void show_change(const struct ov_rewrite *r)
{
    int end[2];
    if (r->n_number == 0 || pipe(end) != 0)
        return;
    fflush(stdout);
    pid_t git = fork();
    if (git == 0)
        exec_git(r->path, end);
    close(end[0]);
    for (size_t at = 0; git > 0 && at < r->text.len;) {
        ssize_t n = write(end[1], r->text.s + at, r->text.len - at);
        if (n <= 0) /* nobody reads it: SIGPIPE is ignored */
            break;
        at += (size_t)n;
    }
    close(end[1]);
    if (git > 0)
        waitpid(git, NULL, 0);
}

/* All names are looked up before anything is rewritten. */
static enum ov_status check_names(const struct ov_claims *claims, const struct ov_options *o,
                                  struct ov_error *err)
{
    for (size_t i = 0; i < o->n_dir; i++)
        if (!ov_claims_find(claims, o->dir[i]))
            return no_such_claim(claims, o->dir[i], err);
    return OV_OK;
}

static void summarise(const struct ov_accepted *accepted, const char *name)
{
    size_t n = accepted->experiment.n_number + accepted->paper.n_number;
    if (n == 0)
        printf("%s: every printed number agrees with the data already; nothing is changed\n", name);
    else
        printf("%s: %zu number%s rewritten; review the change before you commit it\n", name, n,
               n > 1 ? "s" : "");
}

/* Each claim reads the files as the one before has left them. */
static enum ov_status accept_claim(struct ov_claim *claim, const char *name, const char *paper,
                                   const char *reason, struct ov_error *err)
{
    struct ov_accepted accepted = {0};
    enum ov_status status = ov_accept(&accepted, claim, paper, reason, err);
    if (status == OV_OK) {
        show_change(&accepted.experiment);
        show_change(&accepted.paper);
        status = ov_accept_write(&accepted, err);
    }
    if (status == OV_OK)
        summarise(&accepted, name);
    ov_accepted_free(&accepted);
    return status;
}

/* One that can't be accepted keeps the others from nothing. The last exit code that is not good. */
static int accept_all(struct ov_claims *claims, const struct ov_options *o)
{
    int code = EXIT_GOOD;
    const char *paper = o->paper ? o->paper : ov_file_exists("paper.md") ? "paper.md" : NULL;
    for (size_t i = 0; i < o->n_dir; i++) {
        struct ov_error err = {0};
        struct ov_claim *claim = ov_claims_find(claims, o->dir[i]);
        if (accept_claim(claim, o->dir[i], paper, o->reason, &err) != OV_OK)
            code = ov_report(&err);
    }
    return code;
}

int ov_command_accept(const struct ov_options *o)
{
    struct ov_error err = {0};
    struct ov_experiments all = {0};
    struct ov_claims claims = {0};
    struct ov_options every = *o; /* the plain arguments are no directories */
    size_t left_out;
    every.n_dir = 0;
    enum ov_status status = refuse_in_ci(&err);
    if (status == OV_OK && (o->n_dir == 0 || !*o->dir[0]))
        status = ov_fail(&err, OV_EUSER,
                         "expected a CLAIM: overlap accept EXPERIMENT.ID… --reason TEXT");
    if (status == OV_OK)
        status = ov_experiments_load_good(&all, &left_out, &every, &err);
    if (status == OV_OK)
        status = ov_claims_load(&claims, &all, &every, &err);
    if (status == OV_OK)
        status = check_names(&claims, o, &err);
    int code = status == OV_OK ? accept_all(&claims, o) : ov_report(&err);
    ov_claims_free(&claims);
    ov_experiments_free(&all);
    return code;
}
