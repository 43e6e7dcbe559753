/* SPDX-License-Identifier: MIT
 *
 * Growable strings, and files that are written whole or not at all.
 */
#include "overlap/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void ov_text_free(struct ov_text *t)
{
    if (!t)
        return;
    free(t->s);
    *t = (struct ov_text){0};
}

static bool reserve(struct ov_text *t, size_t more)
{
    if (t->failed)
        return false;
    if (t->room - t->len > more) /* one byte stays free for the '\0' */
        return true;
    size_t room = t->room ? t->room : 64;
    if (more > SIZE_MAX / 4 || t->len > SIZE_MAX / 4) {
        t->failed = true;
        return false;
    }
    while (room - t->len <= more)
        room *= 2;
    char *s = realloc(t->s, room);
    if (!s) {
        t->failed = true;
        return false;
    }
    t->s = s;
    t->room = room;
    return true;
}

void ov_text_add(struct ov_text *t, const char *bytes, size_t n)
{
    if (!reserve(t, n))
        return;
    if (n > 0)
        memcpy(t->s + t->len, bytes, n);
    t->len += n;
    t->s[t->len] = '\0';
}

void ov_text_addf(struct ov_text *t, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        t->failed = true;
    if (n >= 0 && reserve(t, (size_t)n)) {
        vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
        t->len += (size_t)n;
    }
    va_end(again);
}

void ov_text_add_number(struct ov_text *t, double x)
{
    char digits[40];
    if (isnan(x)) {
        ov_text_add(t, "nan", 3);
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, x);
        if (strtod(digits, NULL) == x)
            break;
    }
    ov_text_add(t, digits, strlen(digits));
}

enum ov_status ov_file_read(struct ov_text *t, const char *path, size_t limit, struct ov_error *err)
{
    if (limit == 0)
        limit = (size_t)1 << 30;
    ov_text_free(t);
    FILE *f = fopen(path, "rb");
    if (!f)
        return ov_fail(err, OV_EUSER, "%s: %s", path, strerror(errno));
    char chunk[65536];
    size_t n;
    ov_text_add(t, "", 0);
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && t->len + n <= limit && !t->failed)
        ov_text_add(t, chunk, n);
    enum ov_status status = OV_OK;
    if (ferror(f))
        status = ov_fail(err, OV_EUSER, "%s: %s", path, strerror(errno));
    else if (t->failed)
        status = ov_fail(err, OV_ENOMEM, "%s: out of memory", path);
    else if (n > 0)
        status = ov_fail(err, OV_EUSER, "%s: larger than %zu bytes", path, limit);
    fclose(f);
    if (status != OV_OK)
        ov_text_free(t);
    return status;
}

bool ov_file_exists(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

enum ov_status ov_dir_make(const char *path, struct ov_error *err)
{
    char part[4096];
    size_t n = strlen(path);
    if (n == 0)
        return OV_OK;
    if (n >= sizeof part)
        return ov_fail(err, OV_EIO, "%s: name too long", path);
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char kept = part[i];
        part[i] = '\0';
        struct stat s;
        int why = mkdir(part, 0777) == 0 ? 0 : errno;
        bool there = why != 0 && stat(part, &s) == 0;
        if (why != 0 && !(there && S_ISDIR(s.st_mode)))
            return ov_fail(err, OV_EIO, "%s: %s", part, strerror(there ? ENOTDIR : why));
        part[i] = kept;
    }
    return OV_OK;
}

/* Makes what was renamed last. A file system that can't sync a directory is none of our business.
 */
static void sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

static int write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        bytes += done;
        n -= (size_t)done;
    }
    return 0;
}

/* A device, a pipe or what /dev/stdout stands for is told, never replaced. */
static bool is_stream(const char *path)
{
    struct stat s;
    bool there = stat(path, &s) == 0;
    return there && ((!S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode)) ||
                     strncmp(path, "/dev/", strlen("/dev/")) == 0);
}

