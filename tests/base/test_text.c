/* SPDX-License-Identifier: MIT
 *
 * Strings and files: growth, numbers that read back, writes that are all or nothing.
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gsl/gsl_rng.h>

#include "overlap/base/text.h"
#include "test.h"

/* A new empty directory; room for a path in it. */
struct place {
    char dir[64], path[256];
};

static const char *in(struct place *p, const char *name)
{
    snprintf(p->path, sizeof p->path, "%s/%s", p->dir, name);
    return p->path;
}

static struct place new_place(void)
{
    struct place p = {.dir = "/tmp/overlap-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(p.dir));
    return p;
}

static void remove_place(struct place *p)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", p->dir);
    ck_assert_int_eq(system(command), 0);
}

/* Entries of a directory, without . and .. */
static int entries(const char *dir)
{
    DIR *d = opendir(dir);
    ck_assert_ptr_nonnull(d);
    int n = 0;
    for (const struct dirent *e = readdir(d); e; e = readdir(d))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static void assert_holds(const char *path, const char *bytes, size_t n)
{
    struct ov_text t = {0};
    ck_ok(ov_file_read(&t, path, 0, NULL));
    ck_assert_uint_eq(t.len, n);
    ck_assert_mem_eq(t.s, bytes, n);
    ov_text_free(&t);
}

START_TEST(text_grows)
{
    struct ov_text t = {0};
    for (int i = 0; i < 10000; i++)
        ov_text_addf(&t, "%d,", i % 10);
    ov_text_add(&t, "\0end", 4);
    ov_text_add(&t, NULL, 0);
    ck_assert(!t.failed);
    ck_assert_uint_eq(t.len, 20004);
    ck_assert_int_eq(t.s[t.len], '\0');
    ck_assert(strncmp(t.s + 10, "5,6,7,", 6) == 0);
    ov_text_free(&t);
    ov_text_free(&t);
    ov_text_free(NULL);
    ck_assert_ptr_null(t.s);
}
END_TEST

START_TEST(text_that_cannot_grow_says_so_and_keeps_what_it_has)
{
    struct ov_text t = {0};
    ov_text_add(&t, "kept", 4);
    ov_text_add(&t, "x", (size_t)-1 / 2);
    ck_assert(t.failed);
    ov_text_add(&t, "more", 4);
    ov_text_addf(&t, "more");
    ck_assert_str_eq(t.s, "kept");
    ov_text_free(&t);
    ck_assert(!t.failed);
}
END_TEST

static void assert_number(double x, const char *expected)
{
    struct ov_text t = {0};
    ov_text_add_number(&t, x);
    ck_assert_str_eq(t.s, expected);
    ov_text_free(&t);
}

START_TEST(numbers_stay_short)
{
    assert_number(0.2, "0.2");
    assert_number(-3.0, "-3");
    assert_number(-0.0, "-0");
    assert_number(1e300, "1e+300");
    assert_number(0.1 + 0.2, "0.30000000000000004");
    assert_number(INFINITY, "inf");
    assert_number(-INFINITY, "-inf");
    assert_number(NAN, "nan");
    assert_number(-NAN, "nan");
}
END_TEST

START_TEST(numbers_read_back_exactly)
{
    gsl_rng *r = ov_test_rng(2);
    for (int i = 0; i < 20000; i++) {
        double x = ldexp(gsl_rng_uniform(r) - 0.5, (int)gsl_rng_uniform_int(r, 2000) - 1050);
        struct ov_text t = {0};
        ov_text_add_number(&t, x);
        ck_assert(strtod(t.s, NULL) == x);
        ov_text_free(&t);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(a_file_comes_back_whole)
{
    struct place p = new_place();
    static char bytes[200001];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7919 % 256);
    ck_ok(ov_file_write(in(&p, "a/b/c.csv"), bytes, sizeof bytes, NULL));
    assert_holds(p.path, bytes, sizeof bytes);
    ck_ok(ov_file_write(p.path, "short", 5, NULL)); /* replaces */
    assert_holds(p.path, "short", 5);
    ck_ok(ov_file_put(p.path, "without fsync", 13, NULL));
    assert_holds(p.path, "without fsync", 13);
    ck_ok(ov_file_write(p.path, NULL, 0, NULL));
    assert_holds(p.path, "", 0);
    ck_assert(ov_file_exists(p.path));
    ck_assert(!ov_file_exists(p.dir));
    ck_assert_int_eq(entries(in(&p, "a/b")), 1); /* no temporary file is left */
    remove_place(&p);
}
END_TEST

START_TEST(a_written_file_has_the_usual_permissions)
{
    struct place p = new_place();
    mode_t old = umask(027);
    ck_ok(ov_file_write(in(&p, "x"), "1", 1, NULL));
    umask(old);
    struct stat s;
    ck_assert_int_eq(stat(p.path, &s), 0);
    ck_assert_uint_eq(s.st_mode & 0777, 0640);
    remove_place(&p);
}
END_TEST

START_TEST(reading_what_is_not_there_is_the_users_error)
{
    struct place p = new_place();
    struct ov_text t = {0};
    struct ov_error e = {0};
    ck_assert_int_eq(ov_file_read(&t, in(&p, "none"), 0, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "none: No such file"));
    ck_assert_int_eq(ov_file_read(&t, p.dir, 0, &e), OV_EUSER);
    ck_assert(!t.s && t.len == 0); /* nothing to be freed after an error */
    ck_assert_ptr_nonnull(strstr(e.text, "directory"));
    ov_text_free(&t);
    remove_place(&p);
}
END_TEST

START_TEST(pipes_are_written_to_and_links_are_followed)
{
    struct place p = new_place();
    struct ov_text t = {0};
    char link[512], got[8] = "";
    snprintf(link, sizeof link, "%s/link", p.dir);
    ck_ok(ov_file_write(in(&p, "x"), "12345", 5, NULL));
    ck_assert_int_eq(symlink("x", link), 0);
    ck_ok(ov_file_write(link, "678", 3, NULL));
    ck_ok(ov_file_read(&t, p.path, 0, NULL));
    ck_assert_str_eq(t.s, "678");
    ck_assert_int_eq(readlink(link, got, sizeof got), 1); /* a link still */
    ck_assert_int_eq(unlink(link), 0);
    ck_assert_int_eq(mkfifo(link, 0600), 0);
    int fd = open(link, O_RDONLY | O_NONBLOCK);
    ck_ok(ov_file_write(link, "abc", 3, NULL));
    ck_assert_int_eq(read(fd, got, sizeof got), 3);
    ck_assert_int_eq(memcmp(got, "abc", 3), 0);
    close(fd);
    ov_text_free(&t);
    remove_place(&p);
}
END_TEST

START_TEST(reading_stops_at_the_limit)
{
    struct place p = new_place();
    struct ov_text t = {0};
    struct ov_error e = {0};
    ck_ok(ov_file_write(in(&p, "x"), "12345", 5, NULL));
    ck_ok(ov_file_read(&t, p.path, 5, &e));
    ck_assert_int_eq(ov_file_read(&t, p.path, 4, &e), OV_EUSER);
    ck_assert_ptr_nonnull(strstr(e.text, "larger than 4 bytes"));
    ck_assert_int_eq(ov_file_read(&t, "/dev/zero", 1000000, &e), OV_EUSER);
    ov_text_free(&t);
    remove_place(&p);
}
END_TEST

static void assert_refused(const char *path, const char *why)
{
    struct ov_error e = {0};
    ck_assert_int_eq(ov_file_write(path, "1", 1, &e), OV_EIO);
    ck_assert_msg(strstr(e.text, why), "'%s' does not say '%s'", e.text, why);
}

START_TEST(writing_where_one_cannot_is_refused_by_name)
{
    struct place p = new_place();
    ck_ok(ov_file_write(in(&p, "file"), "1", 1, NULL));
    assert_refused(in(&p, "file/below"), "file: Not a directory");
    assert_refused(in(&p, "file/far/below"), "file: Not a directory");
    assert_refused(p.dir, "Is a directory");                      /* nothing replaces a directory */
    assert_refused("/proc/overlap-test", "/proc/overlap-test: "); /* root may not either */
    assert_refused("/proc/overlap-test/x", "/proc/overlap-test: ");
    if (geteuid() != 0) {
        ck_ok(ov_dir_make(in(&p, "closed"), NULL));
        ck_assert_int_eq(chmod(p.path, 0500), 0);
        assert_refused(in(&p, "closed/x"), "Permission denied");
    }
    assert_holds(in(&p, "file"), "1", 1);
    remove_place(&p);
}
END_TEST

/* A limit on the size of files fails writes half-way, as a full disk does. */
START_TEST(a_full_disk_leaves_the_old_file)
{
    static char bytes[300000];
    struct place p = new_place();
    ck_ok(ov_file_write(in(&p, "x"), "old", 3, NULL));
    struct rlimit old, small;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 100000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct ov_error e = {0};
    enum ov_status status = ov_file_write(p.path, bytes, sizeof bytes, &e);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    ck_assert_int_eq(status, OV_EIO);
    ck_assert_ptr_nonnull(strstr(e.text, "x: File too large"));
    assert_holds(p.path, "old", 3);
    ck_assert_int_eq(entries(p.dir), 1);
    remove_place(&p);
}
END_TEST

START_TEST(directories_are_made_with_those_above)
{
    struct place p = new_place();
    struct ov_error e = {0};
    ck_ok(ov_dir_make(in(&p, "a//b/c/"), &e));
    ck_ok(ov_dir_make(p.path, &e));
    ck_ok(ov_dir_make("", &e));
    ck_ok(ov_dir_make("/", &e));
    ck_assert_int_eq(entries(in(&p, "a/b")), 1);
    ck_ok(ov_file_write(in(&p, "f"), "1", 1, &e));
    ck_assert_int_eq(ov_dir_make(p.path, &e), OV_EIO); /* a file is no directory */
    static char deep[5000];
    memset(deep, 'd', sizeof deep - 1);
    ck_assert_int_eq(ov_dir_make(deep, &e), OV_EIO);
    remove_place(&p);
}
END_TEST

static struct stat stat_of(const char *path)
{
    struct stat s;
    ck_assert_int_eq(stat(path, &s), 0);
    return s;
}

START_TEST(update_leaves_the_same_alone)
{
    char dir[] = "/tmp/overlap-text-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/f", dir);
    ck_ok(ov_file_update(path, "abc", 3, NULL));
    ino_t first = stat_of(path).st_ino;
    ck_ok(ov_file_update(path, "abc", 3, NULL));
    ck_assert(stat_of(path).st_ino == first);
    ck_ok(ov_file_update(path, "abd", 3, NULL));
    ck_assert(stat_of(path).st_ino != first);
    unlink(path);
    rmdir(dir);
}
END_TEST

START_TEST(sweep_takes_old_temporaries_only)
{
    char dir[] = "/tmp/overlap-text-XXXXXX", path[3][64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    static const char *const name[] = {"a.csv.tmp-abcdef", "a.csv", "b.tmp-abcde"};
    for (int i = 0; i < 3; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s", dir, name[i]);
        ck_ok(ov_file_write(path[i], "x", 1, NULL));
    }
    ov_dir_sweep(dir, 60.0);
    ck_assert(ov_file_exists(path[0]));
    ov_dir_sweep(dir, -1.0);
    ck_assert(!ov_file_exists(path[0]));
    ck_assert(ov_file_exists(path[1]) && ov_file_exists(path[2]));
    ov_dir_sweep("/tmp/overlap-no-such-directory", 0.0);
    unlink(path[1]);
    unlink(path[2]);
    ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, text_grows);
    OV_TEST(s, text_that_cannot_grow_says_so_and_keeps_what_it_has);
    OV_TEST(s, numbers_stay_short);
    OV_TEST(s, numbers_read_back_exactly);
    OV_TEST(s, a_file_comes_back_whole);
    OV_TEST(s, a_written_file_has_the_usual_permissions);
    OV_TEST(s, reading_what_is_not_there_is_the_users_error);
    OV_TEST(s, pipes_are_written_to_and_links_are_followed);
    OV_TEST(s, reading_stops_at_the_limit);
    OV_TEST(s, writing_where_one_cannot_is_refused_by_name);
    OV_TEST(s, a_full_disk_leaves_the_old_file);
    OV_TEST(s, directories_are_made_with_those_above);
    OV_TEST(s, update_leaves_the_same_alone);
    OV_TEST(s, sweep_takes_old_temporaries_only);
}

OV_TEST_MAIN("base/text");
