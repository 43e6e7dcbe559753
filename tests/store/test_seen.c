/* SPDX-License-Identifier: MIT
 *
 * Tables that are known to be whole: which changes of a file are noticed without reading it.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "overlap/store/seen.h"
#include "store/make_table.h"
#include "test.h"

static char dir[64], path[80], list[80];

static void put(const char *cells)
{
    struct ov_text t = {0};
    ov_text_addf(&t, "# overlap\n# key: abc\nseed,alpha\n%s\n", cells);
    ov_table_seal(&t);
    ck_ok(ov_file_put(path, t.s, t.len, NULL));
    ov_text_free(&t);
}

static void make_dir(void)
{
    strcpy(dir, "/tmp/overlap-seen-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/t.csv", dir);
    snprintf(list, sizeof list, "%s/.seen", dir);
    put("1,2");
}

static void remove_dir(void)
{
    unlink(path);
    unlink(list);
    ck_assert_int_eq(rmdir(dir), 0);
}

/* Looks once, as a command does; a table counts as settled at once if `settled` is -1. */
static bool is_whole(int settled)
{
    struct ov_seen s;
    struct ov_text head = {0};
    ov_seen_open(&s, dir);
    s.settled = settled;
    bool whole = ov_seen_head(&head, &s, path, NULL) == OV_OK;
    if (whole)
        ck_assert_str_eq(head.s, "# overlap\n# key: abc\nseed,alpha\n");
    ov_text_free(&head);
    ov_seen_close(&s);
    return whole;
}

/* Changes one cell where it stands; the file keeps its size, its inode and its mtime. */
static void edit(void)
{
    struct stat s;
    int fd = open(path, O_WRONLY);
    ck_assert_int_eq(fstat(fd, &s), 0);
    ck_assert_int_eq(pwrite(fd, "7", 1, s.st_size - 79), 1);
    ck_assert_int_eq(futimens(fd, (struct timespec[]){s.st_atim, s.st_mtim}), 0);
    close(fd);
}

/* Nobody reads a table that has been seen: it is believed to be whole, right or wrong. */
START_TEST(a_seen_table_is_not_read_again)
{
    struct ov_text lines = {0};
    struct stat s;
    make_dir();
    edit();
    ck_assert(!is_whole(-1));
    ck_assert(!ov_file_exists(list));
    stat(path, &s);
    ov_text_addf(&lines, "other.csv 1 2.3 4.5 6\nt.csv %lld %lld.%09ld %lld.%09ld %llu\n",
                 (long long)s.st_size, (long long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec,
                 (long long)s.st_ctim.tv_sec, s.st_ctim.tv_nsec, (unsigned long long)s.st_ino);
    ck_ok(ov_file_put(list, lines.s, lines.len, NULL));
    ck_assert(is_whole(-1));
    ov_text_free(&lines);
    remove_dir();
}
END_TEST

START_TEST(what_was_seen_is_noted_and_kept)
{
    struct ov_text lines = {0}, again = {0};
    make_dir();
    ck_ok(ov_file_put(list, "other.csv 1 2.3 4.5 6\nt.csv 9 8.7 6.5 4\n", 41, NULL));
    ck_assert(is_whole(-1));
    ck_ok(ov_file_read(&lines, list, 0, NULL));
    ck_assert_ptr_nonnull(strstr(lines.s, "\nother.csv 1 2.3 4.5 6\n"));
    ck_assert_int_eq(strncmp(lines.s, "t.csv ", 6), 0);
    ck_assert_ptr_null(strstr(lines.s, "t.csv 9"));
    ck_assert(is_whole(-1));
    ck_ok(ov_file_read(&again, list, 0, NULL));
    ck_assert_str_eq(again.s, lines.s);
    ov_text_free(&lines);
    ov_text_free(&again);
    remove_dir();
}
END_TEST

START_TEST(a_young_table_is_not_noted)
{
    make_dir();
    ck_assert(is_whole(60));
    ck_assert(!ov_file_exists(list));
    remove_dir();
}
END_TEST

START_TEST(every_change_is_noticed)
{
    struct stat before;
    make_dir();
    ck_assert(is_whole(-1));
    usleep(20000); /* more than a tick of the file system's clock */
    edit();
    ck_assert(!is_whole(-1));
    put("1,2");
    ck_assert(is_whole(-1));
    ck_assert_int_eq(truncate(path, 30), 0);
    ck_assert(!is_whole(-1));
    put("1,2");
    stat(path, &before);
    ck_assert(is_whole(-1));
    put("1,3"); /* another file under the name, of the same size and time */
    usleep(20000);
    edit();
    utimensat(AT_FDCWD, path, (struct timespec[]){before.st_atim, before.st_mtim}, 0);
    ck_assert(!is_whole(-1));
    unlink(path);
    ck_assert(!is_whole(-1));
    remove_dir();
}
END_TEST

START_TEST(a_spoiled_list_means_nothing_seen)
{
    static const char *const spoiled[] = {"", "\n\n", "t.csv", "t.csv \n", "\x01\xff t.csv 1"};
    make_dir();
    for (size_t i = 0; i < sizeof spoiled / sizeof *spoiled; i++) {
        ck_ok(ov_file_put(list, spoiled[i], strlen(spoiled[i]), NULL));
        ck_assert(is_whole(-1));
        put("1,2");
    }
    edit();
    ck_assert(!is_whole(-1));
    remove_dir();
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, a_seen_table_is_not_read_again);
    OV_TEST(s, what_was_seen_is_noted_and_kept);
    OV_TEST(s, a_young_table_is_not_noted);
    OV_TEST(s, every_change_is_noticed);
    OV_TEST(s, a_spoiled_list_means_nothing_seen);
}

OV_TEST_MAIN("store/seen");