static enum ov_status write_stream(const char *path, const char *bytes, size_t n,
                                   struct ov_error *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    bool good = fd >= 0 && write_all(fd, bytes, n) == 0;
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    return good ? OV_OK : ov_fail(err, OV_EIO, "%s: %s", path, strerror(why));
}

/* `sync`: on the disk before it has its name. */
static enum ov_status replace(const char *path, const char *bytes, size_t n, bool sync,
                              struct ov_error *err)
{
    struct ov_text dir = {0}, temporary = {0};
    const char *slash = strrchr(path, '/');
    if (slash)
        ov_text_add(&dir, path, slash == path ? 1 : (size_t)(slash - path));
    else
        ov_text_add(&dir, ".", 1);
    ov_text_addf(&temporary, "%s.tmp-XXXXXX", path);
    enum ov_status status = OV_OK;
    int fd = -1;
    if (dir.failed || temporary.failed) {
        status = ov_fail(err, OV_ENOMEM, "%s: out of memory", path);
        goto done;
    }
    status = ov_dir_make(dir.s, err);
    if (status != OV_OK)
        goto done;
    fd = mkstemp(temporary.s);
    if (fd < 0) {
        status = ov_fail(err, OV_EIO, "%s: %s", path, strerror(errno));
        goto done;
    }
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) != 0 || write_all(fd, bytes, n) != 0 || (sync && fsync(fd) != 0))
        status = ov_fail(err, OV_EIO, "%s: %s", path, strerror(errno));
    if (close(fd) != 0 && status == OV_OK)
        status = ov_fail(err, OV_EIO, "%s: %s", path, strerror(errno));
    if (status == OV_OK && rename(temporary.s, path) != 0)
        status = ov_fail(err, OV_EIO, "%s: %s", path, strerror(errno));
    if (status != OV_OK)
        unlink(temporary.s);
    else if (sync)
        sync_directory(dir.s);
done:
    ov_text_free(&dir);
    ov_text_free(&temporary);
    return status;
}

static enum ov_status write_file(const char *path, const char *bytes, size_t n, bool sync,
                                 struct ov_error *err)
{
    struct stat s;
    if (is_stream(path))
        return write_stream(path, bytes, n, err);
    bool link = lstat(path, &s) == 0 && S_ISLNK(s.st_mode);
    char *target = link ? realpath(path, NULL) : NULL; /* of a link to nothing, the link itself */
    enum ov_status status = replace(target ? target : path, bytes, n, sync, err);
    free(target);
    return status;
}

enum ov_status ov_file_write(const char *path, const char *bytes, size_t n, struct ov_error *err)
{
    return write_file(path, bytes, n, true, err);
}

enum ov_status ov_file_put(const char *path, const char *bytes, size_t n, struct ov_error *err)
{
    return write_file(path, bytes, n, false, err);
}

enum ov_status ov_file_update(const char *path, const char *bytes, size_t n, struct ov_error *err)
{
    struct ov_text old = {0};
    bool same = !is_stream(path) && ov_file_read(&old, path, 0, NULL) == OV_OK && old.len == n &&
                (n == 0 || memcmp(old.s, bytes, n) == 0);
    ov_text_free(&old);
    return same ? OV_OK : ov_file_write(path, bytes, n, err);
}

/* NAME.tmp-XXXXXX, as mkstemp made it. */
static bool is_temporary(const char *name)
{
    const char *mark = strstr(name, ".tmp-");
    return mark && strlen(mark) == strlen(".tmp-XXXXXX");
}

void ov_dir_sweep(const char *dir, double seconds)
{
    DIR *d = opendir(dir);
    if (!d)
        return;
    time_t now = time(NULL);
    for (const struct dirent *entry; (entry = readdir(d));) {
        struct stat s;
        if (is_temporary(entry->d_name) &&
            fstatat(dirfd(d), entry->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
            difftime(now, s.st_mtime) > seconds)
            unlinkat(dirfd(d), entry->d_name, 0);
    }
    closedir(d);
}
