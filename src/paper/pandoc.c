/* SPDX-License-Identifier: MIT
 *
 * Runs pandoc without a shell. Everything goes through files in memory: no pipe can fill up, and
 * nothing is left on the disk.
 */
#include "pandoc_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT, FILTER, OUT, MESSAGES, N_FILE };
enum { NO_PROGRAM = 127, NOT_STARTED = 126 }; /* exit codes of our own child, as a shell has them */

/* A file in memory with these bytes, at its start; -1. */
static int memory_file(const char *s, size_t n)
{
    int fd = memfd_create("overlap-paper", MFD_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < n;) {
        ssize_t k = write(fd, s + done, n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0) {
            close(fd);
            return -1;
        }
        done += (size_t)k;
    }
    return fd;
}

static bool read_all(struct ov_text *out, int fd)
{
    char part[65536];
    ssize_t k;
    off_t at = 0;
    while ((k = pread(fd, part, sizeof part, at)) > 0 || (k < 0 && errno == EINTR)) {
        ov_text_add(out, part, k > 0 ? (size_t)k : 0);
        at += k > 0 ? k : 0;
    }
    return k == 0 && !out->failed;
}

/* The child's side; does not return. */
static void become_pandoc(const int fd[N_FILE])
{
    char text[32], filter[32];
    snprintf(text, sizeof text, "/proc/self/fd/%d", fd[TEXT]);
    snprintf(filter, sizeof filter, "/proc/self/fd/%d", fd[FILTER]);
    char *const argv[] = {"pandoc", "--from", "commonmark_x+sourcepos",
                          "--to",   "plain",  "--lua-filter",
                          filter,   text,     NULL};
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0 && dup2(nothing, 0) == 0 && dup2(fd[OUT], 1) == 1 &&
        dup2(fd[MESSAGES], 2) == 2 && fcntl(fd[TEXT], F_SETFD, 0) == 0 &&
        fcntl(fd[FILTER], F_SETFD, 0) == 0)
        execvp(argv[0], argv);
    _exit(errno == ENOENT ? NO_PROGRAM : NOT_STARTED);
}

static enum ov_status failed(int fd, const char *name, struct ov_error *err)
{
    struct ov_text messages = {0};
    read_all(&messages, fd);
    const char *text = messages.len > 0 ? messages.s : "no message";
    enum ov_status status =
        ov_fail(err, OV_EUSER, "%s: error: pandoc could not read it: %.*s; 2.17 or later can", name,
                (int)strcspn(text, "\r\n"), text);
    ov_text_free(&messages);
    return status;
}

static enum ov_status run(struct ov_text *out, bool *missing, const int fd[N_FILE],
                          const char *name, struct ov_error *err)
{
    int code = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        become_pandoc(fd);
    while (child > 0 && waitpid(child, &code, 0) < 0)
        if (errno != EINTR)
            child = -1;
    if (child < 0 || (WIFEXITED(code) && WEXITSTATUS(code) == NOT_STARTED))
        return ov_fail(err, OV_EIO, "%s: pandoc could not be started", name);
    *missing = WIFEXITED(code) && WEXITSTATUS(code) == NO_PROGRAM;
    if (*missing)
        return OV_OK;
    if (!WIFEXITED(code) || WEXITSTATUS(code) != 0)
        return failed(fd[MESSAGES], name, err);
    return read_all(out, fd[OUT]) ? OV_OK : ov_fail(err, OV_ENOMEM, "%s: out of memory", name);
}

enum ov_status ov_pandoc_run(struct ov_text *out, bool *missing, const char *s, size_t n,
                             const char *filter, const char *name, struct ov_error *err)
{
    const int fd[N_FILE] = {memory_file(s, n), memory_file(filter, strlen(filter)),
                            memory_file("", 0), memory_file("", 0)};
    bool good = true;
    *out = (struct ov_text){0};
    *missing = false;
    for (int i = 0; i < N_FILE; i++)
        good = good && fd[i] > 2; /* 0 to 2 get others' meaning in the child */
    enum ov_status status = good ? run(out, missing, fd, name, err)
                                 : ov_fail(err, OV_EIO, "%s: no file in memory for pandoc", name);
    for (int i = 0; i < N_FILE; i++)
        if (fd[i] >= 0)
            close(fd[i]);
    if (status != OV_OK)
        ov_text_free(out);
    return status;
}
