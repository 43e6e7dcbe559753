/* SPDX-License-Identifier: MIT
 *
 * Blocks: read back as they were written, ignored when spoiled or foreign, swept when of no use.
 */
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "overlap/store/blocks.h"
#include "run/fake.h"

static const char key[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char other[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/* Writes one block of two seeds, of which the second diverged. */
static void write_block(const struct ov_runs_of *of, uint64_t a, uint64_t b)
{
    double rows[FAKE_TIMES * 3] = {0.0};
    struct ov_text lines = {0}, diverged = {0};
    ov_lines_run(&lines, &of->curve->side[OV_SGD], a, rows);
    rows[4] = NAN;
    ov_lines_run(&lines, &of->curve->side[OV_SGD], b, rows);
    ov_divergence_add(&diverged, b, 12.5);
    ck_ok(ov_block_write(of, &lines, &diverged, NULL));
    ov_text_free(&lines);
    ov_text_free(&diverged);
}

static bool wants(void *ctx, const char *front)
{
    return strncmp(ctx, front, OV_BLOCK_KEY) == 0;
}

START_TEST(written_and_read)
{
    struct fake f;
    struct ov_stored s;
    fake_open(&f, NULL);
    struct ov_runs_of of = {f.out, &f.curve[0], OV_SGD, key}, foreign = of;
    foreign.inputs_key = other;
    ck_assert(!ov_blocks_any(&of));
    write_block(&of, 7, 2);
    write_block(&of, 2, 9);
    ck_assert(ov_blocks_any(&of) && !ov_blocks_any(&foreign));
    ov_stored_read(&s, &of);
    ck_assert_uint_eq(s.n_run, 3);
    ck_assert(isnan(ov_stored_find(&s, 7, 0)->diverged_at));
    ck_assert(ov_stored_find(&s, 9, 0)->diverged_at == 12.5);
    ck_assert_int_eq(strncmp(ov_stored_find(&s, 9, 0)->s, "9,0,0,0\n9,0,nan,0\n9,0,0,0\n", 26), 0);
    ck_assert_ptr_null(ov_stored_find(&s, 8, 0));
    ov_stored_remove(&s, 2, 6); /* 2 … 7: the block with 9 stays */
    ov_stored_free(&s);
    ov_stored_free(&s);
    f.curve[0].fails_if_diverged = true;
    ov_stored_read(&s, &of);
    ck_assert_uint_eq(s.n_run, 1);
    ck_assert_uint_eq(s.run[0].seed, 2);
    ov_stored_free(&s);
    ov_stored_read(&s, &foreign);
    ck_assert_uint_eq(s.n_run, 0);
    ov_stored_free(&s);
    fake_close(&f);
}
END_TEST

/* A link to itself can't be opened, whoever asks. */
START_TEST(unreadable_ones_are_left_alone)
{
    struct fake f;
    struct ov_stored s;
    struct stat found;
    struct ov_text lost = {0};
    fake_open(&f, NULL);
    struct ov_runs_of of = {f.out, &f.curve[0], OV_SGD, key};
    write_block(&of, 1, 2);
    ov_stored_read(&s, &of);
    ov_text_addf(&lost, "%s", s.file[0].path);
    ck_assert_int_eq(truncate(lost.s, 0), 0);
    ov_stored_free(&s);
    size_t end = lost.len - 5;
    lost.s[end] = lost.s[end] == 'f' ? '0' : 'f';
    ck_assert_int_eq(symlink(strrchr(lost.s, '/') + 1, lost.s), 0);
    ov_stored_read(&s, &of);
    ck_assert_uint_eq(s.n_run, 0);
    ck_assert_uint_eq(s.n_file, 1);
    char *spoiled = strdup(s.file[0].path);
    ov_stored_remove(&s, 1, 2);
    ov_stored_free(&s);
    ck_assert_int_ne(lstat(spoiled, &found), 0);
    ck_assert_int_eq(lstat(lost.s, &found), 0);
    free(spoiled);
    ov_text_free(&lost);
    fake_close(&f);
}
END_TEST

START_TEST(old_ones_that_nobody_wants_are_swept)
{
    struct fake f;
    struct ov_stored s;
    char mine[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", yours[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    fake_open(&f, NULL);
    struct ov_runs_of of = {f.out, &f.curve[0], OV_SGD, key};
    ov_blocks_sweep(f.out, 10.0, wants, yours); /* nothing there */
    write_block(&of, 1, 2);
    ov_blocks_sweep(f.out, 10.0, wants, yours);
    ck_assert(ov_blocks_any(&of));
    ov_stored_read(&s, &of);
    ck_assert_int_eq(utime(s.file[0].path, &(struct utimbuf){1000, 1000}), 0);
    ov_stored_free(&s);
    ov_blocks_sweep(f.out, 10.0, wants, mine);
    ck_assert(ov_blocks_any(&of));
    ov_blocks_sweep(f.out, 10.0, wants, yours);
    ck_assert(!ov_blocks_any(&of));
    fake_close(&f);
}
END_TEST

static void add_tests(Suite *s)
{
    OV_TEST(s, written_and_read);
    OV_TEST(s, unreadable_ones_are_left_alone);
    OV_TEST(s, old_ones_that_nobody_wants_are_swept);
}

OV_TEST_MAIN("store/blocks");
