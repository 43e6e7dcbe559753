/* SPDX-License-Identifier: MIT
 *
 * What a run is at, for people.
 */
#include "overlap/run/underway.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "overlap/base/alloc.h"
#include "overlap/base/clock.h"

#define SUFFIX ".running"
enum { HOME = 256 };

static const double stale = 30.0; /* seconds; the runner tells every two */

/* 12300 as 12.3k. */
static void add_count(struct ov_text *t, uint64_t n)
{
    double x = (double)n;
    if (n < 1000)
        ov_text_addf(t, "%.0f", x);
    else if (n < 1000000)
        ov_text_addf(t, "%.4gk", x * 1e-3);
    else
        ov_text_addf(t, "%.4gM", x * 1e-6);
}

void ov_underway_add(struct ov_text *t, const struct ov_batch *b, const char *name, uint64_t done,
                     uint64_t total, double seconds)
{
    ov_text_addf(t, "%s: ", name);
    ov_text_add_duration(t, seconds);
    if (total > 0 && ov_batch_side(b)->work > 0) {
        ov_text_addf(t, ", %.0f %%", 100.0 * (double)done / (double)total);
    } else if (total > 0) {
        ov_text_addf(t, ", ");
        add_count(t, done);
        ov_text_addf(t, " of at most ");
        add_count(t, total);
        ov_text_addf(t, b->side == OV_THEORY ? " right-hand sides" : " steps");
    }
}

/* The machine and the namespace that process numbers are of. */
static void find_home(char home[HOME])
{
    char host[128] = "", space[64] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        strcpy(host, "?");
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    space[n > 0 ? n : 0] = '\0';
    snprintf(home, HOME, "# %s %s", host, space);
}

/* Whether the process that wrote this text, as PATH names it, was here and is gone. */
static bool is_gone(const char *path, const char *text)
{
    const char *slash = strrchr(path, '/');
    long pid = strtol(slash ? slash + 1 : path, NULL, 10);
    char home[HOME];
    find_home(home);
    size_t n = strlen(home);
    bool here = strncmp(text, home, n) == 0 && text[n] == '\n';
    return here && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

void ov_underway_write(const char *out, const char *lines)
{
    char *path = ov_xprintf("%s/jobs/%ld" SUFFIX, out, (long)getpid());
    char home[HOME], *text = NULL;
    enum ov_status ignored = OV_OK;
    if (lines && *lines) {
        find_home(home);
        text = ov_xprintf("%s\n%s", home, lines);
        ignored = ov_file_put(path, text, strlen(text), NULL);
        free(text);
    } else {
        unlink(path);
    }
    (void)ignored;
    free(path);
}

/* Calls `visit` with the path and the age of each such file below `out`. */
static void for_each(const char *out, void (*visit)(void *ctx, const char *path, double age),
                     void *ctx)
{
    char *jobs = ov_xprintf("%s/jobs", out);
    DIR *d = opendir(jobs);
    struct stat s;
    for (const struct dirent *entry; d && (entry = readdir(d));) {
        size_t n = strlen(entry->d_name), suffix = sizeof SUFFIX - 1;
        if (n <= suffix || strcmp(entry->d_name + n - suffix, SUFFIX) != 0)
            continue;
        char *path = ov_xprintf("%s/%s", jobs, entry->d_name);
        if (stat(path, &s) == 0)
            visit(ctx, path, difftime(time(NULL), s.st_mtime));
        free(path);
    }
    if (d)
        closedir(d);
    free(jobs);
}

struct lines {
    struct ov_text *alive, *gone;
};

static void read_one(void *ctx, const char *path, double age)
{
    const struct lines *to = ctx;
    struct ov_text file = {0};
    if (age <= stale && ov_file_read(&file, path, 0, NULL) == OV_OK) {
        const char *head = *file.s == '#' ? strchr(file.s, '\n') : NULL;
        size_t skip = head ? (size_t)(head + 1 - file.s) : 0;
        struct ov_text *t = is_gone(path, file.s) ? to->gone : to->alive;
        if (t)
            ov_text_add(t, file.s + skip, file.len - skip);
    }
    ov_text_free(&file);
}

void ov_underway_read(struct ov_text *lines, struct ov_text *gone, const char *out)
{
    struct lines to = {lines, gone};
    for_each(out, read_one, &to);
}

static void remove_stale(void *ctx, const char *path, double age)
{
    struct ov_text file = {0};
    (void)ctx;
    if (age > stale || (ov_file_read(&file, path, 0, NULL) == OV_OK && is_gone(path, file.s)))
        unlink(path);
    ov_text_free(&file);
}

void ov_underway_sweep(const char *out)
{
    for_each(out, remove_stale, NULL);
}
