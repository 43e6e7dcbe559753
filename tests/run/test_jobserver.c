/* SPDX-License-Identifier: MIT
 *
 * What is taken for a job server, and files that must keep their bytes.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "overlap/run/jobserver.h"
#include "overlap/run/memory.h"
#include "test.h"

/* Opens what the two numbers name. */
static bool present(struct ov_jobserver *s, int in, int out)
{
    char flags[64];
    snprintf(flags, sizeof flags, " -j3 --jobserver-auth=%d,%d", in, out);
    setenv("MAKEFLAGS", flags, 1);
    ov_jobserver_open(s);
    return s->present;
}

START_TEST(one_pipe_is_taken)
{
    struct ov_jobserver s;
    int fds[2];
    char token;
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], "+", 1), 1);
    ck_assert(present(&s, fds[0], fds[1]));
    ck_assert(ov_jobserver_acquire(&s));
    ck_assert(!ov_jobserver_acquire(&s));
    ov_jobserver_close(&s);
    ck_assert_int_eq(read(fds[0], &token, 1), 1);
    ck_assert_int_eq(token, '+');
}
END_TEST

START_TEST(nothing_else_is)
{
    struct ov_jobserver s;
    int a[2], b[2];
    ck_assert_int_eq(pipe(a), 0);
    ck_assert_int_eq(pipe(b), 0);
    ck_assert(!present(&s, a[0], b[1])); /* of two pipes */
    ck_assert(!present(&s, a[1], a[0])); /* the wrong way round */
    ck_assert(!present(&s, 1000, 1001)); /* closed */
    setenv("MAKEFLAGS", "-j3", 1);
    ov_jobserver_open(&s);
    ck_assert(!s.present);
}
END_TEST

static bool alone(const char *flags)
{
    struct ov_jobserver s;
    setenv("MAKEFLAGS", flags, 1);
    ov_jobserver_open(&s);
    ck_assert(!s.present);
    return s.alone;
}

/* As GNU make 4.3 writes them. */
START_TEST(j1_has_no_job_server)
{
    ck_assert(alone(" -j1"));
    ck_assert(alone("s -j1 -- TIER=quick"));
    ck_assert(alone(" -j8 -j1"));
    ck_assert(!alone(""));
    ck_assert(!alone("n"));
    ck_assert(!alone(" -j"));
    ck_assert(!alone(" -j2"));
    ck_assert(!alone(" -j12"));
    ck_assert(!alone(" -j1 -j4"));
    ck_assert(!alone(" -- X=a\\ -j1"));
    struct ov_jobserver s;
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert(present(&s, fds[0], fds[1]) && !s.alone);
    ov_jobserver_close(&s);
    unsetenv("MAKEFLAGS");
    ov_jobserver_open(&s);
    ck_assert(!s.present && !s.alone);
}
END_TEST

/* All that a run does with a job server: tokens go back in the reverse order. */
static bool take_and_return(struct ov_jobserver *s, int in, int out)
{
    bool taken = present(s, in, out);
    while (ov_jobserver_acquire(s))
        ;
    ov_jobserver_close(s);
    return taken;
}

/* Files of the caller keep their bytes, opened for reading or writing, named by number or path. */
START_TEST(files_are_left_alone)
{
    char path[] = "/tmp/overlap-jobserver-XXXXXX", flags[128];
    struct ov_jobserver s;
    char after[8];
    int fd = mkstemp(path), reads = open(path, O_RDONLY);
    ck_assert_int_eq(write(fd, "data", 4), 4);
    bool taken = take_and_return(&s, reads, fd);
    ck_assert_int_eq(pread(fd, after, sizeof after, 0), 4);
    ck_assert_mem_eq(after, "data", 4);
    taken |= take_and_return(&s, fd, fd);
    snprintf(flags, sizeof flags, "--jobserver-auth=fifo:%s", path);
    setenv("MAKEFLAGS", flags, 1);
    ov_jobserver_open(&s);
    taken |= s.present;
    ck_assert_int_eq(pread(fd, after, sizeof after, 0), 4);
    ck_assert_mem_eq(after, "data", 4);
    ck_assert(!taken);
    unlink(path);
}
END_TEST

START_TEST(a_fifo_is_taken)
{
    char dir[] = "/tmp/overlap-jobserver-XXXXXX", path[64], flags[128];
    struct ov_jobserver s;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/fifo", dir);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    snprintf(flags, sizeof flags, "--jobserver-auth=fifo:%s", path);
    setenv("MAKEFLAGS", flags, 1);
    ov_jobserver_open(&s);
    ck_assert(s.present);
    ov_jobserver_close(&s);
    unlink(path);
    rmdir(dir);
}
END_TEST

START_TEST(cpus_are_those_allowed)
{
    cpu_set_t all, one;
    ck_assert_int_eq(sched_getaffinity(0, sizeof all, &all), 0);
    ck_assert_uint_eq(ov_machine_cpus(), (size_t)CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_uint_eq(ov_machine_cpus(), 1);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, one_pipe_is_taken);
    OV_TEST(s, nothing_else_is);
    OV_TEST(s, j1_has_no_job_server);
    OV_TEST(s, files_are_left_alone);
    OV_TEST(s, a_fifo_is_taken);
    OV_TEST(s, cpus_are_those_allowed);
}
OV_TEST_MAIN("run/jobserver");
