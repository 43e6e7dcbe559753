/* SPDX-License-Identifier: MIT
 *
 * Files of runs under way: found by the same runs and nobody else, ignored when spoiled, removed
 * when they are of no use.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "overlap/store/checkpoint.h"
#include "test.h"

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
static const uint64_t seeds[] = {7, 18446744073709551615u};

struct heard {
    char line[1024];
    int n;
};

static void hear(void *ctx, const char *line)
{
    struct heard *h = ctx;
    snprintf(h->line, sizeof h->line, "%s", line);
    h->n++;
}

static void make_dir(char out[32])
{
    strcpy(out, "/tmp/overlap-part-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(out));
}

static void remove_dir(const char *out)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", out);
    ck_assert_int_eq(system(command), 0);
}

/* Opens the file of n runs; what it found, as text. */
static void open_part(struct ov_part *part, const char *out, size_t n, struct heard *h)
{
    struct ov_part_options options = {.seconds = 0.0, .note = hear, .ctx = h};
    *h = (struct heard){0};
    ck_ok(ov_part_open(part, out, KEY_A, seeds, n, 0, &options, NULL));
}

/* Leaves a state of two runs: 7 bytes, some of them zero. */
static void leave(const char *out)
{
    struct ov_part part;
    struct heard h;
    open_part(&part, out, 2, &h);
    ov_tick_tell(&part.tick, 30, 100);
    ck_assert(ov_tick_due(&part.tick));
    ov_tick_save(&part.tick, "ab\0cd\0e", 7);
    ck_assert_int_eq(h.n, 0);
    ov_part_close(&part, false);
}

START_TEST(the_same_runs_find_it)
{
    char out[32];
    struct ov_part part;
    struct heard h;
    size_t n;
    make_dir(out);
    leave(out);
    open_part(&part, out, 2, &h);
    const void *found = ov_tick_found(&part.tick, &n);
    ck_assert_uint_eq(n, 7);
    ck_assert_mem_eq(found, "ab\0cd\0e", 7);
    ov_tick_tell(&part.tick, 30, 100);
    ck_assert_str_eq(h.line, "resumes at 30 of 100");
    ov_tick_tell(&part.tick, 40, 100);
    ck_assert_int_eq(h.n, 1);
    ov_tick_save(&part.tick, "new", 3); /* the old state need not stay in memory beside it */
    ck_assert_ptr_null(ov_tick_found(&part.tick, &n));
    ck_assert(access(part.path, F_OK) == 0);
    ov_part_close(&part, true);
    open_part(&part, out, 2, &h);
    ck_assert_ptr_null(ov_tick_found(&part.tick, &n));
    ov_part_close(&part, true);
    remove_dir(out);
}
END_TEST

START_TEST(others_do_not)
{
    char out[32];
    struct ov_part part;
    struct heard h;
    size_t n;
    make_dir(out);
    leave(out);
    open_part(&part, out, 1, &h); /* one of the two runs alone */
    ck_assert_ptr_null(ov_tick_found(&part.tick, &n));
    ck_assert_uint_eq(n, 0);
    ov_tick_tell(&part.tick, 1, 50);
    ck_assert_int_eq(h.n, 0);
    ov_part_close(&part, true); /* leaves the other's */
    open_part(&part, out, 2, &h);
    ck_assert_ptr_nonnull(ov_tick_found(&part.tick, &n));
    ov_tick_tell(&part.tick, 1, 100); /* work that has no use for it starts anew, and says so */
    ck_assert_ptr_nonnull(strstr(h.line, "of something else: from the start"));
    ov_part_close(&part, true);
    remove_dir(out);
}
END_TEST

