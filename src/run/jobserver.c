/* SPDX-License-Identifier: MIT
 *
 * What MAKEFLAGS names may be gone: after a recipe without `+` the numbers are those of any files
 * of the caller. Nothing is taken but the two ends of one pipe.
 */
#include "overlap/run/jobserver.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opening the pipe anew gives a file description of our own: making it non-blocking does not
 * disturb make and its other children. */
static int reopen(int fd, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, flags | O_CLOEXEC);
}

/* The ends of one pipe, the first to read from and the second to write to? */
static bool is_pipe(int in, int out)
{
    struct stat r, w;
    int reads = fcntl(in, F_GETFL), writes = fcntl(out, F_GETFL);
    return reads >= 0 && writes >= 0 && (reads & O_ACCMODE) != O_WRONLY &&
           (writes & O_ACCMODE) != O_RDONLY && fstat(in, &r) == 0 && fstat(out, &w) == 0 &&
           S_ISFIFO(r.st_mode) && S_ISFIFO(w.st_mode) && r.st_dev == w.st_dev &&
           r.st_ino == w.st_ino;
}

static void open_pair(struct ov_jobserver *s, const char *auth)
{
    int in, out;
    if (strncmp(auth, "fifo:", 5) == 0) {
        char path[4096];
        snprintf(path, sizeof path, "%.*s", (int)strcspn(auth + 5, " "), auth + 5);
        struct stat there;
        if (stat(path, &there) != 0 || !S_ISFIFO(there.st_mode))
            return;
        s->in = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        s->out = open(path, O_WRONLY | O_CLOEXEC);
    } else if (sscanf(auth, "%d,%d", &in, &out) == 2 && is_pipe(in, out)) {
        s->in = reopen(in, O_RDONLY | O_NONBLOCK);
        s->out = reopen(out, O_WRONLY);
    }
}

/* The last -j among make's own options, which end at " -- ", is -j1. */
static bool is_alone(const char *flags)
{
    bool alone = false;
    while (flags && *flags) {
        size_t n = strcspn(flags, " ");
        if (n == 2 && strncmp(flags, "--", n) == 0)
            break;
        if (strncmp(flags, "-j", 2) == 0)
            alone = n == 3 && flags[2] == '1';
        flags += n + strspn(flags + n, " ");
    }
    return alone;
}

void ov_jobserver_open(struct ov_jobserver *s)
{
    static const char option[] = "--jobserver-auth=";
    *s = (struct ov_jobserver){.in = -1, .out = -1};
    const char *flags = getenv("MAKEFLAGS"), *found = NULL;
    for (const char *p = flags; p && (p = strstr(p, option)); p++)
        found = p; /* the last one counts */
    if (found)
        open_pair(s, found + sizeof option - 1);
    s->present = s->in >= 0 && s->out >= 0 && is_pipe(s->in, s->out);
    if (!s->present)
        ov_jobserver_close(s);
    s->alone = !s->present && is_alone(flags);
}

bool ov_jobserver_acquire(struct ov_jobserver *s)
{
    if (!s->present || s->n_token == sizeof s->tokens)
        return false;
    if (read(s->in, &s->tokens[s->n_token], 1) != 1)
        return false;
    s->n_token++;
    return true;
}

void ov_jobserver_release(struct ov_jobserver *s)
{
    if (s->n_token == 0)
        return;
    s->n_token--;
    ssize_t ignored = write(s->out, &s->tokens[s->n_token], 1);
    (void)ignored;
}

void ov_jobserver_close(struct ov_jobserver *s)
{
    while (s->n_token > 0)
        ov_jobserver_release(s);
    if (s->in >= 0)
        close(s->in);
    if (s->out >= 0)
        close(s->out);
    s->in = s->out = -1;
    s->present = false;
}
