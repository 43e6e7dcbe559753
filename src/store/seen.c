/* SPDX-License-Identifier: MIT
 *
 * The list of tables whose seal was right when it was last checked.
 */
#include "overlap/store/seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "overlap/base/alloc.h"
#include "overlap/store/table.h"

void ov_seen_open(struct ov_seen *s, const char *out)
{
    *s = (struct ov_seen){.path = ov_xprintf("%s/.seen", out), .settled = 2};
    ov_text_add(&s->before, "\n", 1);
    struct ov_text lines = {0};
    if (ov_file_read(&lines, s->path, 0, NULL) == OV_OK)
        ov_text_add(&s->before, lines.s, lines.len);
    ov_text_free(&lines);
}

/* True if a line of this text, which ends in "\n", begins with this name. */
static bool names(const char *text, const char *name, size_t n)
{
    for (const char *line = text; (line = strstr(line, "\n")) && line[1]; line++)
        if (strncmp(line + 1, name, n) == 0 && line[1 + n] == ' ')
            return true;
    return false;
}

void ov_seen_close(struct ov_seen *s)
{
    struct ov_text file = {0};
    ov_text_add(&file, s->added.s, s->added.len);
    for (const char *line = s->before.s; line && *++line; line = strchr(line, '\n'))
        if (!names(s->added.s ? s->added.s : "", line, strcspn(line, " ")))
            ov_text_add(&file, line - 1, strcspn(line, "\n") + 1);
    ov_text_add(&file, "\n", 1);
    if (s->added.len > 0 && !s->added.failed && !s->before.failed && !file.failed &&
        ov_file_put(s->path, file.s + 1, file.len - 1, NULL) != OV_OK)
        s->added.len = 0; /* then the tables are read again next time */
    ov_text_free(&file);
    ov_text_free(&s->before);
    ov_text_free(&s->added);
    free(s->path);
    s->path = NULL;
}

/* "\nNAME SIZE MTIME CTIME INODE" of a file as it is now; false if it is not there. */
static bool describe(struct ov_text *line, struct stat *is, const char *path)
{
    const char *slash = strrchr(path, '/');
    line->len = 0;
    if (stat(path, is) != 0)
        return false;
    ov_text_addf(line, "\n%s %lld %lld.%09ld %lld.%09ld %llu", slash ? slash + 1 : path,
                 (long long)is->st_size, (long long)is->st_mtim.tv_sec, is->st_mtim.tv_nsec,
                 (long long)is->st_ctim.tv_sec, is->st_ctim.tv_nsec,
                 (unsigned long long)is->st_ino);
    return !line->failed;
}

/* The lines up to the names of the columns, and no more. */
static bool read_head(struct ov_text *head, const char *path)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n = 1;
    FILE *f = fopen(path, "rb");
    for (bool above = true; f && above && (n = getline(&line, &room, f)) > 0; above = *line == '#')
        ov_text_add(head, line, (size_t)n);
    bool good = f && n > 0 && !head->failed;
    free(line);
    if (f)
        fclose(f);
    return good;
}

static bool is_settled(const struct ov_seen *s, const struct stat *is)
{
    return time(NULL) - is->st_ctim.tv_sec > s->settled;
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

enum ov_status ov_seen_head(struct ov_text *head, struct ov_seen *s, const char *path,
                            struct ov_error *err)
{
    struct ov_text line = {0}, again = {0};
    struct stat is;
    size_t n;
    ov_text_free(head);
    bool there = s && describe(&line, &is, path);
    ov_text_add(&line, "\n", 1);
    bool seen = there && !line.failed && strstr(s->before.s ? s->before.s : "", line.s) &&
                read_head(head, path);
    enum ov_status status = OV_OK;
    if (!seen) {
        status = ov_table_load(head, &n, path, err);
        const char *end = head->s;
        while (status == OV_OK && *end == '#')
            end = next_line(end);
        if (status == OV_OK)
            head->s[head->len = (size_t)(next_line(end) - head->s)] = '\0';
        /* written meanwhile, or a moment ago: another time */
        if (status == OV_OK && there && describe(&again, &is, path) && is_settled(s, &is) &&
            strncmp(again.s, line.s, again.len) == 0 && again.len + 1 == line.len)
            ov_text_add(&s->added, again.s, again.len);
    }
    ov_text_free(&line);
    ov_text_free(&again);
    return status;
}