START_TEST(a_spoiled_one_is_named_and_ignored)
{
    static const char *const spoil[] = {"truncate -s -1 %s",  "truncate -s -72 %s",
                                        "truncate -s 40 %s",  "truncate -s 0 %s",
                                        "sed -i s/ab/aB/ %s", "sed -i 's/done: 30/done: 31/' %s",
                                        "echo >> %s",         "head -c 300 /dev/zero > %s"};
    for (size_t i = 0; i < sizeof spoil / sizeof *spoil; i++) {
        char out[32], command[256];
        struct ov_part part;
        struct heard h;
        size_t n;
        make_dir(out);
        leave(out);
        open_part(&part, out, 2, &h);
        snprintf(command, sizeof command, spoil[i], part.path);
        ov_part_close(&part, false);
        ck_assert_int_eq(system(command), 0);
        open_part(&part, out, 2, &h);
        ck_assert_ptr_null(ov_tick_found(&part.tick, &n));
        ck_assert_int_eq(h.n, 1);
        ck_assert_msg(strstr(h.line, ".part is no good (truncated or edited)") != NULL, "'%s'",
                      h.line);
        ov_tick_tell(&part.tick, 10, 100);
        ov_tick_save(&part.tick, "fresh", 5); /* takes its place */
        ov_part_close(&part, false);
        open_part(&part, out, 2, &h);
        ck_assert_mem_eq(ov_tick_found(&part.tick, &n), "fresh", 5);
        ck_assert_int_eq(h.n, 0);
        ov_part_close(&part, true);
        remove_dir(out);
    }
}
END_TEST

START_TEST(not_more_often_than_asked)
{
    char out[32];
    struct ov_part part;
    struct ov_part_options options = {.seconds = 1000.0};
    make_dir(out);
    ck_ok(ov_part_open(&part, out, KEY_A, seeds, 1, 0, &options, NULL));
    ck_assert(!ov_tick_due(&part.tick));
    part.saved -= 1001.0;
    ck_assert(ov_tick_due(&part.tick));
    ov_tick_save(&part.tick, "x", 1);
    ck_assert(!ov_tick_due(&part.tick));
    ov_part_close(&part, true);
    remove_dir(out);
}
END_TEST

START_TEST(no_room_is_said_once)
{
    char out[32], path[64];
    struct ov_part part;
    struct heard h;
    make_dir(out);
    snprintf(path, sizeof path, "%s/jobs", out);
    FILE *f = fopen(path, "w"); /* a file where the directory would be */
    ck_assert_ptr_nonnull(f);
    fclose(f);
    open_part(&part, out, 2, &h);
    for (int i = 0; i < 3; i++)
        ov_tick_save(&part.tick, "state", 5);
    ck_assert_int_eq(h.n, 1);
    ck_assert_ptr_nonnull(strstr(h.line, "warning: no checkpoint, the run goes on without: "));
    ov_part_close(&part, true);
    remove_dir(out);
}
END_TEST

/* What the plan says of the second run; the first one is not in it. */
static enum ov_run_state state_of(void *ctx, const char *inputs_key, uint64_t seed, size_t piece)
{
    ck_assert_uint_eq(piece, 0);
    ck_assert_str_eq(inputs_key, KEY_A);
    return seed == seeds[1] ? *(enum ov_run_state *)ctx : OV_RUN_UNPLANNED;
}

static bool is_there(const char *out)
{
    struct ov_part part;
    struct heard h;
    size_t n;
    open_part(&part, out, 2, &h);
    bool there = ov_tick_found(&part.tick, &n) != NULL;
    ov_part_close(&part, false);
    return there;
}

START_TEST(what_nobody_will_ask_for_is_swept)
{
    char out[32];
    struct ov_part part;
    struct heard h;
    enum ov_run_state unplanned = OV_RUN_UNPLANNED, wanted = OV_RUN_WANTED, stored = OV_RUN_STORED;
    make_dir(out);
    ov_parts_sweep(out, 10.0, state_of, &unplanned); /* nothing there */
    leave(out);
    ov_parts_sweep(out, 10.0, state_of, &unplanned); /* not of this plan, but young */
    ck_assert(is_there(out));
    open_part(&part, out, 2, &h);
    ck_assert_int_eq(utime(part.path, &(struct utimbuf){1000, 1000}), 0);
    ov_part_close(&part, false);
    ov_parts_sweep(out, 10.0, state_of, &wanted); /* old, but planned */
    ck_assert(is_there(out));
    ov_parts_sweep(out, 10.0, state_of, &unplanned);
    ck_assert(!is_there(out));
    leave(out); /* one of its runs has a result by now: they won't come together again */
    ov_parts_sweep(out, 10.0, state_of, &stored);
    ck_assert(!is_there(out));
    remove_dir(out);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, the_same_runs_find_it);
    OV_TEST(s, others_do_not);
    OV_TEST(s, a_spoiled_one_is_named_and_ignored);
    OV_TEST(s, not_more_often_than_asked);
    OV_TEST(s, no_room_is_said_once);
    OV_TEST(s, what_nobody_will_ask_for_is_swept);
}

OV_TEST_MAIN("store/checkpoint");
